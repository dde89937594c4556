"""Reads e-mail, as a file of any mail program (.eml) or of Outlook (.msg), and takes out what is attached."""

import struct
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from functools import lru_cache
from io import BytesIO
from typing import Any, NamedTuple

from analyzer.document import BlockKind, Document, NoteKind, ReadingNote, Source, View
from analyzer.errors import DamagedDocument, DocumentError, EncryptedDocument
from analyzer.parsing.builder import DocumentBuilder
from analyzer.parsing.encoding import decode
from analyzer.parsing.html import write_html
from analyzer.parsing.packages import display_name
from analyzer.parsing.sniffing import MediaType
from analyzer.parsing.text import write_text

__all__ = ["attachments", "read_mail", "read_msg"]

_HEADERS = ("From", "To", "Cc", "Date")
_SIGNATURES = frozenset({"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"})
_LOCKED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted"})
_LONG_HEADER = 65_536
"""Characters; a letter to a thousand people names them in fewer."""
_HTML, _RTF_COMPRESSED, _SHORT_NAME, _CONTENT_ID = 0x1013, 0x1009, 0x3704, 0x3712


@lru_cache(maxsize=64)
def _decoded(name: str, value: str) -> str:
    """A header decoded; a long one as it stands, and one that rules the structure cut short.

    The standard library takes time with the square of a header's length, and does so each time it is asked.
    """
    if len(value) <= _LONG_HEADER:
        return _read_header(name, value)
    if name.lower().startswith("content-"):
        return _read_header(name, value[:_LONG_HEADER])
    return " ".join(value.split())


_read_header: Callable[[str, str], str] = policy.default.header_factory
_POLICY = policy.default.clone(header_factory=_decoded)


class _Letter(NamedTuple):
    """A message, whatever program wrote it."""

    subject: str
    headers: tuple[tuple[str, str], ...]
    body: str
    is_html: bool
    attached: tuple[Source | DocumentError, ...]
    notes: tuple[ReadingNote, ...] = ()


def read_mail(source: Source) -> Document:
    """Read a message in the Internet format (RFC 5322): subject, sender, recipients, date and body.

    What is attached is named in a note; ``attachments`` takes it out. Raises EncryptedDocument, DamagedDocument.
    """
    return _document(source, _open_mail(source), MediaType.MAIL)


def read_msg(source: Source) -> Document:
    """Read a message of Outlook, like ``read_mail``. Raises DamagedDocument."""
    return _document(source, _open_msg(source), MediaType.MSG)


def attachments(source: Source, media_type: MediaType) -> tuple[Source | DocumentError, ...]:
    """The files that hang on a message, named ``message.eml/terms.docx``; pictures shown in its text are left out.

    Raises DocumentError.
    """
    letter = _open_msg(source) if media_type == MediaType.MSG else _open_mail(source)
    return letter.attached


def _document(source: Source, letter: _Letter, media_type: MediaType) -> Document:
    builder = DocumentBuilder()
    if letter.subject.strip():
        builder.open(BlockKind.HEADING, level=1)
        builder.add(letter.subject)
    for name, value in letter.headers:
        builder.open()
        builder.add(f"{name}: {value}")
    builder.close()
    notes = letter.notes
    if letter.is_html:
        _, more = write_html(builder, letter.body, source.name, view=View.ACCEPTED)
        notes += more
    else:
        write_text(builder, letter.body.replace("\f", "\n"), has_origins=False)
    if letter.attached:
        names = ", ".join(member.name.removeprefix(f"{source.name}/") for member in letter.attached)
        message = f"{len(letter.attached)} files are attached and are documents of their own: {names}."
        notes += (ReadingNote(NoteKind.EMBEDDED_FILE, message),)
    return builder.build(source, media_type, notes=notes)


def _open_mail(source: Source) -> _Letter:
    try:
        message = message_from_bytes(source.data, policy=_POLICY)
        if message.get_content_type() in _LOCKED and "signed" not in str(message.get("Content-Type", "")):
            raise EncryptedDocument(source.name, "the message is encrypted.", "Save it decrypted.")
        body = message.get_body(("html", "plain"))
        text, notes = _content(body) if body is not None else ("", ())
        headers = tuple((name, value) for name in _HEADERS if (value := _header(message, name)))
        attached = tuple(_attached(source.name, message, body, text))
    except (DocumentError, MemoryError):
        raise
    except Exception as error:
        raise DamagedDocument(
            source.name, "the message's structure can't be read.", "Open it in a mail program and save it as PDF."
        ) from error
    is_html = body is not None and body.get_content_subtype() == "html"
    return _Letter(_header(message, "Subject"), headers, text, is_html, attached, notes)


def _header(message: Message, name: str) -> str:
    """A header decoded; as it stands if the standard library chokes on it."""
    try:
        return str(message.get(name, "") or "")
    except Exception:  # noqa: BLE001 - the header parser raises IndexError, AttributeError and more on bad addresses
        raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
        return str(raw)


def _content(part: Message) -> tuple[str, tuple[ReadingNote, ...]]:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    text, _, notes = decode(data, part.get_content_charset("") or "")
    return text, notes


def _attached(name: str, message: EmailMessage, body: Message | None, text: str) -> list[Source | DocumentError]:
    found: list[Source | DocumentError] = []
    for number, part in enumerate(_leaves(message, body), 1):
        shown = str(part.get("Content-ID", "")).strip("<> ")
        is_shown = part.get_content_maintype() == "image" and shown and f"cid:{shown}" in text
        if is_shown or part.get_content_type() in _SIGNATURES:
            continue
        label = f"{name}/{_filename(part, number)}"
        try:
            found.append(Source(label, _payload(part)))
        except Exception as error:  # noqa: BLE001 - one bad attachment must not hide the others
            found.append(DamagedDocument(label, f"it can't be taken out of the message ({type(error).__name__})."))
    return found


def _leaves(message: Message, body: Message | None) -> list[Message]:
    """The parts that are neither the body nor another form of it; a forwarded message is one part."""
    leaves: list[Message] = []
    waiting: list[tuple[Message, bool]] = [(message, False)]
    while waiting:
        part, is_alternative = waiting.pop()
        if part is body:
            continue
        if part.get_content_maintype() == "multipart":
            inside = is_alternative or part.get_content_subtype() == "alternative"
            children = part.get_payload()
            if isinstance(children, list):
                waiting.extend((child, inside) for child in reversed(children) if isinstance(child, Message))
        elif not (is_alternative and part.get_content_maintype() == "text") and part is not message:
            leaves.append(part)
    return leaves


def _filename(part: Message, number: int) -> str:
    given = display_name(part.get_filename() or "").replace("\\", "/").rpartition("/")[2].strip()
    if given and given.strip("."):
        return given
    endings = {"message/rfc822": "eml", "text/html": "html", "text/plain": "txt", "application/pdf": "pdf"}
    return f"part {number}.{endings.get(part.get_content_type(), 'bin')}"


def _payload(part: Message) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload(0)
        return inner.as_bytes(policy=policy.compat32) if isinstance(inner, Message) else b""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _open_msg(source: Source) -> _Letter:
    from oxmsg import Message as OutlookMessage

    try:
        message = OutlookMessage.load(BytesIO(source.data))
        text, is_html, notes = _msg_body(message)
        date = message.sent_date
        values = {
            "From": (message.sender or "").replace("\0", ""),
            "To": "; ".join(f"{person.name} <{person.email_address}>" for person in message.recipients),
            "Date": date.isoformat(" ", "minutes") if date else "",
        }
        headers = tuple((name, value) for name, value in values.items() if value)
        attached = tuple(_attached_to_msg(source.name, message, text))
        return _Letter(message.subject, headers, text, is_html, attached, notes)
    except MemoryError:
        raise
    except Exception as error:
        raise DamagedDocument(
            source.name, "the Outlook message's structure can't be read.", "Open it in Outlook and save it as PDF."
        ) from error


def _msg_body(message: Any) -> tuple[str, bool, tuple[ReadingNote, ...]]:
    """The body in the richest form that is there: web page, plain text, rich text."""
    if page := message.properties.binary_prop_value(_HTML):
        text, _, notes = decode(page, "")
        return text, True, notes
    if page := message.html_body:
        return page, True, ()
    if body := message.body:
        return body, False, ()
    if packed := message.properties.binary_prop_value(_RTF_COMPRESSED):
        from analyzer.parsing.rtf import read_rtf

        inner = read_rtf(Source("body.rtf", _decompressed(packed)))
        return "\n\n".join(inner[block.span] for block in inner.blocks), False, inner.notes
    return "", False, ()


def _attached_to_msg(name: str, message: Any, text: str) -> list[Source | DocumentError]:
    found: list[Source | DocumentError] = []
    for number, attachment in enumerate(message.attachments, 1):
        given = display_name(_msg_name(attachment)).replace("\\", "/").rpartition("/")[2].strip(". ")
        label = f"{name}/{given or f'part {number}.bin'}"
        shown = attachment.properties.str_prop_value(_CONTENT_ID)
        if shown and f"cid:{shown}" in text:
            continue
        data = attachment.file_bytes
        if data is None:
            cause = "it is a message or an object inside the message, which can't be taken out."
            found.append(DamagedDocument(label, cause, "Save it from Outlook as a file of its own."))
        else:
            found.append(Source(label, data))
    return found


def _msg_name(attachment: Any) -> str:
    return str(attachment.file_name or attachment.properties.str_prop_value(_SHORT_NAME) or "").rstrip("\0")


_RTF_START = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)


def _decompressed(packed: bytes) -> bytes:
    """Rich text as Outlook stores it, an LZ scheme with a dictionary that starts filled ([MS-OXRTFCP])."""
    _, size, kind = struct.unpack("<III", packed[:12])
    if kind == 0x414C454D:
        return packed[16 : 16 + size]
    window = bytearray(_RTF_START.ljust(4096, b" "))
    at, out = len(_RTF_START), bytearray()
    for is_reference, token in _tokens(packed):
        start, length = (token >> 4, (token & 15) + 2) if is_reference else (0, 1)
        if len(out) >= size or (is_reference and start == at):
            break
        for offset in range(length):
            window[at] = window[(start + offset) % 4096] if is_reference else token
            out.append(window[at])
            at = (at + 1) % 4096
    return bytes(out)


def _tokens(packed: bytes) -> Iterator[tuple[bool, int]]:
    """References of two bytes and literal bytes, as the bits of a byte before each eight of them tell."""
    position = 16
    while position < len(packed):
        flags, position = packed[position], position + 1
        for bit in range(8):
            is_reference = bool(flags >> bit & 1)
            token = packed[position : position + 1 + is_reference]
            if len(token) <= is_reference:
                return
            yield is_reference, int.from_bytes(token, "big")
            position += len(token)
