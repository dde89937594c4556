"""Dates, times and other amounts that govern one thing in several documents."""

import pytest

from analyzer.findings import Severity
from analyzer.gate import Conflict
from analyzer.package import PackageReview
from tests.package.packages import Reviewer

RFP = "# Request for Proposals\n\nThe Office asks for proposals for a booking service.\n"
ANSWERS = "# Questions and Answers\n\nThe Office answers the questions that it was sent.\n"
TERMS = "# Services Agreement\n\nThe Contractor and the State enter into this Agreement.\n"


def differences(found: PackageReview) -> list[Conflict]:
    return [conflict for conflict in found.conflicts if conflict.kind == "different-amounts"]


@pytest.mark.parametrize(
    ("here", "there", "thing"),
    [
        ("Proposals are due on April 30, 2027.", "Proposals must be received by May 3, 2027.", "proposals are due"),
        ("The closing date is 30 April 2027.", "The deadline for proposals is 05/03/2027.", "proposals are due"),
        (
            "Proposals are due on April 30, 2027, at 2:00 p.m.",
            "Proposals must be received by 4 PM on April 30, 2027.",
            "time at which",
        ),
        (
            "Questions must be sent by e-mail no later than March 23, 2027.",
            "The last day for questions is March 25, 2027.",
            "questions",
        ),
        (
            "Submit one original and six paper copies of the proposal.",
            "Offerors provide an original and four copies.",
            "copies",
        ),
        (
            "The initial term of the contract is three years.",
            "The contract has a base period of two (2) years.",
            "first term",
        ),
        (
            "Invoices are paid within 30 days of receipt.",
            "The Office shall pay each invoice within 45 days.",
            "invoices",
        ),
        (
            "The warranty period is 12 months.",
            "The Contractor warrants the service for a period of ninety days.",
            "warranty",
        ),
        ("Proposals remain valid for 90 days.", "Each proposal shall remain open for 120 days.", "stay open"),
        (
            "The performance bond shall be 10 percent of the contract price.",
            "The Contractor provides a performance bond of 25% of the contract price.",
            "performance bond",
        ),
    ],
)
def test_two_answers_for_one_thing(review: Reviewer, here: str, there: str, thing: str) -> None:
    found = differences(review({"rfp.md": f"{RFP}\n{here}\n", "answers.md": f"{ANSWERS}\n{there}\n"}))
    assert [conflict.places[0].text for conflict in found] == [here]
    assert found[0].places[1].text == there
    assert thing in found[0].message


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("Proposals are due on April 30, 2027.", "Proposals must be received by 30 April 2027."),
        ("Proposals are due on April 30, 2027.", "Proposals are due April 30."),
        ("Proposals are due at 2:00 p.m. on April 30, 2027.", "Proposals are due on April 30, 2027 at 14:00."),
        ("Proposals are due on April 30, 2027.", "Proposals will be opened on May 3, 2027."),
        ("Proposals are due on April 30, 2027.", "Questions are due on March 2, 2027."),
        ("Proposals are due on April 30, 2027.", "The contract is awarded on June 15, 2027."),
        ("Proposals are due on April 30, 2027.", "Withdrawal is possible until five days before proposals are due."),
        ("The initial term of the contract is three years.", "The contract may be renewed for a term of one year."),
        ("The initial term of the contract is one year.", "The initial term of the contract is twelve months."),
        (
            "Invoices are paid within 30 days.",
            "The Contractor shall pay subcontractors within 10 days of each invoice.",
        ),
        ("Submit six paper copies of the proposal.", "Submit one electronic copy of the proposal on a flash drive."),
        ("Submit six copies of the proposal.", "Two copies of the agreement are signed."),
        ("The warranty period is one year.", "The Contractor answers a warranty notice within 5 days."),
        ("Proposals remain valid for 90 days.", "The bid bond remains valid for 120 days."),
    ],
)
def test_what_agrees_or_is_another_thing(review: Reviewer, here: str, there: str) -> None:
    assert differences(review({"rfp.md": f"{RFP}\n{here}\n", "answers.md": f"{ANSWERS}\n{there}\n"})) == []


def test_rows_of_a_schedule(review: Reviewer) -> None:
    rows = ("Event | Date", "---|---", "Questions due | March 23, 2027", "Proposals due | April 30, 2027, 2:00 p.m.")
    table = "".join(f"| {row} |\n" for row in rows)
    found = differences(
        review({"rfp.md": f"{RFP}\n{table}", "answers.md": f"{ANSWERS}\nProposals are due on May 7, 2027.\n"})
    )
    assert len(found) == 1
    assert found[0].severity is Severity.HIGH
    assert "April 30, 2027" in found[0].message
    assert "May 7, 2027" in found[0].message


def test_the_order_of_precedence_settles_an_amount(review: Reviewer) -> None:
    files = {
        "rfp.md": f"{RFP}\nInvoices are paid within 30 days.\n",
        "terms.md": f"{TERMS}\nInvoices are paid within 45 days.\n\nIf they conflict, this Agreement prevails "
        f"over the RFP.\n",
    }
    (conflict,) = differences(review(files))
    assert (conflict.severity, conflict.prevails) == (Severity.LOW, "terms.md")


def test_an_addendum_moves_the_date(review: Reviewer) -> None:
    found = review(
        {
            "rfp.md": f"{RFP}\nProposals are due on April 30, 2027.\n",
            "addendum.md": "# Addendum No. 1\n\nThe date on which proposals are due is changed from April 30, "
            "2027 to May 7, "
            "2027.\n",
        }
    )
    assert differences(found) == []
    assert any("April 30, 2027 to May 7, 2027" in note for note in found.notes)


def test_a_document_that_repeats_itself_is_not_held_against_another(review: Reviewer) -> None:
    here = "Proposals are due on April 30, 2027.\n\nProposals from abroad are due on May 7, 2027."
    found = review({"rfp.md": f"{RFP}\n{here}\n", "answers.md": f"{ANSWERS}\nProposals are due on May 7, 2027.\n"})
    assert differences(found) == []
