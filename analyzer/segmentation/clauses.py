"""Puts a document's sentences into clauses that nest."""

from analyzer.document import Block, BlockKind, Document, Layer, Segment, Sentence, Span, Unit
from analyzer.segmentation.headings import Heading, is_contents_line, leads_in, read_heading
from analyzer.segmentation.nesting import (
    ROW_RANK,
    Clause,
    Walk,
    chapters_after,
    depth_by_rank,
    depth_for_heading,
    depth_for_number,
    is_headed,
    is_plausible,
    open_clause,
    rank_of,
    resolve,
)
from analyzer.segmentation.numbering import Number, is_requirement_id, read_number
from analyzer.segmentation.sentences import MAX_LENGTH, split, split_items

__all__ = ["segment"]

_WHOLE = 360
"""Characters up to which a sentence can't have words enough to fall into items."""
_SHORT_CELL = 40
"""Words up to which a cell counts as short, so that its row reads as one sentence."""
_LAYER_UNITS = {Layer.FURNITURE: Unit.FURNITURE, Layer.COMMENT: Unit.COMMENT, Layer.HIDDEN: Unit.HIDDEN}
_BULLETS = frozenset("•-–*▪○o☐☑☒□■❑✓")

# Bound once: on Python 3.11 a member looked up through its enum, or hashed, costs as much as a short match.
_BODY, _PROSE, _ITEM = Layer.BODY, Unit.PROSE, Unit.ITEM
_PARAGRAPH, _HEADING, _LIST_ITEM = BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.LIST_ITEM
_CONTENTS = BlockKind.CONTENTS


def _numbers(document: Document) -> list[Number | None]:
    return [
        read_number(document.text, block)
        if block.layer is _BODY and block.cell is None and block.kind is not _CONTENTS
        else None
        for block in document.blocks
    ]


def _put(walk: Walk, spans: list[tuple[int, int]], unit: Unit, lead: Span | None = None) -> None:
    """Add sentences to the clause that is open."""
    walk.open[-1].sentences.extend([Sentence(Span(start, end), unit, lead) for start, end in spans])


def _put_prose(walk: Walk, spans: list[tuple[int, int]], unit: Unit, lead: Span | None) -> Span:
    """Add a paragraph's sentences: the first under its lead-in, long enumerations in parts. Returns the last span."""
    text, before = walk.text, spans[0]
    _put_parts(walk, before[0], before[1], unit, lead)
    for start, end in spans[1:]:
        if text[start] == "•":
            _put_parts(walk, start, end, _ITEM, Span(*before) if leads_in(text, *before) else lead)
        else:
            _put_parts(walk, start, end, _PROSE, None)
            before = (start, end)
    return walk.open[-1].sentences[-1].span if spans[-1][1] - spans[-1][0] <= _WHOLE else Span(*spans[-1])


def _put_parts(walk: Walk, start: int, end: int, unit: Unit, lead: Span | None) -> None:
    if end - start <= _WHOLE or len(parts := split_items(walk.text, start, end)) == 1:
        walk.open[-1].sentences.append(Sentence(Span(start, end), unit, lead))
        return
    opens_with_item = walk.text[parts[0][0]] == "("
    _put(walk, parts[:1], _ITEM if opens_with_item else unit, lead)
    _put(walk, parts[1:], _ITEM, lead if opens_with_item else Span(*parts[0]))


def _read_heading_block(walk: Walk, block: Block) -> None:
    _put(walk, split(walk.text, *block.span, block.span.end), Unit.HEADING)
    leads = walk.text[block.span.end - 1] == ":"
    walk.lead = walk.open[-1].lead = block.span if leads else None
    walk.items.clear()


def _clause_of_number(
    walk: Walk, number: Number, block: Block, heading: Heading | None, body_is_list: bool
) -> Span | None:
    """Open the clause of a numbered block; returns what governs it."""
    is_heading = heading is not None and heading.is_own_block
    level = block.level if block.kind is _HEADING else 0
    depth = depth_for_number(walk, number, level, is_heading)
    sibling = walk.open[depth] if depth < len(walk.open) else None
    governor = None
    if sibling is not None and sibling.style == number.style and sibling.governor is not None:
        governor = sibling.governor
    elif walk.open[depth - 1].lead is not None:
        governor = walk.open[depth - 1].lead
    elif body_is_list:
        governor = walk.lead
    clause = open_clause(walk, depth, block.span.start, number.text, heading.words if heading else "")
    clause.style, clause.values, clause.rank = number.style, number.values, rank_of(number)
    clause.file_level, clause.governor = level, governor
    return governor


def _governs(walk: Walk, span: Span, is_item: bool) -> bool:
    """Whether what follows hangs on this sentence: it announces items, or is an item without an end."""
    return leads_in(walk.text, *span) or (is_item and walk.text[span.end - 1] not in ".;,!?")


def _read_numbered(walk: Walk, block: Block, number: Number, heading: Heading | None) -> None:
    is_list = number.is_enumerator or block.kind is _LIST_ITEM
    governor = _clause_of_number(walk, number, block, heading, is_list)
    if heading is not None and heading.is_own_block and not (is_list and governor):
        _read_heading_block(walk, block)
        return
    keep = heading.end if heading is not None and not heading.is_own_block else number.end
    is_item = block.kind is _LIST_ITEM or governor is not None
    spans = split(walk.text, *block.span, keep)
    last = _put_prose(walk, spans, _ITEM if is_item else _PROSE, governor)
    walk.items.clear()
    walk.lead = walk.open[-1].lead = last if _governs(walk, last, is_item and len(spans) == 1) else None


def _read_list_item(walk: Walk, block: Block) -> None:
    level = block.level
    while walk.items and walk.items[-1][0] >= level:
        walk.items.pop()
    lead = walk.items[-1][1] if walk.items else walk.lead
    last = _put_prose(walk, split(walk.text, *block.span), _ITEM, lead)
    walk.items.append((level, last))


def _read_prose(walk: Walk, block: Block) -> None:
    last = _put_prose(walk, split(walk.text, *block.span), _PROSE, None)
    walk.items.clear()
    walk.lead = walk.open[-1].lead = last if leads_in(walk.text, *last) else None


def _names_last_clause(walk: Walk, heading: Heading) -> bool:
    """Whether a heading without number completes the line before it: "ARTICLE 1." above "SCOPE OF WORK"."""
    clause = walk.open[-1]
    return bool(
        heading.is_own_block
        and clause.number
        and not clause.heading
        and len(clause.sentences) == 1
        and is_headed(clause)
    )


def _is_repeated(walk: Walk, block: Block, heading: Heading) -> bool:
    seen = block.kind is not _HEADING and heading.words in walk.headings
    walk.headings.add(heading.words)
    return seen


def _read_unnumbered(walk: Walk, block: Block, heading: Heading, index: int) -> None:
    if _names_last_clause(walk, heading):
        clause = walk.open[-1]
        clause.heading = heading.words
        clause.path = (*clause.path[:-1], f"{clause.number} {heading.words[:100]}")
    elif not (heading.is_own_block and _is_repeated(walk, block, heading)):
        level = block.level if block.kind is _HEADING else 0
        depth, rank = depth_for_heading(walk, level, index, heading.words)
        clause = open_clause(walk, depth, block.span.start, "", heading.words)
        clause.rank, clause.file_level = rank, level
    if heading.is_own_block:
        _read_heading_block(walk, block)
        return
    last = _put_prose(walk, split(walk.text, *block.span, heading.end), _PROSE, None)
    walk.items.clear()
    walk.lead = walk.open[-1].lead = last if leads_in(walk.text, *last) else None


def _is_bulleted(text: str, block: Block) -> bool:
    start = block.span.start
    return block.kind is _LIST_ITEM or (text[start] in _BULLETS and text[start + 1 : start + 2] == " ")


def _read_block(walk: Walk, block: Block, index: int) -> None:
    text, number = walk.text, walk.numbers[index]
    if block.layer is not _BODY and block.layer in _LAYER_UNITS:
        _put(walk, split(text, *block.span), _LAYER_UNITS[block.layer])
    elif is_contents_line(text, block):
        _put(walk, split(text, *block.span, block.span.end), Unit.CONTENTS)
    elif block.layer is not _BODY:
        _put(walk, split(text, *block.span), _PROSE)
    elif number is not None and is_plausible(walk, number, block):
        number = resolve(walk, number, index)
        _read_numbered(walk, block, number, read_heading(text, block, number.end, True))
    elif _is_bulleted(text, block):
        _read_list_item(walk, block)
    elif heading := read_heading(text, block, block.span.start, False):
        _read_unnumbered(walk, block, heading, index)
    else:
        _read_prose(walk, block)


def _cells(row: list[Block]) -> list[list[Block]]:
    """The blocks of a row by cell."""
    cells: list[list[Block]] = []
    for block in row:
        if cells and cells[-1][-1].cell == block.cell:
            cells[-1].append(block)
        else:
            cells.append([block])
    return cells


def _is_short(walk: Walk, cells: list[list[Block]], spans: list[list[tuple[int, int]]]) -> bool:
    """Whether a row reads as one: no cell of many words or of several sentences."""
    if cells[-1][-1].span.end - cells[0][0].span.start > MAX_LENGTH or any(len(sentences) > 1 for sentences in spans):
        return False
    return all(
        len(cell) < 4 and walk.text.count(" ", cell[0].span.start, cell[-1].span.end) < _SHORT_CELL for cell in cells
    )


def _may_be_header(text: str, row: list[Block]) -> bool:
    """Whether an unmarked first row names columns: some short cells without figures or blanks to fill in."""
    cells = [text[block.span.start : block.span.end] for block in row]
    return len(cells) > 1 and all(
        len(cell) < 40 and cell[0].isupper() and cell[-1] not in ":.;_" and not any(map(str.isdigit, cell))
        for cell in cells
    )


def _read_row(walk: Walk, row: list[Block]) -> None:
    """One row of a table: a sentence of its own, or its cells' sentences where they are long."""
    text, whole = walk.text, Span(row[0].span.start, row[-1].span.end)
    table = row[0].cell[0] if row[0].cell else -1
    walk.items.clear()
    walk.lead = None
    if any(block.is_header for block in row):
        walk.header = (table, whole)
        _put(walk, split(text, *whole, whole.end), Unit.HEADING)
        return
    if row[0].cell is not None and row[0].cell[1] == 0 and _may_be_header(text, row):
        walk.header = (table, whole)
    lead = walk.header[1] if walk.header is not None and walk.header[0] == table and walk.header[1] != whole else None
    first = text[row[0].span.start : row[0].span.end]
    if len(row) > 1 and len(first) < 20 and is_requirement_id(first):
        clause = open_clause(walk, depth_by_rank(walk, ROW_RANK), whole.start, first.rstrip(".:"), "")
        clause.rank = ROW_RANK
    spans = [split(text, *block.span) for block in row]
    if _is_short(walk, _cells(row), spans):
        _put(walk, [whole], Unit.ROW, lead)
    else:
        for sentences in spans:
            _put(walk, sentences, Unit.CELL, lead)
    if walk.open[-1].rank == ROW_RANK:
        walk.open.pop()


def _row_end(blocks: tuple[Block, ...], index: int) -> int:
    """The index after the last cell of the row that begins at an index."""
    row, last = (blocks[index].cell or ())[:2], index + 1
    while last < len(blocks) and (cell := blocks[last].cell) is not None and cell[:2] == row:
        last += 1
    return last


def _close(clauses: list[Clause]) -> None:
    """Let every clause end with its last sentence, or that of the clauses below it."""
    for clause in reversed(clauses):
        if clause.sentences:
            clause.end = max(clause.end, clause.sentences[-1].span.end)
        if clause.parent is not None:
            clauses[clause.parent].end = max(clauses[clause.parent].end, clause.end)


def segment(document: Document) -> tuple[Segment, ...]:
    """The clauses of a document with their sentences, in the order of the text.

    The first is the document itself. Every visible character stands in one sentence, every sentence in
    one segment; a segment lies within its parent.
    """
    numbers = _numbers(document)
    root = Clause(0, 0, 0, None, 0, ())
    walk = Walk(document.text, numbers, chapters_after(numbers), [root], [root])
    index, blocks = 0, document.blocks
    while index < len(blocks):
        block, last = blocks[index], index + 1
        if block.cell is not None and block.layer is _BODY:
            last = _row_end(blocks, index)
            _read_row(walk, list(blocks[index:last]))
        else:
            _read_block(walk, block, index)
        index = last
    _close(walk.clauses)
    root.end = len(document.text)
    return tuple(
        Segment(Span(c.start, c.end), tuple(c.sentences), c.number, c.heading, c.level, c.parent, c.path)
        for c in walk.clauses
    )
