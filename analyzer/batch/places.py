"""Where a batch writes, and how its files are locked and moved so that nothing is lost on the way."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from analyzer.batch.ledger import copy_range
from analyzer.errors import FairtermsError

__all__ = ["Places", "lines_of", "locked", "move_pair", "writing"]


@dataclass(frozen=True, slots=True)
class Places:
    """Where a batch writes."""

    results: Path
    state: Path
    """Folder with the manifest, and with what an unfinished run needs to go on."""

    @classmethod
    def of(cls, output: Path) -> "Places":
        """A file of results with its folder beside it, or a folder that holds both."""
        if output.suffix == ".jsonl":
            return cls(output, output.with_name(f"{output.name}.batch"))
        return cls(output / "results.jsonl", output)

    @property
    def manifest(self) -> Path:
        return self.state / "manifest.jsonl"

    @property
    def summary(self) -> Path:
        return self.state / "summary.json"

    @property
    def cache(self) -> Path:
        return self.state / "cache"


def lines_of(manifest: Path) -> Path:
    return manifest.with_name(manifest.name.replace(".manifest.jsonl", ".jsonl"))


def move_pair(manifest: Path, results: Path, folder: Path, mark: str = "") -> tuple[Path, Path]:
    """Move a pair of files; at each moment the old pair or the new one is whole. ``mark`` goes into their names."""
    folder.mkdir(exist_ok=True)
    number = 1 + max((int(path.name[:6]) for path in folder.glob("*.jsonl")), default=0)
    target = folder / f"{number:06}{mark}.manifest.jsonl"
    lines = lines_of(target)
    _link(results, lines)
    _link(manifest, target)
    results.unlink()
    manifest.unlink()
    return target, lines


def _link(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:  # a file system without links
        draft = target.with_suffix(".part")
        with source.open("rb") as old, draft.open("wb") as new:
            copy_range(old, 0, source.stat().st_size, new)
        draft.replace(target)


def locked(path: Path, places: Places) -> BinaryIO:
    """A file that is locked while this process lives. Raises FairtermsError where another one has it."""
    file = path.open("wb")
    try:
        import fcntl
    except ImportError:  # Windows has none; two runs at once are the user's to avoid
        return file
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise FairtermsError(
            str(places.results), "another run writes there at this moment.", "Wait for it, or name another output."
        ) from None
    return file


@contextmanager
def writing(places: Places) -> Iterator[None]:
    """Turns trouble with files into a sentence."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        remedy = "Make room or name another output; --resume goes on with what is there."
        raise FairtermsError(str(places.results), f"can't be written: {reason}.", remedy) from error
