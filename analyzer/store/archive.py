"""A whole project as one file: to another database, to an archive, to whoever asks for the record.

A ZIP with ``project.json`` (rows of every table, format and versions) and the bytes of the drafts under their hashes.
"""

import base64
import io
import json
import zipfile
from collections.abc import Collection, Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import Table, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from analyzer import __version__
from analyzer.errors import StoreError
from analyzer.store import tables
from analyzer.store.acting import Acting
from analyzer.store.projects import project
from analyzer.store.trail import render_trail, trail_of
from analyzer.store.values import Project, Role

__all__ = ["FORMAT", "export_project", "import_project"]

FORMAT = "fairterms-project/1"
_INDEX, _RECORD = "project.json", "record.md"
_LARGEST_INDEX = 1_000_000_000
_EPOCH = (1980, 1, 1, 0, 0, 0)


def export_project(acting: Acting, id_: str) -> bytes:
    """The project with documents, reports, decisions, comments, samples and its trail."""
    acting.require(id_, Role.REVIEWER)
    rows = {table.name: _rows(acting, table, condition) for table, condition in _parts(id_)}
    blobs = {row["sha256"] for row in rows["drafts"]}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        whole = {"format": FORMAT, "fairterms": __version__, "project": id_, "tables": rows}
        _add(archive, _INDEX, json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True).encode())
        named = project(acting, id_)
        _add(archive, _RECORD, render_trail(named.name, trail_of(acting, id_)).encode())
        for digest in sorted(blobs):
            data = acting.connection.scalar(select(tables.blobs.c.data).where(tables.blobs.c.sha256 == digest))
            _add(archive, f"files/{digest}", bytes(data or b""))
    return buffer.getvalue()


def import_project(acting: Acting, name: str, data: bytes) -> Project:
    """Take in an exported project. Whoever imports it is its admin. Raises StoreError where it is damaged or there."""
    acting.require_anywhere(Role.REVIEWER)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            whole = _index(name, archive)
            files = {row["sha256"]: _file(name, archive, str(row["sha256"])) for row in whole["tables"]["drafts"]}
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError) as error:
        raise StoreError(name, "is not an exported project, or is damaged.", "Export it again.") from error
    id_ = str(whole["project"])
    table = tables.projects
    if acting.connection.scalar(select(table.c.id).where(table.c.id == id_)) is not None:
        raise StoreError(name, "holds a project that is here already.", "Open that one, or delete it first.")
    try:
        _put(acting, id_, whole["tables"], files)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise StoreError(name, "is not an exported project, or is damaged.", "Export it again.") from error
    member = {"project": id_, "who": acting.person.id, "role": Role.ADMIN.value}
    acting.connection.execute(insert(tables.members).values(member))
    acting.log("import project", id_, project=id_, after={"fairterms": str(whole["fairterms"])})
    return project(acting, id_)


def _parts(id_: str) -> tuple[tuple[Table, Any], ...]:
    """Tables with the condition for rows of a project, parents first. Members stay: they are people of one place."""
    documents = select(tables.documents.c.id).where(tables.documents.c.project == id_)
    drafts = select(tables.drafts.c.id).where(tables.drafts.c.document.in_(documents))
    return (
        (tables.projects, tables.projects.c.id == id_),
        (tables.documents, tables.documents.c.project == id_),
        (tables.drafts, tables.drafts.c.document.in_(documents)),
        (tables.reports, tables.reports.c.draft.in_(drafts)),
        (tables.decisions, tables.decisions.c.document.in_(documents)),
        (tables.answers, tables.answers.c.document.in_(documents)),
        (tables.comments, tables.comments.c.document.in_(documents)),
        (tables.samples, tables.samples.c.project == id_),
        (tables.audit, tables.audit.c.project == id_),
    )


def _rows(acting: Acting, table: Table, condition: Any) -> list[dict[str, Any]]:
    order = list(table.primary_key.columns)
    found = acting.connection.execute(select(table).where(condition).order_by(*order))
    return [{key: _out(value) for key, value in row._mapping.items()} for row in found]


def _out(value: Any) -> Any:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _in(value: Any) -> Any:
    if isinstance(value, Mapping) and set(value) == {"base64"}:
        return base64.b64decode(value["base64"])
    return value


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, data)


def _index(name: str, archive: zipfile.ZipFile) -> dict[str, Any]:
    if archive.getinfo(_INDEX).file_size > _LARGEST_INDEX:
        raise StoreError(name, "is too large to be an exported project.", "Export it again.")
    whole = json.loads(archive.read(_INDEX))
    if whole.get("format") != FORMAT:
        cause = f"is of a form that this version doesn't know ({whole.get('format')})."
        raise StoreError(name, cause, "Update Fairterms, or export it again.")
    return dict(whole)


def _file(name: str, archive: zipfile.ZipFile, digest: str) -> bytes:
    data = archive.read(f"files/{digest}")
    if sha256(data).hexdigest() != digest:
        raise StoreError(name, "holds a file that is not what its hash says.", "Export the project again.")
    return data


def _put(acting: Acting, id_: str, rows: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
    make = postgresql.insert if acting.connection.dialect.name == "postgresql" else sqlite.insert
    for digest, data in sorted(files.items()):
        row = {"sha256": digest, "size": len(data), "data": data}
        acting.connection.execute(make(tables.blobs).values(row).on_conflict_do_nothing())
    own: dict[str, Collection[Any]] = {
        "project": {id_},
        "document": {row["id"] for row in rows["documents"]} | {None},
        "draft": {row["id"] for row in rows["drafts"]},
    }
    for table, _ in _parts(id_):
        for row in rows[table.name]:
            values = {column.name: _in(row[column.name]) for column in table.columns}
            _check_own(table, values, own)
            if table is tables.audit:
                del values["number"]  # numbers are of one database
            acting.connection.execute(insert(table).values(values))


def _check_own(table: Table, values: Mapping[str, Any], own: Mapping[str, Collection[Any]]) -> None:
    """A file that somebody edited must not reach into other projects. Raises ValueError."""
    for name, known in own.items():
        # The trail also tells of documents that are gone.
        if name in values and values[name] not in known and not (table is tables.audit and name == "document"):
            raise ValueError(values[name])
    if table is tables.projects and values["id"] not in own["project"]:
        raise ValueError(values["id"])
