"""From reports to the gate's word: every cause that stands against publishing, and what the program exits with.

Findings, missing answers, conflicts and stale waivers are certain: they exit with 1. Where it isn't known what would
go out, or what it holds, nobody can decide: that exits with 2, which beats 1. All causes are listed all the same.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from analyzer.baseline import Baseline, Known
from analyzer.document import Document, NoteKind
from analyzer.findings import Answer, ChecklistAnswer, Failure, Finding, Report, Severity, Verdict
from analyzer.gate.stale import stale_waivers
from analyzer.gate.standings import Standings
from analyzer.gate.values import (
    Cause,
    CauseKind,
    Conflict,
    Exit,
    Exposure,
    GateResult,
    Judged,
    JudgedDocument,
    Standing,
)
from analyzer.policy import Demands, Policy
from analyzer.waivers import Waivers

__all__ = ["CRASH", "judge"]

CRASH = "Crash"
"""Kind of a failure that is the program's own."""


def judge(
    outcomes: Sequence[Report | Failure],
    policy: Policy,
    *,
    today: date,
    waivers: Waivers | None = None,
    baseline: Baseline | None = None,
    conflicts: Sequence[Conflict] = (),
    precedence: Sequence[str] = (),
    exposure: Exposure | None = None,
    roles: Mapping[str, str] | None = None,
    documents: Sequence[Document | None] = (),
    rules: Collection[str] | None = None,
    causes: Sequence[Cause] = (),
    notes: Sequence[str] = (),
) -> GateResult:
    """Whether documents may be published under a policy on a day.

    ``roles`` are those of the documents of a package by name: a required answer is then asked of the package, not of
    each document. ``documents`` are the texts in the order of ``outcomes``, for output that shows them. ``rules`` are
    the ids of the rules that count, where the caller knows them: without one that the policy leaves on there is nothing
    to check by. ``causes`` and ``notes`` are those that were met on the way here.
    """
    waivers = waivers or Waivers()
    roles = roles or {}
    reports = [outcome for outcome in outcomes if isinstance(outcome, Report)]
    known = (baseline or Baseline()).of(report.name for report in reports)
    standings = Standings(policy, waivers.entries, known, today)
    findings = [_judged(outcome, standings) for outcome in outcomes]
    settled = tuple(standings.of_conflict(conflict) for conflict in conflicts)
    missing = _missing(outcomes, policy, roles)
    texts = [*documents, *[None] * (len(outcomes) - len(documents))]
    judged = tuple(
        JudgedDocument(outcome.name, outcome, roles.get(outcome.name, ""), items, missing.get(number, ()), text)
        for number, (outcome, items, text) in enumerate(zip(outcomes, findings, texts, strict=True))
    )
    stale, unused = stale_waivers(waivers.entries, standings, judged, settled, policy.waivers)
    found = [
        *causes,
        *_of_run(outcomes, policy, rules),
        *(cause for document in judged for cause in _of_document(document, policy)),
        *(_conflict(conflict) for conflict in settled if conflict.standing is Standing.COUNTS),
        *(Cause(CauseKind.WAIVER_INVALID, Exit.UNDECIDED, e.cause, e.name, e.remedy) for e in waivers.problems),
        *stale,
    ]
    ordered = tuple(sorted(found, key=lambda cause: -cause.exit))
    return GateResult(
        exit=max((cause.exit for cause in ordered), default=Exit.PASS),
        documents=judged,
        causes=ordered,
        notes=(*_scope_notes(judged, policy), *_fixed_notes(judged, known), *unused, *notes),
        conflicts=settled,
        precedence=tuple(precedence),
        exposure=exposure,
        policy=policy.identity,
        today=today.isoformat(),
    )


def _judged(outcome: Report | Failure, standings: Standings) -> tuple[Judged, ...]:
    if isinstance(outcome, Failure):
        return ()
    return tuple(standings.of_finding(finding, outcome) for finding in outcome.findings)


def _is_in_scope(report: Report, policy: Policy) -> bool:
    return not policy.kinds or report.kind in policy.kinds


def _missing(
    outcomes: Sequence[Report | Failure], policy: Policy, roles: Mapping[str, str]
) -> dict[int, tuple[ChecklistAnswer, ...]]:
    """Required answers that are not the wanted ones, by the place of the document that they are reported with."""
    judged = [(n, o) for n, o in enumerate(outcomes) if isinstance(o, Report) and _is_in_scope(o, policy)]
    found: dict[int, list[ChecklistAnswer]] = {number: [] for number, _ in judged}
    for question in policy.required:
        answers = [(n, answer) for n, report in judged for answer in report.checklist if answer.id == question]
        if roles:
            answers = _unmet_together(answers, [n for n, report in judged if roles.get(report.name) == "rfp"])
        for number, answer in answers:
            if answer.answer is not answer.wanted:
                found[number].append(answer)
    return {number: tuple(answers) for number, answers in found.items()}


def _unmet_together(
    answers: Sequence[tuple[int, ChecklistAnswer]], solicitations: Sequence[int]
) -> list[tuple[int, ChecklistAnswer]]:
    """What of a package's answers to a question stands against it.

    One document that answers as wanted is enough, unless another says the opposite. Where none does, it is missing
    from the solicitation.
    """
    opposite = {Answer.YES: Answer.NO, Answer.NO: Answer.YES}
    against = [(n, a) for n, a in answers if a.span is not None and a.answer is opposite.get(a.wanted)]
    if against or any(a.answer is a.wanted for _, a in answers):
        return against
    return [item for item in answers if item[0] in solicitations[:1]] or list(answers[:1])


def _of_run(outcomes: Sequence[Report | Failure], policy: Policy, rules: Collection[str] | None) -> Iterator[Cause]:
    """What stands against all documents together."""
    reports = [outcome for outcome in outcomes if isinstance(outcome, Report)]
    if not outcomes:
        yield _undecided(CauseKind.NOTHING, "There is no document in what was named.", "Name the files to check.")
    if reports and not any(_is_in_scope(report, policy) for report in reports):
        kinds = ", ".join(sorted(policy.kinds))
        yield _undecided(
            CauseKind.NOTHING,
            f"None of the documents is of a kind that the policy judges ({kinds}).",
            "Name the solicitation, or change kinds in the policy.",
        )
    if rules is not None and not any(not policy.is_off(rule) for rule in rules):
        yield _undecided(
            CauseKind.NO_RULES, "The policy leaves no rule on.", "Take rules or categories out of off in the policy."
        )
    asked = {answer.id for report in reports for answer in report.checklist}
    for question in policy.required:
        if reports and question not in asked:
            yield _undecided(
                CauseKind.CHECKLIST,
                f"The policy requires an answer to “{question}”, a question that nobody asks.",
                "Correct required in the policy.",
            )


def _of_document(document: JudgedDocument, policy: Policy) -> Iterator[Cause]:
    outcome = document.outcome
    if isinstance(outcome, Failure):
        kind = CauseKind.CRASH if outcome.kind == CRASH else CauseKind.UNREADABLE
        yield _undecided(kind, outcome.cause, outcome.remedy, outcome.name)
        return
    yield from _of_reading(outcome, policy.demands)
    counting = [item for item in document.findings if item.standing is Standing.COUNTS]
    if counting:
        back = sum(item.is_back for item in counting)
        again = f" {_number(back, 'of them was', 'of them were')} fixed once and came back." if back else ""
        yield Cause(
            CauseKind.FINDING,
            Exit.FAIL,
            f"{_count([item.finding for item in counting])}{_from(policy.fail_on)}.{again}",
            document.name,
            "Change the wording, or accept what must stay with fairterms waive.",
        )
    for answer in document.missing:
        yield Cause(
            CauseKind.CHECKLIST,
            Exit.FAIL,
            f"{answer.question} The policy requires {answer.wanted}; the answer is {answer.answer}.",
            document.name,
            answer.suggestion,
        )


_REMEDIES = {
    NoteKind.REVISIONS: (CauseKind.REVISIONS, "Accept or reject every change, and check the file that goes out."),
    NoteKind.COMMENTS: (CauseKind.COMMENTS, "Delete the comments, and check the file that goes out."),
    NoteKind.HIDDEN_TEXT: (CauseKind.HIDDEN_TEXT, "Show the text or delete it, and check the file that goes out."),
}


def _of_reading(report: Report, demands: Demands) -> Iterator[Cause]:
    """What was not read, and what leaves open which text would go out.

    It holds for a document of any kind: of what wasn't read, nobody knows the kind.
    """
    refused = {
        NoteKind.REVISIONS: demands.no_revisions,
        NoteKind.COMMENTS: demands.no_comments,
        NoteKind.HIDDEN_TEXT: demands.no_hidden_text,
    }
    notes = report.reading.notes
    for note in notes:
        if note.is_unread:
            remedy = "Export the document so that all of it is text, and check that file."
            yield _undecided(CauseKind.UNREAD, note.message, remedy, report.name)
        elif refused.get(note.kind):
            kind, remedy = _REMEDIES[note.kind]
            yield _undecided(kind, note.message, remedy, report.name)
    is_silent = not any(note.is_unread for note in notes)
    if is_silent and (not report.reading.is_complete or report.verdict is Verdict.CANNOT_EVALUATE):
        yield _undecided(CauseKind.UNREAD, "It was not read in full.", "Export it anew, and check that.", report.name)


def _undecided(kind: CauseKind, message: str, remedy: str, document: str = "") -> Cause:
    return Cause(kind, Exit.UNDECIDED, message, document, remedy)


def _conflict(conflict: Conflict) -> Cause:
    return Cause(
        CauseKind.CONFLICT,
        Exit.FAIL,
        conflict.message,
        conflict.places[0].document if conflict.places else "",
        conflict.suggestion,
    )


def _count(findings: Sequence[Finding]) -> str:
    """``2 high and 1 medium findings``."""
    severities = [finding.severity for finding in findings]
    parts = [f"{severities.count(s)} {s}" for s in reversed(Severity) if s in severities]
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"{listed} {'finding' if len(severities) == 1 else 'findings'}"


def _from(least: Severity) -> str:
    """What fails, where that is more than the severest."""
    return "" if least is Severity.HIGH else f"; the policy fails {least} and above"


def _number(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _scope_notes(documents: Sequence[JudgedDocument], policy: Policy) -> Iterator[str]:
    for document in documents:
        if isinstance(document.outcome, Report) and not _is_in_scope(document.outcome, policy):
            yield f"{document.name}: the policy doesn't judge documents of its kind; it was read and reported."


def _fixed_notes(documents: Sequence[JudgedDocument], known: Mapping[str, Known]) -> Iterator[str]:
    """What is in the baseline and not in the document any more."""
    for document in documents:
        if not isinstance(document.outcome, Report) or not document.outcome.reading.is_complete:
            continue
        present = {item.finding.id for item in document.findings}
        gone = [e for e in known[document.name].known if not e.rule.startswith("conflict/") and e.id not in present]
        if gone:
            count = _number(len(gone), "finding of the baseline is", "findings of the baseline are")
            yield f"{document.name}: {count} fixed; --update-baseline drops what is fixed."
