"""What the classifier costs: time of a scan with it against one with rules alone, and what its gate holds back.

    python benchmarks/classifier.py LABELS [--model NAME|FOLDER] [--rounds N]

LABELS is a labels file with the sentences of its documents beside it; nothing is scored, the documents are only read.
The two ways take turns on each document, and each keeps its fastest round: the ratio is over the sum of those. The gate
is measured by taking it away: how many of the labels that scanning finds without it are lost with it.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analyzer.classification import Classifier
from analyzer.classification.features import Instance
from analyzer.engine import DEFAULT_MODEL, Analyzer
from analyzer.segmentation import document_kind, parties, segment
from analyzer.training.outcomes import outcome_of
from analyzer.training.samples import LabelledDocument, load_labelled
from analyzer.training.scoring import agree_all, score


class Ungated(Classifier):
    """The same model, asked about every sentence."""

    def passes(self, instances: Sequence[Instance]) -> NDArray[np.bool_]:
        """Let everything through."""
        return np.array([bool(instance.tokens) for instance in instances], bool)


def ratio(documents: list[LabelledDocument], with_model: Analyzer, alone: Analyzer, rounds: int) -> float:
    """Seconds with the model over seconds without, segmentation to report."""
    best: dict[tuple[str, bool], float] = {}
    for _ in range(rounds):
        for labelled in documents:
            for analyzer in (alone, with_model):
                start = time.perf_counter()
                analyzer.analyze_document(labelled.document)
                key = (labelled.name, analyzer is with_model)
                best[key] = min(best.get(key, float("inf")), time.perf_counter() - start)
    return sum(t for (_, has), t in best.items() if has) / sum(t for (_, has), t in best.items() if not has)


def gate(documents: list[LabelledDocument], analyzer: Analyzer) -> tuple[int, int]:
    """Sentences, and those that the gate lets through."""
    gated = analyzer.classifier
    assert gated is not None
    sentences = passed = 0
    for labelled in documents:
        document = labelled.document
        segments = segment(document)
        named, kind = parties(document), document_kind(document, segments)
        matches = analyzer.matcher(document, segments, parties=named, kind=kind)
        found = gated.instances(document, segments, matches, parties=named, kind=kind)
        sentences += len(found)
        passed += int(gated.passes(found).sum())
    return sentences, passed


def labels_found(documents: list[LabelledDocument], analyzer: Analyzer) -> tuple[int, int, int]:
    """Labels, those that scanning finds, and its findings."""
    outcomes = [outcome_of(analyzer.analyze_document(labelled.document).report) for labelled in documents]
    named = [replace(outcome, doc=labelled.name) for outcome, labelled in zip(outcomes, documents, strict=True)]
    scores = score(agree_all(documents, named), draws=1)
    return tuple(sum(getattr(c, name) for c in scores.categories) for name in ("labels", "found", "findings"))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labels", type=Path)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    documents = load_labelled(arguments.labels)
    chosen = Path(arguments.model) if Path(arguments.model).is_dir() else arguments.model
    with_model, alone = Analyzer(model=chosen), Analyzer(model=None)
    for analyzer in (with_model, alone):
        analyzer.analyze_document(documents[0].document)
    times = ratio(documents, with_model, alone, arguments.rounds)
    print(f"{len(documents)} documents, best of {arguments.rounds} rounds each: {times:.2f} x the time of rules alone")
    sentences, passed = gate(documents, with_model)
    print(f"The gate lets {passed:,} of {sentences:,} sentences through ({passed / sentences:.0%}).")
    assert with_model.classifier is not None
    ungated = Analyzer(model=chosen)
    ungated.classifier = Ungated.load(with_model.classifier.folder)
    for name, analyzer in (("with the gate", with_model), ("without it", ungated)):
        labels, found, findings = labels_found(documents, analyzer)
        print(f"{name}: {found:,} of {labels:,} labels found ({found / max(labels, 1):.2%}) by {findings:,} findings")


if __name__ == "__main__":
    main()
