"""Learn rules without one agency at a time, test them on its documents, and compare them with those that people wrote.

    python benchmarks/learned_rules.py SHARED [--samples FILE...] [--folds N] [--json FILE]

The documents are those of ``SHARED/labels/dev.jsonl``, rebuilt from their lists of sentences; ``--samples`` are learned
from in every fold. Scored with the matching of ``SHARED/eval/score.py``. The written rules were made with these
documents in view, the learned ones without them: the comparison favours the written ones.
"""

import argparse
import importlib.util
import json
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from analyzer.assessment import assess
from analyzer.matching import RuleMatcher
from analyzer.policy import Policy
from analyzer.resources import patterns_folder, samples_folder
from analyzer.rulefiles import load_rules
from analyzer.rules import RuleSet
from analyzer.segmentation import document_kind, parties, segment
from analyzer.training.learning.checking import rule_of
from analyzer.training.learning.corpus import read_corpus
from analyzer.training.learning.learner import Options, drafts_of
from analyzer.training.samples import LabelledDocument, load_labelled

CORE = ("unlimited-liability", "performance-bond", "prescriptive-spec", "inflexible-terms")


def agency_of(name: str) -> str:
    """Country or state and body, as the names of the documents have them."""
    parts = name.split("-")
    return parts[1] if parts[1] == "ak" else "-".join(parts[1:3])


def scorer(shared: Path) -> ModuleType:
    """The labels' own program."""
    spec = importlib.util.spec_from_file_location("score", shared / "eval" / "score.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def report_of(document: LabelledDocument, rules: RuleSet, matcher: RuleMatcher) -> dict[str, Any]:
    """As much of a report as scoring looks at."""
    read = document.document
    segments = segment(read)
    matches = matcher(read, segments, parties=parties(read), kind=document_kind(read, segments))
    findings = assess(read, segments, matches, rules, Policy()).findings
    return {
        "document": {"name": document.name},
        "findings": [
            {"category": f.category, "subtype": f.subtype, "severity": f.severity.value, "text": f.text}
            for f in findings
        ],
    }


def reports_of(documents: Iterable[LabelledDocument], rules: RuleSet) -> list[dict[str, Any]]:
    """Reports by one set of rules."""
    matcher = RuleMatcher(rules)
    return [report_of(document, rules, matcher) for document in documents]


def held_out_parts(agencies: Sequence[str], folds: int) -> list[set[str]]:
    """The agencies, one by one or in so many parts."""
    names = sorted(set(agencies), key=lambda name: (-agencies.count(name), name))
    parts: list[set[str]] = [set() for _ in range(folds or len(names))]
    for number, name in enumerate(names):
        parts[number % len(parts)].add(name)
    return [part for part in parts if part]


def table(results: dict[str, dict[str, Any]]) -> str:
    """Precision, recall and F1 of each category and set of rules."""
    lines = [f"{'':24}" + "".join(f"{name:>24}" for name in results)]
    lines.append(f"{'':24}" + "".join(f"{'prec':>10}{'rec':>7}{'F1':>7}" for _ in results))
    for category in CORE:
        cells = [result["categories"].get(category) for result in results.values()]
        row = "".join(f"{c['precision']:10.3f}{c['recall']:7.3f}{c['f1']:7.3f}" if c else f"{'–':>24}" for c in cells)
        lines.append(f"{category:24}{row}")
    lines.append(f"{'core macro F1':24}" + "".join(f"{r['core_macro_f1']:24.3f}" for r in results.values()))
    return "\n".join(lines)


def main() -> int:
    """Learn, test, score."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--samples", type=Path, nargs="*", help="to learn from too; if left out, the shipped ones")
    parser.add_argument("--folds", type=int, default=0, help="so many parts instead of one for each agency")
    parser.add_argument("--min-precision", type=float, default=0.8)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--show", action="store_true", help="print the rules of each part")
    arguments = parser.parse_args()
    labels = arguments.shared / "labels" / "dev.jsonl"
    names = [d.name for d in load_labelled(labels)]
    tested = load_labelled(labels, agencies={name: agency_of(name) for name in names})
    samples = arguments.samples
    if samples is None:
        samples = sorted((samples_folder() / "labels").glob("*.jsonl"))
    more = [document for path in samples for document in load_labelled(path)]
    shipped = replace(load_rules(patterns_folder()), questions=())
    corpus = read_corpus([*tested, *more], shipped.vocabulary)
    targets = [target for target in sorted(corpus.labels) if target[0] in CORE and target[1] != "?"]
    options = Options(precision=arguments.min_precision)
    reports: dict[str, list[dict[str, Any]]] = {"learned": [], "written": [], "both": []}
    start = time.perf_counter()
    for part in held_out_parts([d.agency for d in tested], arguments.folds):
        held_out = np.isin(corpus.document_of, [n for n, d in enumerate(corpus.documents) if d.agency in part])
        drafts = drafts_of(corpus, targets, ~held_out, shipped, options)
        made = tuple(rule_of(corpus, draft, shipped) for draft in drafts)
        documents = [document for document in tested if document.agency in part]
        for name, rules in (("learned", made), ("written", shipped.rules), ("both", (*shipped.rules, *made))):
            reports[name] += reports_of(documents, replace(shipped, rules=rules))
        count = sum(len(rule.patterns) for rule in made)
        print(f"{', '.join(sorted(part))}: {len(made)} rules, {count} patterns", f"{time.perf_counter() - start:.0f} s")
        if arguments.show:
            for rule in made:
                print(f"  {rule.id}", *(f"    {p.condition.name}" for p in rule.patterns), sep="\n")
    rows = [json.loads(line) for line in labels.read_text(encoding="utf-8").splitlines() if line.strip()]
    score = scorer(arguments.shared).score
    results = {name: score(rows, made_reports)[0] for name, made_reports in reports.items()}
    print(table(results))
    if arguments.json:
        arguments.json.write_text(json.dumps({"results": results, "reports": reports}), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
