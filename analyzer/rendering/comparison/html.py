"""A comparison as one page that needs no network and runs no script."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from html import escape

from analyzer.rendering.comparison.outline import Item, Outline, Part
from analyzer.rendering.words import printable

__all__ = ["render_comparison_html"]

_STYLE = """
:root { color-scheme: light dark; --ink: #202124; --paper: #fff; --faint: #5f6368; --line: #dadce0;
  --gone: #b3261e; --come: #1b6e3c; --gone-fill: #b3261e22; --come-fill: #1b6e3c22; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --paper: #202124; --faint: #bdc1c6; --line: #5f6368;
  --gone: #f2b8b5; --come: #a8dab5; --gone-fill: #f2b8b533; --come-fill: #a8dab533; } }
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2rem; } h3 { font-size: 1rem; margin: 0; }
ol { list-style: none; padding: 0; } li { border-top: 1px solid var(--line); padding: .75rem 0; }
.place, footer { color: var(--faint); font-size: .9rem; margin: 0; overflow-wrap: anywhere; }
.words { margin: .5rem 0 0; padding-left: .75rem; border-left: 4px solid var(--line); white-space: pre-line;
  overflow-wrap: anywhere; }
.words.old { border-color: var(--gone); } .words.new { border-color: var(--come); }
.words b { font-weight: 600; }
del { color: var(--gone); background: var(--gone-fill); }
ins { color: var(--come); background: var(--come-fill); }
.verdict { font-weight: 600; }
@media print { body { margin: 0; max-width: none; } li { break-inside: avoid; } }
"""


def render_comparison_html(outline: Outline) -> str:
    """A whole page; everything from the documents is escaped, and nothing may be loaded or run."""
    digest = b64encode(sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    head = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        f"<title>{_shown(outline.title)}</title>",
        f"<style>{_STYLE}</style></head><body><main>",
        f"<h1>{_shown(outline.title)}</h1>",
        f'<p class="verdict">{_shown(outline.verdict)}</p>',
        *(f"<p>{_shown(sentence)}</p>" for sentence in outline.sentences),
    ]
    made = "".join(f"<p>{_shown(line)}</p>" for line in outline.made_of)
    return "\n".join([*head, *_sections(outline), f"</main><footer>{made}</footer></body></html>", ""])


def _sections(outline: Outline) -> Iterator[str]:
    for section in outline.sections:
        yield f"<section><h2>{_shown(section.heading)} ({len(section.items)})</h2>"
        if section.items:
            yield "<ol>"
            yield from map(_item, section.items)
            yield "</ol>"
        else:
            yield f"<p>{_shown(section.empty)}</p>"
        yield "</section>"


def _item(item: Item) -> str:
    lines = [f"<li><h3>{_shown(item.lead)}</h3>"]
    if item.place:
        lines.append(f'<p class="place">{_shown(item.place)}</p>')
    for name, word, parts, tag in (("old", "Before", item.old, "del"), ("new", "After", item.new, "ins")):
        if parts:
            lines.append(f'<p class="words {name}"><b>{word}:</b> {_marked(parts, tag)}</p>')
    return "".join([*lines, "</li>"])


def _marked(parts: Sequence[Part], tag: str) -> str:
    return "".join(f"<{tag}>{_shown(text)}</{tag}>" if is_marked else _shown(text) for text, is_marked in parts)


def _shown(text: str) -> str:
    return escape("\n".join(map(printable, text.splitlines())))
