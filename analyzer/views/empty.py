"""What a page says that needs a document and has none."""

import streamlit as st

__all__ = ["show_nothing_open"]


def show_nothing_open() -> None:
    """Say what to do."""
    with st.container(key="start"):
        st.title("No document is open", anchor=False)
        st.write("Choose one on the home page, or drop a file there.")
        st.page_link(st.session_state["pages"]["home"], label="Go to the home page", icon=":material/home:")
