"""What a worker of a cluster does: it hands inputs to a program beside it, which is a batch of its own.

Dask's workers are daemonic processes, which Python's multiprocessing lets have no children, and a document must not end
them. So each of a worker's threads keeps a program that runs the local engine, with the processes that isolate
documents. They speak over its standard input and output, and it ends when the worker does.
"""

import os
import pickle
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from threading import Lock, Thread, Timer
from typing import TYPE_CHECKING, BinaryIO

from analyzer.batch.pool import ask_worker, run_local
from analyzer.batch.server import start_server
from analyzer.batch.values import Result, Settings, Unit
from analyzer.batch.worker import program_of
from analyzer.errors import FairtermsError

if TYPE_CHECKING:
    from distributed import Worker

__all__ = ["Answer", "HostEnded", "begin_hosts", "end_hosts", "work_together"]

_IDLE_SECONDS = 600.0
"""How long a host waits for work, should nobody have told it that the batch is over."""
_SLACK_SECONDS = 60.0
"""Beyond a unit's own limit, and twice, for it may be tried twice."""

_END_SECONDS = 5.0

Answer = tuple[tuple[Result, ...], float]
"""Results in the order of their inputs, and the seconds that they took."""


class HostEnded(Exception):
    """The program that keeps the isolating processes ended before it had answered."""


@dataclass(slots=True)
class _Host:
    settings: Settings
    process: "subprocess.Popen[bytes]"
    program: str = ""
    """The versions that it found; empty until it has loaded them."""


_lock = Lock()
_hosts: list[_Host] = []
_idle: list[_Host] = []


def work_together(units: Sequence[Unit], settings: Settings, program: str) -> Answer:
    """What there is to say of some inputs, one after the other, each in an isolating process; runs on the cluster.

    Raises FairtermsError where this machine would find something else than the one that asks, whose ``program_of`` is
    given, and HostEnded.
    """
    host = _borrowed(settings)
    try:
        host.program = host.program or str(_received(host))
        if host.program != program:
            raise FairtermsError(
                "cluster",
                f"a worker has another version of Fairterms, its rules or its model ({_difference(host, program)}).",
                "Install the same on all workers, and start them again.",
            )
        started = time.perf_counter()
        results = _asked(host, units)
        seconds = time.perf_counter() - started
    except BaseException:
        _end(host)
        raise
    with _lock:
        _idle.append(host)
    return results, seconds


def _difference(host: _Host, program: str) -> str:
    ours, theirs = program.split(), host.program.split()
    return next(
        (f"{one[:20]} here, {other[:20]} there" for one, other in zip(ours, theirs, strict=False) if one != other), ""
    )


def begin_hosts(settings: Settings, dask_worker: "Worker") -> None:
    """Let a host for each thread of this worker load what it needs; Dask gives the worker.

    Where one can't be started, the first task that wants it meets the same and says so.
    """
    with suppress(OSError, HostEnded):
        hosts = [_borrowed(settings) for _ in range(dask_worker.state.nthreads)]
        with _lock:
            _idle.extend(hosts)


def _borrowed(settings: Settings) -> _Host:
    """A host that is free, else a new one in place of one that is of no use any more. Raises HostEnded."""
    settings = _with_reachable_cache(settings)
    with _lock:
        fit = [host for host in _idle if host.settings == settings and host.process.poll() is None]
        if fit:
            _idle.remove(fit[-1])
            return fit[-1]
        stale = _idle.copy()
        _idle.clear()
    for host in stale:
        _end(host)
    return _started(settings)


def _with_reachable_cache(settings: Settings) -> Settings:
    """What was read is kept where this machine sees the folder of results, and nowhere else."""
    is_here = settings.cache is not None and settings.cache.parent.is_dir()
    return settings if is_here else replace(settings, cache=None)


def _started(settings: Settings) -> _Host:
    # -P keeps what lies in the worker's folder from being imported.
    command = [sys.executable, "-P", "-m", "analyzer.batch.hosting"]
    host = _Host(settings, subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
    with _lock:
        _hosts.append(host)
    try:
        _send(host, settings)
    except BaseException:
        _end(host)
        raise
    return host


def _asked(host: _Host, units: Sequence[Unit]) -> tuple[Result, ...]:
    limit = len(units) * 2 * (host.settings.limits.seconds + _SLACK_SECONDS)
    guard = Timer(limit, host.process.kill)
    guard.daemon = True
    guard.start()
    try:
        _send(host, tuple(units))
        found: dict[str, Result] = {}
        while len(found) < len(units):
            result = _received(host)
            if isinstance(result, Result):
                found[result.unit.name] = result
    finally:
        guard.cancel()
    return tuple(found[unit.name] for unit in units)


def _send(host: _Host, value: object) -> None:
    assert host.process.stdin  # noqa: S101 - it was made with a pipe
    try:
        pickle.dump(value, host.process.stdin)
        host.process.stdin.flush()
    except OSError as error:
        raise HostEnded(f"exit code {host.process.wait()}") from error


def _received(host: _Host) -> object:
    """Raises FairtermsError where that is the answer, and HostEnded."""
    assert host.process.stdout  # noqa: S101 - it was made with a pipe
    try:
        value: object = pickle.load(host.process.stdout)  # noqa: S301 - it is a child of ours
    except (EOFError, pickle.UnpicklingError) as error:
        host.process.kill()
        raise HostEnded(f"exit code {host.process.wait()}") from error
    if isinstance(value, FairtermsError):
        raise value
    return value


def _end(host: _Host) -> None:
    host.process.terminate()
    try:
        host.process.communicate(timeout=_END_SECONDS)
    except subprocess.TimeoutExpired:
        host.process.kill()
        host.process.communicate()
    with _lock:
        if host in _hosts:
            _hosts.remove(host)


def end_hosts() -> None:
    """End all hosts of this worker; those that are at work leave their task with HostEnded."""
    with _lock:
        _idle.clear()
        hosts = _hosts.copy()
    for host in hosts:
        host.process.terminate()


def _serve(asked: BinaryIO, answers: BinaryIO) -> None:
    """The program: settings come first, then tuples of units; results go back as they come."""
    settings: Settings = pickle.load(asked)  # noqa: S301 - from the worker that started this program
    groups: SimpleQueue[tuple[Unit, ...]] = SimpleQueue()
    waiting: deque[Unit] = deque()
    at_work = 0

    def take() -> Unit | None:
        nonlocal at_work
        if not waiting and not at_work:
            try:
                waiting.extend(groups.get(timeout=_IDLE_SECONDS))
            except Empty:
                return None
        if not waiting:
            return None
        at_work += 1
        return waiting.popleft()

    try:
        run = start_server(settings)
        _answer(answers, ask_worker(program_of, settings, run))
        Thread(target=_listen, args=(asked, groups), daemon=True).start()
        for result in run_local(take, settings, 1, run=run):
            at_work -= 1
            _answer(answers, result)
    except FairtermsError as error:
        _answer(answers, error)


def _answer(answers: BinaryIO, value: object) -> None:
    pickle.dump(value, answers)
    answers.flush()


def _listen(asked: BinaryIO, groups: "SimpleQueue[tuple[Unit, ...]]") -> None:
    """Pass on what is asked; end this program, and with it its processes, once nobody asks any more."""
    try:
        while True:
            groups.put(pickle.load(asked))  # noqa: S301 - from the worker that started this program
    except EOFError:
        os.kill(os.getpid(), signal.SIGTERM)


def _main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that a library prints may come between
    _serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    _main()
