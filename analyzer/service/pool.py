"""The processes that analyse: so many requests at a time, the next in order of arrival, too many turned away."""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

from anyio import CancelScope, to_thread

from analyzer.service.problems import Problem
from analyzer.service.settings import Settings
from analyzer.service.worker import Answer, Job, Worker, WorkerGone

__all__ = ["MOST_WAITING", "Pool"]

MOST_WAITING = 100
"""How many requests may wait for a process; their files wait with them."""


class Pool:
    """Processes with their rules loaded. Raises FairtermsError where those can't be."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings = settings
        self._folder = folder
        self._waiting = 0
        self._idle: asyncio.Queue[Worker] = asyncio.Queue()
        self._all = {self._start() for _ in range(settings.workers)}
        try:
            for worker in self._all:
                worker.wait_until_ready()
        except BaseException:
            self.close()
            raise
        for worker in self._all:
            self._idle.put_nowait(worker)

    def _start(self) -> Worker:
        return Worker(self._settings, self._folder)

    async def ask(self, job: Job, files: Sequence[BinaryIO]) -> Answer | Problem:
        """Analyse files when it is their turn. A request that is cancelled ends the process that works on it."""
        if self._waiting >= MOST_WAITING:
            return _TOO_MANY
        self._waiting += 1
        try:
            worker = await self._idle.get()
        finally:
            self._waiting -= 1
        try:
            return await self._asked(worker, job, files)
        except WorkerGone:
            worker = self._living(worker)
            return await self._asked(worker, job, files)
        finally:
            self._idle.put_nowait(self._living(worker))

    async def _asked(self, worker: Worker, job: Job, files: Sequence[BinaryIO]) -> Answer | Problem:
        try:
            return await to_thread.run_sync(worker.ask, job, files, self._settings.seconds, abandon_on_cancel=True)
        except asyncio.CancelledError:
            with CancelScope(shield=True):
                await to_thread.run_sync(worker.end)
            raise

    def _living(self, worker: Worker) -> Worker:
        """The process, or a new one in its place, which loads while nobody waits for it yet."""
        if worker.is_alive:
            return worker
        self._all.discard(worker)
        worker = self._start()
        self._all.add(worker)
        return worker

    def close(self) -> None:
        """End all processes, whatever they are doing."""
        for worker in self._all:
            worker.end()


_TOO_MANY = Problem(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Busy",
    f"{MOST_WAITING} requests are waiting already.",
    "Try again later, or start the service with more --workers.",
    headers=(("Retry-After", "30"),),
)
