"""The command line: what each command prints, writes and exits with."""

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from analyzer import __version__
from analyzer.cli import main
from analyzer.resources import samples_folder
from tests.rule_folders import HEAD, pattern, rule, unless, write_folder

SCHEMA = json.loads((Path(__file__).parent.parent / "docs/report.schema.json").read_text("utf-8"))
OWN_HEAD = (
    HEAD.replace('"animals"', '"waterfall"')
    .replace('"draft"', '"stable"')
    .replace('subtype = "wild"\n', "")
    .replace("Zebra named", "Zebra required")
)
OWN_RULE = rule(
    pattern('any = ["zebra* @must"]', name="zebra is due"),
    head=OWN_HEAD,
    tail=unless('any = ["toy"]', name="is a toy")
    + '[examples]\nflags = ["A zebra shall graze."]\npasses = ["A toy zebra must stand still."]\n',
)
TEXT = "1. Animals\n\nEach zebra must graze.\n\nA toy zebra must stand still.\n"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def program(*arguments: str | Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The program as a process of its own."""
    command = [sys.executable, "-c", "from analyzer.cli import main; main()", *map(str, arguments)]
    path = str(Path(__file__).parent.parent)
    return subprocess.run(
        command, capture_output=True, cwd=folder, env={**os.environ, "PYTHONPATH": path, **environment}, check=False
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with documents, a damaged one among them, and one with a rule of our own."""
    write_folder(
        tmp_path, {"docs/a.txt": TEXT, "docs/b.md": "# Plants\n\nOaks grow.\n", "own/waterfall/zebra.toml": OWN_RULE}
    )
    (tmp_path / "docs/c.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    return tmp_path


def scan(folder: Path, *arguments: str | Path) -> Result:
    return run("scan", "--rules", folder / "own", *arguments)


def reports(result: Result) -> list[dict[str, Any]]:
    """The reports of JSON lines, each checked against the schema."""
    values = [json.loads(line) for line in result.stdout.splitlines()]
    assert [error.message for value in values for error in Draft202012Validator(SCHEMA).iter_errors(value)] == []
    return values


def found(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(finding["rule"], finding["text"]) for finding in report["findings"]]


ZEBRA = [("waterfall/zebra", "Each zebra must graze.")]


def test_a_file_as_json(folder: Path) -> None:
    result = scan(folder, "--format", "json", folder / "docs/a.txt")
    report = json.loads(result.stdout)
    assert Draft202012Validator(SCHEMA).is_valid(report)
    assert (result.exit_code, report["document"]["name"], found(report), report["verdict"]) == (
        0,
        "a.txt",
        ZEBRA,
        "fail",
    )
    assert [(near["text"], near["reason"]) for near in report["near_misses"]] == [
        ("A toy zebra must stand still.", "is a toy")
    ]
    assert result.stdout.startswith("{\n")  # one report is written for people too
    assert len(report["checklist"]) == 13


def test_a_file_as_a_table(folder: Path) -> None:
    result = scan(folder, folder / "docs/a.txt")
    assert result.exit_code == 0
    for wanted in (
        "a.txt",
        "Do not publish yet: 1 high finding.",
        "Zebra required",
        "“Each zebra must graze.”",
        "Checklist",
    ):
        assert wanted in result.stdout
    assert "\x1b" not in result.stdout


def test_a_file_as_markdown(folder: Path) -> None:
    result = scan(folder, "--format", "markdown", folder / "docs/a.txt")
    assert result.exit_code == 0
    assert result.stdout.startswith("# a.txt\n\n**Do not publish yet: 1 high finding.**\n")
    assert "> Each **zebra must** graze." in result.stdout


def test_one_bad_file_does_not_stop_the_rest(folder: Path) -> None:
    result = scan(folder, "--format", "json", folder / "docs")
    values = reports(result)
    assert result.exit_code == 2
    assert [value["document"]["name"] for value in values] == ["docs/a.txt", "docs/b.md", "docs/c.pdf"]
    assert [found(value) if "findings" in value else value["error"]["kind"] for value in values] == [
        ZEBRA,
        [],
        "DamagedDocument",
    ]


def test_a_package(folder: Path) -> None:
    path = folder / "package.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.write(folder / "docs/a.txt", "inner/a.txt")
        package.write(folder / "docs/b.md", "b.md")
    result = scan(folder, "--format", "json", path)
    assert (result.exit_code, [value["document"]["name"] for value in reports(result)]) == (
        0,
        ["package.zip/b.md", "package.zip/inner/a.txt"],
    )


def test_a_missing_path_among_others(folder: Path) -> None:
    result = scan(folder, "--format", "json", folder / "missing.pdf", folder / "docs/a.txt")
    values = reports(result)
    assert result.exit_code == 2
    assert [value["document"]["name"] for value in values] == ["missing.pdf", "a.txt"]
    assert "error" in values[0]
    assert values[0]["document"]["sha256"] is None
    assert found(values[1]) == ZEBRA


def test_a_missing_path_alone(folder: Path) -> None:
    result = scan(folder, folder / "missing.pdf")
    assert result.exit_code == 2
    assert "missing.pdf  could not be read" in result.stdout
    assert "Traceback" not in result.output


def test_an_empty_folder_is_not_a_pass(folder: Path) -> None:
    (folder / "empty").mkdir()
    result = scan(folder, folder / "empty")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no document" in result.stderr


FILTERS = [
    (["--category", "vendor-burden", "--category", "waterfall"], ZEBRA),
    (["--min-severity", "high", "--category", "inflexible-terms"], []),
]


@pytest.mark.parametrize(("options", "expected"), FILTERS)
def test_filters_change_what_is_shown_and_nothing_else(
    options: list[str], expected: list[tuple[str, str]], folder: Path
) -> None:
    result = scan(folder, "--format", "json", *options, folder / "docs")
    shown = reports(result)
    assert [found(value) for value in shown if "findings" in value] == [expected, []]
    assert [value.get("verdict") for value in shown] == ["fail", "pass", None]
    assert (result.exit_code, len(shown[0]["checklist"])) == (2, 13)


def test_a_low_finding_is_hidden_by_severity(folder: Path) -> None:
    write_folder(folder, {"own/waterfall/zebra.toml": OWN_RULE.replace('"high"', '"low"')})
    result = scan(folder, "--format", "json", "--min-severity", "medium", folder / "docs/a.txt")
    assert (found(json.loads(result.stdout)), json.loads(result.stdout)["verdict"]) == ([], "pass")


def test_a_policy_decides(folder: Path) -> None:
    write_folder(folder, {"policy.toml": 'name = "ours"\noff = ["waterfall"]\n'})
    result = scan(folder, "--format", "json", "--policy", folder / "policy.toml", folder / "docs/a.txt")
    report = json.loads(result.stdout)
    assert (found(report), report["verdict"], report["versions"]["policy"].split("@")[0]) == ([], "pass", "ours")


USAGE = [
    (["--category", "rocks"], "'rocks' is not a category; use drafting,"),
    (["--min-severity", "awful"], "'awful' is not one of"),
    (["--view", "both"], "'both' is not one of"),
    (["--format", "pdf"], "'pdf' is not one of"),
    (["--policy", "missing.toml"], "missing.toml: can't be read"),
    (["--rules", "missing"], "missing: is not a folder."),
    (["--nonsense"], "No such option"),
]


@pytest.mark.parametrize(("options", "reason"), USAGE)
def test_a_mistake_in_the_command_exits_with_2(options: list[str], reason: str, folder: Path) -> None:
    result = run("scan", *options, folder / "docs/a.txt")
    assert result.exit_code == 2
    assert reason in result.stderr
    assert "Traceback" not in result.output


def test_a_rule_file_with_a_mistake_exits_with_2(folder: Path) -> None:
    write_folder(folder, {"own/waterfall/zebra.toml": OWN_RULE.replace("severity", "severe")})
    result = scan(folder, folder / "docs/a.txt")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"fairterms: {folder / 'own/waterfall/zebra.toml'}: ")


def test_an_output_file_appears_whole(folder: Path) -> None:
    output = folder / "report.json"
    result = scan(folder, "--format", "json", "--output", output, folder / "docs/a.txt")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", f"Wrote {output}.\n")
    assert output.read_text("utf-8") == scan(folder, "--format", "json", folder / "docs/a.txt").stdout
    assert sorted(path.name for path in folder.iterdir()) == ["docs", "own", "report.json"]


def test_an_output_file_that_is_there_stays_until_the_new_one_is_whole(folder: Path) -> None:
    output = folder / "report.txt"
    output.write_text("before", encoding="utf-8")
    write_folder(folder, {"own/waterfall/zebra.toml": "title = 3"})
    assert scan(folder, "--output", output, folder / "docs/a.txt").exit_code == 2
    assert output.read_text("utf-8") == "before"
    assert sorted(path.name for path in folder.iterdir()) == ["docs", "own", "report.txt"]


def test_an_output_that_cannot_be_written(folder: Path) -> None:
    result = scan(folder, "--output", folder / "missing/report.txt", folder / "docs/a.txt")
    assert result.exit_code == 2
    assert "can't be written" in result.stderr


def test_the_views_of_tracked_changes(folder: Path) -> None:
    draft = samples_folder() / "documents/draft-with-revisions.docx"
    views = [json.loads(run("scan", "--format", "json", "--view", v, draft).stdout) for v in ("accepted", "rejected")]
    assert [view["reading"]["view"] for view in views] == ["accepted", "rejected"]
    assert found(views[0]) != found(views[1])


# Rules


def test_rules_are_listed() -> None:
    result = run("rules")
    assert result.exit_code == 0
    assert "performance-bond/performance" in result.stdout
    assert "Checklist (13 questions)" in result.stdout


def test_references_are_listed() -> None:
    result = run("rules", "--references")
    assert result.exit_code == 0
    assert "\nnascio-2016-1\n" in result.stdout
    assert "Edition: 2016; read in: primary." in result.stdout


def test_a_rule_is_explained() -> None:
    result = run("rules", "performance-bond/performance")
    assert result.exit_code == 0
    assert result.stdout.startswith("# ")
    for part in ("What it does.", "Why it is bad.", "Instead.", "Authority", "Flags", "Passes"):
        assert f"**{part}**" in result.stdout


def test_a_question_is_explained() -> None:
    result = run("rules", "checklist/liability-cap")
    assert result.exit_code == 0
    assert "`checklist/liability-cap` · wanted: yes" in result.stdout


UNKNOWN = [
    ("nonsense", "fairterms: nonsense: is not a rule. fairterms rules lists them.\n"),
    ("waterfall/water", "fairterms: waterfall/water: is not a rule. Did you mean waterfall/waterfall?\n"),
]


@pytest.mark.parametrize(("name", "message"), UNKNOWN)
def test_an_unknown_rule(name: str, message: str) -> None:
    result = run("rules", name)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", message)


EXAMPLES = {
    "good": 'flags = ["A zebra must stand."]\npasses = ["A toy zebra must stand."]',
    "flagged": 'flags = ["A zebra shall graze."]\npasses = ["Zebras must run."]',
    "missed": 'flags = ["A lion."]',
    "cleared": 'flags = ["A toy zebra must stand."]',
    "other-severity": 'flags = [{ text = "A zebra must stand.", severity = "low" }]',
}


def test_examples_of_our_own_are_run(folder: Path) -> None:
    head = OWN_RULE.replace('"stable"', '"draft"').partition("[examples]")[0]
    write_folder(folder, {f"mine/waterfall/{name}.toml": f"{head}[examples]\n{e}\n" for name, e in EXAMPLES.items()})
    result = run("rules", "test", folder / "mine")
    *failures, counts = [line for line in result.stdout.splitlines() if "checklist/" not in line]
    assert [line for line in failures if re.match("waterfall/(?!waterfall)", line)] == [
        "waterfall/cleared: flags: 'A toy zebra must stand.' is cleared by: is a toy",
        "waterfall/flagged: passes: 'Zebras must run.' is flagged on: Zebras must",
        "waterfall/missed: flags: 'A lion.' is not flagged",
        "waterfall/other-severity: flags: 'A zebra must stand.' has severity high, not low",
    ]
    assert re.fullmatch(r"\d+ rules, 13 questions, \d+ examples: \d+ failed\.", counts)
    assert result.exit_code == 1


def test_what_is_exported_can_be_imported(folder: Path) -> None:
    file = folder / "patterns.jsonl"
    exported = run("rules", "export", "--output", file)
    assert (exported.exit_code, exported.stderr) == (0, "")
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert {line["id"].split("/")[0] for line in lines} == {line["label"].split("/")[0] for line in lines}
    few = [line for line in lines if line["id"] == "waterfall/waterfall" and len(line["pattern"]) > 1][:50]
    file.write_text("\n".join(map(json.dumps, few)), encoding="utf-8")
    imported = run("rules", "import", file, folder / "imported")
    written = folder / "imported/waterfall/imported-patterns.toml"
    assert (imported.exit_code, imported.stdout) == (0, f"Wrote {written}.\n")
    again = run("rules", "import", file, folder / "imported")
    assert (again.exit_code, again.stderr.split(": ", 2)[2]) == (
        2,
        "exists already. Move it away, or name another folder.\n",
    )


# Every command


def commands(command: click.Command, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    children = command.commands.items() if isinstance(command, click.Group) else ()
    return [path, *(found for name, child in children for found in commands(child, (*path, name)))]


@pytest.mark.parametrize("path", commands(main), ids=" ".join)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_command_has_help(path: tuple[str, ...], flag: str) -> None:
    result = run(*path, flag)
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage: ")
    assert len(result.stdout.split("\n\n")) >= 3


def test_every_option_says_what_it_does() -> None:
    bare = [
        (path, parameter.name)
        for path in commands(main)
        for parameter in command_at(path).params
        if isinstance(parameter, click.Option) and not parameter.help
    ]
    assert bare == []


def command_at(path: tuple[str, ...]) -> click.Command:
    command: click.Command = main
    for name in path:
        assert isinstance(command, click.Group)
        command = command.commands[name]
    return command


def test_the_version_is_told() -> None:
    assert run("--version").stdout == f"fairterms, version {__version__}\n"


# As a process of its own


def test_the_same_bytes_under_any_hash_seed(folder: Path) -> None:
    documents = [samples_folder() / "documents" / name for name in ("standard-terms.docx", "requirements-tables.docx")]
    arguments = ["scan", "--format", "json", "--rules", folder / "own", folder / "docs/a.txt", *documents]
    runs = [program(*arguments, folder=folder, PYTHONHASHSEED=seed) for seed in ("0", "1", "42")]
    assert [(run.returncode, run.stderr) for run in runs] == [(0, b"")] * 3
    assert len({run.stdout for run in runs}) == 1
    assert len(runs[0].stdout.splitlines()) == 3


def test_the_program_exits_as_it_says(folder: Path) -> None:
    good = program("rules", "liability-cap", folder=folder)
    bad = program("scan", "docs/c.pdf", folder=folder)
    wrong = program("scan", "--nonsense", folder=folder)
    none = program("scan", folder=folder)
    assert [run.returncode for run in (good, bad, wrong, none)] == [0, 2, 2, 2]
    assert not any(b"Traceback" in run.stderr for run in (good, bad, wrong, none))
    assert b"\x1b" not in good.stdout + bad.stdout
