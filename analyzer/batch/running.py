"""The run of a batch: inputs go out, results come in, and what an earlier run found out is not done again."""

from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from hashlib import file_digest
from pathlib import Path
from typing import Protocol

from analyzer.batch.inputs import list_units
from analyzer.batch.pool import Take
from analyzer.batch.summary import Summary, counted, repeated_clauses
from analyzer.batch.values import Entry, Outcome, Result, Status, Unit
from analyzer.batch.worker import failed
from analyzer.errors import DocumentError

__all__ = ["Engine", "Output", "Progress", "run_batch"]

_WINDOW = 100_000
"""Inputs that may be under way or wait for an earlier one: their lines wait on disk, their names in memory."""

Engine = Callable[[Take], Generator[Result, None, None]]
"""Takes inputs and gives results as they come, such as `analyzer.batch.pool.run_local` with its settings."""


class Progress(Protocol):
    """Is told of each input that is finished."""

    def __call__(self, entry: Entry, done: int, known: int) -> None: ...


class Output(Protocol):
    """Where results go, in the order in which inputs are announced, and what an earlier run left there."""

    is_changed: bool
    """Something else was written than an earlier run's results, which were complete."""

    @property
    def waiting(self) -> int:
        """Inputs that were announced and are not written yet."""

    def find(self, name: str) -> Entry | None:
        """What an earlier run found out about an input, where it would still find the same in the same bytes."""

    def members_of(self, name: str) -> list[Entry]:
        """What it found out about the inputs in a package; nothing where that is not known of all of them."""

    def announce(self, name: str, *, after: str = "") -> None:
        """An input will be reported on, after all others, or after one that waits still."""

    def put(self, entry: Entry, outcomes: Sequence[Outcome]) -> None:
        """What was found out about an input."""

    def carry(self, name: str) -> Entry:
        """Let stand what an earlier run found out about an input."""

    def finish(self) -> None:
        """All inputs were reported on."""

    def lines(self) -> Iterator[bytes]:
        """The lines of all inputs."""

    def summary(self) -> Summary | None:
        """What the batch came to when it was complete the last time."""

    def complete(self, summary: Summary) -> None:
        """The batch is complete."""


@dataclass(slots=True)
class _Run:
    """What the parts of one run share."""

    output: Output
    versions: str
    listing: Iterator[Unit | DocumentError]
    progress: Progress | None
    total: int
    members: deque[Unit]
    statuses: Counter[str]
    verdicts: Counter[str]
    done: int = 0

    def take(self) -> Unit | None:
        """The next input that must be looked into."""
        while self.output.waiting < _WINDOW:
            if self.members:
                return self._known(self.members.popleft())
            item = next(self.listing, None)
            if item is None:
                return None
            self.output.announce(item.name)
            if isinstance(item, DocumentError):
                unit = Unit(item.name, "")
                self.take_in(failed(unit, type(item).__name__, item.cause, item.remedy))
            elif not self._is_carried(item):
                return self._known(item)
        return None

    def _known(self, unit: Unit) -> Unit:
        entry = self.output.find(unit.name)
        return replace(unit, known=entry.sha256) if entry and not entry.members else unit

    def _is_carried(self, unit: Unit) -> bool:
        """Take over what an earlier run found out about a file that is the same, without a worker."""
        entry = self.output.find(unit.name)
        if entry is None or not entry.sha256 or _digest(unit) != entry.sha256:
            return False
        members = self.output.members_of(unit.name) if entry.members else []
        if len(members) != entry.members:
            return False
        after = unit.name
        for member in members:
            self.output.announce(member.name, after=after)
            after = member.name
        self.total += len(members)
        for name in (unit.name, *(member.name for member in members)):
            self._count(self.output.carry(name))
        return True

    def take_in(self, result: Result) -> None:
        """What a worker said of an input."""
        name = result.unit.name
        if result.is_unchanged:
            self._count(self.output.carry(name))
            return
        after = name
        for member in result.members:
            self.output.announce(member.name, after=after)
            after = member.name
        self.members.extend(result.members)
        self.total += len(result.members)
        entry = _entry(result, self.versions)
        self.output.put(entry, result.outcomes)
        self._count(entry)

    def _count(self, entry: Entry) -> None:
        self.done += 1
        self.statuses[entry.status] += 1
        self.verdicts.update(dict(entry.verdicts))
        if self.progress:
            self.progress(entry, self.done, self.total)


def run_batch(
    sources: Sequence[str],
    output: Output,
    engine: Engine,
    versions: str,
    *,
    besides: Sequence[Path] = (),
    progress: Progress | None = None,
) -> Summary:
    """Report on every document under some sources, and return what it came to.

    ``versions`` are those of `analyzer.batch.worker.versions_of`; what an earlier run reported with others is done
    again. ``besides`` are files and folders that are no inputs. Stopped at any moment, a run with the same output goes
    on where this one ended. Raises FairtermsError where the output or the engine fails.
    """
    total = sum(1 for _ in list_units(sources, besides=besides))
    listing = list_units(sources, besides=besides)
    run = _Run(output, versions, listing, progress, total, deque(), Counter(), Counter())
    with closing(engine(run.take)) as results:  # processes end here and now, not when somebody collects them
        for result in results:
            run.take_in(result)
    output.finish()
    return _summary(run, output, versions)


def _summary(run: _Run, output: Output, versions: str) -> Summary:
    """What the batch came to; the lines are read only where some of them changed."""
    earlier = None if output.is_changed else output.summary()
    findings, clauses = (earlier.findings, earlier.clauses) if earlier else repeated_clauses(output.lines())
    summary = Summary(
        inputs=run.done,
        statuses=counted(run.statuses),
        documents=run.verdicts.total(),
        verdicts=counted(run.verdicts),
        findings=findings,
        clauses=clauses,
        versions=versions,
    )
    output.complete(summary)
    return summary


def _digest(unit: Unit) -> str:
    """SHA-256 of a local file; empty where it is none, or can't be read: a worker will say why."""
    path = Path(unit.place)
    if unit.data is not None or unit.member or "://" in unit.place:
        return ""
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return ""


def _entry(result: Result, versions: str) -> Entry:
    return Entry(
        name=result.unit.name,
        status=Status.FAILED if result.error else Status.DONE,
        documents=len(result.outcomes),
        sha256=result.sha256 or _digest(result.unit),  # a worker that died told none
        versions=versions,
        verdicts=_verdicts(result.outcomes),
        members=len(result.members),
        error=result.error,
        cause=result.cause,
        tries=result.tries,
    )


def _verdicts(outcomes: Iterable[Outcome]) -> tuple[tuple[str, int], ...]:
    return counted(Counter(outcome.verdict or outcome.error for outcome in outcomes))
