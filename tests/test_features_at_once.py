"""Features of many sentences at once are those that `features_of` names one by one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analyzer.classification.features import Instance, features_of
from analyzer.classification.vocabulary import at_place, keys_of, vocabulary_of
from analyzer.classification.weighing import Blocks, blocks_of, gate_scores, sequences_of, weigh
from analyzer.document import Sentence, Span, Unit

WORDS = ("the", "the-other", "vendor’s", "terminate", "termination", "0", "0$", "0%", "0year", "@b", "@v", "a", "shall")
SENTENCES = st.lists(st.lists(st.sampled_from(WORDS), max_size=12), min_size=1, max_size=6)


def instance(tokens: list[str], number: int = 0) -> Instance:
    unit = (Unit.PROSE, Unit.ITEM, Unit.ROW)[number % 3]
    near = tuple(WORDS[number : number + 3])
    return Instance(0, Sentence(Span(0, 1), unit), " ".join(tokens), tuple(tokens), near, near[::-1], "rfp", ())


def lines(names: list[str]) -> np.ndarray:
    return np.frombuffer("\n".join(names).encode(), np.uint8)


def blocks_for(instances: list[Instance], left_out: set[int]) -> tuple[Blocks, list[str]]:
    """A model's features: those of the sentences save some, and the names of all of them in order."""
    named = [sorted(set().union(*(features_of(one)[block] for one in instances))) for block in range(4)]
    kept = [[name for place, name in enumerate(names) if place not in left_out] for names in named]
    flat = [name for names in kept for name in names]
    idf = np.linspace(1, 2, len(flat), dtype=np.float32)
    return blocks_of([lines(names) for names in kept], (1.0, 1.0, 1.0, 0.5), idf), flat


@given(SENTENCES, st.sets(st.integers(0, 40), max_size=10))
def test_features_of_many_sentences_are_those_of_each(tokens: list[list[str]], left_out: set[int]) -> None:
    instances = [instance(words, number) for number, words in enumerate(tokens)]
    blocks, names = blocks_for(instances, left_out)
    weighed = weigh(instances, blocks)
    for row, one in enumerate(instances):
        columns, values = weighed.row(row)
        assert [names[column] for column in columns.tolist()] == sorted(
            {name for block in features_of(one) for name in block} & set(names), key=names.index
        )
        for block, length in enumerate((1.0, 1.0, 1.0, 0.5)):
            own = values[blocks.block_of[columns] == block]
            assert not len(own) or abs(float(np.sqrt(own @ own)) - length) < 1e-5


@given(SENTENCES)
def test_sentences_weigh_the_same_alone_and_together(tokens: list[list[str]]) -> None:
    instances = [instance(words, number) for number, words in enumerate(tokens)]
    blocks, _ = blocks_for(instances, set())
    together = weigh(instances, blocks)
    for row, one in enumerate(instances):
        alone = weigh([one], blocks)
        assert [part.tolist() for part in alone.row(0)] == [part.tolist() for part in together.row(row)]


@given(SENTENCES)
def test_the_gate_counts_each_word_once(tokens: list[list[str]]) -> None:
    gate = {"the": 1.0, "@v": 2.0, "0$": -4.0, "<": 100.0}
    scores = gate_scores(
        [instance(words) for words in tokens], vocabulary_of(lines(list(gate))), np.array([*gate.values()])
    )
    assert scores.tolist() == [sum(gate.get(word, 0.0) for word in set(words)) for words in tokens]


@given(SENTENCES)
def test_sequences_stand_where_they_are_found(tokens: list[list[str]]) -> None:
    instances = [instance(words) for words in tokens]
    blocks, names = blocks_for(instances, set())
    for words, found in zip(tokens, sequences_of(instances, blocks), strict=True):
        written = [(length, start, "_".join(words[start : start + length])) for length, start, _ in found]
        assert [names[item.column] for item in found] == [name for *_, name in written]
        assert written == [
            (length, start, "_".join(words[start : start + length]))
            for length in (1, 2, 3)
            for start in range(len(words) - length + 1)
        ]


@given(
    st.lists(st.text(alphabet=st.characters(exclude_characters="\n_"), min_size=1, max_size=9), unique=True), st.data()
)
def test_every_name_is_found_and_no_other(names: list[str], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(names)))
    names = [name.encode("utf-8", "ignore").decode() or "x" for name in names]
    names = list(dict.fromkeys(names))
    vocabulary = vocabulary_of(lines(names[:cut]), first=7)
    places, numbers = vocabulary.find(at_place(keys_of(names), 0))
    assert dict(zip(places.tolist(), numbers.tolist(), strict=True)) == {
        place: 7 + place for place in range(min(cut, len(names)))
    }
