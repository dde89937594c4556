import pytest

from analyzer.document import Parties
from analyzer.segmentation import document_kind, parties, segment
from tests.segmentation.documents import document

NAMES = {
    "a defined acronym that acts as buyer": (
        (
            "The Office of Harbour Works (OHW) is seeking a firm to dredge the bay.",
            "OHW reserves the right to cancel. Plans are approved by OHW.",
        ),
        Parties(frozenset({"ohw"})),
    ),
    "a quoted short name": (
        (
            "Department of Bridges (“Bridges”) buys steel.",
            "Bridges may reject any offer.",
            "Bridges will award one order.",
        ),
        Parties(frozenset({"bridges"})),
    ),
    "an acronym without definition that acts often": (
        (
            "KLM reserves the right to wait.",
            "KLM will award one order.",
            "KLM may cancel it.",
            "Papers are submitted to KLM.",
        ),
        Parties(frozenset({"klm"})),
    ),
    "a vendor by definition": (
        (
            "Blue Water LLC, hereinafter referred to as the “Dredger”, signs.",
            "The Dredger agrees to work. The Dredger shall indemnify the town.",
        ),
        Parties(vendor=frozenset({"dredger"})),
    ),
    "a lessor that agrees and warrants often": (
        ("Lessor agrees to it.", "The Lessor warrants it.", "The Lessor acknowledges it.", "Lessor shall furnish it."),
        Parties(vendor=frozenset({"lessor"})),
    ),
    "another agency that is only named": (
        ("The Bureau of Fish (BOF) counts fish.", "The Department of Roads (DOR) counts roads."),
        Parties(),
    ),
    "common words are known elsewhere": (
        (
            "The City of Elm (“City”) reserves the right to wait.",
            "The City may reject it. The Contractor agrees to it. The Contractor agrees that it may.",
        ),
        Parties(),
    ),
    "ordinary words that act": (
        ("The Committee will evaluate it.", *("It may cancel this. The Manager will select one." for _ in range(9))),
        Parties(),
    ),
    "a name that acts both parts": (
        ("The Port of Elm Authority (PEA) is here.", *("PEA may reject it. PEA agrees to it." for _ in range(5))),
        Parties(),
    ),
}


@pytest.mark.parametrize("case", NAMES)
def test_names(case: str) -> None:
    lines, expected = NAMES[case]
    assert parties(document(*lines)) == expected


KINDS = {
    "rfp": (
        "# Request for Proposals",
        "Dredging of the bay",
        "Offerors send offers by noon. Proposals are due in May.",
    ),
    "rfp with terms attached": (
        "# Invitation to Bid 7",
        "Bidders sign the agreement form.",
        "Terms and Conditions are attached.",
    ),
    "rfp by tender notice": ("# Notice inviting tender", "Bidders put down earnest money."),
    "terms": ("# Standard Terms and Conditions", "This agreement binds both. This contract ends in May."),
    "terms of an agreement": (
        "# Agreement for dredging",
        "by and between the town and the firm. Whereas the bay is shallow.",
    ),
    "sow": ("# Statement of Work", "The firm dredges the bay and marks the channel."),
    "rfi": (
        "# Request for Information",
        "This is not a solicitation. It is for planning purposes and market research.",
    ),
    "other": ("# Minutes of the meeting", "People met and talked."),
}


@pytest.mark.parametrize("case", KINDS)
def test_kinds(case: str) -> None:
    doc = document(*KINDS[case])
    assert document_kind(doc, segment(doc)) == case.split()[0]
