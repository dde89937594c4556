"""Two different amounts for one thing: copies, pages, days of validity, years of the contract, percent of a bond."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from typing import NamedTuple

from analyzer.drafting.draft import Defect, Draft, Passage
from analyzer.drafting.numbers import NUMBER_WORDS, read_figure, read_words
from analyzer.findings import Evidence, EvidenceKind

__all__ = ["find_conflicting_amounts"]

_NUMBER = rf"(?P<number>{NUMBER_WORDS}|\d{{1,4}}(?:\.\d{{1,2}})?)(?: ?\( ?(?P<figure>\d{{1,4}})(?: ?%)? ?\))?"
_OFFER = r"(?:proposals?|bids?|offers?|quotes?|quotations?|tenders?|responses?|submissions?)"
_BETWEEN = r"[^.;:()|]"


class _Thing(NamedTuple):
    """Something of which a document states one amount."""

    name: str
    unit: str
    pattern: re.Pattern[str]
    hints: tuple[tuple[str, ...], ...]
    """Groups of pieces, of each of which a sentence must hold one before the pattern is tried."""


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


_SPAN = r"(?:calendar |consecutive |full )?(?P<unit>days?|months?|years?)"
_PERCENT = ("%", "percent", "per cent")
_THINGS = (
    _Thing(
        "days that offers stay open",
        "",
        _pattern(
            rf"\b(?:{_OFFER}|prices?|pricing)\b{_BETWEEN}{{0,60}}?\b(?:valid|firm|open|irrevocable|binding"
            rf"|in force|in effect"
            rf"|good)\b{_BETWEEN}{{0,50}}?\b(?:for|of) (?:a )?(?:minimum |period )?(?:of )?(?:at least "
            rf"|no less than |not less "
            rf"than |a minimum of |a period of )?{_NUMBER}[ -]{_SPAN}"
        ),
        (("valid", "firm", "open", "irrevocable", "binding", "in force", "in effect", "good"), ("day",)),
    ),
    _Thing(
        "length of the initial term",
        "",
        _pattern(
            rf"\b(?:initial|base|original|primary) (?:contract )?(?:term|period)\b{_BETWEEN}{{0,40}}?\b(?:of|for"
            rf"|is|be) "
            rf"(?:a (?:period|term) of )?{_NUMBER}[ -]{_SPAN}"
            rf"|\bterm of (?:the|this) (?:initial )?(?:contract|agreement) (?:is|shall be|will be) (?:for )?"
            rf"(?:a period of )?{_NUMBER.replace('<number>', '<number2>').replace('<figure>', '<figure2>')}[ -]"
            rf"{_SPAN.replace('<unit>', '<unit2>')}"
        ),
        (("initial ", "base ", "original ", "primary ", "term of th"), ("term", "period")),
    ),
    _Thing(
        "number of renewals",
        "",
        _pattern(
            rf"\b{_NUMBER} (?:additional |optional |successive |further )?(?P<unit>(?:one|two|three|1|2"
            rf"|3)[ -]?(?:\(\d\) ?)?-?years?)"
            rf" (?:renewals?|options?|extensions?)(?: (?:terms?|periods?|years?))?\b"
        ),
        (("renewal", "option", "extension"), ("year",)),
    ),
    _Thing(
        "pages of an offer",
        "pages",
        _pattern(
            rf"(?<!technical )(?<!price )(?<!cost )\b(?:proposals?|responses?|bids?"
            rf"|quotes?)\b{_BETWEEN}{{0,40}}?\b(?:exceed|longer than|more than"
            rf"|limited to|limit of|maximum of)\b{_BETWEEN}{{0,20}}?\b{_NUMBER} (?:single-sided |double-sided "
            rf"|numbered |printed )?pages\b"
        ),
        (("pages",),),
    ),
    _Thing(
        "paper copies of an offer",
        "copies",
        _pattern(
            rf"\b(?:submit|provide|deliver|send|furnish"
            rf"|enclose)(?:ted)?\b{_BETWEEN}{{0,60}}?\b{_NUMBER} (?:complete |additional |"
            rf"identical )?(?:hard|paper|printed|bound) cop(?:y|ies)\b{_BETWEEN}{{0,40}}?"
        ),
        (("hard cop", "paper cop", "printed cop", "bound cop"),),
    ),
    _Thing(
        "copies of an offer",
        "copies",
        _pattern(
            rf"\b(?:submit|provide|deliver|send|furnish)\b{_BETWEEN}{{0,60}}?\b{_NUMBER} (?:complete "
            rf"|additional |identical )?"
            rf"copies of (?:the|their|its|your|each|a)? ?{_OFFER}\b"
        ),
        (("copies of ",),),
    ),
    *(
        _Thing(
            f"amount of the {kind}",
            "%",
            _pattern(
                rf"\b{words}\b{_BETWEEN}{{0,80}}?\b(?:of|for|to|equal to|is|be|at) (?:at least |not less than )?"
                rf"{_NUMBER} ?(?:%|per ?cent\b)"
            ),
            hints,
        )
        for kind, words, hints in (
            (
                "performance bond",
                "performance (?:bond|security|guarantee)",
                (("performance bond", "performance security", "performance guarantee"), _PERCENT),
            ),
            ("payment bond", "payment bond", (("payment bond",), _PERCENT)),
            (
                "bid bond",
                "(?:bid|proposal) (?:bond|security|guarantee)",
                ((" bond", " security", " guarantee"), _PERCENT, ("bid",)),
            ),
            ("retainage", "(?:retainage|retention)", (("reten",), _PERCENT)),
        )
    ),
)
_CONDITION = re.compile(
    r"\b(?:if|unless|where|when|in case|for contracts|exceed(?:s|ing) \$|over \$|above \$|under \$|less than \$"
    r"|up to|reduced|"
    r"reduce|increased|example|e\.g|was|previous(?:ly)?|current(?:ly)?|existing|option(?:al)? (?:to|year)"
    r"|may (?:be )?(?:request|requir|extend)"
    r"|phase|lot|tier|category|pool|subcontract\w*|warranty|task order|work order|volume|resume|section \d"
    r"|executive summary|attachment)\b",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\b(?:technical|price|pricing|cost|financial|management|draft|final|electronic|redacted|oral)\b", re.IGNORECASE
)
_SINGULAR = {"copies": "copy", "months": "month", "days": "day", "pages": "page"}
_MOST = 3
"""So many different amounts for one thing are as many things."""


@dataclass(frozen=True, slots=True)
class _Said:
    thing: _Thing
    value: Decimal
    unit: str
    passage: Passage
    start: int
    end: int
    parts: frozenset[str]
    """Words that may set what it counts apart: technical, price."""

    @property
    def words(self) -> str:
        unit = _SINGULAR.get(self.unit, self.unit) if self.value == 1 else self.unit
        return f"{self.value:f} {unit}"


def find_conflicting_amounts(draft: Draft) -> Iterator[Defect]:
    """Sentences that give an amount otherwise than a sentence before them does.

    Sentences with a condition are left out: what holds above a sum or in a phase is no contradiction.
    """
    said: dict[str, list[_Said]] = {}
    for number, things in _things(draft):
        for item in _read(draft.passages[number], things):
            said.setdefault(item.thing.name, []).append(item)
    for own in said.values():
        if len({(item.value, item.unit) for item in own}) >= _MOST:
            continue
        for index, item in enumerate(own):
            if other := next((known for known in own[:index] if _differ(known, item)), None):
                message = f"The {item.thing.name}: {item.words} here, {other.words} elsewhere."
                yield Defect(
                    item.passage, (_evidence(draft, item, "here"), _evidence(draft, other, "elsewhere")), message
                )


def _differ(one: _Said, other: _Said) -> bool:
    if one.passage is other.passage or one.parts != other.parts:
        return False
    return one.unit == other.unit and one.value != other.value


def _evidence(draft: Draft, item: _Said, place: str) -> Evidence:
    name = f"{item.thing.name}, {place}"
    return draft.evidence(item.passage, item.start, item.end, name, kind=EvidenceKind.AMOUNT, value=item.words)


def _things(draft: Draft) -> list[tuple[int, list[_Thing]]]:
    """The things that passages may give an amount of, by their numbers and in the order of the text."""
    by_passage: dict[int, list[_Thing]] = {}
    for thing in _THINGS:
        for number in draft.holding(*thing.hints):
            by_passage.setdefault(number, []).append(thing)
    return sorted(by_passage.items(), key=itemgetter(0))


def _read(passage: Passage, things: Sequence[_Thing]) -> Iterator[_Said]:
    text = passage.text
    if _CONDITION.search(text):
        return
    words = frozenset(found[0].lower() for found in _PART.finditer(text))
    for thing in things:
        for found in thing.pattern.finditer(text):
            groups = found.groupdict()
            suffix = "2" if groups.get("number2") else ""
            number, figure = groups[f"number{suffix}"], groups.get(f"figure{suffix}")
            value = read_figure(figure or number) or read_words(number)
            unit = groups.get(f"unit{suffix}") or thing.unit
            if value is not None:
                value, unit = _in_months(value, unit)
                parts = words if "of an offer" in thing.name else frozenset()
                yield _Said(thing, value, unit, passage, found.start(f"number{suffix}"), found.end(), parts)


def _in_months(value: Decimal, unit: str) -> tuple[Decimal, str]:
    """Years as months, so that two years and 24 months are one."""
    unit = unit.lower()
    if unit.startswith("year"):
        return 12 * value, "months"
    return value, f"{unit.rstrip('s')}s" if unit.startswith(("day", "month")) else unit
