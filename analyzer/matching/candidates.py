"""Which patterns are worth trying on a sentence, found in one pass over it for all rules at once.

An expression needs certain things of a text: a phrase its runs of adjacent words, a regex strings of letters. Each such
thing, or group of alternatives, has a number, and two automata say in one pass which of them a text meets. A pattern
hangs on its rarest one: sentences that don't meet it never hear of the pattern, so that the cost of scanning grows with
the text and hardly with the number of rules.
"""

import operator
import weakref
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import NamedTuple

from analyzer.matching.automaton import LiteralAutomaton, Row, RunAutomaton, State, WordState, walk, walk_until
from analyzer.matching.finder import PhraseFinder
from analyzer.matching.plans import Fork, Gap, Plan
from analyzer.matching.runs import FREE, Runs
from analyzer.matching.tokens import Pieces, Text, WordTests
from analyzer.phrases import Expression, ExpressionKind, Vocabulary, words_of
from analyzer.rules import Condition, Entry, Pattern, Window

__all__ = ["ANCHORS", "CandidateIndex", "Row", "Seen"]

ANCHORS = frozenset({Window.SENTENCE, Window.ITEM})
_KNOWN_ABOVE = frozenset({Window.HEADING, Window.SECTION, Window.DOCUMENT})
"""Windows that many sentences share, so that a look into them is mostly known."""
_RANGED = frozenset({Window.NEAR, Window.CLAUSE, Window.SECTION, Window.DOCUMENT})

_Group = int | frozenset[int] | frozenset[str]
"""A run, or runs or strings of letters of which a text must hold one."""


class _Way(NamedTuple):
    """One way in which an expression can match."""

    needs: frozenset[int]
    """The groups that it needs, common ones too: without them five times as many sentences would be looked at."""
    rarest: int | None
    """The one that the fewest texts meet; None where it needs none."""
    plan: Plan


class _Asked(NamedTuple):
    """An expression as the index knows it."""

    ways: tuple[_Way, ...]
    common: frozenset[int]
    """The groups that each of its ways needs."""
    cost: float
    """How often one of its ways may stand in a million words."""


class Seen(NamedTuple):
    """What a text meets."""

    met: frozenset[int]
    """Numbers of groups."""
    words: Sequence[WordState]
    letters: Sequence[State[str, int]]
    """Where the automata were before each piece and after the last."""


class CandidateIndex:
    """The index over all patterns. ``detectors`` gives each detector's patterns and its exceptions.

    ``others`` are further expressions that will be looked for, those of scopes.
    """

    def __init__(
        self,
        detectors: Iterable[tuple[tuple[Pattern, ...], tuple[Condition, ...]]],
        vocabulary: Vocabulary,
        finder: PhraseFinder,
        others: Iterable[Expression] = (),
    ) -> None:
        self._vocabulary = vocabulary
        tests = WordTests(finder.tokens_of)
        self._runs = Runs(tests, vocabulary)
        self._groups: dict[_Group, int] = {}
        self._costs: list[float] = []
        self._rows: dict[int, list[Row]] = {}
        self._asked: dict[int, _Asked] = {}
        self._orders: dict[int, tuple[int, ...]] = {}
        self._words = RunAutomaton(self._rows)
        self._letters = LiteralAutomaton(self._rows)
        for states in (self._words.states, self._letters.states):
            weakref.finalize(self, states.close).atexit = False
        ranged: set[int] = set()
        for number, (patterns, unless) in enumerate(detectors):
            for place, pattern in enumerate(patterns):
                above = [entry for entry in pattern.condition.all if entry.window in _KNOWN_ABOVE]
                for entries in _anchors(pattern.condition):
                    self._add_row(entries, above, number, place)
            for entry in _entries(patterns, unless):
                self._ways_of(entry.expression)
                if entry.window in _RANGED:
                    ranged.update(self.rarest_of(entry.expression))
        self.ranged = frozenset(ranged)
        """Groups by which sentences are found again where an entry may match in more than one."""
        for expression in others:
            self._ways_of(expression)
        self.pieces = Pieces(tests, finder.split)
        """Of texts without names of their own."""

    def may_match(self, expression: Expression, met: Set[int]) -> bool:
        """Whether a text that meets these groups has all that an expression needs."""
        return any(way.needs <= met for way in self._ways_of(expression))

    def rarest_of(self, expression: Expression) -> list[int]:
        """Groups of which every text meets one that an expression stands in; empty where it may need none."""
        rarest = dict.fromkeys(way.rarest for way in self._ways_of(expression))
        return [] if None in rarest else [one for one in rarest if one is not None]

    def look(self, pieces: Pieces, text: Sequence[str]) -> tuple[Seen, list[Row]]:
        """What a text in pieces meets, and the rows that wait for it."""
        words = walk(self._words.states.start, map(pieces.__getitem__, text))
        letters = walk(self._letters.states.start, text)
        met, rows = _gathered(set(words).union(letters))
        return Seen(met, words, letters), rows

    def look_across(
        self, pieces: Pieces, text: Sequence[str], lead: Seen, own: Seen
    ) -> tuple[frozenset[int], list[Row]]:
        """What a text meets after another one beyond what each of them meets: what begins in the one and ends here."""
        words = walk_until(lead.words[-1], map(pieces.__getitem__, text), own.words)
        letters = walk_until(lead.letters[-1], text, own.letters)
        return _gathered({*words, *letters})

    def find(self, expression: Expression, text: Text, met: Set[int] | None = None) -> list[tuple[int, int]]:
        """Where a phrase stands in a text that meets these groups, as half-open ranges of its tokens."""
        spans: set[tuple[int, int]] = set()
        for needs, _, plan in self._ways_of(expression):
            if met is None or needs <= met:
                spans.update(self._runs.find(plan, text))
        if spans and text.breaks:
            return [(a, b) for a, b in sorted(spans) if not any(a <= place < b for place in text.breaks)]
        return sorted(spans)

    def stands(self, expression: Expression, text: Text, met: Set[int]) -> bool:
        """Whether a phrase stands in a text that meets these groups."""
        if text.breaks:
            return bool(self.find(expression, text, met))
        return any(needs <= met and self._runs.find(plan, text) for needs, _, plan in self._ways_of(expression))

    def order_of(self, condition: Condition) -> tuple[int, ...]:
        """The entries of ``all``, those first that cost least to look for and spare most looks for others."""
        order = self._orders.get(id(condition))
        if order is None:
            order = tuple(sorted(range(len(condition.all)), key=lambda n: self._effort(condition.all[n])))
            self._orders[id(condition)] = order
        return order

    # What an expression needs.

    def _ways_of(self, expression: Expression) -> tuple[_Way, ...]:
        return self._asked_by(expression).ways

    def _asked_by(self, expression: Expression) -> _Asked:
        asked = self._asked.get(id(expression))
        if asked is None:
            ways = tuple(self._read(expression))
            common = frozenset[int].intersection(*(way.needs for way in ways))
            cost = sum(FREE if way.rarest is None else self._costs[way.rarest] for way in ways)
            asked = self._asked[id(expression)] = _Asked(ways, common, cost)
        return asked

    def _read(self, expression: Expression) -> Iterator[_Way]:
        match expression.kind:
            case ExpressionKind.REGEX:
                for groups in expression.literals:
                    yield self._way(groups)
            case ExpressionKind.TOKENS:
                # A word is found by its letters; names of sets stand for others.
                plain = [one for one in expression.requires if not any(word.startswith("@") for word in one)]
                yield self._way(frozenset(word.removesuffix("*") for word in one) for one in plain)
            case ExpressionKind.PHRASE:
                for plan in self._runs.ways_of(expression.sequence):
                    yield self._way(self._needed(plan), plan)

    def _way(self, groups: Iterable[_Group], plan: Plan = ()) -> _Way:
        numbers = list(map(self._group, groups))
        rarest = min(numbers, key=lambda number: (self._costs[number], number), default=None)
        return _Way(frozenset(numbers), rarest, plan)

    def _needed(self, plan: Plan) -> Iterator[int | frozenset[int]]:
        for element in plan:
            if isinstance(element, int):
                yield element
            elif not isinstance(element, Gap) and not element.is_optional:
                yield from self._shared(element)

    def _shared(self, fork: Fork) -> Iterator[int | frozenset[int]]:
        """What every branch needs; and one group that unites the rarest one of each."""
        each = [list(self._needed(branch)) for branch in fork.branches]
        yield from (group for group in each[0] if all(group in other for other in each))
        if len(each) > 1 and all(each):
            rarest = (min(one, key=lambda group: (self._cost(group), str(group))) for one in each)
            yield frozenset[int]().union(*({one} if isinstance(one, int) else one for one in rarest))

    def _cost(self, group: _Group) -> float:
        if isinstance(group, int):
            return self._runs.costs[group]
        return sum(self._runs.costs[one] if isinstance(one, int) else self._literal_cost(one) for one in group)

    def _literal_cost(self, literal: str) -> float:
        words = (self._vocabulary.commonness(frozenset({f"{word}*"})) for word in words_of(literal))
        return min(words, default=FREE)

    def _group(self, group: _Group) -> int:
        number = self._groups.get(group)
        if number is None:
            number = self._groups[group] = len(self._costs)
            self._costs.append(self._cost(group))
            for one in _members(group):
                if isinstance(one, int):
                    self._words.add(self._runs.runs[one], self._runs.words, number)
                else:
                    self._letters.add(one, number)
        return number

    def _add_row(self, entries: list[Entry], above: list[Entry], number: int, place: int) -> None:
        """A row for each way in which the rarest of some entries can match; what all ways of the others need it too."""
        asked = [self._asked_by(entry.expression) for entry in entries]
        first = min(asked, key=operator.attrgetter("cost"))
        others = frozenset[int]().union(*(one.common for one in asked if one is not first))
        ordered = (*above, *sorted(entries, key=self._effort))
        for needs, rarest, _ in first.ways:
            if rarest is not None:
                self._rows.setdefault(rarest, []).append(Row(needs | others, number, place, ordered))

    def _effort(self, entry: Entry) -> tuple[bool, bool, float]:
        """Sorts entries by what it costs to look for them, and by how likely the look spares others."""
        is_phrase = entry.expression.kind is ExpressionKind.PHRASE
        return entry.window not in _KNOWN_ABOVE, not is_phrase, self._asked_by(entry.expression).cost


def _members(group: _Group) -> Iterable[int | str]:
    return (group,) if isinstance(group, int) else group


def _gathered(states: Iterable[WordState | State[str, int]]) -> tuple[frozenset[int], list[Row]]:
    telling = [state for state in states if state.met]
    met = frozenset[int]().union(*[state.met for state in telling])
    return met, [row for state in telling for row in state.rows]


def _anchors(condition: Condition) -> list[list[Entry]]:
    """Groups of entries of which one group must match in the sentence or item itself.

    Each alternative of ``any`` makes a group with all of ``all``: the more a row needs, the fewer sentences meet it.
    """
    anchored = [entry for entry in condition.all if entry.window in ANCHORS]
    if condition.any and all(entry.window in ANCHORS for entry in condition.any):
        return [[*anchored, entry] for entry in condition.any]
    return [anchored]


def _entries(patterns: Iterable[Pattern], unless: Iterable[Condition]) -> Iterator[Entry]:
    """Every entry of a detector, whether it can fire it or not."""
    for condition in (*(pattern.condition for pattern in patterns), *unless):
        yield from (*condition.all, *condition.any, *condition.none)
