"""Two different dates, or times of one day, for one deadline."""

from collections.abc import Iterator

from analyzer.drafting.draft import Defect, Draft
from analyzer.drafting.events import Event, Stated, stated_events
from analyzer.findings import Evidence, EvidenceKind

__all__ = ["find_conflicting_dates"]

_MOST = 3
"""So many different dates for one thing are as many things: lots, rounds, years."""


def find_conflicting_dates(draft: Draft) -> Iterator[Defect]:
    """Sentences that give a deadline otherwise than a sentence before them does."""
    stated = [item for item in stated_events(draft) if item.is_firm]
    for event in (Event.DUE, Event.QUESTIONS):
        own = [item for item in stated if item.event is event]
        if len({item.day for item in own}) >= _MOST:
            continue
        for index, item in enumerate(own):
            if other := next((known for known in own[:index] if _differ(known, item)), None):
                message = f"{event.capitalize()} on {item.words} here, and on {other.words} elsewhere."
                yield Defect(
                    item.passage, (_evidence(draft, item, "here"), _evidence(draft, other, "elsewhere")), message
                )


def _differ(one: Stated, other: Stated) -> bool:
    if one.passage is other.passage or one.parts != other.parts:
        return False
    if one.day != other.day and one.day != other.swapped and one.swapped != other.day:
        return True
    return one.day == other.day and None not in {one.hour, other.hour} and one.hour != other.hour


def _evidence(draft: Draft, item: Stated, place: str) -> Evidence:
    return draft.evidence(
        item.passage, item.start, item.end, f"{item.event}, {place}", kind=EvidenceKind.AMOUNT, value=item.words
    )
