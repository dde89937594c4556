"""Reports as Markdown, for a ticket, a wiki or a review file."""

import re
from collections.abc import Iterator, Mapping

from analyzer.findings import Failure, Finding, Report
from analyzer.rendering.words import (
    ANSWER_WORDS,
    DOCUMENT_KINDS,
    SEVERITY_MARKS,
    authority_line,
    by_rule,
    is_wanted,
    marked_parts,
    place_of,
    plural,
    printable,
    record_sentence,
    spoken_by,
    sureness,
    verdict_sentence,
)
from analyzer.rules import Reference

__all__ = ["render_markdown"]

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&])")
_OPENING = re.compile(r"^( ?)(\d+(?=[.)](?:\s|$))|(?=[-+=]))")
"""What would make a list or an underline of a line that begins so."""


def render_markdown(report: Report | Failure, references: Mapping[str, Reference]) -> str:
    """A report, or why there is none, as Markdown; text from the document is escaped."""
    if isinstance(report, Failure):
        return f"# {_escape(report.name)}\n\n**Could not be read.** {_escape(report.cause)} {_escape(report.remedy)}\n"
    return "\n".join(_lines(report, references)) + "\n"


def _lines(report: Report, references: Mapping[str, Reference]) -> Iterator[str]:
    size = plural(report.pages, "page") if report.pages else plural(report.reading.words, "word")
    yield f"# {_escape(report.name)}"
    yield ""
    yield f"**{verdict_sentence(report)}**"
    yield ""
    yield f"{DOCUMENT_KINDS.get(report.kind, 'Document')}, {size}, SHA-256 `{report.sha256}`."
    if report.reading.notes:
        yield from ("", "## How it was read", "")
        yield from (
            f"- {'**Not read:** ' if note.is_unread else ''}{_escape(note.message)}" for note in report.reading.notes
        )
    yield from ("", f"## Findings ({len(report.findings)})")
    number = 1
    for findings in by_rule(report).values():
        yield from _rule(findings, references, number)
        number += len(findings)
    yield from _checklist(report)
    yield from _near_misses(report)
    yield from ("", "---", "")
    versions = report.versions
    yield f"Fairterms {versions.fairterms}, rules {versions.rules}, policy {versions.policy}."


def _rule(findings: tuple[Finding, ...], references: Mapping[str, Reference], number: int) -> Iterator[str]:
    first = findings[0]
    worst = max((finding.severity for finding in findings), key=lambda severity: severity.rank)
    yield from ("", f"### {SEVERITY_MARKS[worst]} {worst.capitalize()}: {first.title}", "")
    yield f"**Why it matters.** {first.why}"
    yield ""
    yield f"**Instead.** {_escape(first.suggestion)}"
    if first.fallback:
        yield from ("", f"**Or.** {_escape(first.fallback)}")
    if first.protection:
        yield from ("", f"**Gives up.** {_escape(first.gives_up)} **Protects instead.** {_escape(first.protection)}")
    cited = [authority_line(references[name]) for name in first.references if name in references]
    if cited:
        yield from ("", f"**Authority.** {'; '.join(cited)}.")
    yield ""
    for offset, finding in enumerate(findings):
        severity = "" if finding.severity is worst else f", {finding.severity}"
        place = _escape(place_of(finding.page, finding.section))
        said = f"{spoken_by(finding)}. {record_sentence(finding)}."
        yield f"{number + offset}. {place} ({sureness(finding.score)}{severity}). {said}"
        yield ""
        yield f"   > {_quote(finding)}"
        yield ""


def _quote(finding: Finding) -> str:
    parts = (_strong(text) if is_marked else _escape_part(text) for text, is_marked in marked_parts(finding))
    return _OPENING.sub(r"\1\2\\", "".join(parts))


def _strong(text: str) -> str:
    """Marked words; Markdown wants no space inside the asterisks."""
    inner = text.strip()
    if not inner:
        return text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{before}**{_escape(inner)}**{after}"


def _checklist(report: Report) -> Iterator[str]:
    if not report.checklist:
        return
    yield from ("", "## Checklist", "", "| | Question | Answer | Shown by |", "|---|---|---|---|")
    for answer in report.checklist:
        mark = "✓" if is_wanted(answer) else "✗"
        page = f" (page {answer.page})" if answer.page else ""
        shown = (
            f"{_escape(answer.text)}{page}" if answer.text else f"Not found. Looked for: {_escape(answer.looked_for)}"
        )
        yield f"| {mark} | {answer.question} | {ANSWER_WORDS[answer.answer]} | {shown} |"


def _near_misses(report: Report) -> Iterator[str]:
    if not report.near_misses:
        return
    yield from ("", f"## Near misses ({len(report.near_misses)})", "", "Looked like a finding and was cleared.", "")
    for near in report.near_misses:
        place = _escape(place_of(near.page, near.section))
        yield f"- {near.title} ({place}), cleared: {_escape(near.reason)}"
        yield f"  > {_escape(near.text)}"


def _escape_part(text: str) -> str:
    """A stretch of a text on one line; spaces at its ends stay."""
    return _SPECIAL.sub(r"\\\1", re.sub(r"\s+", " ", printable(text)))


def _escape(text: str) -> str:
    """A text that Markdown shows as it is, on one line."""
    return _OPENING.sub(r"\1\2\\", _SPECIAL.sub(r"\\\1", " ".join(printable(text).split())))
