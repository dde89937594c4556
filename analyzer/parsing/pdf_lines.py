"""The lines of a PDF page with their place, size and weight.

Geometry is asked for two characters of each line, not for all of them: a call into PDFium costs about a
microsecond, and a page has 50 lines but 3,000 characters.
"""

import ctypes
import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice, repeat
from operator import sub
from typing import Any

from analyzer.parsing.pdf_calls import (
    Argument,
    argument,
    as_argument,
    bound_calls,
    char_boxes,
    char_origins,
    char_scales,
    run_box,
)
from analyzer.parsing.pdf_page import HYPHEN, Frame, Line, Rectangle, index_map

__all__ = ["char_box", "has_wide_gaps", "read_lines", "read_rectangles", "shown_boxes", "shown_sides"]

_BULLET_OR_SPACE = re.compile(r"[\s\uf000-\uf0ff•·▪■●○◦➢❖✓✔-]+(?=\S)")
_BOLD_NAMES = ("bold", "black", "heavy", "demi", "semibd")
_MOST_RECTANGLES = 2000
_SAMPLE = 6
"""Lines that are looked at for a gutter."""
_WIDE = 0.9
"""Ems; justified lines stretch their spaces to less."""
_NAME = ctypes.create_string_buffer(128)
_NAME_PLACE, _NAME_LENGTH = argument(ctypes.addressof(_NAME)), ctypes.c_size_t(len(_NAME))
_made = partial(tuple.__new__, Line)
"""A line from its values in order; calling the class itself takes three times as long."""


def read_lines(text_page: Any, text: str, number: int, frame: Frame) -> tuple[Line, ...]:
    """The lines of page ``number``, whose text is ``text``, in the order of the file.

    Everything is asked for all lines at once, and the answers are handled as columns: a page has some fifty lines,
    and a step of Python for each answer costs as much as the call.
    """
    handle = argument(text_page)
    texts, firsts, broken = _pieces(text)
    lasts = [first + len(line) - 1 for first, line in zip(firsts, texts, strict=True)]
    inners = list(map(_inner, texts, firsts))
    to_index = index_map(text_page, len(text))
    if to_index is not None:
        firsts, lasts, inners = list(map(to_index, firsts)), list(map(to_index, lasts)), list(map(to_index, inners))
    for place, line in enumerate(texts):
        if line[-1] == "-" and not broken[place] and (cut := _without_hyphen(handle, line, lasts[place])):
            broken[place], texts[place] = True, cut
    lefts, rights, baselines = _edges(handle, firsts, lasts, frame)
    sizes = _sizes(handle, inners)
    columns = zip(
        repeat(number), firsts, texts, lefts, rights, baselines, sizes, _bold(handle, inners, lasts), broken,
        repeat(()), repeat(""),
    )  # fmt: skip
    return tuple(map(_made, columns))


def _pieces(text: str) -> tuple[list[str], list[int], list[bool]]:
    """The lines of a page's text without space at their ends, where each starts, and whether a hyphen ended it."""
    texts, firsts, broken = [], [], []
    place, last = 0, len(text)
    for piece in text.replace("\r", "\n").replace(HYPHEN, "\n").split("\n"):
        end = place + len(piece)
        line = piece.strip()
        if line:
            texts.append(line)
            firsts.append(place + piece.index(line[0]))
            broken.append(end < last and text[end] == HYPHEN)
        place = end + 1
    return texts, firsts, broken


def _inner(text: str, first: int) -> int:
    """The place of a line's first character that is no bullet, whose type stands for the line's."""
    if text[0].isalnum() or (bullet := _BULLET_OR_SPACE.match(text)) is None:
        return first
    return first + bullet.end()


def _without_hyphen(handle: Argument, text: str, last: int) -> str:
    """A line without the hyphen that breaks its last word; empty where it ends with a dash.

    PDFium leaves the hyphen as it is at the end of a column or page, or where a gap before it passes for a space.
    """
    if len(text) > 3 and text[-3:-1].isalpha():
        return text[:-1]
    if len(text) > 3 and text[-2] == " " and text[-3].isalpha() and bound_calls().is_generated(handle, last - 1) == 1:
        return text[:-2]
    return ""


def _edges(
    handle: Argument, firsts: Sequence[int], lasts: Sequence[int], frame: Frame
) -> tuple[list[float], list[float], list[float]]:
    """Left edges, right edges and baselines of lines from their first and last characters."""
    xs, ys = char_origins(handle, firsts)
    boxes = char_boxes(handle, lasts)
    if frame.turn == 0:
        lefts, rights = [x - frame.left for x in xs], [right - frame.left for right in map(max, boxes[1], xs)]
        return lefts, rights, [frame.top - y for y in ys]
    starts = list(map(frame.shown, xs, ys))
    right = [frame.rectangle(*edges).right for edges in zip(boxes[0], boxes[2], boxes[1], boxes[3], strict=True)]
    return (
        [x for x, _ in starts],
        [max(x, left) for x, (left, _) in zip(right, starts, strict=True)],
        [y for _, y in starts],
    )


def char_box(handle: Argument, index: int, frame: Frame) -> Rectangle:
    """The box of a character's ink; empty for a space. ``handle`` is the text page."""
    return shown_boxes(handle, (index,), frame)[0]


def shown_boxes(handle: Argument, indices: Sequence[int], frame: Frame) -> list[Rectangle]:
    """The boxes of characters' ink; empty ones for spaces. ``handle`` is the text page."""
    lefts, rights, bottoms, tops = char_boxes(handle, indices)
    return list(map(frame.rectangle, lefts, bottoms, rights, tops))


def shown_sides(handle: Argument, indices: Sequence[int], frame: Frame) -> list[tuple[float, float]]:
    """The left and right edges of the boxes of characters' ink. ``handle`` is the text page."""
    if frame.turn:
        return [(left, right) for left, _, right, _ in shown_boxes(handle, indices, frame)]
    lefts, rights, _, _ = char_boxes(handle, indices)
    pairs = zip(lefts, rights, strict=True)
    return [(min(left, right) - frame.left, max(left, right) - frame.left) for left, right in pairs]


def _sizes(handle: Argument, indices: Sequence[int]) -> list[float]:
    """The type sizes of characters in points, to a tenth, with the scale that the page puts on them."""
    given = list(zip(map(bound_calls().font_size, repeat(handle), indices), *char_scales(handle, indices), strict=True))
    known = {key: _size(*key) for key in set(given)}
    return [known[key] for key in given]


def _size(size: float, slant: float, height: float) -> float:
    return round(size * (abs(height) if slant == 0 else (slant * slant + height * height) ** 0.5), 1)


def _bold(handle: Argument, inners: Sequence[int], lasts: Sequence[int]) -> list[bool]:
    """Whether the type of lines is bold at their start and end."""
    calls = bound_calls()
    fonts = list(map(calls.font, map(as_argument, map(calls.text_object, repeat(handle), inners))))
    known = {font: _is_bold(font) for font in set(fonts)}
    bold = [known[font] for font in fonts]
    if True not in bold:
        return bold
    for place in (place for place, is_bold in enumerate(bold) if is_bold):
        font = calls.font(as_argument(calls.text_object(handle, lasts[place])))
        if font not in known:
            known[font] = _is_bold(font)
        bold[place] = known[font]
    return bold


def _is_bold(font: int | None) -> bool:
    """Whether a font has a bold name; the answers hold for as long as the page is open."""
    if not font:
        return False
    bound_calls().font_name(as_argument(font), _NAME_PLACE, _NAME_LENGTH)
    name = _NAME.value.decode("latin-1").lower()
    return any(word in name for word in _BOLD_NAMES)


def has_wide_gaps(text_page: Any, lines: Sequence[Line], frame: Frame) -> bool:
    """Whether lines may run across a gutter: half of some of the widest have a gap much wider than a space.

    Asking for all runs of text costs as much as reading the page; this costs a tenth of it.
    """
    wide = [line for line in lines if line.right - line.left > 0.5 * frame.width]
    if frame.turn or len(wide) < _SAMPLE:
        return len(wide) >= _SAMPLE
    sample = wide[:: len(wide) // _SAMPLE][:_SAMPLE]
    handle, half = argument(text_page), _SAMPLE // 2
    found = sum(_are_wide(handle, sample[: half + 1]))
    return found >= half or (found > 0 and found + sum(_are_wide(handle, sample[half + 1 :])) >= half)


def _are_wide(handle: Argument, lines: Sequence[Line]) -> Iterator[bool]:
    """For each line, whether a gap between words is wide; its outer sixths aside, where no gutter is."""
    spaces = [tuple(_inner_spaces(line.text)) for line in lines]
    places = [line.first + space for line, own in zip(lines, spaces, strict=True) for space in own]
    ends = char_boxes(handle, [place - 1 for place in places])[1]
    starts, _ = char_origins(handle, [place + 1 for place in places])
    gaps = map(sub, starts, ends)
    for line, own in zip(lines, spaces, strict=True):
        yield max((0.0, *islice(gaps, len(own)))) > _WIDE * line.size


def _inner_spaces(text: str) -> Iterator[int]:
    last = len(text) * 5 // 6
    place = text.find(" ", len(text) // 6, last)
    while place > 0:
        yield place
        place = text.find(" ", place + 1, last)


def read_rectangles(text_page: Any, frame: Frame) -> tuple[Rectangle, ...]:
    """Runs of text as PDFium groups them."""
    import pypdfium2.raw as raw

    handle, found = argument(text_page), []
    for number in range(min(raw.FPDFText_CountRects(text_page, 0, -1), _MOST_RECTANGLES)):
        left, top, right, bottom = run_box(handle, number)
        found.append(frame.rectangle(left, bottom, right, top))
    return tuple(found)
