"""How work spreads: one worker, two, and a Dask cluster on this machine, over the same documents.

    python -m benchmarks.workers FOLDER [--documents N] [--rounds N]

FOLDER holds documents; those that it has are named again and again until there are N, so that each run reads as many.
Seconds are those of the whole command, start-up of workers and the writing of results included. The ways take turns,
and each keeps its fastest round. Results must be equal byte by byte, or the command ends with an error.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

from tests.batch.clusters import local_cluster

__all__ = ["linked", "seconds"]


def linked(documents: Path, folder: Path, count: int) -> None:
    """A folder with ``count`` names for the documents of another one."""
    folder.mkdir()
    paths = sorted(path for path in documents.rglob("*") if path.is_file())
    for number, path in enumerate(islice(cycle(paths), count)):
        os.link(path, folder / f"{number:05}{path.suffix}")


def seconds(archive: Path, output: Path, *options: str) -> float:
    """Run the command over an archive."""
    command = [sys.executable, "-c", "from analyzer.cli import main; main()", "batch", str(archive)]
    command += ["--output", str(output), "--no-cache", "--no-ocr", *options]
    start = time.perf_counter()
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=1)
    given = parser.parse_args()
    best: dict[str, float] = {}
    written: set[bytes] = set()
    with tempfile.TemporaryDirectory(dir=given.folder.parent) as place:
        archive = Path(place) / "archive"
        linked(given.folder, archive, given.documents)
        with local_cluster(Path(place) / "cluster", 2) as cluster:
            ways = {
                "one worker": ("--jobs", "1"),
                "two workers": ("--jobs", "2"),
                "Dask, two workers": ("--engine", "dask", "--scheduler", cluster.address),
            }
            for number in range(given.rounds):
                for way, options in ways.items():
                    output = Path(place) / f"{number}-{way}"
                    taken = seconds(archive, output, *options)
                    best[way] = min(best.get(way, taken), taken)
                    written.add((output / "results.jsonl").read_bytes())
    if len(written) != 1:
        sys.exit("The results differ.")
    for way, taken in best.items():
        print(f"{way:20} {taken:8.1f} s {given.documents / taken:8.1f} documents a second")
    print(f"two workers: {best['one worker'] / best['two workers']:.2f} x one")
    print(f"Dask: {best['two workers'] / best['Dask, two workers']:.2f} of the local pool")


if __name__ == "__main__":
    main()
