"""Reads workbooks and tables of separated values: each sheet as a heading and a table."""

import csv
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any, NamedTuple

from analyzer.document import BlockKind, Document, Layer, NoteKind, ReadingNote, Source
from analyzer.errors import DamagedDocument, DocumentTooLarge, EncryptedDocument
from analyzer.parsing.builder import DocumentBuilder
from analyzer.parsing.encoding import decode
from analyzer.parsing.sniffing import MediaType

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["MAX_CELLS", "read_csv", "read_xls", "read_xlsx"]

MAX_CELLS = 2_000_000
"""How many filled cells of a workbook or table are read; a minute's work."""

_Row = tuple[int, list[tuple[int, str]]]
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_UNCALCULATED = rb"(?:<f[^>]*/>|</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>"
_MAX_PART = 100_000_000


class _Sheet(NamedTuple):
    """A sheet and its rows, each with its index and the filled cells by column, all from 0."""

    name: str
    rows: Iterable[_Row]
    is_hidden: bool = False


def read_csv(source: Source) -> Document:
    """Read a table of separated values; its first row is the header. Raises DocumentTooLarge."""
    text, _, notes = decode(source.data)
    rows = csv.reader(StringIO(text.replace("\0", " "), newline=""), delimiter=_delimiter(text))
    csv.field_size_limit(10_000_000)
    builder = DocumentBuilder()
    filled = (
        (number, [(column, cell) for column, cell in enumerate(row) if cell.strip()]) for number, row in enumerate(rows)
    )
    _write_sheet(builder, source.name, _Sheet("", filled), 0, 0)
    return builder.build(source, MediaType.CSV, notes=notes)


def _delimiter(text: str) -> str:
    start = text[:10_000]
    return max((",", ";", "\t", "|"), key=start.count)


def read_xlsx(source: Source) -> Document:
    """Read a workbook of Excel 2007 and later: all sheets, the values last calculated, comments and text boxes.

    The part of an origin is the cell, as in ``Prices!B4``. Raises DamagedDocument, DocumentTooLarge.
    """
    import openpyxl

    with warnings.catch_warnings():
        # openpyxl warns of each extension that it doesn't keep; nothing is written back here.
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(BytesIO(source.data), read_only=True, data_only=True, keep_links=False)
        try:
            sheets = [
                _Sheet(sheet.title, _xlsx_rows(sheet), sheet.sheet_state != "visible")
                for sheet in book.worksheets
                if hasattr(sheet, "iter_rows")
            ]
            builder = DocumentBuilder()
            notes = _write_sheets(builder, source.name, sheets)
        finally:
            book.close()
    notes += tuple(_write_extras(builder, source))
    return builder.build(source, MediaType.XLSX, notes=notes)


def _xlsx_rows(sheet: Any) -> Iterator[_Row]:
    # A sheet states its own dimensions, and some programs state A1 for all of them.
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(values_only=True)):
        yield number, [(column, _shown(value)) for column, value in enumerate(row) if value is not None]


def _shown(value: object) -> str:
    """A cell's value about as its program shows it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.10g}" if abs(value) < 1e15 else str(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def read_xls(source: Source) -> Document:
    """Read a workbook of Excel 97-2003, like ``read_xlsx``. Raises EncryptedDocument, DamagedDocument."""
    import xlrd

    try:
        book = xlrd.open_workbook(file_contents=source.data, logfile=StringIO(), on_demand=True)
    except xlrd.XLRDError as error:
        if "encrypt" in str(error).lower():
            remedy = "Open it with its password and save a copy without one."
            raise EncryptedDocument(source.name, "the workbook is protected by a password.", remedy) from error
        raise DamagedDocument(source.name, "the workbook can't be read.", "Save it as XLSX or PDF.") from error
    builder = DocumentBuilder()
    sheets = (
        _Sheet(sheet.name, _xls_rows(sheet, book.datemode), sheet.visibility != 0)
        for sheet in map(book.sheet_by_index, range(book.nsheets))
    )
    notes = _write_sheets(builder, source.name, sheets)
    return builder.build(source, MediaType.XLS, notes=notes)


def _xls_rows(sheet: Any, datemode: int) -> Iterator[_Row]:
    for number in range(sheet.nrows):
        cells = enumerate(sheet.row(number))
        yield number, [(column, text) for column, cell in cells if (text := _xls_text(cell, datemode))]


def _xls_text(cell: Any, datemode: int) -> str:
    import xlrd

    if cell.ctype in {xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK}:
        return ""
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return _shown(bool(cell.value))
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#ERROR!"))
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return _shown(xlrd.xldate.xldate_as_datetime(cell.value, datemode))
        except (ValueError, OverflowError):
            return _shown(cell.value)
    return _shown(cell.value)


def _write_sheets(builder: DocumentBuilder, name: str, sheets: Iterable[_Sheet]) -> tuple[ReadingNote, ...]:
    hidden, count = [], 0
    for table, sheet in enumerate(sheets):
        count = _write_sheet(builder, name, sheet, table, count)
        if sheet.is_hidden:
            hidden.append(sheet.name)
    if not hidden:
        return ()
    message = f"{len(hidden)} sheets of the workbook are hidden; they were read: {', '.join(hidden)}."
    return (ReadingNote(NoteKind.HIDDEN_TEXT, message),)


def _write_sheet(builder: DocumentBuilder, name: str, sheet: _Sheet, table: int, count: int) -> int:
    """Write a sheet. Returns how many cells are written so far, of the ``count`` before it."""
    layer = Layer.HIDDEN if sheet.is_hidden else Layer.BODY
    if sheet.name:
        builder.open(BlockKind.HEADING, layer=layer, level=1)
        builder.add(sheet.name)
    is_header_due = True
    for row, cells in sheet.rows:
        is_header = is_header_due and len(cells) > 1 and not any(_is_number(text) for _, text in cells)
        is_header_due = is_header_due and len(cells) < 2
        count += len(cells)
        if count > MAX_CELLS:
            raise DocumentTooLarge(name, f"it has more than {MAX_CELLS:,} filled cells.", "Split it into parts.")
        for column, text in cells:
            builder.open(BlockKind.CELL, layer=layer, cell=(table, row, column), is_header=is_header)
            builder.add(text, part=f"{sheet.name}!{_letters(column)}{row + 1}", index=0)
    builder.close()
    return count


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[-+$€£]?[\d.,\s]+%?", text) is not None


def _letters(column: int) -> str:
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _write_extras(builder: DocumentBuilder, source: Source) -> Iterator[ReadingNote]:
    """Write what openpyxl doesn't read of a workbook, comments and text boxes, and say what else is there."""
    comments, boxes, pictures, uncalculated = 0, 0, 0, 0
    with zipfile.ZipFile(BytesIO(source.data)) as package:
        for member in sorted(package.infolist(), key=lambda info: info.filename):
            path = member.filename
            if member.file_size > _MAX_PART:
                continue
            if re.fullmatch(r"xl/comments[^/]*\.xml|xl/(?:threadedComments|comments)/[^/]+\.xml", path):
                comments += _write_comments(builder, _xml(package, path))
            elif re.fullmatch(r"xl/drawings/[^/]+\.xml", path):
                boxes += _write_paragraphs(builder, _xml(package, path))
            elif path.startswith("xl/media/"):
                pictures += 1
            elif re.fullmatch(r"xl/worksheets/[^/]+\.xml", path):
                uncalculated += len(re.findall(_UNCALCULATED, package.read(member)))
    if comments:
        yield ReadingNote(NoteKind.COMMENTS, f"The workbook holds {comments} comments; they were read.")
    if pictures:
        yield ReadingNote(NoteKind.PICTURE, f"{pictures} pictures in the workbook were not read.")
    if uncalculated:
        message = f"{uncalculated:,} formulas have no value in the file; open it in Excel and save it."
        yield ReadingNote(NoteKind.UNREADABLE_TEXT, message, is_unread=True)


def _xml(package: zipfile.ZipFile, path: str) -> "_Element | None":
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    return etree.fromstring(package.read(path), parser)


def _write_comments(builder: DocumentBuilder, root: "_Element | None") -> int:
    count = 0
    for comment in root.iter("{*}comment", "{*}threadedComment") if root is not None else ():
        text = "".join(str(piece.text or "") for piece in comment.iter("{*}t", "{*}text") if not len(piece))
        # Excel writes a stand-in for old versions beside each threaded comment.
        if text.strip() and not text.startswith("[Threaded comment]"):
            builder.open(layer=Layer.COMMENT)
            builder.add(f"{comment.get('ref', '')}: {text}")
            count += 1
    builder.close()
    return count


def _write_paragraphs(builder: DocumentBuilder, root: "_Element | None") -> int:
    count = 0
    for paragraph in root.iter(f"{_DRAWING}p") if root is not None else ():
        builder.open()
        builder.add("".join(str(piece.text or "") for piece in paragraph.iter(f"{_DRAWING}t")))
        count += 1
    builder.close()
    return count
