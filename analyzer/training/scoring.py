"""How good detection is on labelled documents: precision, recall and their kin for each category, with intervals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analyzer.findings import Severity
from analyzer.training.agreement import Agreement, JudgedFlag, JudgedLabel, agree
from analyzer.training.measures import (
    Calibration,
    Floats,
    Measure,
    RankedUnits,
    average_precision,
    calibrate,
    draw,
    f1_of,
    measured,
    ratio,
)
from analyzer.training.outcomes import Outcome
from analyzer.training.samples import LabelledDocument

__all__ = [
    "CORE",
    "DRAWS",
    "CategoryScore",
    "Counted",
    "QuestionScore",
    "Scores",
    "agree_all",
    "categories_of",
    "count_by_document",
    "counted_flags",
    "macro_f1",
    "score",
]

CORE = ("unlimited-liability", "performance-bond", "prescriptive-spec", "inflexible-terms")
"""The categories that the headline figure is the mean of."""
DRAWS = 1000
"""Bootstrap draws: enough for the second decimal of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class CategoryScore:
    """How good detection is in one category."""

    category: str
    labels: int
    found: int
    """Labels that some finding matches."""
    findings: int
    right: int
    """Findings that a label agrees with."""
    precision: Measure
    """Of the findings, the share that was right."""
    recall: Measure
    """Of the labels, the share that was found."""
    f1: Measure
    average_precision: Measure
    """Area under the precision-recall curve over sentences."""
    by_severity: Mapping[Severity, tuple[int, int]]
    """Labels found and labels, for each severity."""

    @property
    def missed(self) -> int:
        return self.labels - self.found

    @property
    def false_alarms(self) -> int:
        return self.findings - self.right


@dataclass(frozen=True, slots=True)
class QuestionScore:
    """How often one question of the checklist was answered as a person did, where that was yes or no."""

    question: str
    right: int
    asked: int


@dataclass(frozen=True, slots=True)
class Scores:
    """Everything that is counted over a set of documents."""

    documents: int
    clusters: int
    """What the bootstrap draws: agencies where they are known, else documents."""
    without_outcome: tuple[str, ...]
    categories: tuple[CategoryScore, ...]
    core_macro_f1: Measure
    """Mean F1 of the core categories; one that does not occur at all counts as 0."""
    high_recall: Measure
    """Of the labels of severity high in any category, the share that was found."""
    checklist: Measure
    questions: tuple[QuestionScore, ...]
    calibration: Calibration


@dataclass(frozen=True, slots=True)
class Counted:
    """Counts for one category, a value for each document."""

    labels: Floats
    found: Floats
    findings: Floats
    right: Floats

    def f1(self, weights: Floats) -> Floats:
        """F1 of each bootstrap draw."""
        precision = ratio(weights @ self.right, weights @ self.findings)
        return f1_of(precision, ratio(weights @ self.found, weights @ self.labels))


def agree_all(
    documents: Sequence[LabelledDocument], outcomes: Iterable[Outcome], *, floor: Severity = Severity.LOW
) -> tuple[Agreement, ...]:
    """Each document held against what was said of it; outcomes of other documents are left out.

    Several outcomes of one document count as one.
    """
    by_doc: dict[str, Outcome] = {}
    for outcome in outcomes:
        known = by_doc.get(outcome.doc)
        by_doc[outcome.doc] = _joined(known, outcome) if known else outcome
    return tuple(agree(document, by_doc.get(document.name), floor=floor) for document in documents)


def _joined(one: Outcome, other: Outcome) -> Outcome:
    answers = {**one.answers, **other.answers}
    return Outcome(one.doc, (*one.flagged, *other.flagged), answers, (*one.ranked, *other.ranked))


def score(agreements: Sequence[Agreement], *, draws: int = DRAWS, seed: int = 0) -> Scores:
    """Every figure over documents, with 95 % intervals by a bootstrap over agencies."""
    weights = draw([agreement.agency for agreement in agreements], draws=draws, seed=seed)
    counted = count_by_document(agreements)
    ranked = [rank for agreement in agreements for rank in agreement.ranks]
    return Scores(
        documents=len(agreements),
        clusters=len({agreement.agency for agreement in agreements}),
        without_outcome=tuple(sorted(a.doc for a in agreements if not a.has_outcome)),
        categories=tuple(_category(name, counts, agreements, weights) for name, counts in counted.items()),
        core_macro_f1=measured(macro_f1(counted, CORE, weights)),
        high_recall=_high_recall(agreements, weights),
        checklist=_checklist(agreements, weights),
        questions=_questions(agreements),
        calibration=calibrate([rank.score for rank in ranked], [rank.is_right for rank in ranked]),
    )


def categories_of(agreements: Iterable[Agreement]) -> tuple[str, ...]:
    """The categories of labels and findings, sorted."""
    names: set[str] = set()
    for agreement in agreements:
        names.update(judged.label.category for judged in agreement.labels)
        names.update(judged.flagged.category for judged in agreement.flags)
    return tuple(sorted(names))


def counted_flags(agreement: Agreement) -> list[JudgedFlag]:
    """The findings of a document without those that only repeat another."""
    return [flag for flag in agreement.flags if not flag.is_repeat]


def count_by_document(agreements: Sequence[Agreement]) -> dict[str, Counted]:
    """Labels and findings of each category, document by document."""
    counted = {name: Counted(*np.zeros((4, len(agreements)))) for name in categories_of(agreements)}
    for position, agreement in enumerate(agreements):
        for label in agreement.labels:
            counts = counted[label.label.category]
            counts.labels[position] += 1
            counts.found[position] += bool(label.found_by)
        for flag in counted_flags(agreement):
            counts = counted[flag.flagged.category]
            counts.findings[position] += 1
            counts.right[position] += flag.is_right
    return counted


def macro_f1(counted: Mapping[str, Counted], categories: Sequence[str], weights: Floats) -> Floats:
    """Mean F1 of categories in each draw, over those that occur in it; one that never occurs counts as 0."""
    if not categories:
        return np.full(len(weights), np.nan)
    total, seen = np.zeros(len(weights)), np.zeros(len(weights))
    for name in categories:
        f1 = counted[name].f1(weights) if name in counted else np.zeros(len(weights))
        total += np.nan_to_num(f1)
        seen += ~np.isnan(f1)
    return ratio(total, seen)


def _category(name: str, counts: Counted, agreements: Sequence[Agreement], weights: Floats) -> CategoryScore:
    labels = [label for a in agreements for label in a.labels if label.label.category == name]
    precision = ratio(weights @ counts.right, weights @ counts.findings)
    recall = ratio(weights @ counts.found, weights @ counts.labels)
    return CategoryScore(
        name,
        labels=int(counts.labels.sum()),
        found=int(counts.found.sum()),
        findings=int(counts.findings.sum()),
        right=int(counts.right.sum()),
        precision=measured(precision),
        recall=measured(recall),
        f1=measured(f1_of(precision, recall)),
        average_precision=measured(average_precision(_units(name, agreements), weights)),
        by_severity={severity: _found_of(labels, severity) for severity in reversed(Severity)},
    )


def _found_of(labels: Iterable[JudgedLabel], severity: Severity) -> tuple[int, int]:
    hits = [bool(label.found_by) for label in labels if label.label.severity is severity]
    return sum(hits), len(hits)


def _units(category: str, agreements: Sequence[Agreement]) -> RankedUnits:
    rows = [
        (rank.score, rank.is_right, position)
        for position, agreement in enumerate(agreements)
        for rank in agreement.ranks
        if rank.category == category
    ]
    return RankedUnits(
        [row[0] for row in rows],
        [row[1] for row in rows],
        [row[2] for row in rows],
        [agreement.unranked.get(category, 0) for agreement in agreements],
    )


def _high_recall(agreements: Sequence[Agreement], weights: Floats) -> Measure:
    counts = np.array([_high_counts(agreement) for agreement in agreements], dtype=np.float64).reshape(-1, 2)
    return measured(ratio(weights @ counts[:, 0], weights @ counts[:, 1]))


def _high_counts(agreement: Agreement) -> tuple[int, int]:
    return _found_of(agreement.labels, Severity.HIGH)


def _checklist(agreements: Sequence[Agreement], weights: Floats) -> Measure:
    right = np.array([sum(answer.is_right for answer in a.answers) for a in agreements], dtype=np.float64)
    asked = np.array([len(a.answers) for a in agreements], dtype=np.float64)
    return measured(ratio(weights @ right, weights @ asked))


def _questions(agreements: Iterable[Agreement]) -> tuple[QuestionScore, ...]:
    hits: dict[str, list[bool]] = {}
    for agreement in agreements:
        for answer in agreement.answers:
            hits.setdefault(answer.question, []).append(answer.is_right)
    return tuple(QuestionScore(name, sum(hits[name]), len(hits[name])) for name in sorted(hits))
