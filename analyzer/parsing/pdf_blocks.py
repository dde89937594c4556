"""Writes the pages of a PDF into a document: text, tables, then what stands in the margins of each page."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from analyzer.document import BlockKind, Layer
from analyzer.parsing.builder import DocumentBuilder
from analyzer.parsing.pdf_flow import Layout, Measure, gather, measure, survey
from analyzer.parsing.pdf_furniture import find_footnotes, find_furniture
from analyzer.parsing.pdf_hyphens import Hyphens, write_lines
from analyzer.parsing.pdf_page import Grid, Line, PageText

__all__ = ["write_pages"]

_SAME_COLUMN = 4.0
"""Points that a column of a table may move from one page to the next."""
_LONGEST_LABEL = 60
_SENTENCE = re.compile(r"[.;?!]$")


@dataclass(frozen=True, slots=True)
class _Table:
    """A table as it stands on one page: the lines of each cell, by the cell's place in the grid."""

    page: int
    grid: Grid
    cells: Mapping[int, tuple[Line, ...]]


@dataclass(frozen=True, slots=True)
class _Margins:
    """What stands beside the text of one page, in order."""

    above: tuple[Line, ...]
    below: tuple[Line, ...]
    notes: tuple[Line, ...]
    hidden: tuple[Line, ...]
    comments: tuple[str, ...]


@dataclass(slots=True)
class _Writer:
    """Where the writing stands."""

    builder: DocumentBuilder
    usual: Measure
    hyphens: Hyphens
    margins: Mapping[int, _Margins]
    page: int = 0
    """The last page whose text was begun."""
    tables: int = 0
    rows: int = 0
    """Rows of the last table so far."""
    last: _Table | None = field(default=None)
    """The last table, as long as nothing but page margins stands after it."""
    header: tuple[str, ...] = ()


def write_pages(builder: DocumentBuilder, pages: Sequence[PageText]) -> None:
    """Write the text of pages, in order."""
    tabled = {
        page.number: frozenset(index for index, place in enumerate(page.places) if place)
        for page in pages
        if page.grids
    }
    usual = measure([line for page in pages for line in page.lines])
    furniture = find_furniture(pages, tabled)
    notes = {
        page.number: find_footnotes(page, furniture[page.number] | tabled.get(page.number, frozenset()), usual.size)
        for page in pages
    }
    margins = {page.number: _margins(page, furniture[page.number], notes[page.number]) for page in pages}
    body = list(_body(pages, furniture, notes))
    lines = [line for line in body if isinstance(line, Line)]
    layout = survey(lines, usual, {page.number: page.gutters for page in pages})
    writer = _Writer(builder, usual, Hyphens(pages), margins)
    for table, run in _runs(body):
        if table is not None:
            _write_table(writer, table)
        else:
            _write_run(writer, run, layout)
    for number in range(writer.page, len(pages) + 1):
        _enter(writer, number + 1)


def _margins(page: PageText, furniture: frozenset[int], notes: frozenset[int]) -> _Margins:
    lines = sorted((page.lines[index] for index in furniture), key=lambda line: (round(line.baseline), line.left))
    middle = page.frame.height / 2
    return _Margins(
        tuple(line for line in lines if line.baseline < middle),
        tuple(line for line in lines if line.baseline >= middle),
        tuple(page.lines[index] for index in sorted(notes)),
        tuple(found.line for found in page.hidden),
        tuple(note.text for note in page.annotations if note.is_comment),
    )


def _body(
    pages: Iterable[PageText], furniture: Mapping[int, frozenset[int]], notes: Mapping[int, frozenset[int]]
) -> Iterator[Line | _Table]:
    """Lines and tables in reading order; a table stands where its first line does."""
    for page in pages:
        aside = furniture[page.number] | notes[page.number]
        written: set[int] = set()
        for index, line in enumerate(page.lines):
            if index in aside:
                continue
            place = page.places[index] if page.places else None
            if place is None:
                yield line
            elif place[0] not in written:
                written.add(place[0])
                yield _table(page, place[0])


def _table(page: PageText, number: int) -> _Table:
    cells: dict[int, list[Line]] = {}
    for line, place in zip(page.lines, page.places, strict=True):
        if place is not None and place[0] == number:
            cells.setdefault(place[1], []).append(line)
    return _Table(page.number, page.grids[number], {cell: tuple(lines) for cell, lines in cells.items()})


def _runs(body: Iterable[Line | _Table]) -> Iterator[tuple[_Table | None, list[Line]]]:
    """Each table alone, and the lines between tables together."""
    run: list[Line] = []
    for item in body:
        if isinstance(item, Line):
            run.append(item)
            continue
        if run:
            yield None, run
            run = []
        yield item, []
    if run:
        yield None, run


def _enter(writer: _Writer, number: int) -> None:
    """Write what stands at the ends of the pages before ``number`` and at its head, once."""
    while writer.page < number:
        if writer.page in writer.margins:
            _write_below(writer, writer.margins[writer.page])
        writer.page += 1
        if writer.page in writer.margins:
            for line in writer.margins[writer.page].above:
                _write_furniture(writer, line)


def _write_below(writer: _Writer, margins: _Margins) -> None:
    for paragraph in gather(margins.notes, writer.usual, survey(margins.notes, writer.usual, {})):
        writer.builder.open(BlockKind.PARAGRAPH, layer=Layer.NOTE)
        write_lines(writer.builder, paragraph.lines, writer.hyphens)
    for line in margins.below:
        _write_furniture(writer, line)
    for paragraph in gather(margins.hidden, writer.usual, survey(margins.hidden, writer.usual, {})):
        writer.builder.open(BlockKind.PARAGRAPH, layer=Layer.HIDDEN)
        write_lines(writer.builder, paragraph.lines, writer.hyphens)
    for comment in margins.comments:
        writer.builder.open(BlockKind.PARAGRAPH, layer=Layer.COMMENT)
        writer.builder.add(comment)
    writer.builder.close()


def _write_furniture(writer: _Writer, line: Line) -> None:
    writer.builder.open(BlockKind.PARAGRAPH, layer=Layer.FURNITURE)
    write_lines(writer.builder, (line,), writer.hyphens)


def _write_run(writer: _Writer, lines: Sequence[Line], layout: Layout) -> None:
    writer.last = None
    for paragraph in gather(lines, writer.usual, layout):
        _enter(writer, paragraph.lines[0].page)
        writer.builder.open(paragraph.kind)
        write_lines(writer.builder, paragraph.lines, writer.hyphens)
    writer.builder.close()


def _write_table(writer: _Writer, table: _Table) -> None:
    _enter(writer, table.page)
    first_row = _labels(table)
    goes_on = _goes_on(writer.last, table)
    if not goes_on:
        writer.tables += 1
        writer.rows = 0
        writer.header = first_row if _is_header(table) else ()
    for number, cell in enumerate(table.grid.cells):
        lines = table.cells.get(number, ())
        is_header = cell.row == 0 and bool(writer.header) and first_row == writer.header
        for paragraph in gather(lines, writer.usual, survey(lines, writer.usual, {})):
            place = writer.tables - 1, writer.rows + cell.row, cell.column
            writer.builder.open(BlockKind.CELL, cell=place, is_header=is_header)
            write_lines(writer.builder, paragraph.lines, writer.hyphens)
    writer.builder.close()
    writer.rows += 1 + max(cell.row for cell in table.grid.cells)
    writer.last = table


def _goes_on(last: _Table | None, table: _Table) -> bool:
    """Whether a table is the rest of one that the page before ends with."""
    if last is None or table.page != last.page + 1 or len(last.grid.columns) != len(table.grid.columns):
        return False
    pairs = zip(last.grid.columns, table.grid.columns, strict=True)
    return all(abs(one - other) < _SAME_COLUMN for one, other in pairs)


def _labels(table: _Table) -> tuple[str, ...]:
    """The texts of the first row's cells."""
    return tuple(
        " ".join(line.text for line in table.cells.get(number, ()))
        for number, cell in enumerate(table.grid.cells)
        if cell.row == 0
    )


def _is_header(table: _Table) -> bool:
    """Whether the first row names the columns: a few words in each, bold or at least no sentences."""
    labels = [label for label in _labels(table) if label]
    rows = {cell.row for number, cell in enumerate(table.grid.cells) if number in table.cells}
    if len(labels) < 2 or len(rows) < 2 or any(len(label) > _LONGEST_LABEL for label in labels):
        return False
    lines = [
        line for number, cell in enumerate(table.grid.cells) if cell.row == 0 for line in table.cells.get(number, ())
    ]
    if all(line.is_bold for line in lines):
        return True
    is_full = len(labels) == len(table.grid.columns) > 2
    return is_full and not any(_SENTENCE.search(label) or label[0].isdigit() for label in labels)
