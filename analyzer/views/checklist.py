"""The NASCIO scorecard of a document."""

import streamlit as st

__all__ = ["show_checklist"]


def show_checklist() -> None:
    """Draw the page."""
    st.title("Checklist", anchor=False)
