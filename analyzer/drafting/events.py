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
_YEAR = re.compile(r"20\d\d|\d/\d{1,2}/\d\d")
"""What every date holds."""
_TIME = re.compile(
    r"\b(?P<hour>1[0-2]|0?[1-9])(?:[:.](?P<minute>[0-5]\d))? ?(?P<half>[ap])\.? ?m\b\.?|\b(?P<noon>noon)\b"
    r"|\b(?P<hour24>[01]\d|2[0-3]):(?P<minute24>[0-5]\d)\b(?! ?[ap]\.?m)",
    re.IGNORECASE,
)
_OFFER = re.compile(
    r"\b(?:proposals?|bids?|offers?|quotes?|quotations?|tenders?|responses?|submissions?|rf[pqbio]|itb|ifb|solicitation)\b",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"\b(?:questions?|inquir(?:y|ies)|enquir(?:y|ies)|quer(?:y|ies)|clarifications?"
    r"|requests? for information)\b",
    re.IGNORECASE,
)
_DUE = re.compile(
    r"\b(?:due|deadline|clos(?:e|es|ing)|received|submitted|submit|submission|delivered|uploaded|sent|until|by|end|cut-?off"
    r"|(?:no|not) later than|last (?:day|date))\b",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"\bclosing (?:date|time)\b", re.IGNORECASE)
_ISSUE_DATE = re.compile(
    r"\b(?:date (?:of issue|issued|of release|released|of posting|of issuance)|issued? date|issuance date|release date"
    r"|posting date)\b",
    re.IGNORECASE,
)
_ISSUED = re.compile(r"\b(?:issue[sd]?|issuance|released?|published|posted|advertised|publication)\b", re.IGNORECASE)
_NO_OFFER = re.compile(
    r"\b(?:questions?|inquir\w+|enquir\w+|clarif\w+|q ?& ?a|answers?|intent|conference|meeting|award|samples?|protests?"
    r"|addend\w+|interviews?|presentations?|demonstrations?|issues|references?|explanations?|interpretations?|opened"
    r"|opening|evaluat\w+|committee|notif\w+|scor\w+|select\w+|negotiat\w+|short-?list\w*|valid"
    r"|open for|withdraw\w*|register|registration|published|posted|issued|released"
    r"|requests?(?! for (?:proposals?|quot|bids?|offers?))|pre-?proposals?|pre-?bid)\b",
    re.IGNORECASE,
)
_NO_QUESTION = re.compile(
    r"\b(?:responses?|respon[ds]\w*|answer\w*|repl(?:y|ies)|publish\w*|post\w*|conference|meeting|award)\b",
    re.IGNORECASE,
)
_NO_ISSUE = re.compile(r"\b(?:answers?|addend\w*|amend\w*|award|questions?|revis\w+|contract)\b", re.IGNORECASE)
_PART = re.compile(
    r"\b(?:technical|price|pricing|cost|financial|past performance|components?|phase|lots?|step|volume|draft|final"
    r"|hard cop(?:y|ies)|paper|electronic|e-?mail|mail|oral|option|full|preliminary|initial|revised)\b",
    re.IGNORECASE,
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
    passages = [
        draft.passages[number] for number in draft.at(found.start() for found in _YEAR.finditer(draft.document.text))
    ]
    dated = [(passage, found) for passage in passages if (found := list(_DATE.finditer(passage.text)))]
    is_day_first = _is_day_first(found for _, dates in dated for found in dates)
    return tuple(item for passage, dates in dated for item in _read(passage, dates, is_day_first))


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
    label = _SENTENCE_END.split(_DOTS.sub("m", before))[-1]
    if _QUESTION.search(label):
        return Event.QUESTIONS if _DUE.search(label) and not _NO_QUESTION.search(label) else None
    names_offer = _OFFER.search(label) is not None
    if _CLOSING.search(label) or (names_offer and _DUE.search(label)):
        return None if _NO_OFFER.search(label) else Event.DUE
    if (_ISSUE_DATE.search(label) or (names_offer and _ISSUED.search(label))) and not _NO_ISSUE.search(label):
        return Event.ISSUED
    return None


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
