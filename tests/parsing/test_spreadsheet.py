"""Workbooks and tables of separated values."""

import zipfile
from io import BytesIO

import pytest

from analyzer.document import Document, Layer, NoteKind, Source
from analyzer.errors import DamagedDocument, DocumentTooLarge
from analyzer.parsing import parse, spreadsheet
from analyzer.parsing.spreadsheet import read_csv, read_xls, read_xlsx
from tests.parsing.small_files import xls, xlsx

ROWS: list[list[object]] = [["Item", "Price"], ["Desk", 20], [None, 2.5], ["Total", "=SUM(B2:B3)"]]


def cells(document: Document) -> list[tuple[str, tuple[int, int, int] | None, bool]]:
    return [(document[block.span], block.cell, block.is_header) for block in document.blocks]


def test_a_workbook() -> None:
    document = read_xlsx(Source("a.xlsx", xlsx(ROWS, hidden="secret price")))
    assert cells(document) == [
        ("Prices", None, False),
        ("Item", (0, 0, 0), True),
        ("Price", (0, 0, 1), True),
        ("Desk", (0, 1, 0), False),
        ("20", (0, 1, 1), False),
        ("2.5", (0, 2, 1), False),
        ("Total", (0, 3, 0), False),
        ("Old", None, False),
        ("secret price", (1, 0, 0), False),
        ("A1: Ask the vendor", None, False),
    ]
    assert [block.layer for block in document.blocks[-3:]] == [Layer.HIDDEN, Layer.HIDDEN, Layer.COMMENT]
    assert {note.kind: note.is_unread for note in document.notes} == {
        NoteKind.HIDDEN_TEXT: False,
        NoteKind.COMMENTS: False,
        NoteKind.UNREADABLE_TEXT: True,
    }
    assert document.origins[2].part == "Prices!A2"


def test_calculated_values_are_read() -> None:
    data = BytesIO()
    with zipfile.ZipFile(BytesIO(xlsx(ROWS))) as given, zipfile.ZipFile(data, "w") as made:
        for member in given.infolist():
            content = given.read(member).replace(b"<v></v>", b"<v>22.5</v>").replace(b"<v />", b"<v>22.5</v>")
            made.writestr(member, content)
    document = read_xlsx(Source("a.xlsx", data.getvalue()))
    assert document.text.endswith("Total\t22.5\nA1: Ask the vendor")
    assert not document.unread


def test_text_boxes_are_read() -> None:
    buffer = BytesIO(xlsx(ROWS[:2]))
    with zipfile.ZipFile(buffer, "a") as package:
        package.writestr(
            "xl/drawings/drawing9.xml",
            '<d xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
            "<a:p><a:r><a:t>Prices are </a:t></a:r><a:r><a:t>firm.</a:t></a:r></a:p></d>",
        )
    assert read_xlsx(Source("a.xlsx", buffer.getvalue())).text.endswith("Prices are firm.")


def test_an_old_workbook() -> None:
    document = read_xls(Source("a.xls", xls([["Item", "Price"], ["Desk", 20.0]])))
    assert cells(document) == [
        ("Prices", None, False),
        ("Item", (0, 0, 0), True),
        ("Price", (0, 0, 1), True),
        ("Desk", (0, 1, 0), False),
        ("20", (0, 1, 1), False),
    ]


@pytest.mark.parametrize("data", [b'Item,Note\nDesk,"a, b"\n', b"Item;Note\nDesk;a, b\n", b"Item\tNote\nDesk\ta, b\n"])
def test_separated_values(data: bytes) -> None:
    assert read_csv(Source("a.csv", data)).text == "Item\tNote\nDesk\ta, b"


def test_too_many_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "MAX_CELLS", 3)
    with pytest.raises(DocumentTooLarge, match="more than 3 filled cells"):
        read_csv(Source("a.csv", b"a,b\nc,d\n"))


def test_a_damaged_old_workbook() -> None:
    with pytest.raises(DamagedDocument):
        parse(Source("a.xls", xls([["Item"]])[:1100]))
