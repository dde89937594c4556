"""Rules learned from a project's samples: read them, try them, edit them, make one stable."""

from pathlib import Path

import streamlit as st

from analyzer.errors import FairtermsError
from analyzer.rendering.words import plural
from analyzer.store.values import Project, Role
from analyzer.views.training_job import taught_by
from analyzer.views.workspace import current_settings, database, person, plain, show_error, telling

__all__ = ["show_learned"]


def show_learned(owner: Project) -> None:
    """Draw the part of the page."""
    folder = current_settings().rules_folder
    may = person().role.rank >= Role.EDITOR.rank
    st.write(
        "Fairterms can propose rules from labelled sentences, in the form in which people write them. They are drafts: "
        "they show what they find and never stop a document, until somebody makes them stable."
    )
    if not folder:
        st.write("First name a folder for rules of your own in the settings; drafts are written there.")
        return
    if not may:
        st.caption("Editors learn and change rules.")
    if st.button("Learn rules from this project", type="primary", disabled=not may):
        with st.spinner("Looking for patterns that tell findings from the rest …"), telling():
            _learn(owner, Path(folder))
    _show_drafts(Path(folder), may=may)


def _learn(owner: Project, folder: Path) -> None:
    from analyzer.resources import patterns_folder
    from analyzer.rulefiles import load_rules
    from analyzer.training.learning import Options, learn, write_rules

    rules = load_rules(patterns_folder(), folder)
    source = taught_by(database(), person(), owner, rules)
    learned = learn(list(source.documents), rules, Options())
    written = write_rules(learned, folder)
    if not written.files:
        st.write("No pattern is precise enough yet. More labelled sentences help.")
    else:
        st.success(f"{plural(len(written.files), 'draft')} written.")
    for note in learned.notes:
        st.caption(plain(note))


def _show_drafts(folder: Path, *, may: bool) -> None:
    from analyzer.resources import patterns_folder
    from analyzer.rulefiles import load_rules
    from analyzer.rules import Status

    try:
        rules = load_rules(patterns_folder(), folder)
    except FairtermsError as error:
        show_error(error)
        return
    drafts = [rule for rule in rules.rules if rule.status is Status.DRAFT]
    if not drafts:
        st.write("There is no draft.")
        return
    st.subheader(plural(len(drafts), "draft"), anchor=False)
    for rule in drafts:
        with st.expander(plain(rule.title)):
            st.write(plain(rule.message))
            st.code(rule.path.read_text("utf-8"), language="toml")
            st.caption("Edit it, and try a sentence on it, on the page Rules.")
            st.page_link(st.session_state["pages"]["rules"], label="To the rules", icon=":material/rule:")
            if may and st.button("Make it stable", key=f"promote-{rule.id}"):
                _promote(rule.id, folder)


def _promote(rule_id: str, folder: Path) -> None:
    from analyzer.resources import patterns_folder
    from analyzer.rulefiles import load_rules
    from analyzer.training.learning.promoting import promote
    from analyzer.views.workspace import forget_analyzers

    with telling():
        promote(load_rules(patterns_folder(), folder), rule_id, folder)
        forget_analyzers()
        st.rerun()
