"""Reads one page of a PDF: its lines in reading order, cut at columns and table cells, and what else it holds.

Everything that costs more than a call per line is done only on pages that show a need for it: lines that run across
a gutter, words too long to be one, ruled lines that make a grid.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from analyzer.parsing.pdf_annotations import read_annotations
from analyzer.parsing.pdf_calls import argument, char_origins
from analyzer.parsing.pdf_columns import columns_in_order, find_gutters, gutters_between, has_prose_columns
from analyzer.parsing.pdf_drawn import read_drawn
from analyzer.parsing.pdf_hidden import without_hidden
from analyzer.parsing.pdf_lines import has_wide_gaps, read_lines, read_rectangles, shown_sides
from analyzer.parsing.pdf_page import (
    Annotation,
    Frame,
    Grid,
    Gutter,
    Line,
    PageText,
    characters,
    frame_of,
    opened_page,
)
from analyzer.parsing.pdf_tables import CellSpan, GridFinder, cell_at, cells_at, find_by_lines, is_filled
from analyzer.parsing.pdf_words import looks_glued, split_words

__all__ = ["read_page"]

_WORD = re.compile(r"\S+")
_PRIVATE = re.compile(r"[\ue000-\uf8ff]{3,}")
"""Private characters in a row; one or two are a bullet."""
_PUBLIC = bytes(byte for byte in range(256) if not 0xE0 <= byte <= 0xF8)
"""The upper bytes of characters that aren't private; to drop them takes a tenth of the time of a search."""
_SIDEWAYS = 0.7
"""Share of the long lines that run up or down a page whose text is set sideways."""


def read_page(
    document: Any, number: int, *, form: Any = None, find: GridFinder = find_by_lines, has_layers: bool = False
) -> PageText:
    """Read page ``number`` (from 1) of an open document. A page that can't be opened comes back as broken.

    ``has_layers`` says that the document has layers which are switched off.
    """
    try:
        with opened_page(document, number) as (page, text_page):
            return _read(page, text_page, number, form, find, has_layers)
    except OSError:
        return PageText(number, Frame(0.0, 0.0, 612.0, 792.0, 0), is_broken=True)


def _read(page: Any, text_page: Any, number: int, form: Any, find: GridFinder, has_layers: bool) -> PageText:
    text = characters(text_page)
    shown = frame = frame_of(page)
    lines = read_lines(text_page, text, number, frame)
    if turned := _turned(frame, lines):
        frame = turned
        lines = read_lines(text_page, text, number, frame)
    drawn = read_drawn(page, frame)
    size = shown.width, shown.height
    lines, hidden = without_hidden(page, text_page, lines, frame, size, drawn, has_layers=has_layers)
    annotations = tuple(read_annotations(page, frame, form))
    lines, gutters = _in_columns(text_page, lines, frame)
    lines = _with_values(lines, annotations, number)
    if looks_glued(text):
        lines = tuple(split_words(text_page, lines))
    grids = find(number, drawn.rules)
    placed = _kept(list(_placed(text_page, lines, grids, frame)), grids) if grids else []
    return PageText(
        number,
        frame,
        tuple(line for line, _ in placed) if grids else lines,
        replace(drawn, rules=()),
        grids,
        tuple(place for _, place in placed),
        gutters,
        annotations,
        hidden,
        _unmapped(text),
        size=size,
    )


def _unmapped(text: str) -> int:
    """Characters that say nothing because the file does not say which letters they are."""
    if text.isascii():
        return 0
    high = text.encode("utf-16-le", "surrogatepass")[1::2]
    has_private = len(high.translate(None, _PUBLIC)) > 2
    return text.count("\ufffd") + (sum(map(len, _PRIVATE.findall(text))) if has_private else 0)


def _turned(frame: Frame, lines: Sequence[Line]) -> Frame | None:
    """The page turned so that its lines run from left to right; None where they do."""
    sideways = [
        line for line in lines if line.right - line.left < 0.2 * len(line.text) * line.size > 0 and len(line.text) > 12
    ]
    if len(sideways) < 3 or len(sideways) < _SIDEWAYS * sum(len(line.text) > 12 for line in lines):
        return None
    # Lines that run upwards need a quarter turn clockwise; the order of the lines tells the two apart.
    steps = sum(1 if after.left > before.left else -1 for before, after in pairwise(sideways))
    turn = 1 if steps >= 0 else 3
    return Frame(frame.left, frame.bottom, frame.right, frame.top, (frame.turn + turn) % 4)


def _in_columns(text_page: Any, lines: tuple[Line, ...], frame: Frame) -> tuple[tuple[Line, ...], tuple[Gutter, ...]]:
    """Lines column by column, and the gutters between the columns."""
    if len(lines) < 10:
        return lines, ()
    if not has_wide_gaps(text_page, lines, frame):
        return lines, gutters_between(lines, frame.width)
    rectangles = read_rectangles(text_page, frame)
    gutters = find_gutters(rectangles, frame.width)
    for gutter in gutters:
        if has_prose_columns(lines, rectangles, gutter):

            def cut(line: Line, x: float) -> int:
                return _first_right_of(text_page, line, x, frame)

            lines = columns_in_order(lines, gutter, cut)
    return lines, gutters


def _first_right_of(text_page: Any, line: Line, x: float, frame: Frame) -> int:
    """The place in a line's text of the first word to the right of ``x``."""
    handle = argument(text_page)
    starts = [match.start() for match in _WORD.finditer(line.text)]

    def left_of(start: int) -> float:
        xs, ys = char_origins(handle, (line.first + start,))
        return frame.shown(xs[0], ys[0])[0]

    place = bisect_left(starts, x, key=left_of)
    return starts[place] if place < len(starts) else len(line.text)


def _with_values(lines: tuple[Line, ...], annotations: Iterable[Annotation], number: int) -> tuple[Line, ...]:
    """Lines with the values of form fields after the line that each stands beside or under."""
    values = [annotation for annotation in annotations if not annotation.is_comment]
    if not values:
        return lines
    after: dict[int, list[Line]] = {}
    for value in values:
        line = _value_line(value, number)
        after.setdefault(_label_of(lines, line), []).append(line)
    made = list(after.get(-1, ()))
    for place, line in enumerate(lines):
        made.append(line)
        made.extend(sorted(after.get(place, ()), key=lambda line: line.left))
    return tuple(made)


def _value_line(value: Annotation, number: int) -> Line:
    left, top, right, bottom = value.box
    size = min(10.0, max(4.0, (bottom - top) * 0.7))
    text = " ".join(value.text.split())
    part = f"field {left:.1f} {top:.1f} {right:.1f} {bottom:.1f} {len(text)}"
    return Line(number, 0, text, left, right, min(bottom, top + size * 1.2), size, part=part)


def _label_of(lines: Sequence[Line], value: Line) -> int:
    """The line that a value belongs to: on its height to the left of it, else the last above it."""
    beside, above = -1, -1
    for place, line in enumerate(lines):
        if abs(line.baseline - value.baseline) < 0.8 * max(line.size, value.size):
            if line.left <= value.left:
                beside = place
        elif line.baseline < value.baseline and (above < 0 or line.baseline >= lines[above].baseline):
            above = place
    return beside if beside >= 0 else above


def _placed(
    text_page: Any, lines: Iterable[Line], grids: Sequence[Grid], frame: Frame
) -> Iterator[tuple[Line, tuple[int, int] | None]]:
    """Lines cut where they run from one table cell to the next, each with its grid and cell."""
    rows: dict[float, tuple[CellSpan, ...]] = {}
    for line in lines:
        y = line.baseline - line.size * 0.3
        if not any(grid.box.top <= y <= grid.box.bottom and _meets(line, grid) for grid in grids):
            yield line, None
            continue
        row = rows.get(y)
        if row is None:
            row = rows[y] = cells_at(grids, y)
        start, end = cell_at(row, line.left + 0.5), cell_at(row, max(line.left, line.right - 0.5))
        if start == end or line.part:
            yield line, start
        else:
            yield from _cut_at_cells(text_page, line, row, frame)


def _kept(
    placed: Sequence[tuple[Line, tuple[int, int] | None]], grids: Sequence[Grid]
) -> list[tuple[Line, tuple[int, int] | None]]:
    """The lines, those in a grid that is no table set free."""
    filled: dict[int, set[int]] = {}
    for _, place in placed:
        if place is not None:
            filled.setdefault(place[0], set()).add(place[1])
    tables = {number for number, cells in filled.items() if is_filled(grids[number], cells)}
    return [(line, place if place is not None and place[0] in tables else None) for line, place in placed]


def _meets(line: Line, grid: Grid) -> bool:
    return line.left < grid.box.right and line.right > grid.box.left


def _cut_at_cells(
    text_page: Any, line: Line, row: Sequence[CellSpan], frame: Frame
) -> Iterator[tuple[Line, tuple[int, int] | None]]:
    pieces: list[tuple[int, int, float, float, tuple[int, int] | None]] = []
    for start, end, left, right in _words(text_page, line, frame):
        place = cell_at(row, (left + right) / 2)
        if pieces and pieces[-1][4] == place:
            first, _, edge, _, _ = pieces[-1]
            pieces[-1] = first, end, edge, right, place
        else:
            pieces.append((start, end, left, right, place))
    for start, end, left, right, place in pieces:
        cut = line._replace(
            text=line.text[start:end],
            first=line.first + start,
            left=left,
            right=right,
            gaps=tuple(gap - start for gap in line.gaps if start < gap < end),
            is_hyphenated=line.is_hyphenated and end == len(line.text),
        )
        yield cut, place


def _words(text_page: Any, line: Line, frame: Frame) -> Iterator[tuple[int, int, float, float]]:
    """Each word's start and end in the line's text, and its left and right edge."""
    spans = [match.span() for match in _WORD.finditer(line.text)]
    indices = [line.first + start for start, _ in spans] + [line.first + end - 1 for _, end in spans]
    edges = shown_sides(argument(text_page), indices, frame)
    for (start, end), (left, right), (_, furthest) in zip(spans, edges, edges[len(spans) :], strict=False):
        yield start, end, left, max(furthest, right)
