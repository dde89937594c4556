"""A draft rule that a person accepts: its examples run, its track record checked, its status changed in the file."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from analyzer.errors import RuleError
from analyzer.examples import check_examples
from analyzer.matching import RuleMatcher
from analyzer.rules import Rule, RuleSet, Status
from analyzer.training.learning.writing import load_drafts, replace_file

__all__ = ["FLOOR", "promote"]

FLOOR = 0.8
"""What the precision on held-out documents must reach."""
_FLOOR_IN_WHOLE = 0.6
"""What it must reach in documents labelled whole, where it meets all that picked samples leave out."""
_LEAST_FIRED = 5
"""Times that it must have fired there before the share means anything."""
_STATUS = re.compile(r"""(?m)^(\s*status\s*=\s*)(?:"draft"|'draft')""")
_TABLE = re.compile(r"(?m)^\s*\[")


def promote(rules: RuleSet, rule_id: str, source: Path, target: Path | None = None, *, is_forced: bool = False) -> Path:
    """Make a draft rule of the folder ``source`` stable; returns the file that was written.

    ``rules`` holds the folder's rules with those before it. The file is changed in place, or written to ``target``;
    only its status changes, so comments stay. ``is_forced`` leaves the track record out of account, and lets an
    existing file in ``target`` be replaced. Raises RuleError with the reason where the rule is not fit.
    """
    path = source / f"{rule_id}.toml"
    rule = next((rule for rule in rules.rules if rule.id == rule_id), None)
    if rule is None or not path.is_file():
        names = sorted(f"{p.parent.name}/{p.stem}" for p in source.glob("*/*.toml"))
        raise RuleError(rule_id, f"is not a rule in {source}.", f"It holds {', '.join(names) or 'none'}.")
    if rule.status is not Status.DRAFT:
        raise RuleError(rule_id, f"is {rule.status} already.", "Only a draft can be promoted.")
    _check_examples(rules, rule)
    if not is_forced:
        _check_record(rule_id, load_drafts(source).get(rule_id))
    text = path.read_text(encoding="utf-8")
    head = _TABLE.search(text)
    end = head.start() if head else len(text)
    changed, count = _STATUS.subn(r'\1"stable"', text[:end], count=1)
    if not count:
        raise RuleError(str(path), 'status: is not written as status = "draft".', "Change it by hand.")
    written = target / f"{rule_id}.toml" if target else path
    if target and written.exists() and not is_forced:
        raise RuleError(str(written), "exists already.", "Name another folder, or replace it with --force.")
    replace_file(written, changed + text[end:])
    return written


def _check_examples(rules: RuleSet, rule: Rule) -> None:
    lacking = [name for name, examples in (("flags", rule.flags), ("passes", rule.passes)) if not examples]
    if lacking:
        cause = f"has no examples under {' and '.join(lacking)}."
        raise RuleError(rule.id, cause, "Add sentences to [examples] that it must flag, and ones it must let pass.")
    alone = replace(rules, rules=(rule,), questions=())
    failures = list(check_examples(alone, RuleMatcher(alone)))
    if failures:
        first = failures[0]
        more = f" {len(failures) - 1} more fail." if len(failures) > 1 else ""
        cause = f"fails its own example in {first.kind}: “{first.text}” {first.reason}.{more}"
        raise RuleError(rule.id, cause, "Correct the pattern or the example.")


def _check_record(rule_id: str, row: dict[str, Any] | None) -> None:
    remedy = "Learn it from more samples, or promote it with --force after you have read it."
    names = ("right", "fired", "whole_right", "whole_fired")
    right, fired, whole_right, whole_fired = (_count((row or {}).get(name)) for name in names)
    unseen = "on documents that it was not learned from"
    if not fired:
        raise RuleError(rule_id, f"has no track record {unseen}.", remedy)
    if fired < _LEAST_FIRED:
        raise RuleError(rule_id, f"fired only {fired} times {unseen}.", remedy)
    if right < FLOOR * fired:
        cause = f"was right {right} of {fired} times ({right / fired:.0%}) {unseen}, less than {FLOOR:.0%}."
        raise RuleError(rule_id, cause, remedy)
    if whole_fired >= _LEAST_FIRED and whole_right < _FLOOR_IN_WHOLE * whole_fired:
        cause = f"was right {whole_right} of {whole_fired} times in whole documents, less than {_FLOOR_IN_WHOLE:.0%}."
        raise RuleError(rule_id, cause, remedy)


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0
