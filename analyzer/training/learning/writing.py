"""Learned rules as rule files that people edit, and their track records beside them.

A folder keeps what is not a draft of the learner's own: rules that were promoted, and drafts that a person has edited
since they were written, stay as they are. ``records.json`` says by a hash which files are as they were written.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from hashlib import sha256
from pathlib import Path
from typing import Any

from analyzer import __version__
from analyzer.errors import RuleError
from analyzer.phrases import ExpressionKind
from analyzer.rules import Condition, Entry, Example, Pattern, Window
from analyzer.training.learning.learner import Learned, LearnedRule

__all__ = ["RECORDS", "Written", "load_drafts", "render_rule", "replace_file", "write_rules"]

RECORDS = "records.json"
_WIDTH = 116
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Written:
    """What came of writing: files by rule id, and the ids whose files were left as they are, with the reason."""

    files: Mapping[str, Path]
    kept: Mapping[str, str]


def write_rules(learned: Learned, folder: Path) -> Written:
    """Write a file for each rule, each whole or not at all. Raises RuleError where the folder can't be used."""
    known = load_drafts(folder)
    files: dict[str, Path] = {}
    kept: dict[str, str] = {}
    rows: dict[str, Any] = dict(known)
    for one in learned.rules:
        path = folder / f"{one.rule.id}.toml"
        if reason := _why_kept(path, known.get(one.rule.id)):
            kept[one.rule.id] = reason
            continue
        text = render_rule(one)
        replace_file(path, text)
        files[one.rule.id] = path
        rows[one.rule.id] = _row(one, learned.sources, text)
        # After each file, so that a run that is broken off leaves files and records that agree.
        _write_records(folder, rows)
    return Written(files, kept)


def _write_records(folder: Path, rows: Mapping[str, Any]) -> None:
    table = {"categories": {}, "date": None, "on": "samples that were held out", "rules": rows, "version": __version__}
    replace_file(folder / RECORDS, json.dumps(table, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def _row(one: LearnedRule, sources: Iterable[str], text: str) -> dict[str, Any]:
    record = one.record
    return {
        "right": record.right,
        "fired": record.fired,
        "documents": record.documents,
        "whole_right": record.whole_right,
        "whole_fired": record.whole_fired,
        "caught": record.caught,
        "positives": record.positives,
        "groups": record.groups,
        "on": record.on or "nothing was held out",
        "source": ", ".join(sources),
        "written": sha256(text.encode()).hexdigest(),
    }


def load_drafts(folder: Path) -> dict[str, Any]:
    """The rows of a folder's records, by rule id; none where it has none. Raises RuleError where they are damaged."""
    path = folder / RECORDS
    if not path.exists():
        return {}
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["rules"]
    except (OSError, ValueError, KeyError, TypeError):
        rows = None
    if not isinstance(rows, dict) or not all(isinstance(row, dict) for row in rows.values()):
        raise RuleError(str(path), "is not what fairterms learn writes.", "Name another folder, or move it away.")
    return rows


def _why_kept(path: Path, row: Mapping[str, Any] | None) -> str:
    """Why a file that is there must stay; empty where it may be written."""
    if not path.exists():
        return ""
    text = path.read_text(encoding="utf-8")
    if re.search(r'(?m)^status\s*=\s*["\']draft["\']', text) is None:
        return "it was promoted"
    if row is None or row.get("written") != sha256(text.encode()).hexdigest():
        return "somebody edited it"
    return ""


def replace_file(path: Path, text: str) -> None:
    """Write a file that appears only when it is whole. Raises RuleError."""
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8", newline="\n")
        part.replace(path)
    except OSError as error:
        reason = f"can't be written: {error.strerror or error}."
        raise RuleError(str(path), reason, "Name a folder that you may write to.") from error
    finally:
        if part.parent.is_dir():
            part.unlink(missing_ok=True)


# Rules as TOML, in the order in which docs/writing-rules.md has the fields.


def render_rule(one: LearnedRule) -> str:
    """The rule file of a learned rule, its track record as a comment above it."""
    rule = one.rule
    lines = [*_head(one), f"title = {_text(rule.title)}", f'status = "{rule.status}"', f'category = "{rule.category}"']
    if rule.subtype:
        lines.append(f'subtype = "{rule.subtype}"')
    lines += [f'severity = "{rule.severity}"', f"message = {_text(rule.message)}", f"why = {_text(rule.why)}"]
    if rule.references:
        lines.append(f"references = {_list(rule.references)}")
    if rule.reads:
        lines.append(f"reads = {_list(rule.reads)}")
    lines += [f"known_problems = {_text(rule.known_problems)}", "", "[instead]"]
    offers = ((entry.name, getattr(rule.instead, entry.name)) for entry in fields(rule.instead))
    lines += [f"{name} = {_text(text)}" for name, text in offers if text]
    for pattern, picked in zip(rule.patterns, one.patterns, strict=True):
        right = f"right {picked.right} of {picked.right + picked.wrong} times, {picked.added} not found by those above"
        lines += ["", f"# On the samples it was learned from: {right}.", *_pattern(pattern)]
    for condition in rule.unless:
        lines += ["", "[[unless]]", *_condition(condition)]
    lines += ["", "[examples]", *_examples("flags", rule.flags), *_examples("passes", rule.passes)]
    return "\n".join(lines) + "\n"


def _head(one: LearnedRule) -> list[str]:
    record = one.record
    if not record.on:
        tested = ["# Nothing could be held out, so nobody knows how it does on documents that it has not seen."]
    else:
        tested = [
            f"# Rules learned the same way were right {record.right} of {record.fired} times on {record.on} that they",
            f"# were not learned from, and found {record.caught} of {record.positives} sentences to be found there.",
        ]
    if record.whole_fired:
        share = f"{record.whole_right} of {record.whole_fired}"
        tested.append(f"# In documents that were labelled whole, rather than picked, they were right {share} times.")
    return [
        "# Learned by fairterms learn from labelled samples; a draft never blocks a gate.",
        *tested,
        "# Read every pattern, edit what is odd, then: "
        f"fairterms rules promote {one.rule.id} --from FOLDER (this folder)",
        "",
    ]


def _pattern(pattern: Pattern) -> list[str]:
    return ["[[patterns]]", *_condition(pattern.condition, f"score = {pattern.score}")]


def _condition(condition: Condition, *more: str) -> list[str]:
    lines = [f"name = {_text(condition.name)}", *more]
    for field, entries in (("all", condition.all), ("any", condition.any), ("none", condition.none)):
        if entries:
            written = [_entry(entry) for entry in entries]
            line = f"{field} = [{', '.join(written)}]"
            lines += [line] if len(line) <= _WIDTH else [f"{field} = [", *(f"    {w}," for w in written), "]"]
    return lines


def _entry(entry: Entry) -> str:
    if entry.expression.kind is not ExpressionKind.PHRASE:
        raise ValueError(f"learned rules hold phrases only, not {entry.expression.text!r}")
    phrase = _text(entry.expression.text)
    if entry.window is Window.SENTENCE:
        return phrase
    return f'{{ phrase = {phrase}, window = "{entry.window}" }}'


def _examples(field: str, examples: Iterable[Example]) -> list[str]:
    return [f"{field} = [", *(f"    {_example(example)}," for example in examples), "]"]


def _example(example: Example) -> str:
    context = [(name, getattr(example, name)) for name in ("heading", "lead_in", "before", "after")]
    parts = [f"{name} = {_text(value)}" for name, value in context if value]
    if not parts:
        return _text(example.text)
    return "{ " + ", ".join([f"text = {_text(example.text)}", *parts]) + " }"


def _text(value: str) -> str:
    """A basic TOML string."""
    return json.dumps(_CONTROL.sub(" ", value), ensure_ascii=False)


def _list(values: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"
