"""Which lines of a PDF are running headers, footers and page numbers: those that repeat in the same place.

Files don't say which text is furniture. A line is furniture when, numbers aside, the same words stand at the same
height of the margin on other pages, and no line that is text stands between it and the page's edge.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from analyzer.parsing.pdf_page import Line, PageText

__all__ = ["find_footnotes", "find_furniture"]

_PAGE_NUMBER = re.compile(
    r"[\W_]*(?:page|pg\.?|p\.)?\s*(?:[a-z]{1,3}\s?[-–.])?\s*(?:\d{1,4}|[ivxl]{1,6})\s*(?:(?:of|/|-|–|\|)\s*\d{1,4})?[\W_]*",
    re.IGNORECASE,
)
_EXPLICIT_NUMBER = re.compile(r"[\W_]*page\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?[\W_]*", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_TOP, _BOTTOM = 0.16, 0.86
"""Shares of the page's height that bound the margins in which furniture stands."""
_DEEPEST = 7
"""Rows from the edge that are looked at."""
_SAME_HEIGHT = 6.0
"""Points that a running line may move between pages."""
_NOTE_MARK = re.compile(r"\[?\d{1,3}\]?\s?\S|[*†‡§]")
_LEADERS = re.compile(r"(?:\. ?){5}")
"""The dots of a table of contents, which is often set smaller than the text."""
_NOTE_SIZE = 0.93
"""Type size of a footnote against that of the text, at most."""

_Key = tuple[bool, str, int]


def find_furniture(pages: Sequence[PageText], taken: Mapping[int, Collection[int]]) -> dict[int, frozenset[int]]:
    """For each page number, which of its lines (by their place in ``PageText.lines``) are furniture.

    ``taken`` names lines that can't be, such as those of tables.
    """
    edges = {page.number: tuple(_edges(page, taken.get(page.number, ()))) for page in pages}
    seen: dict[_Key, set[int]] = defaultdict(set)
    for number, sides in edges.items():
        for rows in sides:
            for row in rows:
                for _, _, key in row:
                    seen[key].add(number)
    needed = 2 if len(pages) <= 4 else 3
    return {
        number: frozenset(index for rows in sides for index in _peel(rows, seen, needed))
        for number, sides in edges.items()
    }


_Row = list[tuple[int, Line, _Key]]


def _edges(page: PageText, taken: Collection[int]) -> Iterable[list[_Row]]:
    """The rows in the page's top margin from the top down, and in its bottom margin from the bottom up."""
    height = page.frame.height
    baselines = [line.baseline for line in page.lines]
    above = [index for index, at in enumerate(baselines) if at < height * _TOP and index not in taken]
    below = [index for index, at in enumerate(baselines) if at > height * _BOTTOM and index not in taken]
    yield _rows(True, [(index, page.lines[index]) for index in sorted(above, key=baselines.__getitem__)])
    yield _rows(False, [(index, page.lines[index]) for index in sorted(below, key=lambda index: -baselines[index])])


def _rows(is_top: bool, items: Iterable[tuple[int, Line]]) -> list[_Row]:
    rows: list[_Row] = []
    for index, line in items:
        item = index, line, _key(is_top, line)
        if rows and abs(rows[-1][0][1].baseline - line.baseline) < 3:
            rows[-1].append(item)
        elif len(rows) < _DEEPEST:
            rows.append([item])
        else:
            break
    return rows


def _key(is_top: bool, line: Line) -> _Key:
    text = "#" if _PAGE_NUMBER.fullmatch(line.text) else _DIGITS.sub("#", line.text.lower())
    return is_top, text, round(line.baseline / _SAME_HEIGHT)


def _peel(rows: list[_Row], seen: Mapping[_Key, set[int]], needed: int) -> Iterable[int]:
    """Lines of the rows from the edge inwards, up to the first row that holds other text."""
    for row in rows:
        if not all(_is_furniture(line, key, seen, needed) for _, line, key in row):
            return
        yield from (index for index, _, _ in row)


def _is_furniture(line: Line, key: _Key, seen: Mapping[_Key, set[int]], needed: int) -> bool:
    if _EXPLICIT_NUMBER.fullmatch(line.text):
        return True
    side, text, height = key
    pages: set[int] = set()
    for near in (height - 1, height, height + 1):
        pages |= seen.get((side, text, near), set())
    return len(pages) >= (2 if text == "#" else needed)


def find_footnotes(page: PageText, taken: Collection[int], size: float) -> frozenset[int]:
    """The lines at a page's foot in smaller type than the text's ``size``, from one that starts with a mark on."""
    lines = sorted(
        ((index, line) for index, line in enumerate(page.lines) if index not in taken),
        key=lambda item: -item[1].baseline,
    )
    small: list[int] = []
    notes: list[int] = []
    for index, line in lines:
        if line.size > size * _NOTE_SIZE or line.baseline < page.frame.height * 0.4 or _LEADERS.search(line.text):
            break
        small.append(index)
        if _NOTE_MARK.match(line.text):
            notes = list(small)
    return frozenset(notes) if len(notes) < len(lines) else frozenset()
