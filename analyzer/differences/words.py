"""A document as a sequence of words that can be held against another's, whatever the format.

What differs between formats though the text is the same is no part of a word's key: case (a style sets capitals),
punctuation, white space, the hyphen at a line's end, accents that are composed in two ways.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from analyzer.document import Block, BlockKind, Document, Layer, Segment, Sentence, Span, Unit
from analyzer.segmentation.numbering import read_number

__all__ = ["LEFT_OUT", "Passage", "Side", "Words", "joined", "keys_of", "words_of_document"]

_WORD = re.compile(r"\d+(?:[.,:/]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[$€£¥%§+=<>≤≥±☐☑☒✓✔]")
_ASIDE = frozenset({Layer.FURNITURE, Layer.COMMENT, Layer.HIDDEN})
_STRUCTURAL = frozenset({"article", "attachment", "part", "section", "requirement"})
"""Numbers that name a thing: one that changes is a change of text."""
_BULLET = re.compile(r"[•o–—-]\s")


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document that is shown: a sentence, item or cell."""

    span: Span
    text: str
    page: int | None
    section: str
    marks: tuple[Span, ...] = ()
    """Words that differ, as positions in ``text``."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a document's text, in order; all tuples run in parallel.

    Running headers, comments, hidden text and tables of contents are left out.
    """

    keys: tuple[str, ...]
    spans: tuple[Span, ...]
    blocks: tuple[int, ...]
    """Index of each word's block."""
    is_label: tuple[bool, ...]
    """Part of a list number or clause number."""
    aside: tuple[tuple[str, ...], ...]
    """The keys of each running header and footer, and of each cell of a table's head that is printed again."""

    def __len__(self) -> int:
        return len(self.keys)


@dataclass(frozen=True)
class Side:
    """A document with its clauses and words."""

    document: Document
    segments: tuple[Segment, ...]
    words: Words
    sentences: tuple[tuple[Sentence, int], ...]
    """Every sentence that is compared, with the index of its clause, by start."""

    @classmethod
    def of(cls, document: Document, segments: Sequence[Segment]) -> "Side":
        found = [(sentence, number) for number, segment in enumerate(segments) for sentence in segment.sentences]
        kept = sorted((item for item in found if item[0].unit not in LEFT_OUT), key=lambda item: item[0].span)
        contents = [sentence.span for sentence, _ in found if sentence.unit is Unit.CONTENTS]
        return cls(document, tuple(segments), words_of_document(document, contents), tuple(kept))

    def sentence_at(self, offset: int) -> int:
        """The index of the sentence that holds a character, or of the last before it; -1 before the first."""
        return bisect_right(self.sentences, offset, key=lambda item: item[0].span.start) - 1

    def passage(self, span: Span, marks: Iterable[Span] = ()) -> Passage:
        """A stretch as it is shown; ``marks`` are spans of the document."""
        place = self.sentence_at(span.start)
        path = self.segments[self.sentences[place][1]].path if place >= 0 else ()
        own = tuple(Span(mark.start - span.start, mark.end - span.start) for mark in marks if span.contains(mark))
        return Passage(span, self.document[span], self.document.page_of(span.start), " › ".join(path), own)


LEFT_OUT = frozenset({Unit.CONTENTS, Unit.FURNITURE, Unit.COMMENT, Unit.HIDDEN})
"""Sentences that are not compared."""


def keys_of(text: str) -> tuple[str, ...]:
    """The keys of a text's words."""
    return tuple(_key(match.group()) for match in _WORD.finditer(text))


def joined(keys: Iterable[str]) -> str:
    """Words as one run of letters, as they are where a hyphen, a space or an apostrophe is lost between them."""
    return "".join(keys).replace("'", "")


def _key(word: str) -> str:
    if word.isascii():
        return word.casefold()
    return unicodedata.normalize("NFKC", word.replace("’", "'")).casefold()


def words_of_document(document: Document, contents: Sequence[Span] = ()) -> Words:
    """The words of a document; ``contents`` are the lines of its table of contents, by start."""
    keys: list[str] = []
    spans: list[Span] = []
    blocks: list[int] = []
    is_label: list[bool] = []
    aside: list[tuple[str, ...]] = []
    skipped = {span.start for span in contents}
    heads: dict[tuple[int, int], tuple[str, ...]] = {}
    for number, block in enumerate(document.blocks):
        if block.layer is Layer.FURNITURE or _repeats_head(document, block, heads):
            aside.append(keys_of(document[block.span]))
            continue
        if block.layer in _ASIDE or block.kind is BlockKind.CONTENTS or block.span.start in skipped:
            continue
        end_of_label = _label_end(document.text, block)
        for key, span in _words(document.text, block.span):
            keys.append(key)
            spans.append(span)
            blocks.append(number)
            is_label.append(span.start < end_of_label)
    return Words(tuple(keys), tuple(spans), tuple(blocks), tuple(is_label), tuple(aside))


def _repeats_head(document: Document, block: Block, heads: dict[tuple[int, int], tuple[str, ...]]) -> bool:
    """Whether a cell stands in a table's head that is printed again on the next page; ``heads`` keeps the first."""
    if block.cell is None:
        return False
    table, row, column = block.cell
    keys = keys_of(document[block.span])
    if row == 0:
        heads[table, column] = (*heads.get((table, column), ()), *keys)
        return False
    return block.is_header and heads.get((table, column)) == keys


def _words(text: str, span: Span) -> Iterator[tuple[str, Span]]:
    for match in _WORD.finditer(text, span.start, span.end):
        yield _key(match.group()), Span(match.start(), match.end())


def _label_end(text: str, block: Block) -> int:
    """Where the number or bullet that a block starts with ends; its start where it has none."""
    start = block.span.start
    if block.label:
        return start + len(block.label)
    if bullet := _BULLET.match(text, start, block.span.end):
        return bullet.end()
    number = read_number(text, block)
    return start if number is None or number.style in _STRUCTURAL else number.end
