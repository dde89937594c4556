"""A trained model at work: which sentences of a document it would flag, how sure it is, and why.

Scanning reads ``weights.npz``, the flat numbers of ``model.skops``, so that scikit-learn need not be imported for it
(two seconds on a laptop, as long as a whole scan). `analyzer.training.models` writes both from the same arrays.
"""

import json
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from analyzer.classification.arithmetic import ABSENT, ALONE, WITH_RULE, Floats, dense_tables, rule_scores
from analyzer.classification.features import Instance, WordLists, instances_of, places_of
from analyzer.classification.samples import Neighbour, Samples
from analyzer.classification.vocabulary import Numbers, vocabulary_of
from analyzer.classification.weighing import Sighting, Weighed, blocks_of, gate_scores, sequences_of, weigh
from analyzer.document import Document, Parties, Segment, Sentence, Span
from analyzer.errors import ModelError
from analyzer.findings import Match

__all__ = ["CARD", "FORMAT", "SKOPS", "WEIGHTS", "Classifier", "Neighbour", "Opinion", "Prediction", "fingerprint_of"]

CARD, SKOPS, WEIGHTS = "card.json", "model.skops", "weights.npz"
FORMAT = 1
"""Major version of what a model folder holds."""
_TELLING = 6
"""Words that are shown as what weighed most."""
_FUNCTION_WORDS = frozenset(
    "a an the of in on at to by for with and or be been is are was were as from that this which it its shall".split()
)
"""They weigh something in every sentence, and tell a reader nothing by themselves."""
_AT_ONCE = 512
"""Sentences that are weighed together: more take memory and are no faster."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the model says of one sentence in one category."""

    segment: int
    sentence: Sentence
    category: str
    subtype: str
    severity: str
    """How bad sentences like it were labelled; empty where the model can't tell."""
    probability: float
    is_flagged: bool
    words: tuple[Span, ...] = ()
    """The words that weighed most for it, in the order of the text."""
    neighbours: tuple[Neighbour, ...] = ()


@dataclass(frozen=True, slots=True)
class Opinion:
    """How sure the model is that a sentence belongs to a category, and how sure it must be to say so."""

    category: str
    probability: float
    least: float
    """The probability from which on it flags: lower where a rule fired."""
    is_flagged: bool


@dataclass(frozen=True, slots=True)
class _Judged:
    """What was found out about the sentences of a document."""

    probabilities: NDArray[np.float64]
    """(sentences, categories)."""
    passed: NDArray[np.bool_]
    """Which sentences the gate lets through."""
    rows: Numbers
    """Their numbers."""
    weighed: Weighed | None
    """Their features; None in a long document, where they are worked out again for those that are shown."""


class Classifier:
    """A model, loaded once and used on many documents."""

    def __init__(self, folder: Path, card: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
        self.folder = folder
        self.name = folder.name
        self.card = card
        self.categories: tuple[str, ...] = tuple(card["categories"])
        self.fingerprint: str = card["fingerprint"]
        self.lists = WordLists(frozenset(card["buyer_words"]), frozenset(card["vendor_words"]))
        names = [arrays[f"names{index}"] for index in range(len(card["blocks"]))]
        self._blocks = blocks_of(names, card["blocks"], arrays["idf"].astype(np.float32))
        self._coefficients: Floats = np.ascontiguousarray(arrays["coefficients"].T, np.float32)
        self._biases: Floats = arrays["biases"].astype(np.float32)
        self._gate = vocabulary_of(arrays["gate_names"])
        self._gate_weights: NDArray[np.float64] = arrays["gate_weights"].astype(np.float64)
        self._gate_least: float = float(card["gate_threshold"]) - float(card["gate_bias"])
        self._combiners = arrays["combiners"].astype(np.float64)
        self._intercepts = arrays["intercepts"].astype(np.float64)
        self._centres = arrays["centres"].astype(np.float64)
        self._spreads = arrays["spreads"].astype(np.float64)
        self.thresholds: Mapping[str, Mapping[str, float]] = card["thresholds"]
        self._rules = frozenset(card["rules"])
        self._kinds: Mapping[str, Sequence[str]] = card["kinds"]
        self._of_subtypes = {
            category: (arrays[f"subtypes:{category}"], arrays[f"subtype_biases:{category}"])
            for category in self._kinds
            if f"subtypes:{category}" in arrays
        }
        self._samples = Samples(arrays, len(self._blocks.idf))

    @classmethod
    def load(cls, folder: Path, known: Mapping[str, Collection[str]] | None = None) -> "Classifier":
        """Load a model folder.

        ``known`` has the subtypes of each category that the rules know. Raises ModelError where the folder is not a
        model, is damaged, is of another major version, or has labels that the rules don't know.
        """
        remedy = f"Train it again: fairterms train {_samples_of(folder)} --output {folder}"
        try:
            card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise ModelError(str(folder), f"has no readable {CARD}: {error}.", remedy) from error
        if not isinstance(card, dict):
            raise ModelError(str(folder), f"has a {CARD} that is no JSON object.", remedy)
        if card.get("format") != FORMAT:
            cause = f"is a model of format {card.get('format')}; this version reads format {FORMAT}."
            raise ModelError(str(folder), cause, remedy)
        if known is not None and (unknown := _unknown(card.get("subtypes", {}), known)):
            cause = f"was trained on labels that the rules don't have: {', '.join(unknown)}."
            raise ModelError(str(folder), cause, remedy)
        try:
            with (folder / WEIGHTS).open("rb") as file, np.load(file, allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
            if fingerprint_of(arrays) != card["fingerprint"]:
                raise ValueError(f"it is not the one that {CARD} was written with")
            return cls(folder, card, arrays)
        except (OSError, ValueError, LookupError, TypeError, EOFError, BadZipFile, zlib.error) as error:
            raise ModelError(str(folder), f"has no readable {WEIGHTS}: {error}.", remedy) from error

    def __call__(
        self,
        document: Document,
        segments: Sequence[Segment],
        matches: Iterable[Match],
        *,
        parties: Parties | None = None,
        kind: str = "other",
    ) -> tuple[Prediction, ...]:
        """What it says of every sentence that it would flag or that a rule matched, in the order of the text."""
        found = self.instances(document, segments, matches, parties=parties, kind=kind)
        if not found:
            return ()
        standing, cleared = rule_scores(found, self.categories)
        judged = self._judge(found, standing, cleared)
        probabilities, passed = judged.probabilities, judged.passed
        # A rule that fired may lower the threshold; without one, few sentences come near it.
        alone = np.array([self.thresholds[category][ALONE] for category in self.categories])
        rows, columns = np.nonzero((standing > 0) | (probabilities >= alone))
        places = list(zip(rows.tolist(), columns.tolist(), strict=True))
        said = [
            self._opinion(found[row], self.categories[column], probabilities[row, column], standing[row, column])
            for row, column in places
        ]
        shown = sorted({row for row, _ in places if passed[row]})
        weighed = self._weighed_rows(found, shown, judged)
        flagged = sorted({row for (row, _), one in zip(places, said, strict=True) if one.is_flagged and passed[row]})
        sequences = dict(zip(flagged, sequences_of([found[row] for row in flagged], self._blocks), strict=True))
        return tuple(
            self._prediction(found[row], column, one, weighed.get(row), sequences.get(row, ()))
            for (row, column), one in zip(places, said, strict=True)
        )

    def opinions(self, instances: Sequence[Instance]) -> list[tuple[Opinion, ...]]:
        """What it gives each of a document's sentences in every category; the surest first."""
        if not instances:
            return []
        standing, cleared = rule_scores(instances, self.categories)
        probabilities = self._judge(instances, standing, cleared).probabilities
        made = []
        for row, instance in enumerate(instances):
            said = [
                self._opinion(instance, category, probabilities[row, column], standing[row, column])
                for column, category in enumerate(self.categories)
            ]
            made.append(tuple(sorted(said, key=lambda one: (-one.probability, one.category))))
        return made

    def _opinion(self, instance: Instance, category: str, given: float, standing: float) -> Opinion:
        probability, fired = float(given), standing > 0
        least = self.thresholds[category][WITH_RULE if fired else ALONE]
        if fired and self._is_strange(instance, category):
            # Nothing was learned of this rule's hits: it speaks for itself.
            probability, least = max(probability, float(standing)), 0.0
        return Opinion(category, round(probability, 3), least, probability >= least)

    def _is_strange(self, instance: Instance, category: str) -> bool:
        """Whether a rule fired that the model did not meet in training, such as one that a user wrote."""
        fired = (item.rule for item in instance.evidence if not item.is_cleared)
        return any(rule not in self._rules and rule.partition("/")[0] == category for rule in fired)

    def instances(
        self,
        document: Document,
        segments: Sequence[Segment],
        matches: Iterable[Match],
        *,
        parties: Parties | None = None,
        kind: str = "other",
    ) -> list[Instance]:
        """The sentences that it judges, in the order of the text."""
        found = instances_of(document, segments, matches, self.lists, parties or Parties(), kind)
        return sorted(found, key=lambda item: item.sentence.span)

    def passes(self, instances: Sequence[Instance]) -> NDArray[np.bool_]:
        """Which sentences the gate lets through: enough of their words are telling, or a rule spoke."""
        telling = gate_scores(instances, self._gate, self._gate_weights) >= self._gate_least
        spoken = np.array([bool(instance.evidence) for instance in instances], bool)
        passed: NDArray[np.bool_] = telling | spoken
        return passed

    def probabilities(self, instances: Sequence[Instance]) -> NDArray[np.float64]:
        """Of the sentences of one document, in order: (sentences, categories)."""
        return self._judge(instances, *rule_scores(instances, self.categories)).probabilities

    def _judge(self, instances: Sequence[Instance], standing: Floats, cleared: Floats) -> _Judged:
        scores = np.full((len(instances), len(self.categories)), ABSENT, np.float32)
        passed = self.passes(instances)
        judged = np.flatnonzero(passed)
        weighed = None
        for start in range(0, len(judged), _AT_ONCE):
            rows = judged[start : start + _AT_ONCE]
            weighed = weigh([instances[row] for row in rows.tolist()], self._blocks)
            scores[rows] = self._scores(weighed, len(rows))
        result = np.zeros(scores.shape)
        for column, dense in enumerate(dense_tables(instances, scores, standing, cleared)):
            standard = (dense - self._centres[column]) / self._spreads[column]
            result[:, column] = 1 / (1 + np.exp(-(standard @ self._combiners[column] + self._intercepts[column])))
        return _Judged(result, passed, judged, weighed if len(judged) <= _AT_ONCE else None)

    def _scores(self, weighed: Weighed, count: int) -> Floats:
        """Log-odds of each category: (sentences, categories)."""
        sums = [np.bincount(weighed.rows, row[weighed.columns] * weighed.values, count) for row in self._coefficients]
        return np.stack(sums, axis=1).astype(np.float32) + self._biases

    def _weighed_rows(
        self, instances: Sequence[Instance], rows: Sequence[int], judged: _Judged
    ) -> dict[int, tuple[Numbers, Floats]]:
        """Features and their TF-IDF of some sentences that were judged, by their number."""
        if judged.weighed:
            return {row: judged.weighed.row(int(np.searchsorted(judged.rows, row))) for row in rows}
        weighed: dict[int, tuple[Numbers, Floats]] = {}
        for start in range(0, len(rows), _AT_ONCE):
            together = rows[start : start + _AT_ONCE]
            values = weigh([instances[row] for row in together], self._blocks)
            weighed |= {row: values.row(place) for place, row in enumerate(together)}
        return weighed

    def _prediction(
        self,
        instance: Instance,
        column: int,
        said: Opinion,
        weighed: tuple[Numbers, Floats] | None,
        sequences: Sequence[Sighting],
    ) -> Prediction:
        category = self.categories[column]
        subtype, _, severity = self._kind(category, *weighed).partition("|") if weighed else ("", "", "")
        is_shown = weighed and said.is_flagged
        return Prediction(
            instance.segment,
            instance.sentence,
            category,
            subtype,
            severity,
            said.probability,
            said.is_flagged,
            self._telling_words(instance, column, sequences) if is_shown else (),
            self._samples.like(category, *weighed) if weighed and is_shown else (),
        )

    def _kind(self, category: str, columns: Numbers, values: Floats) -> str:
        """The likeliest subtype and severity of a sentence of a category."""
        names = self._kinds.get(category, ())
        if category not in self._of_subtypes:
            return names[0] if names else ""
        coefficients, biases = self._of_subtypes[category]
        return names[int(np.argmax(values @ coefficients[columns].astype(np.float32) + biases))]

    def _telling_words(self, instance: Instance, column: int, sequences: Sequence[Sighting]) -> tuple[Span, ...]:
        """The few stretches of the sentence whose words weigh most for a category.

        Each sequence of words shares its weight among its words; words next to each other are shown together.
        """
        weights = self._coefficients[column]
        tokens, places = instance.tokens, places_of(instance.text)
        if len(places) < len(tokens):
            return ()
        weight_of = [0.0] * len(tokens)
        for length, start, number in sequences:
            share = float(weights[number] * self._blocks.idf[number]) / length
            for place in range(start, start + length):
                weight_of[place] += share
        said = [place for place, token in enumerate(tokens) if token not in _FUNCTION_WORDS and weight_of[place] > 0]
        chosen = sorted(sorted(said, key=lambda place: (-weight_of[place], place))[:_TELLING])
        offset = instance.sentence.span.start
        spans: list[Span] = []
        previous = -3
        for place in chosen:
            start, end = places[place]
            if place - previous == 1 or (place - previous == 2 and tokens[place - 1] in _FUNCTION_WORDS):
                spans[-1] = Span(spans[-1].start, offset + end)
            else:
                spans.append(Span(offset + start, offset + end))
            previous = place
        return tuple(spans)


def fingerprint_of(arrays: Mapping[str, NDArray[Any]]) -> str:
    """Hash of the numbers of a model, by which its card knows them."""
    digest = sha256()
    for name in sorted(arrays):
        digest.update(name.encode() + np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()[:16]


def _unknown(learned: Mapping[str, Iterable[str]], known: Mapping[str, Collection[str]]) -> list[str]:
    """Labels of a model that the rules don't have."""
    return [
        f"{category}/{name}" if category in known else category
        for category, names in learned.items()
        for name in names or ("",)
        if category not in known or (name and name not in known[category])
    ]


def _samples_of(folder: Path) -> str:
    """The samples that a model says it was trained on, for the way out of an error."""
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        names = [str(source["file"]) for source in card["sources"]]
        return " ".join(names[:3]) + (f" (and {len(names) - 3} more)" if len(names) > 3 else "") or "SAMPLES"
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return "SAMPLES"
