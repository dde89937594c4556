"""Labels that the model finds most unlikely, for a person to look at: most of what it gets wrong is hard, some is not.

The scores come from folds that did not see the document ("confident learning", Northcutt et al. 2021).
"""

from collections.abc import Iterable, Sequence

from analyzer.training.corpus import Example
from analyzer.training.evaluation import SuspiciousLabel
from analyzer.training.fitting import Fitted

__all__ = ["doubts_table", "suspicious_labels"]

_SURE = 0.8
"""How sure the model must be that a label is wrong."""
_SHORTEST = 6
"""Words of a sentence that can be judged by itself."""


def suspicious_labels(examples: Sequence[Example], fitted: Fitted, most: int = 50) -> tuple[SuspiciousLabel, ...]:
    """Sentences without a label that look like one, then labels that look like none; each worst first."""
    missing: list[tuple[float, SuspiciousLabel]] = []
    unlikely: list[tuple[float, SuspiciousLabel]] = []
    for column, category in enumerate(fitted.categories):
        for row, probability in zip(
            fitted.validation.rows, fitted.validation.probabilities[:, column].tolist(), strict=True
        ):
            example = examples[row]
            if category in example.pieces or len(example.instance.tokens) < _SHORTEST:
                continue
            label = example.labels.get(category)
            if label is None and probability >= _SURE:
                reason = f"No label, though the model is {probability:.0%} sure of one."
                missing.append((-probability, _suspicious(example, category, "", reason)))
            elif label is not None and probability <= 1 - _SURE:
                reason = f"Labelled, though the model gives it {probability:.1%}."
                unlikely.append((probability, _suspicious(example, category, label.subtype, reason)))
    half = most // 2
    return tuple(item for found in (missing, unlikely) for _, item in sorted(found, key=lambda pair: pair[0])[:half])


def doubts_table(doubts: Iterable[SuspiciousLabel]) -> str:
    """Them as a table for a person to check: document, label or none, reason and text, with tabs between."""
    rows = [("document", "label", "reason", "text")]
    rows += [(d.doc, f"{d.category}/{d.subtype}".rstrip("/"), d.reason, " ".join(d.text.split())) for d in doubts]
    return "".join("\t".join(row) + "\n" for row in rows)


def _suspicious(example: Example, category: str, subtype: str, reason: str) -> SuspiciousLabel:
    return SuspiciousLabel(example.doc, category, subtype, example.instance.text, reason)
