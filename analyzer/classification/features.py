"""What a classifier sees of a sentence: words and their order, where it stands, and what the rules said of it.

Both training and scanning call these functions, so that a model never meets a sentence in another form than the one
that it was fitted to. The word lists come with the model and not from the rule files, for the same reason.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from analyzer.document import Document, Parties, Segment, Sentence, Unit
from analyzer.findings import Match

__all__ = ["UNSEEN", "Evidence", "Instance", "WordLists", "features_of", "instances_of", "places_of", "tokens_of"]

UNSEEN = frozenset({Unit.CONTENTS, Unit.FURNITURE})
"""Kinds of sentence that are never operative."""

_TOKEN = re.compile(r"[$€£₹]?\d[\d,]*(?:\.\d+)?%?|[a-z]+(?:['’-][a-z]+)*")
_YEAR = re.compile(r"(?:19|20)\d\d")
_LONGEST = 120
"""Words of a sentence that are looked at: a table flattened to one line goes on for thousands."""
_NEARBY = 30
"""Words of a lead-in, counted from its end, and of a heading."""
_STEM = 6
"""Letters that stand for a word's stem: enough for "terminat-", "indemn-", "negoti-"."""
_TITLE = 8
"""Words up to which a heading is a title and not a sentence in a heading's clothes."""
_REACH = 4
"""Words that a pair may stand apart."""


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


def tokens_of(text: str, lists: WordLists, parties: Parties) -> list[str]:
    """Lower-case words; numbers become their kind, the names of the two sides ``@b`` and ``@v``."""
    tokens = []
    for word in _TOKEN.findall(text.lower()):
        first = word[0]
        if first.isdigit():
            tokens.append("0%" if word[-1] == "%" else "0year" if _YEAR.fullmatch(word) else "0")
        elif first in "$€£₹":
            tokens.append("0$")
        elif word in lists.buyer or word in parties.buyer:
            tokens.append("@b")
        elif word in lists.vendor or word in parties.vendor:
            tokens.append("@v")
        else:
            tokens.append(word)
    return tokens


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
    leads: dict[object, tuple[str, ...]] = {None: ()}
    for number, segment in enumerate(segments):
        heading = tuple(tokens_of(" ".join(segment.path[-2:]), lists, parties)[:_NEARBY])
        for sentence in segment.sentences:
            if sentence.unit in UNSEEN:
                continue
            if sentence.lead_in not in leads:
                words = tokens_of(document[sentence.lead_in], lists, parties) if sentence.lead_in else []
                leads[sentence.lead_in] = tuple(words[-_NEARBY:])
            text = document[sentence.span]
            tokens = tokens_of(text, lists, parties)
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
    stems = [token[:_STEM] for token in tokens]
    return (
        frozenset(_sequences(tokens, 3)),
        frozenset(f"s:{piece}" for piece in _sequences(stems, 2)),
        frozenset(
            f"z:{stem}~{other}" for index, stem in enumerate(stems) for other in stems[index + 2 : index + 1 + _REACH]
        ),
        frozenset(_context(instance)),
    )


def _context(instance: Instance) -> Iterator[str]:
    yield f"u:{instance.sentence.unit}"
    yield f"k:{instance.kind}"
    yield from (f"l:{word}" for word in instance.lead_in)
    yield from (f"h:{word}" for word in instance.heading)


def _sequences(tokens: Sequence[str], longest: int) -> Iterator[str]:
    edged = ("<", *tokens, ">") if tokens else ()
    for length in range(1, longest + 1):
        for start in range(len(edged) - length + 1):
            yield "_".join(edged[start : start + length])
