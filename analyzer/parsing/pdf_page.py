"""What one page of a PDF holds, and the way to it through PDFium.

Coordinates are points from the top left corner of the page as it is shown, rotation and crop box applied. PDFium
works in one thread only, so one lock guards every visit to it.
"""

import ctypes
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from threading import RLock
from typing import Any, NamedTuple

from analyzer.document import Source
from analyzer.errors import DamagedDocument, EmptyDocument, EncryptedDocument

__all__ = [
    "HYPHEN",
    "Annotation",
    "Cell",
    "Drawn",
    "Frame",
    "Grid",
    "Gutter",
    "HiddenBy",
    "HiddenLine",
    "Line",
    "PageText",
    "Rectangle",
    "characters",
    "frame_of",
    "index_map",
    "opened_page",
    "opened_pdf",
]

HYPHEN = "\ufffe"
"""What PDFium writes for a hyphen at a line's end, in place of the hyphen and the line break."""

_LOCK = RLock()


class Rectangle(NamedTuple):
    """A rectangle in points, measured from the top left corner of the page as it is shown."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def area(self) -> float:
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)


class Line(NamedTuple):
    """A line of text on a page. ``first`` is the position of its first character on the page."""

    page: int
    first: int
    text: str
    left: float
    right: float
    baseline: float
    size: float
    is_bold: bool = False
    is_hyphenated: bool = False
    """A hyphen that stands at the line's end was cut off; it is the character after ``text``."""
    gaps: tuple[int, ...] = ()
    """Places in ``text`` where the glyphs stand apart although the file holds no space."""
    part: str = ""
    """As in ``Origin``: empty for PDFium's characters, else what ``index`` counts in."""


@dataclass(frozen=True, slots=True)
class Frame:
    """How a page is shown: its box in the file's coordinates and its clockwise turn in quarter turns."""

    left: float
    bottom: float
    right: float
    top: float
    turn: int

    @property
    def width(self) -> float:
        return self.top - self.bottom if self.turn % 2 else self.right - self.left

    @property
    def height(self) -> float:
        return self.right - self.left if self.turn % 2 else self.top - self.bottom

    def shown(self, x: float, y: float) -> tuple[float, float]:
        """A point of the file's coordinates, from the top left corner of the page as shown."""
        if self.turn == 0:
            return x - self.left, self.top - y
        if self.turn == 1:
            return y - self.bottom, x - self.left
        if self.turn == 2:
            return self.right - x, y - self.bottom
        return self.top - y, self.right - x

    def in_file(self, x: float, y: float) -> tuple[float, float]:
        """A point from the top left corner of the page as shown, in the file's coordinates."""
        if self.turn == 0:
            return x + self.left, self.top - y
        if self.turn == 1:
            return y + self.left, x + self.bottom
        if self.turn == 2:
            return self.right - x, y + self.bottom
        return self.right - y, self.top - x

    def rectangle(self, left: float, bottom: float, right: float, top: float) -> Rectangle:
        """A box of the file's coordinates as shown."""
        x0, y0 = self.shown(left, bottom)
        x1, y1 = self.shown(right, top)
        return Rectangle(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is drawn on a page besides text."""

    pictures: tuple[Rectangle, ...] = ()
    paths: int = 0
    rules: tuple[Rectangle, ...] = ()
    """The bounds of drawn lines and boxes; thin ones are lines."""
    has_invisible_text: bool = False
    has_pale_text: bool = False
    """Some text is drawn invisibly, or in a colour that paper may have."""


class Cell(NamedTuple):
    """A table cell's place in its grid and on the page."""

    row: int
    column: int
    box: Rectangle


class Grid(NamedTuple):
    """A table's cells by row and column, and its outline."""

    cells: tuple[Cell, ...]
    box: Rectangle
    columns: tuple[float, ...]
    """Left edge of each column."""


class Gutter(NamedTuple):
    """The empty strip between two columns of text."""

    left: float
    right: float

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


class Annotation(NamedTuple):
    """A form field's value, a text typed on the page, or a comment."""

    text: str
    box: Rectangle
    is_comment: bool
    """Not part of what the page says: a remark on it."""


class HiddenBy(StrEnum):
    """Why text doesn't show on its page, as words that follow "text that is"."""

    INVISIBLE = "drawn invisibly"
    PAPER = "in the colour of the paper"
    LAYER = "in a layer that is switched off"
    TINY = "too small to read"
    OUTSIDE = "outside of the page"


class HiddenLine(NamedTuple):
    """A line, or a part of one, that the page doesn't show."""

    line: Line
    why: HiddenBy


@dataclass(frozen=True, slots=True)
class PageText:
    """What one page holds. ``lines`` are in reading order, each in one column and at most one table cell."""

    number: int
    frame: Frame
    """How the page is read; it is turned once more than it is shown where its text is set sideways."""
    lines: tuple[Line, ...] = ()
    drawn: Drawn = Drawn()
    grids: tuple[Grid, ...] = ()
    places: tuple[tuple[int, int] | None, ...] = ()
    """For each line, the grid and the cell in it that holds the line."""
    gutters: tuple[Gutter, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    hidden: tuple[HiddenLine, ...] = ()
    """Lines that the page doesn't show; none of them is among ``lines``."""
    unmapped: int = 0
    """Characters that stand for no known letter."""
    confidence: float | None = None
    """How sure the reader of pictures was, 0 to 1; None for text that the file holds."""
    is_broken: bool = False
    """PDFium can't open the page."""
    size: tuple[float, float] = (612.0, 792.0)
    """Width and height as shown."""

    @property
    def letters(self) -> int:
        """How many characters of text there are; a rough count."""
        return sum(len(line.text) for line in self.lines)


@contextmanager
def opened_pdf(source: Source) -> Iterator[Any]:
    """A pypdfium2 document, closed at the end.

    Raises EmptyDocument, EncryptedDocument and DamagedDocument.
    """
    import pypdfium2

    if not source.data:
        raise EmptyDocument(source.name, "the file is empty.", "Get it again from where it came from.")
    with _LOCK:
        try:
            document = pypdfium2.PdfDocument(source.data)
        except pypdfium2.PdfiumError as error:
            raise _refusal(source) from error
    try:
        yield document
    finally:
        with _LOCK:
            document.close()


def _refusal(source: Source) -> Exception:
    """Why a PDF can't be read; it was opened in vain already."""
    import pypdfium2.raw as raw

    document = raw.FPDF_LoadMemDocument64(source.data, len(source.data), None)
    if document:
        raw.FPDF_CloseDocument(document)
        return EmptyDocument(source.name, "the PDF has no pages.", "Get it again from where it came from.")
    # Only now is the code one of this file: what could be opened leaves that of an earlier file as it was.
    code = raw.FPDF_GetLastError()
    if code == raw.FPDF_ERR_PASSWORD:
        return EncryptedDocument(
            source.name, "the PDF needs a password.", "Save a copy without a password and give that."
        )
    if code == raw.FPDF_ERR_SECURITY:
        return EncryptedDocument(
            source.name, "the PDF is protected in a way that can't be read.", "Print it to a new PDF and give that."
        )
    return DamagedDocument(
        source.name, "the PDF is damaged or cut off.", "Get it again, or open it in a PDF viewer and save a new copy."
    )


@contextmanager
def opened_page(document: Any, number: int) -> Iterator[tuple[Any, Any]]:
    """PDFium's handles on page ``number`` (from 1) and its text, closed at the end.

    Raises OSError where the page can't be opened.
    """
    import pypdfium2.raw as raw

    with _LOCK:
        page = raw.FPDF_LoadPage(document.raw, number - 1)
        if not page:
            raise OSError(f"page {number} can't be opened")
        try:
            text_page = raw.FPDFText_LoadPage(page)
            if not text_page:
                raise OSError(f"page {number} has no readable content")
            try:
                yield page, text_page
            finally:
                raw.FPDFText_ClosePage(text_page)
        finally:
            raw.FPDF_ClosePage(page)


def frame_of(page: Any) -> Frame:
    """How PDFium shows a page."""
    import pypdfium2.raw as raw

    box = raw.FS_RECTF()
    if not raw.FPDF_GetPageBoundingBox(page, box) or box.right <= box.left or box.top <= box.bottom:
        return Frame(0.0, 0.0, 612.0, 792.0, 0)
    return Frame(box.left, box.bottom, box.right, box.top, raw.FPDFPage_GetRotation(page) % 4)


def characters(text_page: Any) -> str:
    """A page's text, one Python character for each of PDFium's.

    A character beyond the basic plane takes two places in PDFium; here it is its plain form and a zero-width space.
    """
    import pypdfium2.raw as raw

    count = raw.FPDFText_CountChars(text_page)
    if count <= 0:
        return ""
    buffer = (ctypes.c_ushort * (count + 1))()
    written = raw.FPDFText_GetText(text_page, 0, count, buffer)
    data = ctypes.string_at(buffer, 2 * max(0, written - 1))
    text = data.decode("utf-16-le", "replace")
    return text if len(text) * 2 == len(data) else "".join(map(_in_basic_plane, text))


def _in_basic_plane(character: str) -> str:
    if character <= "\uffff":
        return character
    plain = unicodedata.normalize("NFKC", character)
    return (plain if len(plain) == 1 and plain <= "\uffff" else "\ufffd") + "\u200b"


def index_map(text_page: Any, length: int) -> Callable[[int], int] | None:
    """From a place in a page's text to PDFium's character index; None where they are the same.

    They differ where the page holds characters without a code, which the text leaves out.
    """
    import pypdfium2.raw as raw

    if raw.FPDFText_CountChars(text_page) == length:
        return None
    return lambda place: max(0, raw.FPDFText_GetCharIndexFromTextIndex(text_page, place))
