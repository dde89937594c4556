"""Fit a classifier to labelled sentences.

Three steps, each scikit-learn's logistic regression:

1. a **gate** over single words, which lets the sentences through that can be of any category, so that scanning is
   spared the work on most of them;
2. a **text model** for each category over sequences of words and stems, pairs of stems and context, as TF-IDF with
   blocks normed apart (in the manner of Wang & Manning 2012, "Baselines and Bigrams");
3. a **combiner** for each category over a few numbers (`analyzer.classification.arithmetic.DENSE`): what the text model
   says of the sentence and its neighbours, what the rules say, and what kind of sentence it is (Wolpert 1992). It is
   fitted to text scores from folds that did not see the sentence, and only to documents on which no rule was
   tuned, since on others the rules look better than they are. It makes the score a probability (Platt 1999).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from analyzer.classification.arithmetic import ABSENT, BLOCK_WEIGHTS, DENSE, dense_tables, rule_scores
from analyzer.training.corpus import Example

__all__ = ["Fitted", "Matrix", "Recipe", "TextModel", "fit", "folds_of"]

Floats = NDArray[np.float32]
Progress = Callable[[str, int, int], None]

_FIRED = DENSE.index("a rule fired")
_TOLERANCE = 0.01
"""liblinear's own stopping criterion; scikit-learn's default takes three times as long and ranks no better."""
_FAINT = 1e-3
"""A weight of the gate that is not worth storing."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What there is to choose in fitting; the defaults won the comparison in ``docs/quality.md``."""

    strength: float = 10.0
    """Inverse of the regularisation of the text models."""
    positive_weight: float = 3.0
    """How much a positive counts beside a negative: positives are one sentence in fifty."""
    least_count: int = 3
    """Sentences that must hold a feature."""
    gate_kept: float = 0.97
    """Part of the positives that the gate must let through."""
    collection_weight: float = 0.1
    """What a sentence of a collection of samples counts beside one of a document that was labelled whole."""
    blanked: float = 0.5
    """Part of the rules' hits that the combiner doesn't see on documents that the rules were written with."""
    folds: int = 4
    """Folds of agencies for the scores that the combiner is fitted to."""
    blocks: tuple[float, ...] = BLOCK_WEIGHTS
    """Lengths of the blocks of features; 0 leaves one out."""
    largest: int = 80_000
    """Features kept, those with the largest weights."""


class Matrix:
    """The features of examples as sparse blocks: presence of each feature, a row an example."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self.names: list[list[str]] = []
        self.blocks: list[sparse.csr_matrix] = []
        rows = [example.instance.features for example in examples]
        self.is_spoken: NDArray[np.bool_] = np.array([bool(example.instance.evidence) for example in examples], bool)
        """A rule has said something of the example: the gate lets it through."""
        for block in range(len(BLOCK_WEIGHTS)):
            known: dict[str, int] = {}
            counts = Counter(name for row in rows for name in row[block])
            indices: list[int] = []
            starts = [0]
            for row in rows:
                kept = sorted(name for name in row[block] if counts[name] > 1)
                indices += (known.setdefault(name, len(known)) for name in kept)
                starts.append(len(indices))
            values = np.ones(len(indices), np.float32)
            shape = (len(rows), len(known))
            self.names.append(list(known))
            self.blocks.append(sparse.csr_matrix((values, indices, starts), shape=shape))


@dataclass(frozen=True, slots=True)
class TextModel:
    """Gate and text models, on the features of a `Matrix`."""

    gate: NDArray[np.float64]
    """A weight for each word of the first block."""
    gate_bias: float
    gate_threshold: float
    kept: tuple[NDArray[np.int64], ...]
    """For each block the columns that are used."""
    idf: tuple[Floats, ...]
    coefficients: Floats
    """(features, categories)."""
    biases: Floats
    """(categories,)"""

    def passes(self, matrix: Matrix, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which rows the gate lets through."""
        scores = matrix.blocks[0][rows] @ self.gate + self.gate_bias
        passed: NDArray[np.bool_] = (scores >= self.gate_threshold) | matrix.is_spoken[rows]
        return passed

    def scores(self, matrix: Matrix, rows: NDArray[np.int64], blocks: Sequence[float]) -> Floats:
        """Log-odds of each category, (rows, categories); `ABSENT` where the gate holds a row back."""
        out = np.full((len(rows), len(self.biases)), ABSENT, np.float32)
        passed = self.passes(matrix, rows)
        if passed.any():
            out[passed] = self.weighed(matrix, rows[passed], blocks) @ self.coefficients + self.biases
        return out

    def weighed(self, matrix: Matrix, rows: NDArray[np.int64], blocks: Sequence[float]) -> sparse.csr_matrix:
        """TF-IDF of rows, (rows, features)."""
        return _weighed(matrix, rows, self.kept, self.idf, blocks)


def _weighed(
    matrix: Matrix,
    rows: NDArray[np.int64],
    kept: Sequence[NDArray[np.int64]],
    idf: Sequence[Floats],
    blocks: Sequence[float],
) -> sparse.csr_matrix:
    """TF-IDF of rows, each block normed to its length."""
    parts = []
    for block, columns, weights, length in zip(matrix.blocks, kept, idf, blocks, strict=True):
        part = block[rows][:, columns].multiply(weights).tocsr()
        norms = np.sqrt(np.asarray(part.multiply(part).sum(axis=1)).ravel())
        norms[norms == 0] = 1
        parts.append(sparse.diags((length / norms).astype(np.float32)) @ part)
    return sparse.hstack(parts, format="csr", dtype=np.float32)


@dataclass(frozen=True)
class Validation:
    """Out-of-fold probabilities of the examples that the combiner was fitted to."""

    rows: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    """(rows, categories)"""


@dataclass(frozen=True)
class Fitted:
    """A classifier in the form in which it is fitted."""

    categories: tuple[str, ...]
    text: TextModel
    combiners: tuple[LogisticRegression, ...]
    """One a category, on standardised columns."""
    centres: NDArray[np.float64]
    spreads: NDArray[np.float64]
    """(categories, columns): what a column is standardised by."""
    validation: Validation
    recipe: Recipe

    def probabilities(
        self, matrix: Matrix, examples: Sequence[Example], rows: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """(rows, categories). Whole documents, in order: neighbours count."""
        scores = self.text.scores(matrix, rows, self.recipe.blocks)
        dense = _dense(examples, rows, scores, self.categories)
        columns = [
            combiner.predict_proba((dense[index] - self.centres[index]) / self.spreads[index])[:, 1]
            for index, combiner in enumerate(self.combiners)
        ]
        return np.column_stack(columns)


def folds_of(agencies: Sequence[str], count: int) -> NDArray[np.int64]:
    """A fold for each row, whole agencies together, the folds of about one size."""
    sizes = Counter(agencies)
    load = [0] * count
    fold: dict[str, int] = {}
    for agency, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        fold[agency] = load.index(min(load))
        load[fold[agency]] += size
    return np.array([fold[agency] for agency in agencies], np.int64)


def fit(
    matrix: Matrix,
    examples: Sequence[Example],
    rows: NDArray[np.int64],
    categories: Sequence[str],
    recipe: Recipe,
    progress: Progress | None = None,
) -> Fitted:
    """Fit to some rows of the examples; the others are as if they were not there."""
    weights = _weights(examples, rows)
    folds = folds_of([examples[row].agency for row in rows], recipe.folds)
    labels = np.array([[category in examples[row].labels for category in categories] for row in rows])
    ignored = np.array([[category in examples[row].pieces for category in categories] for row in rows])
    steps = recipe.folds + 1
    scores = np.zeros((len(rows), len(categories)), np.float32)
    for fold in range(recipe.folds):
        if progress:
            progress("Reading what others say", fold, steps)
        inside = folds != fold
        part = _fit_text(matrix, rows[inside], labels[inside], ignored[inside], weights[inside], recipe)
        scores[~inside] = part.scores(matrix, rows[~inside], recipe.blocks)
    if progress:
        progress("Fitting to everything", recipe.folds, steps)
    text = _fit_text(matrix, rows, labels, ignored, weights, recipe)
    combiners, centres, spreads, validation = _fit_combiners(
        examples, rows, labels, ignored, scores, folds, categories, recipe
    )
    return Fitted(tuple(categories), text, combiners, centres, spreads, validation, recipe)


def _weights(examples: Sequence[Example], rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """What each row counts: boilerplate that stands in many documents counts little more than once (square root)."""
    keys = [examples[row].instance.tokens for row in rows]
    times = Counter(keys)
    return np.array([times[key] ** -0.5 for key in keys])


def _fit_text(
    matrix: Matrix,
    rows: NDArray[np.int64],
    labels: NDArray[np.bool_],
    ignored: NDArray[np.bool_],
    weights: NDArray[np.float64],
    recipe: Recipe,
) -> TextModel:
    is_positive = np.asarray(labels.any(axis=1), np.bool_)
    gate, bias, threshold = _fit_gate(matrix, rows, is_positive, weights, recipe)
    passed: NDArray[np.bool_] = np.asarray(matrix.blocks[0][rows] @ gate + bias >= threshold) | matrix.is_spoken[rows]
    rows, labels, ignored, weights = rows[passed], labels[passed], ignored[passed], weights[passed]
    kept, idf = [], []
    for block, length in zip(matrix.blocks, recipe.blocks, strict=True):
        counts = np.asarray(block[rows].sum(axis=0)).ravel()
        columns = np.flatnonzero((counts >= recipe.least_count) & (length > 0))
        kept.append(columns)
        idf.append((np.log((1 + len(rows)) / (1 + counts[columns])) + 1).astype(np.float32))
    weighed = _weighed(matrix, rows, kept, idf, recipe.blocks)
    coefficients = np.zeros((weighed.shape[1], labels.shape[1]), np.float32)
    biases = np.full(labels.shape[1], ABSENT, np.float32)
    for column in range(labels.shape[1]):
        use = ~ignored[:, column]
        wanted = labels[use, column]
        if not wanted.any():
            continue
        model = _regression(
            recipe.strength, weighed[use], wanted, weights[use] * np.where(wanted, recipe.positive_weight, 1.0)
        )
        coefficients[:, column] = model.coef_[0]
        biases[column] = model.intercept_[0]
    return _pruned(TextModel(gate, bias, threshold, tuple(kept), tuple(idf), coefficients, biases), recipe.largest)


def _fit_gate(
    matrix: Matrix,
    rows: NDArray[np.int64],
    is_positive: NDArray[np.bool_],
    weights: NDArray[np.float64],
    recipe: Recipe,
) -> tuple[NDArray[np.float64], float, float]:
    """Single words against any label at all; the threshold lets through what the recipe asks for.

    The threshold is set on scores from halves of the rows that did not see the sentence.
    """
    # The marks of a sentence's edges are no words: scanning sums words alone.
    singles = np.array(["_" not in name and name not in "<>" for name in matrix.names[0]], np.float32)
    words = matrix.blocks[0][rows].multiply(singles).tocsr()
    balance = weights * np.where(is_positive, 10.0, 1.0)

    def fitted(use: NDArray[np.bool_]) -> LogisticRegression:
        return _regression(0.3, words[use], is_positive[use], balance[use])

    half = np.zeros(len(rows), bool)
    for kind in (is_positive, ~is_positive):  # files often have them by turns
        half[np.flatnonzero(kind)[::2]] = True
    held = np.zeros(len(rows))
    for side in (half, ~half):
        model = fitted(side)
        held[~side] = words[~side] @ model.coef_[0] + model.intercept_[0]
    threshold = float(np.quantile(held[is_positive], 1 - recipe.gate_kept)) if is_positive.any() else -np.inf
    final = fitted(np.ones(len(rows), bool))
    return _without_faint(final.coef_[0] * singles), float(final.intercept_[0]), threshold


def _without_faint(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights of the gate without those that a model folder leaves out, in the precision of the folder."""
    return np.where(np.abs(weights) > _FAINT, weights, 0).astype(np.float32).astype(np.float64)


def _regression(
    strength: float, values: sparse.csr_matrix, wanted: NDArray[np.bool_], weights: NDArray[np.float64]
) -> LogisticRegression:
    """Logistic regression; where all rows are of one kind, beside one faint empty row of the other."""
    if wanted.all() or not wanted.any():
        values = sparse.vstack([values, sparse.csr_matrix((1, values.shape[1]), dtype=values.dtype)], format="csr")
        wanted, weights = np.append(wanted, not wanted.any()), np.append(weights, 0.01)
    model = LogisticRegression(C=strength, solver="liblinear", tol=_TOLERANCE, random_state=0)
    return model.fit(values, wanted, weights)


def _pruned(model: TextModel, largest: int) -> TextModel:
    """The model without the features that weigh least in every category."""
    sizes = np.abs(model.coefficients).max(axis=1, initial=0.0)
    if len(sizes) <= largest:
        return model
    floor = np.partition(sizes, -largest)[-largest]
    keep = sizes >= floor
    kept, idf, start = [], [], 0
    for columns, weights in zip(model.kept, model.idf, strict=True):
        part = keep[start : start + len(columns)]
        kept.append(columns[part])
        idf.append(weights[part])
        start += len(columns)
    return replace(model, kept=tuple(kept), idf=tuple(idf), coefficients=model.coefficients[keep])


def _dense(
    examples: Sequence[Example],
    rows: NDArray[np.int64],
    scores: Floats,
    categories: Sequence[str],
    *,
    blanked: float = 0.0,
) -> list[NDArray[np.float64]]:
    """The combiner's columns for each category, document by document.

    ``blanked`` is the part of the rules' hits that is left out on documents that the rules were written with: on
    documents that nobody has seen they find that much less.
    """
    by_doc: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        by_doc[examples[row].doc].append(place)
    tables = [np.zeros((len(rows), len(DENSE))) for _ in categories]
    for places in by_doc.values():
        instances = [examples[rows[place]].instance for place in places]
        standing, cleared = rule_scores(instances, categories)
        if blanked and examples[rows[places[0]]].is_tuned:
            standing[_blank(len(places), blanked)] = 0
        for table, dense in zip(tables, dense_tables(instances, scores[places], standing, cleared), strict=True):
            table[places] = dense
    return tables


def _blank(count: int, part: float) -> NDArray[np.bool_]:
    """Which sentences of a document lose their rules' hits; always the same."""
    chosen: NDArray[np.bool_] = np.random.default_rng(0).random(count) < part
    return chosen


def _fit_combiners(
    examples: Sequence[Example],
    rows: NDArray[np.int64],
    labels: NDArray[np.bool_],
    ignored: NDArray[np.bool_],
    scores: Floats,
    folds: NDArray[np.int64],
    categories: Sequence[str],
    recipe: Recipe,
) -> tuple[tuple[LogisticRegression, ...], NDArray[np.float64], NDArray[np.float64], Validation]:
    # Collections of samples hold far more positives than documents do.
    weight = np.array([1.0 if examples[row].is_whole else recipe.collection_weight for row in rows])
    tables = _dense(examples, rows, scores, categories, blanked=recipe.blanked)
    is_tuned = np.array([examples[row].is_tuned for row in rows])
    is_whole = np.array([examples[row].is_whole for row in rows])
    if not (~is_tuned | is_whole).any():
        is_tuned[:] = False
    combiners, centres, spreads = [], [], []
    held = np.zeros((len(rows), len(categories)))
    for index, table in enumerate(tables):
        centre, spread = table.mean(axis=0), table.std(axis=0) + 1e-6
        columns = (table - centre) / spread
        # What a hit is worth is learned where the rules are strangers, and how common findings are in whole documents.
        use = ~ignored[:, index] & (~is_tuned | (is_whole & (table[:, _FIRED] == 0)))
        for fold in np.unique(folds):
            inside = use & (folds != fold)
            outside = folds == fold
            model = _fit_combiner(columns[inside], labels[inside, index], weight[inside])
            held[outside, index] = model.predict_proba(columns[outside])[:, 1]
        combiners.append(_fit_combiner(columns[use], labels[use, index], weight[use]))
        centres.append(centre)
        spreads.append(spread)
    return tuple(combiners), np.array(centres), np.array(spreads), Validation(rows, held)


def _fit_combiner(
    columns: NDArray[np.float64], wanted: NDArray[np.bool_], weight: NDArray[np.float64]
) -> LogisticRegression:
    """Fitted with one faint example of each kind added, so that a category without any can be fitted too."""
    faint = np.zeros((2, columns.shape[1]))
    faint[0, 0] = 3.0
    model = LogisticRegression(C=1.0, max_iter=1000)
    return model.fit(np.vstack([columns, faint]), np.append(wanted, [True, False]), np.append(weight, [0.01, 0.01]))
