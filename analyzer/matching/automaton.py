"""What may stand in a text, found in one pass over it whatever the number of things that are looked for.

Both automata are deterministic ones whose states are worked out when a text first leads to them: `RunAutomaton` reads
the runs of words that phrases consist of, `LiteralAutomaton` the strings that regexes need. A step is one look-up.
Written out beforehand their states would be too many to hold; a few per cent of those are ever met.
"""

import unicodedata
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import accumulate
from operator import getitem, or_
from typing import Generic, NamedTuple, TypeVar

from analyzer.matching.tokens import Sound, Ways
from analyzer.rules import Entry

__all__ = ["LiteralAutomaton", "Row", "RunAutomaton", "State", "States", "WordState", "bits_of", "walk", "walk_until"]

_Key = TypeVar("_Key")
_Place = TypeVar("_Place")
_NONE = frozenset[int]()
_MOST_FIRSTS = 20_000
_MOST_STATES, _MOST_STEPS = 30_000, 90_000
"""States and steps that an automaton keeps, some thirty megabytes; then it begins again."""


class Row(NamedTuple):
    """One pattern of one detector, with the groups that a sentence must meet."""

    needs: int
    """Groups besides the one that it waits for, each by its bit."""
    detector: int
    pattern: int
    entries: tuple[Entry, ...]
    """What must stand, in the sentence or item or above it; what costs least to look for comes first."""


class State(dict[_Key, "State[_Key, _Place]"], Generic[_Key, _Place]):
    """Where a text has led: the next state for what is read next, and what has just been met. Known by identity."""

    __slots__ = ("after", "met", "place", "rows", "step")
    __hash__ = object.__hash__  # type: ignore[assignment]
    __eq__ = object.__eq__

    def __init__(
        self,
        place: _Place,
        met: int,
        rows: tuple[Row, ...],
        after: "dict[_Key, State[_Key, _Place]]",
        step: "Callable[[State[_Key, _Place], _Key], State[_Key, _Place]]",
    ) -> None:
        super().__init__()
        self.place = place
        self.after = after
        """The next states that were worked out for this place, whatever was met on the way to it."""
        self.met = met
        """The groups that have a member ending here, each by its bit."""
        self.rows = rows
        """What waits for one of these groups."""
        self.step = step

    def __missing__(self, key: _Key) -> "State[_Key, _Place]":
        return self.step(self, key)


def bits_of(groups: Iterable[int]) -> int:
    """Groups as one number, each by its bit."""
    return reduce(or_, (1 << group for group in groups), 0)


def walk(start: State[_Key, _Place], keys: Iterable[_Key]) -> list[State[_Key, _Place]]:
    """The states that a text leads to, the first one included."""
    return list(accumulate(keys, getitem, initial=start))


def walk_until(
    start: State[_Key, _Place], keys: Iterable[_Key], known: Sequence[State[_Key, _Place]]
) -> Iterator[State[_Key, _Place]]:
    """The states that a text leads to from another start, until it comes to those that are known of it."""
    state = start
    for key, same in zip(keys, known[1:], strict=False):
        state = state[key]
        if state is same:
            return
        yield state


class States(Generic[_Key, _Place]):
    """States as far as they were needed.

    ``read`` gives the place after a step and the groups met by it; ``rows`` has the rows that wait for a group.
    """

    def __init__(
        self,
        start: _Place,
        read: Callable[[_Place, _Key], tuple[_Place, frozenset[int]]],
        rows: Mapping[int, Sequence[Row]],
    ) -> None:
        self._read = read
        self._rows = rows
        self._states: dict[tuple[_Place, frozenset[int]], State[_Key, _Place]] = {}
        self._after: dict[_Place, dict[_Key, State[_Key, _Place]]] = {}
        self._found: dict[frozenset[int], tuple[int, tuple[Row, ...]]] = {}
        self._steps = 0
        self._begin = start, _NONE
        self.start = self._state(*self._begin)

    def _state(self, place: _Place, met: frozenset[int]) -> State[_Key, _Place]:
        key = place, met
        state = self._states.get(key)
        if state is None:
            after = self._after.setdefault(place, {})
            state = self._states.setdefault(key, State(place, *self._waiting(met), after, self._step))
        return state

    def _waiting(self, met: frozenset[int]) -> tuple[int, tuple[Row, ...]]:
        """Groups and the rows that wait for one of them: once for all states that meet the same."""
        found = self._found.get(met)
        if found is None:
            rows = tuple(row for group in met for row in self._rows.get(group, ()))
            found = self._found[met] = bits_of(met), rows
        return found

    def _step(self, state: State[_Key, _Place], key: _Key) -> State[_Key, _Place]:
        after = state.after.get(key)
        if after is None:
            after = state.after[key] = self._state(*self._read(state.place, key))
        self._steps += 1
        if self._steps > _MOST_STEPS or len(self._states) > _MOST_STATES:
            self._forget()
        state[key] = after
        return after

    def _forget(self) -> None:
        for state in list(self._states.values()):
            state.clear()
            state.after.clear()
        self._states.clear()
        self._after.clear()
        self._found.clear()
        self._states[self._begin] = self.start
        self._after[self.start.place] = self.start.after
        self._steps = 0

    def close(self) -> None:
        """Let go of everything. States lead back to each other: without this they would wait for the collector."""
        self._forget()
        self._states.clear()
        self.start.step = _closed
        del self._read


def _closed(state: State[_Key, _Place], _key: _Key) -> State[_Key, _Place]:
    return state


_Nodes = tuple[frozenset[int], frozenset[int]]
"""Nodes that a run comes to with its first word, and those it comes to with a later one."""
WordState = State[Sound, _Nodes]


class RunAutomaton:
    """Reads sounds and meets runs of words."""

    def __init__(self, rows: Mapping[int, Sequence[Row]]) -> None:
        self._after: dict[tuple[int, int], int] = {}
        self._edges: list[dict[int, list[int]]] = [{}]
        self._met: dict[int, list[int]] = {}
        self._firsts: dict[frozenset[int], tuple[frozenset[int], list[int]]] = {}
        nothing = frozenset[int]()
        self.states: States[Sound, _Nodes] = States((nothing, nothing), self._read, rows)

    def add(self, run: Iterable[int], words: Sequence[Ways], group: int) -> None:
        """Let a run belong to a group, before anything is read. Runs that begin alike share their nodes.

        A run is given by the numbers of its words, and ``words`` says how each may be said.
        """
        node = 0
        for word in run:
            after = self._after.get((node, word))
            if after is None:
                after = self._after[node, word] = self._node()
                for way in words[word]:
                    self._lead(node, way, after)
            node = after
        self._met.setdefault(node, []).append(group)

    def _node(self) -> int:
        self._edges.append({})
        return len(self._edges) - 1

    def _lead(self, node: int, way: tuple[int, ...], after: int) -> None:
        for test in way[:-1]:
            between = self._node()
            self._edges[node].setdefault(test, []).append(between)
            node = between
        self._edges[node].setdefault(way[-1], []).append(after)

    def _read(self, place: _Nodes, key: Sound) -> tuple[_Nodes, frozenset[int]]:
        met: list[int] = []
        for passed in key.tokens:
            later: list[int] = []
            for nodes in place:
                for node in nodes:
                    edges = self._edges[node]
                    if not edges.keys().isdisjoint(passed):
                        later += [after for test, ends in edges.items() if test in passed for after in ends]
            first, first_met = self._first(passed)
            met += first_met
            met += self._met_at(later)
            place = first, frozenset(node for node in later if self._edges[node])
        return place, frozenset(met)

    def _first(self, passed: frozenset[int]) -> tuple[frozenset[int], list[int]]:
        """Where runs come to that begin with a token, which most tokens of a text do over and over."""
        known = self._firsts.get(passed)
        if known is None:
            edges = self._edges[0]
            nodes = [after for test in passed for after in edges.get(test, ())]
            # One that leads nowhere has said all it has to say.
            known = frozenset(node for node in nodes if self._edges[node]), self._met_at(nodes)
            if len(self._firsts) >= _MOST_FIRSTS:
                self._firsts.clear()
            self._firsts[passed] = known
        return known

    def _met_at(self, nodes: Iterable[int]) -> list[int]:
        return [group for node in nodes for group in self._met.get(node, ())]


_SPACE = 1
"""The node of a space."""


class LiteralAutomaton:
    """Reads pieces of text and meets strings in them and over them, in lower case (Aho and Corasick's machine).

    A space is read before the first piece and after each: a string that begins or ends with a space may be met where
    none stands.
    """

    def __init__(self, rows: Mapping[int, Sequence[Row]]) -> None:
        # After each piece all is over but the strings that hold a space: few places are left, whatever was read.
        self._edges: list[dict[str, int]] = [{" ": _SPACE}, {}]
        self._met: list[frozenset[int]] = [_NONE, _NONE]
        self._back: list[int] = []
        self.states: States[str, int] = States(_SPACE, self._read, rows)

    def add(self, literal: str, group: int) -> None:
        """Let a lower-case string belong to a group, before anything is read."""
        node = 0
        for letter in _folded(literal):
            after = self._edges[node].get(letter)
            if after is None:
                after = self._edges[node][letter] = len(self._edges)
                self._edges.append({})
                self._met.append(_NONE)
            node = after
        self._met[node] |= {group}

    def _prepare(self) -> None:
        """For each node the longest other one that ends it, whose strings are met with its own."""
        back = [0] * len(self._edges)
        waiting = deque(self._edges[0].values())
        while waiting:
            node = waiting.popleft()
            self._met[node] |= self._met[back[node]]
            for letter, after in self._edges[node].items():
                fall = back[node]
                while fall and letter not in self._edges[fall]:
                    fall = back[fall]
                back[after] = self._edges[fall].get(letter, 0)
                waiting.append(after)
        self._back = back

    def _read(self, place: int, key: str) -> tuple[int, frozenset[int]]:
        if not self._back:
            self._prepare()
        met = _NONE
        for letter in f"{_folded(key)} ":
            while place and letter not in self._edges[place]:
                place = self._back[place]
            place = self._edges[place].get(letter, 0)
            if self._met[place]:
                met |= self._met[place]
        return place, met


def _folded(text: str) -> str:
    """A text in lower case, with the digits of every script as plain ones."""
    text = text.lower()
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text)
