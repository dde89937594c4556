"""Batches in this process: the real worker function on small files, in an order and with an end of one's choice."""

import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from analyzer.batch.outputs import FileOutput
from analyzer.batch.places import Places
from analyzer.batch.running import Engine, run_batch
from analyzer.batch.summary import Summary
from analyzer.batch.values import Result, Settings, Unit
from analyzer.batch.worker import load_settings, versions_of, work

SETTINGS = Settings(model=None)

CLAUSES = (
    "The contractor's liability under this contract shall be unlimited.",
    "Proposals are opened on the second floor at noon.",
    "A performance bond of 100 percent of the contract price is required.",
    "The terms and conditions of this contract are not negotiable.",
    "Questions are answered in writing within five days.",
)


class Stopped(Exception):
    """The run ended before it was done."""


@cache
def versions(settings: Settings = SETTINGS) -> str:
    return versions_of(load_settings(settings), settings)


def document(number: int) -> str:
    """A text of its own for each number."""
    chance = random.Random(number)
    return f"Terms of contract {number}.\n\n" + "\n\n".join(chance.sample(CLAUSES, 3)) + "\n"


def write(folder: Path, numbers: range) -> None:
    folder.mkdir(exist_ok=True)
    for number in numbers:
        (folder / f"terms-{number:03}.txt").write_text(document(number))


def engine(
    settings: Settings = SETTINGS, *, shuffle: int = 0, stop_after: int | None = None
) -> tuple[Engine, list[Unit]]:
    """An engine in this process, and the inputs that it was given.

    ``shuffle`` results are held back and come in another order; after ``stop_after`` results it breaks off.
    """
    given: list[Unit] = []

    def run(take) -> Iterator[Result]:  # type: ignore[no-untyped-def]
        chance = random.Random(1)
        held: list[Result] = []
        finished = 0
        while True:
            while len(held) <= shuffle and (unit := take()):
                given.append(unit)
                held.append(work(unit, settings))
            if not held:
                return
            if finished == stop_after:
                raise Stopped
            finished += 1
            yield held.pop(chance.randrange(len(held)))

    return run, given


def run(
    sources: list[Path],
    output: Path,
    *,
    resume: bool = False,
    settings: Settings = SETTINGS,
    shuffle: int = 0,
    stop_after: int | None = None,
) -> tuple[Summary | None, list[Unit]]:
    """One run; None where it was stopped."""
    target = FileOutput(Places.of(output), versions(settings), resume=resume)
    made, given = engine(settings, shuffle=shuffle, stop_after=stop_after)
    try:
        besides = [target.places.results, target.places.state]
        return run_batch([str(s) for s in sources], target, made, versions(settings), besides=besides), given
    except Stopped:
        return None, given
    finally:
        target.close()
