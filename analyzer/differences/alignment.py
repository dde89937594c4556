"""Which words of two texts are the same, in order: unique phrases first, then what lies between them.

Long common texts are anchored at phrases that occur as often in each (Bram Cohen's patience diff, with phrases in place
of lines), so that the cost grows with the length and not with its square; only the gaps are compared word by word.
"""

from bisect import bisect_left
from collections.abc import Container, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

__all__ = ["Gap", "Run", "align", "gaps", "runs_between", "settled_at"]

_PHRASES = (8, 4, 2, 1)
"""Lengths of the phrases that are looked for, in words."""
_RECURRING = 4
"""Words from which a phrase may occur more than once."""
_SMALL = 40_000
"""Pairs of words up to which a gap is compared at once."""
_LARGEST = 9_000_000


class Run(NamedTuple):
    """Words that are the same: ``size`` of them from these places."""

    old: int
    new: int
    size: int


class Gap(NamedTuple):
    """Words that are not the same: half-open ranges, one of which may be empty."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def align(old: Sequence[str], new: Sequence[str]) -> tuple[Run, ...]:
    """Runs of the same words, in order, neighbouring ones joined."""
    made: list[Run] = []
    for run in sorted(_runs(old, new, Gap(0, len(old), 0, len(new)))):
        if made and made[-1].old + made[-1].size == run.old and made[-1].new + made[-1].size == run.new:
            made[-1] = made[-1]._replace(size=made[-1].size + run.size)
        else:
            made.append(run)
    return tuple(made)


def gaps(runs: Sequence[Run], old: int, new: int) -> Iterator[Gap]:
    """What lies between the runs of two texts of ``old`` and ``new`` words."""
    for before, after in pairwise((Run(0, 0, 0), *runs, Run(old, new, 0))):
        gap = Gap(before.old + before.size, after.old, before.new + before.size, after.new)
        if gap.old_start < gap.old_end or gap.new_start < gap.new_end:
            yield gap


def runs_between(found: Sequence[Gap], old: int, new: int) -> Iterator[Run]:
    """The runs of which ``gaps`` gives these gaps."""
    for before, after in pairwise((Gap(0, 0, 0, 0), *found, Gap(old, old, new, new))):
        if before.old_end < after.old_start:
            yield Run(before.old_end, before.new_end, after.old_start - before.old_end)


def settled_at(gap: Gap, old: Sequence[str], new: Sequence[str], starts: Container[int], room: int) -> Gap:
    """A gap with words on one side only, moved to where a sentence of that side starts, as far as the words allow.

    "a b [c a b] d" and "[a b c] a b d" say the same; the second shows which sentence was added. ``starts`` are the
    first words of sentences, ``room`` how many words before the gap are the same on both sides.
    """
    is_added = gap.old_start == gap.old_end
    if not is_added and gap.new_start < gap.new_end:
        return gap
    words = new if is_added else old
    first, last = (gap.new_start, gap.new_end) if is_added else (gap.old_start, gap.old_end)
    for step in range(room + 1):
        if first - step in starts:
            return Gap(gap.old_start - step, gap.old_end - step, gap.new_start - step, gap.new_end - step)
        if words[first - step - 1] != words[last - step - 1]:
            break
    return gap


def _runs(old: Sequence[str], new: Sequence[str], whole: Gap) -> Iterator[Run]:
    waiting = [(whole, 0)]
    while waiting:
        gap, level = waiting.pop()
        gap, ends = _trimmed(old, new, gap)
        yield from ends
        first, last, start, end = gap
        pairs = (last - first) * (end - start)
        if not pairs:
            continue
        if pairs <= _SMALL:
            yield from _compared(old, new, gap)
            continue
        anchors: list[tuple[int, int]] = []
        while level < len(_PHRASES) and not (anchors := _anchors(old, new, gap, _PHRASES[level])):
            level += 1
        if not anchors:
            if pairs <= _LARGEST:
                yield from _compared(old, new, gap)
            continue
        size = _PHRASES[level]
        before_old, before_new = first, start
        for place_old, place_new in anchors:
            if place_old < before_old or place_new < before_new:
                continue  # it overlaps the anchor before it
            yield Run(place_old, place_new, size)
            waiting.append((Gap(before_old, place_old, before_new, place_new), level))
            before_old, before_new = place_old + size, place_new + size
        waiting.append((Gap(before_old, last, before_new, end), level))


def _trimmed(old: Sequence[str], new: Sequence[str], gap: Gap) -> tuple[Gap, list[Run]]:
    """A gap without what its sides have in common at their ends."""
    first, last, start, end = gap
    head = 0
    while first + head < last and start + head < end and old[first + head] == new[start + head]:
        head += 1
    tail = 0
    while first + head < last - tail and start + head < end - tail and old[last - tail - 1] == new[end - tail - 1]:
        tail += 1
    ends = [Run(first, start, head), Run(last - tail, end - tail, tail)]
    return Gap(first + head, last - tail, start + head, end - tail), [run for run in ends if run.size]


def _compared(old: Sequence[str], new: Sequence[str], gap: Gap) -> Iterator[Run]:
    first, last, start, end = gap
    matcher = SequenceMatcher(None, old[first:last], new[start:end], autojunk=False)
    for block in matcher.get_matching_blocks():
        if block.size:
            yield Run(first + block.a, start + block.b, block.size)


def _anchors(old: Sequence[str], new: Sequence[str], gap: Gap, size: int) -> list[tuple[int, int]]:
    """Phrases that occur as often on each side, the most of them that keep their order.

    A long phrase may recur, as forms and tables do: the first is paired with the first. A short one occurs once.
    """
    first, last, start, end = gap
    most = last - first if size >= _RECURRING else 1
    here, there = _places(old, first, last, size), _places(new, start, end, size)
    pairs = [
        pair
        for phrase, places in here.items()
        if len(places) <= most and len(places) == len(there.get(phrase, ()))
        for pair in zip(places, there[phrase], strict=True)
    ]
    return _longest_rising(sorted(pairs))


def _places(words: Sequence[str], first: int, last: int, size: int) -> dict[tuple[str, ...], list[int]]:
    found: dict[tuple[str, ...], list[int]] = {}
    for place in range(first, last - size + 1):
        found.setdefault(tuple(words[place : place + size]), []).append(place)
    return found


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest selection of pairs, sorted by their first number, in which the second rises too."""
    ends: list[int] = []
    places: list[int] = []
    before: list[int] = []
    for number, (_, second) in enumerate(pairs):
        place = bisect_left(ends, second)
        before.append(places[place - 1] if place else -1)
        if place == len(ends):
            ends.append(second)
            places.append(number)
        else:
            ends[place], places[place] = second, number
    chosen = []
    number = places[-1] if places else -1
    while number >= 0:
        chosen.append(pairs[number])
        number = before[number]
    return chosen[::-1]
