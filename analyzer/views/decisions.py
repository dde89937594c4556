"""Decisions and comments between the review in the browser and the workspace's database.

The browser sends every act that was not answered yet, each with a number of its visit; here each is done once, in
order, and the answer says how far. An act that fails is told to the person and changes nothing.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import streamlit as st

from analyzer.errors import FairtermsError
from analyzer.rendering.words import label_titles
from analyzer.rules import RuleSet
from analyzer.store.decisions import add_comment, comments_of, decide, decisions_of, delete_comment, withdraw
from analyzer.store.documents import document
from analyzer.store.values import Comment, Decision, DecisionKind, Role
from analyzer.views.review import asset
from analyzer.views.workspace import changing, day_of, looking, person

__all__ = ["show_decisions"]

_work = st.components.v2.component("fairterms_work", js=asset("work.js"))


@st.fragment
def show_decisions(document_id: str, rules: RuleSet, *, key: str) -> None:
    """Answer what the review sends; ``key`` is the name that the review has in this session."""
    try:
        person()
    except FairtermsError:
        st.rerun(scope="app")  # the whole page says that the sign-in no longer counts; this part is out of sight
    with st.container(key="work-holder"):
        _work(
            key="work", data=_work_of(document_id, rules, key), on_acts_change=lambda: _apply(document_id, rules, key)
        )


def _work_of(document_id: str, rules: RuleSet, key: str) -> dict[str, Any]:
    with looking() as acting:
        role = acting.role_in(document(acting, document_id).project)
        decided, said = decisions_of(acting, document_id), comments_of(acting, document_id)
    titles = label_titles(rules)
    comments: dict[str, list[dict[str, Any]]] = {}
    for one in said:
        comments.setdefault(one.fingerprint, []).append(_comment(one))
    return {
        "key": key,
        "may": role is not None and role is not Role.READER,
        "decisions": {fingerprint: _decision(one, titles) for fingerprint, one in decided.items()},
        "comments": comments,
        "labels": [list(label) for label in titles.items()],
        "land": _landing(),
        "done": st.session_state.get("work-done", {}),
        "told": st.session_state.get("work-told", []),
    }


def _landing() -> dict[str, Any] | None:
    """What another page asked to show here, with the turn of asking."""
    asked = st.session_state.get("opened") or {}
    return {"id": asked["finding"], "turn": asked["turn"]} if asked.get("finding") else None


def _decision(one: Decision, titles: Mapping[str, str]) -> dict[str, Any]:
    to = titles.get(f"{one.category}/{one.subtype}", one.category) if one.kind is DecisionKind.RELABEL else ""
    shown = {name: asdict(one)[name] for name in ("by", "reason", "until", "revision")}
    return {**shown, "kind": one.kind.value, "on": day_of(one.at), "to": to}


def _comment(one: Comment) -> dict[str, Any]:
    return {"id": one.id, "text": one.text, "by": one.by, "on": day_of(one.at), "mine": one.by == person().id}


def _apply(document_id: str, rules: RuleSet, key: str) -> None:
    """Do what the browser sent and was not done yet."""
    sent = st.session_state["work"].acts or {}
    if sent.get("key") != key:
        return
    done: dict[str, int] = st.session_state.setdefault("work-done", {})
    told: list[dict[str, Any]] = st.session_state.setdefault("work-told", [])
    for act in sent.get("acts", ()):
        visit, serial = str(act.get("visit")), int(act.get("serial", 0))
        if serial <= done.get(visit, 0):
            continue
        try:
            _do(document_id, rules, act)
        except FairtermsError as error:
            cause = f"This {error.cause} {error.remedy}"
            told.append({"visit": visit, "serial": serial, "finding": act.get("finding", ""), "text": cause})
            del told[:-20]
        done[visit] = serial


def _do(document_id: str, rules: RuleSet, act: Mapping[str, Any]) -> None:
    finding = str(act.get("finding", ""))
    with changing() as acting:
        if act["act"] == "decide":
            category, _, subtype = str(act.get("label", "")).partition("/")
            severity = next(
                (r.severity.value for r in rules.rules if (r.category, r.subtype) == (category, subtype)), ""
            )
            decide(
                acting,
                document_id,
                finding,
                DecisionKind(act["kind"]),
                seen=int(act.get("seen", 0)),
                reason=str(act.get("reason", "")),
                category=category,
                subtype=subtype,
                severity=severity,
            )
        elif act["act"] == "withdraw":
            withdraw(acting, document_id, finding, seen=int(act.get("seen", 0)))
        elif act["act"] == "comment":
            add_comment(acting, document_id, str(act.get("text", "")), finding)
        elif act["act"] == "uncomment":
            delete_comment(acting, str(act.get("comment", "")))
