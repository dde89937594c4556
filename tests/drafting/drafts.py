"""Small documents for the detectors of drafting defects, made in code."""

from collections.abc import Iterable, Sequence

from analyzer.document import BlockKind, Document, Layer, Source
from analyzer.drafting.draft import Defect, Draft
from analyzer.parsing.builder import DocumentBuilder
from analyzer.policy import Limits
from analyzer.segmentation import segment

Line = str | tuple[str, ...] | tuple[Layer, str] | tuple[BlockKind, str]


def document_of(lines: Iterable[Line]) -> Document:
    """A paragraph a text, a table row a tuple of texts; a layer or a kind before a text puts it there."""
    builder = DocumentBuilder()
    row = 0
    for line in lines:
        match line:
            case str(text):
                builder.open()
                builder.add(text)
            case (Layer() as layer, str(text)):
                builder.open(layer=layer)
                builder.add(text)
            case (BlockKind() as kind, str(text)):
                builder.open(kind, level=1)
                builder.add(text)
            case cells:
                for column, text in enumerate(cells):
                    builder.open(BlockKind.CELL, cell=(0, row, column))
                    builder.add(str(text))
                row += 1
    return builder.build(Source("draft.txt", b""), "text/plain")


def draft_of(*lines: Line, days: int | None = None, attached: Sequence[str] = ()) -> Draft:
    document = document_of(lines)
    return Draft(document, segment(document), Limits(days_to_respond=days), frozenset(attached))


def shown(draft: Draft, defects: Iterable[Defect]) -> list[tuple[str, ...]]:
    """The words that each defect shows, held to the places that it names."""
    found = []
    for defect in defects:
        assert defect.evidence
        for item in defect.evidence:
            assert draft.document[item.span] == item.text
        assert defect.passage.sentence.span.contains(defect.evidence[0].span)
        found.append(tuple(item.text for item in defect.evidence))
    return found
