"""Train the default model, or the forecast for it, from public data, labelled documents and the samples.

    python benchmarks/default_model.py SHARED models/default
    python benchmarks/default_model.py SHARED FOLDER --without check      the forecast: then evaluate on check
    python benchmarks/default_model.py SHARED --cross-validate [--learning-curve]

``SHARED`` has ``labels/dev.jsonl`` and ``labels/check.jsonl`` with their sentences, and ``data/gsa_solicitations``. The
federal labels (``samples/federal``) hold no text: it is read from there and found by the hash of each sentence.
"""

import argparse
import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

from analyzer.document import Source as File
from analyzer.engine import Analyzer
from analyzer.findings import Severity
from analyzer.parsing import parse
from analyzer.records import load_records, render_records
from analyzer.resources import samples_folder
from analyzer.segmentation import segment
from analyzer.training.agreement import Agreement
from analyzer.training.breakdowns import By
from analyzer.training.evaluation import evaluate, load_agencies, outcomes_of
from analyzer.training.evaluation_text import render_evaluation_text
from analyzer.training.evaluation_words import names_of
from analyzer.training.records import records_of
from analyzer.training.samples import (
    Label,
    LabelledDocument,
    LabelledText,
    documents_of,
    load_labelled,
    load_samples,
)
from analyzer.training.sources import Source
from analyzer.training.training import cross_validate, train

AGENCIES = Path(__file__).with_name("agencies.tsv")
TUNED = {"terms.jsonl", "specifications.jsonl", "liability-and-bonds.jsonl"}
"""Samples that the rules were widened with."""
REAL = "public records, labelled for Fairterms"
OWN = "Apache-2.0, written for Fairterms"


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return sha256(path.read_bytes()).hexdigest()


def labelled(path: Path, *, is_tuned: bool) -> Source:
    """A file of labelled documents."""
    documents = load_labelled(path, agencies=load_agencies(AGENCIES))
    return Source(path.name, digest(path), REAL, tuple(documents), is_tuned)


def own(path: Path, *, is_tuned: bool) -> Source:
    """A file of our own samples."""
    name = f"samples/{path.parent.name}/{path.name}"
    return Source(name, digest(path), OWN, tuple(documents_of(load_samples(path))), is_tuned, is_shippable=True)


def federal(data: Path) -> Iterator[Source]:
    """The federal solicitations that are labelled: those that rules were written with, and the others."""
    folder = samples_folder() / "federal"
    by_document: dict[str, dict[str, list[Label]]] = defaultdict(lambda: defaultdict(list))
    for line in (folder / "labels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        name, sentence, label, severity = line.split("\t")
        category, _, subtype = label.partition("/")
        by_document[name][sentence].append(Label(category, subtype, Severity(severity)))
    listed: dict[str, tuple[bool, dict[str, str]]] = {}
    for line in (folder / "checklists.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        name, was_seen, answers = line.split("\t")
        listed[name] = (was_seen == "yes", dict(answer.split("=") for answer in answers.split(";")))
    documents: dict[bool, list[LabelledDocument]] = {True: [], False: []}
    with gzip.open(data, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["doc_id"] in listed:
                is_seen, answered = listed[row["doc_id"]]
                documents[is_seen].append(joined(row["doc_id"], row["text"], by_document[row["doc_id"]], answered))
    for is_tuned, found in documents.items():
        name = f"gsa_solicitations, round {1 if is_tuned else 2}"
        yield Source(name, digest(data), "CC0-1.0, labelled for Fairterms", tuple(found), is_tuned)


def joined(name: str, text: str, labels: dict[str, list[Label]], answers: dict[str, str]) -> LabelledDocument:
    """A solicitation with the labels of its sentences, found by their hashes."""
    document = parse(File(f"{name}.txt", text.encode()))
    found = []
    for clause in segment(document):
        for sentence in clause.sentences:
            words = " ".join(document[sentence.span].split())
            key = sha256(words.lower().encode()).hexdigest()[:12]
            found += [LabelledText(words, label) for label in labels.get(key, ())]
    return LabelledDocument(name, f"gsa {name}", document, tuple(found), answers, "gsa_solicitations")


def sources(shared: Path, without: Sequence[str]) -> list[Source]:
    """All that the default model learns from, but for the labels files that are left out."""
    made = [labelled(shared / "labels" / "dev.jsonl", is_tuned=True)] if "dev" not in without else []
    if "check" not in without:
        made.append(labelled(shared / "labels" / "check.jsonl", is_tuned=False))
    made += federal(shared / "data" / "gsa_solicitations" / "train.jsonl.gz")
    made += [own(path, is_tuned=True) for path in sorted((samples_folder() / "labels").glob("*.jsonl"))]
    made += [own(p, is_tuned=p.name in TUNED) for p in sorted((samples_folder() / "training").glob("*.jsonl"))]
    return made


def show(name: str, done: int, count: int) -> None:
    """Progress, on one line."""
    print(f"\r{name}: {done} of {count}   ", end="", file=sys.stderr, flush=True)


def validate(shared: Path, *, curve: bool, folds: int) -> None:
    """Score dev by models that saw no document of the agency; on request with fewer and fewer other agencies."""
    analyzer = Analyzer(model=None)
    known = sources(shared, ["dev", "check"])
    tuned = {document.name for source in known if source.is_tuned for document in source.documents}
    scored = load_labelled(shared / "labels" / "dev.jsonl", agencies=load_agencies(AGENCIES))
    tuned |= {document.name for document in scored}
    others = [document for source in known for document in source.documents]
    rules = outcomes_of(scored, analyzer=analyzer)
    parts = (1.0, 0.3, 0.0) if curve else (1.0,)
    for part in parts:
        kept = [
            document for document in others if int(sha256(document.agency.encode()).hexdigest(), 16) % 100 < 100 * part
        ]
        outcomes = cross_validate(scored, kept, analyzer=analyzer, tuned=tuned, folds=folds, progress=show)
        agencies = len({document.agency for document in [*scored, *kept]})
        result = evaluate(
            scored,
            outcomes,
            labels="dev.jsonl",
            system=f"rules and models trained on {agencies - 1} other agencies",
            by=[By.AGENCY, By.SUBTYPE],
            champion=("the rules alone", rules),
        )
        print(render_evaluation_text(result, names_of(analyzer.rules), with_mistakes=part == 1.0, width=120))


def main() -> None:
    """Train or validate."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("output", type=Path, nargs="?")
    parser.add_argument("--without", nargs="*", default=[], choices=["dev", "check"])
    parser.add_argument("--date", default="")
    parser.add_argument("--records", type=Path, help="Track records to put the model's into.")
    parser.add_argument("--cross-validate", action="store_true")
    parser.add_argument("--learning-curve", action="store_true")
    parser.add_argument("--folds", type=int, default=5, help="Parts of the agencies of dev; 5.")
    arguments = parser.parse_args()
    if arguments.cross_validate or arguments.learning_curve:
        validate(arguments.shared, curve=arguments.learning_curve, folds=arguments.folds)
        return
    if arguments.output is None:
        parser.error("name the folder of the model")
    analyzer = Analyzer(model=None)
    known = sources(arguments.shared, arguments.without)
    trained = train(known, arguments.output, analyzer=analyzer, date=arguments.date, progress=show)
    print(render_evaluation_text(trained.evaluation, names_of(analyzer.rules), with_mistakes=False, width=120))
    if arguments.records:
        keep_record(arguments.records, trained.evaluation.agreements)


def keep_record(path: Path, agreements: Sequence[Agreement]) -> None:
    """Put what the model found alone, on agencies that it did not see, beside the records of the rules."""
    known = load_records(path)
    found = records_of(agreements, on=known.on, today=known.day or date.min, version=known.version).rules
    of_model = {name: record for name, record in found.items() if name.startswith("model/")}
    path.write_text(render_records(replace(known, rules={**known.rules, **of_model})), encoding="utf-8")


if __name__ == "__main__":
    main()
