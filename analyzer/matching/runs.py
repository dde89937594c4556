"""The runs of adjacent words that all phrases consist of, numbered, and where they stand in a text."""

import math
from collections.abc import Iterator, Sequence

from analyzer.matching.plans import Gap, Plan, Run, joined, plan_of, written_out
from analyzer.matching.tokens import Text, Ways, WordTests
from analyzer.phrases import Choice, Slot, Vocabulary, words_of

__all__ = ["FREE", "Runs"]

FREE = 30_000
"""Words per million that stand for a number or a sign."""
_NARROWS = 0.4
"""Words that stand side by side often do: each further one makes a run rarer by less than its own rarity."""
_MOST_WAYS = 64
"""Ways that a phrase is written out to; one with more keeps its choices, which narrow less and cost more."""
_GAP = -1


class Runs:
    """Reads phrases; those that begin alike, or hold the same words, share what is known of them."""

    def __init__(self, tests: WordTests, vocabulary: Vocabulary) -> None:
        self._tests = tests
        self._vocabulary = vocabulary
        self._words: dict[int, tuple[int, Slot]] = {}
        self._word_numbers: dict[Ways, int] = {}
        self.words: list[Ways] = []
        """Number of a word to the ways to say it."""
        self._frequencies: list[int] = []
        self._numbers: dict[tuple[int, ...], int] = {}
        self.runs: list[tuple[int, ...]] = []
        """Number of a run to the numbers of its words."""
        self.costs: list[float] = []
        """Number of a run to how often it may stand in a million words."""
        self._rarest: list[int | None] = []

    def ways_of(self, sequence: Sequence[Slot | Choice]) -> list[Plan]:
        """A phrase as sequences of runs and gaps, of which one must stand in a text; with forks where it has many."""
        written = written_out(sequence, _MOST_WAYS)
        return list(map(self._in_line, written)) if written else [plan_of(sequence, self._run)]

    def _in_line(self, slots: Sequence[Slot]) -> Plan:
        words = list(map(self._word, slots))
        plan: list[int | Gap] = []
        start = 0
        for place, word in enumerate(words):
            if word == _GAP:
                if start < place:
                    plan.append(self._number(tuple(words[start:place])))
                plan.append(Gap(slots[place].maximum))
                start = place + 1
        if start < len(words):
            plan.append(self._number(tuple(words[start:])))
        return tuple(plan)

    def _run(self, run: Run) -> int:
        return self._number(tuple(map(self._word, run)))

    def _word(self, slot: Slot) -> int:
        known = self._words.get(id(slot))
        if known is None:
            # The slot is kept with its number, so that nothing else gets its identity.
            known = self._words[id(slot)] = (_GAP if slot.is_gap else self._new_word(slot)), slot
        return known[0]

    def _new_word(self, slot: Slot) -> int:
        ways = self._tests.ways(slot)
        number = self._word_numbers.setdefault(ways, len(self.words))
        if number == len(self.words):
            self.words.append(ways)
            self._frequencies.append(self._frequency(slot))
        return number

    def _frequency(self, slot: Slot) -> int:
        """How often one of the words of a slot stands in a million."""
        if slot.is_number or not all(map(words_of, slot.words)):
            return FREE
        return self._vocabulary.commonness(slot.words.union(f"{prefix}*" for prefix in slot.prefixes))

    def _number(self, run: tuple[int, ...]) -> int:
        number = self._numbers.get(run)
        if number is None:
            number = self._numbers[run] = len(self.runs)
            self.runs.append(run)
            frequencies = [self._frequencies[word] for word in run]
            is_plain = all(len(self.words[word]) == 1 == len(self.words[word][0]) for word in run)
            self._rarest.append(frequencies.index(min(frequencies)) if is_plain else None)
            rarest, *others = sorted(frequencies)
            self.costs.append(rarest * math.prod((one / 1e6) ** _NARROWS for one in others))
        return number

    def find(self, plan: Plan, text: Text) -> list[tuple[int, int]]:
        """Where a phrase stands in a text, as half-open ranges of tokens."""
        if len(plan) == 1 and isinstance(plan[0], int):
            return self._stretches(plan[0], text)
        return joined(plan, lambda run: self._stretches(run, text))

    def _stretches(self, number: int, text: Text) -> list[tuple[int, int]]:
        run = [self.words[word] for word in self.runs[number]]
        rarest = self._rarest[number]
        if rarest is None:
            return list(_any_stretches(run, text))
        tokens, length = text.tokens, len(run)
        last = len(tokens) - length
        starts = [place - rarest for place in text.places(run[rarest][0][0]) if rarest <= place <= last + rarest]
        for n, ways in enumerate(run):
            if starts and n != rarest:
                test = ways[0][0]
                starts = [start for start in starts if test in tokens[start + n]]
        return [(start, start + length) for start in starts]


def _any_stretches(run: Sequence[Ways], text: Text) -> Iterator[tuple[int, int]]:
    """Where a run stands of which a word can be said in several ways, or in several tokens."""
    for start in sorted({place for way in run[0] for place in text.places(way[0])}):
        ends = {start}
        for ways in run:
            ends = {end + len(way) for end in ends for way in ways if _passes(way, text.tokens, end)}
        yield from ((start, end) for end in sorted(ends))


def _passes(way: tuple[int, ...], tokens: Sequence[frozenset[int]], place: int) -> bool:
    return place + len(way) <= len(tokens) and all(test in tokens[place + n] for n, test in enumerate(way))
