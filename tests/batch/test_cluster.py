"""Batches on a cluster: a real scheduler and real workers, some of which are killed, give what this machine gives."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from analyzer.batch import cluster as on_cluster
from analyzer.batch.cluster import joined
from analyzer.batch.inputs import list_units
from analyzer.batch.outputs import FileOutput
from analyzer.batch.places import Places
from analyzer.batch.pool import Take, run_local
from analyzer.batch.running import run_batch
from analyzer.batch.values import Limits, Result, Settings, Unit
from analyzer.errors import DocumentError, FairtermsError
from tests.batch.clusters import LocalCluster, local_cluster, wait_until
from tests.batch.runs import SETTINGS, document, engine, versions, write
from tests.parsing.small_files import docx, zipped
from tests.rule_folders import CATEGORIES, PATTERN, rule, write_folder

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Documents, a package of some, and files that are none."""
    folder = tmp_path / "archive"
    write(folder, range(40))
    write(folder / "more", range(40, 50))
    inside = {f"{number}.txt": document(number) for number in range(50, 58)}
    (folder / "package.zip").write_bytes(zipped({**inside, "broken.pdf": b"%PDF-1.7 cut"}))
    (folder / "terms.docx").write_bytes(docx("The contractor's liability shall be unlimited."))
    (folder / "empty.pdf").touch()
    return folder


def taker(folder: Path) -> Take:
    units = list_units([str(folder)])

    def take() -> Unit | None:
        unit = next(units, None)
        assert not isinstance(unit, DocumentError)
        return unit

    return take


def handing(units: list[Unit]) -> Take:
    left = iter(units)
    return lambda: next(left, None)


def run_on_cluster(take: Take, settings: Settings, scheduler: str) -> Iterator[Result]:
    with joined(scheduler, settings) as engine:
        yield from engine(take)


def output(
    folder: Path, target: Path, run: Callable[[Take], Iterator[Result]], *, resume: bool = False
) -> tuple[bytes, bytes]:
    """The lines of a whole batch, and its manifest."""
    out = FileOutput(Places.of(target), versions(), resume=resume)
    try:
        run_batch([str(folder)], out, run, versions())
    finally:
        out.close()
    return out.places.results.read_bytes(), out.places.manifest.read_bytes()


def meanwhile(results: Iterator[Result], after: int, act: Callable[[], None]) -> Iterator[Result]:
    """Do something once some results are there."""
    for number, result in enumerate(results, 1):
        if number == after:
            act()
        yield result


def hosts(cluster: LocalCluster) -> list[psutil.Process]:
    """The programs beside the workers that keep the isolating processes."""
    below = [child for process in cluster.processes for child in psutil.Process(process.pid).children(recursive=True)]
    return [process for process in below if "analyzer.batch.hosting" in " ".join(_command(process))]


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def here(take: Take) -> Iterator[Result]:
    """The same work in this process."""
    return engine()[0](take)


def test_results_are_those_of_this_machine_though_a_worker_is_killed(folder: Path, tmp_path: Path) -> None:
    expected = output(folder, tmp_path / "local", lambda take: run_local(take, SETTINGS, 1))
    with local_cluster(tmp_path / "cluster", 2) as cluster:
        pid = cluster.worker_pids(2)[0]

        def run(take: Take) -> Iterator[Result]:
            results = run_on_cluster(take, SETTINGS, cluster.address)
            return meanwhile(results, 3, lambda: os.kill(pid, signal.SIGKILL))

        assert output(folder, tmp_path / "remote", run) == expected
        assert pid not in cluster.worker_pids(2)
        wait_until(lambda: not hosts(cluster))


def test_a_worker_that_counts_as_ended_by_its_inputs(folder: Path, tmp_path: Path) -> None:
    expected = output(folder, tmp_path / "here", here)
    strict = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}
    with local_cluster(tmp_path / "cluster", 2, environment=strict) as cluster:
        pid = cluster.worker_pids(2)[0]

        def run(take: Take) -> Iterator[Result]:
            results = run_on_cluster(take, SETTINGS, cluster.address)
            return meanwhile(results, 3, lambda: os.kill(pid, signal.SIGKILL))

        assert output(folder, tmp_path / "remote", run) == expected


@pytest.mark.parametrize("tries", [2, 3])
def test_the_program_beside_a_worker_is_killed(
    tries: int, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_cluster, "_MOST_TRIES", tries)  # the second is the one with a program for each input, or not
    # The first input: one thread is at it still when the other has answered, and the program of both is killed.
    (folder / "a.txt").write_text("The vendor sends a report each month. " * 40_000)
    expected = output(folder, tmp_path / "here", here)
    with local_cluster(tmp_path / "cluster", 1, threads=2) as cluster:

        def run(take: Take) -> Iterator[Result]:
            results = run_on_cluster(take, SETTINGS, cluster.address)
            return meanwhile(results, 1, lambda: [host.kill() for host in hosts(cluster)] and None)

        assert output(folder, tmp_path / "remote", run) == expected
        assert "HostEnded" in cluster.logs()


def test_workers_begin_to_load_before_there_is_work_and_end_what_they_began(tmp_path: Path) -> None:
    with local_cluster(tmp_path / "cluster", 1, threads=2) as cluster:
        with joined(cluster.address, SETTINGS) as engine:
            wait_until(lambda: len(hosts(cluster)) == 1)
            begun = {host.pid for host in hosts(cluster)}
            units = [Unit(f"{number}.txt", f"{number}.txt", data=document(number).encode()) for number in range(4)]
            assert len(list(engine(handing(units)))) == 4
            assert {host.pid for host in hosts(cluster)} == begun
        wait_until(lambda: not hosts(cluster))


def test_an_input_that_ends_its_process_fails_alone(folder: Path, tmp_path: Path) -> None:
    # Each character takes four bytes for the sake of one.
    (folder / "terms-020.txt").write_text("\U0001f4ce" + "The terms and conditions are not negotiable. " * 6_000_000)
    settings = replace(SETTINGS, limits=Limits(memory=1_500_000_000))
    expected = {result.unit.name: result for result in run_local(taker(folder), settings, 1)}
    with local_cluster(tmp_path / "cluster", 1) as cluster:
        found = {result.unit.name: result for result in run_on_cluster(taker(folder), settings, cluster.address)}
    assert found == expected
    (poisoned,) = [result for result in found.values() if result.tries == 2]
    assert poisoned.unit.place.endswith("terms-020.txt")
    assert poisoned.error == "OutOfMemory"


def test_bytes_travel_where_a_worker_cannot_read_the_place(tmp_path: Path) -> None:
    units = [Unit(f"{number}.txt", f"memory://x/{number}.txt", data=document(number).encode()) for number in range(5)]
    expected = list(here(handing(units)))
    with local_cluster(tmp_path / "cluster", 1) as cluster:
        found = list(run_on_cluster(handing(units), SETTINGS, cluster.address))
    assert sorted(found, key=lambda result: result.unit.name) == expected


def test_a_scheduler_that_is_lost_ends_the_run_and_another_goes_on(folder: Path, tmp_path: Path) -> None:
    expected = output(folder, tmp_path / "here", here)
    with local_cluster(tmp_path / "cluster", 2) as cluster:

        def run(take: Take) -> Iterator[Result]:
            results = run_on_cluster(take, SETTINGS, cluster.address)
            return meanwhile(results, 10, cluster.processes[0].kill)

        with pytest.raises(FairtermsError) as caught:
            output(folder, tmp_path / "remote", run)
        assert "--resume" in caught.value.remedy
    assert output(folder, tmp_path / "remote", here, resume=True)[0] == expected[0]


def test_workers_with_other_rules_are_refused(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "here"
    for place, word in ((here, "zebra"), (tmp_path / "cluster", "camel")):
        write_folder(
            place / "rules", {"categories.toml": CATEGORIES, "animals/zebra.toml": rule(PATTERN.replace("zebra", word))}
        )
    monkeypatch.chdir(here)
    settings = replace(SETTINGS, rules=(Path("rules"),))
    with local_cluster(tmp_path / "cluster", 1) as cluster:
        with pytest.raises(FairtermsError) as caught:
            list(run_on_cluster(taker(folder), settings, cluster.address))
        assert "another version" in caught.value.cause
        wait_until(lambda: not hosts(cluster))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "nope://127.0.0.1:1"])
def test_no_scheduler(address: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_cluster, "_CONNECT_SECONDS", 1.0)
    with pytest.raises(FairtermsError) as caught:
        list(run_on_cluster(taker(folder), SETTINGS, address))
    assert caught.value.name == address
    assert "scheduler" in caught.value.cause


def test_no_workers(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_cluster, "_CONNECT_SECONDS", 3.0)
    with local_cluster(tmp_path / "cluster", 0) as cluster, pytest.raises(FairtermsError) as caught:
        list(run_on_cluster(taker(folder), SETTINGS, cluster.address))
    assert "no workers" in caught.value.cause


def test_without_dask_the_extra_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(FairtermsError) as caught:
        list(run_on_cluster(taker(folder), SETTINGS, "tcp://127.0.0.1:1"))
    assert "fairterms[cluster]" in caught.value.remedy
