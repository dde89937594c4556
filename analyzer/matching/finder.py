"""Finds phrases in texts with spaCy's matcher. The only module that imports spaCy."""

import importlib
import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from itertools import product
from types import ModuleType
from typing import TYPE_CHECKING

from analyzer.phrases import Choice, Expression, ExpressionKind, Slot, expand, to_regex


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

__all__ = ["PhraseFinder"]

_Tokens = dict[str, object]
"""One token of a spaCy pattern."""


@lru_cache(maxsize=1)
def _blank_english() -> "spacy.language.Language":
    """One for all matchers: its exceptions take a third of a second to set up, and rules leave it as it is."""
    return spacy.blank("en")


class PhraseFinder:
    """Expressions, compiled when first needed and known by identity: whoever hands them in keeps them."""

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
