"""PDF pages to blocks: paragraphs, pages, columns, furniture, hyphens."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase.pdfmetrics import stringWidth

from analyzer.document import BlockKind, Layer, NoteKind, Source
from analyzer.errors import DamagedDocument, DocumentError, DocumentTooLarge, EmptyDocument, EncryptedDocument
from analyzer.parsing import pdf as pdf_module
from analyzer.parsing.pdf import read_pdf
from tests.parsing.pdf_files import SHARE, both, lines, pdf, texts


def test_lines_of_a_paragraph_are_one_block() -> None:
    document = read_pdf(pdf(lines(SHARE)))
    assert texts(document) == [" ".join(SHARE)]
    assert (document.media_type, len(document.pages), document.notes) == ("application/pdf", 1, ())


def test_space_between_paragraphs_parts_them() -> None:
    document = read_pdf(pdf(both(lines(SHARE), lines(SHARE, y=650))))
    assert texts(document) == [" ".join(SHARE)] * 2


def test_a_first_line_indent_parts_paragraphs() -> None:
    first = "The city may look at the place of work before it awards anything, and may ask each vendor to"
    rest = "show it around; a vendor that is not ready on the day that was agreed on loses its turn in the end."
    full = "An inspection that nobody could make because of the vendor is one that the vendor has not passed"
    document = read_pdf(pdf(both(lines([first], x=90), lines([rest], y=688), lines([full], x=90, y=676))))
    assert texts(document) == [f"{first} {rest}", full]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (["4.1 Records", *SHARE], [(BlockKind.HEADING, "4.1 Records"), (BlockKind.PARAGRAPH, " ".join(SHARE))]),
        (["SCOPE OF WORK", *SHARE], [(BlockKind.HEADING, "SCOPE OF WORK"), (BlockKind.PARAGRAPH, " ".join(SHARE))]),
        (
            ["(a) a plan;", "(b) a budget; and", "(c) a list."],
            [
                (BlockKind.LIST_ITEM, "(a) a plan;"),
                (BlockKind.LIST_ITEM, "(b) a budget; and"),
                (BlockKind.LIST_ITEM, "(c) a list."),
            ],
        ),
        (
            ["1. Introduction ............ 4", "2. Submission ............. 11"],
            [
                (BlockKind.CONTENTS, "1. Introduction ............ 4"),
                (BlockKind.CONTENTS, "2. Submission ............. 11"),
            ],
        ),
    ],
)
def test_kinds_of_blocks(written: list[str], expected: list[tuple[BlockKind, str]]) -> None:
    document = read_pdf(pdf(lines(written)))
    assert [(block.kind, document[block.span]) for block in document.blocks] == expected


def test_a_number_inside_a_sentence_opens_no_item() -> None:
    written = [
        "The vendor gives back what it was lent in the state in which it came, as it is set out in Section",
        "4.2 of this agreement, and at its own cost.",
    ]
    assert texts(read_pdf(pdf(lines(written)))) == [" ".join(written)]


@pytest.mark.parametrize(
    ("above", "below", "expected"),
    [
        ("whoever signs gives a guaran-", "tee that lasts.", "guarantee that"),
        ("whoever signs does so on a non-", "binding offer alone.", "non-binding offer"),
        ("the term that runs over 2031-", "2032 is the last.", "2031-2032 is"),
        ("whoever does the pre-", "and post-award work is paid.", "pre- and post-award"),
        ("whoever makes IT-", "Related purchases signs.", "IT-Related purchases"),
        ("all hardware and/", "or software is new.", "and/or software"),
    ],
)
def test_hyphens_at_line_ends(above: str, below: str, expected: str) -> None:
    lead = "In each of the cases that this chapter names in its first three paragraphs "
    assert expected in read_pdf(pdf(lines([lead + above, below]))).text


def test_a_compound_keeps_its_hyphen_where_the_document_writes_it_so() -> None:
    lead = "A long-term lease is one of ten years. Whoever offers the city some other kind of long-"
    assert "of long-term lease" in read_pdf(pdf(lines([lead, "term lease says so."]))).text


def page(number: int, body: tuple[str, ...]) -> object:
    return both(
        lines(["City of Marlow Bridge - Request 77"], y=760),
        lines(body),
        lines([f"Page {number} of 3"], x=280, y=30),
    )


def test_running_lines_are_furniture_after_the_block_that_crosses_the_page_end() -> None:
    open_end = ("The vendor hands over the source code, the data and the keys to both no later than ten days after",)
    rest = ("the day on which this contract ends for any reason.",)
    document = read_pdf(pdf(page(1, SHARE), page(2, open_end), page(3, rest)))
    assert texts(document) == [" ".join(SHARE), f"{open_end[0]} {rest[0]}"]
    assert texts(document, Layer.FURNITURE) == [
        "City of Marlow Bridge - Request 77", "Page 1 of 3",
        "City of Marlow Bridge - Request 77", "Page 2 of 3",
        "City of Marlow Bridge - Request 77", "Page 3 of 3",
    ]  # fmt: skip
    crossing = next(block for block in document.blocks if document[block.span].startswith("The vendor hands"))
    after = document.blocks[document.blocks.index(crossing) + 1]
    assert document[after.span] == "Page 2 of 3"
    assert [page.number for page in document.pages] == [1, 2, 3]
    assert document.page_of(document.text.index("reason")) == 3


def test_a_foot_note_is_a_note() -> None:
    note = lines(["1 As the council set it in its last session of the year."], y=60, size=7)
    document = read_pdf(pdf(both(lines(SHARE * 3), note)))
    assert texts(document, Layer.NOTE) == ["1 As the council set it in its last session of the year."]


LEFT = [f"left {number} says that goods stay with the city" for number in range(12)]
RIGHT = [f"right {number} says that money goes to a vendor" for number in range(12)]


def test_columns_are_read_one_after_the_other_even_if_they_were_written_row_by_row() -> None:
    def draw(canvas: object) -> None:
        canvas.setFont("Helvetica", 10)  # type: ignore[attr-defined]
        for number, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
            canvas.drawString(72, 700 - 12 * number, left)  # type: ignore[attr-defined]
            canvas.drawString(320, 700 - 12 * number, right)  # type: ignore[attr-defined]

    text = read_pdf(pdf(draw)).text
    assert [text.index(line) for line in LEFT + RIGHT] == sorted(text.index(line) for line in LEFT + RIGHT)


def test_glued_words_are_parted_by_their_glyphs() -> None:
    words = (
        "the performance bond shall be issued by a surety that is admitted in this state and no bond of another"
        " kind will be taken by the agency unless the governor of the state has said so in a letter"
    ).split()

    def draw(canvas: object) -> None:
        x, y = 72.0, 700.0
        canvas.setFont("Times-Roman", 11)  # type: ignore[attr-defined]
        for number, word in enumerate(words):
            if number % 10 == 0:
                x, y = 72.0, y - 14
            canvas.drawString(x, y, word)  # type: ignore[attr-defined]
            x += stringWidth(word, "Times-Roman", 11) + 1.1

    document = read_pdf(pdf(draw))
    assert document.text.split() == words


def test_sideways_text_is_read_line_by_line() -> None:
    def draw(canvas: object) -> None:
        canvas.rotate(90)  # type: ignore[attr-defined]
        canvas.setFont("Helvetica", 10)  # type: ignore[attr-defined]
        for number, line in enumerate(SHARE * 2):
            canvas.drawString(72, -100 - 12 * number - 40 * (number > 2), line)  # type: ignore[attr-defined]

    document = read_pdf(pdf(draw))
    assert texts(document) == [" ".join(SHARE)] * 2
    assert (document.pages[0].width, document.pages[0].height) == (612, 792)


def test_a_file_with_an_empty_password_is_read_and_noted() -> None:
    document = read_pdf(pdf(lines(SHARE), encrypt=StandardEncryption("", ownerPassword="x", strength=128)))
    assert texts(document) == [" ".join(SHARE)]
    assert [note.kind for note in document.notes] == [NoteKind.PROTECTION]


GOOD = pdf(lines(SHARE)).data
LOCKED = pdf(lines(SHARE), encrypt=StandardEncryption("secret", strength=128)).data


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", EmptyDocument),
        (b"%PDF-1.7\n", DamagedDocument),
        (b"not a PDF", DamagedDocument),
        (GOOD[:400], DamagedDocument),
        (LOCKED, EncryptedDocument),
    ],
)
def test_bad_files_are_refused_with_name_cause_and_remedy(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        read_pdf(Source("odd näme.pdf", data))
    assert caught.value.name == "odd näme.pdf"  # type: ignore[attr-defined]
    assert caught.value.cause  # type: ignore[attr-defined]
    assert caught.value.remedy  # type: ignore[attr-defined]


EMPTY = b"""%PDF-1.4
1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
2 0 obj <</Type /Pages /Kids [] /Count 0>> endobj
xref
0 3
0000000000 65535 f\x20
0000000009 00000 n\x20
0000000056 00000 n\x20
trailer <</Root 1 0 R /Size 3>>
startxref
106
%%EOF
"""


@pytest.mark.parametrize("earlier", [GOOD, GOOD[:400], LOCKED], ids=["good", "cut off", "locked"])
def test_a_file_without_pages_is_no_other_for_what_was_read_before(earlier: bytes) -> None:
    with suppress(DocumentError):
        read_pdf(Source("earlier.pdf", earlier))
    with pytest.raises(EmptyDocument):
        read_pdf(Source("empty.pdf", EMPTY))


def test_too_many_pages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_module, "MAX_PAGES", 1)
    with pytest.raises(DocumentTooLarge):
        read_pdf(pdf(lines(SHARE), lines(SHARE)))


def test_progress_is_told_page_by_page() -> None:
    told: list[tuple[int, int]] = []
    read_pdf(pdf(lines(SHARE), lines(SHARE)), progress=lambda page, pages: told.append((page, pages)))
    assert told == [(1, 2), (2, 2)]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.binary(max_size=20), st.integers(0, 200))
def test_damage_ends_in_a_document_or_a_document_error(place: int, put: bytes, cut: int) -> None:
    data = GOOD[:place] + put + GOOD[place + cut :]
    with suppress(DocumentError):
        assert read_pdf(Source("damaged.pdf", data), ocr=False).pages


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text("abc ABC.,-()1234 •", min_size=1, max_size=90), min_size=1, max_size=25))
def test_blocks_tile_the_text_and_origins_lead_to_it(written: list[str]) -> None:
    document = read_pdf(pdf(lines(written)))
    place = -1
    for block in document.blocks:
        assert block.span.start == place + 1
        assert block.span.end > block.span.start
        place = block.span.end
    assert max(place, 0) == len(document.text)
    ends = [0, *(origin.end for origin in document.origins)]
    assert all(end <= origin.start < origin.end for end, origin in zip(ends, document.origins, strict=False))
    kept = "".join(document.text.split()).replace("-", "")
    assert kept == "".join("".join(written).split()).replace("-", "")
