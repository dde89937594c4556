"""What two documents, or two places of one, say against each other."""

from dataclasses import replace

import pytest

from analyzer.findings import Severity
from analyzer.gate import Conflict
from analyzer.package import PackageReview
from analyzer.policy import Policy
from tests.package.packages import Reviewer

RFP = "# Request for Proposals\n\nThe Office asks for proposals for a booking service.\n"
TERMS = "# Services Agreement\n\nThe Contractor and the State enter into this Agreement.\n"
ORDER = "In the event of a conflict, this Agreement prevails over the RFP."
CAP = (
    "The Contractor's total liability shall not exceed two times the contract value, except for fraud, wilful "
    "misconduct, "
    "bodily injury and damage to property."
)
UNLIMITED = (
    "The Contractor's liability under the contract is unlimited and includes all direct and consequential damages."
)
FILLER = "\n\n".join(f"The service keeps record number {number} of each booking." for number in range(6))


def of_kind(found: PackageReview, kind: str) -> list[Conflict]:
    return [conflict for conflict in found.conflicts if conflict.kind == kind]


def package(rfp: str, terms: str) -> dict[str, str]:
    return {"rfp.md": f"{RFP}\n{rfp}\n", "terms.md": f"{TERMS}\n{terms}\n"}


def test_cap_here_and_unlimited_there(review: Reviewer) -> None:
    (conflict,) = of_kind(review(package(CAP, UNLIMITED)), "cap-and-unlimited")
    assert conflict.severity is Severity.HIGH
    assert conflict.prevails == ""
    assert [(place.document, place.text) for place in conflict.places] == [("rfp.md", CAP), ("terms.md", UNLIMITED)]
    assert "2 × contract value" in conflict.message


def test_unlimited_in_the_document_that_prevails(review: Reviewer) -> None:
    (conflict,) = of_kind(review(package(CAP, f"{UNLIMITED}\n\n{ORDER}")), "cap-and-unlimited")
    assert (conflict.severity, conflict.prevails) == (Severity.HIGH, "terms.md")


def test_the_cap_in_the_document_that_prevails(review: Reviewer) -> None:
    (conflict,) = of_kind(review(package(UNLIMITED, f"{CAP}\n\n{ORDER}")), "cap-and-unlimited")
    assert (conflict.severity, conflict.prevails) == (Severity.LOW, "terms.md")


def test_cap_and_unlimited_in_one_document(review: Reviewer) -> None:
    (conflict,) = of_kind(review({"terms.md": f"{TERMS}\n{CAP}\n\n{FILLER}\n\n{UNLIMITED}\n"}), "cap-and-unlimited")
    assert {place.document for place in conflict.places} == {"terms.md"}


@pytest.mark.parametrize(
    "harmless",
    [
        "The limitation of liability does not apply to fraud or wilful misconduct, for which liability is unlimited.",
        "The State's liability shall not exceed the amount due under the contract.",
        "The Contractor carries general liability insurance with limits of not less than $1,000,000.",
        "Insurance does not limit the Contractor's liability under this Agreement.",
        "Any provision in the Contractor's order form that limits damages is void.",
        "For a loss of data of visitors the Contractor's liability is unlimited.",
        "If visitors are hurt, the Contractor is liable without limit for all damages.",
        "The foregoing limitation is inapplicable to overpayments, for which the Contractor is fully liable.",
        "Would the State agree that the Contractor's liability is not unlimited?",
        "The State has removed unlimited liability from its standard terms.",
    ],
)
def test_what_is_no_unlimited_liability_beside_a_cap(review: Reviewer, harmless: str) -> None:
    assert of_kind(review(package(CAP, harmless)), "cap-and-unlimited") == []


def test_two_caps(review: Reviewer) -> None:
    other = "The aggregate liability of the Contractor is limited to $500,000."
    (conflict,) = of_kind(review(package(CAP, other)), "different-caps")
    assert "$500,000" in conflict.message
    assert of_kind(review(package(CAP, CAP)), "different-caps") == []


INVITED = "Offerors may propose exceptions to any term of the sample contract, with replacement wording."
PUNISHED = "A proposal that takes exception to the contract terms will be rejected as non-responsive."


def test_exceptions_invited_and_punished(review: Reviewer) -> None:
    (conflict,) = of_kind(review(package(INVITED, PUNISHED)), "exceptions-invited-and-punished")
    assert conflict.severity is Severity.HIGH
    assert [place.text for place in conflict.places] == [INVITED, PUNISHED]


def test_exceptions_in_one_document(review: Reviewer) -> None:
    found = review({"rfp.md": f"{RFP}\n{INVITED}\n\n{FILLER}\n\n{PUNISHED}\n"})
    assert len(of_kind(found, "exceptions-invited-and-punished")) == 1


def test_a_threat_that_may_come_true_weighs_less(review: Reviewer) -> None:
    soft = "The Office may reject a proposal that takes exception to the contract terms."
    (conflict,) = of_kind(review(package(INVITED, soft)), "exceptions-invited-and-punished")
    assert conflict.severity is Severity.MEDIUM


@pytest.mark.parametrize(
    "harmless",
    [
        "Exceptions that are not listed in the exceptions form will be rejected.",
        "An exception to a contract term does not make a proposal non-responsive.",
        "Exceptions submitted after the due date will not be considered.",
        "Proposals that arrive late will be rejected without exception.",
        "A protest that states no defect of the solicitation will be rejected.",
        "Terms that are fixed by law can't be changed, and an exception to one of them will be rejected.",
    ],
)
def test_what_does_not_punish_exceptions(review: Reviewer, harmless: str) -> None:
    assert of_kind(review(package(INVITED, harmless)), "exceptions-invited-and-punished") == []


def test_bond_waived_and_demanded(review: Reviewer) -> None:
    waived = "No performance bond is required for this contract."
    demanded = "The Contractor shall furnish a performance bond in the amount of the contract price."
    (conflict,) = of_kind(review(package(waived, demanded)), "bond-waived-and-demanded")
    assert conflict.severity is Severity.HIGH
    assert "performance bond" in conflict.message


@pytest.mark.parametrize(
    ("waived", "demanded"),
    [
        ("No bid bond is required.", "The Contractor shall furnish a performance bond for the contract price."),
        (
            "No performance bond is required if the price is below $50,000.",
            "The Contractor shall furnish a performance bond.",
        ),
        (
            "No performance bond was asked for in the earlier procurement.",
            "The Contractor shall furnish a performance bond.",
        ),
        ("No maintenance bond is required.", "The Contractor shall furnish a performance bond for the contract price."),
        ("Query: may the performance bond be waived?", "The Contractor shall furnish a performance bond."),
        ("No interest is paid on the performance bond.", "The Contractor shall furnish a performance bond."),
        ("The Contractor shall furnish a performance bond.", "The Contractor must furnish a performance bond."),
    ],
)
def test_bonds_that_do_not_clash(review: Reviewer, waived: str, demanded: str) -> None:
    assert of_kind(review(package(waived, demanded)), "bond-waived-and-demanded") == []


RESERVED = "The Office reserves the right to negotiate the terms of the contract with the selected offeror."
RULED_OUT = "The terms of this Agreement are not negotiable."


def test_negotiation_reserved_and_ruled_out(review: Reviewer) -> None:
    (conflict,) = of_kind(review(package(RESERVED, RULED_OUT)), "negotiation-reserved-and-ruled-out")
    assert conflict.severity is Severity.MEDIUM
    assert [place.text for place in conflict.places] == [RESERVED, RULED_OUT]


@pytest.mark.parametrize(
    "harmless",
    [
        "Prices are not negotiable.",
        "The Office may award without negotiations.",
        "The parties settle disputes by negotiation, and a dispute is not negotiable twice.",
        "The scope will not be negotiated.",
        "Terms that come from legislation are not negotiable.",
        "Would the terms be not negotiable?",
        "Section 7.13 is fixed by statute and is not negotiable.",
        "There will be no negotiations. However, the Office may negotiate with the selected offeror.",
    ],
)
def test_what_does_not_rule_out_negotiation(review: Reviewer, harmless: str) -> None:
    assert of_kind(review(package(RESERVED, harmless)), "negotiation-reserved-and-ruled-out") == []


def test_an_addendum_changes_and_does_not_conflict(review: Reviewer) -> None:
    found = review({"rfp.md": f"{RFP}\n{UNLIMITED}\n", "addendum-1.md": f"# Addendum No. 1\n\n{CAP}\n"})
    assert of_kind(found, "cap-and-unlimited") == []
    assert any("addendum-1.md" in note and "prevails" in note for note in found.notes)


def test_each_conflict_explains_itself(review: Reviewer) -> None:
    found = review(package(f"{CAP}\n\n{INVITED}\n\n{RESERVED}", f"{UNLIMITED}\n\n{PUNISHED}\n\n{RULED_OUT}"))
    assert len(found.conflicts) >= 4
    assert len({conflict.id for conflict in found.conflicts}) == len(found.conflicts)
    ranks = [conflict.severity.rank for conflict in found.conflicts]
    assert ranks == sorted(ranks, reverse=True)
    for conflict in found.conflicts:
        assert conflict.title
        assert conflict.message
        assert conflict.why
        assert conflict.suggestion
        assert conflict.references
        assert conflict.places


def test_the_id_stays_where_the_words_stay(review: Reviewer) -> None:
    (first,) = of_kind(review(package(CAP, UNLIMITED)), "cap-and-unlimited")
    (second,) = of_kind(review(package(f"{FILLER}\n\n{CAP}", UNLIMITED)), "cap-and-unlimited")
    (changed,) = of_kind(review(package(CAP.replace("two", "three"), UNLIMITED)), "cap-and-unlimited")
    assert first.id == second.id != changed.id


def test_the_policy_switches_off_and_weighs(review: Reviewer) -> None:
    files = package(CAP, UNLIMITED)
    off = replace(Policy(), off=frozenset({"conflict/cap-and-unlimited"}))
    assert of_kind(review(files, off), "cap-and-unlimited") == []
    assert review(files, replace(Policy(), off=frozenset({"conflict"}))).conflicts == ()
    lower = replace(Policy(), severities={"conflict/cap-and-unlimited": Severity.LOW})
    assert of_kind(review(files, lower), "cap-and-unlimited")[0].severity is Severity.LOW
