"""The real command, killed as a machine kills: at any moment, without a word."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.batch.runs import write

COMMAND = [sys.executable, "-c", "from analyzer.cli import main; main()", "batch"]
COUNT = 300
"""Documents; a second or more of work once the workers are there, so that a run can be met in the middle of it."""
OPTIONS = ["--jobs", "2", "--model", "none", "--no-ocr"]


def start(folder: Path, output: Path, *more: str) -> subprocess.Popen[str]:
    command = [*COMMAND, str(folder), "--output", str(output), *OPTIONS, *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finished(output: Path) -> int:
    manifest = output / "manifest.jsonl"
    return len(manifest.read_bytes().splitlines()) if manifest.exists() else 0


def wait_until(output: Path, count: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 120
    while finished(output) < count and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "archive", range(COUNT))
    return tmp_path / "archive"


def test_killed_three_times_the_results_are_those_of_a_run_in_peace(folder: Path, tmp_path: Path) -> None:
    whole, resumed = tmp_path / "whole", tmp_path / "resumed"
    _, said = start(folder, whole).communicate()
    assert "Wrote" in said
    for number, count in enumerate((5, 60, 150)):
        process = start(folder, resumed, *(["--resume"] if number else []))
        wait_until(resumed, count, process)
        workers = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.communicate()
        assert finished(resumed) >= count
        gone, alive = psutil.wait_procs(workers, timeout=60)
        assert not alive
        assert gone
    process = start(folder, resumed, "--resume")
    process.communicate()
    assert process.returncode == 0
    assert (resumed / "results.jsonl").read_bytes() == (whole / "results.jsonl").read_bytes()
    names = [json.loads(line)["name"] for line in (resumed / "manifest.jsonl").read_text().splitlines()]
    assert len(names) == len(set(names)) == COUNT


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_end_it_says_how_to_go_on(folder: Path, tmp_path: Path, number: int) -> None:
    process = start(folder, tmp_path / "out")
    wait_until(tmp_path / "out", 5, process)
    os.kill(process.pid, number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "--resume" in said
    assert "Traceback" not in said
    process = start(folder, tmp_path / "out", "--resume")
    process.communicate()
    assert finished(tmp_path / "out") == COUNT
