"""Nasty files end in a report or a DocumentError, within limits, and make nothing happen but that."""

import shutil
from pathlib import Path

import pytest

from analyzer.errors import DocumentError
from benchmarks.attacks import End, mutations
from benchmarks.enduring import Ending, endings
from benchmarks.nasty import Row, write_nasty_files

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="limits on memory are those of Linux")

ENDINGS = {"report", *(kind.__name__ for kind in DocumentError.__subclasses__())}
CONVERTED = ("WordPerfect", "flat office file")
"""What LibreOffice would be started for, which takes seconds."""


def check(rows: list[Row], folder: Path) -> dict[str, Ending]:
    """Read the files of some rows, and hold each to its promise."""
    found = list(endings([folder / name for name, _, _ in rows]))
    expected = {name: end for name, _, end in rows}
    assert len(found) == len(rows)
    for ending in found:
        end = expected[ending.name]
        if end == End.ISOLATED and ending.outcome in {"died", "out of memory"}:
            continue
        assert ending.outcome in ENDINGS, ending
        assert ending.deeds == (), ending
        assert end != End.REPORT or ending.outcome == "report", ending
        assert end != End.ERROR or ending.outcome != "report", ending
    return {ending.name: ending for ending in found}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Row]]:
    """Every small nasty file and some hundred mutations."""
    folder = tmp_path_factory.mktemp("nasty")
    rows = write_nasty_files(folder, count=700, seed=3, largest=300_000)
    return folder, [row for row in rows if not row[1].endswith(CONVERTED)]


def test_some_of_every_kind(corpus: tuple[Path, list[Row]]) -> None:
    folder, rows = corpus
    first = {kind: (name, kind, end) for name, kind, end in reversed(rows)}
    assert len(first) > 40
    check(list(first.values()), folder)


@pytest.mark.slow
def test_all_of_them(corpus: tuple[Path, list[Row]]) -> None:
    folder, rows = corpus
    assert len(rows) > 500
    check(rows, folder)


def test_what_lies_in_a_folder_beside_files(tmp_path: Path) -> None:
    folder = tmp_path / "given"
    secret = tmp_path / "secret.txt"
    secret.write_text("The vendor shall furnish a performance bond.")
    rows = [row for row in write_nasty_files(folder, count=0, special=True, largest=0) if row[2] != "nothing"]
    assert len(rows) > 12
    found = check([row for row in rows if (folder / row[0]).is_file() and not (folder / row[0]).is_symlink()], folder)
    assert len(found) > 8
    if shutil.which("chmod"):
        (folder / "locked").chmod(0o700)  # so that it can be tidied away


def test_mutations_are_the_same_each_time() -> None:
    assert list(mutations(60, seed=5)) == list(mutations(60, seed=5))
    assert list(mutations(60, seed=5)) != list(mutations(60, seed=6))
