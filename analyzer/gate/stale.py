"""Waivers that no longer do what they were given for: ended, not good enough, lapsed with their clause, unused."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from analyzer.findings import Report
from analyzer.gate.standings import Standings, conflict_rule, spoken_date
from analyzer.gate.values import Cause, CauseKind, Conflict, Exit, Judged, JudgedDocument, Standing
from analyzer.policy import WaiverTerms
from analyzer.waivers import Waiver, fingerprint_of

__all__ = ["stale_waivers"]

_ALIKE = 0.4
"""How much of their words two clauses share at least for one to be what has become of the other."""
_SAME_SECTION = 0.2
_COMPARED = 150
_QUOTED = 140


def stale_waivers(
    waivers: Sequence[Waiver],
    standings: Standings,
    documents: Sequence[JudgedDocument],
    conflicts: Sequence[Conflict],
    terms: WaiverTerms,
) -> tuple[tuple[Cause, ...], tuple[str, ...]]:
    """The causes against publishing that stale waivers are, and notes on those that don't fail.

    A waiver for a document that was not checked, or not read in full, is not called unused.
    """
    review = _Review(standings, documents, conflicts, terms)
    said = [said for index, waiver in enumerate(waivers) if (said := review.of(index, waiver)) is not None]
    elsewhere = sum(not _concerned(waiver, documents) for waiver in waivers)
    notes = [f"{item.document}: {item.message}" if item.document else item.message for item in said if not item.exit]
    if elsewhere and documents:
        count = "1 waiver is" if elsewhere == 1 else f"{elsewhere} waivers are"
        notes.append(f"{count} for documents that were not checked.")
    return tuple(item for item in said if item.exit), tuple(notes)


def _concerned(waiver: Waiver, documents: Sequence[JudgedDocument]) -> list[JudgedDocument]:
    return [document for document in documents if waiver.covers(document.name)]


@dataclass(frozen=True, slots=True)
class _Match:
    document: str
    item: Judged
    likeness: float


class _Review:
    """Looks at each waiver of a run once."""

    def __init__(
        self,
        standings: Standings,
        documents: Sequence[JudgedDocument],
        conflicts: Sequence[Conflict],
        terms: WaiverTerms,
    ) -> None:
        self._standings = standings
        self._documents = documents
        self._conflicts = conflicts
        self._terms = terms
        self._claimed: set[tuple[str, str]] = set()
        """Changed clauses that a lapsed waiver was matched with: document and finding."""

    def of(self, index: int, waiver: Waiver) -> Cause | None:
        """What is stale about a waiver: a cause, one with exit 0 for a note, or None."""
        concerned = _concerned(waiver, self._documents)
        is_conflict = waiver.rule.startswith("conflict/")
        if not concerned or (is_conflict and len(self._documents) < 2):
            return None
        name = waiver.document and concerned[0].name
        is_used = index in self._standings.used
        if flaw := self._standings.flaw(index):
            if flaw.kind is CauseKind.WAIVER_EXPIRED:
                return self._expired(waiver, name, is_used=is_used)
            if is_used:
                stops = self._counts(waiver)
                return _said(
                    flaw.kind,
                    f"{_of(waiver)} doesn't hold: {flaw.reason}.",
                    name,
                    "Correct it with fairterms waive, or change the clause.",
                    stops=stops,
                )
        is_read = all(isinstance(d.outcome, Report) and d.outcome.reading.is_complete for d in concerned)
        if is_used or not is_read:
            return None
        return self._changed(waiver, concerned) or _said(
            CauseKind.WAIVER_UNUSED,
            f"{_of(waiver)} is not needed any more: nothing is found that it is for{_quote(waiver.text)}.",
            name,
            "Take it out of the file of waivers.",
            stops=self._terms.fail_on_unused,
        )

    def _expired(self, waiver: Waiver, name: str, *, is_used: bool) -> Cause:
        what = "What it accepted counts again" if is_used else "What it accepted was not found any more"
        remedy = "Change the clause, or renew the waiver with fairterms waive."
        return _said(
            CauseKind.WAIVER_EXPIRED,
            f"{_of(waiver)} ended on {spoken_date(waiver.until)}. {what}{_quote(waiver.text)}.",
            name,
            remedy if is_used else "Take it out of the file of waivers.",
            stops=self._terms.fail_on_expired,
        )

    def _counts(self, waiver: Waiver) -> bool:
        """What the waiver is for fails now."""
        return any(
            item.standing is Standing.COUNTS and waiver.is_for(item.finding.rule, fingerprint_of(item.finding.id))
            for document in self._documents
            for item in document.findings
        ) or any(
            conflict.standing is Standing.COUNTS and waiver.is_for(conflict_rule(conflict), conflict.id)
            for conflict in self._conflicts
        )

    def _changed(self, waiver: Waiver, concerned: Sequence[JudgedDocument]) -> Cause | None:
        """The clause with other words, where there is one like it."""
        best = max(self._candidates(waiver, concerned), key=lambda match: match.likeness, default=None)
        if best is None or best.likeness < _ALIKE:
            return None
        self._claimed.add((best.document, best.item.finding.id))
        return _said(
            CauseKind.WAIVER_LAPSED,
            f"{_of(waiver)} has lapsed, since the clause has changed. It was{_quote(waiver.text)} "
            f"and is now{_quote(best.item.finding.text)}.",
            best.document,
            "Change the clause, or accept the new words with fairterms waive and take the old entry out.",
            stops=best.item.standing is Standing.COUNTS,
        )

    def _candidates(self, waiver: Waiver, concerned: Sequence[JudgedDocument]) -> Iterator[_Match]:
        for document in concerned:
            for item in document.findings:
                is_free = (document.name, item.finding.id) not in self._claimed
                if item.finding.rule == waiver.rule and item.standing is not Standing.WAIVED and is_free:
                    yield _Match(document.name, item, _likeness(waiver, item))


def _likeness(waiver: Waiver, item: Judged) -> float:
    """How much of their words two clauses share, 0 to 1, and more in the same section."""
    old, new = (text.lower().split()[:_COMPARED] for text in (waiver.text, item.finding.text))
    shared = SequenceMatcher(None, old, new, autojunk=False).ratio() if old else 0.0
    return shared + (_SAME_SECTION if waiver.section and waiver.section == item.finding.section else 0.0)


def _said(kind: CauseKind, message: str, document: str, remedy: str, *, stops: bool) -> Cause:
    return Cause(kind, Exit.FAIL if stops else Exit.PASS, message, document, remedy)


def _of(waiver: Waiver) -> str:
    return f"The waiver by {waiver.by}"


def _quote(text: str) -> str:
    words = " ".join(text.split())
    shown = words if len(words) <= _QUOTED else f"{words[:_QUOTED].rsplit(' ', 1)[0]} …"
    return f" (“{shown}”)" if shown else ""
