"""How far the reading of documents is, with a cancel.

A page that turns to another when the reading is done must `follow` it: `watch` is drawn by a timer in the browser, and
a tick that comes after the other page was drawn would blank that page.
"""

from collections.abc import Callable

import streamlit as st

from analyzer.findings import Failure
from analyzer.rendering.words import plural, verdict_sentence
from analyzer.views.job import Job, Outcome
from analyzer.views.workspace import plain

__all__ = ["follow", "name_of", "summary_of", "watch"]


@st.fragment(run_every=0.5)
def watch(job: Job, finish: Callable[[], None]) -> None:
    """Say how far a job is. ``finish`` is called after a cancel; when it is done the page is drawn anew."""
    if job.is_done():
        st.rerun()
        return

    def cancel() -> None:
        job.cancel()
        finish()

    with st.container(key="start"):
        st.title(f"Reading {plain(job.current or job.names[0])}", anchor=False)
        st.progress(job.page / job.pages if job.pages else 0.0, text=_stage(job))
        for outcome in job.outcomes[-5:]:
            st.write(f"{plain(name_of(outcome))}: {plain(summary_of(outcome))}")
        if st.button("Cancel", icon=":material/close:", on_click=cancel):
            st.rerun()


def follow(job: Job, finish: Callable[[], None]) -> None:
    """Say how far a job is until it is done. ``finish`` is called after a cancel, which draws the page anew."""

    def cancel() -> None:
        job.cancel()
        finish()

    with st.container(key="start"):
        title, bar, done = st.empty(), st.empty(), st.empty()
        st.button("Cancel", icon=":material/close:", on_click=cancel)
        while not job.is_done(within=0.3):  # a click ends the run at the next line that draws
            title.title(f"Reading {plain(job.current or job.names[0])}", anchor=False)
            bar.progress(job.page / job.pages if job.pages else 0.0, text=_stage(job))
            told = [f"{plain(name_of(outcome))}: {plain(summary_of(outcome))}" for outcome in job.outcomes[-5:]]
            done.markdown("  \n".join(told))


def _stage(job: Job) -> str:
    done = f" {plural(len(job.outcomes), 'document')} done before it." if job.outcomes else ""
    if job.is_waiting:
        return f"Waiting for another document to be read.{done}"
    if job.pages and job.page >= job.pages:
        return f"All {plural(job.pages, 'page')} read. Looking for findings …{done}"
    if job.pages:
        return f"Reading page {job.page:,} of {job.pages:,} …{done}"
    return f"Opening the document …{done}"


def name_of(outcome: Outcome) -> str:
    return outcome.name if isinstance(outcome, Failure) else outcome.report.name


def summary_of(outcome: Outcome) -> str:
    """An outcome in a sentence."""
    return "Could not be read." if isinstance(outcome, Failure) else verdict_sentence(outcome.report)
