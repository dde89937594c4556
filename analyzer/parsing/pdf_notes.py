"""Reading notes of a PDF: what it holds that was not read, or was read in another way than usual."""

from collections.abc import Iterator, Sequence
from typing import Any

from analyzer.document import NoteKind, ReadingNote
from analyzer.parsing.pdf_page import HiddenBy, PageText
from analyzer.parsing.pdf_scans import covered, is_picture

__all__ = ["document_notes", "page_notes"]

_BIG_PICTURE = 0.25
"""Share of the page from which a picture may hold text that matters."""
_UNMAPPED = 0.05
"""Share of a page's characters without a letter, from which the page counts as unreadable."""


def document_notes(document: Any, attached: Sequence[str]) -> Iterator[ReadingNote]:
    """What there is to say about the file as a whole."""
    import pypdfium2.raw as raw

    if raw.FPDF_GetSecurityHandlerRevision(document.raw) >= 0:
        yield ReadingNote(NoteKind.PROTECTION, "The PDF is encrypted with an empty password; it was read in full.")
    if not raw.FPDF_DocumentHasValidCrossReferenceTable(document.raw):
        yield ReadingNote(
            NoteKind.REPAIRED, "The PDF's table of contents is damaged; its parts were found by searching."
        )
    if attached:
        names = ", ".join(sorted(attached)[:5]) + (" and more" if len(attached) > 5 else "")
        count = f"{len(attached)} attached files" if len(attached) > 1 else "an attached file"
        yield ReadingNote(
            NoteKind.EMBEDDED_FILE, f"The PDF holds {count} that this reading leaves out: {names}.", is_unread=True
        )
    if raw.FPDF_GetFormType(document.raw) == raw.FORMTYPE_XFA_FULL:
        yield ReadingNote(
            NoteKind.UNREADABLE_TEXT,
            "The PDF is an XFA form, whose pages only Adobe's programs can draw; print it to a new PDF.",
            is_unread=True,
        )


def page_notes(pages: Sequence[PageText]) -> Iterator[ReadingNote]:
    """What there is to say about its pages."""
    yield from _unread(pages)
    yield from _pictures(pages)
    scanned = [page for page in pages if page.confidence is not None]
    if scanned:
        letters = max(1, sum(page.letters for page in scanned))
        mean = sum((page.confidence or 0.0) * page.letters for page in scanned) / letters
        yield ReadingNote(
            NoteKind.OCR,
            f"{_pages(scanned)} read from a picture by OCR, with a mean confidence of {mean:.0%}.",
            _numbers(scanned),
        )
    layered = [page for page in pages if page.drawn.has_invisible_text and covered(page) > 0.5]
    if layered:
        yield ReadingNote(
            NoteKind.OCR, f"{_pages(layered)} a scan; its text was read by whoever scanned it.", _numbers(layered)
        )
    veiled = [page for page in pages if page.hidden]
    if veiled:
        whys = sorted({found.why for page in veiled for found in page.hidden}, key=list(HiddenBy).index)
        subject = f"Page {veiled[0].number} holds" if len(veiled) == 1 else f"{_listed(veiled)} hold"
        yield ReadingNote(
            NoteKind.HIDDEN_TEXT,
            f"{subject} text that the page doesn't show: text that is {', or '.join(whys)}.",
            _numbers(veiled),
        )
    remarked = [page for page in pages if any(note.is_comment for note in page.annotations)]
    if remarked:
        count = sum(note.is_comment for page in remarked for note in page.annotations)
        yield ReadingNote(NoteKind.COMMENTS, f"The PDF holds {count} comments.", _numbers(remarked))


def _unread(pages: Sequence[PageText]) -> Iterator[ReadingNote]:
    broken = [page for page in pages if page.is_broken]
    if broken:
        yield ReadingNote(
            NoteKind.TRUNCATED, f"{_pages(broken)} damaged and could not be opened.", _numbers(broken), is_unread=True
        )
    silent = [page for page in pages if page.confidence is None and is_picture(page)]
    if silent:
        yield ReadingNote(
            NoteKind.PAGE_WITHOUT_TEXT,
            f"{_pages(silent)} a picture without text: not read.",
            _numbers(silent),
            is_unread=True,
        )
    garbled = [page for page in pages if page.unmapped > max(5, _UNMAPPED * page.letters)]
    if garbled:
        yield ReadingNote(
            NoteKind.UNREADABLE_TEXT,
            f"{_pages(garbled)} set in a font that does not say which letters it draws.",
            _numbers(garbled),
            is_unread=True,
        )


def _pictures(pages: Sequence[PageText]) -> Iterator[ReadingNote]:
    shown = [
        page
        for page in pages
        if covered(page) >= _BIG_PICTURE
        and page.confidence is None
        and not page.drawn.has_invisible_text
        and not is_picture(page)
    ]
    if shown:
        yield ReadingNote(
            NoteKind.PICTURE, f"{_pages(shown)} partly a picture; words in it were not read.", _numbers(shown)
        )


def _numbers(pages: Sequence[PageText]) -> tuple[int, ...]:
    return tuple(page.number for page in pages)


def _pages(pages: Sequence[PageText]) -> str:
    """The subject of a sentence about pages, with its verb."""
    if len(pages) == 1:
        return f"Page {pages[0].number} is"
    return f"{_listed(pages)} are each"


def _listed(pages: Sequence[PageText]) -> str:
    numbers = ", ".join(str(page.number) for page in pages[:8]) + (", …" if len(pages) > 8 else "")
    return f"Pages {numbers} ({len(pages)} in all)"
