"""Evaluating rules and models on labelled documents: what was said of them, and how good that was."""

import csv
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from analyzer.engine import Analyzer
from analyzer.errors import SampleError
from analyzer.findings import Severity
from analyzer.training.agreement import Agreement
from analyzer.training.breakdowns import Breakdown, By, break_down
from analyzer.training.comparing import Comparison, compare
from analyzer.training.mistakes import AnswerMistake, Mistake, answer_mistakes, mistakes_of
from analyzer.training.outcomes import Flagged, Outcome, Ranked, outcome_of
from analyzer.training.samples import LabelledDocument
from analyzer.training.scoring import DRAWS, Scores, agree_all, categories_of, score

__all__ = ["Evaluation", "SuspiciousLabel", "evaluate", "load_agencies", "load_outcomes", "outcomes_of"]


@dataclass(frozen=True, slots=True)
class SuspiciousLabel:
    """A label, or a sentence without one, that may be a slip of the person who labelled."""

    doc: str
    category: str
    subtype: str
    text: str
    reason: str
    """A sentence for people."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How good a way of detecting is on a file of labels."""

    labels: str
    """Name of the labels file."""
    system: str
    """What was scored, in words: ``the rules``."""
    floor: Severity
    agreements: tuple[Agreement, ...]
    scores: Scores
    breakdowns: tuple[Breakdown, ...]
    comparison: Comparison | None
    unknown_categories: tuple[str, ...]
    """Categories of labels or findings that the rules don't know."""
    suspicious: tuple[SuspiciousLabel, ...]

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """The costliest first."""
        return mistakes_of(self.agreements)

    @property
    def answer_mistakes(self) -> tuple[AnswerMistake, ...]:
        return answer_mistakes(self.agreements)


def outcomes_of(
    documents: Sequence[LabelledDocument],
    *,
    analyzer: Analyzer,
    progress: Callable[[int, int], None] | None = None,
) -> list[Outcome]:
    """What an analyzer says of each document; ``progress`` gets how many are done, and of how many.

    What detectors find in a category that no label names is left out: nobody was asked about it.
    """
    asked = {item.label.category for labelled in documents for item in labelled.labels}
    unasked = {rule.id for rule in analyzer.rules.rules if rule.detector and rule.category not in asked}
    outcomes = []
    for done, labelled in enumerate(documents, 1):
        report = analyzer.analyze_document(labelled.document).report
        report = replace(report, findings=tuple(item for item in report.findings if item.rule not in unasked))
        outcomes.append(replace(outcome_of(report), doc=labelled.name))
        if progress:
            progress(done, len(documents))
    return outcomes


def evaluate(
    documents: Sequence[LabelledDocument],
    outcomes: Iterable[Outcome],
    *,
    labels: str,
    system: str = "the rules",
    by: Iterable[By] = (),
    champion: tuple[str, Iterable[Outcome]] | None = None,
    known_categories: Collection[str] | None = None,
    suspicious: Iterable[SuspiciousLabel] = (),
    floor: Severity = Severity.LOW,
    draws: int = DRAWS,
    seed: int = 0,
) -> Evaluation:
    """Score what was said of labelled documents.

    ``champion`` names another way of detecting, with what it said, to compare with. Raises SampleError where there
    is no document at all.
    """
    if not documents:
        raise SampleError(labels, "holds no labelled sentence or document.", "Name a file with at least one row.")
    agreements = agree_all(documents, outcomes, floor=floor)
    comparison = None
    if champion:
        name, said = champion
        before = agree_all(documents, said, floor=floor)
        comparison = compare(before, agreements, names=(name, system), draws=draws, seed=seed)
    known = categories_of(agreements) if known_categories is None else known_categories
    return Evaluation(
        labels,
        system,
        floor,
        agreements,
        score(agreements, draws=draws, seed=seed),
        tuple(break_down(agreements, way) for way in dict.fromkeys(by)),
        comparison,
        tuple(name for name in categories_of(agreements) if name not in known),
        tuple(suspicious),
    )


def load_agencies(path: Path) -> dict[str, str]:
    """Who issued each document, from a table with a document and an agency on each line, parted by a tab.

    Raises SampleError naming the line.
    """
    agencies: dict[str, str] = {}
    for number, row in enumerate(csv.reader(_read(path).splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE), 1):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) < 2 or not row[0].strip() or not row[1].strip():
            raise SampleError(f"{path}:{number}", "is not a document, a tab and an agency.", "Correct the line.")
        agencies[row[0].strip()] = row[1].strip()
    return agencies


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SampleError(str(path), f"can't be read: {error}.", "Name a UTF-8 file.") from error


def load_outcomes(path: Path) -> list[Outcome]:
    """What JSON reports say: one report, a list of them, or one a line, as ``fairterms scan --format json`` writes.

    A document that could not be analysed has no outcome. Raises SampleError naming the report that is wrong.
    """
    text = _read(path)
    try:
        value = json.loads(text)
        rows = list(enumerate(value if isinstance(value, list) else [value], 1))
    except ValueError:
        rows = [(number, _line(path, number, line)) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    outcomes = [_outcome(f"{path}:{number}", row) for number, row in rows]
    return [outcome for outcome in outcomes if outcome]


def _line(path: Path, number: int, line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise SampleError(f"{path}:{number}", f"is not JSON: {error}.", "Write one JSON report a line.") from error


def _outcome(place: str, report: Any) -> Outcome | None:
    remedy = "Make reports with fairterms scan --format json."
    document = report.get("document") if isinstance(report, dict) else None
    if not isinstance(document, dict) or not isinstance(document.get("name"), str):
        raise SampleError(place, "is not a report: it names no document.", remedy)
    if "error" in report:
        return None
    if not isinstance(report.get("findings"), list):
        raise SampleError(place, "is not a report: it has no list of findings.", remedy)
    try:
        flagged = tuple(_flagged(finding) for finding in report["findings"])
        answers = {str(answer["id"]): str(answer["answer"]) for answer in report.get("checklist") or ()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SampleError(place, f"has a finding or answer that can't be used: {error!r}.", remedy) from error
    ranked = tuple(Ranked(flag.category, flag.score, flag.text) for flag in flagged)
    return Outcome(document["name"], flagged, answers, ranked)


def _flagged(finding: Mapping[str, Any]) -> Flagged:
    score = float(finding.get("score", 1.0))
    if not 0 <= score <= 1:
        raise ValueError(f"score {score} is not from 0 to 1")
    if not isinstance(finding["text"], str):
        raise TypeError("text is not a text")
    return Flagged(
        str(finding["category"]),
        str(finding.get("subtype") or ""),
        Severity(finding["severity"]),
        score,
        finding["text"],
        str(finding.get("rule") or ""),
    )
