"""Whether a policy speaks of rules, questions and authorities that there are."""

import tomllib
from collections.abc import Collection

from analyzer.policy.reading import Place, nearest
from analyzer.policy.values import Policy
from analyzer.resources import patterns_folder
from analyzer.rules import RuleSet

__all__ = ["check_policy"]


def check_policy(policy: Policy, rules: RuleSet) -> None:
    """Hold the ids that a policy names against the rules that it will weigh, an agency's own among them.

    Raises PolicyError that names the file that says it, the field and the nearest known id.
    """
    categories = set(rules.categories)
    subtypes = {f"{category.id}/{name}" for category in rules.categories.values() for name in category.subtypes}
    counting = {rule.id for rule in rules.rules} | categories | _conflicts()
    for rule in sorted(policy.off):
        _check(policy, f"off.{rule}", "off", rule, "a rule or category", counting)
    for key in sorted(policy.severities):
        meant = "a rule, category/subtype or category"
        _check(policy, f"severities.{key}", "severities", key, meant, counting | subtypes)
    for question in sorted(policy.required):
        known = {item.id for item in rules.questions}
        _check(policy, "required", "required", question, "a question of the checklist", known)
    for key, names in sorted(policy.references.items()):
        origin = f"references.{key}"
        _check(policy, origin, "references", key, "a category or category/subtype", categories | subtypes)
        for name in names:
            _check(policy, origin, origin, name, "a reference", set(rules.references))
            if not rules.references[name].is_citable:
                reason = f"{name!r} was not checked against its text and can't be cited"
                raise _place(policy, origin, origin).error(reason, "Check it, or take it out.")


def _conflicts() -> set[str]:
    """What a policy calls the conflicts between documents: all of them, each kind, and what kinds have in common."""
    table = tomllib.loads((patterns_folder() / "conflicts.toml").read_text(encoding="utf-8"))
    names = {*table, *(kind["family"] for kind in table.values() if "family" in kind)}
    return {"conflict", *(f"conflict/{name}" for name in names)}


def _check(policy: Policy, origin: str, field: str, name: str, meant: str, known: Collection[str]) -> None:
    if name not in known:
        raise _place(policy, origin, field).error(f"{name!r} is not {meant}", nearest(name, known))


def _place(policy: Policy, origin: str, field: str) -> Place:
    """Where the policy says it: a file, or the policy's own name where it was made in code."""
    return Place(policy.origins.get(origin, policy.name), field)
