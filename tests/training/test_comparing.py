"""Champion against challenger."""

from dataclasses import replace

import pytest
from scipy.stats import binomtest

from analyzer.errors import SampleError
from analyzer.training.comparing import Comparison, Standing, compare, mcnemar
from analyzer.training.outcomes import Flagged, Outcome
from analyzer.training.scoring import agree_all
from tests.training.labelled_documents import BOND, FIXED, LIABLE, PAYMENT, PLAIN, flag, label, labelled, outcome

ONE = "performance-bond"
TEXTS = (BOND, PAYMENT, FIXED, LIABLE)


@pytest.mark.parametrize(("gained", "lost"), [(0, 0), (1, 0), (9, 1), (5, 5), (4, 6), (30, 12), (700, 640)])
def test_mcnemar_is_the_binomial_test(gained: int, lost: int) -> None:
    expected = binomtest(gained, gained + lost).pvalue if gained + lost else 1.0
    assert mcnemar(gained, lost) == pytest.approx(expected)
    assert mcnemar(gained, lost) == mcnemar(lost, gained)


def test_mcnemar_by_hand() -> None:
    assert mcnemar(9, 1) == pytest.approx(2 * (1 + 10) / 1024)


def test_mcnemar_of_many() -> None:
    assert mcnemar(60_000, 50_000) == pytest.approx(0)
    assert mcnemar(60_000, 59_900) > 0.05


def comparison(champion: list[Outcome], challenger: list[Outcome], *, category: str = ONE) -> Comparison:
    documents = [labelled(f"{n}.txt", *(label(text, category) for text in TEXTS)) for n in range(12)]
    return compare(agree_all(documents, champion), agree_all(documents, challenger), draws=200)


def said(*flags: Flagged) -> list[Outcome]:
    return [outcome(f"{n}.txt", *flags) for n in range(12)]


HALF = said(flag(BOND, ONE), flag(FIXED, ONE))
ALL = said(*(flag(text, ONE) for text in TEXTS))
NOISY = said(*(flag(text, ONE) for text in TEXTS), flag(PLAIN, ONE))


def test_finding_more_is_better() -> None:
    result = comparison(HALF, ALL)
    (row,) = result.categories
    assert (row.champion, row.challenger) == (pytest.approx(2 / 3), 1)
    assert row.difference.value == pytest.approx(1 / 3)
    assert (row.gained, row.lost) == (24, 0)
    assert row.p_value < 0.001
    assert row.standing is result.overall.standing is Standing.BETTER


def test_the_other_way_round_it_is_worse() -> None:
    result = comparison(ALL, HALF)
    assert result.overall.standing is Standing.WORSE
    assert (result.overall.gained, result.overall.lost) == (0, 24)
    assert result.overall.p_value == comparison(HALF, ALL).overall.p_value


def test_false_alarms_count_as_sentences_that_are_wrong() -> None:
    result = comparison(NOISY, ALL)
    assert (result.overall.gained, result.overall.lost) == (12, 0)
    assert result.overall.standing is Standing.BETTER


def test_the_same_false_alarm_cut_differently_is_no_difference() -> None:
    cut = said(*(flag(text, ONE) for text in TEXTS), flag(PLAIN.removesuffix(" on working days."), ONE))
    result = comparison(NOISY, cut)
    assert (result.overall.gained, result.overall.lost) == (0, 0)


def test_the_same_is_undecided() -> None:
    result = comparison(ALL, ALL)
    assert result.overall.difference.value == 0
    assert result.overall.standing is Standing.UNDECIDED
    assert result.overall.p_value == 1


def test_a_difference_in_few_documents_is_undecided() -> None:
    assert comparison(ALL, [*ALL[:-1], HALF[-1]]).overall.standing is Standing.UNDECIDED


def test_one_document_decides_nothing() -> None:
    documents = [labelled("0.txt", label(BOND, ONE))]
    result = compare(agree_all(documents, []), agree_all(documents, [outcome("0.txt", flag(BOND, ONE))]))
    assert result.overall.difference.value == 1
    assert result.overall.standing is Standing.UNDECIDED


def test_the_mean_is_over_core_categories_with_labels() -> None:
    documents = [
        labelled(f"{n}.txt", label(BOND, ONE), label(FIXED, "inflexible-terms"), label(PLAIN, "vendor-burden"))
        for n in range(3)
    ]
    after = [outcome(f"{n}.txt", flag(BOND, ONE), flag(PLAIN, "vendor-burden")) for n in range(3)]
    result = compare(agree_all(documents, []), agree_all(documents, after))
    assert result.overall.challenger == 0.5
    assert result.overall.gained == 3
    assert [row.category for row in result.categories] == ["inflexible-terms", ONE, "vendor-burden"]


def test_other_categories_stand_in_where_no_core_category_has_labels() -> None:
    result = comparison([], said(*(flag(text, "animals") for text in TEXTS)), category="animals")
    assert (result.overall.champion, result.overall.challenger) == (0, 1)


def test_without_labels_there_is_no_mean() -> None:
    documents = [labelled("a.txt"), labelled("b.txt")]
    result = compare(agree_all(documents, []), agree_all(documents, [outcome("a.txt", flag(BOND, ONE))]))
    assert (result.overall.champion, result.overall.standing) == (None, Standing.UNDECIDED)
    assert [(row.gained, row.lost) for row in result.categories] == [(0, 1)]


def test_other_documents_are_refused() -> None:
    agreements = agree_all([labelled("a.txt")], [])
    with pytest.raises(SampleError, match="was not scored on the documents"):
        compare(agreements, [replace(agreements[0], doc="b.txt")])
