"""What is drawn on a PDF page besides text: pictures, and the lines and boxes that tables are ruled with."""

from collections.abc import Iterator, Sequence
from itertools import compress
from typing import Any

from analyzer.parsing.pdf_calls import (
    Argument,
    argument,
    as_argument,
    bound_calls,
    fill_colors,
    form_objects,
    object_boxes,
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
    kinds = list(map(calls.object_type, others))
    of_kind = {kind: list(compress(others, [other == kind for other in kinds])) for kind in set(kinds)}
    paths = of_kind.get(raw.FPDF_PAGEOBJ_PATH, [])
    boxes = object_boxes(of_kind.get(raw.FPDF_PAGEOBJ_IMAGE, ()))
    first_text = next((mode for mode in modes if mode != _NO_TEXT), None)
    return Drawn(
        tuple(frame.rectangle(*box) for box in boxes if box is not None),
        len(paths),
        tuple(_rules(paths, frame)),
        bool(boxes) and first_text == _SEARCHABLE,
        _has_pale(things, modes) or any(_holds_pale_text(form, 1) for form in of_kind.get(raw.FPDF_PAGEOBJ_FORM, ())),
    )


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


def _rules(paths: Sequence[Argument], frame: Frame) -> Iterator[Rectangle]:
    """The straight pieces of paths: its bounds where one is a line or box, each piece where it is many."""
    counts = list(map(bound_calls().segment_count, paths))
    for path, count, box in zip(paths, counts, object_boxes(paths), strict=True):
        if count > _BOX:
            yield from _pieces(path, count, frame)
        elif box is not None:
            yield frame.rectangle(*box)


def _pieces(path: Argument, count: int, frame: Frame) -> Iterator[Rectangle]:
    import pypdfium2.raw as raw

    calls = bound_calls()
    a, b, c, d, e, f = object_matrix(path)
    before: tuple[float, float] | None = None
    for number in range(min(count, _MOST_SEGMENTS)):
        segment = as_argument(calls.segment(path, number))
        right, up = segment_point(segment)
        point = a * right + c * up + e, b * right + d * up + f
        if calls.segment_type(segment) == raw.FPDF_SEGMENT_LINETO and before is not None:
            yield frame.rectangle(*before, *point)
        before = point
