"""What a document is once it is read: one text, where each piece of it came from, and what was not read.

All positions are half-open character spans into ``Document.text``. Pages count from 1.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

__all__ = [
    "Block",
    "BlockKind",
    "Box",
    "Document",
    "Layer",
    "NoteKind",
    "Origin",
    "Page",
    "Parties",
    "ReadingNote",
    "Segment",
    "Sentence",
    "Source",
    "Span",
    "TableFinder",
    "Unit",
    "View",
]


class Span(NamedTuple):
    """A half-open range of characters in a document's text."""

    start: int
    end: int

    def contains(self, other: "Span") -> bool:
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end


class Box(NamedTuple):
    """A rectangle on a page in points, measured from the top left corner of the page as it is shown."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


class View(StrEnum):
    """Which side of tracked changes is read: the text with them accepted, or with them rejected."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


class TableFinder(StrEnum):
    """What finds the ruled tables of a PDF page."""

    LINES = "lines"
    """The lines that PDFium has at hand: some fifty times as fast."""
    PDFPLUMBER = "pdfplumber"
    """pdfplumber's finder, on pages with ruled lines alone."""
    OFF = "off"


class BlockKind(StrEnum):
    """What a block of text is on the page."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST_ITEM = "list-item"
    CELL = "cell"
    CONTENTS = "contents"
    """A line of a table of contents."""


class Layer(StrEnum):
    """Where a block stands in relation to the running text."""

    BODY = "body"
    FURNITURE = "furniture"
    """Running headers and footers, page numbers."""
    NOTE = "note"
    """Footnotes and endnotes."""
    COMMENT = "comment"
    HIDDEN = "hidden"
    """Text that the file holds and the page doesn't show."""


class Block(NamedTuple):
    """One paragraph, heading, list item or table cell.

    Blocks tile the text: each ends where the next begins, less one separator, which is a tab between
    two cells of a row and a line break elsewhere. A paragraph that runs over a page end is one block.
    """

    span: Span
    kind: BlockKind = BlockKind.PARAGRAPH
    layer: Layer = Layer.BODY
    level: int = 0
    """Heading level or list depth from 1, as the file states it; 0 where it states none."""
    label: str = ""
    """The number that the file computes, such as Word's ``1.2(a)``; it is also the start of the block's text."""
    cell: tuple[int, int, int] | None = None
    """Table, row and column of a cell, each from 0; tables count through the document."""
    is_header: bool = False
    """A cell of a table's header row."""


class Origin(NamedTuple):
    """Where a run of characters stands in the source file, one for one.

    ``text[start:end]`` are the characters ``index…`` of ``part``. Characters that the parser put in
    (a joined line's space, a computed list number) have no origin.
    """

    start: int
    end: int
    page: int | None
    part: str
    """Within what ``index`` counts: empty for a page of a PDF or a plain text, else a path into the
    package such as ``word/document.xml#12/3`` (paragraph 12, run 3)."""
    index: int  # type: ignore[assignment]  # the name of a method that nothing here calls


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is shown: its size in points, and where its first character stands in the text."""

    number: int
    start: int
    width: float = 0.0
    height: float = 0.0


class NoteKind(StrEnum):
    """What there is to say about the reading of a document."""

    PAGE_WITHOUT_TEXT = "page-without-text"
    OCR = "ocr"
    PICTURE = "picture"
    REVISIONS = "revisions"
    HIDDEN_TEXT = "hidden-text"
    COMMENTS = "comments"
    EMBEDDED_FILE = "embedded-file"
    PROTECTION = "protection"
    REPAIRED = "repaired"
    TRUNCATED = "truncated"
    ENCODING = "encoding"
    UNREADABLE_TEXT = "unreadable-text"
    CONVERTED = "converted"
    LAYOUT = "layout"


@dataclass(frozen=True, slots=True)
class ReadingNote:
    """One thing a reader should know about how a document was read."""

    kind: NoteKind
    message: str
    """A sentence for people: what, how many, where."""
    pages: tuple[int, ...] = ()
    is_unread: bool = False
    """Text may be missing because of this: the document can't pass."""


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of a file under the name that the user knows it by."""

    name: str
    data: bytes = field(repr=False)

    @classmethod
    def from_path(cls, path: Path) -> "Source":
        """Read a file. Raises OSError."""
        return cls(path.name, path.read_bytes())

    def sha256(self) -> str:
        return sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Document:
    """A document as it was read: one canonical text and the way back from it to the source."""

    source: Source
    media_type: str
    text: str = field(repr=False)
    blocks: tuple[Block, ...] = field(repr=False)
    """In the order of the text; furniture stands after the block that runs past it."""
    origins: tuple[Origin, ...] = field(default=(), repr=False)
    """By start, without overlap."""
    pages: tuple[Page, ...] = field(default=(), repr=False)
    """By number; empty for a format without pages."""
    notes: tuple[ReadingNote, ...] = ()

    def __getitem__(self, span: Span) -> str:
        return self.text[span[0] : span[1]]

    @cached_property
    def _origin_starts(self) -> list[int]:
        return [origin.start for origin in self.origins]

    def origins_of(self, span: Span) -> tuple[Origin, ...]:
        """The origins that share characters with a span, cut to it."""
        first = max(0, bisect_right(self._origin_starts, span.start) - 1)
        cut = []
        for origin in self.origins[first:]:
            if origin.start >= span.end:
                break
            start, end = max(origin.start, span.start), min(origin.end, span.end)
            if start < end:
                cut.append(Origin(start, end, origin.page, origin.part, origin.index + start - origin.start))
        return tuple(cut)

    @cached_property
    def _page_starts(self) -> list[int]:
        return [page.start for page in self.pages]

    def page_of(self, offset: int) -> int | None:
        """The page that a character stands on; None for a format without pages."""
        if not self.pages:
            return None
        for origin in self.origins_of(Span(offset, offset + 1)):
            if origin.page is not None:
                return origin.page
        return self.pages[max(0, bisect_right(self._page_starts, offset) - 1)].number

    @property
    def unread(self) -> tuple[ReadingNote, ...]:
        """The notes that say text may be missing."""
        return tuple(note for note in self.notes if note.is_unread)


class Unit(StrEnum):
    """What a sentence is, for rules that only look at some."""

    PROSE = "prose"
    ITEM = "item"
    """A list item or a part of one, under a lead-in."""
    ROW = "row"
    """A table row whose cells read as one."""
    CELL = "cell"
    """A sentence inside a table cell."""
    HEADING = "heading"
    CONTENTS = "contents"
    FURNITURE = "furniture"
    COMMENT = "comment"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Sentence:
    """The unit that is flagged: a sentence, list item, table row or a cell's sentence as it stands."""

    span: Span
    unit: Unit = Unit.PROSE
    lead_in: Span | None = None
    """The words that govern a list item ("The contractor shall:"), or the header row of a table row."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A clause: its number, heading, and the sentences that are its own.

    ``span`` covers the clause with the clauses below it, so segments nest. ``sentences`` are those
    of the clause itself, its heading among them, in order. Every sentence belongs to one segment.
    """

    span: Span
    sentences: tuple[Sentence, ...]
    number: str = ""
    """As it stands: ``4.2``, ``(a)``, ``Article IV``, ``REQ-12``; empty for unnumbered text."""
    heading: str = ""
    level: int = 0
    """0 for the document itself, then the depth of nesting."""
    parent: int | None = None
    """Index of the enclosing segment in the tuple that ``segment`` returns."""
    path: tuple[str, ...] = ()
    """Numbers and headings from the outermost clause to this one, for people."""


@dataclass(frozen=True, slots=True)
class Parties:
    """What a document calls its two sides beyond the common words: lower-case names of one word each."""

    buyer: frozenset[str] = frozenset()
    vendor: frozenset[str] = frozenset()
