"""Puts a document's sentences into clauses that nest."""

from dataclasses import dataclass, field

from analyzer.document import Block, BlockKind, Document, Layer, Segment, Sentence, Span, Unit
from analyzer.segmentation.headings import Heading, is_contents_line, leads_in, read_heading
from analyzer.segmentation.numbering import HIERARCHIC, Number, is_requirement_id, read_number
from analyzer.segmentation.sentences import MAX_LENGTH, split, split_items

__all__ = ["segment"]

_RANKS = {"part": 1.0, "attachment": 2.0, "article": 3.0, "section": 3.0, "decimal": 4.0, "lettered": 4.0}
_TOP_HEADING, _INNER_HEADING, _ENUMERATOR, _ROW = 2.5, 12.0, 20.0, 30.0
_WHOLE = 360
"""Characters up to which a sentence can't have words enough to fall into items."""
_SHORT_CELL = 40
"""Words up to which a cell counts as short, so that its row reads as one sentence."""
_HIGHEST = 40
"""A paragraph's number above this is believed only after the one before it."""
_LAYER_UNITS = {Layer.FURNITURE: Unit.FURNITURE, Layer.COMMENT: Unit.COMMENT, Layer.HIDDEN: Unit.HIDDEN}
_BULLETS = frozenset("•-–*▪○o☐☑☒□■❑✓")

# Bound once: on Python 3.11 a member looked up through its enum, or hashed, costs as much as a short match.
_BODY, _PROSE, _ITEM = Layer.BODY, Unit.PROSE, Unit.ITEM
_PARAGRAPH, _HEADING, _LIST_ITEM = BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.LIST_ITEM
_CONTENTS = BlockKind.CONTENTS


@dataclass(slots=True)
class _Clause:
    """A segment while it is being filled."""

    start: int
    end: int
    index: int
    parent: int | None
    level: int
    path: tuple[str, ...]
    number: str = ""
    heading: str = ""
    style: str = ""
    values: tuple[int, ...] = ()
    rank: float = 0.0
    file_level: int = 0
    sentences: list[Sentence] = field(default_factory=list)
    lead: Span | None = None
    """What in this clause governs the items below it."""
    governor: Span | None = None
    """What governs this clause, and the siblings that follow it."""


@dataclass(slots=True)
class _Walk:
    """Where the reading of a document stands: the clauses made, and those still open."""

    text: str
    numbers: list[Number | None]
    chapters: list[int]
    """For each block, the first value of the next hierarchic number at or after it; 0 for none."""
    clauses: list[_Clause]
    open: list[_Clause]
    lead: Span | None = None
    items: list[tuple[int, Span]] = field(default_factory=list)
    """List items that stand open, with their depth."""
    headings: set[str] = field(default_factory=set)
    """Lines that were taken for headings by their capitals: a second one is a running header."""
    header: tuple[int, Span] | None = None
    """The table whose header row was last read, and the row."""


def _chapters(numbers: list[Number | None]) -> list[int]:
    chapters, upcoming = [0] * (len(numbers) + 1), 0
    for index in range(len(numbers) - 1, -1, -1):
        number = numbers[index]
        if number is not None and number.style in HIERARCHIC and number.values:
            upcoming = number.values[0]
        chapters[index] = upcoming
    return chapters


def _numbers(document: Document) -> list[Number | None]:
    return [
        read_number(document.text, block)
        if block.layer is _BODY and block.cell is None and block.kind is not _CONTENTS
        else None
        for block in document.blocks
    ]


def _succeeds(clause: _Clause, style: str, value: int, reach: int = 1) -> bool:
    return clause.style == style and bool(clause.values) and 0 < value - clause.values[-1] <= reach


def _same_brackets(number: Number | None, style: str) -> bool:
    return number is not None and number.style[1:] == style[1:] and number.style[0] in "aAiI"


def _as_roman(number: Number) -> Number:
    return number._replace(style=("I" if number.style[0] == "A" else "i") + number.style[1:], values=(number.roman,))


def _resolve(walk: _Walk, number: Number, index: int) -> Number:
    """Whether ``(i)`` is a letter or a Roman one, by the numbers that stand open and those that follow."""
    if not number.roman:
        return number
    other = _as_roman(number)
    letter_goes_on = any(_succeeds(c, number.style, number.values[0]) for c in walk.open)
    roman_goes_on = any(_succeeds(c, other.style, other.values[0]) for c in walk.open)
    if letter_goes_on != roman_goes_on:
        if letter_goes_on and number.roman == 1:
            following = (n for n in walk.numbers[index + 1 : index + 40] if _same_brackets(n, number.style))
            upcoming = next(following, None)
            return other if upcoming is not None and upcoming.values == (2,) and upcoming.style[0] in "iI" else number
        return number if letter_goes_on else other
    return other if roman_goes_on or number.roman == 1 else number


def _is_plausible(walk: _Walk, number: Number, block: Block) -> bool:
    """A lone letter may be an initial, and a high number the end of a citation: such count only in sequence."""
    if block.label or block.kind is not _PARAGRAPH or not number.values:
        return True
    value = number.values[0]
    if number.style == "decimal":
        return value <= _HIGHEST or any(0 <= value - c.values[0] <= 3 for c in walk.open if c.values)
    if not number.is_enumerator or number.style.endswith("()"):
        return True
    return value == 1 or any(_succeeds(clause, number.style, value, 3) for clause in walk.open)


def _depth_under_prefix(walk: _Walk, number: Number) -> int:
    """How many clauses stay open for 4.2.1 where 4.2, Section 4 or Article IV is open; 0 where none is."""
    values = number.values
    for depth in range(len(walk.open) - 1, 0, -1):
        clause = walk.open[depth]
        size = len(clause.values)
        if clause.style in HIERARCHIC and 0 < size < len(values) and values[:size] == clause.values:
            return depth + 1
    return 0


def _depth_of_sibling(walk: _Walk, number: Number, level: int, reach: int) -> int:
    """How many clauses enclose the open one that a number continues; a list doesn't continue headings. 0 for none."""
    value = number.values[-1]
    for depth in range(len(walk.open) - 1, 0, -1):
        clause = walk.open[depth]
        is_like = clause.values[:-1] == number.values[:-1] and (clause.file_level > 0) == (level > 0)
        if is_like and _succeeds(clause, number.style, value, reach):
            return depth
    return 0


def _depth_by_rank(walk: _Walk, rank: float) -> int:
    depth = len(walk.open)
    while depth > 1 and walk.open[depth - 1].rank >= rank:
        depth -= 1
    return depth


def _depth_by_level(walk: _Walk, level: int) -> int:
    depth = len(walk.open)
    while depth > 1 and not 0 < walk.open[depth - 1].file_level < level:
        depth -= 1
    return depth


def _is_headed(clause: _Clause) -> bool:
    """Whether a clause begins with a heading on a line of its own."""
    return bool(clause.sentences) and clause.sentences[0].unit is Unit.HEADING


def _depth_of_restart(walk: _Walk, number: Number) -> int:
    """A list that begins: below what is open, or beside an open list of its own style."""
    last = len(walk.open) - 1
    top = walk.open[last]
    is_same = top.style == number.style and len(top.values) == len(number.values) and not _is_headed(top)
    return last if last > 0 and is_same else last + 1


def _rank(number: Number) -> float:
    if number.is_enumerator:
        return _ENUMERATOR
    return _RANKS.get(number.style, _ROW) + max(0, len(number.values) - 1 if number.style in HIERARCHIC else 0)


def _depth_for_number(walk: _Walk, number: Number, level: int, is_heading: bool) -> int:
    """How many of the open clauses enclose a numbered one."""
    if number.style in HIERARCHIC and (depth := _depth_under_prefix(walk, number)):
        return depth
    single = number.is_enumerator or (number.style == "decimal" and len(number.values) == 1)
    if number.values and (number.style in HIERARCHIC or single):
        reach = 1 if single else 50
        if (depth := _depth_of_sibling(walk, number, level, reach)) or (
            depth := _depth_of_sibling(walk, number, level, 5)
        ):
            return depth
    if level:
        return _depth_by_level(walk, level)
    if single and not is_heading and number.values == (1,):
        return _depth_of_restart(walk, number)
    if number.is_enumerator:
        styles = [clause.style for clause in walk.open]
        return styles.index(number.style) if number.style in styles else len(styles)
    headings = [depth for depth, clause in enumerate(walk.open) if clause.file_level]
    return headings[-1] + 1 if headings and single and not is_heading else _depth_by_rank(walk, _rank(number))


def _depth_for_heading(walk: _Walk, level: int, index: int) -> tuple[int, float]:
    """How many open clauses enclose a heading without a number, and its rank.

    It belongs to the numbered chapter that is open if that chapter's numbers go on after it.
    """
    if level:
        return _depth_by_level(walk, level), _TOP_HEADING
    chapter = next((c.values[0] for c in walk.open if c.style in HIERARCHIC and c.values), 0)
    rank = _INNER_HEADING if chapter and walk.chapters[index] == chapter else _TOP_HEADING
    return _depth_by_rank(walk, rank), rank


def _open(walk: _Walk, depth: int, start: int, number: str, heading: str) -> _Clause:
    del walk.open[depth:]
    parent = walk.open[-1]
    label = f"{number} {heading[:100]}".strip()
    path = (*parent.path, label) if label else parent.path
    clause = _Clause(start, start, len(walk.clauses), parent.index, parent.level + 1, path, number, heading)
    walk.clauses.append(clause)
    walk.open.append(clause)
    return clause


def _put(walk: _Walk, spans: list[tuple[int, int]], unit: Unit, lead: Span | None = None) -> None:
    """Add sentences to the clause that is open."""
    walk.open[-1].sentences.extend([Sentence(Span(start, end), unit, lead) for start, end in spans])


def _put_prose(walk: _Walk, spans: list[tuple[int, int]], unit: Unit, lead: Span | None) -> Span:
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


def _put_parts(walk: _Walk, start: int, end: int, unit: Unit, lead: Span | None) -> None:
    if end - start <= _WHOLE or len(parts := split_items(walk.text, start, end)) == 1:
        walk.open[-1].sentences.append(Sentence(Span(start, end), unit, lead))
        return
    opens_with_item = walk.text[parts[0][0]] == "("
    _put(walk, parts[:1], _ITEM if opens_with_item else unit, lead)
    _put(walk, parts[1:], _ITEM, lead if opens_with_item else Span(*parts[0]))


def _read_heading_block(walk: _Walk, block: Block) -> None:
    _put(walk, split(walk.text, *block.span, block.span.end), Unit.HEADING)
    leads = walk.text[block.span.end - 1] == ":"
    walk.lead = walk.open[-1].lead = block.span if leads else None
    walk.items.clear()


def _clause_of_number(
    walk: _Walk, number: Number, block: Block, heading: Heading | None, body_is_list: bool
) -> Span | None:
    """Open the clause of a numbered block; returns what governs it."""
    is_heading = heading is not None and heading.is_own_block
    level = block.level if block.kind is _HEADING else 0
    depth = _depth_for_number(walk, number, level, is_heading)
    sibling = walk.open[depth] if depth < len(walk.open) else None
    governor = None
    if sibling is not None and sibling.style == number.style and sibling.governor is not None:
        governor = sibling.governor
    elif walk.open[depth - 1].lead is not None:
        governor = walk.open[depth - 1].lead
    elif body_is_list:
        governor = walk.lead
    clause = _open(walk, depth, block.span.start, number.text, heading.words if heading else "")
    clause.style, clause.values, clause.rank = number.style, number.values, _rank(number)
    clause.file_level, clause.governor = level, governor
    return governor


def _governs(walk: _Walk, span: Span, is_item: bool) -> bool:
    """Whether what follows hangs on this sentence: it announces items, or is an item without an end."""
    return leads_in(walk.text, *span) or (is_item and walk.text[span.end - 1] not in ".;,!?")


def _read_numbered(walk: _Walk, block: Block, number: Number, heading: Heading | None) -> None:
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


def _read_list_item(walk: _Walk, block: Block) -> None:
    level = block.level
    while walk.items and walk.items[-1][0] >= level:
        walk.items.pop()
    lead = walk.items[-1][1] if walk.items else walk.lead
    last = _put_prose(walk, split(walk.text, *block.span), _ITEM, lead)
    walk.items.append((level, last))


def _read_prose(walk: _Walk, block: Block) -> None:
    last = _put_prose(walk, split(walk.text, *block.span), _PROSE, None)
    walk.items.clear()
    walk.lead = walk.open[-1].lead = last if leads_in(walk.text, *last) else None


def _names_last_clause(walk: _Walk, heading: Heading) -> bool:
    """Whether a heading without number completes the line before it: "ARTICLE 1." above "SCOPE OF WORK"."""
    clause = walk.open[-1]
    return bool(
        heading.is_own_block
        and clause.number
        and not clause.heading
        and len(clause.sentences) == 1
        and _is_headed(clause)
    )


def _is_repeated(walk: _Walk, block: Block, heading: Heading) -> bool:
    seen = block.kind is not _HEADING and heading.words in walk.headings
    walk.headings.add(heading.words)
    return seen


def _read_unnumbered(walk: _Walk, block: Block, heading: Heading, index: int) -> None:
    if _names_last_clause(walk, heading):
        clause = walk.open[-1]
        clause.heading = heading.words
        clause.path = (*clause.path[:-1], f"{clause.number} {heading.words[:100]}")
    elif not (heading.is_own_block and _is_repeated(walk, block, heading)):
        level = block.level if block.kind is _HEADING else 0
        depth, rank = _depth_for_heading(walk, level, index)
        clause = _open(walk, depth, block.span.start, "", heading.words)
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


def _read_block(walk: _Walk, block: Block, index: int) -> None:
    text, number = walk.text, walk.numbers[index]
    if block.layer is not _BODY and block.layer in _LAYER_UNITS:
        _put(walk, split(text, *block.span), _LAYER_UNITS[block.layer])
    elif is_contents_line(text, block):
        _put(walk, split(text, *block.span, block.span.end), Unit.CONTENTS)
    elif block.layer is not _BODY:
        _put(walk, split(text, *block.span), _PROSE)
    elif number is not None and _is_plausible(walk, number, block):
        number = _resolve(walk, number, index)
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


def _is_short(walk: _Walk, cells: list[list[Block]], spans: list[list[tuple[int, int]]]) -> bool:
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


def _read_row(walk: _Walk, row: list[Block]) -> None:
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
        clause = _open(walk, _depth_by_rank(walk, _ROW), whole.start, first.rstrip(".:"), "")
        clause.rank = _ROW
    spans = [split(text, *block.span) for block in row]
    if _is_short(walk, _cells(row), spans):
        _put(walk, [whole], Unit.ROW, lead)
    else:
        for sentences in spans:
            _put(walk, sentences, Unit.CELL, lead)
    if walk.open[-1].rank == _ROW:
        walk.open.pop()


def _row_end(blocks: tuple[Block, ...], index: int) -> int:
    """The index after the last cell of the row that begins at an index."""
    row, last = (blocks[index].cell or ())[:2], index + 1
    while last < len(blocks) and (cell := blocks[last].cell) is not None and cell[:2] == row:
        last += 1
    return last


def _close(clauses: list[_Clause]) -> None:
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
    root = _Clause(0, 0, 0, None, 0, ())
    walk = _Walk(document.text, numbers, _chapters(numbers), [root], [root])
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
