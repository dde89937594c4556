"""Documents and their drafts, the bytes once each, and the reports on them."""

import json
import zlib
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from analyzer.errors import DocumentTooLarge, NotThere, StoreError
from analyzer.store import tables
from analyzer.store.acting import Acting, new_id
from analyzer.store.values import Draft, Role, StoredDocument, StoredReport

__all__ = [
    "add_document",
    "add_draft",
    "bytes_kept_for",
    "data_of",
    "delete_document",
    "document",
    "documents",
    "draft",
    "drafts",
    "keep_report",
    "report_of",
]

_LARGEST = 500_000_000
"""Bytes of one file, the same as the readers take."""


def add_document(acting: Acting, project: str, name: str, data: bytes, *, quota: int | None = None) -> Draft:
    """A new document with its first draft. ``quota`` is the most bytes that one person may keep here.

    Raises DocumentTooLarge where the file or the quota is exceeded.
    """
    acting.require(project, Role.REVIEWER)
    made = {"id": new_id(), "project": project, "name": name, "created": acting.now, "created_by": acting.person.id}
    acting.connection.execute(insert(tables.documents).values(made))
    acting.log("add document", made["id"], project=project, document=made["id"], after={"name": name})
    return add_draft(acting, made["id"], name, data, quota=quota)


def add_draft(acting: Acting, document_id: str, name: str, data: bytes, *, quota: int | None = None) -> Draft:
    """The next draft of a document; the same bytes as the last draft are that draft."""
    owner = document(acting, document_id)
    acting.require(owner.project, Role.REVIEWER)
    acting.lock(tables.documents, document_id)
    digest = sha256(data).hexdigest()
    there = drafts(acting, document_id)
    if there and there[-1].sha256 == digest:
        return there[-1]
    _check_size(acting, name, len(data), quota)
    _keep_bytes(acting, digest, data)
    row = {
        "id": new_id(),
        "document": document_id,
        "number": len(there) + 1,
        "name": name,
        "sha256": digest,
        "uploaded": acting.now,
        "uploaded_by": acting.person.id,
    }
    acting.connection.execute(insert(tables.drafts).values(row))
    after = {"number": row["number"], "name": name, "sha256": digest}
    acting.log("add draft", str(row["id"]), project=owner.project, document=document_id, after=after)
    return draft(acting, str(row["id"]))


def _check_size(acting: Acting, name: str, size: int, quota: int | None) -> None:
    if size > _LARGEST:
        raise DocumentTooLarge(name, f"has {size:,} bytes; the most is {_LARGEST:,}.", "Split the file.")
    if quota is not None and (kept := bytes_kept_for(acting, acting.person.id)) + size > quota:
        cause = f"does not fit: you keep {kept:,} bytes here, and the most is {quota:,}."
        raise DocumentTooLarge(name, cause, "Delete documents that are done, or ask for more room.")


def _keep_bytes(acting: Acting, digest: str, data: bytes) -> None:
    make = postgresql.insert if acting.connection.dialect.name == "postgresql" else sqlite.insert
    row = {"sha256": digest, "size": len(data), "data": data}
    # Somebody else may upload the same bytes at the same moment.
    acting.connection.execute(make(tables.blobs).values(row).on_conflict_do_nothing())


def bytes_kept_for(acting: Acting, who: str) -> int:
    """Bytes of the drafts that a person uploaded."""
    query = select(func.sum(tables.blobs.c.size)).join_from(
        tables.drafts, tables.blobs, tables.drafts.c.sha256 == tables.blobs.c.sha256
    )
    return int(acting.connection.scalar(query.where(tables.drafts.c.uploaded_by == who)) or 0)


def documents(acting: Acting, project: str) -> tuple[StoredDocument, ...]:
    """Documents of a project, the newest first."""
    acting.require(project, Role.READER)
    table = tables.documents
    query = select(table).where(table.c.project == project).order_by(table.c.created.desc(), table.c.id)
    return tuple(map(_document, acting.connection.execute(query)))


def document(acting: Acting, id_: str) -> StoredDocument:
    """One document. Raises NotThere, also where it is in a project of others."""
    found = _document(acting.row(tables.documents, id_, "document"))
    _require_sight(acting, found.project, "document")
    return found


def _require_sight(acting: Acting, project: str, what: str) -> None:
    if acting.role_in(project) is None:  # the same words as if it didn't exist
        raise NotThere(acting.database, f"has no such {what}.", "It may have been deleted.")


def drafts(acting: Acting, document_id: str) -> tuple[Draft, ...]:
    """Drafts of a document, the first one first."""
    document(acting, document_id)
    return _drafts(acting, tables.drafts.c.document == document_id)


def draft(acting: Acting, id_: str) -> Draft:
    """One draft. Raises NotThere."""
    row = acting.row(tables.drafts, id_, "draft")
    document(acting, row.document)
    return _drafts(acting, tables.drafts.c.id == id_)[0]


def _drafts(acting: Acting, *conditions: Any) -> tuple[Draft, ...]:
    table, blobs = tables.drafts, tables.blobs
    is_scanned = select(tables.reports.c.id).where(tables.reports.c.draft == table.c.id).exists()
    query = (
        select(table, blobs.c.size, is_scanned.label("is_scanned"))
        .join(blobs, table.c.sha256 == blobs.c.sha256)
        .where(*conditions)
        .order_by(table.c.document, table.c.number)
    )
    return tuple(map(_draft, acting.connection.execute(query)))


def data_of(acting: Acting, draft_id: str) -> bytes:
    """The bytes of a draft as they were uploaded."""
    item = draft(acting, draft_id)
    data = acting.connection.scalar(select(tables.blobs.c.data).where(tables.blobs.c.sha256 == item.sha256))
    if data is None or sha256(data).hexdigest() != item.sha256:
        raise StoreError(item.name, "is no longer what was uploaded.", "Upload it again.")
    return bytes(data)


def keep_report(acting: Acting, draft_id: str, versions: str, report: Mapping[str, Any]) -> StoredReport:
    """Keep the report on a draft, in place of one that was made with the same versions."""
    item = draft(acting, draft_id)
    owner = document(acting, item.document)
    acting.require(owner.project, Role.REVIEWER)
    table = tables.reports
    acting.connection.execute(delete(table).where(table.c.draft == draft_id, table.c.versions == versions))
    packed = zlib.compress(json.dumps(report, ensure_ascii=False, sort_keys=True).encode())
    row = {"id": new_id(), "draft": draft_id, "made": acting.now, "versions": versions, "report": packed}
    acting.connection.execute(insert(table).values(row))
    acting.log(
        "scan draft",
        draft_id,
        project=owner.project,
        document=owner.id,
        after={"versions": versions, "report": row["id"]},
    )
    return StoredReport(str(row["id"]), draft_id, acting.now, versions, report)


def report_of(acting: Acting, draft_id: str, versions: str | None = None) -> StoredReport | None:
    """The newest report on a draft, or the one of these versions; None where there is none."""
    draft(acting, draft_id)
    table = tables.reports
    query = select(table).where(table.c.draft == draft_id).order_by(table.c.made.desc(), table.c.id)
    if versions is not None:
        query = query.where(table.c.versions == versions)
    row = acting.connection.execute(query).first()
    if row is None:
        return None
    return StoredReport(row.id, row.draft, row.made, row.versions, json.loads(zlib.decompress(row.report)))


def delete_document(acting: Acting, id_: str) -> None:
    """Delete a document for good: drafts, reports, decisions, comments, samples taken from it, and its trail.

    What stays is one entry: that a document of this id was deleted, by whom and when.
    """
    found = document(acting, id_)
    acting.require(found.project, Role.ADMIN)
    acting.connection.execute(insert(tables.purges).values({"document": id_, "at": acting.now, "by": acting.person.id}))
    acting.connection.execute(delete(tables.audit).where(tables.audit.c.document == id_))
    acting.connection.execute(delete(tables.documents).where(tables.documents.c.id == id_))
    used = select(tables.drafts.c.sha256)
    acting.connection.execute(delete(tables.blobs).where(tables.blobs.c.sha256.not_in(used)))
    acting.log("delete document", id_, project=found.project)


def _document(row: Row[Any]) -> StoredDocument:
    return StoredDocument(row.id, row.project, row.name, row.created, row.created_by)


def _draft(row: Row[Any]) -> Draft:
    return Draft(
        row.id,
        row.document,
        row.number,
        row.name,
        row.sha256,
        row.size,
        row.uploaded,
        row.uploaded_by,
        bool(row.is_scanned),
    )
