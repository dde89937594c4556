"""The review of a document that is kept: its findings where they stand, and what was decided on them."""

import streamlit as st

from analyzer.document import Source
from analyzer.engine import Analysis, Analyzer
from analyzer.errors import FairtermsError
from analyzer.store.documents import drafts
from analyzer.store.values import Draft, Project, Role, StoredDocument
from analyzer.views.decisions import show_decisions
from analyzer.views.downloads import show_downloads
from analyzer.views.empty import show_nothing_open
from analyzer.views.intake import take_in
from analyzer.views.review import show_review
from analyzer.views.why import show_why
from analyzer.views.workspace import (
    analysis_of,
    analyzer_for,
    day_of,
    go,
    looking,
    open_document,
    opened,
    plain,
    show_error,
    telling,
)

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
    analyzer = analyzer_for(owner.policy)
    rules = analyzer.rules
    _show_bar(owner, document, draft, analysis, analyzer)
    show_review(analysis, rules, key=draft.id)
    show_decisions(document.id, rules, key=draft.id)
    show_why(analysis, owner.policy, key=draft.id)


def _show_bar(owner: Project, document: StoredDocument, draft: Draft, analysis: Analysis, analyzer: Analyzer) -> None:
    """Which draft of which document, and what to take away."""
    with looking() as acting:
        there = drafts(acting, document.id)
        role = acting.role_in(owner.id)
    with st.container(key="bar", horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(key="bar-name", width="stretch"):
            st.markdown(f"{plain(owner.name)} › **{plain(document.name)}**")
        if len(there) > 1:
            titles = {one.id: f"Draft {one.number}, {day_of(one.uploaded)}" for one in there}
            key = f"draft-of-{document.id}-{draft.id}"
            st.selectbox(
                "Draft",
                list(titles),
                index=list(titles).index(draft.id),
                format_func=titles.__getitem__,
                key=key,
                label_visibility="collapsed",
                on_change=lambda: open_document(document.id, st.session_state[key]),
                width=220,
            )
        if role is not None and role is not Role.READER:
            _show_next(owner, document)
        show_downloads(analysis, analyzer)


def _show_next(owner: Project, document: StoredDocument) -> None:
    """Take in the next draft here, where the last one is."""
    with st.popover("Next draft", icon=":material/upload:", width="content"):
        turn = st.session_state.setdefault("next-turn", 0)
        file = st.file_uploader(f"The next draft of {plain(document.name)}", key=f"next-{document.id}-{turn}")
        if file is not None and st.button("Read it", type="primary"):
            st.session_state["next-turn"] += 1
            source = Source(file.name, file.getvalue())
            with telling():
                st.session_state["taking"] = take_in(owner, [source], next_of=document.id)
                open_document(document.id)
                go("home")
