"""Files to send, written for these tests."""

import zipfile
from io import BytesIO

from docx import Document

CLEAN = "1. Scope\n\nThe agency buys a records system. Offers are due on 12 May 2027.\n"
UNLIMITED = "1. Liability\n\nThe Contractor shall be liable without any limitation for all damages.\n"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def word(*paragraphs: str) -> bytes:
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def package(**members: bytes) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name, data in members.items():
            packed.writestr(name.replace("__", "."), data)
    return stream.getvalue()


def long_text(clauses: int) -> bytes:
    """Terms that take a while: each clause differs, and each is looked at."""
    lines = (
        f"{number}. Duty {number}\n\nThe Contractor shall be liable without limit for damage number {number}, and "
        f"shall furnish a performance bond of {number} percent before section {number + 1} applies.\n"
        for number in range(1, clauses + 1)
    )
    return "\n".join(lines).encode()
