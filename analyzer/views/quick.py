"""A quick look at documents that are not kept: nothing yet, reading, a review, or a file that can't be read.

Documents and reports live in ``st.session_state`` alone; what users share is the analyzer with its rules.
"""

from dataclasses import dataclass, field

import streamlit as st

from analyzer.document import NoteKind, Source, View
from analyzer.engine import Analysis, Analyzer
from analyzer.errors import FairtermsError
from analyzer.findings import Failure
from analyzer.views import job as reading
from analyzer.views.bar import show_bar
from analyzer.views.progress import name_of, summary_of, watch
from analyzer.views.review import show_review
from analyzer.views.start import show_start
from analyzer.views.workspace import analyzer_for, plain

__all__ = ["show_quick"]


@dataclass(slots=True)
class _Desk:
    """What one session has on its table."""

    outcomes: list[reading.Outcome] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    """One an outcome, new with each reading."""
    chosen: int = 0
    job: reading.Job | None = None
    replaces: int | None = None
    """The outcome that the job reads anew."""
    is_adding: bool = False


def show_quick() -> None:
    """Draw the page for this session's state."""
    desk: _Desk = st.session_state.setdefault("desk", _Desk())
    try:
        analyzer = analyzer_for()
    except FairtermsError as error:
        _show_broken_rules(error)
        return
    if desk.job and desk.job.is_done(within=0.6):
        _finish(desk)
    if desk.job:
        watch(desk.job, lambda: _finish(desk))
    elif desk.is_adding or not desk.outcomes:
        _show_start(desk, analyzer)
    else:
        _show_outcome(desk, analyzer)


def _reader(analyzer: Analyzer, view: View = View.ACCEPTED) -> reading.Analyze:
    return lambda source, progress: analyzer.analyze(source, view=view, progress=progress)


def _show_broken_rules(error: FairtermsError) -> None:
    st.title("The rules can't be loaded")
    st.error(f"**{plain(error.name)}**: {plain(error.cause)}", icon=":material/error:")
    st.write(f"{plain(error.remedy)} Then load the page again. No document was touched.")
    st.button("Load again")


def _show_start(desk: _Desk, analyzer: Analyzer) -> None:
    def begin(sources: list[Source]) -> None:
        desk.job, desk.replaces, desk.is_adding = reading.start(_reader(analyzer), sources), None, False

    def back() -> None:
        desk.is_adding = False

    with st.container(key="start"):
        if desk.outcomes:
            st.button("Back to the review", icon=":material/arrow_back:", on_click=back)
        show_start(begin)


def _finish(desk: _Desk) -> None:
    """Put what was read on the table; after a cancel, what was read until then."""
    job, desk.job = desk.job, None
    if job is None or not job.outcomes:
        return
    outcomes = [*job.outcomes, *job.unread()]
    st.session_state["readings"] = st.session_state.get("readings", 0) + 1
    keys = [f"{st.session_state['readings']}-{number}" for number in range(len(outcomes))]
    if desk.replaces is not None:
        desk.outcomes[desk.replaces], desk.keys[desk.replaces] = outcomes[0], keys[0]
        return
    first = next((n for n, outcome in enumerate(outcomes) if isinstance(outcome, Analysis)), 0)
    desk.chosen = len(desk.outcomes) + first
    desk.outcomes += outcomes
    desk.keys += keys


def _show_outcome(desk: _Desk, analyzer: Analyzer) -> None:
    outcome = desk.outcomes[desk.chosen]

    def choose(index: int) -> None:
        desk.chosen = index

    def add() -> None:
        desk.is_adding = True

    def reread(view: View) -> None:
        if isinstance(outcome, Analysis):
            desk.job = reading.start(_reader(analyzer, view), [outcome.document.source])
            desk.replaces = desk.chosen

    show_bar(
        desk.outcomes,
        desk.chosen,
        [f"{name_of(each)} · {summary_of(each)}" for each in desk.outcomes],
        analyzer,
        choose=choose,
        add=add,
        reread=reread if _has_revisions(outcome) else None,
    )
    if isinstance(outcome, Failure):
        _show_failure(outcome, is_alone=len(desk.outcomes) == 1)
    else:
        show_review(outcome, analyzer.rules, key=desk.keys[desk.chosen])


def _has_revisions(outcome: reading.Outcome) -> bool:
    return isinstance(outcome, Analysis) and any(
        note.kind is NoteKind.REVISIONS for note in outcome.report.reading.notes
    )


def _show_failure(failure: Failure, *, is_alone: bool) -> None:
    with st.container(key="start"):
        st.title(f"{plain(failure.name)} could not be read", anchor=False)
        cause = failure.cause[:1].upper() + failure.cause[1:]
        st.error(f"**What happened.** {plain(cause)}", icon=":material/error:")
        if failure.remedy:
            st.write(f"**What to do.** {plain(failure.remedy)}")
        st.write("" if is_alone else "The other documents are not affected; choose one above.")
