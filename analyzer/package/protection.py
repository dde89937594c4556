"""What leaves the state without protection: a limit without the usual exceptions, or no bond and nothing instead."""

import re
from collections.abc import Sequence

from analyzer.document import Unit
from analyzer.package.carveouts import USUAL, exceptions_of, refers_elsewhere
from analyzer.package.liability import Limit
from analyzer.package.members import ReadMember
from analyzer.package.positions import Positions
from analyzer.package.roles import Identity

__all__ = ["missing_exceptions", "unprotected"]

_LONG_ENOUGH = 1500
"""Words from which on a document can be expected to say how the state is protected."""
_SAFEGUARDS = re.compile(
    r"\b(?:milestone|deliverable)s?\b.{0,80}\b(?:pa(?:id|y\w*)|accept\w*|invoice\w*)|\b(?:pa(?:id|y\w*)"
    r"|invoice\w*)\b.{0,80}"
    r"\b(?:milestone|on acceptance|upon acceptance|after acceptance|acceptance of|accepted)|\bhold-?backs?\b"
    r"|\bretainage\b"
    r"|\bretention (?:money|of \d|amount)|\bwithhold\w*\b|\bterminat\w+\b.{0,60}\b(?:cause|default|breach)"
    r"|\b(?:default|breach)\b.{0,80}"
    r"\bterminat|\b(?:parent|corporate|company) guarant|\bescrow|\bstep[- ]in\b|\bservice credits?"
    r"|\bliquidated damages"
    r"|\bletters? of credit|\b(?:re-?procure|cover) (?:the )?(?:costs?|damages|services)|\bset[- ]?off\b"
)
_TERMS = (
    re.compile(r"\bindemnif|\bhold harmless|\bliabilit"),
    re.compile(r"\bterminat\w+"),
    re.compile(r"\binvoice|\bpayment"),
)


def missing_exceptions(read: ReadMember, limit: Limit) -> tuple[str, ...]:
    """The usual exceptions that a limit lacks; what covers one under another name counts for it.

    None where the limit says that its exceptions stand in a clause which could not be read.
    """
    has = set(exceptions_of(read, limit))
    if not has and refers_elsewhere(limit):
        return ()
    if has & {"recklessness", "gross negligence"}:
        has.add("wilful misconduct")
    if "indemnities" in has or "third-party claims" in has:
        has |= {"bodily injury and death", "damage to property"}
    if "wilful misconduct" in has or "crimes" in has:
        has.add("fraud")
    return tuple(name for name in USUAL if name not in has)


def unprotected(
    members: Sequence[ReadMember], identities: Sequence[Identity], positions: Sequence[Positions]
) -> tuple[int, ...]:
    """The members that hold the terms of a contract with neither a bond nor anything in its place; empty where fine.

    Empty too where the package holds no document that is long enough to be one with terms.
    """
    long_enough = tuple(
        read.index
        for read, identity in zip(members, identities, strict=True)
        if identity.role in ("rfp", "terms") and read.words >= _LONG_ENOUGH and _holds_terms(read)
    )
    if not long_enough or any(said.demanded for said in positions):
        return ()
    if any(
        _SAFEGUARDS.search(s.low) for read in members for s in read.statements if s.sentence.unit is not Unit.HEADING
    ):
        return ()
    return long_enough


def _holds_terms(read: ReadMember) -> bool:
    return all(any(pattern.search(statement.low) for statement in read.statements) for pattern in _TERMS)
