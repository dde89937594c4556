"""Words that a PDF glues together ("bondshall beissuedby"), found and split by the distance of their glyphs.

Some files hold no space characters and set words so close that PDFium sees none. Such pages give themselves away
by words that are too long; only there are all the glyphs measured.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from analyzer.parsing.pdf_calls import argument, loose_edges
from analyzer.parsing.pdf_page import Line

__all__ = ["looks_glued", "split_words"]

_LONGEST = 16
"""Letters that few English words exceed ("responsibilities" has 16)."""
_MEAN = 6.6
"""Mean letters of a word, above which a page's words may run together; contracts have 5 to 6."""
_GAP = 0.07
"""Ems between two glyphs, beyond what is usual in the line, that part two words."""
_OVERHANG = {"f": 0.05}
"""Ems by which a letter's box reaches over the next letter's."""


def looks_glued(text: str) -> bool:
    """Whether a page holds words that are too long to be one."""
    words = text.split()
    if not words:
        return False
    if max(map(len, words)) <= _LONGEST and len("".join(words)) < _MEAN * len(words):
        return False
    plain = list(filter(str.isalpha, words))
    if len(plain) >= 40 and len("".join(plain)) > _MEAN * len(plain):
        return True
    return len({word for word in plain if len(word) > _LONGEST}) >= 2


def split_words(text_page: Any, lines: Iterable[Line]) -> Iterator[Line]:
    """The lines, each with the places where its words stand apart."""
    for line in lines:
        is_measured = not line.part and any(len(word) > 5 for word in line.text.split())
        gaps = tuple(_gaps(text_page, line)) if is_measured else ()
        yield line._replace(gaps=gaps) if gaps else line


def _gaps(text_page: Any, line: Line) -> Iterator[int]:
    """Places in a line's text where two letters stand further apart than the line's letters do."""
    steps = _steps(text_page, line)
    inner = sorted(step for step in steps.values())
    if len(inner) < 4:
        return
    usual = inner[len(inner) // 2]
    for place, step in steps.items():
        if step > max(usual, 0.0) + (_GAP - _OVERHANG.get(line.text[place - 1], 0.0)) * line.size:
            yield place


def _steps(text_page: Any, line: Line) -> dict[int, float]:
    """For each two glyphs of a word that touch in the text, the space between them in points, by the second's place."""
    lefts, _, rights, _ = loose_edges(argument(text_page), range(line.first, line.first + len(line.text)))
    steps = {}
    for match in re.finditer(r"\S{2,}", line.text):
        for place in range(match.start() + 1, match.end()):
            pair = line.text[place - 1 : place + 1]
            if pair[1].isalnum() and (pair[0].isalnum() or pair[0] in ",;:)"):
                steps[place] = lefts[place] - rights[place - 1]
    return steps
