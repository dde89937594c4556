"""Track records: how often each rule and category was right on labelled documents, for people who weigh a finding."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from math import sqrt
from pathlib import Path
from typing import Any

from analyzer.errors import RuleError

__all__ = ["Records", "TrackRecord", "load_records", "render_records", "wilson_interval"]

_REMEDY = "Write it anew with fairterms evaluate LABELS --write-records FILE."


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """How often something fired on labelled documents, and how often a label agreed."""

    right: int
    fired: int
    documents: int
    """In how many documents it fired."""


@dataclass(frozen=True, slots=True)
class Records:
    """The track records of one evaluation; the default is none at all."""

    rules: Mapping[str, TrackRecord] = field(default_factory=dict)
    categories: Mapping[str, TrackRecord] = field(default_factory=dict)
    on: str = ""
    """Name of the labels file."""
    day: date | None = None
    """When it was evaluated."""
    version: str = ""
    """Version of Fairterms that wrote it."""


def wilson_interval(right: int, count: int, *, z: float = 1.959964) -> tuple[float, float]:
    """The score interval of a proportion (E. B. Wilson, JASA 22, 1927), 95 % by default; 0 to 1 for a count of 0."""
    if not count:
        return 0.0, 1.0
    share = right / count
    spread = 1 + z * z / count
    middle = (share + z * z / (2 * count)) / spread
    half = z * sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / spread
    return (0.0 if right == 0 else middle - half), (1.0 if right == count else middle + half)


def render_records(records: Records) -> str:
    """Records as JSON with sorted keys, the same bytes for the same records."""
    value = {
        "categories": {name: _row(record) for name, record in records.categories.items()},
        "date": records.day.isoformat() if records.day else None,
        "on": records.on,
        "rules": {name: _row(record) for name, record in records.rules.items()},
        "version": records.version,
    }
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _row(record: TrackRecord) -> dict[str, int]:
    return {"documents": record.documents, "fired": record.fired, "right": record.right}


def load_records(path: Path) -> Records:
    """Read what `render_records` wrote. Raises RuleError naming the entry that is wrong."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RuleError(str(path), f"can't be read as track records: {error}.", _REMEDY) from error
    if not isinstance(value, dict):
        raise RuleError(str(path), "is not a JSON object of track records.", _REMEDY)
    return Records(
        _records(path, value, "rules"),
        _records(path, value, "categories"),
        _text(path, value, "on"),
        _date(path, value),
        _text(path, value, "version"),
    )


def _records(path: Path, value: Mapping[str, Any], name: str) -> dict[str, TrackRecord]:
    table = value.get(name)
    if not isinstance(table, dict):
        raise RuleError(str(path), f"{name}: is not an object.", _REMEDY)
    return {key: _record(path, f"{name}.{key}", table[key]) for key in sorted(table)}


def _record(path: Path, place: str, row: Any) -> TrackRecord:
    if not isinstance(row, dict):
        raise RuleError(str(path), f"{place}: is not an object.", _REMEDY)
    right, fired, documents = (_count(path, f"{place}.{key}", row.get(key)) for key in ("right", "fired", "documents"))
    if not 0 <= right <= fired or not 0 <= documents <= fired:
        raise RuleError(str(path), f"{place}: {right} right in {documents} documents of {fired} can't be.", _REMEDY)
    return TrackRecord(right, fired, documents)


def _count(path: Path, place: str, value: Any) -> int:
    if type(value) is not int:  # true is an int too
        raise RuleError(str(path), f"{place}: is {value!r}, must be a whole number.", _REMEDY)
    return value


def _text(path: Path, value: Mapping[str, Any], name: str) -> str:
    text = value.get(name)
    if not isinstance(text, str):
        raise RuleError(str(path), f"{name}: is not a text.", _REMEDY)
    return text


def _date(path: Path, value: Mapping[str, Any]) -> date | None:
    stated = value.get("date")
    if stated is None:
        return None
    try:
        return date.fromisoformat(stated)
    except (TypeError, ValueError) as error:
        raise RuleError(str(path), f"date: {stated!r} is not a date such as 2026-01-31.", _REMEDY) from error
