"""Where a finding stands, as SARIF says it: the file, its lines where it has any, and the section for people."""

from bisect import bisect_right
from typing import Any
from urllib.parse import quote

from analyzer.document import Document, Span
from analyzer.parsing.encoding import decode
from analyzer.rendering.words import printable

__all__ = ["Lines", "file_address", "location", "section_place"]

_TEXTS = frozenset({"text/plain", "text/markdown", "text/html"})


class Lines:
    """The lines of a text file, to find a span of the document's text in them."""

    def __init__(self, document: Document | None) -> None:
        self._document = document if document is not None and document.media_type in _TEXTS else None
        self._text = decode(document.source.data).text if self._document and document else ""
        self._starts = [0]
        position = self._text.find("\n")
        while position >= 0:
            self._starts.append(position + 1)
            position = self._text.find("\n", position + 1)

    def region(self, span: Span) -> dict[str, Any] | None:
        """Characters, lines and columns of a span in the file; None where the file has none or it can't be told."""
        found = self._in_file(span)
        if found is None:
            return None
        first, last = (
            bisect_right(self._starts, offset) - 1 for offset in (found.start, max(found.start, found.end - 1))
        )
        return {
            "startLine": first + 1,
            "startColumn": found.start - self._starts[first] + 1,
            "endLine": last + 1,
            "endColumn": found.end - self._starts[last] + 1,
            "charOffset": found.start,
            "charLength": found.end - found.start,
        }

    def _in_file(self, span: Span) -> Span | None:
        if self._document is None:
            return None
        if self._document.media_type == "text/plain":
            origins = self._document.origins_of(span)
            if not origins:
                return None
            last = origins[-1]
            return Span(origins[0].index, last.index + last.end - last.start)
        # Marked-up text is not the file's text one for one: only words that stand there once, as they are, are sure.
        words = self._document[span]
        start = self._text.find(words) if words else -1
        if start < 0 or self._text.find(words, start + 1) >= 0:
            return None
        return Span(start, start + len(words))


def file_address(name: str) -> str:
    """A file's name as a relative address: ``package.zip/terms%20of%20sale.docx``."""
    path = name.replace("\\", "/") or "."
    while path.startswith("//"):
        path = path[1:]
    try:
        return quote(path, safe="/", errors="surrogateescape")
    except UnicodeEncodeError:
        return quote(path, safe="/", errors="replace")


def location(name: str, region: dict[str, Any] | None, page: int | None, section: str) -> dict[str, Any]:
    """A place in a file; line 1 where the file has no lines, since code scanners refuse a result without any."""
    made: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": file_address(name)}, "region": region or {"startLine": 1}}
    }
    if place := section_place(name, page, section):
        made["logicalLocations"] = [place]
    if page:
        made["properties"] = {"page": page}
    return made


def section_place(name: str, page: int | None, section: str) -> dict[str, Any]:
    """The section, or the page where there is none; empty without either."""
    shown = printable(section) or (f"page {page}" if page else "")
    if not shown:
        return {}
    path = f"{printable(name)}#{shown}"
    return {"name": shown, "fullyQualifiedName": path, "kind": "section" if section else "page"}
