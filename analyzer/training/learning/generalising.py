"""Phrases that differ in one place, brought together: ``hold harmless`` and ``save harmless`` make
``hold|save harmless``.

Inflections and sets of the vocabulary are items of their own already (``words``); this finds the alternatives that
only the samples know.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from analyzer.training.learning.corpus import Corpus, Flags, Numbers, Phrase, Weights
from analyzer.training.learning.mining import Found

__all__ = ["generalise"]

_MOST = 5
"""Alternatives of one place."""
_WORDS = (2, 3)
"""Ranks of items that are words: sets are not mixed with them."""
_LEAST_ALIKE = 0.45
"""Cosine of the words' contexts: alternatives must be words that could stand for each other anyway."""
_LEAST_PRECISE = 0.7
"""What each alternative must be right in by itself: merging is not to hide a bad one."""


def generalise(corpus: Corpus, found: Sequence[Found], positive: Flags, weight: Weights) -> list[Found]:
    """The phrases that arise from bringing two to five together, where that adds positives."""
    groups: dict[tuple[int, Phrase, Phrase, int], list[Found]] = defaultdict(list)
    for one in found:
        if one.right < _LEAST_PRECISE * (one.right + one.wrong):
            continue
        for place, (gap, _) in enumerate(one.phrase):
            if len(one.phrase) > 1:
                groups[place, one.phrase[:place], one.phrase[place + 1 :], gap].append(one)
    merged: dict[Phrase, Found] = {}
    for (place, before, after, gap), members in sorted(groups.items()):
        for items, sentences in _unions(corpus, place, members, positive):
            phrase: Phrase = (*before, (gap, items), *after)
            right, wrong = int(positive[sentences].sum()), float(weight[sentences].sum())
            merged[phrase] = Found(phrase, sentences, right, wrong, 0.0)
    return sorted(merged.values(), key=lambda one: (one.wrong - one.right, one.phrase))


def _unions(
    corpus: Corpus, place: int, members: list[Found], positive: Flags
) -> Iterator[tuple[tuple[int, ...], Numbers]]:
    """Items and sentences of growing unions, what adds most first."""
    rest = [m for m in members if corpus.lexicon.items[m.phrase[place][1][0]].rank in _WORDS]
    rest.sort(key=lambda m: (-m.right, m.wrong, m.phrase))
    if len(rest) < 2:
        return
    items = rest[0].phrase[place][1]
    sentences = rest[0].texts
    for other in rest[1:]:
        fresh = other.phrase[place][1][0]
        if min(float(corpus.vectors[fresh] @ corpus.vectors[item]) for item in items) < _LEAST_ALIKE:
            continue
        united = np.union1d(sentences, other.texts)
        if positive[united].sum() <= positive[sentences].sum():
            continue
        items, sentences = tuple(sorted({*items, *other.phrase[place][1]})), united
        yield items, sentences
        if len(items) >= _MOST:
            return
