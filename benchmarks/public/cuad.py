"""CUAD: the sentences that carry a label of liability, ranked by a cross-validation of two passes.

The first pass reads each sentence alone (TF-IDF, logistic regression). The second sees only those near a sentence that
the first finds likely, with the scores of the neighbours, cues and headings: the mean log-odds of gradient boosting
and of extremely randomised trees (Geurts et al. 2006, doi 10.1007/s10994-006-6226-1).
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import GroupKFold

from .rows import FOLDS, Bools, Floats, Ints, rows_of

CLASSES = ("Uncapped Liability", "Cap On Liability")
INNER_FOLDS = 4
FLOOR = -12.0  # log-odds taken for a neighbour beyond the ends of the contract
SIGNS = r"\b\w+\b|\$|\["
GATE = -5.0  # log-odds: a sentence goes to the second pass when any within four sentences is above
REACH = 4  # sentences to either side that the second pass sees

CUES = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "liability": r"\bliab",
        "damages": r"\bdamages?\b",
        "indirect": r"consequential|indirect|incidental|punitive|exemplary|special damages",
        "lost profit": r"\b(loss|lost)( of)?( \w+)? ?(profit|revenue|business|data|use|saving|income)|goodwill",
        "not liable": r"in no event|under no circumstances|neither party|not be (liable|responsible)|no liability",
        "exceed": r"\bexceed|greater than|in excess of|more than",
        "limited to": r"limited to|is limited|be limited|maximum|aggregate|(total|entire) liability|\bcap(ped)?\b",
        "carve-out": r"\bexcept\b|other than|exclud|exception|save (for|as)|provided,? (however|that)|unless",
        "not apply": r"(not|n.t) (apply|limit|restrict|affect|exclude)|nothing in this|unlimited|without limit",
        "notwithstanding": r"notwithstanding",
        "subject to": r"subject to (section|clause|article|paragraph|the)",
        "foregoing": r"(foregoing|above|preceding|this) (limit|exclu)|limitations? (of|on|set|in|under)|exclusions?",
        "gross": r"gross(ly)? neglig|wil+ful|intentional|reckless|bad faith|wanton|fraud",
        "injury": r"\bdeath|personal injur|bodily injur|tangible",
        "confidence": r"confidential",
        "indemnity": r"indemn|hold harmless",
        "infringement": r"infring|intellectual property|misappropriat",
        "breach": r"breach",
        "law": r"by law|applicable law|extent permitted|permitted by",
        "remedy": r"(sole|exclusive|only)[\w ]* (remed|liab|obligation|recourse)|remed",
        "refund": r"refund|replace|repair|re-?perform|credit",
        "warranty": r"warrant",
        "time bar": r"\b(no|any) (action|claim|suit|proceeding)[^.]{0,120}(year|month|days)|statute of limitation",
        "theory": r"\btort\b|strict liability|theory|possibility|foreseeab|advised of",
        "amount": r"\$|us ?d\b|dollars|€|£|\[\*+",
        "paid": r"(fee|amount|payment|price|sum|royalt)[\w ,()]{0,40}(paid|payable|received|due)|purchase price",
        "months": r"(twelve|12|six|24|\d+)[- )\d(]{0,6}(calendar )?(month|year)",
        "insurance": r"insur",
        "end": r"terminat|expir",
        "loss": r"\bloss(es)?\b|costs?\b|expens",
        "delay": r"force majeure|act of god|delay",
        "recover": r"recover|entitled|claim",
        "waive": r"waive|releas|disclaim",
        "third party": r"third.part",
        "duty": r"responsib|obligat",
    }.items()
}
HEADINGS = tuple(
    re.compile(p, re.IGNORECASE) for p in (r"liabilit|damages|limitation", r"indemn", r"warrant", r"insur", r"remed")
)


def company_of(contract: str) -> str:
    """The company a CUAD contract is filed by, without its legal form: its agreements stay in one fold."""
    name = re.sub(r"[^a-z0-9]", "", re.split(r"_| - ", contract)[0].lower())
    forms = r"(incorporated|inc|corporation|corp|llc|ltd|limited|plc|co|com|lp|sa|nv|ag|group|holdings?)+$"
    return re.sub(forms, "", name) or name


def numbered(keys: Sequence[object]) -> Ints:
    """A number for each run of equal neighbouring keys, counted from 0."""
    return np.cumsum([0, *(a != b for a, b in itertools.pairwise(keys))]).astype(np.int64)


class Contracts:
    """All sentences of CUAD with what the models see of them.

    ``labels`` is (sentences, 2) in the order of ``CLASSES``; ``words`` holds the counts of words and pairs of words,
    hashed, so that nothing is learnt from a contract before its fold is known.
    ``group`` is what no fold divides: the contract, or the company it is filed by.
    """

    def __init__(self, rows: list[dict[str, Any]], by: str) -> None:
        self.texts = [" ".join(row["text"].split()) for row in rows]
        self.labels: Bools = np.array([[name in row["labels"] for name in CLASSES] for row in rows])
        self.contract = numbered([row["contract_id"] for row in rows])
        self.chunk = numbered([(row["contract_id"], row["chunk"]) for row in rows])
        self.para = numbered([(row["contract_id"], row["para"]) for row in rows])
        companies: Ints = np.unique([company_of(row["contract_id"]) for row in rows], return_inverse=True)[1]
        self.group = companies if by == "company" else self.contract
        self.size = np.bincount(self.contract)[self.contract]
        starts = np.flatnonzero(np.diff(self.contract, prepend=-1))
        self.position = np.arange(len(rows)) - starts[self.contract]
        hashing = HashingVectorizer(
            ngram_range=(1, 2), n_features=2**19, alternate_sign=False, norm=None, token_pattern=SIGNS
        )
        self.words = hashing.transform([re.sub(r"\d", "0", text) for text in self.texts]).astype(np.float32)

    def shifted(self, values: NDArray[Any], by: int, fill: float) -> NDArray[Any]:
        """Each sentence's value replaced by that of the sentence ``by`` places on in the same contract."""
        index = np.arange(len(values)) + by
        inside = (index >= 0) & (index < len(values))
        index = np.clip(index, 0, len(values) - 1)
        inside &= self.contract[index] == self.contract
        result = values[index].copy()
        result[~inside] = fill
        return result

    def widest(self, values: NDArray[Any], reach: int, fill: float) -> NDArray[Any]:
        """The greatest value within ``reach`` sentences."""
        shifts = [self.shifted(values, by, fill) for by in range(-reach, reach + 1)]
        result: NDArray[Any] = np.maximum.reduce(shifts)
        return result

    def folds(self) -> Iterator[tuple[Ints, Ints]]:
        """Rows to train on and rows to score, five times, each group on one side."""
        yield from GroupKFold(FOLDS, shuffle=True, random_state=0).split(self.words, groups=self.group)


def first_pass(data: Contracts, train: Ints, test: Ints) -> Floats:
    """Log-odds by each sentence's own words: (sentences, 2).

    Training contracts are scored by models that have not seen their group (four inner folds), the test contracts by
    the mean of the same four, so that both follow one distribution and no label reaches its own features.
    """
    scores = np.zeros((len(data.texts), len(CLASSES)))
    for seen, unseen in GroupKFold(INNER_FOLDS, shuffle=True, random_state=1).split(train, groups=data.group[train]):
        known, held = train[seen], train[unseen]
        weights = TfidfTransformer(sublinear_tf=True).fit(data.words[known])
        matrix, held_matrix, test_matrix = (weights.transform(data.words[part]) for part in (known, held, test))
        for column in range(len(CLASSES)):
            model = LogisticRegression(C=10, solver="liblinear", tol=0.01).fit(matrix, data.labels[known, column])
            scores[held, column] = model.decision_function(held_matrix)
            scores[test, column] += model.decision_function(test_matrix) / INNER_FOLDS
    return scores


def cues_of(text: str) -> list[float]:
    """What a lawyer looks for in one sentence, each 0 or 1, and its shape."""
    letters = [c for c in text if c.isalpha()]
    shape = [
        np.log1p(len(text)),
        sum(c.isupper() for c in letters) / max(1, len(letters)),
        text[:1].islower(),
        text[-1:] in ";:,",
        text[-1:] == ".",
        bool(re.match(r"[\d(]", text)),
        len(text.split()) <= 6,
        len(letters) < 3,
    ]
    return [float(value) for value in (*(bool(cue.search(text)) for cue in CUES.values()), *shape)]


def cue_table(data: Contracts, needed: Bools) -> Floats:
    """``cues_of`` for the sentences that are needed, zeros for the rest."""
    table = np.zeros((len(data.texts), len(CUES) + 8))
    for index in np.flatnonzero(needed):
        table[index] = cues_of(data.texts[index])
    return table


def heading_table(data: Contracts) -> Floats:
    """For each sentence what the last heading before it names, and how many sentences ago it stood (20 at most)."""
    table = np.zeros((len(data.texts), len(HEADINGS) + 1))
    current, last = [0.0] * len(HEADINGS), 0
    for index, text in enumerate(data.texts):
        if data.position[index] == 0:
            current, last = [0.0] * len(HEADINGS), index
        if len(text) < 90 and len(text.split()) <= 9 and re.match(r"[\divxa-z.()\s-]*[A-Z]", text):
            current, last = [float(bool(pattern.search(text))) for pattern in HEADINGS], index
        table[index] = [*current, min(index - last, 20)]
    return table


def neighbour_scores(data: Contracts, scores: Floats) -> Floats:
    """First-pass log-odds of the sentences around, and of the chunk, the paragraph and the contract."""
    columns: list[NDArray[Any]] = []
    for value in scores.T:
        columns += [data.shifted(value, by, FLOOR) for by in range(-REACH, REACH + 1) if by]
        columns.append(data.widest(value, 2 * REACH, FLOOR))
        probability = 1 / (1 + np.exp(-value))
        for key in (data.chunk, data.para, data.contract):
            best = np.full(int(key.max()) + 1, FLOOR)
            np.maximum.at(best, key, value)
            columns += [best[key], np.bincount(key, probability)[key]]
    for key in (data.chunk, data.para):
        columns += [data.shifted(key, by, -1) == key for by in (-2, -1, 1, 2)]
        columns.append(np.bincount(key)[key])
    columns += [data.position / data.size, data.position, data.size]
    return np.stack(columns, axis=1).astype(np.float64)


def neighbour_cues(data: Contracts, cues: Floats, headings: Floats) -> Floats:
    """Cues of the sentence before and after and of all within reach, and the heading."""
    near = [np.stack([data.shifted(column, by, 0) for column in cues.T], axis=1) for by in (-1, 1)]
    wide = np.stack([data.widest(column, REACH, 0) for column in cues.T[: len(CUES)]], axis=1)
    return np.hstack([*near, wide, headings])


def boosted(features: Floats, labels: Bools, others: Floats) -> Floats:
    """Log-odds of both labels for ``others`` by gradient boosting, one model a label."""
    model = HistGradientBoostingClassifier(
        max_iter=120, learning_rate=0.08, max_leaf_nodes=10, min_samples_leaf=15, l2_regularization=5.0,
        max_features=0.25, early_stopping=False, random_state=0,
    )  # fmt: skip
    columns = [model.fit(features, column).decision_function(others) for column in labels.T]
    return np.stack(columns, axis=1).astype(np.float64)


def randomised(features: Floats, labels: Bools, others: Floats) -> Floats:
    """Log-odds of both labels for ``others`` by extremely randomised trees that learn the two together."""
    model = ExtraTreesClassifier(100, min_samples_leaf=3, max_features=0.3, random_state=0)
    answers = model.fit(features.astype(np.float32), labels).predict_proba(others.astype(np.float32))
    chance = np.clip(np.stack([answer[:, 1] for answer in answers], axis=1), 0.001, 0.999).astype(np.float64)
    result: Floats = np.log(chance / (1 - chance))
    return result


def cuad(folder: Path, *, by: str = "contract") -> None:
    """Rank the sentences of CUAD's training contracts by cross-validation and print average precision.

    ``by`` says what no fold divides: "contract" or "company".
    """
    data = Contracts(rows_of(folder, "cuad"), by)
    splits = list(data.folds())
    passes = [first_pass(data, train, test) for train, test in splits]
    gates = [data.widest(scores.max(axis=1), REACH, FLOOR) > GATE for scores in passes]
    cues = cue_table(data, data.widest(np.any(gates, axis=0), REACH, 0).astype(bool))
    around = neighbour_cues(data, cues, heading_table(data))
    first, *steps = ("TF-IDF + logistic regression", "boosting on neighbours, cues and headings",
                     "randomised trees on the same", "mean of the two")  # fmt: skip
    table = {name: np.zeros(data.labels.shape) for name in (first, *steps)}
    passed = np.zeros(len(data.texts), dtype=bool)
    for (train, test), scores, gate in zip(splits, passes, gates, strict=True):
        passed[test] = gate[test]
        known, asked = train[gate[train]], test[gate[test]]
        design = np.hstack([scores, cues, neighbour_scores(data, scores), around])
        answers = [make(design[known], data.labels[known], design[asked]) for make in (boosted, randomised)]
        table[first][test] = scores[test]
        for name, answer in zip(steps, (*answers, np.mean(answers, axis=0)), strict=True):
            table[name][test] = scores[test] - 100  # beyond the gate: after all others, in the order of the first pass
            table[name][asked] = answer
    print_cuad(data, table, passed, by)


def print_cuad(data: Contracts, table: dict[str, Floats], passed: Bools, by: str) -> None:
    """Print the average precision of each way to score, all folds together, and what never reached the second pass."""
    lost = [1 - passed[column].mean() for column in data.labels.T]
    groups = len(np.unique(data.group))
    counts = f"{len(data.texts):,} sentences, {data.contract.max() + 1} contracts"
    print(f"CUAD: {counts}; {FOLDS} folds by {by} ({groups}); average precision of all folds together")
    print(f"{'':42}{CLASSES[0]:>20}{CLASSES[1]:>20}")
    print(f"{'sentences marked':42}" + "".join(f"{int(column.sum()):>20}" for column in data.labels.T))
    for name, values in table.items():
        figures = [average_precision_score(data.labels[:, c], values[:, c]) for c in range(len(CLASSES))]
        print(f"{name:42}" + "".join(f"{figure:>20.3f}" for figure in figures))
    print(f"{'marked sentences beyond the gate':42}" + "".join(f"{part:>20.1%}" for part in lost))
    print(f"The second pass sees {passed.sum():,} sentences. The paper's figures are of spans, another unit.")
