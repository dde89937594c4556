"""Why a sentence was flagged or not, as plain values with the words that people read; and the answers to the review.

The review in the browser asks with a place in the text, and keeps asking until it has the answer; an answer is worked
out anew each time, so that asking twice does no harm.
"""

from typing import Any

import streamlit as st

from analyzer.engine import Analysis, Analyzer
from analyzer.errors import FairtermsError
from analyzer.explaining import Explained, Explainer, Explanation, Outcome, RuleAnswer
from analyzer.rules import RuleSet
from analyzer.store.scanning import versions_of
from analyzer.views.payload import span_from_browser
from analyzer.views.review import asset
from analyzer.views.workspace import analyzer_for

__all__ = ["OUTCOME_WORDS", "explained_of", "explanation_of", "show_why"]

OUTCOME_WORDS = {
    Outcome.FLAGGED: "Flagged",
    Outcome.ACCEPTED: "Accepted by the policy",
    Outcome.DOUBTED: "Fired, and the model disagrees",
    Outcome.CLEARED: "Fired, and was cleared",
    Outcome.OUT_OF_SCOPE: "Doesn't look here",
    Outcome.ALMOST: "Almost fired",
}
_SHOWN_OPINIONS = 3
_WORTH_TELLING = 0.01

_why = st.components.v2.component("fairterms_why", js=asset("why_carrier.js"))


@st.cache_resource(max_entries=3, show_spinner=False)
def _explainer(versions: str, _analyzer: Analyzer) -> Explainer:
    return Explainer(_analyzer.rules, _analyzer.matcher, _analyzer.policy, _analyzer.classifier)


@st.cache_resource(max_entries=4, show_spinner=False)
def _kept(key: str, versions: str, _explainer_: Explainer, _analysis: Analysis) -> Explained:
    return _explainer_.read(_analysis.document, _analysis.segments, _analysis.report)


def explained_of(analyzer: Analyzer, analysis: Analysis) -> Explained:
    """An analysed document whose sentences can be asked about; the last few are kept."""
    versions = versions_of(analyzer.versions)
    report = analysis.report
    key = f"{report.sha256} {report.kind} {hash(analysis.document.text)}"
    return _kept(key, versions, _explainer(versions, analyzer), analysis)


# For people ----------------------------------------------------------------------------------------------------------


def explanation_of(item: Explanation, rules: RuleSet) -> dict[str, Any]:
    """One sentence's explanation as plain values: every text in it is for people."""
    return {
        "text": item.text,
        "section": item.section,
        "flagged": item.is_flagged,
        "headline": _headline(item),
        "rules": [_rule(answer) for answer in item.rules],
        "model": _model(item, rules),
    }


def _headline(item: Explanation) -> str:
    if item.note:
        return item.note
    outcomes = {answer.outcome for answer in item.rules}
    if Outcome.FLAGGED in outcomes:
        return "This sentence is flagged."
    for outcome, sentence in (
        (Outcome.ACCEPTED, "Not flagged: a rule fired, and the policy accepts it."),
        (Outcome.DOUBTED, "Not flagged: a rule fired, and the trained model finds it unlikely."),
        (Outcome.CLEARED, "Not flagged: a rule fired, and an exception cleared it."),
        (Outcome.OUT_OF_SCOPE, "Not flagged: the words are there, and the rule doesn't look at this part."),
        (Outcome.ALMOST, "Not flagged: no rule fired. Some came near."),
    ):
        if outcome in outcomes:
            return sentence
    return "Not flagged: no rule fired, and none came near."


def _rule(answer: RuleAnswer) -> dict[str, Any]:
    return {
        "outcome": answer.outcome.value.replace(" ", "-"),
        "word": OUTCOME_WORDS[answer.outcome] + (" (a rule on trial)" if answer.is_draft else ""),
        "title": answer.title,
        "severity": answer.severity.value,
        "looks": answer.looks_for,
        "found": list(answer.found),
        "missing": list(answer.missing),
        "reason": answer.reason,
    }


def _model(item: Explanation, rules: RuleSet) -> list[str]:
    """What the trained model gives the sentence, a sentence a category."""
    if not item.opinions:
        return ["The trained model doesn't read this sentence."] if item.note else []
    told = [one for one in item.opinions if one.probability >= _WORTH_TELLING or one.is_flagged][:_SHOWN_OPINIONS]
    if not told:
        return ["The trained model finds it unlikely in every category: below 1 % in each."]
    return [
        f"{rules.categories[one.category].title}: {_percent(one.probability)} likely; "
        f"it {'flags' if one.is_flagged else 'would flag'} from {_percent(one.least)} on."
        for one in told
    ]


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


# For the review ------------------------------------------------------------------------------------------------------


@st.fragment
def show_why(analysis: Analysis, policy: str, *, key: str) -> None:
    """Answer what the review asks about its sentences; ``key`` is the name that it has in this session."""
    answer = st.session_state.get("why-answer")
    if not answer or answer["key"] != key:
        answer = {"key": key, "asked": "", "sentences": []}
    with st.container(key="why-holder"):
        _why(key="why", data=answer, on_ask_change=lambda: _answer(analysis, policy, key))


def _answer(analysis: Analysis, policy: str, key: str) -> None:
    ask = st.session_state["why"].ask or {}
    if ask.get("key") != key:
        return
    made: dict[str, Any] = {"key": key, "asked": str(ask.get("id", "")), "sentences": []}
    try:
        analyzer = analyzer_for(policy)
        span = span_from_browser(analysis.document.text, int(ask.get("start", 0)), int(ask.get("end", 0)))
        found = explained_of(analyzer, analysis).explain(span)
        made["sentences"] = [explanation_of(item, analyzer.rules) for item in found]
    except FairtermsError as error:
        made["told"] = f"{error.cause[:1].upper()}{error.cause[1:]} {error.remedy}"
    st.session_state["why-answer"] = made
