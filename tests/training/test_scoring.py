"""Figures over documents: by hand, and the same as those of the labels' own program."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analyzer.findings import Severity
from analyzer.training.evaluation import load_outcomes
from analyzer.training.measures import Measure
from analyzer.training.outcomes import Outcome, Ranked
from analyzer.training.samples import load_labelled
from analyzer.training.scoring import CORE, Scores, agree_all, score
from tests.training.labelled_documents import BOND, BY_HAND, FIXED, PLAIN, SAID, flag, label, labelled, outcome

ROOT = Path(__file__).parent.parent.parent
SHARED = Path(os.environ.get("FAIRTERMS_SHARED") or ROOT.parent / "shared")
PROGRAM = SHARED / "eval" / "score.py"


def scores_of_hand() -> Scores:
    return score(agree_all(BY_HAND, SAID))


def test_counts_by_hand() -> None:
    rows = {
        c.category: (c.labels, c.found, c.missed, c.findings, c.right, c.false_alarms)
        for c in scores_of_hand().categories
    }
    assert rows == {
        "inflexible-terms": (1, 1, 0, 1, 0, 1),
        "performance-bond": (3, 1, 2, 2, 1, 1),
        "unlimited-liability": (1, 0, 1, 0, 0, 0),
        "waterfall": (0, 0, 0, 1, 0, 1),
    }


def test_figures_by_hand() -> None:
    rows = {c.category: (c.precision.value, c.recall.value, c.f1.value) for c in scores_of_hand().categories}
    assert rows == {
        "inflexible-terms": (0, 1, 0),
        "performance-bond": (pytest.approx(1 / 2), pytest.approx(1 / 3), pytest.approx(2 / 5)),
        "unlimited-liability": (None, 0, 0),
        "waterfall": (0, None, 0),
    }


def test_figures_over_all_by_hand() -> None:
    scores = scores_of_hand()
    assert scores.core_macro_f1.value == pytest.approx((0.4 + 0 + 0 + 0) / 4)
    assert scores.high_recall.value == pytest.approx(1 / 2)
    assert scores.checklist.value == pytest.approx(1 / 3)
    assert [(q.question, q.right, q.asked) for q in scores.questions] == [("contact", 1, 2), ("roles", 0, 1)]
    assert (scores.documents, scores.clusters, scores.without_outcome) == (3, 2, ("b.txt",))


def test_recall_by_severity_by_hand() -> None:
    by_name = {category.category: category for category in scores_of_hand().categories}
    assert by_name["performance-bond"].by_severity == {
        Severity.HIGH: (1, 2),
        Severity.MEDIUM: (0, 1),
        Severity.LOW: (0, 0),
    }


def test_average_precision_by_hand() -> None:
    by_name = {category.category: category for category in scores_of_hand().categories}
    # One of three labels is ranked, first (0.9), before the false alarm (0.8).
    assert by_name["performance-bond"].average_precision.value == pytest.approx(1 / 3)
    assert by_name["unlimited-liability"].average_precision.value == 0
    assert by_name["waterfall"].average_precision.value is None


def test_intervals_hold_their_figure() -> None:
    documents = [labelled(f"{n}.txt", label(BOND, "performance-bond", "performance", "high")) for n in range(20)]
    said = [outcome(f"{n}.txt", flag(BOND if n % 4 else PLAIN, "performance-bond")) for n in range(20)]
    scores = score(agree_all(documents, said))
    (category,) = scores.categories
    for measure in (category.precision, category.recall, category.f1, category.average_precision, scores.high_recall):
        assert measure.value is not None
        assert measure.low is not None
        assert measure.high is not None
        assert 0 < measure.low < measure.value < measure.high < 1
    assert scores == score(agree_all(documents, said))
    assert scores != score(agree_all(documents, said), seed=1)


def test_agencies_are_drawn_where_they_are_known() -> None:
    documents = [labelled(f"{n}.txt", label(BOND, "performance-bond")) for n in range(20)]
    said = [outcome(f"{n}.txt", flag(BOND if n < 10 else PLAIN, "performance-bond")) for n in range(20)]
    apart = score(agree_all(documents, said)).categories[0].f1
    grouped = [replace(document, agency="one" if n < 10 else "two") for n, document in enumerate(documents)]
    together = score(agree_all(grouped, said)).categories[0].f1
    assert apart.value == together.value == 0.5
    assert (together.low, together.high) == (0, 1)  # either agency may be drawn twice
    assert apart.low is not None
    assert apart.low > 0


def test_one_document_has_no_interval() -> None:
    scores = score(agree_all([labelled("a.txt", label(BOND, "performance-bond"))], [outcome("a.txt")]))
    assert scores.categories[0].recall == Measure(0)
    assert scores.core_macro_f1 == Measure(0)


def test_nothing_at_all() -> None:
    scores = score(agree_all([labelled("a.txt")], []))
    assert scores.categories == ()
    assert (scores.high_recall, scores.checklist) == (Measure(None), Measure(None))
    assert scores.calibration.error is None
    assert score(()).documents == 0


def test_outcomes_of_one_document_count_together() -> None:
    documents = [labelled("a.txt", label(BOND, "performance-bond"), label(FIXED, "inflexible-terms"))]
    parts = [outcome("a.txt", flag(BOND, "performance-bond")), outcome("a.txt", flag(FIXED, "inflexible-terms"))]
    assert [category.recall.value for category in score(agree_all(documents, parts)).categories] == [1, 1]


def test_scores_below_the_threshold_count_for_the_area_alone() -> None:
    documents = [labelled("a.txt", label(BOND, "performance-bond"), label(FIXED, "performance-bond"))]
    ranked = tuple(Ranked("performance-bond", s, text) for s, text in ((0.9, BOND), (0.4, FIXED), (0.2, PLAIN)))
    said = Outcome("a.txt", (flag(BOND, "performance-bond"),), ranked=ranked)
    (category,) = score(agree_all(documents, [said])).categories
    assert (category.findings, category.recall.value, category.average_precision.value) == (1, 0.5, 1)


WORDS = "bond vendor shall price term final state work loss party bid fee form must not any all pay the of".split()
CATEGORIES = [*CORE, "vendor-burden"]
SEVERITIES = ["low", "medium", "high"]


def made_up(folder: Path, seed: int) -> tuple[Path, Path]:
    """Labels and reports at random: parts, wholes, repeats, pages, odd texts, unknown and missing documents."""
    chance = random.Random(seed)

    def sentence(least: int = 1, most: int = 14) -> str:
        return " ".join(chance.choices(WORDS, k=chance.randint(least, most))).capitalize() + "."

    def finding(sentences: list[str]) -> dict[str, Any]:
        words = chance.choice(sentences).split()
        cut = chance.randrange(len(words))
        parts = [" ".join(words), " ".join(words[cut:]), sentence(), " ".join(sentences), "§ —"]
        text = chance.choices(parts, weights=[6, 4, 3, 1, 1])[0]
        category, severity = chance.choice(CATEGORIES), chance.choice(SEVERITIES)
        return {"category": category, "severity": severity, "text": text, "subtype": None, "score": chance.random()}

    rows: list[dict[str, Any]] = []
    reports = []
    (folder / "sentences").mkdir()
    for number in range(12):
        name = f"{number}.txt"
        sentences = [sentence() for _ in range(15)]
        table = "".join(f"{line}\t1\t{text}\n" for line, text in enumerate(sentences, 1))
        (folder / "sentences" / f"{name}.tsv").write_text(table, encoding="utf-8")
        answers = {key: chance.choice(["yes", "no", "unclear"]) for key in ("contact", "roles", "outcomes")}
        rows.append({"doc": name, "checklist": answers})
        for text in [*chance.choices(sentences, k=chance.randint(0, 12)), *(["..."] if chance.random() < 0.3 else [])]:
            category, severity = chance.choice(CATEGORIES[:-1]), chance.choice(SEVERITIES)
            rows.append({"doc": name, "category": category, "subtype": "", "severity": severity, "text": text})
        said = [{"id": key, "answer": chance.choice(["yes", "no", "unclear"])} for key in ("contact", "roles")]
        findings = [finding(sentences) for _ in range(chance.randint(0, 20))]
        if number != 3:
            stated = "unlabelled.txt" if number == 4 else name
            reports.append({"document": {"name": stated}, "findings": findings, "checklist": said})
    labels = folder / "labels.jsonl"
    labels.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    file = folder / "reports.jsonl"
    file.write_text("".join(json.dumps(report) + "\n" for report in reports), encoding="utf-8")
    return labels, file


def rounded(measure: Measure) -> float:
    return round(measure.value or 0.0, 3)


def as_the_program_says(scores: Scores) -> Mapping[str, Any]:
    f1 = {category.category: rounded(category.f1) for category in scores.categories}
    return {
        "documents": scores.documents,
        "without_report": list(scores.without_outcome),
        "categories": {
            c.category: {
                "labels": c.labels,
                "findings": c.findings,
                "precision": rounded(c.precision),
                "recall": rounded(c.recall),
                "f1": rounded(c.f1),
                "recall_by_severity": {s.value: f"{c.by_severity[s][0]}/{c.by_severity[s][1]}" for s in Severity},
            }
            for c in scores.categories
        },
        "core_macro_f1": round(sum(f1.get(name, 0.0) for name in CORE) / len(CORE), 3),  # of rounded figures
        "checklist_accuracy": rounded(scores.checklist),
        "checklist_questions": sum(question.asked for question in scores.questions),
    }


@pytest.mark.skipif(not PROGRAM.is_file(), reason="needs the labels' own program: say where by FAIRTERMS_SHARED")
@pytest.mark.parametrize("floor", SEVERITIES)
@pytest.mark.parametrize("seed", range(4))
def test_both_programs_agree(tmp_path: Path, seed: int, floor: str) -> None:
    labels, reports = made_up(tmp_path, seed)
    command = [sys.executable, str(PROGRAM), str(labels), str(reports), "--json", "--min-severity", floor]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    scores = score(agree_all(load_labelled(labels), load_outcomes(reports), floor=Severity(floor)), draws=10)
    theirs = json.loads(done.stdout)
    # A category of which nothing is left above the floor has a row of zeros there and none here.
    theirs["categories"] = {n: r for n, r in theirs["categories"].items() if r["labels"] or r["findings"]}
    assert as_the_program_says(scores) == theirs
    assert scores.core_macro_f1.value == pytest.approx(theirs["core_macro_f1"], abs=0.001)
