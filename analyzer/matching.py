"""Rules to matches: which sentences a rule fires on, which words fired, and what clears them.

The cost grows with the text and not with text × rules. Each expression requires some words (`analyzer.phrases`);
one look-up per word of a sentence gives the requirements that it meets, and only a pattern whose requirements are all
met is tried with spaCy's matcher, on that sentence alone. The only module that imports spaCy.
"""

import importlib
import json
import math
import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import product
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from analyzer.candidates import ANCHORS, CandidateIndex, Row
from analyzer.document import Document, Parties, Segment, Sentence, Span, Unit
from analyzer.findings import Evidence, EvidenceKind, Match, Severity
from analyzer.phrases import (
    Choice,
    Expression,
    ExpressionKind,
    Slot,
    expand,
    plain_tokens,
    to_regex,
    words_of,
)
from analyzer.quantities import QuantityKind, read_quantities
from analyzer.rules import CHECKLIST, Condition, Entry, Pattern, Question, Rule, RuleSet, Scope, Window


def _import_spacy() -> None:
    """Import spaCy without its command line, which its package imports for one function and which takes longer
    than the rest of it (0.4 of 0.8 seconds, measured); a later ``import spacy.cli`` gets the real one.
    """
    names = ("spacy.cli", "spacy.cli.info")
    if "spacy" in sys.modules:
        return
    for name in names:
        stand_in = ModuleType(name)
        stand_in.info = None  # type: ignore[attr-defined]
        sys.modules[name] = stand_in
    try:
        importlib.import_module("spacy")
    finally:
        for name in names:
            sys.modules.pop(name, None)


_import_spacy()
import spacy  # noqa: E402
from spacy.matcher import Matcher  # noqa: E402

if TYPE_CHECKING:
    from spacy.tokens import Doc

__all__ = ["RuleMatcher"]

_NEAR = 2
"""Sentences on each side that count as near."""
_MATCH_MARGIN = 8
"""Words on each side of the matched ones in which an exception of window ``match`` may stand."""
_LEAD_IN_LIMIT = 400
"""Characters of a lead-in that are read with its item, from its end."""
_KEPT_TEXTS = 500
"""Tokenised texts that are kept at a time: rules look at one sentence after the other, and a little around it."""
_Tokens = dict[str, object]
"""One token of a spaCy pattern."""
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


class _Text(NamedTuple):
    """A stretch of text made of one or two spans of the document, to match on."""

    text: str
    lead: Span
    """Empty where there is no lead-in."""
    main: Span

    @property
    def main_start(self) -> int:
        return self.lead.end - self.lead.start + 1 if self.lead.end > self.lead.start else 0


class _Found(NamedTuple):
    """Where an entry matched: a span of the document, and whether it touches the flagged sentence."""

    span: Span
    text: str
    is_inside: bool


@lru_cache(maxsize=1)
def _blank_english() -> "spacy.language.Language":
    """One for all matchers: its exceptions take a third of a second to set up, and rules leave it as it is."""
    return spacy.blank("en")


class RuleMatcher:
    """Rules, compiled as far as needed and kept between documents.

    Calling it reads one document's segments and returns its matches in the order of the text; matches of a
    question have the rule id ``checklist/ID/ANSWER``.
    """

    def __init__(self, rules: RuleSet) -> None:
        self._rules = rules  # compiled expressions are known by identity, so they have to stay
        self._detectors = (*map(_of_rule, rules.rules), *(d for q in rules.questions for d in _of_question(q)))
        self.index = CandidateIndex([(d.patterns, d.unless) for d in self._detectors], rules.vocabulary)

    def __call__(
        self, document: Document, segments: Sequence[Segment], *, parties: Parties | None = None, kind: str = "other"
    ) -> tuple[Match, ...]:
        """Every match, cleared ones included; of a question no more than its answer needs."""
        reading = _Reading(self, document, segments, parties or Parties())
        found: list[Match] = []
        standing: dict[int, int] = {}
        for index, (segment, sentence) in enumerate(reading.sentences):
            for number, patterns in reading.candidates(index):
                detector = self._detectors[number]
                if standing.get(number, 0) >= detector.enough:
                    continue
                if detector.scope is not _EVERYWHERE and not reading.is_in_scope(detector.scope, segment, kind):
                    continue
                if match := _match(detector, patterns, reading, index, segment, sentence):
                    found.append(match)
                    if not match.cleared_by and match.score >= detector.best:
                        standing[number] = standing.get(number, 0) + 1
        return tuple(found)

    @cached_property
    def nlp(self) -> "spacy.language.Language":
        """A blank English pipeline: tokens alone, no statistical model."""
        return _blank_english()

    def find(self, expression: Expression, doc: "Doc", text: str) -> Iterator[tuple[int, int]]:
        """Where a phrase or token pattern stands in a text, as half-open ranges of its tokens."""
        compiled = self._compiled.get(id(expression))
        if compiled is None:
            compiled = self._compiled[id(expression)] = self._compile(expression)
        matcher, runs = compiled
        if expression.kind is ExpressionKind.TOKENS:
            yield from ((start, end) for _, start, end in matcher(doc))
            return
        hits: dict[str, list[tuple[int, int]]] = {}
        for name, start, end in matcher(doc):
            hits.setdefault(self.nlp.vocab.strings[name], []).append((start, end))
        breaks = [token.i for token in doc if token.text == ";"] if ";" in text else []
        spans = {(start, end) for start, end, _ in _joined(expression.sequence, runs, hits, {_ANYWHERE}) if start >= 0}
        for start, end in sorted(spans):
            if not any(start <= place < end for place in breaks):
                yield start, end

    def _compile(self, expression: Expression) -> "tuple[Matcher, _Runs]":
        """SpaCy's matcher for the unbroken runs of words in a phrase, by name.

        Gaps are not given to spaCy: it writes one out as a chain of optional tokens, whose states multiply
        (two gaps of eight words cost thirty milliseconds a sentence, measured). They are joined in `_joined`.
        """
        matcher = Matcher(self.nlp.vocab)
        runs: _Runs = {}
        if expression.kind is ExpressionKind.TOKENS:
            matcher.add("tokens", [json.loads(expression.text)])
        for run in _runs(expression.sequence):
            if run not in runs:
                runs[run] = f"run {len(runs)}"
                matcher.add(runs[run], list(_sequences(run, self.tokens_of)))
        return matcher, runs

    @cached_property
    def _compiled(self) -> "dict[int, tuple[Matcher, _Runs]]":
        return {}

    def may_match(self, expression: Expression, plain: str) -> bool:
        """A quick look at the plain tokens of a text; says yes to everything that the matcher would find."""
        if expression.kind is ExpressionKind.TOKENS:
            return True
        regex = self._regexes.get(id(expression))
        if regex is None:
            regex = self._regexes[id(expression)] = to_regex(expression.sequence)
        return regex.search(plain) is not None

    @cached_property
    def _regexes(self) -> dict[int, re.Pattern[str]]:
        return {}

    def token_patterns(self, expression: Expression) -> list[list[_Tokens]]:
        """A phrase or token pattern as spaCy's matcher takes it: alternatives, each a list of tokens."""
        if expression.kind is ExpressionKind.TOKENS:
            return [json.loads(expression.text)]
        slots = expand(expression.sequence)
        return [tokens for variant in slots for tokens in _sequences(variant, self.tokens_of)]

    def tokens_of(self, word: str) -> tuple[str, ...]:
        """How spaCy splits a word of a phrase: ``non-negotiable`` is three tokens."""
        return (word,) if word.startswith("@") else tuple(token.norm_ for token in self.nlp.make_doc(word))


_Run = tuple[Slot, ...]
_Runs = dict[_Run, str]


def _elements(sequence: Sequence[Slot | Choice]) -> "Iterator[_Run | Slot | Choice]":
    """A sequence as runs of adjacent words, gaps, and choices; a word that may be absent is a choice."""
    run: list[Slot] = []
    for node in sequence:
        if isinstance(node, Slot) and node.minimum and not node.is_gap:
            run.append(node)
            continue
        if run:
            yield tuple(run)
            run = []
        if isinstance(node, Slot) and not node.is_gap:
            yield Choice(((replace(node, minimum=1),),), is_optional=True)
        else:
            yield node
    if run:
        yield tuple(run)


def _runs(sequence: Sequence[Slot | Choice]) -> "Iterator[_Run]":
    for element in _elements(sequence):
        if isinstance(element, tuple):
            yield element
        elif isinstance(element, Choice):
            for inner in element.sequences:
                yield from _runs(inner)


_Partial = set[tuple[int, int, int]]
"""Start and end in tokens of what matched so far, and how many words may stand before what follows."""
_ANYWHERE = (-1, -1, 0)


def _joined(
    sequence: Sequence[Slot | Choice], runs: _Runs, hits: dict[str, list[tuple[int, int]]], partial: "_Partial"
) -> "_Partial":
    """What comes before a sequence, each with where the sequence may stand after it."""
    for element in _elements(sequence):
        if isinstance(element, Slot):
            partial = {(a, b, slack + element.maximum) if a >= 0 else _ANYWHERE for a, b, slack in partial}
        elif isinstance(element, Choice):
            # An alternative may begin or end with a gap, so each goes on from what comes before it.
            after = {spot for inner in element.sequences for spot in _joined(inner, runs, hits, partial)}
            partial = after | partial if element.is_optional else after
        else:
            partial = _extended(partial, hits.get(runs[element], ()))
        if not partial:
            return set()
    return partial


def _extended(partial: "_Partial", found: Sequence[tuple[int, int]]) -> "_Partial":
    """Each partial match with what may follow it."""
    ends: dict[int, list[int]] = {}
    for start, end in found:
        ends.setdefault(start, []).append(end)
    longer = {(start, end, 0) for start, end in found} if _ANYWHERE in partial else set()
    for start, end, slack in partial:
        if start >= 0:
            longer.update((start, after, 0) for place in range(end, end + slack + 1) for after in ends.get(place, ()))
    return longer


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


def _sequences(variant: tuple[Slot, ...], tokens_of: Callable[[str], tuple[str, ...]]) -> Iterator[list[_Tokens]]:
    """SpaCy token patterns for one sequence of slots; a word of several tokens makes a pattern of its own."""
    options = [_options(slot, tokens_of) for slot in variant]
    for choice in product(*options):
        yield [token for tokens in choice for token in tokens]


def _options(slot: Slot, tokens_of: Callable[[str], tuple[str, ...]]) -> list[list[_Tokens]]:
    if slot.is_gap:
        return [[{"OP": f"{{{slot.minimum},{slot.maximum}}}"}]]
    split = {word: tokens_of(word) for word in sorted(slot.words)}
    # A text's "U.S." is one token, though in small letters, as phrases have it, it would be split.
    single = sorted(
        {tokens[0] for tokens in split.values() if len(tokens) == 1} | {word for word in split if "." in word}
    )
    options: list[list[_Tokens]] = []
    if single or slot.prefixes:
        token: _Tokens = {"NORM": _norm(single, sorted(slot.prefixes))}
        options.append([token if slot.minimum else {**token, "OP": "?"}])
    if slot.is_number:
        options.append([{"LIKE_NUM": True} if slot.minimum else {"LIKE_NUM": True, "OP": "?"}])
    longer: list[list[_Tokens]] = [
        [{"NORM": token} for token in tokens] for tokens in split.values() if len(tokens) > 1
    ]
    absent: list[list[_Tokens]] = [[]] if longer and not slot.minimum else []
    return [*options, *longer, *absent]


def _norm(words: list[str], prefixes: list[str]) -> _Tokens:
    if not prefixes:
        return {"IN": words}
    alternatives = [f"{re.escape(word)}$" for word in words] + [re.escape(prefix) for prefix in prefixes]
    return {"REGEX": f"^(?:{'|'.join(alternatives)})"}


def _match(
    detector: _Detector, patterns: list[int], reading: "_Reading", index: int, segment: int, sentence: Sentence
) -> Match | None:
    """The match of one detector on one sentence; None where no pattern holds."""
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
    cleared_by = ""
    for exception in detector.unless:
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


class _Reading:
    """One document while its rules are matched: its sentences, and what was worked out about them so far."""

    def __init__(self, matcher: RuleMatcher, document: Document, segments: Sequence[Segment], parties: Parties) -> None:
        self.document = document
        self.sentences: list[tuple[int, Sentence]] = sorted(
            ((number, sentence) for number, segment in enumerate(segments) for sentence in segment.sentences),
            key=lambda pair: pair[1].span,
        )
        self._matcher = matcher
        self._index = matcher.index
        self._segments = segments
        self._aliases = dict.fromkeys(parties.vendor, "@vendor") | dict.fromkeys(parties.buyer, "@buyer")
        self._docs: dict[str, Doc] = {}
        self._plains: dict[str, str] = {}
        self._quick: dict[tuple[int, int], bool] = {}
        self._hits: dict[tuple[int, int], _Found | None] = {}
        self._window_hits: dict[tuple[int, str, int], _Found | None] = {}
        self._leads: dict[Span, tuple[set[int], list[Row]]] = {}
        self._met: list[set[int]] = []
        self._rows: list[list[Row]] = []
        self._postings: dict[int, list[int]] = {}
        self._lowered = (-1, "")
        self._read_words()

    # What a sentence holds.

    def _read_words(self) -> None:
        """Look up every word once: the groups that each sentence meets, and the patterns that may fire on it."""
        for _, sentence in self.sentences:
            met, rows = (set(), []) if sentence.unit in _NEVER else self._words(self.document[sentence.span])
            self._met.append(met)
            self._rows.append(rows)

    def _words(self, text: str) -> tuple[set[int], list[Row]]:
        words = set(words_of(text))
        if self._aliases:
            words.update([self._aliases[word] for word in words if word in self._aliases])
        known = self._index.known
        met: set[int] = set()
        rows: list[Row] = []
        for word in words:
            groups, of_word = known(word)
            if groups:
                met.update(groups)
                rows += of_word
        return met, rows

    def candidates(self, index: int) -> Iterator[tuple[int, list[int]]]:
        """Detectors and their patterns that may fire on a sentence."""
        sentence = self.sentences[index][1]
        if sentence.unit in _NEVER:
            return
        met, rows = self._met[index], self._rows[index]
        if sentence.lead_in is not None:
            lead_met, lead_rows = self._lead(sentence.lead_in)
            met, rows = met | lead_met, rows + lead_rows
        by_detector: dict[int, set[int]] = {}
        for row in rows:
            if row.needs <= met and self._is_plausible(row, index, has_lead=sentence.lead_in is not None):
                by_detector.setdefault(row.detector, set()).add(row.pattern)
        for row in self._literal_rows.get(index, ()):
            by_detector.setdefault(row.detector, set()).add(row.pattern)
        for detector in sorted(by_detector):
            yield detector, sorted(by_detector[detector])

    def _is_plausible(self, row: Row, index: int, *, has_lead: bool) -> bool:
        """A quick look at all that a row wants in the sentence itself."""
        expressions = row.within if has_lead else row.within + row.within_item
        return all(self._may_match(expression, index) for expression in expressions)

    @cached_property
    def _literal_rows(self) -> dict[int, list[Row]]:
        """Sentence to the rows whose regex has a literal in it, found in one pass over the text for each literal."""
        plain = self._plain(Span(0, len(self.document.text)))
        text = plain.lower()
        if len(text) != len(plain):  # a few letters grow when they are lowered
            text = "".join(c.lower() if len(c.lower()) == 1 else c for c in plain)
        found: dict[int, list[Row]] = {}
        for literal, rows in self._index.by_literal.items():
            place = text.find(literal)
            while place >= 0:
                index = bisect_right(self._starts, place) - 1
                for reached in (index, *self._items_under(place)):
                    found.setdefault(reached, []).extend(rows)
                after = self._starts[index + 1] if index + 1 < len(self._starts) else len(text)
                place = text.find(literal, max(place + 1, after))
        return found

    def _items_under(self, place: int) -> Iterator[int]:
        """The items whose lead-in holds a character."""
        return (index for lead, items in self._items.items() if lead.start <= place < lead.end for index in items)

    @cached_property
    def _items(self) -> dict[Span, list[int]]:
        """Lead-in to the items that it governs."""
        items: dict[Span, list[int]] = {}
        for index, (_, sentence) in enumerate(self.sentences):
            if sentence.lead_in is not None:
                items.setdefault(sentence.lead_in, []).append(index)
        return items

    def _lower(self, index: int) -> str:
        if self._lowered[0] != index:
            self._lowered = index, self._plain(self.sentences[index][1].span).lower()
        return self._lowered[1]

    def _lead(self, span: Span) -> tuple[set[int], list[Row]]:
        if span not in self._leads:
            self._leads[span] = self._words(self.document[_tail(span)])
        return self._leads[span]

    def _plain_tokens(self, text: str) -> str:
        plain = self._plains.get(text)
        if plain is None:
            if len(self._plains) > _KEPT_TEXTS:
                self._plains.clear()
            plain = self._plains[text] = plain_tokens(text, self._aliases)
        return plain

    def _may_match(self, expression: Expression, index: int) -> bool:
        """A quick look whether an expression can stand in a sentence, without spaCy."""
        key = (id(expression), index)
        known = self._quick.get(key)
        if known is None:
            known = self._index.needs_of(expression) <= self._met[index]
            if known and expression.kind is ExpressionKind.PHRASE:
                text = self._plain(self.sentences[index][1].span)
                known = self._matcher.may_match(expression, self._plain_tokens(text))
            elif known and expression.kind is ExpressionKind.REGEX:
                known = any(literal in self._lower(index) for literal in expression.literals)
            self._quick[key] = known
        return known

    def is_in_scope(self, scope: Scope, segment: int, kind: str) -> bool:
        if scope.documents and kind not in scope.documents:
            return False
        if any(self._in_headings(expression, segment) for expression in scope.headings_out):
            return False
        return not scope.headings_in or any(self._in_headings(e, segment) for e in scope.headings_in)

    # Whether a condition holds.

    def holds(
        self, condition: Condition, index: int, kind: EvidenceKind, so_far: Sequence[Evidence] = ()
    ) -> list[Evidence] | None:
        """The evidence for a condition on a sentence; None where it doesn't hold."""
        options = self._options(condition, index)
        if options is None:
            return None
        found: list[_Found] = []
        for entry in condition.all:
            if (hit := self._find(entry, index, so_far)) is None:
                return None
            found.append(hit)
        if options:
            hits = (self._find(entry, index, so_far) for entry in options)
            if (hit := next((hit for hit in hits if hit), None)) is None:
                return None
            found.append(hit)
        if any(self._find(entry, index, so_far) for entry in condition.none):
            return None
        if kind is EvidenceKind.PATTERN and not any(hit.is_inside for hit in found):
            return None
        return [
            Evidence(
                kind if hit.is_inside or kind is not EvidenceKind.PATTERN else EvidenceKind.CONTEXT,
                condition.name,
                hit.span,
                hit.text,
            )
            for hit in dict.fromkeys(found)
        ]

    def _options(self, condition: Condition, index: int) -> list[Entry] | None:
        """The alternatives of ``any`` that a quick look leaves; None where the condition can't hold at all."""
        met, needs_of, may_match = self._met[index], self._index.needs_of, self._may_match
        inner = _SENTENCE_ALONE if self.sentences[index][1].lead_in is not None else ANCHORS
        for entry in condition.all:
            if entry.window in inner and not may_match(entry.expression, index):
                return None
        options = [
            entry
            for entry in condition.any
            if entry.window not in inner or (needs_of(entry.expression) <= met and may_match(entry.expression, index))
        ]
        return None if condition.any and not options else options

    def _find(self, entry: Entry, index: int, so_far: Sequence[Evidence]) -> _Found | None:
        segment, sentence = self.sentences[index]
        match entry.window:
            case Window.SENTENCE:
                return self._in_sentence(entry.expression, index)
            case Window.ITEM:
                return self._in_item(entry.expression, index)
            case Window.MATCH:
                return self._around(entry.expression, sentence, so_far)
            case Window.HEADING:
                return self._in_headings(entry.expression, segment)
            case Window.NEAR:
                return self._in_range(entry.expression, index - _NEAR, index + _NEAR + 1, own=index)
            case Window.CLAUSE:
                return self._in_clause(entry, segment) or self._in_item(entry.expression, index)
            case Window.SECTION:
                return self._in_window(entry, self._section(segment))
            case Window.DOCUMENT:
                return self._in_window(entry, 0)

    def _in_sentence(self, expression: Expression, index: int) -> _Found | None:
        if not self._may_match(expression, index):
            return None
        key = (id(expression), index)
        if key not in self._hits:
            span = self.sentences[index][1].span
            self._hits[key] = self._search(expression, _Text(self._plain(span), Span(0, 0), span))
        return self._hits[key]

    def _in_item(self, expression: Expression, index: int) -> _Found | None:
        sentence = self.sentences[index][1]
        if sentence.lead_in is None:
            return self._in_sentence(expression, index)
        if not self._index.needs_of(expression) <= self._met[index] | self._lead(sentence.lead_in)[0]:
            return None
        key = (id(expression), -1 - index)
        if key not in self._hits:
            self._hits[key] = self._search(expression, self._item(sentence.lead_in, sentence.span))
        return self._hits[key]

    def _in_range(
        self, expression: Expression, first: int, after: int, *, own: int = -1, segment: int = -1
    ) -> _Found | None:
        """The first match among some sentences, of one segment where asked."""
        for index in self._holding(expression, max(0, first), min(after, len(self.sentences))):
            if segment >= 0 and self.sentences[index][0] != segment:
                continue
            if hit := self._in_sentence(expression, index):
                return hit if index == own else hit._replace(is_inside=False)
        return None

    def _holding(self, expression: Expression, first: int, after: int) -> Sequence[int]:
        """The sentences of a range that hold the expression's rarest word."""
        needs = self._index.needs_of(expression)
        if not needs:
            return range(first, after)
        group = self._index.rarest(needs)
        postings = self._postings.get(group)
        if postings is None:
            postings = self._postings[group] = [index for index, met in enumerate(self._met) if group in met]
        return postings[bisect_left(postings, first) : bisect_left(postings, after)]

    def _in_clause(self, entry: Entry, segment: int) -> _Found | None:
        known = (id(entry.expression), entry.window, segment)
        if known not in self._window_hits:
            first, after = self._extent_of(segment)
            self._window_hits[known] = self._in_range(entry.expression, first, after, segment=segment)
        return self._window_hits[known]

    def _in_window(self, entry: Entry, segment: int) -> _Found | None:
        known = (id(entry.expression), entry.window, segment)
        if known not in self._window_hits:
            self._window_hits[known] = self._in_range(entry.expression, *self._extent_of(segment))
        return self._window_hits[known]

    @cached_property
    def _starts(self) -> list[int]:
        return [sentence.span.start for _, sentence in self.sentences]

    def _extent_of(self, segment: int) -> tuple[int, int]:
        """The sentences within a segment and those below it, as a range."""
        span = self._segments[segment].span
        return bisect_left(self._starts, span.start), bisect_left(self._starts, span.end)

    def _section(self, segment: int) -> int:
        while (parent := self._segments[segment].parent) is not None and self._segments[segment].level > 1:
            segment = parent
        return segment

    def _in_headings(self, expression: Expression, segment: int) -> _Found | None:
        path = " / ".join(self._segments[segment].path)
        if not path:
            return None
        start = self._segments[segment].span.start
        known = (id(expression), "headings", segment)
        if known not in self._window_hits:
            hit = self._search(expression, _Text(path, Span(0, 0), Span(0, 0)))
            self._window_hits[known] = hit and _Found(Span(start, start), hit.text, is_inside=False)
        return self._window_hits[known]

    def _around(self, expression: Expression, sentence: Sentence, so_far: Sequence[Evidence]) -> _Found | None:
        spans = [e.span for e in so_far if e.kind is EvidenceKind.PATTERN and sentence.span.contains(e.span)]
        if not spans:
            return None
        text = self._plain(sentence.span)
        first = min(span.start for span in spans) - sentence.span.start
        last = max(span.end for span in spans) - sentence.span.start
        before = [match.start() for match in _TOKEN.finditer(text, 0, first)][-_MATCH_MARGIN:]
        after = [match.end() for match in _TOKEN.finditer(text, last)][:_MATCH_MARGIN]
        start, end = (before or [first])[0], (after or [last])[-1]
        span = Span(sentence.span.start + start, sentence.span.start + end)
        return self._search(expression, _Text(text[start:end], Span(0, 0), span))

    # Searching a text.

    def _plain(self, span: Span) -> str:
        return self.document[span].replace("\n", " ").replace("\t", " ")

    def _item(self, lead_in: Span, span: Span) -> _Text:
        lead = _tail(lead_in)
        return _Text(f"{self._plain(lead)} {self._plain(span)}", lead, span)

    def _search(self, expression: Expression, text: _Text) -> _Found | None:
        if expression.kind is ExpressionKind.REGEX:
            lowered = text.text.lower()
            if not any(literal in lowered for literal in expression.literals):
                return None
            hits = [(m.start(), m.end()) for m in _regex(expression.text).finditer(text.text) if m.end() > m.start()]
        elif self._matcher.may_match(expression, self._plain_tokens(text.text)):
            doc = self._doc(text.text)
            found = self._matcher.find(expression, doc, text.text)
            hits = [(doc[start].idx, doc[end - 1].idx + len(doc[end - 1])) for start, end in found]
        else:
            return None
        if not hits:
            return None
        # The shortest words that match say most; ones in the sentence itself more than ones in its lead-in.
        start, end = min(hits, key=lambda hit: (hit[1] <= text.main_start, hit[1] - hit[0], hit[0]))
        return _place(text, start, end)

    def _doc(self, text: str) -> "Doc":
        doc = self._docs.get(text)
        if doc is None:
            if len(self._docs) > _KEPT_TEXTS:
                self._docs.clear()
            doc = self._docs[text] = self._matcher.nlp.make_doc(text)
            if self._aliases and not self._aliases.keys().isdisjoint(words_of(text)):
                for token in doc:
                    if token.lower_ in self._aliases:
                        token.norm_ = self._aliases[token.lower_]
        return doc

    def amounts(self, kinds: Sequence[QuantityKind], sentence: Sentence) -> list[Evidence]:
        """The quantities of a sentence that a rule reads, each value once."""
        if not kinds:
            return []
        found: dict[tuple[str, str], Evidence] = {}
        text = self.document[sentence.span]
        for quantity in read_quantities(text):
            if quantity.kind in kinds:
                span = Span(sentence.span.start + quantity.start, sentence.span.start + quantity.end)
                evidence = Evidence(EvidenceKind.AMOUNT, quantity.kind, span, self.document[span], str(quantity))
                found.setdefault((quantity.kind, evidence.value), evidence)
        return list(found.values())


_SENTENCE_ALONE = frozenset({Window.SENTENCE})
_NEVER = frozenset({Unit.CONTENTS, Unit.FURNITURE, Unit.COMMENT, Unit.HIDDEN})
_TOKEN = re.compile(r"\S+")


def _tail(span: Span) -> Span:
    return Span(max(span.start, span.end - _LEAD_IN_LIMIT), span.end)


def _place(text: _Text, start: int, end: int) -> _Found:
    """A match in a text as a span of the document."""
    if end <= text.main_start:
        span = Span(text.lead.start + start, text.lead.start + end)
        return _Found(span, text.text[start:end], is_inside=False)
    inner = max(start, text.main_start)
    span = Span(text.main.start + inner - text.main_start, text.main.start + end - text.main_start)
    return _Found(span, text.text[inner:end], is_inside=True)


@lru_cache(maxsize=4096)
def _regex(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)
