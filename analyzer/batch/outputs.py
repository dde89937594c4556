"""Results in a file: one line a document, in the order of the inputs, and never lost, repeated or half written.

Results come as workers finish; lines stand in the order of the inputs. What is finished out of turn waits in a pair of
files of its own (``ahead``), so that a run that is killed has it still. When an input changed, what earlier runs
reported is moved to ``earlier`` and taken over line by line where it is still true; it goes when the run is complete.
"""

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from analyzer.batch.ledger import Generation, copy_range, entries, entry_line, recover
from analyzer.batch.places import Places, lines_of, locked, move_pair, writing
from analyzer.batch.summary import Summary, summary_of, summary_to_dict
from analyzer.batch.values import Entry, Outcome, Status, still_holds
from analyzer.errors import FairtermsError

__all__ = ["FileOutput", "Places"]

_AHEAD = "-ahead"
_SYNC_SECONDS = 2.0
"""How much work a loss of power may cost; a process that is killed loses nothing that was written."""


@dataclass(slots=True)
class _Slot:
    """The place of one input in the order of results."""

    name: str
    entry: Entry | None = None
    lines: tuple[Path, int, int] | bytes = b""
    """Where the lines stand, or the lines."""
    is_carried: bool = False
    next: "_Slot | None" = None


class FileOutput:
    """The results and the manifest of one batch.

    Raises FairtermsError where another run writes there, where an earlier run's results would be touched without
    ``resume``, and where nothing can be written.
    """

    def __init__(self, places: Places, versions: str, *, resume: bool) -> None:
        self.places = places
        self._versions = versions
        with writing(places):
            places.state.mkdir(parents=True, exist_ok=True, mode=0o700)
            places.results.parent.mkdir(parents=True, exist_ok=True)
            if not resume and (places.manifest.exists() or places.results.exists()):
                remedy = "Name another output, or go on from there with --resume."
                raise FairtermsError(str(places.results), "holds the results of an earlier run.", remedy)
            self._lock = locked(places.state / "lock", places)
            self.was_complete = places.summary.exists()
            self._generations = self._earlier()
            self._end = recover(places.manifest, places.results)
            self._current: Generation | None = Generation.of(places.manifest, places.results)
            self._generations.append(self._current)
            self._manifest = places.manifest.open("ab")
            self._results = places.results.open("ab")
            self._ahead_manifest = self._ahead(".manifest.jsonl").open("wb")
            self._ahead_results = self._ahead(".jsonl").open("wb")
        self._position = 0
        """How far the lines in place are known to be those of this run."""
        self._entries_in_place = 0
        self._held = 0
        """Inputs whose lines wait in the files for what is ahead of its turn."""
        self._slots: dict[str, _Slot] = {}
        self._head: _Slot | None = None
        self._tail: _Slot | None = None
        self._synced = time.monotonic()
        self.is_changed = False

    # What an earlier run left.

    def _ahead(self, ending: str) -> Path:
        return self.places.state / f"ahead{ending}"

    def _earlier(self) -> list[Generation]:
        """What stands beside the current results, oldest first."""
        folder = self.places.state / "earlier"
        ahead = self._ahead(".manifest.jsonl"), self._ahead(".jsonl")
        if recover(*ahead):
            move_pair(*ahead, folder, _AHEAD)
        return [Generation.of(manifest, lines_of(manifest)) for manifest in sorted(folder.glob("*.manifest.jsonl"))]

    def find(self, name: str) -> Entry | None:
        """What an earlier run found out about an input, where it would still find the same in the same bytes."""
        found = self._find(name)
        return found[1] if found else None

    def _find(self, name: str) -> tuple[Generation, Entry, int] | None:
        for generation in reversed(self._generations):
            found = generation.find(name)
            if found and self._holds(found[0]):
                return generation, *found
        return None

    def _holds(self, entry: Entry) -> bool:
        return still_holds(entry.versions, entry.tries, self._versions)

    def members_of(self, name: str) -> list[Entry]:
        """The entries of the inputs in a package that is unchanged."""
        found = self._find(name)
        if not found:
            return []
        generation, entry, _ = found
        if _AHEAD in generation.manifest.name:
            return []  # there, entries stand in the order in which inputs were finished
        members = [member for member, _ in generation.members(name, entry.members)]
        is_whole = len(members) == entry.members and all(self._holds(member) for member in members)
        return members if is_whole else []

    # What this run does.

    @property
    def waiting(self) -> int:
        """Inputs that were announced and are not written yet."""
        return len(self._slots)

    def announce(self, name: str, *, after: str = "") -> None:
        """An input will be reported on, after all others, or after one that waits still."""
        slot = self._slots[name] = _Slot(name)
        before = self._slots[after] if after else self._tail
        if before is None:
            self._head = slot
        else:
            slot.next, before.next = before.next, slot
        if before is self._tail:
            self._tail = slot

    def put(self, entry: Entry, outcomes: Sequence[Outcome]) -> None:
        """What was found out about an input. Raises FairtermsError where it can't be written."""
        with writing(self.places):
            self._put(entry, outcomes)

    def _put(self, entry: Entry, outcomes: Sequence[Outcome]) -> None:
        slot = self._slots[entry.name]
        slot.entry = entry
        data = b"".join(outcome.line for outcome in outcomes)
        if slot is self._head:
            slot.lines = data
            self._write_heads()
            return
        begin = self._ahead_results.tell()
        self._ahead_results.write(data)
        self._ahead_results.flush()
        self._ahead_manifest.write(entry_line(replace(entry, end=begin + len(data))))
        self._ahead_manifest.flush()
        slot.lines = self._ahead(".jsonl"), begin, begin + len(data)
        self._held += 1

    def carry(self, name: str) -> Entry:
        """Let stand what an earlier run found out about an input. Raises FairtermsError where it can't be written."""
        found = self._find(name)
        if not found:
            raise LookupError(name)
        generation, entry, begin = found
        slot = self._slots[name]
        slot.lines, slot.is_carried = (generation.results, begin, entry.end), generation is self._current
        is_skipped = entry.status is Status.DONE and (self.was_complete or generation is not self._current)
        slot.entry = replace(entry, status=Status.SKIPPED) if is_skipped else entry
        with writing(self.places):
            self._write_heads()
        return slot.entry

    def _write_heads(self) -> None:
        while self._head and self._head.entry:
            self._write(self._head, self._head.entry)
            del self._slots[self._head.name]
            self._head = self._head.next
        if self._head is None:
            self._tail = None
        if not self._held:
            self._empty_ahead()
        if time.monotonic() - self._synced > _SYNC_SECONDS:
            self._sync()

    def _write(self, slot: _Slot, entry: Entry) -> None:
        if slot.is_carried and isinstance(slot.lines, tuple) and self._is_in_place(*slot.lines):
            self._position = slot.lines[2]
            self._entries_in_place += 1
            return
        self._leave_what_was()
        self._change()
        if isinstance(slot.lines, bytes):
            self._results.write(slot.lines)
        else:
            path, begin, end = slot.lines
            self._held -= path == self._ahead(".jsonl")
            with self._moved(path).open("rb") as source:
                copy_range(source, begin, end, self._results)
        self._results.flush()
        self._position = self._end = self._results.tell()
        self._manifest.write(entry_line(replace(entry, end=self._end)))
        self._manifest.flush()

    def _is_in_place(self, path: Path, begin: int, end: int) -> bool:
        return self._current is not None and path == self.places.results and begin == self._position

    def _leave_what_was(self) -> None:
        """The order is another from here on: move what an earlier run wrote aside, less what stands in place."""
        if self._current is None:
            return
        current, self._current = self._current, None
        if self._position == self._end and self._entries_in_place == len(current.places):
            return  # an interrupted run goes on where it ended
        self._change()
        self._results.close()
        self._manifest.close()
        manifest, results = self.places.manifest, self.places.results
        current.manifest, current.results = move_pair(manifest, results, self.places.state / "earlier")
        self._results, self._manifest = results.open("wb"), manifest.open("wb")
        with current.results.open("rb") as source:
            copy_range(source, 0, self._position, self._results)
        self._results.flush()
        with current.manifest.open("rb") as source:
            self._manifest.writelines(line for line, _ in zip(source, range(self._entries_in_place), strict=False))
        self._manifest.flush()
        self._end = self._position

    def _change(self) -> None:
        """From the first change on, the batch is not complete until this run is."""
        if not self.is_changed:
            self.places.summary.unlink(missing_ok=True)
        self.is_changed = True

    def _moved(self, path: Path) -> Path:
        """Where lines stand that were in the current results before those were moved aside."""
        if path != self.places.results:
            return path
        return self._generations[-1].results

    def _empty_ahead(self) -> None:
        for file in (self._ahead_results, self._ahead_manifest):
            if file.tell():
                file.seek(0)
                file.truncate()

    def _sync(self) -> None:
        for file in (self._results, self._manifest, self._ahead_results, self._ahead_manifest):
            os.fsync(file.fileno())
        self._synced = time.monotonic()

    def lines(self) -> Iterator[bytes]:
        """The lines of all inputs that are written."""
        with self.places.results.open("rb") as file:
            yield from file

    def summary(self) -> Summary | None:
        """What the batch came to when it was complete the last time."""
        try:
            return summary_of(json.loads(self.places.summary.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def complete(self, summary: Summary) -> None:
        """The batch is complete: only now does its summary stand beside it. Raises FairtermsError."""
        draft = self.places.summary.with_suffix(".part")
        text = json.dumps(summary_to_dict(summary), ensure_ascii=False, indent=2) + "\n"
        with writing(self.places):
            draft.write_text(text, encoding="utf-8")
            draft.replace(self.places.summary)

    def finish(self) -> None:
        """All inputs are written: let go of what only an unfinished run needs. Raises FairtermsError."""
        with writing(self.places):
            self._finish()

    def _finish(self) -> None:
        if self._current is not None and self._position < self._end:
            self._leave_what_was()  # the last inputs of an earlier run are gone
        self._sync()
        if self.was_complete and self._entries_in_place:
            self._mark_skipped()
        folder = self.places.state / "earlier"
        for path in (*folder.glob("*"), self._ahead(".jsonl"), self._ahead(".manifest.jsonl")):
            path.unlink()
        with suppress(OSError):
            folder.rmdir()

    def _mark_skipped(self) -> None:
        """What was left in place was not looked into again, and the manifest says so."""
        draft = self.places.manifest.with_suffix(".part")
        with draft.open("wb") as file:
            for number, (_, entry) in enumerate(entries(self.places.manifest)):
                is_skipped = number < self._entries_in_place and entry.status is Status.DONE
                file.write(entry_line(replace(entry, status=Status.SKIPPED) if is_skipped else entry))
        self._manifest.close()
        draft.replace(self.places.manifest)
        self._manifest = self.places.manifest.open("ab")

    def close(self) -> None:
        """Close the files; what is in them is kept for a run that goes on."""
        for file in (self._results, self._manifest, self._ahead_results, self._ahead_manifest):
            with suppress(OSError):  # what a full disk did not take was told of when it was written
                file.close()
        self._lock.close()
