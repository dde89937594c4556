"""The part of the rules page where a sentence is tried: what fires, what almost fires, and why."""

from typing import Any

import streamlit as st

from analyzer.document import Span
from analyzer.engine import Analyzer
from analyzer.examples import as_document
from analyzer.rendering.words import DOCUMENT_KINDS
from analyzer.rules import Example
from analyzer.views.why import explained_of, explanation_of
from analyzer.views.workspace import plain

__all__ = ["show_explanation", "show_trying"]

_LONGEST = 3000
_SIGNS = {
    "flagged": ":material/flag:",
    "accepted": ":material/policy:",
    "doubted": ":material/psychology:",
    "cleared": ":material/check_circle:",
    "out-of-scope": ":material/block:",
    "almost": ":material/more_horiz:",
}


def show_trying(analyzer: Analyzer) -> None:
    """Draw the part of the page."""
    with st.form("rules-try", border=False):
        text = st.text_area(
            "A sentence, as it could stand in a document",
            key="rules-try-text",
            placeholder="The Contractor's liability under this Agreement shall be unlimited.",
            max_chars=_LONGEST,
            height=110,
        )
        with st.container(horizontal=True):
            heading = st.text_input("Heading above it (if it matters)", key="rules-try-heading", max_chars=200)
            lead_in = st.text_input(
                "Words before a list that it is an item of", key="rules-try-lead", max_chars=400, placeholder="None"
            )
            kind = st.selectbox(
                "Kind of document", list(DOCUMENT_KINDS), format_func=DOCUMENT_KINDS.__getitem__, key="rules-try-kind"
            )
        st.form_submit_button("Try it", type="primary")
    sentence = " ".join(text.split())
    if not sentence:
        st.caption(
            "Nothing is kept of what you try here. The rules, the policy of the settings and the model in use answer."
        )
        return
    with st.spinner("Every rule is asked …"):
        found = _explained(analyzer, Example(sentence, " ".join(heading.split()), " ".join(lead_in.split())), kind)
    for item in found:
        show_explanation(item)
    if not found:
        st.write("There is no sentence in that. Write some words.")


def _explained(analyzer: Analyzer, example: Example, kind: str) -> list[dict[str, Any]]:
    document, _ = as_document(example)
    analysis = analyzer.analyze_document(document, kind=kind)
    start = max(0, document.text.rfind(example.text))
    span = Span(start, start + len(example.text))
    return [explanation_of(item, analyzer.rules) for item in explained_of(analyzer, analysis).explain(span)]


def show_explanation(item: dict[str, Any]) -> None:
    """One sentence with what every rule and the model make of it."""
    with st.container(border=True):
        st.markdown(f"> {plain(item['text'])}")
        icon = ":material/flag:" if item["flagged"] else ":material/check_circle:"
        st.markdown(f"{icon} **{plain(item['headline'])}**")
        for rule in item["rules"]:
            _show_rule(rule)
        if item["model"]:
            st.markdown("**The trained model**")
            st.markdown("\n".join(f"- {plain(line)}" for line in item["model"]))


def _show_rule(rule: dict[str, Any]) -> None:
    lines = [f"{_SIGNS[rule['outcome']]} **{plain(rule['title'])}**: {plain(rule['word'].lower())}."]
    if rule["looks"]:
        lines.append(f"Looks for: {plain(rule['looks'])}.")
    if rule["found"]:
        lines.append("Found: " + " … ".join(f"**{plain(words)}**" for words in rule["found"]))
    if rule["missing"]:
        lines.append("Missing: " + plain("; ".join(rule["missing"])))
    if rule["reason"]:
        lines.append(plain(rule["reason"]))
    st.markdown("  \n".join(lines))
