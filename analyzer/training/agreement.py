"""Where the labels of a document and what was flagged in it agree.

Matching is by words and not by offsets, so that it does not depend on how a file was read. Texts become sets of word
3-grams. A finding and a label of one category match when they share at least half of the smaller set. A label is
found when some finding matches it; a finding is right when it matches some label and at least 30 % of its own 3-grams
lie in labels that it matches, so that flagging a whole page does not count.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from analyzer.findings import Severity
from analyzer.training.outcomes import Flagged, Outcome
from analyzer.training.samples import Label, LabelledDocument, LabelledText

__all__ = [
    "Agreement",
    "GramIndex",
    "Grams",
    "JudgedAnswer",
    "JudgedFlag",
    "JudgedLabel",
    "JudgedRank",
    "agree",
    "grams_of",
]

Grams = frozenset[tuple[str, ...]]

_WORD = re.compile(r"[a-z0-9]+")
_SHARED_OF_SMALLER = 0.5
_COVERED_OF_FINDING = 0.3


@dataclass(frozen=True, slots=True)
class JudgedLabel:
    """A label and the findings that match it, closest first."""

    text: str
    label: Label
    found_by: tuple[Flagged, ...]
    nearest_score: float
    """Highest score that a sentence matching it got in its category, flagged or not; 0 where none was listed."""


@dataclass(frozen=True, slots=True)
class JudgedFlag:
    """A finding, and whether a label agrees."""

    flagged: Flagged
    is_right: bool
    labels: tuple[Label, ...]
    """Those that it matches, closest first."""
    is_repeat: bool
    """Another finding has the same words in the same category: the two count once, but each for its own rule."""


@dataclass(frozen=True, slots=True)
class JudgedRank:
    """A score, and whether a label agrees with it."""

    category: str
    score: float
    is_right: bool


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """An answer of the checklist that a person gave, yes or no, and the one that detection gave."""

    question: str
    truth: str
    answer: str
    """Empty where there was none."""

    @property
    def is_right(self) -> bool:
        return self.answer == self.truth


@dataclass(frozen=True, slots=True)
class Agreement:
    """Labels and findings of one document, each judged by the other."""

    doc: str
    agency: str
    has_outcome: bool
    """False where nothing was said of the document: its labels count as missed."""
    labels: tuple[JudgedLabel, ...]
    flags: tuple[JudgedFlag, ...]
    ranks: tuple[JudgedRank, ...]
    unranked: Mapping[str, int]
    """By category: labels that no listed sentence matches."""
    answers: tuple[JudgedAnswer, ...]


def grams_of(text: str) -> Grams:
    """The set of 3-grams of a text's words ([a-z0-9]+, lower case); shorter texts make one gram."""
    words = _WORD.findall(text.lower())
    if not words:
        return frozenset()
    return frozenset(tuple(words[start : start + 3]) for start in range(max(1, len(words) - 2)))


class GramIndex:
    """Texts to be looked up by what they share with another.

    Two texts that share half of the smaller one's grams share one of any of its grams that are more than half of them:
    the rarest will do, so that phrases that stand in every sentence lead to no comparison (prefix filtering,
    Chaudhuri et al., ICDE 2006).
    """

    def __init__(self, texts: Iterable[Grams]) -> None:
        self._texts = tuple(texts)
        self._frequency = Counter(gram for grams in self._texts for gram in grams)
        self._by_any: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self._by_rare: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for position, grams in enumerate(self._texts):
            for gram in grams:
                self._by_any[gram].append(position)
            for gram in self._rarest(grams):
                self._by_rare[gram].append(position)

    def _rarest(self, grams: Collection[tuple[str, ...]]) -> list[tuple[str, ...]]:
        """Those of the rarer half of a text's grams, and one more, that stand in any text of the index."""
        known = [gram for gram in grams if gram in self._frequency]
        count = len(grams) // 2 + 1 - (len(grams) - len(known))
        return sorted(known, key=lambda gram: (self._frequency[gram], gram))[:count] if count > 0 else []

    def matches(self, grams: Grams) -> list[int]:
        """Positions of the texts that match, the closest first."""
        candidates = {position for gram in grams for position in self._by_rare.get(gram, ())}
        candidates.update(position for gram in self._rarest(grams) for position in self._by_any[gram])
        shared = {position: len(grams & self._texts[position]) for position in candidates}
        close = {
            position: count / min(len(grams), len(self._texts[position]))
            for position, count in shared.items()
            if count >= _SHARED_OF_SMALLER * min(len(grams), len(self._texts[position]))
        }
        return sorted(close, key=lambda position: (-close[position], -shared[position], position))

    def covered(self, grams: Grams, positions: Iterable[int]) -> float:
        """Share of a text's 3-grams that lie in those texts; 0 for an empty text."""
        within: set[tuple[str, ...]] = set().union(*(self._texts[position] for position in positions))
        return len(within & grams) / max(1, len(grams))


def agree(document: LabelledDocument, outcome: Outcome | None, *, floor: Severity = Severity.LOW) -> Agreement:
    """Hold what was flagged in a document against its labels.

    ``floor`` leaves out milder labels and findings; a finding on a milder label is no mistake. Labels without a
    severity always count. An outcome of None stands for a document of which nothing was said.
    """
    said = outcome or Outcome(document.name)
    known = _Known()
    by_category: dict[str, list[LabelledText]] = defaultdict(list)
    for labelled in document.labels:
        by_category[labelled.label.category].append(labelled)
    flags = [flag for flag in said.flagged if flag.severity.rank >= floor.rank and known[flag.text]]
    labels: list[JudgedLabel] = []
    judged: list[JudgedFlag] = []
    ranks: list[JudgedRank] = []
    unranked: dict[str, int] = {}
    categories = {*by_category, *(flag.category for flag in flags), *(rank.category for rank in said.ranked)}
    for category in sorted(categories):
        texts = by_category.get(category, [])
        index = GramIndex(known[labelled.text] for labelled in texts)
        mine = [flag for flag in flags if flag.category == category]
        judged += _judged_flags(mine, texts, index, known)
        best = _best_scores(category, said, known)
        nearest = [0.0] * len(texts)
        is_ranked = [False] * len(texts)
        for grams, score in best.items():
            matches = index.matches(grams)
            ranks.append(JudgedRank(category, score, index.covered(grams, matches) >= _COVERED_OF_FINDING))
            for position in matches:
                nearest[position] = max(nearest[position], score)
                is_ranked[position] = True
        unranked[category] = is_ranked.count(False)
        labels += _judged_labels(texts, mine, nearest, known, floor)
    answers = tuple(
        JudgedAnswer(question, truth, said.answers.get(question, ""))
        for question, truth in document.checklist.items()
        if truth != "unclear"
    )
    return Agreement(
        document.name,
        document.agency,
        outcome is not None,
        tuple(labels),
        tuple(judged),
        tuple(ranks),
        {category: count for category, count in unranked.items() if count},
        answers,
    )


class _Known(dict[str, Grams]):
    """Grams by text, worked out once: a sentence stands in the list of every category."""

    def __missing__(self, text: str) -> Grams:
        self[text] = grams = grams_of(text)
        return grams


def _judged_flags(
    flags: Sequence[Flagged], labels: Sequence[LabelledText], index: GramIndex, known: _Known
) -> list[JudgedFlag]:
    seen: set[Grams] = set()
    judged = []
    for flag in flags:
        grams = known[flag.text]
        matches = index.matches(grams)
        is_right = index.covered(grams, matches) >= _COVERED_OF_FINDING
        judged.append(JudgedFlag(flag, is_right, tuple(labels[position].label for position in matches), grams in seen))
        seen.add(grams)
    return judged


def _judged_labels(
    labels: Sequence[LabelledText], flags: Sequence[Flagged], nearest: Sequence[float], known: _Known, floor: Severity
) -> list[JudgedLabel]:
    index = GramIndex(known[flag.text] for flag in flags)
    return [
        JudgedLabel(
            labelled.text,
            labelled.label,
            tuple(flags[position] for position in index.matches(known[labelled.text])),
            score,
        )
        for labelled, score in zip(labels, nearest, strict=True)
        if labelled.label.severity is None or labelled.label.severity.rank >= floor.rank
    ]


def _best_scores(category: str, outcome: Outcome, known: _Known) -> dict[Grams, float]:
    """The highest score of each sentence that is listed for a category; sentences of the same words count once."""
    best: dict[Grams, float] = {}
    for rank in outcome.ranked:
        if rank.category == category and (grams := known[rank.text]):
            best[grams] = max(rank.score, best.get(grams, 0.0))
    return best
