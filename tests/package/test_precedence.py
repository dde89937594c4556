"""Which document prevails over which."""

import pytest

from analyzer.package import PackageReview
from tests.package.packages import Reviewer

RFP = "# Request for Proposals\n\nThe Office asks for proposals for a booking service.\n"
TERMS = "# Services Agreement\n\nThe Contractor and the State enter into this Agreement.\n"
SOW = "# Statement of Work\n\nThe Contractor builds the booking service.\n"
ADDENDUM = "# Addendum No. 1\n\nThe room of the conference is changed.\n"


def package(*, rfp: str = "", terms: str = "", sow: str = "") -> dict[str, str]:
    return {"rfp.md": f"{RFP}\n{rfp}\n", "terms.md": f"{TERMS}\n{terms}\n", "sow.md": f"{SOW}\n{sow}\n"}


def kinds(found: PackageReview) -> list[str]:
    return [conflict.kind for conflict in found.conflicts]


@pytest.mark.parametrize(
    "clause",
    [
        "If these documents conflict, the following order of precedence applies: (1) this Agreement; (2) the "
        "Statement of "
        "Work; (3) the Request for Proposals; (4) the Contractor's proposal.",
        "Conflicts are resolved by giving precedence in the following order:\n\n- this Agreement\n- the "
        "Statement of Work\n"
        "- the RFP and its addenda\n- the Contractor's proposal",
        "In case of discrepancies the order of priority is: first, this Agreement; second, the scope of work; "
        "third, the "
        "solicitation.",
        "In the event of inconsistency, this Agreement shall take precedence, followed by the Statement of "
        "Work, the RFP, and "
        "the Contractor's proposal, respectively.",
        "Any conflict among the documents is resolved in the order listed: a) this Agreement b) the SOW c) the RFP.",
        "Any inconsistency is resolved by giving precedence to the documents in this order: this Agreement, "
        "the Statement "
        "of Work, the RFP, and the proposal.",
        "The hierarchy of documents is as follows: this Agreement first, the Statement of Work second, the RFP third.",
        "## Order of precedence\n\n1. The Agreement\n2. The Statement of Work\n3. The RFP",
        "The documents of the contract, in descending order of precedence, are: 1. this Agreement; 2. the Statement of "
        "Work; 3. the RFP.",
        "Discrepancies are resolved from the lowest to the highest, in ascending order: (1) the RFP; (2) the "
        "Statement of "
        "Work; (3) this Agreement.",
    ],
)
def test_a_list_gives_the_order(review: Reviewer, clause: str) -> None:
    found = review(package(terms=clause))
    assert found.precedence == ("terms.md", "sow.md", "rfp.md")
    assert "no-precedence" not in kinds(found)


@pytest.mark.parametrize(
    "clause",
    [
        "If this Agreement and the RFP say different things, this Agreement controls.",
        "The terms of this Agreement prevail over the Request for Proposals.",
        "Should there be a conflict of terms, this Agreement shall control over the RFP and the Contractor's proposal.",
        "This Agreement supersedes the solicitation.",
        "Where the RFP and this Agreement differ, this Agreement governs.",
        "If the terms of the RFP conflict with those of this Agreement, the latter prevails.",
        "Nothing in the RFP overrides this Agreement.",
        "The RFP may not override this Agreement.",
    ],
)
def test_a_sentence_on_two_documents_gives_their_order(review: Reviewer, clause: str) -> None:
    assert review(package(terms=clause)).precedence == ("terms.md", "rfp.md")


def test_an_order_in_a_word_file_with_exhibits(review: Reviewer) -> None:
    found = review(
        {
            "rfp.docx": RFP,
            "exhibit-a.docx": "# Exhibit A: Services Agreement\nThis Agreement is made by the parties.\n# Order "
            "of precedence\n"
            "If there is a conflict, precedence is given in the following order:\n"
            "- This Agreement\n- Exhibit B\n- The RFP\n- The Contractor's proposal",
            "exhibit-b.docx": "# Exhibit B: Statement of Work\nThe Contractor builds the service.",
        }
    )
    assert found.precedence == ("exhibit-a.docx", "exhibit-b.docx", "rfp.docx")
    assert any("contractor's proposal" in note for note in found.notes)


@pytest.mark.parametrize(
    "clause",
    [
        "If the unit price and the total differ, the unit price prevails.",
        "If words and figures differ, the amount in words governs.",
        "This RFP takes precedence over any conflicting terms in the Contractor's proposal.",
        "The laws of Tamber govern this Agreement.",
        "Contractor shall pay prevailing wages under this Agreement and the RFP.",
        "The Contractor controls access to the site.",
        "Times are Mountain prevailing time.",
    ],
)
def test_other_things_that_prevail_give_no_order(review: Reviewer, clause: str) -> None:
    found = review(package(terms=clause))
    assert found.precedence == ()
    assert kinds(found) == ["no-precedence"]
    assert found.conflicts[0].severity == "medium"
    assert "No clause says which of the documents prevails over the others." in found.notes


def test_one_document_needs_no_order(review: Reviewer) -> None:
    assert kinds(review({"rfp.md": RFP})) == []


def test_forms_and_price_sheets_need_no_order(review: Reviewer) -> None:
    files = {
        "rfp.md": RFP,
        "form.txt": "Bid form\n\nName: ______\n",
        "prices.md": "# Price Schedule\n\nEnter prices.\n",
    }
    assert kinds(review(files)) == []


def test_an_addendum_comes_before_the_solicitation(review: Reviewer) -> None:
    clause = "If these documents conflict, the following order applies: (1) this Agreement; (2) the RFP."
    found = review({**package(terms=clause), "addendum.md": ADDENDUM})
    assert found.precedence.index("addendum.md") < found.precedence.index("rfp.md")


def test_clauses_that_contradict_each_other(review: Reviewer) -> None:
    found = review(
        package(
            terms="In the event of a conflict, this Agreement prevails over the RFP.",
            rfp="In the event of a conflict, this RFP prevails over the Agreement.",
        )
    )
    assert kinds(found) == ["precedence-contradiction"]
    assert {place.document for place in found.conflicts[0].places} == {"rfp.md", "terms.md"}
    assert found.conflicts[0].severity == "high"
    assert found.precedence == ()


def test_precedence_in_a_circle(review: Reviewer) -> None:
    found = review(
        package(
            terms="If they conflict, this Agreement prevails over the Statement of Work.",
            sow="If they conflict, the Statement of Work prevails over the RFP.",
            rfp="If they conflict, this RFP prevails over the Agreement.",
        )
    )
    loops = [conflict for conflict in found.conflicts if conflict.kind == "precedence-loop"]
    assert len(loops) == 1
    assert len(loops[0].places) == 3
    assert found.precedence == ()


def test_the_same_order_twice_is_no_conflict(review: Reviewer) -> None:
    clause = "In the event of a conflict, the Agreement prevails over the RFP."
    found = review(package(terms=clause, rfp=clause))
    assert kinds(found) == []
    assert found.precedence == ("terms.md", "rfp.md")
