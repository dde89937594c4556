"""The examples of a learned rule: sentences that it flags, and ones much like them that it lets pass."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from analyzer.examples import check_examples
from analyzer.matching import RuleMatcher
from analyzer.phrases import words_of
from analyzer.rules import Example, Rule, RuleSet, Window
from analyzer.training.learning.checking import Fired, only
from analyzer.training.learning.corpus import Corpus, Numbers
from analyzer.training.learning.selecting import Draft

__all__ = ["with_examples"]

_MOST = 8
_LONGEST = 45
"""Words of an example."""
_SHORTEST = 5
_TRIED = 60
_ALIKE = 0.6
"""Share of words in common above which two sentences say the same."""


def with_examples(corpus: Corpus, draft: Draft, rule: Rule, fired: Sequence[Fired], rules: RuleSet) -> Rule:
    """The rule with examples that come out as they say, short ones from different documents."""
    flags = _chosen(corpus, _flagged(corpus, draft, rule, fired), rule)
    passes = _chosen(corpus, _cleared(corpus, draft, fired), rule)
    tried = replace(rule, flags=tuple(flags), passes=tuple(passes))
    matcher = RuleMatcher(chosen := only(rules, [tried]))
    failed = {(failure.kind, failure.text) for failure in check_examples(chosen, matcher)}
    return replace(
        tried,
        flags=tuple(e for e in flags if ("flags", e.text) not in failed)[:_MOST],
        passes=tuple(e for e in passes if ("passes", e.text) not in failed)[:_MOST],
    )


def _flagged(corpus: Corpus, draft: Draft, rule: Rule, fired: Sequence[Fired]) -> Iterator[int]:
    """True hits, by turns from each pattern."""
    is_right = corpus.labels[draft.category, draft.subtype]
    hits = [f for f in fired if not f.cleared_by and is_right[f.sentence] and corpus.is_first[f.sentence]]
    turns = [
        sorted((f.sentence for f in hits if p.condition.name in f.patterns), key=lambda s: _fitness(corpus, s))
        for p in rule.patterns
    ]
    for turn in range(6):
        for sentences in turns:
            yield from sentences[turn : turn + 1]


def _cleared(corpus: Corpus, draft: Draft, fired: Sequence[Fired]) -> Iterator[int]:
    """What an exception clears, then sentences without a label that hold words of most patterns."""
    negative = ~corpus.of_category(draft.category) & corpus.is_first
    cleared = [f.sentence for f in fired if f.cleared_by and negative[f.sentence]]
    yield from sorted(cleared, key=lambda s: _fitness(corpus, s))[:_TRIED]
    flagged = {f.sentence for f in fired if not f.cleared_by}
    near = Counter[int]()
    for phrase in sorted({c.phrase for p in draft.patterns for c in p.clauses if c.window != "heading"}):
        for _, items in phrase:
            if all(corpus.lexicon.items[item].is_weak for item in items):
                continue
            near.update(int(s) for s in _holding(corpus, items) if negative[s] and int(s) not in flagged)
    yield from sorted(near, key=lambda s: (-near[s], _fitness(corpus, s)))[:_TRIED]
    others = (int(s) for s in np.flatnonzero(negative) if int(s) not in near and int(s) not in flagged)
    yield from sorted(others, key=lambda s: _fitness(corpus, s))[:_TRIED]


def _holding(corpus: Corpus, items: tuple[int, ...]) -> Numbers:
    return np.unique(corpus.text.text_of[corpus.text.positions(items)])


def _fitness(corpus: Corpus, sentence: int) -> tuple[int, int]:
    """Neither too short to stand alone nor too long to read; the lower the better."""
    return abs(len(corpus.places[sentence].text.split()) - 16), sentence


def _chosen(corpus: Corpus, sentences: Iterator[int], rule: Rule) -> list[Example]:
    """Twice as many as are wanted, no more than two of a document, each with the context that the rule looks at."""
    looks_up = any(e.window is Window.HEADING for p in rule.patterns for e in p.condition.all)
    chosen: dict[str, Example] = {}
    chosen_words: list[set[str]] = []
    of_document = Counter[int]()
    for sentence in sentences:
        place = corpus.places[sentence]
        length = len(place.text.split())
        words = set(words_of(place.text))
        if not _SHORTEST <= length <= _LONGEST or of_document[place.document] >= 2:
            continue
        if any(len(words & other) > _ALIKE * len(words | other) for other in chosen_words):
            continue
        chosen_words.append(words)
        of_document[place.document] += 1
        lead_in = place.lead_in if len(place.lead_in.split()) <= _LONGEST else ""
        chosen[place.text] = Example(place.text, place.heading if looks_up else "", lead_in)
        if len(chosen) >= 2 * _MOST:
            break
    return list(chosen.values())
