"""Text in Helvetica, which every viewer has: its width, its lines and its bytes in a content stream."""

from collections.abc import Iterator

__all__ = ["encoded", "width_of", "wrapped"]

_WIDTHS = tuple(
    map(
        int,
        """278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278
        278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667
        944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333
        500 278 556 500 722 500 500 500 334 260 334 584""".split(),
    )
)
"""Thousandths of an em for the characters from the space on; the font's published metrics."""
_WIDE = 700
"""For what lies beyond them; few letters are wider."""
_BOLD = 1.09
_LARGE = 12.0
"""Type sizes from here on are set bold here."""


def width_of(text: str, size: float) -> float:
    """The width of a text in points, to the safe side."""
    units = sum(_WIDTHS[ord(c) - 32] if 32 <= ord(c) < 127 else _WIDE for c in text)
    return units * size / 1000 * (_BOLD if size >= _LARGE else 1.0)


def wrapped(text: str, width: float, size: float) -> Iterator[str]:
    """A text as lines of at most a width; a word that is wider is cut."""
    line = ""
    for word in text.split():
        while width_of(word, size) > width:
            kept = max(1, int(len(word) * width / width_of(word, size)) - 1)
            if line:
                yield line
                line = ""
            yield word[:kept]
            word = word[kept:]
        longer = f"{line} {word}" if line else word
        if width_of(longer, size) > width:
            yield line
            line = word
        else:
            line = longer
    if line:
        yield line


def encoded(text: str) -> str:
    """A text as it stands between brackets in a content stream, each of its bytes a Latin-1 character."""
    data = text.encode("cp1252", "replace").decode("latin-1")
    return data.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
