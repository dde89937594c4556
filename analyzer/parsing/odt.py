"""Reads OpenDocument text (ODT, OTT): ``content.xml`` in order, headers and footers from ``styles.xml``.

An origin's part is ``content.xml#3/2``: paragraph 3 (of all ``text:p`` and ``text:h`` of the part, from 0), text node 2
(of the paragraph's own non-empty ones, from 0, those of notes and boxes within it left out); the index counts in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import NamedTuple

from lxml import etree

from analyzer.document import BlockKind, Document, Layer, NoteKind, ReadingNote, Source, View
from analyzer.errors import DamagedDocument, DocumentError, EmptyDocument, EncryptedDocument
from analyzer.parsing.builder import DocumentBuilder
from analyzer.parsing.docx_names import number
from analyzer.parsing.odt_lists import Lists, OpenList, read_lists
from analyzer.parsing.zipped_xml import Package, open_package, parse_part

__all__ = ["MEDIA_TYPE", "read_odt"]

MEDIA_TYPE = "application/vnd.oasis.opendocument.text"
_NEXT_TO_NO_TEXT = 200

_URN = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
TEXT, OFFICE, TABLE, DRAW, STYLE = (_URN % name for name in ("text", "office", "table", "drawing", "style"))
_DC = "{http://purl.org/dc/elements/1.1/}"
_PARAGRAPHS = (TEXT + "p", TEXT + "h")
_INDEXES = frozenset(
    TEXT + name
    for name in ("table-of-content", "illustration-index", "table-index", "object-index", "alphabetical-index")
)
_NOT_TEXT = frozenset(
    {
        TEXT + "tracked-changes", TEXT + "note-citation", TEXT + "sequence-decls", TEXT + "variable-decls",
        TEXT + "user-field-decls", TEXT + "table-of-content-source", TEXT + "illustration-index-source",
        TEXT + "table-index-source", TEXT + "object-index-source", TEXT + "alphabetical-index-source",
        TEXT + "bibliography-source", TEXT + "user-index-source", TEXT + "list-level-style-number",
        _DC + "creator", _DC + "date", _URN % "svg-compatible" + "title", _URN % "svg-compatible" + "desc",
        OFFICE + "forms", OFFICE + "event-listeners", TABLE + "table-column", TABLE + "title", TABLE + "desc",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    part: str
    index: int | None
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class _Place:
    layer: Layer = Layer.BODY
    cell: tuple[int, int, int] | None = None
    is_header: bool = False
    in_contents: bool = False
    is_hidden: bool = False
    depth: int = 0
    """Of the list that it stands in, from 1."""


@dataclass(slots=True)
class _Lines:
    """The text of a paragraph; more than one line where a rejected deletion brings paragraphs back."""

    lines: list[list[_Piece]] = field(default_factory=lambda: [[]])
    anchors: "list[tuple[etree._Element, _Place]]" = field(default_factory=list)
    node: int = 0


class _Waiting(NamedTuple):
    """Something to be written after the block, or the table row, that it hangs on: an element or hidden text."""

    place: _Place
    element: "etree._Element | None" = None
    pieces: tuple[_Piece, ...] = ()


@dataclass(slots=True)
class _Reading:
    package: Package
    view: View
    builder: DocumentBuilder
    lists: Lists
    styles: "dict[tuple[str, str], etree._Element]"
    numbers: "dict[etree._Element, tuple[str, int]]" = field(default_factory=dict)
    changes: "dict[str, etree._Element]" = field(default_factory=dict)
    open_insertions: set[str] = field(default_factory=set)
    carried: list[_Piece] = field(default_factory=list)
    """The start of a paragraph whose end was inserted, to be joined with the next."""
    tables: int = 0
    rows: int = 0
    waiting: "list[_Waiting]" = field(default_factory=list)
    """What hangs on the cells of the open row."""
    label: str = ""
    """The number of the list item that begins with the next paragraph."""
    hidden: int = 0
    authors: list[str] = field(default_factory=list)


def read_odt(source: Source, *, view: View = View.ACCEPTED) -> Document:
    """Read an OpenDocument text with its tracked changes accepted or rejected.

    Raises DocumentError: damaged, encrypted, too large or empty.
    """
    if not source.data:
        raise EmptyDocument(source.name, "The file is empty.")
    try:
        return _read(source, view)
    except DocumentError:
        raise
    except RecursionError as error:
        raise DamagedDocument(source.name, "The file nests deeper than any document does.") from error
    except Exception as error:
        raise DamagedDocument(
            source.name, f"The file can't be read ({type(error).__name__}).", "Save it again and retry."
        ) from error


def _read(source: Source, view: View) -> Document:
    package = open_package(source.name, source.data)
    _refuse_encrypted(package)
    content = parse_part(package, "content.xml")
    body = None if content is None else content.find(f"{OFFICE}body/{OFFICE}text")
    if content is None or body is None:
        raise DamagedDocument(source.name, "The file has no readable main text.", "Save it again and retry.")
    looks = parse_part(package, "styles.xml")
    styles = {
        (style.get(STYLE + "family", ""), style.get(STYLE + "name", "")): style
        for root in (looks, content)
        for style in (() if root is None else root.iter(STYLE + "style"))
    }
    reading = _Reading(package, view, DocumentBuilder(), read_lists(looks, content), styles)
    _number(reading, "content.xml", content)
    reading.changes = {
        region.get(TEXT + "id", ""): change for region in content.iter(TEXT + "changed-region") for change in region
    }
    _read_blocks(reading, body, _Place(), None)
    _end_carried(reading, _Place())
    if looks is not None:
        _number(reading, "styles.xml", looks)
        _read_furniture(reading, looks)
    document = reading.builder.build(source, MEDIA_TYPE)
    return replace(document, notes=tuple(_notes(reading, body, len(document.text))))


def _refuse_encrypted(package: Package) -> None:
    manifest = parse_part(package, "META-INF/manifest.xml")
    if manifest is not None and next(manifest.iter(_URN % "manifest" + "encryption-data"), None) is not None:
        raise EncryptedDocument(
            package.name, "The file is protected with a password.", "Remove the password and retry."
        )


def _number(reading: _Reading, part: str, root: "etree._Element") -> None:
    reading.numbers.update({element: (part, index) for index, element in enumerate(root.iter(*_PARAGRAPHS))})


# --- blocks -----------------------------------------------------------------------------------------------------------


def _read_blocks(reading: _Reading, container: "etree._Element", place: _Place, opened: OpenList | None) -> None:
    for child in container:
        tag = child.tag
        if tag in _PARAGRAPHS:
            _read_paragraph(reading, child, place)
        elif tag == TEXT + "list":
            inner = reading.lists.open(child, opened)
            _read_list(reading, child, replace(place, depth=inner.level + 1), inner)
        elif tag == TABLE + "table":
            _end_carried(reading, place)
            _read_table(reading, child, place)
        elif tag in {TEXT + "change-start", TEXT + "change-end"}:
            _mark_insertion(reading, child)
        elif tag == TEXT + "change":
            lines = _Lines()
            _restore(reading, child, lines, place)
            _write(reading, None, lines, place)
        elif tag in _NOT_TEXT:
            continue
        elif tag.startswith(DRAW) or tag == OFFICE + "annotation":
            _wait(reading, child, place)
        else:
            _read_blocks(reading, child, _inside(child, place), opened)


def _inside(element: "etree._Element", place: _Place) -> _Place:
    if element.tag in _INDEXES:
        return replace(place, in_contents=True)
    if element.tag == TEXT + "section" and element.get(TEXT + "display") == "none":
        return replace(place, is_hidden=True)
    return place


def _read_list(reading: _Reading, element: "etree._Element", place: _Place, opened: OpenList) -> None:
    for item in element:
        if item.tag == TEXT + "list-item" and any(child.tag in _PARAGRAPHS for child in item):
            reading.label = reading.lists.label(opened, item.get(TEXT + "start-value"))
        _read_blocks(reading, item, place, opened)
        reading.label = ""


def _read_paragraph(reading: _Reading, paragraph: "etree._Element", place: _Place) -> None:
    part, index = reading.numbers.get(paragraph, ("content.xml", 0))
    lines = _Lines()
    is_hidden = place.is_hidden or _hides(reading, "paragraph", paragraph)
    _inline(reading, paragraph, f"{part}#{index}/", lines, replace(place, is_hidden=is_hidden))
    _write(reading, paragraph, lines, place)


def _write(reading: _Reading, paragraph: "etree._Element | None", lines: _Lines, place: _Place) -> None:
    lines.lines[0][:0] = reading.carried
    reading.carried = []
    if reading.view is View.REJECTED and reading.open_insertions:
        reading.carried = lines.lines.pop()
    for pieces in lines.lines:
        _write_line(reading, paragraph, pieces, place)
    for anchor in lines.anchors:
        _wait(reading, *anchor)


def _write_line(reading: _Reading, paragraph: "etree._Element | None", pieces: list[_Piece], place: _Place) -> None:
    shown = [piece for piece in pieces if not piece.is_hidden]
    if any(not piece.text.isspace() for piece in shown):
        kind, level, label = _kind(reading, paragraph, place)
        builder = reading.builder
        builder.open(kind, layer=place.layer, level=level, label=label, cell=place.cell, is_header=place.is_header)
        if label:
            builder.add(label + " ")
        _add(builder, shown)
        builder.close()
        reading.label = ""
    if len(shown) < len(pieces):
        reading.waiting.append(_Waiting(place, pieces=tuple(pieces)))
        _write_waiting(reading)


def _add(builder: DocumentBuilder, pieces: list[_Piece]) -> None:
    for piece in pieces:
        builder.add(piece.text, part=piece.part, index=piece.index)


def _end_carried(reading: _Reading, place: _Place) -> None:
    pieces, reading.carried = reading.carried, []
    if pieces:
        _write_line(reading, None, pieces, place)


def _kind(reading: _Reading, paragraph: "etree._Element | None", place: _Place) -> tuple[BlockKind, int, str]:
    label = reading.label
    level = 0
    if paragraph is not None and paragraph.tag == TEXT + "h":
        level = number(paragraph.get(TEXT + "outline-level"), 1) or 1
        is_counted = paragraph.get(TEXT + "is-list-header") != "true"
        label = label if place.depth else reading.lists.heading(level) if is_counted else ""
    if place.cell is not None:
        return BlockKind.CELL, place.depth, label
    if place.in_contents:
        return BlockKind.CONTENTS, 0, label
    if level or (paragraph is not None and "Title" in _lineage(reading, paragraph)):
        return BlockKind.HEADING, level, label
    return (BlockKind.LIST_ITEM if place.depth else BlockKind.PARAGRAPH), place.depth, label


def _lineage(reading: _Reading, paragraph: "etree._Element") -> Iterator[str]:
    name = paragraph.get(TEXT + "style-name", "")
    for _ in range(20):
        style = reading.styles.get(("paragraph", name))
        yield name
        if style is None:
            return
        name = style.get(STYLE + "parent-style-name", "")


def _hides(reading: _Reading, family: str, element: "etree._Element") -> bool:
    """The style of an element, or one it is based on, hides its text."""
    name = element.get(TEXT + "style-name", "")
    for _ in range(20):
        style = reading.styles.get((family, name))
        if style is None:
            return False
        properties = style.find(STYLE + "text-properties")
        display = None if properties is None else properties.get(TEXT + "display")
        if display is not None:
            return display == "none"
        name = style.get(STYLE + "parent-style-name", "")
    return False


# --- inside a paragraph -----------------------------------------------------------------------------------------------

_SPACES = {TEXT + "s": " ", TEXT + "tab": " ", TEXT + "line-break": " "}


def _inline(reading: _Reading, parent: "etree._Element", prefix: str, lines: _Lines, place: _Place) -> None:
    _text(reading, parent.text, prefix, lines, place)
    for child in parent:
        _inline_child(reading, child, prefix, lines, place)
        _text(reading, child.tail, prefix, lines, place)


def _text(reading: _Reading, text: str | None, prefix: str, lines: _Lines, place: _Place) -> None:
    if not text:
        return
    node, lines.node = lines.node, lines.node + 1
    if reading.view is View.ACCEPTED or not reading.open_insertions:
        lines.lines[-1].append(_Piece(text, f"{prefix}{node}", 0, place.is_hidden))


def _inline_child(reading: _Reading, child: "etree._Element", prefix: str, lines: _Lines, place: _Place) -> None:
    tag = child.tag
    if tag in _SPACES:
        lines.lines[-1].append(_Piece(_SPACES[tag], "", None, place.is_hidden))
    elif tag in {TEXT + "change-start", TEXT + "change-end"}:
        _mark_insertion(reading, child)
    elif tag == TEXT + "change":
        _restore(reading, child, lines, place)
    elif tag == TEXT + "note" or tag == OFFICE + "annotation" or tag.startswith(DRAW):
        if reading.view is View.ACCEPTED or not reading.open_insertions:
            lines.anchors.append((child, place))
    elif tag == TEXT + "ruby-text":
        lines.lines[-1].append(_Piece(" (", "", None, place.is_hidden))
        _inline(reading, child, prefix, lines, place)
        lines.lines[-1].append(_Piece(")", "", None, place.is_hidden))
    elif tag not in _NOT_TEXT:
        is_hidden = place.is_hidden or _hides(reading, "text", child) or tag == TEXT + "hidden-text"
        _inline(reading, child, prefix, lines, replace(place, is_hidden=is_hidden))


def _mark_insertion(reading: _Reading, mark: "etree._Element") -> None:
    identifier = mark.get(TEXT + "change-id", "")
    change = reading.changes.get(identifier)
    if change is None or change.tag != TEXT + "insertion":
        return
    if mark.tag == TEXT + "change-start":
        reading.open_insertions.add(identifier)
    else:
        reading.open_insertions.discard(identifier)


def _restore(reading: _Reading, mark: "etree._Element", lines: _Lines, place: _Place) -> None:
    """Bring deleted text back where it stood, if changes are rejected."""
    change = reading.changes.get(mark.get(TEXT + "change-id", ""))
    if change is None or change.tag != TEXT + "deletion" or reading.view is View.ACCEPTED:
        return
    for count, paragraph in enumerate(change.iter(*_PARAGRAPHS)):
        if count:
            lines.lines.append([])
        part, index = reading.numbers.get(paragraph, ("content.xml", 0))
        restored = _Lines(lines=[lines.lines[-1]], anchors=lines.anchors)
        _inline(reading, paragraph, f"{part}#{index}/", restored, place)


# --- tables -----------------------------------------------------------------------------------------------------------


def _read_table(reading: _Reading, table: "etree._Element", place: _Place) -> None:
    index = reading.tables
    reading.tables += 1
    rows = list(_rows(table, is_header=False))
    has_header = any(is_header for _, is_header in rows)
    for row_index, (row, is_marked) in enumerate(rows):
        is_header = is_marked if has_header else row_index == 0 and len(rows) > 1
        reading.rows += 1
        column = 0
        for cell in row.iterchildren(TABLE + "table-cell", TABLE + "covered-table-cell"):
            inner = _Place(place.layer, (index, row_index, column), is_header, is_hidden=place.is_hidden)
            _read_blocks(reading, cell, inner, None)
            _end_carried(reading, inner)
            column += max(1, min(number(cell.get(TABLE + "number-columns-repeated"), 1) or 1, 1000))
        reading.rows -= 1
        _write_waiting(reading)


def _rows(table: "etree._Element", *, is_header: bool) -> "Iterator[tuple[etree._Element, bool]]":
    for child in table:
        if child.tag == TABLE + "table-row":
            yield child, is_header
        elif child.tag in {TABLE + "table-header-rows", TABLE + "table-rows", TABLE + "table-row-group"}:
            yield from _rows(child, is_header=is_header or child.tag == TABLE + "table-header-rows")


# --- what hangs on a paragraph ----------------------------------------------------------------------------------------


def _wait(reading: _Reading, element: "etree._Element", place: _Place) -> None:
    reading.waiting.append(_Waiting(place, element))
    _write_waiting(reading)


def _write_waiting(reading: _Reading) -> None:
    if reading.rows or not reading.waiting:
        return
    waiting, reading.waiting = reading.waiting, []
    label, reading.label = reading.label, ""
    for entry in waiting:
        if entry.element is None:
            _write_hidden(reading, entry.pieces)
        else:
            _write_anchor(reading, entry.element, entry.place)
    reading.label = label


def _write_hidden(reading: _Reading, pieces: tuple[_Piece, ...]) -> None:
    for is_hidden, stretch in groupby(pieces, key=lambda piece: piece.is_hidden):
        if is_hidden:
            reading.hidden += 1
            reading.builder.open(layer=Layer.HIDDEN)
            _add(reading.builder, list(stretch))
            reading.builder.close()


def _write_anchor(reading: _Reading, element: "etree._Element", place: _Place) -> None:
    inner = _Place(place.layer, is_hidden=place.is_hidden)
    if element.tag == TEXT + "note":
        body = element.find(TEXT + "note-body")
        if body is not None:
            _read_blocks(reading, body, replace(inner, layer=Layer.NOTE), None)
    elif element.tag == OFFICE + "annotation":
        reading.authors.append(element.findtext(_DC + "creator") or "an unnamed author")
        _read_blocks(reading, element, replace(inner, layer=Layer.COMMENT), None)
    else:
        _read_blocks(reading, element, inner, None)


def _read_furniture(reading: _Reading, looks: "etree._Element") -> None:
    seen: set[str] = set()
    for page in looks.iter(STYLE + "master-page"):
        for part in page:
            text = " ".join("".join(str(piece) for piece in part.itertext()).split())
            if str(part.tag).startswith((STYLE + "header", STYLE + "footer")) and text and text not in seen:
                seen.add(text)
                _read_blocks(reading, part, _Place(Layer.FURNITURE), None)


# --- notes ------------------------------------------------------------------------------------------------------------


def _notes(reading: _Reading, body: "etree._Element", length: int) -> Iterator[ReadingNote]:
    if reading.changes:
        authors = (change.findtext(f"{OFFICE}change-info/{_DC}creator") for change in reading.changes.values())
        names = ", ".join(dict.fromkeys(author or "an unnamed author" for author in authors))
        message = f"{len(reading.changes)} tracked change(s) by {names} are pending. They were read as {reading.view}."
        yield ReadingNote(NoteKind.REVISIONS, message)
    if reading.hidden:
        stretches = f"{reading.hidden} stretches" if reading.hidden > 1 else "1 stretch"
        yield ReadingNote(NoteKind.HIDDEN_TEXT, f"{stretches} of hidden text, which the page doesn't show.")
    if reading.authors:
        names = ", ".join(dict.fromkeys(reading.authors))
        yield ReadingNote(NoteKind.COMMENTS, f"{len(reading.authors)} comment(s) by {names}.")
    pictures = sum(1 for image in body.iter(DRAW + "image") if image.getprevious() is None)
    if pictures:
        message = f"{pictures} picture(s) in the document; words in pictures were not read."
        yield ReadingNote(NoteKind.PICTURE, message, is_unread=length < _NEXT_TO_NO_TEXT)
    objects = sum(1 for _ in body.iter(DRAW + "object", DRAW + "object-ole"))
    if objects:
        message = f"{objects} embedded file(s) in the document; not read. Check them on their own."
        yield ReadingNote(NoteKind.EMBEDDED_FILE, message, is_unread=True)
    if any(name.startswith(("Basic/", "Scripts/")) and not name.endswith("/") for name in reading.package.names()):
        yield ReadingNote(NoteKind.EMBEDDED_FILE, "The document holds macros, which were neither read nor run.")
    yield from reading.package.repair_notes()
