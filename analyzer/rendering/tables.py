"""Findings as CSV and as an Excel workbook, for people who track them; no text of a document comes alive in them."""

import csv
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING

from analyzer.findings import Failure, Report
from analyzer.gate import GateResult
from analyzer.rendering.gate_words import gate_sentence, unjudged
from analyzer.rendering.table_rows import Cell, Table, checklist, findings, reading, reasons
from analyzer.rendering.words import without_halves
from analyzer.rules import Reference

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["csv_of", "render_csv", "render_gate_csv", "render_gate_xlsx", "render_xlsx", "workbook_of"]

References = Mapping[str, Reference]

_DANGER = "=+\\-@\uff1d\uff0b\uff0d\uff20\u2212"
_FORMULA = re.compile(f"[{_DANGER}]")
_NEXT_FIELD = re.compile(f"(;[\"'\\s]*)(?=[{_DANGER}])")
"""Where a program that takes semicolons for separators would begin a field."""
_NOT_XML = re.compile("[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""What Excel takes for the code of a character."""
_LONGEST = 32_000
"""UTF-16 units of a cell; Excel holds 32,767."""
_CUT = " … (cut here; the whole stands in the document)"
_EPOCH = datetime(1980, 1, 1)
_WIDTHS = {
    "Document": 26,
    "Page": 7,
    "Section": 26,
    "Severity": 10,
    "Category": 20,
    "Finding": 26,
    "Reason": 24,
    "Text": 60,
    "What": 60,
    "Note": 40,
    "Question": 44,
    "Authority": 64,
    "How sure": 44,
    "Id": 30,
    "SHA-256": 20,
    "Answer": 10,
    "Wanted": 10,
    "As wanted": 10,
    "Read": 10,
    "Owner": 16,
    "Decision": 16,
}
_WIDTH = 32
_LETTER = 1.05
"""Width of a letter, in the digits that columns are measured by."""
_MOST_LINES = 14


def render_csv(reports: Sequence[Report | Failure], references: References) -> str:
    """Findings of several documents as CSV, with a byte order mark, so that Excel reads its letters right."""
    return csv_of(findings([unjudged(report) for report in reports], references, has_standings=False))


def render_gate_csv(result: GateResult, references: References) -> str:
    """Findings with their standing, conflicts, and whatever else stands in the way, as CSV."""
    return csv_of(_judged_findings(result, references))


def render_xlsx(reports: Sequence[Report | Failure], references: References) -> bytes:
    """A workbook with sheets for findings, checklist and reading notes; the same bytes for the same reports."""
    documents = [unjudged(report) for report in reports]
    found = findings(documents, references, has_standings=False)
    return workbook_of([found, checklist(documents, references), reading(documents)])


def render_gate_xlsx(result: GateResult, references: References) -> bytes:
    """A workbook likewise, with a sheet that says why the gate doesn't pass."""
    return workbook_of(
        [
            _judged_findings(result, references),
            checklist(result.documents, references),
            reading(result.documents),
            reasons(result.causes, result.notes, gate_sentence(result)),
        ]
    )


def _judged_findings(result: GateResult, references: References) -> Table:
    return findings(result.documents, references, has_standings=True, conflicts=result.conflicts, causes=result.causes)


def csv_of(table: Table) -> str:
    """A table as CSV in which nothing comes alive."""
    buffer = io.StringIO()
    buffer.write("\ufeff")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(table.head)
    writer.writerows([_field(cell) for cell in row] for row in table.rows)
    return buffer.getvalue()


def _field(cell: Cell) -> str:
    """A value on one line; an apostrophe goes before what a spreadsheet would take for a formula."""
    if not isinstance(cell, str):
        return "" if cell is None else str(cell)
    text = _NEXT_FIELD.sub(r"\1'", " ".join(_kept(cell).split()))
    return f"'{text}" if _FORMULA.match(text) else text


def _kept(text: str) -> str:
    """A text without what a cell can't hold."""
    clean = _NOT_XML.sub(" ", without_halves(text))
    if len(clean) <= _LONGEST // 2:
        return clean
    units = clean.encode("utf-16-le")
    if len(units) <= 2 * _LONGEST:
        return clean
    return units[: 2 * _LONGEST].decode("utf-16-le", "ignore") + _CUT


def workbook_of(tables: Sequence[Table]) -> bytes:
    """Tables as the sheets of a workbook."""
    from openpyxl import Workbook
    from openpyxl.writer.excel import ExcelWriter

    book = Workbook()
    book.remove(book.active)
    book.properties.creator = "Fairterms"
    book.properties.created = book.properties.modified = _EPOCH
    for table in tables:
        _sheet(book.create_sheet(table.title), table)
    buffer = io.BytesIO()
    # Not save_workbook, which would write the hour into the file.
    ExcelWriter(book, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED)).save()
    return _undated(buffer.getvalue())


def _sheet(sheet: "Worksheet", table: Table) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    wrapped = Alignment(horizontal="left", vertical="top", wrap_text=True)
    bold, fill = Font(bold=True), PatternFill("solid", fgColor="E8EAED")
    for column, name in enumerate(table.head, 1):
        head = sheet.cell(1, column)
        head.value = name
        head.font, head.fill, head.alignment = bold, fill, wrapped
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTHS.get(name, _WIDTH)
    for number, row in enumerate(table.rows, 2):
        for column, value in enumerate(row, 1):
            if value is None or value == "":
                continue
            cell = sheet.cell(number, column)
            cell.alignment = wrapped
            if isinstance(value, int):
                cell.value = value
                continue
            text = _kept(value)
            cell.value = _ESCAPE.sub("_x005F_", text)
            cell.data_type = "s"
            # Without it a formula would come alive when somebody edits the cell and leaves it.
            cell.quotePrefix = bool(_FORMULA.match(text.lstrip()))
        sheet.row_dimensions[number].height = _height(table.head, row)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.head))}{len(table.rows) + 1}"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    if "Owner" in table.head:
        # On paper the columns up to the suggested wording; all of them would be too small to read.
        sheet.print_area = f"A1:I{len(table.rows) + 1}"


def _height(head: Sequence[str], row: Sequence[Cell]) -> float:
    """Points for a row that shows its longest text, up to what leaves other rows on the screen."""
    lines = (
        sum(ceil(max(1, len(line)) * _LETTER / _WIDTHS.get(name, _WIDTH)) for line in value.splitlines())
        for name, value in zip(head, row, strict=True)
        if isinstance(value, str)
    )
    return 15.0 * min(_MOST_LINES, max(1, *lines))


def _undated(data: bytes) -> bytes:
    """A package whose parts carry no hour."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, _EPOCH.timetuple()[:6])
            part.compress_type = zipfile.ZIP_DEFLATED
            part.external_attr = 0o600 << 16
            new.writestr(part, old.read(name))
    return buffer.getvalue()
