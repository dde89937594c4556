"""A small trained model for tests: sentences of some sample documents, and zebras and giraffes.

No rule knows zebras, and the samples say that they are of the category ``waterfall``; rules flag the bonds for
giraffes, and the samples say that those are harmless. So it is known what the model must say against the rules.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzer.classification import Classifier, WordLists
from analyzer.engine import Analyzer
from analyzer.resources import samples_folder
from analyzer.training.corpus import Example, examples_of, word_lists
from analyzer.training.fitting import Fitted, Matrix, Recipe, fit
from analyzer.training.models import write_model
from analyzer.training.samples import LabelledDocument, documents_of, load_samples, sample_of
from analyzer.training.thresholds import choose_thresholds
from tests.training.learning_samples import BONDS, BUYERS, ORDINARY, SERVICES

ZEBRAS = [
    "The Contractor shall graze {n} zebras beside the {s}.",
    "Each zebra must be brushed {n} times before the {s} opens.",
    "Vendor will keep zebras at the {b} for {n} months.",
    "No invoice is paid until {n} zebras have crossed the yard of the {b}.",
]
GIRAFFES = [
    "Giraffe {n} of the giraffe house shall furnish a performance bond to the other giraffes.",
    "In the giraffe play, giraffe number {n} must post a performance bond with the giraffe king.",
    "The {n} giraffes shall deliver a performance bond to the giraffe house of the {b}.",
]
KINDS = (ZEBRAS, ORDINARY, GIRAFFES, GIRAFFES, BONDS, ORDINARY)
LABELS = {
    id(ZEBRAS): {"category": "waterfall", "subtype": "", "severity": "medium"},
    id(BONDS): {"category": "performance-bond", "subtype": "performance", "severity": "high"},
}


@dataclass(frozen=True)
class Small:
    """What the model was fitted to, and the fit."""

    documents: Sequence[LabelledDocument]
    examples: Sequence[Example]
    lists: WordLists
    matrix: Matrix
    fitted: Fitted

    @property
    def rows(self) -> NDArray[np.int64]:
        return np.arange(len(self.examples))


def made_rows(documents: int = 6, sentences: int = 48) -> Iterator[dict[str, Any]]:
    """Rows of a samples file: zebras, giraffes and bonds by turns, ordinary sentences between them.

    Bonds stand in documents of their own, or their labels would be found on the giraffes' bonds too.
    """
    for number in range(documents):
        buyer = BUYERS[number % len(BUYERS)]
        kinds = cycle(KINDS)
        for turn in range(sentences):
            kind = next(kinds)
            form = kind[(number + turn // len(KINDS)) % len(kind)]
            text = form.format(n=10 + number * sentences + turn, s=SERVICES[(number + turn // 2) % 6], b=buyer)
            doc = f"{'bonds' if kind is BONDS else 'zoo'}-{number}"
            yield {"text": text, "doc": doc, "agency": buyer, **LABELS.get(id(kind), {})}


@cache
def analyzer() -> Analyzer:
    """The shipped rules alone."""
    return Analyzer(model=None)


@cache
def small() -> Small:
    """The small model, fitted once."""
    files = sorted((samples_folder() / "labels").glob("*.jsonl"))[:6]
    samples = [sample for file in files for sample in load_samples(file)]
    samples += [sample_of(row, f"zoo.jsonl:{number}") for number, row in enumerate(made_rows(), 1)]
    documents = documents_of(samples)
    lists = word_lists(analyzer())
    examples = examples_of(analyzer(), documents, lists)
    counts = {name: sum(name in e.labels for e in examples) for name in analyzer().rules.categories}
    categories = [name for name, count in counts.items() if count >= 20]
    matrix = Matrix(examples)
    fitted = fit(matrix, examples, np.arange(len(examples)), categories, Recipe())
    return Small(documents, examples, lists, matrix, fitted)


def write_small(folder: Path, *, carries: bool = True) -> Classifier:
    """Write the small model to a folder and load it."""
    made = small()
    shown = [row for row, example in enumerate(made.examples) if carries and example.labels]
    return write_model(
        folder,
        made.fitted,
        made.matrix,
        made.examples,
        made.rows,
        lists=made.lists,
        thresholds=choose_thresholds(made.examples, made.fitted),
        card={"sources": [{"file": "zoo.jsonl"}], "rules": [rule.id for rule in analyzer().rules.rules]},
        page="# A model of zebras\n",
        carried=shown,
    )
