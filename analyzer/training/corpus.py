"""Labelled documents as detection sees them: every sentence with its context, the rules' evidence and its labels."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from analyzer.classification.features import Instance, WordLists, instances_of
from analyzer.engine import Analyzer
from analyzer.rules import Status
from analyzer.segmentation import document_kind, parties, segment
from analyzer.training.agreement import GramIndex, grams_of
from analyzer.training.samples import Label, LabelledDocument, LabelledText

__all__ = ["Example", "examples_of", "word_lists"]

_OF_SENTENCE = 0.3
"""Part of a sentence that a label must cover, as for a finding to be right."""
_PIECE = 0.34
"""A sentence that holds less than this of its label is a piece of it, whatever its own words say."""


@dataclass(frozen=True)
class Example:
    """One sentence with what people said of it."""

    instance: Instance
    labels: Mapping[str, Label]
    """By category; empty for a negative."""
    doc: str
    agency: str
    source: str
    pieces: frozenset[str] = frozenset()
    """Categories that it has only as a fragment of a longer labelled passage: neither for nor against them."""
    is_whole: bool = True
    """It stands in a document that was read whole, with as many negatives as there are."""
    is_tuned: bool = False
    """Rules were written with this document at hand, so that they look better on it than they are."""


def word_lists(analyzer: Analyzer) -> WordLists:
    """The single words that the rules' vocabulary has for the two sides."""
    sets = analyzer.rules.vocabulary

    def words(name: str) -> frozenset[str]:
        return frozenset(word for word in sets.get(name, ()) if word.isalpha())

    return WordLists(words("buyer"), words("vendor"))


def examples_of(
    analyzer: Analyzer,
    documents: Sequence[LabelledDocument],
    lists: WordLists,
    *,
    tuned: Collection[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> list[Example]:
    """Every sentence of the documents, in order; ``tuned`` names documents that rules were written with."""
    made: list[Example] = []
    for number, labelled in enumerate(documents, 1):
        made += _examples(analyzer, labelled, lists, is_tuned=labelled.name in tuned)
        if progress:
            progress(number, len(documents))
    return made


def _examples(analyzer: Analyzer, labelled: LabelledDocument, lists: WordLists, *, is_tuned: bool) -> list[Example]:
    document = labelled.document
    segments = segment(document)
    kind = document_kind(document, segments)
    named = parties(document)
    drafts = {rule.id for rule in analyzer.rules.rules if rule.status is Status.DRAFT}
    found = analyzer.matcher(document, segments, parties=named, kind=kind)
    matches = [match for match in found if match.rule not in drafts]  # as in scanning
    instances = sorted(
        instances_of(document, segments, matches, lists, named, kind), key=lambda item: item.sentence.span
    )
    known = _Labels(labelled.labels)
    made = []
    for instance in instances:
        labels, pieces = known.of(instance.text)
        made.append(
            Example(
                instance,
                labels,
                labelled.name,
                labelled.agency,
                labelled.source,
                pieces,
                is_whole=bool(labelled.checklist),
                is_tuned=is_tuned,
            )
        )
    return made


class _Labels:
    """The labels of a document, found by the words that a sentence shares with them."""

    def __init__(self, labels: Sequence[LabelledText]) -> None:
        self._labels = [(grams_of(item.text), item.label) for item in labels]
        self._index = GramIndex(grams for grams, _ in self._labels)

    def of(self, text: str) -> tuple[dict[str, Label], frozenset[str]]:
        """The labels of a sentence by category, and the categories of which it holds a fragment only."""
        grams = grams_of(text)
        found: dict[str, Label] = {}
        pieces: set[str] = set()
        for position in self._index.matches(grams):
            of_label, label = self._labels[position]
            shared = len(grams & of_label)
            if shared / len(grams) < _OF_SENTENCE:
                continue
            if shared / len(of_label) < _PIECE:
                pieces.add(label.category)
            else:
                found.setdefault(label.category, label)
        return found, frozenset(pieces - set(found))
