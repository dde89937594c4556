"""Where labels and findings agree, by the words that they share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.findings import Severity
from analyzer.training.agreement import Agreement, GramIndex, JudgedAnswer, agree, grams_of
from analyzer.training.outcomes import Flagged, Outcome, Ranked
from tests.training.labelled_documents import BOND, FIXED, PAGE, PLAIN, flag, label, labelled, outcome

ONE = "performance-bond"
OTHER = "vendor-burden"

GRAMS = [
    ("", set()),
    ("— § —", set()),
    ("Bond", {("bond",)}),
    ("A Bond!", {("a", "bond")}),
    ("Pay 10% now, pay", {("pay", "10", "now"), ("10", "now", "pay")}),
    ("a b c a b c", {("a", "b", "c"), ("b", "c", "a"), ("c", "a", "b")}),
]


@pytest.mark.parametrize(("text", "grams"), GRAMS)
def test_texts_become_grams(text: str, grams: set[tuple[str, ...]]) -> None:
    assert grams_of(text) == grams


def judged(labels: list[str], flags: list[str]) -> tuple[list[bool], list[bool]]:
    """Which labels are found, and which findings right."""
    document = labelled("a.txt", *(label(text, ONE) for text in labels))
    agreement = agree(document, outcome("a.txt", *(flag(text, ONE) for text in flags)))
    return [bool(item.found_by) for item in agreement.labels], [item.is_right for item in agreement.flags]


MATCHES = [
    ([BOND], [BOND], [True], [True]),
    ([BOND], [BOND.upper().replace(" ", "\n  ")], [True], [True]),
    ([BOND], [PLAIN], [False], [False]),
    ([BOND], ["furnish a performance bond"], [True], [True]),  # a part is enough
    ([BOND], [f"{BOND} {PAGE}"], [True], [False]),  # a page is too much
    ([BOND, PLAIN], [f"{BOND} {PLAIN}"], [True, True], [True]),
    (["one two three four five six"], ["one two three four nine ten"], [True], [True]),  # 2 of 4 shared
    (["one two three four five six"], ["one two three nine ten eleven"], [False], [False]),  # 1 of 4
    (["—"], ["—"], [False], []),  # no words, nothing to match by
    ([], [BOND], [], [False]),
    ([BOND], [], [False], []),
]


@pytest.mark.parametrize(("labels", "flags", "found", "right"), MATCHES)
def test_matching(labels: list[str], flags: list[str], found: list[bool], right: list[bool]) -> None:
    assert judged(labels, flags) == (found, right)


def test_categories_are_kept_apart() -> None:
    agreement = agree(labelled("a.txt", label(BOND, ONE)), outcome("a.txt", flag(BOND, OTHER)))
    assert [bool(item.found_by) for item in agreement.labels] == [False]
    assert [item.is_right for item in agreement.flags] == [False]


def test_a_second_finding_of_the_same_words_is_a_repeat() -> None:
    said = outcome("a.txt", flag(BOND, ONE), flag(f"“{BOND}”", ONE, rule="b"), flag(BOND, OTHER))
    agreement = agree(labelled("a.txt", label(BOND, ONE)), said)
    assert [(item.flagged.rule, item.is_repeat) for item in agreement.flags] == [
        (f"{ONE}/rule", False),
        ("b", True),
        (f"{OTHER}/rule", False),
    ]


def test_a_document_of_which_nothing_was_said() -> None:
    agreement = agree(labelled("a.txt", label(BOND, ONE), checklist={"contact": "no"}), None)
    assert not agreement.has_outcome
    assert [item.found_by for item in agreement.labels] == [()]
    assert agreement.answers == (JudgedAnswer("contact", "no", ""),)
    assert agreement.unranked == {ONE: 1}


def test_answers_that_a_person_left_open_do_not_count() -> None:
    document = labelled("a.txt", checklist={"contact": "unclear", "roles": "yes", "outcomes": "no"})
    agreement = agree(document, outcome("a.txt", answers={"contact": "yes", "roles": "unclear", "outcomes": "no"}))
    assert [(answer.question, answer.is_right) for answer in agreement.answers] == [
        ("roles", False),
        ("outcomes", True),
    ]


def test_a_floor_leaves_out_milder_labels_and_findings() -> None:
    document = labelled(
        "a.txt",
        label(BOND, ONE, severity="low"),
        label(FIXED, ONE, severity="high"),
        label(PLAIN, ONE, severity=None),
    )
    said = outcome("a.txt", flag(BOND, ONE, severity="high"), flag(FIXED, ONE, severity="medium"))
    agreement = agree(document, said, floor=Severity.HIGH)
    assert [(item.text, bool(item.found_by)) for item in agreement.labels] == [(FIXED, False), (PLAIN, False)]
    assert [(item.flagged.text, item.is_right) for item in agreement.flags] == [(BOND, True)]


def test_scores_of_sentences_are_judged_too() -> None:
    document = labelled("a.txt", label(BOND, ONE), label(FIXED, ONE), label(PLAIN, OTHER))
    ranked = (
        Ranked(ONE, 0.4, BOND),
        Ranked(ONE, 0.6, BOND + "  "),  # the same sentence: its best score counts
        Ranked(ONE, 0.3, PLAIN),
        Ranked("waterfall", 0.2, BOND),
        Ranked(ONE, 0.9, "—"),
    )
    agreement = agree(document, Outcome("a.txt", ranked=ranked))
    assert [(rank.category, rank.score, rank.is_right) for rank in agreement.ranks] == [
        (ONE, 0.6, True),
        (ONE, 0.3, False),
        ("waterfall", 0.2, False),
    ]
    assert agreement.unranked == {ONE: 1, OTHER: 1}
    assert [item.nearest_score for item in agreement.labels] == [0.6, 0.0, 0.0]


def test_the_closest_finding_comes_first() -> None:
    near, exact = flag(f"{BOND} Two more words stand here.", ONE, "payment"), flag(BOND, ONE, "performance")
    agreement = agree(labelled("a.txt", label(BOND, ONE)), outcome("a.txt", near, exact))
    assert [found.subtype for found in agreement.labels[0].found_by] == ["payment", "performance"]
    agreement = agree(labelled("a.txt", label(near.text, ONE)), outcome("a.txt", flag("Two more", ONE), near))
    assert agreement.labels[0].found_by[0] == near


WORDS = st.lists(st.sampled_from("a b c d e".split()), max_size=9).map(" ".join)


@given(st.lists(WORDS, max_size=5), WORDS)
def test_an_index_finds_what_a_search_finds(texts: list[str], text: str) -> None:
    grams = grams_of(text)
    all_grams = [grams_of(other) for other in texts]
    expected = {
        position
        for position, other in enumerate(all_grams)
        if len(grams & other) / max(1, min(len(grams), len(other))) >= 0.5
    }
    assert set(GramIndex(all_grams).matches(grams)) == expected


def test_thousands_of_labels_in_one_document() -> None:
    texts = [f"Clause {number} asks the vendor for item {number} of list {number}." for number in range(3000)]
    document = labelled("a.txt", *(label(text, ONE) for text in texts), sentences=(PLAIN,))
    flags: list[Flagged] = [flag(text, ONE) for text in texts[::2]]
    agreement: Agreement = agree(document, outcome("a.txt", *flags))
    assert sum(bool(item.found_by) for item in agreement.labels) == 1500
    assert all(item.is_right for item in agreement.flags)
