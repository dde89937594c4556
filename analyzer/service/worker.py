"""A process that analyses for the service, so that a file that hangs or crashes it takes nothing else down."""

import multiprocessing
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO

from analyzer.document import Source
from analyzer.errors import FairtermsError
from analyzer.service.problems import Problem
from analyzer.service.settings import Settings

__all__ = ["DOCUMENTS", "Answer", "Job", "Task", "Worker", "WorkerGone"]

GRACE = 3.0
"""Seconds that a process gets to end by itself, with the programs that it started."""
_START = 120.0
"""Seconds that a process may take to load its rules and model."""


DOCUMENTS = frozenset({"file", "files"})
"""Parts of a form that bring documents; others bring what they are held against."""


class Task(StrEnum):
    """What a request asks for."""

    CHECK = "check"
    SCAN = "scan"
    ANNOTATE = "annotate"


@dataclass(frozen=True, slots=True)
class Job:
    """A request as it goes to the process; the bytes of its files follow it, in the order of their names."""

    task: Task
    names: tuple[str, ...]
    parts: tuple[str, ...]
    """Under which name of the form each file came."""
    policy: str
    redline: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the caller."""

    media_type: str
    body: bytes = field(repr=False)
    name: str = ""
    """Of the file that is sent; empty for a report."""


class WorkerGone(Exception):
    """A process had ended before it was given anything to do."""


class Worker:
    """The service's end of the process. ``ask`` waits; call it from a thread of its own, ``end`` from any."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._connection, far = multiprocessing.Pipe()
        self._ends = Lock()
        self._is_ready = False
        # Spawned, not forked: the service has threads, and a fork of those may hang.
        context = multiprocessing.get_context("spawn")
        self._folder = tempfile.TemporaryDirectory(prefix="worker-", dir=folder, ignore_cleanup_errors=True)
        self._process = context.Process(target=_serve, args=(far, settings, self._folder.name), daemon=True)
        self._process.start()
        far.close()

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    def wait_until_ready(self) -> None:
        """Wait for rules and model. Raises FairtermsError where they can't be loaded."""
        if self._is_ready:
            return
        try:
            said = self._connection.recv() if self._connection.poll(_START) else None
        except (EOFError, OSError):
            said = None
        if isinstance(said, FairtermsError):
            raise said
        if said is None:
            raise FairtermsError("Fairterms", "the process that analyses did not start.", "See its messages above.")
        self._is_ready = True

    def ask(self, job: Job, files: Sequence[BinaryIO], seconds: float) -> Answer | Problem:
        """Analyse files; what takes longer than ``seconds`` or ends the process is a problem, and the process over.

        Raises WorkerGone where the process had ended before it began, as the system ends some to have their memory.
        """
        has_begun = False
        try:
            self.wait_until_ready()
            self._connection.send(job)
            for file in files:
                file.seek(0)
                self._connection.send_bytes(file.read())
            has_begun = self._connection.recv()
            if self._connection.poll(seconds):
                answer: Answer | Problem = self._connection.recv()
                return answer
        except (EOFError, OSError):
            self.end()
            if not has_begun:
                raise WorkerGone from None
            return Problem(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                "Crash",
                "the process that analysed the files ended; they were not checked.",
                "Send the files one by one to see which does it, and report it.",
                _only(job),
            )
        except FairtermsError as error:
            self.end()
            return Problem(HTTPStatus.SERVICE_UNAVAILABLE, type(error).__name__, error.cause, error.remedy, error.name)
        self.end()
        return Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "TookTooLong",
            f"the analysis took more than {seconds:g} seconds and was stopped; nothing was checked.",
            "Send fewer or smaller files, or start the service with a longer --seconds.",
            _only(job),
        )

    def end(self) -> None:
        """End the process now, what it started, and what it wrote to disk."""
        with self._ends:
            self._process.terminate()
            self._process.join(GRACE)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()
            # The connection stays open: a thread may be waiting on it, and learns of the end that way.
            self._folder.cleanup()


def _only(job: Job) -> str:
    documents = [name for name, part in zip(job.names, job.parts, strict=True) if part in DOCUMENTS]
    return documents[0] if len(documents) == 1 else ""


def _serve(connection: Connection, settings: Settings, folder: str) -> None:
    """What the process does until its service ends."""
    # The service ends its processes itself; Ctrl+C in a terminal reaches them all.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # As an exception, so that conversions on the way clean up after themselves.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    tempfile.tempdir = folder
    from analyzer.service.desk import Desk

    try:
        desk = Desk(settings)
    except FairtermsError as error:
        connection.send(error)
        return
    connection.send(True)
    with suppress(EOFError, OSError):
        while True:
            job: Job = connection.recv()
            sources = [Source(name, connection.recv_bytes()) for name in job.names]
            connection.send(True)
            connection.send(_answer(desk, job, sources))


def _answer(desk: Any, job: Job, sources: Sequence[Source]) -> Answer | Problem:
    """An answer whatever happens. A fault of ours names its class alone: its message may quote the document."""
    try:
        answer: Answer | Problem = desk(job, sources)
    except MemoryError:
        return _fault("MemoryError", "it takes more memory than there is.", "Split it into parts.", job)
    except Exception as error:  # noqa: BLE001 - the next request must find the process alive
        cause = f"something went wrong in Fairterms itself ({type(error).__name__})."
        return _fault("FairtermsFault", cause, "Please report it. Nothing was checked.", job)
    return answer


def _fault(kind: str, cause: str, remedy: str, job: Job) -> Problem:
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, kind, cause, remedy, _only(job))
