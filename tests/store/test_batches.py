"""A batch in a database: whole inputs or none, the same lines again, rows for whoever asks in SQL."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text

from analyzer.cli import main
from analyzer.errors import Overtaken, StoreError
from analyzer.findings import Failure, Report, Severity
from analyzer.rendering.json import render_json
from analyzer.store import migrations, tables
from analyzer.store.acting import reading, writing
from analyzer.store.batches import delete_batch, open_batch, stored_batches
from analyzer.store.database import Database, open_database
from analyzer.store.projects import create_project, projects
from analyzer.store.values import BatchDocument, BatchInput, BatchPlace, Person
from tests.rendering.results import FAILURE, HOSTILE, REFERENCES, SENTENCES, finding, report

SOURCES = ["contracts", "s3://archive/2020/*.pdf"]
ZOO = report(finding(), finding(SENTENCES[1], 40, severity=Severity.LOW, is_draft=True, page=None), name="zoo.eml")
NOW = datetime(2026, 1, 15, tzinfo=UTC)
ROWS = (tables.batch_inputs, tables.batch_documents, tables.batch_findings)


def document_of(value: Report | Failure) -> BatchDocument:
    line = render_json(value, REFERENCES).encode() + b"\n"
    if isinstance(value, Report):
        return BatchDocument(value.name, line, value.verdict)
    return BatchDocument(value.name, line, "", value.kind)


def input_of(number: int, *values: Report | Failure, name: str = "") -> BatchInput:
    documents = tuple(map(document_of, values or (replace(ZOO, name=f"{number}.txt"),)))
    return BatchInput(name or f"{number}.txt", BatchPlace(number), "done", "cd" * 32, "0.1.0 rules", documents)


def counted(database: Database) -> list[int]:
    with database.reading() as connection:
        return [connection.scalar(select(func.count()).select_from(table)) or 0 for table in ROWS]


def test_what_was_put_comes_back_byte_for_byte(database: Database) -> None:
    batch = open_batch(database, SOURCES)
    mail = input_of(1, ZOO, FAILURE, report(name="zoo.eml/note.txt"), name="zoo.eml")
    lost = BatchInput(
        "lost.pdf", BatchPlace(0), "failed", "", "0.1.0 rules", error="crash", cause="its process died", tries=2
    )
    batch.put([mail, lost])
    assert batch.documents("zoo.eml") == mail.documents
    assert batch.documents("lost.pdf") == batch.documents("unknown") == ()
    assert list(batch.lines()) == [document.line for document in mail.documents]
    first, second = batch.entries()
    assert (first.name, first.status, first.documents, first.verdicts) == ("lost.pdf", "failed", 0, ())
    assert (first.error, first.cause, first.tries) == ("crash", "its process died", 2)
    assert (second.name, second.number, second.sha256, second.versions) == ("zoo.eml", 1, "cd" * 32, "0.1.0 rules")
    assert (second.documents, dict(second.verdicts)) == (3, {"fail": 2, FAILURE.kind: 1})
    assert batch.entry("zoo.eml") == second
    assert batch.entry("unknown") is None


def test_lines_come_in_the_order_of_the_batch(database: Database) -> None:
    batch = open_batch(database, SOURCES)
    inputs = [input_of(number) for number in range(1200)]
    for start in (600, 0):
        batch.put(inputs[start : start + 600])
    assert list(batch.lines()) == [document.line for put in inputs for document in put.documents]
    assert [entry.number for entry in batch.entries()] == list(range(1200))


def test_findings_are_rows(database: Database) -> None:
    batch = open_batch(database, SOURCES)
    batch.put([input_of(0, ZOO, FAILURE, name="zoo.eml")])
    query = """
        SELECT i.name AS file, d.name, f.*
        FROM batch_findings f
        JOIN batch_documents d ON d.input = f.input AND d.place = f.document
        JOIN batch_inputs i ON i.id = f.input
        WHERE i.batch = :batch ORDER BY f.number
    """
    with database.reading() as connection:
        rows = connection.execute(text(query), {"batch": batch.id}).all()
        failed = connection.execute(text("SELECT error, cause, verdict FROM batch_documents WHERE place = 1")).one()
    assert [row.text for row in rows] == [found.text for found in ZOO.findings]
    for row, found in zip(rows, ZOO.findings, strict=True):
        assert (row.file, row.name) == ("zoo.eml", ZOO.name)
        assert (row.rule, row.category, row.severity) == (found.rule, found.category, found.severity)
        assert (row.page, row.score, bool(row.is_draft)) == (found.page, found.score, found.is_draft)
        assert row.fingerprint == found.id
    assert isinstance(FAILURE, Failure)
    assert tuple(failed) == (FAILURE.kind, FAILURE.cause, "")


def test_a_second_put_takes_the_place_of_the_first(database: Database) -> None:
    batch = open_batch(database, SOURCES)
    batch.put([input_of(0), input_of(1)])
    before = counted(database)
    batch.put([input_of(0)])
    assert counted(database) == before == [2, 2, 4]
    assert [entry.name for entry in batch.entries()] == ["0.txt", "1.txt"]
    failed = replace(input_of(0, FAILURE, name="0.txt"), status="failed")
    batch.put([failed])
    assert counted(database) == [2, 2, 2]
    assert batch.documents("0.txt") == failed.documents


def test_text_that_no_database_takes(database: Database) -> None:
    batch = open_batch(database, [HOSTILE, "a\0b"])
    hostile = report(finding(HOSTILE), name=HOSTILE)
    line = json.dumps(json.loads(render_json(hostile, REFERENCES)) | {"reasons": ["\udcff\0"]}).encode()
    documents = (BatchDocument(HOSTILE, line, "fail"),)
    long = "ä" * 5000
    batch.put([BatchInput(HOSTILE, BatchPlace(0), "done", "", "", documents, cause=HOSTILE), input_of(1, name=long)])
    clean = HOSTILE.replace("\ud800", "\ufffd").replace("\0", "\ufffd")
    entry = batch.entry(HOSTILE)
    assert entry is not None
    assert (entry.name, entry.cause) == (clean, clean)
    assert [document.line for document in batch.documents(HOSTILE)] == [line]
    assert batch.entry(long) is not None
    with database.reading() as connection:
        assert connection.scalar(select(tables.batch_findings.c.text).where(tables.batch_findings.c.score == 0.8)) in (
            clean,
            ZOO.findings[0].text,
        )
    assert open_batch(database, [HOSTILE, "a\0b"]).id == batch.id


def test_a_batch_goes_on_where_it_was_left(database: Database) -> None:
    first = open_batch(database, SOURCES, settings={"model": None}, versions="1", clock=lambda: NOW)
    first.put([input_of(0)])
    again = open_batch(database, SOURCES, versions="2")
    assert (again.id, again.summary) == (first.id, None)
    assert [(entry.name, entry.is_current) for entry in again.entries()] == [("0.txt", True)]
    assert open_batch(database, SOURCES[:1]).id != first.id
    assert open_batch(database, ["".join(SOURCES)]).id != first.id
    with database.reading() as connection:
        row = connection.execute(select(tables.batches).where(tables.batches.c.id == first.id)).one()
    assert (row.sources, row.settings, row.versions, row.finished) == (SOURCES, {}, "2", "")
    assert row.started == "2026-01-15T00:00:00.000Z"


def test_a_batch_that_is_finished_is_brought_up_to_date(database: Database) -> None:
    first = open_batch(database, SOURCES)
    first.put([input_of(number) for number in range(4)])
    first.finish({"inputs": 4})
    second = open_batch(database, SOURCES)
    assert (second.id, second.summary) == (first.id, {"inputs": 4})
    assert [entry.is_current for entry in second.entries()] == [False] * 4
    second.carry([("0.txt", "skipped", BatchPlace(1)), ("3.txt", "skipped", BatchPlace(0))])
    assert second.summary is not None
    second.put([input_of(2)])
    assert second.summary is None
    resumed = open_batch(database, SOURCES)  # the second run was killed
    assert resumed.summary is None
    found = {entry.name: (entry.number, entry.status, entry.is_current) for entry in resumed.entries()}
    assert found == {
        "3.txt": (0, "skipped", True),
        "0.txt": (1, "skipped", True),
        "1.txt": (1, "done", False),
        "2.txt": (2, "done", True),
    }
    resumed.carry(
        (name, status, BatchPlace(number)) for name, (number, status, is_current) in found.items() if is_current
    )
    assert resumed.drop_rest() == 1
    assert resumed.drop_rest() == 0
    assert counted(database) == [3, 3, 6]
    assert [json.loads(line)["document"]["name"] for line in resumed.lines()] == ["3.txt", "0.txt", "2.txt"]
    resumed.finish({"inputs": 3})
    assert open_batch(database, SOURCES).summary == {"inputs": 3}


def test_a_summary_is_forgotten_with_the_inputs_that_are_gone(database: Database) -> None:
    first = open_batch(database, SOURCES)
    first.put([input_of(0), input_of(1)])
    first.finish({"inputs": 2})
    second = open_batch(database, SOURCES)
    second.carry([("0.txt", "skipped", BatchPlace(0))])
    assert second.drop_rest() == 1
    assert second.summary is None
    assert open_batch(database, SOURCES).summary is None


def test_a_new_batch_leaves_the_old_one_as_it_is(database: Database) -> None:
    first = open_batch(database, SOURCES, clock=lambda: NOW)
    first.put([input_of(0)])
    first.finish({})
    second = open_batch(database, SOURCES, resume=False, clock=lambda: NOW + timedelta(days=1))
    assert second.id != first.id
    assert list(second.entries()) == []
    assert list(first.lines()) == [document.line for document in input_of(0).documents]
    assert open_batch(database, SOURCES).id == second.id


def test_of_two_runs_at_once_the_later_one_goes_on(database: Database) -> None:
    first = open_batch(database, SOURCES)
    first.put([input_of(0)])
    second = open_batch(database, SOURCES)
    for act in (
        lambda: first.put([input_of(1)]),
        lambda: first.carry([("0.txt", "skipped", BatchPlace(5))]),
        lambda: first.drop_rest(),
        lambda: first.finish({}),
    ):
        with pytest.raises(Overtaken, match="another run"):
            act()
    second.put([input_of(2)])
    assert [entry.name for entry in second.entries()] == ["0.txt", "2.txt"]


def test_members_follow_their_package_and_belong_to_its_bytes(database: Database) -> None:
    batch = open_batch(database, SOURCES)
    package = replace(input_of(3, name="a.zip"), documents=(), members=2)
    members = [
        replace(input_of(0, name=f"a.zip/{name}"), place=BatchPlace(3, place, "hash a.zip"))
        for place, name in ((2, "b"), (1, "c"))
    ]
    batch.put([input_of(4), *members, input_of(2), package])
    assert [entry.name for entry in batch.entries()] == ["2.txt", "a.zip", "a.zip/c", "a.zip/b", "4.txt"]
    assert [entry.name for entry in batch.members("hash a.zip")] == ["a.zip/c", "a.zip/b"]
    assert batch.members("other a.zip") == batch.members("") == []
    entry = batch.entry("a.zip")
    assert entry is not None
    assert entry.members == 2
    batch.carry([("a.zip/b", "done", BatchPlace(3, 1, "other a.zip"))])
    assert [entry.name for entry in batch.members("hash a.zip")] == ["a.zip/c"]
    assert [entry.name for entry in batch.members("other a.zip")] == ["a.zip/b"]


def test_batches_don_t_mix(database: Database) -> None:
    one, other = open_batch(database, ["one"]), open_batch(database, ["other"])
    one.put([input_of(0)])
    other.put([input_of(0, FAILURE, name="0.txt"), input_of(1)])
    assert [document.error for document in one.documents("0.txt")] == [""]
    assert len(list(one.lines())) == 1
    assert len(list(other.lines())) == 2


def test_only_the_start_of_a_long_list_of_sources_is_kept(database: Database) -> None:
    sources = [f"{number}.pdf" for number in range(5000)]
    batch = open_batch(database, sources)
    with database.reading() as connection:
        (kept,) = connection.scalars(select(tables.batches.c.sources)).all()
    assert kept == sources[: len(kept)]
    assert len(kept) < 1000
    assert open_batch(database, sources).id == batch.id
    assert open_batch(database, sources[:-1]).id != batch.id


@pytest.mark.parametrize("line", [b"", b"{", b"[]", b'{"document": 1}', b"[" * 100_000])
def test_a_line_that_is_no_report_leaves_everything_as_it_was(database: Database, line: bytes) -> None:
    batch = open_batch(database, SOURCES)
    batch.put([input_of(0)])
    wrong = replace(input_of(0), documents=(*input_of(0).documents, BatchDocument("b", line, "fail")))
    with pytest.raises(StoreError, match="no report"):
        batch.put([input_of(1), wrong])
    assert counted(database) == [1, 1, 2]


def test_a_put_that_is_broken_off_leaves_everything_as_it_was(database: Database) -> None:
    batch = open_batch(database, SOURCES)

    def results() -> Iterator[BatchInput]:
        yield input_of(0)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        batch.put(results())
    assert counted(database) == [0, 0, 0]


KILLED = """
import os, signal, sys
from analyzer.store.batches import delete_batch, open_batch, stored_batches
from analyzer.store.database import open_database
from tests.store.test_batches import SOURCES, input_of
batch = open_batch(open_database(sys.argv[1]), SOURCES)
batch.put([input_of(0)])
def results():
    yield input_of(1)
    os.kill(os.getpid(), signal.SIGKILL)
batch.put(results())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_process_that_is_killed_keeps_whole_inputs(database: Database, url: str) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", KILLED, url], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    batch = open_batch(database, SOURCES)
    assert [entry.name for entry in batch.entries()] == ["0.txt"]
    batch.put([input_of(0), input_of(1)])
    assert counted(database) == [2, 2, 4]


def test_reading_goes_on_while_more_is_put(database: Database) -> None:
    batch = open_batch(database, SOURCES)
    batch.put([input_of(number) for number in range(10)])
    entries = batch.entries()
    next(entries)
    batch.put([input_of(number) for number in range(10, 20)])
    assert len(list(entries)) in (9, 19)
    assert len(list(batch.entries())) == 20


def test_a_batch_is_deleted_with_all_that_is_in_it_and_no_other(database: Database) -> None:
    other = open_batch(database, ["others"])
    other.put([input_of(0)])
    batch = open_batch(database, SOURCES)
    batch.put([input_of(0), input_of(1)])
    batch.finish({})
    kept = {one.id: (one.sources, one.inputs, bool(one.finished)) for one in stored_batches(database)}
    assert kept == {other.id: (("others",), 1, False), batch.id: (tuple(SOURCES), 2, True)}
    delete_batch(database, batch.id)
    assert [one.id for one in stored_batches(database)] == [other.id]
    assert counted(database) == [1, 1, 2]
    with pytest.raises(Overtaken):
        batch.put([input_of(2)])


def test_batches_are_listed_and_deleted_from_the_command_line(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'archive.db'}"
    missing = CliRunner().invoke(main, ["batches", "list", url])
    assert (missing.exit_code, "is not there" in missing.stderr) == (2, True)
    opened = open_database(url)
    batch = open_batch(opened, SOURCES)
    batch.put([input_of(0)])
    opened.close()
    listed = CliRunner().invoke(main, ["batches", "list", url])
    assert listed.stdout.startswith(f"{batch.id[:8]}  1 input of contracts, s3://archive/2020/*.pdf: started ")
    kept = CliRunner().invoke(main, ["batches", "delete", url, batch.id[:8]], input="n\n")
    assert kept.exit_code == 1
    unknown = CliRunner().invoke(main, ["batches", "delete", url, "no such", "--yes"])
    assert (unknown.exit_code, "has no batches" in unknown.stderr) == (2, True)
    gone = CliRunner().invoke(main, ["batches", "delete", url, batch.id[:8], "--yes"])
    assert gone.stdout.startswith("Deleted 1 input of contracts")
    assert CliRunner().invoke(main, ["batches", "list", url]).stdout == ""


def test_a_workspace_of_before_keeps_what_it_has(url: str, tmp_path: Path, ann: Person) -> None:
    steps = tmp_path / "steps"
    shutil.copytree(Path(migrations.__file__).parent, steps)
    for later in (steps / "versions").glob("[0-9]*.py"):
        if not later.name.startswith("0001"):
            later.unlink()
    old = open_database(url, steps=steps)
    with writing(old, ann) as acting:
        made = create_project(acting, "Portal")
        trail = acting.connection.execute(select(tables.audit)).all()
    old.close()
    new = open_database(url)
    with reading(new, ann) as acting:
        assert projects(acting) == (made,)
        assert acting.connection.execute(select(tables.audit)).all() == trail
    open_batch(new, SOURCES).put([input_of(0)])
    assert counted(new) == [1, 1, 2]
    new.close()
    assert (tmp_path / "workspace.db.before-0001").exists() == url.startswith("sqlite")
