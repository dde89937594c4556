"""Patterns to and from the JSON lines that spaCy's rulers and Prodigy read.

A line is ``{"label": CATEGORY/SUBTYPE, "pattern": [tokens] or "words", "id": RULE}``. That format has no conditions:
a pattern of several entries becomes one line each, and what it leaves out stands under ``meta``.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analyzer.errors import RuleError
from analyzer.matching import PhraseFinder
from analyzer.phrases import ExpressionKind
from analyzer.rules import Entry, Pattern, Rule, RuleSet, Window

__all__ = ["export_patterns", "import_patterns"]

_WORDS = re.compile(r"\w+|[^\w\s]")


def export_patterns(rules: RuleSet) -> Iterator[str]:
    """Every phrase and token pattern of the rules; regexes over several words have no such form and are left out."""
    finder = PhraseFinder()
    for rule in rules.rules:
        for pattern in rule.patterns:
            for role, entry in _entries(pattern):
                if entry.expression.kind is ExpressionKind.REGEX:
                    continue
                for tokens in finder.token_patterns(entry.expression):
                    yield json.dumps(_line(rule, pattern, role, entry, tokens), ensure_ascii=False)


def _entries(pattern: Pattern) -> Iterator[tuple[str, Entry]]:
    yield from (("all", entry) for entry in pattern.condition.all)
    yield from (("any", entry) for entry in pattern.condition.any)


def _line(rule: Rule, pattern: Pattern, role: str, entry: Entry, tokens: list[dict[str, object]]) -> dict[str, Any]:
    meta = {"pattern": pattern.condition.name, "role": role}
    if entry.window is not Window.SENTENCE:
        meta["window"] = entry.window.value
    label = f"{rule.category}/{rule.subtype}" if rule.subtype else rule.category
    return {"label": label, "pattern": tokens, "id": rule.id, "meta": meta}


def import_patterns(file: Path, folder: Path, rules: RuleSet) -> Iterator[Path]:
    """Write a draft rule per label under ``folder``; yields the files. Raises RuleError naming the line.

    An existing file is never overwritten.
    """
    groups: dict[str, list[str]] = {}
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(str(file), f"can't be read: {error}.", "Name a file of JSON lines in UTF-8.") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            label, entry = _read_line(file, number, line, rules)
            groups.setdefault(label, []).append(entry)
    if not groups:
        raise RuleError(str(file), "holds no patterns.", "Name a file of JSON lines with label and pattern.")
    for label, entries in sorted(groups.items()):
        category, _, subtype = label.partition("/")
        path = folder / category / f"imported-{subtype or 'patterns'}.toml"
        if path.exists():
            raise RuleError(str(path), "exists already.", "Move it away, or name another folder.")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_draft(category, subtype, entries), encoding="utf-8")
        yield path


def _read_line(file: Path, number: int, line: str, rules: RuleSet) -> tuple[str, str]:
    """The label of a line and its pattern as a TOML entry."""
    where = f"{file}, line {number}"
    try:
        row = json.loads(line)
        label, pattern = row["label"], row["pattern"]
    except (ValueError, KeyError, TypeError):
        raise RuleError(where, "is not a JSON object with label and pattern.", "Correct the line.") from None
    category, _, subtype = str(label).partition("/")
    known = rules.categories.get(category)
    if known is None or (subtype and subtype not in known.subtypes):
        names = ", ".join(sorted(rules.categories))
        raise RuleError(where, f"label {label!r} is not a category or category/subtype.", f"Categories: {names}.")
    if isinstance(pattern, str):
        pattern = [{"LOWER": word} for word in _WORDS.findall(pattern.lower())]
    if isinstance(pattern, list) and all(isinstance(token, dict) for token in pattern):
        return label, f"{{ tokens = {_toml(pattern)} }}"
    raise RuleError(where, "pattern is neither a text nor a list of tokens.", "Correct the line.")


def _toml(value: object) -> str:
    """A JSON value as TOML on one line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(str(key))} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _draft(category: str, subtype: str, entries: list[str]) -> str:
    lines = [
        f'title = "Imported patterns for {subtype or category}"',
        'status = "draft"',
        f'category = "{category}"',
        *([f'subtype = "{subtype}"'] if subtype else []),
        'severity = "medium"',
        'message = "Matches an imported pattern."',
        'why = "Say here why this wording is bad."',
        "",
        "[instead]",
        'start = "Say here what to write instead."',
    ]
    lines += ["", "[[patterns]]", 'name = "imported pattern"', "any = ["]
    return "\n".join([*lines, *(f"    {entry}," for entry in entries), "]", ""])
