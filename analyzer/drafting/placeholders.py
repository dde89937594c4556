"""Words that stand in for others and were left in: "[insert date]", "TBD", "XX/XX/XXXX", broken references of Word.

Two kinds. What nobody ever fills in (a drafting note, a broken reference, a masked date) is a defect wherever it
stands. A blank may as well be meant for the offeror, or for the day of award: it counts only outside of forms, bonds
and sample contracts, and where the sentence doesn't say who fills it in.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from analyzer.drafting.draft import Defect, Draft, Passage

__all__ = ["find_placeholders"]


class _Sign(NamedTuple):
    name: str
    pattern: re.Pattern[str]
    hints: tuple[str, ...]
    """Lower-case pieces of which one must stand in a sentence before the pattern is tried."""


_FILL = (
    r"insert|enter|fill[ -]?in|add|specify|to be completed|confirm|check with|verify|choose|select|delete|type|write|"
    r"replace"
)
_NOUNS = (
    r"date|dates|time|day|month|year|amount|location|place|address|agency|agency name|department|department name|"
    r"city|county|state|number|name|title|project name|project title|project|contact|contact name|e-?mail|phone|"
    r"percentage|percent|x{2,}|number of \w+|name of [\w ]{1,30}|name here|date here|text|rfp number|rfp title|url|"
    r"website|solicitation number|closing date|due date|start date|end date"
)
_UNDECIDED, _MASKED = "not decided", "masked date or number"
_NEVER_MEANT = (
    _Sign(
        "broken reference",
        re.compile(r"Error! (?:Reference source|Bookmark|No bookmark|Hyperlink|Not a valid|Unknown)[^.]{0,40}\.?"),
        ("error!",),
    ),
    _Sign("broken formula", re.compile(r"#(?:REF|NAME|VALUE|DIV/0)[!?]"), ("#ref", "#name", "#value", "#div")),
    _Sign("dummy text", re.compile(r"\blorem ipsum\b|\bdolor sit amet\b", re.IGNORECASE), ("lorem", "dolor sit")),
    _Sign(
        "drafting note",
        re.compile(
            r"[\[({<]{1,2} ?(?:drafting|drafter'?s?|drafter’s|editor'?s?|editor’s|author'?s?|reviewer'?s?|legal|"
            r"internal|working) ?(?:notes?|comments?|to (?:confirm|review|check|advise|complete))\b[^\])}>]{0,200}"
            r"|\bnotes? to (?:the )?(?:drafter|drafters|editor|writer|author|reviewer|legal|procurement officer|"
            r"contracting officer|buyer|specialist)s?\b ?:?"
            r"|\bdraft(?:ing|er'?s|er’s) notes? ?:",
            re.IGNORECASE,
        ),
        ("note", "comment", "to confirm", "to review", "to check", "to advise", "to complete"),
    ),
    _Sign(
        _UNDECIDED,
        re.compile(
            r"(?<![\w/.-])T\.?B\.?[ADCN]\b\.?(?![\w/-])|\[ ?to be (?:determined|confirmed|decided"
            r"|advised)[^\]]{0,40}\]"
        ),
        ("tb", "t.b", "[to be", "[ to be"),
    ),
    _Sign(
        _MASKED,
        re.compile(
            r"\bX{1,2}[/-]X{1,2}[/-](?:X{2,6}|\d{2,4})\b|\bX{1,2}/\d{1,2}/\d{2,4}\b"
            r"|[$₹£€] ?X+(?:,[X0]{3})*(?:\.[X0]{2})?\b|\bX{2,3} ?%|\bX{2} (?:calendar |business "
            r"|working )?(?:days|months"
            r"|years|pages|copies|percent)\b|(?<![\w@.-])X{4,}(?![\w@-])"
        ),
        ("xx", "$x", "$ x", "x/"),
    ),
    _Sign("empty bracket of a draft", re.compile(r"\[ ?(?:•|●|\?{1,5}|…) ?\]|\?{3,}"), ("[", "???")),
    _Sign(
        "text still to come",
        re.compile(r"\b(?:insert|add|your) text here\b|\btext to come\b", re.IGNORECASE),
        ("text",),
    ),
)
_BLANKS = (
    _Sign(
        "instruction to fill in",
        re.compile(rf"[\[{{<]{{1,2}} ?(?:{_FILL})\b[^\[\]{{}}<>]{{1,160}}[\]}}>]{{1,2}}", re.IGNORECASE),
        ("[", "{", "<"),
    ),
    _Sign("blank in brackets", re.compile(rf"\[ ?(?:{_NOUNS}) ?\]", re.IGNORECASE), ("[",)),
    _Sign(
        "field of a template",
        re.compile(r"<<[^<>]{1,80}>>|«[^«»]{1,80}»|\{\{[^{}]{1,80}\}\}|\$\{[^{}]{1,80}\}"),
        ("<<", "«", "{{", "${"),
    ),
    _Sign(
        "field of a form",
        re.compile(r"\b(?:Click|Tap)(?: or tap)?(?: here)? to enter (?:text|a date)\b|\bChoose an item\b"),
        ("to enter", "choose an item"),
    ),
)
_GAP = _Sign(
    "gap in the text",
    re.compile(
        r"(?:within|by|on|at|until|before|after|is|are|exceed|than|least|for|of|from|through|to|no\.?) [$#]?_{3,}%?"
        r"(?= (?:[a-z]|[ap]\.m)|,? 20\d\d\b|[.,;](?:\s|$))"
    ),
    ("___",),
)
_OWN_STATEMENT = re.compile(
    r"\b(?:proposals?|bids?|offers?|quotes?|responses?|tenders?|questions?|conference|deadline|the (?:agency"
    r"|department"
    r"|state|city|county|district|authority|government|owner|university|contract|agreement|work|services?))\b"
    r"[^.]{0,200}\b(?:shall|must|will|may|is|are)\b",
    re.IGNORECASE,
)
_CHOICE = re.compile(r"\byes\b|_ ?\(?(?:is|are|has|have|does|do)(?: not)?\b", re.IGNORECASE)
_EVENT = re.compile(
    r"\b(?:dates?|times?|place|location|conference|presentations?|meetings?|deadline|due|contact|room|address|"
    r"questions?|answers?|interviews?|demonstrations?|kick-?off|opening|go-?live|notice|shall|must|will)\b",
    re.IGNORECASE,
)
_AT_AWARD = re.compile(
    r"[$] ?TB|\b(?:price|cost|fees?|rates?|overhead|fringe|g&a|total|amount|cor|cotr|at award|upon award|acrn|clin"
    r"|subclin|task order|funds|sum)\b",
    re.IGNORECASE,
)
_FILLED_BY_OTHERS = re.compile(
    r"\b(?:bidders?|offerors?|vendors?|contractors?|proposers?|proponents?|respondents?|suppliers?|consultants?|"
    r"tenderers?|applicants?|quoters?|recipients?|licensors?|licensees?|lessors?|lessees?|compan(?:y|ies)|firms?|"
    r"suret(?:y|ies)|principal|obligor|bank|guarantor|subcontractors?|parent|signator(?:y|ies)|signature|signed|sign|"
    r"initials?|notary|witness(?:es)?|undersigned|letterhead|organi[sz]ation|organi[sz]ation name|"
    r"I/We|I|we|my|our|awardees?|awarded|upon award|at award|time of award|contract award|agreement award|"
    r"(?:contract|agreement|order|purchase order) (?:no|number|amount|value|date)|execution|executed|"
    r"effective date|hereinafter|addend(?:a|um)|discount|sheets|prior to award|this (?:proposal|bid|offer"
    r"|quote) is|e\.g|example|for instance|such as|format)\b",
    re.IGNORECASE,
)
_MASK = re.compile(
    r"\b(?:format|mask(?:ed|ing)?|redact(?:ed|ion)?|social security|ssn|last four|placeholder|phone|fax|telephone|"
    r"e-?mail|represents?|denot(?:es|ing)|where x|naming convention|file ?names?|named|titled)\b|(?:\.pdf"
    r"|\.docx?|\.xlsx?)\b",
    re.IGNORECASE,
)
_ROMAN = re.compile(
    r"\b(?:title|article|part|chapter|section|volume|subchapter|schedule"
    r"|appendix)\.? $",
    re.IGNORECASE,
)
_ACRONYM = re.compile(
    r"\b(?:means|stands for|to be (?:determined|announced|confirmed|decided|advised))\b", re.IGNORECASE
)
_CONTRACT = re.compile(
    r"\bth(?:is|e) [\w ,’'“”\"()-]{0,60}\b(?:agreement|contract|guarantee|bond|deed|lease|undertaking|pact"
    r"|addendum)\b"
    r"[^.]{0,120}\b(?:made|entered|dated|between|executed)\b|\bby and between\b|\bknow all (?:men|persons"
    r"|by these)\b",
    re.IGNORECASE,
)
_CONTRACT_HINTS = ("made", "entered", "dated", "between", "executed", "know all")
"""One of these stands where `_CONTRACT` matches."""
_NEW_PART = re.compile(
    r"(?:attachment|exhibit|appendix|annex(?:ure)?|schedule|form|section|part) [\w.-]{1,6}\b", re.IGNORECASE
)


_ERROR = "Error!"
_BROKEN = re.compile(r"Error!\s(?:Reference|Bookmark|No bookmark|Hyperlink|Not a valid|Unknown)")
"""Word's message is split after its exclamation mark, as two sentences are."""
_SAMPLE_MARK = re.compile(r"[\[(]?(?:sample|template|specimen|example|form)\b", re.IGNORECASE)
_BY_NOBODY = tuple(_NEVER_MEANT)
_BY_SOMEBODY = (*_BLANKS, _GAP)
_MOST = 12
"""Signs of one kind that are shown of a sentence."""
_REACH = 16
"""Characters before a sign that may say it is a Roman number."""


def find_placeholders(draft: Draft) -> Iterator[Defect]:
    """What was left in: one defect a sentence, with the first signs in it as evidence."""
    never_meant, blanks = _signs(draft, _BY_NOBODY), _signs(draft, _BY_SOMEBODY)
    in_samples = _in_samples(draft) if blanks else frozenset()
    for number in sorted({*never_meant, *blanks, *draft.holding((_ERROR.lower(),))}):
        passage = draft.passages[number]
        found = [*_never_meant(passage, never_meant.get(number, ()))]
        if number in blanks and number not in in_samples and not draft.is_in_form(passage):
            found += _blanks(passage, blanks[number])
        evidence = {draft.evidence(passage, *match.span(), sign.name) for sign, match in found}
        if passage.text.endswith(_ERROR) and _BROKEN.match(
            draft.document.text, passage.sentence.span.end - len(_ERROR)
        ):
            evidence.add(
                draft.evidence(passage, len(passage.text) - len(_ERROR), len(passage.text), "broken reference")
            )
        if evidence:
            yield Defect(passage, tuple(sorted(evidence, key=lambda item: (item.span, item.name))))


def _signs(draft: Draft, signs: Iterable[_Sign]) -> dict[int, list[_Sign]]:
    """The signs that may stand in each passage, by its number."""
    by_passage: dict[int, list[_Sign]] = {}
    for sign in signs:
        for number in draft.holding(sign.hints):
            by_passage.setdefault(number, []).append(sign)
    return by_passage


def _in_samples(draft: Draft) -> frozenset[int]:
    """Numbers of the passages that stand in a sample contract or form."""
    inside, is_sample = set(), False
    maybe_contracts = frozenset(draft.holding(_CONTRACT_HINTS))
    for number, passage in enumerate(draft.passages):
        is_far = 10 * number > len(draft.passages)
        is_sample = _is_sample(passage, is_sample, is_far=is_far, may_begin=number in maybe_contracts)
        if is_sample:
            inside.add(number)
    return frozenset(inside)


def _is_sample(passage: Passage, was_sample: bool, *, is_far: bool, may_begin: bool) -> bool:
    """Whether a sample contract or form is being read, whose blanks are filled in at award or by the offeror.

    It begins where an agreement does: one with blanks for its parties and its day, or one amid a solicitation.
    """
    text = passage.text
    if len(text) < 60 and _SAMPLE_MARK.match(text):
        return True
    if was_sample and _NEW_PART.match(text):
        return False
    if may_begin and _CONTRACT.search(text):
        return was_sample or is_far or any(mark in text for mark in ("__", "[", "<", "{"))
    return was_sample


def _found(text: str, signs: Iterable[_Sign]) -> Iterator[tuple[_Sign, re.Match[str]]]:
    for sign in signs:
        yield from ((sign, found) for found in islice(sign.pattern.finditer(text), _MOST))


def _never_meant(passage: Passage, signs: Iterable[_Sign]) -> Iterator[tuple[_Sign, re.Match[str]]]:
    """Signs that nobody fills in; not masks that are explained, Roman numbers, abbreviations, prices to be agreed."""
    text = passage.text
    found = list(_found(text, signs))
    names = {sign.name for sign, _ in found}
    is_mask = _MASKED in names and _MASK.search(text) is not None
    is_open = _UNDECIDED in names and (
        _ACRONYM.search(text) is not None or _AT_AWARD.search(text) is not None or not _EVENT.search(text)
    )
    for sign, match in found:
        before = text[max(0, match.start() - _REACH) : match.start()]
        if sign.name == _MASKED and (is_mask or _ROMAN.search(before)):
            continue
        if sign.name == _UNDECIDED and is_open and not match[0].startswith("["):
            continue
        yield sign, match


def _blanks(passage: Passage, signs: Iterable[_Sign]) -> Iterator[tuple[_Sign, re.Match[str]]]:
    """Blanks that were the agency's to fill: in its own statements, which name no one else."""
    text = passage.text
    found = list(_found(text, signs))
    if not found or _FILLED_BY_OTHERS.search(text):
        return
    is_own = _OWN_STATEMENT.search(text) is not None and not _CHOICE.search(text)
    yield from ((sign, match) for sign, match in found if is_own or sign is not _GAP)
