"""Two drafts of a document side by side."""

import streamlit as st

__all__ = ["show_compare"]


def show_compare() -> None:
    """Draw the page."""
    st.title("Compare", anchor=False)
