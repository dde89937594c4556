"""Numbers in words, and words against figures."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.drafting.figures import find_words_against_figures
from analyzer.drafting.numbers import read_figure, read_words
from analyzer.findings import EvidenceKind
from tests.drafting.drafts import draft_of, shown

WORDS = [
    ("zero", 0),
    ("thirty", 30),
    ("twenty-four", 24),
    ("twenty four", 24),
    ("thirty- six", 36),
    ("hundred", 100),
    ("two hundred and fifty", 250),
    ("twelve hundred", 1_200),
    ("One Hundred Twenty-Five Thousand Three Hundred One", 125_301),
    ("two million five hundred thousand", 2_500_000),
    ("five lakh", 500_000),
    ("two crore ten lakh", 21_000_000),
    ("fourty five", 45),
    ("nineteen ninety-nine", None),
    ("twenty twenty-seven", None),
    ("ten and two", None),
    ("thousand million", None),
    ("five five", None),
    ("", None),
]


@pytest.mark.parametrize(("words", "value"), WORDS)
def test_words_are_read_as_one_number_or_none(words: str, value: int | None) -> None:
    assert read_words(words) == (None if value is None else Decimal(value))


ONES = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
ONES += "seventeen eighteen nineteen".split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def in_words(number: int) -> str:
    """A number below a million as people write it."""
    if number >= 1000:
        rest = f" {in_words(number % 1000)}" if number % 1000 else ""
        return f"{in_words(number // 1000)} thousand{rest}"
    if number >= 100:
        rest = f" and {in_words(number % 100)}" if number % 100 else ""
        return f"{ONES[number // 100 - 1]} hundred{rest}"
    if number >= 20:
        return TENS[number // 10 - 2] + (f"-{ONES[number % 10 - 1]}" if number % 10 else "")
    return ONES[number - 1]


@given(st.integers(1, 999_999), st.integers(1, 999_999))
def test_any_two_numbers_differ_or_not(said: int, written: int) -> None:
    draft = draft_of(f"The Contractor is paid {in_words(said)} dollars (${written:,}) for each unit.")
    defects = list(find_words_against_figures(draft))
    assert [[item.value for item in defect.evidence] for defect in defects] == (
        [] if said == written else [[str(said), str(written)]]
    )


@pytest.mark.parametrize(
    ("text", "value"), [("30", "30"), ("1,500,000", "1500000"), ("5,00,000", "500000"), ("2.5", "2.5"), ("2-3", None)]
)
def test_figures_are_read(text: str, value: str | None) -> None:
    assert read_figure(text) == (None if value is None else Decimal(value))


FLAGGED = [
    ("Pay within thirty (60) days.", ("thirty", "60")),
    ("A fee of five hundred dollars ($5,000) is due.", ("five hundred", "5,000")),
    ("A fee of $5,000 (five hundred dollars) is due.", ("five hundred", "5,000")),
    ("Retain ten percent (5%) of each invoice.", ("ten", "5")),
    ("Retain ten percent (5) of each invoice.", ("ten", "5")),
    ("Retain five (15%) percent.", ("five", "15")),
    ("Give 30 (sixty) days' notice.", ("sixty", "30")),
    ("Within thirty calendar days (45 days) of notice.", ("thirty", "45")),
    ("Send sixty (60) copies within ninety (9) days.", ("ninety", "9")),
    ("The cap is one million dollars ($1.5 million).", ("one million", "1.5")),
    ("A deposit of five lakh rupees (Rs. 50,000) is due.", ("five lakh", "50,000")),
]
PASSED = [
    "Pay within thirty (30) days.",
    "One and one-half (1.5) times the rate.",
    "Measured to one-tenth of two percent (0.2%).",
    "A term of one year (12 months).",
    "Two weeks (14 days) of notice.",
    "Within 24 hours (one working day) of departure.",
    "A six month (180) day transition.",
    "Send it in one of two ways (1) by mail or (2) by courier.",
    "Year One (1998) and Year Two (1999).",
    "Twenty five lakh (25,00,000) rupees.",
    "Five hundred and 50/100 dollars ($500.50).",
    "From five (5) to ten (10) copies.",
    "See paragraph two (b).",
    "",
]


@pytest.mark.parametrize(("text", "words"), FLAGGED)
def test_words_that_differ_from_figures_are_flagged(text: str, words: tuple[str, str]) -> None:
    draft = draft_of(text)
    assert shown(draft, find_words_against_figures(draft)) == [words]


@pytest.mark.parametrize("text", PASSED)
def test_words_that_agree_or_count_something_else_pass(text: str) -> None:
    draft = draft_of(text)
    assert shown(draft, find_words_against_figures(draft)) == []


def test_both_numbers_are_told() -> None:
    (defect,) = find_words_against_figures(draft_of("The limit is two hundred thousand dollars ($20,000)."))
    assert [(item.kind, item.value) for item in defect.evidence] == [
        (EvidenceKind.AMOUNT, "200000"),
        (EvidenceKind.AMOUNT, "20000"),
    ]
    assert defect.message == "Here the words say 200,000 and the figures say 20,000."
