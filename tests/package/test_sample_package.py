"""The sample package: built from its content, and found to contradict itself in the two places where it should."""

import re
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from analyzer.document import Source
from analyzer.engine import Analyzer
from analyzer.package import Member, PackageReview, review_package
from analyzer.policy import Policy
from analyzer.resources import samples_folder
from samples import build

FOLDER = samples_folder() / "packages/booking"


@pytest.fixture(scope="module")
def reviewed() -> PackageReview:
    analyzer = Analyzer()
    members = []
    for path in sorted(FOLDER.iterdir()):
        analysis = analyzer.analyze(Source.from_path(path))
        members.append(Member(path.name, analysis.document, analysis.segments, analysis.report))
    return review_package(members, Policy(), analyzer.rules)


def words_of(name: str, data: bytes) -> str:
    if name.endswith(".docx"):
        with zipfile.ZipFile(BytesIO(data)) as package:
            return re.sub("<[^>]+>", "|", package.read("word/document.xml").decode())
    return data.decode()


def test_the_package_is_the_one_that_its_content_gives(tmp_path: Path) -> None:
    built = build.build_packages()
    assert build.build_packages() == built
    assert {Path(name).name for name in built} == {path.name for path in FOLDER.iterdir()}
    for name, data in built.items():
        assert words_of(name, data) == words_of(name, (samples_folder() / "packages" / name).read_bytes()), name
    build.main(tmp_path)
    assert {path.name for path in (tmp_path / "packages/booking").iterdir()} == {path.name for path in FOLDER.iterdir()}


def test_its_documents_are_told_apart_and_ranked(reviewed: PackageReview) -> None:
    assert reviewed.roles == {"exhibit-a-agreement.docx": "terms", "questions-and-answers.md": "qa", "rfp.docx": "rfp"}
    assert reviewed.precedence == ("exhibit-a-agreement.docx", "rfp.docx")


def test_it_contradicts_itself_in_two_places(reviewed: PackageReview) -> None:
    found = {(c.kind, c.severity.value, tuple(p.document for p in c.places), c.prevails) for c in reviewed.conflicts}
    assert found == {
        ("cap-and-unlimited", "high", ("rfp.docx", "exhibit-a-agreement.docx"), "exhibit-a-agreement.docx"),
        ("different-amounts", "high", ("rfp.docx", "questions-and-answers.md"), ""),
    }


def test_its_exposure_is_without_limit(reviewed: PackageReview) -> None:
    assert reviewed.exposure is not None
    assert reviewed.exposure.contract_value == "$900,000"
    assert "without limit" in reviewed.exposure.summary
