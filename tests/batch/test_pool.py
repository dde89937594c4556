"""Worker processes that hang, die or swell: the others go on, and the input is told of with its cause."""

import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from analyzer.batch.inputs import list_units
from analyzer.batch.pool import TIMED_OUT, run_local
from analyzer.batch.values import Limits, Result, Settings, Unit
from analyzer.batch.worker import OUT_OF_MEMORY
from analyzer.errors import FairtermsError
from analyzer.gate import CRASH
from tests.batch.runs import document, engine, write

QUICK = Settings(model=None)


def slow(path: Path) -> None:
    """A document that takes minutes: many long sentences full of words that rules look for."""
    sentence = "The contractor shall indemnify and the liability of the contractor is unlimited for any loss "
    path.write_text("\n\n".join(f"{number}. {sentence * 40}." for number in range(6_000)))


def large(path: Path) -> None:
    """A document that takes more memory than most, and not at once."""
    path.write_text("\n\n".join(f"Clause {number}. {document(number)}" for number in range(80_000)))


def taken(paths: Sequence[Path]) -> list[Unit]:
    units = [unit for unit in list_units([str(path) for path in paths]) if isinstance(unit, Unit)]
    assert len(units) == len(paths)
    return units


def results(units: list[Unit], settings: Settings, jobs: int = 2) -> dict[str, Result]:
    waiting: Iterator[Unit] = iter(units)
    made = run_local(lambda: next(waiting, None), settings, jobs)
    return {result.unit.name.rpartition("/")[2]: result for result in made}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "archive", range(6))
    return tmp_path / "archive"


def test_workers_say_what_this_process_would(folder: Path) -> None:
    units = taken(sorted(folder.iterdir()))
    run, _ = engine(QUICK)
    waiting = iter(units)
    here = {result.unit: result for result in run(lambda: next(waiting, None))}
    there = {result.unit: result for result in results(units, QUICK).values()}
    assert there == here


def test_one_that_takes_too_long_is_stopped_and_tried_once_more(folder: Path) -> None:
    slow(folder / "slow.txt")
    limits = Limits(seconds=12.0)
    found = results(taken(sorted(folder.iterdir())), replace(QUICK, limits=limits))
    assert found["slow.txt"].error == TIMED_OUT
    assert found["slow.txt"].tries == 2
    assert "12 seconds" in found["slow.txt"].cause
    assert b'"error"' in found["slow.txt"].outcomes[0].line
    assert all(not result.error for name, result in found.items() if name != "slow.txt")


def test_one_that_swells_is_ended_by_its_limit(folder: Path) -> None:
    large(folder / "large.txt")
    small = replace(QUICK, limits=Limits(memory=1_000_000_000, seconds=300))
    found = results(taken(sorted(folder.iterdir())), small)
    assert found["large.txt"].error in {OUT_OF_MEMORY, CRASH}
    assert found["large.txt"].tries == 2
    assert all(not result.error for name, result in found.items() if name != "large.txt")


def test_one_whose_process_dies_is_told_of_with_the_signal(folder: Path) -> None:
    slow(folder / "slow.txt")
    ended = []
    done = threading.Event()

    def kill_whoever_reads_it() -> None:
        """Kill each worker that has been busy for two seconds, as a fault in native code would."""
        while not done.wait(0.2):
            for process in psutil.Process().children(recursive=True):
                try:
                    if process.cpu_times().user > 12 and process.pid not in ended:
                        os.kill(process.pid, signal.SIGSEGV)
                        ended.append(process.pid)
                except (psutil.Error, ProcessLookupError):
                    continue

    watcher = threading.Thread(target=kill_whoever_reads_it)
    watcher.start()
    try:
        found = results(taken(sorted(folder.iterdir())), replace(QUICK, limits=Limits(seconds=12.0)))
    finally:
        done.set()
        watcher.join()
    assert found["slow.txt"].error == CRASH
    assert "SIGSEGV" in found["slow.txt"].cause
    assert len(ended) == 2
    assert all(not result.error for name, result in found.items() if name != "slow.txt")


def test_workers_that_can_not_start_end_the_run_with_a_reason(folder: Path) -> None:
    tight = replace(QUICK, limits=Limits(memory=1_000_000))
    with pytest.raises(FairtermsError, match="memory"):
        results(taken(sorted(folder.iterdir())), tight)


def test_no_process_stays_behind(folder: Path) -> None:
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    results(taken(sorted(folder.iterdir())), QUICK)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        names = {p.pid: p.cmdline() for p in psutil.Process().children(recursive=True) if p.pid not in before}
        if not any("spawn_main" in " ".join(line) for line in names.values()) and len(names) <= 2:
            break  # the server that starts processes, and the one that watches over shared names, stay
        time.sleep(0.2)
    assert len(names) <= 2
