"""Phrases cut into runs of adjacent words, gaps and choices, and joined again where the runs stand."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from analyzer.phrases import Choice, Slot

__all__ = ["Fork", "Gap", "Hits", "Plan", "Run", "joined", "plan_of", "written_out"]

Run = tuple[Slot, ...]
"""Words that stand side by side, none of which may be absent."""
Hits = Callable[[int], Sequence[tuple[int, int]]]
"""Where the run of a number stands in a text, as half-open ranges of tokens."""


class Gap(NamedTuple):
    """Up to so many tokens of any kind."""

    maximum: int


class Fork(NamedTuple):
    """Several ways to go on, or none of them where it may be left out."""

    branches: "tuple[Plan, ...]"
    is_optional: bool


Plan = tuple[int | Gap | Fork, ...]
"""A phrase in order: numbers of runs, gaps and forks."""


def plan_of(sequence: Sequence[Slot | Choice], number_of: Callable[[Run], int]) -> Plan:
    """A phrase as its runs, each by the number that ``number_of`` gives it."""
    return tuple(_elements(sequence, number_of))


def _elements(sequence: Sequence[Slot | Choice], number_of: Callable[[Run], int]) -> Iterator[int | Gap | Fork]:
    run: list[Slot] = []
    for node in sequence:
        if isinstance(node, Slot) and node.minimum and not node.is_gap:
            run.append(node)
            continue
        if run:
            yield number_of(tuple(run))
            run = []
        if isinstance(node, Choice):
            yield Fork(tuple(plan_of(inner, number_of) for inner in node.sequences), node.is_optional)
        elif node.is_gap:
            yield Gap(node.maximum)
        else:
            yield Fork(((number_of((replace(node, minimum=1),)),),), is_optional=True)
    if run:
        yield number_of(tuple(run))


def written_out(sequence: Sequence[Slot | Choice], most: int) -> list[tuple[Slot, ...]]:
    """The sequences without choices that a phrase stands for; empty where they are more than ``most``.

    A word that may be absent stands in those where it is there.
    """
    found: list[tuple[Slot, ...]] = [()]
    for node in sequence:
        if isinstance(node, Slot) and (node.minimum or node.is_gap):
            found = [(*before, node) for before in found]
            continue
        options = _options(node, most)
        if not options or len(found) * len(options) > most:
            return []
        found = [before + option for before in found for option in options]
    return found


def _options(node: Slot | Choice, most: int) -> list[tuple[Slot, ...]]:
    if isinstance(node, Slot):
        return [(node,), ()]
    options: list[tuple[Slot, ...]] = [()] if node.is_optional else []
    for inner in node.sequences:
        written = written_out(inner, most)
        if not written:
            return []
        options += written
    return options


_Partial = set[tuple[int, int, int]]
"""Start and end in tokens of what matched so far, and how many words may stand before what follows."""
_ANYWHERE = (-1, -1, 0)


def joined(plan: Plan, hits: Hits) -> list[tuple[int, int]]:
    """Where a phrase stands, in order, from where its runs stand.

    A run is asked for only where what comes before it stands somewhere.
    """
    return sorted({(start, end) for start, end, _ in _joined(plan, hits, {_ANYWHERE}) if start >= 0})


def _joined(plan: Plan, hits: Hits, partial: _Partial) -> _Partial:
    for element in plan:
        if isinstance(element, Gap):
            partial = {(a, b, slack + element.maximum) if a >= 0 else _ANYWHERE for a, b, slack in partial}
        elif isinstance(element, Fork):
            # An alternative may begin or end with a gap, so each goes on from what comes before it.
            after = {spot for inner in element.branches for spot in _joined(inner, hits, partial)}
            partial = after | partial if element.is_optional else after
        else:
            partial = _extended(partial, hits(element))
        if not partial:
            return set()
    return partial


def _extended(partial: _Partial, found: Sequence[tuple[int, int]]) -> _Partial:
    """Each partial match with what may follow it."""
    if len(partial) == 1 and _ANYWHERE in partial:
        return {(start, end, 0) for start, end in found}
    longer = {(start, end, 0) for start, end in found} if _ANYWHERE in partial else set()
    ends: dict[int, list[int]] = {}
    for start, end in found:
        ends.setdefault(start, []).append(end)
    for start, end, slack in partial:
        if start >= 0:
            longer.update((start, after, 0) for place in range(end, end + slack + 1) for after in ends.get(place, ()))
    return longer
