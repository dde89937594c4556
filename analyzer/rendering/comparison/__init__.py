"""Two documents held against each other, as people and programs want to see it."""

from analyzer.differences import Comparison, Verification
from analyzer.rendering.comparison.html import render_comparison_html
from analyzer.rendering.comparison.json import render_comparison_json, render_verification_json
from analyzer.rendering.comparison.outline import Outline, outline_of, outline_of_verification
from analyzer.rendering.comparison.text import render_comparison_markdown, render_comparison_text

__all__ = ["render_comparison", "render_verification"]


def render_comparison(comparison: Comparison, form: str, *, width: int = 100) -> str:
    """A comparison as ``text``, ``json``, ``markdown`` or ``html``; ``width`` is that of a terminal, in columns."""
    if form == "json":
        return render_comparison_json(comparison)
    return _rendered(outline_of(comparison), form, width)


def render_verification(found: Verification, form: str, *, width: int = 100) -> str:
    """What came of verifying a file, in the same forms."""
    if form == "json":
        return render_verification_json(found)
    return _rendered(outline_of_verification(found), form, width)


def _rendered(outline: Outline, form: str, width: int) -> str:
    if form == "markdown":
        return render_comparison_markdown(outline)
    if form == "html":
        return render_comparison_html(outline)
    return render_comparison_text(outline, width=width)
