"""Numbers in words: "two hundred and fifty", "five lakh", "twenty-four"."""

import re
from decimal import Decimal

__all__ = ["NUMBER_WORDS", "read_figure", "read_words"]

_ONES = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_VALUES = {word: value for value, word in enumerate(_ONES, 1)} | {w: 10 * v for v, w in enumerate(_TENS, 2)}
_SCALES = {
    "thousand": 10**3,
    "lakh": 10**5,
    "lakhs": 10**5,
    "million": 10**6,
    "crore": 10**7,
    "crores": 10**7,
    "billion": 10**9,
}
_MISSPELT = {"fourty": "forty", "ninty": "ninety", "fourtheen": "fourteen", "fivety": "fifty"}
_ANY = "|".join(sorted([*_VALUES, *_SCALES, *_MISSPELT, "hundred", "zero"], key=len, reverse=True))
NUMBER_WORDS = rf"(?<![\w-])(?:{_ANY})\b(?:(?: ?[-–] ?| |, | and | ?& ?)(?:{_ANY})\b){{0,11}}"
"""A run of number words, as an expression without groups; `read_words` says whether it is one number."""
_WORD = re.compile(r"[a-z]+")
_FIGURE = re.compile(r"(\d{1,15}(?:,\d{2,3}){0,6})(\.\d{1,4})?")


def _below_thousand(words: list[str]) -> int | None:
    """The value of a group such as ``two hundred five``; None where the words make no number."""
    total, last = 0, 1000
    for word in words:
        if word == "hundred":
            if total > 99 or last < 0:
                return None
            total, last = (total or 1) * 100, 100
            continue
        value = _VALUES.get(word)
        # After tens only ones may come, after hundreds anything below, after ones nothing.
        if value is None or value >= last or (last < 100 and (last < 20 or value > 9)):
            return None
        total, last = total + value, value
    return total


def read_words(text: str) -> Decimal | None:
    """The value of number words; None where they make no single number ("nineteen ninety-nine")."""
    words = [_MISSPELT.get(word, word) for word in _WORD.findall(text.lower())]
    words = [word for word in words if word != "and"]
    if words == ["zero"]:
        return Decimal(0)
    total, group, lowest = 0, list[str](), 10**12
    for word in words:
        scale = _SCALES.get(word)
        if scale is None:
            group.append(word)
            continue
        value = _below_thousand(group) if group else 1
        if value is None or scale >= lowest:
            return None
        total, group, lowest = total + value * scale, [], scale
    if not group:
        return Decimal(total) if words else None
    value = _below_thousand(group)
    return None if value is None else Decimal(total + value)


def read_figure(text: str) -> Decimal | None:
    """The value of ``1,500,000`` or ``2.5``; None for what isn't a figure."""
    found = _FIGURE.fullmatch(text)
    return Decimal(found[1].replace(",", "") + (found[2] or "")) if found else None
