"""What kind of file some bytes are."""

import zipfile
from io import BytesIO

import pytest

from analyzer.document import Source
from analyzer.errors import DamagedDocument, EmptyDocument
from analyzer.parsing.sniffing import MediaType, describe, is_misnamed, sniff


def zipped(**members: str) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, text in members.items():
            package.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return buffer.getvalue()


def office(kind: str) -> bytes:
    return zipped(**{"[Content_Types].xml": f'<Types><Override ContentType="application/vnd.{kind}+xml"/></Types>'})


MAIL = b"Return-Path: <a@b.example>\r\nFrom: Ann <a@b.example>\r\nSubject: Bid\r\n\r\nHello.\r\n"

CASES = [
    ("a.pdf", b"%PDF-1.7\n", MediaType.PDF),
    ("a.pdf", b"\r\n junk before \n%PDF-1.4\n", MediaType.PDF),
    ("a.docx", office("openxmlformats-officedocument.wordprocessingml.document.main"), MediaType.DOCX),
    ("a.docm", office("ms-word.document.macroEnabled.main"), MediaType.DOCX),
    ("a.xlsx", office("openxmlformats-officedocument.spreadsheetml.sheet.main"), MediaType.XLSX),
    ("a.pptx", office("openxmlformats-officedocument.presentationml.presentation.main"), MediaType.PPTX),
    ("a.docx", zipped(word__document_xml="<w/>"), MediaType.DOCX),
    ("a.odt", zipped(mimetype="application/vnd.oasis.opendocument.text"), MediaType.ODT),
    ("a.ods", zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), MediaType.ODS),
    ("a.epub", zipped(mimetype="application/epub+zip"), MediaType.EPUB),
    ("a.zip", zipped(terms="x"), MediaType.ZIP),
    ("a.rtf", b"{\\rtf1 x}", MediaType.RTF),
    ("a.html", b"<!DOCTYPE html><p>x", MediaType.HTML),
    ("a.html", "<html><p>x".encode("utf-16"), MediaType.HTML),
    ("a.bin", b'<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><p>x</p></html>', MediaType.HTML),
    ("a.htm", b"<!-- saved -->\n<TABLE><tr><td>x</table>", MediaType.HTML),
    ("a.html", b"Just words.", MediaType.TEXT),
    ("a.xml", b'<?xml version="1.0"?><terms/>', MediaType.XML),
    ("a.xml", b'<?xml version="1.0"?><w:wordDocument/>', MediaType.FLAT_OFFICE),
    ("a.eml", MAIL, MediaType.MAIL),
    ("a", MAIL, MediaType.MAIL),
    ("memo.txt", b"To: All bidders\nFrom: Purchasing\nDate: May 1\nSubject: Addendum\n\nText.", MediaType.TEXT),
    ("a.md", b"words", MediaType.MARKDOWN),
    ("README", b"# Terms\n\n## Bonds\n\nwords", MediaType.MARKDOWN),
    ("a.txt", b"# Terms\n\n## Bonds\n\nwords", MediaType.TEXT),
    ("a.csv", b"a,b\n1,2\n", MediaType.CSV),
    ("a.txt", b"The bidder < the agency", MediaType.TEXT),
    ("a.txt", b"Prose with a \0 in it, and then more of it.", MediaType.TEXT),
    ("a.txt", "Bonds of every kind".encode("utf-16-le"), MediaType.TEXT),
    ("a.png", b"\x89PNG\r\n\x1a\n", MediaType.PNG),
    ("a.jpg", b"\xff\xd8\xff\xe0", MediaType.JPEG),
    ("a.tif", b"II*\x00", MediaType.TIFF),
    ("a.7z", b"7z\xbc\xaf\x27\x1c", MediaType.ARCHIVE),
    ("a.wpd", b"\xffWPC\x10", MediaType.WORDPERFECT),
    ("a.bin", bytes(range(32)) * 40, MediaType.BINARY),
]


@pytest.mark.parametrize(("name", "data", "expected"), CASES)
def test_the_content_tells_the_kind(name: str, data: bytes, expected: MediaType) -> None:
    assert sniff(Source(name, data)) is expected


def test_no_bytes_are_an_empty_document() -> None:
    with pytest.raises(EmptyDocument, match="no bytes"):
        sniff(Source("a.pdf", b""))


@pytest.mark.parametrize(
    "data", [zipped(terms="x")[:40], b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100], ids=["zip", "ole"]
)
def test_a_broken_container_is_damaged(data: bytes) -> None:
    with pytest.raises(DamagedDocument, match="cut short or damaged"):
        sniff(Source("a.zip", data))


def test_a_word_document_without_its_directory_is_left_to_its_reader() -> None:
    assert sniff(Source("a.docx", zipped(word__document_xml="<w/>")[:60])) is MediaType.DOCX


@pytest.mark.parametrize(
    ("name", "media_type", "expected"),
    [
        ("a.pdf", MediaType.DOCX, True),
        ("a.PDF", MediaType.PDF, False),
        ("a.docm", MediaType.DOCX, False),
        ("a", MediaType.PDF, False),
        ("a.v2", MediaType.PDF, False),
        ("x.zip/a.doc", MediaType.RTF, True),
    ],
)
def test_a_name_can_promise_another_kind(name: str, media_type: MediaType, expected: bool) -> None:
    assert is_misnamed(name, media_type) is expected


def test_every_kind_has_a_name() -> None:
    assert all(describe(media_type) for media_type in MediaType)
