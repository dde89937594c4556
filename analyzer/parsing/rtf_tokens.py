"""Splits RTF into its tokens (Rich Text Format Specification 1.9.1): groups, control words and text."""

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

__all__ = ["Token", "TokenKind", "code_page", "code_page_of_charset", "tokens"]

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?"  # a control word with its number, and the space that ends it
    rb"|\\'([0-9a-fA-F]{2})"
    rb"|\\([^a-zA-Z])"
    rb"|([{}])"
    rb"|[\r\n\x00]+"
    rb"|([^\\{}\r\n\x00]+)",
    re.DOTALL,
)


class TokenKind(Enum):
    """What a token is."""

    OPEN = auto()
    CLOSE = auto()
    WORD = auto()
    SYMBOL = auto()
    BYTE = auto()
    TEXT = auto()


class Token(NamedTuple):
    """A token; ``data`` is a word's name, a symbol or the bytes of text, ``offset`` where it begins in the file."""

    kind: TokenKind
    data: bytes
    number: int | None
    offset: int


def tokens(data: bytes) -> Iterator[Token]:
    """The tokens of a file, in order; line ends, which mean nothing, and binary data are left out."""
    position = 0
    while position < len(data):
        found = _TOKEN.match(data, position)
        if found is None:  # a backslash at the very end
            return
        start, position = position, found.end()
        kind = found.lastindex
        if kind in {1, 2}:
            number = int(found[2]) if found[2] else None
            if found[1] == b"bin":
                position += max(0, number or 0)
            else:
                yield Token(TokenKind.WORD, found[1], number, start)
        elif kind == 3:
            yield Token(TokenKind.BYTE, bytes([int(found[3], 16)]), None, start)
        elif kind == 4:
            yield Token(TokenKind.SYMBOL, found[4], None, start)
        elif kind == 5:
            yield Token(TokenKind.OPEN if found[5] == b"{" else TokenKind.CLOSE, found[5], None, start)
        elif kind == 6:
            yield Token(TokenKind.TEXT, found[6], None, start)


_CHARSETS = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "big5", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250", 255: "cp437",
}  # fmt: skip
_CODE_PAGES = {10000: "mac_roman", 65001: "utf-8", 936: "gb18030", 708: "iso8859_6", 709: "iso8859_6"}


def code_page_of_charset(charset: int) -> str | None:
    """The codec of a font's character set; None for the file's own. Symbol fonts are read as private-use characters."""
    return _CHARSETS.get(charset)


def code_page(number: int) -> str:
    """The codec of a Windows code page; that of Western Europe for one that Python doesn't know."""
    name = _CODE_PAGES.get(number, f"cp{number}")
    try:
        b"".decode(name)
    except LookupError:
        return "cp1252"
    return name
