"""A Dask scheduler and workers as processes of their own on this machine, reachable from it alone."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

pytest.importorskip("distributed")
from distributed import Client

_SCHEDULER = ("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show")
_WORKER = ("distributed.cli.dask_worker", "--host", "127.0.0.1", "--no-dashboard", "--death-timeout", "60")


@dataclass(slots=True)
class LocalCluster:
    folder: Path
    processes: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    address: str = ""

    def start(self, *command: str, environment: dict[str, str] | None = None) -> "subprocess.Popen[bytes]":
        log = (self.folder / f"{len(self.processes)}.log").open("wb")
        with log:
            process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=self.folder,
                env=os.environ | (environment or {}),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def start_scheduler(self, environment: dict[str, str] | None = None) -> "subprocess.Popen[bytes]":
        process = self.start(*_SCHEDULER, environment=environment)
        wait_until(lambda: "Scheduler at:" in (self.folder / "0.log").read_text())
        lines = (self.folder / "0.log").read_text().splitlines()
        self.address = next(line for line in lines if "Scheduler at:" in line).split()[-1]
        return process

    def start_worker(self, threads: int) -> "subprocess.Popen[bytes]":
        """A nanny with one worker, as ``dask worker`` starts them."""
        return self.start(*_WORKER, "--nthreads", str(threads), "--local-directory", str(self.folder), self.address)

    def worker_pids(self, workers: int) -> list[int]:
        """The processes below the nannies, in which tasks run, once there are so many."""
        with Client(self.address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
            client.wait_for_workers(workers, timeout=120)
            return list(client.run(os.getpid).values())

    def logs(self) -> str:
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))


def wait_until(is_so, seconds: float = 60.0) -> None:  # type: ignore[no-untyped-def]
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


@contextmanager
def local_cluster(
    folder: Path, workers: int, threads: int = 1, *, environment: dict[str, str] | None = None
) -> Iterator[LocalCluster]:
    """``environment`` is the scheduler's, beside this process's own."""
    cluster = LocalCluster(folder)
    folder.mkdir(exist_ok=True)
    try:
        cluster.start_scheduler(environment)
        for _ in range(workers):
            cluster.start_worker(threads)
        yield cluster
    finally:
        for process in reversed(cluster.processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in cluster.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
