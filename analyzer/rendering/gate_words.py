"""The words for what the gate says; the same in every format."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache

from analyzer.document import Document
from analyzer.findings import Failure, Finding, Report, Verdict
from analyzer.gate import Cause, CauseKind, Conflict, Exit, GateResult, Judged, JudgedDocument, Standing
from analyzer.rendering.words import count_of, plural
from analyzer.resources import patterns_folder

__all__ = [
    "CAUSE_TITLES",
    "ROLE_WORDS",
    "STANDING_WORDS",
    "category_words",
    "cause_sentence",
    "counting_conflicts",
    "day_in_full",
    "gate_sentence",
    "gate_verdict",
    "report_of",
    "standing_sentence",
    "unjudged",
]

STANDING_WORDS = {
    Standing.COUNTS: "Counts",
    Standing.BELOW: "Below what fails",
    Standing.DRAFT: "Rule on trial",
    Standing.WAIVED: "Waived",
    Standing.KNOWN: "In the baseline",
    Standing.OUT_OF_SCOPE: "Kind of document not judged",
}
CAUSE_TITLES = {
    CauseKind.FINDING: "Findings",
    CauseKind.CHECKLIST: "Required answer missing",
    CauseKind.CONFLICT: "Documents conflict",
    CauseKind.UNREADABLE: "Could not be read",
    CauseKind.UNREAD: "Not fully read",
    CauseKind.REVISIONS: "Tracked changes pending",
    CauseKind.COMMENTS: "Comments left in",
    CauseKind.HIDDEN_TEXT: "Hidden text",
    CauseKind.NOTHING: "Nothing to check",
    CauseKind.NO_RULES: "No rules",
    CauseKind.WAIVER_EXPIRED: "Waiver expired",
    CauseKind.WAIVER_UNUSED: "Waiver unused",
    CauseKind.WAIVER_INVALID: "Waiver not valid",
    CauseKind.WAIVER_LAPSED: "Waiver lapsed: the clause has changed",
    CauseKind.CRASH: "The check broke down",
}
ROLE_WORDS = {
    "rfp": "Solicitation",
    "terms": "Terms and conditions",
    "sow": "Statement of work",
    "exhibit": "Exhibit",
    "addendum": "Addendum",
    "qa": "Questions and answers",
    "form": "Form",
}

_VERDICTS = {Exit.PASS: Verdict.PASS, Exit.FAIL: Verdict.FAIL, Exit.UNDECIDED: Verdict.CANNOT_EVALUATE}
_COUNTED = {
    CauseKind.FINDING: ("{} finding", "{} findings"),
    CauseKind.CHECKLIST: ("{} required answer missing", "{} required answers missing"),
    CauseKind.CONFLICT: ("{} conflict", "{} conflicts"),
    CauseKind.UNREADABLE: ("{} document can't be read", "{} documents can't be read"),
    CauseKind.UNREAD: ("{} document not fully read", "{} documents not fully read"),
    CauseKind.REVISIONS: ("tracked changes pending in {} document", "tracked changes pending in {} documents"),
    CauseKind.COMMENTS: ("comments left in {} document", "comments left in {} documents"),
    CauseKind.HIDDEN_TEXT: ("hidden text in {} document", "hidden text in {} documents"),
    CauseKind.NOTHING: ("no document to check", "no document to check"),
    CauseKind.NO_RULES: ("no rules to check by", "no rules to check by"),
    CauseKind.WAIVER_EXPIRED: ("{} expired waiver", "{} expired waivers"),
    CauseKind.WAIVER_UNUSED: ("{} unused waiver", "{} unused waivers"),
    CauseKind.WAIVER_INVALID: ("{} waiver that is not valid", "{} waivers that are not valid"),
    CauseKind.WAIVER_LAPSED: ("{} waiver whose clause has changed", "{} waivers whose clauses have changed"),
    CauseKind.CRASH: ("the check broke down", "the check broke down"),
}
_BY_DOCUMENT = frozenset(
    {CauseKind.UNREADABLE, CauseKind.UNREAD, CauseKind.REVISIONS, CauseKind.COMMENTS, CauseKind.HIDDEN_TEXT}
)


def gate_verdict(result: GateResult) -> Verdict:
    """The verdict on everything together."""
    return _VERDICTS[result.exit]


def gate_sentence(result: GateResult) -> str:
    """Whether what was given may go out, and why, in one sentence."""
    if result.sentence:
        return result.sentence
    counting = [item.finding for _, item in result.judged(Standing.COUNTS)]
    undecided = _listed((cause for cause in result.causes if cause.exit is Exit.UNDECIDED), counting)
    failing = _listed((cause for cause in result.causes if cause.exit is not Exit.UNDECIDED), counting)
    match result.exit:
        case Exit.PASS:
            return f"Nothing stands in the way of publishing: {_passing(result)}."
        case Exit.FAIL:
            return f"Do not publish yet: {failing or 'the check failed'}."
        case Exit.UNDECIDED:
            also = f"; {failing} in what was read" if failing else ""
            return f"Can't be judged yet: {undecided or 'the check did not finish'}{also}."


def _passing(result: GateResult) -> str:
    findings = [item.finding for document in result.documents for item in document.findings]
    left = "which doesn't count" if len(findings) == 1 else "none of which counts"
    counted = f"{count_of(findings)}, {left}" if findings else "no findings"
    return f"{plural(len(result.documents), 'document')} read, {counted}"


def _listed(causes: Iterable[Cause], counting: Sequence[Finding]) -> str:
    by_kind: dict[CauseKind, list[Cause]] = {}
    for cause in causes:
        by_kind.setdefault(cause.kind, []).append(cause)
    return ", ".join(_counted(kind, by_kind[kind], counting) for kind in CauseKind if kind in by_kind)


def _counted(kind: CauseKind, causes: Sequence[Cause], counting: Sequence[Finding]) -> str:
    if kind is CauseKind.FINDING and counting:
        return count_of(counting)
    count = len({cause.document for cause in causes}) if kind in _BY_DOCUMENT else len(causes)
    one, many = _COUNTED[kind]
    return (one if count == 1 else many).format(f"{count:,}")


def cause_sentence(cause: Cause) -> str:
    """A cause with what to do about it."""
    return " ".join(part for part in (cause.message, cause.remedy) if part)


def counting_conflicts(result: GateResult) -> tuple[Conflict, ...]:
    """The conflicts that stand in the way."""
    return tuple(conflict for conflict in result.conflicts if conflict.standing is Standing.COUNTS)


def standing_sentence(standing: Standing, note: str) -> str:
    """Whether something counts, and what the waiver or the baseline says of it."""
    return f"{STANDING_WORDS[standing]}: {note}" if note else STANDING_WORDS[standing]


def category_words(category: str) -> str:
    """The title of a category that ships, such as ``Bonds and security``; one of a user's own by its name."""
    return _shipped_titles().get(category) or category.replace("-", " ").capitalize()


@cache
def _shipped_titles() -> Mapping[str, str]:
    table = tomllib.loads((patterns_folder() / "categories.toml").read_text(encoding="utf-8"))
    return {name: entry["title"] for name, entry in table.items()}


def unjudged(outcome: Report | Failure, document: Document | None = None) -> JudgedDocument:
    """A document that no gate has judged, for output that shows both; its standings say nothing."""
    findings = outcome.findings if isinstance(outcome, Report) else ()
    judged = tuple(Judged(item, Standing.DRAFT if item.is_draft else Standing.COUNTS) for item in findings)
    return JudgedDocument(outcome.name, outcome, findings=judged, document=document)


def day_in_full(day: str) -> str:
    """``2026-01-05`` as ``5 January 2026``; anything else as it stands."""
    try:
        known = date.fromisoformat(day)
    except ValueError:
        return day
    return f"{known.day} {known:%B %Y}"


def report_of(document: JudgedDocument) -> Report | None:
    """The report on a document; None where it could not be read."""
    return document.outcome if isinstance(document.outcome, Report) else None
