"""Ruled tables of a PDF page: a grid from the lines that are drawn, and the words in each cell.

The method is pdfplumber's lattice: lines snap together, cross, and four crossings joined by lines make a cell. Here
it works on the lines that PDFium has at hand, which costs a millisecond or two a page; pdfplumber reads the page
again by itself and takes some forty times as long.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import NamedTuple

from analyzer.document import Source, TableFinder
from analyzer.parsing.pdf_page import Cell, Grid, Rectangle

__all__ = ["CellSpan", "GridFinder", "cell_at", "cells_at", "find_by_lines", "find_grids", "grid_finder", "is_filled"]

_THIN = 3.0
"""Points up to which a drawn box is a line."""
_SNAP = 3.0
_SHORTEST = 4.0
_MOST_LINES = 3000


GridFinder = Callable[[int, Sequence[Rectangle]], tuple[Grid, ...]]
"""Page number and the lines and boxes drawn on it -> its tables."""


def find_by_lines(_: int, boxes: Sequence[Rectangle]) -> tuple[Grid, ...]:
    """Tables from the lines that PDFium has at hand."""
    return find_grids(boxes)


def _find_nothing(_: int, boxes: Sequence[Rectangle]) -> tuple[Grid, ...]:
    return ()


@contextmanager
def grid_finder(source: Source, tables: TableFinder) -> Iterator[GridFinder]:
    """What finds the tables of one PDF, for as long as it is read."""
    if tables is not TableFinder.PDFPLUMBER:
        yield find_by_lines if tables is TableFinder.LINES else _find_nothing
        return
    import pdfplumber

    with pdfplumber.open(BytesIO(source.data)) as pdf:

        def find(number: int, boxes: Sequence[Rectangle]) -> tuple[Grid, ...]:
            if len(boxes) < 4:  # no ruled table: pdfplumber need not read the page
                return ()
            page = pdf.pages[number - 1]
            grids = [_grid([Rectangle(*cell) for cell in table.cells]) for table in page.find_tables()]
            page.close()
            return tuple(grid for grid in grids if grid is not None)

        yield find


class _Rule(NamedTuple):
    """A straight line: where it lies on its axis, and from where to where it runs."""

    at: float
    start: float
    end: float


class CellSpan(NamedTuple):
    """A cell's edges at some height of the page, its grid, and its place there."""

    left: float
    right: float
    cell: tuple[int, int]


def find_grids(boxes: Sequence[Rectangle]) -> tuple[Grid, ...]:
    """The tables that the drawn lines and boxes of a page make, from the top down.

    A table has two rows and two columns at least: a frame around text is none.
    """
    if len(boxes) < 4:
        return ()
    across = _joined(_horizontal(boxes))
    down = _joined(_vertical(boxes))
    if len(across) < 3 or len(down) < 3 or len(across) + len(down) > _MOST_LINES:
        return ()
    cells = _cells(across, down)
    grids = (_grid(group) for group in _groups(cells))
    return tuple(sorted((grid for grid in grids if grid is not None), key=lambda grid: grid.box.top))


def _horizontal(boxes: Iterable[Rectangle]) -> Iterator[_Rule]:
    for left, top, right, bottom in boxes:
        if right - left < _SHORTEST:
            continue
        if bottom - top <= _THIN:
            yield _Rule((top + bottom) / 2, left, right)
        else:
            yield _Rule(top, left, right)
            yield _Rule(bottom, left, right)


def _vertical(boxes: Iterable[Rectangle]) -> Iterator[_Rule]:
    for left, top, right, bottom in boxes:
        if bottom - top < _SHORTEST:
            continue
        if right - left <= _THIN:
            yield _Rule((left + right) / 2, top, bottom)
        else:
            yield _Rule(left, top, bottom)
            yield _Rule(right, top, bottom)


def _joined(rules: Iterable[_Rule]) -> list[_Rule]:
    """Lines that lie on one another or end to end as one line."""
    made: list[_Rule] = []
    for group in _snapped(sorted(rules)):
        at = sum(rule.at for rule in group) / len(group)
        start, end = None, 0.0
        for rule in sorted(group, key=lambda rule: rule.start):
            if start is None:
                start, end = rule.start, rule.end
            elif rule.start <= end + _SNAP:
                end = max(end, rule.end)
            else:
                made.append(_Rule(at, start, end))
                start, end = rule.start, rule.end
        if start is not None:
            made.append(_Rule(at, start, end))
    return made


def _snapped(rules: Sequence[_Rule]) -> Iterator[list[_Rule]]:
    """Lines grouped by where they lie."""
    group: list[_Rule] = []
    for rule in rules:
        if group and rule.at - group[-1].at > _SNAP:
            yield group
            group = []
        group.append(rule)
    if group:
        yield group


def _cells(across: Sequence[_Rule], down: Sequence[_Rule]) -> list[Rectangle]:
    """The smallest boxes between crossings."""
    on_row: dict[int, list[int]] = defaultdict(list)
    crossings: set[tuple[int, int]] = set()
    for i, row in enumerate(across):
        for j, column in enumerate(down):
            if (
                column.start - _SNAP <= row.at <= column.end + _SNAP
                and row.start - _SNAP <= column.at <= row.end + _SNAP
            ):
                crossings.add((i, j))
                on_row[i].append(j)
    on_column: dict[int, list[int]] = defaultdict(list)
    for i, j in sorted(crossings):
        on_column[j].append(i)
    found = []
    for i, j in sorted(crossings):
        box = _smallest(i, j, on_row[i], on_column[j], crossings)
        if box:
            bottom, right = box
            found.append(Rectangle(down[j].at, across[i].at, down[right].at, across[bottom].at))
    return found


def _smallest(
    row: int, column: int, on_row: Sequence[int], on_column: Sequence[int], crossings: set[tuple[int, int]]
) -> tuple[int, int] | None:
    """The nearest line below and line to the right that close a cell at a crossing."""
    for below in on_column[bisect_right(on_column, row) :]:
        for right in on_row[bisect_right(on_row, column) :]:
            if (below, right) in crossings:
                return below, right
    return None


def _groups(cells: Sequence[Rectangle]) -> Iterator[list[Rectangle]]:
    """Cells that share corners, as one table each."""
    by_corner: dict[tuple[float, float], list[int]] = defaultdict(list)
    for number, cell in enumerate(cells):
        for corner in _corners(cell):
            by_corner[corner].append(number)
    left = set(range(len(cells)))
    for number in range(len(cells)):
        if number not in left:
            continue
        left.discard(number)
        group, ahead = [], [number]
        while ahead:
            one = ahead.pop()
            group.append(cells[one])
            for corner in _corners(cells[one]):
                near = [other for other in by_corner[corner] if other in left]
                left.difference_update(near)
                ahead.extend(near)
        yield group


def _corners(cell: Rectangle) -> tuple[tuple[float, float], ...]:
    left, top, right, bottom = cell
    return (left, top), (right, top), (left, bottom), (right, bottom)


def _grid(boxes: Sequence[Rectangle]) -> Grid | None:
    """Cells with their row and column numbers; None for less than two rows or columns."""
    tops, lefts = _distinct(box.top for box in boxes), _distinct(box.left for box in boxes)
    if len(tops) < 2 or len(lefts) < 2:
        return None
    cells = sorted(Cell(_place(tops, box.top), _place(lefts, box.left), box) for box in boxes)
    outline = Rectangle(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )
    return Grid(tuple(cells), outline, tuple(lefts))


def _distinct(values: Iterable[float]) -> list[float]:
    """Sorted values without those that are all but the same."""
    kept: list[float] = []
    for value in sorted(values):
        if not kept or value - kept[-1] > _SNAP:
            kept.append(value)
    return kept


def _place(edges: Sequence[float], value: float) -> int:
    return max(0, bisect_left(edges, value + _SNAP) - 1)


def cells_at(grids: Sequence[Grid], y: float) -> tuple[CellSpan, ...]:
    """The cells at a height of the page."""
    return tuple(
        CellSpan(max(grid.box.left, left), min(grid.box.right, right), (number, place))
        for number, grid in enumerate(grids)
        if grid.box.top <= y <= grid.box.bottom
        for place, (_, _, (left, top, right, bottom)) in enumerate(grid.cells)
        if top <= y <= bottom
    )


def cell_at(row: Iterable[CellSpan], x: float) -> tuple[int, int] | None:
    """The first of some cells at one height that a point lies in: its grid, and its place there."""
    for left, right, cell in row:
        if left <= x <= right:
            return cell
    return None


def is_filled(grid: Grid, filled: Collection[int]) -> bool:
    """Whether the cells with text (by place in the grid) make a table: in two rows and two columns at least.

    Coloured boxes on slides cross like the lines of a grid, but hold text in a box or two.
    """
    cells = [grid.cells[place] for place in filled]
    return len(cells) > 2 and len({cell.row for cell in cells}) > 1 and len({cell.column for cell in cells}) > 1
