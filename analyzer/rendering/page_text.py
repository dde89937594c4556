"""A document's text as HTML: its headings, lists and tables as they stand, with a mark on every finding's words."""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import pairwise
from typing import NamedTuple

from analyzer.document import Block, BlockKind, Document, Layer, Span
from analyzer.findings import Finding
from analyzer.rendering.words import SEVERITY_MARKS, marked_parts

__all__ = ["Mark", "document_text", "marks_of", "shown"]

_LAYERS = {Layer.NOTE: "Note", Layer.COMMENT: "Comment", Layer.HIDDEN: "Hidden text"}
_CHUNK = 60
"""Blocks that a browser lays out together, once they come near the window."""
_STEERING = re.compile("[^\t\n\x20-\x7e]")
_KEPT = frozenset("\u200c\u200d\u00ad")
"""Joiners that scripts other than Latin need, and the soft hyphen."""


class Mark(NamedTuple):
    """A finding in a text: the key that its card has on the page, its number for people, and what is marked."""

    key: str
    number: int
    finding: Finding
    words: tuple[Span, ...]
    """The words that fired."""


def shown(text: str) -> str:
    """A text from a document, escaped; what would steer a page or reorder its text becomes a space."""
    return escape(_STEERING.sub(_visible, text))


def _visible(found: re.Match[str]) -> str:
    character = found[0]
    return character if character.isprintable() or character in _KEPT else " "


def marks_of(findings: Sequence[Finding], document: int) -> tuple[Mark, ...]:
    """The marks of a document's findings, numbered from 1; ``document`` is its place on the page."""
    return tuple(
        Mark(f"{document}-{number}", number, finding, tuple(_operative(finding)))
        for number, finding in enumerate(findings, 1)
    )


def _operative(finding: Finding) -> Iterator[Span]:
    position = finding.span.start
    for text, is_marked in marked_parts(finding):
        if is_marked:
            yield Span(position, position + len(text))
        position += len(text)


def document_text(document: Document, marks: Sequence[Mark]) -> tuple[list[str], frozenset[str]]:
    """HTML of the whole text, and the keys of the marks that have a place in it.

    It comes in stretches that a browser can lay out one at a time.
    """
    writer = _Writer(document, marks)
    pieces = ['<div class="chunk">']
    count = 0
    for piece, is_break in writer.pieces():
        if is_break and count >= _CHUNK:
            pieces.append('</div><div class="chunk">')
            count = 0
        pieces.append(piece)
        count += 1
    return [*pieces, "</div>"], frozenset(writer.begun)


class _Writer:
    """Writes block after block, and keeps in mind what is open."""

    def __init__(self, document: Document, marks: Sequence[Mark]) -> None:
        self._document = document
        self._waiting = sorted(marks, key=lambda mark: mark.finding.span.start)[::-1]
        self._active: list[Mark] = []
        self.begun: set[str] = set()
        """Keys of the marks that were written."""
        self._page: int | None = None
        self._table: int | None = None
        self._row: int | None = None
        self._column = -1

    def pieces(self) -> Iterator[tuple[str, bool]]:
        """Pieces of HTML, each with whether a stretch may end before it."""
        for block in self._document.blocks:
            is_same_table = block.cell is not None and block.cell[0] == self._table
            if not is_same_table:
                yield self._end_table(), True
                yield self._page_end(block), True
            if block.cell is None:
                yield self._block(block), True
            else:
                yield self._cell(block, block.cell), False
        yield self._end_table(), True

    def _page_end(self, block: Block) -> str:
        page = self._document.page_of(block.span.start)
        if page is None or page == self._page:
            return ""
        self._page = page
        return f'<p class="page-end">Page {page}</p>'

    def _end_table(self) -> str:
        if self._table is None:
            return ""
        self._table = self._row = None
        return "</td></tr></table></div>"

    def _block(self, block: Block) -> str:
        layer = f'<bdi class="layer">{_LAYERS[block.layer]}</bdi> ' if block.layer in _LAYERS else ""
        kinds = f"block {block.kind.value} {block.layer.value}"
        role = ""
        if block.kind is BlockKind.HEADING:
            role = f' role="heading" aria-level="{min(6, max(1, block.level) + 3)}"'
        elif block.kind is BlockKind.LIST_ITEM:
            kinds += f" depth-{min(5, max(1, block.level))}"
        return f'<div class="{kinds}" dir="auto"{role}>{layer}{self._marked(block.span)}</div>'

    def _cell(self, block: Block, cell: tuple[int, int, int]) -> str:
        table, row, column = cell
        made = ""
        if table != self._table:
            self._table, self._row, self._column = table, row, -1
            made = '<div class="table" tabindex="0" role="group" aria-label="Table"><table><tr>'
        elif row != self._row:
            self._row, self._column = row, -1
            made = "</td></tr><tr>"
        elif column == self._column:
            return f"<br>{self._marked(block.span)}"
        else:
            made = "</td>"
        gaps = max(0, min(column - self._column - 1, 50))
        self._column = column
        kind = ' class="head"' if block.is_header else ""
        return f'{made}{"<td></td>" * gaps}<td{kind} dir="auto">{self._marked(block.span)}'

    def _marked(self, span: Span) -> str:
        """A block's text, cut where marks begin and end."""
        own = self._of(span)
        if not own:
            return shown(self._document[span])
        inner = {at for mark in own for place in (mark.finding.span, *mark.words) for at in place}
        cuts = [span.start, *sorted(at for at in inner if span.start < at < span.end), span.end]
        return "".join(self._stretch(Span(*ends), own) for ends in pairwise(cuts))

    def _of(self, span: Span) -> list[Mark]:
        while self._waiting and self._waiting[-1].finding.span.start < span.end:
            self._active.append(self._waiting.pop())
        self._active = [mark for mark in self._active if mark.finding.span.end > span.start]
        return [mark for mark in self._active if mark.finding.span.start < span.end]

    def _stretch(self, span: Span, marks: Iterable[Mark]) -> str:
        here = [mark for mark in marks if mark.finding.span.overlaps(span)]
        text = shown(self._document[span])
        if not here:
            return text
        begins = "".join(self._pill(mark) for mark in here if mark.key not in self.begun)
        severest = max(here, key=lambda mark: mark.finding.severity.rank).finding.severity
        words = " words" if any(place.overlaps(span) for mark in here for place in mark.words) else ""
        keys = " ".join(mark.key for mark in here)
        return f'{begins}<mark class="{severest}{words}" data-f="{keys}">{text}</mark>'

    def _pill(self, mark: Mark) -> str:
        """The number of a finding, where its words begin; it leads to the finding."""
        self.begun.add(mark.key)
        severity = mark.finding.severity
        label = shown(f"Finding {mark.number}, {severity}: {mark.finding.title}")
        sign = f"{SEVERITY_MARKS[severity]}\u2060{mark.number}"
        return (
            f'<a class="pill {severity}" id="t{mark.key}" href="#f{mark.key}" data-f="{mark.key}" '
            f'data-severity="{severity}" title="{label}" aria-label="{label}">{sign}</a>'
        )
