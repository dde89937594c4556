"""What a word may stand for in a learned phrase: its inflections, a set of the vocabulary, a number."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from analyzer.phrases import Vocabulary, parse_phrase

__all__ = ["NUMBER", "Item", "Lexicon", "make_lexicon", "stem"]

NUMBER = "#"
_PER_WORD = 6
"""Items that one word may stand for."""
_LEAST_SEEN = 2
_LARGEST_SHARE = 0.04
"""A set whose words make up more of all text than this says nothing, unless it is one of ``_PLAIN_SETS``."""
_PLAIN_SETS = {
    "buyer": "the buyer",
    "vendor": "the vendor",
    "must": "must",
    "no": "no",
    "offer": "a bid",
    "contract": "the contract",
    "reject": "rejected",
}
"""Sets that everybody understands, with the words for them: these are preferred to the words themselves."""
_NUMBERS = frozenset(
    "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty hundred thousand".split()
)
# Words that a phrase may hold but not begin or end with: they say nothing by themselves.
_LINKS = frozenset(
    """
    a an the and or of to in on at by for with from as is are be been being was were am it its this that these those
    their his her our your my any such other s t which who whom whose if then than so there here into upon under over
    per via within up out do does did has have had having may might can could would also he she they them him we you i
    including include includes included following well each both where when while about after before during between
    through against etc re ll ve d m herein thereof hereof hereto thereto therein hereunder thereunder said same but
    set get got made make makes making given give gives shall will must should
    """.split()
)
_MARKS = frozenset("- %".split())
_LETTERS = re.compile(r"[a-z][a-z']*$")
_VOWEL = re.compile("[aeiouy]")
_DERIVED = re.compile(
    "(?:ations?|ions?|e?ments?|a?ble|ances?|als?|ers?|ors?|ed|ing|e?s|e|ity|ive|ively|ly|ally|ably)?$"
)


@dataclass(frozen=True, slots=True)
class Item:
    """One place of a learned phrase."""

    written: str
    """As the phrase language has it: ``indemnif*``, ``bond|bonds``, ``@vendor``."""
    spoken: str
    """As a name for people has it: ``indemnify``, ``the vendor``."""
    is_link: bool
    """May not begin or end a phrase."""
    is_weak: bool
    """Doesn't make a phrase by itself or with others of its kind: parties, obligations, numbers."""
    rank: int
    """Which of two that match alike is preferred: the lower one."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The items of a set of documents; 0 is no item."""

    items: tuple[Item, ...]
    by_word: Mapping[str, tuple[int, ...]]
    """A token of ``plain_tokens`` to the items it may stand for, its own family of inflections first."""


def make_lexicon(counts: Mapping[str, int], vocabulary: Vocabulary) -> Lexicon:
    """The items of all words, by how often each token of ``plain_tokens`` occurs."""
    items = [Item("", "", is_link=True, is_weak=True, rank=9)]
    by_word: dict[str, list[int]] = defaultdict(list)
    parties = _words_of_set((*vocabulary.get("buyer", ()), *vocabulary.get("vendor", ())), sorted(counts))
    # A party is @buyer or @vendor, never "county" or "supplier": what one document calls them teaches nothing.
    families = _families({word: count for word, count in counts.items() if word not in parties})
    seen = sorted(counts)
    for members in families:
        for word in members:
            by_word[word].append(len(items))
        items.append(_family_item(members, counts))
    for beginning, derived in _derivations(families, seen):
        spoken = max(derived, key=lambda word: (counts[word], word))
        for word in derived:
            by_word[word].append(len(items))
        items.append(Item(f"{beginning}*", spoken, is_link=False, is_weak=False, rank=3))
    number = len(items)
    items.append(Item(NUMBER, "a number", is_link=False, is_weak=True, rank=1))
    for word in counts:
        if word in _NUMBERS or any(c.isdigit() for c in word):
            by_word[word].append(number)
    total = max(1, sum(counts.values()))
    for name in sorted(vocabulary):
        words = _words_of_set(vocabulary[name], seen)
        words |= {f"@{name}"} & set(counts)
        share = sum(counts[word] for word in words) / total
        is_telling = name in _PLAIN_SETS or (len(words) > 1 and share <= _LARGEST_SHARE)
        if not words or not is_telling or not _is_usable(name, vocabulary):
            continue
        spoken = _PLAIN_SETS.get(name, name.replace("_", " "))
        rank = 1 if name in _PLAIN_SETS else 4
        place = len(items)
        items.append(
            Item(f"@{name}", spoken, is_link=False, is_weak=name in _PLAIN_SETS and name != "reject", rank=rank)
        )
        for word in sorted(words):
            by_word[word].append(place)
    chosen = {word: tuple(_best(places, items)) for word, places in by_word.items()}
    return Lexicon(tuple(items), chosen)


def _best(places: list[int], items: list[Item]) -> list[int]:
    """The family first, then sets that everybody knows."""
    return sorted(places, key=lambda place: (items[place].rank == 4, place))[:_PER_WORD]


def _is_usable(name: str, vocabulary: Vocabulary) -> bool:
    """Most entries are single words, and the matcher can search for it."""
    entries = vocabulary[name]
    if sum(" " not in entry for entry in entries) < 0.6 * len(entries):
        return False
    try:
        parse_phrase(f"@{name}", vocabulary)
    except ValueError:
        return False
    return True


def _words_of_set(entries: tuple[str, ...], words: list[str]) -> set[str]:
    found: set[str] = set()
    for entry in entries:
        if " " in entry:
            continue
        beginning = entry.removesuffix("*")
        if beginning == entry:
            found |= {entry} & set(words[bisect_left(words, entry) : bisect_left(words, entry) + 1])
        else:
            found.update(words[bisect_left(words, beginning) : bisect_left(words, beginning + "\uffff")])
    return found


def stem(word: str) -> str:
    """A word without the endings of its inflections; derivations (liable, liability) stay apart."""
    if len(word) < 4 or not _LETTERS.match(word):
        return word
    if word.endswith(("ies", "ied")):
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest not in {word, "not"} and len(rest) >= 3 and _VOWEL.search(rest):
            word = rest[:-1] if len(rest) > 3 and rest[-1] == rest[-2] and rest[-1] not in "lsz" else rest
            break
    return word.removesuffix("e") if len(word) > 4 else word


def _families(counts: Mapping[str, int]) -> list[list[str]]:
    """Words that are inflections of one, the more frequent first; families in the order of the alphabet."""
    families: dict[str, list[str]] = defaultdict(list)
    for word, count in counts.items():
        if count >= _LEAST_SEEN and (_LETTERS.match(word) or word in _MARKS) and (len(word) > 1 or word in _MARKS):
            families[word if word in _LINKS else stem(word)].append(word)
    return [sorted(families[key], key=lambda word: (-counts[word], word)) for key in sorted(families)]


def _family_item(members: list[str], counts: Mapping[str, int]) -> Item:
    is_link = members[0] in _LINKS or members[0] in _MARKS
    common = [word for word in members if counts[word] >= 0.02 * counts[members[0]]]
    return Item("|".join(sorted(common)), members[0], is_link=is_link, is_weak=is_link, rank=2)


def _derivations(families: list[list[str]], words: list[str]) -> list[tuple[str, list[str]]]:
    """Beginnings (``terminat*``) that bring a family and what is derived from it together: all words that begin so
    are of the family, or are the beginning with one of a few endings.
    """
    result: dict[str, list[str]] = {}
    for members in families:
        first, last = min(members), max(members)
        beginning = next((first[:n] for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), first)
        beginning = beginning.removesuffix("e") if len(members) == 1 else beginning
        if len(beginning) < 5 or members[0] in _LINKS:
            continue
        begun = words[bisect_left(words, beginning) : bisect_left(words, f"{beginning}\uffff")]
        if len(begun) > len(members) and all(w in members or _DERIVED.match(w[len(beginning) :]) for w in begun):
            result[beginning] = begun
    return sorted(result.items())
