"""``fairterms samples``: what its commands print, write and exit with."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analyzer.cli import main

BOND = "The Vendor shall furnish a performance bond before work begins."
PLAIN = "The office closes at five on working days."
FINAL = "These terms are final and nobody may change them."


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["samples", *(str(argument) for argument in arguments)])


def row(text: str, label: str = "", **fields: str) -> dict[str, str]:
    category, _, subtype = label.partition("/")
    return {"text": text, "category": category, "subtype": subtype, "severity": "high" if label else "", **fields}


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    return path


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return write(tmp_path / "good.jsonl", row(BOND, "performance-bond/performance", doc="a"), row(PLAIN, doc="a"))


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    return write(tmp_path / "bad.jsonl", row(BOND, "performance-bonds", doc="a"), row(PLAIN, doc="a"))


def test_check(good: Path, bad: Path) -> None:
    assert run("check", good).exit_code == 0
    result = run("check", good, bad)
    assert result.exit_code == 1
    assert "bad.jsonl:1: 'performance-bonds' is not a category. Did you mean 'performance-bond'?" in result.stdout


@pytest.mark.parametrize("command", [("check",), ("import", "--from", "prodigy"), ("export", "--to", "csv")])
@pytest.mark.parametrize("content", [None, "{oops", '{"category": "waterfall"}'])
def test_a_file_that_can_not_be_read(tmp_path: Path, command: tuple[str, ...], content: str | None) -> None:
    path = tmp_path / "rows.jsonl"
    if content is not None:
        path.write_text(content)
    result = run(*command, path)
    assert result.exit_code == 2
    assert result.stderr.startswith("fairterms: ")
    assert "rows.jsonl" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("form", ["jsonl", "csv", "spacy", "prodigy", "doccano"])
def test_export_and_import(good: Path, tmp_path: Path, form: str) -> None:
    out, back = tmp_path / "out.csv", tmp_path / "back.jsonl"
    out = out if form == "csv" else tmp_path / "out.jsonl"
    exported = run("export", good, "--to", form, "-o", out)
    assert (exported.exit_code, exported.stderr) == (0, f"Wrote 2 samples to {out}.\n")
    result = run("import", out, "--from", form, "-o", back)
    assert result.exit_code == 0
    assert f"fairterms samples check {back}" in result.stderr
    assert [json.loads(line) for line in back.read_text().splitlines()] == [
        {"text": BOND, "category": "performance-bond", "subtype": "performance", "severity": "high", "doc": "a"},
        {"text": PLAIN, "doc": "a"},
    ]
    assert run("check", back).exit_code == 0
    assert run("import", out, "--from", form, "-o", back).exit_code == 0  # a second run replaces it


def test_import_says_what_it_left_out(tmp_path: Path) -> None:
    asked = {"text": BOND, "label": "performance-bond"}
    path = write(tmp_path / "rows.jsonl", asked | {"answer": "accept"}, asked | {"text": PLAIN, "answer": "ignore"})
    result = run("import", path, "--from", "prodigy")
    assert json.loads(result.stdout) == {"text": BOND, "category": "performance-bond"}
    assert result.stderr == "Rows left out, since the annotator skipped them: 1.\n"
    empty = run("import", write(path), "--from", "doccano")
    assert (empty.exit_code, "holds no sample" in empty.stderr) == (2, True)


def test_a_folder_that_can_not_be_written(good: Path, tmp_path: Path) -> None:
    result = run("export", good, "--to", "csv", "-o", tmp_path / "none" / "out.csv")
    assert result.exit_code == 2
    assert "can't be written" in result.stderr


def test_agreement_of_two_files(good: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "other.jsonl", row(BOND, doc="a"), row(PLAIN, doc="a"), row(FINAL, doc="a"))
    result = run("agreement", good, other)
    assert result.exit_code == 0
    assert result.stdout.startswith("good.jsonl and other.jsonl have both read 2 sentences.\n")
    assert "good.jsonl alone lists 0, other.jsonl alone 1" in result.stdout
    assert f"category (good.jsonl:1 and other.jsonl:1): “{BOND}”" in result.stdout
    assert result.stdout == run("agreement", good, other).stdout


def test_agreement_within_one_file(tmp_path: Path, good: Path) -> None:
    rows = [
        row(text, label, annotator=name)
        for name, label in (("ann", "waterfall"), ("bob", ""), ("cy", "waterfall"))
        for text in (BOND, PLAIN)
    ]
    two, three = write(tmp_path / "two.jsonl", *rows[:4]), write(tmp_path / "three.jsonl", *rows)
    assert run("agreement", two).stdout.startswith("ann and bob have both read 2 sentences.")
    assert "Pick two with --between" in run("agreement", three).stderr
    assert run("agreement", three, "--between", "cy", "bob").stdout.startswith("cy and bob have both")
    assert "has no annotator dan" in run("agreement", three, "--between", "ann", "dan").stderr
    wrong = [(good,), (three, "--between", "ann", "ann"), (good, two, three), (good, two, "--between", "ann", "bob")]
    for arguments in wrong:
        assert run("agreement", *arguments).exit_code == 2


def test_suggest(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.txt").write_text(f"{BOND}\n\n{PLAIN}\n\nNo performance bond is required for this contract.\n")
    labelled = write(tmp_path / "labelled.jsonl", row(PLAIN))
    out = tmp_path / "label.jsonl"
    result = run("suggest", folder, "-n", "2", "--labelled", labelled, "-o", out)
    assert result.exit_code == 0
    assert f"Wrote 2 sentences to {out}." in result.stderr
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert {Path(one["doc"]).name for one in rows} == {"a.txt"}
    assert PLAIN not in {one["text"] for one in rows}
    assert {one["category"] for one in rows} == {""}
    assert all(one["reason"] for one in rows)

    (folder / "b.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    broken = run("suggest", folder, "-n", "1", "--model", "none")
    assert broken.exit_code == 2
    assert "b.pdf" in broken.stderr
    assert len(broken.stdout.splitlines()) == 1


def test_nothing_to_suggest(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Go on.\n")
    result = run("suggest", tmp_path / "a.txt")
    assert result.exit_code == 2
    assert "hold no sentence to suggest" in result.stderr
    assert run("suggest", tmp_path / "none.txt").exit_code == 2
    unknown = run("suggest", tmp_path / "a.txt", "--model", "no-such-model")
    assert unknown.exit_code == 2
    assert "no-such-model" in unknown.stderr


def test_help_names_the_commands() -> None:
    text = run("--help").stdout
    assert [name for name in ("check", "import", "export", "agreement", "suggest") if name not in text] == []
