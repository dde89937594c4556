"""Which patterns are worth trying on a sentence, found in one pass over it for all rules at once.

An expression needs certain things of a text: a phrase its runs of adjacent words, a regex strings of letters. Each such
thing, or group of alternatives, has a number, and two automata say in one pass which of them a text meets. A pattern
hangs on its rarest one: sentences that don't meet it never hear of the pattern, so that the cost of scanning grows with
the text and hardly with the number of rules.

What is met is a number too, with a bit for each group: a sentence meets some four hundred groups, and sets of them took
a tenth of the time of a scan. Common groups have the low bits, so that what is asked of most texts is short.
"""

import operator
import weakref
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import chain
from typing import NamedTuple

from analyzer.matching.automaton import LiteralAutomaton, Row, RunAutomaton, State, WordState, bits_of, walk, walk_until
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

_ANY = -1
"""Every group."""

_Group = int | frozenset[int] | frozenset[str]
"""A run, or runs or strings of letters of which a text must hold one."""


_Read = tuple[tuple[_Group, ...], Plan]
"""One way in which an expression can match, as it is read: the groups that it needs, and its plan."""


class _Way(NamedTuple):
    """One way in which an expression can match."""

    rarest: int | None
    """The group that the fewest texts meet; None where it needs none."""
    needs: int
    """The others, common ones too: without them five times as many sentences would be looked at."""
    plan: Plan
    is_run: bool
    """The plan is a run of words and nothing else."""

    def is_open(self, met: int) -> bool:
        """Whether a text that meets these groups has all that it needs."""
        return self.rarest is None or bool(met >> self.rarest & 1 and met & self.needs == self.needs)


class _Asked(NamedTuple):
    """An expression as the index knows it."""

    ways: tuple[_Way, ...]
    common: int
    """The groups that each of its ways needs."""
    cost: float
    """How often one of its ways may stand in a million words."""


class Seen(NamedTuple):
    """What a text meets."""

    met: int
    """Groups, each by its bit."""
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
        self._costs: list[float] = []
        self._rows: dict[int, list[Row]] = {}
        self._doors: dict[int, int] = {}
        """The rarest groups of an expression's ways, as far as they were asked for: most texts meet none."""
        self._orders: dict[int, tuple[int, ...]] = {}
        self._words = RunAutomaton(self._rows)
        self._letters = LiteralAutomaton(self._rows)
        for states in (self._words.states, self._letters.states):
            weakref.finalize(self, states.close).atexit = False
        kept = [(patterns, tuple(_entries(patterns, unless))) for patterns, unless in detectors]
        self._asked = self._numbered(chain((entry.expression for _, entries in kept for entry in entries), others))
        for number, (patterns, _) in enumerate(kept):
            for place, pattern in enumerate(patterns):
                above = [entry for entry in pattern.condition.all if entry.window in _KNOWN_ABOVE]
                for entries in _anchors(pattern.condition):
                    self._add_row(entries, above, number, place)
        self.pieces = Pieces(tests, finder.split)
        """Of texts without names of their own."""

    def may_match(self, expression: Expression, met: int) -> bool:
        """Whether a text that meets these groups has all that an expression needs."""
        doors = self._doors.get(id(expression))
        if doors is None:
            rarest = self.rarest_of(expression)
            doors = self._doors[id(expression)] = bits_of(rarest) if rarest else _ANY
        if doors != _ANY and not met & doors:
            return False
        return any(way.is_open(met) for way in self._ways_of(expression))

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

    def look_across(self, pieces: Pieces, text: Sequence[str], lead: Seen, own: Seen) -> tuple[int, list[Row]]:
        """What a text meets after another one beyond what each of them meets: what begins in the one and ends here."""
        words = walk_until(lead.words[-1], map(pieces.__getitem__, text), own.words)
        letters = walk_until(lead.letters[-1], text, own.letters)
        return _gathered({*words, *letters})

    def find(self, expression: Expression, text: Text, met: int | None = None) -> list[tuple[int, int]]:
        """Where a phrase stands in a text that meets these groups, as half-open ranges of its tokens."""
        spans: set[tuple[int, int]] = set()
        for way in self._ways_of(expression):
            if met is None or way.is_open(met):
                spans.update(self._runs.find(way.plan, text))
        if spans and text.breaks:
            return [(a, b) for a, b in sorted(spans) if not any(a <= place < b for place in text.breaks)]
        return sorted(spans)

    def is_met(self, expression: Expression, met: int) -> bool:
        """Whether it shows by what is met alone that a phrase stands: it is a run, in a text without breaks."""
        return any(way.is_run and way.is_open(met) for way in self._ways_of(expression))

    def stands(self, expression: Expression, text: Text, met: int) -> bool:
        """Whether a phrase stands in a text that meets these groups."""
        if text.breaks:
            return bool(self.find(expression, text, met))
        return any(way.is_open(met) and self._runs.find(way.plan, text) for way in self._ways_of(expression))

    def order_of(self, condition: Condition) -> tuple[int, ...]:
        """The entries of ``all``, those first that cost least to look for and spare most looks for others."""
        order = self._orders.get(id(condition))
        if order is None:
            order = tuple(sorted(range(len(condition.all)), key=lambda n: self._effort(condition.all[n])))
            self._orders[id(condition)] = order
        return order

    # What an expression needs.

    def _ways_of(self, expression: Expression) -> tuple[_Way, ...]:
        return self._asked[id(expression)].ways

    def _numbered(self, expressions: Iterable[Expression]) -> dict[int, _Asked]:
        """Expressions by identity, with their groups numbered: the commoner a group, the lower its number."""
        read = {id(one): tuple(self._read(one)) for one in {id(one): one for one in expressions}.values()}
        costs = {group: 0.0 for ways in read.values() for groups, _ in ways for group in groups}
        for group in costs:
            costs[group] = self._cost(group)
        numbers: dict[_Group, int] = {}
        for group in sorted(costs, key=costs.__getitem__, reverse=True):
            number = numbers[group] = len(numbers)
            self._costs.append(costs[group])
            for one in _members(group):
                if isinstance(one, int):
                    self._words.add(self._runs.runs[one], self._runs.words, number)
                else:
                    self._letters.add(one, number)
        return {key: self._as_asked(ways, numbers) for key, ways in read.items()}

    def _as_asked(self, read: Sequence[_Read], numbers: dict[_Group, int]) -> _Asked:
        ways: list[_Way] = []
        common, cost = _ANY, 0.0
        for groups, plan in read:
            places = {numbers[group] for group in groups}
            rarest = max(places, default=None)
            needs = bits_of(places)
            common &= needs
            cost += FREE if rarest is None else self._costs[rarest]
            is_run = len(plan) == 1 and isinstance(plan[0], int)
            ways.append(_Way(rarest, needs if rarest is None else needs ^ 1 << rarest, plan, is_run))
        return _Asked(tuple(ways), common, cost)

    def _read(self, expression: Expression) -> Iterator[_Read]:
        match expression.kind:
            case ExpressionKind.REGEX:
                for groups in expression.literals:
                    yield tuple(groups), ()
            case ExpressionKind.TOKENS:
                # A word is found by its letters; names of sets stand for others.
                plain = [one for one in expression.requires if not any(word.startswith("@") for word in one)]
                yield tuple(frozenset(word.removesuffix("*") for word in one) for one in plain), ()
            case ExpressionKind.PHRASE:
                for plan in self._runs.ways_of(expression.sequence):
                    yield tuple(self._needed(plan)), plan

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

    def _add_row(self, entries: list[Entry], above: list[Entry], number: int, place: int) -> None:
        """A row for each way in which the rarest of some entries can match; what all ways of the others need it too."""
        asked = [self._asked[id(entry.expression)] for entry in entries]
        first = min(asked, key=operator.attrgetter("cost"))
        others = reduce(operator.or_, (one.common for one in asked if one is not first), 0)
        ordered = (*above, *sorted(entries, key=self._effort))
        for way in first.ways:
            if way.rarest is not None:
                self._rows.setdefault(way.rarest, []).append(Row(way.needs | others, number, place, ordered))

    def _effort(self, entry: Entry) -> tuple[bool, bool, float]:
        """Sorts entries by what it costs to look for them, and by how likely the look spares others."""
        is_phrase = entry.expression.kind is ExpressionKind.PHRASE
        return entry.window not in _KNOWN_ABOVE, not is_phrase, self._asked[id(entry.expression)].cost


def _members(group: _Group) -> Iterable[int | str]:
    return (group,) if isinstance(group, int) else group


def _gathered(states: Iterable[WordState | State[str, int]]) -> tuple[int, list[Row]]:
    telling = [state for state in states if state.met]
    met = reduce(operator.or_, [state.met for state in telling], 0)
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
