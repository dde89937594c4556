"""What each document of a package is taken for."""

import pytest

from tests.package.packages import Reviewer

RFP = "# Request for Proposals 27-10\n\nProposals are due as stated below. Offerors submit their proposals by e-mail.\n"


@pytest.mark.parametrize(
    ("name", "text", "role"),
    [
        ("main.md", RFP, "rfp"),
        ("27-10 RFP.txt", "State of Tamber\n\nThe Office of Parks wants a booking service.\n", "rfp"),
        ("itb.docx", "# Invitation to Bid\nBidders shall submit sealed bids.", "rfp"),
        ("a.docx", "# Standard Terms and Conditions\nThis Agreement is made by and between the parties.", "terms"),
        ("contract.md", "# Professional Services Agreement\n\nThe parties agree to this Agreement.\n", "terms"),
        ("b.docx", "# Statement of Work\nThe Contractor builds the booking service.", "sow"),
        ("technical-requirements.txt", "The service answers in two seconds.\n", "sow"),
        ("c.docx", "# Addendum No. 2\nThe RFP is changed as follows.", "addendum"),
        ("Amendment 1.txt", "The due date is moved.\n", "addendum"),
        ("d.md", "# Questions and Answers\n\nQ: May we visit? A: Yes.\n", "qa"),
        ("responses to vendor questions.txt", "1. May we visit? Yes.\n", "qa"),
        ("e.docx", "# Price Schedule\nEnter a price in each line.", "pricing"),
        ("f.docx", "# Certification Regarding Debarment\nThe offeror certifies that it is not debarred.", "form"),
        ("Exhibit D.txt", "Floor plan of the visitor center.\n", "exhibit"),
        ("letter.txt", "Dear colleagues, the garden is open.\n", "other"),
    ],
)
def test_roles_by_name_title_and_text(review: Reviewer, name: str, text: str, role: str) -> None:
    assert review({name: text}).roles == {name: role}


def test_a_form_shows_by_its_blanks(review: Reviewer) -> None:
    blanks = "\n\n".join(
        f"{field}: ____________________" for field in ("Name", "Street", "Town", "Telephone", "Signature")
    )
    assert review({"page.txt": blanks + "\n"}).roles == {"page.txt": "form"}


def test_an_unsure_role_is_said(review: Reviewer) -> None:
    found = review({"main.md": RFP, "letter.txt": "Dear colleagues, the garden is open.\n"})
    assert any("letter.txt" in note and "please check" in note for note in found.notes)
    assert not any("main.md" in note and "please check" in note for note in found.notes)


def test_an_exhibit_letter_leads_to_its_document(review: Reviewer) -> None:
    found = review(
        {
            "rfp.md": RFP + "\nThe contract is attached as Exhibit B.\n",
            "Exhibit_B.docx": "# Services Agreement\nThe parties agree to this Agreement.",
        }
    )
    assert found.roles["Exhibit_B.docx"] == "terms"
    assert "Exhibit B, which rfp.md speaks of, is Exhibit_B.docx." in found.notes
