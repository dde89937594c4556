"""What detection said of a labelled document: the form in which rules, models and both together are compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from analyzer.findings import Report, Severity

__all__ = ["Flagged", "Outcome", "Ranked", "outcome_of"]


@dataclass(frozen=True, slots=True)
class Flagged:
    """A sentence that was flagged."""

    category: str
    subtype: str
    severity: Severity
    score: float
    text: str
    rule: str = ""
    """What flagged it; ``model`` where no rule did."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """How sure detection is that a sentence is of a category, flagged or not; 0 to 1."""

    category: str
    score: float
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was said of one document."""

    doc: str
    flagged: tuple[Flagged, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    """Checklist question to ``yes``, ``no`` or ``unclear``."""
    ranked: Sequence[Ranked] = ()
    """For the area under the precision-recall curve and calibration; sentences that are not listed have score 0."""


def outcome_of(report: Report) -> Outcome:
    """The outcome that a report stands for."""
    flagged = tuple(Flagged(f.category, f.subtype, f.severity, f.score, f.text, f.rule) for f in report.findings)
    answers = {answer.id: answer.answer.value for answer in report.checklist}
    ranked = tuple(Ranked(f.category, f.score, f.text) for f in report.findings)
    return Outcome(report.name, flagged, answers, ranked)
