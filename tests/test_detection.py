"""The sample documents, scanned for real, against what a reviewer expects of them."""

import json
import re
from functools import cache
from importlib.util import find_spec
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from analyzer.document import NoteKind, Source, View
from analyzer.engine import Analysis, Analyzer
from analyzer.findings import Finding, Severity, Verdict
from analyzer.parsing import expand
from analyzer.rendering.json import render_json
from analyzer.resources import samples_folder

DOCUMENTS = samples_folder() / "documents"
HAS_OCR = find_spec("rapidocr") is not None


@cache
def analyzer() -> Analyzer:
    return Analyzer(model=None)


@cache
def analysis(name: str, view: View = View.ACCEPTED, *, ocr: bool = False) -> Analysis:
    return analyzer().analyze(Source.from_path(DOCUMENTS / name), view=view, ocr=ocr)


@cache
def expected(name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((samples_folder() / "expected" / f"{name}.json").read_text("utf-8"))
    return value


# Texts are compared by their words, three in a row, so that it doesn't matter how a parser lays them out.


def grams(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9]+", text.lower())
    return {tuple(words[i : i + 3]) for i in range(max(1, len(words) - 2))}


def is_same(one: str, other: str) -> bool:
    first, second = grams(one), grams(other)
    return len(first & second) >= 0.5 * min(len(first), len(second))


def missed(name: str, findings: tuple[Finding, ...]) -> list[tuple[str, str, str]]:
    """Expected findings of which no finding of the category holds half of the words."""
    return [
        (wanted["category"], wanted["severity"], wanted["text"])
        for wanted in expected(name)["findings"]
        if not any(f.category == wanted["category"] and is_same(f.text, wanted["text"]) for f in findings)
    ]


def unexpected(name: str, findings: tuple[Finding, ...]) -> list[tuple[str, str, str]]:
    """Findings of which no expected finding of the category holds half of the words."""
    return [
        (finding.category, finding.severity.value, finding.text)
        for finding in findings
        if not any(
            w["category"] == finding.category and is_same(finding.text, w["text"]) for w in expected(name)["findings"]
        )
    ]


# Document, its expectation, the side of its tracked changes, and the least recall and precision.
SCANNED = [
    ("it-rfp-problems.pdf", "it-rfp-problems", View.ACCEPTED, 0.6, 0.9),
    ("standard-terms.docx", "standard-terms", View.ACCEPTED, 0.6, 0.9),
    ("bid-forms.docx", "bid-forms", View.ACCEPTED, 0.5, 0.8),
    ("requirements-tables.docx", "requirements-tables", View.ACCEPTED, 0.5, 0.8),
    ("saas-agreement.pdf", "saas-agreement", View.ACCEPTED, 0.5, 0.7),
    ("draft-with-revisions.docx", "draft-with-revisions", View.ACCEPTED, 0.5, 0.7),
    ("draft-with-revisions.docx", "draft-with-revisions.rejected", View.REJECTED, 0.6, 0.8),
]
IDS = [row[1] for row in SCANNED]


@pytest.mark.parametrize(("document", "name", "view", "recall", "precision"), SCANNED, ids=IDS)
def test_problems_are_found(document: str, name: str, view: View, recall: float, precision: float) -> None:
    findings = analysis(document, view).report.findings
    wanted = expected(name)["findings"]
    not_found, not_wanted = missed(name, findings), unexpected(name, findings)
    assert 1 - len(not_found) / len(wanted) >= recall, "\n".join(map(str, not_found))
    assert 1 - len(not_wanted) / len(findings) >= precision, "\n".join(map(str, not_wanted))


@pytest.mark.parametrize(("document", "name", "view"), [row[:3] for row in SCANNED], ids=IDS)
def test_what_looks_dangerous_and_is_not_is_left_alone(document: str, name: str, view: View) -> None:
    clean = [item if isinstance(item, str) else item["text"] for item in expected(name)["clean"]]
    flagged = [
        (finding.rule, finding.text)
        for finding in analysis(document, view).report.findings
        if finding.severity is Severity.HIGH and any(is_same(finding.text, text) for text in clean)
    ]
    assert flagged == []


@pytest.mark.parametrize(("document", "name", "view"), [row[:3] for row in SCANNED], ids=IDS)
def test_the_checklist_is_answered(document: str, name: str, view: View) -> None:
    answers = {answer.id: answer.answer.value for answer in analysis(document, view).report.checklist}
    wanted = {question: answer for question, answer in expected(name)["checklist"].items() if answer != "unclear"}
    wrong = {question: answers[question] for question in wanted if answers[question] != wanted[question]}
    assert len(wrong) <= max(1, 0.25 * len(wanted)), f"wrong: {wrong}"


@pytest.mark.parametrize(("document", "view"), [(row[0], row[2]) for row in SCANNED], ids=IDS)
def test_what_is_shown_stands_in_the_document(document: str, view: View) -> None:
    made = analysis(document, view)
    report = made.report
    for item in (*report.findings, *report.near_misses):
        assert made.document[item.span] == item.text
        for evidence in item.evidence:
            if evidence.span.start < evidence.span.end:
                assert made.document[evidence.span].split() == evidence.text.split()
    assert [f.span for f in report.findings] == sorted(f.span for f in report.findings)
    assert len({f.id for f in report.findings}) == len(report.findings)
    assert all(f.references or f.category == "drafting" for f in report.findings)
    if report.pages:
        assert all(f.page and 1 <= f.page <= report.pages for f in report.findings)


@pytest.mark.parametrize(("document", "view"), [(row[0], row[2]) for row in SCANNED], ids=IDS)
def test_a_report_as_json_follows_its_schema(document: str, view: View) -> None:
    schema = json.loads((samples_folder().parent / "docs/report.schema.json").read_text("utf-8"))
    value = json.loads(render_json(analysis(document, view).report, analyzer().rules.references))
    assert [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(value)] == []


def test_the_repaired_document_may_go_out() -> None:
    report = analysis("it-rfp-repaired.docx").report
    assert [(f.rule, f.text) for f in report.findings if f.severity is Severity.HIGH] == []
    assert report.verdict is Verdict.PASS
    assert len(unexpected("it-rfp-repaired", report.findings)) <= 2


def test_the_problem_document_may_not() -> None:
    report = analysis("it-rfp-problems.pdf").report
    assert (report.kind, report.verdict) == ("rfp", Verdict.FAIL)
    assert report.count(Severity.HIGH) >= 10


def test_a_request_for_information_is_not_taken_for_a_solicitation() -> None:
    report = analysis("rfi.md").report
    assert (report.kind, report.verdict) == ("rfi", Verdict.PASS)
    assert len(report.findings) <= 2


def test_both_views_of_the_draft_differ() -> None:
    accepted, rejected = (analysis("draft-with-revisions.docx", view).report for view in View)
    assert {f.id for f in accepted.findings} != {f.id for f in rejected.findings}
    assert (accepted.reading.view, rejected.reading.view) == ("accepted", "rejected")
    for report in (accepted, rejected):
        assert NoteKind.REVISIONS in {note.kind for note in report.reading.notes}


def test_a_scan_without_ocr_is_not_a_pass() -> None:
    report = analysis("scanned-terms.pdf", ocr=False).report
    assert (report.verdict, report.findings, report.reading.is_complete) == (Verdict.CANNOT_EVALUATE, (), False)
    assert [note.pages for note in report.reading.notes if note.is_unread] == [(1, 2, 3)]


@pytest.mark.skipif(not HAS_OCR, reason="pip install fairterms[ocr] reads scans")
def test_a_scan_is_read_by_ocr() -> None:
    report = analysis("scanned-terms.pdf", ocr=True).report
    assert NoteKind.OCR in {note.kind for note in report.reading.notes}
    not_found = missed("scanned-terms", report.findings)
    assert 1 - len(not_found) / len(expected("scanned-terms")["findings"]) >= 0.4, "\n".join(map(str, not_found))


def test_a_package_is_its_documents() -> None:
    members = expand(Source.from_path(DOCUMENTS / "rfp-package.zip"))
    assert [member.name.split("/")[-1] for member in members] == expected("rfp-package")["members"]
    for member in members:
        assert isinstance(member, Source)
        packed = analyzer().analyze(member, ocr=False).report
        alone = analysis(member.name.split("/")[-1]).report
        assert packed.findings == alone.findings
