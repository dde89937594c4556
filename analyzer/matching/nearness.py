"""How much of a pattern a sentence meets that it doesn't fire on: the words that are there, and those that are missing.

Whether an entry holds is asked of the `Reading` that matching uses; only where it doesn't are its parts looked for.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyzer.matching.candidates import ANCHORS
from analyzer.matching.finder import PhraseFinder
from analyzer.matching.reading import Reading
from analyzer.matching.spelling import Part, alternatives_of, words_for
from analyzer.phrases import Expression, ExpressionKind, Requirement, Vocabulary, requirements, words_of
from analyzer.regexes import spans_of
from analyzer.rules import Condition, Entry, Window

if TYPE_CHECKING:
    from spacy.tokens import Doc

__all__ = ["LEAST_MET", "LEAST_SCORE", "Nearest", "Nearness", "Need"]

LEAST_SCORE, LEAST_MET = 0.5, 2.6
"""A pattern is near from half of what it asks for on, if that is more than words of any sentence: one rare word and a
common one."""
_TRIED = 4
"""Alternatives of a pattern that are looked at closely, the likeliest first."""


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
        self._needed: dict[int, tuple[Requirement, ...]] = {}
        self._cut: dict[int, tuple[tuple[Part, ...], ...]] = {}
        self._last: tuple[Reading | None, int, Set[str], str] = (None, -1, frozenset(), "")

    def of(self, condition: Condition, reading: Reading, index: int) -> Nearest | None:
        """How much of a pattern's condition a sentence meets; None where that is too little to speak of."""
        words = self._words_at(reading, index)
        anchors = [entry.expression for entry in (*condition.all, *condition.any) if entry.window in ANCHORS]
        if not any(self._meets_some(one, words) for one in anchors):
            return None
        bounds = [self._bound(entry, words) for entry in condition.all]
        options = sorted(((self._bound(entry, words), entry) for entry in condition.any), key=_by_bound)[:_TRIED]
        bounds += [bound for bound, _ in options[:1]]
        if sum(met for met, _ in bounds) < LEAST_SCORE * sum(weight for _, weight in bounds):
            return None
        needs = [self._need(entry, reading, index) for entry in condition.all]
        if options:
            tried = (self._need(entry, reading, index) for _, entry in options)
            needs.append(max(tried, key=lambda one: (one.is_held, one.met / one.weight, one.met)))
        blocked = [hit.text for entry in condition.none if (hit := reading.find(entry, index))]
        near = Nearest(condition.name, tuple(needs), tuple(dict.fromkeys(blocked)))
        return near if near.score >= LEAST_SCORE and near.met >= LEAST_MET else None

    def _words_at(self, reading: Reading, index: int) -> Set[str]:
        if self._last[0] is not reading or self._last[1] != index:
            text, doc = reading.tokens_at(index, Window.ITEM)
            self._last = reading, index, frozenset({*words_of(text), *(token.norm_ for token in doc)}), text
        return self._last[2]

    def _bound(self, entry: Entry, words: Set[str]) -> tuple[float, float]:
        """The most that can be met of an entry, by its words alone, and its weight."""
        alternatives = self._alternatives(entry.expression)
        if entry.window not in ANCHORS:
            weight = max(map(_worth, alternatives))
            return weight, weight
        return max(
            (
                (sum(part.weight for part in parts if self._may_stand(part, words)), _worth(parts))
                for parts in alternatives
            ),
            key=lambda pair: (pair[0] / pair[1], pair[0]),
        )

    def _may_stand(self, part: Part, words: Set[str]) -> bool:
        if part.expression.kind is ExpressionKind.REGEX:
            return any(spans_of(part.expression, self._last[3]))
        return all(_is_met(requirement, words) for requirement in self._required(part.expression))

    def _meets_some(self, expression: Expression, words: Set[str]) -> bool:
        """A sentence holds a word that the expression asks for; true where it asks for none."""
        required = self._required(expression)
        return not required or any(_is_met(requirement, words) for requirement in required)

    def _required(self, expression: Expression) -> tuple[Requirement, ...]:
        if expression.kind is not ExpressionKind.PHRASE:
            return expression.requires
        required = self._needed.get(id(expression))
        if required is None:
            required = self._needed[id(expression)] = requirements(expression.sequence, self._vocabulary)
        return required

    def words_for(self, expression: Expression) -> str:
        """What would meet it, for people."""
        return words_for(expression, self._vocabulary)

    def _need(self, entry: Entry, reading: Reading, index: int) -> Need:
        expression = entry.expression
        alternatives = self._alternatives(expression)
        weight = max(_worth(one) for one in alternatives)
        if hit := reading.find(entry, index):
            return Need(entry.window, (hit.text,), (), True, weight, weight)
        if entry.window not in ANCHORS or not self._meets_some(expression, self._words_at(reading, index)):
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
        words = self._words_at(reading, index)
        places = [
            list(self._places(part.expression, text, doc)) if self._may_stand(part, words) else [] for part in parts
        ]
        chosen = _in_order(parts, places)
        found = tuple(text[start:end] for _, start, end in chosen)
        there = {number for number, _, _ in chosen}
        missing = tuple(part.expression for number, part in enumerate(parts) if number not in there)
        met = sum(parts[number].weight for number in there)
        return Need(window, found, missing, False, _worth(parts), met)

    def _places(self, expression: Expression, text: str, doc: "Doc") -> Iterator[tuple[int, int]]:
        if expression.kind is ExpressionKind.REGEX:
            yield from spans_of(expression, text)
        else:
            for start, end in self._finder.find(expression, doc, text):
                yield doc[start].idx, doc[end - 1].idx + len(doc[end - 1])


def _is_met(requirement: Requirement, words: Set[str]) -> bool:
    if not words.isdisjoint(requirement):
        return True
    beginnings = tuple(entry.removesuffix("*") for entry in requirement if entry.endswith("*"))
    return bool(beginnings) and any(word.startswith(beginnings) for word in words)


def _by_bound(option: tuple[tuple[float, float], Entry]) -> tuple[float, float]:
    (met, weight), _ = option
    return -met / weight, -met


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
