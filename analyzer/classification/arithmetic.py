"""The numbers that the combiner sees, one definition for fitting and for scanning."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analyzer.classification.features import Instance
from analyzer.document import Unit

__all__ = ["ABSENT", "ALONE", "BLOCK_WEIGHTS", "DENSE", "WITH_RULE", "Floats", "dense_tables", "rule_scores"]

Floats = NDArray[np.float32]

BLOCK_WEIGHTS = (1.0, 1.0, 1.0, 0.5)
"""Length of each block of features after norming: context weighs less than the sentence's own words."""

ABSENT = -6.0
"""Text score of a sentence that the gate holds back: log-odds, about 1 in 400."""

ALONE, WITH_RULE = "alone", "with rule"
"""Names of the thresholds: where no rule fired, and where one did."""

DENSE = (
    "text score",
    "text score, squared with its sign",
    "a rule fired: its score",
    "a rule fired",
    "a rule was cleared",
    "best text score next to it",
    "a rule fired next to it",
    "length (log of words)",
    "heading",
    "list item",
    "table row",
    "table cell",
    "rules of other categories that fired",
)
"""The columns that the combiner sees, for one category."""

_UNITS = (Unit.HEADING, Unit.ITEM, Unit.ROW, Unit.CELL)


def rule_scores(instances: Sequence[Instance], categories: Sequence[str]) -> tuple[Floats, Floats]:
    """For each sentence and category the surest standing and the surest cleared match: two (n, k) arrays, 0 to 1."""
    column = {category: index for index, category in enumerate(categories)}
    standing = np.zeros((len(instances), len(categories)), np.float32)
    cleared = np.zeros_like(standing)
    for row, instance in enumerate(instances):
        for item in instance.evidence:
            place = column.get(item.rule.partition("/")[0])
            if place is not None:
                table = cleared if item.is_cleared else standing
                table[row, place] = max(table[row, place], item.score)
    return standing, cleared


def dense_tables(
    instances: Sequence[Instance], text_scores: Floats, standing: Floats, cleared: Floats
) -> list[NDArray[np.float64]]:
    """What the combiner of each category sees: a table of (n, len(DENSE)) for each of the k categories.

    ``instances`` are the sentences of one document in the order of its text, since neighbours count; ``text_scores``
    is (n, k), in log-odds.
    """
    fired = (standing > 0).astype(np.float64)
    others = fired.sum(axis=1)
    shared = [
        np.log1p([len(instance.tokens) for instance in instances]),
        *(np.array([instance.sentence.unit is unit for instance in instances], np.float64) for unit in _UNITS),
    ]
    tables = []
    for category in range(text_scores.shape[1]):
        scores = np.maximum(text_scores[:, category], ABSENT).astype(np.float64)
        columns = [
            scores,
            np.sign(scores) * np.minimum(scores**2, ABSENT**2),
            standing[:, category],
            fired[:, category],
            cleared[:, category] > 0,
            _next_to(scores, ABSENT),
            _next_to(fired[:, category], 0.0),
            *shared,
            others - fired[:, category],
        ]
        tables.append(np.column_stack([np.asarray(column, np.float64) for column in columns]))
    return tables


def _next_to(values: NDArray[np.float64], outside: float) -> NDArray[np.float64]:
    """The larger of the values before and after each one."""
    padded = np.concatenate([[outside], values, [outside]])
    best: NDArray[np.float64] = np.maximum(padded[:-2], padded[2:])
    return best
