"""Writes a folder of nasty files, which must all end in a report or a DocumentError.

    python -m benchmarks.nasty FOLDER [--count N] [--seed S] [--special] [--largest BYTES]

Some four hundred files are nasty on purpose: circles, bombs, lies, nesting, absurd numbers, things from elsewhere. The
rest, up to ``--count``, are samples of this project that were cut short or changed. ``--special`` adds what is no
file or has an odd name. Prints a table of tabs: name, what is nasty about it, and how it must end: in a report, in an
error, in either, in nothing (a folder), or isolated: it may take all the memory there is, and end the process that
reads it. The same arguments make the same bytes.
"""

import argparse
import sys
from pathlib import Path

from benchmarks.attacks import attacks
from benchmarks.attacks.places import write_places

__all__ = ["write_nasty_files"]

Row = tuple[str, str, str]
"""Name, what is nasty about it, how it must end."""


def write_nasty_files(
    folder: Path, *, count: int = 1_000, seed: int = 1, special: bool = False, largest: int | None = None
) -> list[Row]:
    """Write the files and return a row for each. ``largest`` leaves out those with more bytes. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    for attack in attacks(count, seed):
        if largest is None or len(attack.data) <= largest:
            (folder / attack.name).write_bytes(attack.data)
            rows.append((attack.name, attack.kind, str(attack.end)))
    if special:
        rows += write_places(folder)
    return rows


def main() -> None:
    """Write the files and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--special", action="store_true", help="links, pipes, sockets and odd names too")
    parser.add_argument("--largest", type=int, help="leave out files with more bytes")
    arguments = parser.parse_args()
    rows = write_nasty_files(
        arguments.folder,
        count=arguments.count,
        seed=arguments.seed,
        special=arguments.special,
        largest=arguments.largest,
    )
    print("name\tattack\tends in")
    for row in rows:
        print("\t".join(ascii(field)[1:-1] for field in row))
    print(f"{len(rows)} nasty files", file=sys.stderr)


if __name__ == "__main__":
    main()
