"""Texts as tokens, each known by the words of phrases that it can stand for.

spaCy splits a text at white space and then each piece by itself. Archives are made of few different pieces, so each is
split once, and what phrases can make of it is kept: a sentence costs one look-up for each of its pieces.
"""

import re
from collections.abc import Callable, Mapping
from itertools import accumulate, pairwise
from typing import NamedTuple
from weakref import WeakValueDictionary

from analyzer.phrases import Slot
from analyzer.recent import Recent

__all__ = ["BREAK", "LONGEST_PIECE", "Pieces", "Sound", "Text", "Token", "Ways", "WordTests", "cut", "signs"]

BREAK = 0
"""The test that a semicolon passes, which no phrase runs past."""
LONGEST_PIECE = 200
"""Characters from which on a piece is no word: it is cut at every sign, in a time that grows with its length alone."""
_KEPT_LENGTH, _MOST_KEPT = 60, 40_000
"""Pieces up to that length are kept, and no more of them than that: some fifteen megabytes."""


class Token(NamedTuple):
    """A token as phrases see it."""

    text: str
    norm: str
    """Its normal form: lower case, contractions written out, or the set of a party's name."""
    is_number: bool


Ways = tuple[tuple[int, ...], ...]
"""The ways to say one word of a phrase, each as the tests that its tokens pass one after the other."""


class WordTests:
    """What the words of all phrases ask of a token, numbered from 1.

    ``tokens_of`` splits a word of a phrase into the normal forms of its tokens.
    """

    def __init__(self, tokens_of: Callable[[str], tuple[str, ...]]) -> None:
        self._tokens_of = tokens_of
        self._split: dict[str, tuple[str, ...]] = {}
        self._tests: dict[tuple[frozenset[str], frozenset[str], bool], int] = {}
        self._words: dict[str, list[int]] = {}
        self._beginnings: dict[str, list[int]] = {}
        self._numbers: list[int] = []
        self._longest = 0

    def ways(self, slot: Slot) -> Ways:
        """How a word of a phrase may be said, whether it may be absent or not."""
        single = set()
        longer = []
        for word in sorted(slot.words):
            tokens = self._split.get(word)
            if tokens is None:
                tokens = self._split[word] = self._tokens_of(word)
            if len(tokens) == 1:
                single.add(tokens[0])
            else:
                longer.append(tuple(self._test(frozenset({token}), frozenset(), is_number=False) for token in tokens))
            if "." in word:
                # A text's "U.S." is one token, though in small letters, as phrases have it, it would be split.
                single.add(word)
        if single or slot.prefixes or slot.is_number:
            return ((self._test(frozenset(single), slot.prefixes, is_number=slot.is_number),), *longer)
        return tuple(longer)

    def _test(self, words: frozenset[str], beginnings: frozenset[str], *, is_number: bool) -> int:
        key = words, beginnings, is_number
        test = self._tests.get(key)
        if test is None:
            test = self._tests[key] = len(self._tests) + 1
            for word in words:
                self._words.setdefault(word, []).append(test)
            for beginning in beginnings:
                self._beginnings.setdefault(beginning, []).append(test)
                self._longest = max(self._longest, len(beginning))
            if is_number:
                self._numbers.append(test)
        return test

    def passed_by(self, token: Token) -> frozenset[int]:
        """The tests that a token passes."""
        passed = list(self._words.get(token.norm, ()))
        for length in range(1, min(len(token.norm), self._longest) + 1):
            passed += self._beginnings.get(token.norm[:length], ())
        if token.is_number:
            passed += self._numbers
        if token.text == ";":
            passed.append(BREAK)
        return frozenset(passed)


class Sound:
    """What phrases can make of a piece of text, known by identity: pieces that are the same to them share one."""

    __slots__ = ("__weakref__", "tokens")

    def __init__(self, tokens: tuple[frozenset[int], ...]) -> None:
        self.tokens = tokens
        """For each token the tests that it passes."""


class Pieces(Recent[str, Sound]):
    """A piece of text to its sound, worked out when first asked for.

    ``split`` makes tokens of a piece. ``names`` are lower-case words that stand for a set, as a document's own names of
    its parties do.
    """

    def __init__(
        self, tests: WordTests, split: Callable[[str], tuple[Token, ...]], names: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(_MOST_KEPT)
        self._tests = tests
        self._split = split
        self._names = names or {}
        self._sounds: WeakValueDictionary[tuple[frozenset[int], ...], Sound] = WeakValueDictionary()
        self._lengths: Recent[str, tuple[int, ...]] = Recent(_MOST_KEPT)
        self._plain: Pieces | None = None

    def named(self, names: Mapping[str, str]) -> "Pieces":
        """The same with names of one document, which last as long as the document does."""
        if not names:
            return self
        own = Pieces(self._tests, self._split, names)
        own._sounds, own._plain = self._sounds, self
        return own

    def __missing__(self, piece: str) -> Sound:
        sound = self.recall(piece)
        if sound is None:
            sound = self._sound_of(piece) if self._plain is None or self._may_name(piece) else self._plain[piece]
            if len(piece) <= _KEPT_LENGTH:
                self.keep(piece, sound)
        return sound

    def _sound_of(self, piece: str) -> Sound:
        tokens = self._split(piece)
        each = {token: self._tests.passed_by(self._named(token)) for token in dict.fromkeys(tokens)}
        passed = tuple(map(each.__getitem__, tokens))
        return self._sounds.setdefault(passed, Sound(passed))

    def _may_name(self, piece: str) -> bool:
        lowered = piece.lower()
        return any(name in lowered for name in self._names)

    def _named(self, token: Token) -> Token:
        name = self._names.get(token.text.lower())
        return token if name is None else token._replace(norm=name)

    def bounds(self, pieces: list[str]) -> list[tuple[int, int]]:
        """Where the tokens of a text begin and end, in characters."""
        found: list[tuple[int, int]] = []
        place = 0
        for piece in pieces:
            if len(self[piece].tokens) == 1:
                found.append((place, place + len(piece)))
            else:
                ends = list(accumulate(self._lengths_of(piece), initial=place))
                found += pairwise(ends)
            place += len(piece) + 1
        return found

    def _lengths_of(self, piece: str) -> tuple[int, ...]:
        if self._plain is not None:
            return self._plain._lengths_of(piece)
        known = self._lengths.get(piece) or self._lengths.recall(piece)
        if known is None:
            known = tuple(len(token.text) for token in self._split(piece))
            if len(piece) <= _KEPT_LENGTH:
                self._lengths.keep(piece, known)
        return known


class Text:
    """The tokens of a text, each by the tests that it passes, with where each test is passed as far as it was asked."""

    __slots__ = ("_places", "breaks", "tokens")

    def __init__(self, tokens: list[frozenset[int]]) -> None:
        self.tokens = tokens
        self._places: dict[int, list[int]] = {}
        self.breaks = self.places(BREAK)

    def places(self, test: int) -> list[int]:
        """The tokens that pass a test."""
        found = self._places.get(test)
        if found is None:
            found = self._places[test] = [n for n, passed in enumerate(self.tokens) if test in passed]
        return found


_SIGN = re.compile(r"[^\W_]+|\.+|[^\w\s]|_+|\s+")
_CUT = re.compile(r"(?<=\S) (?=\S)")


def cut(text: str) -> list[str]:
    """A text as the pieces that a single space parts, each of which is split by itself."""
    pieces = text.split()
    return pieces if " ".join(pieces) == text else _CUT.split(text)


def signs(piece: str) -> list[str]:
    """A piece of text cut at every sign that is neither letter nor digit."""
    return _SIGN.findall(piece)
