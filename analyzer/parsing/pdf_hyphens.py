"""Writes lines one after the other into a block, and takes out the hyphens that only broke a line."""

import re
from collections.abc import Sequence
from functools import cached_property

from analyzer.parsing.builder import DocumentBuilder
from analyzer.parsing.pdf_page import Line, PageText

__all__ = ["Hyphens", "write_lines"]

_KEEPS_HYPHEN = frozenset({"multi", "non", "quasi", "self", "third", "well"})
_TAKES_HYPHEN = frozenset(
    {"approved", "based", "compliant", "effective", "free", "level", "owned", "party", "related", "rented", "specific"}
    | {"term", "time", "wide"}
)
_SUSPENDED = frozenset({"and", "or", "to", "und", "et"})
"""Words before which a hyphen stands for a shared second half: "pre- and post-award"."""
_PUNCTUATION = ".,;:!?()[]{}\"'“”‘’*•–—-/"
_ENDINGS = frozenset({"able", "ance", "ation", "hood", "ible", "less", "like", "ment", "ness", "ship", "sion", "tion"})
"""Ends of words that are words themselves in no document, or by chance."""
_TIGHT_ENDS = "/—)-–"
_LAST = re.compile(r"[^\W\d_]+$")
_FIRST = re.compile(r"[^\W\d_]+")
_CITED = re.compile(r"\w\(\w{1,4}\)(?:\(\w{1,4}\))*$")
_CITED_ON = re.compile(r"\(\w{1,4}\)")


class Hyphens:
    """Decides which hyphens at line ends belong to a word, from the words that the document uses elsewhere."""

    def __init__(self, pages: Sequence[PageText]) -> None:
        self._pages = pages

    @cached_property
    def _words(self) -> frozenset[str]:
        """The document's words in lower case, compounds as one; those that a line's end breaks aside."""
        tokens = set[str]().union(*(_whole_words(page.lines) for page in self._pages))
        return frozenset({word.lower().strip(_PUNCTUATION) for word in tokens})

    @cached_property
    def _starts(self) -> frozenset[str]:
        """Words that the document starts compounds with."""
        return frozenset(word.split("-", 1)[0] for word in self._words if "-" in word)

    def belongs(self, left: str, right: str) -> bool:
        """Whether ``left-right`` is a compound and not one word broken at the line's end."""
        before, after = _LAST.search(left), _FIRST.match(right)
        if before is None or after is None or left[before.start() - 1 : before.start()] == "-":
            return True
        first, second = before.group().lower(), after.group().lower()
        if not after.group().islower():
            return first + second not in self._words or not (before.group() + after.group()).isupper()
        if first + second in self._words:
            return False
        if f"{first}-{second}" in self._words or first in _KEEPS_HYPHEN or second in _TAKES_HYPHEN:
            return True
        if second in _ENDINGS or second not in self._words:
            return False
        return len(second) > 3 and (first in self._starts or (len(first) > 3 and first in self._words))


def _whole_words(lines: Sequence[Line]) -> set[str]:
    """The words of lines, without the two halves of one that a line's end breaks."""
    whole: list[str] = []
    is_broken = False
    for line in lines:
        text = line.text
        if is_broken or line.is_hyphenated:
            words = text.split()
            text = " ".join(words[is_broken : len(words) - line.is_hyphenated])
        whole.append(text)
        is_broken = line.is_hyphenated
    return set(" ".join(whole).split())


def write_lines(builder: DocumentBuilder, lines: Sequence[Line], hyphens: Hyphens) -> None:
    """Add lines to the open block, each joined to the next as the words need it."""
    for line, follower in zip(lines, (*lines[1:], None), strict=True):
        page, first, text, _, _, _, _, _, is_hyphenated, gaps, part = line
        if gaps:
            _write_words(builder, line)
        else:
            builder.add(text, page=page, part=part, index=first)
        after = follower.text if follower is not None else ""
        if is_hyphenated:
            _write_hyphen(builder, line, after, hyphens)
        elif after and not _is_tight(text, after):
            builder.add(" ")


def _write_words(builder: DocumentBuilder, line: Line) -> None:
    """Write a line with spaces where its words stand apart."""
    start = 0
    for end in (*line.gaps, len(line.text)):
        if start:
            builder.add(" ")
        builder.add(line.text[start:end], page=line.page, part=line.part, index=line.first + start)
        start = end


def _write_hyphen(builder: DocumentBuilder, line: Line, after: str, hyphens: Hyphens) -> None:
    is_suspended = after.split(" ", 1)[0] in _SUSPENDED
    if not after or is_suspended or hyphens.belongs(line.text, after):
        builder.add("-", page=line.page, part=line.part, index=line.first + len(line.text))
    if is_suspended:
        builder.add(" ")


def _is_tight(before: str, after: str) -> bool:
    """Whether no space stands between two lines: after a slash, or a dash that touches its word, or in 5.5(a)(4)."""
    last, first = before[-1], after[0]
    if last not in _TIGHT_ENDS and first != "—":
        return False
    if last == "/" or (last == "—" and before[-2:-1].isalnum()) or (first == "—" and after[1:2].isalnum()):
        return True
    if first == "(" and last == ")":
        return _CITED.search(before) is not None and _CITED_ON.match(after) is not None
    return last in "-–" and before[-2:-1].isalnum() and first.isalnum()
