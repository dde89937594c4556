"""Bytes in, Document out: the only place that knows file formats.

``parse`` reads one file, ``load`` takes one from disk, ``expand`` and ``collect`` find the files in packages and
folders, ``locate`` and ``page_image`` lead from a span back to the page of a PDF.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from analyzer.document import Box, Document, NoteKind, ReadingNote, Source, Span, TableFinder, View
from analyzer.errors import DamagedDocument, DocumentError, DocumentTooLarge, EmptyDocument, UnsupportedFormat
from analyzer.parsing.packages import check_expansion, collect, display_name, expand, load, members
from analyzer.parsing.sniffing import MediaType, describe, extension_of, is_misnamed, sniff

__all__ = ["MAX_BYTES", "MAX_MARKUP_BYTES", "collect", "expand", "load", "locate", "members", "page_image", "parse"]

MAX_BYTES = 500_000_000
"""The largest file that is read."""
MAX_MARKUP_BYTES = 50_000_000
"""The largest web page, e-mail body or rich text: their trees take twenty times their size in memory."""

Progress = Callable[[int, int], None]


class _Options(NamedTuple):
    view: View
    ocr: bool
    tables: TableFinder
    progress: Progress | None


def parse(
    source: Source,
    *,
    view: View = View.ACCEPTED,
    ocr: bool = True,
    tables: TableFinder = TableFinder.LINES,
    progress: Progress | None = None,
) -> Document:
    """Read a document of any kind.

    ``view`` chooses the side of tracked changes, ``ocr`` reads pages without text where that is installed,
    ``tables`` says what finds ruled tables in PDFs, ``progress`` is called with pages done and pages in all.
    Raises DocumentError, and nothing else, for a file that can't be read. A document whose text could be
    read only in part is returned with notes that say so.
    """
    source = replace(source, name=display_name(source.name))
    if len(source.data) > MAX_BYTES:
        raise _too_large(source, MAX_BYTES)
    media_type = sniff(source)
    reader = _READERS.get(media_type)
    if reader is None:
        raise _unsupported(source, media_type)
    document = _guarded(reader, source, media_type, _Options(view, ocr, tables, progress))
    if is_misnamed(source.name, media_type):
        document = replace(document, notes=(_misnamed(source, media_type), *document.notes))
    if not document.text.strip() and not document.unread:
        raise EmptyDocument(
            source.name, f"the file is {describe(media_type)} without any text.", "Check that it is the right file."
        )
    return document


def locate(document: Document, span: Span) -> tuple[Box, ...]:
    """Where a span stands on the pages of a PDF or scan, line by line; nothing for a format without pages.

    Raises DocumentError.
    """
    if document.media_type not in _PAGED:
        return ()
    from analyzer.parsing.pdf import locate

    return locate(as_pages(document), span)


def page_image(document: Document, page: int, *, scale: float = 2.0) -> bytes:
    """A page of a PDF or scan, counted from 1, as PNG; ``scale`` is pixels a point.

    Raises DocumentError, and ValueError for a page that can't be drawn.
    """
    from analyzer.parsing.pdf import page_image

    return page_image(as_pages(document), page, scale=scale)


def as_pages(document: Document) -> Document:
    """A document whose source is the PDF that it was read as: a PDF itself, or a scan that is a picture.

    Raises UnsupportedFormat for a format without fixed pages.
    """
    if document.media_type == MediaType.PDF:
        return document
    if document.media_type not in _PAGED:
        raise UnsupportedFormat(
            document.source.name,
            f"the file is {describe(MediaType(document.media_type))}, which has no fixed pages.",
            "Name a PDF or a scan.",
        )
    from analyzer.parsing.picture import as_pdf

    return replace(document, source=Source(document.source.name, as_pdf(document.source)))


def _guarded(
    reader: Callable[[Source, _Options], Document], source: Source, media_type: MediaType, options: _Options
) -> Document:
    """Read, and let no other exception than DocumentError out: a parser meets files its author never saw."""
    try:
        if media_type in _ZIPPED:
            check_expansion(source)
        if media_type in _MARKUP and len(source.data) > MAX_MARKUP_BYTES:
            raise _too_large(source, MAX_MARKUP_BYTES)
        return reader(source, options)
    except (DocumentError, MemoryError):
        raise
    except ImportError as error:
        raise UnsupportedFormat(
            source.name,
            f"the file is {describe(media_type)}, and {error.name or 'the library'} that reads it can't be loaded.",
            "Install Fairterms again with `pip install --force-reinstall fairterms`.",
        ) from error
    except Exception as error:
        raise DamagedDocument(
            source.name,
            f"the file is {describe(media_type)} whose contents can't be read ({type(error).__name__}).",
            "Open it in the program that made it and save a copy, or export it as PDF.",
        ) from error


def _too_large(source: Source, limit: int) -> DocumentTooLarge:
    size = len(source.data) / 1e6
    return DocumentTooLarge(
        source.name, f"the file has {size:,.0f} MB; the limit is {limit / 1e6:,.0f} MB.", "Split it into parts."
    )


def _misnamed(source: Source, media_type: MediaType) -> ReadingNote:
    message = f"The file is named .{extension_of(source.name)} and is {describe(media_type)}; it was read as that."
    return ReadingNote(NoteKind.CONVERTED, message)


def _unsupported(source: Source, media_type: MediaType) -> UnsupportedFormat:
    remedy = _REMEDIES.get(media_type, "Open it in the program that made it and export it as PDF or DOCX.")
    return UnsupportedFormat(source.name, f"the file is {describe(media_type)}, which is not read.", remedy)


_REMEDIES = {
    MediaType.ZIP: "Give the package to `fairterms scan`, which reads each document in it.",
    MediaType.ARCHIVE: "Unpack it and give the documents in it, or pack them as ZIP.",
    MediaType.PICTURE: "Save it as PNG, JPEG or PDF.",
    MediaType.BINARY: "Check that it is the right file; PDF, DOCX, ODT, RTF, HTML, text, mail and workbooks are read.",
}
_PAGED = frozenset({MediaType.PDF, MediaType.PNG, MediaType.JPEG, MediaType.TIFF})
# The readers of DOCX and ODT set limits of their own, part by part, and salvage damaged containers.
_ZIPPED = frozenset({MediaType.XLSX, MediaType.ODS})
_MARKUP = frozenset({MediaType.HTML, MediaType.RTF})


def _read_pdf(source: Source, options: _Options) -> Document:
    from analyzer.parsing.pdf import read_pdf

    return read_pdf(source, ocr=options.ocr, tables=options.tables, progress=options.progress)


def _read_docx(source: Source, options: _Options) -> Document:
    from analyzer.parsing.docx import read_docx

    return read_docx(source, view=options.view)


def _read_odt(source: Source, options: _Options) -> Document:
    from analyzer.parsing.odt import read_odt

    return read_odt(source, view=options.view)


def _read_rtf(source: Source, options: _Options) -> Document:
    from analyzer.parsing.rtf import read_rtf

    return read_rtf(source, view=options.view)


def _read_html(source: Source, options: _Options) -> Document:
    from analyzer.parsing.html import read_html

    return read_html(source, view=options.view)


def _read_markdown(source: Source, options: _Options) -> Document:
    from analyzer.parsing.markdown import read_markdown

    return read_markdown(source, view=options.view)


def _read_text(source: Source, options: _Options) -> Document:
    from analyzer.parsing.text import read_text

    return read_text(source)


def _read_csv(source: Source, options: _Options) -> Document:
    from analyzer.parsing.spreadsheet import read_csv

    return read_csv(source)


def _read_xlsx(source: Source, options: _Options) -> Document:
    from analyzer.parsing.spreadsheet import read_xlsx

    return read_xlsx(source)


def _read_xls(source: Source, options: _Options) -> Document:
    from analyzer.parsing.spreadsheet import read_xls

    return read_xls(source)


def _read_mail(source: Source, options: _Options) -> Document:
    from analyzer.parsing.mail import read_mail

    return read_mail(source)


def _read_msg(source: Source, options: _Options) -> Document:
    from analyzer.parsing.mail import read_msg

    return read_msg(source)


def _read_picture(source: Source, options: _Options) -> Document:
    from analyzer.parsing.picture import read_picture

    return read_picture(source, sniff(source), ocr=options.ocr)


def _read_legacy(source: Source, options: _Options) -> Document:
    from analyzer.parsing.legacy import convert

    converted, note = convert(source, sniff(source))
    inner = parse(converted, view=options.view)
    return replace(inner, source=source, media_type=str(sniff(source)), notes=(note, *inner.notes))


_READERS: dict[MediaType, Callable[[Source, _Options], Document]] = {
    MediaType.PDF: _read_pdf,
    MediaType.DOCX: _read_docx,
    MediaType.ODT: _read_odt,
    MediaType.RTF: _read_rtf,
    MediaType.HTML: _read_html,
    MediaType.MARKDOWN: _read_markdown,
    MediaType.TEXT: _read_text,
    MediaType.CSV: _read_csv,
    MediaType.XLSX: _read_xlsx,
    MediaType.XLS: _read_xls,
    MediaType.MAIL: _read_mail,
    MediaType.MSG: _read_msg,
    MediaType.PNG: _read_picture,
    MediaType.JPEG: _read_picture,
    MediaType.TIFF: _read_picture,
    MediaType.DOC: _read_legacy,
    MediaType.WORDPERFECT: _read_legacy,
    MediaType.FLAT_OFFICE: _read_legacy,
    MediaType.ODS: _read_legacy,
}
