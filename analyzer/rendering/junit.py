"""What the gate says as JUnit XML, the format that build servers show as tests.

A suite is a document and a test case a category of findings; a suite of its own holds what is about no one document.
A case fails for what is found and is in error for what could not be decided.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from analyzer.findings import Failure
from analyzer.gate import Cause, CauseKind, Exit, GateResult, Judged, JudgedDocument, Standing
from analyzer.rendering.gate_words import (
    CAUSE_TITLES,
    category_words,
    cause_sentence,
    gate_sentence,
    report_of,
    standing_sentence,
)
from analyzer.rendering.words import authority_line, place_of
from analyzer.rules import Reference

__all__ = ["render_junit"]

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_READ = "Document was read"
_CHECKLIST = "Required answers"
_FINDINGS = "Findings"
_CONFLICTS = "Documents don't conflict"
_CASES = {
    CauseKind.CHECKLIST: _CHECKLIST,
    CauseKind.FINDING: _FINDINGS,
    CauseKind.CONFLICT: _CONFLICTS,
    CauseKind.NOTHING: "There is something to check",
    CauseKind.NO_RULES: "There are rules to check by",
    CauseKind.WAIVER_EXPIRED: "Waivers",
    CauseKind.WAIVER_UNUSED: "Waivers",
    CauseKind.WAIVER_INVALID: "Waivers",
    CauseKind.WAIVER_LAPSED: "Waivers",
    CauseKind.CRASH: "Check ran to its end",
}
"""The case that a cause fails; the others fail the reading of their document."""


class _Case(NamedTuple):
    name: str
    failures: Sequence[str] = ()
    errors: Sequence[str] = ()
    said: Sequence[str] = ()
    """What doesn't count."""


class _Suite(NamedTuple):
    name: str
    cases: Sequence[_Case]


def render_junit(result: GateResult, references: Mapping[str, Reference]) -> str:
    """One XML document; it holds a failure or an error just when the gate doesn't pass."""
    suites = [_of_document(document, result, references) for document in result.documents]
    suites.append(_of_all(result, has_trouble=any(_trouble(suite) != (0, 0) for suite in suites)))
    counts = [_trouble(suite) for suite in suites]
    tests = sum(len(suite.cases) for suite in suites)
    failures, errors = (sum(count[index] for count in counts) for index in (0, 1))
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="Fairterms" tests="{tests}" failures="{failures}" errors="{errors}" time="0">',
    ]
    for suite in suites:
        lines += _suite(suite, result)
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _of_document(document: JudgedDocument, result: GateResult, references: Mapping[str, Reference]) -> _Suite:
    own = [cause for cause in result.causes if cause.document == document.name]
    told: dict[str, list[Cause]] = {}
    for cause in own:
        told.setdefault(_CASES.get(cause.kind, _READ), []).append(cause)
    cases = [_read(document, told.pop(_READ, []))]
    counting = [item for item in document.findings if item.standing is Standing.COUNTS]
    if counting:
        told.pop(_FINDINGS, None)
    cases += [_category(name, document, references) for name in _categories(result)]
    missing = [f"{answer.question} {answer.answer.capitalize()}. {answer.suggestion}" for answer in document.missing]
    if missing:
        told.pop(_CHECKLIST, None)
    cases.append(_Case(_CHECKLIST, missing or [cause_sentence(cause) for cause in told.pop(_CHECKLIST, [])]))
    cases += [_told(name, causes) for name, causes in told.items()]
    return _Suite(document.name, cases)


def _read(document: JudgedDocument, causes: Sequence[Cause]) -> _Case:
    errors = [f"{CAUSE_TITLES[cause.kind]}. {cause_sentence(cause)}" for cause in causes]
    report = report_of(document)
    notes = [note.message for note in report.reading.notes] if report else []
    if isinstance(document.outcome, Failure) and not errors:
        errors = [f"{document.outcome.cause} {document.outcome.remedy}".strip()]
    return _Case(_READ, errors=errors, said=notes)


def _categories(result: GateResult) -> list[str]:
    """Every category that is known of from any document, so that all suites have the same cases."""
    found = {item.finding.category for document in result.documents for item in document.findings}
    near = {near.category for document in result.documents if (r := report_of(document)) for near in r.near_misses}
    return sorted(found | near)


def _category(name: str, document: JudgedDocument, references: Mapping[str, Reference]) -> _Case:
    own = [item for item in document.findings if item.finding.category == name]
    failures = [_finding(item, references) for item in own if item.standing is Standing.COUNTS]
    said = [_finding(item, references) for item in own if item.standing is not Standing.COUNTS]
    return _Case(category_words(name), failures, said=said)


def _finding(item: Judged, references: Mapping[str, Reference]) -> str:
    finding = item.finding
    cited = [authority_line(references[name]) for name in finding.references if name in references]
    return "\n".join(
        line
        for line in (
            f"{finding.severity.capitalize()}: {finding.title} ({place_of(finding.page, finding.section)})",
            f"“{finding.text}”",
            f"Why: {finding.why}",
            f"Instead: {finding.suggestion}",
            f"Authority: {'; '.join(cited)}" if cited else "",
            "" if item.standing is Standing.COUNTS else f"Doesn't count. {standing_sentence(item.standing, item.note)}",
        )
        if line
    )


def _told(name: str, causes: Sequence[Cause]) -> _Case:
    failures = [cause_sentence(cause) for cause in causes if cause.exit is not Exit.UNDECIDED]
    errors = [cause_sentence(cause) for cause in causes if cause.exit is Exit.UNDECIDED]
    return _Case(name, failures, errors)


def _of_all(result: GateResult, *, has_trouble: bool) -> _Suite:
    """What is about no document that was given, and the verdict."""
    names = {document.name for document in result.documents}
    told: dict[str, list[Cause]] = {}
    for cause in result.causes:
        if cause.document not in names:
            told.setdefault(_CASES.get(cause.kind, CAUSE_TITLES[cause.kind]), []).append(cause)
    conflicts = [
        f"{conflict.title}. {conflict.message} {conflict.suggestion} "
        f"({standing_sentence(conflict.standing, conflict.note)}.)"
        for conflict in result.conflicts
    ]
    cases = [_told(name, causes) for name, causes in told.items() if name != _CONFLICTS]
    if _CONFLICTS in told:
        case = _told(_CONFLICTS, told[_CONFLICTS])
        cases.append(case._replace(said=conflicts))
    elif conflicts:
        cases.append(_Case(_CONFLICTS, said=conflicts))
    if CauseKind.CRASH not in {cause.kind for cause in result.causes}:
        is_unsaid = result.exit is not Exit.PASS and not has_trouble and not told
        errors = [gate_sentence(result)] if is_unsaid else []
        cases.append(_Case(_CASES[CauseKind.CRASH], errors=errors, said=result.notes))
    return _Suite("All documents", cases)


def _trouble(suite: _Suite) -> tuple[int, int]:
    """How many cases failed, and how many are in error; a case is counted once."""
    errors = sum(bool(case.errors) for case in suite.cases)
    return sum(bool(case.failures) and not case.errors for case in suite.cases), errors


def _suite(suite: _Suite, result: GateResult) -> Iterator[str]:
    failures, errors = _trouble(suite)
    name = _attribute(suite.name)
    stamp = f' timestamp="{result.today}T00:00:00"' if result.today else ""
    yield (
        f'  <testsuite name={name} tests="{len(suite.cases)}" failures="{failures}" errors="{errors}" skipped="0"'
        f' time="0"{stamp}>'
    )
    yield f'    <properties><property name="policy" value={_attribute(result.policy)}/></properties>'
    for case in suite.cases:
        yield f'    <testcase classname={name} name={_attribute(case.name)} time="0">'
        yield from _outcome(case)
        yield "    </testcase>"
    yield "  </testsuite>"


def _outcome(case: _Case) -> Iterator[str]:
    """At most one failure or error, which is all that some build servers read."""
    if case.failures or case.errors:
        kind = "error" if case.errors else "failure"
        texts = [*case.errors, *case.failures]
        first = texts[0].splitlines()[0] if texts[0] else case.name
        more = f" (and {len(texts) - 1} more)" if len(texts) > 1 else ""
        yield f'      <{kind} type="{kind}" message={_attribute(first + more)}>{_text(texts)}</{kind}>'
    if case.said:
        yield f"      <system-out>{_text(case.said)}</system-out>"


def _text(texts: Sequence[str]) -> str:
    return escape(_NOT_XML.sub("\ufffd", "\n\n".join(texts)), {"\r": "&#13;"})


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", text))
