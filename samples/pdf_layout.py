"""Lays sample texts out as PDF: one column with a cover and contents, two columns, or a typewritten scan."""

import io
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)
from reportlab.platypus.tableofcontents import TableOfContents

from samples.source import Kind, Part, Text, column_widths, plain

__all__ = ["one_column", "scan", "two_columns", "typewritten"]

WIDTH, HEIGHT = letter


def _styles(font: str, bold: str, size: float, spacing: float = 1.32) -> dict[str, ParagraphStyle]:
    base = ParagraphStyle("body", fontName=font, fontSize=size, leading=size * spacing, spaceAfter=size * 0.6)
    return {
        "body": base,
        "cell": ParagraphStyle("cell", base, fontSize=size - 1, leading=(size - 1) * 1.2, spaceAfter=0),
        "item": ParagraphStyle("item", base, leftIndent=size * 2, firstLineIndent=-size * 1.4, spaceAfter=size * 0.3),
        "1": ParagraphStyle("1", base, fontName=bold, fontSize=size + 3, leading=size + 6, spaceBefore=size),
        "2": ParagraphStyle("2", base, fontName=bold, spaceBefore=size * 0.4),
        "title": ParagraphStyle(
            "title", base, fontName=bold, fontSize=size + 9, leading=size + 13, alignment=TA_CENTER, spaceAfter=size * 2
        ),
        "centred": ParagraphStyle("centred", base, alignment=TA_CENTER),
    }


def hyphenated(text: str, style: ParagraphStyle, width: float) -> str:
    """Reportlab markup with a hyphen and a line break where a word with a ``~`` runs over the end of its line."""
    space, used, words = stringWidth(" ", style.fontName, style.fontSize), 0.0, []
    for word in text.split():
        length = stringWidth(plain(word), style.fontName, style.fontSize)
        if used + length <= width:
            used += length + space
            words.append(escape(plain(word)))
            continue
        head, mark, tail = word.partition("~")
        if mark and used + stringWidth(f"{head}-", style.fontName, style.fontSize) <= width:
            used = stringWidth(tail, style.fontName, style.fontSize) + space
            words.append(f"{escape(head)}-<br/>{escape(tail)}")
        else:
            used = length + space
            words.append(escape(plain(word)))
    return " ".join(words)


def _flowables(parts: tuple[Part, ...], styles: dict[str, ParagraphStyle], width: float) -> list[Flowable]:
    story: list[Flowable] = []
    for part in parts:
        if part.kind is Kind.TABLE:
            story += [_table(part, styles, width), Spacer(1, styles["body"].spaceAfter)]
        elif part.kind is Kind.ATTACHMENT:
            story += [CondPageBreak(HEIGHT / 3), _paragraph(part, styles, width)]
        elif part.kind is Kind.HEADING:
            # Room for the heading and three lines: keepWithNext would also keep the whole next paragraph together.
            story += [CondPageBreak(styles["body"].leading * 5), _paragraph(part, styles, width)]
        else:
            story.append(_paragraph(part, styles, width))
    return story


def _paragraph(part: Part, styles: dict[str, ParagraphStyle], width: float) -> Paragraph:
    if part.kind in (Kind.HEADING, Kind.ATTACHMENT):
        return Paragraph(escape(f"{part.number} {part.text}".strip()), styles[str(part.level)])
    if part.kind is Kind.PARAGRAPH:
        return Paragraph(hyphenated(part.text, styles["body"], width), styles["body"])
    return Paragraph(escape(f"{part.number or chr(8226)} {plain(part.text)}"), styles["item"])


def _table(part: Part, styles: dict[str, ParagraphStyle], width: float) -> Table:
    rows = [[Paragraph(escape(plain(cell)), styles["cell"]) for cell in row] for row in part.rows]
    ruled = TableStyle(
        [
            ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
            ("BACKGROUND", (0, 0), (-1, 0), colors.lightgrey),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
    )
    return Table(rows, colWidths=column_widths(part.rows, width), repeatRows=1, style=ruled)


def _furniture(text: Text) -> Callable[[Canvas, Any], None]:
    def draw(canvas: Canvas, document: Any) -> None:
        canvas.setFont("Times-Italic", 9)
        canvas.drawString(inch, HEIGHT - 0.6 * inch, text["header"])
        canvas.drawString(inch, 0.55 * inch, text["footer"])
        canvas.drawRightString(WIDTH - inch, 0.55 * inch, f"Page {document.page}")

    return draw


class _Numbered(BaseDocTemplate):  # type: ignore[misc]
    """Reports every heading to the table of contents; reportlab calls the method by this name."""

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802
        if isinstance(flowable, Paragraph) and flowable.style.name in ("1", "2"):
            self.notify("TOCEntry", (int(flowable.style.name) - 1, flowable.getPlainText(), self.page))


def _template(stream: io.BytesIO, text: Text, pages: list[PageTemplate]) -> _Numbered:
    # ``invariant`` keeps the date and the file identifier out, so that the same text gives the same bytes.
    return _Numbered(
        stream, pagesize=letter, pageTemplates=pages, invariant=1, title=text["title"], author=text["agency"]
    )


def one_column(text: Text) -> bytes:
    """A solicitation with a cover, contents, running header and footer."""
    styles, width, stream = _styles("Times-Roman", "Times-Bold", 12, 1.6), WIDTH - 2.3 * inch, io.BytesIO()
    frame = Frame(1.15 * inch, inch, width, HEIGHT - 2 * inch, leftPadding=0, rightPadding=0)
    pages = [PageTemplate("cover", [frame]), PageTemplate("text", [frame], onPage=_furniture(text))]
    line = ParagraphStyle("line", styles["cell"], leading=15)
    contents = TableOfContents(
        levelStyles=[line, ParagraphStyle("inner", line, leftIndent=18, leading=13)], dotsMinLevel=0
    )
    cover: list[Flowable] = [
        Spacer(1, 2 * inch),
        *(Paragraph(escape(text[key]), styles["title"]) for key in ("agency", "number", "title")),
        Paragraph(escape(text["date"]), styles["centred"]),
        NextPageTemplate("text"),
        PageBreak(),
    ]
    heading = Paragraph("Contents", ParagraphStyle("contents", styles["1"]))
    body = _flowables(text.parts, styles, width)
    _template(stream, text, pages).multiBuild([*cover, heading, contents, PageBreak(), *body])
    return stream.getvalue()


def two_columns(text: Text) -> bytes:
    """An agreement in two columns with a running header and footer."""
    gap, stream = 0.3 * inch, io.BytesIO()
    width = (WIDTH - 2 * inch - gap) / 2
    styles = _styles("Helvetica", "Helvetica-Bold", 9)
    frames = [
        Frame(inch + i * (width + gap), inch, width, HEIGHT - 1.9 * inch, leftPadding=0, rightPadding=0) for i in (0, 1)
    ]
    heading = [Paragraph(escape(text[key]), styles["1"]) for key in ("title", "agency", "number")]
    heading = [Paragraph(p.text, ParagraphStyle("front", p.style)) for p in heading]
    pages = [PageTemplate("text", frames, onPage=_furniture(text))]
    _template(stream, text, pages).build([*heading, *_flowables(text.parts, styles, width)])
    return stream.getvalue()


def typewritten(text: Text) -> bytes:
    """Old conditions in a typewriter's face, to be scanned."""
    styles, width, stream = _styles("Courier", "Courier-Bold", 12, 2.1), WIDTH - 2.2 * inch, io.BytesIO()
    frame = Frame(1.1 * inch, inch, width, HEIGHT - 2 * inch, leftPadding=0, rightPadding=0)
    heading = [Paragraph(escape(text[key]), styles["centred"]) for key in ("agency", "title", "date")]
    pages = [PageTemplate("text", [frame])]
    _template(stream, text, pages).build([*heading, *_flowables(text.parts, styles, width)])
    return stream.getvalue()


def scan(data: bytes, *, dots_per_inch: int = 120, seed: int = 7) -> bytes:
    """The pages of a PDF as grey pictures, a little turned and noisy, without any text."""
    import numpy as np
    import pypdfium2
    from PIL import Image

    noise, stream = np.random.default_rng(seed), io.BytesIO()
    canvas = Canvas(stream, pagesize=letter, invariant=1)
    with pypdfium2.PdfDocument(data) as document:
        for number, page in enumerate(document):
            drawn = page.render(scale=dots_per_inch / 72).to_pil().convert("L")
            turned = drawn.rotate((0.5, -0.35, 0.2)[number % 3], Image.Resampling.BICUBIC, fillcolor=255)
            grey = np.asarray(turned, dtype=np.float32)
            specks = noise.normal(0, 7, (grey.shape[0] // 2 + 1, grey.shape[1] // 2 + 1)).repeat(2, 0).repeat(2, 1)
            noisy = np.clip(grey * 0.94 + specks[: grey.shape[0], : grey.shape[1]], 0, 255)
            picture = io.BytesIO()
            Image.fromarray(noisy.astype(np.uint8)).save(picture, "JPEG", quality=26)
            canvas.drawImage(ImageReader(picture), 0, 0, WIDTH, HEIGHT)
            canvas.showPage()
    canvas.save()
    return stream.getvalue()
