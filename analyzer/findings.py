"""What comes out of an analysis: matches, findings, near misses, checklist answers, and the report that holds them."""

from dataclasses import dataclass
from enum import StrEnum

from analyzer.document import ReadingNote, Sentence, Span

__all__ = [
    "REPORT_SCHEMA",
    "Answer",
    "ChecklistAnswer",
    "DetectedBy",
    "Evidence",
    "EvidenceKind",
    "Failure",
    "Finding",
    "Match",
    "NearMiss",
    "Reading",
    "Record",
    "Report",
    "Severity",
    "Verdict",
    "Versions",
]

REPORT_SCHEMA = "fairterms-report/1"


class Severity(StrEnum):
    """How bad a finding is; compare by ``rank``."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        return ("low", "medium", "high").index(self.value)


class Verdict(StrEnum):
    """Whether the document may be published."""

    PASS = "pass"
    FAIL = "fail"
    CANNOT_EVALUATE = "cannot-evaluate"


class Answer(StrEnum):
    """The answer to a question of the checklist."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


class DetectedBy(StrEnum):
    """Who says that a sentence is a finding."""

    RULES = "rules"
    """Rules, and no model was asked."""
    MODEL = "model"
    """The trained model, where no rule fired."""
    BOTH = "rules and model"
    """Rules fired and the model agrees."""


class EvidenceKind(StrEnum):
    """What a piece of evidence shows."""

    PATTERN = "pattern"
    """The words that a pattern matched."""
    CONTEXT = "context"
    """Words outside the flagged sentence that the pattern needed: its heading, lead-in, clause."""
    AMOUNT = "amount"
    """A quantity read from the sentence."""
    ADJUSTMENT = "adjustment"
    """Words that changed the severity."""
    CLEARED = "cleared"
    """Words that cleared the match."""
    WEIGHT = "weight"
    """Words that weighed most for the trained model."""
    SAMPLE = "sample"
    """A labelled sample that the sentence is like: ``name`` is its label, ``text`` its words."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that fired, and where it stands."""

    kind: EvidenceKind
    name: str
    span: Span
    text: str
    value: str = ""
    """For an amount: the quantity in one form, such as ``1500000 USD`` or ``10 %``; for a sample how much alike."""


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that fired on a sentence, before it is weighed."""

    rule: str
    segment: int
    """Index of the clause."""
    sentence: Sentence
    severity: Severity
    score: float
    """How sure: 0 to 1."""
    evidence: tuple[Evidence, ...]
    cleared_by: str = ""
    """Name of the exception that clears it, empty for a match that stands."""
    message: str = ""
    """What was found here, as sentences to follow the rule's message: figures, dates and numbers, no other words of
    the document."""


@dataclass(frozen=True, slots=True)
class Record:
    """How often what found a finding was right on labelled documents."""

    right: int
    fired: int
    documents: int
    """In how many documents it fired."""
    of: str
    """What was counted: a rule's id, or ``model/CATEGORY``."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence that a reviewer should look at, and why."""

    id: str
    """Fingerprint of rule and normalised text; the same wherever the sentence moves."""
    rule: str
    category: str
    subtype: str
    severity: Severity
    score: float
    span: Span
    text: str
    page: int | None
    section: str
    """Numbers and headings that lead to the sentence, for people."""
    title: str
    message: str
    why: str
    suggestion: str
    fallback: str
    walk_away: str
    references: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    detected_by: DetectedBy = DetectedBy.RULES
    record: Record | None = None
    """None where it was never counted."""
    is_draft: bool = False
    """Found by a draft rule: shown, and never a reason to fail a document."""
    gives_up: str = ""
    """What the buyer gives up with the suggestion."""
    protection: str = ""
    """What protects the buyer instead."""


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A sentence that almost fired, and what cleared it."""

    id: str
    rule: str
    category: str
    subtype: str
    title: str
    reason: str
    span: Span
    text: str
    page: int | None
    section: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class ChecklistAnswer:
    """The answer to one question about the whole document."""

    id: str
    title: str
    question: str
    answer: Answer
    wanted: Answer
    """The answer that the recommendations ask for."""
    looked_for: str
    """What was searched for, and where."""
    span: Span | None
    """The sentence that shows the answer; None where nothing was found."""
    text: str
    page: int | None
    section: str
    why: str
    suggestion: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was and was not read of a document."""

    is_complete: bool
    characters: int
    words: int
    sentences: int
    segments: int
    view: str
    notes: tuple[ReadingNote, ...]


@dataclass(frozen=True, slots=True)
class Versions:
    """What the report was made with."""

    fairterms: str
    rules: str
    """Hash of the rules that were loaded."""
    policy: str
    """Name and hash of the policy."""
    model: str = ""
    """Name and hash of the trained model; empty where rules alone spoke."""


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome for one document; self-contained, and the same bytes for the same input."""

    name: str
    sha256: str
    media_type: str
    kind: str
    """What the document is: ``rfp``, ``terms``, ``sow``, ``rfi`` or ``other``."""
    pages: int | None
    verdict: Verdict
    reasons: tuple[str, ...]
    """Sentences that say how the verdict came about."""
    findings: tuple[Finding, ...]
    near_misses: tuple[NearMiss, ...]
    checklist: tuple[ChecklistAnswer, ...]
    reading: Reading
    versions: Versions
    schema: str = REPORT_SCHEMA

    def count(self, severity: Severity) -> int:
        """Findings of a severity."""
        return sum(finding.severity is severity for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that could not be analysed."""

    name: str
    kind: str
    """The error's class, such as ``EncryptedDocument``."""
    cause: str
    remedy: str
    sha256: str = ""
