"""Exhibits, attachments and appendices that are said to be attached and are not in the document."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from analyzer.document import Block, BlockKind, Document, Layer, Unit
from analyzer.drafting.draft import Defect, Draft, Passage
from analyzer.findings import Severity

__all__ = ["exhibits_of", "find_dangling_exhibits"]

_KINDS = ("exhibit", "attachment", "appendix", "annexure", "annex", "enclosure", "schedule")
_KIND = "|".join(_KINDS)
_ID = r"(?:AA|BB|CC|DD|EE|[IVX]{2,5}|[A-Z](?:[.-]?\d{1,2})?|\d{1,2}(?:[.-]\d{1,2})?)[a-z]?(?!\w|-\w)"
_NAME = re.compile(rf"\b(?P<kind>(?i:{_KIND}))(?: (?i:no)\.?)?(?: ?[“\"'#–-] ?| )(?P<id>{_ID})")
_TITLE = re.compile(
    rf"(?:Page \d+(?: of \d+)? )?[#*_>“\"\[(\s]{{0,8}}(?P<kind>(?i:{_KIND}))(?: (?i:no)\.?)?(?: ?[“\"'#–—:-] ?"
    rf"| )(?P<id>{_ID})"
)
_AFTER_PAGE = re.compile(r"\bpage \d+(?: of \d+)? ?$|(?:^|\s)\d{1,3} $", re.IGNORECASE)
_SET_APART = re.compile(r"[”\"']? ?[-–—:] ?[A-Z]")
_ATTACHED = re.compile(
    r"\b(?:attached|annexed|appended|enclosed|hereto|herewith|included (?:as|in|at|with)|set (?:forth|out) (?:in"
    r"|at|on)"
    r"|provided (?:in|as|at)|contained in|found (?:in|at)|shown (?:in|at)|listed (?:in|at|on)|given (?:in|at)"
    r"|described in|specified in|stated in|defined in|detailed in|incorporated|in the (?:form|format|layout)|complete"
    r"|use|using|sign|submit|refer to|according to|in accordance with|per|see)\b",
    re.IGNORECASE,
)
_FIRMLY = re.compile(r"\b(?:attached|annexed|appended|enclosed|hereto|herewith)\b", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"\b(?:separate(?:ly)?|website|web site|portal|posted|download(?:ed|able)?|available (?:at|on|from|upon|in)"
    r"|https?|www"
    r"|uploaded|spreadsheet|file|excel|upon (?:award|request)|at award|to be (?:attached|provided|added"
    r"|developed|issued"
    r"|negotiated)|will be (?:attached|provided|added|issued|incorporated)|awarded|successful|resulting|final|GSA|tax"
    r"|IRS|federal supply|C\.?F\.?R|U\.?S\.?C|FAR|DFARS|Acts?|Code|OMB|circular|regulations?|standard form|guidelines"
    r"|ISO|NIST|tab \w+|volume|page limit|limited to|building|(?:shall|will) be attached|directive|statutes?"
    r"|part \d+)\b|\.xlsx?|\.docx?|\.pdf|\.zip",
    re.IGNORECASE,
)
_OF_OTHER = re.compile(
    r",? ?(?:of|to|in|from|under) (?:the (?!rfp|rfq|rfb|itb|ifb|solicitation|tender|document|contract|agreement"
    r"|sow|pws)|"
    r"its|that|each|their|your|any|such|[A-Z\d])"
)
_OTHERS_OWN = re.compile(
    r"\b(?:its|their|your|his|bidder's|offeror's|vendor's|contractor's|proposer's)[\w ]{0,20}$", re.IGNORECASE
)
_ALL_APART = re.compile(
    r"\b(?:all|the|these|following) (?:exhibits|attachments|appendices|annexures?|schedules|forms)\b[^.]{0,80}"
    r"\b(?:separate|website|portal|posted|download|available|provided separately|files?)\b",
    re.IGNORECASE,
)
_APART_HINTS = ("exhibits", "attachments", "appendices", "annexure", "schedules", "forms")
_SYNONYMS = {"annexure": "annex"}
_LONGEST = 150
"""Characters of a line that may be an exhibit's title."""


def _label(kind: str, written: str) -> str:
    """``exhibit b-1`` for EXHIBIT “B1”."""
    kind = kind.lower()
    number = re.sub(r"(?<=[A-Za-z])(?=\d)", "-", written.replace(".", "-").replace("--", "-"))
    return f"{_SYNONYMS.get(kind, kind)} {number.lower()}"


def exhibits_of(document: Document) -> frozenset[str]:
    """The exhibits that a document holds or is, such as ``appendix c``: titles, not lines of a list of attachments."""
    blocks = [block for block in document.blocks if block.layer in {Layer.BODY, Layer.FURNITURE}]
    labels = [_title(document, block) for block in blocks]
    held = set()
    for index, label in enumerate(labels):
        around = [*labels[max(0, index - 1) : index], *labels[index + 1 : index + 2]]
        if label and not any(near and near != label for near in around):
            held.add(label)
    return frozenset(held)


def _title(document: Document, block: Block) -> str:
    """The exhibit that a line is the title of; empty for any other line."""
    if block.kind is BlockKind.CONTENTS or (
        block.span.end - block.span.start > _LONGEST and block.kind is not BlockKind.HEADING
    ):
        return ""
    found = _TITLE.match(document.text, block.span.start, block.span.end)
    if not found or re.match(r" ?(?:[a-z(,;]|\.[A-Z])", document.text[found.end() : block.span.end]):
        return ""
    return _label(found["kind"], found["id"])


def find_dangling_exhibits(draft: Draft) -> Iterator[Defect]:
    """The first sentence that relies on an exhibit which neither this document nor its package holds.

    Medium where it is said to be attached, else low: it may be a file of its own.
    """
    held = set(draft.attached)
    firm: dict[str, _Mention] = {}
    other: dict[str, _Mention] = {}
    for number in draft.holding(_KINDS):
        for mention in _mentions(draft.passages[number]):
            if not mention.is_own:
                held.add(mention.label)
            else:
                (firm if mention.is_firm else other).setdefault(mention.label, mention)
    relied = firm if other and _are_apart(draft) else other | firm
    if not relied:
        return
    held |= exhibits_of(draft.document)
    for mention in sorted(relied.values(), key=lambda item: (item.passage.start, item.start)):
        if any(_is_part(mention.label, label) for label in held):
            continue
        evidence = draft.evidence(mention.passage, mention.start, mention.end, "relies on an exhibit that is not here")
        severity = Severity.MEDIUM if mention.is_firm else Severity.LOW
        yield Defect(mention.passage, (evidence,), f"There is no {mention.name} in this document.", severity, score=0.7)


def _are_apart(draft: Draft) -> bool:
    """Whether all exhibits are said to be files of their own."""
    return any(_ALL_APART.search(draft.passages[number].text) for number in draft.holding(_APART_HINTS))


class _Mention(NamedTuple):
    """A sentence that names an exhibit."""

    label: str
    name: str
    passage: Passage
    start: int
    end: int
    is_own: bool
    """Relied on as part of this document, not of another or of an offer."""
    is_firm: bool
    """Said to be attached."""


def _is_part(one: str, other: str) -> bool:
    """Whether two exhibits are one, or one is part of the other: B and B-1."""
    return one == other or one.startswith(f"{other}-") or other.startswith(f"{one}-")


def _mentions(passage: Passage) -> Iterator[_Mention]:
    """Every exhibit that a sentence relies on, and those that it places elsewhere."""
    text = passage.text
    names = () if passage.sentence.unit is Unit.HEADING else tuple(_NAME.finditer(text))
    if not names:
        return
    is_firm = _FIRMLY.search(text) is not None
    is_elsewhere = _ELSEWHERE.search(text) is not None
    relies = text.count(" ") > 4 and _ATTACHED.search(text) is not None
    for found in names:
        kind, after = found["kind"], text[found.end() :]
        if kind.lower() == "schedule" and (kind.islower() or found["id"][0].isdigit()) and not is_firm:
            continue
        before = text[max(0, found.start() - 40) : found.start()]
        is_title = _SET_APART.match(after) is not None and (kind.isupper() or not before)
        is_title = is_title or _AFTER_PAGE.search(before) is not None or (not after and not relies)
        is_other = is_elsewhere or is_title or _OF_OTHER.match(after) or _OTHERS_OWN.search(before)
        if is_other or relies:
            name = f"{kind.capitalize()} {found['id']}"
            yield _Mention(_label(kind, found["id"]), name, passage, *found.span(), not is_other, is_firm)
