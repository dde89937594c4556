"""The trail of changes: who, when, what, before and after; printed for whoever asks for the record."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from analyzer.store import tables
from analyzer.store.acting import Acting
from analyzer.store.values import AuditEntry, Role

__all__ = ["render_trail", "trail_of"]


def trail_of(acting: Acting, project: str, *, document: str = "") -> tuple[AuditEntry, ...]:
    """Changes in a project, or of one of its documents, the oldest first."""
    acting.require(project, Role.READER)
    table = tables.audit
    query = select(table).where(table.c.project == project).order_by(table.c.number)
    if document:
        query = query.where(table.c.document == document)
    return tuple(AuditEntry(**row._mapping) for row in acting.connection.execute(query))


def render_trail(title: str, entries: Iterable[AuditEntry]) -> str:
    """A project's record as Markdown, for a public-records request."""
    entries = tuple(entries)
    lines = [f"# Record of {_plain(title)}", "", f"{len(entries)} changes, the oldest first. Times are UTC.", ""]
    for entry in entries:
        lines.append(f"{entry.number}. {entry.at} — {_plain(entry.who)}: {entry.action} `{entry.subject}`")
        lines += _sides(entry)
    return "\n".join(lines) + "\n"


def _sides(entry: AuditEntry) -> list[str]:
    before, after = entry.before or {}, entry.after or {}
    changed = [key for key in dict.fromkeys((*before, *after)) if before.get(key) != after.get(key)]
    return [f"   - {_plain(key)}: {_shown(before, key)} → {_shown(after, key)}" for key in changed]


def _shown(side: Mapping[str, Any], key: str) -> str:
    value = side.get(key)
    if value in (None, ""):
        return "nothing"
    return _plain(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True))


def _plain(text: str) -> str:
    """Text that Markdown leaves as it is, on one line."""
    return "".join(f"\\{char}" if char in "\\`*_{}[]<>#|!&" else char for char in " ".join(text.split()))
