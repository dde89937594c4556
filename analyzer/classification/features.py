"""What a classifier sees of a sentence: words and their order, where it stands, and what the rules said of it.

Both training and scanning call these functions, so that a model never meets a sentence in another form than the one
that it was fitted to. The word lists come with the model and not from the rule files, for the same reason.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain

from analyzer.document import Document, Parties, Segment, Sentence, Unit
from analyzer.findings import Match
from analyzer.recent import Recent

__all__ = [
    "END",
    "REACH",
    "START",
    "STEM",
    "UNSEEN",
    "Evidence",
    "Instance",
    "WordLists",
    "context_of",
    "features_of",
    "instances_of",
    "places_of",
    "tokens_of",
]

UNSEEN = frozenset({Unit.CONTENTS, Unit.FURNITURE})
"""Kinds of sentence that are never operative."""

_TOKEN = re.compile(r"[a-z]+(?:['’-][a-z]+)*|[$€£₹]?\d[\d,]*(?:\.\d+)?%?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_LONGEST = 120
"""Words of a sentence that are looked at: a table flattened to one line goes on for thousands."""
_NEARBY = 30
"""Words of a lead-in, counted from its end, and of a heading."""
STEM = 6
"""Letters that stand for a word's stem: enough for "terminat-", "indemn-", "negoti-"."""
_TITLE = 8
"""Words up to which a heading is a title and not a sentence in a heading's clothes."""
_REMEMBERED = 40_000
"""Words with what stands around them whose tokens are kept between documents."""
_ORDINARY = 40
"""Characters of such a word up to which it is kept."""
REACH = 4
"""Words that a pair may stand apart."""
START, END = "<", ">"
"""What stands for the edges of a sentence among its words."""


@dataclass(frozen=True, slots=True)
class WordLists:
    """Words that stand for the two sides of a contract in any document."""

    buyer: frozenset[str]
    vendor: frozenset[str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one rule said of a sentence."""

    rule: str
    score: float
    is_cleared: bool


@dataclass(frozen=True)
class Instance:
    """One sentence with its context."""

    segment: int
    sentence: Sentence
    text: str
    tokens: tuple[str, ...]
    lead_in: tuple[str, ...]
    heading: tuple[str, ...]
    kind: str
    evidence: tuple[Evidence, ...]

    @cached_property
    def features(self) -> tuple[frozenset[str], ...]:
        """The features by block, worked out once."""
        return features_of(self)


class _Tokens(Recent[str, tuple[str, ...]]):
    """The tokens of what stands between two spaces, worked out once."""

    def __init__(self, lists: WordLists) -> None:
        super().__init__(_REMEMBERED)
        self._lists = lists

    def __missing__(self, chunk: str) -> tuple[str, ...]:
        found = self.recall(chunk)
        if found is None:
            found = tuple(_token(word, self._lists) for word in _TOKEN.findall(chunk))
            if len(chunk) <= _ORDINARY:
                self.keep(chunk, found)
        return found


class _OwnTokens(_Tokens):
    """The same in a document that has names of its own for the two sides."""

    def __init__(self, lists: WordLists, parties: Parties) -> None:
        super().__init__(WordLists(lists.buyer | parties.buyer, lists.vendor | parties.vendor))
        self._own = (*parties.buyer, *parties.vendor)
        self._others = _shared(lists)

    def __missing__(self, chunk: str) -> tuple[str, ...]:
        return super().__missing__(chunk) if any(name in chunk for name in self._own) else self._others[chunk]


@lru_cache(maxsize=4)
def _shared(lists: WordLists) -> _Tokens:
    """The tokens that all documents have in common."""
    return _Tokens(lists)


def _token(word: str, lists: WordLists) -> str:
    first = word[0]
    if first.isdigit():
        return "0%" if word[-1] == "%" else "0year" if _YEAR.fullmatch(word) else "0"
    if first in "$€£₹":
        return "0$"
    return "@b" if word in lists.buyer else "@v" if word in lists.vendor else word


def tokens_of(text: str, lists: WordLists, parties: Parties) -> list[str]:
    """Lower-case words; numbers become their kind, the names of the two sides ``@b`` and ``@v``."""
    return _tokens(text, _tokens_for(lists, parties))


def _tokens_for(lists: WordLists, parties: Parties) -> _Tokens:
    return _OwnTokens(lists, parties) if parties.buyer or parties.vendor else _shared(lists)


def _tokens(text: str, known: _Tokens) -> list[str]:
    # No token holds a space.
    return list(chain.from_iterable(map(known.__getitem__, text.lower().split())))


def places_of(text: str) -> list[tuple[int, int]]:
    """Where each token of `tokens_of` stands: start and end; empty where lower case changes a text's length."""
    lowered = text.lower()
    return [found.span() for found in _TOKEN.finditer(lowered)] if len(lowered) == len(text) else []


def instances_of(
    document: Document,
    segments: Sequence[Segment],
    matches: Iterable[Match],
    lists: WordLists,
    parties: Parties,
    kind: str,
) -> Iterator[Instance]:
    """Every sentence that may be operative, in the order of the clauses."""
    said: dict[tuple[int, int], list[Evidence]] = {}
    for match in matches:
        if not match.rule.startswith("checklist/"):
            span = match.sentence.span
            said.setdefault((span.start, span.end), []).append(
                Evidence(match.rule, match.score, bool(match.cleared_by))
            )
    known = _tokens_for(lists, parties)
    leads: dict[object, tuple[str, ...]] = {None: ()}
    for number, segment in enumerate(segments):
        if not segment.sentences:
            continue
        heading = tuple(_tokens(" ".join(segment.path[-2:]), known)[:_NEARBY])
        for sentence in segment.sentences:
            if sentence.unit in UNSEEN:
                continue
            if sentence.lead_in not in leads:
                words = _tokens(document[sentence.lead_in], known) if sentence.lead_in else []
                leads[sentence.lead_in] = tuple(words[-_NEARBY:])
            text = document[sentence.span]
            tokens = _tokens(text, known)
            if sentence.unit is Unit.HEADING and len(tokens) <= _TITLE:
                continue  # a title says nothing by itself, however telling its words are
            yield Instance(
                number,
                sentence,
                text,
                tuple(tokens[:_LONGEST]),
                leads[sentence.lead_in],
                heading,
                kind,
                tuple(said.get((sentence.span.start, sentence.span.end), ())),
            )


def features_of(instance: Instance) -> tuple[frozenset[str], ...]:
    """Blocks of features: sequences of words, of stems, pairs of stems that stand apart, and context."""
    tokens = instance.tokens
    stems = [token[:STEM] for token in tokens]
    return (
        frozenset(_sequences(tokens, 3)),
        frozenset(f"s:{piece}" for piece in _sequences(stems, 2)),
        frozenset(
            f"z:{stem}~{other}" for index, stem in enumerate(stems) for other in stems[index + 2 : index + 1 + REACH]
        ),
        frozenset(context_of(instance)),
    )


def context_of(instance: Instance) -> Iterator[str]:
    """Where a sentence stands: unit, kind of document, words of its lead-in and headings; some may come twice."""
    yield f"u:{instance.sentence.unit}"
    yield f"k:{instance.kind}"
    yield from (f"l:{word}" for word in instance.lead_in)
    yield from (f"h:{word}" for word in instance.heading)


def _sequences(tokens: Sequence[str], longest: int) -> Iterator[str]:
    edged = (START, *tokens, END) if tokens else ()
    for length in range(1, longest + 1):
        for start in range(len(edged) - length + 1):
            yield "_".join(edged[start : start + length])
