"""Baselines: the findings that old templates had when the gate was adopted.

What is in the baseline doesn't fail. What was fixed leaves it and is remembered, so that its return is named and fails.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from analyzer.errors import BaselineError
from analyzer.sidefiles import is_same_document, locked, write_whole

__all__ = [
    "BASELINE_FILE",
    "BASELINE_SCHEMA",
    "Baseline",
    "Entry",
    "Known",
    "Present",
    "load_baseline",
    "render_baseline",
    "update_baseline",
    "update_file",
]

BASELINE_FILE = "fairterms-baseline.json"
"""What a baseline is called unless somebody calls it otherwise."""
BASELINE_SCHEMA = "fairterms-baseline/1"
_FIRST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """One finding or conflict, as the baseline remembers it."""

    id: str
    rule: str
    words: str
    """The first words of the clause, for people."""
    others: tuple[str, ...] = ()
    """For a conflict: the other documents that it is between."""
    fixed: date | None = None
    """The day on which it was seen to be gone."""

    @classmethod
    def of(cls, id: str, rule: str, text: str, others: Iterable[str] = ()) -> "Entry":  # noqa: A002 - the field's name
        return cls(id, rule, " ".join(text.split()[:_FIRST_WORDS]), tuple(others))


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of one document."""

    document: str
    known: tuple[Entry, ...] = ()
    fixed: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Present:
    """What a document that was read in full holds today."""

    document: str
    ids: frozenset[str]
    """Of everything found in it."""
    adoptable: tuple[Entry, ...]
    """What may be adopted: not what a waiver decides, nor what a draft rule found."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The documents by name."""

    documents: tuple[Known, ...] = ()

    def of(self, names: Iterable[str]) -> Mapping[str, Known]:
        """What is remembered of each of the documents that a run checks.

        The same file may be named from another folder; where two could be meant, neither is: nothing is known then.
        """
        wanted = sorted(set(names))
        claims = {name: self._claimed(name) for name in wanted}
        counts: dict[str, int] = {}
        for claimed in claims.values():
            if claimed:
                counts[claimed.document] = counts.get(claimed.document, 0) + 1
        return {
            name: claimed if claimed and (counts[claimed.document] == 1 or claimed.document == name) else Known(name)
            for name, claimed in claims.items()
        }

    def _claimed(self, name: str) -> Known | None:
        exact = [item for item in self.documents if item.document == name]
        similar = exact or [item for item in self.documents if is_same_document(item.document, name)]
        return similar[0] if len(similar) == 1 else None


def load_baseline(path: Path) -> Baseline:
    """Read a baseline. Raises BaselineError where it is missing, damaged or of another version."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BaselineError(str(path), "there is no such baseline.", "Make one with --update-baseline.") from error
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(path, "it is not JSON" if isinstance(error, ValueError) else "it can't be read") from error
    if not isinstance(value, dict) or value.get("schema") != BASELINE_SCHEMA:
        raise _damaged(path, f"its schema is not {BASELINE_SCHEMA}")
    try:
        documents = tuple(_document(name, item) for name, item in value["documents"].items())
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(path, f"a field is missing or wrong ({error})") from error
    return Baseline(documents)


def _document(name: str, item: Mapping[str, Any]) -> Known:
    return Known(name, tuple(map(_entry, item["known"])), tuple(map(_entry, item["fixed"])))


def _entry(item: Mapping[str, Any]) -> Entry:
    texts = (item["id"], item["rule"], item["words"], *item.get("others", ()))
    if not all(isinstance(text, str) for text in texts) or not isinstance(item.get("others", []), list):
        raise TypeError("a text is expected")
    fixed = date.fromisoformat(item["fixed"]) if "fixed" in item else None
    return Entry(item["id"], item["rule"], item["words"], tuple(item.get("others", ())), fixed)


def _damaged(path: Path, reason: str) -> BaselineError:
    return BaselineError(str(path), f"can't be used: {reason}.", "Restore it from version control, or adopt anew.")


def render_baseline(baseline: Baseline) -> str:
    """The file's text; the same for the same content."""
    documents = {
        item.document: {
            "known": [_as_json(entry) for entry in sorted(item.known, key=_by_id)],
            "fixed": [_as_json(entry) for entry in sorted(item.fixed, key=_by_id)],
        }
        for item in sorted(baseline.documents, key=lambda item: item.document)
    }
    return json.dumps({"schema": BASELINE_SCHEMA, "documents": documents}, ensure_ascii=False, indent=2) + "\n"


def _by_id(entry: Entry) -> tuple[str, str]:
    return entry.id, entry.rule


def _as_json(entry: Entry) -> dict[str, Any]:
    value: dict[str, Any] = {"id": entry.id, "rule": entry.rule, "words": entry.words}
    if entry.others:
        value["others"] = list(entry.others)
    if entry.fixed:
        value["fixed"] = entry.fixed.isoformat()
    return value


def update_baseline(baseline: Baseline, present: Sequence[Present], today: date) -> Baseline:
    """Adopt what is new and drop what is fixed, in documents that were read; the others stay as they are.

    What was fixed once is not adopted again: it must be fixed again, or waived.
    """
    matched = baseline.of(item.document for item in present)
    run = tuple(item.document for item in present)
    changed = {}
    for item in present:
        old = matched[item.document]
        changed[old.document] = _updated(old, item, run, today)
    kept = [item for item in baseline.documents if item.document not in changed]
    return Baseline(tuple(sorted((*kept, *changed.values()), key=lambda item: item.document)))


def _updated(old: Known, present: Present, run: Sequence[str], today: date) -> Known:
    is_gone = {entry.id: _is_gone(entry, present, run) for entry in old.known}
    stays = [entry for entry in old.known if not is_gone[entry.id]]
    remembered = {entry.id for entry in (*old.known, *old.fixed)}
    adopted = [entry for entry in present.adoptable if entry.id not in remembered]
    fixed = [replace(entry, fixed=today) for entry in old.known if is_gone[entry.id]]
    return Known(old.document, (*stays, *adopted), (*old.fixed, *fixed))


def _is_gone(entry: Entry, present: Present, run: Sequence[str]) -> bool:
    """A conflict is gone only if all the documents that it was between were checked."""
    return entry.id not in present.ids and all(
        any(is_same_document(other, name) for name in run) for other in entry.others
    )


def update_file(path: Path, present: Sequence[Present], today: date) -> Baseline:
    """Bring a baseline's file up to date; one that doesn't change is not written. Another writer waits its turn.

    Raises BaselineError where it is damaged, and FairtermsError where it can't be written.
    """
    with locked(path):
        exists = path.exists()
        baseline = update_baseline(load_baseline(path) if exists else Baseline(), present, today)
        text = render_baseline(baseline)
        if not exists or path.read_text(encoding="utf-8") != text:
            write_whole(path, text)
    return baseline
