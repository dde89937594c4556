"""How far two annotators agree, with figures worked out by hand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.errors import SampleError
from analyzer.findings import Severity
from analyzer.training.annotators import Annotators, by_annotator, compare_annotators
from analyzer.training.annotators_text import render_annotators_text, strength
from analyzer.training.samples import Label, Sample

WORDS = "one two three four five six seven eight nine ten eleven twelve".split()


def sentence(number: int) -> str:
    """Sentences that share no three words in a row."""
    return " ".join(f"{word}{number}" for word in WORDS)


def rows(labels: dict[int, str], count: int, *, docs: int = 2, annotator: str = "", doc: str = "d") -> list[Sample]:
    """Sentences 0 to ``count``, spread over documents, some with a label."""
    return [
        Sample(
            sentence(number),
            tuple(Label(*name.split("/")) for name in labels.get(number, "").split()),
            doc=f"{doc}{number % docs}" if docs else "",
            annotator=annotator,
            place=f"{annotator or 'file'}:{number + 1}",
        )
        for number in range(count)
    ]


FIRST = dict.fromkeys([0, 1, 2, 3, 4, 5], "bond")
SECOND = dict.fromkeys([0, 1, 2, 3, 6], "bond")


def test_kappa_and_f1_by_hand() -> None:
    """Twenty sentences: both say bond of 4, only the first of 2, only the second of 1, neither of 13.

    They agree on 17 of 20: 0.85. The first says bond of 6 of 20 (0.3), the second of 5 of 20 (0.25), so chance gives
    0.3 * 0.25 + 0.7 * 0.75 = 0.6, and kappa is (0.85 - 0.6) / (1 - 0.6) = 0.625.
    Of the second's 5 labels 4 match, of the first's 6 also 4: F1 is 2 * 4 / (6 + 5) = 8 / 11.
    """
    found = compare_annotators(rows(FIRST, 20), rows(SECOND, 20))
    (bond,) = found.categories
    assert (bond.name, bond.both, bond.only_first, bond.only_second, bond.neither) == ("bond", 4, 2, 1, 13)
    assert (bond.observed, bond.expected) == pytest.approx((0.85, 0.6))
    assert bond.kappa.value == pytest.approx(0.625)
    assert bond.kappa.low is not None
    assert bond.kappa.high is not None
    assert 0 < bond.kappa.low < 0.625 < bond.kappa.high <= 1
    assert (found.overall.both, found.overall.kappa.value) == (17, bond.kappa.value)
    assert [(span.name, span.first, span.second, span.first_found, span.second_found) for span in found.spans] == [
        ("", 6, 5, 4, 4),
        ("bond", 6, 5, 4, 4),
    ]
    assert found.spans[0].f1.value == pytest.approx(8 / 11)
    assert (found.sentences, found.documents, found.drawn) == (20, 2, "sentences")


def test_kappa_over_all_categories_by_hand() -> None:
    """Ten sentences. First: 4 bond, 2 terms, 4 none; second: 3 bond, 3 terms, 4 none; alike on 3 + 1 + 3 = 7.

    Chance gives 0.4 * 0.3 + 0.2 * 0.3 + 0.4 * 0.4 = 0.34; kappa is (0.7 - 0.34) / 0.66 = 6 / 11.
    """
    first = rows({0: "bond", 1: "bond", 2: "bond", 3: "bond", 4: "terms", 5: "terms"}, 10)
    second = rows({0: "bond", 1: "bond", 2: "bond", 3: "terms", 4: "terms", 6: "terms"}, 10)
    found = compare_annotators(first, second)
    assert (found.overall.observed, found.overall.expected) == pytest.approx((0.7, 0.34))
    assert found.overall.kappa.value == pytest.approx(6 / 11)
    assert [one.name for one in found.categories] == ["bond", "terms"]
    assert [(item.places, item.about) for item in found.disagreements] == [
        ((f"file:{line}", f"file:{line}"), "category") for line in (4, 6, 7)
    ]


def test_documents_are_drawn_where_there_are_enough() -> None:
    few, many = (compare_annotators(rows(FIRST, 40, docs=n), rows(SECOND, 40, docs=n)) for n in (4, 5))
    assert (few.drawn, many.drawn) == ("sentences", "documents")
    assert few.overall.kappa.value == many.overall.kappa.value
    assert few.overall.kappa.low != many.overall.kappa.low


def test_labels_that_differ_in_length_match_by_words() -> None:
    first = [Sample(sentence(1), (Label("bond"),), doc="d"), Sample(sentence(2), (Label("bond"),), doc="d")]
    second = [Sample(" ".join(sentence(1).split()[:8]), (Label("bond"),), doc="d")]
    found = compare_annotators(first, second)
    assert found.sentences == 0
    assert found.overall.kappa.value is None
    assert (found.only_first, found.only_second) == (2, 1)
    assert found.spans[0].f1.value == pytest.approx(2 / 3)
    assert found.spans[0].f1.low is None  # one document: nothing to draw
    assert "Kappa needs sentences that both have read" in render_annotators_text(found)


def test_labels_of_other_documents_do_not_match() -> None:
    found = compare_annotators(rows({0: "bond"}, 1, doc="x"), rows({0: "bond"}, 1, doc="y"))
    assert (found.sentences, found.spans[0].f1.value) == (0, 0)


def test_words_alone_count_where_a_file_names_no_document() -> None:
    found = compare_annotators(rows(FIRST, 20), rows(SECOND, 20, docs=0))
    assert found.sentences == 20
    assert found.spans[0].f1.value == pytest.approx(8 / 11)


def test_what_they_differ_in() -> None:
    def one(label: Label) -> list[Sample]:
        return [Sample(sentence(0), (label,)), Sample(sentence(1))]

    high = Label("bond", "payment", Severity.HIGH)
    others = [
        (Label("terms"), "category"),
        (Label("bond", "performance", Severity.HIGH), "subtype"),
        (Label("bond", "payment", Severity.LOW), "severity"),
        (Label("bond", "payment"), None),
        (high, None),
    ]
    for label, about in others:
        found = compare_annotators(one(high), one(label)).disagreements
        assert [item.about for item in found] == ([about] if about else [])


def test_a_sentence_that_is_listed_twice_counts_once() -> None:
    first = [*rows({0: "bond"}, 5), *rows({0: "terms"}, 5)]
    found = compare_annotators(first, rows({0: "terms bond"}, 5))
    assert (found.sentences, found.disagreements) == (5, ())


def test_no_value_where_chance_would_do() -> None:
    found = compare_annotators(rows({}, 5), rows({}, 5))
    assert (found.overall.observed, found.overall.expected, found.overall.kappa.value) == (1, 1, None)
    assert found.spans[0].f1.value is None
    assert "same one thing of every sentence" in render_annotators_text(found)


def test_worse_than_chance() -> None:
    found = compare_annotators(rows({0: "bond"}, 2), rows({1: "bond"}, 2))
    assert found.overall.kappa.value == -1
    assert "no better than chance" in render_annotators_text(found)


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.sampled_from(["", "a", "b", "a b"]), st.sampled_from(["", "a", "b"])), min_size=1, max_size=12
    )
)
def test_sides_can_be_swapped(pairs: list[tuple[str, str]]) -> None:
    first, second = (rows({n: pair[side] for n, pair in enumerate(pairs)}, len(pairs)) for side in (0, 1))
    one, other = compare_annotators(first, second), compare_annotators(second, first)
    assert one.overall.kappa.value == pytest.approx(other.overall.kappa.value)
    assert [span.f1.value for span in one.spans] == pytest.approx([span.f1.value for span in other.spans])
    assert [(x.both, x.only_first, x.neither) for x in one.categories] == [
        (x.both, x.only_second, x.neither) for x in other.categories
    ]
    assert len(one.disagreements) == len(other.disagreements)


def many() -> Annotators:
    count = 20_000
    first, second = (rows(dict.fromkeys(range(0, count, step), "bond/payment"), count, docs=50) for step in (10, 20))
    return compare_annotators(first, second)


def test_many_sentences_twice_the_same() -> None:
    found = many()
    assert found.spans[0].f1.value == pytest.approx(2 / 3)
    assert render_annotators_text(found) == render_annotators_text(many())


def test_text_for_people() -> None:
    labels = dict.fromkeys(range(30), "bond/payment")
    found = compare_annotators(rows(labels, 60), rows({}, 60), names=("ann.jsonl", "bob.jsonl"))
    text = render_annotators_text(found)
    assert text.startswith("ann.jsonl and bob.jsonl have both read 60 sentences.\n")
    assert "They say the same of 30 (50%); chance alone would give 50%." in text
    assert "How to read this" in text
    assert "Sentences to talk about (30)" in text
    assert "… and 10 more: --all shows them." in text
    assert "    ann.jsonl: bond/payment\n    bob.jsonl: no label\n" in text
    assert "more: --all" not in render_annotators_text(found, with_all=True)


@pytest.mark.parametrize(("kappa", "word"), [(-1, "no better"), (0.1, "slight"), (0.6, "moderate"), (1, "almost")])
def test_words_for_kappa(kappa: float, word: str) -> None:
    assert strength(kappa).startswith(word)


def test_one_file_by_annotator() -> None:
    both = [*rows(FIRST, 3, annotator="bob"), *rows(SECOND, 3, annotator="ann")]
    assert [(name, len(found)) for name, found in by_annotator(both).items()] == [("ann", 3), ("bob", 3)]
    for wrong in ([], rows(FIRST, 3), rows(FIRST, 3, annotator="ann")):
        with pytest.raises(SampleError, match=r"no sample|one annotator only"):
            by_annotator(wrong, "x.jsonl")


def test_an_empty_file() -> None:
    with pytest.raises(SampleError, match="B: holds no sample"):
        compare_annotators(rows(FIRST, 3), [])
