"""What a model is trained from: files of samples, and what the people of a project decided and labelled."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from analyzer.errors import SampleError
from analyzer.rules import RuleSet
from analyzer.training.checking import CheckedSamples, check_samples
from analyzer.training.samples import LabelledDocument, documents_of, sample_of

__all__ = ["Source", "workspace_source"]


@dataclass(frozen=True, slots=True)
class Source:
    """A file that samples came from, as the card names it."""

    file: str
    sha256: str
    licence: str
    documents: tuple[LabelledDocument, ...]
    is_tuned: bool = False
    """The rules were written with it at hand."""
    is_shippable: bool = False
    """Its sentences may be shown beside findings."""


def workspace_source(
    project: str, rows: Sequence[Mapping[str, str]], rules: RuleSet, *, is_shippable: bool = True
) -> tuple[Source, CheckedSamples]:
    """The decisions and labels of a project, as rows of the sample format, and what was wrong with them.

    ``project`` is its name. Raises SampleError where there is no row.
    """
    if not rows:
        raise SampleError(project, "has no decision and no label yet.", "Decide on some findings first.")
    named = [sample_of(row, f"{project}, entry {number}") for number, row in enumerate(rows, start=1)]
    checked = check_samples(named, rules)
    digest = sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()
    documents = tuple(documents_of(checked.samples))
    place = f"workspace/{project}"
    return Source(place, digest, "of the agency", documents, is_shippable=is_shippable), checked
