"""Reads Markdown by way of the web page that it stands for."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from analyzer.document import Document, NoteKind, ReadingNote, Source, View
from analyzer.parsing.builder import DocumentBuilder
from analyzer.parsing.encoding import decode
from analyzer.parsing.html import write_html
from analyzer.parsing.text import LIST_MARKER, write_text

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = ["MAX_CHARACTERS", "MAX_LINES", "read_markdown"]

MAX_CHARACTERS = 10_000_000
"""The longest text whose Markdown is read; a longer one is read as plain text, with a note."""

MAX_LINES = 500_000
"""A list item of one letter costs as much as a line of prose: half a minute for so many."""
_MAX_NESTING = 100
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)|<!--|<[?!]")
_BRACKET = re.compile(r"[\[\]]|\n[ \t\r]*\n")
_KNOWN_TAGS = frozenset(
    "a abbr address article aside b big blockquote body br caption center cite code col colgroup dd del "
    "details dfn dir div dl dt em embed figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hr "
    "html i iframe img input ins kbd label legend li link main mark menu meta nav object ol option p pre q s "
    "samp script section select small span strike strong style sub summary sup svg table tbody td textarea "
    "tfoot th thead title tr tt u ul var wbr".split()
)


def read_markdown(source: Source, *, view: View = View.ACCEPTED) -> Document:
    """Read Markdown with tables. ``<Insert name>`` and other tags that HTML doesn't know stay as text."""
    text, _, notes = decode(source.data)
    builder = DocumentBuilder()
    if len(text) > MAX_CHARACTERS or text.count("\n") > MAX_LINES:
        size = f"{len(text):,} characters and {text.count(chr(10)):,} line breaks"
        note = ReadingNote(NoteKind.LAYOUT, f"The text has {size}; it was read without its Markdown.")
        write_text(builder, text)
        return builder.build(source, "text/markdown", notes=(*notes, note))
    page = _page(text)
    if page is None:
        note = ReadingNote(
            NoteKind.LAYOUT, "Quotes, lists or brackets are nested too deep; the text was read without its Markdown."
        )
        write_text(builder, text)
        return builder.build(source, "text/markdown", notes=(*notes, note))
    _, more = write_html(builder, page, source.name, view=view)
    return builder.build(source, "text/markdown", notes=(*notes, *more))


def _page(text: str) -> str | None:
    """The HTML of a Markdown text; None if it nests so deep that markdown-it would drop what is inside."""
    from markdown_it import MarkdownIt

    if _open_brackets(text) > _MAX_NESTING:
        return None
    # Procurement texts indent for looks: what CommonMark would call code is a clause.
    reader = (
        MarkdownIt("commonmark", {"html": True, "maxNesting": _MAX_NESTING})
        .enable("table")
        .enable("strikethrough")
        .disable("code")
    )
    tokens = reader.parse(text)
    if any(token.level >= _MAX_NESTING - 1 for token in tokens):
        return None
    for token in tokens:
        if token.type == "html_block":
            token.type, token.content = _known_or_text(token, "html_block", "html_text")
        elif token.type == "ordered_list_open":
            token.attrSet("data-mark", token.markup)
        if token.children:
            token.children = list(_lines(token.children))
    reader.add_render_rule("html_text", lambda self, tokens, index, options, env: tokens[index].content)
    rendered: str = reader.renderer.render(tokens, reader.options, {})
    return rendered


def _open_brackets(text: str) -> int:
    """How many brackets at most stand open in a paragraph: markdown-it reads on from each to the paragraph's end."""
    most = count = 0
    for found in _BRACKET.finditer(text):
        mark = found[0]
        count = count + 1 if mark == "[" else max(0, count - 1) if mark == "]" else 0
        most = max(most, count)
    return most


def _known_or_text(token: "Token", known: str, other: str) -> tuple[str, str]:
    """A piece of HTML, or the text that it is if HTML has no such tag."""
    found = _TAG.match(token.content.lstrip())
    if found is None or not found[1] or found[1].lower() in _KNOWN_TAGS:
        return known, token.content
    escaped = token.content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return other, f"<p>{escaped}</p>" if other == "html_text" else token.content


def _lines(tokens: list["Token"]) -> Iterator["Token"]:
    """The pieces of a paragraph; a line that opens with ``a)`` or ``(iv)`` stands on its own, as it does on paper."""
    for index, token in enumerate(tokens):
        if token.type == "html_inline":
            token.type, token.content = _known_or_text(token, "html_inline", "text")
        elif token.type == "softbreak" and index + 1 < len(tokens):
            following = tokens[index + 1]
            if following.type == "text" and LIST_MARKER.match(following.content):
                token.type = "hardbreak"
        yield token
