import pytest

from analyzer.document import BlockKind, Layer, Segment, Unit
from analyzer.segmentation import segment
from tests.segmentation.documents import document, layered, texts, units


def outline(*lines: str | list[str]) -> list[tuple[int, str, str]]:
    """Level, number and heading of each clause below the document."""
    return [(s.level, s.number, s.heading) for s in segment(document(*lines))[1:]]


def clause(segments: tuple[Segment, ...], number: str) -> Segment:
    return next(s for s in segments if s.number == number)


OUTLINES = {
    "decimals": (
        ("1. SCOPE", "1.1 Work", "1.1.1 Digging", "1.2 Goods", "2. PAY", "2.1 Rates"),
        [
            (1, "1", "SCOPE"),
            (2, "1.1", "Work"),
            (3, "1.1.1", "Digging"),
            (2, "1.2", "Goods"),
            (1, "2", "PAY"),
            (2, "2.1", "Rates"),
        ],
    ),
    "section words above decimals": (
        (
            "# Section 4 Terms",
            "## Sec. 4.02 Insurance",
            "(a) The firm insures its people.",
            "(b) It pays.",
            "# Section 5 Pay",
        ),
        [
            (1, "Section 4", "Terms"),
            (2, "Sec. 4.02", "Insurance"),
            (3, "(a)", ""),
            (3, "(b)", ""),
            (1, "Section 5", "Pay"),
        ],
    ),
    "articles with their title on the next line": (
        ("ARTICLE 1.", "SCOPE OF WORK", "The firm digs.", "ARTICLE 2.", "PAYMENT", "The county pays."),
        [(1, "ARTICLE 1", "SCOPE OF WORK"), (1, "ARTICLE 2", "PAYMENT")],
    ),
    "roman under letters": (
        ("1. The firm:", "(a) digs;", "(i) by hand; or", "(ii) by machine;", "(b) plants.", "2. The county pays."),
        [(1, "1", ""), (2, "(a)", ""), (3, "(i)", ""), (3, "(ii)", ""), (2, "(b)", ""), (1, "2", "")],
    ),
    "i as the letter after h": (
        ("1. The firm:", *(f"({letter}) does part {letter};" for letter in "abcdefghij")),
        [(1, "1", ""), *((2, f"({letter})", "") for letter in "abcdefghij")],
    ),
    "i as the first roman below h": (
        ("1. The firm:", *(f"({x}) does it;" for x in [*"abcdefgh", "i", "ii", "iii"])),
        [(1, "1", ""), *((2, f"({x})", "") for x in "abcdefgh"), *((3, f"({x})", "") for x in ("i", "ii", "iii"))],
    ),
    "a numbered list inside a clause": (
        (
            "4.1 Papers",
            "1. A plan of the work is sent in.",
            "2. A list of people is sent in.",
            "4.2 Dates",
            "1. Spring is the first date.",
        ),
        [(1, "4.1", "Papers"), (2, "1", ""), (2, "2", ""), (1, "4.2", "Dates"), (2, "1", "")],
    ),
    "a list that goes on under a numbered heading": (
        ("# 1. Scope", "2. The second thing is done.", "3. The third thing is done.", "# 2. Pay", "1. It is paid."),
        [(1, "1", "Scope"), (2, "2", ""), (2, "3", ""), (1, "2", "Pay"), (2, "1", "")],
    ),
    "attachments": (
        ("1. SCOPE", "Attachment B", "PRICE FORM", "1. Fill in the form.", "Exhibit C – Rates"),
        [(1, "1", "SCOPE"), (1, "Attachment B", "PRICE FORM"), (2, "1", ""), (1, "Exhibit C", "Rates")],
    ),
    "lines of capitals": (
        ("GENERAL RULES", "All firms follow them.", "SPECIAL RULES", "Some firms follow them."),
        [(1, "", "GENERAL RULES"), (1, "", "SPECIAL RULES")],
    ),
    "a running header that was not recognised": (
        ("TOWN OF ELM", "The town buys.", "TOWN OF ELM", "The firm sells."),
        [(1, "", "TOWN OF ELM")],
    ),
    "run-in headings": (
        (
            "4.2 Insurance. The firm insures itself.",
            "PERFORMANCE BOND: The firm posts no bond.",
            "**Notices.** Letters are sent by post.",
        ),
        [(1, "4.2", "Insurance"), (1, "", "PERFORMANCE BOND")],
    ),
    "a heading among the numbers of its chapter": (
        ("2. PAY", "2.1 Rates", "LATE BILLS", "They are paid late.", "2.2 Taxes"),
        [(1, "2", "PAY"), (2, "2.1", "Rates"), (3, "", "LATE BILLS"), (2, "2.2", "Taxes")],
    ),
    "initials and citations are no numbers": (
        ("J. Smith signs for the town.", "42.52. Firms read that law.", "C. Jones signs for the firm."),
        [],
    ),
    "requirement rows": (
        (["ID|", "Need"], ["REQ-12", "Logs are kept."], ["R1.2.3", "Logs are read."], ["3", "Logs are lost."]),
        [(1, "REQ-12", ""), (1, "R1.2.3", "")],
    ),
    "headings by level": (
        ("# Terms", "## Insurance", "The firm insures itself.", "## Bonds", "# Forms"),
        [(1, "", "Terms"), (2, "", "Insurance"), (2, "", "Bonds"), (1, "", "Forms")],
    ),
}


@pytest.mark.parametrize("name", OUTLINES)
def test_outline(name: str) -> None:
    lines, expected = OUTLINES[name]
    assert outline(*lines) == expected


def test_the_heading_of_the_contents_encloses_nothing() -> None:
    blocks = [("Contents", BlockKind.HEADING), ("1. Work ..... 2", BlockKind.CONTENTS), ("1. Work", BlockKind.HEADING)]
    segments = segment(layered(*((text, kind, Layer.BODY) for text, kind in blocks)))
    assert [s.path for s in segments[1:]] == [("Contents",), ("1 Work",)]


def test_path_names_what_encloses() -> None:
    segments = segment(document("# Section 4 Terms", "## 4.2 Insurance", "(a) The firm insures its people."))
    assert clause(segments, "(a)").path == ("Section 4 Terms", "4.2 Insurance", "(a)")
    assert segments[0].path == ()


def test_a_clause_spans_the_clauses_below_it() -> None:
    doc = document("1. SCOPE", "1.1 The firm digs.", "1.2 The firm plants.", "2. PAY")
    segments = segment(doc)
    assert doc[clause(segments, "1").span] == "1. SCOPE\n1.1 The firm digs.\n1.2 The firm plants."
    assert doc[segments[0].span] == doc.text


def test_items_carry_their_lead_in() -> None:
    doc = document(
        "Some words come first. The firm shall:",
        "- dig;",
        "- bring tools, among them:",
        "-- spades",
        "-- rakes",
        "- plant. It waters too.",
        "The town pays.",
        "- a list without a lead",
    )
    assert units(doc, segment(doc)) == [
        (Unit.PROSE, "Some words come first.", ""),
        (Unit.PROSE, "The firm shall:", ""),
        (Unit.ITEM, "dig;", "The firm shall:"),
        (Unit.ITEM, "bring tools, among them:", "The firm shall:"),
        (Unit.ITEM, "spades", "bring tools, among them:"),
        (Unit.ITEM, "rakes", "bring tools, among them:"),
        (Unit.ITEM, "plant.", "The firm shall:"),
        (Unit.PROSE, "It waters too.", ""),
        (Unit.PROSE, "The town pays.", ""),
        (Unit.ITEM, "a list without a lead", ""),
    ]


def test_numbered_items_carry_their_lead_in() -> None:
    doc = document(
        "3.1 The firm must provide the following.",
        "(a) a plan",
        "(i) of the site",
        "(ii) of the road",
        "(b) a map",
        "3.2 It digs.",
    )
    assert units(doc, segment(doc)) == [
        (Unit.PROSE, "3.1 The firm must provide the following.", ""),
        (Unit.ITEM, "(a) a plan", "3.1 The firm must provide the following."),
        (Unit.ITEM, "(i) of the site", "(a) a plan"),
        (Unit.ITEM, "(ii) of the road", "(a) a plan"),
        (Unit.ITEM, "(b) a map", "3.1 The firm must provide the following."),
        (Unit.PROSE, "3.2 It digs.", ""),
    ]


def test_a_heading_with_a_colon_leads_in() -> None:
    doc = document("## The firm must bring:", "- spades", "- rakes")
    assert [u[2] for u in units(doc, segment(doc))] == ["", "The firm must bring:", "The firm must bring:"]


def test_bullets_inside_a_paragraph() -> None:
    doc = document("Tools to bring: • spades • rakes")
    assert units(doc, segment(doc)) == [
        (Unit.PROSE, "Tools to bring:", ""),
        (Unit.ITEM, "• spades", "Tools to bring:"),
        (Unit.ITEM, "• rakes", "Tools to bring:"),
    ]


def test_a_row_of_short_cells_is_one_sentence() -> None:
    doc = document(["No.|", "Tool"], ["1", "Spade"], ["2", "Rake of steel."], "After the table.")
    assert units(doc, segment(doc)) == [
        (Unit.HEADING, "No.\tTool", ""),
        (Unit.ROW, "1\tSpade", "No.\tTool"),
        (Unit.ROW, "2\tRake of steel.", "No.\tTool"),
        (Unit.PROSE, "After the table.", ""),
    ]


def test_a_row_with_a_long_cell_is_read_by_cell() -> None:
    doc = document(["Id|", "Need"], ["FR-1", "Logs are kept. Logs are read."])
    assert units(doc, segment(doc)) == [
        (Unit.HEADING, "Id\tNeed", ""),
        (Unit.CELL, "FR-1", "Id\tNeed"),
        (Unit.CELL, "Logs are kept.", "Id\tNeed"),
        (Unit.CELL, "Logs are read.", "Id\tNeed"),
    ]


def test_a_row_with_a_cell_of_many_words_is_read_by_cell() -> None:
    doc = document(["Need", "word " * 60])
    assert [unit for unit, _, _ in units(doc, segment(doc))] == [Unit.CELL, Unit.CELL]


@pytest.mark.parametrize(
    "line", ["1.2 Insurance ........ 14", "Insurance . . . . . . . 14", "Annex A……… iv", "[Sec. 7 Rules](#sec-7-rules)"]
)
def test_lines_of_contents(line: str) -> None:
    segments = segment(document(line, "The firm digs."))
    assert len(segments) == 1
    assert [s.unit for s in segments[0].sentences] == [Unit.CONTENTS, Unit.PROSE]


def test_layers_have_units_of_their_own() -> None:
    doc = layered(
        ("The firm digs.", BlockKind.PARAGRAPH, Layer.BODY),
        ("Page 1 of 9", BlockKind.PARAGRAPH, Layer.FURNITURE),
        ("1 Or has it dug. By others.", BlockKind.PARAGRAPH, Layer.NOTE),
        ("Who says so?", BlockKind.PARAGRAPH, Layer.COMMENT),
        ("TOP SECRET", BlockKind.PARAGRAPH, Layer.HIDDEN),
        ("1.1 Digging", BlockKind.CONTENTS, Layer.BODY),
    )
    assert [(unit, text) for unit, text, _ in units(doc, segment(doc))] == [
        (Unit.PROSE, "The firm digs."),
        (Unit.FURNITURE, "Page 1 of 9"),
        (Unit.PROSE, "1 Or has it dug."),
        (Unit.PROSE, "By others."),
        (Unit.COMMENT, "Who says so?"),
        (Unit.HIDDEN, "TOP SECRET"),
        (Unit.CONTENTS, "1.1 Digging"),
    ]


def test_a_run_in_heading_stays_with_its_sentence() -> None:
    doc = document("4.2 Insurance. The firm insures itself. It pays.")
    assert texts(doc, segment(doc)) == ["4.2 Insurance. The firm insures itself.", "It pays."]


def test_an_empty_document_is_one_empty_segment() -> None:
    assert [(s.span, s.sentences) for s in segment(document())] == [((0, 0), ())]


def test_an_unmarked_first_row_that_names_columns_leads_in() -> None:
    doc = document(["Event", "Date"], ["Offers due", "May 5, 2027"])
    assert units(doc, segment(doc)) == [
        (Unit.ROW, "Event\tDate", ""),
        (Unit.ROW, "Offers due\tMay 5, 2027", "Event\tDate"),
    ]


def test_a_first_row_with_blanks_leads_nothing_in() -> None:
    doc = document(["Name", "______"], ["Date", "______"])
    assert [lead for _, _, lead in units(doc, segment(doc))] == ["", ""]
