"""A batch in a database holds the lines that a file would, whatever happened on the way."""

import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.batch.places import Places
from analyzer.batch.recorded import DatabaseOutput
from analyzer.batch.running import run_batch
from analyzer.batch.summary import Summary
from analyzer.batch.values import Unit
from analyzer.errors import Overtaken
from analyzer.store.batches import BatchStore, open_batch
from analyzer.store.database import Database, open_database
from tests.batch import runs
from tests.batch.runs import Stopped, document, engine, versions, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "archive", range(8))
    return tmp_path / "archive"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'batch.db'}")
    yield opened
    opened.close()


def run(
    folder: Path, database: Database, *, shuffle: int = 0, stop_after: int | None = None
) -> tuple[Summary | None, list[Unit]]:
    made, given_ = engine(shuffle=shuffle, stop_after=stop_after)
    output = DatabaseOutput(open_batch(database, [str(folder)]), versions())
    try:
        return run_batch([str(folder)], output, made, versions()), given_
    except Stopped:
        return None, given_


def store(folder: Path, database: Database) -> BatchStore:
    return open_batch(database, [str(folder)])


def results(folder: Path, database: Database) -> bytes:
    return b"".join(store(folder, database).lines())


def statuses(folder: Path, database: Database) -> dict[str, str]:
    """By what follows the folder in the name of an input."""
    return {entry.name.partition("/")[2]: entry.status for entry in store(folder, database).entries()}


def fresh(folder: Path) -> bytes:
    """What one run from the beginning writes to a file."""
    output = folder.with_name("fresh")
    shutil.rmtree(output, ignore_errors=True)
    runs.run([folder], output)
    return Places.of(output).results.read_bytes()


def test_the_lines_are_those_of_a_file_and_so_is_the_summary(folder: Path, database: Database) -> None:
    summary, _ = run(folder, database, shuffle=4)
    expected, _ = runs.run([folder], folder.with_name("out"))
    assert results(folder, database) == fresh(folder)
    assert summary == expected


@pytest.mark.parametrize("shuffle", [0, 3])
@pytest.mark.parametrize("stop_after", [0, 1, 4, 7, 8])
def test_a_stopped_run_goes_on_where_it_ended(folder: Path, database: Database, stop_after: int, shuffle: int) -> None:
    run(folder, database, shuffle=shuffle, stop_after=stop_after)
    summary, again = run(folder, database, shuffle=shuffle)
    assert len(again) == 8 - stop_after
    assert results(folder, database) == fresh(folder)
    assert summary
    assert dict(summary.statuses) == {"done" if stop_after < 8 else "skipped": 8}  # the eighth was the last


def test_an_unchanged_folder_is_not_looked_into_again(folder: Path, database: Database) -> None:
    first, _ = run(folder, database)
    second, again = run(folder, database)
    assert again == []
    assert results(folder, database) == fresh(folder)
    assert first
    assert second
    assert dict(second.statuses) == {"skipped": 8}
    assert (second.verdicts, second.clauses, second.findings) == (first.verdicts, first.clauses, first.findings)


def test_only_what_changed_is_done_again(folder: Path, database: Database) -> None:
    run(folder, database)
    (folder / "terms-003.txt").write_text(document(103))
    (folder / "terms-006.txt").unlink()
    (folder / "an-early-one.txt").write_text(document(200))
    summary, again = run(folder, database)
    assert {unit.name.rpartition("/")[2] for unit in again} == {"terms-003.txt", "an-early-one.txt"}
    assert results(folder, database) == fresh(folder)
    assert summary
    assert dict(summary.statuses) == {"done": 2, "skipped": 6}
    assert summary.findings == sum(len(json.loads(line)["findings"]) for line in store(folder, database).lines())


def test_removed_inputs_leave_no_lines(folder: Path, database: Database) -> None:
    run(folder, database)
    (folder / "terms-007.txt").unlink()
    summary, again = run(folder, database)
    assert again == []
    assert results(folder, database) == fresh(folder)
    assert summary
    assert summary.findings == sum(len(json.loads(line)["findings"]) for line in store(folder, database).lines())


def test_results_of_other_versions_are_made_anew(folder: Path, database: Database) -> None:
    made, _ = engine()
    run_batch([str(folder)], DatabaseOutput(store(folder, database), "older"), made, "older")
    _, again = run(folder, database)
    assert len(again) == 8
    assert results(folder, database) == fresh(folder)


def package(path: Path, numbers: dict[str, int]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, number in numbers.items():
            archive.writestr(zipfile.ZipInfo(name), document(number))


def test_a_package_is_so_many_inputs(folder: Path, database: Database) -> None:
    package(folder / "package.zip", {"b.txt": 20, "a.txt": 21, "c.txt": 22})
    run(folder, database, shuffle=3)
    names = [entry.name.partition("/")[2] for entry in store(folder, database).entries()]
    assert names[:4] == ["package.zip", "package.zip/a.txt", "package.zip/b.txt", "package.zip/c.txt"]
    _, again = run(folder, database)
    assert again == []
    package(folder / "package.zip", {"b.txt": 20, "a.txt": 99, "c.txt": 22})
    run(folder, database)
    assert results(folder, database) == fresh(folder)
    found = statuses(folder, database)
    assert (found["package.zip/a.txt"], found["package.zip/b.txt"]) == ("done", "skipped")


def test_a_package_that_changed_while_its_run_was_stopped(folder: Path, database: Database) -> None:
    package(folder / "package.zip", {"a.txt": 20, "b.txt": 21})
    run(folder, database)
    package(folder / "package.zip", {"a.txt": 30, "c.txt": 31})
    for stop_after in (0, 1, 2):
        run(folder, database, stop_after=stop_after)
    run(folder, database)
    assert results(folder, database) == fresh(folder)
    assert "package.zip/b.txt" not in statuses(folder, database)


def test_what_can_not_be_read_is_told_and_never_passes(folder: Path, database: Database) -> None:
    (folder / "empty.txt").write_bytes(b"")
    summary, _ = run(folder, database)
    (entry,) = (entry for entry in store(folder, database).entries() if entry.name.endswith("empty.txt"))
    assert (entry.status, entry.error) == ("failed", "EmptyDocument")
    assert entry.cause
    assert summary
    assert not summary.is_complete
    assert results(folder, database) == fresh(folder)


def test_a_run_that_was_overtaken_stops(folder: Path, database: Database) -> None:
    first = DatabaseOutput(store(folder, database), versions())
    store(folder, database)
    made, _ = engine()
    with pytest.raises(Overtaken):
        run_batch([str(folder)], first, made, versions())


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.dictionaries(st.integers(0, 4), st.integers(0, 3), max_size=3),
            st.dictionaries(st.sampled_from(["a.txt", "b.txt", "c.txt"]), st.integers(0, 3), max_size=3),
            st.integers(0, 3),
            st.none() | st.integers(0, 7),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_happened_before_the_results_are_those_of_a_fresh_run(
    tmp_path_factory: pytest.TempPathFactory,
    history: list[tuple[dict[int, int], dict[str, int], int, int | None]],
) -> None:
    place = tmp_path_factory.mktemp("batch")
    folder = place / "archive"
    write(folder, range(3))
    database = open_database(f"sqlite:///{place / 'batch.db'}")
    for edits, packed, shuffle, stop_after in history:
        for file, number in edits.items():
            path = folder / f"terms-{file:03}.txt"
            path.unlink(missing_ok=True) if number == 0 else path.write_text(document(number + 10 * file))
        package(folder / "package.zip", packed)
        run(folder, database, shuffle=shuffle, stop_after=stop_after)
    run(folder, database)
    assert results(folder, database) == fresh(folder)
    database.close()
