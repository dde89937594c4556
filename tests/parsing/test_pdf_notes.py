"""Reading notes of PDFs, form fields, comments and attachments."""

import io

import pikepdf
import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from analyzer.document import Layer, NoteKind, Source, Span
from analyzer.parsing import pdf as pdf_module
from analyzer.parsing.ocr import Engine, PictureLine
from analyzer.parsing.pdf import locate, read_pdf
from tests.parsing.pdf_files import SHARE, both, lines, pdf, texts


def picture(canvas: Canvas, *, width: float = 612, height: float = 792) -> None:
    image = Image.new("L", (612, 792), 255)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(13)
    for number, line in enumerate(SHARE):
        draw.text((40, 80 + 20 * number), line, fill=0, font=font)
    canvas.drawImage(ImageReader(image), 0, 792 - height, width, height)


def kinds(source: Source, **options: bool) -> list[tuple[NoteKind, tuple[int, ...], bool]]:
    return [(note.kind, note.pages, note.is_unread) for note in read_pdf(source, **options).notes]


def test_a_page_that_is_a_picture_is_listed_as_unread_without_ocr() -> None:
    source = pdf(lines(SHARE), picture)
    assert kinds(source, ocr=False) == [(NoteKind.PAGE_WITHOUT_TEXT, (2,), True)]


def test_a_blank_page_is_not_unread() -> None:
    assert kinds(pdf(lines(SHARE), lambda canvas: None), ocr=False) == []


def test_a_page_with_text_and_a_big_picture_gets_a_note() -> None:
    source = pdf(both(lambda canvas: picture(canvas, height=500), lines(SHARE, y=200)))
    assert kinds(source, ocr=False) == [(NoteKind.PICTURE, (1,), False)]


def test_a_scan_with_a_text_layer_is_read_from_it() -> None:
    def draw(canvas: Canvas) -> None:
        picture(canvas)
        text = canvas.beginText(72, 700)
        text.setTextRenderMode(3)
        text.setFont("Helvetica", 10)
        text.textLines("\n".join(SHARE))
        canvas.drawText(text)

    document = read_pdf(pdf(draw), ocr=False)
    assert texts(document) == [" ".join(SHARE)]
    assert [(note.kind, note.is_unread) for note in document.notes] == [(NoteKind.OCR, False)]


def test_text_from_ocr_has_boxes_and_a_confidence(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(image: Image.Image) -> tuple[PictureLine, ...]:
        across, down = image.width / 612, image.height / 792
        return tuple(
            PictureLine(line, 0.9, 100 * across, (100 + 12 * n) * down, 500 * across, (110 + 12 * n) * down)
            for n, line in enumerate(SHARE)
        )

    monkeypatch.setattr(pdf_module, "find_engine", lambda: Engine("a reader", read))
    document = read_pdf(pdf(picture))
    assert texts(document) == [" ".join(SHARE)]
    assert [(note.kind, note.pages) for note in document.notes] == [(NoteKind.OCR, (1,))]
    assert "90%" in document.notes[0].message
    (box,) = locate(document, Span(0, len(SHARE[0]) // 2))
    assert (box.page, round(box.left), round(box.top), round(box.bottom)) == (1, 100, 100, 110)
    assert 290 < box.right < 310


def test_form_values_stand_beside_their_labels() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        canvas.drawString(72, 700, "Name of the firm:")
        canvas.drawString(72, 660, "Bids on all lots")
        canvas.acroForm.textfield(name="firm", value="Aldermoor Ltd", x=200, y=694, height=18, width=200)
        canvas.acroForm.checkbox(name="lots", checked=True, x=200, y=656, size=14)

    document = read_pdf(pdf(draw))
    assert "Name of the firm: Aldermoor Ltd" in document.text
    assert "Bids on all lots [x]" in document.text
    (box,) = locate(document, Span(start := document.text.index("Aldermoor"), start + 9))
    assert 195 < box.left < 205


def with_extras() -> Source:
    """A file with a comment and an attached file."""
    file = pikepdf.open(io.BytesIO(pdf(lines(SHARE)).data))
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[100, 100, 120, 120], Contents="Who wrote this?"
    )
    file.pages[0].Annots = file.make_indirect(pikepdf.Array([file.make_indirect(note)]))
    file.attachments["prices.xlsx"] = b"1,2,3"
    stream = io.BytesIO()
    file.save(stream)
    return Source("made.pdf", stream.getvalue())


def test_comments_and_attachments_are_noted() -> None:
    document = read_pdf(with_extras())
    assert texts(document, Layer.COMMENT) == ["Who wrote this?"]
    assert [(note.kind, note.is_unread) for note in document.notes] == [
        (NoteKind.EMBEDDED_FILE, True),
        (NoteKind.COMMENTS, False),
    ]
    assert "prices.xlsx" in document.notes[0].message


def test_a_damaged_table_of_parts_is_noted() -> None:
    data = pdf(lines(SHARE)).data
    document = read_pdf(Source("made.pdf", data[: data.rindex(b"xref")]))
    assert texts(document) == [" ".join(SHARE)]
    assert [note.kind for note in document.notes] == [NoteKind.REPAIRED]
