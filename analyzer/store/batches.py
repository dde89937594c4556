"""Runs over many documents, kept in a database: what became of each input, its report lines, their findings as rows.

An input is written with all that belongs to it or not at all, so that a run which was killed goes on from there.
"""

import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, Update, bindparam, delete, func, insert, select, text, update

from analyzer.errors import Overtaken, StoreError
from analyzer.rendering.words import without_halves
from analyzer.store import tables
from analyzer.store.acting import Clock, new_id, stamp, utc
from analyzer.store.database import Database
from analyzer.store.values import BatchDocument, BatchEntry, BatchInput, BatchPlace, StoredBatch

__all__ = ["BatchStore", "delete_batch", "open_batch", "stored_batches"]

_SHOWN = 100
"""Sources that are kept to be shown; there may be a million."""
_AT_ONCE = 500
"""Rows that are fetched together."""
_ORDER = (tables.batch_inputs.c.number, tables.batch_inputs.c.member, tables.batch_inputs.c.id)


class BatchStore:
    """A batch in an open database. Each method is a transaction of its own.

    Raises StoreError, and Overtaken where somebody opened the same batch since.
    """

    def __init__(self, database: Database, opened: Row[Any], *, clock: Clock = utc) -> None:
        self.id: str = opened.id
        self.summary: Mapping[str, Any] | None = opened.summary
        """What `finish` was given the last time, while it is still true."""
        self._database = database
        self._clock = clock
        self._attempt: int = opened.attempt
        self._since: int = opened.since

    def put(self, results: Iterable[BatchInput]) -> None:
        """Keep what became of inputs, all of them or none; an input that is there already is replaced.

        Several at once are several times as fast as one by one: a transaction waits for the disk.
        """
        with self._writing() as connection:
            if self.summary is not None:
                connection.execute(self._update({"summary": None}))
            for result in results:
                _put(connection, self.id, self._attempt, result)
        self.summary = None

    def carry(self, places: Iterable[tuple[str, str, BatchPlace]]) -> None:
        """Let stand what is there of inputs: their names, their status from now on, and their places."""
        table = tables.batch_inputs
        changes = [
            {
                "of": _key_of(name),
                "status": status,
                "attempt": self._attempt,
                "number": place.number,
                "member": place.member,
                "package": _package_of(place),
            }
            for name, status, place in places
        ]
        if not changes:
            return
        change = update(table).where(table.c.batch == self.id, table.c.key == bindparam("of"))
        bound: dict[str, Any] = {name: bindparam(name) for name in changes[0] if name != "of"}
        with self._writing() as connection:
            connection.execute(change.values(bound), changes)

    def entries(self) -> Iterator[BatchEntry]:
        """What is there, in the order of the batch, a few at a time."""
        table = tables.batch_inputs
        query = select(table).where(table.c.batch == self.id).order_by(*_ORDER)
        yield from map(self._entry, self._stream(query))

    def entry(self, name: str) -> BatchEntry | None:
        """What is there of an input."""
        with self._database.reading() as connection:
            row = connection.execute(select(tables.batch_inputs).where(*self._named(name))).first()
        return self._entry(row) if row is not None else None

    def members(self, package: str) -> list[BatchEntry]:
        """What is there of the inputs in a package, in order; ``package`` is that of their places."""
        table = tables.batch_inputs
        query = select(table).where(table.c.batch == self.id, table.c.package == _key_of(package))
        with self._database.reading() as connection:
            return [self._entry(row) for row in connection.execute(query.order_by(table.c.member, table.c.id))]

    def documents(self, name: str) -> tuple[BatchDocument, ...]:
        """The documents of an input with their report lines, byte for byte; none where it is not there."""
        inputs, table = tables.batch_inputs, tables.batch_documents
        query = select(table).join(inputs, inputs.c.id == table.c.input)
        with self._database.reading() as connection:
            rows = connection.execute(query.where(*self._named(name)).order_by(table.c.place)).all()
        return tuple(BatchDocument(row.name, zlib.decompress(row.line), row.verdict, row.error) for row in rows)

    def lines(self) -> Iterator[bytes]:
        """All report lines in the order of the batch, a few at a time."""
        inputs, table = tables.batch_inputs, tables.batch_documents
        query = select(table.c.line).join(inputs, inputs.c.id == table.c.input).where(inputs.c.batch == self.id)
        for row in self._stream(query.order_by(*_ORDER, table.c.place)):
            yield zlib.decompress(row.line)

    def drop_rest(self) -> int:
        """Take out the inputs that this run neither put nor carried: they are gone. How many there were."""
        table = tables.batch_inputs
        rest = delete(table).where(table.c.batch == self.id, table.c.attempt < self._attempt)
        with self._writing() as connection:
            count = int(connection.execute(rest).rowcount)
            if count:
                connection.execute(self._update({"summary": None}))
        self.summary = None if count else self.summary
        return count

    def finish(self, summary: Mapping[str, Any]) -> None:
        """Say that every input was dealt with, and what it came to."""
        with self._writing() as connection:
            connection.execute(self._update({"finished": stamp(self._clock), "summary": dict(summary)}))

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        table = tables.batches
        with self._database.writing() as connection:
            held = select(table.c.attempt).where(table.c.id == self.id).with_for_update()
            if connection.scalar(held) != self._attempt:
                cause = "another run writes to the same batch since."
                raise Overtaken(self._database.name, cause, "Let it end, or end it; then go on with --resume.")
            yield connection

    def _update(self, values: Mapping[str, Any]) -> Update:
        return update(tables.batches).where(tables.batches.c.id == self.id).values(values)

    def _named(self, name: str) -> tuple[Any, ...]:
        table = tables.batch_inputs
        return table.c.batch == self.id, table.c.key == _key_of(name)

    def _stream(self, query: Any) -> Iterator[Row[Any]]:
        with self._database.reading() as connection:
            yield from connection.execution_options(yield_per=_AT_ONCE).execute(query)

    def _entry(self, row: Row[Any]) -> BatchEntry:
        return BatchEntry(
            name=row.name,
            number=row.number,
            status=row.status,
            sha256=row.sha256,
            versions=row.versions,
            documents=row.documents,
            verdicts=tuple(sorted(row.verdicts.items())),
            members=row.members,
            error=row.error,
            cause=row.cause,
            tries=row.tries,
            is_current=row.attempt >= self._since,
        )


def open_batch(
    database: Database,
    sources: Sequence[str],
    *,
    resume: bool = True,
    settings: Mapping[str, Any] | None = None,
    versions: str = "",
    clock: Clock = utc,
) -> BatchStore:
    """The last batch over the same sources in the same order, to go on with it or bring it up to date; else a new one.

    Without ``resume`` it is always a new one. ``settings`` and ``versions`` say for people what it is run with.
    Raises StoreError.
    """
    key, table = _key_of(*sources), tables.batches
    known = {"settings": dict(settings or {}), "versions": versions, "finished": ""}
    with database.writing() as connection:
        if connection.dialect.name == "postgresql":  # SQLite has its lock already
            connection.execute(text("LOCK TABLE batches IN SHARE ROW EXCLUSIVE MODE"))
        last = select(table).where(table.c.key == key).order_by(table.c.started.desc(), table.c.id)
        found = connection.execute(last).first() if resume else None
        if found is None:
            shown = _clean(list(sources[:_SHOWN]))
            made = {"id": new_id(), "key": key, "sources": shown, "started": stamp(clock), "attempt": 1, "since": 1}
            opened = connection.execute(insert(table).values(made | known).returning(table)).one()
            return BatchStore(database, opened, clock=clock)
        attempt = found.attempt + 1
        counts = {"attempt": attempt, "since": attempt if found.finished else found.since}
        change = update(table).where(table.c.id == found.id).values(known | counts)
        opened = connection.execute(change.returning(table)).one()
    return BatchStore(database, opened, clock=clock)


def stored_batches(database: Database) -> tuple[StoredBatch, ...]:
    """The batches that are there, the latest first."""
    table, inputs = tables.batches, tables.batch_inputs
    counted = select(func.count()).where(inputs.c.batch == table.c.id).scalar_subquery()
    query = select(table, counted.label("inputs")).order_by(table.c.started.desc(), table.c.id)
    with database.reading() as connection:
        rows = connection.execute(query).all()
    return tuple(StoredBatch(row.id, tuple(row.sources), row.inputs, row.started, row.finished) for row in rows)


def delete_batch(database: Database, id_: str) -> None:
    """Take out a batch with everything in it. A run that is still writing to it ends with Overtaken."""
    with database.writing() as connection:
        connection.execute(delete(tables.batches).where(tables.batches.c.id == id_))


def _key_of(*names: str) -> str:
    return sha256("\0".join(names).encode("utf-8", "surrogatepass")).hexdigest()


def _package_of(place: BatchPlace) -> str:
    return _key_of(place.package) if place.package else ""


def _clean(value: Any) -> Any:
    """Text, also in lists, without what no database takes: NUL, and halves of characters."""
    if isinstance(value, str):
        return without_halves(value).replace("\0", "\ufffd")
    return [_clean(item) for item in value] if isinstance(value, list) else value


def _put(connection: Connection, batch: str, attempt: int, result: BatchInput) -> None:
    table = tables.batch_inputs
    key = _key_of(result.name)
    connection.execute(delete(table).where(table.c.batch == batch, table.c.key == key))
    row = {
        "batch": batch,
        "key": key,
        "attempt": attempt,
        "number": result.place.number,
        "member": result.place.member,
        "package": _package_of(result.place),
        "name": result.name,
        "status": result.status,
        "sha256": result.sha256,
        "versions": result.versions,
        "documents": len(result.documents),
        "verdicts": dict(sorted(Counter(document.verdict or document.error for document in result.documents).items())),
        "members": result.members,
        "error": result.error,
        "cause": result.cause,
        "tries": result.tries,
    }
    id_ = connection.scalars(insert(table).values(_cleaned(row)).returning(table.c.id)).one()
    read = [_read(result.name, document) for document in result.documents]
    documents = [
        _document_row(id_, place, document, report)
        for place, (document, report) in enumerate(zip(result.documents, read, strict=True))
    ]
    findings = [
        _finding_row(id_, place, number, finding)
        for place, report in enumerate(read)
        for number, finding in enumerate(report.get("findings", ()))
    ]
    for rows, to in ((documents, tables.batch_documents), (findings, tables.batch_findings)):
        if rows:
            connection.execute(insert(to), rows)


def _read(name: str, document: BatchDocument) -> Mapping[str, Any]:
    try:
        value: Mapping[str, Any] = json.loads(document.line)
        value["document"]["name"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise StoreError(
            name, "has a line that is no report.", "Report this with the versions of your batch."
        ) from error
    return value


def _cleaned(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _clean(value) for name, value in row.items()}


def _document_row(input_: int, place: int, document: BatchDocument, report: Mapping[str, Any]) -> dict[str, Any]:
    about = report["document"]
    row = {
        "input": input_,
        "place": place,
        "name": document.name,
        "sha256": about.get("sha256") or "",
        "kind": about.get("kind") or "",
        "pages": about.get("pages"),
        "verdict": document.verdict,
        "error": document.error,
        "cause": (report.get("error") or {}).get("cause") or "",
        "line": zlib.compress(document.line, 1),
    }
    return _cleaned(row)


def _finding_row(input_: int, place: int, number: int, finding: Mapping[str, Any]) -> dict[str, Any]:
    same = ("rule", "category", "severity", "score", "text", "page", "section", "message", "detected_by")
    row = {
        "input": input_,
        "document": place,
        "number": number,
        "fingerprint": finding["id"],
        "subtype": finding["subtype"] or "",
        "is_draft": finding["draft"],
        **{name: finding[name] for name in same},
    }
    return _cleaned(row)
