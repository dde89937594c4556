"""The PDFium functions that are called for every line or object of a page, bound for speed.

pypdfium2's own bindings check the type of each pointer and let go of the interpreter's lock; for calls of a fraction
of a microsecond that doubles the cost. These take addresses as numbers and keep the lock.
"""

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

__all__ = ["Calls", "address", "bound_calls"]

_Call = Callable[..., Any]


class Calls(NamedTuple):
    """PDFium's functions by what they give; a text page, page or object is passed as its address."""

    char_box: _Call
    """(text page, index, → left, right, bottom, top as doubles)"""
    char_origin: _Call
    """(text page, index, → x, y as doubles)"""
    loose_box: _Call
    """(text page, index, → four floats: left, top, right, bottom)"""
    is_generated: _Call
    font_size: _Call
    matrix: _Call
    text_object: _Call
    font: _Call
    rectangle: _Call
    """(text page, number, → left, top, right, bottom as doubles)"""
    page_object: _Call
    object_type: _Call
    object_bounds: _Call
    """(object, → left, bottom, right, top as floats)"""
    render_mode: _Call
    fill_color: _Call
    """(object, → red, green, blue, alpha as unsigned integers)"""
    segment: _Call
    segment_point: _Call
    segment_type: _Call


@cache
def bound_calls() -> Calls:
    """The functions, bound once."""
    import pypdfium2.raw as raw

    pointer, number = ctypes.c_void_p, ctypes.c_int

    def bind(function: Any, result: Any, *arguments: Any) -> _Call:
        made: _Call = ctypes.PYFUNCTYPE(result, *arguments)(ctypes.cast(function, ctypes.c_void_p).value or 0)
        return made

    four = (pointer,) * 4
    return Calls(
        char_box=bind(raw.FPDFText_GetCharBox, number, pointer, number, *four),
        char_origin=bind(raw.FPDFText_GetCharOrigin, number, pointer, number, pointer, pointer),
        loose_box=bind(raw.FPDFText_GetLooseCharBox, number, pointer, number, pointer),
        is_generated=bind(raw.FPDFText_IsGenerated, number, pointer, number),
        font_size=bind(raw.FPDFText_GetFontSize, ctypes.c_double, pointer, number),
        matrix=bind(raw.FPDFText_GetMatrix, number, pointer, number, pointer),
        text_object=bind(raw.FPDFText_GetTextObject, pointer, pointer, number),
        font=bind(raw.FPDFTextObj_GetFont, pointer, pointer),
        rectangle=bind(raw.FPDFText_GetRect, number, pointer, number, *four),
        page_object=bind(raw.FPDFPage_GetObject, pointer, pointer, number),
        object_type=bind(raw.FPDFPageObj_GetType, number, pointer),
        object_bounds=bind(raw.FPDFPageObj_GetBounds, number, pointer, *four),
        render_mode=bind(raw.FPDFTextObj_GetTextRenderMode, number, pointer),
        fill_color=bind(raw.FPDFPageObj_GetFillColor, number, pointer, *four),
        segment=bind(raw.FPDFPath_GetPathSegment, pointer, pointer, number),
        segment_point=bind(raw.FPDFPathSegment_GetPoint, number, pointer, pointer, pointer),
        segment_type=bind(raw.FPDFPathSegment_GetType, number, pointer),
    )


def address(handle: Any) -> int:
    """Where a handle of pypdfium2 points."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0
