"""The words that people read about a conflict, by kind: a file of data, checked before anything uses it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

from analyzer.errors import RuleError
from analyzer.findings import Severity
from analyzer.rules import Reference

__all__ = ["KINDS", "ConflictKind", "load_kinds"]

KINDS: Mapping[str, frozenset[str]] = {
    "cap-and-unlimited": frozenset({"first", "second", "cap"}),
    "different-caps": frozenset({"first", "second", "first_value", "second_value"}),
    "exceptions-invited-and-punished": frozenset({"first", "second"}),
    "bond-waived-and-demanded": frozenset({"first", "second", "bond"}),
    "negotiation-reserved-and-ruled-out": frozenset({"first", "second"}),
    "different-amounts": frozenset({"first", "second", "first_value", "second_value", "thing"}),
    "precedence-contradiction": frozenset({"first", "second", "higher", "lower"}),
    "precedence-loop": frozenset({"loop"}),
    "no-precedence": frozenset({"documents"}),
    "missing-attachment": frozenset({"first", "document", "attachments"}),
    "cap-without-exceptions": frozenset({"first", "cap", "missing"}),
    "nothing-in-place-of-bond": frozenset({"documents"}),
}
"""Each kind with the names that its message may hold in braces."""

_FIELDS = ("title", "message", "why", "suggestion")


@dataclass(frozen=True, slots=True)
class ConflictKind:
    """What people read about one kind of conflict."""

    id: str
    family: str
    """``conflict`` or ``under-protection``."""
    title: str
    message: str
    """Names in braces stand for documents, places and values."""
    why: str
    suggestion: str
    severity: Severity
    settled: Severity
    """Where the order of precedence, or the weight of the case, makes it less grave."""
    references: tuple[str, ...]


def load_kinds(path: Path, references: Mapping[str, Reference]) -> Mapping[str, ConflictKind]:
    """Read the file of kinds. Raises RuleError with file, field and reason for the first mistake."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RuleError(str(path), f"can't be read: {error}.", "Restore the file.") from error
    if unknown := sorted(set(table) - set(KINDS)):
        raise _mistake(path, unknown[0], "is not a kind of conflict")
    if missing := sorted(set(KINDS) - set(table)):
        raise _mistake(path, missing[0], "is missing")
    return {name: _kind(path, name, table[name], references) for name in KINDS}


def _kind(path: Path, name: str, entry: Any, references: Mapping[str, Reference]) -> ConflictKind:
    if not isinstance(entry, dict):
        raise _mistake(path, name, "must be a table")
    known = {*_FIELDS, "family", "severity", "settled", "references"}
    if unknown := sorted(set(entry) - known):
        raise _mistake(path, f"{name}.{unknown[0]}", "is not a known field")
    words = {field: _text(path, f"{name}.{field}", entry.get(field)) for field in _FIELDS}
    _check_names(path, name, words["message"])
    family = entry.get("family", "conflict")
    if family not in ("conflict", "under-protection"):
        raise _mistake(path, f"{name}.family", f"is {family!r}, must be conflict or under-protection")
    severity = _severity(path, f"{name}.severity", entry.get("severity"))
    settled = _severity(path, f"{name}.settled", entry.get("settled", severity.value))
    return ConflictKind(
        name,
        family,
        words["title"],
        words["message"],
        words["why"],
        words["suggestion"],
        severity,
        settled,
        _cited(path, f"{name}.references", entry.get("references", []), references),
    )


def _text(path: Path, field: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _mistake(path, field, "must be a text that is not empty")
    return " ".join(value.split())


def _check_names(path: Path, name: str, message: str) -> None:
    try:
        used = {field for _, field, _, _ in Formatter().parse(message) if field is not None}
    except ValueError as error:
        raise _mistake(path, f"{name}.message", f"has a brace that is wrong: {error}") from None
    if unknown := sorted(used - KINDS[name]):
        known = ", ".join(sorted(KINDS[name]))
        raise _mistake(path, f"{name}.message", f"names {{{unknown[0]}}}, may name {known}")


def _severity(path: Path, field: str, value: object) -> Severity:
    try:
        return Severity(str(value))
    except ValueError:
        raise _mistake(path, field, f"is {value!r}, must be one of {', '.join(Severity)}") from None


def _cited(path: Path, field: str, values: object, references: Mapping[str, Reference]) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise _mistake(path, field, "must be a list")
    for value in values:
        if value not in references:
            raise _mistake(path, field, f"{value!r} is no reference of references.toml")
        if not references[value].is_citable:
            raise _mistake(path, field, f"{value!r} was not read in the original and can't be cited")
    return tuple(values)


def _mistake(path: Path, field: str, reason: str) -> RuleError:
    return RuleError(str(path), f"{field}: {reason}.", "Correct the file.")
