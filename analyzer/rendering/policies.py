"""Policies as text, TOML and JSON: for ``fairterms policy`` and for whoever wants to keep what was in force."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from analyzer.policy import Policy
from analyzer.rendering.words import DOCUMENT_KINDS, authority_line, plural, printable
from analyzer.rules import RuleSet

__all__ = ["list_policies", "policy_json", "policy_text", "policy_toml"]

_LIMITS = {
    "liability_cap_multiple": ("Cap on the vendor's liability", "times the contract value at most"),
    "bond_percent": ("Bond or other security", "percent of the contract value at most"),
    "years_of_experience": ("Experience", "years at most"),
    "copies": ("Paper copies of an offer", "at most"),
    "days_to_respond": ("Time to respond", "days at least"),
}
_DEMANDS = {
    "no_revisions": "Pending tracked changes",
    "no_comments": "Comments",
    "no_hidden_text": "Hidden text",
}
_TABLES = ("limits", "demands", "waivers")


def list_policies(policies: Mapping[str, Policy]) -> str:
    """Names, identities and titles of policies, a line each."""
    width = max((len(policy.identity) for policy in policies.values()), default=0)
    lines = [f"{policy.identity:{width}}  {printable(policy.title)}" for policy in policies.values()]
    return "\n".join([plural(len(policies), "policy", "policies"), *lines]) + "\n"


def policy_text(policy: Policy, rules: RuleSet) -> str:
    """What a policy comes to with all that it extends, for people; each value with the policy or file that sets it."""
    lines = [policy.identity, *([policy.title] if policy.title else [])]
    if policy.extends:
        lines.append(f"Extends {', which extends '.join(policy.extends)}.")
    for title, found in _sections(policy, rules):
        if rows := list(found):
            lines += ["", title]
            label, value = (max(len(row[column]) for row in rows) for column in (0, 1))
            lines += [f"  {row[0]:{label}}  {row[1]:{value}}  {row[2]}".rstrip() for row in rows]
    return "\n".join(map(printable, lines)) + "\n"


Row = tuple[str, str, str]


def _sections(policy: Policy, rules: RuleSet) -> Iterator[tuple[str, Iterator[Row]]]:
    yield "Verdict", _verdict(policy)
    yield "Limits", _limits(policy)
    yield "In a file that goes out", _demands(policy)
    yield "Waivers", _waivers(policy)
    yield "Switched off", ((rule, "", _origin(policy, f"off.{rule}")) for rule in sorted(policy.off))
    severities = sorted(policy.severities.items())
    yield "Severities", ((key, severity.value, _origin(policy, f"severities.{key}")) for key, severity in severities)
    yield "Cited first", _references(policy, rules)
    wording = sorted(policy.wording.items())
    yield "Blanks of suggestions", ((f"[{key}]", text, _origin(policy, f"wording.{key}")) for key, text in wording)


def _origin(policy: Policy, field: str) -> str:
    return f"({policy.origins.get(field, 'default')})"


def _verdict(policy: Policy) -> Iterator[Row]:
    above = "" if policy.fail_on == "high" else " and above"
    yield "A document fails on findings of", f"{policy.fail_on}{above}", _origin(policy, "fail_on")
    kinds = ", ".join(DOCUMENT_KINDS[kind] for kind in sorted(policy.kinds)) or "all"
    yield "Kinds of document that are judged", kinds, _origin(policy, "kinds")
    required = ", ".join(policy.required) or "none"
    yield "Questions that must be answered as wanted", required, _origin(policy, "required")
    yield "Jurisdiction", policy.jurisdiction, _origin(policy, "jurisdiction")


def _limits(policy: Policy) -> Iterator[Row]:
    for name, (label, unit) in _LIMITS.items():
        value = getattr(policy.limits, name)
        words = "as the rules have it" if value is None else f"{value:g} {unit}"
        yield label, words, _origin(policy, f"limits.{name}")


def _demands(policy: Policy) -> Iterator[Row]:
    for name, label in _DEMANDS.items():
        words = "not allowed" if getattr(policy.demands, name) else "allowed"
        yield label, words, _origin(policy, f"demands.{name}")


def _waivers(policy: Policy) -> Iterator[Row]:
    terms = policy.waivers
    fails = {True: "fails", False: "is reported"}
    yield "An expired one", fails[terms.fail_on_expired], _origin(policy, "waivers.fail_on_expired")
    yield "One that nothing needs", fails[terms.fail_on_unused], _origin(policy, "waivers.fail_on_unused")
    longest = "any time" if terms.most_days is None else f"{plural(terms.most_days, 'day')} at most"
    yield "Runs for", longest, _origin(policy, "waivers.most_days")
    cites = "must be named" if terms.must_cite else "may be left out"
    yield "Its authority", cites, _origin(policy, "waivers.must_cite")


def _references(policy: Policy, rules: RuleSet) -> Iterator[Row]:
    for key, names in sorted(policy.references.items()):
        for name in names:
            reference = rules.references.get(name)
            yield key, authority_line(reference) if reference else name, _origin(policy, f"references.{key}")


def policy_toml(policy: Policy) -> str:
    """A policy with all that it extends as one file, which loads to the same identity."""
    extends = f" It was made of {', '.join(policy.extends)}." if policy.extends else ""
    lines = [f"# {policy.identity}.{extends}", f"name = {_toml(policy.name)}"]
    if policy.title:
        lines.append(f"title = {_toml(policy.title)}")
    lines += [f"jurisdiction = {_toml(policy.jurisdiction)}", f"fail_on = {_toml(policy.fail_on)}"]
    lists = (("off", sorted(policy.off)), ("required", policy.required), ("kinds", sorted(policy.kinds)))
    lines += [f"{name} = {_toml(list(values))}" for name, values in lists if values]
    tables = {name: _set_fields(getattr(policy, name)) for name in _TABLES}
    tables |= {name: getattr(policy, name) for name in ("severities", "references", "wording")}
    for name, table in tables.items():
        if table:
            lines += ["", f"[{name}]", *(f"{_toml(key)} = {_toml(table[key])}" for key in sorted(table))]
    return "\n".join(lines) + "\n"


def _set_fields(table: Any) -> dict[str, Any]:
    values = {item.name: getattr(table, item.name) for item in fields(table)}
    return {name: value for name, value in values.items() if value is not None}


def _toml(value: Any) -> str:
    """A value in TOML: of texts, numbers, truth values and lists, which TOML writes as JSON does."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)


def policy_json(policy: Policy) -> str:
    """A policy with all that it extends as JSON, every field with its value, and where each was set."""
    value = {
        "policy": policy.identity,
        "name": policy.name,
        "title": policy.title,
        "extends": list(policy.extends),
        "jurisdiction": policy.jurisdiction,
        "fail_on": policy.fail_on,
        "off": sorted(policy.off),
        "severities": _sorted(policy.severities),
        "required": list(policy.required),
        **{name: _all_fields(getattr(policy, name)) for name in _TABLES},
        "kinds": sorted(policy.kinds),
        "references": {key: list(policy.references[key]) for key in sorted(policy.references)},
        "wording": _sorted(policy.wording),
        "origins": _sorted(policy.origins),
    }
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _all_fields(table: Any) -> dict[str, Any]:
    return {item.name: getattr(table, item.name) for item in fields(table)}


def _sorted(table: Mapping[str, Any]) -> dict[str, Any]:
    return dict(sorted(table.items()))
