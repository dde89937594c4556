"""From labelled documents to a model folder, and the honest figures of it."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzer import __version__
from analyzer.classification.arithmetic import ALONE, WITH_RULE, rule_scores
from analyzer.classification.classifier import Classifier
from analyzer.engine import Analyzer
from analyzer.errors import SampleError
from analyzer.training.cards import card_of, render_card
from analyzer.training.corpus import Example, examples_of, word_lists
from analyzer.training.doubts import suspicious_labels
from analyzer.training.evaluation import Evaluation, evaluate
from analyzer.training.fitting import Matrix, Recipe, fit, folds_of
from analyzer.training.models import write_model
from analyzer.training.outcomes import Flagged, Outcome, Ranked, outcome_of
from analyzer.training.samples import LabelledDocument
from analyzer.training.sources import Source
from analyzer.training.thresholds import choose_thresholds

__all__ = ["Trained", "cross_validate", "train"]

Progress = Callable[[str, int, int], None]
_FEWEST_POSITIVES, _FEWEST_AGENCIES = 10, 3
_LEAST_RANKED = 0.01
"""Probability from which a sentence is listed for the precision-recall curve."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A model that was written, and how good it is on documents of agencies that it did not see."""

    classifier: Classifier
    evaluation: Evaluation
    card: Mapping[str, Any]


def train(
    sources: Sequence[Source],
    output: Path,
    *,
    analyzer: Analyzer,
    recipe: Recipe | None = None,
    date: str = "",
    progress: Progress | None = None,
) -> Trained:
    """Fit a model to the documents of the sources and write its folder.

    ``analyzer`` gives the rules; its own model takes no part. Raises SampleError where there is too little to learn
    from.
    """
    recipe = recipe or Recipe()
    lists = word_lists(analyzer)
    tuned = {document.name for source in sources if source.is_tuned for document in source.documents}
    documents = [document for source in sources for document in source.documents]
    examples = examples_of(
        analyzer, documents, lists, tuned=tuned, progress=_step(progress, "Reading documents", len(documents))
    )
    categories = _learnable(examples, analyzer)
    matrix = Matrix(examples)
    rows = np.arange(len(examples))
    fitted = fit(matrix, examples, rows, categories, recipe, progress)
    thresholds = choose_thresholds(examples, fitted)
    outcomes = _outcomes(examples, rows, fitted.validation.probabilities, categories, thresholds, analyzer)
    evaluation = evaluate(
        [replace(document, checklist={}) for document in documents],
        outcomes,
        labels="the samples",
        system="models that saw no document of the agency",
        known_categories=analyzer.rules.categories,
        suspicious=suspicious_labels(examples, fitted),
    )
    shown = {document.name for source in sources if source.is_shippable for document in source.documents}
    shown -= {document.name for source in sources if not source.is_shippable for document in source.documents}
    carried = [int(row) for row in rows if examples[row].doc in shown and examples[row].labels]
    card = card_of(sources, examples, fitted, evaluation, __version__, date)
    card["rules"] = sorted(rule.id for rule in analyzer.rules.rules)
    classifier = write_model(
        output,
        fitted,
        matrix,
        examples,
        rows,
        lists=lists,
        thresholds=thresholds,
        card=card,
        page=render_card(output.name, card),
        carried=carried,
    )
    return Trained(classifier, evaluation, card)


def cross_validate(
    scored: Sequence[LabelledDocument],
    others: Sequence[LabelledDocument],
    *,
    analyzer: Analyzer,
    tuned: Collection[str] = (),
    folds: int = 8,
    recipe: Recipe | None = None,
    progress: Progress | None = None,
) -> list[Outcome]:
    """Score each document by a model that saw no document of its agency.

    The agencies of ``scored`` are dealt to ``folds``; for each fold a model is trained anew on all other documents,
    ``others`` among them, thresholds included. ``tuned`` names documents that the rules were written with.
    """
    recipe = recipe or Recipe()
    agencies = {document.agency for document in scored}
    documents = [*scored, *(document for document in others if document.agency not in agencies)]
    examples = examples_of(
        analyzer,
        documents,
        word_lists(analyzer),
        tuned=tuned,
        progress=_step(progress, "Reading documents", len(documents)),
    )
    categories = _learnable(examples, analyzer)
    matrix = Matrix(examples)
    names = {document.name for document in scored}
    places = [row for row, example in enumerate(examples) if example.doc in names]
    fold_of = dict(zip(places, folds_of([examples[row].agency for row in places], folds), strict=True))
    answers = {outcome.doc: outcome.answers for outcome in _checklists(scored, analyzer)}
    outcomes: list[Outcome] = []
    for fold in sorted(set(fold_of.values())):
        if progress:
            progress("Training without some agencies", int(fold), folds)
        held = np.array([row for row in places if fold_of[row] == fold], np.int64)
        seen = np.array([row for row in range(len(examples)) if fold_of.get(row) != fold], np.int64)
        fitted = fit(matrix, examples, seen, categories, recipe)
        thresholds = choose_thresholds(examples, fitted)
        probabilities = fitted.probabilities(matrix, examples, held)
        outcomes += _outcomes(examples, held, probabilities, categories, thresholds, analyzer)
    return [Outcome(o.doc, o.flagged, answers.get(o.doc, {}), o.ranked) for o in outcomes]


def _step(progress: Progress | None, name: str, count: int) -> Callable[[int, int], None] | None:
    return (lambda done, _: progress(name, done, count)) if progress else None


def _checklists(documents: Sequence[LabelledDocument], analyzer: Analyzer) -> list[Outcome]:
    return [outcome_of(analyzer.analyze_document(document.document).report) for document in documents]


def _learnable(examples: Sequence[Example], analyzer: Analyzer) -> tuple[str, ...]:
    """The categories with enough positives from enough agencies, in the order of the rules."""
    counts = Counter(category for example in examples for category in example.labels)
    agencies = {name: {e.agency for e in examples if name in e.labels} for name in counts}
    chosen = tuple(
        category
        for category in analyzer.rules.categories
        if counts[category] >= _FEWEST_POSITIVES and len(agencies[category]) >= _FEWEST_AGENCIES
    )
    if not chosen or all(example.labels for example in examples):
        few = f"{_FEWEST_POSITIVES} labelled sentences from {_FEWEST_AGENCIES} documents or agencies"
        cause = "hold no category that can be learned." if not chosen else "hold no sentence without a label."
        raise SampleError("The samples", cause, f"A category needs {few}, and sentences without a label beside them.")
    return chosen


def _outcomes(
    examples: Sequence[Example],
    rows: NDArray[np.int64],
    probabilities: NDArray[np.float64],
    categories: Sequence[str],
    thresholds: Mapping[str, Mapping[str, float]],
    analyzer: Analyzer,
) -> list[Outcome]:
    """What the probabilities come to, document by document, as `analyzer.assessment` would have it."""
    standing, _ = rule_scores([examples[row].instance for row in rows], categories)
    least = np.array([[thresholds[name][ALONE] for name in categories]])
    with_rule = np.array([[thresholds[name][WITH_RULE] for name in categories]])
    flagged = probabilities >= np.where(standing > 0, with_rule, least)
    rules = {rule.id: rule for rule in analyzer.rules.rules}
    usual = {name: next(r for r in analyzer.rules.rules if r.category == name) for name in categories}
    found: dict[str, tuple[list[Flagged], list[Ranked]]] = {}
    for place, row in enumerate(rows):
        example = examples[row]
        flags, ranks = found.setdefault(example.doc, ([], []))
        for column in np.flatnonzero((probabilities[place] >= _LEAST_RANKED) | flagged[place]).tolist():
            category, score = categories[column], float(probabilities[place, column])
            ranks.append(Ranked(category, score, example.instance.text))
            if flagged[place, column]:
                fired = [e.rule for e in example.instance.evidence if e.rule.startswith(f"{category}/")]
                rule = rules[fired[0]] if fired else usual[category]
                name = rule.id if fired else f"model/{category}"
                flags.append(Flagged(category, rule.subtype, rule.severity, score, example.instance.text, name))
    return [Outcome(doc, tuple(flags), {}, tuple(ranks)) for doc, (flags, ranks) in found.items()]
