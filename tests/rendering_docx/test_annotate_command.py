"""``fairterms annotate``: a copy with comments, never the file itself."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from analyzer.cli import main
from analyzer.resources import samples_folder
from tests.parsing.docx_files import p, word_bytes
from tests.rendering_docx.annotating import comment_texts, parts, read

LIABLE = "The Contractor shall be liable without limit for all damages of any kind."


@pytest.fixture
def terms(tmp_path: Path) -> Path:
    path = tmp_path / "terms.docx"
    path.write_bytes(
        word_bytes(p("Standard terms.") + p(LIABLE) + p("The Agency may alone decide in its sole discretion."))
    )
    return path


def run(*args: object, code: int = 0) -> str:
    result = CliRunner().invoke(
        main, ["annotate", *map(str, args), *(() if "--model" in args else ("--model", "none"))]
    )
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.output


def test_a_copy_holds_the_comments_and_the_file_stays(terms, tmp_path):
    before = terms.read_bytes()
    said = run(terms, "-o", tmp_path / "out.docx")
    assert "Wrote" in said
    assert "comment" in said
    made = (tmp_path / "out.docx").read_bytes()
    assert len(comment_texts(made)) >= 2
    assert read(made) == read(before)
    assert terms.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.docx", "terms.docx"]


def test_redline_writes_tracked_changes(terms, tmp_path):
    said = run(terms, "-o", tmp_path / "out.docx", "--redline", "--author", "Ana Lima", "--date", "2027-01-04")
    assert "tracked change" in said
    document = parts((tmp_path / "out.docx").read_bytes())["word/document.xml"]
    assert b'w:author="Ana Lima" w:date="2027-01-04T00:00:00Z"' in document
    assert LIABLE not in read((tmp_path / "out.docx").read_bytes())


def test_a_file_that_is_there_is_only_replaced_by_force_and_a_second_run_gives_the_same_bytes(terms, tmp_path):
    out = tmp_path / "out.docx"
    out.write_bytes(b"mine")
    assert "there already" in run(terms, "-o", out, code=2)
    assert out.read_bytes() == b"mine"
    run(terms, "-o", out, "--force", "--redline")
    first = out.read_bytes()
    run(terms, "-o", out, "--force", "--redline")
    assert out.read_bytes() == first != b"mine"


def test_the_file_itself_is_never_written_even_by_force(terms):
    before = terms.read_bytes()
    assert "is the file to annotate" in run(terms, "-o", terms, "--force", code=2)
    assert "is the file to annotate" in run(terms, "-o", terms.parent / "." / terms.name, "--force", code=2)
    assert terms.read_bytes() == before


def test_the_copy_has_the_ending_of_the_file(terms, tmp_path):
    assert "must end in .docx" in run(terms, "-o", tmp_path / "out.docm", code=2)


@pytest.mark.parametrize(("name", "text"), [("terms.txt", LIABLE), ("terms.md", f"# Terms\n\n{LIABLE}")])
def test_other_formats_are_refused_with_what_to_do(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    said = run(tmp_path / name, "-o", tmp_path / f"out{name[5:]}", code=2)
    assert "Save it as DOCX or PDF" in said
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_only_findings_from_a_severity_on_are_written(terms, tmp_path):
    run(terms, "-o", tmp_path / "all.docx")
    run(terms, "-o", tmp_path / "high.docx", "--min-severity", "high")
    firsts = {
        name: {lines[0].partition(":")[0] for lines in comment_texts((tmp_path / f"{name}.docx").read_bytes()).values()}
        for name in ("all", "high")
    }
    assert firsts["high"] == {"Fairterms", "High"}
    assert firsts["all"] > firsts["high"]


def test_a_damaged_file_writes_nothing(tmp_path):
    (tmp_path / "bad.docx").write_bytes(b"PK\x03\x04 not a file")
    assert "fairterms:" in run(tmp_path / "bad.docx", "-o", tmp_path / "out.docx", code=2)
    assert not (tmp_path / "out.docx").exists()


def test_an_interrupted_run_leaves_no_half_file(terms, tmp_path):
    out = tmp_path / "missing" / "out.docx"
    assert "can't be written" in run(terms, "-o", out, code=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["terms.docx"]


def test_what_was_not_read_is_said_in_the_copy_and_by_the_exit_code(tmp_path):
    path = tmp_path / "terms.docx"
    path.write_bytes(word_bytes(p(LIABLE) + '<w:altChunk r:id="rId9"/>'))
    run(path, "-o", tmp_path / "out.docx", code=2)
    first = next(iter(comment_texts((tmp_path / "out.docx").read_bytes()).values()))
    assert any(line.startswith("Not fully read: ") for line in first)


def test_a_pdf_gets_notes_and_no_tracked_changes(tmp_path):
    path = samples_folder() / "documents" / "saas-agreement.pdf"
    assert "can't hold tracked changes" in run(path, "-o", tmp_path / "out.pdf", "--redline", code=2)
    assert "note" in run(path, "-o", tmp_path / "out.pdf")
    assert (tmp_path / "out.pdf").read_bytes().startswith(b"%PDF-")
