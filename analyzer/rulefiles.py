"""Rules read from a folder of TOML files, and checked before anything uses them.

A folder holds ``CATEGORY/NAME.toml`` (a rule each; the path is its id), ``checklist/ID.toml`` (a question each),
``categories.toml``, ``vocabulary.toml``, ``references.toml`` and ``frequencies.txt``. A user's own folder may hold
rules alone: what it lacks comes from the folders before it. Every mistake is reported with file, field and reason
(`RuleError`).
"""

import json
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

from analyzer.document import Unit
from analyzer.errors import RuleError
from analyzer.findings import Answer, Severity
from analyzer.phrases import Expression, ExpressionKind, Vocabulary, parse_phrase, parse_tokens
from analyzer.quantities import QuantityKind
from analyzer.regexes import parse_regex
from analyzer.resources import patterns_folder
from analyzer.rules import (
    CHECKLIST,
    DOCUMENT_KINDS,
    Category,
    Condition,
    Detector,
    Entry,
    Example,
    Instead,
    Pattern,
    Question,
    Reference,
    Rule,
    RuleSet,
    Scope,
    Status,
    Window,
)

__all__ = ["load_rules", "read_rule"]

_DEFAULT_UNITS = frozenset({Unit.PROSE, Unit.ITEM, Unit.ROW, Unit.CELL})


class _Table:
    """A TOML table that is read field by field, so that a mistake names file and field, and no key is left over."""

    def __init__(
        self, path: Path, table: Mapping[str, Any], where: str = "", reviewed: Collection[str] | None = frozenset()
    ) -> None:
        self.path = path
        self.reviewed = reviewed
        """Regexes that need not be linear, since they ship; None where all do."""
        self._table = dict(table)
        self._where = where

    def fail(self, field: str, reason: str) -> RuleError:
        place = f"{self._where}.{field}" if self._where and field else self._where or field
        return RuleError(str(self.path), f"{place}: {reason}.", "Correct the file and run fairterms rules test.")

    def take(self, field: str, kind: type, default: Any = None) -> Any:
        if field not in self._table:
            if default is None:
                raise self.fail(field, "is missing")
            return default
        value = self._table.pop(field)
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
            raise self.fail(field, f"must be {_KIND_NAMES[kind]}, is {value!r}")
        return value

    def text(self, field: str, default: str | None = None) -> str:
        value = " ".join(self.take(field, str, default).split())
        if default is None and not value:
            raise self.fail(field, "is empty")
        return value

    def lines(self, field: str) -> str:
        """A text whose line breaks count; empty where it is missing."""
        lines = (" ".join(line.split()) for line in self.take(field, str, "").splitlines())
        return "\n".join(line for line in lines if line)

    def texts(self, field: str) -> tuple[str, ...]:
        values = self.take(field, list, [])
        if not all(isinstance(value, str) for value in values):
            raise self.fail(field, "must be a list of texts")
        return tuple(values)

    def one_of(self, field: str, enum: type[StrEnum], default: str | None = None) -> Any:
        value = self.take(field, str, default)
        try:
            return enum(value)
        except ValueError:
            raise self.fail(field, f"is {value!r}, must be one of {', '.join(enum)}") from None

    def severity(self, field: str = "severity") -> Severity | None:
        return self.one_of(field, Severity) if field in self._table else None

    def tables(self, field: str) -> "tuple[_Table, ...]":
        values = self.take(field, list, [])
        if not all(isinstance(value, dict) for value in values):
            raise self.fail(field, "must be written as [[...]] tables")
        return tuple(self._inner(value, f"{self._name(field)}[{n}]") for n, value in enumerate(values, 1))

    def table(self, field: str, *, is_required: bool = False) -> "_Table":
        return self._inner(self.take(field, dict, None if is_required else {}), self._name(field))

    def _inner(self, table: Mapping[str, Any], where: str) -> "_Table":
        return _Table(self.path, table, where, self.reviewed)

    def raw(self, field: str) -> list[Any]:
        values: list[Any] = self.take(field, list, [])
        return values

    def _name(self, field: str) -> str:
        return f"{self._where}.{field}" if self._where else field

    def has(self, field: str) -> bool:
        return field in self._table

    def done(self) -> None:
        if self._table:
            raise self.fail(next(iter(sorted(self._table))), "is not a known field")


_KIND_NAMES = {
    str: "a text",
    list: "a list",
    dict: "a table",
    float: "a number",
    bool: "true or false",
    int: "a whole number",
    date: "a date",
}


def load_rules(*folders: Path) -> RuleSet:
    """Read folders of rules; a later folder's rule replaces an earlier one of the same id.

    Raises RuleError for the first mistake, and where no rule is found at all.
    """
    reader = _Reader()
    for folder in folders:
        reader.read(folder)
    if not reader.rules:
        where = ", ".join(str(folder) for folder in folders) or "no folder"
        raise RuleError(where, "holds no rule files.", "Name a folder with CATEGORY/NAME.toml files.")
    return reader.finish()


def read_rule(path: Path, text: str, rules: RuleSet) -> Rule | Question:
    """A rule, or a question, as a file with that text would make it beside the rules there are. Raises RuleError."""
    reader = _Reader()
    reader.categories, reader.references = dict(rules.categories), dict(rules.references)
    every: list[Rule | Question] = [*rules.rules, *rules.questions]
    reviewed = {regex.text for one in every for regex in _regexes(one) if not regex.is_linear}
    table = _Table(path, _toml(path, text), reviewed=reviewed)
    if path.parent.name == CHECKLIST:
        question = _question(path, table, rules.vocabulary)
        reader.check_references(path, question.references)
        return question
    rule = _rule(path, table, rules.vocabulary)
    reader.check(rule)
    return rule


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise RuleError(str(path), f"can't be read: {reason}.", "Check its path and permissions.") from None


def _decoded(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RuleError(str(path), f"is not UTF-8: {error}.", "Save the file as UTF-8.") from None


def _toml(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of five thousand digits, arrays in arrays without end
        raise RuleError(str(path), f"is not valid TOML: {error}.", "Correct the file.") from None


class _Reader:
    """Gathers what several folders hold."""

    def __init__(self) -> None:
        self.categories: dict[str, Category] = {}
        self.references: dict[str, Reference] = {}
        self.vocabulary = Vocabulary()
        self.frequencies: dict[str, int] = {}
        self.rules: dict[str, Rule] = {}
        self.questions: dict[str, Question] = {}
        self._reviewed: set[str] = set()
        self._is_shipped = False
        self._hash = sha256()

    def read(self, folder: Path) -> None:
        if not folder.is_dir():
            raise RuleError(str(folder), "is not a folder.", "Name a folder of rule files.")
        self._is_shipped = folder.resolve() == patterns_folder()
        self._shared(folder / "vocabulary.toml", self._read_vocabulary)
        self._read_frequencies(folder / "frequencies.txt")
        self.vocabulary.count(self.frequencies)
        self._shared(folder / "categories.toml", self._read_categories)
        self._shared(folder / "references.toml", self._read_references)
        for path in sorted(folder.glob("*/*.toml")):
            if path.parent.name == "policies":
                continue
            table = self._open(path, f"{path.parent.name}/{path.name}")
            if path.parent.name == CHECKLIST:
                one: Rule | Question = _question(path, table, self.vocabulary)
            else:
                one = _rule(path, table, self.vocabulary)
            if isinstance(one, Rule):
                self.rules[one.id] = one
            else:
                self.questions[one.id] = one
            if self._is_shipped:
                self._reviewed.update(regex.text for regex in _regexes(one))

    def _shared(self, path: Path, read: Callable[[_Table], None]) -> None:
        if path.is_file():
            read(self._open(path, path.name))

    def _open(self, path: Path, name: str) -> _Table:
        data = _bytes(path)
        self._hash.update(f"{name}:{len(data)}:".encode() + data)
        reviewed = None if self._is_shipped else self._reviewed
        return _Table(path, _toml(path, _decoded(path, data)), reviewed=reviewed)

    def _read_vocabulary(self, table: _Table) -> None:
        self.vocabulary = Vocabulary(self.vocabulary)  # what it kept of the sets as they were is of no use
        for name in sorted(table._table):
            entries = tuple(" ".join(entry.lower().split()) for entry in table.texts(name))
            if not entries:
                raise table.fail(name, "is empty")
            self.vocabulary[name] = entries
        table.done()

    def _read_frequencies(self, path: Path) -> None:
        if not path.is_file():
            return
        for number, line in enumerate(_decoded(path, _bytes(path)).splitlines(), 1):
            if line.startswith("#"):
                continue
            try:
                word, count = line.split()
                self.frequencies[word] = int(count)
            except ValueError:
                reason = f"line {number}: is not a word and its count in a million."
                raise RuleError(str(path), reason, "Correct the file.") from None

    def _read_categories(self, table: _Table) -> None:
        for name in list(table._table):
            entry = table.table(name)
            subtypes = entry.take("subtypes", dict, {})
            self.categories[name] = Category(name, entry.text("title"), entry.text("description"), dict(subtypes))
            entry.done()

    def _read_references(self, table: _Table) -> None:
        for name in list(table._table):
            entry = table.table(name)
            self.references[name] = Reference(
                name,
                entry.text("cite"),
                entry.text("says"),
                entry.text("edition"),
                entry.text("jurisdiction"),
                entry.text("force"),
                entry.text("checked"),
                entry.take("verified", date),
            )
            entry.done()

    def finish(self) -> RuleSet:
        for rule in self.rules.values():
            self.check(rule)
        for question in self.questions.values():
            self.check_references(question.path, question.references)
        return RuleSet(
            tuple(self.rules[key] for key in sorted(self.rules)),
            tuple(self.questions[key] for key in sorted(self.questions)),
            self.categories,
            self.references,
            self.vocabulary,
            self.frequencies,
            self._hash.hexdigest()[:16],
        )

    def check(self, rule: Rule) -> None:
        category = self.categories.get(rule.category)
        if category is None:
            raise RuleError(
                str(rule.path), f"category: {rule.category!r} is not in categories.toml.", "Use or add one."
            )
        if rule.subtype and rule.subtype not in category.subtypes:
            raise RuleError(
                str(rule.path),
                f"subtype: {rule.subtype!r} is not a subtype of {rule.category}.",
                f"Use one of {', '.join(category.subtypes) or 'none'}, or add it to categories.toml.",
            )
        self.check_references(rule.path, rule.references)

    def check_references(self, path: Path, names: Sequence[str]) -> None:
        for name in names:
            reference = self.references.get(name)
            if reference is None:
                raise RuleError(str(path), f"references: {name!r} is not in references.toml.", "Add it or take it out.")
            if not reference.is_citable:
                raise RuleError(str(path), f"references: {name!r} is not checked.", "Check its text before citing it.")


def _rule(path: Path, table: _Table, vocabulary: Vocabulary) -> Rule:
    status = table.one_of("status", Status)
    flags, passes = _examples(table.table("examples"))
    if status is Status.STABLE and not (flags and passes):
        raise table.fail("examples", "a stable rule needs both flags and passes")
    category = table.text("category")
    if category != path.parent.name:
        raise table.fail("category", f"is {category!r}, but the file stands in {path.parent.name}/")
    detector = _detector(table)
    rule = Rule(
        id=f"{path.parent.name}/{path.stem}",
        title=table.text("title"),
        status=status,
        category=category,
        subtype=table.text("subtype", ""),
        severity=table.one_of("severity", Severity),
        message=table.text("message"),
        why=table.text("why"),
        instead=_instead(table.table("instead", is_required=True)),
        references=table.texts("references"),
        scope=_scope(table.table("scope"), vocabulary),
        patterns=_patterns(table, "patterns", vocabulary, is_required=detector is None),
        unless=_conditions(table, "unless", vocabulary),
        reads=_kinds(table),
        flags=flags,
        passes=passes,
        known_problems=table.text("known_problems", ""),
        path=path,
        detector=detector,
    )
    table.done()
    if detector and (rule.scope.headings_in or rule.scope.headings_out):
        raise table.fail("scope", "a rule with a detector can be kept to kinds of document, not to headings")
    return rule


def _detector(table: _Table) -> Detector | None:
    """What looks in place of patterns; nothing that belongs to patterns may stand beside it."""
    if not table.has("detector"):
        return None
    detector: Detector = table.one_of("detector", Detector)
    for field in ("patterns", "unless", "reads"):
        if table.has(field):
            raise table.fail(field, "can't stand beside a detector")
    return detector


def _question(path: Path, table: _Table, vocabulary: Vocabulary) -> Question:
    flags, passes = _examples(table.table("examples"))
    question = Question(
        id=path.stem,
        title=table.text("title"),
        question=table.text("question"),
        wanted=table.one_of("wanted", Answer, "yes"),
        why=table.text("why"),
        suggestion=table.text("suggestion"),
        looked_for=table.text("looked_for"),
        references=table.texts("references"),
        default=table.one_of("default", Answer, "no"),
        both=table.one_of("both", Answer, "yes"),
        documents=_documents(table),
        yes=_patterns(table, "yes", vocabulary),
        no=_patterns(table, "no", vocabulary),
        unclear=_patterns(table, "unclear", vocabulary),
        unless=_conditions(table, "unless", vocabulary),
        yes_findings=table.texts("yes_findings"),
        no_findings=table.texts("no_findings"),
        unclear_findings=table.texts("unclear_findings"),
        flags=flags,
        passes=passes,
        path=path,
    )
    table.done()
    return question


def _regexes(one: Rule | Question) -> Iterator[Expression]:
    """The regexes of a rule or a question."""
    patterns = one.patterns if isinstance(one, Rule) else (*one.yes, *one.no, *one.unclear)
    for condition in (*(pattern.condition for pattern in patterns), *one.unless):
        for entry in (*condition.all, *condition.any, *condition.none):
            if entry.expression.kind is ExpressionKind.REGEX:
                yield entry.expression


def _instead(table: _Table) -> Instead:
    instead = Instead(
        table.text("start"),
        *(table.text(name, "") for name in ("fallback", "walk_away", "gives_up", "protection")),
    )
    table.done()
    return instead


def _scope(table: _Table, vocabulary: Vocabulary) -> Scope:
    scope = Scope(
        _documents(table),
        tuple(_expression(table, "headings_in", raw, vocabulary) for raw in table.raw("headings_in")),
        tuple(_expression(table, "headings_out", raw, vocabulary) for raw in table.raw("headings_out")),
    )
    table.done()
    return scope


def _documents(table: _Table) -> frozenset[str]:
    documents = frozenset(table.texts("documents"))
    if unknown := sorted(documents - set(DOCUMENT_KINDS)):
        raise table.fail("documents", f"{unknown[0]!r} is not one of {', '.join(DOCUMENT_KINDS)}")
    return documents


def _kinds(table: _Table) -> tuple[QuantityKind, ...]:
    try:
        return tuple(QuantityKind(name) for name in table.texts("reads"))
    except ValueError as error:
        raise table.fail("reads", f"{error}; use {', '.join(QuantityKind)}") from None


def _patterns(table: _Table, field: str, vocabulary: Vocabulary, *, is_required: bool = False) -> tuple[Pattern, ...]:
    patterns = tuple(_pattern(entry, vocabulary) for entry in table.tables(field))
    if is_required and not patterns:
        raise table.fail(field, "a rule needs at least one")
    return patterns


def _pattern(table: _Table, vocabulary: Vocabulary) -> Pattern:
    score = table.take("score", float, 0.8)
    if not 0 < score <= 1:
        raise table.fail("score", "must be above 0 and at most 1")
    try:
        units = frozenset(Unit(name) for name in table.texts("units")) or _DEFAULT_UNITS
    except ValueError as error:
        raise table.fail("units", str(error)) from None
    severity = table.severity()
    at_least = table.take("at_least", int, 1)
    condition = _condition(table, vocabulary)
    if not _is_anchored(condition):
        raise table.fail("all", "one entry of all, or every entry of any, must be looked for in the sentence or item")
    return Pattern(condition, score, severity, units, at_least)


def _is_anchored(condition: Condition) -> bool:
    """Something in the sentence itself always has to match, so that a finding has words to point at."""
    if any(entry.window in _ANCHORS for entry in condition.all):
        return True
    return bool(condition.any) and all(entry.window in _ANCHORS for entry in condition.any)


_ANCHORS = frozenset({Window.SENTENCE, Window.ITEM})


def _conditions(table: _Table, field: str, vocabulary: Vocabulary) -> tuple[Condition, ...]:
    return tuple(_exception(entry, vocabulary) for entry in table.tables(field))


def _exception(table: _Table, vocabulary: Vocabulary) -> Condition:
    severity = table.severity()
    return _condition(table, vocabulary, severity)


def _condition(table: _Table, vocabulary: Vocabulary, severity: Severity | None = None) -> Condition:
    name = table.text("name")
    window = table.one_of("window", Window, "sentence")
    groups = [
        tuple(_entry(table, field, raw, window, vocabulary) for raw in table.raw(field))
        for field in ("all", "any", "none")
    ]
    if not groups[0] and not groups[1]:
        raise table.fail("all", "a pattern needs all or any")
    table.done()
    return Condition(name, groups[0], groups[1], groups[2], severity)


def _entry(table: _Table, field: str, raw: object, window: Window, vocabulary: Vocabulary) -> Entry:
    if isinstance(raw, dict) and "window" in raw:
        raw = dict(raw)
        try:
            window = Window(raw.pop("window"))
        except ValueError as error:
            raise table.fail(field, str(error)) from None
    return Entry(_expression(table, field, raw, vocabulary), window)


def _expression(table: _Table, field: str, raw: object, vocabulary: Vocabulary) -> Expression:
    try:
        match raw:
            case str(text):
                return parse_phrase(text, vocabulary)
            case {"phrase": str(text), **rest} if not rest:
                return parse_phrase(text, vocabulary)
            case {"regex": str(text), **rest} if not rest:
                is_linear = table.reviewed is not None and text not in table.reviewed
                return parse_regex(text, is_linear=is_linear)
            case {"tokens": list(tokens), **rest} if not rest:
                return parse_tokens(tokens, json.dumps(tokens, sort_keys=True, default=str))
    except (ValueError, OverflowError, RecursionError) as error:  # the last two from regexes
        raise table.fail(field, str(error)) from None
    raise table.fail(field, f"{raw!r} is not a phrase, {{regex = ...}} or {{tokens = [...]}}")


def _examples(table: _Table) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    flags, passes = (tuple(_example(table, field, raw) for raw in table.raw(field)) for field in ("flags", "passes"))
    table.done()
    return flags, passes


def _example(table: _Table, field: str, raw: object) -> Example:
    if isinstance(raw, str):
        return Example(raw)
    if not isinstance(raw, dict):
        raise table.fail(field, f"{raw!r} is not a text or a table")
    entry = _Table(table.path, raw, f"examples.{field}")
    example = Example(
        entry.text("text"),
        entry.text("heading", ""),
        entry.text("lead_in", ""),
        entry.lines("before"),
        entry.lines("after"),
        entry.severity(),
    )
    entry.done()
    return example
