"""Capitalised terms that are used as if they were defined, and are not."""

import re
from collections import defaultdict
from collections.abc import Iterator

from analyzer.document import Unit
from analyzer.drafting.draft import Defect, Draft, Passage

__all__ = ["find_undefined_terms"]

_HEADS = (
    "Schedule Plan Deliverable Deliverables Date Period Services Fee Fees Price Materials Documentation Specification "
    "Specifications Report Reports Products Equipment Milestone Milestones Requirements Property Criteria Amount Rate "
    "Rates Term Event Events Costs Charges Credits Levels"
).split()
_HEAD = re.compile("|".join(_HEADS))
_TERM = re.compile(
    rf"\b(?:the|The|each|Each|any|all|such|applicable|a"
    rf"|an) (?P<term>(?:[A-Z][a-z]+(?:-[A-Z]?[a-z]+)? ){{1,3}}(?:{'|'.join(_HEADS)}))\b"
    r"(?! [A-Z(“\"])"
)
_QUOTED = re.compile(r"[“\"‘']\s?(?P<term>[A-Z][\w&/ -]{1,60}?)[,.]?\s?[”\"’']")
_MEANS = re.compile(
    r"(?:^|[(•\s])(?P<term>[A-Z][\w&/-]*(?: [A-Za-z&][\w&/-]*){0,6}?)(?: \([^)]{1,20}\))?"
    r"(?: (?:means?|shall mean|is defined|are defined|has the meaning|have the meaning|refers? to|includes?)\b"
    r"| ?[:–—=] | - )"
)
_DEFINED_ELSEWHERE = re.compile(
    r"\b[Cc]apitali[sz]ed (?:terms?|words?)\b[^.]{0,120}\b(?:not|otherwise|without)\b|\b(?:definitions"
    r"|defined terms)\b[^.]{0,60}\b(?:in|of) the (?!(?:rfp|solicitation|contract|agreement)\b)[A-Z]"
)
_ELSEWHERE_HINTS = ("capitalized", "capitalised", "definitions", "defined terms")
_SAYS_WHERE = re.compile(r",? \(?(?:as|is|are) (?:such term is )?(?:defined|described|specified|set forth|stated)\b")
_OPERATIVE = re.compile(r"\b(?:shall|must|will|may not)\b")
_OPERATIVE_UNITS = frozenset({Unit.PROSE, Unit.ITEM})
_LEAST_DEFINED, _LEAST_USED = 4, 3
_SHORT = 80


def find_undefined_terms(draft: Draft) -> Iterator[Defect]:
    """The first operative sentence with a capitalised term that is used again and again and defined nowhere.

    Only in documents that define terms at all, and only for names of several words that end in the sort of thing
    that gets defined. A heading, a quotation, a caption, "as described in" right after it or the same words in small
    letters count as an explanation.
    """
    uses: dict[str, list[tuple[Passage, int, int]]] = defaultdict(list)
    for number in draft.at(found.start() for found in _HEAD.finditer(draft.document.text)):
        passage = draft.passages[number]
        if passage.sentence.unit in _OPERATIVE_UNITS and _OPERATIVE.search(passage.text):
            for found in _TERM.finditer(passage.text):
                uses[found["term"]].append((passage, *found.span("term")))
    candidates = {term: places for term, places in uses.items() if len({p.start for p, *_ in places}) >= _LEAST_USED}
    if not candidates:
        return
    defined = _defined(draft.passages)
    if len(defined) < _LEAST_DEFINED or _are_elsewhere(draft):
        return
    explained = _explained(draft, candidates)
    for term, places in candidates.items():
        if _is_defined(term.lower(), defined) or term in explained:
            continue
        passage, start, end = places[0]
        evidence = draft.evidence(passage, start, end, f"used {len(places)} times, defined nowhere")
        yield Defect(passage, (evidence,), f"It is used {len(places)} times.", score=0.6)


def _defined(passages: tuple[Passage, ...]) -> frozenset[str]:
    """Terms in quotation marks or before "means", in small letters."""
    found = set()
    for passage in passages:
        text = passage.text
        if any(mark in text for mark in '“"‘'):
            found |= {match["term"].strip().lower() for match in _QUOTED.finditer(text)}
        if match := _MEANS.search(text[:_SHORT]):
            found.add(match["term"].lower())
    return frozenset(found)


def _are_elsewhere(draft: Draft) -> bool:
    """Whether terms that are not defined here are said to be defined in another document."""
    return any(_DEFINED_ELSEWHERE.search(draft.passages[number].text) for number in draft.holding(_ELSEWHERE_HINTS))


def _explained(draft: Draft, terms: dict[str, list[tuple[Passage, int, int]]]) -> frozenset[str]:
    """Terms that a heading or a caption names, or that the text also writes in small letters."""
    lowered = {term: term.lower() for term in terms}
    pattern = re.compile(r"\b(?:" + "|".join(sorted(map(re.escape, lowered.values()), key=len, reverse=True)) + r")\b")
    in_small = {found[0] for found in pattern.finditer(draft.document.text)}
    captions = {
        found[0]
        for passage in draft.passages
        if passage.sentence.unit in {Unit.HEADING, Unit.ROW, Unit.CELL} or _is_caption(passage.text)
        for found in pattern.finditer(passage.text.lower())
    }
    captions |= {
        found[0] for segment in draft.segments if segment.heading for found in pattern.finditer(segment.heading.lower())
    }
    text = draft.document.text.lower()
    captions |= {found[0] for found in pattern.finditer(text) if _SAYS_WHERE.match(text, found.end())}
    return frozenset(term for term, small in lowered.items() if small in in_small or small in captions)


def _is_caption(text: str) -> bool:
    return len(text) < _SHORT and not _OPERATIVE.search(text)


def _is_defined(term: str, defined: frozenset[str]) -> bool:
    """Whether it is defined, in the singular or plural too, or ends in words that are."""
    words = term.split()
    tails = {" ".join(words[start:]) for start in range(len(words))}
    forms = {form for tail in tails for form in (tail, tail.removesuffix("s"), f"{tail}s")}
    return bool(forms & defined) or any(term in known for known in defined)
