"""Names of features and their numbers, looked up for a whole document at once.

A name is a word or a sequence of words. It is known by a 64-bit key that is made from the keys of its words, so that
the names of a document are never written out: the keys of all its sequences are sums of arrays. Two of a million
different names share a key once in forty million models.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Keys", "Numbers", "Vocabulary", "at_place", "keys_of", "vocabulary_of"]

Keys = NDArray[np.uint64]
Numbers = NDArray[np.int64]

_LETTER = np.array([0x9E3779B97F4A7C15], np.uint64)
_STIR = np.array([0xBF58476D1CE4E5B9], np.uint64)
_PLACES = np.array([0x94D049BB133111EB, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F], np.uint64)
"""What the first, second and third word of a name are multiplied by; these and the above are odd."""
_LAST = np.iinfo(np.uint64).max
_LINE = ord("\n")
_HALF = np.uint64(32)


def keys_of(words: Sequence[str]) -> Keys:
    """A key for each word; none may hold a line feed."""
    if not words:
        return np.zeros(0, np.uint64)
    data = np.frombuffer(("\n".join(words) + "\n").encode("utf-8", "surrogatepass"), np.uint8)
    return _keys(data, data == _LINE)


def _keys(data: NDArray[np.uint8], is_end: NDArray[np.bool_]) -> Keys:
    """Keys of the words in bytes, each of which ends with a byte that is marked."""
    ends = np.flatnonzero(is_end)
    starts = np.concatenate([[0], ends[:-1] + 1])
    lengths = ends + 1 - starts
    powers = np.multiply.accumulate(np.repeat(_LETTER, int(lengths.max())))
    letters = data.astype(np.uint64) * powers[np.arange(len(data)) - np.repeat(starts, lengths)]
    letters[ends] = 0
    keys: Keys = np.add.reduceat(letters, starts)
    return (keys ^ (keys >> _HALF)) * _STIR


def at_place(keys: Keys, place: int) -> Keys:
    """What words add to a name's key as its first (0), second or third word."""
    return keys * _PLACES[place : place + 1]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names of one block by their keys."""

    keys: Keys
    """In order, and after them the largest there is."""
    numbers: Numbers
    """The number of each name; -1 after them."""
    firsts: Numbers
    """Where the keys begin that have the same leading bits."""
    shift: np.uint64
    """Bits of a key that follow the leading ones."""

    def find(self, keys: Keys) -> tuple[Numbers, Numbers]:
        """Which of these keys are those of names, in no order, and the numbers of the names."""
        places = self.firsts[(keys >> self.shift).view(np.int64)]
        there = self.keys[places]
        known = np.flatnonzero(there == keys)
        found, numbers = [known], [self.numbers[places[known]]]
        behind = np.flatnonzero(there < keys)
        places = places[behind]
        while len(behind):
            places = places + 1
            there, sought = self.keys[places], keys[behind]
            known = np.flatnonzero(there == sought)
            found.append(behind[known])
            numbers.append(self.numbers[places[known]])
            further = np.flatnonzero(there < sought)
            behind, places = behind[further], places[further]
        return np.concatenate(found), np.concatenate(numbers)


def vocabulary_of(names: NDArray[np.uint8], *, prefix: str = "", joint: str = "_", first: int = 0) -> Vocabulary:
    """The vocabulary of names that stand in UTF-8, a line each, and are numbered from ``first``.

    A name is up to three words with ``joint`` between them, after ``prefix``. Raises LookupError for more words.
    """
    if len(names):
        names = np.append(names, np.uint8(_LINE))
        keys = _keys_of_names(names, len(prefix), ord(joint))
    else:
        keys = np.zeros(0, np.uint64)
    order = np.argsort(keys, kind="stable")
    bits = max(1, (8 * len(keys)).bit_length())
    shift = np.uint64(64 - bits)
    leading = (keys >> shift).astype(np.int64)
    firsts = np.concatenate([[0], np.cumsum(np.bincount(leading, minlength=1 << bits))[:-1]])
    return Vocabulary(
        np.append(keys[order], np.uint64(_LAST)), np.append(order + first, -1).astype(np.int64), firsts, shift
    )


def _keys_of_names(names: NDArray[np.uint8], skipped: int, joint: int) -> Keys:
    is_line = names == _LINE
    if skipped:
        lines = np.flatnonzero(is_line)
        starts = np.concatenate([[0], lines[:-1] + 1])
        keep = np.ones(len(names), bool)
        for place in range(skipped):
            keep[np.minimum(starts + place, lines)] = False
        keep[lines] = True
        names, is_line = names[keep], is_line[keep]
    is_end = is_line | (names == joint)
    keys = _keys(names, is_end)
    is_last = is_line[is_end]
    count = np.cumsum(is_last) - is_last
    begins = np.flatnonzero(np.concatenate([[True], is_last[:-1]]))
    places = np.arange(len(keys)) - begins[count]
    return np.add.reduceat(keys * _PLACES[places], begins)
