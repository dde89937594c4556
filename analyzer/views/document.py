"""The review of a document that is kept: its findings where they stand, and what was decided on them."""

import streamlit as st

from analyzer.errors import FairtermsError
from analyzer.views.decisions import show_decisions
from analyzer.views.review import show_review
from analyzer.views.workspace import analysis_of, analyzer_for, opened, show_error

__all__ = ["show_document"]


def show_document() -> None:
    """Draw the page."""
    try:
        found = opened()
        if found is None:
            _show_nothing()
            return
        owner, document, draft = found
        with st.spinner(f"Reading draft {draft.number} …"):
            analysis = analysis_of(draft.id, owner.policy)
    except FairtermsError as error:
        show_error(error)
        return
    st.query_params.from_dict({"document": document.id, "draft": draft.id})
    rules = analyzer_for(owner.policy).rules
    show_review(analysis, rules, key=draft.id)
    show_decisions(document.id, rules, key=draft.id)


def _show_nothing() -> None:
    with st.container(key="start"):
        st.title("No document is open", anchor=False)
        st.write("Choose one on the home page, or drop a file there.")
        st.page_link(st.session_state["pages"]["home"], label="Home")
