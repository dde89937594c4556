"""Where a finding's words stand in the parts of a Word file."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from analyzer.document import Block, BlockKind, Document, Layer, Origin, Segment, Sentence, Span, Unit
from analyzer.findings import EvidenceKind, Finding
from analyzer.parsing.docx_names import W
from analyzer.rendering.docx.runs import raw_start
from analyzer.rendering.docx.wordfile import WordFile
from analyzer.segmentation.headings import leads_in, read_heading
from analyzer.segmentation.numbering import read_number

__all__ = ["Anchor", "Place", "Reader"]

_PARAGRAPH, _BOX = W + "p", W + "txbxContent"
_FIRST_WORDS = frozenset({EvidenceKind.PATTERN, EvidenceKind.AMOUNT, EvidenceKind.WEIGHT})
_BULLETS = frozenset("•-–*▪○☐☑☒□■❑✓")
_VERBS = frozenset("shall must will should may is are was has have can cannot agrees agree requires provides".split())


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Words within one paragraph: raw positions ``start`` to ``end``."""

    part: str
    paragraph: "etree._Element"
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Anchor:
    """What a comment hangs on: words of a paragraph, or, without a place, the run or the paragraph ``near`` them."""

    place: Place | None
    near: "etree._Element | None" = None
    why: str = ""
    """Why it doesn't stand on the words themselves; empty where it does."""


@dataclass(frozen=True, slots=True)
class Body:
    """The words of a finding that a tracked change would replace, or why none can."""

    span: Span | None
    why_not: str = ""


class Reader:
    """Leads from spans of a document to the runs of its file."""

    def __init__(self, file: WordFile, document: Document, segments: Sequence[Segment]) -> None:
        self._file = file
        self._document = document
        self._starts = [block.span.start for block in document.blocks]
        self._paragraphs: dict[str, list[etree._Element]] = {}
        self._sentences = {s.span: (segment, s) for segment in segments for s in segment.sentences}
        self.first_paragraph = self._first_paragraph()

    def _first_paragraph(self) -> "etree._Element | None":
        """The first paragraph of the running text, if there is one outside tables and controls; else any."""
        body = self._file.root(self._file.word.main).find(W + "body")
        if body is None:
            return None
        plain = body.find(_PARAGRAPH)
        if plain is not None:
            return plain
        outside = (found for found in body.iter(_PARAGRAPH) if next(found.iterancestors(_BOX), None) is None)
        return next(outside, None)

    def places_of(self, span: Span) -> tuple[Place, ...]:
        """Where the characters of a span stand, paragraph by paragraph; nothing for what stands in no run."""
        by_paragraph: dict[tuple[str, int], list[Origin]] = {}
        for origin in self._document.origins_of(span):
            part, _, numbers = origin.part.partition("#")
            if numbers:
                by_paragraph.setdefault((part, int(numbers.partition("/")[0])), []).append(origin)
        return tuple(self._place(part, number, found) for (part, number), found in by_paragraph.items())

    def _place(self, part: str, number: int, origins: Sequence[Origin]) -> Place:
        if part not in self._paragraphs:
            self._paragraphs[part] = list(self._file.root(part).iter(_PARAGRAPH))
        paragraph = self._paragraphs[part][number]
        edges = []
        for origin in origins:
            start = raw_start(paragraph, int(origin.part.rpartition("/")[2])) + origin.index
            edges.append((start, start + origin.end - origin.start))
        return Place(part, paragraph, min(start for start, _ in edges), max(end for _, end in edges))

    # --- comments -----------------------------------------------------------------------------------------------------

    def anchor_of(self, finding: Finding) -> Anchor:
        """What the comment on a finding hangs on."""
        places = self.places_of(finding.span)
        if not places:
            return Anchor(None, self.first_paragraph, "The words stand in a diagram, which takes no comments.")
        place = places[0] if len(places) == 1 else self._first_words(finding, places)
        return self._allowed(place)

    def _first_words(self, finding: Finding, places: Sequence[Place]) -> Place:
        """Of a row of cells or several paragraphs, the one with the words that fired."""
        for item in finding.evidence:
            if item.kind in _FIRST_WORDS and finding.span.contains(item.span):
                for found in self.places_of(item.span):
                    for place in places:
                        if place.paragraph is found.paragraph:
                            return place
        return places[0]

    def _allowed(self, place: Place) -> Anchor:
        """The words themselves in the running text; elsewhere Word takes no comments, so what leads there."""
        box = None
        for ancestor in place.paragraph.iterancestors(_BOX):
            box = ancestor
        if place.part == self._file.word.main:
            if box is None:
                return Anchor(place)
            return Anchor(None, next(box.iterancestors(W + "r"), self.first_paragraph), _IN_BOX)
        for kind, (tag, mark, why) in _ELSEWHERE.items():
            if self._file.part_of_kind(kind) == place.part:
                note = next(place.paragraph.iterancestors(tag), None)
                return Anchor(None, self._mark(mark, note), why)
        return Anchor(None, self.first_paragraph, _IN_MARGIN)

    def _mark(self, tag: str, note: "etree._Element | None") -> "etree._Element | None":
        """The run in the running text that refers to a note."""
        identifier = None if note is None else note.get(W + "id")
        for mark in self._file.root(self._file.word.main).iter(tag):
            if mark.get(W + "id") == identifier and next(mark.iterancestors(_BOX), None) is None:
                return next(mark.iterancestors(W + "r"), self.first_paragraph)
        return self.first_paragraph

    # --- tracked changes ----------------------------------------------------------------------------------------------

    def body_of(self, finding: Finding) -> Body:
        """What a tracked change would replace: the sentence without its number, bullet and run-in heading."""
        segment, sentence = self._sentences.get(finding.span, (None, None))
        if sentence is None:
            return Body(None, "The words are not one sentence of the document.")
        if sentence.unit in _NO_SENTENCE:
            return Body(None, _NO_SENTENCE[sentence.unit])
        start, end = finding.span
        block = self._document.blocks[bisect_right(self._starts, start) - 1]
        if start == block.span.start:
            is_numbered = segment is not None and segment.span.start == start and bool(segment.number)
            start = self._after_number(block, is_numbered, end)
        text = self._document.text
        while start < end and text[start] in _BULLETS and text[start + 1 : start + 2] == " ":
            start += 2
        if start >= end:
            return Body(None, "There are no words beside the number.")
        if sentence.unit is Unit.ITEM:
            end = start + len(_LIST_END.sub("", text[start:end]))
        if reason := _fragment(text, start, end, sentence):
            return Body(None, reason)
        return Body(Span(start, end))

    def _after_number(self, block: Block, is_numbered: bool, end: int) -> int:
        text, start = self._document.text, block.span.start
        if block.label:
            start += len(block.label) + 1
        if is_numbered and (number := read_number(text, block)) is not None:
            start = max(start, number.end)
        if block.layer is Layer.BODY and block.kind is not BlockKind.CELL:
            heading = read_heading(text, block, start, is_numbered)
            if heading is not None and not heading.is_own_block and heading.end < end:
                return heading.end
        return start


_LIST_END = re.compile(r"(?:[;,](?: and| or| and/or)?)?$")
_IN_BOX = "The words stand in a text box, which takes no comments; this hangs on the box."
_IN_MARGIN = "The words stand in a header or footer, which takes no comments; this hangs on the first paragraph."
_ELSEWHERE = {
    "footnotes": (
        W + "footnote",
        W + "footnoteReference",
        "The words stand in the footnote; this hangs on the mark that leads to it.",
    ),
    "endnotes": (
        W + "endnote",
        W + "endnoteReference",
        "The words stand in the endnote; this hangs on the mark that leads to it.",
    ),
    "comments": (
        W + "comment",
        W + "commentReference",
        "The words stand in a comment; this hangs beside it.",
    ),
}
_NO_SENTENCE = {
    Unit.HEADING: "The words are a heading, and the suggestion is a sentence.",
    Unit.CONTENTS: "The words are a line of a table of contents, which Word makes anew.",
    Unit.COMMENT: "The words stand in a comment.",
    Unit.HIDDEN: "The words are hidden text.",
}


def _fragment(text: str, start: int, end: int, sentence: Sentence) -> str:
    """Why a stretch of text can't be replaced by a sentence: it goes on, or something goes on from it."""
    words = text[start:end]
    first = next((character for character in words if character.isalnum()), "")
    if leads_in(text, start, end):
        return "The words lead into the list below them; change them together with it."
    if first.islower():
        return "The words go on from a sentence before them; change the two together."
    has_verb = not _VERBS.isdisjoint(words.lower().split())
    if sentence.unit is Unit.ITEM and sentence.lead_in is not None and not has_verb:
        return "The words are an item of a sentence that begins above them; change the two together."
    if not has_verb and words[-1] not in ".!?;":
        return "The words are no sentence, and the suggestion is one."
    return ""
