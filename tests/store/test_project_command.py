"""The workspace from the command line, from a document to a model."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analyzer.cli import main
from analyzer.resources import samples_folder

DOCUMENTS = samples_folder() / "documents"


@pytest.fixture(autouse=True)
def own_database(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("FAIRTERMS_DATABASE", url)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def text(*arguments: object) -> str:
    result = run("project", *arguments)
    assert (result.exit_code, result.exception) == (0, None), result.output
    return result.output


def test_a_project_from_end_to_end(tmp_path: Path) -> None:
    assert "no project" in text("list")
    assert text("new", "Portal").startswith("Made Portal")
    added = text("add", "Portal", DOCUMENTS / "rfi.md", "--model", "none")
    assert added.startswith("rfi.md, draft 1: ")
    (tmp_path / "rfi.md").write_text("# RFI\n\nThe Contractor's liability is unlimited.\n")
    assert "draft 2: " in text("add", "Portal", tmp_path / "rfi.md", "--model", "none")
    shown = text("show", "Portal")
    assert "draft 2" in shown
    assert "1 high; 0 of 1 decided" in shown
    report = json.loads(run("scan", "--model", "none", "--format", "json", tmp_path / "rfi.md").stdout)
    (finding,) = report["findings"]
    assert run("project", "decide", "Portal", "rfi.md", finding["id"], "reject").exit_code == 2  # no reason
    text("decide", "Portal", "rfi.md", finding["id"], "reject", "--reason", "a quotation")
    text("decide", "Portal", "rfi.md", finding["id"], "accept")
    assert "1 of 1 decided" in text("show", "Portal")
    record = text("record", "Portal")
    assert "a quotation" in record
    assert record.count("decide finding") == 2
    text("export", "Portal", "-o", tmp_path / "portal.zip")
    assert run("project", "import", tmp_path / "portal.zip").exit_code == 2  # it is here already
    text("delete", "Portal", "rfi.md", "--yes")
    assert text("show", "Portal") == ""


def test_what_can_be_wrong(tmp_path: Path) -> None:
    assert run("project", "show", "Nowhere").exit_code == 2
    text("new", "Portal")
    text("new", "Portal")
    assert "2 projects" in run("project", "show", "Portal").output
    assert run("project", "new", "  ").exit_code == 2
    assert run("project", "new", "X", "--policy", "nowhere").exit_code == 2
    text("new", "Other")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\nnot really")
    result = run("project", "add", "Other", tmp_path / "broken.pdf", "--model", "none")
    assert result.exit_code == 2
    assert "kept" in result.output
    assert "no report yet" in text("show", "Other")
    assert run("project", "add", "Other", tmp_path / "missing.pdf").exit_code == 2
    assert run("project", "import", tmp_path / "broken.pdf").exit_code == 2
    assert run("project", "export", "Other", "-o", tmp_path / "no" / "x.zip").exit_code == 2
    assert run("train", "--from-workspace", "Other").exit_code == 2


def test_decisions_train_a_model(tmp_path: Path) -> None:
    text("new", "Zoo")
    rules = [
        f"The Contractor shall be liable without limit for loss number {n} of the {place}."
        for n, place in enumerate(PLACES)
    ]
    others = [
        f"The {place} opens at {7 + n % 4} and closes at {15 + n % 5} on weekdays." for n, place in enumerate(PLACES)
    ]
    for number in range(0, len(PLACES), 5):
        path = tmp_path / f"terms-{number}.md"
        path.write_text("\n\n".join((*rules[number : number + 5], *others[number : number + 5])))
        text("add", "Zoo", path, "--model", "none")
        report = json.loads(run("scan", "--model", "none", "--format", "json", path).stdout)
        for place, finding in enumerate(report["findings"]):
            kind = ("reject", "--reason", "ours") if place % 2 else ("accept",)
            text("decide", "Zoo", path.name, finding["id"], *kind)
    result = run("train", "--from-workspace", "Zoo", "--output", tmp_path / "own", "--check-only")
    assert result.exit_code == 0, result.output


PLACES = (
    "library museum harbour airport stadium market theatre garden station hospital "
    "school archive depot workshop laboratory court prison college kitchen bridge"
).split()
