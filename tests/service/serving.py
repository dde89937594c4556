"""The service as a process of its own, as its users run it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-c", "from analyzer.cli import main; main()"]
STATED = "Fairterms listens on "


@dataclass
class Service:
    """A service that runs: where it answers, what it logs, and where it may write."""

    process: subprocess.Popen[str]
    url: str
    log: Path
    spool: Path

    def client(self, **options: object) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=120, trust_env=False, **options)  # type: ignore[arg-type]

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def left(self) -> list[str]:
        """Files below the folder that it may write to, without its lock."""
        files = (path for path in self.spool.rglob("*") if path.is_file() and path.name != "lock")
        return sorted(str(path.relative_to(self.spool)) for path in files)


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[Service]:
    """Run the service on a free port; it is told to end in the end, and must do so."""
    folder.mkdir(parents=True, exist_ok=True)
    spool = folder / "spool"
    spool.mkdir(exist_ok=True)
    log = folder / "log.txt"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(spool)}
    with log.open("a") as errors:
        process = subprocess.Popen(
            [*PROGRAM, "serve", "--port", "0", "--model", "none", *arguments],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment,
            cwd=folder,
        )
    assert process.stdout
    line = process.stdout.readline()
    try:
        assert line.startswith(STATED), log.read_text()
        yield Service(process, line.removeprefix(STATED).strip(), log, spool)
    finally:
        process.send_signal(signal.SIGTERM)
        process.stdout.close()
        try:
            process.wait(60)
        finally:
            process.kill()
            process.wait()
