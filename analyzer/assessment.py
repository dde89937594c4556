"""Matches to what a reviewer is told: findings, near misses, checklist, verdict."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from analyzer.document import Document, Segment, Span, Unit
from analyzer.findings import (
    Answer,
    ChecklistAnswer,
    Finding,
    Match,
    NearMiss,
    Severity,
    Verdict,
)
from analyzer.phrases import words_of
from analyzer.policy import Policy
from analyzer.rules import CHECKLIST, Pattern, Question, Rule, RuleSet

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
    document: Document, segments: Sequence[Segment], matches: Iterable[Match], rules: RuleSet, policy: Policy
) -> Assessment:
    """Weigh the matches of a document under a policy."""
    by_question: dict[str, list[Match]] = defaultdict(list)
    of_rules: list[Match] = []
    for match in matches:
        if match.rule.startswith(f"{CHECKLIST}/"):
            by_question[match.rule].append(match)
        elif not policy.is_off(match.rule):
            of_rules.append(match)
    known = {rule.id: rule for rule in rules.rules}
    findings = _findings(document, segments, [m for m in of_rules if not m.cleared_by], known, policy)
    near_misses = _near_misses(document, segments, [m for m in of_rules if m.cleared_by], known, findings)
    checklist = tuple(_answer(q, by_question, findings, document, segments) for q in rules.questions)
    verdict, reasons = verdict_of(document, findings, policy)
    return Assessment(findings, near_misses, checklist, verdict, reasons)


def fingerprint(rule: str, text: str) -> str:
    """Identity of a finding: the rule and the words, without numbering, case, punctuation or place."""
    words = words_of(text)
    while words and (words[0].isdigit() or len(words[0]) == 1):
        words.pop(0)
    return sha256(f"{rule}|{' '.join(words)}".encode()).hexdigest()[:16]


def _section(segments: Sequence[Segment], match: Match) -> str:
    return " › ".join(segments[match.segment].path)


def _findings(
    document: Document, segments: Sequence[Segment], matches: list[Match], rules: Mapping[str, Rule], policy: Policy
) -> tuple[Finding, ...]:
    """One finding for each sentence, category and subtype, from the match that says most."""
    groups: dict[tuple[Span, str, str], list[Match]] = defaultdict(list)
    for match in matches:
        rule = rules[match.rule]
        groups[match.sentence.span, rule.category, rule.subtype].append(match)
    made = [_finding(document, segments, group, rules, policy) for group in groups.values()]
    return _numbered(sorted(made, key=lambda f: (f.span, f.category, f.subtype)))


def _finding(
    document: Document, segments: Sequence[Segment], group: list[Match], rules: Mapping[str, Rule], policy: Policy
) -> Finding:
    group = sorted(group, key=lambda m: (-m.severity.rank, -m.score, m.rule))
    best = group[0]
    rule = rules[best.rule]
    text = document[best.sentence.span]
    severity = policy.severities.get(rule.id, policy.severities.get(f"{rule.category}/{rule.subtype}", best.severity))
    return Finding(
        id=fingerprint(rule.id, text),
        rule=rule.id,
        category=rule.category,
        subtype=rule.subtype,
        severity=severity,
        score=max(match.score for match in group),
        span=best.sentence.span,
        text=text,
        page=document.page_of(best.sentence.span.start),
        section=_section(segments, best),
        title=rule.title,
        message=rule.message,
        why=rule.why,
        suggestion=rule.instead.start,
        fallback=rule.instead.fallback,
        walk_away=rule.instead.walk_away,
        references=rule.references,
        evidence=tuple(dict.fromkeys(item for match in group for item in match.evidence)),
    )


def _numbered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The same words twice in a document are two findings: later ones get a number after their fingerprint."""
    seen: dict[str, int] = defaultdict(int)
    unique = []
    for finding in findings:
        seen[finding.id] += 1
        count = seen[finding.id]
        unique.append(finding if count == 1 else replace(finding, id=f"{finding.id}-{count}"))
    return tuple(unique)


def _near_misses(
    document: Document,
    segments: Sequence[Segment],
    matches: list[Match],
    rules: Mapping[str, Rule],
    findings: Sequence[Finding],
) -> tuple[NearMiss, ...]:
    """Cleared matches, save those on a sentence that is flagged in the same category anyway."""
    flagged = {(finding.span, finding.category) for finding in findings}
    made: dict[tuple[Span, str], NearMiss] = {}
    for match in matches:
        rule = rules[match.rule]
        if (match.sentence.span, rule.category) in flagged:
            continue
        text = document[match.sentence.span]
        made.setdefault(
            (match.sentence.span, rule.id),
            NearMiss(
                fingerprint(rule.id, text),
                rule.id,
                rule.category,
                rule.subtype,
                rule.title,
                match.cleared_by,
                match.sentence.span,
                text,
                document.page_of(match.sentence.span.start),
                _section(segments, match),
                match.evidence,
            ),
        )
    return tuple(made[key] for key in sorted(made))


def _answer(
    question: Question,
    matches: Mapping[str, list[Match]],
    findings: Sequence[Finding],
    document: Document,
    segments: Sequence[Segment],
) -> ChecklistAnswer:
    shown = {
        answer: _shown(matches.get(f"{CHECKLIST}/{question.id}/{answer}", []), patterns, names, findings)
        for answer, patterns, names in (
            (Answer.YES, question.yes, question.yes_findings),
            (Answer.NO, question.no, question.no_findings),
            (Answer.UNCLEAR, question.unclear, question.unclear_findings),
        )
    }
    answer = _decide(question, shown)
    span = shown[answer] or (shown[Answer.YES] if answer is question.both else None)
    return ChecklistAnswer(
        id=question.id,
        title=question.title,
        question=question.question,
        answer=answer,
        wanted=question.wanted,
        looked_for=question.looked_for,
        span=span,
        text=document[span] if span else "",
        page=document.page_of(span.start) if span else None,
        section=_section_of(segments, span) if span else "",
        why=question.why,
        suggestion=question.suggestion,
        references=question.references,
    )


def _shown(
    matches: Sequence[Match], patterns: Sequence[Pattern], names: Sequence[str], findings: Sequence[Finding]
) -> Span | None:
    """The surest sentence that shows an answer, where there are as many as its patterns ask for."""
    standing = [match for match in matches if not match.cleared_by]
    least = min((pattern.at_least for pattern in patterns), default=1)
    if len(standing) >= least and standing:
        best = max(standing, key=_shows_best)
        return best.sentence.span
    for finding in findings:
        if finding.rule in names or finding.category in names or f"{finding.category}/{finding.subtype}" in names:
            return finding.span
    return None


def _shows_best(match: Match) -> tuple[bool, float, int]:
    return match.sentence.unit is not Unit.HEADING, match.score, -match.sentence.span.start


def _decide(question: Question, shown: Mapping[Answer, Span | None]) -> Answer:
    if shown[Answer.YES] and shown[Answer.NO]:
        return question.both
    for answer in (Answer.YES, Answer.NO, Answer.UNCLEAR):
        if shown[answer]:
            return answer
    return question.default


def _section_of(segments: Sequence[Segment], span: Span) -> str:
    holding = [segment for segment in segments if segment.span.contains(span)]
    return " › ".join(max(holding, key=lambda s: s.level).path) if holding else ""


def verdict_of(document: Document, findings: Sequence[Finding], policy: Policy) -> tuple[Verdict, tuple[str, ...]]:
    """The verdict and the sentences that give its reasons; unread text comes before everything else."""
    failing = [finding for finding in findings if finding.severity.rank >= policy.fail_on.rank]
    reasons = [note.message for note in document.unread]
    counts = {severity: sum(f.severity is severity for f in failing) for severity in reversed(Severity)}
    reasons += [
        f"{count} {severity} {'finding' if count == 1 else 'findings'}." for severity, count in counts.items() if count
    ]
    if document.unread:
        return Verdict.CANNOT_EVALUATE, tuple(reasons)
    return (Verdict.FAIL if failing else Verdict.PASS), tuple(reasons)
