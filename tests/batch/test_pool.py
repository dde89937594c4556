"""Worker processes that hang, die or swell: the others go on, and the input is told of with its cause."""

import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
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
from tests.batch.runs import engine, write

QUICK = Settings(model=None)


def slow(path: Path) -> None:
    """A document that takes minutes: many long sentences full of words that rules look for."""
    sentence = "The contractor shall indemnify and the liability of the contractor is unlimited for any loss "
    path.write_text("\n\n".join(f"{number}. {sentence * 40}." for number in range(6_000)))


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
    limits = Limits(seconds=6.0)
    found = results(taken(sorted(folder.iterdir())), replace(QUICK, limits=limits))
    assert found["slow.txt"].error == TIMED_OUT
    assert found["slow.txt"].tries == 2
    assert "6 seconds" in found["slow.txt"].cause
    assert b'"error"' in found["slow.txt"].outcomes[0].line
    assert all(not result.error for name, result in found.items() if name != "slow.txt")


def swelling(path: Path) -> None:
    """A text that takes four bytes a character once it is read, for the one character that needs them."""
    path.write_text("\U0001f4dc" + "Questions are answered in writing. " * 1_500_000)


def test_one_that_swells_is_ended_by_its_limit(folder: Path) -> None:
    swelling(folder / "large.txt")
    found = results(taken(sorted(folder.iterdir())), replace(QUICK, limits=Limits(memory=600_000_000)))
    assert found["large.txt"].error in {OUT_OF_MEMORY, CRASH}
    assert found["large.txt"].tries == 2
    assert all(not result.error for name, result in found.items() if name != "large.txt")


def test_one_whose_process_dies_is_told_of_with_the_signal(folder: Path) -> None:
    slow(folder / "slow.txt")
    waiting = iter(taken(sorted(folder.iterdir())))
    made = run_local(lambda: next(waiting, None), QUICK, 2)
    found = [next(made) for _ in range(6)]
    assert all(not result.error for result in found)
    start_up = max(process.cpu_times().user for process in psutil.Process().children(recursive=True))
    ended: list[int] = []
    done = threading.Event()

    def kill_whoever_reads_it() -> None:
        """As a fault in native code would: the long document alone takes more than the start of a worker."""
        while not done.wait(0.1):
            for process in psutil.Process().children(recursive=True):
                with suppress(psutil.Error):
                    if process.pid not in ended and process.cpu_times().user > 1.5 * start_up + 1:
                        process.send_signal(signal.SIGSEGV)
                        ended.append(process.pid)

    watcher = threading.Thread(target=kill_whoever_reads_it)
    watcher.start()
    try:
        (slow_one,) = made
    finally:
        done.set()
        watcher.join()
    assert slow_one.unit.name.endswith("slow.txt")
    assert slow_one.error == CRASH
    assert "SIGSEGV" in slow_one.cause
    assert len(ended) == 2


def test_workers_that_can_not_start_end_the_run_with_a_reason(folder: Path) -> None:
    tight = replace(QUICK, limits=Limits(memory=1_000_000))
    with pytest.raises(FairtermsError, match="more memory with --limit-memory"):
        results(taken(sorted(folder.iterdir())), tight)


def test_no_process_stays_behind(folder: Path) -> None:
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    results(taken(sorted(folder.iterdir())), QUICK)
    # The server that starts processes, and the one that watches over shared names, stay.
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        left = [process for process in psutil.Process().children(recursive=True) if process.pid not in before]
        if len(left) <= 2:
            break
        time.sleep(0.1)
    assert len(left) <= 2
