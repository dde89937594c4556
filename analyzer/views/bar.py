"""The bar above a review: which document, which side of its tracked changes, and what to take away."""

from collections.abc import Callable, Sequence

import streamlit as st

from analyzer.document import View
from analyzer.engine import Analysis, Analyzer
from analyzer.findings import Failure
from analyzer.rendering.words import plural
from analyzer.views.downloads import show_downloads
from analyzer.views.job import Outcome

__all__ = ["show_bar"]

_VIEW_WORDS = {View.ACCEPTED: "Changes accepted", View.REJECTED: "Changes rejected"}


def show_bar(
    outcomes: Sequence[Outcome],
    chosen: int,
    labels: Sequence[str],
    analyzer: Analyzer,
    *,
    choose: Callable[[int], None],
    add: Callable[[], None],
    reread: Callable[[View], None] | None,
) -> None:
    """Show the bar; ``reread`` is None for a document without tracked changes."""
    outcome = outcomes[chosen]
    with st.container(key="bar", horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(key="bar-product", width="content"):
            st.markdown("**Fairterms**", width="content")
        if len(outcomes) > 1:
            _picker(outcomes, chosen, labels, choose)
        else:
            st.space("stretch")
        if reread and isinstance(outcome, Analysis):
            _view_switch(View(outcome.report.reading.view), reread)
        if isinstance(outcome, Analysis):
            show_downloads(outcome, analyzer)
        st.button("Add documents", icon=":material/add:", on_click=add, width="content")


def _picker(outcomes: Sequence[Outcome], chosen: int, labels: Sequence[str], choose: Callable[[int], None]) -> None:
    unread = sum(isinstance(outcome, Failure) for outcome in outcomes)
    note = f", {unread} could not be read" if unread else ""
    key = f"document-{len(outcomes)}"
    st.markdown(f"{plural(len(outcomes), 'document')}{note}:", width="content")
    st.selectbox(
        "Document",
        range(len(outcomes)),
        index=chosen,
        format_func=lambda index: labels[index],
        key=key,
        label_visibility="collapsed",
        on_change=lambda: choose(st.session_state[key]),
        width="stretch",
    )


def _view_switch(view: View, reread: Callable[[View], None]) -> None:
    key = f"view-{view}"
    st.segmented_control(
        "Tracked changes",
        list(_VIEW_WORDS),
        default=view,
        format_func=lambda each: _VIEW_WORDS[each],
        key=key,
        label_visibility="collapsed",
        required=True,
        on_change=lambda: reread(View(st.session_state[key])),
        width="content",
    )
