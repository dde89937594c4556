"""How much of a pattern a sentence meets that it doesn't fire on: the words that are there, and those that are missing.

Whether an entry holds is asked of the `Reading` that matching uses; only where it doesn't are its parts looked for.
"""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from analyzer.matching.candidates import ANCHORS
from analyzer.matching.finder import PhraseFinder
from analyzer.matching.reading import Reading
from analyzer.matching.spelling import Part, alternatives_of, words_for
from analyzer.phrases import Expression, ExpressionKind, Requirement, Vocabulary, words_of
from analyzer.rules import Condition, Entry, Window

if TYPE_CHECKING:
    from spacy.tokens import Doc

__all__ = ["Nearness", "Need", "Nearest"]


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a pattern asks for, and what of it a sentence holds."""

    window: Window
    found: tuple[str, ...]
    """Words of the document, in order."""
    missing: tuple[Expression, ...]
    is_held: bool
    """Not held though nothing is missing: the words stand too far apart, or in another order."""
    weight: float
    met: float
    """Of ``weight``, what was found."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """A pattern that didn't fire, with all that it asks for."""

    name: str
    needs: tuple[Need, ...]
    blocked: tuple[str, ...]
    """Words that keep it from firing though all that it asks for is there."""

    @property
    def score(self) -> float:
        """How much of what it asks for is there, 0 to 1; common words count little."""
        return sum(need.met for need in self.needs) / (sum(need.weight for need in self.needs) or 1.0)

    @property
    def met(self) -> float:
        """How much is there, whatever is missing."""
        return sum(need.met for need in self.needs)


class Nearness:
    """Says how near patterns come; keeps the parts that it cut expressions into."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._finder = PhraseFinder()  # of its own: it knows expressions by identity, and parts last as long as this
        self._vocabulary = vocabulary
        self._cut: dict[int, tuple[tuple[Part, ...], ...]] = {}

    def of(self, condition: Condition, reading: Reading, index: int) -> Nearest:
        """How much of a pattern's condition a sentence meets."""
        needs = [self._need(entry, reading, index) for entry in condition.all]
        if condition.any:
            options = (self._need(entry, reading, index) for entry in condition.any)
            needs.append(max(options, key=lambda one: (one.is_held, one.met / one.weight, one.met)))
        blocked = [hit.text for entry in condition.none if (hit := reading.find(entry, index))]
        return Nearest(condition.name, tuple(needs), tuple(dict.fromkeys(blocked)))

    def words_for(self, expression: Expression) -> str:
        """What would meet it, for people."""
        return words_for(expression, self._vocabulary)

    def _need(self, entry: Entry, reading: Reading, index: int) -> Need:
        expression = entry.expression
        alternatives = self._alternatives(expression)
        weight = max(_worth(one) for one in alternatives)
        if hit := reading.find(entry, index):
            return Need(entry.window, (hit.text,), (), True, weight, weight)
        if entry.window not in ANCHORS or not reading.meets_some(expression, index):
            return Need(entry.window, (), (expression,), False, weight, 0.0)
        return max(
            (self._partly(one, entry.window, reading, index) for one in alternatives),
            key=lambda one: (one.met / one.weight, one.met),
        )

    def _alternatives(self, expression: Expression) -> tuple[tuple[Part, ...], ...]:
        cut = self._cut.get(id(expression))
        if cut is None:
            cut = self._cut[id(expression)] = alternatives_of(expression, self._vocabulary)
        return cut

    def _partly(self, parts: Sequence[Part], window: Window, reading: Reading, index: int) -> Need:
        """What of an alternative's parts stands there, in their order."""
        text, doc = reading.tokens_at(index, window)
        words = {*words_of(text), *(token.norm_ for token in doc)}
        places = [list(self._places(part.expression, text, doc, words)) for part in parts]
        chosen = _in_order(parts, places)
        found = tuple(text[start:end] for _, start, end in chosen)
        there = {number for number, _, _ in chosen}
        missing = tuple(part.expression for number, part in enumerate(parts) if number not in there)
        met = sum(parts[number].weight for number in there)
        return Need(window, found, missing, False, _worth(parts), met)

    def _places(self, expression: Expression, text: str, doc: "Doc", words: Set[str]) -> Iterator[tuple[int, int]]:
        if expression.kind is ExpressionKind.REGEX:
            yield from ((m.start(), m.end()) for m in _regex(expression.text).finditer(text) if m.end() > m.start())
        elif all(_is_met(requirement, words) for requirement in expression.requires):
            for start, end in self._finder.find(expression, doc, text):
                yield doc[start].idx, doc[end - 1].idx + len(doc[end - 1])


def _is_met(requirement: Requirement, words: Set[str]) -> bool:
    if not words.isdisjoint(requirement):
        return True
    beginnings = tuple(entry.removesuffix("*") for entry in requirement if entry.endswith("*"))
    return bool(beginnings) and any(word.startswith(beginnings) for word in words)


def _worth(parts: Sequence[Part]) -> float:
    return sum(part.weight for part in parts) or 1.0


def _in_order(parts: Sequence[Part], places: Sequence[list[tuple[int, int]]]) -> list[tuple[int, int, int]]:
    """The parts that can be found one after the other, as many and as telling as possible: number, start, end."""
    best: list[tuple[float, int, list[tuple[int, int, int]]]] = [(0.0, 0, [])]
    for number, part in enumerate(parts):
        longer = [
            (worth + part.weight, end, [*chain, (number, start, end)])
            for worth, after, chain in best
            for start, end in places[number]
            if start >= after
        ]
        # Of chains of one worth the one that ends first leaves most room.
        kept: dict[float, tuple[float, int, list[tuple[int, int, int]]]] = {}
        for chain in sorted((*best, *longer), key=lambda one: one[1]):
            kept.setdefault(round(chain[0], 6), chain)
        best = sorted(kept.values(), key=lambda one: -one[0])[:24]
    return best[0][2]


@lru_cache(maxsize=4096)
def _regex(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)
