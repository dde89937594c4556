"""Writes samples/documents, expected and packages from samples/content: ``python -m samples.build``.

The same content gives the same bytes with the same versions of the libraries, and the same text with any.
"""

import json
import sys
from pathlib import Path
from typing import Any

from samples.pdf_layout import one_column, scan, two_columns, typewritten
from samples.source import Kind, Text, Variant, expected, load
from samples.word_layout import fixed_archive, word

__all__ = ["build_documents", "build_expected", "build_packages", "main"]

TEXTS = {
    "it-rfp-problems.pdf": ("it-rfp", Variant.PROBLEMS),
    "it-rfp-repaired.docx": ("it-rfp", Variant.REPAIRED),
    "standard-terms.docx": ("standard-terms", None),
    "saas-agreement.pdf": ("saas-agreement", None),
    "bid-forms.docx": ("bid-forms", None),
    "draft-with-revisions.docx": ("draft-with-revisions", None),
    "requirements-tables.docx": ("requirements-tables", None),
    "scanned-terms.pdf": ("scanned-terms", None),
    "rfi.md": ("rfi", None),
}
"""Each document with the text that it shows."""

PACKAGE = ("it-rfp-problems.pdf", "standard-terms.docx")
"""What stands in rfp-package.zip."""

BOOKING = {
    "rfp.docx": "booking-rfp",
    "exhibit-a-agreement.docx": "booking-agreement",
    "questions-and-answers.md": "booking-answers",
}
"""The documents of packages/booking, which contradict each other in two places."""


def text_of(document: str) -> Text:
    """The content of one of the documents."""
    return load(*TEXTS[document])


def build_packages() -> dict[str, bytes]:
    """The documents of sample packages, by path below packages/."""
    return {f"booking/{name}": _shown(name, load(content)) for name, content in BOOKING.items()}


def build_documents() -> dict[str, bytes]:
    """Every sample document by file name."""
    documents = {name: _laid_out(name) for name in TEXTS}
    documents["rfp-package.zip"] = fixed_archive({name: documents[name] for name in PACKAGE})
    return documents


def _laid_out(name: str) -> bytes:
    return _shown(name, text_of(name))


def _shown(name: str, text: Text) -> bytes:
    if name.endswith(".docx"):
        return word(text)
    if name.endswith(".md"):
        return markdown(text).encode()
    if name == "scanned-terms.pdf":
        return scan(typewritten(text))
    return two_columns(text) if name == "saas-agreement.pdf" else one_column(text)


def markdown(text: Text) -> str:
    """A small text as Markdown."""
    lines = [f"# {text['title']}", f"{text['agency']}, {text['number']}, {text['date']}"]
    for part in text.parts:
        if part.kind is Kind.HEADING:
            lines.append(f"{'#' * (part.level + 1)} {part.number} {part.text}")
        else:
            lines.append(f"* {part.text}" if part.kind is Kind.BULLET else part.text)
    return "\n\n".join(lines) + "\n"


def build_expected() -> dict[str, dict[str, Any]]:
    """What a scan should find in each document, by name of the file that says so."""
    found = {f"{Path(name).stem}.json": expected(name, text_of(name)) for name in TEXTS}
    revised = "draft-with-revisions"
    for view, name in (("accepted", f"{revised}.json"), ("rejected", f"{revised}.rejected.json")):
        found[name] = expected(f"{revised}.docx", text_of(f"{revised}.docx"), view=view)
    found["rfp-package.json"] = {"document": "rfp-package.zip", "members": list(PACKAGE)}
    return found


def main(folder: Path) -> None:
    """Write all documents, packages and expectations below a folder."""
    for name, data in build_documents().items():
        _write(folder / "documents" / name, data)
    for name, data in build_packages().items():
        _write(folder / "packages" / name, data)
    for name, value in build_expected().items():
        _write(folder / "expected" / name, (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode())


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
