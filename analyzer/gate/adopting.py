"""What a baseline may take from a result."""

from collections.abc import Iterator

from analyzer.baseline import Entry, Present
from analyzer.findings import Report
from analyzer.gate.standings import conflict_rule
from analyzer.gate.values import Conflict, GateResult, JudgedDocument, Standing
from analyzer.waivers import Waivers, fingerprint_of

__all__ = ["present_in"]

_ADOPTED = frozenset({Standing.COUNTS, Standing.BELOW, Standing.KNOWN})


def present_in(result: GateResult, waivers: Waivers | None = None) -> tuple[Present, ...]:
    """What each document that was read in full holds, and what of it a baseline may adopt.

    What a waiver was given for is left to it, also when it has ended: the baseline would hide that. Conflicts stand
    with the first of the documents that they are between.
    """
    return tuple(
        _present(document, result, waivers or Waivers())
        for document in result.documents
        if isinstance(document.outcome, Report) and document.outcome.reading.is_complete
    )


def _present(document: JudgedDocument, result: GateResult, waivers: Waivers) -> Present:
    conflicts = [c for c in result.conflicts if c.places and c.places[0].document == document.name]
    ids = {item.finding.id for item in document.findings} | {conflict.id for conflict in conflicts}
    found = [*_findings(document, waivers), *_conflicts(conflicts, waivers)]
    return Present(document.name, frozenset(ids), tuple(found))


def _findings(document: JudgedDocument, waivers: Waivers) -> Iterator[Entry]:
    for item in document.findings:
        finding = item.finding
        fingerprint = fingerprint_of(finding.id)
        if item.standing in _ADOPTED and not _is_waived(waivers, finding.rule, fingerprint, [document.name]):
            yield Entry.of(finding.id, finding.rule, finding.text)


def _conflicts(conflicts: list[Conflict], waivers: Waivers) -> Iterator[Entry]:
    for conflict in conflicts:
        names = list(dict.fromkeys(place.document for place in conflict.places))
        if conflict.standing in _ADOPTED and not _is_waived(waivers, conflict_rule(conflict), conflict.id, names):
            yield Entry.of(conflict.id, conflict_rule(conflict), conflict.places[0].text, names[1:])


def _is_waived(waivers: Waivers, rule: str, fingerprint: str, documents: list[str]) -> bool:
    return any(waiver.is_for(rule, fingerprint) and any(map(waiver.covers, documents)) for waiver in waivers.entries)
