"""The findings of a project as rows, from the reports that are kept."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from analyzer.findings import Severity
from analyzer.rendering.table_rows import Table
from analyzer.rules import Category
from analyzer.store.acting import Acting
from analyzer.store.decisions import clause_of, decisions_of
from analyzer.store.documents import documents, drafts, report_of
from analyzer.store.values import Decision, DecisionKind, Draft, Project, StoredDocument

__all__ = ["DocumentState", "Row", "Standing", "boilerplate", "rows_of", "table_of"]

_DECIDED = {
    DecisionKind.ACCEPT: "Accepted",
    DecisionKind.REJECT: "Rejected",
    DecisionKind.RELABEL: "Relabelled",
    DecisionKind.WAIVE: "Waived",
}


class Standing(StrEnum):
    """Whether there is a report on a document."""

    READ = "read"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class DocumentState:
    """A document of the project."""

    id: str
    name: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Row:
    """One finding."""

    document: str
    document_name: str
    draft: str
    fingerprint: str
    severity: Severity
    kind: str
    """The category's title."""
    title: str
    text: str
    page: int | None
    section: str
    decision: str
    reason: str


def rows_of(
    acting: Acting, owner: Project, categories: Mapping[str, Category]
) -> tuple[list[DocumentState], list[Row]]:
    """Documents and findings of a project, worst first within each document's newest draft."""
    states, rows = [], []
    for one in documents(acting, owner.id):
        newest = drafts(acting, one.id)[-1]
        kept = report_of(acting, newest.id)
        states.append(DocumentState(one.id, one.name, Standing.READ if kept else Standing.UNREAD))
        decided = decisions_of(acting, one.id)
        found = kept.report["findings"] if kept else []
        rows += [_row(one, newest, item, categories, decided.get(clause_of(str(item["id"])))) for item in found]
    rows.sort(key=lambda row: (-row.severity.rank, row.document_name, row.page or 0))
    return states, rows


def _row(
    document: StoredDocument,
    draft: Draft,
    finding: Mapping[str, Any],
    categories: Mapping[str, Category],
    decision: Decision | None,
) -> Row:
    category = categories.get(str(finding["category"]))
    return Row(
        document=document.id,
        document_name=document.name,
        draft=draft.id,
        fingerprint=clause_of(str(finding["id"])),
        severity=Severity(finding["severity"]),
        kind=category.title if category else str(finding["category"]),
        title=str(finding["title"]),
        text=" ".join(str(finding["text"]).split()),
        page=finding["page"],
        section=str(finding["section"]),
        decision=_DECIDED[decision.kind] if decision else "",
        reason=decision.reason if decision else "",
    )


def boilerplate(rows: Iterable[Row]) -> list[list[Row]]:
    """Findings of the same words in more than one document, those in most documents first."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.fingerprint].append(row)
    repeated = [(len({row.document for row in group}), group) for group in groups.values()]
    chosen = sorted((-count, group[0].title, group[0].text) for count, group in repeated if count > 1)
    by_text = {(group[0].title, group[0].text): group for _, group in repeated}
    return [by_text[title, text] for _, title, text in chosen]


def table_of(rows: Sequence[Row]) -> Table:
    """The rows as a sheet."""
    head = ("Document", "Page", "Section", "Severity", "Category", "Finding", "Text", "Decision", "Reason")
    cells = [
        (
            row.document_name,
            row.page,
            row.section,
            row.severity.capitalize(),
            row.kind,
            row.title,
            row.text,
            row.decision,
            row.reason,
        )
        for row in rows
    ]
    return Table("Findings", head, cells)
