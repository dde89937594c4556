"""Two drafts of a document, or a document and what amends it: what became of findings, and the text side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from analyzer.differences import Comparison, Fate, Relation, Side, compare
from analyzer.engine import Analysis
from analyzer.errors import FairtermsError
from analyzer.rendering.comparison import render_comparison
from analyzer.rendering.words import plural
from analyzer.store.decisions import clause_of
from analyzer.store.documents import documents, drafts, report_of
from analyzer.store.values import Draft, Project, StoredDocument
from analyzer.views.compare_text import show_amendments, show_changes, show_findings
from analyzer.views.empty import show_nothing_open
from analyzer.views.workspace import analysis_of, day_of, looking, opened, plain, show_error

__all__ = ["show_compare"]


@dataclass(frozen=True, slots=True)
class _Choice:
    """A draft that can be compared."""

    document: StoredDocument
    draft: Draft

    @property
    def title(self) -> str:
        return f"{self.document.name}, draft {self.draft.number} of {day_of(self.draft.uploaded)}"


def show_compare() -> None:
    """Draw the page."""
    try:
        found = opened()
        if found is None:
            show_nothing_open()
            return
        owner, document, draft = found
        choices = _choices(owner)
        with st.container(key="wide"):
            _show(owner, document, draft, choices)
    except FairtermsError as error:
        show_error(error)


def _choices(owner: Project) -> list[_Choice]:
    with looking() as acting:
        return [_Choice(one, item) for one in documents(acting, owner.id) for item in drafts(acting, one.id)]


def _show(owner: Project, document: StoredDocument, draft: Draft, choices: Sequence[_Choice]) -> None:
    st.title("Compare", anchor=False)
    if len(choices) < 2:
        st.write(
            f"There is one draft of {plain(document.name)}, and nothing else in “{plain(owner.name)}”. "
            "Drop its next draft, or an addendum to it, on the home page; then both stand here side by side."
        )
        st.page_link(st.session_state["pages"]["home"], label="Go to the home page", icon=":material/home:")
        return
    old, new = _pick(choices, document, draft)
    if old.draft.id == new.draft.id:
        st.write("Choose two that differ.")
        return
    with st.spinner("Reading and comparing both …"):
        comparison = _compared(owner, old, new)
    back = _back_again(comparison, old, new)
    st.markdown(f"**{_sentence(comparison, len(back))}**")
    st.download_button(
        "Take the comparison with you",
        lambda: render_comparison(comparison, "html"),
        file_name=f"{new.document.name}.comparison.html",
        mime="text/html",
        icon=":material/download:",
        on_click="ignore",
    )
    if comparison.relation is Relation.ADDENDUM:
        show_amendments(comparison, old.document.id, new.document.id)
        return
    findings, text = st.tabs(["Findings", f"Text ({plural(len(comparison.changes), 'change')})"])
    with findings:
        show_findings(comparison, back, new.document.id, new.draft.id)
    with text:
        show_changes(comparison)


def _pick(choices: Sequence[_Choice], document: StoredDocument, draft: Draft) -> tuple[_Choice, _Choice]:
    """The two that are compared; by default the open draft against the one before it."""
    own = [place for place, one in enumerate(choices) if one.document.id == document.id]
    at = next((place for place in own if choices[place].draft.id == draft.id), own[-1])
    before = own[own.index(at) - 1] if own.index(at) else next(n for n in range(len(choices)) if n != at)
    with st.container(horizontal=True, key="compare-pickers"):
        numbers = range(len(choices))
        names = [one.title for one in choices]
        old = st.selectbox(
            "Before", numbers, index=before, format_func=names.__getitem__, key=f"compare-old-{draft.id}"
        )
        new = st.selectbox("After", numbers, index=at, format_func=names.__getitem__, key=f"compare-new-{draft.id}")
    return choices[old], choices[new]


def _compared(owner: Project, old: _Choice, new: _Choice) -> Comparison:
    one, other = (analysis_of(each.draft.id, owner.policy) for each in (old, new))
    relation = Relation.DRAFT if old.document.id == new.document.id else None
    return compare(_side(one), one.report, _side(other), other.report, relation=relation)


def _side(analysis: Analysis) -> Side:
    return Side.of(analysis.document, analysis.segments)


def _back_again(comparison: Comparison, old: _Choice, new: _Choice) -> frozenset[str]:
    """Findings that are new against the draft before, and stood in a draft before that."""
    if old.document.id != new.document.id:
        return frozenset()
    come = {clause_of(change.new.id) for change in comparison.findings if change.fate is Fate.NEW and change.new}
    earlier: set[str] = set()
    with looking() as acting:
        for item in drafts(acting, old.document.id):
            if item.number < old.draft.number and (kept := report_of(acting, item.id)):
                earlier |= {clause_of(str(finding["id"])) for finding in kept.report["findings"]}
    return frozenset(come & earlier)


def _sentence(comparison: Comparison, back: int) -> str:
    """What came of the findings, in a sentence."""
    counts = {fate: sum(change.fate is fate for change in comparison.findings) for fate in Fate}
    if comparison.relation is Relation.ADDENDUM:
        return (
            f"This amends the document: {plural(len(comparison.amendments), 'statement')} about it, "
            f"{plural(counts[Fate.NEW], 'new finding')}, "
            f"{plural(len(comparison.touched), 'finding')} in clauses that it changes."
        )
    again = f", {back} of them back again" if back else ""
    return (
        f"{plural(counts[Fate.FIXED], 'finding')} fixed, {counts[Fate.NEW]} new{again}, "
        f"{counts[Fate.CHANGED]} in other words, {counts[Fate.UNCHANGED]} unchanged."
    )
