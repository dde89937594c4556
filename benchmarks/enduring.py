"""Reads every file of a folder in processes that are watched, and says how each one ended and what it tried to do.

    python -m benchmarks.enduring FOLDER [--seconds N] [--ocr]

A process may use so many seconds of the processor for a file and 2 GB of memory beyond what it has after loading. What
a file makes it do is noted through Python's audit hook: connections and look-ups (which are refused), programs started,
files opened for writing outside a folder of its own for temporary ones. Prints name, outcome, seconds, megabytes at
the peak so far, and deeds, between tabs. The outcome is ``report``, the name of a DocumentError's class, ``traceback``
with another exception, ``out of memory`` (which whoever calls the analyzer catches), ``died`` or ``too long``.
"""

import argparse
import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

__all__ = ["Ending", "endings"]

_FILES_EACH = 150
_WORKER = """
import json, os, sys, tempfile, resource, traceback
from pathlib import Path
import psutil
from analyzer.document import Source
from analyzer.engine import Analyzer
from analyzer.errors import DocumentError
from analyzer.parsing import collect

ocr, memory = sys.argv[1] == "ocr", int(sys.argv[2])
deeds, scratch = [], os.path.realpath(tempfile.gettempdir())
analyzer = Analyzer()
analyzer.analyze(Source("warm.txt", b"The vendor shall furnish a performance bond."), ocr=False)
limit = psutil.Process().memory_info().vms + memory
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
CHANGES = {"os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.chown"}

def outside(path):
    return isinstance(path, (str, bytes)) and not os.path.realpath(os.fsdecode(path)).startswith((scratch, "/dev/null"))

def watch(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.bind"}:
        deeds.append(event)
        raise PermissionError(event)
    if event in {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.startfile"}:
        deeds.append("starts " + os.path.basename(os.fsdecode(arguments[0])))
    elif event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES and outside(arguments[0]):
        deeds.append("writes " + os.path.basename(os.fsdecode(arguments[0])))
    elif event in CHANGES and outside(arguments[0]):
        deeds.append(event)

def ending(read):
    try:
        read()
        return "report"
    except DocumentError as error:
        str(error).encode()
        return type(error).__name__
    except MemoryError:
        return "out of memory"
    except BaseException as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        return f"traceback: {type(error).__name__} in {os.path.basename(last.filename)}:{last.lineno}"

def members(path):
    for item in collect([path]):
        if isinstance(item, Source):
            yield ending(lambda: analyzer.analyze(item, ocr=ocr))
        else:
            yield type(item).__name__

sys.addaudithook(watch)
print("ready", flush=True)
for line in sys.stdin:
    deeds.clear()
    path = Path(os.fsdecode(bytes.fromhex(line)))
    found = ending(lambda: analyzer.analyze(path, ocr=ocr))
    inside = [] if found == "report" else [one for one in members(path) if one.startswith("traceback")]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps([next(iter(inside), found), peak, sorted(set(deeds))]), flush=True)
"""


@dataclass(frozen=True, slots=True)
class Ending:
    """How the reading of a file ended; seconds are of the processor, megabytes of the process so far."""

    name: str
    outcome: str
    seconds: float
    megabytes: int
    deeds: tuple[str, ...]


class _Worker:
    def __init__(self, scratch: Path, *, ocr: bool, memory: int) -> None:
        arguments = [sys.executable, "-c", _WORKER, "ocr" if ocr else "", str(memory)]
        environment = {**os.environ, "TMPDIR": str(scratch)}
        self.process = subprocess.Popen(
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.given, self.said = self.process.stdin, self.process.stdout
        self.read = 0
        if self.said.readline() != b"ready\n":
            raise OSError("the watched process does not start")

    def spent(self) -> float:
        """Seconds of the processor, those of programs that it started among them."""
        try:
            times = psutil.Process(self.process.pid).cpu_times()
        except psutil.NoSuchProcess:
            return 0.0
        return float(times.user + times.system + times.children_user + times.children_system)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.given.close()
        self.said.close()

    def try_file(self, path: bytes, seconds: float) -> Ending:
        before, started = self.spent(), time.monotonic()
        self.read += 1
        name = os.fsdecode(os.path.basename(path))  # noqa: PTH119 - a path of bytes

        def ended(outcome: str, megabytes: int = 0, deeds: Iterable[str] = ()) -> Ending:
            return Ending(name, outcome, round(max(0.0, self.spent() - before), 2), megabytes, tuple(deeds))

        with selectors.DefaultSelector() as waiting:
            waiting.register(self.said, selectors.EVENT_READ)
            try:
                self.given.write(path.hex().encode() + b"\n")
                self.given.flush()
                while not waiting.select(0.5):
                    # A machine with other work may take ten times as long as the processor does.
                    if self.spent() - before > seconds or time.monotonic() - started > 10 * seconds:
                        return ended("too long")
            except BrokenPipeError:
                return ended("died")
            line = self.said.readline()
        return ended(*json.loads(line)) if line else ended("died")


def endings(
    paths: Iterable[Path], *, ocr: bool = False, seconds: float = 60, memory: int = 2_000_000_000
) -> Iterator[Ending]:
    """How reading each file ends. Raises OSError where no process can be started."""
    worker = None
    with tempfile.TemporaryDirectory(prefix="enduring-") as scratch:
        try:
            for path in paths:
                if worker is None or worker.read >= _FILES_EACH:
                    if worker is not None:
                        worker.end()
                    worker = _Worker(Path(scratch), ocr=ocr, memory=memory)
                ending = worker.try_file(os.fsencode(path), seconds)
                if ending.outcome in {"died", "too long"}:
                    worker.end()
                    worker = None
                yield ending
        finally:
            if worker is not None:
                worker.end()


def main() -> None:
    """Print how each file ended, and how many ended how."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pattern", default="*")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--ocr", action="store_true")
    arguments = parser.parse_args()
    counts: dict[str, int] = {}
    for ending in endings(
        sorted(arguments.folder.glob(arguments.pattern)), ocr=arguments.ocr, seconds=arguments.seconds
    ):
        counts[ending.outcome] = counts.get(ending.outcome, 0) + 1
        row = (ascii(ending.name)[1:-1], ending.outcome, ending.seconds, ending.megabytes, ", ".join(ending.deeds))
        print(*row, sep="\t", flush=True)
    print(", ".join(f"{outcome} {count}" for outcome, count in sorted(counts.items())), file=sys.stderr)


if __name__ == "__main__":
    main()
