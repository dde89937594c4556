"""Comparisons as JSON, for other programs."""

import json
from typing import Any

from analyzer.differences import Amendment, AnswerChange, Comparison, FindingChange, Passage, TextChange, Verification
from analyzer.findings import ChecklistAnswer, Finding, Report

__all__ = ["COMPARISON_SCHEMA", "VERIFICATION_SCHEMA", "render_comparison_json", "render_verification_json"]

COMPARISON_SCHEMA = "fairterms-diff/1"
VERIFICATION_SCHEMA = "fairterms-verify/1"


def render_comparison_json(comparison: Comparison) -> str:
    """Findings, answers and text of two documents; keys keep one order."""
    value = {
        "schema": COMPARISON_SCHEMA,
        "relation": comparison.relation.value,
        "old": _document(comparison.old),
        "new": _document(comparison.new),
        "findings": [_finding_change(change) for change in comparison.findings],
        "touched": [_finding(finding) for finding in comparison.touched],
        "checklist": [_answers(change) for change in comparison.answers],
        "text": [_change(change) for change in comparison.changes],
        "unchanged_sentences": comparison.unchanged,
        "amendments": [_amendment(amendment) for amendment in comparison.amendments],
    }
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def render_verification_json(found: Verification) -> str:
    """Whether the published text is the checked one, and where not; keys keep one order."""
    value = {
        "schema": VERIFICATION_SCHEMA,
        "outcome": found.outcome.value,
        "checked": {"name": found.checked, "sha256": found.checked_sha256},
        "published": {"name": found.published, "sha256": found.published_sha256},
        "differences": [_change(change) for change in found.differences],
        "reasons": list(found.reasons),
        "notes": list(found.notes),
        "words": found.words,
    }
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _document(report: Report) -> dict[str, Any]:
    return {
        "name": report.name,
        "sha256": report.sha256,
        "verdict": report.verdict.value,
        "complete": report.reading.is_complete,
    }


def _finding_change(change: FindingChange) -> dict[str, Any]:
    return {
        "fate": change.fate.value,
        "old": _finding(change.old) if change.old else None,
        "new": _finding(change.new) if change.new else None,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "rule": finding.rule,
        "category": finding.category,
        "subtype": finding.subtype or None,
        "severity": finding.severity.value,
        "title": finding.title,
        "text": finding.text,
        "start": finding.span.start,
        "end": finding.span.end,
        "page": finding.page,
        "section": finding.section,
    }


def _answers(change: AnswerChange) -> dict[str, Any]:
    return {
        "id": change.new.id,
        "question": change.new.question,
        "old": _answer(change.old),
        "new": _answer(change.new),
    }


def _answer(answer: ChecklistAnswer) -> dict[str, Any]:
    return {"answer": answer.answer.value, "text": answer.text or None, "page": answer.page}


def _change(change: TextChange) -> dict[str, Any]:
    return {"kind": change.kind.value, "old": _passage(change.old), "new": _passage(change.new)}


def _amendment(amendment: Amendment) -> dict[str, Any]:
    return {
        "action": amendment.action.value,
        "clause": amendment.clause or None,
        "section": amendment.section or None,
        "new": _passage(amendment.new),
        "old": _passage(amendment.old),
    }


def _passage(passage: Passage | None) -> dict[str, Any] | None:
    if passage is None:
        return None
    return {
        "text": passage.text,
        "start": passage.span.start,
        "end": passage.span.end,
        "page": passage.page,
        "section": passage.section,
        "marks": [[mark.start, mark.end] for mark in passage.marks],
    }
