"""What the gate says as workflow commands, which GitHub shows as annotations on a run and its pull request."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import chain
from typing import NamedTuple

from analyzer.findings import Severity
from analyzer.gate import Cause, CauseKind, GateResult, Judged, JudgedDocument, Standing
from analyzer.rendering.gate_words import CAUSE_TITLES, cause_sentence, gate_sentence
from analyzer.rendering.sarif_places import Lines
from analyzer.rendering.words import authority_line, place_of, plural, printable, without_halves
from analyzer.rules import Reference

__all__ = ["MOST_SHOWN", "render_github"]

MOST_SHOWN = 10
"""Annotations of a level that GitHub shows of a step; it drops the rest without a word."""
_LONGEST = 3000
"""Characters of a message; GitHub cuts at 4,096 bytes of a whole line in places."""


class _Level(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class _Annotation(NamedTuple):
    level: _Level
    title: str
    message: str
    file: str = ""
    line: int = 0


def render_github(result: GateResult, references: Mapping[str, Reference]) -> str:
    """Lines that begin with ``::error``, ``::warning`` or ``::notice``; what GitHub would not show is counted.

    An error is what stands in the way; a warning is found and doesn't. Waived and known findings are only counted.
    """
    made = [_Annotation(_Level.NOTICE, "Fairterms", note) for note in _summary(result)]
    made += [*_causes(result), *_findings(result, references)]
    return "".join(f"{_command(item)}\n" for level in _Level for item in _capped(level, made))


def _causes(result: GateResult) -> Iterator[_Annotation]:
    has_counting = bool(result.judged(Standing.COUNTS))
    for cause in result.causes:
        if cause.kind is not CauseKind.FINDING or not has_counting:
            yield _cause(cause)


def _cause(cause: Cause) -> _Annotation:
    return _Annotation(_Level.ERROR, CAUSE_TITLES[cause.kind], cause_sentence(cause), cause.document)


def _findings(result: GateResult, references: Mapping[str, Reference]) -> Iterator[_Annotation]:
    """Those that count before the rest, and the gravest first."""
    shown = (
        (Standing.COUNTS, _Level.ERROR),
        (Standing.BELOW, _Level.WARNING),
        (Standing.DRAFT, _Level.NOTICE),
        (Standing.OUT_OF_SCOPE, _Level.NOTICE),
    )
    lines = {document.name: Lines(document.document) for document in result.documents}
    for standing, level in shown:
        found = sorted(result.judged(standing), key=lambda pair: -pair[1].finding.severity.rank)
        for document, item in found:
            lowest = _Level.NOTICE if item.finding.severity is Severity.LOW and level is _Level.WARNING else level
            yield _finding(document, item, lowest, lines[document.name], references)


def _finding(
    document: JudgedDocument, item: Judged, level: _Level, lines: Lines, references: Mapping[str, Reference]
) -> _Annotation:
    finding = item.finding
    cited = [authority_line(references[name]) for name in finding.references if name in references]
    back = "It was fixed once and is there again.\n" if item.is_back else ""
    quote = finding.text if len(finding.text) <= _LONGEST // 3 else f"{finding.text[: _LONGEST // 3]} …"
    message = (
        f"{place_of(finding.page, finding.section)}: “{printable(quote)}”\n{back}"
        f"Why: {finding.why}\nInstead: {finding.suggestion}"
    )
    if cited:
        message += f"\nAuthority: {'; '.join(cited)}"
    region = lines.region(finding.span)
    title = f"{finding.severity.capitalize()}: {finding.title}"
    return _Annotation(level, title, message, document.name, region["startLine"] if region else 0)


def _summary(result: GateResult) -> Iterator[str]:
    yield gate_sentence(result)
    for standing, words in ((Standing.WAIVED, "waived"), (Standing.KNOWN, "in the baseline")):
        if count := len(result.judged(standing)):
            yield f"{plural(count, 'finding')} {words} and not shown."
    yield from result.notes


def _capped(level: _Level, made: list[_Annotation]) -> Iterator[_Annotation]:
    """No more than GitHub shows, the last of them saying how many were left out."""
    own = [item for item in made if item.level is level]
    if len(own) <= MOST_SHOWN:
        return iter(own)
    rest = len(own) - MOST_SHOWN + 1
    text = (
        f"{plural(rest, 'annotation')} not shown here: GitHub shows {MOST_SHOWN} of a level. The report has them all."
    )
    return chain(own[: MOST_SHOWN - 1], [_Annotation(level, f"And {rest} more", text)])


def _command(item: _Annotation) -> str:
    properties = [f"file={_property(item.file)}"] if item.file else []
    properties += [f"line={item.line}"] if item.line else []
    properties.append(f"title={_property(item.title)}")
    message = item.message if len(item.message) <= _LONGEST else f"{item.message[:_LONGEST]} …"
    return f"::{item.level} {','.join(properties)}::{_data(message)}"


def _data(text: str) -> str:
    kept = "\n".join(printable(line) for line in without_halves(text).splitlines())
    return kept.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
