"""Where two texts really differ: the gaps between what is the same, less what a change of format brings about."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from analyzer.differences.alignment import Gap, Run, align, gaps, runs_between, settled_at
from analyzer.differences.words import Side, Words, joined
from analyzer.document import BlockKind, Layer

__all__ = ["Difference", "differing", "without_shuffles"]

_LONG = 4
"""Words from which a stretch is known again wherever it stands; shorter ones are a chance."""
_ENDS = frozenset('.!?)”"')
_NEAR = 60
"""Words between two differences up to which they may be one table that was read in another order."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Words of one side that the other doesn't have at their place; ``gap`` says which place that is."""

    gap: Gap
    old: tuple[int, ...]
    """Indices of words."""
    new: tuple[int, ...]


def differing(old: Side, new: Side) -> tuple[tuple[Run, ...], tuple[Difference, ...]]:
    """What is the same, and what differs in more than numbering, hyphens, page furniture or repeated table heads."""
    whole = len(old.words), len(new.words)
    starts = frozenset(_starts(old)), frozenset(_starts(new))
    placed: list[Gap] = []
    for gap in gaps(align(old.words.keys, new.words.keys), *whole):
        room = gap.old_start - (placed[-1].old_end if placed else 0)
        own = starts[1] if gap.old_start == gap.old_end else starts[0]
        placed.append(settled_at(gap, old.words.keys, new.words.keys, own, room))
    found = (_essential(old, new, gap) for gap in placed)
    return tuple(runs_between(placed, *whole)), tuple(item for item in found if item is not None)


def _starts(side: Side) -> Iterator[int]:
    """The first word of each sentence."""
    for sentence, _ in side.sentences:
        yield bisect_left(side.words.spans, sentence.span.start, key=lambda span: span.start)


def _essential(old: Side, new: Side, gap: Gap) -> Difference | None:
    here, there = range(gap.old_start, gap.old_end), range(gap.new_start, gap.new_end)
    if _reads_same(old.words, here, new.words, there):
        return None
    mine = tuple(place for place in here if not _is_number_of(old, place))
    yours = tuple(place for place in there if not _is_number_of(new, place))
    if _is_only_note_marks(old, mine, new, yours):
        return None
    if _reads_same(old.words, mine, new.words, yours) or _is_bullet(old, new, gap, mine, yours):
        return None
    if not yours and _stands_aside(old.words, mine, new.words):
        return None
    if not mine and (_stands_aside(new.words, yours, old.words) or _is_table_head(old, gap, new.words, yours)):
        return None
    return Difference(gap, mine, yours)


def _is_number_of(side: Side, place: int) -> bool:
    """Whether a word is the number of a clause, a list item or a footnote."""
    words = side.words
    if words.is_label[place]:
        return True
    if not words.keys[place].isdigit() or side.document.blocks[words.blocks[place]].layer is not Layer.NOTE:
        return False
    # Several footnotes may have been read as one block: a number between two sentences is one of them.
    span = words.spans[place]
    before = side.document.text[max(0, span.start - 2) : span.start].strip()
    after = side.document.text[span.end : span.end + 2].strip()
    is_first = place == 0 or words.blocks[place - 1] != words.blocks[place]
    return (is_first or before[-1:] in _ENDS) and after[:1].isupper()


def _is_only_note_marks(old: Side, mine: Sequence[int], new: Side, yours: Sequence[int]) -> bool:
    return (not mine and _are_note_marks(new, yours, old)) or (not yours and _are_note_marks(old, mine, new))


def _are_note_marks(side: Side, places: Sequence[int], other: Side) -> bool:
    """Whether words are the raised numbers of footnotes, which a page shows and a Word file counts by itself.

    They touch the word before, and there are as many footnotes on the other side.
    """
    notes = sum(block.layer is Layer.NOTE for block in other.document.blocks) if places else 0
    return notes > 0 and all(
        (key := side.words.keys[place]).isdigit()
        and 0 < int(key) <= notes
        and not side.document.text[side.words.spans[place].start - 1 : side.words.spans[place].start].isspace()
        for place in places
    )


def _reads_same(old: Words, here: Iterable[int], new: Words, there: Iterable[int]) -> bool:
    return joined(old.keys[place] for place in here) == joined(new.keys[place] for place in there)


def _is_bullet(old: Side, new: Side, gap: Gap, mine: Sequence[int], yours: Sequence[int]) -> bool:
    """Whether all that differs is the sign before a list item, which a font for symbols spells as a letter."""
    return _is_sign(new, old, gap.old_end, yours, mine) or _is_sign(old, new, gap.new_end, mine, yours)


def _is_sign(side: Side, other: Side, after: int, signs: Sequence[int], none: Sequence[int]) -> bool:
    if none or len(signs) != 1 or after >= len(other.words):
        return False
    key = side.words.keys[signs[0]]
    block = other.document.blocks[other.words.blocks[after]]
    is_first = after == 0 or other.words.blocks[after - 1] != other.words.blocks[after]
    return len(key) == 1 and not key.isdigit() and is_first and block.kind is BlockKind.LIST_ITEM


def _stands_aside(words: Words, places: Sequence[int], other: Words) -> bool:
    """Whether words are one running header, footer or repeated head of the other side, page numbers aside."""
    mine = [_page_number(words.keys[place]) for place in places]
    return bool(mine) and any(mine == list(map(_page_number, keys)) for keys in other.aside)


def _page_number(key: str) -> str:
    return "#" if key.isdigit() else key


def _is_table_head(old: Side, gap: Gap, new: Words, places: Sequence[int]) -> bool:
    """Whether words that are added within a table are the first row of a table, printed again on another page."""
    added = Counter(new.keys[place] for place in places)
    around = [place for place in (gap.old_start - 1, gap.old_end) if 0 <= place < len(old.words)]
    cells = [old.document.blocks[old.words.blocks[place]].cell for place in around]
    return any(cell is not None and added == Counter(_head_of(old, cell[0])) for cell in cells)


def _head_of(side: Side, table: int) -> Iterator[str]:
    for key, block in zip(side.words.keys, side.words.blocks, strict=True):
        cell = side.document.blocks[block].cell
        if cell is not None and cell[0] == table and cell[1] == 0:
            yield key


def without_shuffles(old: Side, new: Side, differences: Sequence[Difference]) -> tuple[Difference, ...]:
    """The differences without long stretches that stand elsewhere, and without tables read in another order."""
    left = _without_moved(old.words, new.words, differences)
    settled = (item for group in _groups(left) for item in _settled(old, new, group))
    return tuple(item for item in settled if not _is_only_note_marks(old, item.old, new, item.new))


def _without_moved(old: Words, new: Words, differences: Sequence[Difference]) -> Iterator[Difference]:
    """Cancel stretches that are missing at one place and added at another, the longest first."""
    gone = [(number, place) for number, item in enumerate(differences) for place in item.old]
    come = [(number, place) for number, item in enumerate(differences) for place in item.new]
    taken_old: set[int] = set()
    taken_new: set[int] = set()
    for first, second, size in _common(old, gone, new, come):
        mine = {place for _, place in gone[first : first + size]}
        yours = {place for _, place in come[second : second + size]}
        if not (mine & taken_old or yours & taken_new):
            taken_old |= mine
            taken_new |= yours
    for item in differences:
        kept = Difference(
            item.gap,
            tuple(place for place in item.old if place not in taken_old),
            tuple(place for place in item.new if place not in taken_new),
        )
        if kept.old or kept.new:
            yield kept


def _common(
    old: Words, gone: Sequence[tuple[int, int]], new: Words, come: Sequence[tuple[int, int]]
) -> list[tuple[int, int, int]]:
    """Stretches of at least ``_LONG`` words within one difference each: places in the two lists and length."""
    index: dict[tuple[str, ...], list[int]] = {}
    for place in range(len(come) - _LONG + 1):
        if come[place][0] == come[place + _LONG - 1][0]:
            index.setdefault(tuple(new.keys[come[place + step][1]] for step in range(_LONG)), []).append(place)
    found = []
    first = 0
    while first <= len(gone) - _LONG:
        phrase = tuple(old.keys[gone[first + step][1]] for step in range(_LONG))
        best = (0, 0)
        if gone[first][0] == gone[first + _LONG - 1][0]:
            best = max(((_length(old, gone, first, new, come, at), at) for at in index.get(phrase, ())), default=best)
        if best[0]:
            found.append((first, best[1], best[0]))
        first += max(1, best[0])
    return sorted(found, key=lambda item: (-item[2], item))


def _length(
    old: Words, gone: Sequence[tuple[int, int]], first: int, new: Words, come: Sequence[tuple[int, int]], second: int
) -> int:
    size = 0
    while (
        first + size < len(gone)
        and second + size < len(come)
        and gone[first + size][0] == gone[first][0]
        and come[second + size][0] == come[second][0]
        and old.keys[gone[first + size][1]] == new.keys[come[second + size][1]]
    ):
        size += 1
    return size


def _groups(differences: Iterable[Difference]) -> Iterator[list[Difference]]:
    """Differences that lie near one another."""
    group: list[Difference] = []
    for item in differences:
        if group and item.gap.old_start - group[-1].gap.old_end > _NEAR:
            yield group
            group = []
        group.append(item)
    if group:
        yield group


def _settled(old: Side, new: Side, group: Sequence[Difference]) -> Iterator[Difference]:
    """A group's differences; in a table, words that are only in another order cancel each other."""
    in_cells = [
        any(_in_cell(old, place) for place in item.old) or any(_in_cell(new, place) for place in item.new)
        for item in group
    ]
    gone = Counter(old.words.keys[p] for item, is_in in zip(group, in_cells, strict=True) if is_in for p in item.old)
    come = Counter(new.words.keys[p] for item, is_in in zip(group, in_cells, strict=True) if is_in for p in item.new)
    here, there = gone & come, gone & come
    for item, is_in in zip(group, in_cells, strict=True):
        if not is_in:
            yield item
            continue
        kept = Difference(
            item.gap, tuple(_uncancelled(old.words, item.old, here)), tuple(_uncancelled(new.words, item.new, there))
        )
        if kept.old or kept.new:
            yield kept


def _in_cell(side: Side, place: int) -> bool:
    return side.document.blocks[side.words.blocks[place]].cell is not None


def _uncancelled(words: Words, places: Iterable[int], common: Counter[str]) -> Iterator[int]:
    for place in places:
        if common[words.keys[place]] > 0:
            common[words.keys[place]] -= 1
        else:
            yield place
