"""Reports as JSON, the format that other programs rely on; ``docs/report.schema.json`` describes it."""

import json
from collections.abc import Mapping
from typing import Any

from analyzer.document import ReadingNote, Span
from analyzer.findings import ChecklistAnswer, Evidence, Failure, Finding, NearMiss, Record, Report
from analyzer.rendering.words import without_halves
from analyzer.rules import Reference

__all__ = ["failure_to_dict", "references_to_list", "render_json", "report_to_dict"]

References = Mapping[str, Reference]


def render_json(report: Report | Failure, references: References, *, indent: int | None = None) -> str:
    """One report as JSON text; keys keep one order, so that the same report gives the same bytes."""
    value = report_to_dict(report, references) if isinstance(report, Report) else failure_to_dict(report)
    return without_halves(json.dumps(value, ensure_ascii=False, indent=indent))


def report_to_dict(report: Report, references: References) -> dict[str, Any]:
    """A report as plain values. References stand in full, so that the report explains itself."""
    return {
        "schema": report.schema,
        "document": {
            "name": report.name,
            "sha256": report.sha256,
            "media_type": report.media_type,
            "pages": report.pages,
            "kind": report.kind,
        },
        "verdict": report.verdict.value,
        "reasons": list(report.reasons),
        "findings": [_finding(finding, references) for finding in report.findings],
        "near_misses": [_near_miss(near_miss) for near_miss in report.near_misses],
        "checklist": [_answer(answer, references) for answer in report.checklist],
        "reading": {
            "complete": report.reading.is_complete,
            "characters": report.reading.characters,
            "words": report.reading.words,
            "sentences": report.reading.sentences,
            "segments": report.reading.segments,
            "view": report.reading.view,
            "notes": [_note(note) for note in report.reading.notes],
        },
        "versions": {
            "fairterms": report.versions.fairterms,
            "rules": report.versions.rules,
            "policy": report.versions.policy,
            "model": report.versions.model or None,
        },
    }


def failure_to_dict(failure: Failure) -> dict[str, Any]:
    """A document that could not be analysed."""
    return {
        "document": {"name": failure.name, "sha256": failure.sha256 or None},
        "error": {"kind": failure.kind, "cause": failure.cause, "remedy": failure.remedy},
    }


def _finding(finding: Finding, references: References) -> dict[str, Any]:
    return {
        "id": finding.id,
        "rule": finding.rule,
        "category": finding.category,
        "subtype": finding.subtype or None,
        "severity": finding.severity.value,
        "score": finding.score,
        "text": finding.text,
        **_place(finding.span),
        "page": finding.page,
        "section": finding.section,
        "title": finding.title,
        "message": finding.message,
        "why": finding.why,
        "suggestion": finding.suggestion,
        "fallback": finding.fallback or None,
        "walk_away": finding.walk_away or None,
        "gives_up": finding.gives_up or None,
        "protection": finding.protection or None,
        "references": references_to_list(finding.references, references),
        "detected_by": finding.detected_by.value,
        "draft": finding.is_draft,
        "record": _record(finding.record) if finding.record else None,
        "evidence": [_evidence(item) for item in finding.evidence],
    }


def _record(record: Record) -> dict[str, Any]:
    return {"of": record.of, "right": record.right, "fired": record.fired, "documents": record.documents}


def _near_miss(near_miss: NearMiss) -> dict[str, Any]:
    return {
        "id": near_miss.id,
        "rule": near_miss.rule,
        "category": near_miss.category,
        "subtype": near_miss.subtype or None,
        "title": near_miss.title,
        "reason": near_miss.reason,
        "text": near_miss.text,
        **_place(near_miss.span),
        "page": near_miss.page,
        "section": near_miss.section,
        "evidence": [_evidence(item) for item in near_miss.evidence],
    }


def _answer(answer: ChecklistAnswer, references: References) -> dict[str, Any]:
    return {
        "id": answer.id,
        "title": answer.title,
        "question": answer.question,
        "answer": answer.answer.value,
        "wanted": answer.wanted.value,
        "text": answer.text or None,
        **(_place(answer.span) if answer.span else {"start": None, "end": None}),
        "page": answer.page,
        "section": answer.section or None,
        "looked_for": answer.looked_for,
        "why": answer.why,
        "suggestion": answer.suggestion,
        "references": references_to_list(answer.references, references),
    }


def references_to_list(names: tuple[str, ...], references: References) -> list[dict[str, Any]]:
    """References in full; a name that no reference has is left out."""
    known = [references[name] for name in names if name in references]
    return [
        {
            "id": reference.id,
            "cite": reference.cite,
            "says": reference.says,
            "edition": reference.edition,
            "jurisdiction": reference.jurisdiction,
            "force": reference.force,
            "checked": reference.checked,
            "verified": reference.verified.isoformat(),
        }
        for reference in known
    ]


def _evidence(evidence: Evidence) -> dict[str, Any]:
    value = {"value": evidence.value} if evidence.value else {}
    return {"kind": evidence.kind.value, "name": evidence.name, "text": evidence.text, **_place(evidence.span), **value}


def _note(note: ReadingNote) -> dict[str, Any]:
    return {"kind": note.kind.value, "message": note.message, "pages": list(note.pages), "unread": note.is_unread}


def _place(span: Span) -> dict[str, int]:
    return {"start": span.start, "end": span.end}
