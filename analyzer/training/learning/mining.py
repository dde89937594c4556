"""Word sequences that stand in positives and hardly elsewhere.

Sequences grow place by place from those that are frequent among the positives, as in PrefixSpan (Pei et al.,
"PrefixSpan: mining sequential patterns efficiently by prefix-projected pattern growth", ICDE 2001): each holds the
positions where it ends, and only what follows there is counted. A place follows at once or within a gap. At each
length the best go on, judged by how much more often they stand in positives than elsewhere (contrast or emerging
patterns: Dong & Li, "Efficient mining of emerging patterns", KDD 1999), which bounds the work whatever the number of
sentences.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzer.training.learning.corpus import GAP, Corpus, Flags, Numbers, Phrase, TokenTable, Weights

__all__ = ["Found", "Limits", "mine", "wilson"]

_LOWEST_BASE = 0.1
"""Positives are taken to be at least so frequent, or phrases that are everywhere would win by their numbers."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far mining goes."""

    length: int = 4
    """Places of a phrase."""
    beam: int = 120
    """Phrases of one length that are made longer."""
    kept: int = 350
    least: int = 3
    """Positives that a phrase must stand in."""


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase with where it stands."""

    phrase: Phrase
    texts: Numbers
    """Of the table, in order."""
    right: int
    wrong: float
    """By the weights of the negatives."""
    quality: float


@dataclass(frozen=True, slots=True)
class _Task:
    """What is looked for in what."""

    table: TokenTable
    positive: Flags
    weight: Weights
    """Of each text that is not a positive; 0 where it is left out."""
    active: Flags
    is_link: Flags
    base: float
    limits: Limits

    def counts(self, texts: Numbers) -> tuple[int, float]:
        """Positives and weighted negatives among different texts."""
        return int(self.positive[texts].sum()), float(self.weight[texts].sum())

    def quality(self, right: float, wrong: float) -> float:
        """Bits that a phrase saves in saying which of its sentences are positives."""
        return float(right * np.log2((right + 0.5) / (right + wrong + 1) / self.base))

    def texts_of(self, last: Numbers) -> Numbers:
        """The active texts whose own words a phrase ends in."""
        texts = np.unique(self.table.text_of[last[self.table.is_own[last]]])
        return texts[self.active[texts]]


@dataclass(frozen=True, slots=True)
class _Growing:
    phrase: Phrase
    first: Numbers
    last: Numbers
    quality: float


def wilson(right: NDArray[Any] | float, fired: NDArray[Any] | float, z: float = 1.28) -> NDArray[np.float64]:
    """Lower bound of a share by its Wilson interval (z = 1.28: nine in ten that the truth lies above); 0 of 0 is 0."""
    n = np.maximum(np.asarray(fired, dtype=np.float64), 1e-9)
    share = np.asarray(right, dtype=np.float64) / n
    centre = share + z * z / (2 * n)
    spread = z * np.sqrt(np.maximum(share * (1 - share), 0) / n + z * z / (4 * n * n))
    return np.where(np.asarray(fired) > 0, (centre - spread) / (1 + z * z / n), 0.0)


def mine(corpus: Corpus, table: TokenTable, positive: Flags, weight: Weights, limits: Limits) -> list[Found]:
    """Phrases by what they tell, best first; ``positive`` and ``weight`` (of the others) go by texts of ``table``."""
    weight = np.where(positive, 0.0, weight)
    active = positive | (weight > 0)
    base = max(_LOWEST_BASE, positive.sum() / max(1, active.sum()))
    is_link = np.array([item.is_link for item in corpus.lexicon.items])
    task = _Task(table, positive, weight, active, is_link, base, limits)
    grown = []
    for item in _starts(task):
        first = last = table.positions([int(item)])
        keep = active[table.text_of[last]]
        grown.append(_growing(task, ((0, (int(item),)),), first[keep], last[keep]))
    found = list(grown)
    for _ in range(1, limits.length):
        longer: list[tuple[float, _Growing, int, int]] = []
        for state in sorted(grown, key=lambda s: (-s.quality, s.phrase))[: limits.beam]:
            longer += ((quality, state, gap, item) for quality, gap, item in _following(task, state))
        longer.sort(key=lambda one: (-one[0], one[1].phrase, one[2], one[3]))
        grown = []
        for _, state, gap, item in longer[: 3 * limits.beam]:
            first, last = table.extend(state.first, state.last, gap, [item])
            grown.append(_growing(task, (*state.phrase, (gap, (item,))), first, last))
        found += grown
    fit = [one for one in found if not is_link[one.phrase[-1][1][0]] and _says_something(corpus, one.phrase)]
    return _distinct(corpus, task, fit)


def _starts(task: _Task) -> Numbers:
    """Items that enough positives hold, and that a phrase may begin with."""
    rows = np.flatnonzero(task.positive[task.table.text_of])
    texts = task.table.text_of[rows]
    counts = np.bincount(_pairs(task, task.table.items[rows], texts) // task.table.count, minlength=1)
    items = np.flatnonzero(counts >= task.limits.least)
    return items[(items > 0) & ~task.is_link[items]]


def _pairs(task: _Task, items: NDArray[np.int32], texts: Numbers) -> Numbers:
    """Different pairs of item and text, as one number each."""
    return np.unique(items.astype(np.int64) * task.table.count + texts[:, None])


def _growing(task: _Task, phrase: Phrase, first: Numbers, last: Numbers) -> _Growing:
    return _Growing(phrase, first, last, task.quality(*task.counts(task.texts_of(last))))


def _following(task: _Task, state: _Growing) -> list[tuple[float, int, int]]:
    """Quality, gap and item of what may come next. A link says something only beside the words that it links."""
    result: list[tuple[float, int, int]] = []
    count = task.table.count
    for gap in (0,) if task.is_link[state.phrase[-1][1][0]] else (0, GAP):
        ahead = np.concatenate([state.last + step for step in range(1, gap + 2)])
        texts, items = task.table.text_of[ahead], task.table.items[ahead]
        in_positive = task.positive[texts]
        right = np.bincount(_pairs(task, items[in_positive], texts[in_positive]) // count, minlength=1)
        wanted = np.flatnonzero(right >= task.limits.least)
        wanted = wanted[wanted > 0]
        if gap:
            wanted = wanted[~task.is_link[wanted]]
        if not len(wanted):
            continue
        pairs = _pairs(task, items, texts)
        wrong = np.bincount(pairs // count, weights=task.weight[pairs % count], minlength=len(right))
        result += ((task.quality(int(right[item]), float(wrong[item])), gap, int(item)) for item in wanted)
    result.sort(key=lambda one: (-one[0], one[1], one[2]))
    return result[: task.limits.beam]


def _says_something(corpus: Corpus, phrase: Phrase) -> bool:
    """It holds a word that is more than a party, an obligation or a link."""
    return any(not corpus.lexicon.items[item].is_weak for _, items in phrase for item in items)


def _distinct(corpus: Corpus, task: _Task, states: list[_Growing]) -> list[Found]:
    """The best phrases, and of those that stand in the same texts the one that reads best."""
    best: dict[bytes, tuple[tuple[int, ...], _Growing, Numbers]] = {}
    for state in states:
        texts = task.texts_of(state.last)
        if task.positive[texts].sum() < task.limits.least:
            continue
        key = texts.tobytes()
        effort = _effort(corpus, state.phrase)
        if key not in best or effort < best[key][0]:
            best[key] = effort, state, texts
    result = []
    for _, state, texts in best.values():
        right, wrong = task.counts(texts)
        result.append(Found(state.phrase, texts, right, wrong, state.quality))
    result.sort(key=lambda one: (-one.quality, one.phrase))
    kept = task.limits.kept
    sure = sorted(result[kept:], key=lambda f: (-float(wilson(f.right, f.right + f.wrong)), f.phrase))
    return result[:kept] + sure[: kept // 2]


def _effort(corpus: Corpus, phrase: Phrase) -> tuple[int, ...]:
    """What makes a phrase hard to read: places first, then sets of words, then gaps."""
    ranks = sum(corpus.lexicon.items[item].rank for _, items in phrase for item in items)
    return len(phrase), ranks, sum(gap for gap, _ in phrase), *(item for _, items in phrase for item in items)
