"""The lines of a PDF page with their place, size and weight.

Geometry is asked for two characters of each line, not for all of them: a call into PDFium costs about a
microsecond, and a page has 50 lines but 3,000 characters.
"""

import ctypes
import re
from collections.abc import Iterator
from typing import Any

from analyzer.parsing.pdf_page import HYPHEN, Frame, Line, Numbers, Rectangle, index_map

__all__ = ["read_lines", "read_rectangles"]

_LINE = re.compile(r"[^\r\n\ufffe]+")
_BULLET_OR_SPACE = re.compile(r"[\s\uf000-\uf0ff•·▪■●○◦➢❖✓✔-]+(?=\S)")
_HYPHEN_AT_END = re.compile(r"[^\W\d_]{2}-$")
"""At the end of a column or page PDFium leaves the hyphen as it is."""
_BOLD_NAMES = ("bold", "black", "heavy", "demi", "semibd")
_MOST_RECTANGLES = 2000


def read_lines(text_page: Any, text: str, number: int, frame: Frame, numbers: Numbers) -> Iterator[Line]:
    """The lines of a page, each with its place, size and weight."""
    import pypdfium2.raw as raw

    fonts: dict[int, bool] = {}
    to_index = index_map(text_page, len(text))
    matrix = raw.FS_MATRIX()
    for match in _LINE.finditer(text):
        words = match.group()
        stripped = words.strip()
        if not stripped:
            continue
        first = match.start() + words.index(stripped[0])
        last = first + len(stripped) - 1
        sample = _BULLET_OR_SPACE.match(stripped)
        inner = first + (sample.end() if sample else 0)
        if to_index is not None:
            first, last, inner = to_index(first), to_index(last), to_index(inner)
        raw.FPDFText_GetCharOrigin(text_page, first, numbers.refs[0], numbers.refs[1])
        left, baseline = frame.shown(numbers.a.value, numbers.b.value)
        raw.FPDFText_GetCharBox(text_page, last, *numbers.refs)
        x0, _ = frame.shown(numbers.a.value, numbers.c.value)
        x1, _ = frame.shown(numbers.b.value, numbers.d.value)
        size = raw.FPDFText_GetFontSize(text_page, inner)
        if raw.FPDFText_GetMatrix(text_page, inner, matrix):
            size *= (matrix.c * matrix.c + matrix.d * matrix.d) ** 0.5
        is_hyphenated = match.end() < len(text) and text[match.end()] == HYPHEN
        if not is_hyphenated and _HYPHEN_AT_END.search(stripped):
            is_hyphenated, stripped = True, stripped[:-1]
        yield Line(
            number,
            first,
            stripped,
            left,
            max(x0, x1, left),
            baseline,
            round(size, 1),
            _is_bold(text_page, inner, fonts) and _is_bold(text_page, last, fonts),
            is_hyphenated,
        )


def _is_bold(text_page: Any, index: int, fonts: dict[int, bool]) -> bool:
    import pypdfium2.raw as raw

    glyphs = raw.FPDFText_GetTextObject(text_page, index)
    font = raw.FPDFTextObj_GetFont(glyphs) if glyphs else None
    if not font:
        return False
    address = ctypes.addressof(font.contents)
    known = fonts.get(address)
    if known is None:
        buffer = ctypes.create_string_buffer(128)
        raw.FPDFFont_GetBaseFontName(font, buffer, 128)
        name = buffer.value.decode("latin-1").lower()
        known = fonts[address] = any(word in name for word in _BOLD_NAMES)
    return known


def read_rectangles(text_page: Any, frame: Frame, numbers: Numbers) -> tuple[Rectangle, ...]:
    import pypdfium2.raw as raw

    left, top, right, bottom = numbers.refs
    found = []
    for number in range(min(raw.FPDFText_CountRects(text_page, 0, -1), _MOST_RECTANGLES)):
        raw.FPDFText_GetRect(text_page, number, left, top, right, bottom)
        found.append(frame.rectangle(numbers.a.value, numbers.d.value, numbers.c.value, numbers.b.value))
    return tuple(found)
