"""Reads the number that a clause, a list item or a requirement starts with."""

import re
from typing import NamedTuple

from analyzer.document import Block, BlockKind

__all__ = ["HIERARCHIC", "Number", "is_requirement_id", "read_number"]

ARTICLE, ATTACHMENT, DECIMAL, PART, SECTION = "article", "attachment", "decimal", "part", "section"
LETTERED, REQUIREMENT, OTHER = "lettered", "requirement", "other"
HIERARCHIC = frozenset({ARTICLE, DECIMAL, LETTERED, SECTION})
"""Styles whose values tell the parent: 4.2.1 stands under 4.2, and 4.2 under Section 4."""

_WORDS = {
    "part": PART,
    "volume": PART,
    "attachment": ATTACHMENT,
    "appendix": ATTACHMENT,
    "annex": ATTACHMENT,
    "annexure": ATTACHMENT,
    "exhibit": ATTACHMENT,
    "schedule": ATTACHMENT,
    "enclosure": ATTACHMENT,
    "form": ATTACHMENT,
    "article": ARTICLE,
    "chapter": ARTICLE,
    "section": SECTION,
    "sec": SECTION,
    "clause": SECTION,
    "§": SECTION,
}


class Number(NamedTuple):
    """A clause number: how it stands, and what it counts.

    ``style`` is one of the constants above, or for an enumerator its alphabet and brackets (``a()``,
    ``i.``, ``1)``). ``end`` is where the number ends in the text that it was read from.
    ``roman`` is the second reading of a letter such as the i of ``(i)``, else 0.
    """

    text: str
    style: str
    values: tuple[int, ...]
    end: int
    roman: int = 0

    @property
    def is_enumerator(self) -> bool:
        return self.style[0] in "aAiI1" and len(self.style) <= 3


_START = re.compile(
    r"""[#*_>\s]{0,8}(?:
    (?P<word>(?:[Pp]art|PART|[Vv]olume|VOLUME|Attachment|ATTACHMENT|Appendix|APPENDIX|Annexure|ANNEXURE|Annex|ANNEX
        |Exhibit|EXHIBIT|Schedule|SCHEDULE|Enclosure|ENCLOSURE|Form|FORM|Article|ARTICLE|Chapter|CHAPTER
        |Section|SECTION|Sec(?=\.)|SEC(?=\.)|Clause|CLAUSE|§))(?:\.|[ ]?§)?
        [ ]?(?:No\.?[ ]|NO\.?[ ])?[-–—:#"“]?[ ]?
        (?P<id>\d{1,3}(?:[.-]\d{1,3}){0,4}[A-Za-z]?|[IVXLC]{1,7}|[A-Z](?:[-.]?\d{1,3}){0,3})(?![\w/])["”]?
    |(?P<lettered>[A-Z](?:\.\d{1,3}){1,5}(?:\([a-z0-9]{1,4}\)){0,3})(?![\w/%])
    |(?P<requirement>(?:REQ|FR|NFR|BR|TR|SR|UR|FUNC|TECH|SEC)(?:[-_. ][A-Z]{1,5})?[-_. ]?\d{1,4}(?:[.-]\d{1,4}){0,4}
        |[A-Z]{1,5}[-_]\d{1,4}(?:\.\d{1,4}){0,4}(?=[:)]|\.\s)
        |[QR]\d{1,4}(?:\.\d{1,4}){0,4})(?![\w/%])
    |(?P<decimal>\d{1,3}(?:\.\d{1,3}){0,6}(?:\([a-z0-9]{1,4}\)){0,3})(?![\w,/%$:-])(?P<bracket>\)?)
    |(?P<open>\()(?P<inner>[a-z]{1,2}|[ivxl]{1,6}|[A-Z]|[IVXL]{1,5}|\d{1,2})\)
    |(?P<bare>[a-z]|[ivxl]{1,5}|[A-Z]|[IVXL]{1,5})(?P<after>[.)])(?=\s|$|[*_])
    )(?P<stop>[.:)]?)[*_]{0,3}(?=\s|$|[–—:*_]|(?<=[.)\]])[A-Z])\s*""",
    re.VERBOSE,
)
_REQUIREMENT_ID = re.compile(
    r"(?=.{2,18}$)(?:[A-Z]{1,8}(?:[-_. ]?[A-Z]{1,6}){0,2}[-_. ]?\d{1,4}(?:[-_.]\d{1,4}){0,5}[a-z]?[.:]?$"
    r"|[A-Z]?\d{1,3}(?:\.\d{1,3}){1,5}\.?$)"
)
_ROMANS = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_ROMAN = re.compile(r"(?=.)c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})$")
_PROSE_NEXT = re.compile(r"[a-z]")
_DIGITS = re.compile(r"\d+|[A-Za-z]+")


def roman(text: str) -> int:
    """The value of a Roman numeral in either case; 0 for what isn't one."""
    text = text.lower()
    if not _ROMAN.match(text):
        return 0
    values = [_ROMANS[letter] for letter in text]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))


def _letter(text: str) -> int:
    """1 for a, 2 for b; 27 for aa."""
    value = ord(text[0].lower()) - 96
    return value + 26 * (len(text) - 1)


def _value(part: str) -> int:
    if part.isdigit():
        return int(part)
    is_roman = part.isupper() and part not in {"C", "L", "D", "M"}
    return (roman(part) if is_roman else 0) or _letter(part)


def _values(text: str) -> tuple[int, ...]:
    """The parts of a compound number as integers: 4.02(b) gives 4, 2, 2."""
    return tuple(map(_value, _DIGITS.findall(text)))


def _enumerator(inner: str, brackets: str, text: str, end: int) -> Number | None:
    if inner.isdigit():
        return Number(text, "1" + brackets, (int(inner),), end)
    alphabet, as_roman = ("A", "I") if inner.isupper() else ("a", "i"), roman(inner)
    if len(inner) == 1:
        return Number(text, alphabet[0] + brackets, (_letter(inner),), end, as_roman)
    if as_roman:
        return Number(text, alphabet[1] + brackets, (as_roman,), end)
    if inner[0] == inner[1]:
        return Number(text, alphabet[0] + brackets, (_letter(inner),), end)
    return None


def _structural(found: re.Match[str], text: str, block: Block) -> Number | None:
    """Article IV, Section 5, Attachment B: only where it heads its block, not where a sentence mentions it."""
    end, limit = found.end(), block.span.end
    if end < limit and block.kind is not BlockKind.HEADING:
        follows = text[end]
        if _PROSE_NEXT.match(follows) or follows in ",;)":
            return None
        if limit - end > 110 and not found["stop"] and follows not in "–—-:":
            return None
    number = f"{text[found.start('word') : found.end('id')]}".strip()
    return Number(number, _WORDS[found["word"].lower()], _values(found["id"]), end)


def _decimal(found: re.Match[str], text: str, block: Block) -> Number | None:
    written, end, limit = found["decimal"], found.end(), block.span.end
    stop = found["stop"] or found["bracket"]
    follows = text[end : end + 1] if end < limit else ""
    if "." not in written and "(" not in written:
        if found["bracket"]:
            return Number(written + ")", "1)", (int(written),), end)
        is_number = stop == "." or (block.kind is BlockKind.HEADING and len(written) < 3) or (stop == ":" and follows)
        if not is_number or (not follows and block.kind is BlockKind.PARAGRAPH and len(written) > 2):
            return None
    elif (found["stop"] and found["bracket"]) or (
        not stop and follows and (_PROSE_NEXT.match(follows) or follows.isdigit())
    ):
        return None
    return Number(written, DECIMAL, _values(written), end)


def _of_label(label: str, end: int) -> Number | None:
    """A number that the file computed needs no proof from its context."""
    found = _START.match(label)
    if found is None or found.end() < len(label):
        return Number(label.strip(), OTHER, (), end) if any(map(str.isalnum, label)) else None
    if found["word"]:
        return Number(label.strip(" .:"), _WORDS[found["word"].lower()], _values(found["id"]), end)
    if written := found["decimal"]:
        if found["bracket"]:
            return Number(written + ")", "1)", (int(written),) if written.isdigit() else (), end)
        return Number(written, DECIMAL, _values(written), end)
    return _short(found, end)


def _short(found: re.Match[str], end: int) -> Number | None:
    if found["inner"]:
        return _enumerator(found["inner"], "()", f"({found['inner']})", end)
    if found["bare"]:
        written = found["bare"] + found["after"].strip(".")
        return _enumerator(found["bare"], found["after"], written, end)
    if found["lettered"]:
        return Number(found["lettered"], LETTERED, _values(found["lettered"]), end)
    return Number(found["requirement"], REQUIREMENT, (), end)


def read_number(text: str, block: Block) -> Number | None:
    """The number at the start of a block of ``text``, or None.

    A number that could as well be prose ("2.5 million", "Section 5 of the Act says") is not taken.
    """
    start, limit = block.span
    if block.label:
        end = start + len(block.label)
        while end < limit and text[end] == " ":
            end += 1
        return _of_label(block.label, end)
    found = _START.match(text, start, limit)
    if found is None:
        return None
    if found["word"]:
        return _structural(found, text, block)
    if found["decimal"]:
        return _decimal(found, text, block)
    return _short(found, found.end())


def is_requirement_id(text: str) -> bool:
    """Whether a whole table cell is the id of a requirement, such as REQ-12, R1.2.3 or FR_004."""
    return _REQUIREMENT_ID.match(text) is not None
