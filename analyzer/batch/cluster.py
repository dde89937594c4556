"""The engine of many machines: Dask distributed takes groups of inputs to its workers, and their results back.

Only names and places travel, and reports. Dask starts again what was under way on a worker that died.
"""

import gc
import logging
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeVar

from analyzer.batch.hosting import Answer, HostEnded, begin_host, end_hosts, work_alone, work_together
from analyzer.batch.pool import Take
from analyzer.batch.running import Engine
from analyzer.batch.values import Result, Settings, Unit
from analyzer.batch.worker import failed, program_of
from analyzer.errors import FairtermsError
from analyzer.gate import CRASH

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["joined"]

_Answered = TypeVar("_Answered")

_CONNECT_SECONDS = 30.0
_NO_WORKER_SECONDS = 600.0
"""How long a batch goes on without any worker; a cluster may be about to start some."""
_LOOK_SECONDS = 5.0
"""Between two looks at how many workers there are."""
_GROUP_SECONDS = 2.0
"""How long a group should take: much longer than to hand it out, and much less than the batch."""
_MOST_UNITS = 64
_MOST_BYTES = 20_000_000
_GROUPS_EACH = 2
"""Groups for each thread: one at work, one to go on with."""
_MOST_TRIES = 3
"""With others, one by one, and in a process beside which there is no other."""
_REMEDY = "Look after the cluster, and go on with --resume."


@contextmanager
def joined(scheduler: str, settings: Settings) -> Iterator[Engine]:
    """An engine that gives results as they come from the workers of a Dask scheduler at an address.

    Workers begin at once to load what they need, so whoever joins may do other things meanwhile. Neighbouring inputs go
    to a worker together, since they likely stand in one folder or package. A group that ended its worker several times
    is done again one by one, and at last each by itself, so that the input that does it fails alone. Raises
    FairtermsError, as its engine does, where ``distributed`` is not installed, the scheduler can't be reached or is
    lost, or a worker has other versions.
    """
    client = _connected(scheduler)

    def results(take: Take) -> Generator[Result, None, None]:
        cluster = _Cluster(client, scheduler, settings, program_of(settings), take)
        while True:
            cluster.fill()
            if not cluster.running:
                return
            yield from cluster.finished()

    try:
        with suppress(OSError, RuntimeError, TimeoutError):  # what is wrong will be met again with the first group
            client.run(begin_host, settings, on_error="ignore")
        yield results
    finally:
        _leave(client, settings)


@dataclass(frozen=True, slots=True)
class _Group:
    units: tuple[Unit, ...]
    tries: int = 1


@dataclass(slots=True)
class _Cluster:
    client: "Client"
    scheduler: str
    settings: Settings
    program: str
    take: Take
    running: "dict[Future[Answer], _Group]" = field(default_factory=dict)
    done: "SimpleQueue[Future[Answer]]" = field(default_factory=SimpleQueue)
    ahead: Unit | None = None
    """Taken, and not in any group yet."""
    unit_seconds: float = _GROUP_SECONDS
    threads: int = 0
    looked: float = 0.0
    seen_worker: float = field(default_factory=time.monotonic)

    def fill(self) -> None:
        """Hand out as many groups as keep every worker at work, and no more: a batch may be a million documents."""
        while len(self.running) < self._room() and (units := self._next_group()):
            self._start(_Group(units))

    def _room(self) -> int:
        now = time.monotonic()
        if now - self.looked > _LOOK_SECONDS or not self.threads:
            self.threads = sum(self._asking(self.client.nthreads).values())
            self.looked = now
        return _GROUPS_EACH * max(1, self.threads)

    def _next_group(self) -> tuple[Unit, ...]:
        """Neighbours, up to what takes a while; a group ends early rather than begin another folder or package."""
        most = max(1, min(_MOST_UNITS, int(_GROUP_SECONDS / self.unit_seconds)))
        units: list[Unit] = []
        size = 0
        while len(units) < most and size < _MOST_BYTES and (unit := self.ahead or self.take()):
            self.ahead = None
            if len(units) > most // 2 and _home(unit) != _home(units[-1]):
                self.ahead = unit
                break
            units.append(unit)
            size += len(unit.data or b"")
        return tuple(units)

    def _start(self, group: _Group) -> None:
        work, asked = (work_together, group.units) if group.tries < _MOST_TRIES else (work_alone, group.units[0])
        future = self.client.submit(work, asked, self.settings, self.program, pure=False)
        self.running[future] = group
        future.add_done_callback(self.done.put)  # type: ignore[no-untyped-call]

    def finished(self) -> Iterator[Result]:
        """Wait for a group, and give its results, or start its inputs again one by one."""
        future = self._next_done()
        group = self.running.pop(future)
        if future.status == "finished":
            results, seconds = self._asking(future.result)
            self.unit_seconds += (max(seconds / len(results), 1e-3) - self.unit_seconds) / 4
            yield from results
            return
        if future.status != "error":
            raise self._lost()
        cause = self._judged(future.exception())  # type: ignore[no-untyped-call]
        for unit in group.units:
            if group.tries < _MOST_TRIES:
                self._start(_Group((unit,), group.tries + 1))
            else:
                remedy = "Open it in the program that made it and save a copy."
                yield failed(unit, CRASH, cause, remedy, tries=group.tries)

    def _next_done(self) -> "Future[Answer]":
        while True:
            try:
                return self.done.get(timeout=_LOOK_SECONDS)
            except Empty:
                self._check_workers()

    def _check_workers(self) -> None:
        """Raise FairtermsError where there has been no worker for long: nothing would ever be done."""
        now = time.monotonic()
        if self._asking(self.client.nthreads):
            self.seen_worker = now
        elif now - self.seen_worker > _NO_WORKER_SECONDS:
            raise FairtermsError(self.scheduler, "the scheduler has had no worker for ten minutes.", _REMEDY)

    def _asking(self, call: Callable[[], _Answered]) -> _Answered:
        """Raise FairtermsError where the scheduler no longer answers."""
        try:
            return call()
        except (CancelledError, OSError, RuntimeError, TimeoutError) as error:
            raise self._lost() from error

    def _lost(self) -> FairtermsError:
        return FairtermsError(self.scheduler, "the scheduler was lost, and what was under way with it.", _REMEDY)

    def _judged(self, error: BaseException | None) -> str:
        """Why a group came to nothing, if a document may have done it. Raises FairtermsError if none can have."""
        from distributed.scheduler import KilledWorker

        if isinstance(error, FairtermsError):
            raise error
        if isinstance(error, KilledWorker):
            return "the worker that read it ended all at once, several times."
        if isinstance(error, HostEnded):
            return f"the program that read it ended all at once ({error})."
        raise FairtermsError(
            self.scheduler,
            f"its workers can't do the work ({type(error).__name__}).",
            "Install the same versions of Fairterms, Dask and Python for the scheduler, the workers and this program.",
        ) from error


def _home(unit: Unit) -> str:
    return unit.place if unit.member else unit.place.rpartition("/")[0]


def _connected(scheduler: str) -> "Client":
    try:
        from distributed import Client
    except ImportError as error:
        raise FairtermsError(
            "cluster", "the engine dask is not installed.", "Install it with `pip install 'fairterms[cluster]'`."
        ) from error
    # What it says of connections comes with traces; what matters is said as an error.
    for name in ("distributed", "distributed.client", "distributed.utils"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    client = None
    try:
        client = Client(scheduler, timeout=_CONNECT_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
        client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
        return client
    except (OSError, ValueError, TimeoutError, ImportError) as error:
        kind = type(error).__name__
    if client is None:
        # What did not start ends itself once it is collected, and must not do so while another one starts.
        gc.collect()
        cause = f"there is no scheduler that answers ({kind})."
        raise FairtermsError(scheduler, cause, "Check its address, such as tcp://10.0.0.5:8786, and that it runs.")
    client.close()  # type: ignore[no-untyped-call]
    raise FairtermsError(scheduler, "the scheduler has no workers.", "Start some with `dask worker ADDRESS`.")


def _leave(client: "Client", settings: Settings) -> None:
    """End the programs beside the workers, and let go; a scheduler that is lost has nothing to say any more."""
    try:
        if client.status == "running":
            client.run(end_hosts, settings)
    except (OSError, RuntimeError, TimeoutError):
        pass
    finally:
        client.close(timeout=_LOOK_SECONDS)  # type: ignore[no-untyped-call]
