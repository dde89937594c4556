"""The findings of a whole project: charts, clauses that cause most of them, a table to go through and take along.

Everything here is of the newest draft of each document, as it was read last.
"""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from analyzer.errors import FairtermsError
from analyzer.findings import Severity
from analyzer.rendering.tables import csv_of, workbook_of
from analyzer.rendering.words import SEVERITY_MARKS, plural
from analyzer.store.projects import projects
from analyzer.store.values import Project
from analyzer.views.batch_rows import Row, Standing, boilerplate, rows_of, table_of
from analyzer.views.workspace import analyzer_for, go, looking, open_document, plain, show_error

__all__ = ["show_batch"]

_MOST = 10


def show_batch() -> None:
    """Draw the page."""
    with st.container(key="wide"):
        st.title("All findings of a project", anchor=False)
        try:
            with looking() as acting:
                there = projects(acting)
            if not there:
                st.write("There is no project yet. Drop documents on the home page, and their findings stand here.")
                st.page_link(st.session_state["pages"]["home"], label="Go to the home page", icon=":material/home:")
                return
            names = {one.id: one.name for one in there}
            chosen = st.selectbox("Project", list(names), format_func=names.__getitem__, key="batch-project")
            _show(next(one for one in there if one.id == chosen))
        except FairtermsError as error:
            show_error(error)


def _show(owner: Project) -> None:
    with st.spinner("Gathering the findings …"), looking() as acting:
        documents, rows = rows_of(acting, owner, analyzer_for(owner.policy).rules.categories)
    unread = [document.name for document in documents if document.standing is Standing.UNREAD]
    counts = {level: sum(row.severity is level for row in rows) for level in reversed(Severity)}
    told = ", ".join(f"{count} {level}" for level, count in counts.items())
    decided = sum(bool(row.decision) for row in rows)
    st.markdown(
        f"**{plural(len(rows), 'finding')} ({told}) in {plural(len(documents), 'document')}; {decided} decided.**"
    )
    for name in unread:
        st.warning(f"{plain(name)} has no report: it was not read, or could not be.", icon=":material/warning:")
    if not rows:
        st.write("No findings in what was read.")
        return
    _show_charts(rows)
    _show_boilerplate(rows)
    _show_table(owner, rows)


# Charts -------------------------------------------------------------------------------------------------------------


def _show_charts(rows: Sequence[Row]) -> None:
    by = st.segmented_control(
        "Count findings by", ["Category", "Document", "Clause"], default="Category", required=True, key="batch-by"
    )
    named = {"Category": _category, "Document": _document, "Clause": _clause}[by]
    counts: dict[str, dict[Severity, int]] = {}
    for row in rows:
        of = counts.setdefault(named(row), dict.fromkeys(reversed(Severity), 0))
        of[row.severity] += 1
    top = sorted(counts.items(), key=lambda pair: (-sum(pair[1].values()), pair[0]))[:_MOST]
    st.html(_bars(top))
    more = f"; the {_MOST} with most are shown of {len(counts)}" if len(counts) > _MOST else ""
    st.caption(f"Findings by {by.lower()} and severity{more}. The table below has each of them.")


def _bars(counts: Sequence[tuple[str, Mapping[Severity, int]]]) -> str:
    """A bar a name, cut by severity, with its numbers in words; safe as HTML."""
    most = max(sum(of.values()) for _, of in counts)
    rows = "".join(
        f'<div role="listitem"><span>{escape(name)}</span><span aria-hidden="true">{_pieces(of, most)}</span>'
        f"<span>{plural(sum(of.values()), 'finding')}: {_in_words(of)}</span></div>"
        for name, of in counts
    )
    return f'<div class="fairterms-bars" role="list">{rows}</div>'


def _pieces(of: Mapping[Severity, int], most: int) -> str:
    return "".join(
        f'<i class="{level}" style="width:{100 * count / most:.2f}%"></i>' for level, count in of.items() if count
    )


def _in_words(of: Mapping[Severity, int]) -> str:
    return ", ".join(f"{SEVERITY_MARKS[level]} {count:,} {level}" for level, count in of.items() if count)


def _category(row: Row) -> str:
    return row.kind


def _document(row: Row) -> str:
    return row.document_name


def _clause(row: Row) -> str:
    return row.section.rpartition(" › ")[2] or "Before the first heading"


# What repeats -------------------------------------------------------------------------------------------------------


def _show_boilerplate(rows: Sequence[Row]) -> None:
    repeated = boilerplate(rows)
    if not repeated:
        return
    st.subheader("Clauses that stand in several documents", anchor=False)
    st.write("The same words, document after document: one change in the template repairs them all.")
    for clause in repeated[:_MOST]:
        first = clause[0]
        names = sorted({row.document_name for row in clause})
        with st.expander(f"{SEVERITY_MARKS[first.severity]} {plain(first.title)}: {plural(len(names), 'document')}"):
            st.markdown("> " + plain(first.text))
            st.write(", ".join(map(plain, names)))


# The table ----------------------------------------------------------------------------------------------------------


def _show_table(owner: Project, rows: Sequence[Row]) -> None:
    st.subheader("All of them", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        levels = st.multiselect("Severity", [level.capitalize() for level in reversed(Severity)], key="batch-levels")
        kinds = st.multiselect("Category", sorted({row.kind for row in rows}), key="batch-kinds")
        words = st.text_input("Search", key="batch-words", placeholder="Words of the text, the document, the clause")
    shown = [row for row in rows if _fits(row, levels, kinds, words)]
    st.caption(f"{len(shown):,} of {plural(len(rows), 'finding')} shown. Choose a row to see it in its document.")
    table = table_of(shown)
    event = st.dataframe(
        {name: [row[place] for row in table.rows] for place, name in enumerate(table.head)},
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="batch-table",
        placeholder="–",
    )
    with st.container(horizontal=True):
        st.download_button(
            "CSV", lambda: csv_of(table), file_name=f"{owner.name}.csv", mime="text/csv", on_click="ignore"
        )
        st.download_button(
            "Excel",
            lambda: workbook_of([table]),
            file_name=f"{owner.name}.xlsx",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            on_click="ignore",
        )
    if picked := event.selection.rows:
        _show_picked(shown[picked[0]])


def _fits(row: Row, levels: Sequence[str], kinds: Sequence[str], words: str) -> bool:
    if (levels and row.severity.capitalize() not in levels) or (kinds and row.kind not in kinds):
        return False
    hay = f"{row.text} {row.document_name} {row.section} {row.title}".lower()
    return all(word in hay for word in words.lower().split())


def _show_picked(row: Row) -> None:
    with st.container(border=True):
        st.markdown(f"{SEVERITY_MARKS[row.severity]} **{row.severity.capitalize()}: {plain(row.title)}**")
        st.markdown("> " + plain(row.text))
        if st.button(f"Show it in {plain(row.document_name)}", type="primary"):
            open_document(row.document, row.draft, finding=row.fingerprint)
            go("review")
