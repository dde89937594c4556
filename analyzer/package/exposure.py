"""What the vendor stands to lose: the limit on liability that holds, what it leaves out, and the contract's value."""

import re
from collections.abc import Sequence
from decimal import Decimal

from analyzer.gate import Exposure
from analyzer.package.carveouts import exceptions_of, refers_elsewhere
from analyzer.package.liability import Limit, money
from analyzer.package.members import ReadMember, Statement
from analyzer.package.positions import Positions
from analyzer.package.precedence import Precedence
from analyzer.policy import Policy
from analyzer.quantities import QuantityKind, read_quantities

__all__ = ["contract_value", "exposure_of", "governing_limit"]

_VALUE = re.compile(
    r"\b(?:(?:total|maximum|estimated|aggregate|approved|overall|contract|agreement|project) (?:\w+ )?(?:value"
    r"|price|sum|compensation|budget)"
    r"|(?:value|price|amount) of (?:the|this) (?:contract|agreement)|budget|not[- ]to[- ]exceed|sum not to exceed)\b"
)
_NOT_VALUE = re.compile(
    r"\b(?:insur\w*|bond\w*|liab\w*|if|over|above|exceeding|less than|under|threshold|minimum|each|per|hour\w*"
    r"|penalt\w*|damages|greater"
    r"|turnover|revenue|similar|fine|wage\w*|subcontract\w*|fee of|deposit|surety|between|range|preference)\b"
)
_AFTER = 80
_LIABILITY = re.compile(r"\bindemnif|\bliab|\bhold harmless")


def governing_limit(
    members: Sequence[ReadMember], positions: Sequence[Positions], precedence: Precedence
) -> tuple[ReadMember, Limit] | None:
    """The limit of the document that prevails over the others with one; the first where no order is stated."""
    having = [(read, said.limits[0]) for read, said in zip(members, positions, strict=True) if said.limits]
    if not having:
        return None
    return max(
        having,
        key=lambda pair: (
            sum(precedence.prevails(pair[0].index, other[0].index) is True for other in having),
            -pair[0].index,
        ),
    )


def contract_value(members: Sequence[ReadMember]) -> tuple[Decimal, str] | None:
    """The value of the contract and its currency, where the package states one and only one."""
    found = {value for read in members for statement in read.statements if (value := _value(statement))}
    return next(iter(found)) if len(found) == 1 else None


def _value(statement: Statement) -> tuple[Decimal, str] | None:
    low = statement.low
    match = _VALUE.search(low)
    if not match or _NOT_VALUE.search(low) or len(low) > 400:
        return None
    for quantity in read_quantities(low):
        if (
            quantity.kind is QuantityKind.MONEY
            and 0 <= quantity.start - match.end() < _AFTER
            and quantity.value >= 1000
        ):
            return quantity.value, quantity.unit
    return None


def exposure_of(
    members: Sequence[ReadMember], positions: Sequence[Positions], precedence: Precedence, policy: Policy
) -> Exposure | None:
    """The exposure under a package; None where no document speaks of liability or indemnity."""
    limit = governing_limit(members, positions, precedence)
    unlimited = [(read, said.unlimited[0]) for read, said in zip(members, positions, strict=True) if said.unlimited]
    value = contract_value(members)
    shown = money(*value) if value else ""
    asked = policy.limits.liability_cap_multiple
    if limit is None:
        if not unlimited and not any(map(_speaks_of_liability, members)):
            return None
        said = f"without limit, by {unlimited[0][0].shown}" if unlimited else "no limit is stated"
        return Exposure(contract_value=shown, summary=_line(said, shown, asked, None))
    read, found = limit
    exceptions = exceptions_of(read, found)
    multiple = _multiple(found, value)
    over = [other for other, _ in unlimited if precedence.prevails(other.index, read.index) is True]
    unsettled = [
        other for other, _ in unlimited if other is not read and precedence.prevails(other.index, read.index) is None
    ]
    said = found.words + _left_out(found, exceptions)
    if over:
        said = f"without limit, since {over[0].shown} prevails over the limit of {found.words} in {read.shown}"
        return Exposure(contract_value=shown, exceptions=exceptions, summary=_line(said, shown, asked, None))
    if unsettled:
        said = (
            f"unclear: {found.words} in {read.shown}, and without limit in {unsettled[0].shown}; "
            "no clause says which of the two prevails"
        )
    return Exposure(found.words, multiple, shown, exceptions, _line(said, shown, asked, multiple))


def _speaks_of_liability(read: ReadMember) -> bool:
    if read.member.report.kind == "rfi":
        return False  # it asks for information and binds nobody
    return sum(bool(_LIABILITY.search(statement.low)) for statement in read.statements) >= 2


def _multiple(limit: Limit, value: tuple[Decimal, str] | None) -> float | None:
    if limit.multiple is not None or limit.amount is None or value is None or limit.unit != value[1]:
        return limit.multiple
    return round(float(limit.amount / value[0]), 2)


def _line(said: str, value: str, asked: float | None, multiple: float | None) -> str:
    parts = [said]
    if value:
        parts.append(f"the contract value is stated as {value}")
    if multiple is not None and not said.startswith(f"{multiple:g} ×"):
        parts.append(f"that is {multiple:g} × the contract value")
    if asked is not None:
        parts.append(f"the policy asks for at most {asked:g} ×")
    return f"Vendor's exposure: {'; '.join(parts)}."


def _left_out(limit: Limit, exceptions: Sequence[str]) -> str:
    if exceptions:
        return f", not counting {_listed(exceptions)}"
    return ", with exceptions stated elsewhere" if refers_elsewhere(limit) else ", with nothing left out"


def _listed(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
