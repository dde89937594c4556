"""The marks on the pages: a highlight on a finding's words, a note in the corner where they can't be placed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from analyzer.document import Box, Document, Span
from analyzer.findings import Finding, Report, Severity
from analyzer.parsing.pdf_page import Frame
from analyzer.parsing.pdf_view import frames_of, locate_all
from analyzer.rendering.pdf.notes import category_words, note_of
from analyzer.rendering.words import marked_parts, printable
from analyzer.rules import Reference

__all__ = ["SEVERITY_COLORS", "Marks", "Place", "add_marks", "is_ours"]

SEVERITY_COLORS = {
    Severity.HIGH: (0xB3, 0x26, 0x1E),
    Severity.MEDIUM: (0x8A, 0x5A, 0x00),
    Severity.LOW: (0x3D, 0x5A, 0x80),
}
"""The colours of the page, as red, green and blue."""

_OURS = "fairterms:"
"""What the names of these annotations start with."""
_FILL = 0.2
_PADDING = 0.6
"""Points that a mark reaches beyond the ink of its words."""
_NOTE_SIZE = 18.0
_PRINTED = 4
"""The annotation flag that lets a mark print."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding is marked: the page, from 1, and the point at its top left in the file's coordinates."""

    page: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Marks:
    """Where each finding of the report is marked; None for one that no page holds."""

    places: tuple[Place | None, ...]


@dataclass(frozen=True, slots=True)
class _Signed:
    """What stands on every note."""

    author: str
    date: datetime | None
    references: Mapping[str, Reference]


def is_ours(annotation: Any) -> bool:
    """Whether an annotation was written by ``add_marks``."""
    return isinstance(annotation, Dictionary) and str(annotation.get("/NM", "")).startswith(_OURS)


def add_marks(
    pdf: pikepdf.Pdf,
    document: Document,
    report: Report,
    *,
    author: str,
    date: datetime | None,
    references: Mapping[str, Reference],
) -> Marks:
    """Mark every finding, one annotation on each page that its words stand on."""
    findings = report.findings
    operative = [_operative(finding) for finding in findings]
    located = locate_all(document, [*(f.span for f in findings), *(span for spans in operative for span in spans)])
    boxes, rest = located[: len(findings)], iter(located[len(findings) :])
    underlined = [[box for _ in spans for box in next(rest)] for spans in operative]
    numbers = {finding.page for finding in findings if finding.page} | {box.page for own in boxes for box in own}
    frames = frames_of(document.source, sorted(numbers))
    signed = _Signed(printable(author), date, references)
    added: dict[int, list[Any]] = defaultdict(list)
    places: list[Place | None] = []
    for finding, own, lines in zip(findings, boxes, underlined, strict=True):
        places.append(_mark(pdf, added, frames, finding, own, lines, signed))
    for number in sorted(added):
        page = pdf.pages[number - 1].obj
        # A new array: the old one may be shared between pages.
        page.Annots = Array([*page.get("/Annots", ()), *added[number]])
    return Marks(tuple(places))


def _operative(finding: Finding) -> tuple[Span, ...]:
    """The stretches of a flagged text that fired the rule."""
    spans, position = [], finding.span.start
    for text, is_marked in marked_parts(finding):
        if is_marked:
            spans.append(Span(position, position + len(text)))
        position += len(text)
    return tuple(spans)


def _mark(
    pdf: pikepdf.Pdf,
    added: dict[int, list[Any]],
    frames: Mapping[int, Frame],
    finding: Finding,
    boxes: Sequence[Box],
    underlined: Sequence[Box],
    signed: _Signed,
) -> Place | None:
    """Add the annotations of one finding; where the first of them stands."""
    pages = [number for number in dict.fromkeys(box.page for box in boxes) if number in frames]
    if not pages:
        if finding.page is None or finding.page not in frames:
            return None
        corner = _corner(pdf, frames[finding.page], finding, len(added[finding.page]), signed)
        added[finding.page].append(_attached(pdf, corner, finding.page))
        left, _, _, top = map(float, corner.Rect)
        return Place(finding.page, left, top)
    for place, number in enumerate(pages):
        own = [box for box in boxes if box.page == number]
        lines = [box for box in underlined if box.page == number]
        mark = _highlight(pdf, frames[number], finding, own, lines or own, signed)
        if place:
            mark.NM = String(f"{_OURS}{finding.id}:{place + 1}")
        added[number].append(_attached(pdf, mark, number))
    first = next(box for box in boxes if box.page == pages[0])
    x, y = frames[pages[0]].in_file(first.left, first.top)
    return Place(pages[0], x, y)


def _attached(pdf: pikepdf.Pdf, annotation: Dictionary, page: int) -> Any:
    annotation.P = pdf.pages[page - 1].obj
    return pdf.make_indirect(annotation)


def _common(finding: Finding, signed: _Signed) -> Dictionary:
    red, green, blue = SEVERITY_COLORS[finding.severity]
    made = Dictionary(
        Type=Name.Annot,
        C=Array([round(part / 255, 4) for part in (red, green, blue)]),
        Contents=String(note_of(finding, signed.references)),
        F=_PRINTED,
        NM=String(f"{_OURS}{finding.id}"),
        Subj=String(f"{finding.severity.capitalize()} · {category_words(finding.category)}"),
        T=String(signed.author),
    )
    if signed.date is not None:
        made.M = made.CreationDate = String(_date(signed.date))
    return made


def _date(date: datetime) -> str:
    """A date as PDF writes it; with its distance from UTC where the date has one."""
    zone = f"{date:%z}"
    return f"D:{date:%Y%m%d%H%M%S}" + (f"{zone[:3]}'{zone[3:5]}'" if zone else "")


def _highlight(
    pdf: pikepdf.Pdf,
    frame: Frame,
    finding: Finding,
    boxes: Sequence[Box],
    underlined: Sequence[Box],
    signed: _Signed,
) -> Dictionary:
    quads = [_quad(frame, _padded(box)) for box in boxes]
    xs = [x for quad in quads for x in quad[::2]]
    ys = [y for quad in quads for y in quad[1::2]]
    rect = [_round(value) for value in (min(xs) - 1, min(ys) - 1, max(xs) + 1, max(ys) + 1)]
    made = _common(finding, signed)
    made.Subtype = Name.Highlight
    made.CA = _FILL
    made.Rect = Array(rect)
    made.QuadPoints = Array([_round(value) for quad in quads for value in quad])
    made.AP = Dictionary(N=_appearance(pdf, finding.severity, rect, quads, [_quad(frame, b) for b in underlined]))
    return made


def _padded(box: Box) -> Box:
    return box._replace(top=box.top - _PADDING, bottom=box.bottom + _PADDING)


def _quad(frame: Frame, box: Box) -> tuple[float, ...]:
    """The corners of a box in the file's coordinates: upper left, upper right, lower left, lower right as shown.

    The standard asks for another order, and every viewer follows this one.
    """
    corners = ((box.left, box.top), (box.right, box.top), (box.left, box.bottom), (box.right, box.bottom))
    return tuple(value for corner in corners for value in frame.in_file(*corner))


def _appearance(
    pdf: pikepdf.Pdf,
    severity: Severity,
    rect: Sequence[float],
    quads: Sequence[Sequence[float]],
    underlined: Sequence[Sequence[float]],
) -> Any:
    """How the mark looks: a fill through which the words show, and a line under those that fired."""
    color = " ".join(f"{part / 255:.4f}" for part in SEVERITY_COLORS[severity])
    lines = ["/Fill gs", f"{color} rg"]
    lines += [f"{_pair(q, 0)} m {_pair(q, 2)} l {_pair(q, 6)} l {_pair(q, 4)} l h f" for q in quads]
    lines += ["/Line gs", f"{color} RG 0.8 w"]
    lines += [f"{_pair(q, 4)} m {_pair(q, 6)} l S" for q in underlined]
    return _form(pdf, rect, lines)


def _corner(pdf: pikepdf.Pdf, frame: Frame, finding: Finding, before: int, signed: _Signed) -> Dictionary:
    """A note in the corner of the page, below the ``before`` ones that stand there."""
    row = min(before, max(0, int(frame.height / (_NOTE_SIZE + 4)) - 2))
    top = 4 + row * (_NOTE_SIZE + 4)
    quad = _quad(frame, Box(0, 4, top, 4 + _NOTE_SIZE, top + _NOTE_SIZE))
    rect = [_round(value) for value in (min(quad[::2]), min(quad[1::2]), max(quad[::2]), max(quad[1::2]))]
    color = " ".join(f"{part / 255:.4f}" for part in SEVERITY_COLORS[finding.severity])
    x, y = (rect[0] + rect[2]) / 2, (rect[1] + rect[3]) / 2
    lines = [f"{color} rg {rect[0]} {rect[1]} {_NOTE_SIZE} {_NOTE_SIZE} re f"]
    lines += [f"1 1 1 rg {_round(x - 5)} {_round(y + shift)} 10 1.6 re f" for shift in (-5, -1, 3)]
    made = _common(finding, signed)
    made.Subtype = Name.Text
    made.Name = Name.Comment
    made.Rect = Array(rect)
    made.AP = Dictionary(N=_form(pdf, rect, lines))
    return made


def _form(pdf: pikepdf.Pdf, rect: Sequence[float], lines: Sequence[str]) -> Any:
    fill = Dictionary(Type=Name.ExtGState, BM=Name.Multiply, ca=_FILL, AIS=False)
    line = Dictionary(Type=Name.ExtGState, BM=Name.Normal, CA=1)
    return pdf.make_stream(
        "\n".join(lines).encode("ascii"),
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array(list(rect)),
        Resources=Dictionary(ExtGState=Dictionary(Fill=fill, Line=line)),
    )


def _pair(quad: Sequence[float], start: int) -> str:
    return f"{_round(quad[start])} {_round(quad[start + 1])}"


def _round(value: float) -> float:
    return round(value, 2) + 0.0  # no negative zero
