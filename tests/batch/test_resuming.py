"""Runs that are stopped, resumed, repeated, and meet other files than the last time."""

import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.batch.outputs import FileOutput
from analyzer.batch.places import Places
from analyzer.batch.running import run_batch
from analyzer.batch.values import Limits
from analyzer.batch.worker import failed
from analyzer.errors import FairtermsError
from tests.batch.runs import SETTINGS, document, run, versions, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "archive", range(8))
    return tmp_path / "archive"


def results(output: Path) -> bytes:
    return Places.of(output).results.read_bytes()


def manifest(output: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in Places.of(output).manifest.read_text().splitlines()]


def fresh(folder: Path, tmp_path: Path) -> bytes:
    """What one run from the beginning gives."""
    output = tmp_path / "fresh"
    shutil.rmtree(output, ignore_errors=True)
    run([folder], output)
    return results(output)


def left_over(output: Path) -> set[str]:
    return {path.name for path in output.iterdir()} - {"results.jsonl", "manifest.jsonl", "summary.json", "lock"}


def test_a_line_for_each_document_in_the_order_of_the_inputs(folder: Path, tmp_path: Path) -> None:
    summary, _ = run([folder], tmp_path / "out", shuffle=4)
    lines = [json.loads(line) for line in results(tmp_path / "out").splitlines()]
    names = [line["document"]["name"].rpartition("/")[2] for line in lines]
    assert names == [f"terms-{number:03}.txt" for number in range(8)]
    assert [entry["status"] for entry in manifest(tmp_path / "out")] == ["done"] * 8
    assert summary
    assert summary.documents == 8
    assert summary.findings == sum(len(line["findings"]) for line in lines) > 0
    assert not left_over(tmp_path / "out")


def test_the_clause_that_is_flagged_most_often_comes_first(folder: Path, tmp_path: Path) -> None:
    (folder / "more.txt").write_text("The contractor's liability under this contract shall be unlimited.\n")
    summary, _ = run([folder], tmp_path / "out")
    assert summary
    counted: dict[str, int] = {}
    for line in results(tmp_path / "out").splitlines():
        for finding in json.loads(line)["findings"]:
            counted[finding["id"]] = counted.get(finding["id"], 0) + 1
    assert [clause.findings for clause in summary.clauses] == sorted(
        (count for count in counted.values() if count > 1), reverse=True
    )[:10]


@pytest.mark.parametrize("shuffle", [0, 3])
@pytest.mark.parametrize("stop_after", range(9))
def test_a_stopped_run_goes_on_where_it_ended(folder: Path, tmp_path: Path, stop_after: int, shuffle: int) -> None:
    output = tmp_path / "out"
    run([folder], output, shuffle=shuffle, stop_after=stop_after)
    _, again = run([folder], output, resume=True, shuffle=shuffle)
    assert len(again) == 8 - stop_after
    assert results(output) == fresh(folder, tmp_path)
    assert not left_over(output)


def test_an_input_that_ended_its_worker_is_tried_again_only_with_other_limits(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    target = FileOutput(Places.of(output), versions(), resume=False)

    def broken(take):  # type: ignore[no-untyped-def]
        yield failed(take(), "TimedOut", "it took longer than 1 seconds and was stopped.", "Split it.", tries=2)

    run_batch([str(folder)], target, broken, versions())
    target.close()
    _, again = run([folder], output, resume=True)
    assert len(again) == 7
    _, unchanged = run([folder], output, resume=True)
    assert not unchanged
    patient = replace(SETTINGS, limits=Limits(seconds=300.0))
    _, (raised,) = run([folder], output, resume=True, settings=patient)
    assert raised.name.endswith("terms-000.txt")
    assert results(output) == fresh(folder, tmp_path)


@pytest.mark.parametrize("lost", [1, 7, 400])
def test_what_a_loss_of_power_tore_is_done_again(folder: Path, tmp_path: Path, lost: int) -> None:
    output = tmp_path / "out"
    run([folder], output, shuffle=3, stop_after=5)
    for path in (output / "results.jsonl", output / "ahead.manifest.jsonl"):
        data = path.read_bytes()
        path.write_bytes(data[:-lost])
    run([folder], output, resume=True)
    assert results(output) == fresh(folder, tmp_path)
    assert len(manifest(output)) == 8


def test_an_unchanged_folder_is_not_looked_into_again(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    first, _ = run([folder], output)
    before = results(output)
    second, given_again = run([folder], output, resume=True)
    assert given_again == []
    assert results(output) == before
    assert first
    assert second
    assert dict(second.statuses) == {"skipped": 8}
    assert [entry["status"] for entry in manifest(output)] == ["skipped"] * 8
    assert second.verdicts == first.verdicts
    assert second.clauses == first.clauses


def test_only_what_changed_is_done_again(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    run([folder], output)
    (folder / "terms-003.txt").write_text(document(103))
    (folder / "terms-006.txt").unlink()
    (folder / "an-early-one.txt").write_text(document(200))
    summary, given_again = run([folder], output, resume=True)
    assert {unit.name.rpartition("/")[2] for unit in given_again} == {"terms-003.txt", "an-early-one.txt"}
    assert results(output) == fresh(folder, tmp_path)
    assert summary
    assert dict(summary.statuses) == {"done": 2, "skipped": 6}
    assert not left_over(output)


@pytest.mark.parametrize("stop_after", range(4))
def test_a_stopped_update_goes_on_too(folder: Path, tmp_path: Path, stop_after: int) -> None:
    output = tmp_path / "out"
    run([folder], output)
    for number in (0, 2, 7):
        (folder / f"terms-{number:03}.txt").write_text(document(300 + number))
    run([folder], output, resume=True, shuffle=2, stop_after=stop_after)
    (folder / "terms-004.txt").unlink()
    _, given_again = run([folder], output, resume=True)
    assert len(given_again) == 3 - stop_after
    assert results(output) == fresh(folder, tmp_path)


def test_removed_inputs_at_the_end_leave_no_lines(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    run([folder], output)
    (folder / "terms-007.txt").unlink()
    _, given_again = run([folder], output, resume=True)
    assert given_again == []
    assert results(output) == fresh(folder, tmp_path)


def test_results_of_an_earlier_run_are_not_touched_unasked(folder: Path, tmp_path: Path) -> None:
    run([folder], tmp_path / "out")
    before = results(tmp_path / "out")
    with pytest.raises(FairtermsError, match="--resume"):
        run([folder], tmp_path / "out")
    assert results(tmp_path / "out") == before


def test_two_runs_never_write_to_one_place(folder: Path, tmp_path: Path) -> None:
    first = FileOutput(Places.of(tmp_path / "out"), versions(), resume=False)
    try:
        with pytest.raises(FairtermsError, match="another run"):
            FileOutput(Places.of(tmp_path / "out"), versions(), resume=True)
    finally:
        first.close()


def test_results_of_other_versions_are_made_anew(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    run([folder], output)
    lines = (output / "manifest.jsonl").read_text().splitlines()
    entries = [json.loads(line) | {"versions": "older"} for line in lines]
    (output / "manifest.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    _, given_again = run([folder], output, resume=True)
    assert len(given_again) == 8
    assert results(output) == fresh(folder, tmp_path)


def test_a_file_of_results_has_its_state_beside_it(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "reports.jsonl"
    run([folder], output, stop_after=3)
    run([folder], output, resume=True)
    assert output.read_bytes() == fresh(folder, tmp_path)
    assert (tmp_path / "reports.jsonl.batch" / "manifest.jsonl").exists()


def package(path: Path, numbers: dict[str, int]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, number in numbers.items():
            archive.writestr(zipfile.ZipInfo(name), document(number))


def test_a_package_is_so_many_inputs(folder: Path, tmp_path: Path) -> None:
    package(folder / "package.zip", {"b.txt": 20, "a.txt": 21, "c.txt": 22})
    output = tmp_path / "out"
    run([folder], output, shuffle=3)
    entries = {str(entry["name"]).partition("/")[2]: entry for entry in manifest(output)}
    assert list(entries)[:4] == ["package.zip", "package.zip/a.txt", "package.zip/b.txt", "package.zip/c.txt"]
    assert entries["package.zip"]["members"] == 3
    _, given_again = run([folder], output, resume=True)
    assert given_again == []
    package(folder / "package.zip", {"b.txt": 20, "a.txt": 99, "c.txt": 22})
    run([folder], output, resume=True)
    assert results(output) == fresh(folder, tmp_path)
    entries = {str(entry["name"]).partition("/")[2]: entry for entry in manifest(output)}
    assert entries["package.zip/a.txt"]["status"] == "done"
    assert entries["package.zip/b.txt"]["status"] == "skipped"


@pytest.mark.parametrize("stop_after", range(12))
def test_packages_that_were_finished_out_of_turn_are_put_together_again(tmp_path: Path, stop_after: int) -> None:
    folder, output = tmp_path / "archive", tmp_path / "out"
    write(folder, range(1))
    for name, first in (("one.zip", 20), ("two.zip", 30), ("three.zip", 40)):
        package(folder / name, {f"{letter}.txt": first + n for n, letter in enumerate("cab")})
    run([folder], output, shuffle=5, stop_after=stop_after)
    run([folder], output, resume=True, shuffle=3, stop_after=2)
    run([folder], output, resume=True)
    assert results(output) == fresh(folder, tmp_path)
    assert len({str(entry["name"]) for entry in manifest(output)}) == len(manifest(output)) == 13


def test_what_can_not_be_read_is_told_and_never_passes(folder: Path, tmp_path: Path) -> None:
    (folder / "empty.txt").write_bytes(b"")
    (folder / "noise.bin").write_bytes(bytes(range(256)) * 40)
    summary, _ = run([folder], tmp_path / "out")
    entries = {str(entry["name"]).rpartition("/")[2]: entry for entry in manifest(tmp_path / "out")}
    assert entries["empty.txt"]["status"] == entries["noise.bin"]["status"] == "failed"
    assert entries["empty.txt"]["error"] == "EmptyDocument"
    assert summary
    assert not summary.is_complete


def test_no_document_at_all_never_passes(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    summary, _ = run([tmp_path / "nothing"], tmp_path / "out")
    assert summary
    assert not summary.is_complete


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.dictionaries(st.integers(0, 6), st.integers(0, 5), max_size=3),
            st.integers(0, 4),
            st.none() | st.integers(0, 7),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_whatever_happened_before_the_results_are_those_of_a_fresh_run(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[dict[int, int], int, int | None]]
) -> None:
    place = tmp_path_factory.mktemp("batch")
    folder, output = place / "archive", place / "out"
    write(folder, range(5))
    for edits, shuffle, stop_after in history:
        for file, number in edits.items():
            path = folder / f"terms-{file:03}.txt"
            path.unlink(missing_ok=True) if number == 0 else path.write_text(document(number + 10 * file))
        if not any(folder.iterdir()):
            write(folder, range(1))
        run([folder], output, resume=True, shuffle=shuffle, stop_after=stop_after)
    run([folder], output, resume=True)
    assert results(output) == fresh(folder, place)
    assert not left_over(output)
