"""Fairterms as a library: what a few lines of Python get, and the examples of the documentation."""

import subprocess
import sys
from pathlib import Path

import pytest

import analyzer
from analyzer import Analyzer
from analyzer.document import Source
from analyzer.errors import DamagedDocument, DocumentError, UnsupportedFormat
from analyzer.resources import samples_folder

TERMS = "1. Liability\n\nThe Contractor shall be liable without any limitation for all damages.\n"


@pytest.fixture(scope="module")
def rules_alone() -> Analyzer:
    return Analyzer(model=None)


@pytest.mark.parametrize("as_given", [str, Path], ids=["str", "Path"])
def test_a_path_gives_what_its_bytes_give(
    rules_alone: Analyzer, tmp_path: Path, as_given: type[str] | type[Path]
) -> None:
    path = tmp_path / "terms.txt"
    path.write_text(TERMS)
    by_path = rules_alone.analyze(as_given(path)).report
    assert by_path == rules_alone.analyze(Source("terms.txt", TERMS.encode())).report
    assert by_path.name == "terms.txt"
    assert [finding.category for finding in by_path.findings] == ["unlimited-liability"]


def test_a_sample_with_the_default_model() -> None:
    report = Analyzer().analyze(samples_folder() / "documents/standard-terms.docx").report
    assert report.versions.model
    assert report.findings


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("missing.docx", DamagedDocument, "no such file"),
        ("a-folder", UnsupportedFormat, "a folder"),
        ("bad\0name.docx", DamagedDocument, "not valid"),
        ("x" * 5000, DamagedDocument, "too long"),
    ],
    ids=["missing", "folder", "null byte", "long"],
)
def test_a_path_that_is_no_document(
    rules_alone: Analyzer, tmp_path: Path, name: str, error: type[DocumentError], words: str
) -> None:
    (tmp_path / "a-folder").mkdir()
    with pytest.raises(error, match=words) as raised:
        rules_alone.analyze(tmp_path / name)
    assert raised.value.remedy


def test_an_empty_path_is_the_folder_that_it_means(rules_alone: Analyzer) -> None:
    with pytest.raises(UnsupportedFormat, match="folder"):
        rules_alone.analyze("")


def test_the_version_costs_no_more_than_itself() -> None:
    code = (
        "import sys, analyzer; analyzer.__version__; print(sorted(n for n in sys.modules if n.startswith('analyzer.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Analyser'"):
        analyzer.Analyser  # noqa: B018
    assert hasattr(analyzer, "__path__")


def test_the_stub_says_what_the_package_offers() -> None:
    stub = (Path(analyzer.__file__).with_suffix(".pyi")).read_text("utf-8")
    assert [name for name in analyzer.__all__ if name not in stub] == []
