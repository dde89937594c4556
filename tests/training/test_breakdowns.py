"""The figures of parts, and how subtypes are taken for one another."""

import pytest

from analyzer.training.breakdowns import NONE, By, Confusion, break_down
from analyzer.training.scoring import agree_all
from tests.training.labelled_documents import (
    BOND,
    BY_HAND,
    FIXED,
    LIABLE,
    PAYMENT,
    PLAIN,
    SAID,
    flag,
    label,
    labelled,
    outcome,
)

ONE = "performance-bond"
AGREEMENTS = agree_all(BY_HAND, SAID)


def counts(by: By) -> dict[str, tuple[int, int, int, int, int]]:
    rows = break_down(AGREEMENTS, by).rows
    return {row.name: (row.labels, row.found, row.findings, row.right, row.documents) for row in rows}


def test_by_document() -> None:
    assert counts(By.DOCUMENT) == {"a.txt": (3, 2, 3, 1, 1), "b.txt": (2, 0, 0, 0, 1), "c.txt": (0, 0, 1, 0, 1)}


def test_by_agency() -> None:
    assert counts(By.AGENCY) == {"North": (3, 2, 3, 1, 1), "South": (2, 0, 1, 0, 2)}


def test_by_subtype() -> None:
    assert counts(By.SUBTYPE) == {
        "inflexible-terms/non-negotiable": (1, 1, 1, 0, 1),
        "performance-bond/payment": (1, 0, 1, 0, 1),
        "performance-bond/performance": (2, 1, 1, 1, 2),
        "unlimited-liability/explicit": (1, 0, 0, 0, 1),
        "waterfall": (0, 0, 1, 0, 1),
    }


def test_by_rule_each_rule_counts_for_itself() -> None:
    assert counts(By.RULE) == {
        "inflexible-terms/non-negotiable": (0, 0, 1, 0, 1),
        "performance-bond/other": (0, 0, 1, 1, 1),
        "performance-bond/payment": (0, 0, 1, 0, 1),
        "performance-bond/performance": (0, 0, 1, 1, 1),
        "waterfall/rule": (0, 0, 1, 0, 1),
    }


def test_a_document_without_labels_and_findings_has_a_row() -> None:
    (row,) = break_down(agree_all([labelled("a.txt")], [outcome("a.txt")]), By.DOCUMENT).rows
    assert (row.name, row.precision, row.recall, row.f1) == ("a.txt", None, None, None)
    assert row.precision_measure.value is None


def test_a_rule_that_repeats_itself_counts_once() -> None:
    said = outcome("a.txt", flag(BOND, ONE, rule="x"), flag(BOND, ONE, rule="x"), flag(PLAIN, ONE, rule=""))
    (own, unnamed) = break_down(agree_all([labelled("a.txt", label(BOND, ONE))], [said]), By.RULE).rows
    assert (own.name, own.findings, own.right) == (f"{ONE}/rule", 1, 0)
    assert (unnamed.name, unnamed.findings, unnamed.right) == ("x", 1, 1)


def test_the_precision_of_a_rule_has_an_interval() -> None:
    documents = [labelled(f"{n}.txt", label(BOND, ONE)) for n in range(10)]
    said = [outcome(f"{n}.txt", flag(BOND if n < 8 else PLAIN, ONE, rule="x")) for n in range(10)]
    (row,) = break_down(agree_all(documents, said), By.RULE).rows
    assert row.precision_measure.value == 0.8
    assert (row.precision_measure.low, row.precision_measure.high) == (
        pytest.approx(0.4902, abs=1e-4),
        pytest.approx(0.9433, abs=1e-4),
    )


def test_confusion() -> None:
    document = labelled(
        "a.txt",
        label(BOND, ONE, "performance"),
        label(PAYMENT, ONE, "payment"),
        label(FIXED, ONE, "conditional"),
        label(LIABLE, ONE),
    )
    said = outcome(
        "a.txt",
        flag(BOND, ONE, "payment"),
        flag(f"{BOND} It is due at once.", ONE, "performance"),  # less close, but of the same subtype
        flag(PAYMENT, ONE, "performance"),
        flag(LIABLE, ONE),
        flag(PLAIN, ONE, "payment"),
    )
    (table,) = break_down(agree_all([document], [said]), By.SUBTYPE).confusion
    assert table == Confusion(
        ONE,
        ("", "conditional", "payment", "performance", NONE),
        ("", "payment", "performance", NONE),
        ((1, 0, 0, 0), (0, 0, 0, 1), (0, 0, 1, 0), (0, 0, 1, 0), (0, 1, 0, 0)),
    )


def test_the_same_subtype_is_told_apart() -> None:
    document = labelled("a.txt", label(BOND, ONE, "performance"), label(PAYMENT, ONE, "payment"))
    said = outcome("a.txt", flag(BOND, ONE, "payment"), flag(PAYMENT, ONE, "payment"))
    rows = break_down(agree_all([document], [said]), By.SUBTYPE).rows
    assert {row.name: (row.right, row.same_subtype) for row in rows} == {
        f"{ONE}/payment": (2, 1),
        f"{ONE}/performance": (0, 0),
    }


@pytest.mark.parametrize("by", list(By))
def test_nothing_has_no_rows(by: By) -> None:
    assert break_down((), by).rows == ()
