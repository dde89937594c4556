"""Two documents held against each other: what their texts and findings share."""

from dataclasses import dataclass
from enum import StrEnum

from analyzer.differences.addenda import Action, Amendment, looks_like_addendum, read_addendum
from analyzer.differences.changes import ChangeKind, TextChange, text_changes
from analyzer.differences.findings import AnswerChange, Fate, FindingChange, answer_changes, finding_changes
from analyzer.differences.gaps import differing, without_shuffles
from analyzer.differences.verification import Outcome, Verification, verify
from analyzer.differences.words import Passage, Side
from analyzer.findings import Finding, Report

__all__ = [
    "Action",
    "Amendment",
    "AnswerChange",
    "ChangeKind",
    "Comparison",
    "Fate",
    "FindingChange",
    "Outcome",
    "Passage",
    "Relation",
    "Side",
    "TextChange",
    "Verification",
    "compare",
    "verify",
]


class Relation(StrEnum):
    """What the new document is to the old one."""

    DRAFT = "draft"
    """Another draft of the same document."""
    ADDENDUM = "addendum"
    """It amends the old document, which stands beside it."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two documents have in common and what not; which of the fields are filled depends on the relation."""

    relation: Relation
    old: Report
    new: Report
    findings: tuple[FindingChange, ...]
    """For an addendum only the new ones: what it doesn't repeat still stands."""
    touched: tuple[Finding, ...]
    """For an addendum: findings of the old document in clauses that the addendum amends."""
    answers: tuple[AnswerChange, ...]
    """Empty for an addendum, which need not answer what the old document does."""
    changes: tuple[TextChange, ...]
    unchanged: int
    """Sentences of the old document that the new one holds too."""
    amendments: tuple[Amendment, ...]
    """For an addendum: what it says, in its order."""


def compare(
    old: Side, old_report: Report, new: Side, new_report: Report, *, relation: Relation | None = None
) -> Comparison:
    """Hold two documents against each other; without ``relation`` what the new one is shows by its length and words."""
    if relation is None:
        relation = Relation.ADDENDUM if looks_like_addendum(old, new) else Relation.DRAFT
    findings = finding_changes(old_report.findings, new_report.findings)
    if relation is Relation.ADDENDUM:
        amendments = read_addendum(old, new)
        return Comparison(
            relation,
            old_report,
            new_report,
            tuple(change for change in findings if change.fate is not Fate.FIXED),
            _touched(old_report, amendments),
            (),
            (),
            0,
            amendments,
        )
    runs, differences = differing(old, new)
    if old.document.media_type != new.document.media_type:
        differences = without_shuffles(old, new, differences)
    changes = text_changes(old, new, runs, differences)
    gone = [change.old.span for change in changes if change.old is not None]
    unchanged = sum(not any(span.contains(s.span) for span in gone) for s, _ in old.sentences)
    answers = answer_changes(old_report.checklist, new_report.checklist)
    return Comparison(relation, old_report, new_report, findings, (), answers, changes, unchanged, ())


def _touched(report: Report, amendments: tuple[Amendment, ...]) -> tuple[Finding, ...]:
    spans = [amendment.old.span for amendment in amendments if amendment.old is not None]
    return tuple(finding for finding in report.findings if any(span.overlaps(finding.span) for span in spans))
