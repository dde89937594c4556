"""What the gate says as SARIF 2.1.0, the format of code scanners.

An error is what stands in the way of publishing, nothing else; whatever is waived or known is suppressed.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from analyzer import __version__
from analyzer.findings import ChecklistAnswer, Finding, Severity
from analyzer.gate import Cause, CauseKind, Conflict, Exit, GateResult, Judged, JudgedDocument, Standing
from analyzer.rendering.gate_words import CAUSE_TITLES, STANDING_WORDS, cause_sentence, gate_sentence, report_of
from analyzer.rendering.sarif_places import Lines, file_address, location
from analyzer.rendering.sarif_rules import Descriptions
from analyzer.rendering.words import place_of, printable, without_halves
from analyzer.rules import Reference

__all__ = ["SARIF_SCHEMA", "render_sarif"]

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

_LEVELS = {Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
_SUPPRESSED = frozenset({Standing.WAIVED, Standing.KNOWN})
_OF_THEIR_OWN = frozenset({CauseKind.FINDING, CauseKind.CHECKLIST, CauseKind.CONFLICT})
"""Causes that results of their own speak for."""
_QUOTE = 1000
"""Characters of a flagged text in a message; the whole stands in the properties."""


def render_sarif(result: GateResult, references: Mapping[str, Reference]) -> str:
    """One SARIF log with one run; the same bytes for the same result."""
    rules = Descriptions(references)
    has_baseline = any(
        item.standing is Standing.KNOWN or item.is_back for document in result.documents for item in document.findings
    )
    results = [*_of_findings(result, rules, has_baseline=has_baseline), *_of_the_rest(result, rules)]
    if has_baseline:
        for item in results:
            item.setdefault("baselineState", "new")
    run = {
        "tool": {
            "driver": {
                "name": "Fairterms",
                "fullName": f"Fairterms {__version__}",
                "version": __version__,
                "semanticVersion": __version__,
                "shortDescription": {"text": "Reads RFPs and contract terms and marks what drives good vendors away."},
                "rules": rules.described(),
            }
        },
        "columnKind": "unicodeCodePoints",
        "language": "en-US",
        "artifacts": [_artifact(document) for document in result.documents],
        "invocations": [_invocation(result)],
        "results": results,
        "properties": {
            "policy": result.policy,
            "verdict": gate_sentence(result),
            "precedence": list(result.precedence),
            "exposure": result.exposure.summary if result.exposure else "",
        },
    }
    log = {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}
    return without_halves(json.dumps(log, ensure_ascii=False, indent=2)) + "\n"


def _artifact(document: JudgedDocument) -> dict[str, Any]:
    made: dict[str, Any] = {"location": {"uri": file_address(document.name)}, "roles": ["analysisTarget"]}
    if document.outcome.sha256:
        made["hashes"] = {"sha-256": document.outcome.sha256}
    if report := report_of(document):
        made["mimeType"] = report.media_type
    if document.role:
        made["properties"] = {"role": document.role}
    return made


def _invocation(result: GateResult) -> dict[str, Any]:
    told = [_notification(cause) for cause in result.causes if cause.kind not in _OF_THEIR_OWN]
    read = [note for document in result.documents for note in _reading(document)]
    said = [{"level": "note", "message": {"text": printable(note)}} for note in result.notes]
    return {
        "executionSuccessful": result.exit is not Exit.UNDECIDED,
        "exitCode": int(result.exit),
        "exitCodeDescription": gate_sentence(result),
        "toolExecutionNotifications": [*told, *read, *said],
    }


def _notification(cause: Cause) -> dict[str, Any]:
    made: dict[str, Any] = {
        "level": "error",
        "message": {"text": printable(cause_sentence(cause))},
        "descriptor": {"id": f"gate/{cause.kind.value}"},
    }
    if cause.document:
        made["locations"] = [location(cause.document, None, None, "")]
    return made


def _reading(document: JudgedDocument) -> Iterator[dict[str, Any]]:
    report = report_of(document)
    for note in report.reading.notes if report else ():
        yield {
            "level": "error" if note.is_unread else "note",
            "message": {"text": printable(note.message)},
            "descriptor": {"id": f"reading/{note.kind.value}"},
            "locations": [location(document.name, None, note.pages[0] if note.pages else None, "")],
        }


def _of_findings(result: GateResult, rules: Descriptions, *, has_baseline: bool) -> Iterator[dict[str, Any]]:
    for document in result.documents:
        lines = Lines(document.document)
        for item in document.findings:
            made = _finding(document, item, lines, rules)
            if has_baseline and item.standing is Standing.KNOWN:
                made["baselineState"] = "unchanged"
            yield made


def _finding(document: JudgedDocument, item: Judged, lines: Lines, rules: Descriptions) -> dict[str, Any]:
    finding = item.finding
    region = lines.region(finding.span)
    index = rules.index_of_finding(finding)
    made: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _level(item),
        "rank": round(100 * finding.score, 1),
        "message": {"text": _message(finding)},
        "locations": [location(document.name, region, finding.page, finding.section)],
        "partialFingerprints": {"fairtermsClause/v1": finding.id},
        "properties": {
            "text": finding.text,
            "severity": finding.severity.value,
            "standing": item.standing.value,
            "standingNote": item.note,
            "isBack": item.is_back,
            "suggestion": finding.suggestion,
        },
    }
    if item.standing in _SUPPRESSED:
        reason = f"{STANDING_WORDS[item.standing]}. {printable(item.note)}".strip()
        made["suppressions"] = [{"kind": "external", "status": "accepted", "justification": reason}]
    return made


def _level(item: Judged) -> str:
    level = _LEVELS[item.finding.severity]
    if item.standing is Standing.COUNTS:
        return "error"
    if item.standing in _SUPPRESSED or level != "error":
        return level
    return "warning"


def _message(finding: Finding) -> str:
    quote = printable(finding.text)
    shown = quote if len(quote) <= _QUOTE else f"{quote[:_QUOTE]} …"
    return f"{finding.title} ({printable(place_of(finding.page, finding.section))}). {finding.message} “{shown}”"


def _of_the_rest(result: GateResult, rules: Descriptions) -> Iterator[dict[str, Any]]:
    is_failing = any(cause.kind is CauseKind.CONFLICT for cause in result.causes)
    worst = max((conflict.severity.rank for conflict in result.conflicts), default=0)
    yield from (_missing(document, answer, rules) for document in result.documents for answer in document.missing)
    for conflict in result.conflicts:
        yield _conflict(conflict, rules, is_failing=is_failing and conflict.severity.rank == worst)
    for cause in result.causes:
        if cause.kind not in _OF_THEIR_OWN or not _is_spoken_for(cause, result):
            yield _cause(cause, rules)


def _is_spoken_for(cause: Cause, result: GateResult) -> bool:
    if cause.kind is CauseKind.CONFLICT:
        return bool(result.conflicts)
    if cause.kind is CauseKind.CHECKLIST:
        return any(document.missing for document in result.documents)
    return bool(result.judged(Standing.COUNTS))


def _missing(document: JudgedDocument, answer: ChecklistAnswer, rules: Descriptions) -> dict[str, Any]:
    text = f"{answer.question} {answer.answer.capitalize()}; the policy asks for {answer.wanted}. {answer.suggestion}"
    return {
        "ruleId": f"checklist/{answer.id}",
        "ruleIndex": rules.index_of_answer(answer),
        "level": "error",
        "message": {"text": text},
        "locations": [location(document.name, None, answer.page, answer.section)],
        "partialFingerprints": {"fairtermsClause/v1": f"checklist/{answer.id}"},
    }


def _conflict(conflict: Conflict, rules: Descriptions, *, is_failing: bool) -> dict[str, Any]:
    prevails = f" {printable(conflict.prevails)} prevails." if conflict.prevails else ""
    level = _LEVELS[conflict.severity]
    places = [location(place.document, None, place.page, place.section) for place in conflict.places]
    made: dict[str, Any] = {
        "ruleId": f"conflict/{conflict.kind}",
        "ruleIndex": rules.index_of_conflict(conflict),
        "level": "error" if is_failing else level if level != "error" else "warning",
        "message": {"text": f"{conflict.title}. {printable(conflict.message)}{prevails}"},
        "locations": places[:1],
        "partialFingerprints": {"fairtermsClause/v1": conflict.id},
        "properties": {"texts": [place.text for place in conflict.places], "suggestion": conflict.suggestion},
    }
    if places[1:]:
        made["relatedLocations"] = [place | {"id": number} for number, place in enumerate(places[1:], 1)]
    return made


def _cause(cause: Cause, rules: Descriptions) -> dict[str, Any]:
    rule = f"gate/{cause.kind.value}"
    return {
        "ruleId": rule,
        "ruleIndex": rules.index_of_cause(cause),
        "level": "error",
        "message": {"text": f"{CAUSE_TITLES[cause.kind]}. {printable(cause_sentence(cause))}"},
        "locations": [location(cause.document, None, None, "")] if cause.document else [],
        "partialFingerprints": {"fairtermsClause/v1": f"{rule}/{printable(cause.document)}"},
    }
