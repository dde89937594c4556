"""What is drawn on a PDF page besides text: pictures, and the lines and boxes that tables are ruled with."""

import ctypes
from collections.abc import Iterator
from typing import Any

from analyzer.parsing.pdf_calls import address, bound_calls
from analyzer.parsing.pdf_page import Drawn, Frame, Numbers, Rectangle

__all__ = ["INVISIBLE", "appearance", "read_drawn"]

INVISIBLE = frozenset({3, 7})
"""The text render modes that leave no ink; 3 is that of a scan's text layer."""
_SEARCHABLE = 3
_PALE = 0xE0
"""The least that each part of a colour has which may be that of paper."""
_TRANSPARENT = 8
_DEEPEST = 3
"""Reused parts within reused parts that are looked into."""
_MOST_OBJECTS = 20_000
_MOST_SEGMENTS = 2000
_COLOR = (ctypes.c_uint * 4)()
"""Room for a colour; every visit to PDFium is under one lock."""
_COLOR_PLACES = tuple(ctypes.addressof(_COLOR) + 4 * part for part in range(4))
_BOX = 5
"""Segments of a path up to which it is one line or box."""


def read_drawn(page: Any, frame: Frame, numbers: Numbers) -> Drawn:
    """Pictures, paths and lines of a page; those inside of reused parts (form objects) aside.

    Whether there is pale text is looked for in reused parts too.
    """
    import pypdfium2.raw as raw

    calls, handle = bound_calls(), address(page)
    text, path, picture = raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE
    form = raw.FPDF_PAGEOBJ_FORM
    pictures: list[Rectangle | None] = []
    rules: list[Rectangle] = []
    paths, first_text, is_pale = 0, None, False
    get, kind_of, mode_of, fill_of = calls.page_object, calls.object_type, calls.render_mode, calls.fill_color
    places = _COLOR_PLACES
    for number in range(min(raw.FPDFPage_CountObjects(page), _MOST_OBJECTS)):
        thing = get(handle, number)
        kind = kind_of(thing)
        if kind == text:
            first_text = first_text or thing
            # Written out: there are some fifty on a page, and a call of a function for each costs as much again.
            if not is_pale and (
                mode_of(thing) in INVISIBLE
                or (fill_of(thing, *places) and (_COLOR[3] < _TRANSPARENT or min(_COLOR) >= _PALE))
            ):
                is_pale = True
        elif kind == path:
            paths += 1
            rules.extend(_rules(thing, frame, numbers))
        elif kind == picture:
            pictures.append(_bounds(thing, frame, numbers))
        elif kind == form:
            is_pale = is_pale or _holds_pale_text(thing, 1)
    is_searchable = bool(pictures) and first_text is not None and calls.render_mode(first_text) == _SEARCHABLE
    return Drawn(tuple(filter(None, pictures)), paths, tuple(rules), is_searchable, is_pale)


def _holds_pale_text(form: int, depth: int) -> bool:
    """Whether a reused part holds text that may not show."""
    import pypdfium2.raw as raw

    pointer = ctypes.cast(form, raw.FPDF_PAGEOBJECT)
    for number in range(min(raw.FPDFFormObj_CountObjects(pointer), _MOST_OBJECTS)):
        thing = address(raw.FPDFFormObj_GetObject(pointer, number))
        kind = bound_calls().object_type(thing)
        if kind == raw.FPDF_PAGEOBJ_TEXT and _is_pale(thing):
            return True
        if kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST and _holds_pale_text(thing, depth + 1):
            return True
    return False


def _is_pale(thing: int) -> bool:
    mode, is_pale = appearance(thing)
    return is_pale or mode in INVISIBLE


def appearance(thing: int) -> tuple[int, bool]:
    """The render mode of a text object, and whether its colour may be that of paper, or none."""
    calls = bound_calls()
    mode: int = calls.render_mode(thing)
    if not calls.fill_color(thing, *_COLOR_PLACES):
        return mode, False
    return mode, min(_COLOR[:3]) >= _PALE or _COLOR[3] < _TRANSPARENT


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
