"""An evaluation as JSON, for programs."""

import json
from typing import Any

from analyzer import __version__
from analyzer.training.breakdowns import Breakdown, Confusion, Row
from analyzer.training.comparing import Comparison, Difference
from analyzer.training.evaluation import Evaluation, SuspiciousLabel
from analyzer.training.measures import Calibration, Measure
from analyzer.training.mistakes import AnswerMistake, Mistake
from analyzer.training.scoring import CategoryScore, Scores

__all__ = ["EVALUATION_SCHEMA", "render_evaluation_json"]

EVALUATION_SCHEMA = "fairterms-evaluation/1"


def render_evaluation_json(evaluation: Evaluation, *, with_mistakes: bool = True) -> str:
    """An evaluation as JSON text, the same bytes for the same evaluation; figures from 0 to 1, null where undefined.

    Without mistakes it holds no word of any document.
    """
    value = {
        "schema": EVALUATION_SCHEMA,
        "version": __version__,
        "labels": evaluation.labels,
        "system": evaluation.system,
        "min_severity": evaluation.floor.value,
        **_scores(evaluation.scores),
        "unknown_categories": list(evaluation.unknown_categories),
        "breakdowns": {breakdown.by.value: _breakdown(breakdown) for breakdown in evaluation.breakdowns},
        "comparison": _comparison(evaluation.comparison) if evaluation.comparison else None,
    }
    if with_mistakes:
        value["mistakes"] = [_mistake(mistake) for mistake in evaluation.mistakes]
        value["checklist_mistakes"] = [_answer(mistake) for mistake in evaluation.answer_mistakes]
        value["suspicious_labels"] = [_suspicious(label) for label in evaluation.suspicious]
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _scores(scores: Scores) -> dict[str, Any]:
    return {
        "documents": scores.documents,
        "clusters": scores.clusters,
        "without_report": list(scores.without_outcome),
        "categories": {category.category: _category(category) for category in scores.categories},
        "core_macro_f1": _measure(scores.core_macro_f1),
        "high_severity_recall": _measure(scores.high_recall),
        "checklist": {
            "accuracy": _measure(scores.checklist),
            "questions": {q.question: {"right": q.right, "asked": q.asked} for q in scores.questions},
        },
        "calibration": _calibration(scores.calibration),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _measure(measure: Measure) -> dict[str, float | None]:
    return {"value": _rounded(measure.value), "low": _rounded(measure.low), "high": _rounded(measure.high)}


def _category(category: CategoryScore) -> dict[str, Any]:
    return {
        "labels": category.labels,
        "found": category.found,
        "missed": category.missed,
        "findings": category.findings,
        "right": category.right,
        "false_alarms": category.false_alarms,
        "precision": _measure(category.precision),
        "recall": _measure(category.recall),
        "f1": _measure(category.f1),
        "average_precision": _measure(category.average_precision),
        "recall_by_severity": {
            severity.value: {"found": found, "labels": labels}
            for severity, (found, labels) in category.by_severity.items()
        },
    }


def _calibration(calibration: Calibration) -> dict[str, Any]:
    bins = [
        {
            "low": round(row.low, 4),
            "high": round(row.high, 4),
            "count": row.count,
            "score": round(row.score, 4),
            "right": round(row.right, 4),
        }
        for row in calibration.bins
    ]
    return {"error": _rounded(calibration.error), "bins": bins}


def _breakdown(breakdown: Breakdown) -> dict[str, Any]:
    value: dict[str, Any] = {"rows": [_row(row) for row in breakdown.rows]}
    if breakdown.confusion:
        value["confusion"] = [_confusion(table) for table in breakdown.confusion]
    return value


def _row(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "documents": row.documents,
        "labels": row.labels,
        "found": row.found,
        "findings": row.findings,
        "right": row.right,
        "same_subtype": row.same_subtype,
        "precision": _measure(row.precision_measure),
        "recall": _rounded(row.recall),
        "f1": _rounded(row.f1),
    }


def _confusion(table: Confusion) -> dict[str, Any]:
    return {
        "category": table.category,
        "labels": list(table.labels),
        "flagged": list(table.flags),
        "counts": [list(row) for row in table.counts],
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    return {
        "champion": comparison.champion,
        "challenger": comparison.challenger,
        "overall": _difference(comparison.overall),
        "categories": {row.category: _difference(row) for row in comparison.categories},
    }


def _difference(difference: Difference) -> dict[str, Any]:
    return {
        "champion_f1": _rounded(difference.champion),
        "challenger_f1": _rounded(difference.challenger),
        "difference": _measure(difference.difference),
        "gained": difference.gained,
        "lost": difference.lost,
        "p_value": round(difference.p_value, 6),
        "verdict": difference.standing.value,
    }


def _mistake(mistake: Mistake) -> dict[str, Any]:
    return {
        "kind": mistake.kind.value,
        "doc": mistake.doc,
        "category": mistake.category,
        "subtype": mistake.subtype or None,
        "severity": mistake.severity.value if mistake.severity else None,
        "score": _rounded(mistake.score),
        "rule": mistake.rule or None,
        "elsewhere": list(mistake.elsewhere),
        "text": mistake.text,
    }


def _answer(mistake: AnswerMistake) -> dict[str, Any]:
    return {
        "doc": mistake.doc,
        "id": mistake.question,
        "truth": mistake.truth,
        "answer": mistake.answer or None,
    }


def _suspicious(label: SuspiciousLabel) -> dict[str, Any]:
    return {
        "doc": label.doc,
        "category": label.category,
        "subtype": label.subtype or None,
        "reason": label.reason,
        "text": label.text,
    }
