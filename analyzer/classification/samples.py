"""The labelled samples that a model carries, to show what a sentence is like."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzer.classification.arithmetic import Floats
from analyzer.classification.vocabulary import Numbers

__all__ = ["Neighbour", "Samples", "lines_of"]

_NEIGHBOURS = 2
_LIKE = 0.15
"""Least likeness of a sample that is worth showing."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A labelled sample that is much like a sentence."""

    text: str
    label: str
    similarity: float
    """Cosine of TF-IDF, 0 to 1."""


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The samples of one category, by their features: those with a feature stand together, in order."""

    places: Numbers
    """Which of all samples these are."""
    starts: Numbers
    """Where the samples of each feature begin in ``rows`` and ``values``."""
    rows: Numbers
    values: Floats


class Samples:
    """Samples by category; read when the first of them is asked for.

    ``arrays`` are those of a model that begin with ``sample_``; ``width`` is the number of its features.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]], width: int) -> None:
        self._texts, self._labels = arrays["sample_texts"], arrays["sample_labels"]
        self._starts, self._width = arrays["sample_starts"], width
        self._columns, self._values = arrays["sample_columns"], arrays["sample_values"]
        self._shelves: dict[str, _Shelf] = {}

    @cached_property
    def _samples(self) -> tuple[list[str], list[str]]:
        """Texts and labels."""
        return lines_of(self._texts), lines_of(self._labels)

    def like(self, category: str, columns: Numbers, values: Floats) -> tuple[Neighbour, ...]:
        """The samples of a category that are most like a sentence, best first.

        The sentence is given by its features and their TF-IDF.
        """
        shelf = self._shelves.get(category)
        if shelf is None:
            shelf = self._shelves[category] = self._shelf(category)
        firsts = shelf.starts[columns]
        counts = shelf.starts[columns + 1] - firsts
        at = np.arange(int(counts.sum())) + np.repeat(firsts - np.cumsum(counts) + counts, counts)
        products = np.repeat(values, counts) * shelf.values[at]
        likeness = np.bincount(shelf.rows[at], products, len(shelf.places)) / max(float(values @ values), 1e-9)
        texts, labels = self._samples
        near = []
        for _ in range(min(_NEIGHBOURS, len(likeness))):
            best = int(np.argmax(likeness))
            if likeness[best] >= _LIKE:
                place = int(shelf.places[best])
                near.append(Neighbour(texts[place], labels[place], round(float(likeness[best]), 2)))
            likeness[best] = -1.0
        return tuple(near)

    def _shelf(self, category: str) -> _Shelf:
        labels = self._samples[1]
        places = np.array(
            [place for place, label in enumerate(labels) if label.partition("/")[0] == category], np.int64
        )
        starts = self._starts.astype(np.int64)
        lengths = (starts[1:] - starts[:-1])[places]
        at = np.arange(int(lengths.sum())) + np.repeat(starts[places] - np.cumsum(lengths) + lengths, lengths)
        rows = np.repeat(np.arange(len(places)), lengths)
        columns = self._columns[at].astype(np.int64)
        order = np.argsort(columns, kind="stable")
        begins = np.concatenate([[0], np.cumsum(np.bincount(columns, minlength=self._width))])
        return _Shelf(places, begins, rows[order], self._values[at][order].astype(np.float32))


def lines_of(stored: NDArray[Any]) -> list[str]:
    """Strings from the bytes that they are stored as, a line each."""
    text = stored.tobytes().decode("utf-8")
    return text.split("\n") if text else []
