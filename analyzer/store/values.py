"""What the workspace keeps, as values: projects, documents and their drafts, decisions, comments, samples, models."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

__all__ = [
    "AnswerChange",
    "AuditEntry",
    "BatchDocument",
    "BatchEntry",
    "BatchInput",
    "BatchPlace",
    "Comment",
    "Decision",
    "DecisionKind",
    "Draft",
    "Member",
    "Person",
    "Project",
    "Role",
    "StoredBatch",
    "StoredDocument",
    "StoredModel",
    "StoredReport",
    "StoredSample",
]


class Role(StrEnum):
    """What a person may do; each may do what those before it may."""

    READER = "reader"
    """Sees documents, findings, decisions."""
    REVIEWER = "reviewer"
    """Uploads, decides, comments, labels."""
    EDITOR = "editor"
    """Changes rules and models."""
    ADMIN = "admin"
    """Deletes for good, says who is in a project."""

    @property
    def rank(self) -> int:
        return ("reader", "reviewer", "editor", "admin").index(self.value)


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts: ``id`` is an e-mail address or the name of a local user."""

    id: str
    name: str = ""
    role: Role = Role.READER
    """What this person may do with what is shared: rules and models. In a project the membership counts; but an admin
    is one in every project, and a reader only reads."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a project."""

    who: str
    role: Role


@dataclass(frozen=True, slots=True)
class Project:
    """Documents that belong together, and who may see them."""

    id: str
    name: str
    policy: str
    """A shipped policy's name; empty for the default."""
    created: str
    created_by: str
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document, which goes through drafts."""

    id: str
    project: str
    name: str
    created: str
    created_by: str


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft (version) of a document: the bytes of a file as it was uploaded."""

    id: str
    document: str
    number: int
    """From 1, in the order of uploading."""
    name: str
    """The file's name."""
    sha256: str
    size: int
    """Bytes."""
    uploaded: str
    uploaded_by: str
    is_scanned: bool = False
    """A report is there; if not, the scan is waiting or was interrupted."""


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report on a draft, as JSON of the schema that it names."""

    id: str
    draft: str
    made: str
    versions: str
    """What it was made with: program, rules, policy, model; a report of the same versions is the same report."""
    report: Mapping[str, Any] = field(repr=False)


class DecisionKind(StrEnum):
    """What a reviewer says of a finding."""

    ACCEPT = "accept"
    REJECT = "reject"
    RELABEL = "relabel"
    WAIVE = "waive"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on a finding of a document; it holds for every draft with the same fingerprint."""

    document: str
    fingerprint: str
    kind: DecisionKind
    by: str
    at: str
    revision: int
    """Number of the change in the trail, never used twice: who decides says which one was on screen."""
    reason: str = ""
    category: str = ""
    """For a relabel: the category that it should have; empty for none."""
    subtype: str = ""
    severity: str = ""
    until: str = ""
    """For a waiver: the last day it holds, ISO 8601."""
    authority: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark on a finding, or on the document where ``fingerprint`` is empty."""

    id: str
    document: str
    fingerprint: str
    text: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """A question of the checklist that a person answered otherwise."""

    document: str
    question: str
    answer: str
    reason: str
    by: str
    at: str
    revision: int


@dataclass(frozen=True, slots=True)
class StoredSample:
    """A labelled sentence; without a category it is a negative."""

    id: str
    project: str
    text: str
    category: str
    subtype: str
    severity: str
    doc: str
    by: str
    at: str
    document: str = ""
    """The document it was taken from, with which it is deleted."""
    heading: str = ""
    lead_in: str = ""


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A trained model: its folder's files, and the card."""

    id: str
    name: str
    made: str
    made_by: str
    card: Mapping[str, Any] = field(repr=False)
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change: who, when, what, before and after. Entries are never changed."""

    number: int
    at: str
    who: str
    action: str
    """A verb and a noun, such as ``decide finding``."""
    project: str
    document: str
    subject: str
    """Id of what was changed."""
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """A run over many documents, as the database knows it."""

    id: str
    sources: tuple[str, ...]
    """The first ones; there may be a million."""
    inputs: int
    started: str
    finished: str
    """Empty while it is not."""


@dataclass(frozen=True, slots=True)
class BatchDocument:
    """A document of a batch."""

    name: str
    line: bytes = field(repr=False)
    """The report, or what is said instead of it, as one line of JSON with its line break."""
    verdict: str
    """Empty where there is no report."""
    error: str = ""
    """The kind of error where there is no report."""


@dataclass(frozen=True, slots=True)
class BatchPlace:
    """Where an input stands in the order of its batch."""

    number: int
    member: int = 0
    """In a ZIP package, from 1; 0 for a file."""
    package: str = ""
    """What tells the package and its bytes from all others; empty for a file."""


@dataclass(frozen=True, slots=True)
class BatchInput:
    """An input of a batch with all that came of it, on its way into the database."""

    name: str
    """Unique in its batch."""
    place: BatchPlace
    status: str
    sha256: str
    """Of the file; empty where it could not be read."""
    versions: str
    """What the reports were made with."""
    documents: tuple[BatchDocument, ...] = ()
    members: int = 0
    """For a ZIP package, how many inputs stand in it."""
    error: str = ""
    cause: str = ""
    tries: int = 1


@dataclass(frozen=True, slots=True)
class BatchEntry:
    """What the database says of an input, without its reports."""

    name: str
    number: int
    status: str
    sha256: str
    versions: str
    documents: int
    verdicts: tuple[tuple[str, int], ...]
    """How many documents by verdict, or by kind of error; sorted."""
    members: int
    error: str
    cause: str
    tries: int
    is_current: bool
    """It was written since the batch was begun, or begun anew; else it is of a run that was finished."""
