"""Several solicitations in one folder are not held against each other."""

from analyzer.package import PackageReview
from tests.package.packages import Reviewer

CAP = "The Contractor's liability is limited to the contract price, except for fraud and wilful misconduct."
UNLIMITED = "The Contractor's liability under the contract is unlimited and includes all damages."
TERMS = f"# Standard Terms and Conditions\n\nThese terms are part of each agreement.\n\n{UNLIMITED}\n"


def rfp(number: str, date: str, more: str = "") -> str:
    return f"# Request for Proposals\n\nRFP No. {number}\n\nProposals are due on {date}.\n\n{more}\n"


def kinds(found: PackageReview) -> set[str]:
    return {conflict.kind for conflict in found.conflicts}


def test_two_solicitations_are_not_compared(review: Reviewer) -> None:
    found = review({"a.md": rfp("TOP-27-031", "April 30, 2027"), "b.md": rfp("TOP-27-044", "May 7, 2027")})
    assert kinds(found) == set()
    assert found.exposure is None
    assert any("There are 2 solicitations here" in note for note in found.notes)


def test_two_documents_of_one_solicitation_are_compared(review: Reviewer) -> None:
    found = review({"a.md": rfp("TOP-27-031", "April 30, 2027"), "b.md": rfp("TOP-27-031", "May 7, 2027")})
    assert "different-amounts" in kinds(found)


def test_a_part_without_a_number_is_compared(review: Reviewer) -> None:
    part = "# Instructions for the Request for Proposals\n\nProposals are due on May 7, 2027.\n"
    found = review({"a.md": rfp("TOP-27-031", "April 30, 2027"), "b.md": part})
    assert "different-amounts" in kinds(found)


def test_terms_hold_for_both_solicitations(review: Reviewer) -> None:
    found = review(
        {
            "a.md": rfp("TOP-27-031", "April 30, 2027", CAP),
            "b.md": rfp("TOP-27-044", "May 7, 2027"),
            "terms.md": TERMS,
        }
    )
    (conflict,) = [conflict for conflict in found.conflicts if conflict.kind == "cap-and-unlimited"]
    assert {place.document for place in conflict.places} == {"a.md", "terms.md"}


def test_a_folder_keeps_its_documents_together(review: Reviewer) -> None:
    found = review(
        {
            "one/rfp.md": rfp("TOP-27-031", "April 30, 2027", CAP),
            "two/rfp.md": rfp("TOP-27-044", "May 7, 2027"),
            "two/terms.md": TERMS,
        }
    )
    assert "cap-and-unlimited" not in kinds(found)


def test_an_answer_goes_with_the_number_that_it_names(review: Reviewer) -> None:
    answer = "# Questions and Answers\n\nRFP No. TOP-27-044\n\nProposals are due on May 7, 2027.\n"
    found = review(
        {"a.md": rfp("TOP-27-031", "April 30, 2027"), "b.md": rfp("TOP-27-044", "May 7, 2027"), "answers.md": answer}
    )
    assert "different-amounts" not in kinds(found)


def test_many_solicitations_and_their_terms(review: Reviewer) -> None:
    files = {f"rfp-{n}.md": rfp(f"TOP-27-{100 + n}", f"May {n}, 2027", CAP) for n in range(1, 9)}
    found = review({**files, "terms.md": TERMS})
    assert "different-amounts" not in kinds(found)
    assert len(found.roles) == 9
