"""E-mail: headers, the better of two bodies, and what is attached."""

import struct
from email.message import EmailMessage

import pytest

from analyzer.document import BlockKind, NoteKind, Source
from analyzer.errors import DocumentError, EncryptedDocument
from analyzer.parsing.mail import _decompressed, attachments, read_mail, read_msg
from analyzer.parsing.sniffing import MediaType
from tests.parsing.small_files import eml, msg

HEAD = "Addendum – bonds\nFrom: Ann Buyer <ann@agency.example>\nTo: bids@vendor.example\n"


def names(found: tuple[Source | DocumentError, ...]) -> list[str]:
    return [member.name for member in found]


def test_a_plain_message() -> None:
    document = read_mail(Source("a.eml", eml("The bond is due.\n\nPrices hold.\n")))
    assert document.text.startswith(HEAD)
    assert document.text.endswith("2026 10:00:00 +0000\nThe bond is due.\nPrices hold.")
    assert document.blocks[0].kind is BlockKind.HEADING
    assert document.notes == ()


def test_the_web_page_is_read_rather_than_its_plain_form() -> None:
    document = read_mail(Source("a.eml", eml("plain", html="<p>Bonds:</p><ol><li>bid bond</ol>")))
    assert document.text.endswith("\nBonds:\n1. bid bond")
    assert "plain" not in document.text


def test_attachments_are_named_and_taken_out() -> None:
    source = Source(
        "a.eml", eml(attached={"terms.txt": b"The bond.", "../../etc/passwd": b"x", "b\u202etxt.exe": b"y"})
    )
    note = read_mail(source).notes[0]
    assert note.kind is NoteKind.EMBEDDED_FILE
    assert "terms.txt" in note.message
    found = attachments(source, MediaType.MAIL)
    assert names(found) == ["a.eml/terms.txt", "a.eml/passwd", "a.eml/b\ufffdtxt.exe"]
    assert isinstance(found[0], Source)
    assert found[0].data == b"The bond."


def test_a_forwarded_message_is_attached_and_a_picture_in_the_text_is_not() -> None:
    inner = EmailMessage()
    inner["Subject"] = "Terms"
    inner.set_content("Inner words")
    outer = EmailMessage()
    outer["Subject"] = "Fwd"
    outer.set_content('<p>See <img src="cid:logo"></p>', subtype="html")
    outer.add_related(b"png", "image", "png", cid="<logo>")
    outer.make_mixed()
    outer.add_attachment(inner)
    found = attachments(Source("a.eml", outer.as_bytes()), MediaType.MAIL)
    assert names(found) == ["a.eml/part 2.eml"]
    assert isinstance(found[0], Source)
    assert b"Inner words" in found[0].data


def test_an_encrypted_message() -> None:
    data = b"From: a@b.example\nSubject: x\nContent-Type: application/pkcs7-mime; name=smime.p7m\n\nAAAA"
    with pytest.raises(EncryptedDocument):
        read_mail(Source("a.eml", data))


@pytest.mark.parametrize("header", ["To: <<<@@", "To: =?utf-8?q?=ff?= <a", "Date: no date", "Subject: =?x?b?!?="])
def test_bad_headers_do_not_stop_the_reading(header: str) -> None:
    data = f"From: a@b.example\n{header}\nMessage-ID: <x>\n\nThe bond is due.\n".encode()
    assert read_mail(Source("a.eml", data)).text.endswith("The bond is due.")


def test_an_outlook_message() -> None:
    source = Source("a.msg", msg("Addendum", "The bond is due.", {"terms.txt": b"Terms"}))
    assert read_msg(source).text == "Addendum\nFrom: <ann@agency.example>\nThe bond is due."
    found = attachments(source, MediaType.MSG)
    assert names(found) == ["a.msg/terms.txt"]


def packed_rtf(text: bytes) -> bytes:
    """Rich text as Outlook stores it, with literal bytes only."""
    body = b"".join(b"\0" + text[at : at + 8] for at in range(0, len(text), 8))
    return struct.pack("<IIII", len(body) + 12, len(text), 0x75465A4C, 0) + body


def test_rich_text_is_unpacked() -> None:
    assert _decompressed(packed_rtf(b"{\\rtf1 The bond is due.}")) == b"{\\rtf1 The bond is due.}"
    # The example of [MS-OXRTFCP] 4.1.1.
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    assert _decompressed(packed) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


@pytest.mark.parametrize("word", ["bond", "=?utf-8?q?bond?="])
def test_a_header_of_any_length_is_read(word: str) -> None:
    subject = "\n ".join([word] * 20_000)
    data = f"From: a@b.example\nSubject: {subject}\nMessage-ID: <x>\n\nThe bond is due.\n".encode()
    heading, *_, body = read_mail(Source("a.eml", data)).text.split("\n")
    assert heading == " ".join([word] * 20_000)
    assert body == "The bond is due."


def test_a_long_header_does_not_hide_the_parts() -> None:
    filler = "; x=" + "y" * 100_000
    data = (
        f"From: a@b.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B{filler}\n\n"
        f"--B\nContent-Type: text/plain\n\nThe bond is due.\n"
        f"--B\nContent-Type: text/plain\nContent-Disposition: attachment; filename=terms.txt{filler}\n\nTerms\n--B--\n"
    ).encode()
    assert read_mail(Source("a.eml", data)).text.endswith("The bond is due.")
    assert names(attachments(Source("a.eml", data), MediaType.MAIL)) == ["a.eml/terms.txt"]
