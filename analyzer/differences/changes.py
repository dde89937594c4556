"""Differences between words as people read them: sentences that were added, removed, changed or moved."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from analyzer.differences.alignment import Run, align, gaps
from analyzer.differences.gaps import Difference
from analyzer.differences.words import Passage, Side, joined
from analyzer.document import Span

__all__ = ["ChangeKind", "TextChange", "likeness", "text_changes"]

ALIKE = 0.6
"""Share of words in common from which two sentences are one that was changed."""
_SHARED = 0.3
"""Share of the shorter sentence's words that another has in its place, from which the two belong together."""
_FEW = 3
"""Words below which a sentence that stands elsewhere is not known again."""
_CANDIDATES = 5
_RAREST = 6
_MOST_WITH_ONE_WORD = 50


class ChangeKind(StrEnum):
    """What became of a sentence."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class TextChange:
    """One change; ``old`` is None for what was added, ``new`` for what was removed."""

    kind: ChangeKind
    old: Passage | None
    new: Passage | None


@dataclass(frozen=True, slots=True)
class _Sentences:
    """The sentences of one side by their words."""

    side: Side
    of_word: tuple[int, ...]
    """The sentence of each word."""
    words: dict[int, tuple[int, ...]]
    """The words of each sentence."""
    touched: dict[int, set[int]]
    """Sentences with a difference in them, and which of their words differ."""

    @classmethod
    def of(cls, side: Side) -> "_Sentences":
        of_word = tuple(side.sentence_at(span.start) for span in side.words.spans)
        words: dict[int, list[int]] = defaultdict(list)
        for place, sentence in enumerate(of_word):
            words[sentence].append(place)
        return cls(side, of_word, {number: tuple(places) for number, places in words.items()}, {})

    def touch(self, places: Sequence[int], start: int, end: int) -> None:
        """Note a difference: the words that differ, or the place between two words of one sentence."""
        for place in places:
            self.touched.setdefault(self.of_word[place], set()).add(place)
        if not places and 0 < start < len(self.of_word) and start == end:
            before, after = self.of_word[start - 1], self.of_word[start]
            if before == after:
                self.touched.setdefault(before, set())

    def keys(self, sentence: int) -> list[str]:
        words = self.side.words
        return [words.keys[place] for place in self.words[sentence] if not words.is_label[place]]

    def passage(self, sentences: Iterable[int], marked: Iterable[int] = ()) -> Passage:
        """Neighbouring sentences as one passage; ``marked`` are words."""
        numbers = sorted(sentences)
        spans = [self.side.sentences[number][0].span for number in numbers]
        span = Span(spans[0].start, max(span.end for span in spans))
        return self.side.passage(span, _joined_spans(self.side, sorted(marked)))


def _joined_spans(side: Side, places: Sequence[int]) -> Iterator[Span]:
    """The spans of words, neighbouring ones as one."""
    start = 0
    for number, place in enumerate(places):
        if number + 1 == len(places) or places[number + 1] != place + 1:
            yield Span(side.words.spans[places[start]].start, side.words.spans[place].end)
            start = number + 1


def likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """How much two sequences of words have in common, 0 to 1."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def text_changes(
    old: Side, new: Side, runs: Sequence[Run], differences: Sequence[Difference]
) -> tuple[TextChange, ...]:
    """The changes, in the order of the new text; what was removed stands where it was."""
    here, there = _Sentences.of(old), _Sentences.of(new)
    for item in differences:
        here.touch(item.old, item.gap.old_start, item.gap.old_end)
        there.touch(item.new, item.gap.new_start, item.gap.new_end)
    changes: list[TextChange] = []
    gone: list[int] = []
    come: list[int] = []
    for mine, yours in _together(here, there, runs):
        if mine and yours:
            changes.append(_changed(here, mine, there, yours))
        else:
            gone += mine
            come += yours
    changes += _elsewhere(here, sorted(gone), there, sorted(come))
    return tuple(sorted(changes, key=lambda change: _place(change, runs, old, new)))


def _together(here: _Sentences, there: _Sentences, runs: Sequence[Run]) -> Iterator[tuple[set[int], set[int]]]:
    """Sentences that stand in one another's place, those with a difference in them and what they belong to."""
    shared: Counter[tuple[int, int]] = Counter()
    for run in runs:
        for step in range(run.size):
            mine, yours = here.of_word[run.old + step], there.of_word[run.new + step]
            if mine in here.touched or yours in there.touched:
                shared[mine, yours] += 1
    partners: dict[tuple[str, int], set[tuple[str, int]]] = defaultdict(set)
    for (mine, yours), count in shared.items():
        if count >= _SHARED * min(len(here.words[mine]), len(there.words[yours])):
            partners["old", mine].add(("new", yours))
            partners["new", yours].add(("old", mine))
    done: set[tuple[str, int]] = set()
    for first in [*(("old", number) for number in here.touched), *(("new", number) for number in there.touched)]:
        if first in done:
            continue
        group, waiting = {first}, [first]
        while waiting:
            for node in partners[waiting.pop()] - group:
                group.add(node)
                waiting.append(node)
        done |= group
        yield {n for side, n in group if side == "old"}, {n for side, n in group if side == "new"}


def _changed(here: _Sentences, mine: set[int], there: _Sentences, yours: set[int]) -> TextChange:
    marked = [place for number in mine for place in here.touched.get(number, ())]
    other = [place for number in yours for place in there.touched.get(number, ())]
    return TextChange(ChangeKind.CHANGED, here.passage(mine, marked), there.passage(yours, other))


def _elsewhere(here: _Sentences, gone: Sequence[int], there: _Sentences, come: Sequence[int]) -> Iterator[TextChange]:
    """Sentences that are on one side only at their place: moved, moved and changed, or really removed or added."""
    left = dict.fromkeys(come)
    by_text: dict[str, list[int]] = defaultdict(list)
    for number in come:
        by_text[joined(there.keys(number))].append(number)
    rest = []
    for number in gone:
        same = by_text.get(joined(here.keys(number)), [])
        if same and len(here.keys(number)) >= _FEW:
            yours = same.pop(0)
            del left[yours]
            yield TextChange(ChangeKind.MOVED, here.passage([number]), there.passage([yours]))
        else:
            rest.append(number)
    alike = _Alike.of(there, left)
    for number in rest:
        found = alike.most(here.keys(number), left)
        if found is None:
            yield TextChange(ChangeKind.REMOVED, here.passage([number]), None)
        else:
            del left[found]
            yield _rewritten(here, number, there, found)
    for number in left:
        yield TextChange(ChangeKind.ADDED, None, there.passage([number]))


@dataclass(frozen=True, slots=True)
class _Alike:
    """Sentences by their words, so that each is held against the few that share its rare ones."""

    keys: dict[int, list[str]]
    by_word: dict[str, list[int]]

    @classmethod
    def of(cls, sentences: _Sentences, numbers: Iterable[int]) -> "_Alike":
        keys = {number: sentences.keys(number) for number in numbers}
        by_word: dict[str, list[int]] = defaultdict(list)
        for number, own in keys.items():
            for key in dict.fromkeys(own):
                by_word[key].append(number)
        return cls(keys, by_word)

    def most(self, keys: Sequence[str], left: Container[int]) -> int | None:
        """The sentence among those left that is most like some words; None where none is."""
        if len(keys) < _FEW:
            return None
        shared = {key: self.by_word[key] for key in keys if key in self.by_word}
        rarest = sorted(shared, key=lambda key: (len(shared[key]), key))[:_RAREST]
        others = {number for key in rarest for number in shared[key][:_MOST_WITH_ONE_WORD] if number in left}
        counted = Counter(keys)
        ranked = sorted(others, key=lambda other: (-_overlap(counted, self.keys[other]), other))
        best, most = None, ALIKE
        for other in ranked[:_CANDIDATES]:
            if (ratio := likeness(keys, self.keys[other])) > most:
                best, most = other, ratio
        return best


def _overlap(counted: Counter[str], keys: Sequence[str]) -> float:
    return 2 * sum((counted & Counter(keys)).values()) / max(1, sum(counted.values()) + len(keys))


def _rewritten(here: _Sentences, number: int, there: _Sentences, other: int) -> TextChange:
    mine, yours = here.words[number], there.words[other]
    runs = align([here.side.words.keys[p] for p in mine], [there.side.words.keys[p] for p in yours])
    found = list(gaps(runs, len(mine), len(yours)))
    marked = [mine[place] for gap in found for place in range(gap.old_start, gap.old_end)]
    marks = [yours[place] for gap in found for place in range(gap.new_start, gap.new_end)]
    return TextChange(ChangeKind.CHANGED, here.passage([number], marked), there.passage([other], marks))


def _place(change: TextChange, runs: Sequence[Run], old: Side, new: Side) -> tuple[int, int]:
    """Where a change stands in the new text; what was removed stands after the words that came before it."""
    if change.old is None or change.new is not None:
        return (change.new.span.start if change.new else 0), 1
    word = bisect_left(old.words.spans, change.old.span.start, key=lambda span: span.start)
    number = bisect_left(runs, word, key=lambda run: run.old) - 1
    if number < 0:
        return 0, 0
    run = runs[number]
    return new.words.spans[min(run.new + word - run.old, run.new + run.size) - 1].end, 0
