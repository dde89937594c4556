"""What the gate says: causes, the standing of each finding, conflicts, exposure, the result."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from analyzer.document import Document, Span
from analyzer.findings import ChecklistAnswer, Failure, Finding, Report, Severity

__all__ = [
    "Cause",
    "CauseKind",
    "Conflict",
    "Exit",
    "Exposure",
    "GateResult",
    "Judged",
    "JudgedDocument",
    "Place",
    "Standing",
]


class Exit(IntEnum):
    """What the command exits with."""

    PASS = 0
    FAIL = 1
    UNDECIDED = 2


class Standing(StrEnum):
    """Whether a finding counts against its document."""

    COUNTS = "counts"
    BELOW = "below"
    """Below the severity that fails."""
    DRAFT = "draft"
    """Found by a rule on trial."""
    WAIVED = "waived"
    KNOWN = "known"
    """In the baseline."""
    OUT_OF_SCOPE = "out-of-scope"
    """In a kind of document that the policy doesn't judge."""


class CauseKind(StrEnum):
    """Why a gate doesn't pass."""

    FINDING = "finding"
    CHECKLIST = "checklist"
    CONFLICT = "conflict"
    UNREADABLE = "unreadable"
    """The document can't be read at all."""
    UNREAD = "unread"
    """Part of the document could not be read."""
    REVISIONS = "revisions"
    COMMENTS = "comments"
    HIDDEN_TEXT = "hidden-text"
    NOTHING = "nothing"
    """There is no document in what was named."""
    NO_RULES = "no-rules"
    WAIVER_EXPIRED = "waiver-expired"
    WAIVER_UNUSED = "waiver-unused"
    WAIVER_INVALID = "waiver-invalid"
    WAIVER_LAPSED = "waiver-lapsed"
    """The clause's words have changed since."""
    CRASH = "crash"


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason why the gate doesn't pass, as a sentence for people."""

    kind: CauseKind
    exit: Exit
    message: str
    document: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding, and whether it counts."""

    finding: Finding
    standing: Standing
    note: str = ""
    """What the waiver or the baseline says: by whom, until when, why."""
    is_back: bool = False
    """It was fixed once and is there again."""


@dataclass(frozen=True, slots=True)
class JudgedDocument:
    """One document before the gate."""

    name: str
    outcome: Report | Failure
    role: str = ""
    """What it is in its package: ``rfp``, ``terms``, ``sow``, ``exhibit``, ``addendum``, ``qa``, ``form``…; empty for
    a document alone."""
    findings: tuple[Judged, ...] = ()
    missing: tuple[ChecklistAnswer, ...] = ()
    """Required answers that are not the wanted ones."""
    document: Document | None = field(default=None, repr=False, compare=False)
    """As it was read, for output that shows the text; None where it could not be."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which document."""

    document: str
    span: Span
    text: str
    page: int | None
    section: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """What two documents of a package, or two places of one, say against each other, or leave open together."""

    id: str
    """Fingerprint of kind and words, so that it can be waived."""
    kind: str
    severity: Severity
    title: str
    message: str
    why: str
    suggestion: str
    places: tuple[Place, ...]
    references: tuple[str, ...] = ()
    prevails: str = ""
    """Name of the document that prevails, where the order of precedence says so."""
    standing: Standing = Standing.COUNTS
    """Whether it counts; set by the gate."""
    note: str = ""
    """What the waiver or the baseline says of it."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """What the vendor stands to lose under a package."""

    cap: str = ""
    """The limit in words, such as ``2 × contract value`` or ``1500000 USD``; empty for none."""
    multiple: float | None = None
    """The limit times the contract value, where both are known."""
    contract_value: str = ""
    exceptions: tuple[str, ...] = ()
    """What the limit doesn't cover."""
    summary: str = ""
    """One line for people."""


@dataclass(frozen=True, slots=True)
class GateResult:
    """What the gate says of everything that it was given."""

    exit: Exit
    documents: tuple[JudgedDocument, ...]
    """In the order in which they were given."""
    causes: tuple[Cause, ...]
    """The gravest first; empty when it passes."""
    notes: tuple[str, ...] = ()
    """What a reader should know though it doesn't fail: fixed findings, unused waivers."""
    conflicts: tuple[Conflict, ...] = ()
    precedence: tuple[str, ...] = ()
    """Names of the documents, the one that prevails first; empty where none is stated."""
    exposure: Exposure | None = None
    policy: str = ""
    """Name and hash."""
    today: str = ""
    """The date that waivers were held against, ISO 8601."""
    sentence: str = ""
    """The verdict in one sentence, set where a filter keeps findings from view that it counts; else empty."""

    def judged(self, standing: Standing) -> Sequence[tuple[JudgedDocument, Judged]]:
        """Findings of a standing, in the order of documents."""
        return [(doc, item) for doc in self.documents for item in doc.findings if item.standing is standing]
