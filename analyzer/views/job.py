"""Reading documents beside the page, so that it can say how far it is and take a cancel at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

from analyzer.document import Source
from analyzer.engine import Analysis
from analyzer.errors import DocumentError, FairtermsError
from analyzer.findings import Failure
from analyzer.parsing import expand
from analyzer.parsing.sniffing import MediaType, sniff

__all__ = ["Analyze", "Job", "Outcome", "start"]

Outcome = Analysis | Failure
Analyze = Callable[[Source, Callable[[int, int], None]], Analysis]

_ONE_AT_A_TIME = Lock()
"""Two documents at once take as long as one after the other, and twice the memory."""


class _Cancelled(BaseException):
    """Raised through the parser; no Exception, since parsers turn those into errors of the document."""


@dataclass(slots=True)
class Job:
    """Documents that are being read. The thread writes and the page looks on; only ``cancel`` goes the other way."""

    names: tuple[str, ...]
    """The files as they were given; a package among them is one."""
    outcomes: list[Outcome] = field(default_factory=list)
    finished: int = 0
    """How many of the files are read, with all that they hold."""
    current: str = ""
    page: int = 0
    pages: int = 0
    is_waiting: bool = True
    """Another document is being read first."""
    _stop: Event = field(default_factory=Event)
    _done: Event = field(default_factory=Event)

    def is_done(self, *, within: float = 0.0) -> bool:
        """Nothing is left to read, or will be after so many seconds."""
        return self._done.wait(within)

    def cancel(self) -> None:
        """Stop at the next page; what is done stays."""
        self._stop.set()

    def unread(self) -> tuple[Failure, ...]:
        """The files that a cancel left out, as what there is to say about them."""
        cause = "reading was cancelled before it was done; what it holds was not read, or not all of it."
        return tuple(
            Failure(name, "Cancelled", cause, "Add it again to read it.") for name in self.names[self.finished :]
        )

    def finish(self) -> None:
        """Nothing more will be read."""
        self._done.set()

    def progress(self, page: int, pages: int) -> None:
        """What the parser reports to."""
        if self._stop.is_set():
            raise _Cancelled
        self.page, self.pages = page, pages


def start(analyze: Analyze, sources: Sequence[Source]) -> Job:
    """Read documents in a thread of their own; one that can't be read never stops the rest.

    ``analyze`` gets each document and what to report its pages to. It runs in the thread, where there is no session.
    """
    job = Job(tuple(source.name for source in sources))
    Thread(target=_run, args=(job, analyze, tuple(sources)), daemon=True, name="fairterms-reading").start()
    return job


def _run(job: Job, analyze: Analyze, sources: Sequence[Source]) -> None:
    try:
        for source in sources:
            for member in _expanded(source):
                job.outcomes.append(member if isinstance(member, Failure) else _outcome(job, analyze, member))
            job.finished += 1
    except _Cancelled:
        pass
    finally:
        job.finish()


def _expanded(source: Source) -> tuple[Source | Failure, ...]:
    """A package's documents, or the file itself; an e-mail with attachments comes before them."""
    try:
        members = expand(source)
    except DocumentError as error:
        return (_failure(error),)
    if sniff(source) == MediaType.ZIP:
        return tuple(_failure(m) if isinstance(m, DocumentError) else m for m in members) or (_nothing_in(source),)
    return (source, *(_failure(m) if isinstance(m, DocumentError) else m for m in members))


def _nothing_in(source: Source) -> Failure:
    return Failure(
        source.name, "EmptyDocument", "there is no document in the package.", "Check that it is the right file."
    )


def _outcome(job: Job, analyze: Analyze, source: Source) -> Outcome:
    job.current, job.page, job.pages, job.is_waiting = source.name, 0, 0, True
    while not _ONE_AT_A_TIME.acquire(timeout=0.2):
        job.progress(0, 0)
    try:
        job.is_waiting = False
        job.progress(0, 0)
        return analyze(source, job.progress)
    except FairtermsError as error:
        return _failure(error)
    except MemoryError:
        return Failure(source.name, "MemoryError", "it takes more memory than there is.", "Split it into parts.")
    except Exception as error:  # noqa: BLE001 - a fault of ours must not take the other documents down
        cause = f"something went wrong in Fairterms itself ({type(error).__name__})."
        return Failure(source.name, "FairtermsFault", cause, "The other documents are not affected. Please report it.")
    finally:
        _ONE_AT_A_TIME.release()


def _failure(error: FairtermsError) -> Failure:
    return Failure(error.name, type(error).__name__, error.cause, error.remedy)
