"""Which patterns are worth trying on a sentence, found by one look-up for each of its words.

An expression requires words (`analyzer.phrases`). Every group of words that some expression requires has a number;
a word meets the groups that hold it. A pattern hangs on its rarest group: sentences without a word of it never hear of
the pattern, so that the cost of scanning grows with the text and hardly with the number of rules.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from analyzer.phrases import Expression, Requirement, Vocabulary
from analyzer.rules import Condition, Entry, Pattern, Window

__all__ = ["ANCHORS", "CandidateIndex", "Known", "Row"]

ANCHORS = frozenset({Window.SENTENCE, Window.ITEM})


class Row(NamedTuple):
    """One pattern of one detector, with the groups of words that a sentence must meet."""

    needs: int
    """A bit for each group."""
    detector: int
    pattern: int
    within: tuple[Expression, ...] = ()
    """What must match in the sentence itself."""
    within_item: tuple[Expression, ...] = ()
    """What must match in the sentence after its lead-in: in the sentence itself where it has none."""


class Known(NamedTuple):
    """What there is to know of a word: the groups that it meets, and the rows that hang on one of them."""

    groups: int
    """A bit for each group."""
    rows: tuple[Row, ...]


_UNKNOWN = Known(0, ())


class CandidateIndex:
    """The index over all patterns. ``detectors`` gives each detector's patterns and its exceptions."""

    def __init__(
        self, detectors: Iterable[tuple[tuple[Pattern, ...], tuple[Condition, ...]]], vocabulary: Vocabulary
    ) -> None:
        self._vocabulary = vocabulary
        self._groups: dict[Requirement, int] = {}
        self._costs: list[int] = []
        self._exact: dict[str, list[int]] = {}
        self._prefixes: dict[str, list[int]] = {}
        self._rows: dict[int, list[Row]] = {}
        self._needs: dict[int, int] = {}
        self._rarest: dict[int, int] = {}
        self._known: dict[str, Known] = {}
        self.by_literal: dict[str, list[Row]] = {}
        """Lower-case string to the rows that wait for it."""
        for number, (patterns, unless) in enumerate(detectors):
            for place, pattern in enumerate(patterns):
                for entries in _anchors(pattern.condition):
                    self._add_row(entries, number, place)
            for entry in _entries(patterns, unless):
                self.needs_of(entry.expression)

    def needs_of(self, expression: Expression) -> int:
        """The groups of words that a text must meet before an expression can match it, a bit for each."""
        needs = self._needs.get(id(expression))
        if needs is None:
            groups = list(map(self._group, expression.requires))
            needs = self._needs[id(expression)] = _bits(groups)
            if groups:
                self._rarest[id(expression)] = min(groups, key=lambda group: (self._costs[group], group))
        return needs

    def rarest_of(self, expression: Expression) -> int | None:
        """The group of an expression that the fewest texts meet; None where it needs none."""
        return self._rarest.get(id(expression))

    def known(self, word: str) -> Known:
        """What there is to know of a lower-case word."""
        known = self._known.get(word)
        if known is None:
            if len(self._known) > 200_000:  # a bound on memory over very many documents
                self._known.clear()
            known = self._known[word] = self._look_up(word)
        return known

    def _look_up(self, word: str) -> Known:
        groups = list(self._exact.get(word, ()))
        for length in range(3, len(word) + 1):
            groups += self._prefixes.get(word[:length], ())
        if not groups:
            return _UNKNOWN
        return Known(_bits(groups), tuple(row for group in groups for row in self._rows.get(group, ())))

    def _group(self, requirement: Requirement) -> int:
        group = self._groups.get(requirement)
        if group is None:
            group = self._groups[requirement] = len(self._costs)
            self._costs.append(self._vocabulary.commonness(requirement))
            for word in sorted(requirement):
                table = self._prefixes if word.endswith("*") else self._exact
                table.setdefault(word.removesuffix("*"), []).append(group)
        return group

    def _add_row(self, entries: list[Entry], number: int, place: int) -> None:
        needs = 0
        for entry in entries:
            needs |= self.needs_of(entry.expression)
        within = tuple(e.expression for e in entries if e.window is Window.SENTENCE)
        within_item = tuple(e.expression for e in entries if e.window is Window.ITEM)
        row = Row(needs, number, place, within, within_item)
        regex = next((entry.expression for entry in entries if entry.expression.literals), None)
        if regex is not None:
            # A literal of a regex is rarer than most words: the row waits for one of them.
            for literal in regex.literals:
                self.by_literal.setdefault(literal, []).append(row)
            return
        rarest = [group for entry in entries if (group := self.rarest_of(entry.expression)) is not None]
        if rarest:
            self._rows.setdefault(min(rarest, key=lambda group: (self._costs[group], group)), []).append(row)


def _bits(groups: Iterable[int]) -> int:
    bits = 0
    for group in groups:
        bits |= 1 << group
    return bits


def _anchors(condition: Condition) -> list[list[Entry]]:
    """Groups of entries of which one group must match in the sentence or item itself.

    Each alternative of ``any`` makes a group with all of ``all``: the more words a row needs, the fewer sentences
    meet it.
    """
    anchored = [entry for entry in condition.all if entry.window in ANCHORS]
    if condition.any and all(entry.window in ANCHORS for entry in condition.any):
        return [[*anchored, entry] for entry in condition.any]
    return [anchored]


def _entries(patterns: Iterable[Pattern], unless: Iterable[Condition]) -> Iterator[Entry]:
    """Every entry of a detector, whether it can fire it or not."""
    for condition in (*(pattern.condition for pattern in patterns), *unless):
        yield from (*condition.all, *condition.any, *condition.none)
