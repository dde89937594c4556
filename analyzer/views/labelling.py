"""Labelling: one sentence at a time, one key a label; those that would teach most come first."""

from dataclasses import dataclass

import streamlit as st

from analyzer.rendering.words import label_titles, plural
from analyzer.store.documents import documents, drafts
from analyzer.store.samples import add_sample, delete_sample, samples_of
from analyzer.store.values import Project, StoredSample
from analyzer.views.workspace import analysis_of, analyzer_for, changing, looking, person, plain, telling

__all__ = ["Asked", "show_labelling"]

_AT_ONCE = 20
_BUTTONS = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """A sentence that waits for a label."""

    text: str
    doc: str
    document: str
    """Id of the document; empty for a sample that came from elsewhere."""
    heading: str
    lead_in: str
    reason: str
    likely: tuple[str, ...]
    """Labels that rules or model would give it."""


def show_labelling(owner: Project) -> None:
    """Draw the part of the page."""
    rules = analyzer_for(owner.policy).rules
    queue: list[Asked] = st.session_state.setdefault(f"label-queue-{owner.id}", [])
    done: list[StoredSample] = st.session_state.setdefault(f"label-done-{owner.id}", [])
    with st.container(horizontal=True):
        if st.button("Suggest sentences to label", type="secondary" if queue else "primary"):
            with st.spinner("Looking for the sentences whose labels would teach most …"):
                queue[:] = _suggested(owner)
            if not queue:
                st.session_state["label-nothing"] = True
            st.rerun()
        if st.button("Second opinion: what others labelled"):
            queue[:] = _second_opinions(owner)
            if not queue:
                st.session_state["label-nothing"] = True
            st.rerun()
    if st.session_state.pop("label-nothing", False):
        st.write("There is nothing more to label here: no document, or every sentence has its label.")
    if done:
        st.caption(f"{plural(len(done), 'sentence')} labelled in this visit.")
    if queue:
        _show_asked(owner, queue, done, label_titles(rules))
    elif done:
        st.write("All of these are labelled. Suggest more, or train a model with them.")
        _show_undo(queue, done)


def _suggested(owner: Project) -> list[Asked]:
    from analyzer.training.suggestion import candidates_of, suggest

    analyzer = analyzer_for(owner.policy)
    with looking() as acting:
        known = [sample.text for sample in samples_of(acting, owner.id) if sample.by == person().id]
        newest = [(one, drafts(acting, one.id)[-1]) for one in documents(acting, owner.id)]
    found, ids = [], {}
    for one, draft in newest:
        if draft.is_scanned:
            document = analysis_of(draft.id, owner.policy).document
            ids[document.source.name] = one.id
            found += list(candidates_of(analyzer, document))
    return [
        Asked(
            item.candidate.text,
            item.candidate.doc,
            ids.get(item.candidate.doc, ""),
            item.candidate.heading,
            item.candidate.lead_in,
            item.reason,
            item.labels,
        )
        for item in suggest(found, _AT_ONCE, known=known)
    ]


def _second_opinions(owner: Project) -> list[Asked]:
    """What others labelled and this person did not, without saying how."""
    with looking() as acting:
        samples = samples_of(acting, owner.id)
    mine = {sample.text for sample in samples if sample.by == person().id}
    others = {sample.text: sample for sample in samples if sample.text not in mine}
    reason = "Somebody else labelled this; what do you say?"
    return [Asked(one.text, one.doc, one.document, one.heading, one.lead_in, reason, ()) for one in others.values()]


def _show_asked(owner: Project, queue: list[Asked], done: list[StoredSample], titles: dict[str, str]) -> None:
    asked = queue[0]
    with st.container(border=True, key="asked"):
        st.caption(
            f"{plural(len(queue), 'sentence')} to go · {plain(asked.doc)} · {plain(asked.heading) or 'no heading'}"
        )
        if asked.lead_in:
            st.write(plain(asked.lead_in))
        st.markdown("> " + plain(asked.text))
        st.caption(plain(_in_words(asked.reason, titles)))
        with st.container(horizontal=True):
            for number, label in enumerate(_choices(asked, titles), start=1):
                if st.button(titles[label], key=f"as-{label}", shortcut=str(number)):
                    _keep(owner, queue, done, label)
            if st.button("Nothing: harmless", key="as-nothing", shortcut="0"):
                _keep(owner, queue, done, "")
            if st.button("Skip", key="skip", shortcut="s", type="tertiary"):
                queue.append(queue.pop(0))
                st.rerun()
            _show_undo(queue, done)
        other = st.selectbox(
            "Something else", ["", *titles], format_func=lambda each: titles.get(each, "Choose a label"), key="as-other"
        )
        if other and st.button("Label it so"):
            _keep(owner, queue, done, other)


def _in_words(reason: str, titles: dict[str, str]) -> str:
    """A reason with the titles of categories in place of their ids."""
    for label, title in titles.items():
        reason = reason.replace(label.partition("/")[0], title.partition(":")[0].lower())
    return reason


def _choices(asked: Asked, titles: dict[str, str]) -> list[str]:
    """The likeliest labels; without any the most common ones."""
    likely = [label for name in asked.likely for label in titles if label.partition("/")[0] == name.partition("/")[0]]
    common = [label for label in titles if label.endswith(("/explicit", "/performance", "/brand", "/non-negotiable"))]
    return list(dict.fromkeys((*likely, *common)))[:_BUTTONS]


def _keep(owner: Project, queue: list[Asked], done: list[StoredSample], label: str) -> None:
    asked = queue[0]
    category, _, subtype = label.partition("/")
    with telling():
        with changing() as acting:
            made = add_sample(
                acting,
                owner.id,
                asked.text,
                category=category,
                subtype=subtype,
                doc=asked.doc,
                document_id=asked.document,
                heading=asked.heading,
                lead_in=asked.lead_in,
            )
        queue.pop(0)
        done.append(made)
        st.rerun()


def _show_undo(queue: list[Asked], done: list[StoredSample]) -> None:
    if st.button("Undo", key="undo", shortcut="u", type="tertiary", disabled=not done):
        _undo(queue, done)


def _undo(queue: list[Asked], done: list[StoredSample]) -> None:
    with telling():
        last = done.pop()
        with changing() as acting:
            delete_sample(acting, last.id)
        again = Asked(last.text, last.doc, last.document, last.heading, last.lead_in, "Taken back: label it anew.", ())
        queue.insert(0, again)
        st.rerun()
