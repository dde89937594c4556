"""Packages of real files for the tests of this folder."""

from pathlib import Path

import pytest

from analyzer.document import Source
from analyzer.engine import Analyzer
from analyzer.package import Member, PackageReview, review_package
from analyzer.policy import Policy
from tests.package.packages import Reader, Reviewer, write


@pytest.fixture(scope="session")
def analyzer() -> Analyzer:
    """Rules alone: what packages say doesn't hang on the model."""
    return Analyzer(model=None)


@pytest.fixture
def members(analyzer: Analyzer, tmp_path: Path) -> Reader:
    def read(files: dict[str, str]) -> list[Member]:
        found = []
        for name, text in files.items():
            path = tmp_path / name
            write(path, text)
            analysis = analyzer.analyze(Source(name, path.read_bytes()))
            found.append(Member(name, analysis.document, analysis.segments, analysis.report))
        return found

    return read


@pytest.fixture
def review(analyzer: Analyzer, members: Reader) -> Reviewer:
    def reviewed(files: dict[str, str], policy: Policy | None = None) -> PackageReview:
        return review_package(members(files), policy or Policy(), analyzer.rules)

    return reviewed
