"""The way back from a PDF's text to its pages: boxes to highlight, and pages as pictures.

Nothing of this is kept while reading; PDFium is asked again for the few spans and pages that are shown.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from analyzer.document import Box, Document, Origin, Span
from analyzer.parsing.pdf_calls import address
from analyzer.parsing.pdf_lines import char_box
from analyzer.parsing.pdf_page import Frame, Numbers, Rectangle, frame_of, opened_page, opened_pdf
from analyzer.parsing.pdf_scans import render

__all__ = ["locate", "page_image"]


def locate(document: Document, span: Span) -> tuple[Box, ...]:
    """The boxes that a span covers on the document's pages, one a line, in reading order.

    A span without characters of the source has none. Raises DocumentError as ``read_pdf`` does.
    """
    origins = [origin for origin in document.origins_of(span) if origin.page is not None]
    boxes: list[Box] = []
    with opened_pdf(document.source) as pdf:
        for number, own in groupby(origins, key=lambda origin: origin.page or 0):
            boxes += (Box(number, *box) for box in _on_page(pdf, number, tuple(own)))
    return tuple(boxes)


def page_image(document: Document, page: int, *, scale: float = 2.0) -> bytes:
    """A page as a PNG picture of ``scale`` pixels a point. Raises ValueError for a page that can't be drawn."""
    with opened_pdf(document.source) as pdf:
        try:
            with opened_page(pdf, page) as (handle, _):
                frame = frame_of(handle)
                picture, _ = render(handle, scale, (frame.width, frame.height))
        except OSError as error:
            raise ValueError(str(error)) from error
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def _on_page(pdf: Any, number: int, origins: Sequence[Origin]) -> Iterator[Rectangle]:
    try:
        with opened_page(pdf, number) as (page, text_page):
            frame, numbers = frame_of(page), Numbers()
            yield from _merged(box for origin in origins for box in _boxes(origin, text_page, frame, numbers))
    except OSError:
        return


def _boxes(origin: Origin, text_page: Any, frame: Frame, numbers: Numbers) -> Iterator[Rectangle]:
    if origin.part:
        yield _share(origin)
        return
    handle = address(text_page)
    for index in range(origin.index, origin.index + origin.end - origin.start):
        box = char_box(handle, index, frame, numbers)
        if box.right > box.left or box.bottom > box.top:
            yield box


def _share(origin: Origin) -> Rectangle:
    """The part of a line's box that some of its characters take, as if all were of one width.

    ``Origin.part`` of text from a picture or form field is a word, the box's four edges, and its characters' number.
    """
    _, *edges, count = origin.part.split()
    left, top, right, bottom = map(float, edges)
    width = (right - left) / max(1, int(count))
    start = left + width * origin.index
    return Rectangle(start, top, min(right, start + width * (origin.end - origin.start)), bottom)


def _merged(boxes: Iterable[Rectangle]) -> Iterator[Rectangle]:
    """Boxes of neighbouring characters as one a line, whichever way the line runs."""
    whole: Rectangle | None = None
    for box in boxes:
        if whole is None:
            whole = box
        elif _is_beside(whole, box):
            whole = Rectangle(
                min(whole.left, box.left),
                min(whole.top, box.top),
                max(whole.right, box.right),
                max(whole.bottom, box.bottom),
            )
        else:
            yield whole
            whole = box
    if whole is not None:
        yield whole


def _is_beside(whole: Rectangle, box: Rectangle) -> bool:
    height, width = whole.bottom - whole.top, whole.right - whole.left
    in_row = min(whole.bottom, box.bottom) - max(whole.top, box.top) > -0.25 * min(height, box.bottom - box.top)
    in_column = min(whole.right, box.right) - max(whole.left, box.left) > -0.25 * min(width, box.right - box.left)
    reach = 2.5 * max(min(height, width), box.bottom - box.top, box.right - box.left, 4.0)
    gap_x = max(box.left - whole.right, whole.left - box.right)
    gap_y = max(box.top - whole.bottom, whole.top - box.bottom)
    return (in_row and gap_x < reach) or (in_column and not in_row and gap_y < 1.0 and height > width)
