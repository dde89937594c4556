"""The rules of a set, matched against the segments of a document."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analyzer.document import Document, Parties, Segment, Unit
from analyzer.findings import Evidence, EvidenceKind, Match, Severity
from analyzer.matching.candidates import CandidateIndex
from analyzer.matching.finder import PhraseFinder
from analyzer.matching.reading import Reading
from analyzer.quantities import QuantityKind
from analyzer.rules import CHECKLIST, Condition, Pattern, Question, Rule, RuleSet, Scope

__all__ = ["RuleMatcher"]

_QUESTION = "asks a question"
"""What clears a sentence that demands nothing: "Is a bond required?"."""
_EVERYWHERE = Scope(frozenset(), (), ())


@dataclass(frozen=True, slots=True)
class _Detector:
    """A rule, or one answer of a question, as matching sees it."""

    id: str
    severity: Severity
    scope: Scope
    patterns: tuple[Pattern, ...]
    unless: tuple[Condition, ...]
    reads: tuple[QuantityKind, ...] = ()
    enough: float = math.inf
    """So many matches of the best score settle a question; a rule never has enough."""
    best: float = 1.0


class RuleMatcher:
    """Rules, compiled as far as needed and kept between documents.

    Calling it reads one document's segments and returns its matches in the order of the text; matches of a
    question have the rule id ``checklist/ID/ANSWER``.
    """

    def __init__(self, rules: RuleSet, *, finder: PhraseFinder | None = None) -> None:
        self._rules = rules  # compiled expressions are known by identity, so they have to stay
        self._detectors = (*map(_of_rule, rules.rules), *(d for q in rules.questions for d in _of_question(q)))
        self.finder = finder or PhraseFinder()
        self.index = CandidateIndex(
            [(d.patterns, d.unless) for d in self._detectors],
            rules.vocabulary,
            self.finder,
            [e for d in self._detectors for e in (*d.scope.headings_in, *d.scope.headings_out)],
        )

    def __call__(
        self, document: Document, segments: Sequence[Segment], *, parties: Parties | None = None, kind: str = "other"
    ) -> tuple[Match, ...]:
        """Every match, cleared ones included; of a question no more than its answer needs."""
        reading = self.read(document, segments, parties=parties)
        found: list[Match] = []
        standing: dict[int, int] = {}
        for index, (_, sentence) in enumerate(reading.sentences):
            for number, patterns in reading.candidates(index):
                detector = self._detectors[number]
                if standing.get(number, 0) >= detector.enough:
                    continue
                if match := _match(detector, patterns, reading, index, kind):
                    found.append(match)
                    # A heading shows an answer less well than a sentence: the search goes on for one.
                    if not match.cleared_by and match.score >= detector.best and sentence.unit is not Unit.HEADING:
                        standing[number] = standing.get(number, 0) + 1
        return tuple(found)

    def read(self, document: Document, segments: Sequence[Segment], *, parties: Parties | None = None) -> Reading:
        """A document as its rules are matched."""
        return Reading(self.finder, self.index, document, segments, parties or Parties())

    def matches_at(self, reading: Reading, index: int, kind: str) -> Iterator[Match]:
        """What the rules, not the questions, match in one sentence of `Reading.sentences`."""
        for number, patterns in reading.candidates(index):
            if number >= len(self._rules.rules):
                continue
            if match := _match(self._detectors[number], patterns, reading, index, kind):
                yield match


def _of_rule(rule: Rule) -> _Detector:
    scope = rule.scope if rule.scope != _EVERYWHERE else _EVERYWHERE
    return _Detector(rule.id, rule.severity, scope, rule.patterns, rule.unless, rule.reads)


def _of_question(question: Question) -> Iterator[_Detector]:
    for answer, patterns in (("yes", question.yes), ("no", question.no), ("unclear", question.unclear)):
        if patterns:
            name = f"{CHECKLIST}/{question.id}/{answer}"
            best = max(pattern.score for pattern in patterns)
            enough = max(pattern.at_least for pattern in patterns)
            scope = Scope(question.documents, (), ()) if question.documents else _EVERYWHERE
            yield _Detector(name, Severity.LOW, scope, patterns, question.unless, enough=enough, best=best)


def _match(detector: _Detector, patterns: list[int], reading: Reading, index: int, kind: str) -> Match | None:
    """The match of one detector on one sentence; None where it is out of scope or no pattern holds."""
    segment, sentence = reading.sentences[index]
    if detector.scope is not _EVERYWHERE and not reading.is_in_scope(detector.scope, segment, kind):
        return None
    evidence: list[Evidence] = []
    severity: Severity | None = None
    doubt = 1.0
    for number in patterns:
        pattern = detector.patterns[number]
        if sentence.unit not in pattern.units:
            continue
        if (fired := reading.holds(pattern.condition, index, EvidenceKind.PATTERN)) is None:
            continue
        evidence += (item for item in fired if item not in evidence)
        found = pattern.severity or detector.severity
        severity = found if severity is None or found.rank > severity.rank else severity
        doubt *= 1 - pattern.score
    if severity is None:
        return None
    cleared_by = _QUESTION if reading.asks(sentence) and not detector.id.startswith(f"{CHECKLIST}/") else ""
    for exception in () if cleared_by else detector.unless:
        if (fired := reading.holds(exception, index, EvidenceKind.CLEARED, evidence)) is None:
            continue
        if exception.severity is None:
            cleared_by = exception.name
            evidence += fired
            break
        severity = exception.severity
        evidence += (Evidence(EvidenceKind.ADJUSTMENT, e.name, e.span, e.text) for e in fired)
    evidence += reading.amounts(detector.reads, sentence)
    score = round(min(0.98, 1 - doubt), 3)
    return Match(detector.id, segment, sentence, severity, score, tuple(evidence), cleared_by)
