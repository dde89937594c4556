"""Runs the examples that rules carry: what each must flag, and what it must let pass."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from analyzer.document import BlockKind, Document, Parties, Segment, Source
from analyzer.drafting import find_defects
from analyzer.findings import Match
from analyzer.matching import RuleMatcher
from analyzer.parsing.builder import DocumentBuilder
from analyzer.policy import Limits
from analyzer.rules import CHECKLIST, Example, Question, Rule, RuleSet
from analyzer.segmentation import segment

__all__ = ["EXAMPLE_LIMITS", "ExampleFailure", "as_document", "check_examples", "check_rule"]

EXAMPLE_LIMITS = Limits(days_to_respond=21)
"""The policy's limits that examples are read under, for rules that are silent without one."""

_Find = Callable[[Document, tuple[Segment, ...]], Iterable[Match]]


@dataclass(frozen=True, slots=True)
class ExampleFailure:
    """An example that didn't come out as its rule says."""

    rule: str
    kind: str
    """``flags`` or ``passes``."""
    text: str
    reason: str


def check_examples(rules: RuleSet, matcher: RuleMatcher) -> Iterator[ExampleFailure]:
    """Run every example of every rule and question; yields those that fail."""
    for rule in rules.rules:
        yield from check_rule(rule, matcher)
    for question in rules.questions:
        yield from check_rule(question, matcher)


def check_rule(rule: Rule | Question, matcher: RuleMatcher) -> Iterator[ExampleFailure]:
    """Run the examples of one rule or question with a matcher that knows it."""
    if isinstance(rule, Question):
        yield from _check(rule, f"{CHECKLIST}/{rule.id}/yes", _matching(matcher))
    else:
        yield from _check(rule, rule.id, _detecting(rule) if rule.detector else _matching(matcher))


def _matching(matcher: RuleMatcher) -> _Find:
    return lambda document, segments: matcher(document, segments, parties=Parties(), kind="rfp")


def _detecting(rule: Rule) -> _Find:
    return lambda document, segments: find_defects([rule], document, segments, limits=EXAMPLE_LIMITS, kind="rfp")


def _check(rule: Rule | Question, name: str, find: _Find) -> Iterator[ExampleFailure]:
    for example in rule.flags:
        if reason := _why_not_flagged(example, name, find):
            yield ExampleFailure(name, "flags", example.text, reason)
    for example in rule.passes:
        if flagged := _standing(example, name, find):
            words = "; ".join(item.text for item in flagged[0].evidence)
            yield ExampleFailure(name, "passes", example.text, f"is flagged on: {words}")


def _why_not_flagged(example: Example, name: str, find: _Find) -> str:
    matches = _matches(example, name, find)
    standing = [match for match in matches if not match.cleared_by]
    if not standing:
        return f"is cleared by: {matches[0].cleared_by}" if matches else "is not flagged"
    if example.severity and all(match.severity is not example.severity for match in standing):
        return f"has severity {standing[0].severity}, not {example.severity}"
    return ""


def _standing(example: Example, name: str, find: _Find) -> list[Match]:
    return [match for match in _matches(example, name, find) if not match.cleared_by]


def _matches(example: Example, name: str, find: _Find) -> list[Match]:
    document, segments = as_document(example)
    start = document.text.rfind(example.text) if example.text in document.text else 0
    end = start + len(example.text)
    return [
        match
        for match in find(document, segments)
        if match.rule == name and match.sentence.span.start < end and match.sentence.span.end > start
    ]


def as_document(example: Example) -> tuple[Document, tuple[Segment, ...]]:
    """The example as a small document with what stands around it."""
    builder = DocumentBuilder()
    parts = [
        (example.heading, BlockKind.HEADING),
        *((line, BlockKind.PARAGRAPH) for line in example.before.split("\n")),
        (example.lead_in, BlockKind.PARAGRAPH),
        (example.text, BlockKind.LIST_ITEM if example.lead_in else BlockKind.PARAGRAPH),
        *((line, BlockKind.PARAGRAPH) for line in example.after.split("\n")),
    ]
    for text, kind in parts:
        if text:
            builder.open(kind, level=1)
            builder.add(text)
    document = builder.build(Source("example", b""), "text/plain")
    return document, segment(document)
