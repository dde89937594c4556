"""Sentences to label, samples, training, models, learned rules."""

import streamlit as st

__all__ = ["show_label"]


def show_label() -> None:
    """Draw the page."""
    st.title("Label and train", anchor=False)
