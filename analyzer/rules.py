"""Rules and what belongs to them: patterns, exceptions, questions, references, categories."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from analyzer.document import Unit
from analyzer.findings import Answer, Severity
from analyzer.phrases import Expression, Vocabulary
from analyzer.quantities import QuantityKind

__all__ = [
    "CHECKLIST",
    "Category",
    "Condition",
    "Detector",
    "Entry",
    "Example",
    "Pattern",
    "Question",
    "Reference",
    "Rule",
    "RuleSet",
    "Status",
    "Window",
]

CHECKLIST = "checklist"
DOCUMENT_KINDS = ("rfp", "terms", "sow", "rfi", "other")


class Status(StrEnum):
    """How far a rule has come; a draft never blocks a gate."""

    DRAFT = "draft"
    STABLE = "stable"
    DEPRECATED = "deprecated"


class Detector(StrEnum):
    """What looks for the defects that no pattern can state; a rule names one in place of patterns."""

    PLACEHOLDER = "placeholder"
    CROSS_REFERENCE = "cross-reference"
    CONFLICTING_DATES = "conflicting-dates"
    CONFLICTING_AMOUNTS = "conflicting-amounts"
    WORDS_AGAINST_FIGURES = "words-against-figures"
    UNDEFINED_TERM = "undefined-term"
    DANGLING_EXHIBIT = "dangling-exhibit"
    EMPTY_SECTION = "empty-section"
    RESPONSE_TIME = "response-time"


class Window(StrEnum):
    """Where the words of an entry may stand."""

    MATCH = "match"
    """The words that the pattern matched, with eight words on each side (for exceptions)."""
    SENTENCE = "sentence"
    ITEM = "item"
    """The sentence after its lead-in."""
    NEAR = "near"
    """The sentence and two on each side, within the clause or its neighbours."""
    CLAUSE = "clause"
    HEADING = "heading"
    """The headings and numbers above the sentence."""
    SECTION = "section"
    """The outermost numbered clause that holds the sentence."""
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Entry:
    """An expression and where it is looked for."""

    expression: Expression
    window: Window


@dataclass(frozen=True, slots=True)
class Condition:
    """Entries of which all of ``all``, one of ``any`` and none of ``none`` must hold."""

    name: str
    all: tuple[Entry, ...]
    any: tuple[Entry, ...]
    none: tuple[Entry, ...]
    severity: Severity | None = None
    """For an exception: lowers (or raises) the severity to this and does not clear the match."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way in which a rule fires."""

    condition: Condition
    score: float
    severity: Severity | None
    units: frozenset[Unit]
    at_least: int = 1
    """For a question: in how many sentences it must hold to count."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text that a rule must flag or pass, with what stands around it where that matters."""

    text: str
    heading: str = ""
    lead_in: str = ""
    before: str = ""
    """Paragraphs before it, a line each."""
    after: str = ""
    """Paragraphs after it likewise."""
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Instead:
    """Wording to offer: the best, a fallback, and the least that a vendor could live with."""

    start: str
    fallback: str = ""
    walk_away: str = ""
    gives_up: str = ""
    """What the buyer gives up with it, for people."""
    protection: str = ""
    """What protects the buyer instead."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a rule looks: kinds of document, and sections by their headings."""

    documents: frozenset[str]
    headings_in: tuple[Expression, ...]
    headings_out: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: detector, documentation and test in one."""

    id: str
    title: str
    status: Status
    category: str
    subtype: str
    severity: Severity
    message: str
    why: str
    instead: Instead
    references: tuple[str, ...]
    scope: Scope
    patterns: tuple[Pattern, ...]
    """Empty for a rule with a detector."""
    unless: tuple[Condition, ...]
    reads: tuple[QuantityKind, ...]
    flags: tuple[Example, ...]
    passes: tuple[Example, ...]
    known_problems: str
    path: Path
    detector: Detector | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the checklist: what shows yes, what shows no, and what to say where nothing does."""

    id: str
    title: str
    question: str
    wanted: Answer
    why: str
    suggestion: str
    looked_for: str
    references: tuple[str, ...]
    default: Answer
    both: Answer
    documents: frozenset[str]
    """Kinds of document that it is looked for in; empty for all. Elsewhere the answer is the default."""
    yes: tuple[Pattern, ...]
    no: tuple[Pattern, ...]
    unclear: tuple[Pattern, ...]
    unless: tuple[Condition, ...]
    yes_findings: tuple[str, ...]
    no_findings: tuple[str, ...]
    unclear_findings: tuple[str, ...]
    flags: tuple[Example, ...]
    passes: tuple[Example, ...]
    path: Path


@dataclass(frozen=True, slots=True)
class Reference:
    """Law or policy that a finding may cite."""

    id: str
    cite: str
    says: str
    edition: str
    jurisdiction: str
    force: str
    """``statute``, ``regulation``, ``rule``, ``model terms``, ``policy`` or ``benchmark``."""
    checked: str
    """How its text was read: ``primary``, ``mirror``, ``secondary`` or ``unchecked``."""
    verified: date

    @property
    def is_citable(self) -> bool:
        """Only a text read in the original or in an official copy may be shown as authority."""
        return self.checked in {"primary", "mirror"}

    def is_stale(self, today: date, *, days: int = 365) -> bool:
        """It was checked longer ago than that many days."""
        return (today - self.verified).days > days


@dataclass(frozen=True, slots=True)
class Category:
    """A category of findings and its subtypes, with the words that people see."""

    id: str
    title: str
    description: str
    subtypes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Everything that a folder of rules holds."""

    rules: tuple[Rule, ...]
    questions: tuple[Question, ...]
    categories: Mapping[str, Category]
    references: Mapping[str, Reference]
    vocabulary: Vocabulary
    frequencies: Mapping[str, int]
    """Words per million in procurement text."""
    fingerprint: str
    """Hash of every file that was read."""

    def rule(self, rule_id: str) -> Rule:
        """The rule with an id. Raises KeyError."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

    @property
    def count_of_examples(self) -> int:
        of_rules = sum(len(rule.flags) + len(rule.passes) for rule in self.rules)
        return of_rules + sum(len(question.flags) + len(question.passes) for question in self.questions)
