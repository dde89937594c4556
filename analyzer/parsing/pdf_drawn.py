"""What is drawn on a PDF page besides text: pictures, and the lines and boxes that tables are ruled with."""

import ctypes
from collections.abc import Iterator
from typing import Any

from analyzer.parsing.pdf_calls import address, bound_calls
from analyzer.parsing.pdf_page import Drawn, Frame, Numbers, Rectangle

__all__ = ["read_drawn"]

_INVISIBLE = 3
"""The text render mode of a scan's text layer."""
_MOST_OBJECTS = 20_000
_MOST_SEGMENTS = 2000
_BOX = 5
"""Segments of a path up to which it is one line or box."""


def read_drawn(page: Any, frame: Frame, numbers: Numbers) -> Drawn:
    """Pictures, paths and lines of a page; those inside of reused parts (form objects) aside."""
    import pypdfium2.raw as raw

    calls, handle = bound_calls(), address(page)
    text, path, picture = raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE
    pictures: list[Rectangle | None] = []
    rules: list[Rectangle] = []
    paths, first_text = 0, None
    get, kind_of = calls.page_object, calls.object_type
    for number in range(min(raw.FPDFPage_CountObjects(page), _MOST_OBJECTS)):
        thing = get(handle, number)
        kind = kind_of(thing)
        if kind == text:
            first_text = first_text or thing
        elif kind == path:
            paths += 1
            rules.extend(_rules(thing, frame, numbers))
        elif kind == picture:
            pictures.append(_bounds(thing, frame, numbers))
    return Drawn(tuple(filter(None, pictures)), paths, tuple(rules), bool(pictures) and _is_invisible(first_text))


def _is_invisible(thing: int | None) -> bool:
    import pypdfium2.raw as raw

    if thing is None:
        return False
    mode: int = raw.FPDFTextObj_GetTextRenderMode(ctypes.cast(thing, raw.FPDF_PAGEOBJECT))
    return mode == _INVISIBLE


def _bounds(thing: int, frame: Frame, numbers: Numbers) -> Rectangle | None:
    if not bound_calls().object_bounds(thing, *numbers.float_addresses[:4]):
        return None
    left, bottom, right, top = numbers.floats[:4]
    return frame.rectangle(left, bottom, right, top)


def _rules(thing: int, frame: Frame, numbers: Numbers) -> Iterator[Rectangle]:
    """The straight pieces of a path: its bounds where it is one line or box, each piece where it is many."""
    import pypdfium2.raw as raw

    pointer = ctypes.cast(thing, raw.FPDF_PAGEOBJECT)
    count = raw.FPDFPath_CountSegments(pointer)
    if count <= _BOX:
        bounds = _bounds(thing, frame, numbers)
        if bounds:
            yield bounds
        return
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(pointer, matrix)
    calls, (x, y) = bound_calls(), numbers.float_addresses[:2]
    before: tuple[float, float] | None = None
    for number in range(min(count, _MOST_SEGMENTS)):
        segment = calls.segment(thing, number)
        calls.segment_point(segment, x, y)
        right, up = numbers.floats[0], numbers.floats[1]
        point = matrix.a * right + matrix.c * up + matrix.e, matrix.b * right + matrix.d * up + matrix.f
        if calls.segment_type(segment) == raw.FPDF_SEGMENT_LINETO and before is not None:
            yield frame.rectangle(*before, *point)
        before = point
