"""What is drawn on a PDF page besides text: pictures, and the lines and boxes that tables are ruled with."""

from collections.abc import Iterator, Sequence
from typing import Any

from analyzer.parsing.pdf_calls import (
    Argument,
    argument,
    as_argument,
    bound_calls,
    fill_colors,
    form_objects,
    object_box,
    object_matrix,
    page_objects,
    segment_point,
)
from analyzer.parsing.pdf_page import Drawn, Frame, Rectangle

__all__ = ["INVISIBLE", "appearance", "read_drawn"]

INVISIBLE = frozenset({3, 7})
"""The text render modes that leave no ink; 3 is that of a scan's text layer."""
_NO_TEXT = -1
"""The render mode that things have which are no text."""
_SEARCHABLE = 3
_PALE = 0xE0
"""The least that each part of a colour has which may be that of paper."""
_TRANSPARENT = 8
_DEEPEST = 3
"""Reused parts within reused parts that are looked into."""
_MOST_OBJECTS = 20_000
_MOST_SEGMENTS = 2000
_BOX = 5
"""Segments of a path up to which it is one line or box."""


def read_drawn(page: Any, frame: Frame) -> Drawn:
    """Pictures, paths and lines of a page; those inside of reused parts (form objects) aside.

    Whether there is pale text is looked for in reused parts too.
    """
    import pypdfium2.raw as raw

    calls = bound_calls()
    things = page_objects(argument(page), min(raw.FPDFPage_CountObjects(page), _MOST_OBJECTS))
    modes = list(map(calls.render_mode, things))
    others = [thing for thing, mode in zip(things, modes, strict=True) if mode == _NO_TEXT]
    pictures: list[Rectangle | None] = []
    rules: list[Rectangle] = []
    paths, is_pale = 0, _has_pale(things, modes)
    for thing, kind in zip(others, map(calls.object_type, others), strict=True):
        if kind == raw.FPDF_PAGEOBJ_PATH:
            paths += 1
            rules.extend(_rules(thing, frame))
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            pictures.append(_bounds(thing, frame))
        elif kind == raw.FPDF_PAGEOBJ_FORM:
            is_pale = is_pale or _holds_pale_text(thing, 1)
    first_text = next((mode for mode in modes if mode != _NO_TEXT), None)
    is_searchable = bool(pictures) and first_text == _SEARCHABLE
    return Drawn(tuple(filter(None, pictures)), paths, tuple(rules), is_searchable, is_pale)


def _has_pale(things: Sequence[Argument], modes: Sequence[int]) -> bool:
    """Whether some of the things on a page are text that may not show."""
    if not INVISIBLE.isdisjoint(modes):
        return True
    texts = [thing for thing, mode in zip(things, modes, strict=True) if mode != _NO_TEXT]
    return any(map(_is_pale, fill_colors(texts)))


def _holds_pale_text(form: Argument, depth: int) -> bool:
    """Whether a reused part holds text that may not show."""
    import pypdfium2.raw as raw

    calls = bound_calls()
    things = form_objects(form, min(calls.form_count(form), _MOST_OBJECTS))
    modes = list(map(calls.render_mode, things))
    if _has_pale(things, modes):
        return True
    if depth == _DEEPEST or _NO_TEXT not in modes:
        return False
    return any(
        calls.object_type(thing) == raw.FPDF_PAGEOBJ_FORM and _holds_pale_text(thing, depth + 1)
        for thing, mode in zip(things, modes, strict=True)
        if mode == _NO_TEXT
    )


def _is_pale(color: Sequence[float]) -> bool:
    """Whether a colour may be that of paper, or none."""
    return min(color[:3]) >= _PALE or color[3] < _TRANSPARENT


def appearance(thing: Argument) -> tuple[int, bool]:
    """The render mode of a text object, and whether its colour may be that of paper, or none."""
    return bound_calls().render_mode(thing), any(map(_is_pale, fill_colors((thing,))))


def _bounds(thing: Argument, frame: Frame) -> Rectangle | None:
    box = object_box(thing)
    return frame.rectangle(*box) if box else None


def _rules(thing: Argument, frame: Frame) -> Iterator[Rectangle]:
    """The straight pieces of a path: its bounds where it is one line or box, each piece where it is many."""
    import pypdfium2.raw as raw

    calls = bound_calls()
    count = calls.segment_count(thing)
    if count <= _BOX:
        bounds = _bounds(thing, frame)
        if bounds:
            yield bounds
        return
    a, b, c, d, e, f = object_matrix(thing)
    before: tuple[float, float] | None = None
    for number in range(min(count, _MOST_SEGMENTS)):
        segment = as_argument(calls.segment(thing, number))
        right, up = segment_point(segment)
        point = a * right + c * up + e, b * right + d * up + f
        if calls.segment_type(segment) == raw.FPDF_SEGMENT_LINETO and before is not None:
            yield frame.rectangle(*before, *point)
        before = point
