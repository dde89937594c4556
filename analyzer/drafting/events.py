"""The dates of a procurement: when it was issued, when questions and offers are due."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from analyzer.document import Unit
from analyzer.drafting.draft import Draft, Passage

__all__ = ["Event", "Stated", "stated_events"]


class Event(StrEnum):
    """What a date is for; the value reads on in "the date on which …"."""

    ISSUED = "the solicitation is issued"
    QUESTIONS = "questions are due"
    DUE = "offers are due"


@dataclass(frozen=True, slots=True)
class Stated:
    """A date that a sentence gives for an event, and where its figures stand in the sentence."""

    event: Event
    day: date
    hour: time | None
    """None where no time of day is given."""
    passage: Passage
    start: int
    end: int
    is_firm: bool = True
    """False where it is tentative, or one of many dates in running text."""
    swapped: date | None = None
    """The other reading of figures such as 4/5/2027."""
    parts: frozenset[str] = frozenset()
    """Words that may set its offers apart from others: technical, price, phase, paper."""

    @property
    def words(self) -> str:
        """Such as ``30 April 2027, 2:00 p.m.``."""
        day = f"{self.day.day} {self.day:%B %Y}"
        if self.hour is None:
            return day
        return f"{day}, {self.hour.hour % 12 or 12}:{self.hour:%M} {'a.m.' if self.hour.hour < 12 else 'p.m.'}"


_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = rf"(?P<month>(?:{'|'.join(_MONTHS)})|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?)"
_DATE = re.compile(
    rf"\b(?:{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>20\d\d)\b"
    rf"|(?P<day2>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{_MONTH.replace('<month>', '<month2>')},? (?P<year2>20\d\d)\b"
    r"|(?P<month3>\d{1,2})/(?P<day3>\d{1,2})/(?P<year3>20\d\d|\d\d)\b"
    r"|(?P<year4>20\d\d)-(?P<month4>\d\d)-(?P<day4>\d\d)\b)",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?P<hour>1[0-2]|0?[1-9])(?:[:.](?P<minute>[0-5]\d))? ?(?P<half>[ap])\.? ?m\b\.?|\b(?P<noon>noon)\b"
    r"|\b(?P<hour24>[01]\d|2[0-3]):(?P<minute24>[0-5]\d)\b(?! ?[ap]\.?m)",
    re.IGNORECASE,
)
_OFFER = (
    r"(?:proposals?|bids?|offers?|quotes?|quotations?|tenders?|responses?|submissions?|rfp|rfq|rfb|itb|ifb"
    r"|solicitation)"
)
_ASIDE = (
    r"(?:intent|answers?|question|inquir|clarif|award|conference|meeting|sample|pre-?bid|pre-?proposal|opened"
    r"|opening|"
    r"protest|addend|amend|interview|presentation|demonstrat|evaluat|discussion|walk|site|visit|register|letter"
    r"|notice|"
    r"references?|bond|insurance|valid|open for|withdraw|reply|respond to|published|posted|issued|released|contract|"
    r"phase|stage|round|draft|best and final|final offer)"
)
_NO_OFFER = re.compile(
    r"\b(?:questions?|inquir\w+|enquir\w+|clarif\w+|q ?& ?a|answers?|intent|conference|meeting|award|samples?"
    r"|protests?"
    r"|addend\w+|interviews?|presentations?|demonstrations?|issues|references?|explanations?|interpretations?"
    r"|requests?(?! for (?:proposals?|quot|bids?|offers?))|pre-?proposals?|pre-?bid)\b",
    re.IGNORECASE,
)
_NO_QUESTION = re.compile(r"\b(?:responses? to|answers?|replies|respond)\b", re.IGNORECASE)
_PART = re.compile(
    r"\b(?:technical|price|pricing|cost|financial|past performance|components?|phase|lots?|step|volume|draft|final"
    r"|hard cop(?:y|ies)|paper|electronic|e-?mail|mail|oral|option)\b",
    re.IGNORECASE,
)
_LABELS = (
    (
        Event.QUESTIONS,
        re.compile(
            r"\b(?:(?:questions?|inquir(?:y|ies)|enquiries|requests? for (?:clarification|information))\b"
            r"(?:(?!answers?|respon|publish|post|conference|meeting|award)[^.;|]){0,110}?"
            r"\b(?:due|deadline|received|submitted|sent|close|closing|until|no later than|not later than|by|end)\b"
            r"|(?:deadline|last (?:day|date)|due date|cut-?off)(?:(?!answers?|respon|conference"
            r"|meeting)[^.;|]){0,40}?"
            r"\b(?:questions?|inquiries|enquiries|clarifications?)\b)"
            r"(?:(?!answers?|respon|publish|post|conference|meeting|award)[^.;|]){0,60}$",
            re.IGNORECASE,
        ),
    ),
    (
        Event.DUE,
        re.compile(
            rf"\b(?:{_OFFER}\b(?:(?!{_ASIDE})[^.;|]){{0,90}}?\b(?:due|deadline|clos(?:e|es|ing)|received|submitted"
            rf"|delivered|submission|uploaded|no later than|not later than|by)\b"
            rf"|(?:due date|deadline|closing date|closing time|last (?:day"
            rf"|date))(?:(?!{_ASIDE})[^.;|]){{0,40}}?\b{_OFFER}\b"
            rf"|closing (?:date|time)\b)(?:(?!{_ASIDE})[^.;|]){{0,60}}$",
            re.IGNORECASE,
        ),
    ),
    (
        Event.ISSUED,
        re.compile(
            rf"\b(?:(?:date (?:of issue|issued|of release|released|of posting)|issue(?:d)? date|issuance date"
            rf"|release date"
            rf"|posting date|date of issuance)\b"
            rf"|{_OFFER}\b(?:(?!answers?|addend|amend)[^.;|]){{0,40}}?\b(?:issued?|issuance|released?|published"
            rf"|posted|advertised|publication))(?:(?!answers?|addend|amend|award)[^.;|\d]){{0,40}}$",
            re.IGNORECASE,
        ),
    ),
)
_DOTS = re.compile(r"(?<=[ap])\.m\.", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.;] ")
_CHANGED = re.compile(
    r"\b(?:extended|changed (?:from|to)|revised (?:from|to|date)|formerly|originally|instead of|postponed"
    r"|rescheduled|is amended)\b",
    re.IGNORECASE,
)
_TENTATIVE = re.compile(
    r"\b(?:tentative|anticipated|estimated|approximate(?:ly)?|subject to change|on or about"
    r"|expected)\b",
    re.IGNORECASE,
)
_REACH = 200
"""Characters before a date in which its event is named."""


_MOST_DATES = 3
"""A sentence of running text with more is a schedule whose lines were lost: which date is whose can't be told."""


def stated_events(draft: Draft) -> tuple[Stated, ...]:
    """Every date that the document gives for an event, in the order of the text.

    Dates in figures are read month first, as in the United States, unless another one shows that days come first.
    """
    dated = [(passage, found) for passage in draft.passages if (found := _dates(passage.text))]
    is_day_first = _is_day_first(found for _, dates in dated for found in dates)
    return tuple(item for passage, dates in dated for item in _read(passage, dates, is_day_first))


def _dates(text: str) -> list[re.Match[str]]:
    return list(_DATE.finditer(text)) if "20" in text or "/" in text else []


def _is_day_first(dates: Iterable[re.Match[str]]) -> bool:
    figures = [(int(found["month3"]), int(found["day3"])) for found in dates if found["month3"]]
    return any(first > 12 for first, _ in figures) and not any(second > 12 for _, second in figures)


def _read(passage: Passage, dates: Sequence[re.Match[str]], is_day_first: bool) -> Iterator[Stated]:
    text = passage.text
    if _CHANGED.search(text):
        return
    is_row = passage.sentence.unit is Unit.ROW
    is_firm = not _TENTATIVE.search(text) and (is_row or len(dates) <= _MOST_DATES)
    parts = frozenset(found[0].lower() for found in _PART.finditer(text))
    floor = 0
    for place, found in enumerate(dates):
        limit = dates[place + 1].start() if place + 1 < len(dates) else len(text)
        event = _event(text[max(floor, found.start() - _REACH) : found.start()])
        days = _days(found, is_day_first)
        if event and days:
            hour = _hour(text, max(floor, found.start() - 60), found, limit)
            other = days[-1] if len(days) > 1 else None
            yield Stated(event, days[0], hour, passage, *found.span(), is_firm, other, parts)
        floor = found.end()


def _event(before: str) -> Event | None:
    """The event that the words right before a date name; in a row of a schedule, the cell before it."""
    label = " ".join(_DOTS.sub("m", before).rstrip(" \t–—-:,(|*").replace("\t", " ").split())
    event = next((event for event, pattern in _LABELS if pattern.search(label)), None)
    last = _SENTENCE_END.split(label)[-1]
    is_other = {Event.DUE: _NO_OFFER, Event.QUESTIONS: _NO_QUESTION}.get(event) if event else None
    return None if is_other and is_other.search(last) else event


def _days(found: re.Match[str], is_day_first: bool) -> tuple[date, ...]:
    """The day, and after it the other reading of figures that have one; empty for what is no day."""
    if found["month3"]:
        year = int(found["year3"]) + (2000 if len(found["year3"]) == 2 else 0)
        pair = (int(found["month3"]), int(found["day3"]))
        readings = [pair[::-1], pair] if is_day_first else [pair, pair[::-1]]
        return tuple(dict.fromkeys(day for month, number in readings if (day := _day(year, month, number))))
    suffix = next(suffix for suffix in ("", "2", "4") if found[f"year{suffix}"])
    month = found[f"month{suffix}"]
    day = _day(
        int(found[f"year{suffix}"]), int(month) if month.isdigit() else _month(month), int(found[f"day{suffix}"])
    )
    return (day,) if day else ()


def _day(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _month(name: str) -> int:
    return next(number for number, month in enumerate(_MONTHS, 1) if month.startswith(name.lower()[:3]))


def _hour(text: str, floor: int, found: re.Match[str], limit: int) -> time | None:
    """The time of day right after a date, or right before it."""
    at = _TIME.search(text, found.end(), min(limit, found.end() + 40))
    at = at or next(iter([*_TIME.finditer(text, floor, found.start())][-1:]), None)
    if at is None:
        return None
    if at["noon"]:
        return time(12)
    if at["hour24"]:
        return time(int(at["hour24"]), int(at["minute24"]))
    return time(int(at["hour"]) % 12 + 12 * (at["half"].lower() == "p"), int(at["minute"] or 0))
