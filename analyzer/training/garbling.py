"""Text that went wrong on its way: letters that stand for others, and words in pieces."""

import re

__all__ = ["is_garbled", "mended"]

_TWICE_ENCODED = re.compile("[\u00c2\u00c3][\u0080-\u00bf\u0152-\u0178\u2013-\u2122]|\u00e2[\u0080-\u20ac].")
"""UTF-8 read as Windows-1252: one letter becomes two or three, the first of them Â, Ã or â."""
_UNREADABLE = re.compile(
    "[\ufffd\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]|(?<=\\S)[\ue000-\uf8ff]|[\ue000-\uf8ff](?=\\S)|\\(cid:\\d+\\)"
)
"""Signs that stand for no letter. One of a symbol font that stands by itself is a bullet."""
_ODD = re.compile("[^\\w\\s.,;:!?'\"“”‘’()\\[\\]{}/\\\\&%$€£₹#*+=~^@|<>…•·§©®™°–—\ue000-\uf8ff-]")
_FEWEST_SIGNS, _FEWEST_WORDS = 3, 8
_UNREADABLE_SHARE, _ODD_SHARE, _SINGLE_SHARE = 0.02, 0.2, 0.6


def mended(text: str) -> str:
    """The text with letters that were encoded twice as they were: ``vendor’s`` for ``vendorâ€™s``."""
    return _TWICE_ENCODED.sub(_decoded, text)


def _decoded(found: re.Match[str]) -> str:
    try:
        return b"".join(map(_byte, found[0])).decode("utf-8")
    except UnicodeError:
        return found[0]


def _byte(letter: str) -> bytes:
    """Windows-1252 leaves five bytes without a letter; they come through as control characters."""
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1")


def is_garbled(text: str) -> bool:
    """Whether people could not read it: signs for letters that are unknown, or words in single letters."""
    if not text:
        return False
    unreadable = sum(len(found) for found in _UNREADABLE.findall(text))
    odd = len(_ODD.findall(text))
    words = [word for word in text.split() if word[0].isalpha()]
    single = sum(len(word) == 1 for word in words)
    return (
        (unreadable >= _FEWEST_SIGNS and unreadable > _UNREADABLE_SHARE * len(text))
        or odd > _ODD_SHARE * len(text)
        or (len(words) >= _FEWEST_WORDS and single > _SINGLE_SHARE * len(words))
    )
