"""The process that workers are forked from: it spares them the loading, with what this run asked for."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.batch.clusters import wait_until
from tests.batch.runs import write
from tests.rule_folders import CATEGORIES, PATTERN, rule, write_folder

BATCH = [sys.executable, "-c", "from analyzer.cli import main; main()", "batch"]
TWO_RUNS = """
import sys
from pathlib import Path
from analyzer.batch.inputs import list_units
from analyzer.batch.pool import run_local
from analyzer.batch.values import Settings

def lines():
    units = list_units([sys.argv[1]])
    settings = Settings(model=None, rules=(Path(sys.argv[2]),))
    return [outcome.line for result in run_local(lambda: next(units, None), settings, 1) for outcome in result.outcomes]

file = Path(sys.argv[2], "animals", "zebra.toml")
for word in ("zebra*", "camel*"):
    file.write_text(file.read_text().replace("zebra*", word))
    print(sum(b"The text names a zebra" in line for line in lines()))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "archive", range(60))
    return tmp_path / "archive"


def _server(process: psutil.Process) -> psutil.Process:
    return next(each for each in process.children() if any("forkserver" in word for word in each.cmdline()))


def test_workers_begin_with_what_the_server_has_loaded(folder: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "out" / "manifest.jsonl"
    command = [*BATCH, str(folder), "--output", str(tmp_path / "out"), "--jobs", "2"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        try:
            wait_until(lambda: manifest.is_file() and manifest.stat().st_size > 0)
            server = _server(psutil.Process(run.pid))
            spent = [worker.cpu_times().user for worker in server.children()]
            loading = server.cpu_times().user
        finally:
            run.kill()
    assert spent
    assert max(spent) < loading / 2


def test_it_ends_with_the_command_though_it_loads_still(folder: Path, tmp_path: Path) -> None:
    command = [*BATCH, str(folder), "--output", str(tmp_path / "out")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        try:
            began = psutil.Process(run.pid)
            wait_until(lambda: any("forkserver" in word for each in began.children() for word in each.cmdline()))
            server = _server(began)
        finally:
            run.kill()
    assert psutil.wait_procs([server], timeout=20)[0]


def test_rules_that_changed_since_an_earlier_run_of_the_process_are_loaded_again(tmp_path: Path) -> None:
    rules = write_folder(tmp_path / "rules", {"categories.toml": CATEGORIES, "animals/zebra.toml": rule(PATTERN)})
    (tmp_path / "terms.txt").write_text("A zebra grazes behind the fence.\n")
    command = [sys.executable, "-c", TWO_RUNS, str(tmp_path / "terms.txt"), str(rules)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert said.stdout.split() == ["1", "0"]


def test_rules_that_are_wrong_are_told_of(folder: Path, tmp_path: Path) -> None:
    rules = write_folder(tmp_path / "rules", {"categories.toml": CATEGORIES, "animals/zebra.toml": "title = 'Zebra'"})
    command = [*BATCH, str(folder), "--output", str(tmp_path / "out"), "--rules", str(rules)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert said.returncode == 2
    assert "zebra.toml" in said.stderr
    assert "Traceback" not in said.stderr
