"""What governs the same thing in several documents: due dates, numbers of copies, terms, shares."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from analyzer.document import Unit
from analyzer.findings import Severity
from analyzer.package.dates import Moment, TimeSpan, read_dates, read_spans, read_times
from analyzer.package.members import ReadMember, Statement
from analyzer.quantities import QuantityKind, read_quantities

__all__ = ["THINGS", "Amount", "Thing", "amounts_of"]


@dataclass(frozen=True, slots=True)
class Amount:
    """What one statement says of a thing: as people read it, and in a form that two statements can be compared by."""

    thing: str
    statement: Statement
    words: str
    value: tuple[int, ...]

    def agrees(self, other: "Amount") -> bool:
        return all(a == b for a, b in zip(self.value, other.value, strict=False) if a and b)


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that a package should say once: its name for people, and how grave two answers are."""

    id: str
    name: str
    severity: Severity


THINGS = (
    Thing("due-date", "the date on which proposals are due", Severity.HIGH),
    Thing("due-time", "the time at which proposals are due", Severity.HIGH),
    Thing("question-date", "the last day for questions", Severity.MEDIUM),
    Thing("contract-term", "the first term of the contract", Severity.MEDIUM),
    Thing("bond-percent-performance", "the amount of the performance bond", Severity.MEDIUM),
    Thing("bond-percent-payment", "the amount of the payment bond", Severity.MEDIUM),
    Thing("bond-percent-bid", "the amount of the bid security", Severity.MEDIUM),
    Thing("payment-days", "the time in which invoices are paid", Severity.MEDIUM),
    Thing("warranty", "the warranty period", Severity.MEDIUM),
    Thing("validity", "how long proposals stay open", Severity.MEDIUM),
    Thing("copies", "the number of copies of a proposal", Severity.LOW),
)

_OFFER = (
    r"(?:proposals?|bids?|quotes?|quotations?|offers?|tenders?|submissions?|submittals?"
    r"|responses?(?! to (?!(?:this|the) (?:rfp|rfq|rfb|itb|request|solicitation))))"
)
_EVENTS = {
    "due": re.compile(
        rf"\b{_OFFER}\b[^.;?\d]{{0,60}}?\b(?:due|received|submitted|delivered|uploaded|closing|closes?|deadline"
        rf"|no later than|on or before)\b"
        rf"|\b(?:deadline|due date|closing (?:date|time)|last date|submission date)\b[^.;?\d]{{0,40}}?\b{_OFFER}\b"
        r"|\bclosing (?:date|time)\b|\bdue date\b"
    ),
    "questions": re.compile(
        r"\b(?:questions?|inquir\w+|enquir\w+|quer(?:y|ies)|requests? for clarification)\b[^.;?\d]{0,60}?"
        r"\b(?:due|deadline|received|submitted|sent|accepted|no later than|on or before|by|until|before|end)\b"
        r"|\b(?:deadline|due date|last (?:date|day)|cut-?off|end of)\b[^.;?\d]{0,40}?\b(?:questions?|inquir\w+"
        r"|enquir\w+|quer(?:y|ies))\b"
    ),
    "other": re.compile(
        r"\b(?:award|conference|meeting|site visit|start\w*|begin\w*|opening|opened|interviews?|demonstrations?"
        r"|notice|posted|published"
        r"|publication|issued?|releas\w+|answers?|protests?|complaints?|intent|kick-?off|evaluation|replies"
        r"|addend\w+|valid|withdraw\w*)\b"
    ),
}
_RELATIVE = re.compile(r"\bdays? (?:before|prior|after|from|following|in advance)\b")
_CHANGES = re.compile(r"\b(?:changed|extended|revised|amended|replaced|moved|postponed|now)\b")
_NEAR = 90


def amounts_of(read: ReadMember) -> tuple[Amount, ...]:
    """Every amount of a member, in the order of the text."""
    return tuple(
        amount
        for statement in read.statements
        if statement.sentence.unit is not Unit.HEADING
        for reader in _READERS
        for amount in reader(statement)
    )


def _due(statement: Statement) -> Iterator[Amount]:
    """Dates, each given to the event that is named last before it."""
    low = statement.low
    if not any(map(str.isdigit, low)):
        return
    dates = read_dates(low)
    if not dates:
        return
    events = sorted((m.end(), name) for name, pattern in _EVENTS.items() for m in pattern.finditer(low))
    if len(dates) > 2 and events and dates[0].end <= events[0][0]:
        return  # a schedule run together, each date before its event
    for count, date in enumerate(dates):
        named = [(end, name) for end, name in events if end <= date.start]
        if not named or date.start - named[-1][0] > _NEAR or _RELATIVE.search(low, named[-1][0], date.end + 40):
            continue
        if _CHANGES.search(low) and count + 1 < len(dates) and re.search(r"\bfrom\b", low[: date.start]):
            continue
        name = named[-1][1]
        if name == "due":
            yield Amount("due-date", statement, statement.text[date.start : date.end], date.value)
            yield from _hour(statement, date, dates, events)
        elif name == "questions":
            yield Amount("question-date", statement, statement.text[date.start : date.end], date.value)


def _hour(
    statement: Statement, date: Moment, dates: Sequence[Moment], events: Sequence[tuple[int, str]]
) -> Iterator[Amount]:
    """The time of day that goes with a date: the nearest one with no other date or event between."""
    times = read_times(statement.low)
    borders = [m.end for m in dates if m is not date] + [end for end, name in events if end > date.end]
    near = [
        time
        for time in times
        if abs(time.start - date.start) < _NEAR
        and not any(min(time.start, date.start) < border <= max(time.start, date.end) for border in borders)
    ]
    if near:
        best = min(near, key=lambda time: abs(time.start - date.end))
        yield Amount("due-time", statement, statement.text[best.start : best.end], best.value)


_TERM = re.compile(
    r"\b(?:(?:initial|base|original|first) (?:contract )?(?:term|period)|(?:contract|agreement) (?:term|period"
    r"|duration)"
    r"|(?:term|period|duration) (?:of|under) (?:the|this|any) (?:\w+ ){0,2}(?:contract|agreement)|original term"
    r"|base period"
    r"|(?:contract|agreement)\b[^.;]{0,40}\b(?:is|be|runs?) (?:awarded )?for (?:a|an) (?:\w+ )?(?:term|period))\b"
)
_MORE = re.compile(
    r"\b(?:renew\w*|option\w*|exten\w+|additional|beyond|after|within|prior|before|notice|insurance|coverage"
    r"|expir\w+|every|each"
    r"|records|books|disqualif\w+|debar\w*|throughout|during)\b"
)


def _term(statement: Statement) -> Iterator[Amount]:
    low = statement.low
    if not (found := _TERM.search(low)):
        return
    for span in read_spans(low):
        if (
            span.start >= found.end()
            and span.start - found.end() < 70
            and span.count >= (3 if span.unit == "months" else 90)
        ):
            if not _MORE.search(low, 0, span.start):
                yield _of_span("contract-term", statement, span)
            return


_PAYS = re.compile(r"\b(?:pay(?:s|ment|ments)?|paid)\b")
_NOT_BUYERS = re.compile(
    r"\b(?:subcontract\w*|sub-contract\w*|subconsult\w*|retain\w*|retention|discount|refund\w*|overpay\w*"
    r"|penalt\w+|premium|final payment|wages?"
    r"|interest|terminat\w+|dispute\w*|default\w*|fails? to|advance|(?:contractor|vendor|bidder|supplier"
    r"|consultant|offeror)"
    r"s? (?:shall|will|must|should|agrees to) (?:\w+ ){0,2}(?:pay|make)|made by (?:the |successful )*(?:bidder"
    r"|contractor|vendor))\b"
)


def _payment(statement: Statement) -> Iterator[Amount]:
    low = statement.low
    if not _PAYS.search(low) or "invoice" not in low or _NOT_BUYERS.search(low):
        return
    spans = [
        s
        for s in read_spans(low)
        if s.unit == "days" and re.search(r"\b(?:within|in|net|than)\b[^.;]{0,18}$", low[: s.start])
    ]
    if len(spans) == 1:
        yield _of_span("payment-days", statement, spans[0])


_WARRANTY = re.compile(
    r"\bwarrant(?:y|ies|ed|s) (?:period|term|coverage)\b|\bwarrant(?:s|y|ed|ies)\b[^.;]{0,60}\bfor\b"
    r"|\bwarranty (?:is|of|shall)\b"
)


def _warranty(statement: Statement) -> Iterator[Amount]:
    low = statement.low
    if not (found := _WARRANTY.search(low)) or re.search(
        r"\bnotice|\brespon[ds]\w*|\brepair\w* within|\binsurance", low
    ):
        return
    for span in read_spans(low):
        if 0 <= span.start - found.end() < 70:
            yield _of_span("warranty", statement, span)
            return


_STAYS = re.compile(r"\b(?:valid\w*|open|firm|irrevocable|binding|hold good|effective)\b")


def _validity(statement: Statement) -> Iterator[Amount]:
    low = statement.low
    if not (re.search(rf"\b{_OFFER}\b|\bprices?\b", low) and (found := _STAYS.search(low))):
        return
    for span in read_spans(low)[:1]:
        if (
            0 <= span.start - found.end() < 60
            and 20 <= span.count * (30 if span.unit == "months" else 1) <= 400
            and not re.search(r"\bbond|\bguarantee|\bsecurity|\bunit price", low)
        ):
            yield _of_span("validity", statement, span)
            return


_BONDS: Mapping[str, re.Pattern[str]] = {
    "performance": re.compile(r"\bperformance (?:bank )?(?:bonds?|security|guarantees?|deposit)"),
    "payment": re.compile(r"\b(?:payment|labou?r and materials? payment) bonds?"),
    "bid": re.compile(r"\b(?:bid|proposal) (?:bonds?|security|guarantees?|deposit)|\bearnest money|\bemd\b"),
}


_OTHER_SHARE = re.compile(
    r"\binterest|\breduc\w+|\breleas\w+|\bincreas\w+|\bless (?:the )?emd|\bincluding\b|\bif the (?:contract"
    r"|bid) price|\bnoon\b"
)
_LONG, _MOST_COPIES = 400, 60


def _bond(statement: Statement) -> Iterator[Amount]:
    low = statement.whole
    if "%" not in low and "percent" not in low and "per cent" not in low:
        return
    shares = [q for q in read_quantities(low) if q.kind is QuantityKind.PERCENT]
    kinds = [kind for kind, pattern in _BONDS.items() if pattern.search(low)]
    if len(kinds) == 1 and len(shares) == 1 and len(low) < _LONG and not _OTHER_SHARE.search(low):
        share = shares[0]
        yield Amount(f"bond-percent-{kinds[0]}", statement, f"{share.value.normalize():f} %", (int(share.value * 100),))


_SUBMITS = re.compile(r"\b(?:submit\w*|provide|deliver\w*|furnish|send|original|hard|paper)\b")
_OTHER_COPIES = re.compile(
    r"\bcop(?:y|ies) of (?:the |this |each |all |any |such |its |your )?(?:\w+ )?(?:agreement|contract"
    r"|invoices?|polic|report|licen|certificat|insurance|audit|drawing)"
    r"|\binvoice|\bpayroll|\bkeep\b|\bretain\b"
)
_MEDIA = (
    ("electronic", re.compile(r"\belectronic|\bdigital|\busb\b|\bcd\b|\bflash|\bpdf\b|\bthumb")),
    ("paper", re.compile(r"")),
)


def _copies(statement: Statement) -> Iterator[Amount]:
    low = statement.low
    if not _SUBMITS.search(low) or _OTHER_COPIES.search(low) or not re.search(rf"\b{_OFFER}\b|\bcopies\b", low):
        return
    for quantity in read_quantities(low):
        words = low[quantity.start : quantity.end]
        if quantity.kind is not QuantityKind.COPIES or quantity.value > _MOST_COPIES or "cop" not in words:
            continue
        medium = next(name for name, pattern in _MEDIA if pattern.search(words))
        if medium == "paper" and re.search(rf"\b{_OFFER}\b|original", low):
            yield Amount("copies", statement, f"{int(quantity.value)}", (int(quantity.value),))
            return


def _of_span(thing: str, statement: Statement, span: TimeSpan) -> Amount:
    return Amount(thing, statement, str(span), (span.count, {"days": 1, "months": 2}[span.unit]))


_READERS: tuple[Callable[[Statement], Iterator[Amount]], ...] = (
    _due,
    _term,
    _payment,
    _warranty,
    _validity,
    _bond,
    _copies,
)
