"""Track records from an evaluation, to be shown beside findings."""

from collections.abc import Iterable, Sequence
from datetime import date

from analyzer.records import Records, TrackRecord
from analyzer.training.agreement import Agreement
from analyzer.training.breakdowns import NONE, By, break_down
from analyzer.training.scoring import categories_of, counted_flags

__all__ = ["records_of"]


def records_of(agreements: Sequence[Agreement], *, on: str, today: date, version: str) -> Records:
    """How often each rule and each category was right, and in how many documents it fired.

    ``on`` names the labels. Rules that never fired have no record.
    """
    rules = {
        row.name: TrackRecord(row.right, row.findings, row.documents)
        for row in break_down(agreements, By.RULE).rows
        if row.name != NONE
    }
    categories = {name: _category(agreements, name) for name in categories_of(agreements)}
    fired = {name: record for name, record in categories.items() if record.fired}
    return Records(rules, fired, on, today, version)


def _category(agreements: Iterable[Agreement], name: str) -> TrackRecord:
    judged = [
        (agreement.doc, flag)
        for agreement in agreements
        for flag in counted_flags(agreement)
        if flag.flagged.category == name
    ]
    right = sum(flag.is_right for _, flag in judged)
    return TrackRecord(right, len(judged), len({doc for doc, _ in judged}))
