"""What the gate says as JSON; ``docs/gate.schema.json`` describes it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from analyzer.findings import Failure
from analyzer.gate import Cause, Conflict, Exposure, GateResult, Judged, JudgedDocument, Place
from analyzer.rendering.gate_words import gate_sentence, gate_verdict
from analyzer.rendering.json import failure_to_dict, references_to_list, report_to_dict
from analyzer.rendering.words import without_halves
from analyzer.rules import Reference

__all__ = ["GATE_SCHEMA", "gate_to_dict", "render_gate_json"]

GATE_SCHEMA = "fairterms-gate/1"

References = Mapping[str, Reference]


def render_gate_json(result: GateResult, references: References) -> str:
    """What the gate says as JSON text; keys keep one order, so that the same result gives the same bytes."""
    return without_halves(json.dumps(gate_to_dict(result, references), ensure_ascii=False, indent=2)) + "\n"


def gate_to_dict(result: GateResult, references: References) -> dict[str, Any]:
    """What the gate says as plain values. Each document's report stands in it as ``scan`` writes it."""
    return {
        "schema": GATE_SCHEMA,
        "exit": int(result.exit),
        "verdict": gate_verdict(result).value,
        "sentence": gate_sentence(result),
        "causes": [_cause(cause) for cause in result.causes],
        "documents": [_document(document, references) for document in result.documents],
        "conflicts": [_conflict(conflict, references) for conflict in result.conflicts],
        "precedence": list(result.precedence),
        "exposure": _exposure(result.exposure) if result.exposure else None,
        "policy": result.policy,
        "today": result.today,
        "notes": list(result.notes),
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "kind": cause.kind.value,
        "exit": int(cause.exit),
        "document": cause.document or None,
        "message": cause.message,
        "remedy": cause.remedy or None,
    }


def _document(document: JudgedDocument, references: References) -> dict[str, Any]:
    outcome = document.outcome
    if isinstance(outcome, Failure):
        report = failure_to_dict(outcome)
    else:
        report = report_to_dict(
            replace(outcome, findings=tuple(item.finding for item in document.findings)), references
        )
    return {
        "name": document.name,
        "role": document.role or None,
        "report": report,
        "judged": [_judged(item) for item in document.findings],
        "missing": [answer.id for answer in document.missing],
    }


def _judged(item: Judged) -> dict[str, Any]:
    return {
        "finding": item.finding.id,
        "standing": item.standing.value,
        "note": item.note or None,
        "is_back": item.is_back,
    }


def _conflict(conflict: Conflict, references: References) -> dict[str, Any]:
    return {
        "id": conflict.id,
        "kind": conflict.kind,
        "severity": conflict.severity.value,
        "title": conflict.title,
        "message": conflict.message,
        "why": conflict.why,
        "suggestion": conflict.suggestion,
        "places": [_place(place) for place in conflict.places],
        "references": references_to_list(conflict.references, references),
        "prevails": conflict.prevails or None,
        "standing": conflict.standing.value,
        "note": conflict.note or None,
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "document": place.document,
        "text": place.text,
        "start": place.span.start,
        "end": place.span.end,
        "page": place.page,
        "section": place.section,
    }


def _exposure(exposure: Exposure) -> dict[str, Any]:
    return {
        "cap": exposure.cap or None,
        "multiple": exposure.multiple,
        "contract_value": exposure.contract_value or None,
        "exceptions": list(exposure.exceptions),
        "summary": exposure.summary,
    }
