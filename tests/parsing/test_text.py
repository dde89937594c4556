"""Plain text: its encodings, and the blocks that its line breaks hint at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.document import BlockKind, Document, NoteKind, Source
from analyzer.parsing.encoding import decode
from analyzer.parsing.text import read_text

P, H, L, C, T = (
    BlockKind.PARAGRAPH,
    BlockKind.HEADING,
    BlockKind.LIST_ITEM,
    BlockKind.CELL,
    BlockKind.CONTENTS,
)


def read(text: str) -> Document:
    return read_text(Source("terms.txt", text.encode("utf-8", "surrogatepass")))


def blocks(text: str) -> list[tuple[BlockKind, str]]:
    document = read(text)
    return [(block.kind, document[block.span]) for block in document.blocks]


WRAPPED = """\
The supplier keeps the machines running through the whole of the term
and answers each call within four hours, at any time of day. It sends
a mechanic who knows the model, and it brings the parts that are used
up most often.
"""

CASES = [
    (
        "hard-wrapped lines make one paragraph",
        WRAPPED + "\nThe next one is short.",
        [(P, " ".join(WRAPPED.split())), (P, "The next one is short.")],
    ),
    (
        "a sentence a line stays that",
        "The bond is due at award.\nInsurance is due within ten days after the agency asks for it in writing.\n"
        "Prices hold for ninety days.\nLate bids are returned unopened to the sender.\n",
        [
            (P, "The bond is due at award."),
            (P, "Insurance is due within ten days after the agency asks for it in writing."),
            (P, "Prices hold for ninety days."),
            (P, "Late bids are returned unopened to the sender."),
        ],
    ),
    (
        "a list without bullets stays a list",
        "copies of all licences\nproof of insurance\na list of three customers\n",
        [(P, "copies of all licences"), (P, "proof of insurance"), (P, "a list of three customers")],
    ),
    (
        "headings",
        "SECTION 4 - BONDS\n4.2 Insurance\nThe carrier shall be rated.\nGENERAL TERMS\n"
        "Article IV. Payment\nTerm\n====\n",
        [
            (H, "SECTION 4 - BONDS"),
            (H, "4.2 Insurance"),
            (P, "The carrier shall be rated."),
            (H, "GENERAL TERMS"),
            (H, "Article IV. Payment"),
            (H, "Term"),
        ],
    ),
    (
        "list items with hanging lines",
        "The bidder sends:\n(a) a bond, and\n    proof that it is valid;\n(b) a plan.\n- one\n* two\n1) three\n",
        [
            (P, "The bidder sends:"),
            (L, "(a) a bond, and proof that it is valid;"),
            (L, "(b) a plan."),
            (L, "- one"),
            (L, "* two"),
            (L, "1) three"),
        ],
    ),
    (
        "a number that belongs to the sentence",
        "The cover follows the limits that are set out in Section\n4.1 of this contract and in the schedule.\n",
        [(P, "The cover follows the limits that are set out in Section 4.1 of this contract and in the schedule.")],
    ),
    (
        "a paragraph in capitals is no heading",
        "NEITHER SIDE OWES THE OTHER MORE THAN THE PRICE OF THE CONTRACT FOR\n"
        "ANY CLAIM THAT ARISES FROM IT, WHATEVER THE GROUND OF THE CLAIM IS,\nUNLESS IT ACTED WITH INTENT.\n",
        [
            (
                P,
                "NEITHER SIDE OWES THE OTHER MORE THAN THE PRICE OF THE CONTRACT FOR "
                "ANY CLAIM THAT ARISES FROM IT, WHATEVER THE GROUND OF THE CLAIM IS, UNLESS IT ACTED WITH INTENT.",
            )
        ],
    ),
    (
        "drawn tables",
        "+------+-------+\n| Item | Price |\n+------+-------+\n| Desk | 20    |\n+------+-------+\n",
        [(C, "Item"), (C, "Price"), (C, "Desk"), (C, "20")],
    ),
    ("rows of tabs", "Item\tPrice\nDesk\t20\n", [(C, "Item"), (C, "Price"), (C, "Desk"), (C, "20")]),
    ("numbers set off by tabs are no table", "1.\tScope\n2.\tBonds\n", [(H, "1. Scope"), (H, "2. Bonds")]),
    ("contents", "4.2 Insurance ........ 12\n", [(T, "4.2 Insurance ........ 12")]),
    (
        "words broken at a line's end",
        "The additional insured is the agency, which is named as an addi-\n"
        "tional insured in a policy that is primary and state-\nowned assets are in it.\n",
        [
            (
                P,
                "The additional insured is the agency, which is named as an additional insured in a policy "
                "that is primary and state-owned assets are in it.",
            )
        ],
    ),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_blocks(text: str, expected: list[tuple[BlockKind, str]]) -> None:
    assert blocks(text) == expected
    assert blocks(text.replace("\n", "\r\n")) == expected


@pytest.mark.parametrize(
    ("text", "level"), [("4.2 Insurance", 2), ("4.2.1 Limits", 3), ("SECTION 4 BONDS", 1), ("BONDS", 0)]
)
def test_a_heading_has_the_level_of_its_number(text: str, level: int) -> None:
    assert read(f"{text}\n\nWords follow here.").blocks[0].level == level


def test_form_feeds_part_pages() -> None:
    document = read("One page.\fThe second page\n\fThird.\n\f")
    assert [page.number for page in document.pages] == [1, 2, 3]
    assert [document.page_of(document.text.index(word)) for word in ("One", "second", "Third")] == [1, 2, 3]


TEXT = "The § 5 bond “costs” 3 € – no more."


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8"),
        (TEXT.encode("utf-16"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-32"), "utf-32-le"),
        (TEXT.encode("cp1252"), "cp1252"),
    ],
)
def test_encodings(data: bytes, encoding: str) -> None:
    decoded = decode(data)
    assert decoded[:2] == (TEXT, encoding)
    assert [note.kind for note in decoded.notes] == ([NoteKind.ENCODING] if encoding == "cp1252" else [])


def test_other_code_pages_are_guessed() -> None:
    text = "Поставщик обязан предоставить гарантию до начала работ по договору. " * 5
    assert decode(text.encode("cp1251")).text == text


def test_a_few_spoilt_characters_are_said_but_do_not_stop() -> None:
    decoded = decode("The “bond” is – as ever – due. ".encode() * 20 + b"\xff")
    assert [(note.kind, note.is_unread) for note in decoded.notes] == [(NoteKind.UNREADABLE_TEXT, False)]


def test_lone_surrogates_do_not_get_in() -> None:
    document = read("A \ud800 surrogate and a \0 zero.")
    assert document.text.encode()
    assert "zero." in document.text
    assert decode("x\ud800y".encode("utf-16-le", "surrogatepass") * 9).text.encode()


@given(st.text(alphabet=st.sampled_from("ab A.,-|\t\n\r\f1()•é\u00a0\ufb01:;"), max_size=300))
def test_blocks_tile_the_text_and_lead_back_to_it(text: str) -> None:
    document = read(text)
    end = -1
    for block in document.blocks:
        assert block.span.start == end + 1
        end = block.span.end
    assert end == len(document.text) or not document.text
    for origin in document.origins:
        for shown, found in zip(document.text[origin.start : origin.end], text[origin.index :], strict=False):
            assert shown == found or not (shown.isalnum() and found.isalnum()) or found == "\ufb01"


@given(st.text(alphabet=st.sampled_from("ab A.,-|\t\n1()é"), max_size=200))
def test_no_visible_character_is_lost(text: str) -> None:
    document = read(text)
    assert [c for c in document.text if c.isalnum()] == [c for c in text if c.isalnum()]
