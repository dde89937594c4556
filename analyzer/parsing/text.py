"""Reads plain text: finds the paragraphs, headings, list items and tables that its line breaks only hint at."""

import re
from collections.abc import Callable, Iterator
from itertools import islice, pairwise
from typing import NamedTuple

from analyzer.document import BlockKind, Document, Source
from analyzer.errors import DocumentTooLarge
from analyzer.parsing.builder import DocumentBuilder
from analyzer.parsing.encoding import decode

__all__ = ["LIST_MARKER", "MAX_CHARACTERS", "read_text", "write_text"]

MAX_CHARACTERS = 200_000_000
"""The longest text that is read: reading takes ten bytes of memory a character."""

LIST_MARKER = re.compile(
    r"""
      [-*+•o▪◦‣–—\uf0b7]\s+(?=\S)                  # a bullet
    | \((?:\d{1,3}|[A-Za-z]|[ivxlc]{1,6})\)\s*(?=\S)  # (a) (iv) (12)
    | (?:\d{1,3}|[A-Za-z]|[ivxlc]{1,6})\)\s+(?=\S)    # a) 1)
    | (?:\d{1,3}|[A-Za-z]|[ivxlc]{2,6})\.\s+(?=\S)    # 1. a.
    """,
    re.VERBOSE,
)
_CLAUSE_NUMBER = re.compile(
    r"(?:\d{1,3}(?:\.\d{1,3})+\.?|[A-Z]\.\d{1,3}(?:\.\d{1,3})*\.?|[A-Z]{1,6}-\d{1,4}:?)\s+(?=\S)"
)
_DIVISION = re.compile(
    r"(?:SECTION|ARTICLE|PART|CHAPTER|ATTACHMENT|APPENDIX|EXHIBIT|SCHEDULE|ANNEX|ADDENDUM|"
    r"Section|Article|Part|Chapter|Attachment|Appendix|Exhibit|Schedule|Annex|Addendum)\s+"
    r"(?:\d{1,3}(?:\.\d{1,3})*|[IVXLC]{1,6}|[A-Z](?:[-.]?\d{1,2})?)\b"
)
# Any of the three in one, for the many lines that start with none of them.
_NUMBERED = re.compile(f"{LIST_MARKER.pattern}|{_CLAUSE_NUMBER.pattern}|{_DIVISION.pattern}", re.VERBOSE)
_CONTENTS = re.compile(r"\S.*?(?:\.{4,}|(?: \.){4,}|…{2,})\s*(?:[A-Z]-)?\d{1,4}\s*$")
_RULE = re.compile(r"[-=*~#+|:\s]{3,}")
_SENTENCE_END = re.compile(r"[.!?:;][\"'”’)\]]*$")
_REFERS_ON = re.compile(
    r"(?:\b(?:and|or|of|to|by|in|under|with|see|the|sections?|articles?|paragraphs?|clauses?|no\.)|,)$", re.IGNORECASE
)
_WIDE_GAP = re.compile(r"\S(?: {4,}|\t+ *)\S")
_LINE = re.compile(r"[^\n\r\x0b\x0c\x85\u2028\u2029]*")
_BREAKS = re.compile(r"\n+")
_WORD = re.compile(r"[A-Za-z]+")
_SAMPLED_LINES = 20_000
_LONGEST_WRAP = 140
_PIECE = 4096


class _Line(NamedTuple):
    """A line without the space around it."""

    start: int
    """Of its first visible character in the decoded text."""
    text: str
    indent: int
    page: int
    blank_before: int
    """Empty lines, page ends and ruled lines above it."""
    is_underlined: str = ""

    @property
    def width(self) -> int:
        return self.indent + len(self.text)


class _Layout(NamedTuple):
    """How a text is set."""

    width: int
    """The column that lines are wrapped at; 0 for a text whose lines are whole paragraphs."""
    has_word: Callable[[str], bool]


def read_text(source: Source) -> Document:
    """Read a plain text in any encoding; form feeds part its pages. Origins count in the decoded text.

    Raises DocumentTooLarge.
    """
    text, _, notes = decode(source.data)
    if len(text) > MAX_CHARACTERS:
        raise DocumentTooLarge(
            source.name,
            f"the text has {len(text):,} characters; the limit is {MAX_CHARACTERS:,}.",
            "Split it into parts.",
        )
    builder = DocumentBuilder()
    write_text(builder, text)
    pages = text.rstrip("\f\n\r ").count("\f") + 1
    return builder.build(source, "text/plain", pages=[(0.0, 0.0)] * pages if pages > 1 else (), notes=notes)


def write_text(builder: DocumentBuilder, text: str, *, first_table: int = 0, has_origins: bool = True) -> int:
    """Write a text's blocks. ``first_table`` is the number of its first table; returns that of the next."""
    is_paged = "\f" in text
    layout = _layout_of(text)
    table = first_table
    for block in _blocks(_lines(text), layout):
        if _write_rows(builder, block, table, is_paged, has_origins):
            table += 1
        else:
            _write_block(builder, block, layout, is_paged, has_origins)
    builder.close()
    return table


def _lines(text: str) -> Iterator[_Line]:
    """The lines with visible text."""
    page, blank, position, end = 1, 0, 0, len(text)
    held: _Line | None = None
    while position < end:
        if text[position] == "\n":
            run = _BREAKS.match(text, position)
            end_of_run = run.end() if run else position + 1
            blank, position = blank + end_of_run - position, end_of_run
            continue
        found = _LINE.match(text, position)
        raw = found[0] if found else ""
        content = raw.strip(" \t\x00\u00a0\ufeff")
        if not content:
            blank += 1
        elif len(content) > 2 and _RULE.fullmatch(content) and not _is_table_rule(content):
            if held and not blank and content[0] in "=-" and len(set(content)) == 1:
                held = held._replace(is_underlined=content[0])
            # The border lines of a drawn table stand between its rows and part nothing.
            blank += "+" not in content
        else:
            if held:
                yield held
            indent = len(raw[: len(raw) - len(raw.lstrip())].expandtabs(4))
            held = _Line(position + raw.index(content[0]), content, indent, page, blank)
            blank = 0
        position += len(raw)
        if position < end and text[position] == "\f":
            page, blank = page + 1, blank + 1
        position += 2 if text.startswith("\r\n", position) else 1
    if held:
        yield held


def _is_table_rule(content: str) -> bool:
    return "|" in content


def _layout_of(text: str) -> _Layout:
    """The column that a text is wrapped at, if most lines that go on in the next one come near it."""
    lines = list(islice(_lines(text), _SAMPLED_LINES))
    pairs = [
        (line, following)
        for line, following in pairwise(lines)
        if not following.blank_before and not _starts_block(following.text) and not _has_gap(line.text)
    ]
    widths = sorted(line.width for line, _ in pairs)
    words: set[str] = set()

    def has_word(word: str) -> bool:
        if not words:
            words.update(_WORD.findall(text[:5_000_000].lower()))
        return word in words

    if not widths:
        return _Layout(0, has_word)
    width = widths[int(0.95 * (len(widths) - 1))]
    full = sum(1 for line, following in pairs if _is_full(line, following, width))
    is_wrapped = 30 <= width <= _LONGEST_WRAP and full >= 0.5 * len(pairs)
    return _Layout(width if is_wrapped else 0, has_word)


def _is_full(line: _Line, following: _Line, width: int) -> bool:
    """Whether a line ends where it does because the next word did not fit; editors differ by a few columns."""
    return line.width + 1 + len(following.text.split(None, 1)[0]) > width - max(3, width // 12)


def _is_contents(text: str) -> bool:
    """Whether a line is one of a table of contents: dots that lead to a page number."""
    return len(text) <= 300 and text[-1].isdigit() and _CONTENTS.match(text) is not None


def _has_gap(text: str) -> bool:
    """Whether a line is set in columns."""
    return _WIDE_GAP.search(text, _marker_end(text)) is not None


def _starts_block(text: str) -> bool:
    return bool(_NUMBERED.match(text) or _is_contents(text) or text.startswith("|"))


def _blocks(lines: Iterator[_Line], layout: _Layout) -> Iterator[list[_Line]]:
    """Lines that make one block each; a table's rows stay together."""
    block: list[_Line] = []
    for line in lines:
        if block and not (_joins(block, line, layout) or _same_table(block[-1], line)):
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _columns(line: _Line) -> list[tuple[int, str]]:
    """The cells of a line that is drawn as a table row, by position in the line; one for any other line."""
    mark = "|" if line.text.count("|") > 1 else "\t"
    cells: list[tuple[int, str]] = []
    at, marker = 0, _marker_end(line.text) if mark == "\t" else 0
    for cell in (line.text[:marker].replace("\t", " ") + line.text[marker:]).split(mark):
        cells.append((at, cell))
        at += len(cell) + 1
    if mark == "|" and not cells[0][1].strip():
        cells = cells[1:]
    return cells[:-1] if len(cells) > 1 and not cells[-1][1].strip() else cells


def _marker_end(text: str) -> int:
    """Where the words of a line begin behind its number or bullet, which a tab may set off."""
    found = LIST_MARKER.match(text) or _CLAUSE_NUMBER.match(text)
    return found.end() if found else 0


def _same_table(line: _Line, following: _Line) -> bool:
    if following.blank_before or ("|" not in following.text and "\t" not in following.text):
        return False
    return len(_columns(line)) > 1 and len(_columns(following)) > 1


def _joins(block: list[_Line], line: _Line, layout: _Layout) -> bool:
    """Whether a line goes on with the block above it."""
    last = block[-1]
    if last.is_underlined or (_heading_level(block) is not None and not _is_broken(last, line, layout)):
        return False
    if _has_gap(last.text) or _has_gap(line.text):
        return False
    is_ended = _SENTENCE_END.search(last.text) is not None
    goes_on = line.text[0].islower() and not is_ended
    is_full = layout.width > 0 and _is_full(last, line, layout.width)
    if _starts_block(line.text):
        # "as required by Section" / "4.2 of this contract": the number belongs to the sentence.
        goes_on = is_full or line.text[_marker_end(line.text) :][:1].islower()
        return bool(goes_on and not line.blank_before and _REFERS_ON.search(last.text) and len(line.text) > 30)
    if line.blank_before:
        # A double-spaced text, or a page end in the midst of a sentence.
        return goes_on and is_full and line.blank_before == 1 and not LIST_MARKER.match(line.text)
    if is_full:
        return not (is_ended and line.indent > block[0].indent + 1 and not _starts_block(block[0].text))
    hangs = _marker_end(block[0].text) > 0 and line.indent > block[0].indent
    return goes_on and (hangs or last.width >= 0.6 * (layout.width or 60))


def _is_broken(last: _Line, line: _Line, layout: _Layout) -> bool:
    """Whether a heading, or a paragraph set in capitals, goes on in the next line."""
    if line.blank_before or _starts_block(line.text):
        return False
    is_loud = last.text.isupper() and line.text.isupper() and layout.width > 0 and _is_full(last, line, layout.width)
    return is_loud or line.text[0].islower() or _REFERS_ON.search(last.text) is not None


def _heading_level(block: list[_Line]) -> int | None:
    """The level of a block that is a heading, 0 where it shows none; None for other text."""
    text = block[0].text if len(block) == 1 else " ".join(line.text for line in block[:4])
    if len(text) > 110 or _is_contents(text):
        return None
    if block[-1].is_underlined:
        return 1 if block[-1].is_underlined == "=" else 2
    if not text.isupper() and not _NUMBERED.match(text):
        return None
    if _DIVISION.match(text):
        return 1 if _is_title(text) else None
    if number := _CLAUSE_NUMBER.match(text):
        depth = number[0].strip().rstrip(".").count(".") + 1
        return depth if number[0][0].isdigit() and _is_title(text[number.end() :]) else None
    marker = LIST_MARKER.match(text)
    if marker and not marker[0][0].isdigit() and not marker[0][0].isupper():
        return None
    rest = text[marker.end() :] if marker else text
    if _is_capitals(rest):
        return 1 if marker and marker[0][0].isdigit() else 0
    is_numbered_title = (
        marker and marker[0].strip()[0].isdigit() and marker[0].strip().endswith(".") and _is_title(rest)
    )
    return 1 if is_numbered_title and len(block) == 1 and len(rest.split()) <= 6 and _is_titled(rest) else None


def _is_capitals(text: str) -> bool:
    return (
        text.isupper()
        and len(text) <= 90
        and not _SENTENCE_END.search(text.rstrip(":"))
        and sum(map(str.isalpha, text)) > 2
        and "___" not in text
    )


def _is_title(text: str) -> bool:
    """Short, capitalised and no sentence."""
    words = text.split()
    return (
        bool(words)
        and len(words) <= 12
        and not text[0].islower()
        and not re.search(r"[;,?]$|[a-z]{3}\.$|\b(?:shall|must|will|may)\b", text)
    )


def _is_titled(text: str) -> bool:
    words = [word for word in text.split() if len(word) > 3]
    return all(not word[0].islower() for word in words)


def _write_block(
    builder: DocumentBuilder, block: list[_Line], layout: _Layout, is_paged: bool, has_origins: bool
) -> None:
    kind, level = _kind_of(block)
    builder.open(kind, level=level)
    for line, following in zip(block, [*block[1:], None], strict=True):
        cut, joint = _joint(line.text, following.text, layout) if following else (0, "")
        text = line.text[: len(line.text) - cut]
        _add(builder, text, line.start, line.page if is_paged else None, has_origins)
        builder.add(joint)
    builder.close()


def _kind_of(block: list[_Line]) -> tuple[BlockKind, int]:
    if len(block) == 1 and _is_contents(block[0].text):
        return BlockKind.CONTENTS, 0
    if (level := _heading_level(block)) is not None:
        return BlockKind.HEADING, level
    return (BlockKind.LIST_ITEM if LIST_MARKER.match(block[0].text) else BlockKind.PARAGRAPH), 0


def _joint(text: str, following: str, layout: _Layout) -> tuple[int, str]:
    """How two lines of a paragraph meet: characters to drop from the first, and what stands between."""
    if not re.search(r"[A-Za-z]-$", text) or not following[0].islower():
        return 0, " "
    before, after = re.findall(r"[A-Za-z]+", text)[-1], re.match(r"[A-Za-z]*", following)
    whole = before + (after[0] if after else "")
    # A word that stands unbroken elsewhere was broken by the line; "non-" and "state-" keep their hyphens.
    return (1 if layout.has_word(whole.lower()) else 0), ""


def _add(builder: DocumentBuilder, text: str, start: int, page: int | None, has_origins: bool) -> None:
    for at in range(0, len(text), _PIECE):
        builder.add(text[at : at + _PIECE], page=page, index=start + at if has_origins else None)


def _write_rows(builder: DocumentBuilder, block: list[_Line], table: int, is_paged: bool, has_origins: bool) -> bool:
    """Write lines as a table's rows, if they are that."""
    if len(block) < 2 or not ("|" in block[0].text or "\t" in block[0].text):
        return False
    rows = [_columns(line) for line in block]
    if any(len(cells) < 2 for cells in rows):
        return False
    has_header = len(rows) > 1 and _is_ruled(rows[1])
    number = 0
    for line, cells in zip(block, rows, strict=True):
        if _is_ruled(cells):
            continue
        for column, (at, cell) in enumerate(cells):
            builder.open(BlockKind.CELL, cell=(table, number, column), is_header=has_header and number == 0)
            _add(builder, cell, line.start + at, line.page if is_paged else None, has_origins)
            builder.close()
        number += 1
    return True


def _is_ruled(cells: list[tuple[int, str]]) -> bool:
    return all(re.fullmatch(r"[\s:=+-]*", cell) for _, cell in cells) and any("-" in cell for _, cell in cells)
