"""The names by which clauses speak of documents ("this Agreement", "Exhibit B"), and the members that they mean."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analyzer.package.members import ReadMember
from analyzer.package.roles import Identity, canonical

__all__ = ["Directory", "Named", "named_in"]

_OFFER = (
    r"(?:(?:contractor|vendor|bidder|offeror|proposer|supplier|consultant|respondent|proponent|provider"
    r"|firm)s?'?s? )?"
    r"(?:(?:technical|cost|price|final|best and final|written|submitted|accepted) )*"
    r"(?:proposals?|bids?|offers?|quotations?|quotes?|responses?|submissions?)\b(?! (?:form|documents?|sheet"
    r"|schedule))"
)
_NAMES = (
    ("collective", r"(?:contract|agreement|rfp|solicitation) documents\b"),
    (
        "vendor-terms",
        r"(?:contractor|vendor|supplier|bidder|offeror|consultant|seller|manufacturer)s?'s? (?:[\w-]+ ){0,3}"
        r"(?:terms|forms?|agreements?|conditions)\b(?: and conditions)?",
    ),
    (
        "label",
        r"(?:exhibit|attachment|appendix|annexure|annex|schedule|enclosure) \"?(?:[a-z]|\d{1,2}|[ivx]{1,5})\b\"?",
    ),
    (
        "amendment",
        r"(?:(?:contract |written )?amendments?|change orders?|modifications?)"
        r"(?: to (?:the|this) (?:contract|agreement))?\b(?! (?:to|of) (?:the|this) (?:rfp|solicitation|request"
        r"|invitation))",
    ),
    ("addendum", r"addend(?:a|um)\b|corrigend(?:a|um)\b|amendments?\b"),
    (
        "qa",
        r"(?:written )?(?:answers|responses) to (?:\w+ ){0,2}(?:questions|inquiries)|questions and answers|q ?& ?a\b",
    ),
    (
        "rfp",
        r"(?:request for (?:proposals?|quot\w+|bids?|offers?|tenders?|qualifications)|invitation (?:to"
        r"|for) (?:bid|tender)s?"
        r"|solicitation|procurement (?:document|issued)|rfp|rfq|rfb|itb|ifb|(?:bidding|tender) documents?"
        r"|instructions to (?:bidders|offerors|proposers|tenderers))\b",
    ),
    ("pricing", r"(?:price|pricing|cost|fee) (?:schedule|sheet|form)s?\b"),
    ("offer", _OFFER),
    ("order", r"(?:purchase|task|work|delivery|service|implementing task) orders?\b"),
    (
        "sow",
        r"(?:statement|scope) of (?:work|services)|sow\b|pws\b|(?:technical )?specifications?\b|terms of reference",
    ),
    (
        "terms",
        r"(?:(?:these|special|general|standard|supplement\w+|additional|particular|contract|state|city|county|agency)"
        r"(?:'s)? )*"
        r"(?:terms and conditions|terms\b|conditions(?: of contract)?|provisions\b|clauses\b)(?: of contract)?"
        r"|(?:master |services |professional |final |resulting |main |model |sample |standard |executed |signed )*"
        r"(?:agreement|contract)\b(?! (?:term|price|number|value|amount|period|manager|administrator|award))",
    ),
    ("law", r"(?:applicable |federal |state )*(?:laws?|statutes?|regulations?)\b"),
)
_NAMED = re.compile("|".join(f"(?P<{kind.replace('-', '_')}>{words})" for kind, words in _NAMES))
_SELF = re.compile(
    r"\b(?:this|these|herein|of this)\b[\w ]{0,14}$",
)
_GENERIC = re.compile(r"(?:these )?(?:terms(?: and conditions)?|conditions|provisions|clauses)")
_OF = re.compile(r" (?:of|in|contained in|set forth in) (?:the |this |that |any |said |such )?")
_BELONGS = re.compile(
    r"\b(?:of|to|in|under|from|by|within|for|with|including|against|per) (?:the |this |a |an |any |said |such )?$"
)
_QUALIFIERS = ("special", "general", "standard", "supplement", "additional", "particular", "master")


@dataclass(frozen=True, slots=True)
class Named:
    """One name of a document in a text, lower-case, and where it stands there."""

    kind: str
    words: str
    start: int
    end: int
    is_self: bool
    """It is called "this", so it is the document that says so, if it can be."""
    is_of_another: bool
    """It only says whose part another named thing is: "an appendix to the RFP"."""


def named_in(text: str) -> tuple[Named, ...]:
    """Every name of a document in a lower-case text, in order."""
    found: list[Named] = []
    for match in _NAMED.finditer(text):
        if match.start() and (text[match.start() - 1].isalnum() or text[match.start() - 1] == "-"):
            continue
        kind = (match.lastgroup or "").replace("_", "-")
        before = text[max(0, match.start() - 30) : match.start()]
        if found and _GENERIC.fullmatch(found[-1].words) and _OF.fullmatch(text[found[-1].end : match.start()]):
            found.pop()  # the terms of a document are that document
        belongs = bool(found) and bool(_BELONGS.search(before)) and match.start() - found[-1].end < 24
        is_self = bool(_SELF.search(before)) or match[0].startswith("these ")
        found.append(Named(kind, match[0], match.start(), match.end(), is_self, belongs))
    return tuple(found)


class Directory:
    """Which members a name means, seen from the member that uses it."""

    def __init__(self, members: Sequence[ReadMember], identities: Sequence[Identity]) -> None:
        self._identities = tuple(identities)
        self._members = tuple(members)

    def members_of(self, named: Named, speaker: int) -> tuple[int, ...]:
        """Indices of the members that a name stands for; empty where it means none of them, or can't be told."""
        if named.kind == "label":
            return self._labelled(named.words)
        if named.kind in ("collective", "vendor-terms", "amendment", "offer", "order", "law"):
            return ()
        of_role = [n for n, identity in enumerate(self._identities) if identity.role == named.kind]
        if named.is_self and named.kind in ("terms", "rfp", "addendum") and self._may_be(speaker, named.kind):
            return (speaker,)
        if named.kind != "terms" or len(of_role) < 2:
            return tuple(of_role) if len(of_role) == 1 or named.kind in ("addendum", "rfp", "sow") else ()
        return self._terms(named.words, of_role, speaker)

    def _may_be(self, speaker: int, kind: str) -> bool:
        role = self._identities[speaker].role
        return role == kind or (kind == "terms" and role in ("exhibit", "other")) or (kind == "rfp" and role == "other")

    def _labelled(self, words: str) -> tuple[int, ...]:
        kind, _, letter = words.replace('"', "").partition(" ")
        label = canonical(kind, letter)
        return tuple(n for n, identity in enumerate(self._identities) if label in identity.labels)

    def _terms(self, words: str, of_role: Sequence[int], speaker: int) -> tuple[int, ...]:
        """Of several documents with terms the one whose title shares the telling word; else the speaker itself."""
        for word in (*_QUALIFIERS, "agreement", "contract", "conditions", "provisions", "clauses"):
            if word in words:
                sharing = [n for n in of_role if word in f"{self._identities[n].title} {self._members[n].name}".lower()]
                if len(sharing) == 1:
                    return (sharing[0],)
        return (speaker,) if speaker in of_role else ()
