"""Results in a database: the counterpart of `analyzer.batch.outputs`, with the same lines in the same order.

An input is there with all its lines and findings or not at all, at once when it is finished. What is already there is
left where it is; only its place in the order is brought up to date, many inputs at a time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from analyzer.batch.summary import Summary, summary_of, summary_to_dict
from analyzer.batch.values import Entry, Outcome, Status, still_holds
from analyzer.store.batches import BatchStore
from analyzer.store.values import BatchDocument, BatchEntry, BatchInput, BatchPlace

__all__ = ["DatabaseOutput"]

_AT_ONCE = 1000
"""Inputs whose places are written together: to write them again costs little, should a run be killed in between."""


@dataclass(slots=True)
class _Slot:
    """The place of an input that waits."""

    number: int
    member: int = 0
    package: "_Slot | None" = None
    identity: str = ""
    """Of a package: its hash and its name."""


@dataclass(frozen=True, slots=True)
class _Known:
    entry: Entry
    is_current: bool


class DatabaseOutput:
    """The results and the manifest of one batch in a database.

    Its methods raise StoreError, and Overtaken where another run writes to the same batch.
    """

    def __init__(self, store: BatchStore, versions: str) -> None:
        self.is_changed = False
        self._store = store
        self._versions = versions
        self._number = 0
        self._slots: dict[str, _Slot] = {}
        self._known: dict[str, _Known | None] = {}
        """What the database said of inputs that are not finished yet."""
        self._carried: list[tuple[str, str, BatchPlace]] = []

    @property
    def waiting(self) -> int:
        """Inputs that were announced and are not written yet."""
        return len(self._slots)

    def find(self, name: str) -> Entry | None:
        """What an earlier run found out about an input, where it would still find the same in the same bytes."""
        known = self._find(name)
        return known.entry if known else None

    def _find(self, name: str) -> _Known | None:
        if name not in self._known:
            found = self._store.entry(name)
            self._known[name] = _Known(_entry(found), found.is_current) if found and self._holds(found) else None
        return self._known[name]

    def _holds(self, entry: BatchEntry) -> bool:
        return still_holds(entry.versions, entry.tries, self._versions)

    def members_of(self, name: str) -> list[Entry]:
        """The entries of the inputs in a package that is unchanged."""
        package = self.find(name)
        if not package:
            return []
        found = self._store.members(_identity(package))
        if len(found) != package.members or not all(map(self._holds, found)):
            return []
        self._known |= {member.name: _Known(_entry(member), member.is_current) for member in found}
        return [_entry(member) for member in found]

    def announce(self, name: str, *, after: str = "") -> None:
        """An input will be reported on, after all others, or after one that waits still: a package or its member."""
        if after:
            before = self._slots[after]
            self._slots[name] = _Slot(before.number, before.member + 1, before.package or before)
        else:
            self._slots[name] = _Slot(self._number)
            self._number += 1

    def put(self, entry: Entry, outcomes: Sequence[Outcome]) -> None:
        """What was found out about an input."""
        self.is_changed = True
        documents = (BatchDocument(item.name, item.line, item.verdict, item.error) for item in outcomes)
        result = BatchInput(
            name=entry.name,
            place=self._take_place(entry),
            status=entry.status,
            sha256=entry.sha256,
            versions=entry.versions,
            documents=tuple(documents),
            members=entry.members,
            error=entry.error,
            cause=entry.cause,
            tries=entry.tries,
        )
        self._store.put([result])

    def carry(self, name: str) -> Entry:
        """Let stand what an earlier run found out about an input."""
        known = self._find(name)
        if not known:
            raise LookupError(name)
        entry = known.entry
        if entry.status is Status.DONE and not known.is_current:
            entry = replace(entry, status=Status.SKIPPED)
        self._carried.append((name, entry.status, self._take_place(entry)))
        if len(self._carried) >= _AT_ONCE:
            self._write_places()
        return entry

    def _take_place(self, entry: Entry) -> BatchPlace:
        """The place of an input that waits no longer."""
        slot = self._slots.pop(entry.name)
        self._known.pop(entry.name, None)
        slot.identity = _identity(entry)
        return BatchPlace(slot.number, slot.member, slot.package.identity if slot.package else "")

    def _write_places(self) -> None:
        self._store.carry(self._carried)
        self._carried.clear()

    def finish(self) -> None:
        """All inputs are written: take out those that are gone."""
        self._write_places()
        self.is_changed |= self._store.drop_rest() > 0

    def lines(self) -> Iterator[bytes]:
        """The lines of all inputs that are written."""
        return self._store.lines()

    def summary(self) -> Summary | None:
        """What the batch came to when it was complete the last time."""
        return summary_of(dict(self._store.summary)) if self._store.summary else None

    def complete(self, summary: Summary) -> None:
        """The batch is complete."""
        self._store.finish(summary_to_dict(summary))


def _identity(package: Entry) -> str:
    """What tells a package, and its bytes, from all others."""
    return f"{package.sha256} {package.name}"


def _entry(found: BatchEntry) -> Entry:
    return Entry(
        name=found.name,
        status=Status(found.status),
        documents=found.documents,
        sha256=found.sha256,
        versions=found.versions,
        verdicts=found.verdicts,
        members=found.members,
        error=found.error,
        cause=found.cause,
        tries=found.tries,
    )
