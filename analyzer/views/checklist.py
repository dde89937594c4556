"""The checklist of a document: each question, its answer, the sentence that shows it; changeable with a reason."""

from collections.abc import Mapping

import streamlit as st

from analyzer.errors import FairtermsError
from analyzer.findings import Answer, ChecklistAnswer, Report
from analyzer.rendering.words import ANSWER_WORDS, authority_line, place_of
from analyzer.rules import Reference
from analyzer.store.decisions import answer, answers_of, withdraw_answer
from analyzer.store.values import AnswerChange, Role
from analyzer.views.empty import show_nothing_open
from analyzer.views.workspace import (
    analysis_of,
    analyzer_for,
    changing,
    day_of,
    go,
    looking,
    open_document,
    opened,
    plain,
    show_error,
    telling,
)

__all__ = ["given", "render_checklist", "show_checklist"]

_SIGNS = {True: ":green[✓ As recommended]", False: ":orange[✗ Not as recommended]"}


def show_checklist() -> None:
    """Draw the page."""
    try:
        found = opened()
        if found is None:
            show_nothing_open()
            return
        owner, document, draft = found
        with st.spinner(f"Reading draft {draft.number} of {document.name} …"):
            report = analysis_of(draft.id, owner.policy).report
        references = analyzer_for(owner.policy).rules.references
        with looking() as acting:
            changed = answers_of(acting, document.id)
            role = acting.role_in(owner.id)
    except FairtermsError as error:
        show_error(error)
        return
    if message := st.session_state.pop("checklist-told", None):
        show_error(message)
    with st.container(key="wide"):
        st.title(f"Checklist of {plain(document.name)}", anchor=False)
        met = sum(given(item, changed) is item.wanted for item in report.checklist)
        st.write(
            f"**{met} of {len(report.checklist)} questions are answered as the recommendations ask.** "
            f"Draft {draft.number}, uploaded on {day_of(draft.uploaded)}."
        )
        st.download_button(
            "Take the checklist with you",
            lambda: render_checklist(report, changed, references),
            file_name=f"{document.name}.checklist.md",
            mime="text/markdown",
            icon=":material/download:",
            on_click="ignore",
        )
        for item in report.checklist:
            _show_question(document.id, item, changed, references, may=role is not None and role is not Role.READER)


def given(item: ChecklistAnswer, changed: Mapping[str, AnswerChange]) -> Answer:
    """The answer that holds: a person's, else the report's."""
    return Answer(changed[item.id].answer) if item.id in changed else item.answer


def _show_question(
    document_id: str,
    item: ChecklistAnswer,
    changed: Mapping[str, AnswerChange],
    references: Mapping[str, Reference],
    *,
    may: bool,
) -> None:
    answer_ = given(item, changed)
    with st.container(border=True, key=f"question-{item.id}"):
        st.markdown(f"**{plain(item.question)}**")
        st.markdown(
            f"**{ANSWER_WORDS[answer_]}** · {_SIGNS[answer_ is item.wanted]}"
            + ("" if answer_ is item.wanted else f" · recommended: {ANSWER_WORDS[item.wanted].lower()}")
        )
        if change := changed.get(item.id):
            st.markdown(
                f"Changed by {plain(change.by)} on {day_of(change.at)}; Fairterms read: "
                f"{ANSWER_WORDS[item.answer].lower()}. Reason: {plain(change.reason)}"
            )
        _show_proof(document_id, item)
        with st.container(horizontal=True):
            with st.popover("Why it matters"):
                st.write(plain(item.why))
                st.caption("; ".join(plain(authority_line(references[n])) for n in item.references if n in references))
                if answer_ is not item.wanted:
                    st.write(f"**What to do.** {plain(item.suggestion)}")
            if may:
                _show_change(document_id, item, changed.get(item.id))


def _show_proof(document_id: str, item: ChecklistAnswer) -> None:
    if not item.text:
        st.caption(f"Nothing was found. Looked for: {plain(item.looked_for)}.")
        return
    st.markdown("> " + plain(" ".join(item.text.split())))

    def land() -> None:
        open_document(document_id, finding=f"question/{item.id}")

    place = place_of(item.page, item.section)
    if st.button(f"Show in the document: {plain(place)}", key=f"land-{item.id}", type="tertiary", on_click=land):
        go("review")


def _show_change(document_id: str, item: ChecklistAnswer, change: AnswerChange | None) -> None:
    seen = change.revision if change else 0
    with st.popover("Change the answer"), st.form(f"change-{item.id}-{seen}", border=False):
        choices = list(ANSWER_WORDS)
        now = Answer(change.answer) if change else item.answer
        value = st.radio(
            "Answer", choices, index=choices.index(now), format_func=ANSWER_WORDS.__getitem__, horizontal=True
        )
        reason = st.text_area("Why?", placeholder="A sentence for the record", max_chars=2000)
        if st.form_submit_button("Save the answer", type="primary"):
            _save(document_id, item.id, value, reason, seen)
    if change and st.button("Go back to what was read", key=f"back-{item.id}"):
        _go_back(document_id, item.id, seen)


def _save(document_id: str, question: str, value: Answer, reason: str, seen: int) -> None:
    with telling():
        with changing() as acting:
            answer(acting, document_id, question, value.value, reason, seen=seen)
        st.rerun()


def _go_back(document_id: str, question: str, seen: int) -> None:
    with telling():
        with changing() as acting:
            withdraw_answer(acting, document_id, question, seen=seen)
        st.rerun()


def render_checklist(report: Report, changed: Mapping[str, AnswerChange], references: Mapping[str, Reference]) -> str:
    """The checklist as Markdown, to print or to file."""
    lines = [f"# Checklist of {plain(report.name)}", ""]
    for item in report.checklist:
        answer_ = given(item, changed)
        lines += [
            f"## {plain(item.question)}",
            "",
            f"**{ANSWER_WORDS[answer_]}** (recommended: {ANSWER_WORDS[item.wanted].lower()})",
            "",
        ]
        if change := changed.get(item.id):
            lines += [f"Changed by {plain(change.by)}, {day_of(change.at)}: {plain(change.reason)}", ""]
        if item.text:
            lines += [f"> {plain(' '.join(item.text.split()))}", "", plain(place_of(item.page, item.section)), ""]
        cited = [plain(authority_line(references[name])) for name in item.references if name in references]
        lines += [f"Authority: {'; '.join(cited)}", ""] if cited else []
    return "\n".join(lines)
