"""References to sections, articles, clauses and paragraphs that the document doesn't have."""

import re
from collections.abc import Iterator

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


def find_missing_sections(draft: Draft) -> Iterator[Defect]:
    """Sentences that point to a section, article, clause or paragraph that this document lacks.

    Only where the document is numbered in that way without gaps; not to law, standards or other documents. Where
    most references lead nowhere, the numbers were not read or mean another document, and nothing is said.
    """
    numbering = Numbering.of(draft.segments, draft.blocks())
    missing: list[tuple[Passage, int, int, Key]] = []
    found: set[Key] = set()
    foreign: set[Key] = set()
    for passage in draft.passages:
        for start, end, key, is_own in _references(passage):
            if not is_own:
                foreign.add(key)
            elif key in numbering.known:
                found.add(key)
            elif numbering.lacks(key):
                missing.append((passage, start, end, key))
    missing = [item for item in missing if item[3] not in foreign]
    if len({key for *_, key in missing}) > max(_FEW, len(found)):
        return
    for passage, start, end, _ in missing:
        written = passage.text[start:end]
        evidence = draft.evidence(passage, start, end, "points to a section that is not there")
        yield Defect(passage, (evidence,), f"There is no section {written} in this document.", score=0.8)


_FEW = 2


def _references(passage: Passage) -> Iterator[tuple[int, int, Key, bool]]:
    """Start, end and key of every number of a section that a sentence names, and whether it is this document's."""
    text = passage.text
    if passage.sentence.unit is Unit.HEADING:
        return
    for reference in _REFERENCE.finditer(text):
        before, after = text[max(0, reference.start() - 40) : reference.start()], text[reference.end() :]
        says_own = _OWN.match(after) is not None
        is_own = not _is_foreign(before) and (says_own or not (_OTHER.match(after) or _LAW.search(text)))
        for found in _ID.finditer(text, *reference.span("ids")):
            key = key_of(found[0])
            if key and (len(key) > 1 or not reference["paragraph"]):
                yield found.start(), found.end(), key, is_own


def _is_foreign(before: str) -> bool:
    """Whether the words before a reference name another document."""
    named = _NAMED.search(before)
    return _FOREIGN.search(before) is not None or (named is not None and named["name"] not in _NO_NAMES)
