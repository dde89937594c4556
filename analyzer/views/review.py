"""The review of one document: list, document and detail, drawn in the browser by ``review.js``.

Two components share the work. ``review`` gets the whole review once, so that choosing, filtering and searching
need no answer from here. ``pages`` answers the review's wishes for pictures of the pages in view; it stands in a
fragment of its own, so that an answer sends those pictures and nothing else.
"""

from pathlib import Path
from typing import Any

import streamlit as st

from analyzer.engine import Analysis
from analyzer.rules import RuleSet
from analyzer.views.payload import has_pictures, review_of
from analyzer.views.places import draw_page

__all__ = ["asset", "show_review"]

_MOST_PAGES = 2
"""Pages in one answer: the first of them must not wait for the rest."""
_SCALES = (0.75, 3.0)
"""Pixels a point, at least and at most, whatever the browser asks for."""


def asset(name: str) -> str:
    """The text of a file beside this one."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


# One module for the browser, which gets a component's code as a single text.
_CODE = "\n".join(
    asset(name) for name in ("elements.js", "paper.js", "decisions.js", "why.js", "detail.js", "review.js")
)
_review = st.components.v2.component("fairterms_review", css=asset("review.css"), js=_CODE)
_pages = st.components.v2.component("fairterms_pages", js=asset("pages.js"))


def show_review(analysis: Analysis, rules: RuleSet, *, key: str) -> None:
    """Show a document's review; ``key`` names it in this session."""
    made: dict[str, dict[str, Any]] = st.session_state.setdefault("reviews", {})
    if key not in made:
        made[key] = review_of(analysis, rules, key=key)
    with st.container(key="review-holder"):
        _review(key="review", data=made[key])
        if has_pictures(analysis.document):
            _answer(analysis, key)


@st.fragment
def _answer(analysis: Analysis, key: str) -> None:
    drawn = st.session_state.get("drawn")
    if not drawn or drawn["key"] != key:
        drawn = {"key": key, "pages": []}
    with st.container(key="pages-holder"):
        _pages(key="pages", data=drawn, on_want_change=lambda: _draw(analysis, key))


def _draw(analysis: Analysis, key: str) -> None:
    """Draw the pages that the review asked for, once: Streamlit calls this for every wish so far with the last one."""
    want = st.session_state["pages"].want or {}
    wish, drawn = want.get("wish"), st.session_state.get("drawn") or {}
    if want.get("key") != key or (wish is not None and drawn.get("wish") == wish and drawn["key"] == key):
        return
    last = len(analysis.document.pages)
    numbers = [number for number in want.get("pages", ()) if isinstance(number, int) and 1 <= number <= last]
    scale = min(max(float(want.get("scale", 1.5)), _SCALES[0]), _SCALES[1])
    pages = [draw_page(analysis, number, scale=scale) for number in numbers[:_MOST_PAGES]]
    st.session_state["drawn"] = {"key": key, "wish": wish, "pages": pages}
