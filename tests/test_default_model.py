"""The model that ships, on the sample documents: none of them is among what it was trained on."""

import json
import re
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from analyzer.document import Source
from analyzer.engine import DEFAULT_MODEL, Analysis, Analyzer
from analyzer.findings import DetectedBy, EvidenceKind, Finding, Severity, Verdict
from analyzer.rendering.json import render_json
from analyzer.resources import models_folder, samples_folder

DOCUMENTS = samples_folder() / "documents"
NAMES = {
    "it-rfp-problems": "pdf",
    "standard-terms": "docx",
    "bid-forms": "docx",
    "saas-agreement": "pdf",
    "requirements-tables": "docx",
}


@cache
def analyzer(*, has_model: bool) -> Analyzer:
    return Analyzer(model=DEFAULT_MODEL if has_model else None)


@cache
def analysis(name: str, *, has_model: bool = True) -> Analysis:
    source = Source.from_path(DOCUMENTS / f"{name}.{NAMES.get(name, 'docx')}")
    return analyzer(has_model=has_model).analyze(source, ocr=False)


def expected(name: str) -> list[dict[str, Any]]:
    value: dict[str, Any] = json.loads((samples_folder() / "expected" / f"{name}.json").read_text("utf-8"))
    found: list[dict[str, Any]] = value["findings"]
    return found


def words(text: str) -> set[tuple[str, ...]]:
    split = re.findall(r"[a-z0-9]+", text.lower())
    return {tuple(split[i : i + 3]) for i in range(max(1, len(split) - 2))}


def agrees(finding: Finding, wanted: dict[str, Any]) -> bool:
    one, other = words(finding.text), words(wanted["text"])
    return finding.category == wanted["category"] and len(one & other) >= 0.5 * min(len(one), len(other))


@pytest.mark.parametrize("name", NAMES)
def test_it_finds_no_less_than_the_rules_alone_and_most_of_it_is_right(name: str) -> None:
    wanted = expected(name)
    findings = {has: analysis(name, has_model=has).report.findings for has in (True, False)}
    found = {has: sum(any(agrees(f, w) for f in findings[has]) for w in wanted) for has in findings}
    assert found[True] >= found[False] - 1
    right = sum(any(agrees(f, w) for w in wanted) for f in findings[True])
    assert right >= 0.7 * len(findings[True])


def test_it_finds_what_no_rule_does_and_says_why() -> None:
    report = analysis("it-rfp-problems").report
    alone = [finding for finding in report.findings if finding.detected_by is DetectedBy.MODEL]
    assert alone
    for finding in alone:
        weighed = [item for item in finding.evidence if item.kind is EvidenceKind.WEIGHT]
        assert weighed
        assert all(finding.span.contains(item.span) for item in weighed)
        assert finding.message
        assert finding.references
    assert any(item.kind is EvidenceKind.SAMPLE for finding in alone for item in finding.evidence)


def test_what_it_doubts_is_a_near_miss() -> None:
    doubted = [near for near in analysis("it-rfp-problems").report.near_misses if "trained model" in near.reason]
    assert doubted
    rules_alone = {(f.span, f.rule) for f in analysis("it-rfp-problems", has_model=False).report.findings}
    assert any((near.span, near.rule) in rules_alone for near in doubted)


def test_the_repaired_document_may_go_out() -> None:
    report = analysis("it-rfp-repaired").report
    assert [(f.rule, f.text) for f in report.findings if f.severity is Severity.HIGH] == []
    assert report.verdict is Verdict.PASS


@pytest.mark.parametrize("name", NAMES)
def test_a_report_follows_the_schema_and_names_the_model(name: str) -> None:
    schema = json.loads((samples_folder().parent / "docs/report.schema.json").read_text("utf-8"))
    value = json.loads(render_json(analysis(name).report, analyzer(has_model=True).rules.references))
    assert [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(value)] == []
    assert value["versions"]["model"].startswith(f"{DEFAULT_MODEL}@")


def test_it_is_small_and_its_card_says_what_it_came_from() -> None:
    folder = models_folder() / DEFAULT_MODEL
    assert sum(path.stat().st_size for path in folder.iterdir()) < 20_000_000
    card = json.loads((folder / "card.json").read_text("utf-8"))
    assert all(source["licence"] and source["sha256"] and source["documents"] for source in card["sources"])
    assert not any("requirements" in source["file"] or "GPL" in source["licence"] for source in card["sources"])
    assert card["not_for"]


def test_what_is_stored_twice_agrees() -> None:
    from analyzer.training.models import load_fitted

    folder = models_folder() / DEFAULT_MODEL
    stored = load_fitted(folder)
    classifier = analyzer(has_model=True).classifier
    assert classifier is not None
    for index, category in enumerate(classifier.categories):
        model = stored["combiners"][category]
        assert model.coef_[0] == pytest.approx(stored["arrays"]["combiners"][index])
