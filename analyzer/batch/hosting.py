"""What a worker of a cluster does: it hands inputs to a program beside it, which is a batch of its own.

Dask's workers are daemonic processes, which Python's multiprocessing lets have no children, and a document must not end
them. So each worker keeps a program that runs the local engine, with the processes that isolate documents: one for each
of its threads, forked from one that holds rules and model. They speak over its standard input and output, and it ends
when the worker does.
"""

import os
import pickle
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from itertools import count
from queue import SimpleQueue
from threading import Event, Lock, Thread, Timer
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from analyzer.batch.pool import ask_worker, run_local
from analyzer.batch.server import start_server
from analyzer.batch.values import Result, Settings, Unit
from analyzer.batch.worker import program_of
from analyzer.errors import FairtermsError

if TYPE_CHECKING:
    from distributed import Worker

__all__ = ["Answer", "HostEnded", "begin_host", "end_hosts", "work_alone", "work_together"]

_IDLE_SECONDS = 600.0
"""How long a host waits for work, and at most twice that, should nobody have told it that the batch is over."""
_SLACK_SECONDS = 60.0
"""Beyond a unit's own limit, and twice, for it may be tried twice."""

_END_SECONDS = 5.0

_Answered = TypeVar("_Answered")
_Results = tuple[Result, ...]
_Group = tuple[int, tuple[Unit, ...]]
"""A number by which its answer is known, and inputs."""
Answer = tuple[_Results, float]
"""Results in the order of their inputs, and the seconds that they took."""


class HostEnded(Exception):
    """The program that keeps the isolating processes ended before it had answered."""


def work_together(units: Sequence[Unit], settings: Settings, program: str) -> Answer:
    """What there is to say of some inputs, one after the other, each in an isolating process; runs on the cluster.

    Raises FairtermsError where this machine would find something else than the one that asks, whose ``program_of`` is
    given, and HostEnded.
    """
    from distributed import get_worker

    return _answer(_shared(settings, get_worker().state.nthreads), units, program)


def work_alone(unit: Unit, settings: Settings, program: str) -> Answer:
    """The same for one input, with a host for it alone, so that no other's is blamed on it, nor it for another."""
    host = _Host(_with_reachable_cache(settings), 1)
    try:
        return _answer(host, (unit,), program)
    finally:
        host.end()


def begin_host(settings: Settings, dask_worker: "Worker") -> None:
    """Let this worker's host load what it needs; Dask gives the worker.

    Where it can't be started, the first task meets the same and says so.
    """
    with suppress(OSError, HostEnded):
        _shared(settings, dask_worker.state.nthreads)


def end_hosts(settings: Settings) -> None:
    """End the hosts of this worker that a batch had; those that are at work leave their task with HostEnded."""
    settings = _with_reachable_cache(settings)
    with _lock:
        for host in [host for host in _hosts if host.settings == settings]:
            _hosts.remove(host)  # a batch that comes next must not be given one that is ending
            host.process.terminate()


def _answer(host: "_Host", units: Sequence[Unit], program: str) -> Answer:
    found = host.program.result()
    if found != program:
        host.end()
        raise FairtermsError(
            "cluster",
            f"a worker has another version of Fairterms, its rules or its model ({_difference(found, program)}).",
            "Install the same on all workers, and start them again.",
        )
    started = time.perf_counter()
    results = host.ask(units)
    return results, time.perf_counter() - started


def _difference(found: str, program: str) -> str:
    pairs = zip(program.split(), found.split(), strict=False)
    return next((f"{one[:20]} here, {other[:20]} there" for one, other in pairs if one != other), "")


class _Host:
    """A program beside this worker; any number of threads may ask it."""

    def __init__(self, settings: Settings, jobs: int) -> None:
        self.settings = settings
        self.program: Future[str] = Future()
        """The versions that it finds, once it has loaded them."""
        # -P keeps what lies in the worker's folder from being imported.
        command = [sys.executable, "-P", "-m", "analyzer.batch.hosting"]
        # Dask has its workers give memory back at once, which takes a tenth of the time; a host does it now and then.
        environment = {name: value for name, value in os.environ.items() if name != "MALLOC_TRIM_THRESHOLD_"}
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        self._tickets = count()
        self._asked: dict[int, Future[_Results]] = {}
        self._end = ""
        self._lock = Lock()
        Thread(target=self._listen, daemon=True).start()
        self._send((settings, jobs))

    @property
    def is_of_use(self) -> bool:
        return self.process.poll() is None

    @property
    def is_idle(self) -> bool:
        return not self._asked

    def ask(self, units: Sequence[Unit]) -> _Results:
        """Raises FairtermsError where that is the answer, and HostEnded."""
        answer: Future[_Results] = Future()
        guard = Timer(len(units) * 2 * (self.settings.limits.seconds + _SLACK_SECONDS), self.process.kill)
        guard.daemon = True
        guard.start()
        try:
            with self._lock:
                if self._end:
                    raise HostEnded(self._end)
                ticket = next(self._tickets)
                self._asked[ticket] = answer
                self._send((ticket, tuple(units)))
            return answer.result()
        finally:
            guard.cancel()

    def end(self) -> None:
        """Let it end its processes and itself; those that wait for it are told so."""
        self.process.terminate()
        try:
            self.process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def _send(self, value: object) -> None:
        assert self.process.stdin  # noqa: S101 - it was made with a pipe
        try:
            pickle.dump(value, self.process.stdin)
            self.process.stdin.flush()
        except (OSError, ValueError) as error:
            raise HostEnded(f"exit code {self.process.wait()}") from error

    def _listen(self) -> None:
        """Hand answers to those who asked, until the program ends."""
        assert self.process.stdout  # noqa: S101 - it was made with a pipe
        with suppress(EOFError, OSError, pickle.UnpicklingError):
            _settle(self.program, pickle.load(self.process.stdout))  # noqa: S301 - it is a child of ours
            while True:
                ticket, answer = pickle.load(self.process.stdout)  # noqa: S301 - it is a child of ours
                _settle(self._asked.pop(ticket), answer)
        self.end()
        with self._lock:
            self._end = f"exit code {self.process.wait()}"
        left: list[Future[Any]] = [self.program, *self._asked.values()]
        for future in left:
            if not future.done():
                future.set_exception(HostEnded(self._end))


def _settle(future: "Future[_Answered]", answer: "_Answered | FairtermsError") -> None:
    if isinstance(answer, FairtermsError):
        future.set_exception(answer)
    else:
        future.set_result(answer)


_lock = Lock()
_hosts: list[_Host] = []
"""Those that this worker's threads share; there is more than one only while several batches use the cluster."""


def _shared(settings: Settings, jobs: int) -> _Host:
    """The host for some settings, else a new one in place of those that are of no use any more. Raises HostEnded."""
    settings = _with_reachable_cache(settings)
    with _lock:
        for host in _hosts:
            if host.settings == settings and host.is_of_use:
                return host
        for host in _hosts.copy():
            if host.is_idle:
                _hosts.remove(host)
                host.process.terminate()
        _hosts.append(_Host(settings, jobs))
        return _hosts[-1]


def _with_reachable_cache(settings: Settings) -> Settings:
    """What was read is kept where this machine sees the folder of results, and nowhere else."""
    is_here = settings.cache is not None and settings.cache.parent.is_dir()
    return settings if is_here else replace(settings, cache=None)


def _serve(asked: BinaryIO, answers: BinaryIO) -> None:
    """The program: settings come first, then groups; answers go back as they are done."""
    settings, jobs = pickle.load(asked)  # noqa: S301 - from the worker that started this program
    desk = _Desk(settings, answers)
    try:
        run = start_server(settings)
        desk.send(ask_worker(program_of, settings, run))
    except FairtermsError as error:
        desk.send(error)
        return
    Thread(target=desk.listen, args=(asked,), daemon=True).start()
    for _ in range(jobs):
        Thread(target=desk.work, args=(run,), daemon=True).start()
    desk.wait()


class _Desk:
    """What the threads of a host share. Each takes a group, has a process of its own read it, and answers."""

    def __init__(self, settings: Settings, answers: BinaryIO) -> None:
        self._settings = settings
        self._answers = answers
        self._groups: SimpleQueue[_Group] = SimpleQueue()
        self._lock = Lock()
        self._came = self._answered = 0
        self._is_over = Event()

    def send(self, value: object) -> None:
        with self._lock:
            pickle.dump(value, self._answers)
            self._answers.flush()

    def listen(self, asked: BinaryIO) -> None:
        """Take in groups until nobody asks any more."""
        with suppress(EOFError):
            while True:
                self._groups.put(pickle.load(asked))  # noqa: S301 - from the worker that started this program
                self._came += 1
        self._is_over.set()

    def wait(self) -> None:
        """Return when it is over, or nobody has asked for long."""
        seen = -1
        while not self._is_over.wait(_IDLE_SECONDS) and (self._answered < self._came or self._came > seen):
            seen = self._came

    def work(self, run: str) -> None:
        """Answer groups, one after the other."""
        try:
            while True:
                self._work(run)
        finally:  # a fault of ours; who waits for an answer must not wait for ever
            self._is_over.set()

    def _work(self, run: str) -> None:
        """Answer groups until one ends in an error, which is its answer."""
        number, units = -1, tuple[Unit, ...]()
        waiting: deque[Unit] = deque()
        found: dict[str, Result] = {}

        def take() -> Unit | None:
            nonlocal number, units
            if len(found) == len(units):
                number, units = self._groups.get()
                waiting.extend(units)
                found.clear()
            return waiting.popleft() if waiting else None

        try:
            for result in run_local(take, self._settings, 1, run=run):
                found[result.unit.name] = result
                if len(found) == len(units):
                    self._answer(number, tuple(found[unit.name] for unit in units))
        except FairtermsError as error:
            self._answer(number, error)

    def _answer(self, number: int, value: "_Results | FairtermsError") -> None:
        self.send((number, value))
        with self._lock:
            self._answered += 1


def _main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # Python's own streams won't do: no library's words may come between, and at exit they would wait for the reader.
    asked, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        _serve(asked, answers)
    finally:  # told once more while it ends its processes, it goes on with that
        signal.signal(signal.SIGTERM, signal.SIG_IGN)


if __name__ == "__main__":
    _main()
