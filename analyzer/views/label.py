"""Label and train: sentences to label, the samples, a second opinion, models, and rules learned from samples."""

import streamlit as st

from analyzer.errors import FairtermsError
from analyzer.store.projects import projects
from analyzer.views.labelling import show_labelling
from analyzer.views.learned import show_learned
from analyzer.views.models import show_models
from analyzer.views.sample_table import show_samples_table
from analyzer.views.workspace import looking, show_error

__all__ = ["show_label"]


def show_label() -> None:
    """Draw the page."""
    with st.container(key="wide"):
        st.title("Label and train", anchor=False)
        st.write(
            "What reviewers decide and label teaches the next model. Label sentences that would teach most, look "
            "through the samples, train, and switch to the new model if it is better."
        )
        try:
            with looking() as acting:
                there = projects(acting)
            if not there:
                st.write("There is no project yet. Drop documents on the home page first.")
                st.page_link(st.session_state["pages"]["home"], label="Go to the home page", icon=":material/home:")
                return
            names = {one.id: one.name for one in there}
            chosen = st.selectbox("Project", list(names), format_func=names.__getitem__, key="label-project")
            owner = next(one for one in there if one.id == chosen)
            parts = ["Label", "Samples", "Train and models", "Learned rules"]
            part = st.segmented_control(
                "Part", parts, default="Label", required=True, key="label-part", label_visibility="collapsed"
            )
            show = {
                "Label": show_labelling,
                "Samples": show_samples_table,
                "Train and models": show_models,
                "Learned rules": show_learned,
            }[part]
            show(owner)
        except FairtermsError as error:
            show_error(error)
