"""Quantities: what is read as a number of what, in figures and words, and where it stands."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.quantities import Quantity, QuantityKind, read_quantities

# A text, and each quantity in one form with the words that it was read from.
READ = [
    ("a sum of $1,500,000 at most", [("money", "1500000 USD", "$1,500,000")]),
    ("US$ 2.5 million", [("money", "2500000 USD", "US$ 2.5 million")]),
    ("$750K or $2M", [("money", "750000 USD", "$750K"), ("money", "2000000 USD", "$2M")]),
    ("Rs. 5,00,000 or ₹ 2 crore", [("money", "500000 INR", "Rs. 5,00,000"), ("money", "20000000 INR", "₹ 2 crore")]),
    ("INR 10 lakhs", [("money", "1000000 INR", "INR 10 lakhs")]),
    ("C$40,000 and £3", [("money", "40000 CAD", "C$40,000"), ("money", "3 GBP", "£3")]),
    ("€4.50", [("money", "4.5 EUR", "€4.50")]),
    ("500 dollars", [("money", "500 USD", "500 dollars")]),
    ("10% of the price", [("percent", "10 %", "10%")]),
    ("ten percent", [("percent", "10 %", "ten percent")]),
    ("twenty-five per cent", [("percent", "25 %", "twenty-five per cent")]),
    ("one hundred percent (100%)", [("percent", "100 %", "one hundred percent"), ("percent", "100 %", "100%")]),
    ("ten (12) percent", [("percent", "12 %", "ten (12) percent")]),
    ("2.5 percentum", [("percent", "2.5 %", "2.5 percentum")]),
    ("twice the contract price", [("multiple", "2 x", "twice")]),
    ("1.5 times the fees", [("multiple", "1.5 x", "1.5 times")]),
    ("three times its annual fees", [("multiple", "3 x", "three times")]),
    ("2x the contract value", [("multiple", "2 x", "2x")]),
    ("three times a week", []),
    ("at least five (5) years", [("years", "5 years", "five (5) years")]),
    ("10+ years", [("years", "10 years", "10+ years")]),
    ("a five-year record", [("years", "5 years", "five-year")]),
    ("two full years", [("years", "2 years", "two full years")]),
    ("thirty (30) calendar days", [("days", "30 days", "thirty (30) calendar days")]),
    ("10 days", [("days", "10 days", "10 days")]),
    ("one set, six (6) copies", [("copies", "1 copies", "one set"), ("copies", "6 copies", "six (6) copies")]),
    ("three signed originals", [("copies", "3 copies", "three signed originals")]),
    ("two complete bound sets", [("copies", "2 copies", "two complete bound sets")]),
    ("no number at all", []),
    ("Section 4.2 of Part II", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_what_is_read(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(q.kind.value, str(q), text[q.start : q.end]) for q in read_quantities(text)] == expected


def test_a_quantity_is_a_value() -> None:
    assert read_quantities("Pay 5% or $9.") == (
        Quantity(QuantityKind.PERCENT, Decimal(5), "%", 4, 6),
        Quantity(QuantityKind.MONEY, Decimal(9), "USD", 10, 12),
    )


NUMBERS = ["10", "1,000", "five", "twenty-five", "one hundred", "ten (10)", "(3)", "$", "%", "0"]
UNITS = ["percent", "years", "days", "copies", "times the fees", "million", "dollars", ",", ".", "-year", "and"]


@given(st.lists(st.sampled_from(NUMBERS + UNITS), max_size=12).map(" ".join) | st.text(max_size=60))
def test_quantities_stand_in_the_text_in_order(text: str) -> None:
    quantities = read_quantities(text)
    assert list(quantities) == sorted(quantities, key=lambda q: (q.start, q.end, q.kind))
    assert all(0 <= q.start < q.end <= len(text) and q.value >= 0 for q in quantities)


@given(st.integers(0, 10**12))
def test_grouping_does_not_change_a_sum(amount: int) -> None:
    plain, grouped = (read_quantities(f"a fee of ${form} is due") for form in (f"{amount}", f"{amount:,}"))
    assert [str(q) for q in plain] == [str(q) for q in grouped] == [f"{amount} USD"]
