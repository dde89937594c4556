"""Fairterms as a library: what a few lines of Python get, and the examples of the documentation."""

import re
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest

import analyzer
from analyzer import Analyzer
from analyzer.checking import check
from analyzer.document import Source
from analyzer.errors import BaselineError, DamagedDocument, DocumentError, PolicyError, UnsupportedFormat
from analyzer.gate import CauseKind, Exit
from analyzer.gathering import gather, gather_sources
from analyzer.parsing import collect
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


TODAY = date(2027, 3, 1)


def test_checking_goes_on_after_a_file_that_can_not_be_read(rules_alone: Analyzer, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    (tmp_path / "b.txt").write_text(TERMS)
    result = check(collect([tmp_path]), rules_alone, today=TODAY)
    assert [document.name.rpartition("/")[2] for document in result.documents] == ["a.pdf", "b.txt"]
    assert [(cause.kind, cause.exit) for cause in result.causes] == [
        (CauseKind.UNREADABLE, Exit.UNDECIDED),
        (CauseKind.FINDING, Exit.FAIL),
    ]
    assert (result.exit, result.today) == (Exit.UNDECIDED, "2027-03-01")


def test_checking_nothing_decides_nothing(rules_alone: Analyzer, tmp_path: Path) -> None:
    result = check(collect([tmp_path]), rules_alone, today=TODAY)
    assert (result.exit, [cause.kind for cause in result.causes]) == (Exit.UNDECIDED, [CauseKind.NOTHING])


def test_packages_at_hand_are_opened(rules_alone: Analyzer) -> None:
    package = Source.from_path(samples_folder() / "documents/rfp-package.zip")
    items, causes = gather_sources([package])
    result = check(items, rules_alone, today=TODAY, causes=causes)
    assert len(result.documents) > 1
    assert {document.name.split("/")[0] for document in result.documents} == {"rfp-package.zip"}


def test_an_empty_package_beside_a_good_file_is_no_pass(rules_alone: Analyzer, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "terms.zip", "w"):
        pass
    (tmp_path / "empty").mkdir()
    (tmp_path / "good.txt").write_text("The agency buys a records system.\n")
    by_path = gather([tmp_path / "good.txt", tmp_path / "terms.zip", tmp_path / "empty"])
    at_hand = gather_sources([Source.from_path(tmp_path / "good.txt"), Source.from_path(tmp_path / "terms.zip")])
    for (items, causes), empty in ((by_path, ["terms.zip", "empty"]), (at_hand, ["terms.zip"])):
        result = check(items, rules_alone, today=TODAY, causes=causes)
        assert (result.exit, [cause.document for cause in result.causes]) == (Exit.UNDECIDED, empty)


def test_checking_in_one_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("terms.txt").write_text(TERMS)
    Path("policy.toml").write_text('extends = "nascio"\noff = ["unlimited-liability"]\n')
    assert analyzer.check("terms.txt", model=None).exit is Exit.FAIL
    assert analyzer.check("terms.txt", model=None, policy="policy.toml", today=TODAY).exit is Exit.PASS
    assert analyzer.check("terms.txt", model=None, waivers="missing.toml").exit is Exit.UNDECIDED
    assert analyzer.check(model=None).exit is Exit.UNDECIDED
    with pytest.raises(PolicyError):
        analyzer.check("terms.txt", model=None, policy="no-such-policy")
    with pytest.raises(BaselineError):
        analyzer.check("terms.txt", model=None, baseline="missing.json")


def test_the_examples_of_the_documentation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    document = docx.Document()
    document.add_paragraph("The agency buys a records system. Offers are due on 12 May 2027.")
    document.save("rfp.docx")
    Path("terms.txt").write_text(TERMS)
    Path("unreadable.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    page = (Path(analyzer.__file__).parents[1] / "docs/python-api.md").read_text("utf-8")
    names: dict[str, Any] = {}
    printed = 0
    for kind, text in re.findall(r"^```(\w+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        if kind == "python":
            exec(compile(text, "python-api.md", "exec"), names)  # noqa: S102 - the examples are ours
        else:
            assert capsys.readouterr().out == text
            printed += 1
    assert capsys.readouterr().out == ""
    assert printed == 5
    assert Path("gate.sarif").stat().st_size > 1000


def test_an_exhibit_that_is_another_file_is_not_missed(rules_alone: Analyzer, tmp_path: Path) -> None:
    (tmp_path / "rfp.md").write_text("# RFP\n\n## 1. Terms\n\nThe contract is attached as Exhibit C.\n")
    (tmp_path / "c.md").write_text("# Exhibit C\n\n## Payment\n\nInvoices are paid within thirty days.\n")

    def missed(*names: str) -> list[str]:
        items, causes = gather([tmp_path / name for name in names])
        result = check(items, rules_alone, today=TODAY, causes=causes)
        return [item.finding.rule for document in result.documents for item in document.findings]

    assert missed("rfp.md") == ["drafting/dangling-exhibit"]
    assert missed("rfp.md", "c.md") == []
