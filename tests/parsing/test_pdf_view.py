"""From text back to the page: boxes and pictures."""

import io

import pytest
from PIL import Image, ImageChops
from pypdfium2 import PdfDocument

from analyzer.document import Box, Document, Source, Span
from analyzer.parsing.pdf import locate, page_image, read_pdf
from tests.parsing.pdf_files import SHARE, lines, pdf

WORDS = "auditor of the city"


def changed(source: Source, *, turn: int = 0, crop: tuple[float, float, float, float] | None = None) -> Source:
    """The file with its first page turned, or cropped to left, bottom, right, top."""
    document = PdfDocument(source.data)
    document[0].set_rotation(turn)
    if crop:
        document[0].set_cropbox(*crop)
    stream = io.BytesIO()
    document.save(stream)
    return Source(source.name, stream.getvalue())


def span_of(document: Document, words: str) -> Span:
    start = document.text.index(words)
    return Span(start, start + len(words))


def ink(picture: Image.Image) -> tuple[int, int, int, int] | None:
    """The box of all that is not white."""
    return ImageChops.invert(picture.convert("L")).point(lambda value: 255 * (value > 60)).getbbox()


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [None, (50, 600, 560, 760)])
def test_boxes_cover_the_ink_of_the_words(turn: int, crop: tuple[float, float, float, float] | None) -> None:
    document = read_pdf(changed(pdf(lines([WORDS])), turn=turn, crop=crop))
    (box,) = locate(document, span_of(document, WORDS))
    picture = Image.open(io.BytesIO(page_image(document, 1, scale=2)))
    assert picture.size == (round(document.pages[0].width * 2), round(document.pages[0].height * 2))
    found = ink(picture)
    assert found is not None
    assert all(abs(edge / 2 - other) < 1.5 for edge, other in zip(found, box[1:], strict=True))


def test_a_span_over_two_lines_and_pages_has_a_box_on_each() -> None:
    tail = "The vendor hands over the source code, the data and the keys to both no later than ten days after"
    document = read_pdf(pdf(lines([tail]), lines(["the end of this contract."])))
    boxes = locate(document, Span(0, len(document.text)))
    assert [box.page for box in boxes] == [1, 2]
    document = read_pdf(pdf(lines(SHARE)))
    first, second = locate(document, span_of(document, "lets the auditor"))
    assert first.top < first.bottom <= second.top < second.bottom
    assert first.left > second.right


@pytest.mark.parametrize("pitch", [9, 12, 24])
def test_lines_that_stand_close_have_a_box_each(pitch: float) -> None:
    document = read_pdf(pdf(lines(SHARE, pitch=pitch)))
    assert len(locate(document, Span(0, len(document.text)))) == 3


def test_words_that_the_parser_put_in_have_no_box() -> None:
    document = read_pdf(pdf(lines(SHARE)))
    assert locate(document, Span(len(SHARE[0]), len(SHARE[0]) + 1)) == ()


def test_a_hyphenated_word_has_a_box_on_both_lines() -> None:
    document = read_pdf(pdf(lines(["the vendor gives the city a guaran-", "tee that lasts as long as the work."])))
    assert len(locate(document, span_of(document, "guarantee"))) == 2


def test_a_page_that_is_not_there_has_no_picture() -> None:
    document = read_pdf(pdf(lines(SHARE)))
    with pytest.raises(ValueError, match="page 9"):
        page_image(document, 9)


def test_boxes_are_what_the_document_model_says() -> None:
    document = read_pdf(pdf(lines(SHARE)))
    assert all(isinstance(box, Box) for box in locate(document, Span(0, 10)))
