"""Train a model from a project's decisions and labels, look at its card, and switch models with one click."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from analyzer.rendering.words import plural
from analyzer.resources import models_folder
from analyzer.store.models import models, use_model
from analyzer.store.samples import samples_from_decisions, samples_of
from analyzer.store.values import Project, Role, StoredModel
from analyzer.views.training_job import TrainingJob, start_training
from analyzer.views.workspace import changing, day_of, looking, person, plain, telling

__all__ = ["show_models"]


def show_models(owner: Project) -> None:
    """Draw the part of the page."""
    job: TrainingJob | None = st.session_state.get("training")
    if job and job.is_done():
        st.session_state["trained"] = st.session_state.pop("training")
        job = None
    if job is None:
        _show_last()
        _show_start(owner)
    place = st.container()
    _show_models()
    if job:
        with place:
            _follow(job)
        st.rerun()


def _show_start(owner: Project) -> None:
    with looking() as acting:
        count = len(samples_of(acting, owner.id)) + len(list(samples_from_decisions(acting, owner.id)))
    may = person().role.rank >= Role.EDITOR.rank
    st.subheader("Train", anchor=False)
    st.write(f"“{plain(owner.name)}” has {plural(count, 'sentence')} that people decided on or labelled.")
    with_shipped = st.toggle("Together with the labelled samples that ship with Fairterms (recommended)", value=True)
    name = st.text_input("Name of the model", f"{owner.name} model", max_chars=80)
    if not may:
        st.caption("Editors train models.")
    if st.button("Train a model", type="primary", disabled=not may or not count or not name.strip()):
        with telling():
            st.session_state["training"] = start_training(owner, name.strip(), with_shipped=with_shipped)
            st.rerun()


def _follow(job: TrainingJob) -> None:
    """Say how far the training is until it is done; whatever is pressed meanwhile ends this run of the page."""
    st.subheader("Training …", anchor=False)
    bar = st.empty()
    st.caption("You can go on working on other pages; the training goes on.")
    while not job.is_done(within=0.5):
        share = job.done / job.count if job.count else 0.0
        bar.progress(min(share, 1.0), text=f"{job.step}: {job.done:,} of {job.count:,}" if job.count else job.step)


def _show_last() -> None:
    job: TrainingJob | None = st.session_state.get("trained")
    if job is None:
        return
    if job.error:
        st.error(plain(job.error), icon=":material/error:")
    else:
        st.success(f"{plain(job.name)} is trained. Compare it below, and use it if it is better.")


def _show_models() -> None:
    with looking() as acting:
        there = models(acting)
    current = next((model for model in there if model.is_current), None)
    st.subheader("Models", anchor=False)
    _show_shipped(is_current=current is None)
    for model in there:
        _show_model(model, current)


def _show_shipped(*, is_current: bool) -> None:
    with st.container(border=True):
        st.markdown("**The model that ships with Fairterms**" + (" · in use" if is_current else ""))
        if not is_current and _may() and st.button("Go back to it"):
            _use(None)


def _show_model(model: StoredModel, current: StoredModel | None) -> None:
    with st.container(border=True):
        mark = " · in use" if model.is_current else ""
        st.markdown(f"**{plain(model.name)}**{mark} · {day_of(model.made)}, by {plain(model.made_by)}")
        with st.expander("How good it is, beside the one that ships"):
            st.caption(
                "F1 is one figure for two questions: how much of what it flags is right, and how much it finds. Each "
                "model is measured on agencies that it did not see in training, on its own samples."
            )
            st.dataframe(_figures(model.card), hide_index=True)
        with st.expander("Card"):
            from analyzer.training.cards import render_card

            st.markdown(render_card(plain(model.name), model.card))
        if not model.is_current and _may() and st.button("Use it", key=f"use-{model.id}", type="primary"):
            _use(model.id)


def _figures(card: Mapping[str, Any]) -> list[dict[str, str]]:
    import json

    shipped = json.loads((models_folder() / "default" / "card.json").read_text("utf-8"))["figures"]
    own = card.get("figures", {})
    return [
        {"Category": name, "This model": _f1(own.get(name)), "The one that ships": _f1(shipped.get(name))}
        for name in sorted({*own, *shipped})
    ]


def _f1(row: Mapping[str, Any] | None) -> str:
    if not row or row["f1"][0] is None:
        return "not measured"
    return f"{row['f1'][0]:.2f} on {plural(row['labels'], 'label')}"


def _may() -> bool:
    return person().role.rank >= Role.EDITOR.rank


def _use(id_: str | None) -> None:
    with telling():
        with changing() as acting:
            use_model(acting, id_)
        st.session_state.pop("trained", None)
        st.rerun()
