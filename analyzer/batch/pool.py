"""The local engine: worker processes, of which one may hang, crash or swell without touching the others.

Pebble keeps the processes: it ends one that takes too long, notices one that died, and starts another in its place.
"""

import signal
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from analyzer.batch.server import context, forget_other_runs, start_server
from analyzer.batch.values import Result, Settings, Unit
from analyzer.batch.worker import OUT_OF_MEMORY, failed, load_analyzer, prepare, work
from analyzer.errors import FairtermsError
from analyzer.gate import CRASH

if TYPE_CHECKING:
    from pebble import ProcessPool

__all__ = ["TIMED_OUT", "Take", "ask_worker", "run_local"]

TIMED_OUT = "TimedOut"
_MAX_BROKEN = 3
"""How often in a row the pool may break before anything is finished."""
_ENDED_BY_US = frozenset({TIMED_OUT, CRASH, OUT_OF_MEMORY})

_Answer = TypeVar("_Answer")

Take = Callable[[], Unit | None]
"""Hands out the next input; None where there is none at the moment. Results in between may bring more."""


def run_local(take: Take, settings: Settings, jobs: int, *, run: str = "") -> Generator[Result, None, None]:
    """The results of all inputs, as they come, from ``jobs`` worker processes.

    An input whose process was ended or died is tried once more, alone in a process of its own. ``run`` is what
    `analyzer.batch.server.start_server` returned, where it was begun with.
    """
    load_analyzer.cache_clear()  # here it has served its purpose
    with _Workers(settings, jobs, run or start_server(settings)) as workers:
        while True:
            while workers.has_room and (unit := take()):
                workers.start(unit)
            if not workers.is_busy:
                return
            yield from workers.finished()


def ask_worker(question: Callable[[Settings], _Answer], settings: Settings, run: str) -> _Answer:
    """What a process that is forked from the server says to a question; it need not load anything for it.

    Raises what the question raises, and BrokenProcessPool.
    """
    with ProcessPoolExecutor(1, mp_context=context(), initializer=forget_other_runs, initargs=(run,)) as worker:
        return worker.submit(question, settings).result()


@dataclass(frozen=True, slots=True)
class _Running:
    unit: Unit
    tries: int


class _Workers:
    """Two pools: one for all inputs, and one with a fresh process for each second try."""

    def __init__(self, settings: Settings, jobs: int, run: str) -> None:
        self._settings = settings
        self._run = run
        self._jobs = jobs
        self._running: dict[Future[Result], _Running] = {}
        self._pools: dict[int, ProcessPool] = {}
        self._broken = 0

    def __enter__(self) -> "_Workers":
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    @property
    def has_room(self) -> bool:
        """One input waits for each process, so that none is idle while the results of another are written."""
        return sum(running.tries == 1 for running in self._running.values()) < 2 * self._jobs

    @property
    def is_busy(self) -> bool:
        return bool(self._running)

    def start(self, unit: Unit, tries: int = 1) -> None:
        pool = self._pool(tries)
        future = pool.schedule(work, args=(unit, self._settings), timeout=self._settings.limits.seconds)
        self._running[future] = _Running(unit, tries)

    def _pool(self, tries: int) -> "ProcessPool":
        pool = self._pools.get(tries)
        if pool is None:
            from pebble import ProcessPool

            pool = self._pools[tries] = ProcessPool(
                max_workers=self._jobs if tries == 1 else 1,
                max_tasks=0 if tries == 1 else 1,
                initializer=_prepare,
                initargs=(self._run, self._settings),
                context=context(),
            )
        return pool

    def finished(self) -> Iterator[Result]:
        """Wait for some results, and start the second tries that they ask for."""
        done, _ = wait(self._running, return_when=FIRST_COMPLETED)
        for future in done:
            running = self._running.pop(future, None)
            if running is None:  # started anew, as its pool broke
                continue
            try:
                result = self._result(future, running)
            except BrokenProcessPool:
                self._start_anew(running)
                continue
            self._broken = 0
            if result.error in _ENDED_BY_US and running.tries == 1:
                self.start(running.unit, tries=2)
            else:
                yield replace(result, tries=running.tries)

    def _start_anew(self, running: _Running) -> None:
        """Make new pools for what was under way: one broke, as when a process is killed while it answers."""
        self._broken += 1
        if self._broken > _MAX_BROKEN:
            raise FairtermsError(
                "batch",
                f"the processes that read documents can't be started ({_MAX_BROKEN} tries).",
                "Give them more memory with --limit-memory, or see whether the machine has any left.",
            )
        again = [running, *self._running.values()]
        self._running.clear()
        self._stop()
        for one in again:
            self.start(one.unit, one.tries)

    def _stop(self) -> None:
        for pool in self._pools.values():
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join()
        self._pools.clear()

    def _result(self, future: "Future[Result]", running: _Running) -> Result:
        from pebble import ProcessExpired

        unit, limits = running.unit, self._settings.limits
        try:
            return future.result()
        except FutureTimeout:
            cause = f"it took longer than {limits.seconds:,.0f} seconds and was stopped."
            return failed(unit, TIMED_OUT, cause, "Split it, or raise the limit with --timeout.")
        except ProcessExpired as error:
            cause = f"the process that read it ended all at once ({_reason(error.exitcode)})."
            return failed(unit, CRASH, cause, "Open it in the program that made it and save a copy.")


def _prepare(run: str, settings: Settings) -> None:
    forget_other_runs(run)
    prepare(settings)


def _reason(code: int | None) -> str:
    if code is not None and code < 0:
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"
    return f"exit code {code}"
