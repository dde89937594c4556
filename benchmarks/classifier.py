"""What the classifier costs: time of a scan with it against one with rules alone, and what its gate holds back.

    python benchmarks/classifier.py LABELS [--model NAME|FOLDER] [--rounds N]

LABELS is a labels file with the sentences of its documents beside it; nothing is scored, the documents are only read.
The two ways take turns on each document, and each keeps its fastest round: the ratio is over the sum of those. The gate
is measured by taking it away: of what the model flags without it, how much is lost with it.
"""

import argparse
import time
from pathlib import Path

from analyzer.classification import Classifier
from analyzer.classification.features import Instance
from analyzer.engine import DEFAULT_MODEL, Analyzer
from analyzer.segmentation import document_kind, parties, segment
from analyzer.training.samples import LabelledDocument, load_labelled


class Ungated(Classifier):
    """The same model, asked about every sentence."""

    def passes(self, instance: Instance) -> bool:
        """Let everything through."""
        return bool(instance.tokens)


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


def gate(documents: list[LabelledDocument], analyzer: Analyzer, folder: Path) -> tuple[int, int, int, int]:
    """Sentences, those let through, flags without the gate, and those of them that it costs."""
    gated, ungated = Classifier.load(folder), Ungated.load(folder)
    sentences = passed = flags = lost = 0
    for labelled in documents:
        document = labelled.document
        segments = segment(document)
        named, kind = parties(document), document_kind(document, segments)
        matches = analyzer.matcher(document, segments, parties=named, kind=kind)
        found = gated.instances(document, segments, matches, parties=named, kind=kind)
        sentences += len(found)
        passed += sum(map(gated.passes, found))
        said = [
            {
                (p.sentence.span, p.category)
                for p in model(document, segments, matches, parties=named, kind=kind)
                if p.is_flagged
            }
            for model in (gated, ungated)
        ]
        flags += len(said[1])
        lost += len(said[1] - said[0])
    return sentences, passed, flags, lost


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
    assert with_model.classifier is not None
    sentences, passed, flags, lost = gate(documents, alone, with_model.classifier.folder)
    print(f"The gate lets {passed:,} of {sentences:,} sentences through ({passed / sentences:.0%}).")
    print(f"It costs {lost:,} of {flags:,} flags ({lost / max(flags, 1):.2%}).")


if __name__ == "__main__":
    main()
