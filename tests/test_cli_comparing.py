"""``fairterms diff`` and ``fairterms verify``."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analyzer.cli import main

OLD = "1. Liability\n\nThe Contractor's liability under this Contract shall be unlimited in every respect.\n"
NEW = "1. Liability\n\nThe Contractor's liability under this Contract is limited to twice the contract price.\n"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)))


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    old, new = tmp_path / "old.txt", tmp_path / "new.txt"
    old.write_text(OLD, encoding="utf-8")
    new.write_text(NEW, encoding="utf-8")
    return old, new


@pytest.mark.parametrize("form", ["text", "json", "markdown", "html"])
def test_diff_says_what_changed_in_every_format(files: tuple[Path, Path], form: str) -> None:
    result = run("diff", *files, "--model", "none", "--format", form)
    assert result.exit_code == 0, result.output
    assert "limited" in result.output
    assert "twice" in result.output
    assert result.output == run("diff", *files, "--model", "none", "--format", form).output


def test_diff_as_json(files: tuple[Path, Path]) -> None:
    value = json.loads(run("diff", *files, "--model", "none", "--format", "json").stdout)
    assert value["schema"] == "fairterms-diff/1"
    assert value["relation"] == "draft"
    assert "fixed" in {change["fate"] for change in value["findings"]}
    change = value["text"][0]
    assert change["new"]["text"][slice(*change["new"]["marks"][0])]


def test_diff_writes_a_whole_file(files: tuple[Path, Path], tmp_path: Path) -> None:
    output = tmp_path / "diff.html"
    result = run("diff", *files, "--model", "none", "--format", "html", "-o", output)
    assert result.exit_code == 0
    assert output.read_text(encoding="utf-8").endswith("</html>\n")


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_text_of_documents_is_escaped(tmp_path: Path, form: str) -> None:
    old, new = tmp_path / "old.txt", tmp_path / "<b>new</b>.txt".replace("/", "")
    old.write_text("The State pays <script>alert(1)</script> within thirty days.\n", encoding="utf-8")
    new.write_text("The State pays <script>alert(2)</script> within sixty days *at once*.\n", encoding="utf-8")
    result = run("diff", old, new, "--model", "none", "--format", form)
    assert result.exit_code == 0
    assert "<script>" not in result.output
    assert "<b>new" not in result.output


def test_diff_of_a_file_that_is_not_there(files: tuple[Path, Path], tmp_path: Path) -> None:
    result = run("diff", files[0], tmp_path / "none.txt", "--model", "none")
    assert result.exit_code == 2
    assert "none.txt" in result.output


def test_diff_of_a_file_that_was_not_fully_read(files: tuple[Path, Path]) -> None:
    result = run("diff", files[0], "samples/documents/scanned-terms.pdf", "--model", "none", "--no-ocr")
    assert result.exit_code == 2
    assert "Not fully read" in result.output


def test_verify_exits_with_what_it_found(files: tuple[Path, Path], tmp_path: Path) -> None:
    old, new = files
    same = tmp_path / "same.md"
    same.write_text(OLD.replace("1. Liability", "# 1. Liability"), encoding="utf-8")
    assert run("verify", same, "--against", old).exit_code == 0
    result = run("verify", new, "--against", old)
    assert result.exit_code == 1
    assert "unlimited" in result.output
    result = run("verify", "samples/documents/draft-with-revisions.docx", "--against", old)
    assert result.exit_code == 2


@pytest.mark.parametrize("form", ["text", "json", "markdown", "html"])
def test_verify_in_every_format(files: tuple[Path, Path], form: str) -> None:
    result = run("verify", files[1], "--against", files[0], "--format", form)
    assert result.exit_code == 1
    assert "unlimited" in result.output


def test_verify_against_a_damaged_file(files: tuple[Path, Path], tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.pdf"
    damaged.write_bytes(b"%PDF-1.7\nnothing more")
    result = run("verify", damaged, "--against", files[0])
    assert result.exit_code == 2
    assert "damaged.pdf" in result.output


def test_the_report_must_be_about_the_checked_file(files: tuple[Path, Path], tmp_path: Path) -> None:
    old, new = files
    report = tmp_path / "report.json"
    run("scan", old, "--model", "none", "--format", "json", "-o", report)
    assert run("verify", old, "--against", old, "--report", report).exit_code == 0
    result = run("verify", new, "--against", new, "--report", report)
    assert result.exit_code == 2
    assert "not the file that the report" in result.output


def test_the_report_of_the_gate_will_do(files: tuple[Path, Path], tmp_path: Path) -> None:
    old, _ = files
    report = tmp_path / "gate.json"
    run("check", old, "--model", "none", "--format", "json", "-o", report)
    assert run("verify", old, "--against", old, "--report", report).exit_code == 0


@pytest.mark.parametrize("text", ["", "[]", '{"document": 1}', "not json", "[" * 100_000])
def test_what_is_no_report_is_refused(files: tuple[Path, Path], tmp_path: Path, text: str) -> None:
    report = tmp_path / "report.json"
    report.write_text(text, encoding="utf-8")
    result = run("verify", files[0], "--against", files[0], "--report", report)
    assert result.exit_code == 2
    assert "report.json" in result.output
