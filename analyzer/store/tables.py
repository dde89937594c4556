"""The tables of the workspace. Ids are random, so that a project can be taken from one database to another.

Times are text, ISO 8601 in UTC: SQLite keeps no time zones, and text sorts as time does.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

__all__ = [
    "answers",
    "audit",
    "batch_documents",
    "batch_findings",
    "batch_inputs",
    "batches",
    "blobs",
    "comments",
    "decisions",
    "documents",
    "drafts",
    "members",
    "metadata",
    "models",
    "projects",
    "purges",
    "reports",
    "samples",
    "settings",
]

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _id() -> Column[str]:
    return Column("id", String(32), primary_key=True)


def _of(table: str, name: str, *, nullable: bool = False) -> Column[str]:
    """A row that goes when the one it belongs to goes."""
    return Column(name, String(32), ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=nullable, index=True)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, default="")


projects = Table(
    "projects",
    metadata,
    _id(),
    _text("name"),
    _text("policy"),
    _text("created"),
    _text("created_by"),
    Column("is_archived", Boolean, nullable=False, default=False),
)

members = Table(
    "members",
    metadata,
    Column("project", String(32), ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    Column("who", String(320), primary_key=True),
    _text("role"),
)

documents = Table(
    "documents", metadata, _id(), _of("projects", "project"), _text("name"), _text("created"), _text("created_by")
)

blobs = Table(
    "blobs",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    _id(),
    _of("documents", "document"),
    Column("number", Integer, nullable=False),
    _text("name"),
    Column("sha256", String(64), ForeignKey("blobs.sha256"), nullable=False, index=True),
    _text("uploaded"),
    _text("uploaded_by"),
    UniqueConstraint("document", "number"),
)

reports = Table(
    "reports",
    metadata,
    _id(),
    _of("drafts", "draft"),
    _text("made"),
    Column("versions", String(400), nullable=False),
    Column("report", LargeBinary, nullable=False),
    UniqueConstraint("draft", "versions"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("document", String(32), ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("fingerprint", String(64), primary_key=True),
    _text("kind"),
    _text("reason"),
    _text("category"),
    _text("subtype"),
    _text("severity"),
    _text("until"),
    _text("authority"),
    _text("by"),
    _text("at"),
    Column("revision", Integer, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    Column("document", String(32), ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("question", String(64), primary_key=True),
    _text("answer"),
    _text("reason"),
    _text("by"),
    _text("at"),
    Column("revision", Integer, nullable=False),
)

comments = Table(
    "comments",
    metadata,
    _id(),
    _of("documents", "document"),
    _text("fingerprint"),
    _text("text"),
    _text("by"),
    _text("at"),
)

samples = Table(
    "samples",
    metadata,
    _id(),
    _of("projects", "project"),
    _of("documents", "document", nullable=True),
    _text("text"),
    _text("category"),
    _text("subtype"),
    _text("severity"),
    _text("doc"),
    _text("heading"),
    _text("lead_in"),
    _text("by"),
    _text("at"),
)

models = Table(
    "models",
    metadata,
    _id(),
    _text("name"),
    _text("made"),
    _text("made_by"),
    Column("card", JSON, nullable=False),
    Column("files", LargeBinary, nullable=False),
    Column("is_current", Boolean, nullable=False, default=False),
)

settings = Table(
    "settings", metadata, Column("name", String(64), primary_key=True), Column("value", JSON, nullable=False)
)

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    _text("at"),
    _text("who"),
    _text("action"),
    # Without a foreign key: the record of a deletion outlives what was deleted.
    Column("project", String(32), nullable=False, default="", index=True),
    Column("document", String(32), nullable=False, default=""),
    _text("subject"),
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON(none_as_null=True)),
    Index(None, "document", "number"),
    sqlite_autoincrement=True,
)

purges = Table(
    "purges",
    metadata,
    Column("document", String(32), primary_key=True),
    _text("at"),
    _text("by"),
)
"""Documents that were deleted for good. Entries of the audit trail can be removed for these alone (a trigger)."""

batches = Table(
    "batches",
    metadata,
    _id(),
    Column("key", String(64), nullable=False, index=True),
    Column("sources", JSON, nullable=False),
    Column("settings", JSON, nullable=False),
    _text("versions"),
    _text("started"),
    _text("finished"),
    Column("attempt", Integer, nullable=False),
    Column("since", Integer, nullable=False),
    Column("summary", JSON(none_as_null=True)),
)
"""Runs over many documents. ``key`` is a hash of all sources, of which ``sources`` shows the first. ``attempt`` counts
how often it was opened, ``since`` is the attempt that began anew after it was finished."""

batch_inputs = Table(
    "batch_inputs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("batch", String(32), ForeignKey("batches.id", ondelete="CASCADE"), nullable=False),
    # Of the name: PostgreSQL can't index a text as long as a path may be.
    Column("key", String(64), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("member", Integer, nullable=False),
    Column("package", String(64), nullable=False, default=""),
    _text("name"),
    _text("status"),
    Column("sha256", String(64), nullable=False, default=""),
    _text("versions"),
    Column("documents", Integer, nullable=False),
    Column("verdicts", JSON, nullable=False),
    Column("members", Integer, nullable=False),
    _text("error"),
    _text("cause"),
    Column("tries", Integer, nullable=False),
    UniqueConstraint("batch", "key"),
    Index(None, "batch", "number", "member"),
    Index(None, "batch", "package"),
)
"""``attempt`` is the last that came across the input. A ZIP package has its ``members`` after it, which share its
``number``, count as ``member`` from 1, and have in ``package`` a hash of its name and bytes."""

batch_documents = Table(
    "batch_documents",
    metadata,
    Column("input", Integer, ForeignKey("batch_inputs.id", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True),
    _text("name"),
    Column("sha256", String(64), nullable=False, default=""),
    _text("kind"),
    Column("pages", Integer),
    _text("verdict"),
    _text("error"),
    _text("cause"),
    Column("line", LargeBinary, nullable=False),
)
"""Documents of an input, by place from 0: a mail with attachments has several. ``line`` is the report, packed."""

batch_findings = Table(
    "batch_findings",
    metadata,
    Column("input", Integer, primary_key=True),
    Column("document", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    _text("rule"),
    _text("category"),
    _text("subtype"),
    _text("severity"),
    Column("score", Float, nullable=False),
    _text("text"),
    Column("page", Integer),
    _text("section"),
    _text("message"),
    _text("detected_by"),
    Column("is_draft", Boolean, nullable=False),
    ForeignKeyConstraint(["input", "document"], ["batch_documents.input", "batch_documents.place"], ondelete="CASCADE"),
    Index(None, "rule"),
)
"""What the report lines say of findings, for whoever asks in SQL."""
