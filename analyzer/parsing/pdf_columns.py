"""Columns of a PDF page: where the gutters are, and lines in the order in which a person reads them.

Most files hold their text column by column, and PDFium keeps the file's order. Where a file was written row by row
instead, PDFium gives lines that run across the gutter; those are cut there and put in order.
"""

from collections.abc import Callable, Iterator, Sequence

from analyzer.parsing.pdf_page import Gutter, Line, Rectangle

__all__ = [
    "columns_in_order",
    "find_gutters",
    "gutters_between",
    "has_prose_columns",
    "runs_across",
    "stands_in_columns",
]

_BIN = 3.0
_NARROWEST = 7.0
"""Points that a gutter is at least wide; spaces of justified text rarely line up over more."""
_FEWEST = 8
"""Runs of text that a column has at least, one under the other."""
_SPANNING = 0.1
"""Share of the rows that may run across a gutter: titles, wide tables."""


def find_gutters(rectangles: Sequence[Rectangle], width: float) -> tuple[Gutter, ...]:
    """Vertical strips of the page that next to no text crosses, with a column of text on both sides."""
    if not _may_have_columns([box.left for box in rectangles], width):
        return ()
    cover = _coverage(rectangles, width)
    most = max(cover)
    if most < _FEWEST:
        return ()
    limit = max(2, int(_SPANNING * most))
    return tuple(
        Gutter(first * _BIN, last * _BIN)
        for first, last in _strips(cover, limit)
        if (last - first) * _BIN >= _NARROWEST
        and max(cover[:first], default=0) >= max(_FEWEST, most // 3)
        and max(cover[last:], default=0) >= max(_FEWEST, most // 3)
    )


def gutters_between(lines: Sequence[Line], width: float) -> tuple[Gutter, ...]:
    """The gutters of a page whose lines don't run across them."""
    if not _may_have_columns([line.left for line in lines], width):
        return ()
    boxes = [Rectangle(line.left, line.baseline - line.size, line.right, line.baseline) for line in lines]
    return find_gutters(boxes, width)


def _may_have_columns(lefts: Sequence[float], width: float) -> bool:
    """Whether enough runs of text start away from the left margin."""
    return len(lefts) >= 2 * _FEWEST and sum(left > 0.33 * width for left in lefts) >= _FEWEST


def _coverage(rectangles: Sequence[Rectangle], width: float) -> list[int]:
    """How many runs of text stand over each strip of ``_BIN`` points."""
    count = int(max(width, 1.0) / _BIN) + 2
    steps = [0] * (count + 1)
    for left, _, right, _ in rectangles:
        first = min(max(int(left / _BIN), 0), count - 1)
        steps[first] += 1
        steps[min(max(int(right / _BIN) + 1, first + 1), count)] -= 1
    cover, level = [], 0
    for step in steps[:count]:
        level += step
        cover.append(level)
    return cover


def _strips(cover: Sequence[int], limit: int) -> Iterator[tuple[int, int]]:
    """Runs of strips with at most ``limit`` runs of text over them."""
    start = None
    for number, level in enumerate(cover):
        if level <= limit:
            start = number if start is None else start
        elif start is not None:
            yield start, number
            start = None


def runs_across(line: Line, gutter: Gutter) -> bool:
    """Whether a line has text on both sides of a gutter."""
    return line.left < gutter.left and line.right > gutter.right


def has_prose_columns(lines: Sequence[Line], rectangles: Sequence[Rectangle], gutter: Gutter) -> bool:
    """Whether lines that run across a gutter are two columns of prose side by side, not rows of a table or form.

    Prose fills its column; labels and figures don't.
    """
    across = sum(runs_across(line, gutter) for line in lines)
    if across < _FEWEST or across < len(lines) * 0.4:
        return False
    return stands_in_columns(rectangles, gutter)


def stands_in_columns(rectangles: Sequence[Rectangle], gutter: Gutter) -> bool:
    """Whether the runs of text on both sides of a gutter fill their column, as prose does."""
    left = [box for box in rectangles if box.right <= gutter.right]
    right = [box for box in rectangles if box.left >= gutter.left]
    return _fills(left) and _fills(right)


def _fills(boxes: Sequence[Rectangle]) -> bool:
    rows: dict[int, tuple[float, float]] = {}
    for left, _, right, bottom in boxes:
        row = round(bottom / 4)
        low, high = rows.get(row, (left, right))
        rows[row] = min(low, left), max(high, right)
    widths = sorted(high - low for low, high in rows.values())
    return len(widths) >= _FEWEST and widths[len(widths) // 3] > 0.75 * widths[-1] > 75


def columns_in_order(
    lines: Sequence[Line], gutter: Gutter, cut: Callable[[Line, float], int] | None = None
) -> tuple[Line, ...]:
    """Lines column by column between the lines that stand across the gutter.

    ``cut`` gives the place in a line's text of the first word to the right of an x; without it no line is cut.
    """
    ordered: list[Line] = []
    left: list[Line] = []
    right: list[Line] = []
    for line in sorted(lines, key=lambda line: line.baseline):
        if line.right <= gutter.right:
            left.append(line)
        elif line.left >= gutter.left:
            right.append(line)
        else:
            place = cut(line, gutter.middle) if cut else 0
            if place and line.text[place - 1] == " ":
                left.append(line._replace(text=line.text[:place].rstrip(), right=gutter.left, is_hyphenated=False))
                right.append(line._replace(text=line.text[place:], first=line.first + place, left=gutter.right))
            else:
                ordered += [*left, *right, line]
                left, right = [], []
    return (*ordered, *left, *right)
