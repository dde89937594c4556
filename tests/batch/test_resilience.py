"""The table of causes in docs/scale.md, row by row: one batch over a folder, and where else a row is tested."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from analyzer.batch.values import Limits
from analyzer.document import Document, View
from analyzer.engine import Analysis, Analyzer
from analyzer.errors import DocumentError
from analyzer.gate import CRASH
from benchmarks.attacks import Attack, End
from benchmarks.attacks.office import office_attacks
from benchmarks.attacks.pdfs import pdf_attacks
from tests.batch.runs import SETTINGS, run, write
from tests.parsing.pdf_files import pdf as drawn_pdf
from tests.parsing.small_files import docx, pdf, zipped

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders of Windows hold other things")

ROOT = Path(__file__).resolve().parents[2]
LIMITED = replace(SETTINGS, ocr=False, limits=Limits(size=3_000_000, pages=50))
REFUSED = frozenset(kind.__name__ for kind in DocumentError.__subclasses__())
"""What an input that can't be read may be said to be."""
READ = frozenset({""})

Made = dict[str, frozenset[str]]
"""Name of an input to the errors that it may end in; "" is a report."""


def either(*errors: str) -> frozenset[str]:
    return frozenset(errors)


def too_large(folder: Path) -> Made:
    (folder / "long.txt").write_bytes(b"The bond is due. " * 200_000)
    (folder / "pages.pdf").write_bytes(pdf(*["The bond is due."] * 60))
    return dict.fromkeys(("long.txt", "pages.pdf"), either("DocumentTooLarge"))


def packages(folder: Path) -> Made:
    nested = zipped({"a.txt": "The bond is due."})
    for _ in range(6):
        nested = zipped({"in.zip": nested})
    (folder / "nested.zip").write_bytes(zipped({"in.zip": nested}))
    (folder / "many.zip").write_bytes(zipped({f"{number}.txt": "" for number in range(10_001)}))
    (folder / "bomb.zip").write_bytes(zipped({"a.txt": bytes(60_000_000)}))
    return {
        "nested.zip/in.zip": either("DocumentTooLarge"),
        **dict.fromkeys(("many.zip", "bomb.zip"), either("DocumentTooLarge")),
    }


def climbing(folder: Path) -> Made:
    (folder / "climbing.zip").write_bytes(zipped({"../../up.txt": "The bond is due.", "C:\\drive.txt": "It is late."}))
    return {"climbing.zip/up.txt": READ, "climbing.zip/drive.txt": READ}


@cache
def made_by(attacks: Callable[[], Iterator[Attack]]) -> tuple[Attack, ...]:
    return tuple(attacks())


def attacked(attacks: Callable[[], Iterator[Attack]], *kinds: str) -> Callable[[Path], Made]:
    def make(folder: Path) -> Made:
        made: Made = {}
        for attack in made_by(attacks):
            if attack.kind.endswith(kinds) and attack.end != End.ISOLATED and len(attack.data) < 20_000:
                (folder / attack.name).write_bytes(attack.data)
                made[attack.name] = READ if attack.end == End.REPORT else READ | REFUSED
        assert len(made) > 4
        return made

    return make


def cut(folder: Path) -> Made:
    whole = {"cut.docx": docx("The bond is due.", "It is late."), "cut.pdf": pdf("The bond is due.", "It is late.")}
    for name, data in whole.items():
        (folder / name).write_bytes(data[: len(data) * 2 // 3])
    return dict.fromkeys(whole, READ | either("DamagedDocument"))


def picture(canvas: Canvas) -> None:
    canvas.drawImage(ImageReader(Image.linear_gradient("L")), 50, 100, 500, 600)


def pictures(folder: Path) -> Made:
    (folder / "picture.pdf").write_bytes(drawn_pdf(picture).data)
    return {"picture.pdf": READ}


def lying(folder: Path) -> Made:
    (folder / "lying.pdf").write_bytes(docx("The bond is due."))
    (folder / "noise.docx").write_bytes(bytes(range(256)) * 40)
    return {"lying.pdf": READ, "noise.docx": REFUSED}


def no_files(folder: Path) -> Made:
    os.mkfifo(folder / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "socket.txt"))
    (folder / "dangling.txt").symlink_to("nowhere.txt")
    return dict.fromkeys(("pipe.txt", "socket.txt", "dangling.txt"), either("UnsupportedFormat", "DamagedDocument"))


def links(folder: Path) -> Made:
    outside = folder.parent / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("The bond is due.")
    (folder / "circle").symlink_to(".")
    (folder / "circle.txt").symlink_to("circle.txt")
    (folder / "out").symlink_to(outside)
    return {"circle.txt": REFUSED, "out": REFUSED}


def names(folder: Path) -> Made:
    for name in (b"a\nb.txt", b"a\x1b[31m.txt", b"\xff.txt"):
        (Path(os.fsdecode(os.fsencode(folder) + b"/" + name))).write_text("The bond is due.")
    return {"a\ufffdb.txt": READ, "a\ufffd[31m.txt": READ, "\ufffd.txt": READ}


IN_A_FOLDER: dict[str, Callable[[Path], Made]] = {
    "`--limit-size`": too_large,
    "nested more than 4 deep": packages,
    "a name that leads out of it": climbing,
    "loops in page trees": attacked(pdf_attacks, "loop", "object stream"),
    "styles, notes, numbering": attacked(office_attacks, "circle"),
    "XML entities": attacked(office_attacks, "entity"),
    "macros, remote templates": attacked(office_attacks, "from elsewhere"),
    "cut off or changed bytes": cut,
    "only pictures": pictures,
    "a name that lies": lying,
    "a FIFO, socket": no_files,
    "links in circles": links,
    "names with line breaks": names,
}
"""Words of a row to what is put into a folder for it."""
ELSEWHERE = {
    "longer than `--timeout`": "batch/test_pool.py::test_one_that_takes_too_long_is_stopped_and_tried_once_more",
    "more memory than `--limit-memory`": "batch/test_pool.py::test_one_that_swells_is_ended_by_its_limit",
    "native code crashes": "batch/test_pool.py::test_one_whose_process_dies_is_told_of_with_the_signal",
    "two runs with one output": "batch/test_resuming.py::test_two_runs_never_write_to_one_place",
    "the disk is full": "batch/test_resilience.py::test_a_disk_that_is_full_ends_the_run_and_another_goes_on",
    "a fault in Fairterms itself": "batch/test_resilience.py::test_a_fault_of_ours_is_told_without_its_words",
}
"""Words of a row that is about processes to the test that ends some."""


def test_every_row_of_the_table_is_tested() -> None:
    text = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    section = text.partition("## When a document misbehaves")[2].partition("\n## ")[0]
    causes = re.findall(r"^\| (?!cause|---)(.*?) \|", section, re.MULTILINE)
    assert len(causes) > 15
    for cause in causes:
        assert any(words in cause for words in (*IN_A_FOLDER, *ELSEWHERE)), cause
    for test in ELSEWHERE.values():
        file, _, name = test.partition("::")
        assert f"def {name}(" in (ROOT / "tests" / file).read_text(encoding="utf-8")


def test_one_batch_over_all_that_is_nasty(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "archive"
    write(folder, range(2))
    expected: dict[str, Made] = {words: make(folder) for words, make in IN_A_FOLDER.items()}
    before = sorted(path.name for path in tmp_path.iterdir())
    summary, _ = run([folder], tmp_path / "out", settings=LIMITED)
    assert summary
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*before, "out"])
    lines = (tmp_path / "out" / "manifest.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    entries = {str(entry["name"]).partition("/")[2]: entry for entry in map(json.loads, lines)}
    assert len(entries) == len(lines)
    assert {f"terms-{number:03}.txt" for number in range(2)} < entries.keys()
    for words, made in expected.items():
        for name, errors in made.items():
            assert name in entries, (words, name, sorted(entries))
            assert entries[name].get("error", "") in errors, (words, entries[name])
    assert "secret" not in "".join(lines)
    assert entries["picture.pdf"]["verdicts"] == {"cannot-evaluate": 1}
    reports = (tmp_path / "out" / "results.jsonl").read_text(encoding="utf-8")
    assert "Traceback" not in reports + "".join(capfd.readouterr())
    assert "root:" not in reports


FULL = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (15_000, 15_000))
from analyzer.cli import main
main()
"""
WHOLE = "from analyzer.cli import main; main()"


def test_a_disk_that_is_full_ends_the_run_and_another_goes_on(tmp_path: Path) -> None:
    write(tmp_path / "archive", range(12))

    def batch(code: str, output: str, *more: str) -> subprocess.CompletedProcess[str]:
        options = [
            "--output",
            str(tmp_path / output),
            "--jobs",
            "1",
            "--model",
            "none",
            "--no-ocr",
            "--no-cache",
            *more,
        ]
        command = [sys.executable, "-c", code, "batch", str(tmp_path / "archive"), *options]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)

    stopped = batch(FULL, "out")
    assert stopped.returncode not in {0, -25}
    assert "Traceback" not in stopped.stderr
    assert "can't be written: file too large" in stopped.stderr
    assert not (tmp_path / "out" / "summary.json").exists()
    batch(WHOLE, "out", "--resume")
    batch(WHOLE, "whole")
    assert (tmp_path / "out" / "results.jsonl").read_bytes() == (tmp_path / "whole" / "results.jsonl").read_bytes()


def test_a_fault_of_ours_is_told_without_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "archive", range(3))
    sound = Analyzer.analyze_document

    def faulty(self: Analyzer, document: Document, **options: View) -> Analysis:
        if document.source.name.endswith("001.txt"):
            raise ZeroDivisionError(document.text)
        return sound(self, document, **options)

    monkeypatch.setattr(Analyzer, "analyze_document", faulty)
    run([tmp_path / "archive"], tmp_path / "out")
    lines = (tmp_path / "out" / "manifest.jsonl").read_text().splitlines()
    assert [json.loads(line).get("error", "") for line in lines] == ["", CRASH, ""]
    told = (tmp_path / "out" / "results.jsonl").read_text().splitlines()[1]
    assert "ZeroDivisionError" in told
    told += lines[1]
    assert not re.search("contract|vendor|liability", told, re.IGNORECASE)
