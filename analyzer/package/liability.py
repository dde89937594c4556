"""Limits on the vendor's liability: the sentences that set one, and how high it is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from analyzer.document import Unit
from analyzer.package.dates import read_spans
from analyzer.package.members import ReadMember, Statement
from analyzer.quantities import Quantity, QuantityKind, read_quantities
from analyzer.rules import RuleSet
from analyzer.segmentation import parties

__all__ = ["Limit", "limits_of", "money"]

_LIABILITY = re.compile(r"\bliab(?:le|ilit(?:y|ies))\b")
_LIMITS = re.compile(
    r"\blimit(?:ed|s)? (?:of|to|at|is|shall)\b|\blimit(?:ed|ation)? (?:of|on) .{0,40}\b(?:is|be|equals?|not exceed)\b"
    r"|\b(?:not|never|no event|no case) .{0,30}\bexceed\b|\bexceed\b|\bcap(?:ped)?\b|\brestricted to\b"
    r"|\bno (?:more|greater) than\b|\bnot .{0,12}\b(?:more|greater) than\b|\bliab\w+\b.{0,40}\bup to\b"
    r"|\b(?:no|not|never|nor)\b.{0,60}\b(?:more than|in excess of)\b"
)
_NO_LIMIT = re.compile(
    r"\b(?:without|no|not|nor|nothing|neither) (?:\w+ ){0,5}(?:limit\w*|cap\b|capped|restrict\w*)|\bin no way\b"
    r"|\bunlimited\b"
    r"|\bvoid\b|\bunenforceable|\bnot (?:be )?(?:accept|bind|apply)|\blimited (?:liability )?(?:company|partnership)"
)
_ASKED = re.compile(
    r"\?|\bkindly\b|\bwe (?:request|suggest|propose)|\brequested\b|\bto be added\b|\bplease\b|^quer(?:y|ies)\b"
    r"|\bmay agree|\bare authori[sz]ed"
)
"""What a limit is only asked for or thought of."""
_OF_A_PART = re.compile(r"\bliabilit\w+ (?:of [\w ]{1,30})?for (?:the )?(?:loss|damage|delay|injury|defects?|theft)\b")
_ELSEWHERE = re.compile(
    r"\binsur|\bcoverage\b|\bpolic(?:y|ies)\b|\bper occurrence|\beach (?:occurrence|accident|claim)"
    r"|\bguarantee\b|\bsuret"
    r"|\bbond\b|\bdeductible|\bunderwriter|\bcivil (?:action|penalt)|\badministrative proceeding|\bfines?\b"
)
_PRICE = re.compile(
    r"\b(?:(?:contract|purchase|order|total|aggregate|annual|work order|agreement)\b.{0,30}\b(?:price|value|sum"
    r"|amount|cost|fees|charges)"
    r"|(?:value|price|amount) of (?:the|this|such|each) (?:\w+ ){0,2}(?:contract|agreement|order|services"
    r"|deliverables?)"
    r"|(?:amounts?|fees|charges|sums?|compensation|consideration)\b.{0,40}\b(?:paid|payable|due|received|under"
    r"|for|stated)"
    r"|(?:fees|charges|price|compensation|consideration))\b"
)
_PERIOD = re.compile(
    r"\b(?:preceding|previous|prior|last|during (?:the|any|a)|for (?:the|any)) (?:\w+[ -]){0,3}(?:months?"
    r"|years?)|\bannual|\bper year"
    r"|\bfor the (?:[\w-]+ ){0,3}(?:months?|years?) (?:before|prior|preceding)"
)

_WHOLE = "contract value"


@dataclass(frozen=True, slots=True)
class Limit:
    """One sentence that limits the vendor's liability."""

    statement: Statement
    words: str
    """How high, such as ``2 × contract value`` or ``$1,500,000``."""
    multiple: float | None
    amount: Decimal | None
    unit: str = ""

    @property
    def key(self) -> str:
        """The same for two limits that are as high."""
        return self.words


def limits_of(read: ReadMember, rules: RuleSet) -> tuple[Limit, ...]:
    """Every limit on the vendor's liability that a member states, in order."""
    buyers = _buyers(read, rules)
    return tuple(limit for statement in read.statements if (limit := _limit(statement, buyers)))


def _buyers(read: ReadMember, rules: RuleSet) -> re.Pattern[str]:
    """What a sentence holds that speaks of the buyer's own liability."""
    names = {*rules.vocabulary.get("buyer", ()), *parties(read.member.document).buyer} - {"us", "company", "client"}
    words = "|".join(sorted(map(re.escape, names), key=lambda name: (-len(name), name)))
    return re.compile(
        rf"\b(?:{words})(?:'s|s'|') (?:\w+ ){{0,4}}liabilit|\bliabilit\w* of (?:the )?(?:{words})\b"
        rf"|\b(?:{words}) (?:shall|will|is|are|be|may)\b.{{0,24}}\bliable"
    )


def _limit(statement: Statement, buyers: re.Pattern[str]) -> Limit | None:
    if statement.sentence.unit is Unit.HEADING or not (liability := _LIABILITY.search(statement.whole)):
        return None
    low = statement.whole
    limit = _LIMITS.search(low)
    others = (_NO_LIMIT, _ELSEWHERE, _ASKED, _OF_A_PART, buyers)
    if not limit or any(pattern.search(low) for pattern in others):
        return None
    if liability.start() > limit.end() and "cap" not in limit[0] and "limit" not in limit[0]:
        return None
    return _measured(statement, low, limit.start())


def _measured(statement: Statement, low: str, start: int) -> Limit | None:
    """The limit with its height; None where the words after it name neither a sum nor a price."""
    quantities = [q for q in read_quantities(low) if q.start >= start]
    price = _PRICE.search(low, start)
    basis = _basis(low, start)
    sums = [q for q in quantities if q.kind is QuantityKind.MONEY]
    factor = _factor(low[start:], quantities, has_price=price is not None)
    choice = re.search(r"\b(greater|higher|larger|lesser|lower|smaller) of\b", low[start:])
    if sums and not (factor and not choice):
        best = max(sums, key=lambda q: q.value)
        words = money(best.value, best.unit)
        if choice and price:
            return Limit(
                statement, f"the {choice[1]} of {words} and {_height(factor or Decimal(1), basis)}", None, None
            )
        return Limit(statement, words, None, best.value, best.unit)
    if factor is None and price is None:
        return None
    factor = factor or Decimal(1)
    multiple = float(factor) if basis == _WHOLE else None
    return Limit(statement, _height(factor, basis), multiple, None)


def _factor(text: str, quantities: Sequence[Quantity], *, has_price: bool) -> Decimal | None:
    """How many times the price; None where no such number stands there."""
    for quantity in quantities:
        if quantity.kind is QuantityKind.MULTIPLE:
            return quantity.value
        if quantity.kind is QuantityKind.PERCENT and has_price:
            return quantity.value / 100
    if times := re.search(r"\b(twice|double|(?:two|three|four|five)(?: \(\d\))? times)\b", text):
        return Decimal({"twice": 2, "double": 2, "two": 2, "three": 3, "four": 4, "five": 5}[times[1].split()[0]])
    return None


def _basis(low: str, start: int) -> str:
    """What the factor multiplies: the contract's value, or the fees of a stretch of time."""
    if not _PERIOD.search(low, start):
        return _WHOLE
    spans = [span for span in read_spans(low) if span.start >= start]
    return f"fees of {spans[0]}" if spans else "fees of a year"


def _height(factor: Decimal, basis: str) -> str:
    return f"{factor.normalize():f} × {basis}"


def money(value: Decimal, unit: str) -> str:
    """A sum for people; a dollar sign stands for any dollar, since a text seldom says whose it is."""
    return f"${value:,.0f}" if unit == "USD" else f"{value:,.0f} {unit}"
