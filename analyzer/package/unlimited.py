"""Sentences that make the vendor's liability unlimited as a whole, or refuse any limit."""

import re
from collections.abc import Iterator

from analyzer.document import Unit
from analyzer.findings import DetectedBy, Finding, Severity
from analyzer.package.carveouts import exceptions_in, speaks_of_exceptions
from analyzer.package.members import ReadMember, Statement

__all__ = ["found_by_rules", "unlimited_in"]

_TOTAL = re.compile(
    r"\bunlimited\b|\b(?:without|no|not) (?:[\w']+ ){0,5}(?:limit\w*|restriction|ceiling|maximum|cap)\b"
    r"|\bwithout regard to\b"
    r"|\b(?:any and )?all (?:\w+,? ){0,4}(?:loss|losses|damages?|costs|liabilit\w+|harm)\b|\bevery loss"
    r"|\bentire (?:loss|damage|amount)"
    r"|\bfully liable|\bfull extent|\beverything\b"
)
_LIMIT = re.compile(r"\blimit\w*|\bcap\b|\bcapped|\brestrict\w*|\bmaximum\b|\bceiling\b|\bmultiple of\b|\bexclude\b")
_VENDORS_PAPER = re.compile(
    r"\bpurport\w*|\bappend\b|\b(?:commercial )?supplier agreements?\b|\border forms?\b|\blicen[cs]es?\b"
    r"|\bside letter|\bput forward\b"
    r"|\b(?:contractor|vendor|supplier|provider|offeror|bidder|firm|seller|licensor"
    r"|consultant)'s (?:[\w-]+ ){0,3}(?:proposal|terms|forms?"
    r"|documents?|paper|quotation)"
)
"""What the vendor's own papers say is void: a limit in the contract itself stands all the same."""
_OTHERWISE = re.compile(
    r"\bremoved?\b|\blower (?:limit|cap)\b|\bsuch (?:a |any )?(?:limit|cap)|\bneither\b|\bbesides\b"
    r"|\bother than\b|\bkindly\b|\?"
)
_CASE = re.compile(r"\b(?:if|where|when|in (?:the )?(?:case|event) of|in the event|carved out|owing to|during)\b")
_PART = re.compile(r"\b(?:limitation|limit|cap|foregoing)\b.{0,60}\bnot\b|\bexcept\b|\bnotwithstanding\b")
_BACK = re.compile(
    r"\bforegoing|\bset out above|\bthe (?:\w+ )?(?:limit|cap|limitation)\b|\binapplicable"
    r"|\bfor greater certainty|\bprovided,? however"
    r"|^\W*(?:\d[\d.]* )?(?:for|in respect of|as to) |\blicensors?'|\brisk of\b"
)
"""Words that lead back to a limit, or to one kind of damage."""
_LEADS_BACK = re.compile(
    r"\bexcept|\bnotwithstanding|\bforegoing|\bsuch\b|\bthese\b|\bapply|\bexclu|\bthis (?:limit|cap|section)"
)


def found_by_rules(read: ReadMember, category: str, *subtypes: str) -> Iterator[tuple[Finding, Statement]]:
    """Findings that rules made, with their statements; the model alone and draft rules are no evidence here."""
    for finding in read.member.report.findings:
        if finding.category != category or finding.subtype not in subtypes or finding.is_draft:
            continue
        statement = read.at(finding.span)
        if statement and finding.detected_by is not DetectedBy.MODEL:
            yield finding, statement


def unlimited_in(read: ReadMember) -> tuple[Statement, ...]:
    """Statements by which the vendor is liable for everything, in the order of the text."""
    found = [
        statement
        for finding, statement in found_by_rules(read, "unlimited-liability", "explicit", "cap-refused")
        if finding.severity is not Severity.LOW and _is_whole(statement, is_refusal=finding.subtype == "cap-refused")
    ]
    # Beside a limit in the same document the rules take each such sentence for an exception from it.
    found += [
        statement
        for _, statement in found_by_rules(read, "unlimited-liability", "carve-out")
        if _is_whole(statement, is_refusal=False) and not _LEADS_BACK.search(statement.whole)
    ]
    return tuple(sorted(found, key=lambda statement: statement.index))


def _is_whole(statement: Statement, *, is_refusal: bool) -> bool:
    """Whether a sentence is about liability as a whole, and not about one kind of damage or one case."""
    low = statement.whole
    others = (_OTHERWISE, _CASE, _BACK)
    is_item = statement.sentence.unit is Unit.ITEM and "liab" not in statement.low
    if (
        is_item
        or any(pattern.search(low) for pattern in others)
        or (speaks_of_exceptions(statement) and _PART.search(low))
    ):
        return False
    if is_refusal:
        return bool(_LIMIT.search(low)) and not _VENDORS_PAPER.search(low)
    return bool(_TOTAL.search(low)) and (not exceptions_in(low) or bool(re.search(r"\ball\b", low)))
