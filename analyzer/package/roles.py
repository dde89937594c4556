"""What each document of a package is, and by which exhibit letter the others call it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from analyzer.document import Layer
from analyzer.package.members import Member, ReadMember

__all__ = ["ROLES", "Identity", "Label", "canonical", "identities", "labels_in"]

ROLES = ("rfp", "terms", "sow", "exhibit", "addendum", "qa", "form", "pricing", "other")

Label = tuple[str, str]
"""Kind of attachment and its letter or number, in lower case: ``("exhibit", "b")``."""

_WORDS = (
    ("addendum", r"addend(?:um|a)|amendment(?=s?\b(?! to the (?:agreement|contract)))|corrigend(?:um|a)"
                 r"|change notice"),
    ("qa", r"q ?(?:&|and) ?a|qa|questions? (?:and|&) (?:answers?|responses?)|(?:answers?|responses?) to (?:\w+ ){0,2}"
           r"(?:questions|inquiries|queries)|clarifications?"),
    ("pricing", r"(?:price|pricing|cost|fee|rate)s? (?:schedule|sheet|form|proposal form|worksheet|proposal|template)"
                r"|pricing|price bid|bill of quantities|schedule of (?:rates|prices|fees)"),
    ("form", r"(?:bid|proposal|submittal|response|acknowledge?ment|registration|signature|reference) forms?|forms?"
             r"|certifications?(?: regarding)?|affidavit|checklist|questionnaire|declaration"),
    ("sow", r"(?:statement|scope) of (?:work|objectives|services)|performance work statement|sow|pws|specifications?"
            r"|(?:non-?functional|functional|technical|business|system) requirements|terms of reference"),
    ("terms", r"(?:sample|model|draft|standard|master|services|professional|consulting|purchase)?[ ]?"
              r"(?:agreement|contract)|(?:general|special|standard|supplement\w+|contract|additional)? ?"
              r"(?:terms(?: (?:and|&) conditions)?|conditions|provisions|clauses)|msa"),
    ("rfp", r"requests? for (?:proposals?|quot\w+|bids?|qualifications|offers?|tenders?|applications?|information)"
            r"|invitations? (?:to|for) (?:bid|tender)s?|solicitation|notice inviting|rfp|rfq|rfb|rfi|itb|ifb|rfo|nit"
            r"|tender documents?"),
)  # fmt: skip
_BY_ROLE = tuple((role, re.compile(rf"(?<![\w-])(?:{words})(?![\w])")) for role, words in _WORDS)
_LABEL = re.compile(
    r"\b(exhibit|attachment|appendix|annexure|annex|schedule|enclosure)[ _-]{0,3}(?:no\.? ?)?[\"']?"
    r"([a-z](?:[-.]?\d{1,2})?|\d{1,2}(?:[-.]?[a-z])?|[ivx]{1,5})(?![\w])[\"']?",
    re.IGNORECASE,
)
_BLANK = re.compile(r"_{3,}|\.{6,}|…{2,}|[☐☑□❑]|\[ {1,4}\]|\bsignature\b|\bprint(?:ed)? name\b", re.IGNORECASE)
_TITLE_LIMIT, _LINE_LIMIT, _HEAD = 400, 160, 120
"""Characters of a title, of one of its lines, and of where an addendum says that it is one."""
_FROM_NAME, _FROM_TITLE, _FROM_KIND, _FROM_BLANKS = 5, 6, 4, 4
_SURE = 2
"""Points by which the best role must lead, or it is called unsure."""
_FORM_BLANKS = 12
"""Blanks and signature lines in a thousand words that make a form."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a document is taken for, and how that was found."""

    role: str
    labels: tuple[Label, ...]
    title: str
    is_sure: bool
    how: str
    """Half a sentence for people."""
    number: int = 0
    """Of an addendum; the highest is the latest."""


def labels_in(text: str) -> tuple[Label, ...]:
    """The exhibit letters and numbers that a text names, in order."""
    return tuple(dict.fromkeys(canonical(found[1], found[2]) for found in _LABEL.finditer(text)))


def canonical(kind: str, letter: str) -> Label:
    """A label in the one form in which two writings of it are equal: ``Annexure B1`` is ``("annex", "b-1")``."""
    lowered = re.sub(r"(?<=[a-z])[.-]?(?=\d)|(?<=\d)[.-](?=\d)", "-", letter.lower())
    return {"annexure": "annex"}.get(kind.lower(), kind.lower()), lowered


def identities(members: Sequence[ReadMember]) -> tuple[Identity, ...]:
    """The role of each member, judged by file name, title, kind of text and the blanks to fill in."""
    return tuple(map(_identity, members))


def _identity(read: ReadMember) -> Identity:
    stem = re.sub(r"[_\-.+ ]+", " ", PurePosixPath(read.name.replace("\\", "/")).stem).strip().lower()
    title = _title(read.member)
    points: Counter[str] = Counter()
    reasons: dict[str, list[str]] = {}
    for role, count, reason in (
        *((role, _FROM_NAME, "file name") for role in _earliest(stem)),
        *((role, _FROM_TITLE, "title") for role in _earliest(title.lower())),
        *_of_text(read),
    ):
        points[role] += count
        reasons.setdefault(role, []).append(reason)
    label = _own_label(stem, title)
    if not points and label:
        return Identity("exhibit", label, title, True, "its exhibit letter")
    if not points:
        return Identity("other", label, title, False, "nothing in its name, title or text says what it is")
    ranked = sorted(ROLES, key=lambda role: (-points[role], ROLES.index(role)))
    best, second = ranked[0], ranked[1]
    is_sure = points[best] - points[second] >= _SURE and points[best] >= _FROM_NAME
    how = f"its {' and '.join(dict.fromkeys(reasons[best]))}"
    return Identity(best, label, title, is_sure, how, _number(f"{title} {stem}") if best == "addendum" else 0)


def _title(member: Member) -> str:
    """The first lines of the body that could be a title."""
    lines: list[str] = []
    for block in member.document.blocks[:40]:
        if block.layer is not Layer.BODY:
            continue
        line = " ".join(member.document[block.span].split())
        if len(line) > _LINE_LIMIT:
            line = line[:_LINE_LIMIT] if not lines else ""
        if line:
            lines.append(line)
        if sum(map(len, lines)) > _TITLE_LIMIT or len(lines) == 5:
            break
    return "\n".join(lines)[:_TITLE_LIMIT]


def _earliest(text: str) -> tuple[str, ...]:
    """The role whose words come first; an addendum and answers count wherever a title names them."""
    found = {role: match.start() for role, pattern in _BY_ROLE if (match := pattern.search(text))}
    for role in ("addendum", "qa"):
        if found.get(role, _HEAD) < _HEAD:
            return (role,)
    return (min(found, key=lambda role: (found[role], ROLES.index(role))),) if found else ()


def _of_text(read: ReadMember) -> list[tuple[str, int, str]]:
    """What kind of text and blanks say; a form's own title outweighs the solicitation that it names."""
    kind = read.member.report.kind
    found = [(kind if kind != "rfi" else "rfp", _FROM_KIND, "text")] if kind in ("rfp", "terms", "sow", "rfi") else []
    blanks = len(_BLANK.findall(read.member.document.text))
    if read.words and blanks >= 4 and 1000 * blanks / max(read.words, 60) >= _FORM_BLANKS:
        found.append(("form", _FROM_BLANKS, "blanks to fill in"))
    return found


def _own_label(stem: str, title: str) -> tuple[Label, ...]:
    """The letter that stands at the head of the file's name or of its title."""
    found = list(labels_in(stem))[:1]
    for line in title.split("\n")[:3]:
        if match := _LABEL.match(line.lstrip(" *#-:")):
            found.append(canonical(match[1], match[2]))
            break
    return tuple(dict.fromkeys(found))


def _number(text: str) -> int:
    match = re.search(r"(?:addend\w+|amendment|corrigend\w+|notice)\D{0,12}(\d{1,3})", text, re.IGNORECASE)
    return int(match[1]) if match else 0
