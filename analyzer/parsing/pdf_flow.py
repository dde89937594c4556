"""Lines of a PDF put together to paragraphs, headings and list items, over line, column and page ends.

A PDF knows no paragraphs. A line starts a new one when the space above it, its indent, its type or a list marker
says so, or when the line before it ended although the next word would have fitted. Lower case after an unfinished
sentence outweighs most of these: a sentence torn in two costs more than two items in one block.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from analyzer.document import BlockKind
from analyzer.parsing.pdf_page import Gutter, Line

__all__ = ["Layout", "Measure", "PageLayout", "Paragraph", "gather", "is_contents", "measure", "starts_item", "survey"]

_BULLET = re.compile(r"[•▪■●○◦➢❖✓✔►▶‣⁃·\uf000-\uf0ff](?=\s|$)")
_DASH = re.compile(r"[-–—o]\s+\S")
_NUMBER = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z]{1,2}|[ivxIVX]{1,5})[.)](?=\s|$)|\[\d{1,3}\](?=\s)")
_DECIMAL = re.compile(r"(?:[A-Z]\.)?\d{1,3}(?:\.\d{1,3})+\.?(?=\s|$)|[A-Z]\.\d{1,3}\.?(?=\s|$)")
_NAMES = frozenset("article section attachment appendix exhibit schedule part annex chapter addendum".split())
_NAMED = re.compile(
    r"(?:article|section|attachment|appendix|exhibit|schedule|part|annex|chapter|addendum)\s+(?:[ivxlc]+|\d+[\d.]*|[a-z])\b",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"(?:\d{1,2}|[IVX]{1,5}|[A-Z])\.\s")
_IDENTIFIER = re.compile(r"[A-Z]{1,5}[-.]?\d{1,4}(?:\.\d{1,3})*(?=\s)")
_PAGE_NUMBER = "0123456789ivxlcIVXLC- "
_CONTENTS_ENDS = _PAGE_NUMBER + ".…"
"""With what a line of a table of contents can end."""
_SENTENCE_ENDS = frozenset(".?!:;")
_CLOSING = "\"'”’)]"
_LETTERS = re.compile(r"[^\W\d_]+")
_OUTDENT = 0.6
"""Ems by which a line must stand to the side of another to count as indented."""
_LONGEST_HEADING = 140


@dataclass(frozen=True, slots=True)
class Measure:
    """What is usual in a document or on a page, for judging what is not."""

    size: float
    """The type size of running text in points."""
    pitch: float
    """Distance of baselines within a paragraph, as a multiple of the type size."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together."""

    lines: tuple[Line, ...]
    kind: BlockKind


@dataclass(frozen=True, slots=True)
class PageLayout:
    """What the lines of one page are judged against."""

    pitch: float
    gutters: tuple[Gutter, ...]
    rights: dict[int, float]
    """Right edge of each column, counted from the left."""


Layout = Mapping[int, PageLayout]
"""The layout of each page by its number."""


def measure(lines: Sequence[Line]) -> Measure:
    """The usual type size and line distance of the text."""
    sizes: Counter[float] = Counter()
    for _, _, text, _, _, _, size, _, _, _, _ in lines:
        sizes[size] += len(text)
    most = sizes.most_common(1)[0][0] if sizes else 10.0
    return Measure(most or 10.0, _pitch(lines) or 1.2)


def _pitch(lines: Sequence[Line]) -> float:
    """The most common distance of two baselines as a multiple of the type size; 0 without lines to tell."""
    steps: Counter[int] = Counter()
    last_page, last_size, last_baseline = -1, 0.0, 0.0
    for page, _, _, _, _, baseline, size, _, _, _, _ in lines:
        if size == last_size > 0 and page == last_page:
            steps[int((baseline - last_baseline) / size * 10 + 0.5)] += 1
        last_page, last_size, last_baseline = page, size, baseline
    likely = {step: count for step, count in steps.items() if 8 <= step <= 32}
    if not likely:
        return 0.0
    most = max(likely.values())
    return min(step for step, count in likely.items() if count >= 0.7 * most) / 10


def gather(lines: Sequence[Line], usual: Measure, layout: Layout) -> Iterator[Paragraph]:
    """Lines in reading order as paragraphs."""
    block: list[Line] = []
    before: BlockKind | None = None
    for line in lines:
        if block and not _goes_on(block, line, layout) and _starts_new(block, line, layout, before):
            made = Paragraph(tuple(block), _kind(block, usual))
            before = made.kind
            yield made
            block = []
        block.append(line)
    if block:
        yield Paragraph(tuple(block), _kind(block, usual))


def survey(lines: Iterable[Line], usual: Measure, gutters: Mapping[int, tuple[Gutter, ...]]) -> Layout:
    """What the lines of each page are judged against. ``gutters`` are those of each page."""
    by_page: dict[int, list[Line]] = {}
    for line in lines:
        by_page.setdefault(line.page, []).append(line)
    pages = {}
    for number, own in by_page.items():
        strips = gutters.get(number, ())
        pitch = (_pitch(own) if len(own) >= 12 else 0.0) or usual.pitch
        pages[number] = PageLayout(pitch, strips, dict(_right_edges(own, strips)))
    return pages


def _column(line: Line, gutters: Sequence[Gutter]) -> int:
    """The column that a line stands in, from 0; -1 for a line across a gutter."""
    for number, gutter in enumerate(gutters):
        if line.right <= gutter.right:
            return number
        if line.left < gutter.left:
            return -1
    return len(gutters)


def _right_edges(lines: Iterable[Line], gutters: Sequence[Gutter]) -> Iterator[tuple[int, float]]:
    """Where lines of each column end: the third-longest line, so that one that sticks out does not count."""
    ends: dict[int, list[float]] = {}
    if gutters:
        for line in lines:
            ends.setdefault(_column(line, gutters), []).append(line.right)
    else:
        ends[0] = [line.right for line in lines]
    for column, values in ends.items():
        values.sort(reverse=True)
        yield column, values[min(2, len(values) // 8)]


def is_contents(text: str) -> bool:
    """Whether a line is one of a table of contents: dots that lead to a page number."""
    if text[-1] not in _CONTENTS_ENDS or (".." not in text and ". ." not in text and "……" not in text):
        return False
    stem = text.rstrip(_PAGE_NUMBER)
    dots = stem[len(stem.rstrip(". …")) :]
    return dots.count(".") + 2 * dots.count("…") >= 4


def starts_item(text: str) -> bool:
    """Whether a line starts with a bullet, a number or a letter of a list or clause."""
    return not _is_plain(text) and bool(
        _BULLET.match(text) or _NUMBER.match(text) or _DECIMAL.match(text) or _NAMED.match(text) or _DASH.match(text)
    )


def _is_plain(text: str) -> bool:
    """Whether a line starts with a word that can't open an item; a cheap look that settles most lines."""
    start = text[:2]
    if not start.isalpha() or not start[-1].islower() or text[2:3] in ".)":
        return False
    return not start[0].isupper() or text.split(" ", 1)[0].lower() not in _NAMES


def _is_unfinished(line: Line) -> bool:
    return line.is_hyphenated or line.text.rstrip(_CLOSING)[-1:] not in _SENTENCE_ENDS


def _goes_on_small(line: Line) -> bool:
    return line.text[0].islower() and not _NUMBER.match(line.text) and not _BULLET.match(line.text)


def _is_full(above: Line, line: Line, edge: float) -> bool:
    """Whether the next line's first word would not have fitted at this line's end."""
    word = line.text.split(" ", 1)[0]
    letter = max(above.right - above.left, 1.0) / max(len(above.text), 1)
    return above.right + (1.15 * len(word) + 2) * letter > edge


def _goes_on(block: Sequence[Line], line: Line, pages: Layout) -> bool:
    """Whether a line plainly continues a paragraph: the same type, right under a full line, at its left edge.

    Most lines do. ``_starts_new`` comes to the same answer by way of all its questions.
    """
    number, _, text, left, _, baseline, size, is_bold, _, _, _ = line
    page, _, last, edge, _, above, last_size, was_bold, _, _, _ = block[-1]
    if number != page or size != last_size or is_bold != was_bold or not _is_plain(text):
        return False
    layout = pages[page]
    if not (0.4 * size <= baseline - above <= size * layout.pitch * 1.15 + 0.6 and abs(left - edge) <= _OUTDENT * size):
        return False
    if is_contents(text) or is_contents(last):
        return False
    return _is_full(block[-1], line, layout.rights[_column(block[-1], layout.gutters) if layout.gutters else 0])


def _starts_new(block: Sequence[Line], line: Line, pages: Layout, before: BlockKind | None) -> bool:
    above, page = block[-1], pages[line.page]
    if is_contents(above.text):
        return True
    if is_contents(line.text):
        return not (before is BlockKind.CONTENTS and len(block) == 1 and above.page == line.page)
    drop = line.baseline - above.baseline
    is_jump = above.page != line.page or drop < -0.5 * above.size
    if not is_jump and (abs(drop) < 0.4 * max(line.size, above.size) or _is_lone_bullet(block)):
        return False
    edge = pages[above.page].rights[_column(above, pages[above.page].gutters)]
    full = _is_full(above, line, edge)
    torn = _is_unfinished(above) and (_goes_on_small(line) or above.is_hyphenated)
    if _changes_type(block, line) or (not full and _ends_capitals(block, line)):
        return not (torn and full and abs(line.size - above.size) < 0.15 * above.size)
    if _opens_item(block, line, full, drop if not is_jump else None, page.pitch):
        return True
    if is_jump:
        return not (torn or (full and _is_unfinished(above) and not _is_title(block)))
    if drop > line.size * page.pitch * 1.15 + 0.6 and not _keeps_pitch(block, drop):
        reach = 2.1 if torn else 1.4 if full and _is_unfinished(above) else 0.0
        return drop > line.size * page.pitch * reach
    if not full:
        return not torn
    return _is_indented(block, line) and not torn


def _keeps_pitch(block: Sequence[Line], drop: float) -> bool:
    """Whether lines of the block stand as far apart as the next one from the last."""
    if len(block) < 2:
        return False
    return abs(block[-1].baseline - block[-2].baseline - drop) < 0.4


def _is_lone_bullet(block: Sequence[Line]) -> bool:
    return len(block) == 1 and len(block[0].text) < 3 and _BULLET.match(block[0].text) is not None


def _is_title(block: Sequence[Line]) -> bool:
    return len(block) < 3 and all(line.is_bold or line.text.isupper() for line in block)


def _changes_type(block: Sequence[Line], line: Line) -> bool:
    above = block[-1]
    if line.size != above.size and abs(line.size - above.size) > 0.12 * max(line.size, above.size):
        return True
    return above.is_bold != line.is_bold and all(other.is_bold for other in block) != line.is_bold


def _ends_capitals(block: Sequence[Line], line: Line) -> bool:
    """Whether a line in lower case follows a block in capitals."""
    above = block[-1]
    if not above.text.isupper() or line.text.isupper() or len(above.text) < 4:
        return False
    return all(other.text.isupper() for other in block)


def _opens_item(block: Sequence[Line], line: Line, full: bool, drop: float | None, pitch: float) -> bool:
    """Whether a line starts a list item or numbered clause, and not with a number inside a sentence.

    ``drop`` is None at the head of a page or column.
    """
    text = line.text
    if _is_plain(text):
        return False
    if _BULLET.match(text):
        return True
    if not (starts_item(text) or _IDENTIFIER.match(text)):
        return False
    if not (full and _is_unfinished(block[-1])):
        return True
    if drop is not None and drop > line.size * pitch * 1.12:
        return True
    home = block[-1].left if len(block) > 1 and drop is not None else None
    stands_out = home is not None and abs(line.left - home) > _OUTDENT * line.size
    is_sibling = _style(block[0].text) == _style(text) != "" and abs(block[0].left - line.left) < 2
    return stands_out or is_sibling


def _style(text: str) -> str:
    """The shape of a list number, such as ``(a)`` or ``0.0``; empty without one."""
    match = _NUMBER.match(text) or _DECIMAL.match(text) or _DASH.match(text)
    return re.sub(r"[a-zA-Z]+", "a", re.sub(r"\d+", "0", match.group())) if match else ""


def _is_indented(block: Sequence[Line], line: Line) -> bool:
    """Whether a line that follows a full one stands to the side, as the first line of a paragraph does."""
    step = _OUTDENT * line.size
    if len(block) == 1:
        is_hanging = starts_item(block[0].text)
        return line.left > block[0].left + step and not is_hanging and not _is_unfinished(block[0])
    return abs(line.left - block[-1].left) > step


def _kind(block: Sequence[Line], usual: Measure) -> BlockKind:
    first = block[0].text
    if is_contents(block[-1].text):
        return BlockKind.CONTENTS
    if _is_heading(block, usual):
        return BlockKind.HEADING
    if _BULLET.match(first) or _NUMBER.match(first) or _DASH.match(first):
        return BlockKind.LIST_ITEM
    return BlockKind.PARAGRAPH


def _is_heading(block: Sequence[Line], usual: Measure) -> bool:
    if len(block) > 3:
        return False
    text = " ".join([line.text for line in block])
    if len(text) > _LONGEST_HEADING or text[-1] in ";,":
        return False
    is_big = all(line.size >= usual.size * 1.12 for line in block)
    is_loud = all(line.is_bold for line in block) or text.isupper()
    if not is_big and not is_loud and (text[-1] in ".:?" or _numbered(text) is None):
        return False
    words = _LETTERS.findall(text)
    if len("".join(words)) < 3:
        return False
    is_sentence = text[-1] == "." and len(words) > 6
    if is_big:
        return not is_sentence and text[0] != "•"
    if _BULLET.match(text):
        return False
    if all(line.is_bold for line in block):
        return not is_sentence and len(words) <= 16
    if text.isupper():
        return len(words) <= 14 and not is_sentence
    return _is_numbered_title(text, words)


def _numbered(text: str) -> "re.Match[str] | None":
    """The number or name that a title may start with."""
    return _DECIMAL.match(text) or _NAMED.match(text) or _ORDINAL.match(text)


def _is_numbered_title(text: str, words: Sequence[str]) -> bool:
    """A number and a few words in title case, without a full stop at the end."""
    number = _numbered(text)
    if number is None or text[-1] in ".:?" or len(words) > 9:
        return False
    long = [word for word in _LETTERS.findall(text[number.end() :]) if len(word) > 3]
    return bool(long) and all(word[0].isupper() for word in long)
