"""Reports for a terminal: what is worst first, each rule explained once, its places under it."""

import io
import textwrap
from collections.abc import Mapping

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from analyzer.findings import DetectedBy, Failure, Finding, Report, Severity, Verdict
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
    verdict_sentence,
)
from analyzer.rules import Reference

__all__ = ["render_terminal"]

_STYLES = {Severity.HIGH: "bold red", Severity.MEDIUM: "yellow", Severity.LOW: "blue"}
_VERDICT_STYLES = {Verdict.FAIL: "bold red", Verdict.CANNOT_EVALUATE: "bold yellow", Verdict.PASS: "bold green"}
_QUOTE_LIMIT = 420
"""Characters of a flagged text that are shown; the words that fired stay in view."""


def render_terminal(
    report: Report | Failure, references: Mapping[str, Reference], *, width: int = 100, is_colored: bool = False
) -> str:
    """A report, or why there is none, as text of ``width`` columns, with colours where asked."""
    buffer = io.StringIO()
    console = Console(
        file=buffer, width=width, force_terminal=is_colored, no_color=not is_colored, highlight=False, emoji=False
    )
    console.print(_failure(report) if isinstance(report, Failure) else _report(report, references))
    return buffer.getvalue()


def _failure(failure: Failure) -> RenderableType:
    lines = [Text.assemble((printable(failure.name), "bold"), "  could not be read", style="red")]
    lines += [Text(f"  {printable(failure.cause)}"), Text(f"  {printable(failure.remedy)}")]
    return Group(*(line for line in lines if line.plain.strip()), Text())


def _report(report: Report, references: Mapping[str, Reference]) -> RenderableType:
    kind = DOCUMENT_KINDS.get(report.kind, "Document")
    size = plural(report.pages, "page") if report.pages else plural(report.reading.words, "word")
    parts: list[RenderableType] = [
        Text.assemble((printable(report.name), "bold"), f"  {kind}, {size}"),
        Text(verdict_sentence(report), style=_VERDICT_STYLES[report.verdict]),
        *(_note(note.message, is_unread=note.is_unread) for note in report.reading.notes),
        Text(),
    ]
    number = 1
    for findings in by_rule(report).values():
        parts += [_rule(findings, references), _places(findings, number), Text()]
        number += len(findings)
    if report.near_misses:
        shown = "--format json lists them with what cleared them"
        parts += [
            Text(f"{plural(len(report.near_misses), 'near miss', 'near misses')} not shown ({shown}).", style="dim"),
            Text(),
        ]
    if report.checklist:
        parts += [_checklist(report), Text()]
    return Group(*parts)


def _note(message: str, *, is_unread: bool) -> Text:
    return Text(f"{'!' if is_unread else 'i'} {printable(message)}", style="yellow" if is_unread else "dim")


def _rule(findings: tuple[Finding, ...], references: Mapping[str, Reference]) -> RenderableType:
    worst = max((finding.severity for finding in findings), key=lambda severity: severity.rank)
    first = findings[0]
    count = "" if len(findings) == 1 else f"  in {len(findings)} places"
    head = Text.assemble((f"{SEVERITY_MARKS[worst]} {worst.upper():7}", _STYLES[worst]), (first.title, "bold"), count)
    table = Table.grid(padding=(0, 1))
    table.add_column(width=9, style="dim")
    table.add_column()
    table.add_row("Why", Text(first.why))
    table.add_row("Instead", Text(first.suggestion))
    cited = "\n".join(authority_line(references[name]) for name in first.references if name in references)
    if cited:
        table.add_row("Authority", Text(cited))
    return Group(head, Padding(table, (0, 0, 0, 2)))


def _places(findings: tuple[Finding, ...], number: int) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", width=5)
    table.add_column()
    worst = max(finding.severity.rank for finding in findings)
    for offset, finding in enumerate(findings):
        severity = "" if finding.severity.rank == worst else f" ({finding.severity})"
        severity += " (model)" if finding.detected_by is DetectedBy.MODEL else ""
        place = Text(f"{printable(place_of(finding.page, finding.section))}{severity}", style="dim")
        table.add_row(f"{number + offset}.", Group(place, _quote(finding)))
    return table


def _quote(finding: Finding) -> Text:
    quote = Text("“")
    for text, is_marked in marked_parts(finding):
        shown = text if is_marked or len(text) <= _QUOTE_LIMIT // 2 else _shortened(text)
        quote.append(printable(shown), style=f"underline {_STYLES[finding.severity]}" if is_marked else "")
    return quote.append("”")


def _shortened(text: str) -> str:
    half = _QUOTE_LIMIT // 4
    return f"{text[:half]} … {text[-half:]}"


def _checklist(report: Report) -> RenderableType:
    table = Table(title="Checklist", title_justify="left", title_style="bold", box=None, pad_edge=False)
    for header in ("", "Answer", "Question", "Where"):
        table.add_column(header, header_style="dim")
    for answer in report.checklist:
        mark = Text("✓", style="green") if is_wanted(answer) else Text("✗", style="red")
        shown = place_of(answer.page, "") if answer.page else ""
        quote = textwrap.shorten(answer.text, 60, placeholder=" …") if answer.text else "not found"
        where = f"{shown}: {quote}" if shown else quote
        table.add_row(mark, ANSWER_WORDS[answer.answer], answer.question, Text(printable(where), style="dim"))
    return table
