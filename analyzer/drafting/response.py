"""Fewer days from issue to the due date than the policy wants."""

from collections.abc import Iterator

from analyzer.drafting.draft import Defect, Draft
from analyzer.drafting.events import Event, stated_events
from analyzer.findings import EvidenceKind

__all__ = ["find_short_response"]


def find_short_response(draft: Draft) -> Iterator[Defect]:
    """The sentence with the due date, where it comes sooner after the date of issue than the policy's limit.

    Counted in calendar days from the first date of issue to the last due date. Silent without a limit.
    """
    limit = draft.limits.days_to_respond
    if limit is None:
        return
    stated = stated_events(draft)
    issued = min((item for item in stated if item.event is Event.ISSUED), key=lambda item: item.day, default=None)
    due = max((item for item in stated if item.event is Event.DUE), key=lambda item: item.day, default=None)
    if issued is None or due is None or not 0 <= (due.day - issued.day).days < limit:
        return
    days = (due.day - issued.day).days
    evidence = tuple(
        draft.evidence(item.passage, item.start, item.end, str(item.event), kind=EvidenceKind.AMOUNT, value=item.words)
        for item in (due, issued)
    )
    message = f"Issued on {issued.words} and due on {due.words}: {days} days, and the policy asks for {limit}."
    yield Defect(due.passage, evidence, message)
