"""A package read as one thing: what each document is, which prevails, what they say against each other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analyzer.gate import Conflict, Exposure
from analyzer.package.attachments import attachments_of
from analyzer.package.conflicts import Frame, find_conflicts, numbered
from analyzer.package.exposure import exposure_of
from analyzer.package.kinds import ConflictKind, load_kinds
from analyzer.package.members import Member, ReadMember, read_members
from analyzer.package.positions import positions_of
from analyzer.package.precedence import read_precedence
from analyzer.package.procurements import procurements
from analyzer.package.roles import Identity, identities
from analyzer.policy import Policy
from analyzer.resources import patterns_folder
from analyzer.rules import RuleSet

__all__ = ["PackageReview", "review_package"]

_KINDS = "conflicts.toml"


@dataclass(frozen=True, slots=True)
class PackageReview:
    """What there is to say of several documents together, or of one whose clauses contradict each other."""

    roles: Mapping[str, str]
    """Name of a document to what it is: ``rfp``, ``terms``, ``sow``, ``exhibit``, ``addendum``, ``qa``, ``form``,
    ``pricing`` or ``other``."""
    precedence: tuple[str, ...]
    """Names of the documents that the clauses rank, the one that prevails first; empty where none is stated."""
    conflicts: tuple[Conflict, ...]
    """The gravest first."""
    exposure: Exposure | None
    """None where no document speaks of liability, and where there are several solicitations."""
    notes: tuple[str, ...]
    """Sentences on what was unsure, changed by an addendum, or found where."""


def review_package(members: Sequence[Member], policy: Policy, rules: RuleSet) -> PackageReview:
    """Read documents as one package; one document alone is read for clauses that contradict each other.

    Raises RuleError where the file with the words about conflicts is not valid.
    """
    kinds = load_kinds(patterns_folder() / _KINDS, rules.references)
    kept, notes = _without_copies(members)
    read = read_members(kept)
    known = identities(read)
    roles = {_content(member): identity.role for member, identity in zip(kept, known, strict=True)}
    groups = procurements(read, known)
    reviews = [_reviewed([kept[n] for n in group], policy, rules, kinds) for group in groups]
    is_one = len(reviews) == 1
    if not is_one:
        shown = "; ".join(_solicitations(group, read, known) for group in groups)
        notes.append(f"There are {len(groups)} solicitations here, each read with what belongs to it: {shown}.")
    return PackageReview(
        {member.name: roles[_content(member)] for member in members},
        reviews[0].precedence if is_one else (),
        numbered(dict.fromkeys(conflict for review in reviews for conflict in review.conflicts)),
        reviews[0].exposure if is_one else None,
        tuple(dict.fromkeys((*notes, *(note for review in reviews for note in review.notes)))),
    )


def _solicitations(group: Sequence[int], read: Sequence[ReadMember], known: Sequence[Identity]) -> str:
    return ", ".join(read[n].shown for n in group if known[n].role == "rfp")


def _reviewed(
    members: Sequence[Member], policy: Policy, rules: RuleSet, kinds: Mapping[str, ConflictKind]
) -> PackageReview:
    """What there is to say of the documents of one procurement; without roles, which are known already."""
    read = read_members(members)
    known = identities(read)
    precedence = read_precedence(read, known)
    positions = tuple(positions_of(member, rules) for member in read)
    frame = Frame(read, known, positions, precedence, attachments_of(read, known), kinds, policy)
    conflicts, changes = find_conflicts(frame)
    return PackageReview(
        {},
        tuple(read[n].name for n in precedence.order(len(read))) if any(precedence.above.values()) else (),
        conflicts,
        exposure_of(read, positions, precedence, policy),
        (*_notes(frame), *changes),
    )


def _content(member: Member) -> str:
    return member.report.sha256 or member.document.text


def _without_copies(members: Sequence[Member]) -> tuple[tuple[Member, ...], list[str]]:
    """Members without those whose file is another's, which would contradict nothing and agree with everything."""
    first: dict[str, Member] = {}
    notes = []
    for member in members:
        known = first.setdefault(_content(member), member)
        if known is not member:
            notes.append(f"{member.name} is the same file as {known.name} and was read once.")
    return tuple(first.values()), notes


def _notes(frame: Frame) -> Iterator[str]:
    is_package = len(frame.members) > 1
    for read, identity in zip(frame.members, frame.identities, strict=True):
        if not read.statements:
            yield f"{read.shown} holds no sentences, so nothing could be compared with it."
        elif is_package and not identity.is_sure:
            yield f"{read.shown} is taken for {_ROLE_NAMES[identity.role]}, judged by {identity.how}; please check."
    yield from _order_notes(frame)
    for attachment in frame.attachments if is_package else ():
        speaker = attachment.statement.member
        for member in attachment.members:
            if member != speaker:
                yield f"{attachment.name}, which {frame.name(speaker)} speaks of, is {frame.name(member)}."


def _order_notes(frame: Frame) -> Iterator[str]:
    if len(frame.members) < 2:
        return
    lists = [ranking for ranking in frame.precedence.rankings if len(ranking.names) > 2]
    if not lists and not any(frame.precedence.above.values()):
        yield "No clause says which of the documents prevails over the others."
    for ranking in lists:
        outside = [name for name, members in zip(ranking.names, ranking.members, strict=True) if not members]
        missing = f"; not found among the documents: {', '.join(outside)}" if outside else ""
        yield f"{frame.name(ranking.statement.member)} ranks {', '.join(ranking.names)}{missing}."


_ROLE_NAMES = {
    "rfp": "the solicitation",
    "terms": "contract terms",
    "sow": "a statement of work",
    "exhibit": "an exhibit",
    "addendum": "an addendum",
    "qa": "questions and answers",
    "form": "a form",
    "pricing": "a price sheet",
    "other": "something else",
}
