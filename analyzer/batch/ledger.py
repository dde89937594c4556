"""The manifest: one line for each input, which says where its lines end in the file of results.

Results are written before their entry. What stands after the last whole entry was under way when a run was killed;
it is cut off, and those inputs are done again.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from analyzer.batch.values import Entry, Status

__all__ = ["Generation", "copy_range", "entries", "entry_line", "read_entry", "recover"]


def entry_line(entry: Entry) -> bytes:
    """An entry as one line of JSON."""
    value: dict[str, object] = {
        "name": entry.name,
        "status": entry.status.value,
        "documents": entry.documents,
        "verdicts": dict(entry.verdicts),
        "sha256": entry.sha256 or None,
        "versions": entry.versions,
        "end": entry.end,
    }
    if entry.members:
        value["members"] = entry.members
    if entry.error:
        value |= {"error": entry.error, "cause": entry.cause, "tries": entry.tries}
    return json.dumps(value, ensure_ascii=True).encode() + b"\n"


def read_entry(line: bytes) -> Entry | None:
    """The entry of a line; None where the line is not whole."""
    if not line.endswith(b"\n"):
        return None
    try:
        value = json.loads(line)
        return Entry(
            name=value["name"],
            status=Status(value["status"]),
            documents=value["documents"],
            sha256=value["sha256"] or "",
            versions=value["versions"],
            verdicts=tuple(value["verdicts"].items()),
            members=value.get("members", 0),
            error=value.get("error", ""),
            cause=value.get("cause", ""),
            tries=value.get("tries", 1),
            end=value["end"],
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def recover(manifest: Path, results: Path) -> int:
    """Cut both files back to what belongs together, and return where the results end, in bytes.

    Raises OSError.
    """
    if not manifest.exists() or not results.exists():
        for path in (manifest, results):
            path.unlink(missing_ok=True)
        return 0
    size = results.stat().st_size
    kept = end = 0
    with manifest.open("r+b") as file:
        for line in file:
            entry = read_entry(line)
            if entry is None or not end <= entry.end <= size:
                break
            kept, end = kept + len(line), entry.end
        file.truncate(kept)
    with results.open("r+b") as file:
        file.truncate(end)
    return end


@dataclass(slots=True)
class Generation:
    """What an earlier run left: its entries by name, read when they are asked for, and its lines."""

    manifest: Path
    results: Path
    places: dict[str, tuple[int, int]]
    """Name of an input to where its entry begins in the manifest, and where its lines begin in the results."""

    @classmethod
    def of(cls, manifest: Path, results: Path) -> "Generation":
        """Raises OSError."""
        places: dict[str, tuple[int, int]] = {}
        begin = 0
        for offset, entry in entries(manifest):
            places[entry.name] = (offset, begin)
            begin = entry.end
        return cls(manifest, results, places)

    def find(self, name: str) -> tuple[Entry, int] | None:
        """An input's entry, and where its lines begin."""
        place = self.places.get(name)
        if place is None:
            return None
        with self.manifest.open("rb") as file:
            file.seek(place[0])
            entry = read_entry(file.readline())
        return (entry, place[1]) if entry else None

    def members(self, name: str, count: int) -> list[tuple[Entry, int]]:
        """The entries that follow a package's: those of the inputs in it."""
        found: list[tuple[Entry, int]] = []
        with self.manifest.open("rb") as file:
            file.seek(self.places[name][0])
            entry = read_entry(file.readline())
            while entry and len(found) < count:
                begin = entry.end
                if entry := read_entry(file.readline()):
                    found.append((entry, begin))
        return found


def entries(manifest: Path) -> Iterator[tuple[int, Entry]]:
    """Each whole entry with where it begins in the manifest."""
    if not manifest.exists():
        return
    with manifest.open("rb") as file:
        offset = 0
        for line in file:
            entry = read_entry(line)
            if entry is None:
                return
            yield offset, entry
            offset += len(line)


def copy_range(source: BinaryIO, begin: int, end: int, target: BinaryIO) -> None:
    """Copy some bytes, a piece at a time: a report may be as large as its document."""
    source.seek(begin)
    left = end - begin
    while left:
        piece = source.read(min(left, 1 << 20))
        if not piece:
            raise EOFError("the file of results is shorter than its manifest says")
        target.write(piece)
        left -= len(piece)
