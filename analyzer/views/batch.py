"""The findings of a whole project as a table and charts."""

import streamlit as st

__all__ = ["show_batch"]


def show_batch() -> None:
    """Draw the page."""
    st.title("Batch", anchor=False)
