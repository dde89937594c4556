"""``fairterms scan`` as a page, a table, a workbook and SARIF: one output for all documents, unread ones among them."""

import csv
import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from analyzer.cli import main

CLAUSE = "The Contractor's liability under this contract shall be unlimited."
TEXT = f"1. Terms\n\n{CLAUSE}\n\nThe Contractor shall deliver a prototype before award at its own expense.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A document with something to find, one without, and one that can't be read."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    (folder / "b.md").write_text("# Plants\n\nOaks grow.\n", encoding="utf-8")
    (folder / "c.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    return folder


def scan(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["scan", "--model", "none", *map(str, arguments)])


def test_all_documents_on_one_page(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.html"
    result = scan("--format", "html", "--output", output, folder)
    assert result.exit_code == 2
    page = output.read_text("utf-8")
    for words in ("a.txt", "b.md", "c.pdf", "Could not be read", "shall be unlimited"):
        assert words in page
    assert page.count('<section class="document"') == 3
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []


def test_a_table_has_what_was_found_and_what_was_not_read(folder: Path) -> None:
    result = scan("--format", "csv", folder)
    assert result.exit_code == 2
    head, *rows = csv.reader(io.StringIO(result.stdout.removeprefix("\ufeff"), newline=""))
    text, kind = head.index("Text"), head.index("Finding")
    assert CLAUSE in [row[text] for row in rows]
    assert [Path(row[0]).name for row in rows if row[kind] == "Could not be read"] == ["c.pdf"]
    low = scan("--format", "csv", "--min-severity", "high", "--category", "waterfall", folder)
    assert low.exit_code == 2
    assert CLAUSE not in low.stdout


def test_a_workbook_goes_to_a_file_or_a_pipe(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.xlsx"
    assert scan("--format", "xlsx", "--output", output, folder / "a.txt").exit_code == 0
    piped = scan("--format", "xlsx", folder / "a.txt")
    assert piped.stdout_bytes == output.read_bytes()
    sheet = load_workbook(io.BytesIO(piped.stdout_bytes))["Findings"]
    assert CLAUSE in [cell.value for cell in sheet["G"]]


@pytest.mark.skipif(os.name != "posix", reason="needs a terminal of its own")
def test_a_workbook_does_not_go_to_a_terminal(folder: Path) -> None:
    master, slave = pty.openpty()
    command = [sys.executable, "-c", "from analyzer.cli import main; main()", "scan", "--format", "xlsx"]
    path = str(Path(__file__).parent.parent.parent)
    try:
        done = subprocess.run(
            [*command, str(folder / "a.txt")],
            stdout=slave,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
            check=False,
        )
    finally:
        os.close(slave)
        os.close(master)
    assert done.returncode == 2
    assert b"name a file with --output" in done.stderr


def test_sarif_of_all_documents(folder: Path) -> None:
    result = scan("--format", "sarif", folder)
    assert result.exit_code == 2
    run = json.loads(result.stdout)["runs"][0]
    assert run["invocations"][0]["exitCode"] == 2
    assert len(run["artifacts"]) == 3
    region = next(
        item["locations"][0]["physicalLocation"]["region"]
        for item in run["results"]
        if item["properties"].get("text") == CLAUSE
    )
    assert (region["startLine"], TEXT[region["charOffset"] :][: region["charLength"]]) == (3, CLAUSE)
    assert "gate/unreadable" in [item["ruleId"] for item in run["results"]]


@pytest.mark.parametrize("form", ["html", "csv", "sarif"])
def test_an_empty_folder_is_not_clean(form: str, tmp_path: Path) -> None:
    result = scan("--format", form, tmp_path)
    assert result.exit_code == 2
    assert "there is no document" in result.stderr
