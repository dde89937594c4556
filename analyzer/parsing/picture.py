"""Reads a scanned page that is a picture of its own, as the PDF that it would be."""

from dataclasses import replace
from io import BytesIO

from analyzer.document import Document, Source, TableFinder
from analyzer.errors import DamagedDocument, DocumentTooLarge

__all__ = ["MAX_PIXELS", "as_pdf", "read_picture"]

MAX_PIXELS = 200_000_000
"""The largest picture that is opened, in pixels; a sheet of 11 by 17 inches at 600 dots an inch has 67 million."""
_DOTS_PER_INCH = 200


def read_picture(source: Source, media_type: str, *, ocr: bool = True) -> Document:
    """Read the pages of a PNG, JPEG or TIFF through OCR; without it each page is noted as not read.

    Raises DamagedDocument, DocumentTooLarge.
    """
    from analyzer.parsing.pdf import read_pdf

    inner = read_pdf(Source(source.name, as_pdf(source)), ocr=ocr, tables=TableFinder.OFF)
    return replace(inner, source=source, media_type=media_type)


def as_pdf(source: Source) -> bytes:
    """A picture as a PDF, a page for each frame. Raises DamagedDocument, DocumentTooLarge."""
    from PIL import Image, ImageSequence

    try:
        with Image.open(BytesIO(source.data)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise DocumentTooLarge(source.name, f"it has more than {MAX_PIXELS:,} pixels.", "Scan it at 300 dpi.")
            pages = [page.convert("RGB") for page in ImageSequence.Iterator(picture)]
            pdf = BytesIO()
            dots = float(picture.info.get("dpi", (_DOTS_PER_INCH,))[0]) or _DOTS_PER_INCH
            pages[0].save(pdf, "PDF", save_all=True, append_images=pages[1:], resolution=max(36.0, dots))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DamagedDocument(source.name, "the picture can't be opened.", "Scan or save it again.") from error
    return pdf.getvalue()
