"""Highlights on the pages of a PDF: on the right words, shown by every viewer, and nothing else changed."""

import io
import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pdfplumber
import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from analyzer.document import Document, Source
from analyzer.engine import Analysis, Analyzer
from analyzer.errors import DocumentError, EncryptedDocument, UnsupportedFormat
from analyzer.rendering.pdf import annotate_pdf

SAMPLES = sorted(Path("samples/documents").glob("*.pdf"))
WITH_TEXT = [path for path in SAMPLES if path.name != "scanned-terms.pdf"]
UNLIMITED = "The Contractor's liability under this Contract shall be unlimited in every respect."
BOND = "The Contractor shall furnish a performance bond for the full contract price."
DPI = 100
SCALE = DPI / 72


@cache
def analyzer() -> Analyzer:
    return Analyzer(model=None)


@cache
def analysis(path: Path) -> Analysis:
    return analyzer().analyze(Source.from_path(path))


def annotated(source: Source, **options: object) -> tuple[bytes, Analysis]:
    found = analyzer().analyze(source)
    made = annotate_pdf(source, found.document, found.report, references=analyzer().rules.references, **options)
    return made, found


@cache
def annotated_sample(path: Path) -> bytes:
    return annotated(Source.from_path(path))[0]


def drawn_pdf(**form: str) -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream, letter, invariant=1)
    canvas.setFont("Helvetica", 11)
    canvas.drawString(72, 700, "1. Liability")
    canvas.drawString(72, 680, UNLIMITED)
    canvas.drawString(72, 640, "2. Bonds")
    canvas.drawString(72, 620, BOND)
    for name, value in form.items():
        canvas.acroForm.textfield(name=name, value=value, x=72, y=500, width=200, height=20)
    canvas.showPage()
    canvas.save()
    return stream.getvalue()


def changed(data: bytes, **attributes: object) -> bytes:
    """A PDF with attributes of its first page set."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for name, value in attributes.items():
            pdf.pages[0].obj[f"/{name}"] = pikepdf.Array(value) if isinstance(value, list) else value
        stream = io.BytesIO()
        pdf.save(stream, deterministic_id=True)
    return stream.getvalue()


def saved(pdf: pikepdf.Pdf, **options: object) -> bytes:
    stream = io.BytesIO()
    pdf.save(stream, **options)
    return stream.getvalue()


def marks_on(page: pikepdf.Page) -> list[pikepdf.Dictionary]:
    return [a for a in page.obj.get("/Annots", ()) if str(a.get("/NM", "")).startswith("fairterms:")]


def quads_of(annotation: pikepdf.Dictionary) -> list[tuple[float, float, float, float]]:
    """Left, bottom, right and top of each quadrilateral, in the file's coordinates."""
    numbers = list(map(float, annotation.QuadPoints))
    boxes = []
    for start in range(0, len(numbers), 8):
        xs, ys = numbers[start : start + 8 : 2], numbers[start + 1 : start + 8 : 2]
        boxes.append((min(xs), min(ys), max(xs), max(ys)))
    return boxes


def letters(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", text)


def pdfium_pages(data: bytes, count: int) -> list[Image.Image]:
    pdf = pypdfium2.PdfDocument(data)
    pages = [pdf[number].render(scale=SCALE).to_pil().convert("RGB") for number in range(count)]
    pdf.close()
    return pages


def poppler_pages(data: bytes, count: int) -> list[Image.Image]:
    if not shutil.which("pdftoppm"):
        pytest.skip("pdftoppm (poppler) is not installed")
    pages = []
    for number in range(1, count + 1):
        done = subprocess.run(
            ["pdftoppm", "-r", str(DPI), "-cropbox", "-f", str(number), "-l", str(number), "-png", "-"],
            input=data,
            capture_output=True,
            check=True,
        )
        pages.append(Image.open(io.BytesIO(done.stdout)).convert("RGB"))
    return pages


def shown_boxes(document: Document, found: Analysis, page: int) -> list[tuple[float, float, float, float]]:
    """Pixels that the marks of a page should cover, from its top left corner."""
    from analyzer.parsing import locate

    boxes = [box for finding in found.report.findings for box in locate(document, finding.span) if box.page == page]
    return [(box.left * SCALE, box.top * SCALE, box.right * SCALE, box.bottom * SCALE) for box in boxes]


def assert_marks_cover_words(
    before: Image.Image, after: Image.Image, boxes: list[tuple[float, float, float, float]]
) -> None:
    """What changed lies in the boxes, and the paper in each box changed."""
    difference = ImageChops.difference(before, after).convert("L").point(lambda value: 255 if value > 8 else 0)
    outside = difference.copy()
    for left, top, right, bottom in boxes:
        outside.paste(0, (int(left) - 3, int(top) - 3, int(right) + 4, int(bottom) + 4))
    assert outside.getbbox() is None
    bright = before.convert("L").point(lambda value: 255 if value > 200 else 0)
    for box in boxes:
        inner = tuple(map(round, (box[0] + 1, box[1] + 1, box[2] - 1, box[3] - 1)))
        paper = bright.crop(inner).histogram()[255]
        marked = ImageChops.multiply(bright, difference).crop(inner).histogram()[255]
        assert marked >= 0.95 * paper


def test_highlights_stand_on_the_words_of_their_findings() -> None:
    compared = 0
    for path in WITH_TEXT:
        found = analysis(path)
        texts: dict[str, str] = {}
        with pikepdf.open(io.BytesIO(annotated_sample(path))) as pdf, pdfplumber.open(path) as plumbed:
            for page, shown in zip(pdf.pages, plumbed.pages, strict=False):
                words = shown.extract_words(use_text_flow=True)
                for mark in marks_on(page):
                    quads = quads_of(mark)
                    inside = [
                        word["text"]
                        for word in words
                        if any(
                            left - 1 <= (word["x0"] + word["x1"]) / 2 <= right + 1
                            and bottom <= float(shown.height) - (word["top"] + word["bottom"]) / 2 <= top
                            for left, bottom, right, top in quads
                        )
                    ]
                    name = str(mark.NM).split(":")[1]
                    texts[name] = texts.get(name, "") + letters("".join(inside))
        for finding in found.report.findings:
            assert texts[finding.id] == letters(finding.text), finding.rule
            compared += 1
    assert compared >= 50


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
@pytest.mark.parametrize("draw", [pdfium_pages, poppler_pages], ids=["pdfium", "poppler"])
def test_what_changes_on_the_page_is_the_marked_words(path: Path, draw) -> None:
    found = analysis(path)
    count = found.report.pages or 0
    before, after = draw(path.read_bytes(), count), draw(annotated_sample(path), count)
    for number in range(count):
        assert_marks_cover_words(before[number], after[number], shown_boxes(found.document, found, number + 1))


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [None, [36, 100, 560, 760]], ids=["whole", "cropped"])
@pytest.mark.parametrize("draw", [pdfium_pages, poppler_pages], ids=["pdfium", "poppler"])
def test_turned_and_cropped_pages(turn: int, crop: list[int] | None, draw) -> None:
    attributes = {"Rotate": turn} | ({"CropBox": crop} if crop else {})
    source = Source("turned.pdf", changed(drawn_pdf(), **attributes))
    made, found = annotated(source)
    assert len(found.report.findings) >= 2
    boxes = shown_boxes(found.document, found, 1)
    assert boxes
    assert_marks_cover_words(draw(source.data, 1)[0], draw(made, 1)[0], boxes)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_the_pages_themselves_stay_as_they_are(path: Path) -> None:
    with pikepdf.open(path) as before, pikepdf.open(io.BytesIO(annotated_sample(path))) as after:
        for old, new in zip(before.pages, after.pages, strict=False):
            assert _contents(old) == _contents(new)
            assert set(new.obj.keys()) - set(old.obj.keys()) <= {"/Annots"}
            assert old.obj.Resources.unparse(resolved=True) is not None
        assert set(after.Root.keys()) - set(before.Root.keys()) <= {"/Outlines"}
        assert before.docinfo == after.docinfo


def _contents(page: pikepdf.Page) -> list[bytes]:
    contents = page.obj.Contents
    return [part.read_raw_bytes() for part in (contents if isinstance(contents, pikepdf.Array) else [contents])]


def test_the_same_bytes_each_time() -> None:
    path = WITH_TEXT[0]
    assert annotated(Source.from_path(path))[0] == annotated_sample(path)


def test_notes_say_what_why_and_what_instead() -> None:
    made, found = annotated(
        Source("terms.pdf", drawn_pdf()), author="Ann Example", date=datetime(2026, 3, 4, tzinfo=UTC)
    )
    with pikepdf.open(io.BytesIO(made)) as pdf:
        notes = {str(mark.NM).split(":")[1]: mark for mark in marks_on(pdf.pages[0])}
    for finding in found.report.findings:
        note = notes[finding.id]
        text = str(note.Contents)
        assert text.startswith(f"{finding.severity.capitalize()}: {finding.title}")
        assert finding.why in text
        assert finding.suggestion in text
        cited = [analyzer().rules.references[name] for name in finding.references]
        assert all(reference.cite in text for reference in cited if reference.is_citable)
        assert str(note.T) == "Ann Example"
        assert str(note.M) == "D:20260304000000+00'00'"


def test_no_date_where_none_is_given() -> None:
    made, _ = annotated(Source("terms.pdf", drawn_pdf()))
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert all("/M" not in mark for mark in marks_on(pdf.pages[0]))


def test_bookmarks_of_the_file_stay_and_findings_follow() -> None:
    with pikepdf.open(io.BytesIO(drawn_pdf())) as pdf:
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("Chapter one", 0))
        source = Source("outlined.pdf", saved(pdf, deterministic_id=True))
    made, found = annotated(source)
    with pikepdf.open(io.BytesIO(made)) as pdf, pdf.open_outline() as outline:
        assert [item.title for item in outline.root] == ["Chapter one", "Fairterms"]
        assert len(outline.root[1].children) == len(found.report.findings)
    read = pypdfium2.PdfDocument(made)
    titles = [item.get_title() for item in read.get_toc()]
    read.close()
    assert titles[:2] == ["Chapter one", "Fairterms"]
    assert all(any(finding.title in title for title in titles) for finding in found.report.findings)


def test_summary_names_every_finding_and_its_page() -> None:
    path = WITH_TEXT[0]
    found = analysis(path)
    pdf = pypdfium2.PdfDocument(annotated_sample(path))
    text = " ".join(
        " ".join(pdf[number].get_textpage().get_text_range().split())
        for number in range(found.report.pages or 0, len(pdf))
    )
    pdf.close()
    assert "Do not publish yet" in text
    assert all(finding.title in text for finding in found.report.findings)
    assert found.report.sha256 in text


def test_summary_can_be_left_out() -> None:
    made, found = annotated(Source("terms.pdf", drawn_pdf()), summary=False)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert len(pdf.pages) == found.report.pages


def test_a_turned_root_does_not_turn_the_summary() -> None:
    with pikepdf.open(io.BytesIO(drawn_pdf())) as pdf:
        pdf.Root.Pages.Rotate = 90
        source = Source("turned.pdf", saved(pdf, deterministic_id=True))
    made, _ = annotated(source)
    pdf = pypdfium2.PdfDocument(made)
    last = pdf[len(pdf) - 1]
    assert last.get_rotation() == 0
    pdf.close()


def test_forms_and_annotations_of_the_file_stay() -> None:
    with pikepdf.open(io.BytesIO(drawn_pdf(offeror="Example Ltd"))) as pdf:
        remark = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[10, 10, 30, 30], Contents=pikepdf.String("Mine")
        )
        pdf.pages[0].obj.Annots.append(pdf.make_indirect(remark))
        pdf.Root.StructTreeRoot = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot))
        source = Source("form.pdf", saved(pdf, deterministic_id=True))
    made, found = annotated(source)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        kinds = [str(item.Subtype) for item in pdf.pages[0].obj.Annots]
        assert kinds[:2] == ["/Widget", "/Text"]
        assert kinds.count("/Highlight") == len(found.report.findings)
        assert str(pdf.Root.AcroForm.Fields[0].V) == "Example Ltd"
        assert "/StructTreeRoot" in pdf.Root


def test_words_without_a_place_get_a_note_in_the_corner() -> None:
    source = Source("terms.pdf", drawn_pdf())
    found = analyzer().analyze(source)
    blind = replace(found.document, origins=())
    made = annotate_pdf(source, blind, found.report, references=analyzer().rules.references)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        marks = marks_on(pdf.pages[0])
    assert len(marks) == len(found.report.findings)
    assert {str(mark.Subtype) for mark in marks} == {"/Text"}
    assert len({tuple(map(float, mark.Rect)) for mark in marks}) == len(marks)


def test_a_document_without_findings_still_gets_its_summary() -> None:
    stream = io.BytesIO()
    canvas = Canvas(stream, letter, invariant=1)
    canvas.drawString(72, 700, "The library opens at nine on weekdays.")
    canvas.save()
    made, found = annotated(Source("hours.pdf", stream.getvalue()))
    assert not found.report.findings
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert len(pdf.pages) == 2
        assert "/Outlines" not in pdf.Root


def test_a_picture_comes_back_as_a_pdf() -> None:
    picture = pdfium_pages(drawn_pdf(), 1)[0]
    stream = io.BytesIO()
    picture.resize((picture.width * 2, picture.height * 2)).save(stream, "PNG", dpi=(200, 200))
    source = Source("scan.png", stream.getvalue())
    made, found = annotated(source)
    assert made == annotated(source)[0]
    if not found.report.findings:
        pytest.skip("no OCR engine is installed")
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert len(marks_on(pdf.pages[0])) == len(found.report.findings)


@pytest.mark.parametrize("level", [4, 6])
def test_a_protected_file_stays_protected(level: int) -> None:
    with pikepdf.open(io.BytesIO(drawn_pdf())) as pdf:
        allowed = pikepdf.Permissions(modify_annotation=True, extract=False)
        options = {"encryption": pikepdf.Encryption(owner="owner", user="", R=level, allow=allowed)}
        source = Source("protected.pdf", saved(pdf, **options))
    made, found = annotated(source)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert pdf.is_encrypted
        assert not pdf.allow.extract
        assert len(marks_on(pdf.pages[0])) == len(found.report.findings)


def test_a_file_whose_owner_forbids_notes_is_refused() -> None:
    with pikepdf.open(io.BytesIO(drawn_pdf())) as pdf:
        allowed = pikepdf.Permissions(modify_annotation=False)
        source = Source("locked.pdf", saved(pdf, encryption=pikepdf.Encryption(owner="o", user="", R=6, allow=allowed)))
    with pytest.raises(EncryptedDocument, match="does not allow notes"):
        annotated(source)


def test_a_signed_file_is_refused() -> None:
    with pikepdf.open(io.BytesIO(drawn_pdf(offeror="Example Ltd"))) as pdf:
        signature = pikepdf.Dictionary(Type=pikepdf.Name.Sig, Filter=pikepdf.Name("/Adobe.PPKLite"))
        field = pikepdf.Dictionary(FT=pikepdf.Name.Sig, T=pikepdf.String("sign"), V=pdf.make_indirect(signature))
        pdf.Root.AcroForm.Fields.append(pdf.make_indirect(field))
        source = Source("signed.pdf", saved(pdf))
    with pytest.raises(DocumentError, match="signed"):
        annotated(source)


def test_an_empty_signature_field_is_no_signature() -> None:
    with pikepdf.open(io.BytesIO(drawn_pdf(offeror="Example Ltd"))) as pdf:
        field = pikepdf.Dictionary(FT=pikepdf.Name.Sig, T=pikepdf.String("sign here"))
        pdf.Root.AcroForm.Fields.append(pdf.make_indirect(field))
        source = Source("unsigned.pdf", saved(pdf))
    assert annotated(source)[0]


def test_a_second_run_on_its_own_output_is_refused() -> None:
    made, _ = annotated(Source("terms.pdf", drawn_pdf()))
    with pytest.raises(DocumentError, match="already"):
        annotated(Source("terms.pdf", made))


def test_a_report_about_another_file_is_refused() -> None:
    found = analyzer().analyze(Source("terms.pdf", drawn_pdf()))
    other = Source("terms.pdf", changed(drawn_pdf(), Rotate=90))
    with pytest.raises(DocumentError, match="another file"):
        annotate_pdf(other, found.document, found.report, references={})


def test_a_format_without_pages_is_refused() -> None:
    source = Source("terms.txt", f"1. Liability\n\n{UNLIMITED}\n".encode())
    with pytest.raises(UnsupportedFormat, match="no fixed pages"):
        annotated(source)


def test_poppler_reads_the_words_as_before() -> None:
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler) is not installed")
    path = WITH_TEXT[0]
    last = str(analysis(path).report.pages)
    command = ["pdftotext", "-l", last, "-", "-"]
    before, after = (
        subprocess.run(command, input=data, capture_output=True, check=True)
        for data in (path.read_bytes(), annotated_sample(path))
    )
    assert before.stdout == after.stdout
    assert not after.stderr


PDFJS = """
const fs = require("fs");
(async () => {
  const pdfjs = await import(require.resolve("pdfjs-dist/legacy/build/pdf.mjs"));
  const data = new Uint8Array(fs.readFileSync(0));
  const pdf = await pdfjs.getDocument({data, verbosity: 0}).promise;
  const pages = [];
  for (let n = 1; n <= pdf.numPages; n++) {
    const page = await pdf.getPage(n);
    const found = (await page.getAnnotations()).filter(a => a.subtype === "Highlight");
    pages.push(found.map(a => ({quads: Array.from(a.quadPoints), text: a.contentsObj.str, seen: a.hasAppearance})));
  }
  const outline = await pdf.getOutline();
  console.log(JSON.stringify({pages, outline: outline.map(o => [o.title, o.items.length])}));
})();
"""


def test_pdfjs_shows_the_highlights() -> None:
    node = shutil.which("node")
    if not node:
        pytest.skip("node is not installed")
    if subprocess.run([node, "-e", 'require.resolve("pdfjs-dist/package.json")'], capture_output=True).returncode:
        pytest.skip("pdfjs-dist is not on NODE_PATH")
    path = WITH_TEXT[0]
    done = subprocess.run([node, "-e", PDFJS], input=annotated_sample(path), capture_output=True, check=True)
    read = json.loads(done.stdout)
    count = len(analysis(path).report.findings)
    marks = [mark for page in read["pages"] for mark in page]
    assert len(marks) >= count
    assert all(mark["seen"] and mark["text"] and len(mark["quads"]) % 8 == 0 for mark in marks)
    assert read["outline"][-1] == ["Fairterms", count]
