"""The rules: read them, try a sentence, keep a folder of one's own, see the law and policy that they cite."""

import streamlit as st

from analyzer.engine import Analyzer
from analyzer.errors import FairtermsError
from analyzer.resources import patterns_folder
from analyzer.rulefiles import load_rules
from analyzer.rules import RuleSet
from analyzer.views.rule_browser import show_browser, show_references
from analyzer.views.rule_editor import show_own_rules
from analyzer.views.trying import show_trying
from analyzer.views.workspace import analyzer_for, show_error

__all__ = ["show_rules"]

_PARTS = {
    "browse": "Browse",
    "try": "Try a sentence",
    "own": "Your own rules",
    "references": "References",
}


def show_rules() -> None:
    """Draw the page."""
    with st.container(key="wide"):
        st.title("Rules", anchor=False)
        analyzer = _analyzer()
        if analyzer is None:
            st.write("The shipped rules are as they were. Correct the file here, then the pages work again.")
            show_own_rules(_shipped())
            return
        st.session_state.setdefault("rules-part", "browse")
        part = st.segmented_control(
            "What to look at",
            list(_PARTS),
            format_func=_PARTS.__getitem__,
            key="rules-part",
            label_visibility="collapsed",
        )
        match part:
            case "try":
                show_trying(analyzer)
            case "own":
                show_own_rules(analyzer.rules)
            case "references":
                show_references(analyzer.rules)
            case _:
                show_browser(analyzer)


def _analyzer() -> Analyzer | None:
    """The analyzer with all rules; None where a file of one's own folder keeps it from loading."""
    try:
        return analyzer_for()
    except FairtermsError as error:
        show_error(error)
        return None


@st.cache_resource(show_spinner="Loading the rules …")
def _shipped() -> RuleSet:
    return load_rules(patterns_folder())
