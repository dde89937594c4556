"""What reviewers say of findings and of the checklist: decisions, comments, other answers, each with its author.

A decision belongs to a document and a fingerprint, so that it holds in the next draft wherever the words stand. Who
changes one says which revision was on screen; if somebody was faster, nothing is changed and `Overtaken` says so.
"""

from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Row, Table, delete, insert, select, update

from analyzer.errors import NotAllowed, Overtaken, StoreError
from analyzer.store import tables
from analyzer.store.acting import Acting, new_id
from analyzer.store.documents import document
from analyzer.store.values import AnswerChange, Comment, Decision, DecisionKind, Role

__all__ = [
    "add_comment",
    "answer",
    "answers_of",
    "clause_of",
    "comments_of",
    "decide",
    "decisions_of",
    "delete_comment",
    "withdraw",
    "withdraw_answer",
]

_NEEDS_REASON = {DecisionKind.REJECT, DecisionKind.WAIVE}
_LONGEST = 10_000


def clause_of(finding_id: str) -> str:
    """The fingerprint that a finding's id stands for: the same words twice in a document are decided together."""
    return finding_id.partition("-")[0]


def decide(
    acting: Acting,
    document_id: str,
    finding_id: str,
    kind: DecisionKind,
    *,
    seen: int = 0,
    reason: str = "",
    category: str = "",
    subtype: str = "",
    severity: str = "",
    until: str = "",
    authority: str = "",
) -> Decision:
    """Decide on a finding. ``seen`` is the revision on screen, 0 for none.

    Raises Overtaken where another decision was made since, StoreError where the reason is missing.
    """
    owner = document(acting, document_id)
    acting.require(owner.project, Role.REVIEWER)
    reason = _checked_text(acting, reason, needed=kind in _NEEDS_REASON)
    fingerprint = clause_of(finding_id)
    acting.lock(tables.documents, document_id)
    before = _decision_at(acting, document_id, fingerprint)
    _check_seen(acting, before, seen)
    made = Decision(
        document=document_id,
        fingerprint=fingerprint,
        kind=kind,
        by=acting.person.id,
        at=acting.now,
        revision=0,
        reason=reason,
        category=category,
        subtype=subtype,
        severity=severity,
        until=until,
        authority=authority,
    )
    number = acting.log("decide finding", fingerprint, **_trail(owner.project, document_id, before, made))
    made = replace(made, revision=number)
    _put(acting, tables.decisions, asdict(made), fingerprint=fingerprint, is_new=before is None)
    return made


def withdraw(acting: Acting, document_id: str, finding_id: str, *, seen: int) -> None:
    """Take a decision back: the finding is undecided again. The trail keeps both."""
    owner = document(acting, document_id)
    acting.require(owner.project, Role.REVIEWER)
    fingerprint = clause_of(finding_id)
    acting.lock(tables.documents, document_id)
    before = _decision_at(acting, document_id, fingerprint)
    _check_seen(acting, before, seen)
    if before is None:
        return
    table = tables.decisions
    acting.connection.execute(delete(table).where(table.c.document == document_id, table.c.fingerprint == fingerprint))
    acting.log("withdraw decision", fingerprint, **_trail(owner.project, document_id, before, None))


def decisions_of(acting: Acting, document_id: str) -> dict[str, Decision]:
    """Fingerprint to decision."""
    document(acting, document_id)
    table = tables.decisions
    rows = acting.connection.execute(select(table).where(table.c.document == document_id).order_by(table.c.fingerprint))
    return {row.fingerprint: _decision(row) for row in rows}


def answer(acting: Acting, document_id: str, question: str, value: str, reason: str, *, seen: int = 0) -> AnswerChange:
    """Answer a question of the checklist otherwise, with a reason. Raises Overtaken as `decide` does."""
    owner = document(acting, document_id)
    acting.require(owner.project, Role.REVIEWER)
    reason = _checked_text(acting, reason, needed=True)
    acting.lock(tables.documents, document_id)
    before = answers_of(acting, document_id).get(question)
    _check_seen(acting, before, seen)
    made = AnswerChange(document_id, question, value, reason, acting.person.id, acting.now, 0)
    number = acting.log("answer question", question, **_trail(owner.project, document_id, before, made))
    made = replace(made, revision=number)
    _put(acting, tables.answers, asdict(made), question=question, is_new=before is None)
    return made


def withdraw_answer(acting: Acting, document_id: str, question: str, *, seen: int) -> None:
    """Go back to the answer of the report."""
    owner = document(acting, document_id)
    acting.require(owner.project, Role.REVIEWER)
    acting.lock(tables.documents, document_id)
    before = answers_of(acting, document_id).get(question)
    _check_seen(acting, before, seen)
    if before is None:
        return
    table = tables.answers
    acting.connection.execute(delete(table).where(table.c.document == document_id, table.c.question == question))
    acting.log("withdraw answer", question, **_trail(owner.project, document_id, before, None))


def answers_of(acting: Acting, document_id: str) -> dict[str, AnswerChange]:
    """Question to the answer that a person gave."""
    document(acting, document_id)
    table = tables.answers
    rows = acting.connection.execute(select(table).where(table.c.document == document_id).order_by(table.c.question))
    return {row.question: AnswerChange(**row._mapping) for row in rows}


def add_comment(acting: Acting, document_id: str, text: str, finding_id: str = "") -> Comment:
    """Say something about a finding, or about the document."""
    owner = document(acting, document_id)
    acting.require(owner.project, Role.REVIEWER)
    text = _checked_text(acting, text, needed=True)
    made = Comment(new_id(), document_id, clause_of(finding_id), text, acting.person.id, acting.now)
    acting.connection.execute(insert(tables.comments).values(asdict(made)))
    after = {"text": text, "fingerprint": made.fingerprint}
    acting.log("add comment", made.id, project=owner.project, document=document_id, after=after)
    return made


def delete_comment(acting: Acting, id_: str) -> None:
    """Take back one's own comment; an admin may take back any."""
    row = acting.row(tables.comments, id_, "comment")
    owner = document(acting, row.document)
    acting.require(owner.project, Role.REVIEWER)
    if row.by != acting.person.id and acting.role_in(owner.project) is not Role.ADMIN:
        raise NotAllowed(acting.database, "lets people delete their own comments only.", "Ask the author.")
    acting.connection.execute(delete(tables.comments).where(tables.comments.c.id == id_))
    before = {"text": row.text, "fingerprint": row.fingerprint}
    acting.log("delete comment", id_, project=owner.project, document=row.document, before=before)


def comments_of(acting: Acting, document_id: str) -> tuple[Comment, ...]:
    """Comments on a document and its findings, the oldest first."""
    document(acting, document_id)
    table = tables.comments
    query = select(table).where(table.c.document == document_id).order_by(table.c.at, table.c.id)
    return tuple(Comment(**row._mapping) for row in acting.connection.execute(query))


def _decision_at(acting: Acting, document_id: str, fingerprint: str) -> Decision | None:
    table = tables.decisions
    query = select(table).where(table.c.document == document_id, table.c.fingerprint == fingerprint)
    row = acting.connection.execute(query).first()
    return _decision(row) if row else None


def _decision(row: Row[Any]) -> Decision:
    return replace(Decision(**row._mapping), kind=DecisionKind(row.kind))


def _check_seen(acting: Acting, there: Decision | AnswerChange | None, seen: int) -> None:
    if (there.revision if there else 0) == seen:
        return
    who = f"{there.by} decided on this at {there.at}" if there else "somebody took the decision on this back"
    raise Overtaken(acting.database, f"was changed meanwhile: {who}.", "Look at it, then decide.")


def _put(acting: Acting, table: Table, values: dict[str, Any], *, is_new: bool, **key: str) -> None:
    if is_new:
        acting.connection.execute(insert(table).values(values))
        return
    (name, wanted), *_ = key.items()
    where = (table.c.document == values["document"], table.c[name] == wanted)
    acting.connection.execute(update(table).where(*where).values(values))


def _trail(project: str, document_id: str, before: Any, after: Any) -> dict[str, Any]:
    return {"project": project, "document": document_id, "before": _side(before), "after": _side(after)}


def _side(value: Any) -> dict[str, Any] | None:
    """What was said, without what the entry itself says."""
    if value is None:
        return None
    hidden = ("document", "fingerprint", "question", "by", "at", "revision")
    return {name: said for name, said in asdict(value).items() if said and name not in hidden}


def _checked_text(acting: Acting, text: str, *, needed: bool) -> str:
    text = text.strip()
    if needed and not text:
        raise StoreError(acting.database, "needs a reason or a text.", "Write a sentence.")
    if len(text) > _LONGEST:
        raise StoreError(acting.database, f"takes up to {_LONGEST:,} characters here.", "Shorten the text.")
    return text.replace("\x00", "")
