"""The schemas that answers keep to: those of the documentation, laid out as OpenAPI wants them."""

import json
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from analyzer.resources import schema_file

__all__ = ["Health", "PolicyOut", "ProblemOut", "RuleOut", "components", "ref"]

_AT_HOME = "https://fairterms.example/{}.schema.json"
_DOCUMENTED = ("report", "gate")


class _Out(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Health(_Out):
    """That the service answers."""

    status: Literal["ok"]
    version: str


class PolicyOut(_Out):
    """A policy that documents can be judged by."""

    name: str
    title: str = Field(description="A sentence for people.")
    jurisdiction: str
    extends: list[str] = Field(description="The policies it was made of, the nearest first.")
    fail_on: Literal["low", "medium", "high"] = Field(description="Findings from this severity on fail a document.")
    identity: str = Field(description="Name and hash, as reports have it.")
    is_default: bool = Field(description="Whether it is used where a request names none.")


class RuleOut(_Out):
    """A rule that documents are checked by."""

    id: str
    title: str
    status: Literal["draft", "stable", "deprecated"]
    category: str
    subtype: str | None
    severity: Literal["low", "medium", "high"] = Field(description="Before the policy changes it.")
    message: str
    why: str
    references: list[str]


class ProblemOut(_Out):
    """What went wrong (RFC 9457): what happened, to which file, what to do."""

    type: Literal["about:blank"]
    title: str
    status: int
    kind: str = Field(description="A word for programs, such as `EncryptedDocument`.")
    detail: str = Field(description="What happened.")
    file: str | None = Field(description="The file that it is about.")
    remedy: str = Field(description="What to do.")


def ref(name: str) -> dict[str, str]:
    """Leads to a documented schema, ``report`` or ``gate``, or to a part of one such as ``report.failure``."""
    return {"$ref": f"#/components/schemas/{name}"}


@cache
def components() -> dict[str, Any]:
    """The documented schemas and their parts by name, with references that hold within an OpenAPI document."""
    made: dict[str, Any] = {}
    for name in _DOCUMENTED:
        schema = json.loads(schema_file(name).read_text(encoding="utf-8"))
        parts = schema.pop("$defs")
        made[name] = _placed({key: value for key, value in schema.items() if key not in {"$schema", "$id"}}, name)
        made |= {f"{name}.{part}": _placed(value, name) for part, value in parts.items()}
    return made


def _placed(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return {key: _target(item, name) if key == "$ref" else _placed(item, name) for key, item in value.items()}
    return [_placed(item, name) for item in value] if isinstance(value, list) else value


def _target(target: str, name: str) -> str:
    for other in _DOCUMENTED:
        target = target.replace(_AT_HOME.format(other), f"/{other}")
    schema, _, part = target.partition("#/$defs/")
    schema = schema.removeprefix("/") or name
    return ref(f"{schema}.{part}" if part else schema)["$ref"]
