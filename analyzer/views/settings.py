"""Settings: what holds for everybody, who is at work, and the projects with their people."""

from pathlib import Path

import streamlit as st

from analyzer.errors import FairtermsError
from analyzer.policy import load_policy, shipped_policies
from analyzer.store.settings import Settings, change_settings, settings_of
from analyzer.store.values import Role
from analyzer.views.identity import needs_login, sign_out
from analyzer.views.projects import show_projects
from analyzer.views.workspace import analyzer_for, changing, database, looking, person, plain, show_error, telling

__all__ = ["policy_title", "show_settings"]

_ROLE_WORDS = {
    Role.READER: "reads",
    Role.REVIEWER: "reads, uploads, decides, comments and labels",
    Role.EDITOR: "does what a reviewer does, and changes rules and models",
    Role.ADMIN: "does everything, deletion for good included",
}


def show_settings() -> None:
    """Draw the page."""
    with st.container(key="wide"):
        st.title("Settings", anchor=False)
        who = person()
        st.subheader("Who am I", anchor=False)
        address = f" ({plain(who.id)})" if who.name not in ("", who.id) else ""
        st.write(f"You are **{plain(who.name or who.id)}**{address}. With this role a person {_ROLE_WORDS[who.role]}.")
        if needs_login():
            st.button("Sign out", on_click=sign_out)
        else:
            st.caption("On this machine nobody signs in: whoever opens the page may do everything.")
        with looking() as acting:
            now = settings_of(acting)
        _show_form(now, may=who.role is Role.ADMIN)
        show_projects()
        st.subheader("Database", anchor=False)
        st.write(f"Documents and decisions are kept in {plain(database().name)}.")
        st.caption(
            "Another database is named with FAIRTERMS_DATABASE before the page is started. Copy a file while the page "
            "is closed; a PostgreSQL database is backed up with its own tools."
        )


def policy_title(name: str) -> str:
    """What a shipped policy is called on screen."""
    return load_policy(name).title or name


def _show_form(now: Settings, *, may: bool) -> None:
    st.subheader("For everybody", anchor=False)
    if not may:
        st.caption("Admins change these.")
    names = list(shipped_policies())
    with st.form("settings", border=False):
        policy = st.selectbox(
            "Policy that documents are held against, where their project names none",
            names,
            index=names.index(now.policy) if now.policy in names else 0,
            format_func=policy_title,
            disabled=not may,
        )
        folder = st.text_input(
            "Folder with rules of your own, on the machine that runs Fairterms",
            now.rules_folder,
            placeholder="None: the shipped rules alone",
            disabled=not may,
        )
        ocr = st.toggle("Read pages that are only pictures (OCR), where it is installed", now.ocr, disabled=not may)
        quota = st.number_input(
            "Most megabytes that one person may keep; 0 for any", 0, 1_000_000, now.quota_megabytes, disabled=not may
        )
        is_sent = st.form_submit_button("Save", type="primary", disabled=not may)
    if is_sent:
        _save({"policy": policy, "rules_folder": folder.strip(), "ocr": ocr, "quota_megabytes": int(quota)}, now)


def _save(changes: dict[str, object], before: Settings) -> None:
    """Keep the settings if an analyzer can be made of them; else leave what was there."""
    folder = str(changes["rules_folder"])
    if folder and not Path(folder).is_dir():
        st.error(f"There is no folder {plain(folder)} on the machine that runs Fairterms. Nothing was changed.")
        return
    with telling():
        with changing() as acting:
            change_settings(acting, changes)
        try:
            analyzer_for()
        except FairtermsError as error:
            with changing() as acting:
                change_settings(acting, {name: getattr(before, name) for name in changes})
            show_error(error)
            st.write("The settings stay as they were.")
            return
        st.toast("Saved.")
