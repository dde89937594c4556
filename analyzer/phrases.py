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
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import product

__all__ = [
    "Choice",
    "Expression",
    "ExpressionKind",
    "Requirement",
    "Sequence",
    "Slot",
    "Vocabulary",
    "expand",
    "lexemes_of",
    "parse_phrase",
    "parse_tokens",
    "plain_tokens",
    "requirements",
    "words_of",
]


class Vocabulary(dict[str, tuple[str, ...]]):
    """Name of a set to its entries; an entry may have several words.

    Keeps what it read, since thousands of phrases use the same few sets, and how common words are in
    procurement text, so that phrases are looked for by their rarest word.
    """

    def __init__(self, entries: Mapping[str, tuple[str, ...]] | None = None) -> None:
        super().__init__(entries or {})
        self._slots: dict[str, Slot | Choice] = {}
        self._being_read: set[str] = set()
        self._per_million: dict[str, int] = {}
        self._sorted: list[str] = []
        self._commonness: dict[Requirement, int] = {}

    def count(self, per_million: Mapping[str, int]) -> None:
        """Say how often words stand in a million of procurement text."""
        self._per_million.update(per_million)
        self._sorted = sorted(self._per_million)
        self._commonness.clear()

    def commonness(self, requirement: "Requirement") -> int:
        """How often one of the words stands in a million."""
        known = self._commonness.get(requirement)
        if known is None:
            known = self._commonness[requirement] = sum(map(self._frequency, requirement))
        return known

    def _frequency(self, word: str) -> int:
        if not word.endswith("*"):
            return self._per_million.get(word, _RARE)
        beginning = word.removesuffix("*")
        first, after = bisect_left(self._sorted, beginning), bisect_left(self._sorted, f"{beginning}\uffff")
        return _RARE + sum(self._per_million[known] for known in self._sorted[first:after])

    def slot(self, lexeme: str) -> "Slot | Choice":
        """What one lexeme of a phrase stands for. Raises ValueError."""
        slot = self._slots.get(lexeme)
        if slot is None:
            if lexeme in self._being_read:
                raise ValueError(f"the set {lexeme} holds itself")
            self._being_read.add(lexeme)
            try:
                slot = self._slots[lexeme] = _slot(lexeme, self)
            finally:
                self._being_read.remove(lexeme)
        return slot


_RARE = 20
"""Words per million that a word without a count stands for."""
_LONG_GAP = 8
_MAX_VARIANTS = 20_000
_MAX_WIDTH = 10_000
"""Ways in which the words between gaps are joined from one place of a text; the most that ship are three thousand."""
_MAX_LEXEMES = 2_000
"""Words and signs of a phrase; the longest that ship have four hundred."""
_MAX_BRACKETS = 20
"""Brackets in brackets."""
_LEXEME = re.compile(r"\(|\)\??|\||[^\s()]+")
_GAP = re.compile(r"\.\.(\d{1,2})$")
_WORD = re.compile(r"[^\W_]+")
# spaCy writes contractions out ("won't" is "will not"), so a text may hold these words in another form.
_NEGATED = "do does did is are was were has have had could should would must might need may ai".split()
_CONTRACTED: Mapping[str, tuple[str, ...]] = {
    **{verb: (f"{verb}n", f"{verb}nt") for verb in _NEGATED},
    "do": ("don", "dont", "didn", "didnt"),
    "not": ("t", "nt", "cannot", "cant", "wont", "shant", *(f"{verb}nt" for verb in _NEGATED)),
    "will": ("ll", "won", "wont"),
    "would": ("d", "wouldn", "wouldnt"),
    "is": ("s", "isn", "isnt"),
    "am": ("m",),
    "are": ("re", "aren", "arent"),
    "have": ("ve", "haven", "havent", "hadn", "hadnt"),
    "has": ("s", "hasn", "hasnt"),
    "had": ("d", "hadn", "hadnt"),
    "can": ("cannot", "ca", "cant"),
    "us": ("s",),
    "shall": ("ll", "shan", "shant"),
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


@dataclass(frozen=True, slots=True)
class Choice:
    """A bracket of a phrase: several sequences of which one stands there, or none where it is optional."""

    sequences: "tuple[Sequence, ...]"
    is_optional: bool = False


Sequence = tuple[Slot | Choice, ...]
"""What a phrase says, in order."""

Requirement = frozenset[str]
"""Words of which a text must hold one; an entry that ends in ``*`` is a beginning."""


@dataclass(frozen=True, slots=True)
class Expression:
    """One compiled entry of a pattern, whatever way it was written."""

    kind: ExpressionKind
    text: str
    """As the rule file has it; for tokens its JSON."""
    sequence: Sequence = ()
    """For a phrase: what it says."""
    requires: tuple[Requirement, ...] = ()
    """For tokens: each must be met by a text before the expression can match it. Of a phrase `requirements` says it."""
    literals: tuple[tuple[frozenset[str], ...], ...] = ()
    """For a regex: the ways to match it, each as groups of lower-case strings of which a text must hold one each."""
    is_linear: bool = False
    """For a regex: run by an engine whose time grows with the text alone."""


def words_of(text: str) -> list[str]:
    """The words of a text as requirements count them: lower-case runs of letters and digits."""
    return _WORD.findall(text.lower())


def lexemes_of(text: str) -> list[str]:
    """What a phrase is written of: words, gaps, brackets and bars."""
    return _LEXEME.findall(text)


def parse_phrase(text: str, vocabulary: Vocabulary) -> Expression:
    """Read a phrase. Raises ValueError that says what is wrong with it."""
    lexemes = _LEXEME.findall(text)
    if len(lexemes) > _MAX_LEXEMES:
        raise ValueError(f"{text[:40]!r}... has more than {_MAX_LEXEMES:,} words")
    sequences, rest = _alternatives(lexemes, vocabulary, depth=0)
    if rest:
        raise ValueError(f"a bracket too many in {text!r}")
    sequence: Sequence = sequences[0] if len(sequences) == 1 else (Choice(tuple(sequences)),)
    if (count := _count(sequence)) > _MAX_VARIANTS:
        raise ValueError(f"{text!r} stands for {count} sequences, more than {_MAX_VARIANTS}: make it simpler")
    if (width := _width(sequence)[1]) > _MAX_WIDTH:
        raise ValueError(f"the gaps of {text!r} are too many and too wide ({width:,} ways to join them)")
    if not sequence or _is_open(sequence[0], 0) or _is_open(sequence[-1], -1):
        raise ValueError(f"{text!r} begins or ends with a gap, or is empty")
    if not _holds_word(sequence):
        raise ValueError(f"{text!r} holds no word that must be there")
    return Expression(ExpressionKind.PHRASE, text, sequence)


def _holds_word(sequence: Sequence) -> bool:
    """Whether every text that a phrase matches holds a word of it."""
    return any(
        _is_word(node) if isinstance(node, Slot) else not node.is_optional and all(map(_holds_word, node.sequences))
        for node in sequence
    )


def _is_word(slot: Slot) -> bool:
    return bool(slot.minimum) and not slot.is_gap and not slot.is_number and all(map(_WORD.search, slot.words))


def _alternatives(lexemes: list[str], vocabulary: Vocabulary, depth: int) -> tuple[list[Sequence], list[str]]:
    """Sequences up to the closing bracket, and what follows it, that bracket first."""
    if depth > _MAX_BRACKETS:
        raise ValueError(f"brackets stand more than {_MAX_BRACKETS} deep in each other")
    finished: list[Sequence] = []
    current: list[Slot | Choice] = []
    while lexemes:
        head, lexemes = lexemes[0], lexemes[1:]
        if head == "(":
            inner, lexemes = _alternatives(lexemes, vocabulary, depth + 1)
            current.append(Choice(tuple(inner), is_optional=lexemes[0] == ")?"))
            lexemes = lexemes[1:]
        elif head in {")", ")?"}:
            if depth == 0:
                raise ValueError("a bracket too many")
            return [*finished, tuple(current)], [head, *lexemes]
        elif head == "|":
            finished.append(tuple(current))
            current = []
        else:
            current.append(vocabulary.slot(head))
    if depth:
        raise ValueError("a bracket is not closed")
    return [*finished, tuple(current)], []


def _slot(lexeme: str, vocabulary: Vocabulary) -> Slot | Choice:
    """What one lexeme stands for; a set with entries of several words makes a choice."""
    if lexeme == "...":
        return Slot(minimum=0, maximum=_LONG_GAP)
    if gap := _GAP.match(lexeme):
        return Slot(minimum=0, maximum=int(gap[1]))
    is_optional = lexeme.endswith("?")
    words: set[str] = set()
    prefixes: set[str] = set()
    longer: list[Sequence] = []
    parts = lexeme.removesuffix("?").split("|")
    for part in parts:
        if not part:
            raise ValueError(f"an alternative of {lexeme!r} is empty")
        if part.startswith("@"):
            words.add(part)
            for entry in _entries(part, vocabulary):
                if " " in entry:
                    longer.append(parse_phrase(entry, vocabulary).sequence)
                else:
                    _put(entry, words, prefixes)
        elif part != "#":
            _put(part, words, prefixes)
    single = Slot(frozenset(words), frozenset(prefixes), "#" in parts, 0 if is_optional and not longer else 1)
    return Choice(((single,), *longer), is_optional) if longer else single


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


def _count(sequence: Sequence) -> int:
    """How many sequences of slots it stands for; a word with a sign in it may be several tokens, so makes its own."""
    total = 1
    for node in sequence:
        if isinstance(node, Choice):
            total *= sum(map(_count, node.sequences)) + node.is_optional
        else:
            total *= max(1, len(node.words) - sum(map(str.isalnum, node.words)) + node.is_number)
    return total


def _width(sequence: Sequence, reach: int = 0) -> tuple[int, int]:
    """How many words its gaps may pass over, beyond ``reach`` before it, and the ways to join what they part."""
    ways = 0
    for node in sequence:
        if isinstance(node, Choice):
            each = [_width(inner, reach) for inner in node.sequences]
            ways += sum(inner for _, inner in each)
            reach = max(farthest for farthest, _ in each)
        elif node.is_gap:
            ways += (reach + 1) * (node.maximum + 1)
            reach += node.maximum
    return reach, ways


def _is_open(node: Slot | Choice, end: int) -> bool:
    if isinstance(node, Slot):
        return node.is_gap
    return any(not sequence or _is_open(sequence[end], end) for sequence in node.sequences)


def expand(sequence: Sequence) -> Iterator[tuple[Slot, ...]]:
    """The sequences of slots that a phrase stands for."""
    options = [[(node,)] if isinstance(node, Slot) else list(_expand_choice(node)) for node in sequence]
    for choice in product(*options):
        yield tuple(slot for part in choice for slot in part)


def _expand_choice(choice: Choice) -> Iterator[tuple[Slot, ...]]:
    for sequence in choice.sequences:
        yield from expand(sequence)
    if choice.is_optional:
        yield ()


def requirements(sequence: Sequence, vocabulary: Vocabulary) -> tuple[Requirement, ...]:
    """What a text must hold for a phrase to match it: one word of each."""
    found: list[Requirement] = []
    for node in sequence:
        if isinstance(node, Choice):
            if not node.is_optional:
                found += _shared_requirements([requirements(s, vocabulary) for s in node.sequences], vocabulary)
        elif requirement := _requirement(node):
            found.append(requirement)
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=10_000)
def _requirement(slot: Slot) -> Requirement | None:
    if not slot.minimum or slot.is_gap or slot.is_number:
        return None
    firsts = {_first_word(word) for word in slot.words}
    return None if "" in firsts else _with_contractions(firsts) | {f"{prefix}*" for prefix in slot.prefixes}


def _with_contractions(words: Iterable[str]) -> Requirement:
    return frozenset(form for word in words for form in (word, *_CONTRACTED.get(word, ())))


def _first_word(word: str) -> str:
    """A word by which to search: of ``non-negotiable`` the longest, of ``won't`` the verb; nothing for punctuation."""
    if word.startswith("@"):
        return word
    return max(_WORD.findall(plain_tokens(word, {})), key=len, default="")


def _shared_requirements(each: list[tuple[Requirement, ...]], vocabulary: Vocabulary) -> list[Requirement]:
    """What every sequence requires; and one requirement that unites the rarest one of each."""
    shared = [requirement for requirement in each[0] if all(requirement in other for other in each)]
    if len(each) > 1 and all(each):
        rarest = [min(one, key=lambda r: (vocabulary.commonness(r), sorted(r))) for one in each]
        shared.append(frozenset[str]().union(*rarest))
    return shared


# Plain tokens: what counts words, nearly as the matcher reads them.

_TOKEN = re.compile(r"[^\W_]+|[^\w\s]|_+")
_CONTRACTION = re.compile(rf"\b(wo|sha|ca|{'|'.join(_NEGATED)})n'?t\b|\b(can)not\b|\blet's\b|'(ll|re|ve|d|m)\b")


def plain_tokens(text: str, names: Mapping[str, str]) -> str:
    """A text as lower-case tokens, each with a space behind it; contractions written out, ``names`` replaced."""
    lowered = text.lower().replace("’", "'").replace("–", "-").replace("—", "-")
    if "'" in lowered or "nt" in lowered or "cannot" in lowered:
        lowered = _CONTRACTION.sub(_written_out, lowered)
    tokens = _TOKEN.findall(lowered)
    if names:
        tokens = [names.get(token, token) for token in tokens]
    return f" {' '.join(tokens)} "


def _written_out(match: re.Match[str]) -> str:
    if match[3]:
        return {"ll": " will", "re": " are", "ve": " have", "d": " would", "m": " am"}[match[3]]
    if verb := match[1] or match[2]:
        return {"wo": "will", "sha": "shall", "ca": "can", "did": "do", "had": "have"}.get(verb, verb) + " not"
    return "let us"


def parse_tokens(tokens: list[dict[str, object]], text: str) -> Expression:
    """Read a spaCy token pattern; ``text`` is its JSON. Raises ValueError: wrong, or no word must be there."""
    for token in tokens:
        _check_token(token)
    requires = tuple(dict.fromkeys(_token_requirements(tokens)))
    if not requires:
        raise ValueError("the token pattern holds no LOWER or NORM word that must be there")
    return Expression(ExpressionKind.TOKENS, text, requires=requires)


_TOKEN_ATTRIBUTES = frozenset(
    "ORTH TEXT NORM LOWER SHAPE PREFIX SUFFIX LENGTH SPACY IS_ALPHA IS_ASCII IS_DIGIT IS_LOWER IS_UPPER IS_TITLE "
    "IS_PUNCT IS_SPACE IS_STOP IS_BRACKET IS_QUOTE IS_LEFT_PUNCT IS_RIGHT_PUNCT IS_CURRENCY LIKE_NUM LIKE_URL "
    "LIKE_EMAIL".split()
)
"""What a pipeline without a statistical model knows of a token."""
_TOKEN_OPERATOR = re.compile(r"[!?+*1]|\{\d{0,3}(?:,\d{0,3})?\}")

_WITHOUT_COUNTS = re.compile(r"(?:\(\?:|\\\D|[^*+?{\\])*")
"""A regex without repetitions and back-references: spaCy has the standard library run it, whatever it takes."""


def _check_token(token: object) -> None:
    """Raise ValueError for what spaCy would stumble over at the first text."""
    if not isinstance(token, dict):
        raise ValueError(f"{token!r} is not a table of a token's attributes")
    for name, value in token.items():
        if name == "OP":
            if not isinstance(value, str) or not _TOKEN_OPERATOR.fullmatch(value):
                raise ValueError(f"{value!r} is not an operator of a token")
        elif name not in _TOKEN_ATTRIBUTES:
            raise ValueError(f"{name!r} is not one of {', '.join(sorted(_TOKEN_ATTRIBUTES))}")
        elif isinstance(value, dict):
            for test, argument in value.items():
                _check_test(test, argument)
        elif not isinstance(value, str | int):
            raise ValueError(f"{name}: {value!r} is neither a text nor a number nor a table")


def _check_test(test: str, argument: object) -> None:
    match test, argument:
        case "IN" | "NOT_IN", [*members] if all(isinstance(member, str | int) for member in members):
            return
        case "==" | "!=" | ">=" | "<=" | ">" | "<", int():
            return
        case "FUZZY", str():
            return
        case "REGEX", str(text):
            try:
                re.compile(text)
            except (re.error, OverflowError, RecursionError) as error:
                raise ValueError(f"the regex {text!r} is wrong: {error}") from None
            if not _WITHOUT_COUNTS.fullmatch(text):
                raise ValueError(f"the regex {text!r} of a token repeats: write it as {{ regex = ... }} instead")
        case _:
            raise ValueError(f"{{{test} = {argument!r}}} is not a test of a token")


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
