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
def converted(path: Path) -> bytes:
    """The PDF that LibreOffice makes of a Word file."""
    office = shutil.which("soffice")
    if not office:
        pytest.skip("LibreOffice is not installed")
    with tempfile.TemporaryDirectory(prefix="fairterms-office-") as folder:
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(path)]
        subprocess.run(command, capture_output=True, check=True, timeout=180)
        return (Path(folder) / f"{path.stem}.pdf").read_bytes()


@cache
def published_side(path: Path) -> Side:
    return side(Source(f"{path.stem}.pdf", converted(path)))


def rewritten(path: Path, change: Callable[[str], str]) -> Source:
    """A Word file with the XML of its text changed, and nothing else."""
    stream = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename == "word/document.xml":
                data = change(data.decode()).encode()
            new.writestr(item, data)
    return Source(path.name, stream.getvalue())
