"""Builds PDF files in code, for the tests of the PDF reader."""

import io
from collections.abc import Callable, Iterable

from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from analyzer.document import BlockKind, Document, Layer, Source

WIDTH, HEIGHT = letter

SHARE = (
    "The vendor keeps every record of the work for five years after the last payment and lets the",
    "auditor of the city see them at its own office on two days of notice, during the hours that are",
    "usual there, and answers what the auditor asks about them within a week.",
)
"""Three lines of one paragraph in ten-point type over the full width."""


def pdf(*pages: Callable[[Canvas], None], size: tuple[float, float] = letter, encrypt: object = None) -> Source:
    """A PDF whose pages are drawn by functions."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=size, encrypt=encrypt, invariant=1)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return Source("made.pdf", stream.getvalue())


def lines(
    texts: Iterable[str], *, x: float = 72, y: float = 700, pitch: float = 12, font: str = "Helvetica", size: float = 10
) -> Callable[[Canvas], None]:
    """Draws lines one below the other."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont(font, size)
        for number, text in enumerate(texts):
            canvas.drawString(x, y - number * pitch, text)

    return draw


def both(*draws: Callable[[Canvas], None]) -> Callable[[Canvas], None]:
    """Draws several things on one page."""

    def draw(canvas: Canvas) -> None:
        for one in draws:
            one(canvas)

    return draw


def ruled(
    rows: Iterable[Iterable[str]], *, x: float = 72, y: float = 600, width: float = 150, height: float = 20
) -> Callable[[Canvas], None]:
    """Draws a table with lines around its cells."""
    table = [list(row) for row in rows]

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 9)
        columns = len(table[0])
        canvas.grid([x + width * n for n in range(columns + 1)], [y - height * n for n in range(len(table) + 1)])
        for n, row in enumerate(table):
            for m, text in enumerate(row):
                for part, line in enumerate(text.split("\n")):
                    canvas.drawString(x + width * m + 4, y - height * n - 10 - 10 * part, line)

    return draw


def texts(document: Document, layer: Layer = Layer.BODY, kind: BlockKind | None = None) -> list[str]:
    """The texts of a document's blocks on one layer."""
    return [
        document[block.span]
        for block in document.blocks
        if block.layer is layer and (kind is None or block.kind is kind)
    ]
