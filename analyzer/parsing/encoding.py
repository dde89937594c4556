"""Turns bytes of an unknown encoding into text without losing any, and says how sure that was."""

import codecs
import re
from typing import NamedTuple

from analyzer.document import NoteKind, ReadingNote

__all__ = ["Decoded", "decode"]


class Decoded(NamedTuple):
    """A text, the encoding it was read in, and what to tell about that.

    The text holds no lone surrogates; bytes that mean nothing became U+FFFD.
    """

    text: str
    encoding: str
    notes: tuple[ReadingNote, ...] = ()


# The marks of UTF-32 begin with those of UTF-16, so they are tried first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 64 * 1024
# What English text in Windows-1252 has above ASCII: quotes, dashes, bullets, signs, and the accents of names.
_WESTERN = re.compile(
    rb"[\x80\x82\x84\x85\x91-\x97\x99\xa0\xa2\xa3\xa7\xa9\xab\xae\xb0\xb1\xb6\xb7\xbb-\xbe\xc9\xe0-\xfc]"
)
_HIGH = re.compile(rb"[\x80-\xff]")


def decode(data: bytes, declared: str = "") -> Decoded:
    """Read bytes as text: by byte order mark, as declared, as UTF-8, as UTF-16 without a mark, else by guess."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _replacing(data[len(mark) :], encoding)
    if declared and (text := _as_declared(data, declared)) is not None:
        return Decoded(text, declared)
    if encoding := _unmarked_utf16(data):
        return _replacing(data, encoding)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        if _is_mostly_utf8(data, error.start):
            return _replacing(data, "utf-8")
    return _guessed(data)


def _replacing(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, "replace")
    lost = text.count("\ufffd") - (data.count(b"\xef\xbf\xbd") if encoding == "utf-8" else 0)
    if lost <= 0:
        return Decoded(text, encoding)
    note = ReadingNote(
        NoteKind.UNREADABLE_TEXT,
        f"{lost:,} characters are not valid {encoding.upper()} and are shown as \ufffd.",
        # A few spoilt characters don't hide a clause; a text full of them may.
        is_unread=lost * 100 > len(text),
    )
    return Decoded(text, encoding, (note,))


def _as_declared(data: bytes, declared: str) -> str | None:
    # Browsers read what calls itself Latin-1 or ASCII as Windows-1252 (WHATWG Encoding, 4.2), and so do its writers.
    name = "cp1252" if declared.lower() in {"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"} else declared
    try:
        text = data.decode(name)
        text.encode("utf-8")
    except (LookupError, ValueError):
        return None
    return text


def _unmarked_utf16(data: bytes) -> str:
    """Latin text in UTF-16 has a zero in every other byte; no other text has."""
    sample = data[: _SAMPLE - _SAMPLE % 2]
    half = len(sample) // 2
    if half < 2:
        return ""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > 0.6 * half and even < 0.1 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.6 * half and odd < 0.1 * half else ""


def _is_mostly_utf8(data: bytes, first_error: int) -> bool:
    """Whether the characters above ASCII are UTF-8 but for a few: a file cut short, or pasted from two."""
    start = max(0, first_error - _SAMPLE)
    text = data[start : start + 2 * _SAMPLE].decode("utf-8", "replace")
    good = sum(1 for character in text if character > "\x7f" and character != "\ufffd")
    return good > 2 * text.count("\ufffd")


def _guessed(data: bytes) -> Decoded:
    encoding = _guess(data)
    text = data.decode(encoding, "replace")
    note = ReadingNote(
        NoteKind.ENCODING,
        f"The file does not say how its characters are encoded; it was read as {_title(encoding)}.",
    )
    return Decoded(text, encoding, (note,))


def _title(encoding: str) -> str:
    return "Windows-1252" if encoding == "cp1252" else encoding.replace("_", "-").upper()


def _guess(data: bytes) -> str:
    """On short English texts charset-normalizer names odd code pages, so plainly Western bytes never reach it."""
    sample = _sample_around_high_bytes(data)
    high = len(_HIGH.findall(sample))
    if len(_WESTERN.findall(sample)) >= 0.9 * high and high < 0.15 * len(sample):
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(sample, steps=5, chunk_size=512).best()
    return best.encoding if best is not None else "cp1252"


def _sample_around_high_bytes(data: bytes) -> bytes:
    found = _HIGH.search(data)
    start = max(0, (found.start() if found else 0) - 1024)
    return data[start : start + _SAMPLE]
