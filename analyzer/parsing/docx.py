"""Reads Word files (DOCX, DOCM, DOTX, strict and transitional) from their XML, in the order of the text.

Nothing that the file holds is dropped: what doesn't stand in the running text follows the block that it hangs on, in
a layer of its own. What hangs on a table cell follows the row, so that a row's cells stay together. ``docx_runs``
says how origins count.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import NamedTuple

from lxml import etree

from analyzer.document import BlockKind, Document, Layer, NoteKind, ReadingNote, Source, View
from analyzer.errors import DamagedDocument, DocumentError, EmptyDocument
from analyzer.parsing.builder import DocumentBuilder
from analyzer.parsing.docx_fields import fields_close
from analyzer.parsing.docx_names import MC, A, R, V, W, child_value, is_on, number, value
from analyzer.parsing.docx_numbering import Numbering, read_numbering
from analyzer.parsing.docx_pages import PageCounter, count_pages, starts_page
from analyzer.parsing.docx_parts import WordPackage, open_word, package_notes, revision_notes
from analyzer.parsing.docx_runs import (
    GONE,
    Anchor,
    AnchorKind,
    Content,
    Piece,
    Properties,
    Story,
    chosen_branch,
    read_content,
)
from analyzer.parsing.docx_styles import Style, Styles, outline_level

__all__ = ["MEDIA_TYPE", "read_docx"]

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_PROPERTIES, _STYLE, _NUMBERED, _MARK, _SECTION, _BREAK_BEFORE = (
    W + name for name in ("pPr", "pStyle", "numPr", "rPr", "sectPr", "pageBreakBefore")
)
_PARAGRAPH, _TABLE, _CHUNK, _ALTERNATES = W + "p", W + "tbl", W + "altChunk", MC + "AlternateContent"
_OUTLINE = W + "outlineLvl"
_TABLE_PROPERTIES = frozenset(W + name for name in ("tblPr", "tblGrid", "trPr", "tcPr", "sdtPr"))
_NEXT_TO_NO_TEXT = 200
"""Characters; a document of pictures with less than this is taken for a scan."""


class _Place(NamedTuple):
    """Where a block stands: its layer and, inside a table, its cell."""

    layer: Layer = Layer.BODY
    cell: tuple[int, int, int] | None = None
    is_header: bool = False
    in_contents: bool = False


@dataclass(slots=True)
class _Reading:
    """A Word file while it is read."""

    word: WordPackage
    view: View
    builder: DocumentBuilder
    styles: Styles
    numbering: Numbering
    pages: PageCounter
    sections: "list[etree._Element]"
    section: int = 0
    tables: int = 0
    rows: int = 0
    """Table rows that are open, one within the other."""
    waiting: "list[tuple[Anchor, Story, _Place]]" = field(default_factory=list)
    """What hangs on cells of the open row."""
    notes: "dict[AnchorKind, tuple[Story, dict[str, etree._Element]]]" = field(default_factory=dict)
    notes_met: set[tuple[AnchorKind, str]] = field(default_factory=set)
    furniture: set[str] = field(default_factory=set)
    hidden: int = 0
    chunks: int = 0


def read_docx(source: Source, *, view: View = View.ACCEPTED) -> Document:
    """Read a Word file with its tracked changes accepted or rejected.

    Pages are approximate and only there if the file holds page breaks. Raises DocumentError: damaged, encrypted,
    too large or empty.
    """
    try:
        return _read(source, view)
    except DocumentError:
        raise
    except RecursionError as error:
        raise DamagedDocument(source.name, "The file nests deeper than any document does.") from error
    except Exception as error:
        raise DamagedDocument(
            source.name, f"The Word file can't be read ({type(error).__name__}).", "Save it again in Word and retry."
        ) from error


def _read(source: Source, view: View) -> Document:
    if not source.data:
        raise EmptyDocument(source.name, "The file is empty.")
    word = open_word(source.name, source.data)
    reading = _begin(word, view)
    story = _story(reading, word.main, word.root)
    reading.pages.enter_section(reading.sections[0] if reading.sections else None)
    _read_blocks(reading, story, word.root, _Place())
    while reading.section < len(reading.sections):
        _end_section(reading)
    _read_loose_comments(reading)
    document = reading.builder.build(source, MEDIA_TYPE, pages=reading.pages.sizes)
    return replace(document, notes=tuple(_reading_notes(reading, len(document.text))))


def _begin(word: WordPackage, view: View) -> _Reading:
    styles = word.styles()
    found = word.part_of_kind("numbering")
    numbering = read_numbering(found[1] if found else None, styles)
    sections = [mark for mark in word.root.iter(W + "sectPr") if _is_section(mark)]
    return _Reading(word, view, DocumentBuilder(), styles, numbering, count_pages(word.root), sections)


def _is_section(mark: "etree._Element") -> bool:
    parent = mark.getparent()
    return parent is not None and parent.tag in {W + "pPr", W + "body"} and mark.tag == W + "sectPr"


def _story(reading: _Reading, part: str, root: "etree._Element", pages: PageCounter | None = None) -> Story:
    numbers = {paragraph: index for index, paragraph in enumerate(root.iter(W + "p"))}
    hides = reading.styles.may_hide or next(root.iter(W + "vanish"), None) is not None
    return Story(
        part,
        reading.view,
        reading.styles,
        pages or reading.pages,
        numbers,
        may_hide=hides,
        drops_instructions=fields_close(root),
    )


def _reading_notes(reading: _Reading, length: int) -> Iterator[ReadingNote]:
    word = reading.word
    yield from revision_notes(word, reading.view)
    if reading.hidden:
        stretches = f"{reading.hidden} stretches" if reading.hidden > 1 else "1 stretch"
        yield ReadingNote(NoteKind.HIDDEN_TEXT, f"{stretches} of hidden text, which the page doesn't show.")
    if any(kind is AnchorKind.COMMENT for kind, _ in reading.notes_met):
        yield _comment_note(reading)
    if reading.chunks:
        message = f"{reading.chunks} inserted file(s) that Word would merge on opening were not read."
        yield ReadingNote(NoteKind.EMBEDDED_FILE, message, is_unread=True)
    yield from package_notes(word, has_text=length >= _NEXT_TO_NO_TEXT)
    yield from reading.pages.notes()
    yield from word.package.repair_notes()


def _comment_note(reading: _Reading) -> ReadingNote:
    _, comments = reading.notes[AnchorKind.COMMENT]
    authors = dict.fromkeys(comment.get(W + "author") or "an unnamed author" for comment in comments.values())
    count = f"{len(comments)} comments" if len(comments) > 1 else "1 comment"
    return ReadingNote(NoteKind.COMMENTS, f"{count} by {', '.join(authors)}.")


# --- blocks -----------------------------------------------------------------------------------------------------------


def _read_blocks(reading: _Reading, story: Story, container: "etree._Element", place: _Place) -> None:
    """Read a container of paragraphs and tables to its end."""
    _read_children(reading, story, container, place)
    if story.carried is not None:
        _end_carried(reading, story, place)


def _read_children(reading: _Reading, story: Story, container: "etree._Element", place: _Place) -> None:
    for child in container:
        tag = child.tag
        if tag == _PARAGRAPH:
            _read_paragraph(reading, story, child, place)
        elif tag == _TABLE:
            _end_carried(reading, story, place)
            _read_table(reading, story, child, place)
        elif tag == _CHUNK:
            reading.chunks += 1
        elif tag == _ALTERNATES:
            chosen = chosen_branch(child)
            if chosen is not None:
                _read_children(reading, story, chosen, place)
        elif tag not in GONE[reading.view] and len(child):
            inner = place._replace(in_contents=True) if _is_contents_control(child) else place
            _read_children(reading, story, child, inner)


def _is_contents_control(element: "etree._Element") -> bool:
    if element.tag != W + "sdt":
        return False
    gallery = element.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
    return gallery is not None and gallery.get(W + "val") == "Table of Contents"


def _end_carried(reading: _Reading, story: Story, place: _Place) -> None:
    """A paragraph without a mark that meets no other ends by itself; if nothing is left of it, it never was."""
    if story.carried is None:
        return
    properties, content = story.carried
    story.carried = None
    if _is_visible(content.shown()) or content.anchors:
        style = reading.styles.paragraph(value(properties.get(_STYLE)))
        _write_paragraph(reading, story, (properties, style), content, place)


def _read_paragraph(reading: _Reading, story: Story, paragraph: "etree._Element", place: _Place) -> None:
    present = _settings(paragraph)
    properties = _former(present) if reading.view is View.REJECTED else present
    style = reading.styles.paragraph(value(properties.get(_STYLE)))
    in_contents = place.in_contents or style.is_contents or (bool(story.fields) and _in_contents(story))
    if _BREAK_BEFORE in properties and is_on(properties[_BREAK_BEFORE]) and not reading.pages.is_laid_out:
        reading.pages.explicit()
    content = read_content(paragraph, story, hides=style.is_hidden or reading.styles.is_hidden_by_default)
    if story.carried is not None:
        content = story.carried[1].joined(content)
        story.carried = None
    if _MARK in present and _mark_is_gone(present[_MARK], reading.view):
        story.carried = (properties, content)
        return
    if in_contents or (story.fields and _in_contents(story)):
        place = place._replace(in_contents=True)
    _write_paragraph(reading, story, (properties, style), content, place)
    if _SECTION in present and story.part == reading.word.main:
        _end_section(reading)


def _settings(paragraph: "etree._Element") -> Properties:
    """A paragraph's properties by tag; they are its first child."""
    for first in paragraph:
        return {child.tag: child for child in first} if first.tag == _PROPERTIES else {}
    return {}


def _former(present: Properties) -> Properties:
    """A paragraph's properties before the change that is pending."""
    change = present.get(W + "pPrChange")
    former = None if change is None else change.find(_PROPERTIES)
    if former is None:
        return present
    kept = {tag: present[tag] for tag in (_MARK, _SECTION) if tag in present}
    return {**{child.tag: child for child in former}, **kept}


def _in_contents(story: Story) -> bool:
    return any(entry.is_contents() for entry in story.fields)


def _mark_is_gone(mark: "etree._Element", view: View) -> bool:
    """The paragraph mark is deleted (or not yet inserted), so the paragraph runs on into the next."""
    return any(child.tag in GONE[view] for child in mark)


def _is_visible(pieces: "list[Piece]") -> bool:
    return any(not piece.text.isspace() for piece in pieces)


def _write_paragraph(
    reading: _Reading, story: Story, looks: tuple[Properties, Style], content: Content, place: _Place
) -> None:
    properties, style = looks
    label, depth = "", 0
    if _NUMBERED in properties or style.num_id is not None:
        label, depth = _label(reading, properties, style)
    shown = content.shown()
    if shown and (not label or _is_visible(shown)):
        kind, level = _kind(properties, style, depth, place)
        builder = reading.builder
        builder.open(kind, layer=place.layer, level=level, label=label, cell=place.cell, is_header=place.is_header)
        if label:
            builder.add(label + " ")
        add = builder.add
        for text, part, offset, page, _ in shown:
            add(text, page=page, part=part, index=offset)
        builder.close()
    if content.has_hidden:
        reading.waiting.append((Anchor(AnchorKind.HIDDEN, pieces=tuple(content.pieces)), story, place))
    if content.anchors:
        reading.waiting.extend((anchor, story, place) for anchor in content.anchors)
    if reading.waiting and not reading.rows:
        _write_waiting(reading)


def _write_pieces(builder: DocumentBuilder, pieces: "list[Piece]") -> None:
    for piece in pieces:
        builder.add(piece.text, page=piece.page, part=piece.part, index=piece.offset)


def _label(reading: _Reading, properties: Properties, style: Style) -> tuple[str, int]:
    """The number of a paragraph and its depth in its list from 1; no number and 0 outside lists."""
    numbered = properties.get(_NUMBERED)
    num_id = child_value(numbered, W + "numId")
    ilvl = number(child_value(numbered, W + "ilvl"))
    found = reading.numbering.level_of(num_id, ilvl, style)
    if found is None or _is_mark_hidden(properties.get(_MARK)):
        return "", 0
    return reading.numbering.advance(*found), found[1] + 1


def _is_mark_hidden(mark: "etree._Element | None") -> bool:
    """A hidden mark takes its number with it, except where it only joins a run-in heading to its text."""
    return mark is not None and bool(is_on(mark.find(W + "vanish"))) and mark.find(W + "specVanish") is None


def _kind(properties: Properties, style: Style, depth: int, place: _Place) -> tuple[BlockKind, int]:
    if place.cell is not None:
        return BlockKind.CELL, depth
    if place.in_contents:
        return BlockKind.CONTENTS, 0
    own = outline_level(properties.get(_OUTLINE))
    heading = style.heading if own is None else own
    if heading:
        return BlockKind.HEADING, heading
    if style.is_title:
        return BlockKind.HEADING, 0
    return (BlockKind.LIST_ITEM, depth) if depth else (BlockKind.PARAGRAPH, 0)


# --- tables -----------------------------------------------------------------------------------------------------------


def _read_table(reading: _Reading, story: Story, table: "etree._Element", place: _Place) -> None:
    number_of_table = reading.tables
    reading.tables += 1
    rows = [row for row in _members(table, W + "tr") if not _row_is_gone(row, reading.view)]
    marked = [is_on(row.find(f"{W}trPr/{W}tblHeader")) for row in rows]
    for index, row in enumerate(rows):
        # A table of one row is a frame or a form line more often than a header.
        is_header = bool(marked[index]) if any(marked) else index == 0 and len(rows) > 1
        reading.rows += 1
        _read_row(reading, story, row, place._replace(cell=(number_of_table, index, 0), is_header=is_header))
        reading.rows -= 1
        if not reading.rows:
            _write_waiting(reading)


def _read_row(reading: _Reading, story: Story, row: "etree._Element", place: _Place) -> None:
    assert place.cell is not None  # noqa: S101 - a row has a place in its table
    table, index, _ = place.cell
    column = number(child_value(row.find(W + "trPr"), W + "gridBefore"), 0) or 0
    gone = W + ("cellDel" if reading.view is View.ACCEPTED else "cellIns")
    for cell in _members(row, W + "tc"):
        settings = cell[0] if len(cell) else cell
        properties = {child.tag: child for child in settings} if settings.tag == W + "tcPr" else {}
        if gone not in properties:
            _read_blocks(reading, story, cell, _Place(place.layer, (table, index, column), place.is_header))
        span = number(value(properties.get(W + "gridSpan")), 1) or 1
        column += max(1, min(span, 1000))


def _members(parent: "etree._Element", tag: str) -> "Iterator[etree._Element]":
    """Rows of a table or cells of a row, those inside content controls among them."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag == _ALTERNATES:
            chosen = chosen_branch(child)
            if chosen is not None:
                yield from _members(chosen, tag)
        elif child.tag not in _TABLE_PROPERTIES and len(child):
            yield from _members(child, tag)


def _row_is_gone(row: "etree._Element", view: View) -> bool:
    properties = row.find(W + "trPr")
    return properties is not None and any(child.tag in GONE[view] for child in properties)


# --- what hangs on a paragraph ----------------------------------------------------------------------------------------


def _write_waiting(reading: _Reading) -> None:
    waiting, reading.waiting = reading.waiting, []
    for anchor, story, place in waiting:
        _write_anchor(reading, anchor, story, place._replace(cell=None, is_header=False, in_contents=False))


def _write_anchor(reading: _Reading, anchor: Anchor, story: Story, place: _Place) -> None:
    if anchor.kind is AnchorKind.HIDDEN:
        _write_hidden(reading, anchor.pieces)
    elif anchor.kind is AnchorKind.RELATED:
        _write_related(reading, anchor.identifier, place)
    elif anchor.kind is not AnchorKind.BOX:
        _write_note(reading, anchor.kind, anchor.identifier)
    elif anchor.element is not None and anchor.element.tag == V + "textpath":
        reading.builder.open(layer=place.layer)
        reading.builder.add(anchor.element.get("string", ""), page=story.pages.number)
    elif anchor.element is not None:
        _read_blocks(reading, replace(story, fields=[], carried=None), anchor.element, place)


def _write_hidden(reading: _Reading, pieces: tuple[Piece, ...]) -> None:
    """Each stretch of hidden text is a block: what stands apart on the page shouldn't read as one."""
    for is_hidden, stretch in groupby(pieces, key=lambda piece: piece.is_hidden):
        if is_hidden:
            found = list(stretch)
            reading.hidden += any(piece.text.strip() for piece in found)
            reading.builder.open(layer=Layer.HIDDEN)
            _write_pieces(reading.builder, found)
            reading.builder.close()


def _write_related(reading: _Reading, identifier: str, place: _Place) -> None:
    """The text of a diagram or chart, paragraph by paragraph; it stands in another part and has no origin."""
    relation = reading.word.target(identifier)
    root = None if relation is None or relation.is_external else reading.word.part(relation.target)
    if root is None:
        return
    for paragraph in root.iter(A + "p"):
        reading.builder.open(layer=place.layer)
        reading.builder.add("".join(text.text or "" for text in paragraph.iter(A + "t")))
        reading.builder.close()


_NOTE_PARTS = {
    AnchorKind.FOOTNOTE: ("footnotes", W + "footnote", Layer.NOTE),
    AnchorKind.ENDNOTE: ("endnotes", W + "endnote", Layer.NOTE),
    AnchorKind.COMMENT: ("comments", W + "comment", Layer.COMMENT),
}


def _notes_of(reading: _Reading, kind: AnchorKind) -> "tuple[Story, dict[str, etree._Element]] | None":
    part, tag, _ = _NOTE_PARTS[kind]
    if kind not in reading.notes:
        found = reading.word.part_of_kind(part)
        if found is None:
            return None
        name, root = found
        notes = {note.get(W + "id", ""): note for note in root.iter(tag)}
        reading.notes[kind] = (_story(reading, name, root), notes)
    return reading.notes[kind]


def _write_note(reading: _Reading, kind: AnchorKind, identifier: str) -> None:
    found = _notes_of(reading, kind)
    if found is None or identifier not in found[1]:
        return
    # Once each: notes that refer to notes, each twice, would double with every step.
    if (kind, identifier) in reading.notes_met:
        return
    reading.notes_met.add((kind, identifier))
    story, notes = found
    _read_blocks(reading, story, notes[identifier], _Place(_NOTE_PARTS[kind][2]))


def _read_loose_comments(reading: _Reading) -> None:
    """Comments that nothing in the text refers to, such as those on deleted text."""
    found = _notes_of(reading, AnchorKind.COMMENT)
    for identifier in () if found is None else tuple(found[1]):
        _write_note(reading, AnchorKind.COMMENT, identifier)


# --- sections ---------------------------------------------------------------------------------------------------------


def _end_section(reading: _Reading) -> None:
    """Write the headers and footers of the section that ends, those that no earlier section had, and begin the next."""
    properties = reading.sections[reading.section] if reading.section < len(reading.sections) else None
    reading.section += 1
    for reference in (
        () if properties is None else properties.iterchildren(W + "headerReference", W + "footerReference")
    ):
        _write_furniture(reading, reference.get(R + "id", ""))
    following = reading.sections[reading.section] if reading.section < len(reading.sections) else None
    if following is None:
        return
    if starts_page(following) and not reading.pages.is_laid_out:
        reading.pages.explicit()
    reading.pages.enter_section(following)


def _write_furniture(reading: _Reading, identifier: str) -> None:
    relation = reading.word.target(identifier)
    if relation is None or relation.is_external:
        return
    root = reading.word.part(relation.target)
    if root is None:
        return
    text = "".join(element.text or "" for element in root.iter(W + "t", V + "textpath")).strip()
    text = text or "".join(art.get("string", "") for art in root.iter(V + "textpath"))
    if text and text not in reading.furniture:
        reading.furniture.add(text)
        story = _story(reading, relation.target, root, PageCounter())
        _read_blocks(reading, story, root, _Place(Layer.FURNITURE))
