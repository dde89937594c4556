import pytest

from analyzer.document import Block, BlockKind, Span
from analyzer.segmentation.numbering import is_requirement_id, read_number, roman

NUMBERS = [
    ("1. Scope of services", "1", "decimal", (1,)),
    ("1.1 Purpose", "1.1", "decimal", (1, 1)),
    ("1.1.1 Detail of the purpose", "1.1.1", "decimal", (1, 1, 1)),
    ("1.01 Purpose", "1.01", "decimal", (1, 1)),
    ("3.2(b) Records are kept.", "3.2(b)", "decimal", (3, 2, 2)),
    ("(a) the supplier keeps records", "(a)", "a()", (1,)),
    ("(iv) a fourth thing", "(iv)", "i()", (4,)),
    ("(aa) after z", "(aa)", "a()", (27,)),
    ("(12) a twelfth thing", "(12)", "1()", (12,)),
    ("a) the first", "a)", "a)", (1,)),
    ("3) the third", "3)", "1)", (3,)),
    ("A. Background", "A", "A.", (1,)),
    ("xii. the twelfth", "xii", "i.", (12,)),
    ("Article IV", "Article IV", "article", (4,)),
    ("ARTICLE 7. PAYMENT", "ARTICLE 7", "article", (7,)),
    ("Section 5 Insurance", "Section 5", "section", (5,)),
    ("Sec. 4.02 Insurance", "Sec. 4.02", "section", (4, 2)),
    ("§ 12 Notices", "§ 12", "section", (12,)),
    ("Attachment B", "Attachment B", "attachment", (2,)),
    ("Appendix 2: Price form", "Appendix 2", "attachment", (2,)),
    ("EXHIBIT C – RATES", "EXHIBIT C", "attachment", (3,)),
    ("Schedule F", "Schedule F", "attachment", (6,)),
    ("Part III Vendor duties", "Part III", "part", (3,)),
    ("L.3.2 Volume two", "L.3.2", "lettered", (12, 3, 2)),
    ("REQ-12 The portal keeps a log.", "REQ-12", "requirement", ()),
    ("R1.2.3 The portal keeps a log.", "R1.2.3", "requirement", ()),
    ("FR_004: The portal keeps a log.", "FR_004", "requirement", ()),
    ("Q12. Who keeps the log?", "Q12", "requirement", ()),
]
PROSE = [
    "2.5 million people live here.",
    "2024 was a dry year.",
    "30 days after the notice the order lapses.",
    "Section 5 of the act says so.",
    "Attachment B must be signed and sent back.",
    "Part of the work is done here.",
    "$5.00 is the fee.",
    "(see the map) People walk here.",
    "10:30 is when the doors open.",
    "1,000 copies were made.",
    "50% of the price is due.",
    "A contractor may ask.",
    "I shall be there.",
    "COVID-19 changed the plans.",
    "• a bullet has no number",
    "e.g. a spade",
    "section 12 applies",
    "(s)he signs the form",
]


def block(text: str, kind: BlockKind = BlockKind.PARAGRAPH, label: str = "") -> Block:
    return Block(Span(0, len(text)), kind, label=label)


@pytest.mark.parametrize(("text", "written", "style", "values"), NUMBERS)
def test_reads_numbers(text: str, written: str, style: str, values: tuple[int, ...]) -> None:
    number = read_number(text, block(text))
    assert number is not None
    assert (number.text, number.style, number.values) == (written, style, values)
    assert text[number.end :] == text[len(written) :].lstrip(" .:")


@pytest.mark.parametrize("text", PROSE)
def test_leaves_prose_alone(text: str) -> None:
    assert read_number(text, block(text)) is None


@pytest.mark.parametrize(
    ("label", "style", "values"),
    [
        ("2", "decimal", (2,)),
        ("1.2(a)", "decimal", (1, 2, 1)),
        ("Article II.", "article", (2,)),
        ("b.", "a.", (2,)),
        ("2.a.i", "other", ()),
    ],
)
def test_believes_the_number_that_the_file_computed(label: str, style: str, values: tuple[int, ...]) -> None:
    text = f"{label} keeps the records"
    number = read_number(text, block(text, label=label))
    assert number is not None
    assert (number.style, number.values, text[number.end :]) == (style, values, "keeps the records")


def test_a_bullet_label_is_no_number() -> None:
    assert read_number("• records", block("• records", BlockKind.LIST_ITEM, "•")) is None


@pytest.mark.parametrize(("text", "value"), [("iv", 4), ("IX", 9), ("xlii", 42), ("iiii", 0), ("a", 0), ("", 0)])
def test_roman(text: str, value: int) -> None:
    assert roman(text) == value


@pytest.mark.parametrize("text", ["REQ-12", "R1.2.3", "FR_004", "IT-23", "Q12", "L.3.2", "4.2.1", "SEC-AC-07", "NFR 3"])
def test_ids_of_requirements(text: str) -> None:
    assert is_requirement_id(text)


@pytest.mark.parametrize("text", ["12", "Yes", "Total", "2.5 million", "M", "REQ", "Item no. 4", ""])
def test_no_ids_of_requirements(text: str) -> None:
    assert not is_requirement_id(text)
