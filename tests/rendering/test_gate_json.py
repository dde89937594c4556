"""What the gate says as JSON follows its schema, whatever it says, and says all of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from analyzer.gate import CauseKind, GateResult, Standing
from analyzer.rendering.gate_json import render_gate_json
from tests.rendering.results import ALL, REFERENCES, cause, standing

DOCS = Path(__file__).parent.parent.parent / "docs"
SCHEMAS = {name: json.loads((DOCS / name).read_text("utf-8")) for name in ("gate.schema.json", "report.schema.json")}
REGISTRY = Registry().with_resources((schema["$id"], Resource.from_contents(schema)) for schema in SCHEMAS.values())
VALIDATOR = Draft202012Validator(SCHEMAS["gate.schema.json"], registry=REGISTRY)


@pytest.mark.parametrize("result", ALL.values(), ids=ALL)
def test_it_follows_its_schema(result: GateResult) -> None:
    text = render_gate_json(result, REFERENCES)
    text.encode("utf-8")
    errors = [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(json.loads(text))]
    assert errors == []
    assert render_gate_json(result, REFERENCES) == text


def test_the_schema_is_strict_and_knows_all_kinds() -> None:
    schema = SCHEMAS["gate.schema.json"]
    Draft202012Validator.check_schema(schema)
    objects = [node for node in nodes(schema) if node.get("type") == "object"]
    assert len(objects) == 7
    assert all(node["additionalProperties"] is False for node in objects)
    assert all(set(node["required"]) == set(node["properties"]) for node in objects)
    assert set(schema["$defs"]["standing"]["enum"]) == {*Standing}
    assert set(schema["$defs"]["cause"]["properties"]["kind"]["enum"]) == {*CauseKind}


def nodes(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value, *(node for child in value.values() for node in nodes(child))]
    return [node for child in value for node in nodes(child)] if isinstance(value, list) else []


@pytest.mark.parametrize("kind", Standing)
def test_each_finding_says_whether_it_counts(kind: Standing) -> None:
    value = json.loads(render_gate_json(standing(kind), REFERENCES))
    only = value["documents"][0]
    assert [item["finding"] for item in only["judged"]] == [item["id"] for item in only["report"]["findings"]]
    assert only["judged"][0]["standing"] == kind.value
    assert only["judged"][0]["note"] == "by Pat, until 2027: the law"
    assert value["verdict"] == ("fail" if kind is Standing.COUNTS else "pass")


@pytest.mark.parametrize("kind", CauseKind)
def test_each_cause_is_told_with_its_exit(kind: CauseKind) -> None:
    result = cause(kind)
    value = json.loads(render_gate_json(result, REFERENCES))
    assert value["exit"] == result.exit != 0
    assert [(item["kind"], item["exit"], item["remedy"]) for item in value["causes"]] == [
        (kind.value, int(result.exit), "Do this.")
    ]


WRONG = [("exit", 3), ("causes", [{"kind": "mood"}]), ("verdict", "maybe"), ("today", "yesterday"), ("extra", 1)]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_the_schema_refuses_what_is_wrong(field: str, value: object) -> None:
    whole = json.loads(render_gate_json(standing(Standing.BELOW), REFERENCES))
    assert not VALIDATOR.is_valid(whole | {field: value})
