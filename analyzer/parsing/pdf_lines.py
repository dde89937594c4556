"""The lines of a PDF page with their place, size and weight.

Geometry is asked for two characters of each line, not for all of them: a call into PDFium costs about a
microsecond, and a page has 50 lines but 3,000 characters.
"""

import ctypes
import re
from collections.abc import Iterator, Sequence
from typing import Any

from analyzer.parsing.pdf_calls import address, bound_calls
from analyzer.parsing.pdf_page import HYPHEN, Frame, Line, Numbers, Rectangle, index_map

__all__ = ["char_box", "has_wide_gaps", "read_lines", "read_rectangles"]

_LINE = re.compile(r"[^\r\n\ufffe]+")
_BULLET_OR_SPACE = re.compile(r"[\s\uf000-\uf0ff•·▪■●○◦➢❖✓✔-]+(?=\S)")
_BOLD_NAMES = ("bold", "black", "heavy", "demi", "semibd")
_MOST_RECTANGLES = 2000
_SAMPLE = 6
"""Lines that are looked at for a gutter."""
_WIDE = 0.9
"""Ems; justified lines stretch their spaces to less."""


def read_lines(text_page: Any, text: str, number: int, frame: Frame, numbers: Numbers) -> Iterator[Line]:
    """The lines of page ``number``, whose text is ``text``, in the order of the file."""
    to_index = index_map(text_page, len(text))
    handle = address(text_page)
    fonts: dict[int, bool] = {}
    measure = _upright if frame.turn == 0 else _turned
    for match in _LINE.finditer(text):
        stripped = match.group().strip()
        if not stripped:
            continue
        first = match.start() + match.group().index(stripped[0])
        last = first + len(stripped) - 1
        inner = first
        if not stripped[0].isalnum() and (bullet := _BULLET_OR_SPACE.match(stripped)):
            inner += bullet.end()
        if to_index is not None:
            first, last, inner = to_index(first), to_index(last), to_index(inner)
        is_hyphenated = match.end() < len(text) and text[match.end()] == HYPHEN
        if stripped[-1] == "-" and not is_hyphenated and (cut := _without_hyphen(handle, stripped, last)):
            is_hyphenated, stripped = True, cut
        left, right, baseline = measure(handle, first, last, frame, numbers)
        is_bold = _is_bold(handle, inner, fonts) and _is_bold(handle, last, fonts)
        size = _size(handle, inner, numbers)
        yield Line(number, first, stripped, left, right, baseline, size, is_bold, is_hyphenated)


def _without_hyphen(handle: int, text: str, last: int) -> str:
    """A line without the hyphen that breaks its last word; empty where it ends with a dash.

    PDFium leaves the hyphen as it is at the end of a column or page, or where a gap before it passes for a space.
    """
    if len(text) > 3 and text[-3:-1].isalpha():
        return text[:-1]
    if len(text) > 3 and text[-2] == " " and text[-3].isalpha() and bound_calls().is_generated(handle, last - 1) == 1:
        return text[:-2]
    return ""


def _upright(handle: int, first: int, last: int, frame: Frame, numbers: Numbers) -> tuple[float, float, float]:
    """Left edge, right edge and baseline of a line on a page that is not turned."""
    calls, cells, (a, b, c, d) = bound_calls(), numbers.doubles, numbers.double_addresses
    calls.char_origin(handle, first, a, b)
    x, y = cells[0], cells[1]
    calls.char_box(handle, last, a, b, c, d)
    return x - frame.left, max(cells[1], x) - frame.left, frame.top - y


def _turned(handle: int, first: int, last: int, frame: Frame, numbers: Numbers) -> tuple[float, float, float]:
    calls, cells, (a, b, c, d) = bound_calls(), numbers.doubles, numbers.double_addresses
    calls.char_origin(handle, first, a, b)
    left, baseline = frame.shown(cells[0], cells[1])
    calls.char_box(handle, last, a, b, c, d)
    box = frame.rectangle(cells[0], cells[2], cells[1], cells[3])
    return left, max(box.right, left), baseline


def char_box(handle: int, index: int, frame: Frame, numbers: Numbers) -> Rectangle:
    """The box of a character's ink; empty for a space. ``handle`` is the text page's address."""
    bound_calls().char_box(handle, index, *numbers.double_addresses)
    left, right, bottom, top = numbers.doubles
    return frame.rectangle(left, bottom, right, top)


def _size(handle: int, index: int, numbers: Numbers) -> float:
    """The type size in points, to a tenth, with the scale that the page puts on it."""
    calls, cells = bound_calls(), numbers.floats
    size: float = calls.font_size(handle, index)
    if calls.matrix(handle, index, numbers.float_addresses[0]):
        size *= abs(cells[3]) if cells[2] == 0 else (cells[2] * cells[2] + cells[3] * cells[3]) ** 0.5
    return round(size, 1)


def _is_bold(handle: int, index: int, fonts: dict[int, bool]) -> bool:
    """Whether a character's font has a bold name; ``fonts`` keeps the answers of one page."""
    calls = bound_calls()
    glyphs = calls.text_object(handle, index)
    font = calls.font(glyphs) if glyphs else None
    if not font:
        return False
    known = fonts.get(font)
    if known is None:
        known = fonts[font] = any(word in _font_name(font) for word in _BOLD_NAMES)
    return known


def _font_name(font: int) -> str:
    import pypdfium2.raw as raw

    buffer = ctypes.create_string_buffer(128)
    raw.FPDFFont_GetBaseFontName(ctypes.cast(font, raw.FPDF_FONT), buffer, 128)
    return buffer.value.decode("latin-1").lower()


def has_wide_gaps(text_page: Any, lines: Sequence[Line], frame: Frame, numbers: Numbers) -> bool:
    """Whether lines may run across a gutter: some of the widest, as a sample, have a gap much wider than a space.

    Asking for all runs of text costs as much as reading the page; this costs a tenth of it.
    """
    wide = [line for line in lines if line.right - line.left > 0.5 * frame.width]
    if frame.turn or len(wide) < _SAMPLE:
        return len(wide) >= _SAMPLE
    sample = wide[:: len(wide) // _SAMPLE][:_SAMPLE]
    handle = address(text_page)
    return 2 * sum(_widest_gap(handle, line, numbers) > _WIDE * line.size for line in sample) >= _SAMPLE


def _widest_gap(handle: int, line: Line, numbers: Numbers) -> float:
    """Points between two words of a line, at most; its outer sixths aside, where no gutter is."""
    calls, cells, (a, b, c, d) = bound_calls(), numbers.doubles, numbers.double_addresses
    widest, last = 0.0, len(line.text) * 5 // 6
    place = line.text.find(" ", len(line.text) // 6, last)
    while place > 0:
        calls.char_box(handle, line.first + place - 1, a, b, c, d)
        end = cells[1]
        calls.char_origin(handle, line.first + place + 1, a, b)
        widest = max(widest, cells[0] - end)
        place = line.text.find(" ", place + 1, last)
    return widest


def read_rectangles(text_page: Any, frame: Frame, numbers: Numbers) -> tuple[Rectangle, ...]:
    """Runs of text as PDFium groups them."""
    import pypdfium2.raw as raw

    get, handle, cells = bound_calls().rectangle, address(text_page), numbers.doubles
    a, b, c, d = numbers.double_addresses
    found = []
    for number in range(min(raw.FPDFText_CountRects(text_page, 0, -1), _MOST_RECTANGLES)):
        get(handle, number, a, b, c, d)
        left, top, right, bottom = cells
        found.append(frame.rectangle(left, bottom, right, top))
    return tuple(found)
