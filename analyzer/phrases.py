"""The pattern language of rule files, and the literals that a text must hold before a pattern can match it.

A **phrase** is written as words, and matches them in order, whatever their case::

    limit* of liability             a word, or its beginning with *
    shall|must|will not exceed      alternatives of one word
    (best and final | final) offer  alternatives of several words
    the? contract ..4 price         ? may be absent; ..4 up to four words between
    @vendor ... bond                a set of the vocabulary; ... up to eight words between
    # percent|%                     a number, in figures or words

A gap doesn't run past a semicolon. Beside phrases there are regexes and spaCy token patterns.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

__all__ = [
    "Expression",
    "ExpressionKind",
    "Slot",
    "Vocabulary",
    "parse_phrase",
    "parse_regex",
    "parse_tokens",
    "words_of",
]

Vocabulary = Mapping[str, tuple[str, ...]]
"""Name of a set to its entries; an entry may have several words."""

_LONG_GAP = 8
_MAX_VARIANTS = 256
_LEXEME = re.compile(r"\(|\)\??|\||[^\s()]+")
_GAP = re.compile(r"\.\.(\d{1,2})$")
_WORD = re.compile(r"[^\W_]+")
# spaCy writes contractions out ("won't" is "will not"), so a text may hold these words in another form.
_CONTRACTED: Mapping[str, tuple[str, ...]] = {
    "not": tuple("t nt cannot cant wont dont doesnt didnt isnt arent wasnt hasnt havent shant shouldnt mustnt".split()),
    "will": ("ll", "won", "wont"),
    "would": ("d", "wouldn"),
    "is": ("s", "isn", "isnt"),
    "am": ("m",),
    "are": ("re", "aren", "arent"),
    "have": ("ve", "haven", "havent"),
    "has": ("s", "hasn", "hasnt"),
    "had": ("d", "hadn"),
    "can": ("cannot", "cant"),
    "do": ("don", "dont"),
    "does": ("doesn", "doesnt"),
    "us": ("s",),
    "shall": ("ll", "shan", "shant"),
    "should": ("shouldn", "shouldnt"),
    "could": ("couldn",),
    "must": ("mustn", "mustnt"),
    "let": ("lets",),
}


class ExpressionKind(StrEnum):
    """How an expression is written."""

    PHRASE = "phrase"
    REGEX = "regex"
    TOKENS = "tokens"


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a phrase: the words it takes, or a gap where it takes any."""

    words: frozenset[str] = frozenset()
    prefixes: frozenset[str] = frozenset()
    is_number: bool = False
    minimum: int = 1
    maximum: int = 1

    @property
    def is_gap(self) -> bool:
        return not (self.words or self.prefixes or self.is_number)


Requirement = frozenset[str]
"""Words of which a text must hold one; an entry that ends in ``*`` is a beginning."""


@dataclass(frozen=True, slots=True)
class Expression:
    """One compiled entry of a pattern, whatever way it was written."""

    kind: ExpressionKind
    text: str
    """As the rule file has it; for tokens its JSON."""
    variants: tuple[tuple[Slot, ...], ...] = ()
    """For a phrase: the sequences that it stands for."""
    requires: tuple[Requirement, ...] = ()
    """Each must be met by a text before the expression can match it."""
    literals: tuple[str, ...] = ()
    """For a regex: lower-case strings of which a text must hold one."""


def words_of(text: str) -> list[str]:
    """The words of a text as requirements count them: lower-case runs of letters and digits."""
    return _WORD.findall(text.lower())


def parse_phrase(text: str, vocabulary: Vocabulary) -> Expression:
    """Read a phrase. Raises ValueError that says what is wrong with it."""
    lexemes = _LEXEME.findall(text)
    sequences, rest = _alternatives(lexemes, vocabulary, depth=0)
    if rest:
        raise ValueError(f"a bracket too many in {text!r}")
    variants = tuple(dict.fromkeys(tuple(sequence) for sequence in sequences))
    if len(variants) > _MAX_VARIANTS:
        raise ValueError(f"{text!r} stands for {len(variants)} sequences, more than {_MAX_VARIANTS}: make it simpler")
    for variant in variants:
        if not variant or variant[0].is_gap or variant[-1].is_gap:
            raise ValueError(f"{text!r} begins or ends with a gap, or is empty")
        if all(slot.minimum == 0 or slot.is_gap for slot in variant):
            raise ValueError(f"{text!r} holds no word that must be there")
    requires = _shared_requirements(tuple(_requirements(variant) for variant in variants))
    if not requires:
        raise ValueError(f"{text!r} holds no word to search for")
    return Expression(ExpressionKind.PHRASE, text, variants, requires)


def _alternatives(lexemes: list[str], vocabulary: Vocabulary, depth: int) -> tuple[list[list[Slot]], list[str]]:
    """Sequences up to the closing bracket, and what follows it."""
    finished: list[list[Slot]] = []
    current: list[list[Slot]] = [[]]
    while lexemes:
        head, lexemes = lexemes[0], lexemes[1:]
        if head == "(":
            inner, lexemes = _alternatives(lexemes, vocabulary, depth + 1)
            if not lexemes:
                raise ValueError("a bracket is not closed")
            if lexemes[0] == ")?":
                inner = [*inner, []]
            lexemes = lexemes[1:]
            current = [before + after for before, after in product(current, inner)]
        elif head in {")", ")?"}:
            if depth == 0:
                raise ValueError("a bracket too many")
            return [*finished, *current], [head, *lexemes]
        elif head == "|":
            finished += current
            current = [[]]
        else:
            current = [before + after for before, after in product(current, _slots(head, vocabulary))]
        if len(current) > 4 * _MAX_VARIANTS:
            raise ValueError("the phrase stands for too many sequences: make it simpler")
    if depth:
        raise ValueError("a bracket is not closed")
    return [*finished, *current], []


def _slots(lexeme: str, vocabulary: Vocabulary) -> list[list[Slot]]:
    """The sequences that one lexeme stands for: one slot, or more for a set with entries of several words."""
    if lexeme == "...":
        return [[Slot(minimum=0, maximum=_LONG_GAP)]]
    if gap := _GAP.match(lexeme):
        return [[Slot(minimum=0, maximum=int(gap[1]))]]
    minimum = 1
    if lexeme.endswith("?"):
        lexeme, minimum = lexeme[:-1], 0
    words: set[str] = set()
    prefixes: set[str] = set()
    longer: list[list[Slot]] = []
    is_number = False
    for part in lexeme.split("|"):
        if part == "#":
            is_number = True
        elif part.startswith("@"):
            words.add(part)
            for entry in _entries(part, vocabulary):
                if " " in entry:
                    longer += _entry_sequences(entry, vocabulary)
                else:
                    _put(entry, words, prefixes)
        elif not part:
            raise ValueError(f"an alternative of {lexeme!r} is empty")
        else:
            _put(part, words, prefixes)
    slot = Slot(frozenset(words), frozenset(prefixes), is_number, minimum, 1)
    return [[slot], *longer]


def _entry_sequences(entry: str, vocabulary: Vocabulary) -> list[list[Slot]]:
    return [list(variant) for variant in parse_phrase(entry, vocabulary).variants]


def _entries(name: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    try:
        return vocabulary[name[1:]]
    except KeyError:
        raise ValueError(f"the vocabulary has no set {name}; it has {', '.join(sorted(vocabulary))}") from None


def _put(word: str, words: set[str], prefixes: set[str]) -> None:
    if word.endswith("*"):
        if len(word) < 4:
            raise ValueError(f"{word!r} is too short a beginning: three letters at least")
        prefixes.add(word[:-1].lower())
    else:
        words.add(word.lower().replace("’", "'"))


def _requirements(variant: tuple[Slot, ...]) -> tuple[Requirement, ...]:
    found: list[Requirement] = []
    for slot in variant:
        if slot.minimum == 0 or slot.is_gap or slot.is_number:
            continue
        firsts = {_first_word(word) for word in slot.words}
        if "" in firsts:
            continue
        found.append(_with_contractions(firsts) | {f"{prefix}*" for prefix in slot.prefixes})
    return tuple(dict.fromkeys(found))


def _with_contractions(words: Iterable[str]) -> Requirement:
    return frozenset(form for word in words for form in (word, *_CONTRACTED.get(word, ())))


def _first_word(word: str) -> str:
    """A word by which to search: of ``non-negotiable`` its longest part; nothing for punctuation."""
    if word.startswith("@"):
        return word
    return max(_WORD.findall(word), key=len, default="")


def _shared_requirements(each: tuple[tuple[Requirement, ...], ...]) -> tuple[Requirement, ...]:
    """What every variant requires; else one requirement that unites the most telling one of each."""
    shared = tuple(requirement for requirement in each[0] if all(requirement in other for other in each))
    if len(each) == 1 or any(not requirements for requirements in each):
        return shared
    united = frozenset[str]().union(*(min(requirements, key=lambda r: (len(r), sorted(r))) for requirements in each))
    return tuple(dict.fromkeys((*shared, united)))


def parse_regex(text: str) -> Expression:
    """Read a regex; its literals are derived from it. Raises ValueError where it is wrong or has none."""
    try:
        re.compile(text, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"the regex {text!r} is wrong: {error}") from None
    literals = _regex_literals(text)
    if not literals:
        raise ValueError(f"the regex {text!r} has no literal of three characters to search for")
    return Expression(ExpressionKind.REGEX, text, literals=literals)


def _regex_literals(text: str) -> tuple[str, ...]:
    """Lower-case strings of which each match holds one; empty where none can be derived."""
    from re import _parser  # type: ignore[attr-defined]  # the standard library has no public view of a regex

    best = _best_literals(_parser.parse(text, re.IGNORECASE))
    return tuple(sorted(best)) if best and min(map(len, best)) >= 3 else ()


def _best_literals(parsed: Iterable[tuple[object, object]]) -> frozenset[str]:
    options: list[frozenset[str]] = []
    run = ""
    for operation, argument in parsed:
        name = str(operation)
        if name == "LITERAL" and isinstance(argument, int):
            run += chr(argument).lower()
            continue
        options.append(frozenset({run} if run else ()))
        run = ""
        options.append(_branch_literals(name, argument))
    options.append(frozenset({run} if run else ()))
    usable = [option for option in options if option]
    return max(usable, key=lambda option: min(map(len, option)), default=frozenset())


def _branch_literals(name: str, argument: object) -> frozenset[str]:
    if name == "SUBPATTERN" and isinstance(argument, tuple):
        return _best_literals(argument[-1])
    if name in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"} and isinstance(argument, tuple) and argument[0] > 0:
        return _best_literals(argument[2])
    if name == "BRANCH" and isinstance(argument, tuple):
        each = [_best_literals(branch) for branch in argument[1]]
        return frozenset[str]().union(*each) if all(each) else frozenset()
    return frozenset()


def parse_tokens(tokens: list[dict[str, object]], text: str) -> Expression:
    """Read a spaCy token pattern; ``text`` is its JSON. Raises ValueError where no word must be there."""
    requires = tuple(dict.fromkeys(_token_requirements(tokens)))
    if not requires:
        raise ValueError("the token pattern holds no LOWER or NORM word that must be there")
    return Expression(ExpressionKind.TOKENS, text, requires=requires)


def _token_requirements(tokens: list[dict[str, object]]) -> Iterator[Requirement]:
    for token in tokens:
        if str(token.get("OP", "1"))[0] in "?*!{":
            continue
        for attribute in ("LOWER", "NORM"):
            value = token.get(attribute)
            words = value.get("IN", []) if isinstance(value, dict) else [value] if isinstance(value, str) else []
            firsts = {_first_word(str(word).lower()) for word in words}
            if firsts and "" not in firsts:
                yield _with_contractions(firsts)
