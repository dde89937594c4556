"""The pages at the end: the verdict, how the file was read, and every finding with its page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from analyzer.findings import Finding, Report, Severity
from analyzer.rendering.pdf.helvetica import encoded, width_of, wrapped
from analyzer.rendering.pdf.marks import SEVERITY_COLORS, Place
from analyzer.rendering.pdf.notes import category_words
from analyzer.rendering.pdf.outline import destination
from analyzer.rendering.words import note_sentence, plural, printable, verdict_sentence

__all__ = ["add_summary"]

_WIDTH, _HEIGHT = 612.0, 792.0
_MARGIN = 54.0
_INK = "0.13 0.13 0.13"
_FAINT = "0.37 0.39 0.41"
_LONGEST = 200
"""Characters of a section's path that are shown."""


@dataclass(slots=True)
class _Sheet:
    """A page that is being written, from the top down."""

    y: float = _HEIGHT - _MARGIN
    drawn: list[str] = field(default_factory=list)
    links: list[tuple[tuple[float, float, float, float], Place]] = field(default_factory=list)


def add_summary(pdf: pikepdf.Pdf, report: Report, places: Sequence[Place | None]) -> None:
    """Append the summary; each row of its table leads to the marked words."""
    sheets = [_Sheet()]
    _head(sheets, report)
    _table_head(sheets[-1])
    for number, (finding, place) in enumerate(zip(report.findings, places, strict=True), 1):
        _row(sheets, number, finding, place)
    if not report.findings:
        _text(sheets, "No findings.", _MARGIN, 10)
    fonts = Dictionary(F=_font(pdf, Name.Helvetica), B=_font(pdf, Name("/Helvetica-Bold")))
    for number, sheet in enumerate(sheets, 1):
        _foot(sheet, report, number, len(sheets))
        _add_page(pdf, sheet, fonts)


def _font(pdf: pikepdf.Pdf, name: Name) -> Any:
    made = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=name, Encoding=Name.WinAnsiEncoding)
    return pdf.make_indirect(made)


def _add_page(pdf: pikepdf.Pdf, sheet: _Sheet, fonts: Dictionary) -> None:
    box = Array([0, 0, _WIDTH, _HEIGHT])
    content = "\n".join(sheet.drawn).encode("latin-1")
    # What the root of the pages hands down (a turn, a crop) is not for this page.
    page = Dictionary(
        Type=Name.Page,
        MediaBox=box,
        CropBox=box,
        Rotate=0,
        Resources=Dictionary(Font=fonts),
        Contents=pdf.make_stream(content),
    )
    if sheet.links:
        page.Annots = Array([pdf.make_indirect(_link(pdf, rect, place)) for rect, place in sheet.links])
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))


def _link(pdf: pikepdf.Pdf, rect: Sequence[float], place: Place) -> Dictionary:
    return Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=Array([round(value, 2) for value in rect]),
        Border=Array([0, 0, 0]),
        F=4,
        Dest=destination(pdf, place),
    )


def _head(sheets: list[_Sheet], report: Report) -> None:
    _text(sheets, "What Fairterms found", _MARGIN, 18, is_bold=True)
    sheets[-1].y -= 4
    _text(sheets, report.name, _MARGIN, 10, color=_FAINT)
    sheets[-1].y -= 6
    _text(sheets, verdict_sentence(report), _MARGIN, 13, is_bold=True)
    sheets[-1].y -= 4
    for note in report.reading.notes:
        _text(sheets, note_sentence(note), _MARGIN, 10)
    sheets[-1].y -= 10


def _table_head(sheet: _Sheet) -> None:
    sheet.drawn.append(_shown("No.", _MARGIN, sheet.y - 9, 9, is_bold=True))
    sheet.drawn.append(_shown("Severity", _MARGIN + 30, sheet.y - 9, 9, is_bold=True))
    sheet.drawn.append(_shown("What and where", _MARGIN + 100, sheet.y - 9, 9, is_bold=True))
    sheet.drawn.append(_shown("Page", _WIDTH - _MARGIN - 28, sheet.y - 9, 9, is_bold=True))
    sheet.y -= 14
    _rule(sheet)


def _rule(sheet: _Sheet) -> None:
    sheet.drawn.append(f"0.8 0.8 0.8 RG 0.5 w {_MARGIN} {sheet.y:.1f} m {_WIDTH - _MARGIN} {sheet.y:.1f} l S")


def _row(sheets: list[_Sheet], number: int, finding: Finding, place: Place | None) -> None:
    """One finding; a row stays on one page."""
    width = _WIDTH - 2 * _MARGIN - 140
    title = list(wrapped(finding.title + (" (rule on trial)" if finding.is_draft else ""), width, 10))
    about = " · ".join(filter(None, (category_words(finding.category), printable(finding.section)[:_LONGEST])))
    lines = list(wrapped(about, width, 8.5))
    height = 12.5 * len(title) + 10.5 * len(lines) + 9
    if sheets[-1].y - height < _MARGIN + 24:
        sheets.append(_Sheet())
        _table_head(sheets[-1])
    sheet = sheets[-1]
    top = sheet.y
    sheet.y -= 4
    base = sheet.y - 9
    sheet.drawn.append(_shown(str(number), _MARGIN, base, 10))
    sheet.drawn.append(_shape(finding.severity, _MARGIN + 30, base))
    sheet.drawn.append(_shown(finding.severity.capitalize(), _MARGIN + 42, base, 10))
    page = place.page if place else finding.page
    label = str(page) if page else "-"
    sheet.drawn.append(_shown(label, _WIDTH - _MARGIN - 28, base, 10))
    for line in title:
        sheet.drawn.append(_shown(line, _MARGIN + 100, sheet.y - 9, 10))
        sheet.y -= 12.5
    for line in lines:
        sheet.drawn.append(_shown(line, _MARGIN + 100, sheet.y - 7, 8.5, color=_FAINT))
        sheet.y -= 10.5
    sheet.y -= 5
    _rule(sheet)
    if place:
        sheet.links.append(((_MARGIN, sheet.y, _WIDTH - _MARGIN, top), place))


def _shape(severity: Severity, x: float, y: float) -> str:
    """A square, a triangle or a disc: what the page shows for the severity beside its word."""
    color = " ".join(f"{part / 255:.4f}" for part in SEVERITY_COLORS[severity])
    match severity:
        case Severity.HIGH:
            return f"{color} rg {x:.1f} {y:.1f} 7 7 re f"
        case Severity.MEDIUM:
            return f"{color} rg {x:.1f} {y:.1f} m {x + 8:.1f} {y:.1f} l {x + 4:.1f} {y + 7.5:.1f} l h f"
        case Severity.LOW:
            return f"{color} rg 1 J {color} RG 7 w {x + 3.5:.1f} {y + 3.5:.1f} m {x + 3.5:.1f} {y + 3.5:.1f} l S"


def _text(sheets: list[_Sheet], text: str, x: float, size: float, *, is_bold: bool = False, color: str = _INK) -> None:
    """Lines of running text, over as many pages as they take."""
    for line in wrapped(printable(text), _WIDTH - _MARGIN - x, size):
        if sheets[-1].y - size * 1.3 < _MARGIN + 24:
            sheets.append(_Sheet())
        sheet = sheets[-1]
        sheet.drawn.append(_shown(line, x, sheet.y - size, size, is_bold=is_bold, color=color))
        sheet.y -= size * 1.3


def _shown(text: str, x: float, y: float, size: float, *, is_bold: bool = False, color: str = _INK) -> str:
    font = "B" if is_bold else "F"
    return f"BT /{font} {size} Tf {color} rg {x:.2f} {y:.2f} Td ({encoded(text)}) Tj ET"


def _foot(sheet: _Sheet, report: Report, number: int, count: int) -> None:
    versions = report.versions
    made = f"Fairterms {versions.fairterms}, rules {versions.rules}, policy {versions.policy}"
    for place, text in enumerate((f"SHA-256 of the file that was checked: {report.sha256}", made)):
        sheet.drawn.append(_shown(text, _MARGIN, _MARGIN - 4 - 10 * place, 7.5, color=_FAINT))
    pages = f"{number} of {plural(count, 'page')}"
    sheet.drawn.append(_shown(pages, _WIDTH - _MARGIN - width_of(pages, 7.5), _MARGIN - 14, 7.5, color=_FAINT))
