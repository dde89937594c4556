"""The part of the rules page that shows the rules: found by words, category and severity, then one in full."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import streamlit as st

from analyzer.engine import Analyzer
from analyzer.findings import Severity
from analyzer.rendering.words import DOCUMENT_KINDS, SEVERITY_MARKS, checked_on, force_of, plural
from analyzer.rules import Detector, Example, Reference, Rule, RuleSet, Status
from analyzer.store.values import Role
from analyzer.views.rule_editor import copy_to_own
from analyzer.views.workspace import current_settings, person, plain

__all__ = ["show_browser", "show_references"]

_STATUS_WORDS = {Status.DRAFT: "on trial", Status.STABLE: "in force", Status.DEPRECATED: "on its way out"}
_ONCE = 60
"""Rules in the list before more are asked for."""
_EXAMPLES = 5
_LOOKS_FOR = {
    Detector.PLACEHOLDER: "words left in that stand for others: brackets to fill in, TBD, masks, broken references",
    Detector.CROSS_REFERENCE: "numbers of sections, articles and clauses that the document doesn't have",
    Detector.CONFLICTING_DATES: "dates and times that differ for when offers or questions are due",
    Detector.CONFLICTING_AMOUNTS: "amounts that differ for one thing",
    Detector.WORDS_AGAINST_FIGURES: "numbers in words that differ from the figures in brackets beside them",
    Detector.UNDEFINED_TERM: "capitalised terms that nothing in the document explains",
    Detector.DANGLING_EXHIBIT: "exhibits and attachments that sentences rely on and no title announces",
    Detector.EMPTY_SECTION: "numbered headings with nothing below them",
    Detector.RESPONSE_TIME: "the days between the date of issue and the due date",
}


def show_browser(analyzer: Analyzer) -> None:
    """Draw the part of the page: the list, or the rule that was chosen."""
    chosen = st.session_state.get("rules-chosen")
    rule = next((one for one in analyzer.rules.rules if one.id == chosen), None)
    if rule is not None:
        st.button("Back to the list", icon=":material/arrow_back:", on_click=_choose, args=(None,))
        _show_rule(rule, analyzer)
        return
    _show_list(analyzer)


def _choose(rule_id: str | None) -> None:
    st.session_state["rules-chosen"] = rule_id


# The list ------------------------------------------------------------------------------------------------------------


def _show_list(analyzer: Analyzer) -> None:
    rules = analyzer.rules
    categories = [c for c in rules.categories.values() if any(rule.category == c.id for rule in rules.rules)]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        query = st.text_input("Search the rules", placeholder="bond, warranty, brand …", key="rules-query")
        category = st.selectbox(
            "Category",
            ["", *(c.id for c in categories)],
            format_func=lambda c: rules.categories[c].title if c else "All categories",
            key="rules-category",
        )
        severity = st.selectbox(
            "Severity",
            ["", *(s.value for s in reversed(Severity))],
            format_func=lambda s: _severity(Severity(s)) if s else "All severities",
            key="rules-severity",
        )
    found = [rule for rule in rules.rules if _fits(rule, query, category, severity)]
    shown = found[: st.session_state.get("rules-most", _ONCE)]
    st.caption(f"{len(found)} of {plural(len(rules.rules), 'rule')}")
    if not found:
        st.write("No rule fits. Search for fewer words, or look in all categories.")
    for one in categories:
        of_category = [rule for rule in shown if rule.category == one.id]
        if of_category:
            count = sum(rule.category == one.id for rule in found)
            st.subheader(f"{plain(one.title)} ({count})", anchor=False)
            st.caption(plain(one.description))
            with st.container(gap=None):
                for rule in sorted(of_category, key=lambda rule: (-rule.severity.rank, rule.title)):
                    _show_row(rule, analyzer)
    if len(found) > len(shown):
        st.button(f"Show {min(_ONCE, len(found) - len(shown))} more", on_click=_more)


def _more() -> None:
    st.session_state["rules-most"] = st.session_state.get("rules-most", _ONCE) + _ONCE


def _fits(rule: Rule, query: str, category: str, severity: str) -> bool:
    if (category and rule.category != category) or (severity and rule.severity != severity):
        return False
    names = " ".join(pattern.condition.name for pattern in rule.patterns)
    examples = " ".join(example.text for example in rule.flags)
    hay = " ".join((rule.title, rule.message, rule.why, rule.id, names, examples)).lower()
    return all(word in hay for word in query.lower().split())


def _show_row(rule: Rule, analyzer: Analyzer) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"rules-row-{rule.id.replace('/', '-')}"):
        st.button(
            f"{_severity(rule.severity)} · {plain(rule.title)}",
            key=f"rules-open-{rule.id}",
            type="tertiary",
            on_click=_choose,
            args=(rule.id,),
        )
        st.caption(" · ".join([*_notable_status(rule), _record(rule, analyzer)]))


def _severity(severity: Severity) -> str:
    return f"{SEVERITY_MARKS[severity]} {severity.capitalize()}"


def _notable_status(rule: Rule) -> list[str]:
    return [] if rule.status is Status.STABLE else [_STATUS_WORDS[rule.status]]


def _record(rule: Rule, analyzer: Analyzer) -> str:
    record = analyzer.records.rules.get(rule.id)
    if record is None or not record.fired:
        return "no record on labelled documents yet"
    documents = plural(record.documents, "labelled document")
    return f"right {record.right:,} of {record.fired:,} times on {documents}"


# One rule ------------------------------------------------------------------------------------------------------------


def _show_rule(rule: Rule, analyzer: Analyzer) -> None:
    rules = analyzer.rules
    category = rules.categories[rule.category]
    kind = category.subtypes.get(rule.subtype, "")
    st.subheader(plain(rule.title), anchor=False)
    off = " · switched off by the policy" if analyzer.policy.is_off(rule.id) else ""
    st.markdown(
        f"**{_severity(rule.severity)}** · {plain(category.title)}{f', {plain(kind.lower())}' if kind else ''} · "
        f"{_STATUS_WORDS[rule.status]}{off}"
    )
    st.caption(f"{_record(rule, analyzer).capitalize()}.")
    _part("What it says", rule.message)
    _part("Why it matters", rule.why)
    _part("Wording to offer", rule.instead.start)
    _part("If that can't be had", rule.instead.fallback)
    _part("At the least", rule.instead.walk_away)
    _list("It looks for", _looks_for(rule))
    _list("It lets pass", (_unless(c.name, c.severity) for c in rule.unless))
    if rule.scope.documents:
        kinds = ", ".join(DOCUMENT_KINDS[kind].lower() for kind in sorted(rule.scope.documents))
        _part("It looks only at", f"{kinds}.")
    _list("Authority", (_cited(rules.references[name]) for name in rule.references), is_plain=False)
    _examples("Sentences that it flags", rule.flags)
    _examples("Sentences that it lets pass", rule.passes)
    _part("Known problems", rule.known_problems)
    _show_file(rule)


def _part(title: str, text: str) -> None:
    if text:
        st.markdown(f"**{title}**  \n{plain(text)}")


def _list(title: str, lines: Iterable[str], *, is_plain: bool = True) -> None:
    listed = [f"- {plain(line) if is_plain else line}" for line in lines]
    if listed:
        st.markdown(f"**{title}**\n\n" + "\n".join(listed))


def _looks_for(rule: Rule) -> Sequence[str]:
    if rule.detector:
        return (_LOOKS_FOR[rule.detector],)
    return tuple(pattern.condition.name for pattern in rule.patterns)


def _unless(name: str, severity: Severity | None) -> str:
    return f"{name} (then {severity})" if severity else name


def _cited(reference: Reference) -> str:
    words = f"{force_of(reference)}; {checked_on(reference)}"
    return f"**{plain(reference.cite)}** ({plain(words)}): {plain(reference.says)}"


def _examples(title: str, examples: Sequence[Example]) -> None:
    lines = [" ".join(filter(None, (e.heading and f"[{e.heading}]", e.lead_in, e.text))) for e in examples]
    _list(f"{title} ({len(lines)})", lines[:_EXAMPLES])
    if len(lines) > _EXAMPLES:
        with st.expander(f"{len(lines) - _EXAMPLES} more"):
            st.markdown("\n".join(f"- {plain(line)}" for line in lines[_EXAMPLES:]))


def _show_file(rule: Rule) -> None:
    st.caption(f"In policy files this rule is called {plain(rule.id)}.")
    if person().role.rank < Role.EDITOR.rank:
        return
    is_own = bool(current_settings().rules_folder) and rule.path.is_relative_to(current_settings().rules_folder)
    label = "Change this rule" if is_own else "Change a copy of this rule"
    if current_settings().rules_folder:
        st.button(label, icon=":material/edit:", on_click=_change, args=(rule,))
    else:
        st.caption("To change a copy of it, make a folder under “Your own rules” first.")


def _change(rule: Rule) -> None:
    copy_to_own(rule.id, rule.path.read_text(encoding="utf-8"))


# References ----------------------------------------------------------------------------------------------------------


def show_references(rules: RuleSet) -> None:
    """Law and policy that rules cite, with how far each binds and when its text was last read."""
    query = st.text_input("Search the references", placeholder="FAR, bond, Virginia …", key="rules-reference-query")
    today = datetime.now(tz=UTC).date()
    words = query.lower().split()
    found = [
        one
        for one in rules.references.values()
        if all(word in f"{one.cite} {one.says} {one.jurisdiction} {one.force}".lower() for word in words)
    ]
    st.caption(
        f"{len(found)} of {plural(len(rules.references), 'reference')}. Only a text that was read in the original or "
        "in an official copy is shown as authority."
    )
    if not found:
        st.write("No reference fits. Search for fewer words.")
    for one in found:
        _show_reference(one, rules, is_stale=one.is_stale(today))


def _show_reference(reference: Reference, rules: RuleSet, *, is_stale: bool) -> None:
    read = {"primary": "read in the original", "mirror": "read in an official copy"}
    cited = [rule.title for rule in rules.rules if reference.id in rule.references]
    with st.container(border=True):
        st.markdown(f"**{plain(reference.cite)}**  \n{plain(reference.says)}")
        force = force_of(reference)
        st.caption(
            f"{plain(force[:1].upper() + force[1:])} · edition {plain(reference.edition)} · {checked_on(reference)}, "
            f"{read.get(reference.checked, 'not read yet: it is never shown as authority')}"
        )
        if is_stale:
            st.warning("Checked more than a year ago: read it again before you rely on it.", icon=":material/schedule:")
        if cited:
            st.caption(f"Cited by: {plain(', '.join(cited))}")
