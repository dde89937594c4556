"""From which probability on a sentence is flagged: chosen for each category on scores that did not see the sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyzer.classification.arithmetic import ALONE, WITH_RULE, rule_scores
from analyzer.findings import Severity
from analyzer.training.corpus import Example
from analyzer.training.fitting import Fitted

__all__ = ["choose_thresholds"]

_GRID = np.array([0.05, 0.08, *np.arange(0.1, 0.9, 0.05)])
_FEWEST = 15
"""Positives without which a threshold is not chosen but taken over."""
_TAKEN_OVER = {ALONE: 0.5, WITH_RULE: 0.2}
_RECALL_HIGH = 0.92
"""Recall of high severity that is wanted first…"""
_PRICE = 0.01
"""…as long as it costs no more F1 than this."""


@dataclass(frozen=True, slots=True)
class _Counts:
    f1: float
    recall_high: float


def choose_thresholds(examples: Sequence[Example], fitted: Fitted) -> Mapping[str, Mapping[str, float]]:
    """For each category the thresholds with and without a rule, by F1 and recall of high severity."""
    rows, held = fitted.validation.rows, fitted.validation.probabilities
    picked = [examples[row] for row in rows]
    standing, _ = rule_scores([example.instance for example in picked], fitted.categories)
    weight = np.array([1.0 if example.is_whole else fitted.recipe.collection_weight for example in picked])
    return {
        category: _choose(picked, category, held[:, index], standing[:, index] > 0, weight)
        for index, category in enumerate(fitted.categories)
    }


def _choose(
    examples: Sequence[Example],
    category: str,
    probabilities: NDArray[np.float64],
    fired: NDArray[np.bool_],
    weight: NDArray[np.float64],
) -> Mapping[str, float]:
    wanted = np.array([category in example.labels for example in examples])
    high = np.array([category in e.labels and e.labels[category].severity is Severity.HIGH for e in examples])
    strange = np.array([not example.is_tuned for example in examples])
    whole = np.array([example.is_whole for example in examples])
    judged = strange | (whole & ~fired)
    use = np.array([category not in example.pieces for example in examples])
    if judged.any():
        use &= judged
    if wanted.sum() < _FEWEST:
        return _TAKEN_OVER
    # Only what could be flagged at the lowest threshold matters, and what is missed.
    near = use & ((probabilities >= _GRID[0]) | wanted)
    probabilities, fired, wanted, high, weight = (
        values[near] for values in (probabilities, fired, wanted, high, weight)
    )
    tried: dict[tuple[float, float], _Counts] = {}
    for alone in _GRID:
        for with_rule in _GRID[alone >= _GRID]:
            flagged = np.where(fired, probabilities >= with_rule, probabilities >= alone)
            right = float(weight[flagged & wanted].sum())
            f1 = 2 * right / max(float(weight[flagged].sum() + weight[wanted].sum()), 1e-9)
            recall = float(flagged[high].mean()) if high.any() else 1.0
            tried[float(alone), float(with_rule)] = _Counts(f1, recall)
    best = max(counts.f1 for counts in tried.values())
    affordable = {pair: counts for pair, counts in tried.items() if counts.f1 >= best - _PRICE}
    alone, with_rule = max(
        affordable,
        key=lambda pair: (min(affordable[pair].recall_high, _RECALL_HIGH), affordable[pair].f1, pair),
    )
    return {ALONE: round(alone, 3), WITH_RULE: round(with_rule, 3)}
