"""Text that a PDF holds and its page doesn't show: drawn invisibly, in the colour of the paper, in a layer that is
switched off, too small to read, or outside of the page.

A cheap look at each page tells whether it holds anything that could be hidden. Only such a page is drawn, and what
leaves no mark where its words stand is hidden: so that white words on a dark bar, and the words that a scanner puts
under the picture of a page, are not.
"""

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING, Any

from analyzer.document import Source
from analyzer.parsing.pdf_calls import Argument, argument, as_argument, bound_calls
from analyzer.parsing.pdf_drawn import INVISIBLE, appearance
from analyzer.parsing.pdf_lines import char_box, shown_boxes
from analyzer.parsing.pdf_page import Drawn, Frame, HiddenBy, HiddenLine, Line, Rectangle
from analyzer.parsing.pdf_scans import render

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["has_hidden_layers", "without_hidden"]

_SCALE = 1.5
_FAINTEST = 12
"""Steps of grey, of 255, by which paper and ink differ at least where a reader sees anything."""
_TINY = 1.0
"""Points; type of this size or less is a line of dust."""
_FEW = 3
"""Letters and digits below which a stretch says nothing: leaders, separators, stray marks."""
_SCANNED = 0.5
"""Share of the page that a picture covers from which text drawn invisibly is that picture's own."""
_CATALOG = re.compile(rb"/Type\s*/Catalog")
_CONTENT = re.compile(r"[^\W_]")


def has_hidden_layers(source: Source) -> bool:
    """Whether a PDF has optional content that is switched off.

    The catalog says so. Where it stands in plain sight and has no layers, that is seen without opening the file anew.
    """
    if b"/OCProperties" not in source.data and _CATALOG.search(source.data):
        return False
    import pikepdf

    try:
        with pikepdf.open(BytesIO(source.data)) as pdf:
            setting: Any = pdf.Root.OCProperties.D
            return len(setting.get("/OFF", ())) > 0 or setting.get("/BaseState") == "/OFF"
    except (pikepdf.PdfError, AttributeError, TypeError, ValueError):
        return False  # PDFium, which reads more damaged files, shows all layers of such a file


def without_hidden(
    page: Any,
    text_page: Any,
    lines: tuple[Line, ...],
    frame: Frame,
    size: tuple[float, float],
    drawn: Drawn,
    *,
    has_layers: bool,
) -> tuple[tuple[Line, ...], tuple[HiddenLine, ...]]:
    """A page's lines that show, and those that don't; a line of which a part shows is cut.

    ``size`` is the page's as it is drawn, ``frame`` how it is read.
    """
    is_suspicious = drawn.has_pale_text or has_layers
    if not is_suspicious and (
        _are_in_place(lines, frame) or not any(_is_tiny(line) or _is_outside(line, frame) for line in lines)
    ):
        return lines, ()
    look = _Look(page, text_page, frame, size, drawn, has_layers=has_layers)
    shown: list[Line] = []
    hidden: list[HiddenLine] = []
    for line in lines:
        for piece, why in look.pieces(line) if is_suspicious else ((line, _by_place(line, frame)),):
            if why is None:
                shown.append(piece)
            else:
                hidden.append(HiddenLine(piece, why))
    return tuple(shown), tuple(hidden)


def _are_in_place(lines: Sequence[Line], frame: Frame) -> bool:
    """Whether a look at the outermost and smallest shows that all lines are on the page and none is tiny."""
    if not lines:
        return True
    _, _, _, lefts, rights, baselines, sizes, *_ = zip(*lines, strict=True)
    across = min(rights) > 0 and max(lefts) < frame.width
    return bool(across and min(baselines) > 0 and max(baselines) - 1.0 < frame.height and min(sizes) > _TINY)


def _by_place(line: Line, frame: Frame) -> HiddenBy | None:
    """Why a line as a whole doesn't show, as its size and place tell."""
    if line.part or len(_CONTENT.findall(line.text)) < _FEW:
        return None
    if _is_outside(line, frame):
        return HiddenBy.OUTSIDE
    return HiddenBy.TINY if _is_tiny(line) else None


def _is_outside(line: Line, frame: Frame) -> bool:
    return (
        line.right <= 0
        or line.left >= frame.width
        or line.baseline <= 0
        or line.baseline - max(line.size, 1.0) >= frame.height
    )


def _is_tiny(line: Line) -> bool:
    """Whether a line is too small to read; some fonts state a size that says nothing, and their lines are long."""
    return 0 < line.size <= _TINY and line.right - line.left < _TINY * len(line.text)


class _Look:
    """Looks at the characters of one page, and at the page itself once there is a need."""

    def __init__(
        self, page: Any, text_page: Any, frame: Frame, size: tuple[float, float], drawn: Drawn, *, has_layers: bool
    ) -> None:
        self._page = page
        self._text = argument(text_page)
        self._frame = frame
        self._size = size
        self._has_layers = has_layers
        self._whys: dict[int, HiddenBy | None] = {}
        self._picture: Image | None = None
        self._scale = 1.0
        covered = max((picture.area for picture in drawn.pictures), default=0.0)
        self._is_scan = covered > _SCANNED * max(1.0, size[0] * size[1])

    def pieces(self, line: Line) -> Iterator[tuple[Line, HiddenBy | None]]:
        """A line cut where it starts or ceases to show."""
        if line.part or (why := _by_place(line, self._frame)) is not None:
            yield line, None if line.part else why
            return
        whys = [self._why(line.first + place) for place in range(len(line.text))]
        if not any(whys):
            yield line, None
            return
        runs = [
            (why, [place for place, _ in run])
            for why, run in groupby(enumerate(_over_spaces(line.text, whys)), key=lambda item: item[1])
        ]
        checked = [(self._checked(line, places[0], places[-1] + 1, why), places) for why, places in runs]
        for found, group in groupby(checked, key=lambda item: item[0]):
            places = [place for _, own in group for place in own]
            yield from self._piece(line, places[0], places[-1] + 1, found)

    def _why(self, index: int) -> HiddenBy | None:
        """Why a character may not show, as what it is drawn with tells."""
        glyphs = bound_calls().text_object(self._text, index)
        if not glyphs:
            return None
        if glyphs not in self._whys:
            self._whys[glyphs] = self._drawn_with(as_argument(glyphs))
        return self._whys[glyphs]

    def _drawn_with(self, glyphs: Argument) -> HiddenBy | None:
        mode, is_pale = appearance(glyphs)
        if mode in INVISIBLE:
            return None if self._is_scan else HiddenBy.INVISIBLE
        if is_pale:
            return HiddenBy.PAPER
        return HiddenBy.LAYER if self._has_layers else None

    def _checked(self, line: Line, first: int, last: int, why: HiddenBy | None) -> HiddenBy | None:
        """Whether a stretch really leaves no mark on the page."""
        if why is None or len(_CONTENT.findall(line.text[first:last])) < _FEW:
            return None
        places = [line.first + place for place in range(first, last) if not line.text[place].isspace()]
        boxes = [box for box in shown_boxes(self._text, places, self._frame) if box.area > 0]
        return why if boxes and self._is_blank(_around(boxes)) else None

    def _is_blank(self, box: Rectangle) -> bool:
        if self._picture is None:
            picture, self._scale = render(self._page, _SCALE, self._size)
            self._picture = picture.convert("L")
        left, top, right, bottom = (edge * self._scale for edge in self._turned_back(box))
        area = max(0, int(left)), max(0, int(top)), int(right) + 1, int(bottom) + 1
        greys = self._picture.crop(area).tobytes()
        return max(greys) - min(greys) < _FAINTEST

    def _turned_back(self, box: Rectangle) -> Rectangle:
        """A box of the page as it is read, on the page as it is drawn."""
        frame = self._frame
        corners = (frame.in_file(box.left, box.top), frame.in_file(box.right, box.bottom))
        shown = Frame(frame.left, frame.bottom, frame.right, frame.top, _turn_of(self._page))
        return shown.rectangle(*corners[0], *corners[1])

    def _piece(self, line: Line, first: int, last: int, why: HiddenBy | None) -> Iterator[tuple[Line, HiddenBy | None]]:
        text = line.text[first:last]
        start = first + len(text) - len(text.lstrip())
        end = last - len(text) + len(text.rstrip())
        if start >= end:
            return
        if (start, end) == (0, len(line.text)):
            yield line, why
            return
        one = char_box(self._text, line.first + start, self._frame)
        other = char_box(self._text, line.first + end - 1, self._frame)
        cut = line._replace(
            text=line.text[start:end],
            first=line.first + start,
            left=one.left,
            right=max(one.right, other.right),
            gaps=tuple(gap - start for gap in line.gaps if start < gap < end),
            is_hyphenated=line.is_hyphenated and end == len(line.text),
        )
        yield cut, why


def _over_spaces(text: str, whys: Sequence[HiddenBy | None]) -> Iterator[HiddenBy | None]:
    """Reasons with each space as the character before it, since a space has no colour of its own."""
    before: HiddenBy | None = None
    for character, why in zip(text, whys, strict=True):
        if not character.isspace():
            before = why
        yield before


def _around(boxes: Sequence[Rectangle]) -> Rectangle:
    return Rectangle(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


def _turn_of(page: Any) -> int:
    import pypdfium2.raw as raw

    return int(raw.FPDFPage_GetRotation(page)) % 4
