"""Waivers: findings that an agency accepts, with reason, author, authority and end.

They stand in a TOML file beside the documents, which people read and edit; entries are added as text, so that its
comments and order stay. A waiver holds for a rule and the words of a clause, not for a place: it moves with the clause
and lapses when the words change.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any

from analyzer.errors import WaiverError
from analyzer.sidefiles import locked, write_whole

__all__ = ["WAIVERS_FILE", "Change", "Waiver", "Waivers", "add_waiver", "fingerprint_of", "load_waivers"]

WAIVERS_FILE = "fairterms-waivers.toml"
_HEAD = """\
# What this agency accepts though the check would report it. Each entry holds for the words of one clause until its
# date, and lapses when the words change. `fairterms waive` adds entries; `fairterms memo` prints them for the file.
"""
_ENTRY = re.compile(r"^[ \t]*\[\[[ \t]*waivers[ \t]*\]\][^\n]*$", re.MULTILINE)
_SHORTEST = 12
"""Characters of a fingerprint; what a list shows is shorter and not enough to tell clauses apart."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """One clause that may stay as it is."""

    rule: str
    """Id of the rule, or ``conflict/KIND``."""
    fingerprint: str
    """Of the clause's words, or the conflict's id."""
    reason: str
    by: str
    until: date
    """The last day on which it holds."""
    authority: tuple[str, ...] = ()
    """Ids of references, or citations in the author's words."""
    document: str = ""
    """Name of the document, in which ``*`` stands for anything; empty for all. Folder and extension don't count, so
    that it also holds for the PDF that a Word file becomes."""
    section: str = ""
    text: str = ""
    """The clause as it stood, so that a lapsed waiver can say what changed."""
    granted: date | None = None
    answers: tuple[tuple[str, str], ...] = ()
    """Question of the questionnaire to answer, in its order."""

    def covers(self, document: str) -> bool:
        """It was given for the document of that name."""
        pattern = ".*".join(map(re.escape, _stem(self.document).split("*")))
        return not self.document or re.fullmatch(pattern, _stem(document), re.DOTALL) is not None

    def is_for(self, rule: str, fingerprint: str) -> bool:
        return self.rule == rule and self.fingerprint == fingerprint


@dataclass(frozen=True, slots=True)
class Waivers:
    """A file of waivers: the entries that could be read, and what is wrong with the others."""

    name: str = ""
    entries: tuple[Waiver, ...] = ()
    problems: tuple[WaiverError, ...] = ()


class Change(StrEnum):
    """What adding a waiver did to the file."""

    ADDED = "added"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"


def fingerprint_of(finding: str) -> str:
    """The fingerprint in a finding's id: without the number that tells equal clauses of a document apart."""
    return re.sub(r"(?<=[0-9a-f]{16})-\d+$", "", finding)


def load_waivers(path: Path) -> Waivers:
    """Read a file of waivers. A wrong entry is a problem of the result and doesn't hold; it raises nothing."""
    try:
        return _parsed(path.name, _read(path))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        return Waivers(path.name, (), (WaiverError(path.name, f"can't be read: {reason}.", "Name a file of waivers."),))


def _read(path: Path) -> str:
    """The text with its own line ends, without the mark that some editors put before it."""
    return path.read_bytes().decode("utf-8-sig")


def _parsed(name: str, text: str) -> Waivers:
    try:
        tables = _tables(name, text)
    except WaiverError as error:
        return Waivers(name, (), (error,))
    entries: list[Waiver] = []
    problems: list[WaiverError] = []
    for number, table in enumerate(tables, 1):
        try:
            entries.append(_waiver(name, number, table))
        except WaiverError as error:
            problems.append(error)
    return Waivers(name, tuple(entries), tuple(problems))


def _tables(name: str, text: str) -> list[Any]:
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        reason = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise WaiverError(name, f"is not valid TOML: {reason}.", "Correct the file.") from error
    if unknown := sorted(set(table) - {"waivers"}):
        raise WaiverError(name, f"{unknown[0]}: is not a known field.", "Write each entry under [[waivers]].")
    tables = table.get("waivers", [])
    if not isinstance(tables, list) or not all(isinstance(item, dict) for item in tables):
        raise WaiverError(name, "waivers: is not a list of entries.", "Write each entry under [[waivers]].")
    return tables


_TEXTS = ("rule", "fingerprint", "reason", "by", "document", "section", "text")
_NEEDED = frozenset({"rule", "fingerprint", "reason", "by", "until"})
_KNOWN = frozenset({*_TEXTS, "until", "granted", "authority", "answers"})


def _waiver(name: str, number: int, table: Mapping[str, Any]) -> Waiver:
    def fail(field: str, reason: str) -> WaiverError:
        return WaiverError(name, f"entry {number}, {field}: {reason}.", "Correct the entry, or write it anew.")

    if unknown := sorted(set(table) - _KNOWN):
        raise fail(unknown[0], "is not a known field")
    for field in sorted(_NEEDED - set(table)):
        raise fail(field, "is missing")
    for field in _TEXTS:
        value = table.get(field, "")
        if not isinstance(value, str):
            raise fail(field, "must be a text in quotes")
        if field in _NEEDED and not value.strip():
            raise fail(field, "is empty")
    if len(table["fingerprint"]) < _SHORTEST:
        raise fail("fingerprint", "is too short; fairterms waive writes the whole of it")
    for field in ("until", "granted"):
        if field in table and type(table[field]) is not date:
            raise fail(field, "must be a date without quotes, such as 2027-03-31")
    return Waiver(
        **{field: table[field].strip() for field in _TEXTS if field in table and field != "fingerprint"},
        fingerprint=fingerprint_of(table["fingerprint"].strip()),
        until=table["until"],
        granted=table.get("granted"),
        authority=_authority(table.get("authority", []), fail),
        answers=_answers(table.get("answers", {}), fail),
    )


def _authority(value: Any, fail: Any) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(item, str) for item in values):
        raise fail("authority", "must be a text or a list of texts")
    return tuple(item.strip() for item in values if item.strip())


def _answers(value: Any, fail: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise fail("answers", "must be a table of texts")
    return tuple(value.items())


def add_waiver(path: Path, waiver: Waiver) -> Change:
    """Write a waiver to its file, in the place of an older one for the same clause and document.

    The rest of the file stays as it is, comments and order too. Another writer waits its turn. Raises WaiverError where
    the file is not valid, so that nothing in it is lost, and FairtermsError where it can't be written.
    """
    with locked(path):
        try:
            text = _read(path) if path.exists() else _HEAD
        except (OSError, UnicodeDecodeError) as error:
            raise WaiverError(str(path), f"can't be read: {error}.", "Correct the file.") from error
        known = _parsed(path.name, text)
        if known.problems:
            raise known.problems[0]
        same = [_is_same(entry, waiver) for entry in known.entries]
        if True in same:
            return _replaced(path, text, known.entries, same.index(True), waiver)
        line_end = _line_end(text)
        added = f"{text.rstrip()}{line_end * 2}{_written(waiver, line_end)}"
        _check(path, added, (*known.entries, waiver))
        write_whole(path, added)
    return Change.ADDED


def _is_same(one: Waiver, other: Waiver) -> bool:
    return one.is_for(other.rule, other.fingerprint) and one.document == other.document


def _replaced(path: Path, text: str, entries: tuple[Waiver, ...], index: int, waiver: Waiver) -> Change:
    if replace(entries[index], granted=waiver.granted) == waiver:
        return Change.UNCHANGED
    starts = [match.start() for match in _ENTRY.finditer(text)]
    if len(starts) != len(entries):
        raise WaiverError(str(path), "the entries can't be told apart.", "Write each under a line [[waivers]].")
    end = starts[index + 1] if index + 1 < len(starts) else len(text)
    line_end = _line_end(text)
    old = text[starts[index] : end].splitlines()
    kept = "".join(f"{line}{line_end}" for line in old if line.lstrip().startswith("#"))
    gap = line_end if end < len(text) else ""
    changed = f"{text[: starts[index]]}{_written(waiver, line_end)}{gap}{kept}{text[end:]}"
    _check(path, changed, (*entries[:index], waiver, *entries[index + 1 :]))
    write_whole(path, changed)
    return Change.REPLACED


def _check(path: Path, text: str, wanted: tuple[Waiver, ...]) -> None:
    """Editing a file as text could harm it: hold what it will say against what it should."""
    read = _parsed(path.name, text)
    if read.problems or read.entries != wanted:
        raise WaiverError(str(path), "the entry can't be added without harm to others.", "Add it by hand.")


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _written(waiver: Waiver, line_end: str) -> str:
    fields: list[tuple[str, str]] = [
        ("rule", _quoted(waiver.rule)),
        ("fingerprint", _quoted(waiver.fingerprint)),
        ("document", _quoted(waiver.document)),
        ("section", _quoted(waiver.section)),
        ("text", _quoted(waiver.text)),
        ("reason", _quoted(waiver.reason)),
        ("by", _quoted(waiver.by)),
        ("granted", waiver.granted.isoformat() if waiver.granted else '""'),
        ("until", waiver.until.isoformat()),
        ("authority", f"[{', '.join(map(_quoted, waiver.authority))}]" if waiver.authority else '""'),
        *((f"answers.{_key(name)}", _quoted(answer)) for name, answer in waiver.answers),
    ]
    lines = [f"{name} = {value}" for name, value in fields if value != '""']
    return line_end.join(["[[waivers]]", *lines, ""])


def _quoted(text: str) -> str:
    """A TOML string: JSON's escapes are TOML's too, save that TOML wants DEL escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted(name)


def _stem(name: str) -> str:
    return PurePosixPath(name).stem.casefold()
