"""The lists of a comparison: findings by what became of them, and sentences side by side with their differences."""

from collections.abc import Collection, Iterator, Sequence
from html import escape

import streamlit as st

from analyzer.differences import ChangeKind, Comparison, Fate, FindingChange, Passage, TextChange
from analyzer.findings import Finding, Report
from analyzer.rendering.words import ANSWER_WORDS, SEVERITY_MARKS, place_of, plural, printable
from analyzer.store.decisions import clause_of
from analyzer.views.workspace import go, open_document, plain

__all__ = ["show_amendments", "show_changes", "show_findings"]

_FATES = {
    Fate.NEW: "New",
    Fate.CHANGED: "In other words, or of another severity",
    Fate.FIXED: "Fixed",
    Fate.UNCHANGED: "Unchanged",
}
_KINDS = {
    ChangeKind.ADDED: "Added",
    ChangeKind.REMOVED: "Removed",
    ChangeKind.CHANGED: "Changed",
    ChangeKind.MOVED: "Moved",
}
_A_PAGE = 40


def show_findings(comparison: Comparison, back: Collection[str], document_id: str, draft_id: str) -> None:
    """Findings by what became of them; those that were fixed once and are there again say so."""
    if not comparison.findings:
        st.write("Neither has findings.")
    for fate, title in _FATES.items():
        changes = [change for change in comparison.findings if change.fate is fate]
        if not changes:
            continue
        with st.expander(f"{title} ({len(changes)})", expanded=fate is not Fate.UNCHANGED):
            for number, change in enumerate(changes[:_A_PAGE]):
                _show_finding(change, back, document_id, draft_id, f"{fate}-{number}")
            if len(changes) > _A_PAGE:
                st.caption(f"{_A_PAGE} of {plural(len(changes), 'finding')} shown; the download has them all.")
    if comparison.answers:
        with st.expander(f"Checklist answers that changed ({len(comparison.answers)})", expanded=True):
            for answer in comparison.answers:
                words = f"{ANSWER_WORDS[answer.old.answer]} → {ANSWER_WORDS[answer.new.answer]}"
                st.markdown(f"**{words}** · {plain(answer.new.question)}")


def _show_finding(change: FindingChange, back: Collection[str], document_id: str, draft_id: str, key: str) -> None:
    shown = change.new or change.old
    if shown is None:
        return
    again = " · **back again: it was fixed once**" if clause_of(shown.id) in back else ""
    st.markdown(
        f"{SEVERITY_MARKS[shown.severity]} **{shown.severity.capitalize()}: {plain(shown.title)}** · "
        f"{plain(place_of(shown.page, shown.section))}{again}"
    )
    st.markdown("> " + plain(" ".join(shown.text.split())))
    if change.new and st.button("Show in the review", key=f"compare-{key}", type="tertiary"):
        open_document(document_id, draft_id, finding=clause_of(change.new.id))
        go("review")


def show_changes(comparison: Comparison) -> None:
    """Sentences side by side, before on the left and after on the right; a page at a time."""
    if not comparison.changes:
        st.write(f"The text is the same: {plural(comparison.unchanged, 'sentence')}.")
        return
    counts = {kind: sum(change.kind is kind for change in comparison.changes) for kind in _KINDS}
    kinds = st.pills(
        "Show",
        list(_KINDS),
        format_func=lambda kind: f"{_KINDS[kind]} ({counts[kind]})",
        selection_mode="multi",
        default=list(_KINDS),
    )
    chosen = [change for change in comparison.changes if change.kind in kinds]
    pages = max(1, -(-len(chosen) // _A_PAGE))
    page = st.number_input(f"Page, 1 to {pages}", 1, pages, 1) if pages > 1 else 1
    rows = "".join(_rows(chosen[(page - 1) * _A_PAGE : page * _A_PAGE], comparison.old, comparison.new))
    st.html(
        '<div class="fairterms-sides" role="table" aria-label="Text before and after"><div role="row" class="head">'
        f'<b role="columnheader">Before</b><b role="columnheader">After</b></div>{rows}</div>'
    )
    st.caption(f"{plural(comparison.unchanged, 'sentence')} of the draft before stand unchanged and are not shown.")


def _rows(changes: Sequence[TextChange], old: Report, new: Report) -> Iterator[str]:
    for change in changes:
        yield (
            f'<div role="row"><div role="cell">{_side(change.old, "del", old.findings, change.kind)}</div>'
            f'<div role="cell">{_side(change.new, "ins", new.findings, change.kind)}</div></div>'
        )


def _side(passage: Passage | None, tag: str, findings: Sequence[Finding], kind: ChangeKind) -> str:
    if passage is None:
        return '<span class="nothing">—</span>'
    flagged = [finding for finding in findings if finding.span.overlaps(passage.span)]
    marks = "".join(
        f'<span class="badge {finding.severity}">{SEVERITY_MARKS[finding.severity]} '
        f"{finding.severity.capitalize()}: {_shown(finding.title)}</span>"
        for finding in flagged
    )
    words = _marked(passage, tag) if kind is ChangeKind.CHANGED else f"<{tag}>{_shown(passage.text)}</{tag}>"
    words = _shown(passage.text) if kind is ChangeKind.MOVED else words
    moved = ", moved" if kind is ChangeKind.MOVED else ""
    return f'<p class="place">{_shown(place_of(passage.page, passage.section))}{moved}</p><p>{words}</p>{marks}'


def _marked(passage: Passage, tag: str) -> str:
    parts, at = [], 0
    for span in passage.marks:
        parts += [
            _shown(passage.text[at : span.start]),
            f"<{tag}>{_shown(passage.text[span.start : span.end])}</{tag}>",
        ]
        at = span.end
    return "".join((*parts, _shown(passage.text[at:])))


def _shown(text: str) -> str:
    return escape(printable(text))


def show_amendments(comparison: Comparison, old_id: str, new_id: str) -> None:
    """What an addendum, or questions and answers, say about which clause."""
    if comparison.findings:
        st.subheader("New findings in it", anchor=False)
        for number, change in enumerate(comparison.findings):
            _show_finding(change, (), new_id, "", f"addendum-{number}")
    if comparison.touched:
        st.subheader("Findings of the document in clauses that it changes", anchor=False)
        for number, finding in enumerate(comparison.touched):
            _show_finding(FindingChange(Fate.UNCHANGED, finding, finding), (), old_id, "", f"touched-{number}")
    st.subheader("What it says about which clause", anchor=False)
    if not comparison.amendments:
        st.write("It names no clause of the document.")
    for amendment in comparison.amendments:
        about = amendment.clause or "the document as a whole"
        st.markdown(f"**{amendment.action.capitalize()}** · {plain(about)}")
        for passage in (amendment.old, amendment.new):
            if passage is not None:
                st.markdown("> " + plain(" ".join(passage.text.split())))
