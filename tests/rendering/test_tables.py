"""Tables say everything, and no text of a document comes alive as a formula, in any program."""

import csv
import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from analyzer.gate import CauseKind, Exit, GateResult, Standing
from analyzer.rendering.tables import render_csv, render_gate_csv, render_gate_xlsx, render_xlsx
from tests.rendering.results import ALL, FAILURE, REFERENCES, cause, finding, judged, report, result, standing

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
FORMULAS = [
    '=HYPERLINK("http://evil.example","x")',
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM(1)",
    "\u22121",
    "\u200b=1+1",
    "\ufeff=1+1",
    "a;=1+1",
    'a;"=1+1',
    "#N/A",
    "TRUE",
    "0012",
    "1/2",
]


def rows_of(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def sheets_of(data: bytes) -> dict[str, list[list[Any]]]:
    book = load_workbook(io.BytesIO(data))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.rows] for sheet in book}


@pytest.mark.parametrize("gate", ALL.values(), ids=ALL)
def test_both_hold_the_same_findings(gate: GateResult) -> None:
    rows = rows_of(render_gate_csv(gate, REFERENCES))
    sheet = sheets_of(render_gate_xlsx(gate, REFERENCES))["Findings"]
    assert rows[0] == sheet[0]
    assert len(rows) == len(sheet)
    assert {len(row) for row in rows} == {len(rows[0])}
    for row, cells in zip(rows[1:], sheet[1:], strict=True):
        assert [bool(value) for value in row] == [cell is not None for cell in cells]
    render_gate_csv(gate, REFERENCES).encode("utf-8")


@pytest.mark.parametrize("gate", ALL.values(), ids=ALL)
def test_a_table_is_empty_only_where_the_gate_passes(gate: GateResult) -> None:
    sheets = sheets_of(render_gate_xlsx(gate, REFERENCES))
    assert list(sheets) == ["Findings", "Checklist", "Reading notes", "Reasons"]
    assert len(sheets["Reasons"]) == 2 + len(gate.causes) + len(gate.notes)
    if gate.exit is Exit.PASS:
        assert sheets["Reasons"][1][2].startswith("Nothing stands in the way of publishing")
    assert {row[0] for row in sheets["Reading notes"][1:]} >= {
        document.name for document in gate.documents if document.name.isprintable()
    }


@pytest.mark.parametrize("kind", Standing)
def test_a_row_is_a_finding(kind: Standing) -> None:
    head, row = rows_of(render_gate_csv(standing(kind), REFERENCES))
    told = dict(zip(head, row, strict=True))
    assert told["Document"] == "zoo.txt"
    assert (told["Page"], told["Severity"], told["Category"]) == ("3", "High", "Animals named")
    assert told["Text"] == "4.1 Each zebra shall pay $2,000."
    assert told["Note"] == "by Pat, until 2027: the law"
    assert told["Authority"].startswith("Book, page 1 (policy, US; checked 15 January 2026); FAR 1.1")
    assert (told["Owner"], told["Decision"], told["Comment"]) == ("", "", "")
    assert bool(told["Standing"])


UNREAD = [(CauseKind.UNREADABLE, "Could not be read"), (CauseKind.UNREAD, "Not fully read")]
MORE = [(CauseKind.REVISIONS, "Tracked changes pending"), (CauseKind.CONFLICT, "A cap here, none there")]


@pytest.mark.parametrize(("kind", "title"), [*UNREAD, *MORE])
def test_what_is_no_finding_has_a_row_too(kind: CauseKind, title: str) -> None:
    head, *rows = rows_of(render_gate_csv(cause(kind), REFERENCES))
    assert title in [row[head.index("Finding")] for row in rows]


@pytest.mark.parametrize("text", FORMULAS)
def test_csv_holds_no_formula(text: str) -> None:
    bad = finding(text, title=text, suggestion=text)
    made = render_csv([report(bad, name=text)], REFERENCES)
    for row in csv.reader(io.StringIO(made, newline="")):
        for cell in row:
            assert not re.match(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20\u2212]", cell)
    for row in csv.reader(io.StringIO(made, newline=""), delimiter=";"):
        for cell in row:
            assert not re.match(r"[\s\"']*=", cell) or cell.startswith("'")


@given(st.text(max_size=60))
def test_csv_is_one_line_a_finding(text: str) -> None:
    made = render_csv([report(finding(f"{text}x", suggestion=text, section=text))], REFERENCES)
    made.encode("utf-8")
    assert made.count("\r\n") == 2
    assert len(made.splitlines()) == 2
    head, row = rows_of(made)
    assert row[head.index("Id")] == "animals/zebra#0123456789abcdef"


@pytest.mark.parametrize("text", FORMULAS)
def test_cells_are_strings(text: str) -> None:
    data = render_xlsx([report(finding(text, title=text), name=text)], REFERENCES)
    for sheet in load_workbook(io.BytesIO(data)):
        for row in sheet.rows:
            assert {cell.data_type for cell in row} <= {"s", "n", "inlineStr"}
            assert [
                cell.value for cell in row if cell.data_type == "n" and not isinstance(cell.value, int | None)
            ] == []
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert [
            name for name in package.namelist() if b"<f>" in package.read(name) or b"<f " in package.read(name)
        ] == []


def test_a_workbook_is_the_same_bytes_and_set_out_for_people() -> None:
    reports = [report(finding(), finding(id="1" * 16)), FAILURE]
    data = render_xlsx(reports, REFERENCES)
    assert render_xlsx(reports, REFERENCES) == data
    book = load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["Findings", "Checklist", "Reading notes"]
    sheet = book["Findings"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:S4"
    assert sheet["G2"].alignment.wrap_text
    assert sheet.column_dimensions["G"].width > 40
    assert sheet["B2"].value == 3
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_long_and_strange_text_fits_a_cell() -> None:
    long = finding("\U0001f600 zebra " * 700_000)
    strange = finding("_x0041_ \x00\x1f\ud800\ufffe\x85 end", id="1" * 16)
    made = report(long, strange)
    first, second = sheets_of(render_xlsx([made], REFERENCES))["Findings"][1:]
    assert 30_000 < len(first[6].encode("utf-16-le")) // 2 <= 32_767
    assert first[6].endswith("(cut here; the whole stands in the document)")
    assert second[6].endswith("end")
    assert len(render_csv([made], REFERENCES)) < 100_000


def test_nothing_makes_empty_tables() -> None:
    assert len(rows_of(render_csv([], {}))) == 1
    assert [len(rows) for rows in sheets_of(render_xlsx([], {})).values()] == [1, 1, 1]


@pytest.mark.skipif(not OFFICE, reason="needs LibreOffice")
def test_libreoffice_sees_text_and_no_formula(tmp_path: Path) -> None:
    items = [finding(text, title=text, suggestion=text, id=f"{n:016x}") for n, text in enumerate(FORMULAS)]
    made = [report(*items)]
    (tmp_path / "a.xlsx").write_bytes(render_xlsx(made, REFERENCES))
    (tmp_path / "b.csv").write_bytes(render_csv(made, REFERENCES).encode("utf-8"))
    for name in ("a.xlsx", "b.csv"):
        command = [
            str(OFFICE),
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--headless",
            "--convert-to",
            "fods",
        ]
        subprocess.run(
            [*command, "--outdir", str(tmp_path), str(tmp_path / name)], check=True, capture_output=True, timeout=300
        )
        flat = (tmp_path / name).with_suffix(".fods").read_text("utf-8")
        assert "zoo.txt" in flat
        assert "table:formula" not in flat
        assert "=HYPERLINK(" in flat


def test_a_filtered_gate_keeps_its_reasons() -> None:
    gate = standing(Standing.COUNTS)
    hidden = replace(gate, documents=(judged(),))
    assert sheets_of(render_gate_xlsx(hidden, REFERENCES))["Reasons"][2][:2] == ["Findings", "zoo.txt"]
    assert render_gate_csv(result(), REFERENCES).count("\r\n") == 1
