"""Labelled sentences of a project: those that people labelled, and those that their decisions make."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Row, delete, insert, or_, select, update

from analyzer.store import tables
from analyzer.store.acting import Acting, new_id
from analyzer.store.decisions import clause_of, decisions_of
from analyzer.store.documents import document, documents, drafts, report_of
from analyzer.store.values import Decision, DecisionKind, Role, StoredSample

__all__ = [
    "add_sample",
    "change_sample",
    "delete_sample",
    "samples_from_decisions",
    "samples_of",
    "teaching_rows",
    "training_rows",
]


def add_sample(
    acting: Acting,
    project: str,
    text: str,
    *,
    category: str = "",
    subtype: str = "",
    severity: str = "",
    doc: str = "",
    document_id: str = "",
    heading: str = "",
    lead_in: str = "",
) -> StoredSample:
    """Keep a labelled sentence; the same person's label of the same sentence takes the place of the earlier."""
    acting.require(project, Role.REVIEWER)
    if document_id:
        document(acting, document_id)
    made = StoredSample(
        id=new_id(),
        project=project,
        text=" ".join(text.split()),
        category=category,
        subtype=subtype,
        severity=severity,
        doc=doc,
        by=acting.person.id,
        at=acting.now,
        document=document_id,
        heading=heading,
        lead_in=lead_in,
    )
    acting.lock(tables.projects, project)
    for earlier in _found(acting, project, tables.samples.c.text == made.text, tables.samples.c.by == made.by):
        if (earlier.category, earlier.subtype, earlier.severity) == (category, subtype, severity):
            return earlier
        _delete(acting, earlier)
    row = {**asdict(made), "document": document_id or None}
    acting.connection.execute(insert(tables.samples).values(row))
    acting.log("add sample", made.id, project=project, document=document_id, after=_said(made))
    return made


def samples_of(
    acting: Acting, project: str, *, search: str = "", category: str | None = None
) -> tuple[StoredSample, ...]:
    """Samples of a project, the newest first; ``search`` is a part of the text or of the document's name."""
    acting.require(project, Role.READER)
    table = tables.samples
    conditions: list[Any] = []
    if search:
        conditions.append(
            or_(table.c.text.icontains(search, autoescape=True), table.c.doc.icontains(search, autoescape=True))
        )
    if category is not None:
        conditions.append(table.c.category == category)
    return _found(acting, project, *conditions)


def change_sample(acting: Acting, id_: str, **changes: str) -> StoredSample:
    """Give a sample another label or text."""
    before = _sample(acting.row(tables.samples, id_, "sample"))
    acting.require(before.project, Role.REVIEWER)
    after = replace(before, **changes)
    values = {name: getattr(after, name) for name in changes}
    acting.connection.execute(update(tables.samples).where(tables.samples.c.id == id_).values(values))
    acting.log(
        "change sample",
        id_,
        project=before.project,
        document=before.document,
        before=_said(before),
        after=_said(after),
    )
    return after


def delete_sample(acting: Acting, id_: str) -> None:
    """Take a sample away."""
    before = _sample(acting.row(tables.samples, id_, "sample"))
    acting.require(before.project, Role.REVIEWER)
    _delete(acting, before)


def samples_from_decisions(acting: Acting, project: str) -> Iterator[StoredSample]:
    """What decisions teach: an accepted finding is a sample, a rejected one a negative, a relabelled one another.

    The words come from the newest report that holds the finding. A waived finding is one: it was right and is accepted.
    """
    for owner in documents(acting, project):
        decided = decisions_of(acting, owner.id)
        for fingerprint, finding in _findings(acting, owner.id).items():
            if decision := decided.get(fingerprint):
                yield _taught(project, owner.id, owner.name, decision, finding)


def _findings(acting: Acting, document_id: str) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for draft in drafts(acting, document_id):  # later drafts take the place of earlier ones
        if kept := report_of(acting, draft.id):
            rows = (*kept.report.get("near_misses", ()), *kept.report.get("findings", ()))
            found |= {clause_of(str(row["id"])): row for row in rows}
    return found


def _taught(project: str, document_id: str, name: str, decision: Decision, finding: Mapping[str, Any]) -> StoredSample:
    said = finding
    if decision.kind is DecisionKind.RELABEL:
        said = {"category": decision.category, "subtype": decision.subtype, "severity": decision.severity}
    elif decision.kind is DecisionKind.REJECT:
        said = {}
    return StoredSample(
        id=decision.fingerprint,
        project=project,
        text=" ".join(str(finding["text"]).split()),
        category=str(said.get("category") or ""),
        subtype=str(said.get("subtype") or ""),
        severity=str(said.get("severity") or ""),
        doc=name,
        by=decision.by,
        at=decision.at,
        document=document_id,
        heading=str(finding.get("section") or "").rpartition(" › ")[2],
    )


def teaching_rows(acting: Acting, project: str) -> list[dict[str, str]]:
    """All that the people of a project decided and labelled, as rows of the sample format."""
    return list(training_rows((*samples_from_decisions(acting, project), *samples_of(acting, project))))


def training_rows(samples: Iterable[StoredSample]) -> Iterator[dict[str, str]]:
    """Samples as rows of the sample format."""
    for sample in samples:
        row = {name: getattr(sample, name) for name in ("text", "category", "subtype", "severity", "doc", "heading")}
        yield {**row, "lead_in": sample.lead_in, "annotator": sample.by, "source": "workspace"}


def _found(acting: Acting, project: str, *conditions: Any) -> tuple[StoredSample, ...]:
    table = tables.samples
    query = select(table).where(table.c.project == project, *conditions).order_by(table.c.at.desc(), table.c.id)
    return tuple(map(_sample, acting.connection.execute(query)))


def _delete(acting: Acting, sample: StoredSample) -> None:
    acting.connection.execute(delete(tables.samples).where(tables.samples.c.id == sample.id))
    acting.log("delete sample", sample.id, project=sample.project, document=sample.document, before=_said(sample))


def _said(sample: StoredSample) -> dict[str, str]:
    return {
        name: getattr(sample, name) for name in ("text", "category", "subtype", "severity") if getattr(sample, name)
    }


def _sample(row: Row[Any]) -> StoredSample:
    return StoredSample(**{**row._mapping, "document": row.document or ""})
