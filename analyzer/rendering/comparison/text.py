"""A comparison for the terminal and as Markdown."""

import re
import textwrap
from collections.abc import Iterator, Sequence

from analyzer.rendering.comparison.outline import Item, Outline, Part
from analyzer.rendering.words import printable

__all__ = ["render_comparison_markdown", "render_comparison_text"]

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&])")
_LONGEST = 600
"""Characters of a stretch without a difference that are shown."""


def render_comparison_text(outline: Outline, *, width: int = 100) -> str:
    """A comparison as text: words that are gone stand in ``[-…-]``, new ones in ``{+…+}``."""
    return "\n".join(_text_lines(outline, width)) + "\n"


def _text_lines(outline: Outline, width: int) -> Iterator[str]:
    yield printable(outline.title)
    for sentence in (outline.verdict, *outline.sentences):
        yield from textwrap.wrap(printable(sentence), width)
    for section in outline.sections:
        yield ""
        yield f"{section.heading} ({len(section.items)})" if section.items else f"{section.heading}: {section.empty}"
        for item in section.items:
            yield from _item_lines(item, width)
    yield ""
    yield from map(printable, outline.made_of)


def _item_lines(item: Item, width: int) -> Iterator[str]:
    yield ""
    yield from _indented(_joined(item.lead, item.place), width, "  ", "  ")
    for sign, parts, marks in (("-", item.old, ("[-", "-]")), ("+", item.new, ("{+", "+}"))):
        if parts:
            yield from _indented(_wrapped_in(parts, *marks), width, f"    {sign} ", "      ")


def _joined(lead: str, place: str) -> str:
    return f"{lead} · {place}" if place else lead


def _indented(text: str, width: int, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        printable(text), max(40, width), initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    )


def _wrapped_in(parts: Sequence[Part], before: str, after: str) -> str:
    if all(is_marked for _, is_marked in parts):
        return _cut("".join(text for text, _ in parts))
    return "".join(f"{before}{text}{after}" if is_marked else _cut(text) for text, is_marked in parts)


def _cut(text: str) -> str:
    """A stretch with its middle left out where it is very long."""
    if len(text) <= _LONGEST:
        return text
    return f"{text[: _LONGEST // 2]} […] {text[-_LONGEST // 2 :]}"


def render_comparison_markdown(outline: Outline) -> str:
    """A comparison as Markdown; text from the documents is escaped."""
    return "\n".join(_markdown_lines(outline)) + "\n"


def _markdown_lines(outline: Outline) -> Iterator[str]:
    yield f"# {_escape(outline.title)}"
    yield ""
    yield f"**{_escape(outline.verdict)}**"
    for sentence in outline.sentences:
        yield from ("", _escape(sentence))
    for section in outline.sections:
        yield from ("", f"## {section.heading} ({len(section.items)})", "")
        if not section.items:
            yield section.empty
        for number, item in enumerate(section.items, 1):
            yield f"{number}. {_escape(_joined(item.lead, item.place))}"
            for name, parts, mark in (("Before", item.old, "~~"), ("After", item.new, "**")):
                if parts:
                    yield from ("", f"   > {name}: {_marked(parts, mark)}")
            yield ""
    yield from ("", "---", "")
    yield from (f"- {_escape(line)}" for line in outline.made_of)


def _marked(parts: Sequence[Part], mark: str) -> str:
    made = []
    for text, is_marked in parts:
        shown = _SPECIAL.sub(r"\\\1", re.sub(r"\s+", " ", printable(_cut(text))))
        inner = shown.strip()
        made.append(shown.replace(inner, f"{mark}{inner}{mark}", 1) if is_marked and inner else shown)
    return "".join(made)


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(printable(text).split()))
