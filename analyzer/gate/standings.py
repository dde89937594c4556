"""Whether each finding counts against its document: waivers, baseline, severity, kinds of document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from analyzer.baseline import Entry, Known
from analyzer.findings import Finding, Report, Severity
from analyzer.gate.values import CauseKind, Conflict, Judged, Standing
from analyzer.policy import Policy
from analyzer.waivers import Waiver, fingerprint_of

__all__ = ["Flaw", "Standings", "conflict_rule", "flaw_of", "spoken_date"]


def spoken_date(day: date) -> str:
    """``1 March 2027``."""
    return f"{day.day} {day:%B %Y}"


def conflict_rule(conflict: Conflict) -> str:
    """What a waiver of a conflict names as its rule."""
    return f"conflict/{conflict.kind}"


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a waiver doesn't hold."""

    kind: CauseKind
    reason: str


def flaw_of(waiver: Waiver, policy: Policy, today: date) -> Flaw | None:
    """Why a waiver doesn't hold on a day under a policy; None for a good one."""
    terms = policy.waivers
    if waiver.until < today:
        return Flaw(CauseKind.WAIVER_EXPIRED, f"it ended on {spoken_date(waiver.until)}")
    if terms.most_days is not None and (waiver.until - today).days > terms.most_days:
        return Flaw(CauseKind.WAIVER_INVALID, f"it runs longer than the {terms.most_days} days that the policy allows")
    if terms.must_cite and not waiver.authority:
        return Flaw(CauseKind.WAIVER_INVALID, "it names no authority, which the policy asks for")
    return None


class Standings:
    """Holds findings and conflicts of one run against policy, waivers and baseline."""

    def __init__(self, policy: Policy, waivers: Sequence[Waiver], known: Mapping[str, Known], today: date) -> None:
        self._policy = policy
        self._known = {name: {entry.id for entry in item.known} for name, item in known.items()}
        self._fixed = {name: {entry.id: entry for entry in item.fixed} for name, item in known.items()}
        self._flaws = [flaw_of(waiver, policy, today) for waiver in waivers]
        self._waivers: dict[tuple[str, str], list[tuple[int, Waiver]]] = {}
        for index, waiver in enumerate(waivers):
            self._waivers.setdefault((waiver.rule, waiver.fingerprint), []).append((index, waiver))
        self.used: set[int] = set()
        """Places of the waivers that a finding was held against, good or not."""

    def of_finding(self, finding: Finding, report: Report) -> Judged:
        """A finding of a document, and whether it counts."""
        waived, note = self._waived(finding.rule, fingerprint_of(finding.id), [report.name])
        if finding.is_draft:
            return Judged(finding, Standing.DRAFT, note)
        if self._policy.kinds and report.kind not in self._policy.kinds:
            return Judged(finding, Standing.OUT_OF_SCOPE, note)
        if waived:
            return Judged(finding, Standing.WAIVED, note)
        if finding.id in self._known.get(report.name, ()):
            return Judged(finding, Standing.KNOWN, note)
        back = _back(self._fixed.get(report.name, {}).get(finding.id))
        return Judged(finding, self._by_severity(finding.severity), _joined(back, note), is_back=bool(back))

    def of_conflict(self, conflict: Conflict) -> Conflict:
        """A conflict that says whether it counts."""
        documents = list(dict.fromkeys(place.document for place in conflict.places))
        waived, note = self._waived(conflict_rule(conflict), conflict.id, documents)
        first = documents[0] if documents else ""
        if waived:
            return replace(conflict, standing=Standing.WAIVED, note=note)
        if conflict.id in self._known.get(first, ()):
            return replace(conflict, standing=Standing.KNOWN, note=note)
        back = _back(self._fixed.get(first, {}).get(conflict.id))
        return replace(conflict, standing=self._by_severity(conflict.severity), note=_joined(back, note))

    def flaw(self, index: int) -> Flaw | None:
        """Why the waiver at a place doesn't hold."""
        return self._flaws[index]

    def _by_severity(self, severity: Severity) -> Standing:
        return Standing.COUNTS if severity.rank >= self._policy.fail_on.rank else Standing.BELOW

    def _waived(self, rule: str, fingerprint: str, documents: Sequence[str]) -> tuple[bool, str]:
        """Whether a good waiver is there, and what the best one says."""
        notes = []
        for index, waiver in self._waivers.get((rule, fingerprint), []):
            if documents and not any(map(waiver.covers, documents)):
                notes.append(f"A waiver for these words is for {waiver.document} alone.")
                continue
            self.used.add(index)
            flaw = self._flaws[index]
            if flaw is None:
                return True, f"Accepted by {waiver.by} until {spoken_date(waiver.until)}: {waiver.reason}"
            notes.insert(0, f"The waiver by {waiver.by} doesn't hold: {flaw.reason}.")
        return False, notes[0] if notes else ""


def _back(entry: Entry | None) -> str:
    """That something was fixed once; empty where it wasn't."""
    if entry is None:
        return ""
    when = f" on {spoken_date(entry.fixed)}" if entry.fixed else ""
    return f"It was seen fixed{when} and is back."


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))
