"""Which names a batch has given already, in so little memory that a million of them are no burden."""

from array import array
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import count

from analyzer.gathering import numbered

__all__ = ["Names", "Texts"]


@dataclass(slots=True)
class Texts:
    """A set of texts, kept as hashes of 64 bits: 16 to 32 bytes each, where Python's own takes two hundred.

    Two of a million texts have the same hash once in thirty million batches.
    """

    _slots: "array[int]" = field(default_factory=lambda: array("Q", bytes(8 * 1024)))
    _size: int = 0

    def add(self, text: str) -> bool:
        """Whether it was new."""
        if 2 * self._size >= len(self._slots):
            self._grow()
        # Nought marks a free slot.
        number = int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()) or 1
        is_new = _put(self._slots, number)
        self._size += is_new
        return is_new

    def _grow(self) -> None:
        numbers = self._slots
        self._slots = array("Q", bytes(16 * len(numbers)))
        for number in filter(None, numbers):
            _put(self._slots, number)


def _put(slots: "array[int]", number: int) -> bool:
    mask = len(slots) - 1
    at = number & mask
    while slots[at]:
        if slots[at] == number:
            return False
        at = (at + 1) & mask
    slots[at] = number
    return True


@dataclass(slots=True)
class Names:
    """Makes names unique: the second of one name is numbered."""

    _taken: Texts = field(default_factory=Texts)
    _counts: dict[str, int] = field(default_factory=dict)
    """How often a name was asked for, where it was more than once: counting up from 2 each time would take for ever."""

    def unique(self, name: str) -> str:
        """The name, or the first that is free of those made from it with a number."""
        if self._taken.add(name):
            return name
        for number in count(self._counts.get(name, 1) + 1):
            if self._taken.add(other := numbered(name, number)):
                self._counts[name] = number
                return other
        raise AssertionError("numbers don't end")
