"""The part of the rules page for a folder of one's own: see its files, change one, check it, keep it, go back."""

from pathlib import Path

import streamlit as st

from analyzer.errors import FairtermsError
from analyzer.rendering.words import plural
from analyzer.rules import RuleSet
from analyzer.store.settings import change_settings
from analyzer.store.values import Role
from analyzer.views.own_rules import Checked, check_text, names_in, save_rule, template, text_before, text_of, undo_rule
from analyzer.views.workspace import (
    analyzer_for,
    changing,
    current_settings,
    forget_analyzers,
    go,
    person,
    plain,
    show_error,
    telling,
)

__all__ = ["copy_to_own", "show_own_rules"]


def show_own_rules(rules: RuleSet) -> None:
    """Draw the part of the page; ``rules`` are those that a new one stands beside."""
    place = current_settings().rules_folder
    may = person().role.rank >= Role.EDITOR.rank
    if not place:
        _show_no_folder()
        return
    folder = Path(place)
    if not folder.is_dir():
        st.error(f"The folder {plain(place)} is not there any more. An admin names another one in the settings.")
        return
    if told := st.session_state.pop("rules-told", None):
        st.success(told, icon=":material/check:")
    names = names_in(folder)
    st.write(
        f"**{plural(len(names), 'file')}** in {plain(place)}. A rule with the name of a shipped one takes its place; "
        "the next reading of a document uses what is kept here."
    )
    if not may:
        st.caption("Editors of rules change these; you may read them.")
    _show_picker(names, rules, may=may)
    name = st.session_state.get("rules-editing")
    if name:
        with telling():
            _show_editor(folder, name, rules, may=may)


def copy_to_own(name: str, text: str) -> None:
    """Begin to change a shipped rule: its text is put into the editor, and nothing is kept yet."""
    _open(name, text)
    st.session_state["rules-part"] = "own"


def _show_no_folder() -> None:
    st.write(
        "**There is no folder for rules of your own yet.** It holds a file for each rule, beside the shipped ones, on "
        "the machine that runs Fairterms."
    )
    if person().role is not Role.ADMIN:
        st.caption("Admins name one in the settings.")
        return
    with st.container(horizontal=True):
        st.button("Make one beside the workspace's data", type="primary", on_click=_make_folder)
        if st.button("Name one in the settings"):
            go("settings")


def _make_folder() -> None:
    from platformdirs import user_data_path

    folder = user_data_path("fairterms", appauthor=False) / "rules"
    with telling():
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FairtermsError(str(folder), f"can't be made: {error.strerror}.", "Name another one.") from error
        with changing() as acting:
            change_settings(acting, {"rules_folder": str(folder)})


# Choosing ------------------------------------------------------------------------------------------------------------


def _show_picker(names: tuple[str, ...], rules: RuleSet, *, may: bool) -> None:
    titles = {f"{rule.id}": rule.title for rule in rules.rules} | {
        f"checklist/{q.id}": q.title for q in rules.questions
    }
    now = st.session_state.get("rules-editing")
    options = [*names, *([now] if now and now not in names else [])]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Open a rule",
            options,
            index=options.index(now) if now in options else None,
            format_func=lambda name: f"{titles.get(name, 'New rule')} · {name}",
            placeholder="Choose one" if options else "None yet",
            key=f"rules-pick-{st.session_state.get('rules-turn', 0)}",
            on_change=_pick,
        )
    if may:
        with st.expander("Make a new rule", expanded=not names and not now):
            _show_new(rules, names)


def _pick() -> None:
    name = st.session_state[f"rules-pick-{st.session_state.get('rules-turn', 0)}"]
    with telling():
        text = text_of(Path(current_settings().rules_folder), name) if name else None
        if text is not None:
            _open(name, text)


def _open(name: str, text: str) -> None:
    with telling():
        st.session_state["rules-editing"] = name
        st.session_state["rules-seen"] = text_of(Path(current_settings().rules_folder), name)
        turn = st.session_state["rules-turn"] = st.session_state.get("rules-turn", 0) + 1
        st.session_state["rules-begun"] = text
        st.session_state[f"rules-text-{turn}"] = text


def _show_new(rules: RuleSet, names: tuple[str, ...]) -> None:
    with st.form("rules-new", border=False):
        category = st.selectbox("Category", list(rules.categories), format_func=lambda c: rules.categories[c].title)
        title = st.text_input("Title, as reviewers will see it", placeholder="Late payment without interest")
        is_sent = st.form_submit_button("Begin with a template")
    if not is_sent:
        return
    short = "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in title.lower()).split())
    if not short:
        st.error("Write a title first; its words name the file.")
    elif f"{category}/{short}" in names:
        st.error("There is a rule of that name in the folder. Open it above, or choose another title.")
    else:
        _open(f"{category}/{short}", template(category, title.strip()))
        st.rerun()


# Editing -------------------------------------------------------------------------------------------------------------


def _show_editor(folder: Path, name: str, rules: RuleSet, *, may: bool) -> None:
    turn = st.session_state["rules-turn"]
    left, right = st.columns([3, 2])
    with left.container(key="rules-file"):
        text = st.text_area(
            f"The rule's file: {name}.toml",
            key=f"rules-text-{turn}",
            height=480,
            disabled=not may,
            help="Press Ctrl+Enter, or leave the field, to check it.",
        )
    with st.spinner("Checking the rule and its examples …"):
        checked = check_text(name, text, rules)
    with right:
        _show_checked(checked, text)
        if not may:
            return
        is_changed = text != st.session_state.get("rules-seen")
        with st.container(horizontal=True):
            st.button("Check", key="rules-check")
            st.button(
                "Save",
                type="primary",
                disabled=not (is_changed and checked.may_be_kept),
                on_click=_save,
                args=(folder, name, f"rules-text-{turn}", rules),
            )
            before = text_before(folder, name)
            st.button(
                "Undo the last save",
                disabled=before is None or before == st.session_state.get("rules-seen"),
                on_click=_undo,
                args=(folder, name),
                help="Puts back what the file held before it was last saved here.",
            )
        st.caption("Not saved yet." if is_changed else "As it stands in the folder.")


def _show_checked(checked: Checked, text: str) -> None:
    """What is wrong, with its line, or that nothing is."""
    if checked.problem:
        problem = checked.problem
        place = f"Line {problem.line}" if problem.line else "The file"
        field = f", field “{plain(problem.field)}”" if problem.field else ""
        st.error(f"**{place}{field}:** {plain(problem.reason)}.", icon=":material/error:")
        lines = text.splitlines()
        if 0 < problem.line <= len(lines) and lines[problem.line - 1].strip():
            st.code(lines[problem.line - 1], language=None, wrap_lines=True)
        return
    right = checked.examples - len(checked.failures)
    st.success("The file is written as it should be.", icon=":material/check:")
    st.write(f"{right} of {plural(checked.examples, 'example')} come out as the rule says.")
    for failure in checked.failures[:8]:
        wanted = "should be flagged" if failure.kind == "flags" else "should pass"
        st.warning(f"“{plain(failure.text)}” {wanted} and {plain(failure.reason)}.", icon=":material/warning:")
    if checked.failures and not checked.may_be_kept:
        st.write("A stable rule is saved only when its examples hold. Correct it, or make it a draft.")


def _save(folder: Path, name: str, key: str, rules: RuleSet) -> None:
    """Keep the text that the person sees, if they may and it is a rule; the analyzer is loaded anew."""
    text = st.session_state[key]
    seen = st.session_state.get("rules-seen")
    with telling():
        if not check_text(name, text, rules).may_be_kept:
            return
        with changing() as acting:
            save_rule(acting, folder, name, text, seen=seen)
        st.session_state["rules-seen"] = text
        st.session_state["rules-told"] = f"“{plain(name)}” is saved. The next reading of a document uses it."
        _load_anew()


def _undo(folder: Path, name: str) -> None:
    seen = st.session_state.get("rules-seen")
    with telling():
        with changing() as acting:
            undo_rule(acting, folder, name, seen=seen)
        now = text_of(folder, name)
        _open(name, now if now is not None else seen or "")
        st.session_state["rules-told"] = f"“{plain(name)}” is as it was before."
        _load_anew()


def _load_anew() -> None:
    """The folder is read again; what is wrong elsewhere in it is told."""
    forget_analyzers()
    try:
        analyzer_for()
    except FairtermsError as error:
        show_error(error)
