"""The one door: any file in, a document or a DocumentError out."""

import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pytest

from analyzer.document import Document, NoteKind, Source, Span, View
from analyzer.errors import DocumentTooLarge, EmptyDocument, EncryptedDocument, UnsupportedFormat
from analyzer.parsing import legacy, locate, page_image, parse
from analyzer.parsing.sniffing import MediaType
from tests.parsing.small_files import compound_file, docx, odt, pdf, small_files, xlsx, zipped

FILES = small_files()
READABLE = [name for name in FILES if name != "a.zip"]


@pytest.mark.parametrize("name", READABLE)
def test_each_kind_is_read(name: str) -> None:
    document = parse(Source(name, FILES[name]))
    assert "bond" in document.text
    assert document.source == Source(name, FILES[name])
    assert document.media_type in set(MediaType)
    assert_holds_together(document)


def assert_holds_together(document: Document) -> None:
    """Blocks tile the text, origins lie in it in order."""
    end = -1
    for block in document.blocks:
        assert block.span.start == end + 1
        assert block.span.end > block.span.start
        end = block.span.end
    assert max(end, 0) == len(document.text)
    end = 0
    for origin in document.origins:
        assert end <= origin.start < origin.end <= len(document.text)
        end = origin.end


@pytest.mark.parametrize("name", READABLE)
def test_reading_twice_gives_the_same(name: str) -> None:
    source = Source(name, FILES[name])
    assert parse(source) == parse(source)


def test_a_wrong_ending_is_noted() -> None:
    document = parse(Source("terms.pdf", FILES["a.docx"]))
    assert document.media_type == MediaType.DOCX
    assert [note.kind for note in document.notes] == [NoteKind.CONVERTED]
    assert document.notes[0].message == "The file is named .pdf and is a Word document; it was read as that."


def test_only_a_pdf_has_places_on_pages() -> None:
    document = parse(Source("a.txt", b"The bond is due."))
    assert locate(document, Span(4, 8)) == ()
    document = parse(Source("a.pdf", FILES["a.pdf"]))
    start = document.text.index("bond")
    assert [box.page for box in locate(document, Span(start, start + 4))] == [1]


@pytest.mark.parametrize("view", View)
def test_the_view_reaches_the_reader(view: View) -> None:
    kept = {View.ACCEPTED: "new", View.REJECTED: "old"}[view]
    assert parse(Source("a.html", b"<p><del>old</del><ins>new</ins></p>"), view=view).text == kept


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", b" \n\r\n\t "),
        ("a.html", b"<html><body></body></html>"),
        ("a.md", b"\n"),
        ("a.csv", b",,\n"),
        ("a.docx", docx("")),
        ("a.odt", odt("")),
        ("a.html", b"\xef\xbb\xbf<p>"),
    ],
)
def test_a_document_without_text_is_an_error(name: str, data: bytes) -> None:
    with pytest.raises(EmptyDocument, match="without any text"):
        parse(Source(name, data))


def test_a_pdf_without_text_is_a_document_that_says_so() -> None:
    document = parse(Source("a.pdf", scan("PDF")), ocr=False)
    assert document.text == ""
    assert document.unread


def scan(kind: str) -> bytes:
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (850, 1100), "white")
    ImageDraw.Draw(picture).text((100, 100), "THE BOND IS DUE AT AWARD", fill="black", font_size=36)
    buffer = BytesIO()
    picture.save(buffer, kind, **({"resolution": 100.0} if kind == "PDF" else {}))
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_a_picture_is_a_scanned_page(kind: str) -> None:
    document = parse(Source(f"a.{kind.lower()}", scan(kind)), ocr=False)
    assert len(document.pages) == 1
    assert [note.kind for note in document.unread] == [NoteKind.PAGE_WITHOUT_TEXT]


def test_a_picture_is_read_by_ocr_where_that_is_installed() -> None:
    pytest.importorskip("rapidocr")
    document = parse(Source("a.png", scan("PNG")))
    start = document.text.upper().index("BOND")
    assert [box.page for box in locate(document, Span(start, start + 4))] == [1]
    assert page_image(document, 1, scale=1.0).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.zip", FILES["a.zip"], "a ZIP package"),
        ("a.pptx", zipped({"ppt/presentation.xml": "<p/>"}), "a PowerPoint presentation"),
        ("a.ppt", compound_file({"PowerPoint Document": b"x"}), "a PowerPoint 97-2003 presentation"),
        ("a.epub", zipped({"mimetype": "application/epub+zip"}), "an e-book"),
        ("a.xml", b'<?xml version="1.0"?><a/>', "an XML file of an unknown kind"),
        ("a.exe", b"MZ" + bytes(range(32)) * 40, "a file of an unknown kind"),
        ("a.rar", b"Rar!\x1a\x07\x00", "an archive"),
    ],
)
def test_what_is_not_read_says_what_it_is(name: str, data: bytes, words: str) -> None:
    with pytest.raises(UnsupportedFormat) as caught:
        parse(Source(name, data))
    assert caught.value.name == name
    assert words in caught.value.cause
    assert caught.value.remedy


def test_an_office_file_behind_a_password() -> None:
    with pytest.raises(EncryptedDocument, match="password"):
        parse(Source("a.docx", compound_file({"EncryptedPackage": b"x", "EncryptionInfo": b"x"})))


def test_an_old_word_file_behind_a_password() -> None:
    with pytest.raises(EncryptedDocument, match="password"):
        parse(Source("a.doc", compound_file({"WordDocument": b"\xec\xa5" + b"\0" * 9 + b"\x01"})))


def test_a_file_beyond_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.parsing.MAX_BYTES", 10)
    with pytest.raises(DocumentTooLarge, match="limit"):
        parse(Source("a.txt", b"x" * 11))


def test_a_presentation_of_the_name_only_is_used_throughout() -> None:
    document = parse(Source("a\nb\udcff.txt", b"The bond."))
    assert document.source.name == "a\ufffdb\ufffd.txt"


def test_an_old_format_names_what_converts_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legacy, "_program", lambda: None)
    with pytest.raises(UnsupportedFormat, match="Install LibreOffice"):
        parse(Source("a.doc", compound_file({"WordDocument": b"\xec\xa5"})))


needs_libreoffice = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


def converted(folder: Path, data: bytes, name: str, target: str) -> bytes:
    (folder / name).write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", target, "--outdir", str(folder), str(folder / name)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (folder / name).with_suffix(f".{target}").read_bytes()


@needs_libreoffice
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "target", "data"),
    [("a.docx", "doc", docx("The bond is due.")), ("b.xlsx", "ods", xlsx([["Item", "Price"], ["bond", 20]]))],
)
def test_old_formats_are_converted(tmp_path: Path, name: str, target: str, data: bytes) -> None:
    source = Source(f"old.{target}", converted(tmp_path, data, name, target))
    document = parse(source)
    assert "bond" in document.text
    assert document.source == source
    assert document.media_type in {MediaType.DOC, MediaType.ODS}
    assert document.notes[0].kind is NoteKind.CONVERTED


def test_a_long_pdf_reports_progress() -> None:
    seen: list[tuple[int, int]] = []
    parse(
        Source("a.pdf", pdf("The bond is due.", "At award.")), progress=lambda done, total: seen.append((done, total))
    )
    assert seen[-1] == (2, 2)
