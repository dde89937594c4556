"""What the sentences of a document meet, kept so that a long document fits into memory."""

from array import array

__all__ = ["LONG", "Meetings"]

LONG = 3_000
"""Sentences from which on a document is long."""
_UNPACKED = 500
"""Sets that are kept at a time: rules look at one sentence after the other, and a little around it."""


class Meetings:
    """Groups by the number of a sentence.

    Those of long documents are packed: as sets the groups of a thousand pages would take half a gigabyte.
    """

    def __init__(self, sentences: int) -> None:
        self._is_packed = sentences > LONG
        self._packed: dict[int, array[int]] = {}
        self._sets: dict[int, frozenset[int]] = {}

    def __setitem__(self, number: int, groups: frozenset[int]) -> None:
        if self._is_packed:
            self._packed[number] = array("I", groups)
        else:
            self._sets[number] = groups

    def __getitem__(self, number: int) -> frozenset[int]:
        groups = self._sets.get(number)
        if groups is None:
            groups = frozenset(self._packed[number])
            if len(self._sets) >= _UNPACKED:
                self._sets.clear()
            self._sets[number] = groups
        return groups

    def __contains__(self, number: int) -> bool:
        return number in self._packed or number in self._sets
