"""Quantities in procurement text: money, percentages, multiples of the contract, years, days, copies.

Numbers are read as figures ("1,500,000", the Indian "5,00,000"), as words ("twenty-five"), and as both
("ten (10)"), where the figure counts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

__all__ = ["Quantity", "QuantityKind", "read_quantities"]


class QuantityKind(StrEnum):
    """What a quantity measures; its unit goes with it."""

    MONEY = "money"
    PERCENT = "percent"
    MULTIPLE = "multiple"
    """Times the contract value, fees or price."""
    YEARS = "years"
    DAYS = "days"
    COPIES = "copies"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its kind and where it stands in the text that was read."""

    kind: QuantityKind
    value: Decimal
    unit: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.value.normalize():f} {self.unit}"


_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS = {word: Decimal(value) for value, word in enumerate(_ONES)}
_WORDS |= {word: Decimal(10 * value) for value, word in enumerate(_TENS, 2)}
_SCALES = {
    "hundred": 100,
    "thousand": 1000,
    "k": 1000,
    "lakh": 100_000,
    "lakhs": 100_000,
    "lac": 100_000,
    "lacs": 100_000,
    "million": 1_000_000,
    "m": 1_000_000,
    "mm": 1_000_000,
    "crore": 10_000_000,
    "crores": 10_000_000,
    "cr": 10_000_000,
    "billion": 1_000_000_000,
}
_FIGURE = r"\d{1,15}(?:,\d{2,3}){0,6}(?:\.\d{1,6})?"
_WORD = rf"(?:(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_ONES[1:10])}))?|{'|'.join(_ONES)}|(?:a|one) hundred)"
_NUMBER = rf"(?:(?P<word>{_WORD})\b ?(?:\( ?(?P<both>{_FIGURE})(?P<sign> ?%)? ?\))?|(?P<figure>{_FIGURE}))"
_SCALE = r"(?:[ -]?(?P<scale>hundred|thousand|lakhs?|lacs?|million|crores?|billion|cr|mm|[mk])\b)?"
_CURRENCY = r"(?P<currency>US\$|C\$|CA\$|\$|USD|CAD|INR|Rs\.?|₹|£|GBP|€|EUR)"
_CURRENCIES = {
    "$": "USD",
    "us$": "USD",
    "c$": "CAD",
    "ca$": "CAD",
    "rs": "INR",
    "rs.": "INR",
    "₹": "INR",
    "£": "GBP",
    "€": "EUR",
}

_MONEY = re.compile(
    rf"{_CURRENCY} ?(?P<figure>{_FIGURE}){_SCALE}|(?P<figure2>{_FIGURE}) (?P<dollars>dollars|rupees)\b", re.IGNORECASE
)
_PERCENT = re.compile(rf"\b{_NUMBER}(?: ?%| ?per ?cent(?:um)?\b|(?<=%\))| ?percentage\b)", re.IGNORECASE)
_MULTIPLE = re.compile(
    rf"\b(?:(?P<twice>twice|double)|{_NUMBER} ?(?:times|x|×))\b"
    r"(?= (?:the|its|of|total|annual|aggregate|contract|fees|all|any|purchase)\b)",
    re.IGNORECASE,
)
_YEARS = re.compile(
    rf"\b{_NUMBER} ?\+?(?: or more| full| complete| consecutive| or greater)?[ -]?(?:years?|yrs?)\b", re.IGNORECASE
)
_DAYS = re.compile(rf"\b{_NUMBER} ?(?:\w+ )?(?:days?)\b", re.IGNORECASE)
_COPIES = re.compile(
    rf"\b{_NUMBER} ?(?:\( ?\w+ ?\) ?)?(?:[\w-]+ ){{0,3}}(?:copies|copy|sets?|originals?|duplicates?|binders?)\b",
    re.IGNORECASE,
)


def _decimal(figure: str) -> Decimal:
    return Decimal(figure.replace(",", ""))


def _from_words(words: str) -> Decimal:
    total = Decimal(0)
    for word in re.split(r"[ -]", words.lower()):
        total = (total or Decimal(1)) * 100 if word == "hundred" else total + _WORDS.get(word, Decimal(1))
    return total


def _number(match: re.Match[str]) -> Decimal:
    """The number of a match of ``_NUMBER``; the figure in brackets outweighs the words before it."""
    groups = match.groupdict()
    figure = groups.get("figure") or groups.get("both") or groups.get("figure2")
    value = _decimal(figure) if figure else _from_words(groups["word"])
    return value * _SCALES.get((groups.get("scale") or "").lower(), 1)


def _money(text: str) -> Iterator[Quantity]:
    for match in _MONEY.finditer(text):
        sign = (match["currency"] or match["dollars"]).lower()
        unit = {"dollars": "USD", "rupees": "INR"}.get(sign) or _CURRENCIES.get(sign, sign.upper())
        yield Quantity(QuantityKind.MONEY, _number(match), unit, match.start(), match.end())


def _simple(kind: QuantityKind, pattern: re.Pattern[str], unit: str, text: str) -> Iterator[Quantity]:
    for match in pattern.finditer(text):
        value = Decimal(2) if match.groupdict().get("twice") else _number(match)
        yield Quantity(kind, value, unit, match.start(), match.end())


def read_quantities(text: str) -> tuple[Quantity, ...]:
    """Every quantity of a sentence, by place; spans count from the start of the text given."""
    if not any(character.isdigit() for character in text) and not _HINT.search(text):
        return ()
    found = [
        *_money(text),
        *_simple(QuantityKind.PERCENT, _PERCENT, "%", text),
        *_simple(QuantityKind.MULTIPLE, _MULTIPLE, "x", text),
        *_simple(QuantityKind.YEARS, _YEARS, "years", text),
        *_simple(QuantityKind.DAYS, _DAYS, "days", text),
        *_simple(QuantityKind.COPIES, _COPIES, "copies", text),
    ]
    return tuple(sorted(found, key=lambda quantity: (quantity.start, quantity.end, quantity.kind)))


_HINT = re.compile(rf"\b(?:{'|'.join([*_ONES[1:], *_TENS])}|hundred|twice|double)\b", re.IGNORECASE)
