"""Figures with their uncertainty: ratios, F1, average precision, calibration, and bootstrap draws over documents.

Documents, not sentences, are drawn anew: sentences of one document are too alike to count as independent. Where
agencies are known, whole agencies are drawn for the same reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

__all__ = [
    "Bin",
    "Calibration",
    "Floats",
    "Measure",
    "RankedUnits",
    "average_precision",
    "calibrate",
    "draw",
    "f1_of",
    "measured",
    "ratio",
]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure from 0 to 1 and its 95 % interval; None where there is nothing to take it of."""

    value: float | None
    low: float | None = None
    high: float | None = None


def draw(clusters: Sequence[str], *, draws: int, seed: int) -> Floats:
    """How often each document counts in each bootstrap draw.

    ``clusters`` says for each document what it is drawn with (itself or its agency). Shape: 1 + draws, documents. Row 0
    is all ones, the sample itself, so that one computation gives a figure and its draws. With fewer than two
    clusters there is nothing to draw, and row 0 is all there is.
    """
    names, member = np.unique(np.asarray(clusters, dtype=np.str_), return_inverse=True)
    ones = np.ones((1, len(clusters)))
    if len(names) < 2:
        return ones
    generator = np.random.default_rng(seed)
    counts = generator.multinomial(len(names), np.full(len(names), 1 / len(names)), size=draws)
    return np.vstack([ones, counts[:, member].astype(np.float64)])


def ratio(part: Floats, whole: Floats) -> Floats:
    """Elementwise part / whole; NaN where whole is 0."""
    result: Floats = np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)
    return result


def f1_of(precision: Floats, recall: Floats) -> Floats:
    """Harmonic mean; NaN where there is neither label nor finding, 0 where only one of them is or both are 0."""
    is_empty = np.isnan(precision) & np.isnan(recall)
    p, r = np.nan_to_num(precision), np.nan_to_num(recall)
    return np.where(is_empty, np.nan, np.nan_to_num(ratio(2 * p * r, p + r)))


def measured(values: Floats) -> Measure:
    """A figure (first value) with the percentile interval of its draws (the others), those without value left out."""
    first = None if np.isnan(values[0]) else float(values[0])
    drawn = values[1:][~np.isnan(values[1:])]
    if first is None or not drawn.size:
        return Measure(first)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Measure(first, float(low), float(high))


@dataclass(frozen=True, slots=True)
class RankedUnits:
    """Sentences with scores for one category, as columns, and the labels that no listed sentence covers."""

    scores: Sequence[float]
    is_right: Sequence[bool]
    documents: Sequence[int]
    """Index of the document of each sentence."""
    unranked: Sequence[int]
    """For each document, how many labels nothing ranked: positives that are never reached."""


def average_precision(units: RankedUnits, weights: Floats) -> Floats:
    """Area under the precision-recall curve in steps, for each draw of `draw`; NaN where there is no positive.

    Sentences with one score count together, so that their order in the file does not matter. Labels that nothing
    ranked are positives with precision 0.
    """
    total = weights @ np.asarray(units.unranked, dtype=np.float64)
    if not any(units.is_right):
        return np.where(total > 0, 0.0, np.nan)
    scores = np.asarray(units.scores, dtype=np.float64)
    is_right = np.asarray(units.is_right, dtype=bool)
    # Precision is only read where a positive is reached: all scores between two of them fall into one step.
    steps = np.unique(scores[is_right])[::-1]
    step_of = np.searchsorted(-steps, -scores, side="left")
    is_reached = step_of < len(steps)
    documents = np.asarray(units.documents, dtype=np.int64)
    shape = (len(steps), weights.shape[1])
    gained = weights @ _counts(step_of[is_right], documents[is_right], shape)
    reached = weights @ _counts(step_of[is_reached], documents[is_reached], shape)
    precision = np.nan_to_num(ratio(np.cumsum(gained, axis=1), np.cumsum(reached, axis=1)))
    return ratio((gained * precision).sum(axis=1), gained.sum(axis=1) + total)


def _counts(steps: NDArray[np.int64], documents: NDArray[np.int64], shape: tuple[int, int]) -> sparse.csr_matrix:
    """How many sentences of each document (rows) fall into each step (columns); nearly all are 0."""
    ones = np.ones(len(steps))
    return sparse.coo_matrix((ones, (documents, steps)), shape=shape[::-1]).tocsr()


@dataclass(frozen=True, slots=True)
class Bin:
    """Sentences whose scores lie in one tenth of 0 to 1."""

    low: float
    high: float
    count: int
    score: float
    """Mean score: how sure detection was."""
    right: float
    """Share that was right."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Whether scores mean what they say: of sentences with score 0.8, about 80 % should be right."""

    error: float | None
    """Expected calibration error (Naeini et al., AAAI 2015): the mean gap between score and share that was right,
    weighted by the sentences in each bin. None where nothing has a score."""
    bins: tuple[Bin, ...]
    """Those that hold sentences, lowest scores first."""


def calibrate(scores: Sequence[float], is_right: Sequence[bool], *, bins: int = 10) -> Calibration:
    """The reliability table of scores, in bins of one width; a score of 1 falls into the last."""
    if not scores:
        return Calibration(None, ())
    score = np.asarray(scores, dtype=np.float64)
    right = np.asarray(is_right, dtype=np.float64)
    # Rounded first: 0.3 * 10 is 3.0000000000000004 or 2.9999999999999996 depending on how 0.3 came about.
    number = np.clip(np.floor(np.round(score * bins, 9)), 0, bins - 1).astype(np.int64)
    rows = []
    for position in np.unique(number):
        inside: NDArray[Any] = number == position
        low, high = float(position) / bins, float(position + 1) / bins
        rows.append(Bin(low, high, int(inside.sum()), float(score[inside].mean()), float(right[inside].mean())))
    error = sum(row.count * abs(row.right - row.score) for row in rows) / len(scores)
    return Calibration(error, tuple(rows))
