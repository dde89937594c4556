"""The rules of a SARIF log: what each does, why, what to write instead and on whose authority."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from analyzer.findings import ChecklistAnswer, Finding, Severity
from analyzer.gate import Cause, Conflict
from analyzer.rendering.gate_words import CAUSE_TITLES, category_words
from analyzer.rendering.words import authority_line, printable
from analyzer.rules import Reference

__all__ = ["LEVELS", "Descriptions"]

LEVELS = {Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
_WORD = re.compile(r"[A-Za-z0-9]+")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&])")

Part = tuple[str, str]


class Descriptions:
    """Gives each rule its place in the log when it is first asked for."""

    def __init__(self, references: Mapping[str, Reference]) -> None:
        self._references = references
        self._made: dict[str, dict[str, Any]] = {}
        self._worst: dict[str, Severity] = {}
        self._indices: dict[str, int] = {}

    def described(self) -> list[dict[str, Any]]:
        """All rules that were asked for, in the order of their indices."""
        return [
            made | {"defaultConfiguration": {"level": LEVELS[self._worst[rule]]}} for rule, made in self._made.items()
        ]

    def index_of_finding(self, finding: Finding) -> int:
        parts = (
            ("Why it matters", finding.why),
            ("Instead", finding.suggestion),
            ("Or", finding.fallback),
            ("At the least", finding.walk_away),
            ("Gives up", finding.gives_up),
            ("Protects instead", finding.protection),
            ("Authority", self._authority(finding.references)),
        )
        tags = ("procurement", finding.category, *((finding.subtype,) if finding.subtype else ()))
        return self._index(finding.rule, finding.title, finding.message, parts, finding.severity, tags)

    def index_of_answer(self, answer: ChecklistAnswer) -> int:
        parts = (
            ("Why it matters", answer.why),
            ("What to do", answer.suggestion),
            ("Looked for", answer.looked_for),
            ("Authority", self._authority(answer.references)),
        )
        tags = ("procurement", "checklist")
        return self._index(f"checklist/{answer.id}", answer.title, answer.question, parts, Severity.HIGH, tags)

    def index_of_conflict(self, conflict: Conflict) -> int:
        parts = (
            ("Why it matters", conflict.why),
            ("What to do", conflict.suggestion),
            ("Authority", self._authority(conflict.references)),
        )
        tags = ("procurement", "conflict")
        title = category_words(conflict.kind)
        what = "Documents of the package, or places of one, don't say the same."
        return self._index(f"conflict/{conflict.kind}", title, what, parts, conflict.severity, tags)

    def index_of_cause(self, cause: Cause) -> int:
        title = CAUSE_TITLES[cause.kind]
        parts = (("What to do", cause.remedy),)
        return self._index(f"gate/{cause.kind.value}", title, title, parts, Severity.HIGH, ("procurement", "gate"))

    def _authority(self, names: Iterable[str]) -> str:
        known = [self._references[name] for name in names if name in self._references]
        return "; ".join(authority_line(reference) for reference in known if reference.is_citable)

    def _index(
        self, rule: str, title: str, message: str, parts: Iterable[Part], severity: Severity, tags: tuple[str, ...]
    ) -> int:
        worst = self._worst.get(rule, severity)
        self._worst[rule] = max(worst, severity, key=lambda item: item.rank)
        if rule not in self._made:
            self._indices[rule] = len(self._made)
            said = [(label, printable(text)) for label, text in parts if text]
            self._made[rule] = {
                "id": rule,
                "name": "".join(word.capitalize() for word in _WORD.findall(rule)),
                "shortDescription": {"text": printable(title)},
                "fullDescription": {"text": printable(message)},
                "help": {
                    "text": "\n\n".join([printable(message), *(f"{label}: {text}" for label, text in said)]),
                    "markdown": "\n\n".join(
                        [_escaped(printable(message)), *(f"**{label}.** {_escaped(text)}" for label, text in said)]
                    ),
                },
                "properties": {"tags": list(tags)},
            }
        return self._indices[rule]


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
