"""Each detector on sentences, on small documents, and on what must be left alone."""

from dataclasses import replace

import pytest

from analyzer.document import BlockKind, Layer, NoteKind, Page, ReadingNote
from analyzer.drafting.amounts import find_conflicting_amounts
from analyzer.drafting.dates import find_conflicting_dates
from analyzer.drafting.draft import Draft
from analyzer.drafting.empty import find_empty_sections
from analyzer.drafting.exhibits import exhibits_of, find_dangling_exhibits
from analyzer.drafting.placeholders import find_placeholders
from analyzer.drafting.references import find_missing_sections
from analyzer.drafting.response import find_short_response
from analyzer.drafting.terms import find_undefined_terms
from analyzer.findings import Severity
from analyzer.segmentation import segment
from tests.drafting.drafts import Line, document_of, draft_of, shown

LEFT_IN = [
    ("The meeting is on [insert date].", ["[insert date]"]),
    ("Held at [location] on [date] at noon.", ["[location]", "[date]"]),
    ("The <<agency>> accepts «Field» and {{other}} and ${more}.", ["<<agency>>", "«Field»", "{{other}}", "${more}"]),
    ("The term begins on XX/XX/XXXX.", ["XX/XX/XXXX"]),
    ("Payment may not exceed $XXX,000.00.", ["$XXX,000.00"]),
    ("Reply within XX business days.", ["XX business days"]),
    ("The conference time is TBD.", ["TBD."]),
    ("The place is [to be determined] before the meeting.", ["[to be determined]"]),
    ("[Drafting note: ask counsel.]", ["[Drafting note: ask counsel."]),
    ("Note to drafter: delete this.", ["Note to drafter:"]),
    ("Lorem ipsum dolor sit amet.", ["Lorem ipsum", "dolor sit amet"]),
    ("See #REF! for the total.", ["#REF!"]),
    ("The limit is [●] million.", ["[•]"]),
    ("Bids must be received by ________ at the office.", ["by ________"]),
    ("Click or tap here to enter text.", ["Click or tap here to enter text"]),
]
FILLED = [
    "Name: ____________________",
    "Signed this ____ day of ______, 2027.",
    "Yes ____ No ____",
    "The bidder is [name of bidder].",
    "It ___ is, ___ is not a small business.",
    "We acknowledge addenda [number] to [number].",
    "To be completed upon award: [amount].",
    "This Agreement is made on [date] between [City] and [name].",
    "Title XX of the Act applies.",
    "Phones are listed as 555-XXXX in this format.",
    "Overhead: TBD",
    "TBD means to be determined.",
    "A [sic] note and a [USB] drive.",
    "",
]


@pytest.mark.parametrize(("text", "words"), LEFT_IN)
def test_placeholders_are_flagged(text: str, words: list[str]) -> None:
    draft = draft_of(text)
    assert [list(item) for item in shown(draft, find_placeholders(draft))] == [words]


@pytest.mark.parametrize("text", FILLED)
def test_blanks_for_others_are_left_alone(text: str) -> None:
    draft = draft_of(text)
    assert shown(draft, find_placeholders(draft)) == []


def test_a_broken_reference_is_found_though_its_message_is_two_sentences() -> None:
    draft = draft_of("Pay as described in Error! Reference source not found. within 30 days.")
    assert [words[0] for words in shown(draft, find_placeholders(draft))] == ["Error!"]


def test_blanks_of_a_sample_contract_are_left_alone_until_the_next_part() -> None:
    draft = draft_of(
        "This Agreement is made on ____ by and between the State and [name].",
        "The work is done at [location].",
        "Attachment C",
        "Questions are answered at [location].",
    )
    assert shown(draft, find_placeholders(draft)) == [("[location]",)]


def test_blanks_under_the_heading_of_a_form_are_left_alone() -> None:
    draft = draft_of((BlockKind.HEADING, "Form 2: Bid bond"), "The sum is [amount] and falls due on [date].")
    assert shown(draft, find_placeholders(draft)) == []


UNREAD = [(Layer.FURNITURE, "[insert date]"), (Layer.COMMENT, "TBD"), (Layer.HIDDEN, "[Drafting note: x]")]


@pytest.mark.parametrize("line", UNREAD, ids=lambda line: line[0].value)
def test_running_heads_comments_and_hidden_text_do_not_count(line: Line) -> None:
    draft = draft_of("The State asks for offers.", line)
    assert shown(draft, find_placeholders(draft)) == []


def test_contents_lines_do_not_count() -> None:
    draft = draft_of("The State asks for offers.", (BlockKind.CONTENTS, "4 [insert title] .... 12"))
    assert shown(draft, find_placeholders(draft)) == []


SECTIONS = ("1.1 Purpose", "It asks.", "1.2 Term", "Two years.", "2.1 Invoices", "Monthly.", "2.2 Payment")
AFTER = ("2.3 Taxes", "None are paid.")
POINTED = [
    ("Pay as section 2.7 says.", [("2.7",)]),
    ("Pay as Sections 2.1, 2.8 and 2.9 say.", [("2.8", "2.9")]),
    ("Pay as clause 2.7(b) above says.", [("2.7",)]),
    ("Pay as paragraph 2.7 of this RFP says.", [("2.7",)]),
    ("Pay as section 3.4 says.", [("3.4",)]),
    ("Pay as section 2.03 says.", []),
    ("Pay as section 2.0 says.", []),
    ("Pay as section 2.1(a) says.", []),
    ("Pay as Labor Code section 2.7 says.", []),
    ("Pay as section 2.7 of the Standard Terms says.", []),
    ("Pay as section 2.7 of Attachment A says.", []),
    ("Pay as FAR 52.212 and section 2.7 say.", []),
    ("Pay as Source Selection Procedures, section 2.7 says.", []),
    ("Pay as the Davis-Bacon Act, section 2.7, says.", []),
    ("Pay as this section 2.7 says.", []),
    ("Section 508 applies, and section 8 of the law.", []),
    ("Pay as section 12X.3 says.", []),
    ("Version 2.7 of the form is used.", []),
]


@pytest.mark.parametrize(("text", "words"), POINTED)
def test_references_to_missing_sections_are_flagged(text: str, words: list[tuple[str, ...]]) -> None:
    draft = draft_of(*SECTIONS, text, *AFTER)
    assert shown(draft, find_missing_sections(draft)) == words


def test_a_document_without_numbers_misses_none() -> None:
    draft = draft_of("Pay as section 2.7 says.", "The Agency accepts.")
    assert shown(draft, find_missing_sections(draft)) == []


def test_numbers_with_gaps_were_perhaps_not_read() -> None:
    draft = draft_of("2.1 Invoices", "Monthly.", "2.2 Payment", "Pay as section 2.7 says.", "2.9 Taxes", "None.")
    assert shown(draft, find_missing_sections(draft)) == []


def test_a_number_amid_a_paragraph_may_be_the_section() -> None:
    draft = draft_of(*SECTIONS, "Pay as section 2.7 says.", "The end. 2.7 Interest is paid monthly.", *AFTER)
    assert shown(draft, find_missing_sections(draft)) == []


def test_where_most_references_lead_nowhere_they_mean_another_document() -> None:
    lost = [f"Pay as section 2.{number} says." for number in range(7, 12)]
    draft = draft_of(*SECTIONS, *lost, *AFTER)
    assert shown(draft, find_missing_sections(draft)) == []


def test_a_reference_that_is_the_laws_elsewhere_is_the_laws_here() -> None:
    draft = draft_of(*SECTIONS, "Labor Code section 2.7 applies.", "Pay as section 2.7 says.", *AFTER)
    assert shown(draft, find_missing_sections(draft)) == []


ARTICLES = ("ARTICLE I SCOPE", "It asks.", "ARTICLE II PRICE", "It is fixed.", "ARTICLE III LAW", "The State's.")


@pytest.mark.parametrize(("text", "words"), [("As Article IX says.", [("IX",)]), ("As Article II says.", [])])
def test_roman_articles_are_numbers_too(text: str, words: list[tuple[str, ...]]) -> None:
    draft = draft_of(*ARTICLES, text)
    assert shown(draft, find_missing_sections(draft)) == words


EMPTY = [
    (("1.1 Scope", "It asks.", "1.2 Term", "1.3 Law", "The State's.", "1.4 Tax", "None."), [("1.2 Term",)]),
    (("1. Scope", "It asks.", "2. Term", "3. Law", "The State's.", "4. Tax", "None."), [("2. Term",)]),
    (("1.1 Scope", "It asks.", "1.2 Reserved", "1.3 Law", "The State's.", "1.4 Tax", "None."), []),
    (("1.1 Scope", "1.2 Term", "1.3 Law", "1.4 Tax"), []),
    (("1 Scope", "It asks.", "2 Term", "2.1 Start", "In May.", "2.2 End", "In June.", "3 Law", "The State's."), []),
    (("1.1 Scope", "It asks.", "1.2 Term", ("May", "2027"), "1.3 Law", "The State's.", "1.4 Tax", "None."), []),
    (("Scope", "Term", "Law"), []),
    ((), []),
]


@pytest.mark.parametrize(("lines", "words"), EMPTY)
def test_sections_without_text_are_flagged(lines: tuple[Line, ...], words: list[tuple[str, ...]]) -> None:
    draft = draft_of(*lines)
    assert shown(draft, find_empty_sections(draft)) == words


@pytest.mark.parametrize(("page", "found"), [(1, 0), (3, 1)])
def test_a_heading_on_a_page_with_pictures_is_left_alone(page: int, found: int) -> None:
    lines = ("1.1 Scope", "It asks.", "1.2 Diagram", "1.3 Law", "The State's.", "1.4 Tax", "None.")
    note = ReadingNote(NoteKind.PICTURE, "A picture.", (page,))
    document = replace(document_of(lines), pages=(Page(1, 0),), notes=(note,))
    assert len(list(find_empty_sections(Draft(document, segment(document))))) == found


RELIED = [
    ("The Contractor signs the form attached as Exhibit D.", [("Exhibit D",)], Severity.MEDIUM),
    ("Prices are entered in the form given in Attachment No. 2 below.", [("Attachment No. 2",)], Severity.LOW),
    ("Files follow the layout shown in Appendix B-1 of this RFP.", [("Appendix B-1",)], Severity.LOW),
    ("The terms are set out in Annexure IV as listed here.", [("Annexure IV",)], Severity.LOW),
    ("Appendix F, which is a separate file, holds the terms as described in it.", [], None),
    ("Interest follows Appendix C of the Federal Acquisition Regulation.", [], None),
    ("The form in Exhibit D is posted on the bid portal and shall be used.", [], None),
    ("The offeror includes its Attachment 3 as described in this part.", [], None),
    ("The schedule 5 of works is stated in this part of it.", [], None),
    ("The list of ATTACHMENTS is given in this part of it.", [], None),
]


@pytest.mark.parametrize(("text", "words", "severity"), RELIED)
def test_exhibits_that_are_not_there_are_flagged(
    text: str, words: list[tuple[str, ...]], severity: Severity | None
) -> None:
    draft = draft_of("The State asks for offers.", text)
    defects = list(find_dangling_exhibits(draft))
    assert shown(draft, defects) == words
    assert [defect.severity for defect in defects] == [severity] * len(words)


TITLES = ["EXHIBIT D", "Exhibit D – Confidentiality", "EXHIBIT “D”: CONFIDENTIALITY", "Exhibit D-1 Part one"]


@pytest.mark.parametrize("title", TITLES)
def test_an_exhibit_with_a_title_is_there(title: str) -> None:
    draft = draft_of("The Contractor signs the form attached as Exhibit D.", title, "The Contractor keeps secrets.")
    assert shown(draft, find_dangling_exhibits(draft)) == []


def test_a_list_of_attachments_is_not_the_attachments() -> None:
    lines = ("Prices are entered as described in Attachment B.", "Attachment A: Terms", "Attachment B: Prices")
    draft = draft_of(*lines)
    assert shown(draft, find_dangling_exhibits(draft)) == [("Attachment B",)]
    assert exhibits_of(draft.document) == frozenset()


def test_exhibits_of_other_documents_of_the_package_are_not_missed() -> None:
    held = exhibits_of(document_of(["Attachment B", "Enter one price a line."]))
    assert held == {"attachment b"}
    text = "Prices are entered as described in Attachment B."
    alone, packed = draft_of(text), draft_of(text, attached=sorted(held))
    assert shown(alone, find_dangling_exhibits(alone)) == [("Attachment B",)]
    assert shown(packed, find_dangling_exhibits(packed)) == []


DATED: list[tuple[tuple[Line, ...], list[tuple[str, str]]]] = [
    (
        ("Proposals are due on April 30, 2027.", "Bids must be delivered no later than 7 May 2027."),
        [("7 May 2027", "April 30, 2027")],
    ),
    (
        (("Proposals due", "April 30, 2027, 2:00 p.m."), "Proposals must be received by 4:00 p.m. on 4/30/2027."),
        [("4/30/2027", "April 30, 2027")],
    ),
    (
        ("The deadline for questions is 2027-03-23.", "Questions must be sent by March 30, 2027."),
        [("March 30, 2027", "2027-03-23")],
    ),
    (("Proposals are due on April 30, 2027.", "Offers are due on 4/30/27 at noon."), []),
    (("Proposals are due on 4/5/2027.", "Offers are due on 5 April 2027."), []),
    (
        ("Bids are due on 30/4/2027.", "Bids must be received by 4 May 2027, not 05/04/2027."),
        [("4 May 2027", "30/4/2027")],
    ),
    (("Bids are due April 30, 2027 at 2:00 p.m.", "Bids are due April 30, 2027 at 14:00."), []),
    (("Proposals are due on April 30, 2027.", "Questions are due on April 2, 2027."), []),
    (("Proposals are due on April 30, 2027.", "Letters of intent are due on April 2, 2027."), []),
    (("Proposals are due on April 30, 2027.", "The due date for bids is extended to May 7, 2027."), []),
    (("Proposals are due on April 30, 2027.", "Tentative: proposals are due on May 7, 2027."), []),
    (("Technical proposals are due on April 30, 2027.", "Price proposals are due on May 7, 2027."), []),
    (("Bids are due on May 1, 2027.", "Bids are due on May 2, 2027.", "Bids are due on May 3, 2027."), []),
    (("Proposals are due on February 31, 2027.", "Proposals are due on April 30, 2027."), []),
    (("Proposals are due.", "Proposals must be received in time."), []),
]


@pytest.mark.parametrize(("lines", "words"), DATED)
def test_two_dates_for_one_deadline_are_flagged(lines: tuple[Line, ...], words: list[tuple[str, str]]) -> None:
    draft = draft_of(*lines)
    assert shown(draft, find_conflicting_dates(draft)) == words


def test_a_conflict_names_both_dates() -> None:
    (defect,) = find_conflicting_dates(draft_of(*DATED[0][0]))
    assert defect.message == "Offers are due on 7 May 2027 here, and on 30 April 2027 elsewhere."
    assert [item.value for item in defect.evidence] == ["7 May 2027", "30 April 2027"]


AMOUNTS = [
    ("Proposals stay valid for 120 days.", "Prices are firm for ninety (90) days.", "90 days here, 120 days elsewhere"),
    ("The initial term is two years.", "The base period is 36 months.", "36 months here, 24 months elsewhere"),
    ("There are two one-year options.", "It has three (3) one-year renewals.", "3 one-year here, 2 one-year elsewhere"),
    ("The performance bond is 100%.", "The performance bond is fifty percent.", "50 % here, 100 % elsewhere"),
    ("A bid may not exceed 60 pages.", "Responses are limited to 50 pages.", "50 pages here, 60 pages elsewhere"),
    ("Send one paper copy.", "Bidders shall submit six hard copies.", "6 copies here, 1 copy elsewhere"),
    ("Submit six copies of the bid.", "Send 8 copies of your bid.", "8 copies here, 6 copies elsewhere"),
    ("The initial term is three years.", "The initial term is 36 months.", ""),
    ("The performance bond is 100%.", "The payment bond is 50%.", ""),
    ("The performance bond is 50%.", "If the price exceeds $1 million, the performance bond is 100%.", ""),
    ("Send 4 paper copies of the technical offer.", "Send 3 paper copies of the price offer.", ""),
    ("Proposals stay valid for 120 days.", "Invoices are paid within 30 days.", ""),
    ("", "", ""),
]


@pytest.mark.parametrize(("first", "second", "message"), AMOUNTS)
def test_two_amounts_for_one_thing_are_flagged(first: str, second: str, message: str) -> None:
    draft = draft_of(first, second)
    defects = list(find_conflicting_amounts(draft))
    assert [defect.message.partition(": ")[2] for defect in defects] == ([f"{message}."] if message else [])
    assert all(defect.passage.text == second for defect in defects)


DEFINED = tuple(f"“{term}” means what the law says." for term in ("Agency", "Vendor", "Work", "System"))
USED = (
    "The Vendor shall follow the Master Deliverable Schedule.",
    "Each delivery must meet the Master Deliverable Schedule.",
    "The Master Deliverable Schedule shall be kept for six years.",
)
TERM = [("Master Deliverable Schedule",)]
EXPLAINED: list[tuple[tuple[Line, ...], list[tuple[str, ...]]]] = [
    ((*DEFINED, *USED), TERM),
    ((*DEFINED, *USED[:2]), []),
    (USED, []),
    ((*DEFINED, *USED, "“Master Deliverable Schedule” means the table."), []),
    ((*DEFINED, *USED, "Master Deliverable Schedule - the table of dates."), []),
    ((*DEFINED, *USED, "The master deliverable schedule is a table."), []),
    ((*DEFINED, *USED, (BlockKind.HEADING, "Master Deliverable Schedule")), []),
    ((*DEFINED, *USED, "It is the Master Deliverable Schedule as defined in the plan."), []),
    ((*DEFINED, "“Schedule” means the table.", *USED), []),
    ((*DEFINED, *USED, "Capitalized terms that are not defined here have the meaning of the Master Agreement."), []),
]


@pytest.mark.parametrize(("lines", "words"), EXPLAINED)
def test_terms_without_definition_are_flagged(lines: tuple[Line, ...], words: list[tuple[str, ...]]) -> None:
    draft = draft_of(*lines)
    assert shown(draft, find_undefined_terms(draft)) == words


SHORT = ("This RFP was issued on March 1, 2027.", "Proposals are due on March 12, 2027.")


@pytest.mark.parametrize(("days", "words"), [(None, []), (11, []), (12, [("March 12, 2027", "March 1, 2027")])])
def test_days_to_respond_are_held_against_the_policy(days: int | None, words: list[tuple[str, str]]) -> None:
    draft = draft_of(*SHORT, days=days)
    assert shown(draft, find_short_response(draft)) == words


def test_the_days_are_told() -> None:
    (defect,) = find_short_response(draft_of(*SHORT, days=30))
    assert defect.message == "Issued on 1 March 2027 and due on 12 March 2027: 11 days, and the policy asks for 30."


@pytest.mark.parametrize("lines", [SHORT[:1], SHORT[1:], ("Issue date: 1 May 2027", "Bids are due on 1 April 2027.")])
def test_without_both_dates_in_order_nothing_is_said(lines: tuple[str, ...]) -> None:
    assert list(find_short_response(draft_of(*lines, days=30))) == []
