"""Nasty files end in a report or a DocumentError, within limits, and make nothing happen but that."""

from pathlib import Path

import pytest

from analyzer.document import Source
from analyzer.errors import DamagedDocument, DocumentError, DocumentTooLarge
from analyzer.parsing import collect
from analyzer.parsing.packages import display_name
from benchmarks.attacks import End, mutations
from benchmarks.attacks.places import write_places
from benchmarks.attacks.texts import text_attacks
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
        if end == End.ISOLATED and ending.outcome in {"died", "out of memory", "too long"}:
            continue
        assert ending.outcome in ENDINGS, ending
        assert ending.deeds == (), ending
        assert end != End.REPORT or ending.outcome == "report", ending
        assert end != End.ERROR or ending.outcome != "report", ending
    return {ending.name: ending for ending in found}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Row]]:
    """Every nasty file that is small on disk, and some hundred mutations."""
    folder = tmp_path_factory.mktemp("nasty")
    rows = write_nasty_files(folder, count=700, seed=3, largest=300_000)
    return folder, [row for row in rows if not row[1].endswith(CONVERTED)]


def test_small_ones(tmp_path: Path) -> None:
    rows = []
    for attack in (*text_attacks(), *mutations(30, seed=4)):
        if len(attack.data) < 50_000:
            (tmp_path / attack.name).write_bytes(attack.data)
            rows.append((attack.name, attack.kind, str(attack.end)))
    assert len(rows) > 50
    check(rows, tmp_path)


@pytest.mark.slow
def test_all_of_them(corpus: tuple[Path, list[Row]]) -> None:
    folder, rows = corpus
    assert len(rows) > 500
    check(rows, folder)


def test_what_lies_in_a_folder_beside_files(tmp_path: Path) -> None:
    folder = tmp_path / "given"
    (tmp_path / "secret.txt").write_text("The vendor shall furnish a performance bond.")
    folder.mkdir()
    rows = list(write_places(folder))
    found = {item.name.partition("/")[2]: item for item in collect([folder])}
    try:
        for name, kind, end in rows:
            item = found.pop(display_name(name), None)
            assert isinstance(item, DocumentError) == (end == "error") or end == "either", kind
            assert (item is None) == (end == "nothing") or end == "either", kind
        assert {type(item) for item in found.values()} <= {Source, DocumentTooLarge, DamagedDocument}
        assert not any(name.startswith("up") for name in found)
    finally:
        (folder / "locked").chmod(0o700)  # so that it can be tidied away


def test_mutations_are_the_same_each_time() -> None:
    assert list(mutations(60, seed=5)) == list(mutations(60, seed=5))
    assert list(mutations(60, seed=5)) != list(mutations(60, seed=6))
