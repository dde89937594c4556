"""One document while its rules are matched: what its sentences hold, and whether a condition holds on one of them."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from analyzer.document import Document, Parties, Segment, Sentence, Span, Unit
from analyzer.findings import Evidence, EvidenceKind
from analyzer.matching.candidates import ANCHORS, CandidateIndex, Row, Seen
from analyzer.matching.finder import PhraseFinder
from analyzer.matching.tokens import Text, cut
from analyzer.phrases import Expression, ExpressionKind, words_of
from analyzer.quantities import QuantityKind, read_quantities
from analyzer.regexes import spans_of
from analyzer.rules import Condition, Entry, Scope, Window

if TYPE_CHECKING:
    from spacy.tokens import Doc

__all__ = ["Reading"]

_NEAR = 2
"""Sentences on each side that count as near."""
_MATCH_MARGIN = 8
"""Words on each side of the matched ones in which an exception of window ``match`` may stand."""
_LEAD_IN_LIMIT = 400
"""Characters of a lead-in that are read with its item, from its end."""
_KEPT_TEXTS = 500
"""Tokenised texts that are kept at a time: rules look at one sentence after the other, and a little around it."""


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


class Reading:
    """One document while its rules are matched: its sentences, and what was worked out about them so far."""

    def __init__(
        self,
        finder: PhraseFinder,
        index: CandidateIndex,
        document: Document,
        segments: Sequence[Segment],
        parties: Parties,
    ) -> None:
        self.document = document
        self.sentences: list[tuple[int, Sentence]] = sorted(
            ((number, sentence) for number, segment in enumerate(segments) for sentence in segment.sentences),
            key=lambda pair: pair[1].span,
        )
        self._finder = finder
        self._index = index
        self._segments = segments
        self._aliases = dict.fromkeys(parties.vendor, "@vendor") | dict.fromkeys(parties.buyer, "@buyer")
        self._pieces = index.pieces.named(self._aliases)
        self._docs: dict[str, Doc] = {}
        self._tokens: dict[str, Text] = {}
        self._standing: dict[tuple[int, int], bool] = {}
        self._hits: dict[tuple[int, int], _Found | None] = {}
        self._window_hits: dict[tuple[int, str, int], _Found | None] = {}
        self._leads: dict[Span, tuple[Seen, list[Row]]] = {}
        self._met: list[int] = []
        self._met_as_items: dict[int, int] = {}
        self._met_above: dict[str, int] = {}
        self._rows: list[tuple[Row, ...]] = []
        self._postings: dict[int, list[int]] = {}
        self._texts: dict[int, _Text] = {}
        for number, (_, sentence) in enumerate(self.sentences):
            self._look_at(number, sentence)

    # What a sentence holds.

    def _look_at(self, number: int, sentence: Sentence) -> None:
        """What a sentence meets, by itself and after its lead-in, and the rows that wait for it."""
        if sentence.unit in _NEVER:
            self._met.append(0)
            self._rows.append(())
            return
        pieces = cut(self._plain(sentence.span))
        seen, rows = self._index.look(self._pieces, pieces)
        met = seen.met
        self._met.append(met)
        if sentence.lead_in is not None:
            lead, lead_rows = self._lead(sentence.lead_in)
            across, more = self._index.look_across(self._pieces, pieces, lead, seen)
            met = met | lead.met | across
            self._met_as_items[number] = met
            rows = rows + lead_rows + more
        self._rows.append(tuple(row for row in rows if met & (needs := row.needs) == needs))

    def _lead(self, span: Span) -> tuple[Seen, list[Row]]:
        if span not in self._leads:
            self._leads[span] = self._index.look(self._pieces, cut(self._plain(_tail(span))))
        return self._leads[span]

    def candidates(self, index: int) -> Iterator[tuple[int, list[int]]]:
        """Detectors and their patterns that may fire on a sentence."""
        by_detector: dict[int, set[int]] = {}
        tried: set[tuple[int, int, int]] = set()
        for row in self._rows[index]:
            # Rows for several ways to match one expression share their entries.
            if (key := (row.detector, row.pattern, id(row.entries))) in tried:
                continue
            tried.add(key)
            if all(self.stands(entry, index) for entry in row.entries):
                by_detector.setdefault(row.detector, set()).add(row.pattern)
        for detector in sorted(by_detector):
            yield detector, sorted(by_detector[detector])

    def _may_match(self, expression: Expression, index: int, window: Window = Window.SENTENCE) -> bool:
        """Whether all is met that an expression needs, in a sentence or in an item with its lead-in."""
        return self._index.may_match(expression, self._met_in(index, window))

    def _met_in(self, index: int, window: Window) -> int:
        """The groups that a sentence meets, or an item with its lead-in."""
        is_item = window is Window.ITEM and index in self._met_as_items
        return self._met_as_items[index] if is_item else self._met[index]

    def _text_of(self, index: int, lead: Span | None) -> _Text:
        """A sentence as it is searched, after its lead-in where that counts."""
        key = index if lead is None else -1 - index
        text = self._texts.get(key)
        if text is None:
            if len(self._texts) > _KEPT_TEXTS:
                self._texts.clear()
            span = self.sentences[index][1].span
            text = self._texts[key] = (
                _Text(self._plain(span), Span(0, 0), span) if lead is None else self._item(lead, span)
            )
        return text

    def is_in_scope(self, scope: Scope, segment: int, kind: str) -> bool:
        if scope.documents and kind not in scope.documents:
            return False
        if any(self._in_headings(expression, segment) for expression in scope.headings_out):
            return False
        return not scope.headings_in or any(self._in_headings(e, segment) for e in scope.headings_in)

    def tokens_at(self, index: int, window: Window) -> "tuple[str, Doc]":
        """A sentence as it is searched, after its lead-in for `Window.ITEM`, and its tokens."""
        text = self._text_of(index, self.sentences[index][1].lead_in if window is Window.ITEM else None).text
        return text, self._doc(text)

    # Whether a condition holds.

    def holds(
        self, condition: Condition, index: int, kind: EvidenceKind, so_far: Sequence[Evidence] = ()
    ) -> list[Evidence] | None:
        """The evidence for a condition on a sentence; None where it doesn't hold."""
        options = self._options(condition, index)
        if options is None or any(self.stands(entry, index, so_far) for entry in condition.none):
            return None
        if not all(self.stands(condition.all[n], index, so_far) for n in self._index.order_of(condition)):
            return None
        chosen = next((entry for entry in options if self.stands(entry, index, so_far)), None)
        if options and chosen is None:
            return None
        asked = condition.all if chosen is None else (*condition.all, chosen)
        found = [hit for entry in asked if (hit := self.find(entry, index, so_far))]
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
        for entry in condition.all:
            if entry.window in ANCHORS and not self._may_match(entry.expression, index, entry.window):
                return None
        options = [
            entry
            for entry in condition.any
            if entry.window not in ANCHORS or self._may_match(entry.expression, index, entry.window)
        ]
        return None if condition.any and not options else options

    def stands(self, entry: Entry, index: int, so_far: Sequence[Evidence] = ()) -> bool:
        """Whether an entry of a condition holds on a sentence; where its words stand is not asked."""
        if entry.window not in ANCHORS:
            return self.find(entry, index, so_far) is not None
        window = entry.window if index in self._met_as_items else Window.SENTENCE
        return self._stands(entry.expression, index, window)

    def _stands(self, expression: Expression, index: int, window: Window) -> bool:
        key = id(expression), -1 - index if window is Window.ITEM else index
        known = self._standing.get(key)
        if known is None:
            known = self._standing[key] = self._may_match(expression, index, window) and self._is_in(
                expression, index, window
            )
        return known

    def _is_in(self, expression: Expression, index: int, window: Window) -> bool:
        lead = self.sentences[index][1].lead_in if window is Window.ITEM else None
        text = self._text_of(index, lead).text
        if expression.kind is ExpressionKind.PHRASE:
            met = self._met_in(index, window)
            if ";" not in text and self._index.is_met(expression, met):
                return True
            return self._index.stands(expression, self._tokens_of(text), met)
        return any(True for _ in self._stretches(expression, text, None))

    def find(self, entry: Entry, index: int, so_far: Sequence[Evidence] = ()) -> _Found | None:
        """Where an entry of a condition on a sentence matches; ``so_far`` is what the patterns matched."""
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
        if not self._stands(expression, index, Window.SENTENCE):
            return None
        key = (id(expression), index)
        if key not in self._hits:
            self._hits[key] = self._search(expression, self._text_of(index, None), self._met_in(index, Window.SENTENCE))
        return self._hits[key]

    def _in_item(self, expression: Expression, index: int) -> _Found | None:
        lead = self.sentences[index][1].lead_in
        if lead is None:
            return self._in_sentence(expression, index)
        if not self._stands(expression, index, Window.ITEM):
            return None
        key = (id(expression), -1 - index)
        if key not in self._hits:
            self._hits[key] = self._search(expression, self._text_of(index, lead), self._met_in(index, Window.ITEM))
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
        groups = self._index.rarest_of(expression)
        if not groups:
            return range(first, after)
        found: set[int] = set()
        for group in groups:
            postings = self._meeting(group)
            found.update(postings[bisect_left(postings, first) : bisect_left(postings, after)])
        return sorted(found)

    def _meeting(self, group: int) -> list[int]:
        """The sentences that meet a group."""
        found = self._postings.get(group)
        if found is None:
            found = self._postings[group] = [number for number, met in enumerate(self._met) if met >> group & 1]
        return found

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
        known = (id(expression), "headings", segment)
        if known not in self._window_hits:
            self._window_hits[known] = self._found_above(expression, segment)
        return self._window_hits[known]

    def _found_above(self, expression: Expression, segment: int) -> _Found | None:
        path = " / ".join(self._segments[segment].path)
        met = self._met_above.get(path)
        if met is None:
            met = self._met_above[path] = self._index.look(self._pieces, cut(path))[0].met
        if not self._index.may_match(expression, met):
            return None
        hit = self._search(expression, _Text(path, Span(0, 0), Span(0, 0)), met)
        start = self._segments[segment].span.start
        return hit and _Found(Span(start, start), hit.text, is_inside=False)

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

    def _search(self, expression: Expression, text: _Text, met: int | None = None) -> _Found | None:
        """The words that an expression matches in a text; ``met`` says what the text meets, where that is known."""
        hits = list(self._stretches(expression, text.text, met))
        if not hits:
            return None
        # The shortest words that match say most; ones in the sentence itself more than ones in its lead-in.
        start, end = min(hits, key=lambda hit: (hit[1] <= text.main_start, hit[1] - hit[0], hit[0]))
        return _place(text, start, end)

    def _stretches(self, expression: Expression, text: str, met: int | None) -> Iterator[tuple[int, int]]:
        """Where an expression stands in a text, in characters."""
        match expression.kind:
            case ExpressionKind.REGEX:
                yield from spans_of(expression, text)
            case ExpressionKind.TOKENS:
                doc = self._doc(text)
                for start, end in self._finder.find(expression, doc, text):
                    yield doc[start].idx, doc[end - 1].idx + len(doc[end - 1])
            case ExpressionKind.PHRASE:
                if found := self._index.find(expression, self._tokens_of(text), met):
                    bounds = self._pieces.bounds(cut(text))
                    yield from ((bounds[start][0], bounds[end - 1][1]) for start, end in found)

    def _tokens_of(self, text: str) -> Text:
        tokens = self._tokens.get(text)
        if tokens is None:
            if len(self._tokens) > _KEPT_TEXTS:
                self._tokens.clear()
            passed = [token for piece in cut(text) for token in self._pieces[piece].tokens]
            tokens = self._tokens[text] = Text(passed)
        return tokens

    def _doc(self, text: str) -> "Doc":
        doc = self._docs.get(text)
        if doc is None:
            if len(self._docs) > _KEPT_TEXTS:
                self._docs.clear()
            doc = self._docs[text] = self._finder.nlp.make_doc(text)
            if self._aliases and not self._aliases.keys().isdisjoint(words_of(text)):
                for token in doc:
                    if token.lower_ in self._aliases:
                        token.norm_ = self._aliases[token.lower_]
        return doc

    def asks(self, sentence: Sentence) -> bool:
        """A sentence that ends with a question mark."""
        return self.document.text.endswith("?", sentence.span.start, sentence.span.end)

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
