"""The fields of one policy file, each checked before anything uses it."""

import math
import reprlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from analyzer.errors import PolicyError
from analyzer.findings import Severity
from analyzer.rules import DOCUMENT_KINDS

__all__ = ["FIELDS", "TABLES", "Layer", "Place", "nearest", "read_layer"]


@dataclass(frozen=True, slots=True)
class Layer:
    """What one file says, before it is merged with what it extends; what it leaves out is missing."""

    source: str
    """The shipped name or the file, as it is shown."""
    name: str
    title: str
    extends: str
    """A shipped name or a file beside it; empty for none."""
    off: frozenset[str]
    on: frozenset[str]
    fields: Mapping[str, Any]
    """Every other field that the file sets; tables as mappings of what they set."""


@dataclass(frozen=True, slots=True)
class Place:
    """A field of a file, for its mistakes."""

    source: str
    field: str = ""

    def at(self, key: str) -> "Place":
        return Place(self.source, f"{self.field}.{key}" if self.field else key)

    def error(self, reason: str, remedy: str = "Correct the file.") -> PolicyError:
        return PolicyError(self.source, f"{self.field}: {reason}.", remedy)

    def unknown(self, key: str, reason: str, known: Iterable[str]) -> PolicyError:
        return self.at(key).error(reason, nearest(key, known))


Reader = Callable[[Place, Any], Any]


def nearest(name: str, known: Iterable[str]) -> str:
    """The remedy for a name that nobody knows: the likeliest that was meant, then some or all that there are."""
    names = sorted(known)
    close = get_close_matches(name.lower(), names, n=1, cutoff=0.6)
    meant = f"Did you mean {close[0]!r}? " if close else ""
    return f"{meant}Use one of: {', '.join(names)}." if len(names) <= _LISTED or not close else meant.rstrip()


_LISTED = 20


def read_layer(source: str, table: Mapping[str, Any], usual_name: str) -> Layer:
    """Check a file's table; ``usual_name`` is the policy's where it doesn't say. Raises PolicyError."""
    place = Place(source)
    for key in table:
        if key not in FIELDS:
            raise place.unknown(key, "is not a known field", FIELDS)
    said = {key: FIELDS[key](place.at(key), value) for key, value in table.items()}
    name = said.pop("name", usual_name)
    off, on = (frozenset(said.pop(key, ())) for key in ("off", "on"))
    if both := sorted(off & on):
        raise place.at("on").error(f"{both[0]!r} also stands in off", "Take it out of one of the two.")
    return Layer(source, name, said.pop("title", ""), said.pop("extends", ""), off, on, said)


def _is_plain(text: str) -> bool:
    """A text that neither steers a terminal nor breaks the XML of a Word file."""
    return text.isprintable()


def _text(place: Place, value: Any) -> str:
    if not isinstance(value, str):
        raise place.error(f"must be a text, is {reprlib.repr(value)}", "Put it in quotation marks.")
    text = " ".join(value.split())
    if not text:
        raise place.error("is empty", "Fill it in, or leave the field out.")
    if not _is_plain(text):
        raise place.error("holds characters that can't be shown", "Take them out.")
    return text


def _name(place: Place, value: Any) -> str:
    name = _text(place, value)
    if "@" in name:
        raise place.error("holds an @, which stands between name and hash in reports", "Take it out.")
    return name


def _texts(place: Place, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise place.error(f"must be a list of texts, is {reprlib.repr(value)}", 'Write it as ["...", "..."].')
    return tuple(dict.fromkeys(_text(place, item) for item in value))


def _sorted_texts(place: Place, value: Any) -> tuple[str, ...]:
    return tuple(sorted(_texts(place, value)))


def _kinds(place: Place, value: Any) -> frozenset[str]:
    kinds = frozenset(_texts(place, value))
    if unknown := sorted(kinds - set(DOCUMENT_KINDS)):
        raise place.error(f"{unknown[0]!r} is not a kind of document", nearest(unknown[0], DOCUMENT_KINDS))
    return kinds


def _severity(place: Place, value: Any) -> Severity:
    try:
        return Severity(value)
    except ValueError:
        reason = f"is {reprlib.repr(value)}, which is not a severity"
        raise place.error(reason, f"Use one of: {', '.join(Severity)}.") from None


def _flag(place: Place, value: Any) -> bool:
    if not isinstance(value, bool):
        raise place.error(f"must be true or false, is {reprlib.repr(value)}", "Write true or false, without quotes.")
    return value


def _number(place: Place, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise place.error(f"must be a number, is {reprlib.repr(value)}", "Write it in figures, without quotes.")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise place.error("must be a number that can be reached", "Leave the field out to set no limit.")
    if number < 0:
        raise place.error(f"is {value}, can't be below 0", "Leave the field out to set no limit.")
    return number


def _count(place: Place, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise place.error(f"must be a whole number, is {reprlib.repr(value)}", "Write it in figures, without quotes.")
    return int(_number(place, value))


def _entries(place: Place, value: Any, read: Callable[[str], Reader]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise place.error(f"must be a table, is {reprlib.repr(value)}", f"Write it under [{place.field}].")
    return {_text(place, key): read(key)(place.at(key), item) for key, item in value.items()}


def _each(read: Reader) -> Reader:
    """Reads a table whose keys are free."""
    return lambda place, value: _entries(place, value, lambda _: read)


def _fixed(readers: Mapping[str, Reader]) -> Reader:
    """Reads a table whose keys are known."""

    def read(place: Place, value: Any) -> dict[str, Any]:
        for key in value if isinstance(value, dict) else ():
            if key not in readers:
                raise place.unknown(key, "is not a known field", readers)
        return _entries(place, value, readers.__getitem__)

    return read


def _blanks(place: Place, value: Any) -> dict[str, str]:
    blanks: dict[str, str] = _each(_text)(place, value)
    for name in blanks:
        if "[" in name or "]" in name:
            raise place.at(name).error("a blank is named without its brackets", f"Write {name.strip('[]')!r}.")
    return blanks


TABLES: Mapping[str, Mapping[str, Reader]] = {
    "limits": {
        "liability_cap_multiple": _number,
        "bond_percent": _number,
        "years_of_experience": _number,
        "copies": _count,
        "days_to_respond": _count,
    },
    "demands": {"no_revisions": _flag, "no_comments": _flag, "no_hidden_text": _flag},
    "waivers": {"fail_on_unused": _flag, "fail_on_expired": _flag, "most_days": _count, "must_cite": _flag},
}
"""The tables whose keys are known, with what reads each key."""

FIELDS: Mapping[str, Reader] = {
    "name": _name,
    "title": _text,
    "extends": _text,
    "jurisdiction": _text,
    "fail_on": _severity,
    "off": _texts,
    "on": _texts,
    "required": _sorted_texts,
    "kinds": _kinds,
    "severities": _each(_severity),
    **{name: _fixed(readers) for name, readers in TABLES.items()},
    "references": _each(_texts),
    "wording": _blanks,
}
"""The fields of a file, with what reads each."""
