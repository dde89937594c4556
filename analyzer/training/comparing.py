"""Champion and challenger: whether one way of detecting is better than another on the same documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, lgamma, log

import numpy as np

from analyzer.errors import SampleError
from analyzer.training.agreement import Agreement, GramIndex, grams_of
from analyzer.training.measures import Floats, Measure, draw, measured
from analyzer.training.scoring import CORE, DRAWS, Counted, count_by_document, counted_flags, macro_f1

__all__ = ["Comparison", "Difference", "Standing", "compare", "mcnemar"]


class Standing(StrEnum):
    """What a comparison shows."""

    BETTER = "better"
    WORSE = "worse"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Difference:
    """The challenger against the champion in one category, or in the mean of several."""

    category: str
    """Empty for the mean."""
    champion: float | None
    """F1."""
    challenger: float | None
    difference: Measure
    """Challenger's F1 less the champion's, with a 95 % interval from a paired bootstrap: both are scored on the same
    documents in each draw."""
    gained: int
    """Sentences that only the challenger has right: labels that it alone finds, false alarms that it alone avoids."""
    lost: int
    """Sentences that only the champion has right."""
    p_value: float
    """Chance of so uneven a split of these sentences if the two were equally good."""

    @property
    def standing(self) -> Standing:
        """Better or worse only where the whole interval lies on one side of 0."""
        if self.difference.low is not None and self.difference.low > 0:
            return Standing.BETTER
        if self.difference.high is not None and self.difference.high < 0:
            return Standing.WORSE
        return Standing.UNDECIDED


@dataclass(frozen=True, slots=True)
class Comparison:
    """The challenger against the champion."""

    champion: str
    challenger: str
    documents: int
    overall: Difference
    """Mean F1 over the core categories that have labels, or over all that have where none of the core has."""
    categories: tuple[Difference, ...]
    """Sorted by name."""


def compare(
    champion: Sequence[Agreement],
    challenger: Sequence[Agreement],
    *,
    names: tuple[str, str] = ("champion", "challenger"),
    draws: int = DRAWS,
    seed: int = 0,
) -> Comparison:
    """Compare two ways of detecting on the same documents, given in the same order.

    Raises SampleError where the documents differ.
    """
    if [a.doc for a in champion] != [a.doc for a in challenger]:
        raise SampleError(names[0], f"was not scored on the documents of {names[1]}.", "Compare on the same labels.")
    weights = draw([agreement.agency for agreement in champion], draws=draws, seed=seed)
    before, after = count_by_document(champion), count_by_document(challenger)
    names_of_all = sorted({*before, *after})
    none = Counted(*np.zeros((4, len(champion))))
    discordant = {name: _discordant(champion, challenger, name) for name in names_of_all}
    rows = tuple(
        _difference(name, before.get(name, none).f1(weights), after.get(name, none).f1(weights), discordant[name])
        for name in names_of_all
    )
    labelled = [name for name in names_of_all if before.get(name, none).labels.any()]
    chosen = [name for name in labelled if name in CORE] or labelled
    gained = sum(discordant[name][0] for name in chosen)
    lost = sum(discordant[name][1] for name in chosen)
    overall = _difference("", macro_f1(before, chosen, weights), macro_f1(after, chosen, weights), (gained, lost))
    return Comparison(*names, len(champion), overall, rows)


def _difference(name: str, before: Floats, after: Floats, discordant: tuple[int, int]) -> Difference:
    # A category that one of the two leaves alone where there is no label has no F1 there: nothing to compare.
    change = np.nan_to_num(after) - np.nan_to_num(before)
    change[np.isnan(before) & np.isnan(after)] = np.nan
    gained, lost = discordant
    return Difference(
        name,
        measured(before).value,
        measured(after).value,
        measured(change),
        gained,
        lost,
        mcnemar(gained, lost),
    )


def _discordant(champion: Sequence[Agreement], challenger: Sequence[Agreement], category: str) -> tuple[int, int]:
    """Sentences of a category that only the challenger, and only the champion, has right."""
    gained = lost = 0
    for one, other in zip(champion, challenger, strict=True):
        for mine, theirs in zip(one.labels, other.labels, strict=True):
            if mine.label.category == category:
                gained += bool(theirs.found_by) and not mine.found_by
                lost += bool(mine.found_by) and not theirs.found_by
        mine_only, theirs_only = _unshared(_false_alarms(one, category), _false_alarms(other, category))
        gained += mine_only
        lost += theirs_only
    return gained, lost


def _false_alarms(agreement: Agreement, category: str) -> list[str]:
    return [
        flag.flagged.text
        for flag in counted_flags(agreement)
        if flag.flagged.category == category and not flag.is_right
    ]


def _unshared(mine: Sequence[str], theirs: Sequence[str]) -> tuple[int, int]:
    """How many texts of each list match none of the other."""
    here, there = [grams_of(text) for text in mine], [grams_of(text) for text in theirs]
    index_here, index_there = GramIndex(here), GramIndex(there)
    return (
        sum(not index_there.matches(grams) for grams in here),
        sum(not index_here.matches(grams) for grams in there),
    )


def mcnemar(gained: int, lost: int) -> float:
    """Two-sided p-value of McNemar's exact test (Q. McNemar, Psychometrika 12, 1947, in its binomial form).

    Of the sentences on which the two differ, either is right on half if they are equally good.
    """
    count, smaller = gained + lost, min(gained, lost)
    if gained == lost:
        return 1.0
    logs = (lgamma(count + 1) - lgamma(k + 1) - lgamma(count - k + 1) - count * log(2) for k in range(smaller + 1))
    return min(1.0, 2 * sum(map(exp, logs)))
