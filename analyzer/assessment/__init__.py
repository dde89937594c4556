"""Matches to what a reviewer is told: findings, near misses, checklist, verdict."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyzer.assessment.checklist import answer_question
from analyzer.assessment.weighing import Weighing, fingerprint
from analyzer.document import Document, Segment
from analyzer.findings import ChecklistAnswer, Finding, Match, NearMiss, Severity, Verdict
from analyzer.policy import Policy
from analyzer.records import Records
from analyzer.rules import CHECKLIST, RuleSet

if TYPE_CHECKING:
    from analyzer.classification import Prediction  # numpy takes a fifth of a second to import

__all__ = ["Assessment", "assess", "fingerprint", "verdict_of"]


@dataclass(frozen=True, slots=True)
class Assessment:
    """What one document comes to."""

    findings: tuple[Finding, ...]
    near_misses: tuple[NearMiss, ...]
    checklist: tuple[ChecklistAnswer, ...]
    verdict: Verdict
    reasons: tuple[str, ...]


def assess(
    document: Document,
    segments: Sequence[Segment],
    matches: Iterable[Match],
    rules: RuleSet,
    policy: Policy,
    *,
    predictions: "Iterable[Prediction] | None" = None,
    records: Records | None = None,
) -> Assessment:
    """Weigh the matches of a document, and what the trained model says of them, under a policy.

    Rules and model are weighed together, not added up: the model was fitted with the rules' evidence before it, so its
    probability is that of both. A sentence that it finds unlikely becomes a near miss though a rule fired; one that it
    finds likely becomes a finding though none did. ``predictions`` is None where no model is asked.

    What the policy switches off, or accepts by a limit, is found all the same and kept as a near miss: the checklist
    asks what the document says, and not what the agency accepts.
    """
    weighing = Weighing(document, segments, rules, policy, predictions, records or Records())
    by_question: dict[str, list[Match]] = defaultdict(list)
    of_rules: list[Match] = []
    for match in matches:
        if match.rule.startswith(f"{CHECKLIST}/"):
            by_question[match.rule].append(match)
        else:
            of_rules.append(match)
    found, accepted, doubted = weighing.findings([match for match in of_rules if not match.cleared_by])
    findings = tuple(finding for finding in found if finding.id not in accepted)
    cleared = [match for match in (*of_rules, *doubted) if match.cleared_by and not policy.is_off(match.rule)]
    near_misses = weighing.near_misses(cleared, findings, [(f, accepted[f.id]) for f in found if f.id in accepted])
    checklist = tuple(answer_question(q, by_question, found, document, segments) for q in rules.questions)
    verdict, reasons = verdict_of(document, findings, policy)
    return Assessment(findings, near_misses, checklist, verdict, reasons)


def verdict_of(document: Document, findings: Sequence[Finding], policy: Policy) -> tuple[Verdict, tuple[str, ...]]:
    """The verdict and the sentences that give its reasons; unread text comes before everything else.

    What a draft rule finds is shown and never fails a document.
    """
    failing = [f for f in findings if f.severity.rank >= policy.fail_on.rank and not f.is_draft]
    reasons = [note.message for note in document.unread]
    counts = {severity: sum(f.severity is severity for f in failing) for severity in reversed(Severity)}
    reasons += [
        f"{count} {severity} {'finding' if count == 1 else 'findings'}." for severity, count in counts.items() if count
    ]
    if document.unread:
        return Verdict.CANNOT_EVALUATE, tuple(reasons)
    return (Verdict.FAIL if failing else Verdict.PASS), tuple(reasons)
