"""Text that a PDF holds and its pages don't show, and text that only looks like it."""

import io
from collections.abc import Callable

import pikepdf
import pytest
from PIL import Image
from reportlab.lib.pagesizes import letter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from analyzer.document import Document, Layer, NoteKind, Source
from analyzer.parsing import parse

SECRET = "words that nobody is to see"
Draw = Callable[[Canvas], None]


def drawn(*draws: Draw) -> bytes:
    """A PDF with a page of ordinary text for each thing that is drawn on it."""
    stream = io.BytesIO()
    canvas = Canvas(stream, letter, invariant=1)
    for draw in draws:
        canvas.setFont("Helvetica", 11)
        canvas.setFillColorRGB(0, 0, 0)
        for number in range(12):
            canvas.drawString(72, 700 - 20 * number, f"Clause {number} of the ordinary text stands here as it is.")
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def white(canvas: Canvas) -> None:
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(72, 300, SECRET)


def nearly_white(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0.99, 0.99, 0.98)
    canvas.drawString(72, 300, SECRET)


def see_through(canvas: Canvas) -> None:
    canvas.setFillAlpha(0)
    canvas.drawString(72, 300, SECRET)
    canvas.setFillAlpha(1)


def invisible(canvas: Canvas) -> None:
    text = canvas.beginText(72, 300)
    text.setTextRenderMode(3)
    text.textLine(SECRET)
    canvas.drawText(text)


def tiny(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 0.5)
    canvas.drawString(72, 300, SECRET)


def below(canvas: Canvas) -> None:
    canvas.drawString(72, -40, SECRET)


def beside(canvas: Canvas) -> None:
    canvas.drawString(700, 300, SECRET)


def in_a_reused_part(canvas: Canvas) -> None:
    canvas.beginForm("part")
    canvas.setFont("Helvetica", 11)
    white(canvas)
    canvas.endForm()
    canvas.doForm("part")


def on_a_white_box(canvas: Canvas) -> None:
    canvas.setFillColorRGB(1, 1, 1)
    canvas.rect(60, 280, 400, 60, fill=1, stroke=0)
    white(canvas)


HIDDEN = [white, nearly_white, see_through, invisible, tiny, below, beside, in_a_reused_part, on_a_white_box]


def on_a_dark_bar(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0.1, 0.2, 0.5)
    canvas.rect(60, 290, 400, 24, fill=1, stroke=0)
    white(canvas)


def small(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 5)
    canvas.drawString(72, 300, SECRET)


def outlined(canvas: Canvas) -> None:
    canvas.setFillColorRGB(1, 1, 1)
    canvas.setStrokeColorRGB(0, 0, 0)
    text = canvas.beginText(72, 300)
    text.setFont("Helvetica", 30)
    text.setTextRenderMode(2)
    text.textLine(SECRET)
    canvas.drawText(text)


def red(canvas: Canvas) -> None:
    canvas.setFillColorRGB(1, 0, 0)
    canvas.drawString(72, 300, SECRET)


SHOWN = [on_a_dark_bar, small, outlined, red]


def read(data: bytes) -> Document:
    return parse(Source("terms.pdf", data), ocr=False)


def texts(document: Document, layer: Layer) -> str:
    return " ".join(document[block.span] for block in document.blocks if block.layer is layer)


def hidden_pages(document: Document) -> list[tuple[int, ...]]:
    return [note.pages for note in document.notes if note.kind is NoteKind.HIDDEN_TEXT]


@pytest.mark.parametrize("draw", HIDDEN, ids=lambda draw: draw.__name__)
def test_text_that_does_not_show_stands_in_a_layer_of_its_own(draw: Draw) -> None:
    document = read(drawn(draw))
    assert SECRET in texts(document, Layer.HIDDEN)
    assert SECRET not in texts(document, Layer.BODY)
    assert "Clause 11 of the ordinary text" in texts(document, Layer.BODY)
    assert hidden_pages(document) == [(1,)]
    assert not document.unread


@pytest.mark.parametrize("draw", SHOWN, ids=lambda draw: draw.__name__)
def test_text_that_shows_is_not_hidden(draw: Draw) -> None:
    document = read(drawn(draw))
    assert SECRET in texts(document, Layer.BODY)
    assert not hidden_pages(document)


def test_hidden_words_amid_a_line_are_cut_out_of_it() -> None:
    def amid(canvas: Canvas) -> None:
        canvas.drawString(72, 300, "Seen before")
        canvas.setFillColorRGB(1, 1, 1)
        canvas.drawString(140, 300, "unseen amid this")
        canvas.setFillColorRGB(0, 0, 0)
        canvas.drawString(240, 300, "and seen after")

    document = read(drawn(amid))
    assert texts(document, Layer.HIDDEN) == "unseen amid this"
    assert "Seen before" in texts(document, Layer.BODY)
    assert "and seen after" in texts(document, Layer.BODY)
    for block in document.blocks:
        if block.layer is Layer.HIDDEN:
            assert document.origins_of(block.span)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_turned_pages(turn: int) -> None:
    with pikepdf.open(io.BytesIO(drawn(white, on_a_dark_bar))) as pdf:
        for page in pdf.pages:
            page.obj.Rotate = turn
        stream = io.BytesIO()
        pdf.save(stream)
    assert hidden_pages(read(stream.getvalue())) == [(1,)]


def test_the_pages_are_named() -> None:
    document = read(drawn(red, white, red, tiny))
    assert hidden_pages(document) == [(2, 4)]
    message = next(note.message for note in document.notes if note.kind is NoteKind.HIDDEN_TEXT)
    assert "Pages 2, 4" in message
    assert SECRET not in message


def scanned(*, tiles: int = 1) -> bytes:
    """A scan with the words of its picture under it, drawn invisibly, as scanners write it."""
    inner = drawn(red)
    import pypdfium2

    pdf = pypdfium2.PdfDocument(inner)
    picture: Image.Image = pdf[0].render(scale=2).to_pil().convert("L")
    pdf.close()
    stream = io.BytesIO()
    canvas = Canvas(stream, letter, invariant=1)
    height = picture.height // tiles
    for tile in range(tiles):
        part = picture.crop((0, tile * height, picture.width, (tile + 1) * height))
        canvas.drawImage(ImageReader(part), 0, 792 - (tile + 1) * 792 / tiles, 612, 792 / tiles)
    text = canvas.beginText()
    text.setFont("Helvetica", 11)
    text.setTextRenderMode(3)
    for number in range(12):
        text.setTextOrigin(72, 700 - 20 * number)
        text.textOut(f"Clause {number} of the ordinary text stands here as it is.")
    canvas.drawText(text)
    canvas.showPage()
    canvas.save()
    return stream.getvalue()


@pytest.mark.parametrize("tiles", [1, 6])
def test_the_words_under_a_scan_are_not_hidden(tiles: int) -> None:
    document = read(scanned(tiles=tiles))
    assert "Clause 11 of the ordinary text" in texts(document, Layer.BODY)
    assert not hidden_pages(document)


def layered(*, is_off: bool, in_streams: bool = False) -> bytes:
    with pikepdf.open(io.BytesIO(drawn(lambda canvas: None))) as pdf:
        group = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name=pikepdf.String("Notes")))
        setting = pikepdf.Dictionary(Order=[group], **({"OFF": [group]} if is_off else {"ON": [group]}))
        pdf.Root.OCProperties = pikepdf.Dictionary(OCGs=[group], D=setting)
        page = pdf.pages[0]
        page.obj.Resources.Properties = pikepdf.Dictionary(MC0=group)
        page.contents_add(f"/OC /MC0 BDC BT /F1 11 Tf 72 300 Td ({SECRET}) Tj ET EMC".encode())
        stream = io.BytesIO()
        mode = pikepdf.ObjectStreamMode.generate if in_streams else pikepdf.ObjectStreamMode.disable
        pdf.save(stream, object_stream_mode=mode)
    return stream.getvalue()


@pytest.mark.parametrize("in_streams", [False, True])
def test_a_layer_that_is_switched_off_is_hidden(in_streams: bool) -> None:
    document = read(layered(is_off=True, in_streams=in_streams))
    assert SECRET in texts(document, Layer.HIDDEN)
    assert "Clause 11 of the ordinary text" in texts(document, Layer.BODY)


def test_a_layer_that_is_switched_on_is_not() -> None:
    document = read(layered(is_off=False))
    assert SECRET in texts(document, Layer.BODY)
    assert not hidden_pages(document)


def test_stray_marks_are_left_where_they_are() -> None:
    def leaders(canvas: Canvas) -> None:
        canvas.setFillColorRGB(1, 1, 1)
        canvas.drawString(72, 300, ". . . .")

    assert not hidden_pages(read(drawn(leaders)))
