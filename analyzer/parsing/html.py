"""Reads web pages: the block structure that a browser would show, and what it would hide."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analyzer.document import BlockKind, Document, Layer, NoteKind, ReadingNote, Source, View
from analyzer.errors import DamagedDocument
from analyzer.parsing.builder import DocumentBuilder
from analyzer.parsing.encoding import decode
from analyzer.parsing.text import LIST_MARKER, write_text

if TYPE_CHECKING:
    from lxml.etree import _Element, _ListErrorLog

__all__ = ["read_html", "write_html"]

_DROPPED = frozenset(
    "script style template head noframes svg math object embed iframe datalist audio video canvas".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form header hgroup hr html legend li main menu nav ol option p pre section select summary table tbody td "
    "textarea tfoot th thead tr ul h1 h2 h3 h4 h5 h6".split()
)
_LISTS = frozenset({"ol", "ul", "menu", "dir"})
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?:;][\"'”’)\]]*\s*$")
_MAX_SPAN = 1000
_MAX_COLUMNS = 1000
"""Where cells may reach down over later rows; what each row keeps of those above it must not grow without end."""


@dataclass(slots=True)
class _List:
    """A list that is open: what it counts."""

    is_ordered: bool
    style: str
    next: int
    step: int
    mark: str


@dataclass(slots=True)
class _Table:
    """A table that is open, and the cell that stands open in it."""

    number: int
    is_data: bool
    row: int = -1
    column: int = 0
    next_column: int = 0
    is_header: bool = False
    in_cell: bool = False
    covered: dict[int, int] = field(default_factory=dict)
    """Columns that a cell of a row above still covers, with how many rows more."""


@dataclass(slots=True)
class _Writer:
    """Where the walk through the tree stands."""

    builder: DocumentBuilder
    view: View
    table_count: int = 0
    text_count: int = 0
    lists: list[_List] = field(default_factory=list)
    tables: list[_Table] = field(default_factory=list)
    heading: int = 0
    hidden: int = 0
    label: str = ""
    """The number or bullet of a list item that no text has followed yet."""
    is_open: bool = False
    is_item: bool = False
    breaks: int = 0
    last: str = ""
    hidden_characters: int = 0
    pictures: int = 0
    revisions: int = 0
    embedded: int = 0


def read_html(source: Source, *, view: View = View.ACCEPTED) -> Document:
    """Read a web page; ``ins`` and ``del`` are its tracked changes.

    The part of an origin is ``#n``, the n-th text of the tree in document order. Raises DamagedDocument.
    """
    declared = _META_CHARSET.search(source.data[:4096]) or _XML_CHARSET.search(source.data[:200])
    text, _, notes = decode(source.data, declared[1].decode("ascii") if declared else "")
    builder = DocumentBuilder()
    _, more = write_html(builder, text, source.name, view=view)
    return builder.build(source, "text/html", notes=(*notes, *more))


def write_html(
    builder: DocumentBuilder, text: str, name: str, *, view: View = View.ACCEPTED, first_table: int = 0
) -> tuple[int, tuple[ReadingNote, ...]]:
    """Write the blocks of a page. Returns the number of the next table, and the notes. Raises DamagedDocument."""
    from lxml import etree, html

    # lxml refuses text that declares its encoding, and a NUL ends the document for libxml2.
    markup = re.sub(r"^\s*<\?xml[^>]*\?>", "", text).replace("\0", "\ufffd")
    if not markup.strip():
        return first_table, ()
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=False)
    try:
        root = html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise DamagedDocument(name, "the web page has no readable structure.", "Save it as PDF.") from error
    writer = _Writer(builder, view, first_table)
    _walk(writer, root)
    builder.close()
    return writer.table_count, _notes(writer, _is_cut(parser.error_log))


def _is_cut(log: "_ListErrorLog") -> bool:
    """Whether libxml2 gave up on the rest; every other complaint of its is repaired."""
    return any(entry.level_name == "FATAL" for entry in log)


def _walk(writer: _Writer, root: "_Element") -> None:
    """Without recursion: pages nest their elements thousands deep."""
    from lxml import etree

    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    dropped = None
    for event, element in walk:
        if event == "start" and _is_dropped(writer, element):
            dropped = element
            walk.skip_subtree()
        elif event == "start" and element.tag == "pre" and not (writer.tables or writer.hidden or _is_hiding(element)):
            dropped = element
            walk.skip_subtree()
            _write_lines(writer, "".join(element.itertext(etree.Element)))
        elif event == "start":
            _start(writer, element)
            _write(writer, element.text)
        else:
            if event == "end" and element is not dropped:
                _end(writer, element)
            _write(writer, element.tail if element is not root else None)


def _is_dropped(writer: _Writer, element: "_Element") -> bool:
    tag = str(element.tag)
    if tag in {"ins", "del"}:
        writer.revisions += 1
        return (tag == "del") == (writer.view is View.ACCEPTED)
    if tag in {"iframe", "object", "embed"}:
        writer.embedded += 1
    return tag in _DROPPED


def _is_hiding(element: "_Element") -> bool:
    return element.get("hidden") is not None or _HIDING.search(element.get("style", "")) is not None


def _start(writer: _Writer, element: "_Element") -> None:
    tag = str(element.tag)
    if _is_hiding(element):
        writer.hidden += 1
        _break(writer)
    if tag in _BLOCKS:
        _break(writer)
    if tag in _LISTS:
        writer.lists.append(_list_of(element))
    elif tag == "li":
        _start_item(writer, element)
    elif tag in _HEADINGS:
        writer.heading = _HEADINGS[tag]
    elif tag == "table":
        is_data = _is_data(element)
        writer.tables.append(_Table(writer.table_count, is_data))
        writer.table_count += is_data
    elif tag in {"tr", "td", "th"}:
        _start_cell(writer, element, tag)
    elif tag == "br":
        writer.breaks += 1
    elif tag == "img":
        writer.pictures += 1
    elif tag == "input" and element.get("type", "text").lower() in {"text", "submit", "button", "number", "date"}:
        _write(writer, element.get("value"))


def _end(writer: _Writer, element: "_Element") -> None:
    tag = str(element.tag)
    if tag in _BLOCKS:
        _break(writer)
    if tag in _LISTS and writer.lists:
        writer.lists.pop()
    elif tag == "li":
        writer.label, writer.is_item = "", False
    elif tag in _HEADINGS:
        writer.heading = 0
    elif tag == "table" and writer.tables:
        writer.tables.pop()
    elif tag in {"td", "th"} and writer.tables:
        writer.tables[-1].in_cell = False
    if _is_hiding(element):
        writer.hidden -= 1
        _break(writer)


def _break(writer: _Writer) -> None:
    """End the open block."""
    if writer.is_open:
        writer.builder.close()
    writer.is_open, writer.breaks, writer.last = False, 0, ""


def _list_of(element: "_Element") -> _List:
    step = -1 if element.get("reversed") is not None else 1
    mark = element.get("data-mark", ".")[:1]
    return _List(element.tag == "ol", element.get("type", "1"), _first_number(element), step, mark)


def _first_number(element: "_Element") -> int:
    if element.get("start") is None and element.get("reversed") is not None:
        return sum(1 for child in element if child.tag == "li")
    return _number(element.get("start"), 1)


def _number(text: str | None, default: int) -> int:
    found = re.match(r"\s*(-?\d{1,6})", text or "")
    return int(found[1]) if found else default


def _start_item(writer: _Writer, element: "_Element") -> None:
    writer.is_item = True
    if not writer.lists:
        writer.label = "•"
        return
    counter = writer.lists[-1]
    if not counter.is_ordered:
        writer.label = "•"
        return
    number = _number(element.get("value"), counter.next)
    counter.next = number + counter.step
    writer.label = f"{_numeral(number, element.get('type', counter.style))}{counter.mark}"


def _numeral(number: int, style: str) -> str:
    """A list's number as HTML's ``type`` attribute has it drawn (HTML Living Standard, 4.4.5)."""
    if style in {"a", "A"} and number > 0:
        letters = ""
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(97 + rest) + letters
        return letters if style == "a" else letters.upper()
    if style in {"i", "I"} and 0 < number < 4000:
        numeral = _roman(number)
        return numeral if style == "i" else numeral.upper()
    return str(number)


_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


def _roman(number: int) -> str:
    numeral = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        numeral += letters * count
    return numeral


def _is_data(table: "_Element") -> bool:
    """Whether a table is one, and not the frame that old pages and mails are laid out with."""
    if table.get("role") in {"presentation", "none"}:
        return False
    widest = 0
    for row in table.iterfind(".//tr"):
        widest = max(widest, sum(1 for cell in row if cell.tag in {"td", "th"}))
        if widest > 1:
            break
    return widest > 1 and next(table.iter("h1", "h2", "h3", "h4"), None) is None


def _start_cell(writer: _Writer, element: "_Element", tag: str) -> None:
    if not writer.tables:
        return
    table = writer.tables[-1]
    if tag == "tr":
        table.row, table.next_column = table.row + 1, 0
        table.covered = {column: rows - 1 for column, rows in table.covered.items() if rows > 1}
        parent = element.getparent()
        table.is_header = (parent is not None and parent.tag == "thead") or _is_header_row(element)
        return
    column = table.next_column
    while column in table.covered:
        column += 1
    wide, high = (min(_MAX_SPAN, max(1, _number(element.get(name), 1))) for name in ("colspan", "rowspan"))
    if high > 1:
        table.covered.update(dict.fromkeys(range(column, min(column + wide, _MAX_COLUMNS)), high))
    table.column, table.next_column, table.in_cell = column, column + wide, True


def _is_header_row(row: "_Element") -> bool:
    cells = [child.tag for child in row if child.tag in {"td", "th"}]
    return bool(cells) and all(tag == "th" for tag in cells)


def _write(writer: _Writer, text: str | None) -> None:
    """Write a text of the tree into the open block, or open the block that it starts."""
    if text is None:
        return
    writer.text_count += 1
    if not text.strip():
        if writer.is_open:
            writer.builder.add(" ")
        return
    if writer.hidden:
        writer.hidden_characters += len(text.strip())
    if writer.is_open and writer.breaks:
        if writer.breaks > 1 or _starts_line(text, writer.last):
            _break(writer)
        else:
            writer.builder.add(" ")
    writer.breaks = 0
    if not writer.is_open:
        _open(writer, text)
    writer.builder.add(text, part=f"#{writer.text_count - 1}", index=0)
    writer.last = text


def _write_lines(writer: _Writer, text: str) -> None:
    """Write text whose line breaks are part of it."""
    _break(writer)
    if writer.label:
        _open(writer, text)
        _break(writer)
    writer.table_count = write_text(writer.builder, text, first_table=writer.table_count, has_origins=False)


def _starts_line(text: str, last: str) -> bool:
    """Whether what follows a ``br`` is a line of its own, and not a sentence that was broken for looks."""
    text = text.lstrip()
    return bool(LIST_MARKER.match(text)) or (_SENTENCE_END.search(last) is not None and not text[0].islower())


def _open(writer: _Writer, text: str) -> None:
    layer = Layer.HIDDEN if writer.hidden else Layer.BODY
    label, writer.label = writer.label, ""
    cell, is_header = _cell(writer)
    if cell is not None:
        writer.builder.open(BlockKind.CELL, layer=layer, label=label, cell=cell, is_header=is_header)
    elif writer.heading:
        writer.builder.open(BlockKind.HEADING, layer=layer, level=writer.heading, label=label)
    elif label or writer.is_item:
        kind = BlockKind.LIST_ITEM if label or LIST_MARKER.match(text.lstrip()) else BlockKind.PARAGRAPH
        writer.builder.open(kind, layer=layer, level=max(1, len(writer.lists)), label=label)
    else:
        is_item = LIST_MARKER.match(text.lstrip()) is not None
        writer.builder.open(BlockKind.LIST_ITEM if is_item else BlockKind.PARAGRAPH, layer=layer)
    if label:
        writer.builder.add(f"{label} ")
    writer.is_open = True


def _cell(writer: _Writer) -> tuple[tuple[int, int, int] | None, bool]:
    """The place of the innermost open cell of a data table, and whether its row is a header."""
    for table in reversed(writer.tables):
        if table.is_data and table.in_cell and table.row >= 0:
            return (table.number, table.row, table.column), table.is_header
    return None, False


def _notes(writer: _Writer, is_damaged: bool) -> tuple[ReadingNote, ...]:
    notes = []
    if writer.hidden_characters:
        message = f"The page holds {writer.hidden_characters:,} characters that a browser does not show."
        notes.append(ReadingNote(NoteKind.HIDDEN_TEXT, message))
    if writer.revisions:
        message = f"The page marks {writer.revisions:,} insertions and deletions; it was read with them {writer.view}."
        notes.append(ReadingNote(NoteKind.REVISIONS, message))
    if writer.pictures:
        message = f"{writer.pictures:,} pictures on the page were not read."
        notes.append(ReadingNote(NoteKind.PICTURE, message))
    if writer.embedded:
        message = f"{writer.embedded:,} frames or embedded objects show contents from elsewhere, which were not read."
        notes.append(ReadingNote(NoteKind.EMBEDDED_FILE, message, is_unread=True))
    if is_damaged:
        message = "The page is cut short or nested too deep; text behind that place may be missing."
        notes.append(ReadingNote(NoteKind.TRUNCATED, message, is_unread=True))
    return tuple(notes)
