"""Pages of a PDF that are pictures: which they are, and their text through OCR."""

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING, Any

from analyzer.parsing.ocr import Engine, PictureLine
from analyzer.parsing.pdf_columns import columns_in_order, find_gutters, stands_in_columns
from analyzer.parsing.pdf_page import Frame, Line, PageText, Rectangle, opened_page

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["covered", "is_picture", "read_scan", "render"]

_SCALE = 2.5
"""Pixels a point: 180 dots an inch, at which both engines read ten-point type."""
_LARGEST_SIDE = 4000
"""Pixels; a poster is drawn smaller."""
_FEW_LETTERS = 100
_OUTLINES = 150
"""Drawn paths on a page without text that may be letters turned to outlines."""


def covered(page: PageText) -> float:
    """The share of a page that its largest picture covers; letterheads and photos cover little of it."""
    width, height = page.size
    largest = max((picture.area for picture in page.drawn.pictures), default=0.0)
    return min(1.0, largest / max(1.0, width * height))


def is_picture(page: PageText) -> bool:
    """Whether what the page says stands in a picture: next to no text, and something drawn in its place."""
    if page.is_broken or page.letters >= _FEW_LETTERS:
        return False
    tiles = sum(picture.area for picture in page.drawn.pictures) / max(1.0, page.size[0] * page.size[1])
    if tiles > 0.3:
        return True
    return page.letters < 20 and (tiles > 0.04 or page.drawn.paths > _OUTLINES)


def read_scan(document: Any, page: PageText, engine: Engine) -> PageText:
    """A page with the lines that an engine reads in its picture; the page itself where that finds no more text."""
    try:
        with opened_page(document, page.number) as (handle, _):
            picture, scale = render(handle, _SCALE, page.size)
        found = engine.read(picture)
    except OSError:
        return page
    if sum(len(line.text) for line in found) <= page.letters:
        return page
    lines = _in_order(_lines(found, page.number, scale), page.size[0])
    letters = sum(len(line.text) for line in found)
    confidence = sum(line.confidence * len(line.text) for line in found) / letters
    frame = Frame(0.0, 0.0, *page.size, 0)
    return replace(page, frame=frame, lines=lines, grids=(), places=(), gutters=(), confidence=confidence)


def render(handle: Any, scale: float, size: tuple[float, float]) -> tuple["Image", float]:
    """A page as it is shown, as a picture, and the pixels a point that it has."""
    import pypdfium2.raw as raw
    from PIL import Image

    scale = min(scale, _LARGEST_SIDE / max(size))
    width, height = max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
    bitmap = raw.FPDFBitmap_Create(width, height, 0)
    if not bitmap:
        raise OSError("there is no memory for a picture of the page")
    try:
        raw.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
        raw.FPDF_RenderPageBitmap(bitmap, handle, 0, 0, width, height, 0, raw.FPDF_ANNOT)
        stride = raw.FPDFBitmap_GetStride(bitmap)
        pixels = raw.FPDFBitmap_GetBuffer(bitmap)
        data = ctypes.string_at(pixels, stride * height)
    finally:
        raw.FPDFBitmap_Destroy(bitmap)
    return Image.frombuffer("RGBX", (width, height), data, "raw", "BGRX", stride, 1).convert("RGB"), scale


def _lines(found: Sequence[PictureLine], number: int, scale: float) -> Iterator[Line]:
    """Lines in points. Heights of a line's ink differ with its letters, so near ones count as one type size."""
    usual = median(line.bottom - line.top for line in found)
    for line in found:
        height = line.bottom - line.top
        size = (usual if 0.65 < height / usual < 1.45 else height) * 0.75 / scale
        box = [edge / scale for edge in (line.left, line.top, line.right, line.bottom)]
        part = "ocr " + " ".join(f"{edge:.1f}" for edge in box) + f" {len(line.text)}"
        yield Line(number, 0, line.text, box[0], box[2], box[3] - 0.2 * size, round(size, 1), part=part)


def _in_order(lines: Iterable[Line], width: float) -> tuple[Line, ...]:
    """Lines from the top down, those of one row from left to right, and column by column where there are columns."""
    ordered: list[Line] = []
    for line in sorted(lines, key=lambda line: line.baseline):
        place = len(ordered)
        while place and abs(ordered[place - 1].baseline - line.baseline) < 0.4 * line.size:
            if ordered[place - 1].left <= line.left:
                break
            place -= 1
        ordered.insert(place, line)
    boxes = [Rectangle(line.left, line.baseline - line.size, line.right, line.baseline) for line in ordered]
    for gutter in find_gutters(boxes, width):
        if stands_in_columns(boxes, gutter):
            return columns_in_order(ordered, gutter)
    return tuple(ordered)
