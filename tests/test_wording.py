"""Suggested wording takes the names of a document, and its blanks are filled or listed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.cli.support import shipped_rules
from analyzer.document import Source
from analyzer.parsing import parse
from analyzer.policy import Limits, Policy
from analyzer.segmentation import segment
from analyzer.wording import Names, Wording, facts_of, names_of, reworded

PLAIN = Policy()


def read(text: str):
    document = parse(Source("terms.txt", text.encode()))
    return document, segment(document)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "The Supplier shall deliver the goods.\n\nThe Supplier must insure them. The County may inspect them.\n\n"
            "The County will pay under this Agreement. This Agreement shall end in 2030.",
            Names("the Supplier", "the County", "this Agreement", "the Supplier"),
        ),
        (
            "Each Offeror shall submit one file. The Offeror must sign it.\n\n"
            "The Contractor shall deliver. The Contractor must report. The State may end this Contract.",
            Names("the Contractor", "the State", "this Contract", "the Offeror"),
        ),
        (
            "The vendor shall deliver. The vendor must report. Vendors may ask. The agency will pay.",
            Names("the vendor", "the agency", "this Contract", "the vendor"),
        ),
        (
            "Provider shall host the data. Provider must keep it safe. Provider will report to the District.\n\n"
            "The District may audit.",
            Names("Provider", "the District", "this Contract", "Provider"),
        ),
        (
            'The Riverside Development Bank ("the Bank") buys. The Bank may reject any offer. The Bank shall award.\n\n'
            "The Bank will evaluate offers. The bidder shall offer. The bidder must sign. The Bank reserves the right.",
            Names("the bidder", "the Bank", "this Contract", "the bidder"),
        ),
        ("Nothing is bound here.", Names()),
        ("", Names()),
        ("THE CONTRACTOR SHALL PAY. THE CITY MAY REFUSE.", Names()),
    ],
)
def test_names_are_those_of_binding_sentences(text, names):
    document, segments = read(text or "—")
    assert names_of(document, segments) == names


def test_somebody_elses_name_is_not_the_buyer():
    document, segments = read("The Town may inspect. The Department of Labor must know. The City Engineer shall sign.")
    assert names_of(document, segments).buyer == "the Town"


def test_what_the_document_says_for_blanks():
    document, segments = read(
        "Proposals must be submitted by e-mail to bids@example.gov.\n\n"
        "Proposals are due no later than 2:00 p.m. on April 30, 2027.\n\n"
        "A proposal is firm for 120 days after it is opened.\n\n"
        "Ask the Procurement Officer. The Procurement Officer shall answer."
    )
    assert facts_of(document, segments) == {
        "portal or e-mail": "bids@example.gov",
        "time": "2:00 p.m. on April 30, 2027",
        "firm for [number] days": "120",
        "role": "the Procurement Officer",
    }


def test_where_a_document_says_two_things_a_blank_stays_open():
    document, segments = read(
        "Proposals are due on April 30, 2027.\n\nProposals received by May 2, 2027 are opened.\n\n"
        "Bids stay valid for 60 days.\n\nBids remain firm for 90 days."
    )
    assert facts_of(document, segments) == {}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("The Contractor pays the Agency.", "Acme pays the Town."),
        ("At the Agency's cost the Contractor leaves this Contract.", "At the Town's cost Acme leaves this Order."),
        ("An offeror may ask; offerors may answer.", "A Bidder may ask; Bidders may answer."),
        ("Offerors may ask.", "Bidders may ask."),
        ("The chosen vendor and the vendor sign.", "The chosen Bidder and Acme sign."),
        ("The best-rated vendors are paid.", "The best-rated Bidders are paid."),
        ("Vendor terms don't bind.", "Vendor terms don't bind."),
        ("The contract ends; the contract value stays.", "The Order ends; the contract value stays."),
        ("It fits the agency's architecture.", "It fits the Town's architecture."),
        ("A subcontractor and a contracting officer.", "A subcontractor and a contracting officer."),
    ],
)
def test_parties_and_paper_are_renamed(text, written):
    names = Names("Acme", "the Town", "this Order", "the Bidder")
    assert reworded(text, names, PLAIN) == Wording(written)


def test_articles_and_plurals_fit_the_name():
    names = Names("the Company", "the Agency", "this Contract", "the Offeror")
    assert reworded("A bidder asks.", names, PLAIN).text == "An Offeror asks."
    assert reworded("A vendor asks; bidders answer.", names, PLAIN).text == "A Company asks; Offerors answer."
    assert reworded("Offerors ask.", Names(offeror="the Company"), PLAIN).text == "Companies ask."


@pytest.mark.parametrize(
    ("text", "policy", "filled"),
    [
        ("At most [one to two] times.", Policy(limits=Limits(liability_cap_multiple=2)), "At most two times."),
        ("At most [one to two] times.", Policy(limits=Limits(liability_cap_multiple=1.5)), "At most 1.5 times."),
        ("Security of [lowest adequate percent].", Policy(limits=Limits(bond_percent=10)), "Security of 10 percent."),
        ("[Number] years of experience.", Policy(limits=Limits(years_of_experience=3)), "Three years of experience."),
        ("Its limit is [amount].", Policy(wording={"amount": "$1 million"}), "Its limit is $1 million."),
        ("[amount] is the limit.", Policy(wording={"Amount": "a million"}), "A million is the limit."),
        (
            "Firm for [number] days.",
            Policy(wording={"number": "30", "Firm for [number] days": "90"}),
            "Firm for 90 days.",
        ),
        ("In [number] days.", Policy(wording={"number": "30"}), "In 30 days."),
    ],
)
def test_blanks_are_filled(text, policy, filled):
    assert reworded(text, Names(), policy) == Wording(filled)


def test_the_policys_wording_comes_before_its_limits_and_these_before_facts():
    text = "Limited to [one to two] times; firm for [number] days."
    facts = {"firm for [number] days": "60", "one to two": "nine"}
    limits = Limits(liability_cap_multiple=2)
    assert reworded(text, Names(), PLAIN, facts=facts).text == "Limited to nine times; firm for 60 days."
    assert reworded(text, Names(), Policy(limits=limits), facts=facts).text == "Limited to two times; firm for 60 days."
    own = Policy(limits=limits, wording={"[one to two] times": "three", "firm for [number] days": "45"})
    assert reworded(text, Names(), own, facts=facts).text == "Limited to three times; firm for 45 days."


def test_what_nothing_fills_stays_and_is_listed_once():
    text = "From [date] to [date], [role] leads for the Agency; a limit of [amount]."
    assert reworded(text, Names(), Policy(wording={"role": "the Clerk"})) == Wording(
        "From [date] to [date], the Clerk leads for the Agency; a limit of [amount].", ("date", "amount")
    )


def test_a_value_is_not_reworded():
    policy = Policy(wording={"role": "the vendor desk of the agency"})
    assert reworded("[role] decides.", Names(), policy).text == "The vendor desk of the agency decides."


@pytest.mark.parametrize("rule", shipped_rules().rules, ids=lambda rule: rule.id)
def test_every_shipped_suggestion_can_be_reworded(rule):
    names = Names("the Supplier", "the Town", "this Order", "the Bidder")
    for text in (rule.instead.start, rule.instead.fallback, rule.instead.walk_away):
        made = reworded(text, names, PLAIN)
        assert made.text.count("[") == text.count("[")
        assert all(f"[{blank}]" in made.text for blank in made.open_blanks)
        generic = re.findall(r"\b(?:contractor|agency|offeror|proposer|vendor)s?\b(?! terms)", made.text.lower())
        assert not generic


@given(st.text(st.sampled_from([*"[]ab The Contractor. the agency vendors "]), max_size=60))
def test_any_text_can_be_reworded(text):
    made = reworded(text, Names(), PLAIN)
    assert all(f"[{blank}]" in made.text for blank in made.open_blanks)
    assert reworded(text, Names(), PLAIN) == made
