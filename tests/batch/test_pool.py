"""Worker processes, and one that hangs: the others go on, and the input is told of with its cause."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from analyzer.batch.inputs import list_units
from analyzer.batch.pool import TIMED_OUT, run_local
from analyzer.batch.values import Limits, Result, Settings, Unit
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
    limits = Limits(seconds=12.0)
    found = results(taken(sorted(folder.iterdir())), replace(QUICK, limits=limits))
    assert found["slow.txt"].error == TIMED_OUT
    assert found["slow.txt"].tries == 2
    assert "12 seconds" in found["slow.txt"].cause
    assert b'"error"' in found["slow.txt"].outcomes[0].line
    assert all(not result.error for name, result in found.items() if name != "slow.txt")
