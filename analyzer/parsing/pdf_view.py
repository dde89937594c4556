"""The way back from a PDF's text to its pages: boxes to highlight, and pages as pictures.

Nothing of this is kept while reading; PDFium is asked again for the few spans and pages that are shown.
"""

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import groupby
from typing import Any

from analyzer.document import Box, Document, Origin, Source, Span
from analyzer.parsing.pdf_calls import Argument, argument
from analyzer.parsing.pdf_lines import shown_boxes
from analyzer.parsing.pdf_page import Frame, Rectangle, frame_of, opened_page, opened_pdf
from analyzer.parsing.pdf_scans import render

__all__ = ["frames_of", "locate", "locate_all", "page_image"]

_TALLEST = 80.0
"""Points; a box that is taller is no line that runs across the page."""


def locate(document: Document, span: Span) -> tuple[Box, ...]:
    """The boxes that a span covers on the document's pages, one a line, in reading order.

    A span without characters of the source has none. Raises DocumentError as ``read_pdf`` does.
    """
    return locate_all(document, (span,))[0]


def locate_all(document: Document, spans: Sequence[Span]) -> tuple[tuple[Box, ...], ...]:
    """The boxes of many spans, in the order of the spans; each page is opened once. Raises as ``locate``."""
    wanted: dict[int, list[tuple[int, tuple[Origin, ...]]]] = defaultdict(list)
    for place, span in enumerate(spans):
        origins = [origin for origin in document.origins_of(span) if origin.page is not None]
        for number, own in groupby(origins, key=lambda origin: origin.page or 0):
            wanted[number].append((place, tuple(own)))
    found: list[list[Box]] = [[] for _ in spans]
    with opened_pdf(document.source) as pdf:
        for number in sorted(wanted):
            for (place, _), boxes in zip(wanted[number], _on_page(pdf, number, wanted[number]), strict=False):
                found[place] += (Box(number, *box) for box in boxes)
    return tuple(map(tuple, found))


def frames_of(source: Source, pages: Iterable[int]) -> Mapping[int, Frame]:
    """How pages, numbered from 1, stand in the file's own coordinates; a page that can't be opened is left out.

    Raises DocumentError as ``read_pdf`` does.
    """
    frames = {}
    with opened_pdf(source) as pdf:
        for number in pages:
            with suppress(OSError), opened_page(pdf, number) as (page, _):
                frames[number] = frame_of(page)
    return frames


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
    # On text, level 1 takes half the time of the default and gives smaller files.
    picture.save(stream, "PNG", compress_level=1)
    return stream.getvalue()


def _on_page(pdf: Any, number: int, wanted: Iterable[tuple[int, Sequence[Origin]]]) -> Iterator[tuple[Rectangle, ...]]:
    """Boxes of each run of origins on one page; none for a page that can't be opened."""
    try:
        with opened_page(pdf, number) as (page, text_page):
            frame = frame_of(page)
            for _, origins in wanted:
                yield tuple(_of_origins(origins, text_page, frame))
    except OSError:
        return


def _of_origins(origins: Sequence[Origin], text_page: Any, frame: Frame) -> Iterator[Rectangle]:
    """Boxes line by line. Characters are merged as the file has them, upright, and only then turned with the page."""
    upright = replace(frame, turn=0)
    plain = (origin for origin in origins if not origin.part)
    for left, top, right, bottom in _merged(_boxes(plain, argument(text_page), upright)):
        yield frame.rectangle(left + frame.left, frame.top - bottom, right + frame.left, frame.top - top)
    yield from (_share(origin) for origin in origins if origin.part)


def _boxes(origins: Iterable[Origin], handle: Argument, frame: Frame) -> Iterator[Rectangle]:
    for origin in origins:
        for box in shown_boxes(handle, range(origin.index, origin.index + origin.end - origin.start), frame):
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
        if whole is not None and (_goes_on_across(whole, box) or _goes_on_down(whole, box)):
            whole = Rectangle(
                min(whole.left, box.left),
                min(whole.top, box.top),
                max(whole.right, box.right),
                max(whole.bottom, box.bottom),
            )
        else:
            if whole is not None:
                yield whole
            whole = box
    if whole is not None:
        yield whole


def _goes_on_across(whole: Rectangle, box: Rectangle) -> bool:
    """Whether a character stands beside what there is of a line, no further off than a wide space."""
    height = max(whole.bottom - whole.top, box.bottom - box.top, 2.0)
    overlap = min(whole.bottom, box.bottom) - max(whole.top, box.top)
    is_level = overlap > 0.3 * min(whole.bottom - whole.top, box.bottom - box.top)
    is_next = box.left > whole.right - 0.3 * height and overlap > -0.25 * height
    gap = max(box.left - whole.right, whole.left - box.right)
    return (is_level or is_next) and gap < 3 * height and height < _TALLEST


def _goes_on_down(whole: Rectangle, box: Rectangle) -> bool:
    """The same for text that runs up or down the page; one character wide, so that lines of prose don't pass for it."""
    width = max(whole.right - whole.left, box.right - box.left, 2.0)
    overlap = min(whole.right, box.right) - max(whole.left, box.left)
    gap = max(box.top - whole.bottom, whole.top - box.bottom)
    return overlap > -0.25 * width and gap < width and width < 2 * max(4.0, box.bottom - box.top)
