"""What an expression asks for, part by part, in words for people: "indemnify", "hold harmless", "a number"."""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice, product
from typing import NamedTuple

from analyzer.phrases import (
    Expression,
    ExpressionKind,
    Requirement,
    Vocabulary,
    lexemes_of,
    parse_phrase,
    requirements,
    words_of,
)
from analyzer.regexes import compiles

__all__ = ["Part", "alternatives_of", "words_for"]

_SHOWN = 3
"""Words that stand for a part; there may be many more."""
_COMMON = 1.3
"""Digits that the commonest words are worth less: "the" says next to nothing, a word nobody counted 3.4."""
_LEAST, _NUMBER = 0.1, 0.4
_GAP = re.compile(r"(?:\[\^[^\]]*\]|\.|\(\?:\\w\+ \)|\(\?:\[\\w-\]\+,\? \))(?:\{\d*,?\d*\}|\*|\+)\??")
"""What stands between the parts of a regex: a stretch of any characters."""


class Part(NamedTuple):
    """One thing that an expression asks for: a word, one of several, or a few words together."""

    expression: Expression
    """Finds it by itself; for a phrase one element, for a regex a piece of it."""
    weight: float
    """How much it tells, from its rarity in procurement text."""


def alternatives_of(expression: Expression, vocabulary: Vocabulary) -> tuple[tuple[Part, ...], ...]:
    """The ways in which an expression can match, each as the parts that must stand in this order."""
    match expression.kind:
        case ExpressionKind.PHRASE:
            return tuple(tuple(_phrase_parts(one, vocabulary)) for one in _top_level(expression.text))
        case ExpressionKind.REGEX:
            return tuple(tuple(_regex_parts(one, expression, vocabulary)) for one in _regex_top_level(expression))
        case ExpressionKind.TOKENS:
            return ((Part(expression, _weight(expression.requires, vocabulary)),),)


def words_for(expression: Expression, vocabulary: Vocabulary) -> str:
    """What would meet an expression, for people: ``void, rejected or the like``."""
    if expression.kind is ExpressionKind.TOKENS:
        return " … ".join(min(one) for one in expression.requires)
    if expression.kind is ExpressionKind.REGEX:
        samples = [" … ".join(_sample(piece) for piece in one) for one in _regex_top_level(expression)]
        if len(samples) == 1:
            samples = list(_samples(expression.text)) or samples
    else:
        samples = [_spoken(one, vocabulary) for one in _top_level(expression.text)]
        if len(samples) == 1 and " " not in expression.text.strip():
            samples = [word for part in expression.text.split("|") for word in _spoken_word(part, vocabulary)]
    return _listed(dict.fromkeys(sample.strip() for sample in samples if sample.strip()))


def _listed(samples: Iterable[str]) -> str:
    found = list(samples)
    shown = found[:_SHOWN]
    if len(found) > _SHOWN:
        return f"{', '.join(shown)} or the like"
    return " or ".join(filter(None, (", ".join(shown[:-1]), shown[-1]))) if shown else "certain words"


# Phrases -------------------------------------------------------------------------------------------------------------


def _top_level(text: str) -> list[list[str]]:
    """A phrase's alternatives, each as its lexemes; a bracket with what it holds is one."""
    alternatives: list[list[str]] = [[]]
    depth = 0
    for lexeme in lexemes_of(text):
        depth -= lexeme in {")", ")?"}
        if depth or lexeme in {")", ")?"}:
            alternatives[-1][-1] += lexeme if lexeme.startswith(")") else f" {lexeme}"
        elif lexeme == "|":
            alternatives.append([])
        else:
            alternatives[-1].append(lexeme)
        depth += lexeme == "("
    return alternatives


def _is_needed(lexeme: str) -> bool:
    return not lexeme.startswith("..") and not lexeme.endswith("?")


def _phrase_parts(lexemes: list[str], vocabulary: Vocabulary) -> Iterator[Part]:
    for lexeme in filter(_is_needed, lexemes):
        try:
            expression = parse_phrase(lexeme, vocabulary)
        except ValueError:  # a number alone, or punctuation, holds no word to look for
            expression = Expression(ExpressionKind.PHRASE, lexeme, (vocabulary.slot(lexeme),))
        yield Part(expression, _weight(requirements(expression.sequence, vocabulary), vocabulary))


def _weight(requires: Iterable[Requirement], vocabulary: Vocabulary) -> float:
    rarest = min((vocabulary.commonness(one) for one in requires), default=0)
    return max(_LEAST, math.log10(1e6 / max(rarest, 1)) - _COMMON) if rarest else _NUMBER


def _spoken(lexemes: list[str], vocabulary: Vocabulary) -> str:
    """One alternative of a phrase as it may be said."""
    return " ".join(
        "…" if lexeme.startswith("..") else next(iter(_spoken_word(lexeme, vocabulary)), "")
        for lexeme in lexemes
        if not lexeme.endswith("?")
    )


def _spoken_word(lexeme: str, vocabulary: Vocabulary) -> list[str]:
    if lexeme.startswith("("):
        inner = _top_level(lexeme.removesuffix("?").removeprefix("(").removesuffix(")"))
        return [_spoken(one, vocabulary) for one in inner]
    if "|" in lexeme:
        return [word for part in lexeme.split("|") for word in _spoken_word(part, vocabulary)]
    if lexeme.startswith("@"):
        return [_plain_word(word) for word in vocabulary.get(lexeme[1:], ())]
    return ["a number"] if lexeme == "#" else [_plain_word(lexeme)]


def _plain_word(word: str) -> str:
    """``indemnif*`` as ``indemnif…``; a set's entry may hold several words, each one of several."""
    needed = [one for one in word.split() if _is_needed(one)]
    return " ".join(one.partition("|")[0].replace("*", "…") for one in needed).replace(" 's", "'s").replace("\\", "")


# Regexes -------------------------------------------------------------------------------------------------------------


def _regex_top_level(expression: Expression) -> list[list[str]]:
    """A regex cut at its outermost bars and gaps; whole where a piece makes no sense by itself."""
    text = expression.text
    alternatives: list[list[str]] = [[""]]
    place = depth = 0
    while place < len(text):
        gap = _GAP.match(text, place) if depth == 0 else None
        step = len(gap[0]) if gap else _step(text, place)
        token = text[place : place + step]
        if gap:
            alternatives[-1].append("")
        elif token == "|" and depth == 0:
            alternatives.append([""])
        else:
            depth += (token == "(") - (token == ")")
            alternatives[-1][-1] += token
        place += step
    cut = [[piece for piece in one if len(re.findall(r"\w", piece)) > 1] for one in alternatives]
    is_whole = all(compiles(piece, is_linear=expression.is_linear) for one in cut for piece in one) and all(cut)
    return cut if is_whole else [[text]]


def _step(text: str, place: int) -> int:
    """Length of one character of a regex, of an escape, or of a class in brackets."""
    if text[place] == "\\":
        return 2
    if text[place] == "[" and (end := text.find("]", place + 2)) > 0:
        return end + 1 - place
    return 1


def _regex_parts(pieces: list[str], whole: Expression, vocabulary: Vocabulary) -> Iterator[Part]:
    for piece in pieces:
        rarest = [
            min(vocabulary.commonness(frozenset({word})) for word in words)
            for sample in _samples(piece)
            if (words := words_of(sample))
        ]
        weight = max(_LEAST, math.log10(1e6 / max(sum(rarest), 1)) - _COMMON) if rarest else _NUMBER
        yield Part(replace(whole, text=piece, literals=()), weight)


def _sample(piece: str) -> str:
    return next(iter(_samples(piece)), "")


@lru_cache(maxsize=4096)
def _samples(text: str) -> tuple[str, ...]:
    """A few texts that a regex takes, without what may be absent."""
    from re import _parser  # type: ignore[attr-defined]  # the standard library has no public view of a regex

    found = (" ".join(one.replace("… …", "…").split()) for one in islice(_texts(_parser.parse(text)), 40))
    return tuple(dict.fromkeys(one for one in found if len(one) > 1))[: _SHOWN + 1]


def _texts(parsed: Iterable[tuple[object, object]]) -> Iterator[str]:
    options = [list(islice(_options(str(name), argument), 12)) or [""] for name, argument in parsed]
    for choice in product(*reversed(options)):
        yield "".join(reversed(choice))


def _options(name: str, argument: object) -> Iterator[str]:
    """What one step of a regex may read."""
    match name, argument:
        case "LITERAL", int(code):
            yield chr(code)
        case "IN", list(members):
            yield _one_of(members)
        case "SUBPATTERN", tuple(parts):
            yield from _texts(parts[-1])
        case "BRANCH", tuple(parts):
            # "will( not|not)": a word of its own reads better than the end of one.
            yield from sorted((text for one in parts[1] for text in islice(_texts(one), 12)), key=_begins_inside)
        case "MAX_REPEAT" | "MIN_REPEAT", tuple(parts):
            yield from _texts(parts[2]) if parts[0] else ("…" if _is_word(parts[2]) else "",)
        case "ANY" | "NOT_LITERAL", _:
            yield "…"


def _begins_inside(text: str) -> bool:
    return not text.startswith(" ")


def _one_of(members: list[tuple[object, object]]) -> str:
    """A class of characters: a space or hyphen where one may stand, else its first letter or any word."""
    letters = [chr(code) for name, code in members if str(name) == "LITERAL" and isinstance(code, int)]
    named = {str(code) for name, code in members if str(name) == "CATEGORY"}
    if " " in letters or "CATEGORY_SPACE" in named:
        return " "
    return letters[0] if letters and not named else "…" if "CATEGORY_WORD" in named else ""


def _is_word(parsed: Iterable[tuple[object, object]]) -> bool:
    """Whether a step that may be absent reads on in a word, as the end of ``indemnif`` does."""
    return any(str(name) == "IN" and isinstance(members, list) and _one_of(members) == "…" for name, members in parsed)
