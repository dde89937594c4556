"""What stands in one paragraph of WordprocessingML: its text by run, and what hangs on it.

How origins count, so that comments and tracked changes can be written back:

- a paragraph's number is its place among all ``w:p`` of the part in document order, from 0, wherever they stand
  (tables, text boxes, both branches of ``mc:AlternateContent``);
- a run's number is its place among the ``w:r`` and ``m:r`` of that paragraph in document order, from 0, those of
  paragraphs within it (text boxes) left out and deleted ones counted;
- a character's index counts in ``run_text(run)``: text and deleted text as they stand, and one character for each
  tab, break, hyphen and symbol.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from lxml import etree

from analyzer.document import View
from analyzer.parsing.docx_fields import Field, form_result
from analyzer.parsing.docx_names import MC, M, R, V, W, child_value, is_on
from analyzer.parsing.docx_pages import PageCounter
from analyzer.parsing.docx_styles import Styles
from analyzer.parsing.docx_symbols import symbol

__all__ = [
    "GONE",
    "Anchor",
    "AnchorKind",
    "Content",
    "Piece",
    "Properties",
    "Story",
    "chosen_branch",
    "paragraph_runs",
    "read_content",
    "run_text",
]

_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"

GONE = {
    View.ACCEPTED: frozenset({W + "del", W + "moveFrom"}),
    View.REJECTED: frozenset({W + "ins", W + "moveTo"}),
}
"""The marks whose text a view leaves out."""

_RUN, _MATH_RUN, _PARAGRAPH = W + "r", M + "r", W + "p"
_TEXT, _RUN_PROPERTIES = W + "t", W + "rPr"
_RUNS = frozenset({_RUN, _MATH_RUN})
_TEXTS = frozenset({W + "t", W + "delText", M + "t"})
_INSTRUCTION = 1_000
"""Characters of a field's instruction that are kept; its first word says what it is."""
_SINGLE = {
    W + "tab": "\t",
    W + "ptab": "\t",
    W + "br": "\n",
    W + "cr": "\n",
    W + "noBreakHyphen": "-",
    W + "softHyphen": "\u00ad",
}
_PROPERTIES = frozenset({W + "pPr", W + "rPr", W + "sdtPr", W + "sdtEndPr", W + "smartTagPr", W + "customXmlPr"})
_FIELD_MARKS = frozenset({W + "fldChar", W + "instrText"})
_PAGE_BREAK = W + "lastRenderedPageBreak"


Properties = dict[str, "etree._Element"]
"""Paragraph properties by tag."""


_APART = _PROPERTIES | _TEXTS | {W + "txbxContent"}
"""What holds no runs of the paragraph that it stands in."""


class AnchorKind(StrEnum):
    """What can hang on a paragraph."""

    BOX = "box"
    FOOTNOTE = "footnote"
    ENDNOTE = "endnote"
    COMMENT = "comment"
    RELATED = "related"
    """Text of a diagram or chart, in a part of its own."""
    HIDDEN = "hidden"


_NOTE_REFERENCES = {W + "footnoteReference": AnchorKind.FOOTNOTE, W + "endnoteReference": AnchorKind.ENDNOTE}


class Piece(NamedTuple):
    """Characters of one run; ``offset`` is None for text that stands in no run."""

    text: str
    part: str
    offset: int | None
    page: int | None
    is_hidden: bool


class Anchor(NamedTuple):
    """Something that hangs on a paragraph: an element in place, its hidden text, or the id of what stands elsewhere."""

    kind: AnchorKind
    identifier: str = ""
    element: "etree._Element | None" = None
    pieces: tuple[Piece, ...] = ()


@dataclass(slots=True)
class Content:
    """What a paragraph holds under one view."""

    pieces: list[Piece] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    has_hidden: bool = False

    def shown(self) -> list[Piece]:
        """The pieces that the page shows."""
        return [piece for piece in self.pieces if not piece.is_hidden] if self.has_hidden else self.pieces

    def joined(self, other: "Content") -> "Content":
        """Two contents as one, the other after its own."""
        hidden = self.has_hidden or other.has_hidden
        return Content(self.pieces + other.pieces, self.anchors + other.anchors, hidden)


@dataclass(slots=True)
class Story:
    """One flow of text in one part, and how far its reading has come."""

    part: str
    view: View
    styles: Styles
    pages: PageCounter
    numbers: dict["etree._Element", int]
    """The number of each paragraph of the part."""
    may_hide: bool = True
    """False where neither the part nor the styles speak of hidden text: spares a look at each run."""
    drops_instructions: bool = True
    """False where fields don't close: better an instruction too many than a chapter too few."""
    fields: list[Field] = field(default_factory=list)
    carried: tuple[Properties, Content] | None = None
    """A paragraph whose mark is deleted, to be joined with the next."""


@dataclass(slots=True)
class _Walk:
    story: Story
    prefix: str
    hides: bool
    content: Content
    run: int = 0


def read_content(paragraph: "etree._Element", story: Story, *, hides: bool) -> Content:
    """The text and anchors of a paragraph; ``hides`` says that its style hides it."""
    prefix = f"{story.part}#{story.numbers.get(paragraph, 0)}/"
    if not (story.may_hide or story.fields):
        pieces = _plain_pieces(paragraph, prefix, story.pages)
        if pieces is not None:
            return Content(pieces)
    walk = _Walk(story, prefix, hides, Content())
    _inline(paragraph, walk, False)
    return walk.content


_WITHOUT_TEXT = frozenset({W + "pPr", W + "proofErr", W + "bookmarkStart", W + "bookmarkEnd"})


def _plain_pieces(paragraph: "etree._Element", prefix: str, pages: PageCounter) -> list[Piece] | None:
    """The pieces of a paragraph whose runs are each one text and nothing else, as most are; None for any other.

    Four times as fast as the walk, which takes all cases.
    """
    pieces: list[Piece] = []
    number, page = 0, pages.number
    for child in paragraph:
        tag = child.tag
        if tag == _RUN:
            text = None
            for inner in child:
                tag = inner.tag
                if tag == _TEXT and text is None:
                    text = inner.text or ""
                elif tag != _RUN_PROPERTIES:
                    return None
            if text:
                pieces.append(Piece(text, f"{prefix}{number}", 0, page, False))
            number += 1
        elif tag not in _WITHOUT_TEXT:
            return None
    if page is not None:
        for piece in pieces:
            pages.shows_text(piece.text)
    return pieces


def _inline(parent: "etree._Element", walk: _Walk, is_gone: bool) -> None:
    gone = GONE[walk.story.view]
    for child in parent:
        tag = child.tag
        if tag == _RUN:
            _read_run(child, walk, is_gone)
        elif tag in _PROPERTIES:
            continue
        elif tag == _MATH_RUN:
            _read_run(child, walk, is_gone)
        elif tag in gone:
            _inline(child, walk, True)
        elif len(child):
            _container(child, walk, is_gone)


def _container(element: "etree._Element", walk: _Walk, is_gone: bool) -> None:
    tag = element.tag
    if tag == MC + "AlternateContent":
        chosen = chosen_branch(element)
        for branch in element:
            _inline(branch, walk, is_gone or branch is not chosen)
    elif tag == W + "txbxContent":
        if not is_gone:
            walk.content.anchors.append(Anchor(AnchorKind.BOX, element=element))
    elif tag == W + "fldSimple":
        walk.story.fields.append(Field(instruction=element.get(W + "instr", ""), shows=True))
        _inline(element, walk, is_gone)
        walk.story.fields.pop()
    else:
        _inline(element, walk, is_gone)


def chosen_branch(alternate: "etree._Element") -> "etree._Element | None":
    """The one branch of alternatives that is read: the first choice that holds text, else the fallback."""
    branches = [branch for branch in alternate if branch.tag in {MC + "Choice", MC + "Fallback"}]
    for branch in branches:
        if next(branch.iter(*_TEXTS), None) is not None:
            return branch
    return branches[0] if branches else None


def _read_run(run: "etree._Element", walk: _Walk, is_gone: bool) -> None:
    number = walk.run
    walk.run = number + 1
    reader = _RunReader(walk, f"{walk.prefix}{number}", is_gone, walk.story.may_hide and _is_hidden(run, walk))
    for child in run:
        tag = child.tag
        if tag in _TEXTS:
            reader.add(child.text or "")
        elif tag in _SINGLE:
            reader.add(_SINGLE[tag])
            if tag == W + "br" and child.get(W + "type") == "page":
                reader.flush()
                walk.story.pages.explicit()
        elif tag == W + "sym":
            reader.add(symbol(child.get(W + "font", ""), child.get(W + "char", "")))
        elif tag == _PAGE_BREAK:
            reader.flush()
            walk.story.pages.rendered()
        elif tag not in _PROPERTIES:
            reader.flush()
            _in_run(child, walk, is_gone, reader)
    reader.flush()


@dataclass(slots=True)
class _RunReader:
    walk: _Walk
    part: str
    is_gone: bool
    is_hidden: bool
    offset: int = 0
    texts: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.texts.append(text)

    def flush(self) -> None:
        """Hand over the text so far, unless the view or a field's instruction leaves it out."""
        text, index = "".join(self.texts), self.offset
        if not text:
            return
        self.texts, self.offset = [], index + len(text)
        story = self.walk.story
        if self.is_gone or (story.fields and not _shows(story)):
            return
        if self.is_hidden:
            self.walk.content.has_hidden = True
        else:
            story.pages.shows_text(text)
        self.walk.content.pieces.append(Piece(text, self.part, index, story.pages.number, self.is_hidden))

    def put_in(self, text: str) -> None:
        """Text that no run holds."""
        self.flush()
        if text and not self.is_gone and not self.is_hidden:
            page = self.walk.story.pages.number
            self.walk.content.pieces.append(Piece(text, "", None, page, False))


def _shows(story: Story) -> bool:
    return not story.drops_instructions or all(entry.shows for entry in story.fields)


def _in_run(child: "etree._Element", walk: _Walk, is_gone: bool, reader: _RunReader) -> None:
    tag = child.tag
    anchors = walk.content.anchors
    if tag in _RUNS:
        _read_run(child, walk, is_gone)
    elif tag in _FIELD_MARKS:
        _mark_field(child, walk.story.fields, reader)
    elif tag == W + "commentReference":
        anchors.append(Anchor(AnchorKind.COMMENT, child.get(W + "id", "")))
    elif is_gone:
        _inline(child, walk, True)
    elif tag in _NOTE_REFERENCES:
        anchors.append(Anchor(_NOTE_REFERENCES[tag], child.get(W + "id", "")))
    elif tag == W + "ruby":
        _ruby(child, walk, reader)
    elif len(child):
        anchors.extend(_related(child))
        _container(child, walk, is_gone)
        if tag == MC + "AlternateContent":
            # An emoji: a drawing instruction for Word, a bare w:t for everyone else.
            reader.put_in("".join(text.text or "" for text in child.findall(f"{MC}Fallback/{W}t")))


def _mark_field(mark: "etree._Element", fields: list[Field], reader: _RunReader) -> None:
    kind = mark.get(W + "fldCharType")
    if kind == "begin":
        reader.put_in(form_result(mark))
        fields.append(Field())
    elif not fields:
        return
    elif mark.tag == W + "instrText":
        if len(fields[-1].instruction) < _INSTRUCTION:
            fields[-1].instruction += mark.text or ""
    elif kind == "separate":
        fields[-1].shows = True
    elif kind == "end":
        fields.pop()


def _ruby(ruby: "etree._Element", walk: _Walk, reader: _RunReader) -> None:
    """The reading stands before its base in the file and reads better after it."""
    pieces = walk.content.pieces
    first = len(pieces)
    for part in ruby.findall(W + "rt"):
        _inline(part, walk, False)
    reading = pieces[first:]
    del pieces[first:]
    for part in ruby.findall(W + "rubyBase"):
        _inline(part, walk, False)
    if reading:
        reader.put_in(" (")
        pieces.extend(reading)
        reader.put_in(")")


def _related(element: "etree._Element") -> Iterator[Anchor]:
    """Diagrams and charts keep their text in another part; WordArt in an attribute."""
    if element.tag == MC + "AlternateContent":
        chosen = chosen_branch(element)
        if chosen is None:
            return
        element = chosen
    elif element.tag not in {W + "drawing", W + "pict", W + "object"}:
        return
    for diagram in element.iter(_DIAGRAM + "relIds"):
        yield Anchor(AnchorKind.RELATED, diagram.get(R + "dm", ""))
    for chart in element.iter(_CHART + "chart"):
        yield Anchor(AnchorKind.RELATED, chart.get(R + "id", ""))
    for art in element.iter(V + "textpath"):
        if art.get("string"):
            yield Anchor(AnchorKind.BOX, element=art)


def _is_hidden(run: "etree._Element", walk: _Walk) -> bool:
    properties = run.find(W + "rPr")
    if properties is None:
        return walk.hides
    if walk.story.view is View.REJECTED:
        former = properties.find(f"{W}rPrChange/{W}rPr")
        properties = properties if former is None else former
    own = is_on(properties.find(W + "vanish"))
    if own is not None:
        return own
    style = child_value(properties, W + "rStyle")
    # Toggles of a paragraph style and a character style cancel out (17.7.3).
    return walk.hides != (style is not None and walk.story.styles.hides(style))


def run_text(run: "etree._Element") -> str:
    """The characters of a run as origins count them."""
    out = []
    for child in run:
        if child.tag in _TEXTS:
            out.append(child.text or "")
        elif child.tag == W + "sym":
            out.append(symbol(child.get(W + "font", ""), child.get(W + "char", "")))
        else:
            out.append(_SINGLE.get(child.tag, ""))
    return "".join(out)


def paragraph_runs(paragraph: "etree._Element") -> Iterator["etree._Element"]:
    """The runs of a paragraph in the order that origins number them."""
    for child in paragraph:
        if child.tag in _RUNS:
            yield child
        if child.tag not in _APART:
            yield from paragraph_runs(child)
