"""The definitions for other people's pipelines, and the examples that tell of them, run as far as one machine can."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import docx
import pytest
import yaml

from analyzer.cli import main
from tests.pipelines import ROOT, bash, blocks, program, unmarked

CLEAN = ["1. Scope", "The agency buys a records system. Offers are due on 12 May 2027."]
UNLIMITED = ["1. Liability", "The Contractor shall be liable without any limitation for all damages."]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
EXAMPLES = blocks("pipelines.md")


def example(name: str) -> str:
    [text] = [text for marked, text in EXAMPLES if marked == name]
    return text


def write(path: Path, *paragraphs: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(str(path))
    return path


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A folder as an agency may have it, in which nothing stands in the way."""
    folder = tmp_path / "repository"
    write(folder / "solicitation/rfp.docx", *CLEAN)
    write(folder / "solicitation/terms.docx", *CLEAN)
    return folder


def step(name: str) -> dict[str, Any]:
    [found] = [step for step in ACTION["runs"]["steps"] if step["name"] == name]
    return dict(found)


def acted(folder: Path, **given: str) -> tuple[int, Mapping[str, str], str, str]:
    """What the action does with inputs: how it ends, its outputs, its log and its summary."""
    temp = folder.parent / "runner"
    shutil.rmtree(temp, ignore_errors=True)
    program(temp / "fairterms/bin")
    outputs, summary = temp / "outputs", temp / "summary"
    outputs.touch()
    given = {"model": "none", **given}  # the rules alone take half the time
    inputs = {name: str(given.get(name, item.get("default", ""))) for name, item in ACTION["inputs"].items()}
    check = step("Check")
    variables = {
        name: re.sub(r"\$\{\{ inputs\.(\w+) }}", lambda m: inputs[m[1]], v) for name, v in check["env"].items()
    }
    files = {"RUNNER_TEMP": str(temp), "GITHUB_OUTPUT": str(outputs), "GITHUB_STEP_SUMMARY": str(summary)}
    checked = bash(check["run"], folder, **variables, **files)
    said = dict(line.split("=", 1) for line in outputs.read_text().splitlines())
    decided = bash(step("Decide")["run"], folder, EXIT=said.get("exit", ""))
    log = checked.stdout + checked.stderr
    return decided.returncode, said, log, summary.read_text() if summary.exists() else ""


def test_a_package_that_may_go_out(repository: Path) -> None:
    code, outputs, _, summary = acted(repository, paths="solicitation")
    assert (code, outputs) == (0, {"exit": "0", "sarif": "fairterms.sarif"})
    sarif = json.loads((repository / "fairterms.sarif").read_text("utf-8"))
    assert sarif["version"] == "2.1.0"
    assert summary


def test_what_must_change_is_annotated(repository: Path) -> None:
    write(repository / "solicitation/terms.docx", *UNLIMITED)
    code, outputs, log, summary = acted(repository, paths="solicitation", sarif="out/found.sarif")
    assert (code, outputs) == (1, {"exit": "1", "sarif": "out/found.sarif"})
    assert "::error file=solicitation/terms.docx" in log
    assert "terms.docx" in summary
    results = json.loads((repository / "out/found.sarif").read_text("utf-8"))["runs"][0]["results"]
    assert results


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"paths": "missing.docx"}, "missing.docx"),
        ({"paths": "solicitation\nempty"}, "empty"),
        ({"paths": ""}, "Missing argument"),
        ({"paths": "solicitation", "policy": "no-such-policy"}, "no-such-policy"),
    ],
    ids=["missing", "empty", "no path", "policy"],
)
def test_what_is_open_fails_the_job(repository: Path, given: dict[str, str], words: str) -> None:
    (repository / "empty").mkdir()
    code, outputs, log, _ = acted(repository, **given)
    assert (code, outputs["exit"]) == (2, "2")
    assert words in log


def test_a_check_that_never_ran_fails_the_job(repository: Path) -> None:
    assert bash(step("Decide")["run"], repository, EXIT="").returncode == 2


def test_inputs_are_never_run(repository: Path) -> None:
    name = "$(touch ran) `touch ran`; touch ran; 'x' \"y\""
    write(repository / f"{name}.docx", *CLEAN)
    harm = "$(touch ran)`touch ran`"
    code, outputs, log, _ = acted(repository, paths=f"  {name}.docx  \n\n-x\n--policy=vendor", sarif="")
    assert (code, outputs) == (2, {"exit": "2"})
    assert "--policy=vendor" in log
    fields = dict.fromkeys(("policy", "waivers", "baseline", "rules", "model", "format", "sarif"), harm)
    assert acted(repository, paths="solicitation", **fields)[0] == 2
    assert not (repository / "ran").exists()
    assert acted(repository, paths=f"{name}.docx\r\n")[0] == 0


def test_no_script_of_the_action_holds_an_input() -> None:
    scripts = [step["run"] for step in ACTION["runs"]["steps"] if "run" in step]
    assert len(scripts) == 3
    assert [script for script in scripts if "${{" in script] == []
    used = set(re.findall(r"inputs\.(\w+)", (ROOT / "action.yml").read_text("utf-8")))
    assert used == set(ACTION["inputs"])
    assert all(step.get("shell") == "bash" for step in ACTION["runs"]["steps"] if "run" in step)


def test_the_workflow_uses_what_the_action_takes() -> None:
    workflow = yaml.safe_load(example("workflow"))
    given = workflow["jobs"]["check"]["steps"][-1]["with"]
    assert set(given) <= set(ACTION["inputs"])
    table = re.findall(r"^\| `(\w+)` \| .* \| .* \|$", (ROOT / "docs/pipelines.md").read_text("utf-8"), re.MULTILINE)
    assert set(table) == set(ACTION["inputs"])
    assert workflow["permissions"]["security-events"] == "write"


def test_every_example_is_tried() -> None:
    assert unmarked("pipelines.md") == 0
    assert {name for name, _ in EXAMPLES} == {"shell", "workflow", "gitlab", "pre-commit", "serve", "call"}


def test_the_examples_for_a_shell(repository: Path) -> None:
    plain, known, apart = (text for name, text in EXAMPLES if name == "shell")
    done = bash(apart, repository)
    assert (done.returncode, "May be published." in done.stdout) == (0, True)
    write(repository / "solicitation/terms.docx", *UNLIMITED)
    assert bash(plain, repository).returncode == 1
    assert (repository / "report.html").stat().st_size > 1000
    done = bash(apart, repository)
    assert (done.returncode, "Must change first" in done.stdout) == (0, True)
    assert json.loads((repository / "report.json").read_text("utf-8"))["exit"] == 1
    assert bash(known, repository).returncode == 0


def test_the_example_for_gitlab(repository: Path) -> None:
    write(repository / "solicitation/terms.docx", *UNLIMITED)
    job = yaml.safe_load(example("gitlab"))["fairterms"]
    assert bash("\n".join(job["script"]), repository).returncode == 1
    report = job["artifacts"]["reports"]["junit"]
    assert (repository / report).read_text("utf-8").startswith("<?xml")
    assert job["artifacts"]["paths"] == [report]


def test_the_example_for_pre_commit_names_hooks_that_there_are() -> None:
    used = yaml.safe_load(example("pre-commit"))["repos"][0]["hooks"]
    assert {hook["id"] for hook in used} == {hook["id"] for hook in HOOKS}


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_hooks_start_commands_that_there_are(hook: dict[str, Any]) -> None:
    program_name, *words = hook["entry"].split()
    command: Any = main
    for word in words:
        command = command.commands[word]
    assert (program_name, callable(command.callback)) == ("fairterms", True)
    assert hook["language"] == "python"
    re.compile(hook["files"])


def hooked(hook: str, folder: Path, *files: str, args: tuple[str, ...] = ()) -> int:
    """What a hook ends with, called as pre-commit calls it: its entry, its arguments, then the files of its kind."""
    [found] = [each for each in HOOKS if each["id"] == hook]
    chosen = [file for file in files if re.search(found["files"], file)] if found.get("pass_filenames", True) else []
    words = " ".join(f"'{word}'" for word in (*args, *chosen))
    return bash(f"{found['entry']} {words}", folder).returncode


def test_hooks_decide(repository: Path) -> None:
    assert hooked("fairterms-check", repository, "solicitation/rfp.docx", "script.py") == 0
    write(repository / "solicitation/terms.docx", *UNLIMITED)
    assert hooked("fairterms-check", repository, "solicitation/rfp.docx", "solicitation/terms.docx") == 1
    assert hooked("fairterms-check-package", repository, "solicitation/rfp.docx", args=("solicitation",)) == 1
    (repository / "rules/waterfall").mkdir(parents=True)
    (repository / "rules/waterfall/mine.toml").write_text("nothing = 1\n")
    assert hooked("fairterms-rules", repository, args=("rules",)) == 2


@contextmanager
def started(script: str, folder: Path, **variables: str) -> Iterator[None]:
    """Run a script that doesn't end by itself, once the service that it starts can be reached."""
    process = subprocess.Popen(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": f"{program(folder.parent / 'commands')}:{os.environ['PATH']}", **variables},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    try:
        assert process.stdout.readline().startswith("Fairterms listens on")
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.stdout.close()
        process.wait(60)


@pytest.mark.skipif(not (shutil.which("openssl") and shutil.which("curl")), reason="openssl or curl is not installed")
def test_the_example_for_e_procurement(repository: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    with started(example("serve"), repository, PORT=port, PYTHONPATH=str(ROOT)):
        assert bash(example("call"), repository, PORT=port).returncode == 0
        write(repository / "solicitation/terms.docx", *UNLIMITED)
        assert bash(example("call"), repository, PORT=port).returncode == 1
        (repository / "solicitation/terms.docx").write_bytes(b"PK\x03\x04 cut off")
        assert bash(example("call"), repository, PORT=port).returncode == 2
        (repository / "token").write_text("another token")
        assert bash(example("call"), repository, PORT=port).returncode == 22
