"""The review of a document that is kept: its findings where they stand, and what was decided on them."""

import streamlit as st

from analyzer.errors import FairtermsError
from analyzer.views.decisions import show_decisions
from analyzer.views.empty import show_nothing_open
from analyzer.views.review import show_review
from analyzer.views.workspace import analysis_of, analyzer_for, opened, show_error

__all__ = ["show_document"]


def show_document() -> None:
    """Draw the page."""
    try:
        found = opened()
        if found is None:
            show_nothing_open()
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
