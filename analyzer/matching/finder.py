"""Finds phrases in texts with spaCy's matcher. The only module that imports spaCy."""

import importlib
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import product
from types import ModuleType
from typing import TYPE_CHECKING, Any

from analyzer.matching.plans import Fork, Gap, Plan, Run, joined, plan_of
from analyzer.matching.tokens import LONGEST_PIECE, Token, signs
from analyzer.phrases import Expression, ExpressionKind, Slot, expand


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
from spacy.attrs import LIKE_NUM, NORM  # noqa: E402
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
        matcher, plan = compiled
        if expression.kind is ExpressionKind.TOKENS:
            yield from ((start, end) for _, start, end in matcher(doc))
            return
        hits: dict[str, list[tuple[int, int]]] = {}
        for name, start, end in matcher(doc):
            hits.setdefault(self.nlp.vocab.strings[name], []).append((start, end))
        breaks = [token.i for token in doc if token.text == ";"] if ";" in text else []
        for start, end in joined(plan, lambda run: hits.get(f"run {run}", ())):
            if not any(start <= place < end for place in breaks):
                yield start, end

    def _compile(self, expression: Expression) -> "tuple[Matcher, Plan]":
        """SpaCy's matcher for the unbroken runs of words in a phrase, by name.

        Gaps are not given to spaCy: it writes one out as a chain of optional tokens, whose states multiply
        (two gaps of eight words cost thirty milliseconds a sentence, measured). They are joined in `joined`.
        """
        matcher = Matcher(self.nlp.vocab)
        patterns: dict[str, int] = {}
        if expression.kind is ExpressionKind.TOKENS:
            matcher.add("tokens", [json.loads(expression.text)])
        runs: dict[Run, int] = {}
        plan = plan_of(expression.sequence, lambda run: runs.setdefault(run, len(runs)))
        plan = _replaced(plan, [self._in_patterns(run, patterns) for run in runs])
        for pattern, number in patterns.items():
            matcher.add(f"run {number}", [json.loads(pattern)])
        return matcher, plan

    def _in_patterns(self, run: Run, patterns: dict[str, int]) -> Plan:
        """A run as patterns of spaCy that stand side by side, by number.

        A place with words of one token and of several is a fork: written out, n such places are 2^n patterns.
        """

        def number_of(tokens: list[_Tokens]) -> int:
            return patterns.setdefault(json.dumps(tokens), len(patterns))

        plan: list[int | Fork] = []
        plain: list[_Tokens] = []
        for slot in run:
            options = _options(slot, self.tokens_of)
            if len(options) == 1:
                plain += options[0]
                continue
            if plain:
                plan.append(number_of(plain))
                plain = []
            plan.append(Fork(tuple((number_of(option),) for option in options), is_optional=False))
        return (*plan, number_of(plain)) if plain else tuple(plan)

    @cached_property
    def _compiled(self) -> "dict[int, tuple[Matcher, Plan]]":
        return {}

    def token_patterns(self, expression: Expression) -> list[list[_Tokens]]:
        """A phrase or token pattern as spaCy's matcher takes it: alternatives, each a list of tokens."""
        if expression.kind is ExpressionKind.TOKENS:
            return [json.loads(expression.text)]
        slots = expand(expression.sequence)
        return [tokens for variant in slots for tokens in _sequences(variant, self.tokens_of)]

    def tokens_of(self, word: str) -> tuple[str, ...]:
        """How spaCy splits a word of a phrase: ``non-negotiable`` is three tokens."""
        if word.startswith("@") or self._is_plain(word):
            return (word.lower(),)
        return tuple(token.norm for token in self.split(word))

    def _is_plain(self, piece: str) -> bool:
        """A word of plain letters, which spaCy splits only where its table of exceptions has it."""
        return piece.isascii() and piece.isalpha() and piece not in self._exceptions

    def split(self, piece: str) -> tuple[Token, ...]:
        """A piece of text without white space as spaCy's tokens; one too long to be a word is cut at its signs."""
        if self._is_plain(piece):
            return (self._token(piece),)
        if len(piece) > LONGEST_PIECE:
            cut = signs(piece)
            each = {text: self._token(text) for text in dict.fromkeys(cut)}
            return tuple(map(each.__getitem__, cut))
        return tuple(Token(token.text, token.norm_, token.like_num) for token in self.nlp.make_doc(piece))

    def _token(self, text: str) -> Token:
        norm, is_number = self._attributes
        return Token(text, norm(text), is_number(text))

    @cached_property
    def _exceptions(self) -> frozenset[str]:
        rules: Mapping[str, object] = getattr(self.nlp.tokenizer, "rules")  # noqa: B009
        return frozenset(rules)

    @cached_property
    def _attributes(self) -> tuple[Callable[[str], str], Callable[[str], bool]]:
        """How spaCy makes a word's normal form, and how it tells a number."""
        getters: Mapping[int, Any] = getattr(self.nlp.vocab, "lex_attr_getters")  # noqa: B009
        return getters[NORM], getters[LIKE_NUM]


def _replaced(plan: Plan, runs: Sequence[Plan]) -> Plan:
    """A plan with a plan for each run."""
    elements: list[int | Gap | Fork] = []
    for element in plan:
        if isinstance(element, int):
            elements += runs[element]
        elif isinstance(element, Fork):
            elements.append(Fork(tuple(_replaced(branch, runs) for branch in element.branches), element.is_optional))
        else:
            elements.append(element)
    return tuple(elements)


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
