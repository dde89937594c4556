"""Projects: make, rename, put away, their people; take one with you, take one in, print its record, delete for good."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from analyzer.policy import shipped_policies
from analyzer.rendering.words import plural
from analyzer.store.acting import Acting
from analyzer.store.archive import export_project, import_project
from analyzer.store.documents import delete_document, documents
from analyzer.store.projects import change_project, create_project, members_of, projects, remove_member, set_member
from analyzer.store.trail import render_trail, trail_of
from analyzer.store.values import Member, Project, Role, StoredDocument
from analyzer.views.access import address_of
from analyzer.views.workspace import changing, looking, plain, telling

__all__ = ["show_projects"]


def show_projects() -> None:
    """The part of the settings that is about projects."""
    st.subheader("Projects", anchor=False)
    with looking() as acting:
        there = [(one, acting.role_in(one.id)) for one in projects(acting, with_archived=True)]
    if not there:
        st.write("There is no project yet. The first document that you drop on the home page makes one.")
    for one, role in there:
        state = " (put away)" if one.is_archived else ""
        with st.expander(f"{plain(one.name)}{state}", key=f"project-{one.id}"):
            _show_project(one, role or Role.READER)
    with st.popover("New project", icon=":material/add:"), st.form("new-project", border=False, clear_on_submit=True):
        name = st.text_input("Name", max_chars=200)
        if st.form_submit_button("Make it", type="primary"):
            _do(lambda acting: create_project(acting, name))
    _show_import()


def _do(change: Callable[[Acting], object]) -> None:
    """Make a change and draw the page anew; what goes wrong is told."""
    with telling():
        with changing() as acting:
            change(acting)
        st.rerun()


def _show_project(one: Project, role: Role) -> None:
    with looking() as acting:
        members, kept = members_of(acting, one.id), documents(acting, one.id)
    st.write(f"{plural(len(kept), 'document')}, {plural(len(members), 'person', 'people')}.")
    if role.rank >= Role.EDITOR.rank:
        _show_change(one)
    _show_people(one, members, may=role is Role.ADMIN)
    with st.container(horizontal=True):
        if role is not Role.READER:
            st.download_button(
                "Export the whole project",
                lambda: _exported(one),
                file_name=f"{one.name}.fairterms.zip",
                mime="application/zip",
                on_click="ignore",
                key=f"export-{one.id}",
            )
        st.download_button(
            "Record of all changes",
            lambda: _record(one),
            file_name=f"{one.name}.record.md",
            mime="text/markdown",
            on_click="ignore",
            key=f"record-{one.id}",
        )
        if role is Role.ADMIN:
            label = "Take it out again" if one.is_archived else "Put it away"
            if st.button(label, key=f"archive-{one.id}"):
                _do(lambda acting: change_project(acting, one.id, is_archived=not one.is_archived))
    if role is Role.ADMIN and kept:
        _show_delete(kept, one)


def _exported(one: Project) -> bytes:
    with looking() as acting:
        return export_project(acting, one.id)


def _record(one: Project) -> str:
    with looking() as acting:
        return render_trail(one.name, trail_of(acting, one.id))


def _show_change(one: Project) -> None:
    from analyzer.views.settings import policy_title

    names = ["", *shipped_policies()]
    with st.form(f"change-{one.id}", border=False):
        name = st.text_input("Name", one.name, max_chars=200)
        policy = st.selectbox(
            "Policy",
            names,
            index=names.index(one.policy) if one.policy in names else 0,
            format_func=lambda each: policy_title(each) if each else "The one of the settings",
        )
        if st.form_submit_button("Save"):
            _do(lambda acting: change_project(acting, one.id, name=name, policy=policy))


def _show_people(one: Project, members: tuple[Member, ...], *, may: bool) -> None:
    for member in members:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.write(f"{plain(member.who)}: {member.role}")
            if may and len(members) > 1 and st.button("Remove", key=f"remove-{one.id}-{member.who}", type="tertiary"):
                _do(partial(remove_member, id_=one.id, who=member.who))
    if not may:
        return
    with st.form(f"people-{one.id}", border=False, clear_on_submit=True):
        who = st.text_input("E-mail address of a person to let in, or to give another role")
        role = st.selectbox("Role in this project", list(Role), index=1) or Role.REVIEWER
        if st.form_submit_button("Let in"):
            _do(lambda acting: set_member(acting, one.id, address_of(who), role))


def _show_delete(kept: tuple[StoredDocument, ...], one: Project) -> None:
    with st.popover("Delete a document for good", icon=":material/delete:"):
        names = {item.id: item.name for item in kept}
        chosen = st.selectbox("Document", list(names), format_func=names.__getitem__, key=f"delete-{one.id}")
        st.write("Its drafts, reports, decisions, comments and labels go with it. This can't be undone.")
        is_sure = st.checkbox("I know that it is gone for good", key=f"sure-{one.id}")
        if st.button("Delete", key=f"do-delete-{one.id}", disabled=not is_sure):
            st.session_state.pop("opened", None)
            _do(lambda acting: delete_document(acting, chosen))


def _show_import() -> None:
    with st.popover("Take in an exported project", icon=":material/upload:"):
        file = st.file_uploader("A project that was exported (ZIP)", type="zip", key="import")
        if file and st.button("Take it in"):
            _do(lambda acting: import_project(acting, file.name, file.getvalue()))
