"""A few patterns for each subtype, out of many candidates, and what clears their false alarms.

Candidates are phrases, pairs of phrases of one sentence, and phrases under a heading. They are chosen as a greedy
weighted set cover (as sequential covering does: Clark & Niblett, "The CN2 induction algorithm", 1989; Cohen, "Fast
effective rule induction", 1995): the next is the one with most positives that none before it covers, less its false
alarms at the price that the precision asked for puts on them, per phrase that a person has to read (short sets of
independent rules: Lakkaraju, Bach & Leskovec, "Interpretable decision sets", KDD 2016). Only candidates whose precision
has a high enough lower bound take part.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analyzer.training.learning.corpus import Corpus, Flags, Numbers, Phrase, TokenTable, Weights
from analyzer.training.learning.generalising import generalise
from analyzer.training.learning.mining import Found, Limits, mine, wilson

__all__ = ["Clause", "Draft", "Picked", "Thresholds", "select"]

_PAIRS = 1_500
_MERGED = 300
_MOST_POSITIVES, _MOST_NEGATIVES = 600, 8_000
"""Sentences that are learned from where there are more than ``_LARGE``."""
_LARGE = 30_000
_MOST_PATTERNS = 12
_MOST_UNLESS = 4
_COST_OF_A_PHRASE = 0.4
_LEAST_GROUPS = 2
_LAX = 0.35
"""Precision of the phrases that exceptions are looked for: broad ones, such as a person writes."""
_GUARDED = 200
_LEAST_CLEARED = 3
_PRICE_OF_A_HIT = 8
"""False alarms that an exception must clear for each hit that it loses."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What a pattern must reach on the sentences that it is learned from."""

    precision: float = 0.8
    support: int = 3
    """Positives."""
    groups: int = _LEAST_GROUPS
    """Issuers (or documents) that the positives come from."""


@dataclass(frozen=True, slots=True, order=True)
class Clause:
    """A phrase and the window that it is looked for in."""

    window: str
    """``sentence``, ``item`` or ``heading``."""
    phrase: Phrase
    is_not: bool = False
    """It must not stand there."""


@dataclass(frozen=True, slots=True)
class Picked:
    """A pattern of a rule, with what it did on the sentences that it was learned from."""

    clauses: tuple[Clause, ...]
    sentences: Numbers
    right: int
    wrong: int
    added: int
    """Positives that no pattern before it covers."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What was learned for a category and subtype."""

    category: str
    subtype: str
    patterns: tuple[Picked, ...]
    unless: tuple[Clause, ...]
    positives: int


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Candidates as rows of a table: which positives, and which other sentences, each stands in."""

    clauses: list[tuple[Clause, ...]]
    on_right: Flags
    on_wrong: Flags

    def plus(self, other: "_Candidates") -> "_Candidates":
        return _Candidates(
            self.clauses + other.clauses,
            np.concatenate([self.on_right, other.on_right]),
            np.concatenate([self.on_wrong, other.on_wrong]),
        )

    def of(self, rows: Sequence[int] | Numbers) -> "_Candidates":
        return _Candidates([self.clauses[int(row)] for row in rows], self.on_right[rows], self.on_wrong[rows])


@dataclass(frozen=True, slots=True)
class _Samples:
    """The sentences of one subtype and those that it is to be told from, by their places in the corpus."""

    table: TokenTable
    """Their words."""
    positive: Flags
    weight: Weights
    """Of each other sentence; 0 where it is left out."""
    right: Numbers
    wrong: Numbers


def _samples(corpus: Corpus, category: str, positive: Flags, negative: Flags, within: Flags) -> _Samples:
    """What is learned from: where there is more than a core can go through in seconds, an even choice of it."""
    right, wrong, share = np.flatnonzero(positive), np.flatnonzero(negative), 1.0
    if len(corpus) > _LARGE:
        right, _ = _thinned(right, _MOST_POSITIVES)
        wrong, share = _thinned(wrong, _MOST_NEGATIVES)
    chosen, weight = np.zeros(len(corpus), dtype=np.bool_), np.zeros(len(corpus))
    chosen[right] = True
    weight[wrong] = corpus.weights(category, within)[wrong] * share * len(right) / max(1, positive.sum())
    return _Samples(corpus.text.only(chosen | (weight > 0)), chosen, weight, right, wrong)


def _thinned(places: Numbers, most: int) -> tuple[Numbers, float]:
    """No more than so many, spread evenly over the corpus, and how many each stands for."""
    if len(places) <= most:
        return places, 1.0
    return places[np.linspace(0, len(places) - 1, most).astype(np.int64)], len(places) / most


def select(
    corpus: Corpus, category: str, subtype: str, within: Flags, wanted: Thresholds, limits: Limits
) -> Draft | None:
    """The rule for a subtype from the sentences ``within``; None where nothing is good enough."""
    positive = corpus.labels[category, subtype] & within & corpus.is_first
    negative = within & corpus.is_first & ~corpus.of_category(category)
    if positive.sum() < wanted.support:
        return None
    samples = _samples(corpus, category, positive, negative, within)
    candidates = _singles(corpus, samples, replace(limits, least=max(2, wanted.support - 1)))
    guarded = _guarded(candidates, _clearing(corpus, candidates, samples), samples, wanted)
    pairs = _pairs(candidates, _headings(corpus, samples, limits), samples, wanted)
    candidates = candidates.plus(guarded).plus(pairs)
    chosen = _greedy(corpus, candidates, samples, wanted)
    if not chosen:
        return None
    picked = _picked(candidates, chosen, samples)
    return Draft(category, subtype, tuple(picked), _unless(candidates, chosen), int(positive.sum()))


def _singles(corpus: Corpus, samples: _Samples, limits: Limits) -> _Candidates:
    """Phrases of the sentence, merged ones among them, and their places."""
    found = mine(corpus, samples.table, samples.positive, samples.weight, limits)
    found += generalise(corpus, found, samples.positive, samples.weight)[:_MERGED]
    return _table([_placed(corpus, samples.table, one, samples.positive) for one in found], samples)


def _placed(corpus: Corpus, table: TokenTable, one: Found, positive: Flags) -> tuple[Clause, Flags]:
    """In the sentence alone, or after its lead-in where that finds more positives; and where it stands."""
    first, last = table.find(one.phrase)
    own_end = table.is_own[last]
    in_item, in_sentence = np.zeros(len(corpus), dtype=np.bool_), np.zeros(len(corpus), dtype=np.bool_)
    in_item[table.text_of[last[own_end]]] = True
    in_sentence[table.text_of[last[own_end & table.is_own[first]]]] = True
    if (positive & in_item).sum() > (positive & in_sentence).sum():
        return Clause("item", one.phrase), in_item
    return Clause("sentence", one.phrase), in_sentence


def _headings(corpus: Corpus, samples: _Samples, limits: Limits) -> _Candidates:
    """Words of headings that positives stand under; single ones, since headings are short."""
    under = np.zeros(corpus.headings.count, dtype=np.bool_)
    under[corpus.heading_of[samples.right]] = True
    other = np.zeros(corpus.headings.count)
    other[corpus.heading_of[samples.wrong]] = 1.0
    found = mine(corpus, corpus.headings, under, other, replace(limits, length=1, least=3, kept=40))
    placed = []
    for one in found:
        texts = np.unique(corpus.headings.text_of[corpus.headings.find(one.phrase)[1]])
        placed.append((Clause("heading", one.phrase), np.isin(corpus.heading_of, texts)))
    return _table(placed, samples)


def _table(placed: Sequence[tuple[Clause, Flags]], samples: _Samples) -> _Candidates:
    """Single clauses as candidates."""
    on_right = np.zeros((len(placed), len(samples.right)), dtype=np.bool_)
    on_wrong = np.zeros((len(placed), len(samples.wrong)), dtype=np.bool_)
    for row, (_, stands) in enumerate(placed):
        on_right[row], on_wrong[row] = stands[samples.right], stands[samples.wrong]
    return _Candidates([(clause,) for clause, _ in placed], on_right, on_wrong)


def _pairs(singles: _Candidates, headings: _Candidates, samples: _Samples, wanted: Thresholds) -> _Candidates:
    """Two phrases together, where that is clearly more precise than each."""
    every = singles.plus(headings)
    if not singles.clauses:
        return every.of([])
    rights, wrongs = every.on_right.astype(np.float32), every.on_wrong.astype(np.float32)
    n = len(singles.clauses)
    weight = samples.weight[samples.wrong].astype(np.float32)
    both_right, both_wrong = rights[:n] @ rights.T, (wrongs[:n] * weight) @ wrongs.T
    lower = wilson(both_right, both_right + both_wrong)
    alone = wilson(rights.sum(axis=1), rights.sum(axis=1) + wrongs @ weight)
    better = lower > np.maximum(alone[:n, None], alone[None, :]) + 0.05
    useful = better & (both_right >= wanted.support) & (lower >= wanted.precision - 0.25)
    useful &= np.arange(len(every.clauses))[None, :] > np.arange(n)[:, None]
    rows, columns = np.nonzero(useful)
    value = both_right[rows, columns] * lower[rows, columns]
    order = np.lexsort((columns, rows, -value))[:_PAIRS]
    rows, columns = rows[order], columns[order]
    clauses = [(*every.clauses[int(a)], *every.clauses[int(b)]) for a, b in zip(rows, columns, strict=True)]
    return _Candidates(
        clauses, every.on_right[rows] & every.on_right[columns], every.on_wrong[rows] & every.on_wrong[columns]
    )


def _clearing(corpus: Corpus, candidates: _Candidates, samples: _Samples) -> _Candidates:
    """Phrases that stand in the false alarms of fair candidates and hardly in what they are right about."""
    hits, alarms = candidates.on_right.sum(axis=1), candidates.on_wrong.sum(axis=1)
    fair = (hits >= 4) & (hits >= _LAX * (hits + alarms))
    if not fair.any():
        return candidates.of([])
    false, true = np.zeros(len(corpus), dtype=np.bool_), np.zeros(len(corpus))
    true[samples.right[candidates.on_right[fair].any(axis=0)]] = 1.0
    false[samples.wrong[candidates.on_wrong[fair].any(axis=0)]] = True
    found = mine(corpus, samples.table, false, true, Limits(length=3, beam=60, kept=120, least=3))
    several = [one for one in found if len(np.unique(corpus.document_of[one.texts[false[one.texts]]])) >= _LEAST_GROUPS]
    return _table([_placed(corpus, samples.table, one, false) for one in several], samples)


def _guarded(singles: _Candidates, clearing: _Candidates, samples: _Samples, wanted: Thresholds) -> _Candidates:
    """Fair phrases with up to two others that must not stand there, which clear many false alarms and few hits."""
    result = singles.of([])
    if not clearing.clauses:
        return result
    hits, alarms = singles.on_right.sum(axis=1), singles.on_wrong.sum(axis=1)
    fair = np.flatnonzero((hits >= wanted.support) & (hits >= _LAX * (hits + alarms)) & (alarms >= _LEAST_CLEARED))
    state = singles.of(fair[np.argsort(-hits[fair], kind="stable")][:_GUARDED])
    rights, wrongs = clearing.on_right.astype(np.float32), clearing.on_wrong.astype(np.float32)
    weight = samples.weight[samples.wrong].astype(np.float32)
    for _ in range(2):
        cleared = state.on_wrong.astype(np.float32) @ wrongs.T
        weighed = (state.on_wrong * weight) @ wrongs.T
        lost = state.on_right.astype(np.float32) @ rights.T
        gain = np.where(cleared >= np.maximum(_LEAST_CLEARED, _PRICE_OF_A_HIT * lost), weighed - 4 * lost, 0)
        rows = np.flatnonzero(gain.max(axis=1) > 0)
        best = gain[rows].argmax(axis=1)
        clauses = [
            (*state.clauses[int(row)], *(replace(clause, is_not=True) for clause in clearing.clauses[int(guard)]))
            for row, guard in zip(rows, best, strict=True)
        ]
        state = _Candidates(
            clauses,
            state.on_right[rows] & ~clearing.on_right[best],
            state.on_wrong[rows] & ~clearing.on_wrong[best],
        )
        result = result.plus(state)
    return result


def _unless(candidates: _Candidates, chosen: list[tuple[int, int]]) -> tuple[Clause, ...]:
    """Guards that may clear every pattern of the rule: those of several patterns, or of its first."""
    counts = Counter(clause for row, _ in chosen for clause in candidates.clauses[row] if clause.is_not)
    first = {clause for row, _ in chosen[:1] for clause in candidates.clauses[row]}
    return tuple(sorted(clause for clause, count in counts.items() if count > 1 or clause in first)[:_MOST_UNLESS])


def _greedy(
    corpus: Corpus,
    candidates: _Candidates,
    samples: _Samples,
    wanted: Thresholds,
) -> list[tuple[int, int]]:
    """Rows of the chosen candidates, each with the positives that it adds."""
    hits, alarms = candidates.on_right.sum(axis=1), candidates.on_wrong.sum(axis=1)
    weight = samples.weight[samples.wrong].astype(np.float32)
    least = min(1.0, float(weight.min(initial=1.0))) * alarms
    likely = np.flatnonzero((hits >= wanted.support) & (wilson(hits, hits + least) >= wanted.precision))
    on_right, on_wrong = candidates.on_right[likely], candidates.on_wrong[likely].astype(np.float32)
    hits, alarms = on_right.sum(axis=1), on_wrong @ weight
    rows = np.flatnonzero((hits >= wanted.support) & (wilson(hits, hits + alarms) >= wanted.precision))
    groups = corpus.group_of[samples.right]
    rows = np.array([row for row in rows if len(np.unique(groups[on_right[row]])) >= wanted.groups], dtype=np.int64)
    if not len(rows):
        return []
    price = wanted.precision / (1 - min(wanted.precision, 0.95))
    effort = np.array([_effort(candidates.clauses[likely[row]]) for row in rows])
    rights, wrongs = on_right[rows].astype(np.float32), on_wrong[rows] * weight
    open_right, open_wrong = np.ones(rights.shape[1], np.float32), np.ones(wrongs.shape[1], np.float32)
    chosen: list[tuple[int, int]] = []
    while len(chosen) < _MOST_PATTERNS:
        adds = rights @ open_right
        gain = (adds - price * (wrongs @ open_wrong)) / effort
        gain[adds < 2] = 0
        best = int(np.argmax(gain))
        if gain[best] < 1:
            break
        chosen.append((int(likely[rows[best]]), int(adds[best])))
        open_right *= 1 - rights[best]
        open_wrong *= 1 - wrongs[best]
    return chosen


def _effort(clauses: tuple[Clause, ...]) -> float:
    """What it costs a person to read a pattern; one of a single place must earn more, since it says little."""
    places = sum(len(clause.phrase) for clause in clauses)
    return 1 + _COST_OF_A_PHRASE * len(clauses) + (1.0 if places == 1 else 0.1 * places)


def _picked(candidates: _Candidates, chosen: list[tuple[int, int]], samples: _Samples) -> list[Picked]:
    result = []
    for row, added in chosen:
        hits, alarms = samples.right[candidates.on_right[row]], samples.wrong[candidates.on_wrong[row]]
        sentences = np.sort(np.concatenate([hits, alarms]))
        result.append(Picked(candidates.clauses[row], sentences, len(hits), len(alarms), added))
    return result
