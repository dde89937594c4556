"""What the parts of a batch hand to each other; plain values, which travel between processes and machines."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from analyzer.document import TableFinder, View

__all__ = ["Entry", "Limits", "Outcome", "Result", "Settings", "Status", "Unit", "still_holds"]


class Status(StrEnum):
    """What became of an input."""

    DONE = "done"
    FAILED = "failed"
    """No report on it, or not on each document in it; the entry says why."""
    SKIPPED = "skipped"
    """Unchanged since an earlier run, whose lines were taken over."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one input may take before it is given up."""

    seconds: float = 120.0
    memory: int = 2_000_000_000
    """Bytes of memory that the process that reads it may write to."""
    size: int = 500_000_000
    """Bytes of the file."""
    pages: int = 20_000


@dataclass(frozen=True, slots=True)
class Settings:
    """How documents are read and judged: what an `analyzer.engine.Analyzer` is made with, and the limits."""

    rules: tuple[Path, ...] = ()
    policy: str | None = None
    """Name of a shipped policy, or a file."""
    model: str | None = "default"
    """Name of a shipped model, or a folder; None for rules alone."""
    view: View = View.ACCEPTED
    ocr: bool = True
    tables: TableFinder = TableFinder.LINES
    limits: Limits = field(default=Limits())
    cache: Path | None = None
    """Folder with what was read earlier, so that other rules need not read it again."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One input: a file, or a file in a ZIP package, where it is a package of documents."""

    name: str
    """Unique in its batch, and fit to be shown."""
    place: str
    """A path, as the system spells it, or a URL."""
    member: str = ""
    """The name of the entry in the ZIP package at ``place``, as the package spells it."""
    number: int = 0
    """Which of the entries of that name in the package, from 0."""
    data: bytes | None = field(default=None, repr=False)
    """The bytes, where nobody but this process can read the place."""
    is_named: bool = False
    """Somebody named this very file, so that it is theirs to judge whether it is a document."""
    known: str = ""
    """SHA-256 of the bytes that an earlier run reported on; the same bytes need no second report."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What there is to keep of one document: its line, and what a summary counts."""

    name: str
    line: bytes = field(repr=False)
    """The report, or what is said instead of it, as one line of JSON with its line break."""
    verdict: str
    """``pass``, ``fail`` or ``cannot-evaluate``; empty where there is no report."""
    error: str = ""
    """The kind of error where there is no report, such as ``EncryptedDocument``."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a worker says of an input."""

    unit: Unit
    sha256: str = ""
    """Of the file's bytes; empty where they could not be read."""
    outcomes: tuple[Outcome, ...] = ()
    members: tuple[Unit, ...] = ()
    """A ZIP package's entries, each an input of its own; there are no outcomes then."""
    is_unchanged: bool = False
    """The bytes are those that an earlier run reported on: nothing was done."""
    error: str = ""
    """Why the input itself came to nothing: ``timeout``, ``crash``, ``memory``, or the kind of a DocumentError."""
    cause: str = ""
    tries: int = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the manifest: one input and what became of it."""

    name: str
    status: Status
    documents: int
    sha256: str
    versions: str
    """What the reports were made with; reports of other versions are not taken over."""
    verdicts: tuple[tuple[str, int], ...] = ()
    """How many documents by verdict, or by kind of error."""
    members: int = 0
    """For a ZIP package, how many of the inputs that follow stand in it."""
    error: str = ""
    cause: str = ""
    tries: int = 1
    end: int = 0
    """Where its lines end in the file of results, in bytes."""


def still_holds(made_with: str, tries: int, versions: str) -> bool:
    """Whether these versions would find out about the same bytes what those did that an entry was made with.

    Both are of `analyzer.batch.worker.versions_of`. Their last word, the limits on time and memory, counts for inputs
    that ended a worker: they get another chance when somebody raises a limit.
    """
    if tries > 1:
        return made_with == versions
    return made_with.rpartition(" ")[0] == versions.rpartition(" ")[0]
