"""Dates, times of day and spans of time, as procurement text writes them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Moment", "TimeSpan", "read_dates", "read_spans", "read_times"]

_MONTHS = ("january february march april may june july august september october november december").split()
_MONTH = rf"(?P<month>{'|'.join(f'{name[:3]}(?:{name[3:]})?' if name != 'may' else 'may' for name in _MONTHS)}|sept)\.?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_DATE = re.compile(rf"\b{_MONTH} {_DAY}\b(?:,? ?(?P<year>(?:19|20)\d\d)\b)?", re.IGNORECASE)
_DAY_FIRST = re.compile(rf"\b{_DAY}(?: of)? {_MONTH}(?:,? (?P<year>(?:19|20)\d\d)\b)?", re.IGNORECASE)
_SLASHED = re.compile(r"\b(?P<a>[0-3]?\d)[/.](?P<b>[0-3]?\d)[/.](?P<year>(?:20)?\d\d)\b")
_ISO = re.compile(r"\b(?P<year>20\d\d)-(?P<month>[01]\d)-(?P<day>[0-3]\d)\b")
_TIME = re.compile(
    r"\b(?P<hour>[01]?\d|2[0-3])(?:[:.](?P<minute>[0-5]\d))? ?(?P<half>[ap])\.? ?m\b\.?"
    r"|\b(?P<hour24>[01]?\d|2[0-3]):(?P<minute24>[0-5]\d)\b|\b(?:12 )?(?P<noon>noon|midnight)\b",
    re.IGNORECASE,
)
_NUMBER_WORDS = {
    word: value
    for value, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split(), 1
    )
} | {"twenty": 20, "thirty": 30, "forty-five": 45, "sixty": 60, "ninety": 90, "eighteen": 18, "twenty-four": 24}
_SPAN = re.compile(
    rf"\b(?:(?P<word>{'|'.join(sorted(_NUMBER_WORDS, key=len, reverse=True))}|one hundred (?:and )?(?:twenty"
    rf"|eighty))?"
    r" ?\(? ?(?P<figure>\d{1,3})? ?\)?)[ -](?:(?:business|working|calendar|consecutive|full) )?(?P<unit>day"
    r"|week|month|year)s?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date (month, day and, where it is given, year) or a time of day (minutes from midnight) and its place."""

    value: tuple[int, ...]
    start: int
    end: int

    def agrees(self, other: "Moment") -> bool:
        """The same day, as far as both say; day and month are also taken the other way round where that fits."""
        pairs = zip(self.value, other.value, strict=False)
        return all(a == b for a, b in pairs if a and b)


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """A span of time in days or months, and its place."""

    count: int
    unit: str
    """``days`` or ``months``."""
    start: int
    end: int

    def __str__(self) -> str:
        if self.unit == "months" and self.count % 12 == 0:
            years = self.count // 12
            return f"{years} year{'s' * (years != 1)}"
        return f"{self.count} {self.unit if self.count != 1 else self.unit[:-1]}"


def read_dates(text: str) -> tuple[Moment, ...]:
    """Every date of a text by place: (month, day, year), the year 0 where none is given."""
    found = [*_named(text), *_figures(text)]
    found.sort(key=lambda moment: (moment.start, -moment.end))
    kept: list[Moment] = []
    for moment in found:
        if not kept or moment.start >= kept[-1].end:
            kept.append(moment)
    return tuple(kept)


def _named(text: str) -> Iterator[Moment]:
    for pattern in (_DATE, _DAY_FIRST):
        for match in pattern.finditer(text):
            month = next(n for n, name in enumerate(_MONTHS, 1) if name[:3] == match["month"][:3].lower())
            if 1 <= int(match["day"]) <= 31:
                yield Moment((month, int(match["day"]), int(match["year"] or 0)), match.start(), match.end())


def _figures(text: str) -> Iterator[Moment]:
    for match in _ISO.finditer(text):
        yield Moment((int(match["month"]), int(match["day"]), int(match["year"])), match.start(), match.end())
    for match in _SLASHED.finditer(text):
        first, second, year = int(match["a"]), int(match["b"]), int(match["year"])
        month, day = (second, first) if first > 12 else (first, second)
        if 1 <= month <= 12 and 1 <= day <= 31:
            yield Moment((month, day, year + 2000 if year < 100 else year), match.start(), match.end())


def read_times(text: str) -> tuple[Moment, ...]:
    """Every time of day of a text by place, in minutes from midnight."""
    found = []
    for match in _TIME.finditer(text):
        if match["noon"]:
            minutes = 720 if match["noon"].lower() == "noon" else 1440
        elif match["hour24"]:
            minutes = 60 * int(match["hour24"]) + int(match["minute24"])
        else:
            hour = int(match["hour"]) % 12 + 12 * (match["half"].lower() == "p")
            minutes = 60 * hour + int(match["minute"] or 0)
        found.append(Moment((minutes,), match.start(), match.end()))
    return tuple(found)


def read_spans(text: str) -> tuple[TimeSpan, ...]:
    """Every span of time of a text by place; weeks become days, years months. The figure in brackets counts."""
    found = []
    for match in _SPAN.finditer(text):
        word = (match["word"] or "").lower()
        count = int(match["figure"]) if match["figure"] else _NUMBER_WORDS.get(word, 0)
        if word.startswith("one hundred") and not match["figure"]:
            count = 120 if "twenty" in word else 180
        if not count:
            continue
        unit = match["unit"].lower()
        factor, name = {"day": (1, "days"), "week": (7, "days"), "month": (1, "months"), "year": (12, "months")}[unit]
        found.append(TimeSpan(count * factor, name, match.start(), match.end()))
    return tuple(found)
