"""Attachments that are named, and the documents that they are."""

import pytest

from analyzer.gate import Conflict
from analyzer.package import PackageReview
from tests.package.packages import Reviewer

RFP = "# Request for Proposals\n\nThe Office asks for proposals for a booking service.\n"
PRICES = "# Price Schedule\n\nEnter a price in each line.\n"


def missing(found: PackageReview) -> list[Conflict]:
    return [conflict for conflict in found.conflicts if conflict.kind == "missing-attachment"]


def test_an_attachment_that_is_nowhere(review: Reviewer) -> None:
    found = review({"rfp.md": f"{RFP}\nThe sample contract is attached as Exhibit C.\n", "prices.md": PRICES})
    (conflict,) = missing(found)
    assert conflict.message.endswith("Exhibit C.")
    assert conflict.places[0].document == "rfp.md"


def test_several_that_are_nowhere_are_one_conflict(review: Reviewer) -> None:
    text = "The map is attached as Exhibit C.\n\nThe floor plan is attached as Exhibit D."
    (conflict,) = missing(review({"rfp.md": f"{RFP}\n{text}\n", "prices.md": PRICES}))
    assert "Exhibit C, Exhibit D" in conflict.message
    assert len(conflict.places) == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Exhibit C.txt", "The parties agree to the following.\n"),
        ("exhibit_c_contract.docx", "The parties agree to the following."),
        ("third.md", "# Exhibit C\n\nThe parties agree to the following.\n"),
        ("third.md", "# EXHIBIT C: SAMPLE CONTRACT\n\nThe parties agree to the following.\n"),
        ("all.md", "# Attachments\n\nSee below.\n\n## Exhibit C - Sample Contract\n\nThe parties agree.\n"),
    ],
)
def test_an_attachment_that_is_found(review: Reviewer, name: str, text: str) -> None:
    found = review({"rfp.md": f"{RFP}\nThe sample contract is attached as Exhibit C.\n", name: text})
    assert missing(found) == []
    assert any(note.startswith("Exhibit C, which rfp.md speaks of, is ") for note in found.notes)


def test_an_attachment_is_found_by_its_title(review: Reviewer) -> None:
    files = {
        "rfp.md": f"{RFP}\nOfferors complete the attached Attachment 3 - Price Schedule.\n",
        "price-schedule.md": PRICES,
    }
    assert missing(review(files)) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "The Contractor follows Appendix II to 2 CFR Part 200, which is incorporated by reference.",
        "Orders are placed under GSA Schedule 70, included by reference.",
        "Exhibit C of another agency was of interest.",
        "Offerors shall attach Exhibit C of their annual report.",
    ],
)
def test_what_is_no_attachment_of_the_package(review: Reviewer, sentence: str) -> None:
    assert missing(review({"rfp.md": f"{RFP}\n{sentence}\n", "prices.md": PRICES})) == []


def test_a_document_alone_is_left_to_its_own_check(review: Reviewer) -> None:
    assert missing(review({"rfp.md": f"{RFP}\nThe sample contract is attached as Exhibit C.\n"})) == []
