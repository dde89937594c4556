"""The rules: read them, try a sentence, keep a folder of one's own."""

import streamlit as st

__all__ = ["show_rules"]


def show_rules() -> None:
    """Draw the page."""
    st.title("Rules", anchor=False)
