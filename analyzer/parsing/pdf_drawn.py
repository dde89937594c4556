"""What is drawn on a PDF page besides text: pictures, and the lines and boxes that tables are ruled with."""

from collections.abc import Iterator
from typing import Any

from analyzer.parsing.pdf_page import Drawn, Frame, Numbers, Rectangle

__all__ = ["read_drawn"]

_INVISIBLE = 3
"""The text render mode of a scan's text layer."""
_MOST_OBJECTS = 20_000
_MOST_SEGMENTS = 2000


def read_drawn(page: Any, frame: Frame, numbers: Numbers) -> Drawn:
    import pypdfium2.raw as raw

    get, kind_of = raw.FPDFPage_GetObject, raw.FPDFPageObj_GetType
    path, picture, text = raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_TEXT
    pictures, rules, paths, first_text = [], [], 0, None
    for number in range(min(raw.FPDFPage_CountObjects(page), _MOST_OBJECTS)):
        thing = get(page, number)
        kind = kind_of(thing)
        if kind == text:
            first_text = first_text or thing
        elif kind == path:
            paths += 1
            rules.extend(_path_rules(thing, frame, numbers))
        elif kind == picture:
            pictures.append(_bounds(thing, frame, numbers))
    hidden = bool(pictures and first_text and raw.FPDFTextObj_GetTextRenderMode(first_text) == _INVISIBLE)
    return Drawn(tuple(filter(None, pictures)), paths, tuple(rules), hidden)


def _bounds(thing: Any, frame: Frame, numbers: Numbers) -> Rectangle | None:
    left, bottom, right, top = numbers.float_refs
    import pypdfium2.raw as raw

    if not raw.FPDFPageObj_GetBounds(thing, left, bottom, right, top):
        return None
    return frame.rectangle(*(cell.value for cell in numbers.floats))


def _path_rules(thing: Any, frame: Frame, numbers: Numbers) -> Iterator[Rectangle]:
    """The straight pieces of a path: its bounds where it is one line or box, each piece where it is many."""
    import pypdfium2.raw as raw

    count = raw.FPDFPath_CountSegments(thing)
    if count <= 5:
        bounds = _bounds(thing, frame, numbers)
        if bounds:
            yield bounds
        return
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(thing, matrix)
    x, y = numbers.floats[0], numbers.floats[1]
    before: tuple[float, float] | None = None
    for number in range(min(count, _MOST_SEGMENTS)):
        segment = raw.FPDFPath_GetPathSegment(thing, number)
        raw.FPDFPathSegment_GetPoint(segment, numbers.float_refs[0], numbers.float_refs[1])
        point = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_LINETO and before is not None:
            yield frame.rectangle(*before, *point)
        before = point
