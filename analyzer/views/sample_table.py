"""The samples of a project: search, edit, delete; and how far two people agree."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from analyzer.errors import SampleError
from analyzer.rendering.words import label_titles, plural
from analyzer.store.samples import change_sample, delete_sample, samples_from_decisions, samples_of, training_rows
from analyzer.store.values import Project, StoredSample
from analyzer.views.workspace import analyzer_for, changing, day_of, looking, plain, telling

__all__ = ["show_samples_table"]

_NOTHING = "Nothing: harmless"


def show_samples_table(owner: Project) -> None:
    """Draw the part of the page."""
    words = st.text_input("Search the samples", key="samples-search", placeholder="Words of the text or the document")
    with looking() as acting:
        samples = samples_of(acting, owner.id, search=words.strip())
        every = samples_of(acting, owner.id)
        taught = len(list(samples_from_decisions(acting, owner.id)))
    st.write(
        f"{plural(len(every), 'labelled sentence')}, and {taught:,} more from decisions on findings."
        if every or taught
        else "No sentence is labelled and no finding decided yet."
    )
    if samples:
        _show_table(owner, samples)
    _show_agreement(every)


def _show_table(owner: Project, samples: Sequence[StoredSample]) -> None:
    titles = label_titles(analyzer_for(owner.policy).rules)
    by_title = {title: label for label, title in titles.items()} | {_NOTHING: ""}
    rows: list[dict[str, Any]] = [
        {
            "Text": sample.text,
            "Label": titles.get(f"{sample.category}/{sample.subtype}", sample.category)
            if sample.category
            else _NOTHING,
            "Document": sample.doc,
            "By": sample.by,
            "On": day_of(sample.at),
            "Delete": False,
        }
        for sample in samples
    ]
    edited = st.data_editor(
        rows,
        hide_index=True,
        disabled=["Text", "Document", "By", "On"],
        column_config={"Label": st.column_config.SelectboxColumn(options=[_NOTHING, *titles.values()], required=True)},
        key=f"samples-{owner.id}-{len(samples)}",
    )
    changes = [(sample, now) for sample, before, now in zip(samples, rows, edited, strict=True) if dict(now) != before]
    if changes and st.button(f"Save {plural(len(changes), 'change')}", type="primary"):
        with telling():
            with changing() as acting:
                for sample, now in changes:
                    if now["Delete"]:
                        delete_sample(acting, sample.id)
                    else:
                        category, _, subtype = by_title[now["Label"]].partition("/")
                        change_sample(acting, sample.id, category=category, subtype=subtype)
            st.rerun()


def _show_agreement(samples: Sequence[StoredSample]) -> None:
    people = sorted({sample.by for sample in samples})
    if len(people) < 2:
        return
    from analyzer.training.annotators import compare_annotators
    from analyzer.training.annotators_text import strength
    from analyzer.training.samples import sample_of

    st.subheader("How far two people agree", anchor=False)
    with st.container(horizontal=True):
        first = st.selectbox("One", people, index=0, key="agree-first")
        second = st.selectbox("The other", people, index=1, key="agree-second")
    own = {
        who: [sample_of(row, "sample") for row in training_rows(sample for sample in samples if sample.by == who)]
        for who in (first, second)
    }
    try:
        found = compare_annotators(own[first], own[second], names=(first, second))
    except SampleError as error:
        st.write(plain(f"{error.cause} {error.remedy}"))
        return
    kappa = found.overall.kappa.value
    told = (
        "can't be told from so few"
        if kappa is None
        else f"{strength(kappa)} ({kappa:.2f} on a scale where 1 is full agreement)"
    )
    st.write(f"On {plural(found.sentences, 'sentence')} that both labelled, agreement beyond chance is {told}.")
    for item in found.disagreements[:10]:
        st.markdown("> " + plain(item.text))
