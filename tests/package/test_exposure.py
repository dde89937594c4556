"""What the vendor stands to lose, and what leaves the state without protection."""

from dataclasses import replace

import pytest

from analyzer.findings import Severity
from analyzer.gate import Conflict
from analyzer.package import PackageReview
from analyzer.policy import Limits, Policy
from tests.package.packages import Reviewer

RFP = "# Request for Proposals\n\nThe Office asks for proposals for a booking service.\n"
TERMS = "# Services Agreement\n\nThe Contractor and the State enter into this Agreement.\n"
UNLIMITED = (
    "The Contractor's liability under the contract is unlimited and includes all direct and consequential damages."
)
ONE_TIMES = replace(Policy(), limits=Limits(liability_cap_multiple=1.0))


def protections(found: PackageReview) -> list[Conflict]:
    return [conflict for conflict in found.conflicts if conflict.kind == "under-protection"]


@pytest.mark.parametrize(
    ("sentence", "cap", "multiple"),
    [
        ("The Contractor's total liability shall not exceed two times the contract value.", "2 × contract value", 2.0),
        ("The Contractor's liability is limited to the total contract price.", "1 × contract value", 1.0),
        ("The aggregate liability of the Contractor is capped at $500,000.", "$500,000", None),
        (
            "In no event shall the Contractor be liable for more than 150 percent of the contract price.",
            "1.5 × contract value",
            1.5,
        ),
        ("The Contractor's liability is limited to 150 percent of the contract price.", "1.5 × contract value", 1.5),
        (
            "Contractor's liability shall not exceed the fees paid in the preceding twelve months.",
            "1 × fees of 1 year",
            None,
        ),
        (
            "The Contractor's liability is limited to twice the fees paid in the preceding year.",
            "2 × fees of a year",
            None,
        ),
        (
            "The Contractor's liability shall not exceed the greater of $1 million and the contract price.",
            "the greater of $1,000,000 and 1 × contract value",
            None,
        ),
    ],
)
def test_how_high_the_limit_is(review: Reviewer, sentence: str, cap: str, multiple: float | None) -> None:
    found = review({"terms.md": f"{TERMS}\n{sentence}\n"}).exposure
    assert found is not None
    assert (found.cap, found.multiple) == (cap, multiple)
    assert cap in found.summary


def test_the_limit_against_the_contract_value(review: Reviewer) -> None:
    text = "The total contract value is $250,000.\n\nThe liability of the Contractor is limited to $500,000."
    found = review({"terms.md": f"{TERMS}\n{text}\n"}, ONE_TIMES).exposure
    assert found is not None
    assert (found.contract_value, found.multiple) == ("$250,000", 2.0)
    assert found.summary.endswith("the policy asks for at most 1 ×.")


def test_two_contract_values_are_none(review: Reviewer) -> None:
    text = (
        "The total contract value is $250,000.\n\n"
        "The contract price is $300,000.\n\nLiability of the Contractor is limited to $500,000."
    )
    found = review({"terms.md": f"{TERMS}\n{text}\n"}).exposure
    assert found is not None
    assert (found.contract_value, found.multiple) == ("", None)


def test_exceptions_in_a_sentence_and_in_items(review: Reviewer) -> None:
    text = """
# Limit of liability
The Contractor's liability shall not exceed two times the contract value.
This limit does not apply to:
- fraud and wilful misconduct;
- bodily injury or death;
- a data breach; and
- infringement of a patent.
# Records
The Contractor keeps confidential records for six years.
"""
    found = review({"terms.docx": f"# Services Agreement\nThe parties agree to this Agreement.\n{text}"}, ONE_TIMES)
    assert found.exposure is not None
    assert set(found.exposure.exceptions) == {
        "wilful misconduct",
        "fraud",
        "bodily injury and death",
        "data breach",
        "infringement of intellectual property",
    }
    assert found.exposure.summary.startswith("Vendor's exposure: 2 × contract value, not counting ")


def test_exceptions_in_the_clause_that_the_limit_names(review: Reviewer) -> None:
    text = """
# Risk
5.1 Except as stated in section 5.3, the Contractor's liability is limited to the contract price.
5.2 The Contractor keeps records.
5.3 No limit holds for fraud, wilful misconduct, bodily injury or damage to property.
"""
    found = review({"terms.docx": f"# Services Agreement\nThe parties agree to this Agreement.\n{text}"})
    assert found.exposure is not None
    assert set(found.exposure.exceptions) >= {"fraud", "wilful misconduct"}
    assert protections(found) == []


def test_exceptions_that_stand_elsewhere_are_not_denied(review: Reviewer) -> None:
    text = "Except as stated in section 99.3, the Contractor's liability is limited to the contract price."
    found = review({"terms.md": f"{TERMS}\n{text}\n"})
    assert found.exposure is not None
    assert "with exceptions stated elsewhere" in found.exposure.summary
    assert protections(found) == []


def test_a_request_for_information_has_no_line(review: Reviewer) -> None:
    text = (
        "# Request for Information\n\nThis is not a solicitation. It serves market research and planning "
        "purposes only.\n\n"
        "How do vendors price liability?\n\nWhat do vendors indemnify today?\n\nWhich liability limits are customary?\n"
    )
    assert review({"rfi.md": text}).exposure is None


def test_no_limit_is_said_where_a_contract_speaks_of_liability(review: Reviewer) -> None:
    text = "The Contractor shall indemnify the State.\n\nThe Contractor is liable for damage to rooms."
    found = review({"terms.md": f"{TERMS}\n{text}\n"}, ONE_TIMES).exposure
    assert found is not None
    assert found.cap == ""
    assert found.summary == "Vendor's exposure: no limit is stated; the policy asks for at most 1 ×."


def test_a_document_that_does_not_speak_of_liability_has_no_line(review: Reviewer) -> None:
    assert review({"rfp.md": RFP}).exposure is None


def test_unlimited_that_prevails_outweighs_the_limit(review: Reviewer) -> None:
    order = "If they conflict, this Agreement prevails over the RFP."
    cap = "The Contractor's liability is limited to the contract price."
    found = review({"rfp.md": f"{RFP}\n{cap}\n", "terms.md": f"{TERMS}\n{UNLIMITED}\n\n{order}\n"}).exposure
    assert found is not None
    assert found.cap == ""
    assert "without limit" in found.summary
    assert "terms.md prevails" in found.summary


def test_an_exposure_that_no_clause_settles_is_unclear(review: Reviewer) -> None:
    cap = "The Contractor's liability is limited to the contract price."
    found = review({"rfp.md": f"{RFP}\n{cap}\n", "terms.md": f"{TERMS}\n{UNLIMITED}\n"}).exposure
    assert found is not None
    assert "unclear" in found.summary


def test_a_cap_without_exceptions_leaves_the_state_exposed(review: Reviewer) -> None:
    (conflict,) = protections(
        review({"terms.md": f"{TERMS}\nThe Contractor's liability is limited to the contract price.\n"})
    )
    assert conflict.severity is Severity.MEDIUM
    for name in ("wilful misconduct", "fraud", "bodily injury", "damage to property"):
        assert name in conflict.message
    assert "protects the state" in conflict.suggestion


def test_a_cap_with_some_exceptions_weighs_less(review: Reviewer) -> None:
    text = "The Contractor's liability is limited to the contract price, except for fraud and wilful misconduct."
    (conflict,) = protections(review({"terms.md": f"{TERMS}\n{text}\n"}))
    assert conflict.severity is Severity.LOW
    assert "fraud" not in conflict.message


def test_a_cap_with_the_usual_exceptions_is_fine(review: Reviewer) -> None:
    text = (
        "Except for wilful misconduct, fraud, bodily injury and damage to property, the Contractor's liability "
        "is limited to "
        "the contract price."
    )
    assert protections(review({"terms.md": f"{TERMS}\n{text}\n"})) == []


LONG = "\n\n".join(
    f"The Contractor runs part {number} of the service as the schedule for part {number} says, and reports to "
    f"the Office "
    "on what was done, what was learned and what comes next."
    for number in range(70)
)
CLAUSES = (
    "The Contractor shall indemnify the State against claims.\n\nEither party may terminate at the end of a year.\n\n"
    "Invoices are paid within 30 days."
)


def test_no_bond_and_nothing_in_its_place(review: Reviewer) -> None:
    (conflict,) = protections(review({"terms.md": f"{TERMS}\n{LONG}\n\n{CLAUSES}\n"}))
    assert conflict.severity is Severity.LOW
    assert "holdback" in conflict.suggestion or "keep back" in conflict.suggestion


@pytest.mark.parametrize(
    "instead",
    [
        "Each milestone is paid on its acceptance.",
        "The State holds back 10 percent as retainage.",
        "The State may terminate this Agreement for cause.",
        "The Contractor's parent gives a parent guaranty.",
        "Source code is kept in escrow.",
        "The State may step in and run the service.",
        "The Contractor shall furnish a performance bond of 10 percent of the contract price.",
    ],
)
def test_something_in_place_of_a_bond(review: Reviewer, instead: str) -> None:
    assert protections(review({"terms.md": f"{TERMS}\n{LONG}\n\n{CLAUSES}\n\n{instead}\n"})) == []


def test_a_short_document_is_not_blamed(review: Reviewer) -> None:
    assert protections(review({"terms.md": f"{TERMS}\n{CLAUSES}\n"})) == []
