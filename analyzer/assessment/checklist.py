"""Answers to the questions about a whole document."""

from collections.abc import Mapping, Sequence

from analyzer.document import Document, Segment, Span, Unit
from analyzer.findings import Answer, ChecklistAnswer, Finding, Match
from analyzer.rules import CHECKLIST, Pattern, Question

__all__ = ["answer_question"]


def answer_question(
    question: Question,
    matches: Mapping[str, list[Match]],
    findings: Sequence[Finding],
    document: Document,
    segments: Sequence[Segment],
) -> ChecklistAnswer:
    """The answer that a document gives; ``matches`` are those of the questions, by ``checklist/ID/ANSWER``."""
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
        if finding.is_draft:
            continue
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
