"""How far two annotators agree on the same sentences.

Two figures that answer different questions. Kappa (Cohen, Educational and Psychological Measurement 20, 1960) asks how
far agreement goes beyond what chance would give, and needs the sentences that both found harmless. Span F1 counts
labels alone, matched by the words that they share, for files that list nothing else: it is positive specific agreement
(Hripcsak & Rothschild, JAMIA 12, 2005), and does not depend on who is held against whom.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analyzer.errors import SampleError
from analyzer.phrases import words_of
from analyzer.training.agreement import GramIndex, grams_of
from analyzer.training.measures import Floats, Measure, draw, f1_of, measured, ratio
from analyzer.training.problems import label_name
from analyzer.training.samples import Label, Sample

__all__ = [
    "Annotators",
    "CategoryAgreement",
    "Disagreement",
    "SpanAgreement",
    "by_annotator",
    "compare_annotators",
]

_DRAWS = 1000
_ENOUGH_DOCUMENTS = 5
"""With fewer, drawing documents says little, and sentences are drawn."""
_NO_LABEL = "no label"


@dataclass(frozen=True, slots=True)
class CategoryAgreement:
    """Yes or no for one category, or the set of categories for all of them, on the sentences that both read."""

    name: str
    """Empty for all categories together."""
    both: int
    """Sentences to which both gave it; for all categories, to which both gave the same, none included."""
    only_first: int
    only_second: int
    neither: int
    """For all categories 0, and ``only_first`` holds every sentence on which they differ."""
    observed: float
    """Share of sentences on which they agree, 0 to 1."""
    expected: float
    """Share on which they would agree by chance, each labelling as often as here."""
    kappa: Measure
    """-1 to 1; without a value where chance alone would agree on everything."""


@dataclass(frozen=True, slots=True)
class SpanAgreement:
    """Labels of one category, or of all, matched by words."""

    name: str
    first: int
    """Labels that the first annotator gave."""
    second: int
    first_found: int
    """Of these, how many match a label of the second annotator."""
    second_found: int
    f1: Measure


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A sentence that two annotators label in different ways."""

    text: str
    doc: str
    first: tuple[Label, ...]
    second: tuple[Label, ...]
    about: str
    """``category``, ``subtype`` or ``severity``: the first of these in which they differ."""
    places: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Annotators:
    """What two annotators say of the same sentences."""

    names: tuple[str, str]
    sentences: int
    """Those that both read."""
    only_first: int
    """Sentences that only the first file lists."""
    only_second: int
    documents: int
    overall: CategoryAgreement
    categories: tuple[CategoryAgreement, ...]
    spans: tuple[SpanAgreement, ...]
    """All categories together first."""
    disagreements: tuple[Disagreement, ...]
    drawn: str
    """What the intervals draw anew: ``documents`` or ``sentences``."""


def by_annotator(samples: Iterable[Sample], file: str = "the file") -> dict[str, list[Sample]]:
    """Samples of one file by who labelled them, in the order of names. Raises SampleError with fewer than two names."""
    found: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        found[sample.annotator].append(sample)
    if len(found) < 2:
        cause = f"has labels of one annotator only: {next(iter(found)) or 'no name'}." if found else "holds no sample."
        remedy = "Name a second file, or a file whose rows say who labelled them."
        raise SampleError(file, cause, remedy)
    return dict(sorted(found.items()))


def compare_annotators(
    first: Sequence[Sample], second: Sequence[Sample], *, names: tuple[str, str] = ("A", "B"), seed: int = 1
) -> Annotators:
    """Hold the samples of two annotators against each other.

    A sentence is the same where document and words are; where one of the files names no documents, words alone count.
    Raises SampleError where one of them is empty.
    """
    for name, samples in zip(names, (first, second), strict=True):
        if not samples:
            raise SampleError(name, "holds no sample.", "Name a file with at least one labelled sentence.")
    has_docs = all(any(sample.doc for sample in samples) for samples in (first, second))
    one, other = _by_sentence(first, has_docs=has_docs), _by_sentence(second, has_docs=has_docs)
    pairs = [(sample, other[key]) for key, sample in one.items() if key in other]
    documents = sorted({sample.doc for sample, _ in pairs})
    drawn = "documents" if len(documents) >= _ENOUGH_DOCUMENTS else "sentences"
    categories = sorted({label.category for sample in (*first, *second) for label in sample.labels})
    return Annotators(
        names,
        len(pairs),
        len(one) - len(pairs),
        len(other) - len(pairs),
        len(documents),
        _overall(pairs, drawn, seed),
        tuple(_category(name, pairs, drawn, seed) for name in categories),
        tuple(_spans(first, second, categories, has_docs=has_docs, seed=seed)),
        tuple(_disagreements(pairs)),
        drawn,
    )


Pair = tuple[Sample, Sample]


def _by_sentence(samples: Iterable[Sample], *, has_docs: bool) -> dict[tuple[str, ...], Sample]:
    """Samples by what makes them the same sentence; the labels of one that is listed twice are put together."""
    found: dict[tuple[str, ...], Sample] = {}
    for sample in samples:
        doc = sample.doc if has_docs else ""
        key = (doc, " ".join(words_of(sample.text)) or sample.text, " ".join(words_of(sample.lead_in)))
        known = found.get(key)
        labels = tuple(dict.fromkeys((*(known.labels if known else ()), *sample.labels)))
        found[key] = Sample(sample.text, labels, doc=sample.doc, place=known.place if known else sample.place)
    return found


def _names_of(sample: Sample) -> str:
    return " and ".join(sorted({label.category for label in sample.labels})) or _NO_LABEL


def _category(name: str, pairs: Sequence[Pair], drawn: str, seed: int) -> CategoryAgreement:
    said = [tuple("yes" if _has(sample, name) else "no" for sample in pair) for pair in pairs]
    counts = Counter(said)
    observed, expected, kappa = _kappa(said, [one.doc for one, _ in pairs], drawn, seed)
    both, neither = counts["yes", "yes"], counts["no", "no"]
    return CategoryAgreement(name, both, counts["yes", "no"], counts["no", "yes"], neither, observed, expected, kappa)


def _has(sample: Sample, category: str) -> bool:
    return any(label.category == category for label in sample.labels)


def _overall(pairs: Sequence[Pair], drawn: str, seed: int) -> CategoryAgreement:
    said = [(_names_of(one), _names_of(other)) for one, other in pairs]
    same = sum(one == other for one, other in said)
    observed, expected, kappa = _kappa(said, [one.doc for one, _ in pairs], drawn, seed)
    return CategoryAgreement("", same, len(pairs) - same, 0, 0, observed, expected, kappa)


def _kappa(
    said: Sequence[tuple[str, ...]], documents: Sequence[str], drawn: str, seed: int
) -> tuple[float, float, Measure]:
    """Observed and expected agreement, and kappa with its interval."""
    if not said:
        return 0.0, 0.0, Measure(None)
    names = {name: place for place, name in enumerate(sorted({name for pair in said for name in pair}))}
    docs = {name: place for place, name in enumerate(sorted(set(documents)))}
    kinds = {pair: place for place, pair in enumerate(sorted(set(said)))}
    counts = np.zeros((len(docs), len(kinds)))
    for pair, doc in zip(said, documents, strict=True):
        counts[docs[doc], kinds[pair]] += 1
    tables = _drawn(counts, list(docs), drawn, seed)
    first, second = (np.eye(len(names))[[names[pair[side]] for pair in kinds]] for side in (0, 1))
    is_same = np.array([float(one == other) for one, other in kinds])
    observed = ratio(tables @ is_same, tables.sum(axis=1))
    expected = ratio(((tables @ first) * (tables @ second)).sum(axis=1), tables.sum(axis=1) ** 2)
    kappa = ratio(observed - expected, np.where(expected > 1 - 1e-12, 0.0, 1 - expected))
    return float(observed[0]), float(expected[0]), measured(kappa)


def _drawn(counts: Floats, docs: Sequence[str], drawn: str, seed: int) -> Floats:
    """How often each pair of answers (a column of ``counts``) comes up: in all, then in each draw."""
    if drawn == "documents":
        return draw(docs, draws=_DRAWS, seed=seed) @ counts
    total = counts.sum(axis=0)
    generator = np.random.default_rng(seed)
    return np.vstack([total, generator.multinomial(int(total.sum()), total / total.sum(), size=_DRAWS)])


def _spans(
    first: Sequence[Sample], second: Sequence[Sample], categories: Sequence[str], *, has_docs: bool, seed: int
) -> Iterator[SpanAgreement]:
    """Span F1 of all categories, then of each. Documents are drawn anew; with one document there is no interval."""
    docs = sorted({sample.doc if has_docs else "" for sample in (*first, *second)})
    tables = {name: np.zeros((len(docs), 4)) for name in categories}
    texts = [_texts(samples, has_docs=has_docs) for samples in (first, second)]
    for row, doc in enumerate(docs):
        for name in categories:
            mine, yours = (side.get((doc, name), ()) for side in texts)
            tables[name][row] = [len(mine), len(yours), _matched(mine, yours), _matched(yours, mine)]
    weights = draw(docs, draws=_DRAWS, seed=seed)
    everything = np.sum([*tables.values()], axis=0) if tables else np.zeros((len(docs), 4))
    for name, table in (("", everything), *tables.items()):
        total = weights @ table
        f1: Floats = f1_of(ratio(total[:, 3], total[:, 1]), ratio(total[:, 2], total[:, 0]))
        one, other, one_found, other_found = (int(count) for count in total[0])
        yield SpanAgreement(name, one, other, one_found, other_found, measured(f1))


def _texts(samples: Iterable[Sample], *, has_docs: bool) -> Mapping[tuple[str, str], list[str]]:
    """Labelled texts by document and category, each once."""
    found: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for sample in samples:
        for label in sample.labels:
            found[sample.doc if has_docs else "", label.category][sample.text] = None
    return {key: list(texts) for key, texts in found.items()}


def _matched(texts: Sequence[str], others: Sequence[str]) -> int:
    """How many texts share at least half of the words of one of the others, in threes."""
    index = GramIndex(map(grams_of, others))
    return sum(bool(index.matches(grams_of(text))) for text in texts)


def _disagreements(pairs: Iterable[Pair]) -> Iterator[Disagreement]:
    """What the two should talk about: categories first, then subtypes, then severities."""
    found = []
    for one, other in pairs:
        about = "category" if _names_of(one) != _names_of(other) else ""
        if not about and _full_names(one) != _full_names(other):
            about = "subtype"
        if about or _differ_in_severity(one, other):
            places = (one.place, other.place)
            found.append(Disagreement(one.text, one.doc, one.labels, other.labels, about or "severity", places))
    order = ("category", "subtype", "severity")
    yield from sorted(found, key=lambda item: order.index(item.about))


def _full_names(sample: Sample) -> set[str]:
    return {label_name(label.category, label.subtype) for label in sample.labels}


def _differ_in_severity(one: Sample, other: Sample) -> bool:
    """They state unlike severities of one label; a severity that is left out says nothing."""
    stated = {(label.category, label.subtype): label.severity for label in one.labels}
    return any(
        label.severity and label.severity is not mine
        for label in other.labels
        if (mine := stated.get((label.category, label.subtype)))
    )
