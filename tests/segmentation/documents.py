"""Builds documents for the tests of this folder from short lines."""

from analyzer.document import BlockKind, Document, Layer, Segment, Sentence, Source, Span, Unit
from analyzer.parsing.builder import DocumentBuilder

KINDS = {
    "# ": (BlockKind.HEADING, 1),
    "## ": (BlockKind.HEADING, 2),
    "- ": (BlockKind.LIST_ITEM, 1),
    "-- ": (BlockKind.LIST_ITEM, 2),
}


def document(*lines: str | list[str]) -> Document:
    """One block a line: ``# `` and ``## `` start headings, ``- `` and ``-- `` list items; a list of strings is a row
    of a table, its header row where the first cell ends with ``|``. Rows that follow each other are one table."""
    builder = DocumentBuilder()
    table, row = -1, -1
    for line in lines:
        if isinstance(line, list):
            table, row = (table, row + 1) if row >= 0 else (table + 1, 0)
            is_header = line[0].endswith("|")
            for column, cell in enumerate(line):
                builder.open(BlockKind.CELL, cell=(table, row, column), is_header=is_header)
                builder.add(cell.rstrip("|"))
            continue
        row = -1
        mark = next((mark for mark in KINDS if line.startswith(mark)), "")
        kind, level = KINDS.get(mark, (BlockKind.PARAGRAPH, 0))
        builder.open(kind, level=level)
        builder.add(line.removeprefix(mark))
    return builder.build(Source("test.txt", b""), "text/plain")


def layered(*blocks: tuple[str, BlockKind, Layer]) -> Document:
    builder = DocumentBuilder()
    for text, kind, layer in blocks:
        builder.open(kind, layer=layer)
        builder.add(text)
    return builder.build(Source("test.txt", b""), "text/plain")


def sentences(segments: tuple[Segment, ...]) -> list[Sentence]:
    """All sentences in the order of the text."""
    return sorted((s for segment in segments for s in segment.sentences), key=lambda s: s.span)


def texts(document: Document, segments: tuple[Segment, ...]) -> list[str]:
    return [document[sentence.span] for sentence in sentences(segments)]


def units(document: Document, segments: tuple[Segment, ...]) -> list[tuple[Unit, str, str]]:
    """Each sentence with its unit and the words that lead it in."""
    return [(s.unit, document[s.span], document[s.lead_in or Span(0, 0)]) for s in sentences(segments)]
