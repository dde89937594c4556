"""What a limit on the vendor's liability doesn't cover."""

import re
from collections.abc import Iterator, Sequence

from analyzer.document import Unit
from analyzer.package.liability import Limit
from analyzer.package.members import ReadMember, Statement

__all__ = ["USUAL", "exceptions_in", "exceptions_of", "refers_elsewhere", "speaks_of_exceptions"]

_LIABILITY = re.compile(r"\bliab(?:le|ilit(?:y|ies))\b")
_REFERS = re.compile(
    r"\b(?:except|subject to|save|unless|aside from|apart from|other than|mentioned in|as (?:stated|provided"
    r"|set (?:out|forth)))\b"
    r"[^.;]{0,40}?\b(?:(?:sections?|sub-?clauses?|clauses?|articles?|paragraphs?|in|to|from"
    r"|under) (?P<number>\d+(?:\.\d+)+)|below|as provided)"
)
_EXCEPTIONS = (
    ("wilful misconduct", r"wil+ful|intentional|deliberate"),
    ("gross negligence", r"gross(?:ly)? negligen"),
    ("recklessness", r"reckless"),
    ("fraud", r"\bfraud"),
    ("bodily injury and death", r"bodily injur|personal injur|physical injur|\bdeath\b|injur(?:y|ies) to (?:a "
                                r"|any )?persons?"),
    ("damage to property", r"property damage|(?:damage|loss|injury)\b.{0,24}\bproperty|real property"
                           r"|tangible (?:personal )?property"),
    ("data breach", r"data breach|security (?:breach|incident)|breach of (?:data|security)"
                    r"|unauthori[sz]ed (?:access|disclosure)"
                    r"|loss of data|personal(?:ly identifiable)? (?:information|data)"),
    ("breach of confidentiality", r"confidential"),
    ("infringement of intellectual property", r"infring|intellectual property|patent|copyright"),
    ("indemnities", r"indemni"),
    ("third-party claims", r"third[- ]part(?:y|ies)"),
    ("crimes", r"criminal|\bcrimes?\b|unlawful|illegal"),
    ("breach of law", r"violation of (?:\w+ ){0,3}laws?|breach of (?:\w+ ){0,2}laws?"),
    ("abandonment of the work", r"abandon"),
    ("amounts that insurance covers", r"\binsur"),
    ("liquidated damages", r"liquidated damages|service credits"),
)  # fmt: skip
_NAMED_EXCEPTIONS = tuple((name, re.compile(words)) for name, words in _EXCEPTIONS)
USUAL = ("wilful misconduct", "fraud", "bodily injury and death", "damage to property")
"""What no limit covers as a rule: the positions of REFERENCES."""

_LEAVES_OUT = re.compile(
    r"\b(?:except|other than|exclu\w+|save)\b|\b(?:does|do|shall|will|must) not (?:\w+ )?(?:apply|limit|affect"
    r"|cover|extend|include)"
    r"|\bnot (?:be )?(?:limited|subject to|applicable)|\bnothing\b.{0,60}\b(?:limits?|excludes?)\b"
    r"|\bunlimited\b|\bwithout limit"
    r"|\bno limit"
)
_ABOUT_LIMIT = re.compile(
    r"\b(?:limit\w*|cap|caps|foregoing|ceiling|this (?:section|clause|paragraph|article)|liab\w+)\b"
)
_REACH = 14
"""Statements after the limit, in its clause, that may say what it leaves out."""


def speaks_of_exceptions(statement: Statement) -> bool:
    """Whether a sentence says what a limit doesn't cover."""
    return bool(_LEAVES_OUT.search(statement.whole) and _ABOUT_LIMIT.search(statement.whole))


def exceptions_of(read: ReadMember, limit: Limit) -> tuple[str, ...]:
    """What a limit doesn't cover, in the words of a list for people, in its order."""
    return exceptions_in(" ".join(_excepting(read, limit)))


def refers_elsewhere(limit: Limit) -> bool:
    """Whether a limit says that its exceptions stand in another clause."""
    return bool(_REFERS.search(limit.statement.low))


def exceptions_in(text: str) -> tuple[str, ...]:
    """The usual and less usual exceptions that a lower-case text names."""
    return tuple(name for name, pattern in _NAMED_EXCEPTIONS if pattern.search(text))


def _excepting(read: ReadMember, limit: Limit) -> Iterator[str]:
    """The words that leave something out: in the limit itself, and in the sentences and items after it."""
    own = limit.statement
    if found := _LEAVES_OUT.search(own.low):
        liability = _LIABILITY.search(own.low)
        is_before = liability is not None and found.start() < liability.start()
        yield own.low[found.start() : liability.start()] if is_before and liability else own.low[found.start() :]
    yield from _before(read, own)
    yield from _referred(read, own)
    yield from _after(read.statements[own.index + 1 : own.index + 1 + _REACH], read.clause_of(own), read)


def _before(read: ReadMember, own: Statement) -> Iterator[str]:
    """A lead-in such as "Except in cases of wilful misconduct:" just above the limit."""
    for statement in reversed(read.statements[max(0, own.index - 3) : own.index]):
        if re.match(r"(?:\W|\d|\b[a-z]\b)*(?:except|save|other than)\b", statement.low):
            yield statement.low


def _referred(read: ReadMember, own: Statement) -> Iterator[str]:
    """The clauses that a limit names as those with its exceptions: "Except as stated in 5.2"."""
    numbers = {found["number"] for found in _REFERS.finditer(own.low) if found["number"]}
    for statement in read.statements if numbers else ():
        number = read.member.segments[statement.segment].number.rstrip(".")
        if statement is not own and (
            number in numbers or statement.low.startswith(tuple(f"{n} " for n in sorted(numbers)))
        ):
            yield statement.low


def _after(following: Sequence[Statement], clause: tuple[int, ...], read: ReadMember) -> Iterator[str]:
    is_list = False
    for statement in following:
        if not set(clause) & set(read.clause_of(statement)):
            return
        if statement.sentence.unit is Unit.HEADING and not speaks_of_exceptions(statement):
            is_list = False
            continue
        if speaks_of_exceptions(statement):
            is_list = statement.low.rstrip().endswith((":", "-", ",", ";", "to", "for"))
            yield statement.whole
        elif is_list and (statement.sentence.unit is Unit.ITEM or len(statement.low) < 200):
            yield statement.low
        else:
            is_list = False
