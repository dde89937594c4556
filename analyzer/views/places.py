"""Pages of a PDF as pictures, with where the marks stand on them; made for the pages that are in view."""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import Any

from analyzer.document import Document, Span
from analyzer.engine import Analysis
from analyzer.errors import DocumentError
from analyzer.parsing import locate, page_image
from analyzer.views.payload import marks_of

__all__ = ["draw_page"]


def draw_page(analysis: Analysis, number: int, *, scale: float) -> dict[str, Any]:
    """A page, counted from 1, as a base64 PNG with the boxes of its marks in percent of the page.

    ``scale`` is pixels a point. ``png`` is None where the page can't be drawn; its text can be read all the same.
    """
    document = analysis.document
    page = document.pages[number - 1]
    try:
        picture: str | None = b64encode(page_image(document, number, scale=scale)).decode("ascii")
    except (DocumentError, ValueError):
        picture = None
    boxes = [
        {"mark": index, "is": name, "at": at}
        for index, name, span in _marks_on(analysis, number)
        for at in _boxes(document, span, number, page.width or 1.0, page.height or 1.0)
    ]
    return {"page": number, "png": picture, "boxes": boxes}


def _marks_on(analysis: Analysis, number: int) -> Iterator[tuple[int, str, Span]]:
    for index, (span, words) in enumerate(marks_of(analysis.report)):
        if number in _pages_of(analysis.document, span):
            yield index, "text", span
            yield from ((index, "words", own) for own in words)


def _pages_of(document: Document, span: Span) -> Iterable[int | None]:
    """The pages that a span stands on, without opening the file."""
    return {origin.page for origin in document.origins_of(span)}


def _boxes(document: Document, span: Span, number: int, width: float, height: float) -> Iterator[list[float]]:
    """Left, top, width and height of each line of a span on a page, in percent."""
    try:
        boxes = locate(document, span)
    except DocumentError:
        return
    for box in boxes:
        if box.page == number:
            yield [
                round(100 * box.left / width, 3),
                round(100 * box.top / height, 3),
                round(100 * (box.right - box.left) / width, 3),
                round(100 * (box.bottom - box.top) / height, 3),
            ]
