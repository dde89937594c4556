"""Several solicitations among the documents: which of the others goes with which, so that strangers aren't compared."""

import re
from collections.abc import Sequence

from analyzer.document import Layer
from analyzer.package.members import Member, ReadMember
from analyzer.package.roles import Identity

__all__ = ["procurements"]

_NUMBER = re.compile(
    r"\b(?:rfp|rfq|rfb|rfi|rfo|rft|itb|ifb|itt|solicitation|tender|bid|event id|reference|ref"
    r"|request for proposals?)\b"
    r"[ \t:#.()-]{0,4}(?:(?:no|nr|number"
    r"|id)\b\.?)?[ \t:#.]{0,3}(?P<number>(?=[\w./-]*\d)[a-z\d][a-z\d./-]{2,29}[a-z\d])",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}")
_COMMON = frozenset(
    "request requests proposal proposals part section page number date issued department office state city county"
    " services service rfp draft final docx".split()
)
_FEW, _SHORT, _ALIKE = 3, 1500, 0.3
"""Solicitations that may share documents; words below which one is taken for a part; share of title words in common."""
_HEAD = 1500
"""Characters of a document in which its number stands."""


def procurements(members: Sequence[ReadMember], identities: Sequence[Identity]) -> tuple[tuple[int, ...], ...]:
    """Groups of members that belong together; one group where there is one solicitation, or parts of one.

    Standard terms and the like, which carry no number and stand in no folder with one solicitation alone, belong to
    every group. Beside more than a few solicitations each is read by itself: whose it is can't be told.
    """
    solicitations = [n for n, identity in enumerate(identities) if identity.role == "rfp"]
    if len(solicitations) < 2:
        return (tuple(range(len(members))),)
    numbers = [_numbers(read.member) for read in members]
    groups = _grouped(solicitations, numbers, members, identities)
    if len(groups) < 2:
        return (tuple(range(len(members))),)
    folders = [{_folder(members[n].name) for n in group} for group in groups]
    of_group = [list(group) for group in groups]
    left: list[int] = []
    for n, read in enumerate(members):
        if identities[n].role == "rfp":
            continue
        named = [g for g, group in enumerate(groups) if any(numbers[n] & numbers[rfp] for rfp in group)]
        near = [g for g, own in enumerate(folders) if _folder(read.name) in own]
        if chosen := named or (near if len(near) == 1 else range(len(groups)) if len(groups) <= _FEW else ()):
            for g in chosen:
                of_group[g].append(n)
        else:
            left.append(n)
    return tuple(tuple(sorted(group)) for group in (*of_group, *([n] for n in left)))


def _grouped(
    solicitations: Sequence[int],
    numbers: Sequence[frozenset[str]],
    members: Sequence[ReadMember],
    identities: Sequence[Identity],
) -> list[list[int]]:
    """Solicitations that are one: parts of it, or its forms."""
    words = {n: _words(members[n], identities[n]) for n in solicitations}

    def is_one(first: int, second: int) -> bool:
        if numbers[first] and numbers[second]:
            return bool(numbers[first] & numbers[second])
        if min(members[first].words, members[second].words) < _SHORT:
            return True
        least = min(len(words[first]), len(words[second]))
        return not least or len(words[first] & words[second]) >= _ALIKE * least

    groups: list[list[int]] = []
    for n in solicitations:
        same = [group for group in groups if any(is_one(n, other) for other in group)]
        # A short form without a number doesn't make one procurement of two.
        same = same[:1] if not numbers[n] else same
        merged = sorted([member for group in same for member in group] + [n])
        groups = [group for group in groups if group not in same] + [merged]
    return sorted(groups)


def _words(read: ReadMember, identity: Identity) -> frozenset[str]:
    """The telling words of a title and a file name."""
    words = re.findall(r"[a-z]{4,}", f"{identity.title} {read.shown}".lower())
    return frozenset(words) - _COMMON


def _numbers(member: Member) -> frozenset[str]:
    """The numbers of solicitations that the first lines name, in one form."""
    lines: list[str] = []
    for block in member.document.blocks:
        if sum(map(len, lines)) > _HEAD:
            break
        if block.layer in (Layer.BODY, Layer.FURNITURE):
            lines.append(member.document[block.span])
    found = {match["number"] for line in lines for match in _NUMBER.finditer(line)}
    return frozenset(
        re.sub(r"[^A-Z\d]", "", number.upper())
        for number in found
        if any(map(str.isdigit, number)) and not _YEAR.fullmatch(number)
    )


def _folder(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[0]
