"""Documents for comparing: small ones written here, and the samples as LibreOffice makes PDFs of them."""

import io
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from analyzer.differences import Side
from analyzer.document import Source
from analyzer.parsing import parse
from analyzer.segmentation import segment

SETTLED = [
    path for path in sorted(Path("samples/documents").glob("*.docx")) if path.name != "draft-with-revisions.docx"
]
"""The samples in Word format that hold no pending changes."""


def side(source: Source) -> Side:
    document = parse(source)
    return Side.of(document, segment(document))


def text_side(text: str, name: str = "terms.txt") -> Side:
    return side(Source(name, text.encode()))


@cache
def checked_side(path: Path) -> Side:
    return side(Source.from_path(path))


@cache
def converted(path: Path, kind: str = "pdf") -> bytes:
    """What LibreOffice makes of a file."""
    office = shutil.which("soffice")
    if not office:
        pytest.skip("LibreOffice is not installed")
    with tempfile.TemporaryDirectory(prefix="fairterms-office-") as folder:
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = [office, profile, "--headless", "--convert-to", kind, "--outdir", folder, str(path)]
        subprocess.run(command, capture_output=True, check=True, timeout=180)
        return (Path(folder) / f"{path.stem}.{kind}").read_bytes()


@cache
def published_side(path: Path) -> Side:
    return side(Source(f"{path.stem}.pdf", converted(path)))


def rewritten(path: Path, change: Callable[[str], str]) -> Source:
    """A Word file with the XML of its text changed, and nothing else."""
    stream = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename in ("word/document.xml", "word/footnotes.xml"):
                data = change(data.decode()).encode()
            new.writestr(item, data)
    return Source(path.name, stream.getvalue())


NOTED = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3"
 office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text>
<text:h text:outline-level="1">1. Delivery</text:h>
<text:p>Goods are delivered within 20 days<text:note text:id="a" text:note-class="footnote">
<text:note-citation>1</text:note-citation><text:note-body><text:p>A day ends at five in the afternoon.</text:p>
</text:note-body></text:note> of the order.</text:p>
<text:h text:outline-level="1">2. Price</text:h>
<text:p>Prices hold for 2 years.<text:note text:id="b" text:note-class="footnote">
<text:note-citation>2</text:note-citation><text:note-body><text:p>After 2 years they may rise by 3 percent.</text:p>
</text:note-body></text:note> Freight is part of the price.</text:p>
</office:text></office:body></office:document>
"""
"""A text with footnotes, as LibreOffice reads it."""
