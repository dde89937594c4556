"""A PDF as it came, with what was found marked on its pages: highlights with notes, bookmarks, a summary at the end.

Only what standard viewers know is written: ``Highlight`` and ``Text`` annotations with their own appearance, an
outline, pages (ISO 32000-1, 12.5.6.10, 12.5.6.4 and 12.3.3). Nothing that the file holds is rewritten: the content
streams of its pages, its annotations, form, structure and bookmarks stay as they are.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

import pikepdf

from analyzer.document import Document, Source
from analyzer.errors import DamagedDocument, DocumentError, EncryptedDocument
from analyzer.findings import Report
from analyzer.parsing import as_pages
from analyzer.rendering.pdf.marks import Marks, add_marks, is_ours
from analyzer.rendering.pdf.outline import add_bookmarks
from analyzer.rendering.pdf.summary import add_summary
from analyzer.rules import Reference

__all__ = ["annotate_pdf"]


def annotate_pdf(
    source: Source,
    document: Document,
    report: Report,
    *,
    author: str = "Fairterms",
    date: datetime | None = None,
    references: Mapping[str, Reference],
    summary: bool = True,
) -> bytes:
    """A copy of a PDF with the findings of its report marked; a scan that is a picture comes back as a PDF.

    ``author`` and ``date`` stand on each note, the date only where one is given. The same arguments give the same
    bytes, except that a file encrypted with AES gets new random numbers each time, as the encryption demands.

    Raises UnsupportedFormat for what is no PDF or scan, EncryptedDocument where the file's owner forbids notes, and
    DocumentError for a file that is signed, that holds these notes already, or that ``document`` was not read from.
    """
    if source.sha256() != report.sha256 or source.data != document.source.data:
        raise DocumentError(source.name, "the report is about another file.", "Check the file anew.")
    paged = as_pages(document)
    with _opened(paged.source) as pdf:
        _refuse(source, pdf, len(paged.pages))
        marks: Marks = add_marks(pdf, paged, report, author=author, date=date, references=references)
        add_bookmarks(pdf, report.findings, marks.places)
        if summary:
            add_summary(pdf, report, marks.places)
        if paged is not document and "/Info" in pdf.trailer:
            del pdf.trailer["/Info"]  # the time at which the picture was made a PDF
        return _saved(pdf)


def _opened(source: Source) -> pikepdf.Pdf:
    try:
        return pikepdf.open(BytesIO(source.data))
    except pikepdf.PasswordError as error:
        raise EncryptedDocument(
            source.name, "the PDF needs a password.", "Save a copy without a password and give that."
        ) from error
    except pikepdf.PdfError as error:
        raise DamagedDocument(
            source.name, "the PDF is too damaged to write notes into.", "Open it in a viewer and save a new copy."
        ) from error


def _refuse(source: Source, pdf: pikepdf.Pdf, pages: int) -> None:
    if len(pdf.pages) != pages:
        raise DamagedDocument(
            source.name, "the PDF's list of pages is damaged.", "Open it in a viewer and save a new copy."
        )
    if pdf.is_encrypted and not pdf.allow.modify_annotation:
        raise EncryptedDocument(
            source.name, "the PDF's owner does not allow notes on it.", "Give a copy without protection."
        )
    if _is_signed(pdf):
        raise DocumentError(
            source.name,
            "the PDF is signed, and notes would break the signature.",
            "Give the copy from before it was signed, or print it to a new PDF.",
        )
    if any(is_ours(annotation) for page in pdf.pages for annotation in page.obj.get("/Annots", ())):
        raise DocumentError(source.name, "the PDF holds Fairterms' notes already.", "Give the original.")


def _is_signed(pdf: pikepdf.Pdf) -> bool:
    """Whether a signature field is filled, or the file is certified."""
    if "/Perms" in pdf.Root:
        return True
    form = pdf.Root.get("/AcroForm")
    fields = form.get("/Fields", ()) if isinstance(form, pikepdf.Dictionary) else ()
    return any(field.get("/FT") == "/Sig" and "/V" in field for field in _fields(fields, 0))


def _fields(fields: Any, depth: int) -> Iterator[Any]:
    for field in fields:
        if isinstance(field, pikepdf.Dictionary):
            yield field
            if depth < 20:  # a damaged form may hold itself
                yield from _fields(field.get("/Kids", ()), depth + 1)


def _saved(pdf: pikepdf.Pdf) -> bytes:
    stream = BytesIO()
    if pdf.is_encrypted:
        # Neither a number made from the contents nor untouched streams can be had of an encrypted file.
        pdf.save(stream, fix_metadata_version=False, compress_streams=False, encryption=True, static_id=True)
        return stream.getvalue()
    pdf.save(
        stream,
        preserve_pdfa=False,
        fix_metadata_version=False,
        compress_streams=False,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        deterministic_id=True,
    )
    return stream.getvalue()
