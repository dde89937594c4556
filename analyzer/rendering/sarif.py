"""What the gate says as SARIF 2.1.0, the format of code scanners.

An error is what stands in the way of publishing, nothing else; whatever is waived or known is suppressed.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from analyzer import __version__
from analyzer.document import Document
from analyzer.findings import ChecklistAnswer, Failure, Finding, Report, Severity
from analyzer.gate import Cause, CauseKind, Conflict, Exit, GateResult, Judged, JudgedDocument, Standing
from analyzer.policy import Policy
from analyzer.rendering.gate_words import (
    CAUSE_TITLES,
    STANDING_WORDS,
    cause_sentence,
    gate_sentence,
    report_of,
    unjudged,
)
from analyzer.rendering.sarif_places import Lines, file_address, location
from analyzer.rendering.sarif_rules import LEVELS, Descriptions
from analyzer.rendering.words import count_of, place_of, plural, printable, without_halves
from analyzer.rules import Reference

__all__ = ["SARIF_SCHEMA", "render_sarif", "render_scan_sarif"]

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

_SUPPRESSED = frozenset({Standing.WAIVED, Standing.KNOWN})
_QUOTE = 1000
"""Characters of a flagged text in a message; the whole stands in the properties."""


def render_sarif(result: GateResult, references: Mapping[str, Reference]) -> str:
    """One SARIF log with one run; the same bytes for the same result."""
    rules = Descriptions(references)
    results = [*_of_findings(result, rules), *_of_the_rest(result, rules)]
    if _has_baseline(result):
        for item in results:
            is_known = item["properties"].get("standing") == Standing.KNOWN
            item["baselineState"] = "unchanged" if is_known else "new"
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


def render_scan_sarif(
    outcomes: Sequence[tuple[Report | Failure, Document | None]], references: Mapping[str, Reference], policy: Policy
) -> str:
    """The same of documents that no gate judged: an error is a finding that would fail under the policy."""
    documents = tuple(_by_severity(unjudged(outcome, text), policy) for outcome, text in outcomes)
    causes = tuple(cause for outcome, _ in outcomes for cause in _unread(outcome))
    if not outcomes:
        causes = (Cause(CauseKind.NOTHING, Exit.UNDECIDED, "There is no document in what was named."),)
    counted = count_of(item.finding for document in documents for item in document.findings)
    sentence = f"{plural(len(documents), 'document')}: {counted}{', and something not read' if causes else ''}."
    result = GateResult(
        Exit.UNDECIDED if causes else Exit.PASS, documents, causes, policy=policy.identity, sentence=sentence
    )
    return render_sarif(result, references)


def _by_severity(document: JudgedDocument, policy: Policy) -> JudgedDocument:
    below = [
        replace(item, standing=Standing.BELOW)
        if item.standing is Standing.COUNTS and item.finding.severity.rank < policy.fail_on.rank
        else item
        for item in document.findings
    ]
    return replace(document, findings=tuple(below))


def _unread(outcome: Report | Failure) -> Iterator[Cause]:
    if isinstance(outcome, Failure):
        yield Cause(CauseKind.UNREADABLE, Exit.UNDECIDED, outcome.cause, outcome.name, outcome.remedy)
    elif not outcome.reading.is_complete:
        yield Cause(CauseKind.UNREAD, Exit.UNDECIDED, "It was not read in full.", outcome.name)


def _has_baseline(result: GateResult) -> bool:
    """SARIF wants the state of all results or of none."""
    judged = [item for document in result.documents for item in document.findings]
    known = [*(item.standing for item in judged), *(conflict.standing for conflict in result.conflicts)]
    return Standing.KNOWN in known or any(item.is_back for item in judged)


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
    told = [
        _notification(cause)
        for cause in result.causes
        if cause.exit is Exit.UNDECIDED or not _is_spoken_for(cause, result)
    ]
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


def _of_findings(result: GateResult, rules: Descriptions) -> Iterator[dict[str, Any]]:
    for document in result.documents:
        lines = Lines(document.document)
        for item in document.findings:
            yield _finding(document, item, lines, rules)


def _finding(document: JudgedDocument, item: Judged, lines: Lines, rules: Descriptions) -> dict[str, Any]:
    finding = item.finding
    region = lines.region(finding.span)
    return {
        "ruleId": finding.rule,
        "ruleIndex": rules.index_of_finding(finding),
        "level": _level(finding.severity, item.standing),
        "rank": round(100 * finding.score, 1),
        "message": {"text": _message(finding)},
        "locations": [location(document.name, region, finding.page, finding.section)],
        "partialFingerprints": _fingerprints(finding.id),
        "properties": {
            "text": finding.text,
            "severity": finding.severity.value,
            "standing": item.standing.value,
            "standingNote": item.note,
            "isBack": item.is_back,
            "suggestion": finding.suggestion,
        },
        **_suppressions(item.standing, item.note),
    }


def _fingerprints(key: str) -> dict[str, str]:
    """Ours, and the one that GitHub goes by: from a file without lines it would make the same for all findings."""
    return {"fairtermsClause/v1": key, "primaryLocationLineHash": f"{key}:1"}


def _level(severity: Severity, standing: Standing) -> str:
    if standing is Standing.COUNTS:
        return "error"
    level = LEVELS[severity]
    return level if standing in _SUPPRESSED or level != "error" else "warning"


def _suppressions(standing: Standing, note: str) -> dict[str, Any]:
    if standing not in _SUPPRESSED:
        return {}
    reason = f"{STANDING_WORDS[standing]}. {printable(note)}".strip()
    return {"suppressions": [{"kind": "external", "status": "accepted", "justification": reason}]}


def _message(finding: Finding) -> str:
    quote = printable(finding.text)
    shown = quote if len(quote) <= _QUOTE else f"{quote[:_QUOTE]} …"
    return f"{finding.title} ({printable(place_of(finding.page, finding.section))}). {finding.message} “{shown}”"


def _of_the_rest(result: GateResult, rules: Descriptions) -> Iterator[dict[str, Any]]:
    yield from (_missing(document, answer, rules) for document in result.documents for answer in document.missing)
    yield from (_conflict(conflict, rules) for conflict in result.conflicts)
    first = result.documents[0].name if result.documents else ""
    for cause in result.causes:
        if not _is_spoken_for(cause, result):
            yield _cause(cause, rules, cause.document or first)


def _is_spoken_for(cause: Cause, result: GateResult) -> bool:
    """Whether results of their own say what a cause sums up."""
    own = [document for document in result.documents if document.name == cause.document]
    match cause.kind:
        case CauseKind.FINDING:
            return any(item.standing is Standing.COUNTS for document in own for item in document.findings)
        case CauseKind.CHECKLIST:
            return any(document.missing for document in own)
        case CauseKind.CONFLICT:
            return any(conflict.standing is Standing.COUNTS for conflict in result.conflicts)
    return False


def _missing(document: JudgedDocument, answer: ChecklistAnswer, rules: Descriptions) -> dict[str, Any]:
    text = f"{answer.question} {answer.answer.capitalize()}; the policy asks for {answer.wanted}. {answer.suggestion}"
    return {
        "ruleId": f"checklist/{answer.id}",
        "ruleIndex": rules.index_of_answer(answer),
        "level": "error",
        "message": {"text": text},
        "locations": [location(document.name, None, answer.page, answer.section)],
        "partialFingerprints": _fingerprints(f"checklist/{answer.id}"),
        "properties": {"standing": Standing.COUNTS.value, "suggestion": answer.suggestion},
    }


def _conflict(conflict: Conflict, rules: Descriptions) -> dict[str, Any]:
    prevails = f" {printable(conflict.prevails)} prevails." if conflict.prevails else ""
    places = [location(place.document, None, place.page, place.section) for place in conflict.places]
    made: dict[str, Any] = {
        "ruleId": f"conflict/{conflict.kind}",
        "ruleIndex": rules.index_of_conflict(conflict),
        "level": _level(conflict.severity, conflict.standing),
        "message": {"text": f"{conflict.title}. {printable(conflict.message)}{prevails}"},
        "locations": places[:1] or [location("", None, None, "")],
        "partialFingerprints": _fingerprints(conflict.id),
        "properties": {
            "texts": [place.text for place in conflict.places],
            "severity": conflict.severity.value,
            "standing": conflict.standing.value,
            "standingNote": conflict.note,
            "suggestion": conflict.suggestion,
        },
        **_suppressions(conflict.standing, conflict.note),
    }
    if places[1:]:
        made["relatedLocations"] = [place | {"id": number} for number, place in enumerate(places[1:], 1)]
    return made


def _cause(cause: Cause, rules: Descriptions, name: str) -> dict[str, Any]:
    """A cause at a document, be it not about any: code scanners refuse a whole log for a result without a place."""
    rule = f"gate/{cause.kind.value}"
    return {
        "ruleId": rule,
        "ruleIndex": rules.index_of_cause(cause),
        "level": "error",
        "message": {"text": f"{CAUSE_TITLES[cause.kind]}. {printable(cause_sentence(cause))}"},
        "locations": [location(name, None, None, "")],
        "partialFingerprints": _fingerprints(f"{rule}/{printable(cause.document)}"),
        "properties": {"standing": Standing.COUNTS.value, "suggestion": cause.remedy},
    }
