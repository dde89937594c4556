"""Demands that a policy's limits accept.

A limit clears a finding only where nothing else can be meant: every amount of its kind is within the limit, and no
other number or demand stands beside them. In doubt the finding stays.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from analyzer.findings import EvidenceKind, Finding, Match
from analyzer.policy.values import Limits
from analyzer.quantities import Quantity, QuantityKind, read_quantities

__all__ = ["within_limit"]


def within_limit(finding: Finding, matches: Iterable[Match], limits: Limits) -> str:
    """Why a policy accepts what a finding is about, as words for people; empty where it doesn't, or in doubt.

    ``matches`` are those that the finding was made of; none where the trained model alone spoke.
    """
    for measured in _MEASURED:
        limit = measured.limit(limits)
        if limit is None or finding.category != measured.category:
            continue
        if measured.subtype not in {"", finding.subtype}:
            continue
        # A rule whose words don't hold the amount found something else in the sentence.
        of_amount = all(_holds_amount(match, finding, measured.kind) for match in matches)
        if of_amount and _is_within(finding, measured, limit):
            return f"within the policy's limit of {limit:g} {measured.one if limit == 1 else measured.many}"
    return ""


@dataclass(frozen=True, slots=True)
class _Measured:
    """What a limit measures, and in which findings."""

    limit: Callable[[Limits], float | None]
    kind: QuantityKind
    category: str
    subtype: str
    """Empty for any."""
    one: str
    many: str
    beside: frozenset[QuantityKind]
    """Other amounts that may stand in the sentence without changing the demand."""
    doubt: re.Pattern[str]
    """Words of another demand, or of one that the figure doesn't bound."""


_OPEN = r"more than|over|above|greater than|beyond|in excess|exceed(?:s|ing)?|upwards?|at the discretion|as determined"
_BOUND = re.compile(
    r"\b(?:not?|never)(?: to| be| in any event| more)? (?:more than|over|above|greater than|exceed(?:ing)?)\b"
    r"|\b(?:not?|never) (?:to )?be (?:more|greater) than\b",
    re.IGNORECASE,
)


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join((_OPEN, *alternatives))})\b", re.IGNORECASE)


_MEASURED = (
    _Measured(
        lambda limits: limits.years_of_experience,
        QuantityKind.YEARS,
        "prescriptive-spec",
        "staffing",
        "year",
        "years",
        frozenset(),
        _words(
            r"months?|decades?|since|last|past|preceding|previous|recent|within|each",
            r"degrees?|bachelor\S*|master\S*|doctora\w*|graduat\w*|universit\w*|diploma|certif\w*|licen[cs]\w*|accredit\w*|regist\w*",
            r"and (?:must|shall|have|has|be|hold\w*)|led|completed|delivered|similar|comparable|also|references?",
            r"turnover|revenues?|citizen\w*|resid\w*|on[- ]?site|clearance",
        ),
    ),
    _Measured(
        lambda limits: limits.bond_percent,
        QuantityKind.PERCENT,
        "performance-bond",
        "",
        "percent",
        "percent",
        # When a bond is due says nothing of how large it is.
        frozenset({QuantityKind.DAYS}),
        _words(
            r"retain\w*|withh\w+|holdbacks?|hold back|interest|liquidated|penalt\w+|discount\w*|bills?|invoices?",
            r"full|entire|whole|whichever|greater of|larger of",
            r"equal to (?:the|its) (?:total )?(?:contract|amount|price)",
            r"additional|increas\w*|further|such (?:other|greater)|annual\w*|yearly|per (?:year|month|day)|each|every",
        ),
    ),
    _Measured(
        lambda limits: limits.copies,
        QuantityKind.COPIES,
        "vendor-burden",
        "",
        "copy",
        "copies",
        frozenset(),
        _words(
            r"each|every|per|both|sets? of|duplicates?|triplicate|quadruplicate|additional",
            r"by hand|in person|hand[- ]deliver\w*|couriers?|registered|seal\w*|wax|box|boxes|binders?|bound|tabbed",
            r"e-?mail\w*|fax\w*|facsimile|electronic\w*|usb|cds?|dvds?|discs?|disks?|drives?|sticks?|wet|ink|notar\w*",
        ),
    ),
)


_NUMBERING = re.compile(r"^\W*(?:\(?(?:\d{1,3}(?:\.\d{1,3})*|[A-Za-z]|[ivx]{1,5})[.)]+|\d{1,3}(?:\.\d{1,3})+)\s+")
"""The number of a clause before its words."""
_PLACE = re.compile(
    r"\b(?:sections?|articles?|exhibits?|attachments?|appendix|schedules?|clauses?|paragraphs?|forms?|parts?)"
    r" (?:[A-Z]-?)?\d[\d.]*(?:\(\w\))*",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty"
    r"|seventy|eighty|ninety|hundred|thousand|million|dozen|half|third|quarter|twice|double|triple|several|multiple)\b",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\([^)]*\)")


def _holds_amount(match: Match, finding: Finding, kind: QuantityKind) -> bool:
    start = finding.span.start
    amounts = [(start + q.start, start + q.end) for q in read_quantities(finding.text) if q.kind is kind]
    fired = [item.span for item in match.evidence if item.kind in {EvidenceKind.PATTERN, EvidenceKind.AMOUNT}]
    return any(span.start < end and begin < span.end for span in fired for begin, end in amounts)


def _is_within(finding: Finding, measured: _Measured, limit: float) -> bool:
    # What fired may stand outside the sentence, in its lead-in say, with an amount of its own.
    outside = [
        item.text
        for item in finding.evidence
        if item.kind not in {EvidenceKind.SAMPLE, EvidenceKind.WEIGHT} and not finding.span.contains(item.span)
    ]
    read = [_amounts(text, measured) for text in (finding.text, *outside)]
    if not read[0] or any(amounts is None for amounts in read):
        return False
    if any(measured.doubt.search(_BOUND.sub(" ", text)) for text in (finding.text, *outside)):
        return False
    values = [value for amounts in read for value in amounts or ()]
    largest = Decimal(str(limit))
    if measured.kind is QuantityKind.COPIES:
        # Copies of several volumes add up; the original that they come with is none.
        originals = 1 if len(values) > 1 and "original" in finding.text.lower() else 0
        return sum(values) - originals <= largest
    return max(values) <= largest


def _amounts(text: str, measured: _Measured) -> list[Decimal] | None:
    """The amounts of a text that a limit measures; None where it holds a number that is none of them."""
    text = _NUMBERING.sub("", text)
    found = read_quantities(text)
    own = [quantity for quantity in found if quantity.kind is measured.kind]
    known = [*own, *(quantity for quantity in found if quantity.kind in measured.beside)]
    if _NUMBER.search(_PLACE.sub(" ", _without(text, known))):
        return None
    amounts: list[Decimal] = []
    for quantity in own:
        plain = " ".join(_BRACKETS.sub(" ", text[quantity.start : quantity.end]).split())
        # Words and figure may differ ("fifteen (5) years"): the higher one counts.
        amounts.append(max(quantity.value, *_read(f"{plain} {measured.many}", measured), Decimal(0)))
        tail = plain.partition(" ")[2]
        if _NUMBER.search(tail):  # "one original and four copies" is read as one amount
            following = _read(tail, measured)
            if not following:
                return None
            amounts += following
    return amounts


def _read(text: str, measured: _Measured) -> list[Decimal]:
    return [quantity.value for quantity in read_quantities(text) if quantity.kind is measured.kind]


def _without(text: str, quantities: Iterable[Quantity]) -> str:
    """A text with blanks where those quantities stand."""
    characters = list(text)
    for quantity in quantities:
        characters[quantity.start : quantity.end] = " " * (quantity.end - quantity.start)
    return "".join(characters)
