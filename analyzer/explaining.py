"""Why a sentence was flagged or not: what each rule makes of it, and how sure the trained model is.

A rule's outcome is asked of the matcher itself, and what became of it of the report, so that neither can be
contradicted here; only for rules that say nothing of a sentence is looked how near they came.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from analyzer.document import Document, Parties, Segment, Sentence, Span, Unit
from analyzer.findings import EvidenceKind, Finding, Match, NearMiss, Report, Severity
from analyzer.matching import Nearest, Nearness, RuleMatcher
from analyzer.policy import Policy
from analyzer.rendering.words import DOCUMENT_KINDS
from analyzer.rules import Pattern, Rule, RuleSet, Status, Window
from analyzer.segmentation import parties

if TYPE_CHECKING:
    from analyzer.classification import Classifier, Opinion
    from analyzer.matching.nearness import Need
    from analyzer.matching.reading import Reading

__all__ = ["Explained", "Explainer", "Explanation", "Outcome", "RuleAnswer"]

_MOST, _MOST_BESIDE = 6, 2
"""Rules that are told of where none flagged the sentence, and beside one that did."""
_FAR = 0.7
"""Share of the nearest's score below which a rule is not told of."""
_LONGEST = 5
"""Sentences of one question."""
_NOT_READ = {
    Unit.CONTENTS: "This stands in the table of contents. Rules don't look there.",
    Unit.FURNITURE: "This is the head or foot of a page. Rules don't look there.",
    Unit.COMMENT: "This is a comment. Rules read the document's own text.",
    Unit.HIDDEN: "This is hidden text. It is reported as a note on how the document was read, and no rule looks at it.",
}
_SURELY_SEEN = frozenset({Unit.PROSE, Unit.ITEM, Unit.ROW, Unit.CELL})
_UNITS = {
    Unit.PROSE: "running text",
    Unit.ITEM: "items of a list",
    Unit.ROW: "rows of a table",
    Unit.CELL: "cells of a table",
    Unit.HEADING: "headings",
}
_PLACES = {
    Window.HEADING: "in the headings above",
    Window.NEAR: "in the sentences around it",
    Window.CLAUSE: "elsewhere in the clause",
    Window.SECTION: "elsewhere in the section",
    Window.DOCUMENT: "elsewhere in the document",
}


class Outcome(StrEnum):
    """What a rule makes of a sentence, the nearest to a finding first."""

    FLAGGED = "flagged"
    ACCEPTED = "accepted"
    """Fired, and the policy switches it off or accepts the amount."""
    DOUBTED = "doubted"
    """Fired, and the trained model finds it unlikely."""
    CLEARED = "cleared"
    """Fired, and an exception cleared it."""
    OUT_OF_SCOPE = "out of scope"
    """Its words are there, and it doesn't look at such documents, sections or parts of them."""
    ALMOST = "almost"
    """Some of what it asks for is there."""


@dataclass(frozen=True, slots=True)
class RuleAnswer:
    """What one rule makes of a sentence."""

    rule: str
    title: str
    category: str
    severity: Severity
    outcome: Outcome
    looks_for: str
    """What the pattern is called that fired or came nearest."""
    found: tuple[str, ...]
    """Words of the document that met it."""
    missing: tuple[str, ...]
    """What would have met the rest, in words for people."""
    reason: str
    """Why it is no finding, as a sentence; empty for one."""
    score: float
    """How near it came, 0 to 1."""
    is_draft: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """What there is to say about one sentence."""

    span: Span
    text: str
    section: str
    rules: tuple[RuleAnswer, ...]
    """The nearest to a finding first."""
    opinions: "tuple[Opinion, ...]"
    """What the model gives it in every category, the surest first; empty where no model reads it."""
    note: str = ""
    """Why no rule looks at it, as a sentence."""

    @property
    def is_flagged(self) -> bool:
        return any(answer.outcome is Outcome.FLAGGED for answer in self.rules)


class Explainer:
    """Holds what is worked out once for a set of rules: the parts that their expressions ask for."""

    def __init__(
        self, rules: RuleSet, matcher: RuleMatcher, policy: Policy, classifier: "Classifier | None" = None
    ) -> None:
        self.rules = rules
        self.matcher = matcher
        self.policy = policy
        self.classifier = classifier
        self.nearness = Nearness(rules.vocabulary)
        self.by_id: Mapping[str, Rule] = {rule.id: rule for rule in rules.rules}

    def read(self, document: Document, segments: Sequence[Segment], report: Report) -> "Explained":
        """A document that was analysed with the same rules, model and policy."""
        return Explained(self, document, segments, report)


@dataclass(frozen=True)
class Explained:
    """A document whose sentences can be asked about; the first question reads it, the next ones are quick."""

    explainer: Explainer = field(repr=False)
    document: Document = field(repr=False)
    segments: Sequence[Segment] = field(repr=False)
    report: Report = field(repr=False)
    _opinions: "dict[int, tuple[Opinion, ...]]" = field(default_factory=dict, repr=False, compare=False)

    def explain(self, span: Span, *, with_near: bool = True) -> tuple[Explanation, ...]:
        """What there is to say about the sentences that a span touches, the first few of many; none for none.

        Without the rules that came near it takes a tenth of the time.
        """
        touched = [
            index
            for index, (_, sentence) in enumerate(self._reading.sentences)
            if sentence.span.start < span.end and span.start < sentence.span.end
        ]
        return tuple(self._explain(index, with_near=with_near) for index in touched[:_LONGEST])

    def _explain(self, index: int, *, with_near: bool) -> Explanation:
        number, sentence = self._reading.sentences[index]
        answers: list[RuleAnswer] = []
        if sentence.unit not in _NOT_READ:
            fired = [*self._answers(index), *self._of_model(sentence), *self._of_detectors(sentence)]
            near = self._not_fired(index, {one.rule for one in fired}) if with_near else ()
            is_flagged = any(one.outcome is Outcome.FLAGGED for one in fired)
            answers = [*fired, *_nearest(list(near), _MOST_BESIDE if is_flagged else _MOST)]
        return Explanation(
            sentence.span,
            self.document[sentence.span],
            " › ".join(self.segments[number].path),
            tuple(sorted(answers, key=lambda one: (list(Outcome).index(one.outcome), -one.score, one.rule))),
            self._said_of(index),
            _NOT_READ.get(sentence.unit, ""),
        )

    # What fired.

    def _answers(self, index: int) -> Iterator[RuleAnswer]:
        matcher = self.explainer.matcher
        for match in matcher.matches_at(self._reading, index, self.report.kind):
            outcome, reason = self._outcome(match, index)
            yield self._answer(match, outcome, reason)

    def _outcome(self, match: Match, index: int) -> tuple[Outcome, str]:
        """What became of a match, and why."""
        if match.cleared_by:
            words = [item.text for item in match.evidence if item.kind is EvidenceKind.CLEARED]
            said = f" (“{words[0]}”)" if words else ""
            return Outcome.CLEARED, f"Cleared: {match.cleared_by}{said}."
        span, rule = match.sentence.span, self.explainer.by_id[match.rule]
        near = [item.reason for item in self.report.near_misses if (item.span, item.rule) == (span, rule.id)]
        if self.explainer.policy.is_off(rule.id):
            return Outcome.ACCEPTED, "The policy switches this rule off."
        said_of = next((one for one in self._said_of(index) if one.category == rule.category), None)
        if said_of is not None and not said_of.is_flagged and rule.status is not Status.DRAFT:
            return Outcome.DOUBTED, (
                f"The trained model finds it unlikely: {said_of.probability:.0%}, and from {said_of.least:.0%} on it "
                "would agree."
            )
        is_found = any((item.span, item.category) == (span, rule.category) for item in self.report.findings)
        if near and not is_found:
            outcome = Outcome.DOUBTED if "model" in near[0] else Outcome.ACCEPTED
            return outcome, f"{near[0][:1].upper()}{near[0][1:]}."
        return Outcome.FLAGGED, ""

    def _answer(self, match: Match, outcome: Outcome, reason: str) -> RuleAnswer:
        rule = self.explainer.by_id[match.rule]
        shown = [item for item in match.evidence if item.kind in {EvidenceKind.PATTERN, EvidenceKind.CONTEXT}]
        return self._made(
            rule,
            outcome,
            looks_for=shown[0].name if shown else "",
            found=tuple(dict.fromkeys(self._whole_words(item.span, item.text) for item in shown)),
            reason=reason,
            severity=match.severity,
        )

    def _whole_words(self, span: Span, text: str) -> str:
        """Evidence, to the ends of its words."""
        return _whole(self.document.text, span.start, span.end) if self.document[span] else text

    def _of_model(self, sentence: Sentence) -> Iterator[RuleAnswer]:
        """What the model alone found."""
        for item in self.report.findings:
            if item.span == sentence.span and item.detected_by == "model":
                rule = self.explainer.by_id[item.rule]
                words = tuple(one.text for one in item.evidence if one.kind is EvidenceKind.WEIGHT)
                name = "sentences like those that the trained model learned from"
                yield self._made(rule, Outcome.FLAGGED, looks_for=name, found=words, severity=item.severity)

    def _of_detectors(self, sentence: Sentence) -> Iterator[RuleAnswer]:
        """What was found by looking at the whole document, as the report has it."""
        items: tuple[Finding | NearMiss, ...] = (*self.report.findings, *self.report.near_misses)
        for item in items:
            rule = self.explainer.by_id[item.rule]
            if item.span != sentence.span or rule.detector is None:
                continue
            found = tuple(dict.fromkeys(one.text for one in item.evidence if one.text))
            name = next((one.name for one in item.evidence), "")
            if isinstance(item, Finding):
                yield self._made(rule, Outcome.FLAGGED, looks_for=name, found=found, severity=item.severity)
            else:
                reason = f"{item.reason[:1].upper()}{item.reason[1:]}."
                yield self._made(rule, Outcome.ACCEPTED, looks_for=name, found=found, reason=reason)

    # What did not.

    def _not_fired(self, index: int, fired: set[str]) -> Iterator[RuleAnswer]:
        for rule in self.explainer.rules.rules:
            if rule.id in fired or rule.detector:
                continue
            kept_out = next((pattern for pattern in rule.patterns if self._holds(pattern, index)), None)
            if kept_out is not None:
                yield self._out_of_scope(rule, kept_out, index)
                continue
            near = [
                found
                for pattern in rule.patterns
                if (found := self.explainer.nearness.of(pattern.condition, self._reading, index))
            ]
            if near:
                yield self._almost(rule, max(near, key=lambda one: (one.score, one.met, one.name)), index)

    def _holds(self, pattern: Pattern, index: int) -> bool:
        return self._reading.holds(pattern.condition, index, EvidenceKind.PATTERN) is not None

    def _out_of_scope(self, rule: Rule, pattern: Pattern, index: int) -> RuleAnswer:
        number, sentence = self._reading.sentences[index]
        fired = self._reading.holds(pattern.condition, index, EvidenceKind.PATTERN) or []
        if rule.scope.documents and self.report.kind not in rule.scope.documents:
            kinds = " or ".join(DOCUMENT_KINDS[kind].lower() for kind in sorted(rule.scope.documents))
            here = DOCUMENT_KINDS.get(self.report.kind, "document").lower()
            reason = f"This rule looks only at a {kinds}; this was read as a {here}."
        elif not self._reading.is_in_scope(rule.scope, number, self.report.kind):
            reason = "This rule doesn't look under headings like the ones above this sentence."
        else:
            units = " and ".join(name for unit, name in _UNITS.items() if unit in pattern.units)
            reason = f"This pattern looks only at {units}; this is one of the {_UNITS[sentence.unit]}."
        words = tuple(dict.fromkeys(item.text for item in fired))
        name = pattern.condition.name
        return self._made(rule, Outcome.OUT_OF_SCOPE, looks_for=name, found=words, reason=reason)

    def _almost(self, rule: Rule, near: Nearest, index: int) -> RuleAnswer:
        text, _ = self._reading.tokens_at(index, Window.ITEM)
        found = _shown(text, [word for need in near.needs for word in need.found])
        missing = tuple(dict.fromkeys(words for need in near.needs for words in self._missing(need)))
        if near.blocked:
            reason = f"These words keep it from firing: “{near.blocked[0]}”."
        elif missing:
            reason = ""
        else:
            reason = "All the words are there, but too far apart or in another order."
        return self._made(
            rule, Outcome.ALMOST, looks_for=near.name, found=found, missing=missing, reason=reason, score=near.score
        )

    def _missing(self, need: "Need") -> Iterator[str]:
        place = _PLACES.get(need.window, "")
        for expression in need.missing:
            words = self.explainer.nearness.words_for(expression)
            yield f"{place}: {words}" if place else words

    def _made(
        self,
        rule: Rule,
        outcome: Outcome,
        *,
        looks_for: str,
        found: tuple[str, ...] = (),
        missing: tuple[str, ...] = (),
        reason: str = "",
        score: float = 1.0,
        severity: Severity | None = None,
    ) -> RuleAnswer:
        is_draft = rule.status is Status.DRAFT
        severity = severity or rule.severity
        return RuleAnswer(
            rule.id, rule.title, rule.category, severity, outcome, looks_for, found, missing, reason, score, is_draft
        )

    # What is worked out once for the document.

    @cached_property
    def _parties(self) -> Parties:
        return parties(self.document)

    @cached_property
    def _reading(self) -> "Reading":
        return self.explainer.matcher.read(self.document, self.segments, parties=self._parties)

    def _said_of(self, index: int) -> "tuple[Opinion, ...]":
        """What the model gives a sentence, with the evidence that it gets when the document is scanned.

        The model looks at a sentence and those next to it: reading these again takes no longer in a long document.
        """
        model = self.explainer.classifier
        if model is None:
            return ()
        if index not in self._opinions:
            matcher, kind = self.explainer.matcher, self.report.kind
            around = range(self._seen(index, -1), self._seen(index, 1) + 1)
            drafts = {rule.id for rule in self.explainer.rules.rules if rule.status is Status.DRAFT}
            matches = [m for n in around for m in matcher.matches_at(self._reading, n, kind) if m.rule not in drafts]
            near = {self._reading.sentences[n][1] for n in around}
            segments = [replace(s, sentences=tuple(one for one in s.sentences if one in near)) for s in self.segments]
            found = model.instances(self.document, segments, matches, parties=self._parties, kind=kind)
            said = {one.sentence: given for one, given in zip(found, model.opinions(found), strict=True)}
            self._opinions[index] = said.get(self._reading.sentences[index][1], ())
        return self._opinions[index]

    def _seen(self, index: int, step: int) -> int:
        """The next sentence in a direction that the model surely reads, or the document's end."""
        last = len(self._reading.sentences) - 1
        index += step
        while 0 < index < last and self._reading.sentences[index][1].unit not in _SURELY_SEEN:
            index += step
        return min(max(index, 0), last)


def _nearest(answers: list[RuleAnswer], most: int) -> list[RuleAnswer]:
    """The few that are worth a look: all whose words are there, then those that came nearest."""
    almost = sorted((one for one in answers if one.outcome is Outcome.ALMOST), key=lambda one: (-one.score, one.rule))
    there = [one for one in answers if one.outcome is not Outcome.ALMOST]
    near = [one for one in almost if one.score >= _FAR * almost[0].score]
    return [*there, *near[: max(0, most - len(there))]]


def _shown(text: str, found: Sequence[str]) -> tuple[str, ...]:
    """Words of a text to the ends of their first and last, in its order, none within another."""
    placed = sorted({(max(0, text.find(one)), one) for words in found if (one := words.strip())})
    whole = [_whole(text, start, start + len(one)) if text.startswith(one, start) else one for start, one in placed]
    return tuple(dict.fromkeys(one for one in whole if not any(one != other and one in other for other in whole)))


def _whole(text: str, start: int, end: int) -> str:
    """A stretch of a text, to the ends of its first and last word."""
    while start > 0 and text[start].isalnum() and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return text[start:end]
