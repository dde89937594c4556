"""Old formats: what is said where nothing converts them, and what a failed conversion becomes."""

import shutil
from pathlib import Path

import pytest

from analyzer.document import Source
from analyzer.errors import DamagedDocument, UnsupportedFormat
from analyzer.parsing import legacy
from analyzer.parsing.legacy import convert
from analyzer.parsing.sniffing import MediaType


def program(folder: Path, script: str) -> str:
    path = folder / "soffice"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("media_type", [MediaType.DOC, MediaType.WORDPERFECT, MediaType.FLAT_OFFICE, MediaType.ODS])
def test_without_libreoffice_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, media_type: MediaType
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(legacy, "_PLACES", ())
    with pytest.raises(UnsupportedFormat, match="Install LibreOffice"):
        convert(Source("old.doc", b"x"), media_type)


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a shell")
@pytest.mark.parametrize(("script", "words"), [("exit 1", "can't convert"), ("sleep 30", "did not convert it in")])
def test_a_conversion_that_fails_or_hangs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, words: str
) -> None:
    made = program(tmp_path, script)
    monkeypatch.setattr(legacy, "_program", lambda: made)
    monkeypatch.setattr(legacy, "SECONDS", 0.5)
    with pytest.raises(DamagedDocument, match=words):
        convert(Source("old.doc", b"x"), MediaType.DOC)
