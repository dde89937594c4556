"""What it saves to keep what was read: milliseconds a page to read, to save and to load, and the bytes that it takes.

    python benchmarks/parsed.py FOLDER [--rounds N]

A page is 3,000 characters in a format without pages. Each figure is the best of the rounds, on one core, of processor
time; files are in the system's cache.
"""

import argparse
import gc
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from analyzer.batch.parsed import key_of, load, save
from analyzer.batch.values import Settings
from analyzer.document import Document, Source
from analyzer.errors import DocumentError
from analyzer.parsing import collect, parse

CHARACTERS = 3_000


def readable(folder: Path, settings: Settings) -> list[tuple[str, Document]]:
    """The documents of a folder that can be kept, with their keys."""
    found = []
    for source in collect([folder]):
        if isinstance(source, Source):
            try:
                document = parse(source, ocr=settings.ocr)
            except DocumentError:
                continue
            found.append((key_of(source, settings), document))
    return found


def best(rounds: int, work: Callable[[], object]) -> float:
    """Seconds of processor time of the best round."""
    taken = []
    for _ in range(rounds):
        gc.collect()
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    settings = Settings(ocr=False)
    documents = readable(arguments.folder, settings)
    with TemporaryDirectory() as place:
        kept = Path(place)
        documents = [(key, document) for key, document in documents if save(kept, key, document)]
        assert all(load(kept, key, document.source) == document for key, document in documents)
        pages = sum(len(document.pages) or len(document.text) / CHARACTERS for _, document in documents)
        size = sum(file.stat().st_size for file in kept.glob("*/*"))
        sources = [document.source for _, document in documents]
        seconds = {
            "read": best(arguments.rounds, lambda: [parse(source, ocr=False) for source in sources]),
            "key": best(arguments.rounds, lambda: [key_of(source, settings) for source in sources]),
            "save": best(arguments.rounds, lambda: [save(kept, key, document) for key, document in documents]),
            "load": best(
                arguments.rounds,
                lambda: [load(kept, key, replace(document.source)) for key, document in documents],
            ),
        }
    print(f"{len(documents)} documents, {pages:.0f} pages; {size / pages:.0f} bytes a page")
    for name, value in seconds.items():
        print(f"{name:5} {1000 * value / pages:7.3f} ms a page   {seconds['read'] / value:7.1f} x as fast as to read")


if __name__ == "__main__":
    main()
