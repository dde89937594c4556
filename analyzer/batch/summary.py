"""What a batch comes to: counts, and the clauses that cause most findings, since archives repeat their boilerplate."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

__all__ = ["Clause", "Summary", "repeated_clauses", "summary_to_dict"]

_CAPACITY = 50_000
"""Clauses that are counted at a time: those beyond push out the rarest."""
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence that the same rule flags again and again."""

    rule: str
    severity: str
    text: str
    findings: int
    """How often it was flagged; at most ``error`` less."""
    error: int
    document: str
    """The first document with it."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of all inputs of a batch."""

    inputs: int
    statuses: tuple[tuple[str, int], ...]
    """Inputs by status."""
    documents: int
    verdicts: tuple[tuple[str, int], ...]
    """Documents by verdict, or by kind of error."""
    findings: int
    clauses: tuple[Clause, ...]
    versions: str

    @property
    def is_complete(self) -> bool:
        """Every document was read whole and judged."""
        unread = {kind for kind, count in self.verdicts if count and kind not in {"pass", "fail"}}
        return self.documents > 0 and not unread and dict(self.statuses).get("failed", 0) == 0


@dataclass(slots=True)
class _Count:
    count: int
    error: int
    clause: tuple[str, str, str, str]


def repeated_clauses(lines: Iterable[bytes], *, capacity: int = _CAPACITY) -> tuple[int, tuple[Clause, ...]]:
    """The number of findings, and the clauses that were flagged most often, in lines of results.

    Exact while there are at most ``capacity`` different ones; beyond that counts are upper bounds, each with how much
    too high it may be (Metwally, Agrawal and El Abbadi: Efficient Computation of Frequent and Top-k Elements in Data
    Streams, 2005), so that a million documents need no more memory than a thousand.
    """
    counts: dict[str, _Count] = {}
    floor: list[str] = []
    total = 0
    for line in lines:
        report = json.loads(line)
        for finding in report.get("findings", ()):
            total += 1
            known = counts.get(finding["id"])
            if known:
                known.count += 1
                continue
            least = 0
            if len(counts) >= capacity:
                if not floor:
                    # The rarest tenth, to be pushed out one after the other: a heap would cost more than it saves.
                    floor = sorted(counts, key=lambda name: -counts[name].count)[-max(1, capacity // 10) :]
                least = counts.pop(floor.pop()).count
            words = finding["rule"], finding["severity"], finding["text"], report["document"]["name"]
            counts[finding["id"]] = _Count(least + 1, least, words)
    first = sorted(counts.items(), key=lambda item: (-item[1].count, item[1].error, item[0]))[:_SHOWN]
    clauses = [
        Clause(rule, severity, text, known.count, known.error, document)
        for _, known in first
        for rule, severity, text, document in [known.clause]
        if known.count > 1
    ]
    return total, tuple(clauses)


def summary_to_dict(summary: Summary) -> dict[str, Any]:
    """A summary as plain values."""
    return {
        "schema": "fairterms-batch/1",
        "inputs": summary.inputs,
        "statuses": dict(summary.statuses),
        "documents": summary.documents,
        "verdicts": dict(summary.verdicts),
        "findings": summary.findings,
        "clauses": [
            {
                "rule": clause.rule,
                "severity": clause.severity,
                "text": clause.text,
                "findings": clause.findings,
                "at_most_too_high_by": clause.error,
                "document": clause.document,
            }
            for clause in summary.clauses
        ],
        "versions": summary.versions,
    }


def summary_of(value: dict[str, Any]) -> Summary:
    """A summary from plain values. Raises KeyError or TypeError where they are none."""
    return Summary(
        inputs=value["inputs"],
        statuses=tuple(value["statuses"].items()),
        documents=value["documents"],
        verdicts=tuple(value["verdicts"].items()),
        findings=value["findings"],
        clauses=tuple(
            Clause(
                rule=item["rule"],
                severity=item["severity"],
                text=item["text"],
                findings=item["findings"],
                error=item["at_most_too_high_by"],
                document=item["document"],
            )
            for item in value["clauses"]
        ),
        versions=value["versions"],
    )


def counted(counter: Counter[str]) -> tuple[tuple[str, int], ...]:
    """Counts in the order of their names, zeros left out."""
    return tuple(sorted((name, count) for name, count in counter.items() if count))
