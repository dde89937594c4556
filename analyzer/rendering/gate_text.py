"""What the gate says, for a terminal or a log: the verdict, every cause, then the findings that count."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from analyzer.findings import Report, Severity
from analyzer.gate import Cause, Conflict, Exit, GateResult, Judged, JudgedDocument, Place, Standing
from analyzer.rendering.gate_words import ROLE_WORDS, cause_sentence, gate_sentence
from analyzer.rendering.words import (
    DOCUMENT_KINDS,
    SEVERITY_MARKS,
    authority_line,
    note_sentence,
    place_of,
    plural,
    printable,
)
from analyzer.rules import Reference
from analyzer.waivers import fingerprint_of

__all__ = ["SHOWN_ID", "render_gate_text"]

SHOWN_ID = 8
"""Characters of a fingerprint that are shown; enough to name a finding in one document."""
_WIDTH = 100
_QUOTED = 300
_UNCOUNTED = {
    Standing.WAIVED: "waived",
    Standing.KNOWN: "in the baseline",
    Standing.BELOW: "below the severity that fails",
    Standing.DRAFT: "by rules on trial",
    Standing.OUT_OF_SCOPE: "in a kind of document that the policy doesn't judge",
}


def render_gate_text(result: GateResult, references: Mapping[str, Reference]) -> str:
    """What the gate says as plain text of at most a hundred columns; nothing in it can steer a terminal."""
    sections = [
        [gate_sentence(result)],
        list(_causes(result.causes)),
        *(list(_document(document, references)) for document in result.documents),
        list(_conflicts(result.conflicts, references)),
        list(_package(result)),
        list(_notes(result.notes)),
        [f"Policy {printable(result.policy)}, {_day(result.today)}."],
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _wrapped(text: str, first: str, rest: str | None = None) -> Iterator[str]:
    following = " " * len(first) if rest is None else rest
    plain = " ".join(printable(text).split())
    yield from textwrap.wrap(
        plain, _WIDTH, initial_indent=first, subsequent_indent=following, break_on_hyphens=False
    ) or [first.rstrip()]


def _causes(causes: Sequence[Cause]) -> Iterator[str]:
    if causes:
        yield "What stands in the way"
    for cause in causes:
        mark = "?" if cause.exit is Exit.UNDECIDED else "✗"
        # Sentences on several documents name them all.
        subject = f"{cause.document}: " if cause.document and cause.document not in cause.message else ""
        yield from _wrapped(f"{subject}{cause_sentence(cause)}", f"  {mark} ")


def _document(document: JudgedDocument, references: Mapping[str, Reference]) -> Iterator[str]:
    outcome = document.outcome
    if not isinstance(outcome, Report):
        return
    role = ROLE_WORDS.get(document.role) or DOCUMENT_KINDS.get(outcome.kind, "Document")
    size = plural(outcome.pages, "page") if outcome.pages else plural(outcome.reading.words, "word")
    yield f"{printable(document.name)}  {role}, {size}"
    for note in outcome.reading.notes:
        yield from _wrapped(note_sentence(note), "  i ")
    for items in _by_rule(document.findings):
        yield from _rule(items, references)
    counts = [
        f"{number} {words}"
        for standing, words in _UNCOUNTED.items()
        if (number := sum(item.standing is standing for item in document.findings))
    ]
    if counts:
        yield from _wrapped(f"Not counted: {', '.join(counts)}.", "  ")


def _by_rule(findings: Sequence[Judged]) -> list[list[Judged]]:
    """The findings that count under their rule: the severest first."""
    groups: dict[str, list[Judged]] = {}
    for item in findings:
        if item.standing is Standing.COUNTS:
            groups.setdefault(item.finding.rule, []).append(item)
    return sorted(groups.values(), key=lambda items: (-_worst(items).rank, items[0].finding.span))


def _worst(items: Sequence[Judged]) -> Severity:
    return max((item.finding.severity for item in items), key=lambda severity: severity.rank)


def _rule(items: Sequence[Judged], references: Mapping[str, Reference]) -> Iterator[str]:
    first, worst = items[0].finding, _worst(items)
    yield from _wrapped(first.title, f"  {SEVERITY_MARKS[worst]} {worst.upper():7} ")
    yield from _wrapped(first.why, "    Why      ")
    yield from _wrapped(first.suggestion, "    Instead  ")
    for name in first.references:
        if name in references:
            yield from _wrapped(authority_line(references[name]), "    By       ")
    for item in items:
        finding = item.finding
        severity = "" if finding.severity is worst else f", {finding.severity}"
        place = place_of(finding.page, finding.section)
        yield from _wrapped(f"{_short(finding.id)}  {place}{severity}", "    - ", " " * 16)
        yield from _wrapped(f"“{_cut(finding.text)}”", " " * 16)
        if item.note:
            yield from _wrapped(item.note, " " * 16)


def _conflicts(conflicts: Sequence[Conflict], references: Mapping[str, Reference]) -> Iterator[str]:
    counting = [conflict for conflict in conflicts if conflict.standing is Standing.COUNTS]
    if counting:
        yield "Where the documents contradict each other"
    for conflict in counting:
        severity = conflict.severity
        yield from _wrapped(conflict.title, f"  {SEVERITY_MARKS[severity]} {severity.upper():7} ")
        yield from _wrapped(f"{_short(conflict.id)}  {conflict.message}", "    - ", " " * 16)
        for place in conflict.places:
            yield from _wrapped(_where(place), " " * 16)
        if conflict.note:
            yield from _wrapped(conflict.note, " " * 16)
        yield from _wrapped(conflict.why, "    Why      ")
        yield from _wrapped(conflict.suggestion, "    Instead  ")
        for name in conflict.references:
            if name in references:
                yield from _wrapped(authority_line(references[name]), "    By       ")
    others = len(conflicts) - len(counting)
    if others:
        yield f"{'  ' if counting else ''}{plural(others, 'conflict')} between documents not counted."


def _where(place: Place) -> str:
    return f"{place.document}, {place_of(place.page, place.section)}: “{_cut(place.text)}”"


def _package(result: GateResult) -> Iterator[str]:
    if result.precedence:
        yield from _wrapped(f"What prevails, first to last: {', '.join(result.precedence)}.", "", "  ")
    if result.exposure and result.exposure.summary:
        yield from _wrapped(result.exposure.summary, "", "  ")


def _notes(notes: Sequence[str]) -> Iterator[str]:
    if notes:
        yield "Also"
    for note in notes:
        yield from _wrapped(note, "  - ")


def _day(today: str) -> str:
    """``2027-03-01`` as ``1 March 2027``."""
    day = date.fromisoformat(today)
    return f"{day.day} {day:%B %Y}"


def _short(fingerprint: str) -> str:
    """What a finding is named by; equal clauses of a document share it, as they share a waiver."""
    return fingerprint_of(fingerprint)[:SHOWN_ID]


def _cut(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _QUOTED else f"{words[:_QUOTED].rsplit(' ', 1)[0]} …"
