"""Reads RTF: paragraphs, tables, lists, notes, headers, comments, hidden text and both views of tracked changes.

An origin's index is the offset of a character's first byte in the file. Damaged or cut files are read as far as they
go; each token is met once, so time grows with the length of the file whatever it holds.
"""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby

from analyzer.document import BlockKind, Document, Layer, NoteKind, ReadingNote, Source, View
from analyzer.errors import DamagedDocument, DocumentError, EmptyDocument
from analyzer.parsing.builder import DocumentBuilder, normalize
from analyzer.parsing.docx_styles import is_contents_name, named_heading
from analyzer.parsing.rtf_tokens import Token, TokenKind, code_page, code_page_of_charset, tokens

__all__ = ["MEDIA_TYPE", "read_rtf"]

MEDIA_TYPE = "application/rtf"
_NEXT_TO_NO_TEXT = 200
_MAX_DEPTH = 2_000
"""Of groups; Word gives up long before."""


class _Into(StrEnum):
    """Where the text of a group goes."""

    FLOW = "flow"
    LABEL = "label"
    FONTS = "fonts"
    STYLES = "styles"
    AUTHORS = "authors"
    NOWHERE = "nowhere"


@dataclass(slots=True)
class _Piece:
    text: str
    offset: int
    is_hidden: bool


@dataclass(slots=True)
class _Paragraph:
    """A paragraph as it stands, and what hangs on it."""

    pieces: list[_Piece] = field(default_factory=list)
    attached: "list[_Flow]" = field(default_factory=list)
    label: str = ""
    style: int = 0
    outline: int | None = None
    depth: int = 0
    cell: tuple[int, int, int] | None = None


@dataclass(slots=True)
class _Flow:
    """A text of its own: the body, a note, a header."""

    layer: Layer
    paragraphs: list[_Paragraph] = field(default_factory=list)
    current: _Paragraph = field(default_factory=_Paragraph)
    tables: list[list[int]] = field(default_factory=list)
    """Number, row and column of the tables that are open, one within the other."""


@dataclass(slots=True)
class _State:
    """What a group inherits and its end takes back."""

    flow: _Flow
    into: _Into = _Into.FLOW
    is_hidden: bool = False
    is_deleted: bool = False
    is_inserted: bool = False
    fallback: int = 1
    """Characters to skip after each Unicode one: its likeness for old readers."""
    codec: str | None = None
    nesting: int = 0
    """Depth of tables."""
    style: int = 0
    outline: int | None = None
    is_listed: bool = False
    list_level: int = 0
    font: int = 0


@dataclass(slots=True)
class _Reader:
    view: View
    state: _State
    stack: list[_State] = field(default_factory=list)
    codec: str = "cp1252"
    fonts: dict[int, str] = field(default_factory=dict)
    styles: dict[int, tuple[str, int | None]] = field(default_factory=dict)
    authors: list[str] = field(default_factory=list)
    skip: int = 0
    surrogate: int = 0
    pending: bytearray = field(default_factory=bytearray)
    pending_offset: int = 0
    is_optional: bool = False
    """An unknown destination that comes next is to be left out."""
    name: str = ""
    tables: int = 0
    header_rows: set[tuple[int, int]] = field(default_factory=set)
    row_is_header: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    is_cut: bool = False


def read_rtf(source: Source, *, view: View = View.ACCEPTED) -> Document:
    """Read an RTF file with its tracked changes accepted or rejected. Raises DocumentError: damaged or empty."""
    if not source.data:
        raise EmptyDocument(source.name, "The file is empty.")
    begin = source.data.find(b"{\\rtf")
    if not 0 <= begin <= 64:
        raise DamagedDocument(source.name, "The file doesn't begin like RTF.", "Save it again as RTF and retry.")
    body = _Flow(Layer.BODY)
    reader = _Reader(view, _State(body))
    try:
        _read(reader, source.data, begin)
        return _written(reader, body, source)
    except DocumentError:
        raise
    except Exception as error:
        raise DamagedDocument(
            source.name, f"The RTF can't be read ({type(error).__name__}).", "Save it again as RTF and retry."
        ) from error


def _read(reader: _Reader, data: bytes, begin: int) -> None:
    for token in tokens(data[begin:]):
        if token.kind is not TokenKind.BYTE:
            _flush(reader)
        if token.kind is TokenKind.TEXT:
            _text(reader, token, begin)
        elif token.kind is TokenKind.WORD:
            _word(reader, token, begin)
        elif token.kind is TokenKind.BYTE:
            _byte(reader, token, begin)
        elif token.kind is TokenKind.SYMBOL:
            _symbol(reader, token, begin)
        elif token.kind is TokenKind.OPEN:
            if len(reader.stack) < _MAX_DEPTH:
                reader.stack.append(reader.state)
                reader.state = copy(reader.state)
            else:
                reader.is_cut = True
            reader.skip = 0
        elif not _close_group(reader):
            break
    else:
        reader.is_cut = True
    _flush(reader)
    _end_paragraph(reader, reader.state.flow)
    for state in reader.stack:
        _end_paragraph(reader, state.flow)


def _close_group(reader: _Reader) -> bool:
    """Go back to the enclosing group; False at the end of the file's only one."""
    reader.skip = 0
    if not reader.stack:
        return False
    inner, reader.state = reader.state, reader.stack.pop()
    if inner.into is _Into.STYLES:
        _name_style(reader, inner)
    if inner.flow is not reader.state.flow:
        _end_paragraph(reader, inner.flow)
    return bool(reader.stack)


# --- characters -------------------------------------------------------------------------------------------------------


def _text(reader: _Reader, token: Token, begin: int) -> None:
    data, offset = token.data, token.offset + begin
    skipped = min(reader.skip, len(data))
    reader.skip -= skipped
    _add(reader, data[skipped:].decode(_codec(reader), "replace"), offset + skipped)


def _byte(reader: _Reader, token: Token, begin: int) -> None:
    if reader.skip:
        reader.skip -= 1
        return
    if not reader.pending:
        reader.pending_offset = token.offset + begin
    reader.pending += token.data


def _flush(reader: _Reader) -> None:
    """Bytes that stand together may be one character."""
    if reader.pending:
        text = reader.pending.decode(_codec(reader), "replace")
        step = 4 * len(reader.pending) // len(text) if text else 4
        reader.pending.clear()
        for index, character in enumerate(text):
            _add(reader, character, reader.pending_offset + index * step)


def _codec(reader: _Reader) -> str:
    return reader.fonts.get(reader.state.font, reader.codec)


def _unicode(reader: _Reader, number: int, offset: int) -> None:
    reader.skip = reader.state.fallback
    code = number % 0x10000 if number < 0 else number
    if 0xD800 <= code < 0xDC00:
        reader.surrogate = code
        return
    if 0xDC00 <= code < 0xE000:
        high, reader.surrogate = reader.surrogate, 0
        code = 0x10000 + ((high - 0xD800) << 10) + code - 0xDC00 if high else 0xFFFD
    _add(reader, chr(code) if code < 0x110000 else "\ufffd", offset)


def _add(reader: _Reader, text: str, offset: int) -> None:
    state = reader.state
    if not text or state.into is _Into.NOWHERE or state.into is _Into.FONTS:
        return
    if state.into is _Into.STYLES:
        reader.name += text
    elif state.into is _Into.AUTHORS:
        reader.authors.append(text.strip())
    elif state.into is _Into.LABEL:
        state.flow.current.label += text
    elif not _is_gone(reader):
        state.flow.current.pieces.append(_Piece(text, offset, state.is_hidden))


def _is_gone(reader: _Reader) -> bool:
    return reader.state.is_deleted if reader.view is View.ACCEPTED else reader.state.is_inserted


_SYMBOLS = {b"\\": "\\", b"{": "{", b"}": "}", b"~": "\u00a0", b"-": "\u00ad", b"_": "\u2011"}
_CHARACTERS = {
    b"tab": "\t", b"line": "\n", b"lbr": "\n", b"softline": " ", b"column": "\n", b"page": "\n", b"emdash": "—",
    b"endash": "–", b"bullet": "•", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”",
    b"emspace": " ", b"enspace": " ", b"qmspace": " ",
}  # fmt: skip


def _symbol(reader: _Reader, token: Token, begin: int) -> None:
    if token.data == b"*":
        reader.is_optional = True
    elif token.data in b"\r\n":
        _end_paragraph(reader, reader.state.flow)
    elif reader.skip:
        reader.skip -= 1
    else:
        _add(reader, _SYMBOLS.get(token.data, ""), token.offset + begin)


# --- control words ----------------------------------------------------------------------------------------------------

_LEFT_OUT = frozenset(
    b"colortbl info pict objdata themedata colorschememapping listtable listoverridetable rsidtbl generator fldinst "
    b"datafield nonshppict nonesttables xe tc rxe atnid atnref atndate atnicn bkmkstart bkmkend sn sv pgptbl filetbl "
    b"revtbl latentstyles datastore xmlnstbl objclass objname template operator ud mmathPr pgdsctbl ftnsep ftnsepc "
    b"aftnsep aftnsepc ftncn aftncn wgrffmtfilter formfield pnseclvl pn userprops docvar".split()
)
_FLOWS = {
    b"footnote": Layer.NOTE,
    b"annotation": Layer.COMMENT,
    b"shptxt": Layer.BODY,
    b"dptxbxtext": Layer.BODY,
    **dict.fromkeys(
        (b"header", b"headerl", b"headerr", b"headerf", b"footer", b"footerl", b"footerr", b"footerf"), Layer.FURNITURE
    ),
}
_INTO = {
    b"fonttbl": _Into.FONTS,
    b"stylesheet": _Into.STYLES,
    b"listtext": _Into.LABEL,
    b"pntext": _Into.LABEL,
    b"atnauthor": _Into.AUTHORS,
    b"shpinst": _Into.NOWHERE,
    b"do": _Into.NOWHERE,
}
"""Drawings keep numbers where text would stand; only their text boxes are text."""
_TRANSPARENT = frozenset({b"shppict", b"moMath", b"moMathPara", b"nesttableprops", b"cs", b"ds", b"ts", b"s", b"mmath"})
_COUNTED = {
    b"pict": "picture",
    b"object": "object",
    b"annotation": "comment",
    b"deleted": "deletion",
    b"revised": "insertion",
    b"formprot": "protection",
    b"readprot": "protection",
    b"annotprot": "protection",
}


def _word(reader: _Reader, token: Token, begin: int) -> None:
    word, number, state = token.data, token.number, reader.state
    was_optional, reader.is_optional = reader.is_optional, False
    if word in _COUNTED and number != 0 and state.into is not _Into.NOWHERE:
        reader.counts[_COUNTED[word]] = reader.counts.get(_COUNTED[word], 0) + 1
    if _destination(reader, word, was_optional):
        return
    if word == b"u":
        _unicode(reader, number or 0, token.offset + begin)
    elif word in _CHARACTERS:
        if reader.skip:
            reader.skip -= 1
        else:
            _add(reader, _CHARACTERS[word], token.offset + begin)
    elif word in _ENDS:
        _end(reader, word)
    elif word in _TOGGLES:
        setattr(state, _TOGGLES[word], number != 0)
    else:
        _set(reader, word, number)


def _destination(reader: _Reader, word: bytes, is_optional: bool) -> bool:
    """A word that says where its group's text goes."""
    state = reader.state
    if word in _LEFT_OUT:
        state.into = _Into.NOWHERE
    elif word in _FLOWS:
        if state.into is _Into.NOWHERE and word not in {b"shptxt", b"dptxbxtext"}:
            return True
        layer = _FLOWS[word]
        flow = _Flow(state.flow.layer if layer is Layer.BODY else layer)
        state.flow.current.attached.append(flow)
        reader.state = _State(flow, font=state.font, fallback=state.fallback, is_deleted=state.is_deleted)
    elif word in _INTO:
        state.into = _INTO[word] if state.into is not _Into.NOWHERE else state.into
    elif is_optional and word not in _TRANSPARENT:
        state.into = _Into.NOWHERE
    else:
        return False
    return True


_TOGGLES = {b"v": "is_hidden", b"deleted": "is_deleted", b"revised": "is_inserted"}


def _set(reader: _Reader, word: bytes, number: int | None) -> None:
    """Formatting that bears on the text."""
    state = reader.state
    if word == b"pard":
        state.nesting = state.style = state.list_level = 0
        state.outline, state.is_listed = None, False
    elif word == b"plain":
        state.is_hidden = state.is_deleted = state.is_inserted = False
        state.font = -1
    elif word == b"trowd":
        reader.row_is_header = False
    elif word == b"trhdr":
        reader.row_is_header = True
    elif word == b"intbl":
        state.nesting = max(state.nesting, 1)
    elif word in _CODECS:
        reader.codec = _CODECS[word]
    elif number is not None:
        _set_number(reader, state, word, number)


_CODECS = {b"ansi": "cp1252", b"mac": "mac_roman", b"pc": "cp437", b"pca": "cp850"}


def _set_number(reader: _Reader, state: _State, word: bytes, number: int) -> None:
    if word == b"f":
        state.font = number
    elif word == b"fcharset":
        if state.into is _Into.FONTS:
            codec = code_page_of_charset(number)
            reader.fonts.update({state.font: codec} if codec and number else {})
    elif word == b"ansicpg":
        reader.codec = code_page(number)
    elif word == b"uc":
        state.fallback = max(0, number)
    elif word == b"itap":
        state.nesting = max(0, min(number, 50))
    elif word == b"s":
        state.style = number
    elif word == b"outlinelevel":
        state.outline = number
    elif word == b"ls":
        state.is_listed = number > 0
    elif word == b"ilvl":
        state.list_level = max(0, number)


def _name_style(reader: _Reader, state: _State) -> None:
    name, reader.name = reader.name.strip().rstrip(";").strip(), ""
    if name:
        reader.styles[state.style] = (name, state.outline)


# --- paragraphs and tables --------------------------------------------------------------------------------------------

_ENDS = frozenset({b"par", b"sect", b"cell", b"nestcell", b"row", b"nestrow"})


def _end(reader: _Reader, word: bytes) -> None:
    flow, state = reader.state.flow, reader.state
    if word in {b"par", b"sect"}:
        # A deleted mark joins its paragraph with the next.
        if state.into is _Into.FLOW and not _is_gone(reader):
            _end_paragraph(reader, flow)
        return
    nesting = max(1, state.nesting) if word in {b"cell", b"row"} else max(2, state.nesting)
    nesting = 1 if word == b"row" else nesting
    if word in {b"cell", b"nestcell"}:
        state.nesting = nesting
        _end_paragraph(reader, flow)
        _open_tables(reader, flow, nesting)
        flow.tables[-1][2] += 1
        return
    if len(flow.tables) >= nesting:
        del flow.tables[nesting:]
        table = flow.tables[-1]
        if reader.row_is_header:
            reader.header_rows.add((table[0], table[1]))
        table[1:] = [table[1] + 1, 0]


def _open_tables(reader: _Reader, flow: _Flow, nesting: int) -> None:
    del flow.tables[nesting:]
    while len(flow.tables) < nesting:
        flow.tables.append([reader.tables, 0, 0])
        reader.tables += 1


def _end_paragraph(reader: _Reader, flow: _Flow) -> None:
    state, paragraph = reader.state, flow.current
    _open_tables(reader, flow, state.nesting if state.flow is flow else 0)
    if not paragraph.pieces and not paragraph.attached:
        paragraph.label = ""
        return
    if flow.tables:
        number, row, column = flow.tables[-1]
        paragraph.cell = (number, row, column)
    if state.flow is flow:
        paragraph.style, paragraph.outline = state.style, state.outline
        paragraph.depth = state.list_level + 1 if state.is_listed or paragraph.label else 0
    paragraph.label = normalize(paragraph.label)
    flow.paragraphs.append(paragraph)
    flow.current = _Paragraph()


# --- the document -----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Writing:
    reader: _Reader
    builder: DocumentBuilder
    rows: dict[int, int]
    """Number of rows by table."""
    furniture: set[str] = field(default_factory=set)
    hidden: int = 0


def _written(reader: _Reader, body: _Flow, source: Source) -> Document:
    writing = _Writing(reader, DocumentBuilder(), {})
    _write_flow(writing, body)
    characters = sum(len(piece.text) for paragraph in body.paragraphs for piece in paragraph.pieces)
    return writing.builder.build(source, MEDIA_TYPE, notes=tuple(_notes(writing, characters)))


def _write_flow(writing: _Writing, flow: _Flow) -> None:
    for paragraph in flow.paragraphs:
        if paragraph.cell is not None:
            table, row, _ = paragraph.cell
            writing.rows[table] = max(writing.rows.get(table, 0), row + 1)
    # What hangs on a row's cells follows the row, so that its cells stay together.
    for _, group in groupby(flow.paragraphs, key=lambda paragraph: paragraph.cell and paragraph.cell[:2]):
        paragraphs = list(group)
        waiting: list[_Paragraph] = []
        for paragraph in paragraphs:
            _write_paragraph(writing, paragraph, flow.layer)
            waiting.append(paragraph)
            if paragraph.cell is None or paragraph is paragraphs[-1]:
                for written in waiting:
                    _write_attached(writing, written)
                waiting = []


def _write_paragraph(writing: _Writing, paragraph: _Paragraph, layer: Layer) -> None:
    shown = [piece for piece in paragraph.pieces if not piece.is_hidden]
    if not any(not piece.text.isspace() for piece in shown):
        return
    kind, level = _kind(writing.reader, paragraph)
    cell = paragraph.cell
    is_header = cell is not None and _is_header(writing, cell)
    writing.builder.open(kind, layer=layer, level=level, label=paragraph.label, cell=cell, is_header=is_header)
    if paragraph.label:
        writing.builder.add(paragraph.label + " ")
    for piece in shown:
        writing.builder.add(piece.text, index=piece.offset)
    writing.builder.close()


def _is_header(writing: _Writing, cell: tuple[int, int, int]) -> bool:
    table, row, _ = cell
    if any(marked == table for marked, _ in writing.reader.header_rows):
        return (table, row) in writing.reader.header_rows
    return row == 0 and writing.rows[table] > 1


def _kind(reader: _Reader, paragraph: _Paragraph) -> tuple[BlockKind, int]:
    if paragraph.cell is not None:
        return BlockKind.CELL, paragraph.depth
    name, outline = reader.styles.get(paragraph.style, ("", None))
    if is_contents_name(name):
        return BlockKind.CONTENTS, 0
    if paragraph.outline is not None:
        outline = paragraph.outline
    if outline is not None and 0 <= outline <= 8:
        return BlockKind.HEADING, outline + 1
    heading = named_heading(name) if outline is None else None
    if heading:
        return BlockKind.HEADING, heading
    return (BlockKind.LIST_ITEM, paragraph.depth) if paragraph.depth else (BlockKind.PARAGRAPH, 0)


def _write_attached(writing: _Writing, paragraph: _Paragraph) -> None:
    for is_hidden, stretch in groupby(paragraph.pieces, key=lambda piece: piece.is_hidden):
        if is_hidden:
            writing.hidden += 1
            writing.builder.open(layer=Layer.HIDDEN)
            for piece in stretch:
                writing.builder.add(piece.text, index=piece.offset)
            writing.builder.close()
    for flow in paragraph.attached:
        if flow.layer is Layer.FURNITURE:
            text = "".join(piece.text for inner in flow.paragraphs for piece in inner.pieces).strip()
            if text in writing.furniture:
                continue
            writing.furniture.add(text)
        _write_flow(writing, flow)


def _notes(writing: _Writing, characters: int) -> Iterator[ReadingNote]:
    counts = writing.reader.counts
    if "deletion" in counts or "insertion" in counts:
        yield ReadingNote(NoteKind.REVISIONS, f"Tracked changes are pending. They were read as {writing.reader.view}.")
    if writing.hidden:
        stretches = f"{writing.hidden} stretches" if writing.hidden > 1 else "1 stretch"
        yield ReadingNote(NoteKind.HIDDEN_TEXT, f"{stretches} of hidden text, which the page doesn't show.")
    if "comment" in counts:
        authors = ", ".join(dict.fromkeys(writing.reader.authors)) or "an unnamed author"
        yield ReadingNote(NoteKind.COMMENTS, f"{counts['comment']} comment(s) by {authors}.")
    if "picture" in counts:
        message = f"{counts['picture']} picture(s) in the document; words in pictures were not read."
        yield ReadingNote(NoteKind.PICTURE, message, is_unread=characters < _NEXT_TO_NO_TEXT)
    if "object" in counts:
        message = f"{counts['object']} embedded file(s) in the document; not read. Check them on their own."
        yield ReadingNote(NoteKind.EMBEDDED_FILE, message, is_unread=True)
    if "protection" in counts:
        yield ReadingNote(NoteKind.PROTECTION, "The document is protected: it allows some kinds of editing.")
    if writing.reader.is_cut:
        message = "The RTF ends before its last group does: it is cut off or damaged, and text may be missing."
        yield ReadingNote(NoteKind.REPAIRED, message, is_unread=True)
