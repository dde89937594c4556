"""Puts a document's one text together from the pieces that a parser finds, with the way back to the source.

Characters are normalised here, once for every format: spaces of any kind become one space, ligatures their
letters, soft hyphens and zero-width characters nothing, private-use and symbol-font bullets a bullet, control
characters a space. Rules can therefore rely on single spaces (a doubled one makes a token pattern miss).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial

from analyzer.document import Block, BlockKind, Document, Layer, Origin, Page, ReadingNote, Source, Span

__all__ = ["DocumentBuilder", "normalize"]

_PLAIN = re.compile(r"[!-~‘’“”–—•…§©®°é]+(?: [!-~‘’“”–—•…§©®°é]+)*")
_EDGED = re.compile(rf" |{_PLAIN.pattern} | {_PLAIN.pattern} ?")
"""The same with a space at an end, as runs of formatted text have."""
_DROPPED = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff\ufffe\uffff")
_BULLETS = frozenset(
    "\uf0b7\uf0a7\uf0d8\uf076\uf0fc\uf0a8\uf06e\uf071\u25cf\u25aa\u25a0\u2022\u2023\u25e6\u2043\u27a2\u2756\u00b7"
)
_origin = partial(tuple.__new__, Origin)
"""An origin from its values in order; calling the class itself takes three times as long, and there is one a line."""
_SPACES = frozenset("\t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029")


@lru_cache(4096)
def _replacement(character: str) -> str:
    """What one character of a source becomes: itself, a space, a bullet, letters, or nothing."""
    if character in _DROPPED:
        return ""
    if character in _BULLETS:
        return "•"
    if character in _SPACES or character.isspace():
        return " "
    category = unicodedata.category(character)
    if category == "Cc":
        return " "
    if category in {"Co", "Cs", "Cn"}:
        return "\ufffd"
    if "\ufb00" <= character <= "\ufb06" or "\uff01" <= character <= "\uff5e":
        return unicodedata.normalize("NFKC", character)
    return {"\u2010": "-", "\u2011": "-", "\u2012": "–", "\u2015": "—", "\u2212": "-"}.get(character, character)


def _is_plain(text: str) -> bool:
    """Whether the builder writes a text as it is. In ASCII that is seen without a look at each character."""
    if text.isascii():
        return text.isprintable() and "  " not in text and text != "" and text[0] != " " and text[-1] != " "
    return _PLAIN.fullmatch(text) is not None


def normalize(text: str) -> str:
    """A text as the builder would write it, without its way back to the source."""
    if _is_plain(text):
        return text
    return " ".join("".join(map(_replacement, text)).split())


def _runs(text: str, follows_space: bool) -> Iterator[tuple[str, int]]:
    """Pieces of normalised text with the index of their first character; one-for-one within a piece."""
    piece: list[str] = []
    first = size = 0
    index, end = -1, 0
    while (index := max(index + 1, end)) < len(text):
        plain = _PLAIN.match(text, index)
        if plain:  # most of any text, and fifty times faster than character by character
            end, follows_space = plain.end(), False
            if first + size != index:
                if piece:
                    yield "".join(piece), first
                piece, first, size = [], index, 0
            piece.append(plain[0])
            size += end - index
            continue
        new = _replacement(text[index])
        if new == " " and follows_space:
            new = ""
        if len(new) == 1 and first + size == index:
            piece.append(new)
            size += 1
        else:
            if piece:
                yield "".join(piece), first
            if len(new) > 1:
                yield new[0], index
                for letter in new[1:]:
                    yield letter, -1
                piece, first, size = [], index + 1, 0
            else:
                piece, first, size = ([new], index, 1) if new else ([], index + 1, 0)
        if new:
            follows_space = new[-1] == " "
    if piece:
        yield "".join(piece), first


class DocumentBuilder:
    """Collects blocks in reading order.

    ``open`` starts a block, ``add`` appends text to it, ``close`` ends it; an empty block is dropped.
    Blocks are separated by a line break, and by a tab between two cells of one table row.
    """

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._origins: list[Origin] = []
        self._head: tuple[BlockKind, Layer, int, str, tuple[int, int, int] | None, bool] | None = None
        self._text: list[str] = []
        self._pending: list[tuple[int, int, int | None, str, int]] = []
        self._size = 0
        self._page_starts: dict[int, int] = {}

    def open(
        self,
        kind: BlockKind = BlockKind.PARAGRAPH,
        *,
        layer: Layer = Layer.BODY,
        level: int = 0,
        label: str = "",
        cell: tuple[int, int, int] | None = None,
        is_header: bool = False,
    ) -> None:
        """Start a block; closes one that is open."""
        if self._head is not None:
            self.close()
        self._head = (kind, layer, level, label, cell, is_header)

    def add(self, text: str, *, page: int | None = None, part: str = "", index: int | None = None) -> None:
        """Append text to the open block.

        ``index`` is the position of its first character in ``part`` (or on ``page``); None for text
        that does not stand in the source, such as a computed list number.
        """
        if self._head is None:
            self.open()
        if text == " ":
            if self._text and not self._text[-1].endswith(" "):
                self._append(text, page, part, index)
            return
        if _is_plain(text):
            self._append(text, page, part, index)
            return
        follows_space = not self._text or self._text[-1].endswith(" ")
        if _EDGED.fullmatch(text) and not (follows_space and text[0] == " "):
            self._append(text, page, part, index)
            return
        for run, first in _runs(text, follows_space):
            self._append(run, page, part, None if index is None or first < 0 else index + first)

    def _append(self, text: str, page: int | None, part: str, index: int | None) -> None:
        end = self._size + len(text)
        if index is not None:
            self._pending.append((self._size, end, page, part, index))
        self._text.append(text)
        self._size = end

    def close(self) -> None:
        """End the open block; without visible text it leaves no trace."""
        head, text = self._head, "".join(self._text).rstrip(" ")
        pending, self._pending, self._text, self._size, self._head = self._pending, [], [], 0, None
        if head is None or not text:
            return
        if self._blocks:
            self._pieces.append("\t" if self._continues_row(head[4]) else "\n")
            self._length += 1
        start = self._length
        self._pieces.append(text)
        self._length += len(text)
        self._blocks.append(Block(Span(start, self._length), *head))
        for first, last, page, part, index in pending:
            end = min(last, len(text))
            if first < end:
                self._origins.append(_origin((start + first, start + end, page, part, index)))
                if page is not None and page not in self._page_starts:
                    self._page_starts[page] = start + first

    def _continues_row(self, cell: tuple[int, int, int] | None) -> bool:
        last = self._blocks[-1].cell
        return cell is not None and last is not None and cell[:2] == last[:2] and cell != last

    def build(
        self,
        source: Source,
        media_type: str,
        *,
        pages: Iterable[tuple[float, float]] = (),
        notes: Iterable[ReadingNote] = (),
    ) -> Document:
        """The document. ``pages`` gives the size of each page in points, in order."""
        self.close()
        made: list[Page] = []
        start = 0
        for number, (width, height) in enumerate(pages, 1):
            start = max(start, self._page_starts.get(number, start))
            made.append(Page(number, start, width, height))
        return Document(
            source,
            media_type,
            "".join(self._pieces),
            tuple(self._blocks),
            tuple(self._origins),
            tuple(made),
            tuple(notes),
        )
