"""The numbers that a document gives its sections, and which of them it must have."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from analyzer.document import Segment

__all__ = ["ID", "Key", "Numbering", "key_of"]

Key = tuple[str, ...]
"""A section's number by its parts without leading zeros: ``("4", "2")`` for 4.02(b), ``("4",)`` for Article IV."""

ID = r"(?:\d{1,2}(?:\.\d{1,3}){0,5}|[A-Z](?:[.-]\d{1,3}){1,5}|[IVX]{1,6})(?![\w%])(?![.,-]\w)"
"""A section's number without a sentence's full stop, as an expression without groups."""
_PARTS = re.compile(r"\d+|[A-Z]+")
_START = re.compile(
    rf"[#*_>\s]{{0,8}}(?:SECTION|Section|ARTICLE|Article|SEC\.|Sec\.|CLAUSE|Clause|PART|Part|§)?[ ]?(?P<id>{ID})"
    r"(?:\([a-zA-Z0-9]{1,4}\)){0,3}[.):]?(?=[\s*_[]|$)"
)
_IN_LINE = re.compile(r"(?<= )(?P<id>(?:\d{1,2}|[A-Z])(?:[.-]\d{1,3}){1,5})[.)]? (?=[A-Z“\"(])")
"""A number amid a line, before a capital: a paragraph that was not set apart from the one before it."""
_NAMES_ONE = re.compile(r"(?:sections?|sec\.|articles?|clauses?|paragraphs?|§+|and|or|to|through|,)$", re.IGNORECASE)
_SELF = re.compile(rf"\bthis (?:[Ss]ection|SECTION|[Aa]rticle|ARTICLE|[Cc]lause|CLAUSE|[Pp]aragraph) (?P<id>{ID})")
_WORD = re.compile(r"(?:section|sec\.?|article|clause|§)\s", re.IGNORECASE)
_WRITTEN = re.compile(rf"{ID}(?:\(\w{{1,4}}\))*")
_ROMANS = {"I": 1, "V": 5, "X": 10}
_LEAST = 3
"""So many numbers of a kind make a numbering."""


def key_of(number: str) -> Key | None:
    """The key of ``4.02``, ``C-7``, ``IV``; None for what is no section's number."""
    parts = _PARTS.findall(number.split("(")[0].removeprefix("Article").removeprefix("Section"))
    if not parts or len(parts) > 6:
        return None
    if parts[0].isalpha() and not set(parts[0]) - set(_ROMANS) and len(parts) == 1:
        return (str(_roman(parts[0])),)
    numbers = [part.lstrip("0") or "0" for part in parts]
    while len(numbers) > 1 and numbers[-1] == "0":  # 16.0 is how some write 16
        numbers.pop()
    return tuple(numbers)


def _roman(text: str) -> int:
    values = [_ROMANS[letter] for letter in text]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))


def _candidates(block: str) -> Iterator[str]:
    """What a block begins with, what stands in it like a number of a clause, and what it calls itself."""
    if found := _START.match(block):
        yield found["id"]
    for found in _IN_LINE.finditer(block):
        if not _NAMES_ONE.search(block[max(0, found.start() - 12) : found.start() - 1]):
            yield found["id"]
    yield from (found["id"] for found in _SELF.finditer(block))


@dataclass(frozen=True)
class Numbering:
    """The section numbers of one document."""

    of_clauses: frozenset[Key]
    """Those of the clauses, and of the clauses above them."""
    children: dict[Key, frozenset[int]]
    """For each number, and () for the document, the last parts of the numbers of the clauses below it."""
    depths: Counter[tuple[bool, int]]
    """How many clauses are numbered with so many parts, by whether the first is a letter."""
    blocks: Callable[[], Iterable[str]]
    """Gives the text of every block."""

    @classmethod
    def of(cls, segments: Sequence[Segment], blocks: Callable[[], Iterable[str]]) -> "Numbering":
        """Read it from the clauses; the blocks are looked at where a number is not among them."""
        known: set[Key] = set()
        children: dict[Key, set[int]] = {}
        depths: Counter[tuple[bool, int]] = Counter()
        for segment in segments:
            written = _WORD.sub("", segment.number)
            if not _WRITTEN.fullmatch(written) or (key := key_of(written)) is None:
                continue
            known |= {key[:length] for length in range(1, len(key) + 1)}
            is_top = len(key) == 1 and (segment.number != written or (segment.level == 1 and segment.heading))
            if len(key) > 1 or is_top:
                depths[key[0].isalpha(), len(key)] += 1
                for length in range(1, len(key) + 1):
                    if key[length - 1].isdigit():
                        children.setdefault(key[: length - 1], set()).add(int(key[length - 1]))
        return cls(frozenset(known), {key: frozenset(numbers) for key, numbers in children.items()}, depths, blocks)

    @cached_property
    def known(self) -> frozenset[Key]:
        """Those of the clauses, and whatever in a block may be a number: what is here is never missed."""
        candidates = (written for block in self.blocks() for written in _candidates(block))
        return self.of_clauses | {key for written in candidates if (key := key_of(written))}

    def lacks(self, key: Key) -> bool:
        """Whether a number is missing from a numbering that is there: of its kind, and without gaps around it."""
        if key in self.of_clauses or self.depths[key[0].isalpha(), len(key)] < _LEAST:
            return False
        return self._has_room(key) and key not in self.known

    def _has_room(self, key: Key) -> bool:
        """Whether the numbering around a number says that it should be there."""
        for length in range(len(key)):
            parent, part = key[:length], key[length]
            if part.isdigit() and int(part) not in self.children.get(parent, ()):
                return self._is_whole(parent)
            if part.isalpha() and (part,) not in self.known:
                return True
        return False

    def _is_whole(self, parent: Key) -> bool:
        """Whether the numbers below one run without gaps: else some were not read, and nothing can be said."""
        numbers = self.children.get(parent, frozenset())
        if not numbers:
            return bool(parent) and parent in self.known
        span = max(numbers) - min(numbers) + 1
        return len(numbers) > 1 and min(numbers) <= 1 and len(numbers) == span
