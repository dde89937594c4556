"""Home: drop files to start, what waits, recent documents, projects."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from analyzer.document import Source
from analyzer.engine import Analysis
from analyzer.findings import Failure
from analyzer.rendering.words import plural
from analyzer.store.acting import Acting
from analyzer.store.decisions import clause_of, decisions_of
from analyzer.store.documents import data_of, documents, drafts, report_of
from analyzer.store.projects import create_project, project, projects
from analyzer.store.values import Draft, Project, Role, StoredDocument
from analyzer.views.intake import scan_waiting, take_in
from analyzer.views.job import Job
from analyzer.views.progress import follow
from analyzer.views.start import show_samples
from analyzer.views.workspace import changing, day_of, go, looking, open_document, plain, telling, warm_up

__all__ = ["show_home"]

_FIRST_PROJECT = "My documents"
_RECENT = 12


def show_home() -> None:
    """Draw the page."""
    warm_up()
    job: Job | None = st.session_state.get("taking")
    if job and not job.is_done(within=0.6):
        follow(job, _finish)
        _finish()
        st.rerun()
    if job:
        _finish()
    _show_outcomes()
    with st.container(key="start"):
        st.title("Is this document ready to publish?", anchor=False)
        work = _work()
        if not work.rows:
            st.write(
                "Fairterms reads a solicitation or contract terms and marks what drives good vendors away: "
                "unlimited liability, bonds, dictated products, terms that can't be discussed. "
                "Each finding says where it stands, why it matters, and what to write instead."
            )
        _show_uploader()
        if work.rows:
            _show_work(work)
        show_samples(_begin)


# Files come in ------------------------------------------------------------------------------------------------------


def _show_uploader() -> None:
    with looking() as acting:
        mine = [one for one in projects(acting) if (role := acting.role_in(one.id)) and role is not Role.READER]
    turn = st.session_state.setdefault("turn", 0)
    names = {one.id: one.name for one in mine}
    if names:
        st.selectbox("Keep in project", list(names), format_func=names.__getitem__, key="target")
    key = f"files-{turn}"
    st.file_uploader(
        "Drop documents here: PDF, Word, OpenDocument, RTF, HTML, text, e-mail, workbook, picture, or a ZIP.",
        accept_multiple_files=True,
        key=key,
        on_change=_given,
        args=(key,),
    )
    kept = names.get(st.session_state.get("target", ""), _FIRST_PROJECT)
    st.caption(
        f"They are kept in “{plain(kept)}”, in this workspace's database; nothing leaves it. "
        "The same name as a document there makes its next draft."
    )


def _given(key: str) -> None:
    """Take the files out of the uploader, which would keep a second copy of them."""
    files = st.session_state[key] or []
    if files:
        st.session_state["turn"] += 1
        _begin([Source(file.name, file.getvalue()) for file in files])


def _begin(sources: Sequence[Source]) -> None:
    with telling():
        st.session_state["taking"] = take_in(_target(), sources)


def _target() -> Project:
    """The project that was chosen; the first document makes the first one."""
    chosen = st.session_state.get("target")
    with changing() as acting:
        there = projects(acting)
        return next((one for one in there if one.id == chosen), None) or create_project(acting, _FIRST_PROJECT)


def _finish() -> None:
    """What came in: one document is opened, several are told."""
    job: Job | None = st.session_state.pop("taking", None)
    if job:  # else a cancel was first
        st.session_state["taken"] = [*job.outcomes, *job.unread()]


def _show_outcomes() -> None:
    taken = st.session_state.pop("taken", ())
    for failure in [one for one in taken if isinstance(one, Failure)]:
        st.error(f"**{plain(failure.name)}**: {plain(failure.cause)} {plain(failure.remedy)}", icon=":material/error:")
    good = [one for one in taken if isinstance(one, Analysis)]
    if len(good) == 1 and len(taken) == 1 and (found := _draft_with(good[0].report.sha256)):
        open_document(found[0], found[1])
        go("review")


def _draft_with(sha256: str) -> tuple[str, str] | None:
    with looking() as acting:
        for one in projects(acting):
            for owner in documents(acting, one.id):
                for item in reversed(drafts(acting, owner.id)):
                    if item.sha256 == sha256:
                        return owner.id, item.id
    return None


# What is there ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    """A document by its newest draft, and how far its review is."""

    project: Project
    document: StoredDocument
    draft: Draft
    state: str


@dataclass(frozen=True, slots=True)
class _Work:
    """What there is: the documents that came in last, how many there are, and the projects with their numbers."""

    rows: tuple[_Row, ...]
    count: int
    projects: tuple[tuple[Project, int], ...]


def _work() -> _Work:
    with looking() as acting:
        owners = projects(acting)
        found = [(one, each, drafts(acting, each.id)[-1]) for one in owners for each in documents(acting, one.id)]
        found.sort(key=lambda row: row[2].uploaded, reverse=True)
        rows = tuple(
            _Row(one, each, item, _state_of(*_progress(acting, each, item))) for one, each, item in found[:_RECENT]
        )
        counts = tuple((one, sum(each.project == one.id for _, each, _ in found)) for one in owners)
    return _Work(rows, len(found), counts)


def _show_work(work: _Work) -> None:
    st.subheader("Recent documents", anchor=False)
    for row in work.rows:
        _show_row(row.project, row.document, row.draft, row.state)
    if work.count > len(work.rows):
        st.caption(f"{len(work.rows)} of {plural(work.count, 'document')} shown, the newest first.")
    st.subheader("Projects", anchor=False)
    for one, count in work.projects:
        st.write(f"**{plain(one.name)}**: {plural(count, 'document')}")


def _progress(acting: Acting, owner: StoredDocument, item: Draft) -> tuple[int, int] | tuple[None, None]:
    kept = report_of(acting, item.id)
    if kept is None:
        return None, None
    decided = decisions_of(acting, owner.id)
    findings = kept.report["findings"]
    return sum(clause_of(str(one["id"])) in decided for one in findings), len(findings)


def _state_of(done: int | None, count: int | None) -> str:
    if done is None or count is None:
        return "Not read yet"
    if not count:
        return "No findings"
    return "All decided" if done == count else f"{done} of {plural(count, 'finding')} decided"


def _show_row(owner: Project, document: StoredDocument, item: Draft, state: str) -> None:
    def choose() -> None:
        open_document(document.id, item.id)

    with st.container(horizontal=True, vertical_alignment="center", key=f"home-row-{document.id}"):
        label = f"{plain(document.name)}"
        if st.button(label, key=f"open-{document.id}", type="tertiary", on_click=choose, disabled=not item.is_scanned):
            go("review")
        st.caption(f"{plain(owner.name)} · draft {item.number}, {day_of(item.uploaded)} · {state}")
        if not item.is_scanned:
            st.button("Read it now", key=f"read-{item.id}", on_click=_read, args=(owner.id, item))


def _read(owner: str, item: Draft) -> None:
    with telling():
        with looking() as acting:
            named, data = project(acting, owner), data_of(acting, item.id)
        st.session_state["taking"] = scan_waiting(named, item, data)
