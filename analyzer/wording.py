"""Suggested wording with its blanks filled from the document and the policy.

A suggestion is written for everybody: it says *the Contractor*, *the Agency* and *this Contract*, and leaves open in
brackets what only the buyer knows. Here it takes the names that a document uses, and what the policy and the document
say for its blanks. Nothing is made up: a blank that nothing fills stays in its brackets, and is listed.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analyzer.document import Document, Segment, Unit
from analyzer.policy import Policy
from analyzer.segmentation import parties

__all__ = ["Names", "Wording", "facts_of", "names_of", "reworded"]


@dataclass(frozen=True, slots=True)
class Names:
    """What a document calls its parties and its paper, with the article that it uses: ``the Bank``, ``OSX``."""

    vendor: str = "the Contractor"
    """Whoever performs."""
    buyer: str = "the Agency"
    contract: str = "this Contract"
    offeror: str = "the Offeror"
    """Whoever bids, before the award."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A suggestion as it can be shown: its text, and the blanks that are still open, each once, without brackets."""

    text: str
    open_blanks: tuple[str, ...] = ()


_PERFORMS = tuple("contractor vendor supplier consultant provider licensor seller company firm".split())
_OFFERS = tuple("offeror bidder proposer proponent respondent tenderer quoter".split())
_ORGANISATIONS = tuple("bank institute court corporation ministry hospital library museum laboratory".split())
_BUYS = (
    *"agency state county city town village district department authority board commission university college".split(),
    *"owner buyer customer client purchaser government commonwealth council bureau".split(),
    *_ORGANISATIONS,
)
_ONLY_CAPITALISED = frozenset(
    ("company", "firm", "state", "board", "office", "city", "town", "village", "council", "college", *_ORGANISATIONS)
)
"""In small letters these are ordinary words more often than a party."""
_PAPER = r"Master [A-Z]\w+ Agreement|Master Agreement|Purchase Order|[Aa]greement|[Cc]ontract|Order"
_CONTRACT = re.compile(
    rf"\b([Tt]his|[Tt]he) ({_PAPER})\b(?! (?:value|price|[Aa]dministrator|[Oo]fficer|[Nn]umber|[Tt]erm))"
)
_BINDS = re.compile(r"\b(?:shall|must|will|agrees?|may|warrants?|is liable|is responsible|is not)\b", re.IGNORECASE)
_READ = frozenset({Unit.PROSE, Unit.ITEM, Unit.ROW, Unit.CELL})


def names_of(document: Document, segments: Sequence[Segment]) -> Names:
    """The names that binding sentences use most, as they are written there; else those of the suggestions."""
    sentences = [text for text in _sentences(document, segments) if _BINDS.search(text)]
    named = parties(document)
    vendor = _called(sentences, (*_PERFORMS, *sorted(named.vendor)))
    offeror = _called(sentences, _OFFERS)
    usual = Names()
    return Names(
        vendor or offeror or usual.vendor,
        _called(sentences, (*_BUYS, *sorted(named.buyer))) or usual.buyer,
        _paper(sentences) or usual.contract,
        offeror or vendor or usual.offeror,
    )


def _sentences(document: Document, segments: Sequence[Segment]) -> Iterator[str]:
    for segment in segments:
        for sentence in segment.sentences:
            if sentence.unit in _READ:
                yield document[sentence.span]


def _called(sentences: Sequence[str], nouns: Sequence[str]) -> str:
    """The noun that stands most often in sentences, as it is written and with the article that it takes."""
    # "the Department of Health" and "the City Engineer" name somebody else.
    alternatives = "|".join(map(re.escape, nouns))
    pattern = re.compile(
        rf"(?:\b(?P<the>[Tt]he) )?\b(?P<noun>(?i:{alternatives}))(?P<many>s?)\b(?! of\b)(?!-)(?! [A-Z][a-z])"
    )
    counts: Counter[str] = Counter()
    forms: dict[str, Counter[str]] = {}
    bare: Counter[str] = Counter()
    for text in sentences:
        shouts = text.isupper()
        for found in pattern.finditer(text):
            written, noun = found["noun"], found["noun"].lower()
            # "Vendors may ask" and words in capitals don't say how the name is written; "Provider shall host" does.
            says_form = found.start() > 0 or bool(found["the"]) or not found["many"]
            if shouts or (noun in _ONLY_CAPITALISED and (written.islower() or not says_form)):
                continue
            counts[noun] += 1
            if says_form:
                forms.setdefault(noun, Counter())[written] += 1
                bare[written] += not (found["the"] or found["many"])
    if not counts:
        return ""
    noun = min(counts, key=lambda name: (-counts[name], name))
    written_as = forms.get(noun) or Counter({noun.capitalize(): 1})
    written = min(written_as, key=lambda form: (-written_as[form], form))
    is_bare = not written.islower() and 4 * bare[written] > 3 * written_as[written]
    return written if is_bare else f"the {written}"


def _paper(sentences: Sequence[str]) -> str:
    """What the document calls the contract, as ``this Agreement``."""
    found: Counter[str] = Counter()
    for text in sentences:
        for determiner, noun in _CONTRACT.findall(text):
            if noun != "Order" or determiner.lower() == "this":
                found[noun] += 1
    if not found:
        return ""
    by_word: Counter[str] = Counter()
    for noun, count in found.items():
        by_word[noun.lower()] += count
    word = min(by_word, key=lambda name: (-by_word[name], name))
    written = min((noun for noun in found if noun.lower() == word), key=lambda noun: (-found[noun], noun))
    return f"this {written}"


# --- what the document says for a blank -------------------------------------------------------------------------------

_ROLE = re.compile(
    r"\b(?:Chief )?(?:Procurement|Contracting|Purchasing) (?:Officer|Manager|Agent|Director)\b"
    r"|\b(?:RFP|Solicitation|Procurement) Coordinator\b|\bContract (?:Administrator|Specialist|Manager)\b"
)
_HANDS_IN = re.compile(r"\b(?:submit\w*|upload\w*|e-?mail\w*|sent|send)\b", re.IGNORECASE)
_OFFER = re.compile(r"\b(?:proposals?|bids?|offers?|quotes?|quotations?|responses?|tenders?)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\bhttps?://[^\s<>()\[\],;]+[^\s<>()\[\],;.]")
_DUE = re.compile(r"\b(?:due|no later than|not later than|received by|deadline|closes?|closing)\b", re.IGNORECASE)
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATE = rf"(?:(?:{_MONTH}) \d{{1,2}}, \d{{4}}|\d{{1,2}} (?:{_MONTH}) \d{{4}})"
_MOMENT = re.compile(
    r"(?:\d{1,2}(?::\d{2})? ?(?:[ap]\.m\.|[ap]m)(?: \w+ time)?,? (?:on )?)?"
    rf"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,? )?{_DATE}",
    re.IGNORECASE,
)
_FIRM = re.compile(
    r"\b(?:firm|valid|irrevocable|open|binding)\b[^.;]{0,60}?\b(\d{1,3})\)? (?:calendar |business |working )?days\b",
    re.IGNORECASE,
)


def facts_of(document: Document, segments: Sequence[Segment]) -> Mapping[str, str]:
    """What the document itself says for blanks: who leads, where and until when offers go, how long they are firm.

    Only what it says in one way; where it says two things, the blank stays open.
    """
    roles: Counter[str] = Counter()
    found: dict[str, set[str]] = {"portal or e-mail": set(), "time": set(), "firm for [number] days": set()}
    for text in _sentences(document, segments):
        roles.update(_ROLE.findall(text))
        if not _OFFER.search(text):
            continue
        if _HANDS_IN.search(text):
            found["portal or e-mail"].update(_ADDRESS.findall(text))
        if _DUE.search(text):
            found["time"].update(_MOMENT.findall(text))
        found["firm for [number] days"].update(_FIRM.findall(text))
    facts = {blank: min(values) for blank, values in found.items() if len(values) == 1}
    if roles:
        facts["role"] = f"the {min(roles, key=lambda role: (-roles[role], role))}"
    return facts


# --- filling ----------------------------------------------------------------------------------------------------------

_BLANK = re.compile(r"\[([^\[\]]{1,80})\]")
_NUMBERS = "zero one two three four five six seven eight nine ten".split()
_HOLDER = 0xE000
"""Private characters that stand for filled blanks while the words around them change: no document has them here."""


def reworded(text: str, names: Names, policy: Policy, *, facts: Mapping[str, str] | None = None) -> Wording:
    """A suggestion in the words of a document.

    ``policy.wording`` comes before the policy's limits, and these before ``facts``. Each fills a blank by its name
    (``amount``), or by the words around it (``firm for [number] days``), which count first.
    """
    fills = {**(facts or {}), **_limits(policy), **policy.wording}
    by_phrase = sorted((key for key in fills if "[" in key), key=lambda key: (-len(key), key))
    by_name = {key.lower(): fills[key] for key in sorted(fills) if "[" not in key}
    put_in: list[str] = []
    still_open: dict[str, None] = {}

    def fill(found: re.Match[str]) -> str:
        value = _phrase_fill(text, found, by_phrase, fills)
        if value is None:
            value = by_name.get(found[1].lower())
        if value is None:
            still_open.setdefault(found[1])
            value = found[0]
        elif found[1][0].isupper() or _begins_sentence(text, found.start()):
            value = _capital(value)
        put_in.append(value)
        return chr(_HOLDER + len(put_in) - 1)

    renamed = _renamed(_BLANK.sub(fill, text), names)
    for index, value in enumerate(put_in):
        renamed = renamed.replace(chr(_HOLDER + index), value)
    return Wording(renamed, tuple(still_open))


def _phrase_fill(text: str, found: re.Match[str], phrases: Sequence[str], fills: Mapping[str, str]) -> str | None:
    for phrase in phrases:
        offset = phrase.find(found[0])
        start = found.start() - offset
        if offset >= 0 and start >= 0 and text[start : start + len(phrase)].lower() == phrase.lower():
            return fills[phrase]
    return None


def _limits(policy: Policy) -> dict[str, str]:
    """What the policy's limits say for the blanks of suggestions."""
    limits = policy.limits
    filled: dict[str, str] = {}
    if limits.liability_cap_multiple:
        multiple = _number(limits.liability_cap_multiple)
        filled |= {"[one to two] times": multiple, "[two] times the contract value": multiple}
    if limits.bond_percent:
        percent = f"{limits.bond_percent:g} percent"
        filled |= {"lowest adequate percent": percent, "A bond of [percent]": percent}
    if limits.years_of_experience:
        filled["[Number] years of experience"] = _number(limits.years_of_experience)
    if limits.copies:
        filled["[number] copies"] = _number(limits.copies)
    if limits.days_to_respond:
        filled["[number] days to respond"] = _number(limits.days_to_respond)
    return filled


def _number(value: float) -> str:
    """A number as contracts write it: in words up to ten."""
    return _NUMBERS[int(value)] if value == int(value) and 0 <= value <= 10 else f"{value:g}"


# --- names ------------------------------------------------------------------------------------------------------------

_PARTY = re.compile(
    r"(?:\b(?P<determiner>[Tt]he|[Aa]n?) )?(?P<chosen>\b(?:chosen|apparent|successful|best-rated|highest-ranked) )?"
    r"\b(?P<noun>[Cc]ontractor|[Vv]endor|[Aa]gency|[Oo]fferor|[Bb]idder|[Pp]roposer)(?P<many>s(?!\w))?\b"
    r"(?! terms)"
)
_THIS_CONTRACT = re.compile(r"\b(?P<determiner>[Tt]his|[Tt]he) [Cc]ontract\b(?! (?:value|price|documents?|period))")


def _renamed(text: str, names: Names) -> str:
    text = _PARTY.sub(lambda found: _party(text, found, names), text)
    noun = names.contract.partition(" ")[2]
    return _THIS_CONTRACT.sub(lambda found: f"{found['determiner']} {noun}", text)


def _party(text: str, found: re.Match[str], names: Names) -> str:
    """One mention of a party under the name that the document has for it."""
    noun, chosen, determiner = found["noun"].lower(), found["chosen"] or "", found["determiner"] or ""
    if noun == "agency":
        name = names.buyer
    elif noun in _OFFERS or (noun == "vendor" and (chosen or found["many"])):
        name = names.offeror
    else:
        name = names.vendor
    article, bare = ("the", name[4:]) if name.startswith("the ") else ("", name)
    bare = _plural(bare) if found["many"] else bare
    if determiner.lower() == "the" and not article and not chosen:
        determiner = ""
    elif determiner.lower() in {"a", "an"} and not chosen:
        determiner = determiner[0] + ("n" if _sounds_like_vowel(bare) else "")
    written = " ".join(part for part in (determiner, chosen.strip(), bare) if part)
    return _capital(written) if _begins_sentence(text, found.start()) else written


def _plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2:-1].lower() not in set("aeiou"):
        return f"{noun[:-1]}ies"
    return f"{noun}s"


def _sounds_like_vowel(word: str) -> bool:
    return word[:1].lower() in set("aeiou") and not word.lower().startswith(("uni", "eu", "one"))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _begins_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip()
    return not before or before[-1] in ".?!"
