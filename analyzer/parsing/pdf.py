"""PDF to Document: pages read one by one, furniture told from text, lines put together to blocks."""

from collections.abc import Callable, Iterator
from typing import Any

from analyzer.document import Document, Source, TableFinder
from analyzer.errors import DamagedDocument, DocumentTooLarge
from analyzer.parsing.builder import DocumentBuilder
from analyzer.parsing.ocr import find_engine
from analyzer.parsing.pdf_annotations import attachments, opened_form
from analyzer.parsing.pdf_blocks import write_pages
from analyzer.parsing.pdf_hidden import has_hidden_layers
from analyzer.parsing.pdf_notes import document_notes, page_notes
from analyzer.parsing.pdf_page import PageText, opened_pdf
from analyzer.parsing.pdf_reading import read_page
from analyzer.parsing.pdf_scans import is_picture, read_scan
from analyzer.parsing.pdf_tables import GridFinder, grid_finder
from analyzer.parsing.pdf_view import locate, page_image

__all__ = ["MAX_PAGES", "locate", "page_image", "read_pdf"]

MAX_PAGES = 20_000
"""Pages beyond which a PDF is refused."""


def read_pdf(
    source: Source,
    *,
    ocr: bool = True,
    tables: TableFinder = TableFinder.LINES,
    progress: Callable[[int, int], None] | None = None,
) -> Document:
    """Read a PDF.

    ``ocr`` reads pages that are pictures where an engine is installed; ``tables`` says what finds ruled tables;
    ``progress`` gets the page that was read and how many there are.
    Raises EncryptedDocument, DamagedDocument, EmptyDocument and DocumentTooLarge.
    """
    with opened_pdf(source) as document:
        count = len(document)
        if count > MAX_PAGES:
            raise DocumentTooLarge(
                source.name, f"the PDF has {count:,} pages; {MAX_PAGES:,} is the limit.", "Split it into parts."
            )
        with grid_finder(source, tables) as find:
            pages = tuple(_read_pages(document, count, find, ocr, progress, has_hidden_layers(source)))
        notes = tuple(document_notes(document, attachments(document)))
    if all(page.is_broken for page in pages):
        raise DamagedDocument(source.name, "none of the PDF's pages can be opened.", "Get the file again.")
    builder = DocumentBuilder()
    write_pages(builder, pages)
    return builder.build(
        source,
        "application/pdf",
        pages=(page.size for page in pages),
        notes=(*notes, *page_notes(pages)),
    )


def _read_pages(
    document: Any,
    count: int,
    find: GridFinder,
    ocr: bool,
    progress: Callable[[int, int], None] | None,
    has_layers: bool,
) -> Iterator[PageText]:
    engine = find_engine() if ocr else None
    with opened_form(document) as form:
        for number in range(1, count + 1):
            page = read_page(document, number, form=form, find=find, has_layers=has_layers)
            if engine is not None and is_picture(page):
                page = read_scan(document, page, engine)
            yield page
            if progress is not None:
                progress(number, count)
