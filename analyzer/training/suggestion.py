"""Which sentences to label next: those that would teach most (active learning; Settles, 2009).

A sentence is worth a person's time where the model is in doubt, where rules and model are at odds, or where an
exception cleared a rule. Among these the choice goes for sentences unlike each other, one after another the farthest
from all chosen so far (Gonzalez, Theoretical Computer Science 38, 1985), weighed by how much each would teach.
"""

import heapq
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from analyzer.classification import WordLists, instances_of
from analyzer.classification.features import Instance
from analyzer.document import Document, Segment, Unit
from analyzer.engine import Analyzer
from analyzer.phrases import words_of
from analyzer.segmentation import document_kind, parties, segment

__all__ = ["Candidate", "Suggestion", "candidates_of", "suggest", "suggestion_lines"]

_UNITS = frozenset({Unit.PROSE, Unit.ITEM, Unit.ROW, Unit.CELL})
_FEWEST_WORDS, _MOST_CHARACTERS = 4, 2_000
_ALIKE = 0.8
"""Sentences that share this much of their words are one for our purpose (Jaccard, 0 to 1)."""
_PER_DOCUMENT = 5
_POOL = 40
"""Candidates that are looked at for each one that is asked for, the most telling first."""
_AT_ODDS, _CLEARED, _FIRED, _SILENT = 0.9, 0.8, 0.5, 0.02
"""How much a sentence teaches, 0 to 1: rules and model at odds; without a model cleared, found, or never met."""
_IN_DOUBT = 0.25
"""From this value on a sentence counts as uncertain."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that could be labelled, and what is known of it."""

    text: str
    doc: str = ""
    heading: str = ""
    lead_in: str = ""
    page: int | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    """Probability by category, 0 to 1; empty without a model."""
    thresholds: Mapping[str, float] = field(default_factory=dict)
    """From which probability on a category is flagged."""
    rules: tuple[str, ...] = ()
    """Ids of rules that fired and stand."""
    cleared: tuple[str, ...] = ()
    """Ids of rules that fired and that an exception cleared: near misses."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A sentence to label, and why."""

    candidate: Candidate
    value: float
    """How much it would teach by itself, 0 to 1."""
    reason: str
    """A sentence for people."""
    labels: tuple[str, ...]
    """Categories that rules or model would give it, the likeliest first."""


def suggest(
    candidates: Iterable[Candidate], n: int, *, known: Iterable[str] = (), per_document: int = _PER_DOCUMENT
) -> list[Suggestion]:
    """Up to ``n`` sentences, the first ones most worth it; the same for the same candidates in any order.

    ``known`` are texts that are labelled already: neither they nor sentences like them are chosen. No document gives
    more than ``per_document``, unless there are too few of them for ``n``.
    """
    if n <= 0:
        return []
    weighed = _weighed(candidates)
    documents = {item.candidate.doc for item in weighed}
    cap = max(per_document, math.ceil(n / max(1, len(documents))))
    labelled = _Known(known)
    fresh = (item for item in weighed if not labelled.holds(_words(item)))
    return _farthest_first(_pool(fresh, n * _POOL, cap * _POOL), n, cap)


def _words(item: Suggestion) -> frozenset[str]:
    return frozenset(words_of(item.candidate.text))


class _Known:
    """Texts to be looked up by the words that they share with another.

    Sets that share most of their words share one of the rarest (prefix filtering, Chaudhuri et al., ICDE 2006), so that
    each text is held against few.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = [frozenset(words_of(text)) for text in dict.fromkeys(texts)]
        self._by_word: dict[str, list[int]] = defaultdict(list)
        for place, words in enumerate(self._texts):
            for word in words:
                self._by_word[word].append(place)

    def holds(self, words: frozenset[str]) -> bool:
        """Whether a text is there that is as good as the same."""
        count = len(words) - math.ceil(_ALIKE * len(words)) + 1
        rarest = sorted(words, key=lambda word: (len(self._by_word.get(word, ())), word))[:count]
        near = {place for word in rarest for place in self._by_word.get(word, ())}
        return any(_likeness(words, self._texts[place]) >= _ALIKE for place in near)


def _weighed(candidates: Iterable[Candidate]) -> list[Suggestion]:
    """Candidates with what they teach, the most telling first, each text once."""
    best: dict[str, Suggestion] = {}
    items = (_suggestion(one) for one in candidates if len(words_of(one.text)) >= _FEWEST_WORDS)
    for item in sorted(items, key=_rank):
        best.setdefault(" ".join(words_of(item.candidate.text)), item)
    return list(best.values())


def _rank(item: Suggestion) -> tuple[float, str, str, str, int, str]:
    """A full order: candidates of equal rank are equal, so that the order they come in has no say."""
    one = item.candidate
    rest = (one.heading, sorted(one.scores.items()), sorted(one.thresholds.items()), one.rules, one.cleared)
    return -item.value, one.doc, one.text, one.lead_in, one.page or 0, repr(rest)


def _suggestion(one: Candidate) -> Suggestion:
    fired, cleared = ({rule.partition("/")[0] for rule in rules} for rules in (one.rules, one.cleared))
    if not one.scores:
        return _without_model(one, fired, cleared)
    likely = sorted(one.scores, key=lambda name: (-one.scores[name], name))
    doubts = {name: _doubt(one.scores[name], one.thresholds.get(name, 0.5)) for name in likely}
    flagged = {name for name in likely if one.scores[name] >= one.thresholds.get(name, 0.5)}
    labels = [name for name in likely if name in flagged or name in fired or doubts[name] >= _IN_DOUBT]
    labels += sorted(fired - set(likely))
    if at_odds := sorted((fired & set(likely)) ^ flagged):
        name = max(at_odds, key=lambda name: (doubts[name], name))
        who = "A rule" if name in fired else "No rule"
        reason = f"{who} says {name}, but the model gives it {one.scores[name]:.0%}."
        return Suggestion(one, max(_AT_ODDS, doubts[name]), reason, tuple(labels))
    name = max(likely, key=lambda name: (doubts[name], name))
    if doubts[name] >= _IN_DOUBT:
        reason = f"The model is in doubt about {name}: {one.scores[name]:.0%}."
        return Suggestion(one, doubts[name], reason, tuple(labels))
    if cleared:
        reason = f"A rule of {_names(cleared)} was cleared by an exception."
        return Suggestion(one, max(_IN_DOUBT, doubts[name]), reason, tuple(labels))
    reason = (
        f"Rules and model agree on {_names(flagged)}." if flagged else "Unlike the others: nothing was found in it."
    )
    return Suggestion(one, max(_SILENT, doubts[name]), reason, tuple(labels))


def _without_model(one: Candidate, fired: set[str], cleared: set[str]) -> Suggestion:
    labels = tuple(sorted(fired | cleared, key=lambda name: (name not in fired, name)))
    if cleared:
        return Suggestion(one, _CLEARED, f"A rule of {_names(cleared)} was cleared by an exception.", labels)
    if fired:
        rules = f"{len(one.rules)} rules say" if len(one.rules) > 1 else "One rule says"
        return Suggestion(one, _FIRED / len(one.rules), f"{rules} {_names(fired)}.", labels)
    return Suggestion(one, _SILENT, "Unlike the others: no rule found anything in it.", ())


def _names(categories: Iterable[str]) -> str:
    return " and ".join(sorted(categories))


def _doubt(probability: float, threshold: float) -> float:
    """1 at the threshold, falling with the distance in log-odds."""
    return math.exp(-abs(_log_odds(probability) - _log_odds(threshold)))


def _log_odds(probability: float) -> float:
    sure = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(sure / (1 - sure))


def _pool(items: Iterable[Suggestion], most: int, most_of_one: int) -> list[Suggestion]:
    """The most telling candidates, so that the cost doesn't grow with the length of the documents."""
    taken: Counter[str] = Counter()
    pool: list[Suggestion] = []
    for item in items:
        if len(pool) < most and taken[item.candidate.doc] < most_of_one:
            taken[item.candidate.doc] += 1
            pool.append(item)
    return pool


def _farthest_first(pool: Sequence[Suggestion], n: int, cap: int) -> list[Suggestion]:
    """Greedy choice by value times distance from all that is chosen.

    Distances only shrink as more is chosen, so an old one is an upper bound: it is renewed only for what comes out on
    top (lazy greedy; Minoux, 1978).
    """
    words = [_words(item) for item in pool]
    distances = [1.0] * len(pool)
    anchors: list[frozenset[str]] = []
    heap = [(-item.value, place, 0) for place, item in enumerate(pool)]
    heapq.heapify(heap)
    put_off: list[tuple[float, int, int]] = []
    chosen: list[Suggestion] = []
    taken: Counter[str] = Counter()
    while (heap or put_off) and len(chosen) < n:
        if not heap:  # what the other documents have is not enough
            heap, put_off, cap = put_off, [], n
            heapq.heapify(heap)
        score, place, seen = heapq.heappop(heap)
        item = pool[place]
        if taken[item.candidate.doc] >= cap:
            put_off.append((score, place, seen))
            continue
        if seen < len(anchors):
            nearest = max(_likeness(words[place], anchor) for anchor in anchors[seen:])
            distances[place] = min(distances[place], 1 - nearest)
            if distances[place] > 1 - _ALIKE:
                heapq.heappush(heap, (-item.value * distances[place], place, len(anchors)))
            continue
        chosen.append(item)
        taken[item.candidate.doc] += 1
        anchors.append(words[place])
    return chosen


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard index of two sets of words, 0 to 1."""
    shared = len(one & other)
    return shared / max(1, len(one) + len(other) - shared)


def candidates_of(analyzer: Analyzer, document: Document) -> Iterator[Candidate]:
    """Every sentence of a document that may be operative, with what rules and the model (if there is one) say."""
    segments = segment(document)
    kind = document_kind(document, segments)
    named = parties(document)
    matches = analyzer.matcher(document, segments, parties=named, kind=kind)
    model = analyzer.classifier
    lists = model.lists if model else WordLists(frozenset(), frozenset())
    found = sorted(instances_of(document, segments, matches, lists, named, kind), key=lambda item: item.sentence.span)
    # Neighbours count for the model: all sentences are asked about, and those that nobody labels left out after.
    probabilities = model.probabilities(found) if model and found else None
    for row, instance in enumerate(found):
        if instance.sentence.unit not in _UNITS or len(instance.text) > _MOST_CHARACTERS:
            continue
        scores, thresholds = {}, {}
        if model and probabilities is not None:
            fired = {item.rule.partition("/")[0] for item in instance.evidence if not item.is_cleared}
            for column, name in enumerate(model.categories):
                scores[name] = round(float(probabilities[row, column]), 4)
                thresholds[name] = float(model.thresholds[name]["with rule" if name in fired else "alone"])
        yield _candidate(document, segments, instance, scores, thresholds)


def _candidate(
    document: Document,
    segments: Sequence[Segment],
    instance: Instance,
    scores: Mapping[str, float],
    thresholds: Mapping[str, float],
) -> Candidate:
    sentence = instance.sentence
    return Candidate(
        " ".join(instance.text.split()),
        document.source.name,
        " ".join(segments[instance.segment].heading.split()),
        " ".join(document[sentence.lead_in].split()) if sentence.lead_in else "",
        document.page_of(sentence.span.start),
        scores,
        thresholds,
        tuple(item.rule for item in instance.evidence if not item.is_cleared),
        tuple(item.rule for item in instance.evidence if item.is_cleared),
    )


def suggestion_lines(suggestions: Iterable[Suggestion]) -> Iterator[str]:
    """A labelling file: our JSON lines with ``category`` left empty, to be filled in by a person.

    ``suggested`` and ``reason`` help with that; `load_samples` passes over them. A row that stays without a category
    is a negative.
    """
    for item in suggestions:
        one = item.candidate
        row = {"text": one.text, "category": "", "subtype": "", "severity": "", "doc": one.doc}
        row |= {name: value for name, value in (("heading", one.heading), ("lead_in", one.lead_in)) if value}
        extra = {"page": one.page} if one.page is not None else {}
        line = {**row, **extra, "suggested": list(item.labels), "reason": item.reason}
        yield json.dumps(line, ensure_ascii=False) + "\n"
