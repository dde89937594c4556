"""Attachments that one document of a package speaks of: which member each is, and which is nowhere."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analyzer.drafting import exhibits_of
from analyzer.package.members import ReadMember, Statement
from analyzer.package.roles import Identity, Label, canonical, labels_in

__all__ = ["Attachment", "attachments_of"]

_NAMED = re.compile(
    r"\b(?P<kind>Exhibit|EXHIBIT|Attachment|ATTACHMENT|Appendix|APPENDIX|Annexure|ANNEXURE|Annex|ANNEX|Schedule"
    r"|SCHEDULE|Enclosure"
    r"|ENCLOSURE) (?:No\.? ?)?[\"']?(?P<letter>[A-Z](?:-?\d{1,2})?|\d{1,2}(?:-?[A-Z])?"
    r"|[IVX]{1,5})\b[\"']?(?P<after>[^\n]{0,70})"
)
_ATTACHED = re.compile(
    r"\b(?:attached|attaches|hereto|herein|enclosed|annexed|appended|incorporated|included|provided"
    r"|separate (?:file|document|attachment)"
    r"|in the form of|form set out|posted with)\b"
)
_OF_LAW = re.compile(
    r"\b(?:cfr|c\.f\.r|u\.?s\.?c|usc|part|code|far|chapter|federal supply|gsa|it|mas)\W*$", re.IGNORECASE
)
_TO_LAW = re.compile(r"^\W{0,3}(?:to|of) (?:the )?(?:\d+ (?:cfr|c\.f\.r|u\.s\.c)|part \d|title \d|code)", re.IGNORECASE)
_VENDORS = re.compile(
    r"\b(?:offeror|proposer|bidder|vendor|contractor|respondent|your)(?:'s|s')? (?:shall|must|should|may|will"
    r"|to) attach\b"
)
_WEIGHTY = re.compile(
    r"\b(?:terms|conditions|agreement|contract|statement of work|scope|insurance|requirements)\b", re.IGNORECASE
)
_CAPITALS = re.compile(
    r"^.{0,90}?\b(EXHIBIT|ATTACHMENT|APPENDIX|ANNEXURE|ANNEX|SCHEDULE|ENCLOSURE) \"?([A-Z](?:-?\d{1,2})?"
    r"|\d{1,2})\"? ?(?:[-:](?: [A-Z]|$)|[A-Z]{3})"
)
_SHARED = 3
"""Words of a title that a document has to share where it doesn't share all."""
_SPURIOUS = frozenset({"the", "and", "for", "form", "of", "to", "a", "this", "see", "attached"})


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment that a member speaks of as part of the package."""

    label: Label
    name: str
    """As it stands, such as ``Exhibit B``."""
    statement: Statement
    members: tuple[int, ...]
    """The members that it is, or in which it stands; empty where it is nowhere."""
    is_weighty: bool
    """It holds terms or the work itself."""


def attachments_of(members: Sequence[ReadMember], identities: Sequence[Identity]) -> tuple[Attachment, ...]:
    """Every attachment that is spoken of as attached, once, by the member and place that names it first."""
    inside = [_inside(read) for read in members]
    found: dict[Label, Attachment] = {}
    titles: dict[Label, set[str]] = {}
    for read in members:
        for label, name, after, statement in _references(read):
            words = _content(after)
            titles.setdefault(label, set()).update([" ".join(words)] if len(words) > 1 else [])
            is_attached = bool(_ATTACHED.search(statement.low)) and not _VENDORS.search(statement.low)
            if not is_attached or label in found:
                continue
            is_weighty = bool(_WEIGHTY.search(after))
            found[label] = Attachment(label, name, statement, (), is_weighty)
    return tuple(
        Attachment(
            label,
            item.name,
            item.statement,
            _resolved(label, sorted(titles.get(label, ())), members, identities, inside),
            item.is_weighty,
        )
        for label, item in found.items()
    )


def _references(read: ReadMember) -> Iterator[tuple[Label, str, str, Statement]]:
    for statement in read.statements:
        for match in _NAMED.finditer(statement.text):
            if _OF_LAW.search(statement.text[: match.start()]) or _TO_LAW.search(match["after"]):
                continue
            label = canonical(match["kind"], match["letter"])
            yield label, f"{match['kind'].capitalize()} {match['letter']}", match["after"], statement


def _inside(read: ReadMember) -> frozenset[Label]:
    """Attachments that stand in a member itself; a title in capitals may have a running head before it."""
    held = [tuple(name.split(" ", 1)) for name in exhibits_of(read.member.document)]
    found = {canonical(kind, letter) for kind, letter in held}
    for statement in read.statements:
        if (title := _CAPITALS.search(statement.text)) and len(labels_in(statement.text)) == 1:
            found.add(canonical(title[1], title[2]))
    return frozenset(found)


def _resolved(
    label: Label,
    titles: Sequence[str],
    members: Sequence[ReadMember],
    identities: Sequence[Identity],
    inside: Sequence[frozenset[Label]],
) -> tuple[int, ...]:
    """The members that carry the letter, else that hold it, else whose title is the attachment's."""
    own = tuple(n for n, identity in enumerate(identities) if label in identity.labels)
    if own:
        return own
    whole = (label[0], label[1].partition("-")[0])  # B-1 is part of B
    if holding := tuple(n for n, labels in enumerate(inside) if label in labels or whole in labels):
        return holding
    return tuple(
        n
        for n, (read, identity) in enumerate(zip(members, identities, strict=True))
        if any(_is_titled(title, f"{read.name} {identity.title}".lower()) for title in titles)
    )


def _content(after: str) -> list[str]:
    """The words of a title after the letter: "Exhibit B - Cost Proposal Form" has three."""
    match = re.match(
        r"\W{0,4}[-:,(]\W{0,3}((?:[A-Z][\w&]*|of|and|the|for)(?: (?:[A-Z][\w&]*|of|and|the|for)){0,6})", after
    )
    return [word.lower() for word in match[1].split() if word.lower() not in _SPURIOUS] if match else []


def _is_titled(title: str, text: str) -> bool:
    spaced = re.sub(r"[\W_]+", " ", text)
    words = title.split()
    shared = sum(bool(re.search(rf"\b{re.escape(word)}\b", spaced)) for word in words)
    return shared == len(words) or (shared >= _SHARED and 4 * shared >= 3 * len(words))
