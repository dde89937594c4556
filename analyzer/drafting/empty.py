"""Numbered sections with nothing in them."""

import re
from collections.abc import Iterator, Mapping, Sequence

from analyzer.document import NoteKind, Segment, Unit
from analyzer.drafting.draft import Defect, Draft
from analyzer.drafting.labels import ID, Key, key_of
from analyzer.findings import Severity

__all__ = ["find_empty_sections"]

_SAID_EMPTY = re.compile(
    r"\b(?:reserved|deleted|omitted|not (?:used|applicable|required)|n/a|none|intentionally|removed|void|blank|see"
    r"|refer|same as|means?|meaning|is|are|shall|must|will)\b|[:;,=_*\[\]“”\"|]|\d$",
    re.IGNORECASE,
)
_NUMBER = re.compile(rf"(?:(?:section|sec\.?|article|clause|§)\s)?(?P<id>{ID})", re.IGNORECASE)
_HEADING = re.compile(r"(?!.*(?:\d|\bforms?\b))[a-z][^(]*[a-z]{3}", re.IGNORECASE)
_TALKS = frozenset({Unit.PROSE, Unit.ITEM, Unit.ROW, Unit.CELL, Unit.CONTENTS})
_PICTURES = frozenset({NoteKind.PICTURE, NoteKind.PAGE_WITHOUT_TEXT, NoteKind.OCR})
_LONGEST = 90
"""Characters of a heading; what is longer is a sentence without its full stop."""


def find_empty_sections(draft: Draft) -> Iterator[Defect]:
    """Numbered headings with nothing under them before the next heading of their level or above.

    Only where the sections around it are headings with text under them, so that an item of a list in the clothes of
    a heading is left alone, and not on a page with pictures.
    """
    segments = draft.segments
    keys = [_key(segment) for segment in segments]
    headed = _headed(segments, keys)
    numbered = [index for index, key in enumerate(keys) if key]
    headings = {p.segment: p for p in reversed(draft.passages) if p.sentence.unit is Unit.HEADING}
    pictured = _pictured(draft)
    for place, index in enumerate(numbered):
        passage = headings.get(index)
        if passage is None or headed.get(index) is not False or not _is_heading(passage.text, segments[index]):
            continue
        before, after = numbered[max(0, place - 1)], numbered[min(place + 1, len(numbered) - 1)]
        if not (_is_next(segments, keys, index, after) and _are_sections(segments, headed, index, before, after)):
            continue
        if draft.document.page_of(passage.start) in pictured:
            continue
        evidence = draft.evidence(passage, 0, len(passage.text), "heading without text")
        yield Defect(passage, (evidence,), severity=Severity.MEDIUM, score=0.7)


def _key(segment: Segment) -> Key | None:
    found = _NUMBER.fullmatch(segment.number) if segment.number else None
    return key_of(found["id"]) if found else None


def _headed(segments: Sequence[Segment], keys: Sequence[Key | None]) -> Mapping[int, bool]:
    """For every numbered section with a heading line of its own: whether anything stands under it."""
    parents = {segment.parent for segment in segments}
    prefixes = {key[:length] for key in keys if key for length in range(1, len(key))}
    headed = {}
    for index, segment in enumerate(segments):
        key = keys[index]
        units = {sentence.unit for sentence in segment.sentences}
        if key and segment.heading and Unit.HEADING in units:
            has_text = bool(units & _TALKS) or index in parents or key in prefixes
            if has_text or not _SAID_EMPTY.search(segment.heading):
                headed[index] = has_text
    return headed


def _is_heading(text: str, segment: Segment) -> bool:
    return len(text) <= _LONGEST and text[-1] != ":" and _HEADING.match(segment.heading) is not None


def _is_next(segments: Sequence[Segment], keys: Sequence[Key | None], index: int, after: int) -> bool:
    """Whether the section that follows in the text is the next by number: nothing was read as something else."""
    if after != index + 1:
        return False
    own, following = keys[index], keys[after]
    if not own or not following or not (own[-1].isdigit() and following[-1].isdigit()):
        return False
    is_sibling = own[:-1] == following[:-1] and int(following[-1]) == int(own[-1]) + 1
    above = own[: len(following)]
    is_above = len(following) < len(own) and following[:-1] == above[:-1] and above[-1].isdigit()
    return is_sibling or (is_above and int(following[-1]) == int(above[-1]) + 1)


def _are_sections(segments: Sequence[Segment], headed: Mapping[int, bool], index: int, before: int, after: int) -> bool:
    """Whether its neighbours, and most of its siblings, are headings with text under them."""
    around = [place for place in (before, after) if place != index]
    if not all(
        headed.get(place, place == before and before < index and segments[index].parent == before) for place in around
    ):
        return False
    parent = segments[index].parent
    siblings = [place for place in headed if segments[place].parent == parent and place != index]
    return len(siblings) > 1 and 4 * sum(headed[place] for place in siblings) >= 3 * len(siblings)


def _pictured(draft: Draft) -> frozenset[int]:
    """Pages with pictures or without text, and the page after each."""
    notes = [note for note in draft.document.notes if note.kind in _PICTURES]
    return frozenset(page for note in notes for first in note.pages for page in (first, first + 1))
