"""What holds for everybody, and who is who."""

import streamlit as st

__all__ = ["show_settings"]


def show_settings() -> None:
    """Draw the page."""
    st.title("Settings", anchor=False)
