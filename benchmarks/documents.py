"""Makes documents of ordinary shape for measurements: numbered clauses, lists, tables, running headers and footers.

    python -m benchmarks.documents FOLDER [--count N] [--words N] [--sentences FOLDER] [--formats pdf,docx]

The words come from the samples of this project, in which problems are common, or with ``--sentences`` from the sentence
lists beside a labels file, in which they are as rare as in real documents. The same arguments make the same bytes, but
for the times that office files carry.
"""

import argparse
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import docx
from docx.shared import Pt
from reportlab.lib import colors
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, Spacer, Table

from analyzer.resources import samples_folder

__all__ = ["own_sentences", "sentences_in", "write_documents"]

_BODY = ParagraphStyle("body", fontName="Times-Roman", fontSize=10.5, leading=13, spaceAfter=6)
_ITEM = ParagraphStyle("item", _BODY, leftIndent=24, firstLineIndent=-16, spaceAfter=3)
_HEAD = ParagraphStyle("head", _BODY, fontName="Times-Bold", fontSize=13, leading=16, spaceBefore=10)
_CELL = ParagraphStyle("cell", _BODY, fontSize=9, leading=11, spaceAfter=0)

Texts = Sequence[Sequence[str]]
"""Sentences in their order, document by document."""
Part = tuple[str, str | list[list[str]]]
"""``heading``, ``paragraph`` or ``item`` with its text, or ``table`` with its rows."""


def own_sentences() -> Texts:
    """The labelled sentences that ship as samples, file by file."""
    found = []
    for path in sorted((samples_folder() / "labels").glob("*.jsonl")) + sorted(
        (samples_folder() / "training").glob("*.jsonl")
    ):
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]
        found.append([row["text"] for row in rows if row.get("text")])
    return found


def sentences_in(folder: Path) -> Texts:
    """The last column of each table of sentences in a folder."""
    return [
        [line.split("\t")[-1] for line in path.read_text("utf-8").splitlines() if line]
        for path in sorted(folder.glob("*.tsv"))
    ]


def _parts(texts: Texts, words: int, chance: random.Random) -> list[Part]:
    """The plan of one document: a run of sentences from one text, dealt out to clauses."""
    text = chance.choice(texts)
    place = chance.randrange(len(text))
    parts: list[Part] = []
    used = clause = 0

    def take(count: int) -> list[str]:
        nonlocal place, used
        taken = [text[(place + step) % len(text)] for step in range(count)]
        place += count
        used += sum(len(sentence.split()) for sentence in taken)
        return taken

    while used < words:
        clause += 1
        parts.append(("heading", f"{clause}. {' '.join(take(1)[0].split()[:6]).title()}"))
        count = chance.randint(2, 5)
        parts += [("paragraph", f"{clause}.{n + 1} {' '.join(take(chance.randint(2, 5)))}") for n in range(count)]
        kind = chance.random()
        if kind < 0.3:
            items = take(chance.randint(2, 5))
            parts += [("item", f"({letter}) {item}") for letter, item in zip("abcde", items, strict=False)]
        elif kind < 0.45:
            rows = [[f"R-{clause}{row:02}", take(1)[0], chance.choice(["Yes", "No", "M"])] for row in range(4)]
            parts.append(("table", [["No.", "Requirement", "Met"], *rows]))
    return parts


def _write_pdf(path: Path, title: str, parts: list[Part]) -> None:
    def furniture(canvas: Canvas, template: BaseDocTemplate) -> None:
        canvas.setFont("Times-Roman", 8)
        canvas.drawString(inch, 10.5 * inch, title)
        canvas.drawRightString(7.5 * inch, 0.6 * inch, f"Page {template.page}")

    story: list[Flowable] = []
    for kind, content in parts:
        if isinstance(content, list):
            rows = [[Paragraph(escape(cell), _CELL) for cell in row] for row in content]
            table = Table(rows, colWidths=(0.8 * inch, 5 * inch, 0.7 * inch), repeatRows=1)
            table.setStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)])
            story += [table, Spacer(1, 6)]
        else:
            style = {"heading": _HEAD, "item": _ITEM}.get(kind, _BODY)
            story.append(Paragraph(escape(content), style))
    template = BaseDocTemplate(str(path), pagesize=letter, title=title, invariant=1)
    frame = Frame(inch, inch, 6.5 * inch, 9.2 * inch, id="page")
    template.addPageTemplates([PageTemplate("all", [frame], onPage=furniture)])
    template.build(story)


def _write_docx(path: Path, title: str, parts: list[Part]) -> None:
    document = docx.Document()
    document.styles["Normal"].font.size = Pt(10.5)
    document.sections[0].header.paragraphs[0].text = title
    for kind, content in parts:
        if isinstance(content, list):
            table = document.add_table(rows=0, cols=3, style="Table Grid")
            for row in content:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = _printable(text)
        elif kind == "heading":
            document.add_heading(_printable(content), level=1)
        else:
            number, _, rest = _printable(content).partition(" ")
            paragraph = document.add_paragraph(style="List Paragraph" if kind == "item" else None)
            paragraph.add_run(number).bold = True  # runs as people make them: several in a paragraph
            for word, piece in enumerate(rest.split(". ")):
                paragraph.add_run(f" {piece}." if word else f" {piece}")
    document.save(str(path))


def _printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable())


_WRITERS: dict[str, Callable[[Path, str, list[Part]], None]] = {"pdf": _write_pdf, "docx": _write_docx}


def write_documents(
    folder: Path,
    texts: Texts,
    *,
    count: int,
    words: int = 3500,
    formats: Sequence[str] = ("pdf", "docx"),
    seed: int = 1,
) -> list[Path]:
    """Write ``count`` documents of about ``words`` words each, in turns of the formats."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for number in range(count):
        chance = random.Random(f"{seed}-{number}")  # noqa: S311 - the same documents each time
        extension = formats[number % len(formats)]
        path = folder / f"document-{number:05}.{extension}"
        parts = _parts(texts, int(words * chance.uniform(0.5, 1.5)), chance)
        _WRITERS[extension](path, f"Solicitation {number:05}", parts)
        written.append(path)
    return written


def main() -> None:
    """Write the documents and say how many."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--words", type=int, default=3500, help="words in a document of middling length")
    parser.add_argument("--sentences", type=Path, help="folder with lists of sentences")
    parser.add_argument("--formats", default="pdf,docx")
    arguments = parser.parse_args()
    texts = sentences_in(arguments.sentences) if arguments.sentences else own_sentences()
    formats = arguments.formats.split(",")
    written = write_documents(arguments.folder, texts, count=arguments.count, words=arguments.words, formats=formats)
    print(f"{len(written)} documents in {arguments.folder}")


if __name__ == "__main__":
    main()
