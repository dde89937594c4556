"""How work spreads: one worker, two, and a Dask cluster on this machine, over the same documents.

    python -m benchmarks.workers FOLDER [--documents N] [--rounds N]

FOLDER holds documents; those that it has are named again and again until there are N, so that each run reads as many.
Seconds are those of the whole command, start-up of workers and the writing of results included. The ways take turns,
and each keeps its fastest round. Results must be equal byte by byte, or the command ends with an error.

On a machine that others share, two busy cores may be slower than one alone, whatever runs on them. So it also says how
much of the time the workers had a processor, and what their number would bring if each went on at the same speed; and
what two processes do that only count, against one.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

import psutil  # type: ignore[import-untyped]

from tests.batch.clusters import local_cluster

__all__ = ["Run", "counted", "linked", "run"]

_LOOK = 1.0
"""Seconds between two looks at what the workers spent."""
_COUNTING = 4
"""Seconds for which processes count."""


def linked(documents: Path, folder: Path, count: int) -> None:
    """A folder with ``count`` names for the documents of another one."""
    folder.mkdir()
    paths = sorted(path for path in documents.rglob("*") if path.is_file())
    for number, path in enumerate(islice(cycle(paths), count)):
        os.link(path, folder / f"{number:05}{path.suffix}")


class Run(NamedTuple):
    """How long a batch took, in seconds."""

    wall: float
    busy: float
    """Of processor time, by its workers together; those of a cluster don't count."""


def run(archive: Path, output: Path, *options: str) -> Run:
    """Run the command over an archive."""
    command = [sys.executable, "-c", "from analyzer.cli import main; main()", "batch", str(archive)]
    command += ["--output", str(output), "--no-cache", "--no-ocr", *options]
    start = time.perf_counter()
    spent: dict[int, float] = {}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            time.sleep(_LOOK)
            with suppress(psutil.Error):
                for server in psutil.Process(process.pid).children():
                    for worker in server.children():
                        used = worker.cpu_times()
                        spent[worker.pid] = used.user + used.system
    return Run(time.perf_counter() - start, sum(spent.values()))


def counted(processes: int) -> int:
    """How far some processes count together in a few seconds."""
    lines = f"end = time.perf_counter() + {_COUNTING}", "n = 0", "while time.perf_counter() < end: n += 1", "print(n)"
    script = "\n".join(("import time", *lines))
    started = [subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) for _ in range(processes)]
    return sum(int(process.communicate()[0]) for process in started)


def _ways(folder: Path) -> Iterator[tuple[str, AbstractContextManager[tuple[str, ...]]]]:
    """The options of each way. The cluster is there only while its turn lasts: idle, it would take its share."""

    @contextmanager
    def on_cluster() -> Iterator[tuple[str, ...]]:
        with local_cluster(folder, 1, threads=2) as dask:
            dask.worker_pids(1)  # it stands before anybody gives it work
            yield "--engine", "dask", "--scheduler", dask.address

    yield "one worker", nullcontext(("--jobs", "1"))
    yield "two workers", nullcontext(("--jobs", "2"))
    yield "Dask, two threads", on_cluster()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=1)
    given = parser.parse_args()
    best: dict[str, Run] = {}
    alone = together = 0
    written: set[bytes] = set()
    with tempfile.TemporaryDirectory(dir=given.folder.parent) as place:
        archive = Path(place) / "archive"
        linked(given.folder, archive, given.documents)
        for number in range(given.rounds):
            alone, together = alone + counted(1), together + counted(2)
            for way, cluster in _ways(Path(place) / f"cluster-{number}"):
                with cluster as options:
                    output = Path(place) / f"{number}-{way}"
                    taken = run(archive, output, *options)
                best[way] = min(best.get(way, taken), taken)
                written.add((output / "results.jsonl").read_bytes())
    if len(written) != 1:
        sys.exit("The results differ.")
    for way, taken in best.items():
        print(f"{way:20} {taken.wall:8.1f} s {given.documents / taken.wall:8.1f} documents a second")
    one, two, on_dask = best.values()
    print(f"two workers: {one.wall / two.wall:.2f} x one")
    print(f"workers had a processor {one.busy / one.wall:.0%} of the time, two {two.busy / two.wall / 2:.0%}: ", end="")
    print(f"{two.busy / two.wall / (one.busy / one.wall):.2f} x at one speed")
    print(f"two processes that count: {together / alone:.2f} x one")
    print(f"Dask: {two.wall / on_dask.wall:.2f} of the local pool")


if __name__ == "__main__":
    main()
