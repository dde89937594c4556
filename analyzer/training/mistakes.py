"""What detection got wrong, in the order in which it costs most."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from analyzer.findings import Severity
from analyzer.training.agreement import Agreement, GramIndex, JudgedFlag, JudgedLabel, grams_of
from analyzer.training.scoring import counted_flags

__all__ = ["AnswerMistake", "Mistake", "MistakeKind", "answer_mistakes", "costliest", "mistakes_of"]


class MistakeKind(StrEnum):
    """In which way it is wrong."""

    MISSED = "missed"
    FALSE_ALARM = "false-alarm"


@dataclass(frozen=True, slots=True)
class Mistake:
    """A label that nothing found, or a finding that no label agrees with."""

    kind: MistakeKind
    doc: str
    category: str
    subtype: str
    severity: Severity | None
    text: str
    score: float
    """For a false alarm, that of the finding; for a missed label, the highest that a sentence matching it got."""
    rule: str
    """What fired; empty for a missed label."""
    elsewhere: tuple[str, ...]
    """What the sentence counts as in other categories, as ``category/subtype``: for a false alarm what people said,
    for a missed label what was flagged."""


@dataclass(frozen=True, slots=True)
class AnswerMistake:
    """A question of the checklist that was not answered as a person did."""

    doc: str
    question: str
    truth: str
    answer: str
    """Empty where there was none."""


def mistakes_of(agreements: Iterable[Agreement]) -> tuple[Mistake, ...]:
    """Every mistake, the costliest first.

    That is: missed labels of high severity, false alarms by their score, other missed labels by severity.
    """
    found = [mistake for agreement in agreements for mistake in _of_document(agreement)]
    return tuple(sorted(found, key=_order))


def costliest(mistakes: Sequence[Mistake], count: int = 10) -> tuple[Mistake, ...]:
    """The first of `mistakes_of`."""
    return tuple(mistakes[:count])


def _order(mistake: Mistake) -> tuple[int, float, int, str, str, str]:
    rank = mistake.severity.rank if mistake.severity else -1
    if mistake.kind is MistakeKind.FALSE_ALARM:
        return 1, -mistake.score, -rank, mistake.doc, mistake.category, mistake.text
    group = 0 if mistake.severity is Severity.HIGH else 2 + Severity.HIGH.rank - rank
    return group, -mistake.score, -rank, mistake.doc, mistake.category, mistake.text


def _of_document(agreement: Agreement) -> list[Mistake]:
    missed = [label for label in agreement.labels if not label.found_by]
    wrong = [flag for flag in counted_flags(agreement) if not flag.is_right]
    flags = GramIndex(grams_of(flag.flagged.text) for flag in agreement.flags)
    labels = GramIndex(grams_of(label.text) for label in agreement.labels)
    return [
        *(_missed(agreement, label, flags.matches(grams_of(label.text))) for label in missed),
        *(_false_alarm(agreement, flag, labels.matches(grams_of(flag.flagged.text))) for flag in wrong),
    ]


def _missed(agreement: Agreement, label: JudgedLabel, flags: Sequence[int]) -> Mistake:
    near = (agreement.flags[position].flagged for position in flags)
    elsewhere = {
        f"{flag.category}/{flag.subtype}".rstrip("/") for flag in near if flag.category != label.label.category
    }
    return Mistake(
        MistakeKind.MISSED,
        agreement.doc,
        label.label.category,
        label.label.subtype,
        label.label.severity,
        label.text,
        label.nearest_score,
        "",
        tuple(sorted(elsewhere)),
    )


def _false_alarm(agreement: Agreement, flag: JudgedFlag, labels: Sequence[int]) -> Mistake:
    flagged = flag.flagged
    near = (agreement.labels[position].label for position in labels)
    elsewhere = {
        f"{label.category}/{label.subtype}".rstrip("/") for label in near if label.category != flagged.category
    }
    return Mistake(
        MistakeKind.FALSE_ALARM,
        agreement.doc,
        flagged.category,
        flagged.subtype,
        flagged.severity,
        flagged.text,
        flagged.score,
        flagged.rule,
        tuple(sorted(elsewhere)),
    )


def answer_mistakes(agreements: Iterable[Agreement]) -> tuple[AnswerMistake, ...]:
    """Answers of the checklist that differ, by question and document."""
    wrong = [
        AnswerMistake(agreement.doc, answer.question, answer.truth, answer.answer)
        for agreement in agreements
        for answer in agreement.answers
        if not answer.is_right
    ]
    return tuple(sorted(wrong, key=lambda mistake: (mistake.question, mistake.doc)))
