"""Features of many sentences at once, as numbers: what `features_of` names, without writing the names out."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analyzer.classification.arithmetic import Floats
from analyzer.classification.features import END, REACH, START, STEM, Instance, context_of
from analyzer.classification.vocabulary import Keys, Numbers, Vocabulary, at_place, keys_of, vocabulary_of

__all__ = ["Blocks", "Sighting", "Weighed", "blocks_of", "gate_scores", "sequences_of", "weigh"]


@dataclass(frozen=True, slots=True)
class Weighed:
    """TF-IDF of sentences: row, column and value of every feature that the model knows, in the order of both."""

    rows: Numbers
    columns: Numbers
    values: Floats

    def row(self, number: int) -> tuple[Numbers, Floats]:
        """Columns and values of one sentence."""
        start, end = np.searchsorted(self.rows, (number, number + 1))
        return self.columns[start:end], self.values[start:end]


@dataclass(frozen=True, slots=True)
class Blocks:
    """The features that a model knows, by the four blocks of `features_of`, numbered one after the other."""

    sequences: Vocabulary
    stems: Vocabulary
    pairs: Vocabulary
    context: Mapping[str, int]
    block_of: NDArray[np.int64]
    """The block of each feature."""
    lengths: NDArray[np.float64]
    """Length of each block after norming."""
    idf: Floats


def blocks_of(names: Sequence[NDArray[np.uint8]], lengths: Sequence[float], idf: Floats) -> Blocks:
    """The features of a model by their names, in UTF-8 and a line each.

    Raises ValueError where there are not four blocks, and where there are not as many features as ``idf`` has.
    """
    sizes = [int(np.count_nonzero(block == ord("\n"))) + 1 if len(block) else 0 for block in names]
    if len(names) != 4 or len(lengths) != 4 or sum(sizes) != len(idf):
        raise ValueError("its features are not four blocks with a weight for each")
    firsts = np.cumsum([0, *sizes])
    context = names[3].tobytes().decode("utf-8").split("\n") if sizes[3] else []
    return Blocks(
        vocabulary_of(names[0]),
        vocabulary_of(names[1], prefix="s:", first=int(firsts[1])),
        vocabulary_of(names[2], prefix="z:", joint="~", first=int(firsts[2])),
        {name: int(firsts[3]) + place for place, name in enumerate(context)},
        np.repeat(np.arange(4), sizes),
        np.array(lengths, np.float64),
        idf,
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of sentences one after the other, with an edge before and after each sentence that has any."""

    rows: Numbers
    codes: Numbers
    """Place of each word in ``words``; 0 for the start and 1 for the end."""
    words: Sequence[str]


def _words_of(instances: Sequence[Instance]) -> _Words:
    numbers = defaultdict[str, int](count().__next__)
    start, end = numbers[START], numbers[END]
    codes: list[int] = []
    lengths = []
    for instance in instances:
        before = len(codes)
        if instance.tokens:
            codes.append(start)
            codes.extend(map(numbers.__getitem__, instance.tokens))
            codes.append(end)
        lengths.append(len(codes) - before)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    return _Words(rows, np.array(codes, np.int64), tuple(numbers))


def gate_scores(instances: Sequence[Instance], gate: Vocabulary, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each sentence the sum of the weights of its different words."""
    words = _words_of(instances)
    of_word = np.zeros(len(words.words))
    known, numbers = gate.find(at_place(keys_of(words.words), 0))
    of_word[known] = weights[numbers]
    of_word[:2] = 0.0  # the gate weighs words, and not edges
    telling = of_word[words.codes] != 0
    width = len(words.words)
    seen = _distinct(words.rows[telling] * width + words.codes[telling])
    return np.bincount(seen // width, of_word[seen % width], len(instances)).astype(np.float64)


def weigh(instances: Sequence[Instance], blocks: Blocks) -> Weighed:
    """TF-IDF of sentences, each block normed to its length."""
    words, width = _words_of(instances), len(blocks.idf)
    found = [*_sequences(words, blocks), *_context(instances, blocks)]
    seen = _distinct(np.concatenate([rows * width + columns for rows, columns in found]))
    rows, columns = np.divmod(seen, width) if width else (seen, seen)
    values = blocks.idf[columns]
    part = rows * 4 + blocks.block_of[columns]
    squares = np.bincount(part, values * values, 4 * len(instances))
    factors = np.tile(blocks.lengths, len(instances)) / np.sqrt(np.where(squares > 0, squares, 1.0))
    return Weighed(rows, columns, values * factors.astype(np.float32)[part])


_Found = tuple[Numbers, Numbers]
"""Rows and columns of features that the model knows."""


def _sequences(words: _Words, blocks: Blocks) -> Iterator[_Found]:
    """Sequences of words, of stems, and pairs of stems that stand apart."""
    rows, codes = words.rows, words.codes
    stems = keys_of([word[:STEM] for word in words.words])
    for vocabulary, keys, longest in ((blocks.sequences, keys_of(words.words), 3), (blocks.stems, stems, 2)):
        for length in range(1, longest + 1):
            at = np.flatnonzero(rows[: len(rows) - length + 1] == rows[length - 1 :])
            known, columns = vocabulary.find(_joined(keys, [codes[at + place] for place in range(length)]))
            yield rows[at[known]], columns
    is_word = codes > 1
    rows, codes = rows[is_word], codes[is_word]
    for apart in range(2, REACH + 1):
        at = np.flatnonzero(rows[:-apart] == rows[apart:])
        known, columns = blocks.pairs.find(_joined(stems, [codes[at], codes[at + apart]]))
        yield rows[at[known]], columns


def _joined(keys: Keys, codes: Sequence[Numbers]) -> Keys:
    """Keys of names by the codes of their words."""
    joined = at_place(keys, 0)[codes[0]]
    for place in range(1, len(codes)):
        joined += at_place(keys, place)[codes[place]]
    return joined


def _context(instances: Sequence[Instance], blocks: Blocks) -> Iterator[_Found]:
    """The fourth block: words of heading and lead-in, which many sentences share."""
    known: dict[object, list[int]] = {}
    rows: list[int] = []
    columns: list[int] = []
    for row, instance in enumerate(instances):
        key = (instance.sentence.unit, instance.kind, instance.lead_in, instance.heading)
        if key not in known:
            known[key] = [blocks.context[name] for name in context_of(instance) if name in blocks.context]
        columns += known[key]
        rows += [row] * len(known[key])
    yield np.array(rows, np.int64), np.array(columns, np.int64)


class Sighting(NamedTuple):
    """A sequence of words in a sentence that a model knows."""

    length: int
    start: int
    """Place of its first word among those of the sentence."""
    column: int


def sequences_of(instances: Sequence[Instance], blocks: Blocks) -> list[list[Sighting]]:
    """For each sentence the sequences of words that a model knows, the shorter ones first."""
    words = _words_of(instances)
    is_word = words.codes > 1
    rows, codes = words.rows[is_word], words.codes[is_word]
    keys, firsts = keys_of(words.words), np.searchsorted(rows, np.arange(len(instances)))
    of_row: list[list[Sighting]] = [[] for _ in instances]
    for length in range(1, 4):
        at = np.flatnonzero(rows[: len(rows) - length + 1] == rows[length - 1 :])
        known, columns = blocks.sequences.find(_joined(keys, [codes[at + place] for place in range(length)]))
        found = at[known]
        order = np.argsort(found)
        starts = found - firsts[rows[found]]
        for row, *seen in np.stack([rows[found], starts, columns], axis=1)[order].tolist():
            of_row[row].append(Sighting(length, *seen))
    return of_row


def _distinct(values: Numbers) -> Numbers:
    """In order, each once."""
    values.sort()
    return values[np.concatenate([[True], values[1:] != values[:-1]])] if len(values) else values
