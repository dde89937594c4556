"""Labelled documents as the learner sees them: sentences as detection reads them, their words as arrays.

Sentences, headings, lead-ins and the names of the parties come from ``analyzer.segmentation``, words from
``plain_tokens``, so that what is counted here is (nearly) what a phrase matches later. The matcher itself has the
last word, in ``checking``.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzer.document import Span, Unit
from analyzer.phrases import Vocabulary, plain_tokens, words_of
from analyzer.segmentation import parties, segment
from analyzer.training.learning.likeness import context_vectors
from analyzer.training.learning.words import Lexicon, make_lexicon
from analyzer.training.samples import Label, LabelledDocument

__all__ = ["GAP", "Corpus", "Flags", "Numbers", "Phrase", "Place", "TokenTable", "Weights", "read_corpus"]

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Weights = NDArray[np.float64]

GAP = 4
"""Words that a gap of a learned phrase may run over."""
_PAD = GAP + 2
"""Empty places between two sentences, so that no phrase runs from one into the next."""
_LONGEST = 150
"""Words of a sentence that are looked at."""
_LEAD_IN_LIMIT = 400
"""Characters of a lead-in that are read with its item, from its end: as matching does."""
_UNITS = frozenset({Unit.PROSE, Unit.ITEM, Unit.ROW, Unit.CELL})
_WHOLE_SHARE, _WHOLE_LENGTH = 0.25, 40
"""A document with a smaller share of labelled sentences, and as many at least, was labelled whole."""
_MOST_WEIGHT = 15.0
_NOT_SURE = "?"
"""Subtype of a sentence that holds a label's words among many others."""

Phrase = tuple[tuple[int, tuple[int, ...]], ...]
"""Places in order: how many words may stand before it (0 or ``GAP``), and the items of which one stands there."""


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence and what stands around it."""

    text: str
    heading: str
    """The innermost heading above it."""
    lead_in: str
    document: int
    span: Span


class TokenTable:
    """The items of many texts, one after the other with empty places between."""

    def __init__(self, texts: Sequence[Sequence[tuple[str, bool]]], lexicon: Lexicon) -> None:
        width = max((len(items) for items in lexicon.by_word.values()), default=1)
        length = sum(len(text) + _PAD for text in texts) + _PAD
        self.items = np.zeros((length, width), dtype=np.int32)
        self.text_of = np.zeros(length, dtype=np.int64)
        self.is_own = np.zeros(length, dtype=np.bool_)
        self.count = len(texts)
        place = 0
        for number, text in enumerate(texts):
            self.text_of[place : place + len(text) + _PAD] = number
            for offset, (word, is_own) in enumerate(text):
                for column, item in enumerate(lexicon.by_word.get(word, ())):
                    self.items[place + offset, column] = item
                self.is_own[place + offset] = is_own
            place += len(text) + _PAD

    def only(self, wanted: Flags) -> "TokenTable":
        """The table with these texts alone, under the numbers that they have here."""
        keep = wanted[self.text_of]
        keep[-_PAD:] = True
        part = copy(self)
        part.items, part.text_of, part.is_own = self.items[keep], self.text_of[keep], self.is_own[keep]
        part.__dict__.pop("_index", None)
        return part

    @cached_property
    def _index(self) -> tuple[Numbers, Numbers]:
        """Positions in the order of their items, and where each item begins among them."""
        rows, columns = np.nonzero(self.items)
        items = self.items[rows, columns]
        order = np.argsort(items, kind="stable")
        starts = np.searchsorted(items[order], np.arange(int(self.items.max(initial=0)) + 2))
        return rows[order], starts

    def positions(self, items: Iterable[int]) -> Numbers:
        """Where one of the items stands, in order."""
        rows, starts = self._index
        found = [rows[starts[item] : starts[item + 1]] for item in items if item + 1 < len(starts)]
        return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)

    def find(self, phrase: Phrase) -> tuple[Numbers, Numbers]:
        """First and last positions of a phrase, the shortest for each last one."""
        first = last = self.positions(phrase[0][1])
        for gap, items in phrase[1:]:
            first, last = self.extend(first, last, gap, items)
        return first, last

    def extend(self, first: Numbers, last: Numbers, gap: int, items: Iterable[int]) -> tuple[Numbers, Numbers]:
        """What a phrase found so far becomes with another place."""
        wanted = tuple(items)
        firsts, lasts = [], []
        for step in range(1, gap + 2):
            ahead = self.items[last + step]
            hit = (ahead == wanted[0]).any(axis=1)
            for item in wanted[1:]:
                hit |= (ahead == item).any(axis=1)
            firsts.append(first[hit])
            lasts.append(last[hit] + step)
        all_first, all_last = np.concatenate(firsts), np.concatenate(lasts)
        order = np.lexsort((-all_first, all_last))
        all_first, all_last = all_first[order], all_last[order]
        is_new = np.ones(len(all_last), dtype=np.bool_)
        is_new[1:] = all_last[1:] != all_last[:-1]
        return all_first[is_new], all_last[is_new]


@dataclass(frozen=True)
class Corpus:
    """Every sentence of the documents that a rule could flag."""

    documents: tuple[LabelledDocument, ...] = field(repr=False)
    lexicon: Lexicon = field(repr=False)
    places: tuple[Place, ...] = field(repr=False)
    labels: Mapping[tuple[str, str], Flags] = field(repr=False)
    """Category and subtype to the sentences so labelled; subtype ``?`` where that is not sure."""
    severities: Mapping[tuple[str, str], Mapping[int, str]] = field(repr=False)
    text: TokenTable = field(repr=False)
    """A sentence's own words after those of its lead-in."""
    headings: TokenTable = field(repr=False)
    heading_of: Numbers = field(repr=False)
    """Sentence to the row of ``headings``."""
    document_of: Numbers = field(repr=False)
    group_of: Numbers = field(repr=False)
    """Sentence to who issued it."""
    is_first: Flags = field(repr=False)
    """No sentence before it by the same issuer has the same words."""

    def __len__(self) -> int:
        return len(self.places)

    @cached_property
    def vectors(self) -> NDArray[np.float64]:
        """A unit vector for each item, by the words that it stands among: alike where they could replace each other."""
        return context_vectors(self.text.items, len(self.lexicon.items))

    @cached_property
    def is_whole(self) -> Flags:
        """The sentences of documents that were labelled whole, not picked: most of theirs have no label."""
        labelled = np.zeros(len(self), dtype=np.bool_)
        for flags in self.labels.values():
            labelled |= flags
        counts = np.bincount(self.document_of, minlength=len(self.documents))
        share = np.bincount(self.document_of, weights=labelled) / np.maximum(1, counts)
        return ((share <= _WHOLE_SHARE) & (counts >= _WHOLE_LENGTH))[self.document_of]

    def weights(self, category: str, within: Flags) -> Weights:
        """How many sentences without the label each one stands for.

        Picked samples hold many positives and few ordinary sentences: a false alarm in a document that was labelled
        whole then stands for as many as such documents with all those positives would have (prior shift).
        """
        weights = np.ones(len(self))
        positive = self.of_category(category) & within & self.is_first
        in_whole = int((positive & self.is_whole).sum())
        if (self.is_whole & within).any():
            weights[self.is_whole] = min(_MOST_WEIGHT, positive.sum() / max(1, in_whole))
        return weights

    def of_category(self, category: str) -> Flags:
        """The sentences with any label of a category."""
        found = np.zeros(len(self), dtype=np.bool_)
        for (name, _), flags in self.labels.items():
            if name == category:
                found |= flags
        return found


def read_corpus(documents: Sequence[LabelledDocument], vocabulary: Vocabulary) -> Corpus:
    """Segment the documents and lay their words out as arrays."""
    places: list[Place] = []
    texts: list[list[tuple[str, bool]]] = []
    paths: dict[str, int] = {"": 0}
    heading_of: list[int] = []
    labels: dict[tuple[str, str], list[int]] = defaultdict(list)
    severities: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    for number, document in enumerate(documents):
        first = len(places)
        for place, path, words in _sentences(number, document):
            places.append(place)
            texts.append(words)
            heading_of.append(paths.setdefault(path, len(paths)))
        for sentence, label in _labelled([p.text for p in places[first:]], document):
            key = label.category, label.subtype
            labels[key].append(first + sentence)
            if label.severity:
                severities[key][first + sentence] = label.severity.value
    heading_words = [[(word, True) for word in plain_tokens(path, {}).split()] for path in paths]
    counts = Counter(word for text in [*texts, *heading_words] for word, _ in text)
    lexicon = make_lexicon(counts, vocabulary)
    groups: dict[str, int] = {}
    group_of_document = [groups.setdefault(document.agency, len(groups)) for document in documents]
    document_of = np.array([place.document for place in places], dtype=np.int64)
    group_of = np.array([group_of_document[place.document] for place in places], dtype=np.int64)
    return Corpus(
        tuple(documents),
        lexicon,
        tuple(places),
        {key: _flags(found, len(places)) for key, found in sorted(labels.items())},
        severities,
        TokenTable(texts, lexicon),
        TokenTable(heading_words, lexicon),
        np.array(heading_of, dtype=np.int64),
        document_of,
        group_of,
        _firsts(texts, group_of),
    )


def _flags(found: Iterable[int], length: int) -> Flags:
    flags = np.zeros(length, dtype=np.bool_)
    flags[list(found)] = True
    return flags


def _firsts(texts: Sequence[Sequence[tuple[str, bool]]], group_of: Numbers) -> Flags:
    seen: set[tuple[Any, ...]] = set()
    first = np.zeros(len(texts), dtype=np.bool_)
    for number, text in enumerate(texts):
        key = (int(group_of[number]), *(word for word, is_own in text if is_own))
        first[number] = key not in seen
        seen.add(key)
    return first


def _sentences(number: int, document: LabelledDocument) -> Iterator[tuple[Place, str, list[tuple[str, bool]]]]:
    """Each sentence, its headings joined, and its words with whether they are its own."""
    read = document.document
    named = parties(read)
    aliases = dict.fromkeys(named.vendor, "@vendor") | dict.fromkeys(named.buyer, "@buyer")
    for clause in segment(read):
        path = " / ".join(clause.path)
        for sentence in clause.sentences:
            if sentence.unit not in _UNITS:
                continue
            text = " ".join(read[sentence.span].split())
            lead = " ".join(read[sentence.lead_in].split())[-_LEAD_IN_LIMIT:] if sentence.lead_in else ""
            words = [(word, False) for word in plain_tokens(lead, aliases).split()]
            words += [(word, True) for word in plain_tokens(text, aliases).split()[:_LONGEST]]
            yield Place(text, clause.heading, lead, number, sentence.span), path, list(_broken(words))


def _broken(words: Iterable[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    """A gap doesn't run past a semicolon: empty places for one."""
    for word, is_own in words:
        if word == ";":
            yield from [("", is_own)] * _PAD
        else:
            yield word, is_own


_WORD_GRAM = 3


def _grams(text: str) -> set[tuple[str, ...]]:
    words = words_of(re.sub(r"[^\x00-\x7f]", " ", text))
    return {tuple(words[n : n + _WORD_GRAM]) for n in range(max(1, len(words) - _WORD_GRAM + 1))} if words else set()


def _labelled(sentences: Sequence[str], document: LabelledDocument) -> Iterator[tuple[int, Label]]:
    """Which sentences carry which labels, by shared runs of three words: half of the shorter text's, as scoring has
    it; a sentence of which the label makes less than a third is not sure to be meant.
    """
    if not document.labels:
        return
    each = [_grams(sentence) for sentence in sentences]
    holding: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, grams in enumerate(each):
        for gram in grams:
            holding[gram].append(number)
    for labelled in document.labels:
        wanted = _grams(labelled.text)
        shared = Counter(number for gram in wanted for number in holding.get(gram, ()))
        for number in sorted(shared):
            size = len(each[number])
            if shared[number] < 0.5 * min(len(wanted), size):
                continue
            label = labelled.label
            is_sure = shared[number] >= 0.3 * size
            yield number, label if is_sure else Label(label.category, _NOT_SURE, label.severity)
