"""Ruled tables of PDF pages."""

import pytest

from analyzer.document import BlockKind, TableFinder
from analyzer.parsing.pdf import read_pdf
from analyzer.parsing.pdf_page import Rectangle
from analyzer.parsing.pdf_tables import find_grids
from tests.parsing.pdf_files import SHARE, both, lines, pdf, ruled, texts

ROWS = [
    ["Number", "Requirement", "Answer"],
    ["REQ-1", "The tool keeps a log\nof each sign-in.", "Yes"],
    ["REQ-2", "The tool runs in a browser.", "No"],
]


@pytest.mark.parametrize("finder", [TableFinder.LINES, TableFinder.PDFPLUMBER])
def test_cells_carry_table_row_and_column_and_stand_once(finder: TableFinder) -> None:
    document = read_pdf(pdf(both(lines(SHARE), ruled(ROWS, height=26), lines(SHARE, y=400))), tables=finder)
    cells = [(document[block.span], block.cell, block.is_header) for block in document.blocks if block.cell]
    assert cells == [
        ("Number", (0, 0, 0), True),
        ("Requirement", (0, 0, 1), True),
        ("Answer", (0, 0, 2), True),
        ("REQ-1", (0, 1, 0), False),
        ("The tool keeps a log of each sign-in.", (0, 1, 1), False),
        ("Yes", (0, 1, 2), False),
        ("REQ-2", (0, 2, 0), False),
        ("The tool runs in a browser.", (0, 2, 1), False),
        ("No", (0, 2, 2), False),
    ]
    assert texts(document, kind=BlockKind.PARAGRAPH) == [" ".join(SHARE)] * 2
    assert document.text.count("REQ-1") == 1
    assert "REQ-2\tThe tool runs in a browser.\tNo" in document.text


def test_a_table_that_runs_over_a_page_end_is_one() -> None:
    document = read_pdf(pdf(ruled(ROWS, height=26, y=700), ruled([ROWS[0], *ROWS[2:]], height=26, y=700)))
    assert {block.cell[0] for block in document.blocks if block.cell} == {0}
    assert [block.cell for block in document.blocks if document[block.span] == "No"] == [(0, 2, 2), (0, 4, 2)]
    assert sum(block.is_header for block in document.blocks) == 6


def test_tables_can_be_switched_off() -> None:
    document = read_pdf(pdf(ruled(ROWS)), tables=TableFinder.OFF)
    assert not any(block.cell for block in document.blocks)
    assert "REQ-1" in document.text


@pytest.mark.parametrize(
    "boxes",
    [
        [],
        [Rectangle(10, 10, 200, 200)] * 4,
        [Rectangle(10, top, 200, top + 1) for top in range(10, 100, 10)],
        [
            Rectangle(10, 10, 200, 30),
            Rectangle(10, 30, 200, 50),
            Rectangle(10, 50, 200, 70),
            Rectangle(10, 70, 200, 90),
        ],
    ],
)
def test_frames_rules_and_single_columns_are_no_tables(boxes: list[Rectangle]) -> None:
    assert find_grids(boxes) == ()


def test_a_cell_over_two_columns_is_one_cell() -> None:
    across = [Rectangle(0, y, 100, y) for y in (0, 20, 40)]
    down = [Rectangle(0, 0, 0, 40), Rectangle(100, 0, 100, 40), Rectangle(50, 20, 50, 40)]
    (grid,) = find_grids([*across, *down])
    assert [(cell.row, cell.column, cell.box) for cell in grid.cells] == [
        (0, 0, Rectangle(0, 0, 100, 20)),
        (1, 0, Rectangle(0, 20, 50, 40)),
        (1, 1, Rectangle(50, 20, 100, 40)),
    ]


def test_boxes_with_text_in_one_column_alone_are_no_table() -> None:
    document = read_pdf(pdf(ruled([["The first of two remarks", ""], ["and the second", ""]])))
    assert not any(block.cell for block in document.blocks)
