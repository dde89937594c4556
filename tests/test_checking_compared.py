"""The column of Fairterms in the comparison of checkers, run."""

import json
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from reportlab.pdfgen.canvas import Canvas

from analyzer.cli import main
from tests.pipelines import blocks

[(_, TABLE)] = blocks("checking-compared.md")
WAIVER = (
    '[[waivers]]\nrule = "{rule}"\nfingerprint = "{id}"\n'
    'reason = "The statute asks for it."\nby = "A. Tester"\nuntil = 2027-06-30\n'
)


def check(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["check", "--model", "none", *arguments])
    return result.exit_code, result.stdout


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of the comparison, of two sentences each, in the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    document = docx.Document()
    document.add_paragraph("1. Scope")
    paragraph = document.add_paragraph("The agency buys a records system.")
    document.save("clean.docx")
    data = (tmp_path / "clean.docx").read_bytes()
    (tmp_path / "cut-off.docx").write_bytes(data[: len(data) // 2])
    (tmp_path / "cut-off.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    insertion = OxmlElement("w:ins")
    for name, value in (("w:id", "1"), ("w:author", "A. Tester"), ("w:date", "2027-01-01T00:00:00Z")):
        insertion.set(qn(name), value)
    run = paragraph.add_run(" It replaces the old one.")
    insertion.append(run._r)
    paragraph._p.append(insertion)
    document.save("pending.docx")
    canvas = Canvas("picture.pdf")
    canvas.rect(100, 100, 200, 200, fill=1)
    canvas.showPage()
    canvas.save()
    (tmp_path / "terms.txt").write_text(
        "1. Liability\n\nThe Contractor shall be liable without any limitation for all damages.\n"
    )
    [finding] = json.loads(check("--format", "json", "terms.txt")[1])["documents"][0]["report"]["findings"]
    (tmp_path / "w.toml").write_text(WAIVER.format(**finding))
    return tmp_path


def test_it_ends_as_the_comparison_says(files: Path) -> None:
    lines = [line[5:].split() for line in TABLE.splitlines()]
    assert len(lines) == 10
    ended = {" ".join(words[:-1]): check(*words[2:-1])[0] for words in lines}
    assert ended == {" ".join(words[:-1]): int(words[-1]) for words in lines}


def test_it_says_which_file_and_why(files: Path) -> None:
    assert "cut-off.pdf" in check("cut-off.pdf")[1]
    assert "A. Tester" in check("pending.docx")[1]
    assert "30 June 2027" in check("terms.txt", "--waivers", "w.toml", "--today", "2027-07-01")[1]
    assert "1 waived" in check("terms.txt", "--waivers", "w.toml", "--today", "2027-06-30")[1]
