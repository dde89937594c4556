"""The PDFium functions that are called for every line, character or object of a page, bound for speed.

pypdfium2's own bindings check the type of each pointer and let go of the interpreter's lock; for calls of a fraction
of a microsecond that triples the cost. These keep the lock and take pointers only as ``argument`` makes them: ctypes
passes such a value on as it is. Room for what PDFium writes is made once for the process, as arguments too. It serves
every page, since every visit to PDFium is under one lock.
"""

import ctypes
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import chain, compress, repeat
from typing import Any, NamedTuple, NewType

__all__ = [
    "Argument",
    "Calls",
    "argument",
    "as_argument",
    "bound_calls",
    "char_boxes",
    "char_origins",
    "char_scales",
    "fill_colors",
    "form_objects",
    "loose_edges",
    "object_boxes",
    "object_matrix",
    "page_objects",
    "run_box",
    "segment_point",
]

Argument = NewType("Argument", object)
"""A pointer, ready to be passed."""

_Call = Callable[..., Any]
_Columns = tuple[list[float], ...]
_SLOTS = 512
"""Answers that there is room for; more indices than that are asked for in parts."""


class Calls(NamedTuple):
    """PDFium's functions by what they give; text pages, pages, objects and places to write to are ``Argument``s.

    Pointers that they give are addresses, None for none. Passing an address itself would cut it in half.
    """

    char_box: _Call
    """(text page, index, → left, right, bottom, top as doubles)"""
    char_origin: _Call
    """(text page, index, → x, y as doubles)"""
    loose_box: _Call
    """(text page, index, → four floats: left, top, right, bottom)"""
    is_generated: _Call
    font_size: _Call
    matrix: _Call
    """(text page, index, → six floats)"""
    text_object: _Call
    font: _Call
    font_name: _Call
    """(font, → characters, their most)"""
    rectangle: _Call
    """(text page, number, → left, top, right, bottom as doubles)"""
    page_object: _Call
    form_count: _Call
    form_object: _Call
    object_type: _Call
    object_bounds: _Call
    """(object, → left, bottom, right, top as floats)"""
    object_matrix: _Call
    """(object, → six floats)"""
    render_mode: _Call
    """That of a text object; -1 for any other."""
    fill_color: _Call
    """(object, → red, green, blue, alpha as unsigned integers)"""
    segment_count: _Call
    segment: _Call
    segment_point: _Call
    segment_type: _Call


@cache
def bound_calls() -> Calls:
    """The functions, bound once."""
    import pypdfium2.raw as raw

    pointer, number, real = ctypes.c_void_p, ctypes.c_int, ctypes.c_double

    def bind(function: Any, result: Any) -> _Call:
        made: _Call = ctypes.PYFUNCTYPE(result)(ctypes.cast(function, ctypes.c_void_p).value or 0)
        return made

    return Calls(
        char_box=bind(raw.FPDFText_GetCharBox, number),
        char_origin=bind(raw.FPDFText_GetCharOrigin, number),
        loose_box=bind(raw.FPDFText_GetLooseCharBox, number),
        is_generated=bind(raw.FPDFText_IsGenerated, number),
        font_size=bind(raw.FPDFText_GetFontSize, real),
        matrix=bind(raw.FPDFText_GetMatrix, number),
        text_object=bind(raw.FPDFText_GetTextObject, pointer),
        font=bind(raw.FPDFTextObj_GetFont, pointer),
        font_name=bind(raw.FPDFFont_GetBaseFontName, number),
        rectangle=bind(raw.FPDFText_GetRect, number),
        page_object=bind(raw.FPDFPage_GetObject, pointer),
        form_count=bind(raw.FPDFFormObj_CountObjects, number),
        form_object=bind(raw.FPDFFormObj_GetObject, pointer),
        object_type=bind(raw.FPDFPageObj_GetType, number),
        object_bounds=bind(raw.FPDFPageObj_GetBounds, number),
        object_matrix=bind(raw.FPDFPageObj_GetMatrix, number),
        render_mode=bind(raw.FPDFTextObj_GetTextRenderMode, number),
        fill_color=bind(raw.FPDFPageObj_GetFillColor, number),
        segment_count=bind(raw.FPDFPath_CountSegments, number),
        segment=bind(raw.FPDFPath_GetPathSegment, pointer),
        segment_point=bind(raw.FPDFPathSegment_GetPoint, number),
        segment_type=bind(raw.FPDFPathSegment_GetType, number),
    )


def argument(handle: Any) -> Argument:
    """A handle of pypdfium2, or an address, as the calls take it."""
    value = handle if isinstance(handle, int) else ctypes.cast(handle, ctypes.c_void_p).value
    return as_argument(value or 0)


as_argument: Callable[[int | None], Argument] = ctypes.c_void_p.from_param  # type: ignore[assignment]
"""The same for an address, without a look at what it is; for a whole list of them."""


class _Room(NamedTuple):
    """Room for several answers of ``width`` numbers each, and the place of each answer."""

    numbers: Any
    places: tuple[Argument, ...]
    width: int = 1


def _room(kind: Any, code: Any, width: int = 1) -> _Room:
    cells = (kind * (width * _SLOTS))()
    start, step = ctypes.addressof(cells), width * ctypes.sizeof(kind)
    places = tuple(as_argument(start + step * slot) for slot in range(_SLOTS))
    return _Room(memoryview(cells).cast("B").cast(code), places, width)


_DOUBLES = tuple(_room(ctypes.c_double, "d") for _ in range(4))
_FLOATS = tuple(_room(ctypes.c_float, "f") for _ in range(4))
_COLORS = tuple(_room(ctypes.c_uint, "I") for _ in range(4))
_EDGES = _room(ctypes.c_float, "f", 4)
_MATRICES = _room(ctypes.c_float, "f", 6)


def _ask(call: _Call, pointers: Iterable[Argument], indices: Iterable[int] | None, rooms: Sequence[_Room]) -> list[int]:
    """Call for each pointer and index; what isn't answered is zeros, not what an earlier call left there."""
    places = (room.places for room in rooms)
    answers = list(map(call, pointers, *places) if indices is None else map(call, pointers, indices, *places))
    if 0 in answers:
        for slot in (slot for slot, answer in enumerate(answers) if not answer):
            for room in rooms:
                for place in range(slot * room.width, (slot + 1) * room.width):
                    room.numbers[place] = 0
    return answers


def _of_characters(
    call: _Call, text_page: Argument, indices: Sequence[int], rooms: Sequence[_Room], wanted: slice = slice(None)
) -> _Columns:
    """What a call writes for characters, column by column."""
    if len(indices) > _SLOTS:
        starts = range(0, len(indices), _SLOTS)
        parts = (_of_characters(call, text_page, indices[at : at + _SLOTS], rooms, wanted) for at in starts)
        return tuple(list(chain.from_iterable(columns)) for columns in zip(*parts, strict=True))
    _ask(call, repeat(text_page), indices, rooms)
    count = len(indices)
    if len(rooms) > 1:
        return tuple([room.numbers[:count].tolist() for room in rooms])
    numbers, width = rooms[0].numbers, rooms[0].width
    return tuple([numbers[place : width * count : width].tolist() for place in range(width)[wanted]])


def char_origins(text_page: Argument, indices: Sequence[int]) -> _Columns:
    """Where characters stand, in the file's coordinates: all x, all y."""
    return _of_characters(bound_calls().char_origin, text_page, indices, _DOUBLES[:2])


def char_boxes(text_page: Argument, indices: Sequence[int]) -> _Columns:
    """The boxes of characters' ink, in the file's coordinates: all left, right, bottom and top edges."""
    return _of_characters(bound_calls().char_box, text_page, indices, _DOUBLES)


def loose_edges(text_page: Argument, indices: Sequence[int]) -> _Columns:
    """The boxes of characters with their advance: all left, top, right and bottom edges."""
    return _of_characters(bound_calls().loose_box, text_page, indices, (_EDGES,))


def char_scales(text_page: Argument, indices: Sequence[int]) -> _Columns:
    """The third and fourth numbers of characters' matrices, which say how tall their type is; zeros for none."""
    return _of_characters(bound_calls().matrix, text_page, indices, (_MATRICES,), slice(2, 4))


def run_box(text_page: Argument, number: int) -> tuple[float, ...]:
    """A run of text as PDFium groups them: left, top, right and bottom edge."""
    _ask(bound_calls().rectangle, (text_page,), (number,), _DOUBLES)
    return tuple(room.numbers[0] for room in _DOUBLES)


def page_objects(page: Argument, count: int) -> list[Argument]:
    """The first ``count`` things that are drawn on a page, in order."""
    return list(map(as_argument, map(bound_calls().page_object, repeat(page), range(count))))


def form_objects(form: Argument, count: int) -> list[Argument]:
    """The first ``count`` things of a reused part, in order."""
    return list(map(as_argument, map(bound_calls().form_object, repeat(form), range(count))))


def object_matrix(thing: Argument) -> tuple[float, ...]:
    """The six numbers of a thing's matrix; zeros for none."""
    _ask(bound_calls().object_matrix, (thing,), None, (_MATRICES,))
    return tuple(_MATRICES.numbers[:6])


def object_boxes(things: Sequence[Argument]) -> list[tuple[float, ...] | None]:
    """The bounds of things on a page: left, bottom, right and top edge; None for none."""
    found: list[tuple[float, ...] | None] = []
    for start in range(0, len(things), _SLOTS):
        part = things[start : start + _SLOTS]
        answers = _ask(bound_calls().object_bounds, part, None, _FLOATS)
        boxes = zip(*(room.numbers[: len(part)] for room in _FLOATS), strict=True)
        found.extend(box if answer else None for box, answer in zip(boxes, answers, strict=True))
    return found


def fill_colors(things: Sequence[Argument]) -> set[tuple[int, ...]]:
    """The colours that things are filled with: red, green, blue and opacity, each 0 to 255."""
    found: set[tuple[int, ...]] = set()
    for start in range(0, len(things), _SLOTS):
        part = things[start : start + _SLOTS]
        answers = _ask(bound_calls().fill_color, part, None, _COLORS)
        found.update(compress(zip(*(room.numbers[: len(part)] for room in _COLORS), strict=True), answers))
    return found


def segment_point(segment: Argument) -> tuple[float, float]:
    """Where a segment of a path ends, in the path's own coordinates."""
    x, y = _FLOATS[:2]
    bound_calls().segment_point(segment, x.places[0], y.places[0])
    return x.numbers[0], y.numbers[0]
