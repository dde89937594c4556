"""References to sections, articles, clauses and paragraphs that the document doesn't have."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from analyzer.document import Unit
from analyzer.drafting.draft import Defect, Draft, Passage
from analyzer.drafting.labels import ID, Key, Numbering, key_of

__all__ = ["find_missing_sections"]

_BRACKETS = r"(?:\([a-zA-Z0-9]{1,4}\)){0,4}"
_REFERENCE = re.compile(
    rf"(?<![\w.-])(?:[Ss]ections?|SECTIONS?|[Ss]ec\.|§§?|[Aa]rticles?|ARTICLES?|[Cc]lauses?|CLAUSES?"
    rf"|(?P<paragraph>[Pp]aragraphs?)) ?"
    rf"(?P<ids>{ID}{_BRACKETS}(?:(?:, (?:and |or )?| and | or | & | through | to |–){ID}{_BRACKETS}){{0,9}})"
)
_WORDS = ("section", "sec.", "§", "article", "clause", "paragraph")
"""What references begin with, in small letters."""
_ID = re.compile(ID)
_OWN = re.compile(
    r",? ?(?:(?:of|in|to|under|within) (?:this|the present|the (?:rfp|rfq|rfb|itb|ifb|rfi|solicitation|tender)\b)"
    r"|\(?(?:above|below|herein|hereof|of this|titled|entitled)\b)",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"(?:, respectively)?,? ?(?:(?:of|in|to|under|within|from) (?:the|its|that|any|such|each|part|title|chapter"
    r"|[A-Z(“\"\d])"
    r"|et seq|note\b|thereof|therein|\(?(?:as )?(?:codified|amended))",
)
_LAW = re.compile(
    r"\b(?:Acts?|Codes?|Statutes?|Stat|C\.?F\.?R|U\.?S\.?C|FAR|DFARS|HHSAR|Regulations?|Charter|Ordinances?|Laws?|ISO"
    r"|IEC|NIST|WCAG|ANSI|IEEE|P\.L|Pub\.|R\.S|N\.J\.S\.A|A\.R\.S|Constitution|Directive|Circular|Manual|Handbook"
    r"|Standards?|Policy|Title \d+|Chapter \d+|Order \d+|Executive Order|Rehabilitation|Township|hereby (?:added"
    r"|amended|deleted|replaced)|GCC|GOC|SCC|Specifications"
    r"|Addendum|Form [A-Z\d])\b|§"
)
_NAMED = re.compile(r"[a-z,;:)”\"] (?P<name>[A-Z][\w’'-]*|\([A-Z&]{2,8}\))[”\"]?,? \(?$")
"""A capitalised name right before it, not at the start of the sentence: "Source Selection Procedures, paragraph 3"."""
_FOREIGN = re.compile(
    r"(?:\b(?:exhibit|attachment|appendix|annex|annexure|schedule|volume|part|addendum|agreement|contract|terms|"
    r"conditions|guidelines?|plan|policy|manual|form|document|template|proposal|response"
    r"|rfp) ?\"?[\w.-]{0,6}\"?,? ?\(?)$",
    re.IGNORECASE,
)
_NO_NAMES = frozenset({"See", "Section", "Sections", "Article", "In", "Under", "Per", "Refer", "Reference", "Pursuant"})


_FEW = 2
"""So many missing numbers are believed where no reference leads anywhere."""
_BEFORE, _AFTER = 40, 60
"""Characters around a reference that may say whose section it is."""


class _Named(NamedTuple):
    """A section's number that a sentence names."""

    start: int
    end: int
    key: Key
    is_own: bool
    """This document's, as far as the words around it tell."""


def find_missing_sections(draft: Draft) -> Iterator[Defect]:
    """Sentences that point to a section, article, clause or paragraph that this document lacks.

    Only where the document is numbered in that way without gaps; not to law, standards or other documents. Where
    most references lead nowhere, the numbers were not read or mean another document, and nothing is said.
    """
    passages = [draft.passages[number] for number in draft.holding(_WORDS)]
    named = [(passage, references) for passage in passages if (references := _references(passage))]
    foreign = {item.key for _, references in named for item in references if not item.is_own}
    own = {item.key for _, references in named for item in references} - foreign
    if not own:
        return
    numbering = Numbering.of(draft.segments, draft.blocks)
    missing = {key for key in own if numbering.lacks(key)}
    if not missing or len(missing) > max(_FEW, len(own & numbering.known)):
        return
    for passage, references in named:
        lost = {item.key: item for item in reversed(references) if item.key in missing}
        if lost:
            items = sorted(lost.values())
            evidence = tuple(
                draft.evidence(passage, item.start, item.end, "is no section of this document") for item in items
            )
            numbers = ", ".join(passage.text[item.start : item.end] for item in items)
            yield Defect(passage, evidence, f"There is no section {numbers} in this document.", score=0.8)


def _references(passage: Passage) -> tuple[_Named, ...]:
    """Every number of a section that a sentence names; a heading names none."""
    text = passage.text
    found = [] if passage.sentence.unit is Unit.HEADING else list(_REFERENCE.finditer(text))
    if not found:
        return ()
    is_law = _LAW.search(text) is not None
    return tuple(
        _Named(number.start(), number.end(), key, _is_own(text, reference, is_law=is_law))
        for reference in found
        for number in _ID.finditer(text, *reference.span("ids"))
        if (key := key_of(number[0])) and (len(key) > 1 or not reference["paragraph"])
    )


def _is_own(text: str, reference: re.Match[str], *, is_law: bool) -> bool:
    """Whether a reference is to this document: it says so, or nothing names another one or the law."""
    start, end = reference.span()
    before, after = text[max(0, start - _BEFORE) : start], text[end : end + _AFTER]
    named = _NAMED.search(before)
    if _FOREIGN.search(before) or (named and named["name"] not in _NO_NAMES):
        return False
    return _OWN.match(after) is not None or not (is_law or _OTHER.match(after))
