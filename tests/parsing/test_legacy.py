"""Old formats: what is said where nothing converts them, and what a failed conversion becomes."""

import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from analyzer.document import Source
from analyzer.errors import DamagedDocument, UnsupportedFormat
from analyzer.parsing import legacy, parse
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


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """The address of a server, and what it is asked for."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_PROPFIND = do_GET  # noqa: N815 - names of the base class

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_fetches_nothing(asked: tuple[str, list[str]]) -> None:
    address, paths = asked
    oasis = "urn:oasis:names:tc:opendocument:xmlns"
    flat = (
        f'<?xml version="1.0"?><office:document xmlns:office="{oasis}:office:1.0" xmlns:text="{oasis}:text:1.0" '
        f'xmlns:draw="{oasis}:drawing:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'office:mimetype="application/vnd.oasis.opendocument.text" office:version="1.2"><office:body><office:text>'
        f'<text:p>The bond is due.<draw:frame><draw:image xlink:href="{address}/a.png" xlink:type="simple" '
        'xlink:show="embed" xlink:actuate="onLoad"/></draw:frame></text:p>'
        f'<text:section text:name="a"><text:section-source xlink:href="{address}/a.odt" xlink:type="simple"/>'
        "<text:p>At award.</text:p></text:section></office:text></office:body></office:document>"
    )
    document = parse(Source("a.fodt", flat.encode()))
    assert document.text == "The bond is due.\nAt award."
    assert paths == []
