"""What a table of findings holds: one row a finding, and a row for whatever else stands in the way."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from analyzer.findings import Failure
from analyzer.gate import Cause, CauseKind, Conflict, Judged, JudgedDocument, Standing
from analyzer.rendering.gate_words import CAUSE_TITLES, STANDING_WORDS, category_words
from analyzer.rendering.page import about
from analyzer.rendering.words import (
    ANSWER_WORDS,
    authority_line,
    is_wanted,
    note_sentence,
    record_sentence,
    spoken_by,
    sureness,
)
from analyzer.rules import Reference

__all__ = [
    "CHECKLIST",
    "FINDINGS",
    "READING",
    "REASONS",
    "Cell",
    "Table",
    "checklist",
    "findings",
    "reading",
    "reasons",
]

References = Mapping[str, Reference]
Cell = str | int | None

FINDINGS = (
    *("Document", "Page", "Section", "Severity", "Category", "Finding", "Text", "Why it matters", "Suggested wording"),
    *("What the agency gives up", "What protects it instead", "Authority", "Standing", "Note", "How sure", "Id"),
    *("Owner", "Decision", "Comment"),
)
CHECKLIST = (
    *("Document", "Question", "Answer", "Wanted", "As wanted", "Required", "Page", "Section", "Text", "Looked for"),
    *("What to do", "Authority"),
)
READING = ("Document", "What it is", "Read", "Note", "Pages of the note", "SHA-256")
REASONS = ("Reason", "Document", "What", "What to do", "Could not decide")

_OF_ROWS = frozenset(
    {CauseKind.FINDING, CauseKind.CHECKLIST, CauseKind.CONFLICT, CauseKind.UNREADABLE, CauseKind.UNREAD}
)
"""Causes that rows of their own speak for."""


class Table(NamedTuple):
    """A sheet: its title, the names of its columns, its rows."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def findings(
    documents: Iterable[JudgedDocument],
    references: References,
    *,
    has_standings: bool,
    conflicts: Iterable[Conflict] = (),
    causes: Iterable[Cause] = (),
) -> Table:
    """Findings in the order of the documents, among them what was not read; then conflicts and other causes."""
    rows: list[list[Cell]] = []
    for document in documents:
        rows += _unread(document, STANDING_WORDS[Standing.COUNTS] if has_standings else "")
        rows += (_finding(document, item, references, has_standing=has_standings) for item in document.findings)
    rows += (_conflict(conflict, references) for conflict in conflicts)
    rows += (
        _row(cause.document, finding=CAUSE_TITLES[cause.kind], text=cause.message, suggestion=cause.remedy)
        for cause in causes
        if cause.kind not in _OF_ROWS
    )
    return Table("Findings", FINDINGS, rows)


def _row(
    document: str,
    *,
    page: Cell = None,
    section: str = "",
    severity: str = "",
    category: str = "",
    finding: str = "",
    text: str = "",
    why: str = "",
    suggestion: str = "",
    gives_up: str = "",
    protection: str = "",
    authority: str = "",
    standing: str = STANDING_WORDS[Standing.COUNTS],
    note: str = "",
    sure: str = "",
    key: str = "",
) -> list[Cell]:
    said = [page, section, severity, category, finding, text, why, suggestion, gives_up, protection, authority]
    return [document, *said, standing, note, sure, key, "", "", ""]


def _unread(document: JudgedDocument, standing: str) -> Iterator[list[Cell]]:
    """What was not read, so that a table without findings doesn't look like a clean document."""
    outcome = document.outcome
    if isinstance(outcome, Failure):
        title = "Could not be read"
        yield _row(document.name, finding=title, text=outcome.cause, suggestion=outcome.remedy, standing=standing)
        return
    unread = [note for note in outcome.reading.notes if note.is_unread]
    for note in unread:
        page = note.pages[0] if note.pages else None
        yield _row(document.name, page=page, finding="Not fully read", text=note.message, standing=standing)
    if not outcome.reading.is_complete and not unread:
        yield _row(document.name, finding="Not fully read", standing=standing)


def _finding(document: JudgedDocument, item: Judged, references: References, *, has_standing: bool) -> list[Cell]:
    finding = item.finding
    back = "It was fixed once and is there again." if item.is_back else ""
    trial = STANDING_WORDS[Standing.DRAFT] if finding.is_draft else ""
    return _row(
        document.name,
        page=finding.page,
        section=finding.section,
        severity=finding.severity.capitalize(),
        category=category_words(finding.category),
        finding=finding.title,
        text=finding.text,
        why=finding.why,
        suggestion=finding.suggestion,
        gives_up=finding.gives_up,
        protection=finding.protection,
        authority=_authority(finding.references, references),
        standing=STANDING_WORDS[item.standing] if has_standing else trial,
        note=" ".join(part for part in (item.note, back) if part),
        sure=f"{sureness(finding.score)}. {spoken_by(finding)}. {record_sentence(finding)}.",
        key=f"{finding.rule}#{finding.id}",
    )


def _conflict(conflict: Conflict, references: References) -> list[Cell]:
    places = conflict.places
    return _row(
        "; ".join(dict.fromkeys(place.document for place in places)),
        page=places[0].page if places else None,
        section=places[0].section if places else "",
        severity=conflict.severity.capitalize(),
        category="Documents conflict",
        finding=conflict.title,
        text=" / ".join(f"{place.document}: {place.text}" for place in places),
        why=f"{conflict.message} {conflict.why}".strip(),
        suggestion=conflict.suggestion,
        authority=_authority(conflict.references, references),
        standing=STANDING_WORDS[conflict.standing],
        note=conflict.note,
        key=f"conflict/{conflict.kind}#{conflict.id}",
    )


def _authority(names: Iterable[str], references: References) -> str:
    known = [references[name] for name in names if name in references]
    return "; ".join(authority_line(reference) for reference in known if reference.is_citable)


def checklist(documents: Iterable[JudgedDocument], references: References) -> Table:
    """Every question with its answer, document by document."""
    rows: list[list[Cell]] = []
    for document in documents:
        missing = {answer.id for answer in document.missing}
        answers = () if isinstance(document.outcome, Failure) else document.outcome.checklist
        rows += (
            [
                document.name,
                answer.question,
                ANSWER_WORDS[answer.answer],
                ANSWER_WORDS[answer.wanted],
                "Yes" if is_wanted(answer) else "No",
                "Yes, and missing" if answer.id in missing else "",
                answer.page,
                answer.section,
                answer.text,
                answer.looked_for,
                "" if is_wanted(answer) else answer.suggestion,
                _authority(answer.references, references),
            ]
            for answer in answers
        )
    return Table("Checklist", CHECKLIST, rows)


def reading(documents: Iterable[JudgedDocument]) -> Table:
    """At least one row a document: whether it was read, and what there is to say about that."""
    rows: list[list[Cell]] = []
    for document in documents:
        outcome = document.outcome
        if isinstance(outcome, Failure):
            rows.append([document.name, about(document), "No", f"{outcome.cause} {outcome.remedy}", "", outcome.sha256])
            continue
        read = "Fully" if outcome.reading.is_complete else "Not fully"
        notes: list[tuple[str, str]] = [
            (note_sentence(note), ", ".join(map(str, note.pages))) for note in outcome.reading.notes
        ]
        rows += ([document.name, about(document), read, *note, outcome.sha256] for note in notes or [("", "")])
    return Table("Reading notes", READING, rows)


def reasons(causes: Iterable[Cause], notes: Iterable[str], sentence: str) -> Table:
    """The verdict, every cause, and what else the gate says."""
    rows: list[list[Cell]] = [["Verdict", "", sentence, "", ""]]
    rows += (
        [CAUSE_TITLES[cause.kind], cause.document, cause.message, cause.remedy, "Yes" if cause.exit == 2 else ""]
        for cause in causes
    )
    rows += (["Note", "", note, "", ""] for note in notes)
    return Table("Reasons", REASONS, rows)
