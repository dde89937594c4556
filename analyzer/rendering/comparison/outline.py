"""What a comparison says, in the order in which people read it; every output format is made of this."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analyzer.differences import (
    Action,
    Amendment,
    ChangeKind,
    Comparison,
    Fate,
    FindingChange,
    Outcome,
    Passage,
    Relation,
    TextChange,
    Verification,
)
from analyzer.findings import Finding, Report
from analyzer.rendering.words import ANSWER_WORDS, SEVERITY_MARKS, note_sentence, place_of, plural

__all__ = ["Item", "Outline", "Part", "Section", "outline_of", "outline_of_verification"]

Part = tuple[str, bool]
"""A stretch of text, and whether its words differ."""

_ACTIONS = {
    Action.REPLACES: "Replaces",
    Action.DELETES: "Deletes",
    Action.ADDS: "Adds to",
    Action.CHANGES: "Changes",
    Action.ANSWERS: "Answers a question",
    Action.SAYS: "Says",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One difference: what it is, where, and the words before and after."""

    kind: str
    """``added``, ``removed``, ``changed``, ``moved``, or empty."""
    lead: str
    place: str
    old: tuple[Part, ...] = ()
    new: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its items; ``empty`` is said where there are none."""

    heading: str
    items: tuple[Item, ...]
    empty: str


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole comparison: what was compared, the outcome in sentences, and the parts."""

    title: str
    verdict: str
    sentences: tuple[str, ...]
    sections: tuple[Section, ...]
    made_of: tuple[str, ...]
    """The files, with their hashes."""


def outline_of(comparison: Comparison) -> Outline:
    """Two drafts, or a solicitation and its addendum."""
    old, new = comparison.old, comparison.new
    return Outline(
        f"{old.name} and {new.name}",
        _summary(comparison),
        (*_unread(old), *_unread(new)),
        tuple(_sections(comparison)),
        tuple(f"{role}: {r.name}, SHA-256 {r.sha256}" for role, r in (("Old", old), ("New", new))),
    )


def _unread(report: Report) -> Iterator[str]:
    for note in report.reading.notes:
        if note.is_unread:
            yield f"{report.name}: {note_sentence(note)}"


def _summary(comparison: Comparison) -> str:
    fates = [change.fate for change in comparison.findings]
    new = plural(fates.count(Fate.NEW), "new finding")
    if comparison.relation is Relation.ADDENDUM:
        says = plural(len(comparison.amendments), "thing")
        touched = plural(len(comparison.touched), "earlier finding")
        return f"An addendum: it says {says}, with {new}, and touches clauses with {touched}."
    counted = [f"{fates.count(fate)} {fate.value}" for fate in (Fate.FIXED, Fate.CHANGED, Fate.UNCHANGED)]
    return f"{new}, {', '.join(counted)}. {_counted(comparison)}"


def _counted(comparison: Comparison) -> str:
    kinds = [change.kind for change in comparison.changes]
    if not kinds:
        return "The text is the same."
    parts = [f"{kinds.count(kind)} {kind.value}" for kind in ChangeKind if kind in kinds]
    return f"Sentences: {', '.join(parts)}, {comparison.unchanged:,} unchanged."


def _sections(comparison: Comparison) -> Iterator[Section]:
    yield _findings("New findings", comparison.findings, Fate.NEW, "No new findings.")
    if comparison.relation is Relation.ADDENDUM:
        items = tuple(map(_amendment, comparison.amendments))
        yield Section("What the addendum says", items, "It says nothing about a clause.")
        touched = tuple(_finding(finding, "") for finding in comparison.touched)
        yield Section("Earlier findings in the clauses that it touches", touched, "None.")
        return
    yield _findings("Changed findings", comparison.findings, Fate.CHANGED, "No changed findings.")
    yield _findings("Fixed findings", comparison.findings, Fate.FIXED, "No fixed findings.")
    answers = tuple(
        Item(
            "changed",
            f"{change.new.question} {ANSWER_WORDS[change.old.answer]}, now {ANSWER_WORDS[change.new.answer]}",
            place_of(change.new.page, change.new.section) if change.new.span else "",
            ((change.old.text, False),) if change.old.text else (),
            ((change.new.text, False),) if change.new.text else (),
        )
        for change in comparison.answers
    )
    yield Section("Checklist", answers, "Every question is answered as before.")
    yield Section("Text", tuple(map(_change, comparison.changes)), "The text is the same.")


def _findings(heading: str, changes: Sequence[FindingChange], fate: Fate, empty: str) -> Section:
    return Section(heading, tuple(_finding_change(change) for change in changes if change.fate is fate), empty)


def _finding_change(change: FindingChange) -> Item:
    if change.old is None and change.new is not None:
        return _finding(change.new, "added")
    if change.old is not None and change.new is None:
        return _finding(change.old, "removed")
    if change.old is None or change.new is None:
        raise ValueError("a change has at least one side")
    severity = "" if change.old.severity is change.new.severity else f" (was {change.old.severity})"
    return Item(
        "changed",
        _headed(change.new) + severity,
        place_of(change.new.page, change.new.section),
        ((change.old.text, False),) if change.old.text != change.new.text else (),
        ((change.new.text, False),),
    )


def _finding(finding: Finding, kind: str) -> Item:
    text = ((finding.text, False),)
    place = place_of(finding.page, finding.section)
    return Item(kind, _headed(finding), place, text if kind == "removed" else (), () if kind == "removed" else text)


def _headed(finding: Finding) -> str:
    return f"{SEVERITY_MARKS[finding.severity]} {finding.severity.capitalize()}: {finding.title}"


def _change(change: TextChange) -> Item:
    shown = change.new or change.old
    is_moved = change.kind is ChangeKind.MOVED
    return Item(
        change.kind.value,
        f"{change.kind.capitalize()}{_from(change) if is_moved else ''}",
        _place(shown),
        () if is_moved or change.old is None else _parts(change.old, is_whole=change.new is None),
        () if change.new is None else _parts(change.new, is_whole=change.old is None),
    )


def _from(change: TextChange) -> str:
    return f" from {_place(change.old)}" if change.old is not None and _place(change.old) else ""


def _place(passage: Passage | None) -> str:
    return place_of(passage.page, passage.section) if passage is not None else ""


def _parts(passage: Passage, *, is_whole: bool) -> tuple[Part, ...]:
    """A passage cut at its marks; one that is on one side alone is marked whole."""
    if is_whole:
        return ((passage.text, True),)
    parts: list[Part] = []
    position = 0
    for mark in passage.marks:
        parts += [(passage.text[position : mark.start], False), (passage.text[mark.start : mark.end], True)]
        position = mark.end
    parts.append((passage.text[position:], False))
    return tuple(part for part in parts if part[0])


def _amendment(amendment: Amendment) -> Item:
    lead = _ACTIONS[amendment.action]
    if amendment.clause:
        lead += f" {'about ' if amendment.action in (Action.SAYS, Action.ANSWERS) else ''}{amendment.clause}"
        if amendment.old is None and not amendment.section:
            lead += " (the solicitation has no such clause)"
    old = _parts(amendment.old, is_whole=False) if amendment.old else ()
    place = f"page {amendment.new.page}" if amendment.new.page else ""
    where = f"solicitation: {_place(amendment.old)}" if amendment.old else ""
    return Item("", lead, " · ".join(filter(None, (place, where))), old, _parts(amendment.new, is_whole=False))


_OUTCOMES = {
    Outcome.SAME: "The published file holds the text that was checked.",
    Outcome.UNDECIDED: "It could not be decided whether the published file holds the text that was checked.",
}


def outline_of_verification(found: Verification) -> Outline:
    """A published file held against the one that was checked."""
    verdict = _OUTCOMES.get(
        found.outcome,
        f"The published file is not the text that was checked: {plural(len(found.differences), 'difference')}.",
    )
    compared = f"{plural(found.words, 'word')} of the checked file were compared."
    return Outline(
        f"{found.published} against {found.checked}",
        verdict,
        (*found.reasons, *found.notes, compared),
        (Section("Differences", tuple(map(_change, found.differences)), "None."),),
        (
            f"Checked: {found.checked}, SHA-256 {found.checked_sha256}",
            f"Published: {found.published}, SHA-256 {found.published_sha256}",
        ),
    )
