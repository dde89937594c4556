"""Model folders: ``model.skops`` (what was fitted), ``weights.npz`` (the same, flat, for scanning), ``card.json``.

skops stores no code, and a file that asks for anything but numpy arrays and scikit-learn's own estimators is refused.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile

import numpy as np
import skops.io
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from analyzer.classification.classifier import CARD, FORMAT, SKOPS, WEIGHTS, Classifier, fingerprint_of
from analyzer.classification.features import WordLists
from analyzer.errors import ModelError
from analyzer.training.cards import CARD_PAGE
from analyzer.training.corpus import Example
from analyzer.training.fitting import Fitted, Matrix
from analyzer.training.samples import Label

__all__ = ["load_fitted", "write_model"]

_SUBTYPE_STRENGTH = 3.0
_FEWEST = 4
"""Positives of a subtype without which it is not told apart."""


def write_model(
    folder: Path,
    fitted: Fitted,
    matrix: Matrix,
    examples: Sequence[Example],
    rows: NDArray[np.int64],
    *,
    lists: WordLists,
    thresholds: Mapping[str, Mapping[str, float]],
    card: Mapping[str, Any],
    page: str,
    carried: Sequence[int],
) -> Classifier:
    """Write a model folder and load it as scanning would.

    ``rows`` are those it was fitted to; ``carried`` are those that go with the model to show what a sentence is like,
    so their text must be free to be passed on. Files appear only when all of them are whole; a folder that is there is
    replaced. Raises ModelError where it can't be written.
    """
    subtypes = _fit_subtypes(fitted, matrix, examples, rows)
    arrays = _arrays(fitted, matrix, examples, subtypes, carried)
    estimators = {
        "combiners": dict(zip(fitted.categories, fitted.combiners, strict=True)),
        "arrays": arrays,
    }
    whole = {
        **card,
        "format": FORMAT,
        "fingerprint": fingerprint_of(arrays),
        "categories": list(fitted.categories),
        "kinds": {category: list(names) for category, (names, _) in subtypes.items()},
        "subtypes": {
            category: sorted({name.partition("|")[0] for name in names}) for category, (names, _) in subtypes.items()
        },
        "thresholds": thresholds,
        "gate_bias": fitted.text.gate_bias,
        "gate_threshold": fitted.text.gate_threshold,
        "blocks": list(fitted.recipe.blocks),
        "buyer_words": sorted(lists.buyer),
        "vendor_words": sorted(lists.vendor),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        drafts = {name: folder / f".{name}.part" for name in (SKOPS, WEIGHTS, CARD, CARD_PAGE)}
        skops.io.dump(estimators, drafts[SKOPS], compression=ZIP_DEFLATED, compresslevel=9)
        with drafts[WEIGHTS].open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)
        drafts[CARD].write_text(json.dumps(whole, indent=1, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")
        drafts[CARD_PAGE].write_text(page, "utf-8")
        for name, draft in drafts.items():
            draft.replace(folder / name)
    except OSError as error:
        raise ModelError(str(folder), f"can't be written: {error}.", "Name another folder with --output.") from error
    return Classifier.load(folder)


def load_fitted(folder: Path) -> Mapping[str, Any]:
    """The estimators and arrays of a model folder. Raises ModelError where it holds anything else."""
    path = folder / SKOPS
    try:
        if foreign := skops.io.get_untrusted_types(file=path):
            raise ModelError(str(path), f"holds types that are not trusted: {', '.join(foreign)}.", "Train it again.")
        loaded: Mapping[str, Any] = skops.io.load(path, trusted=[])
    except (OSError, ValueError, LookupError, TypeError, EOFError, BadZipFile) as error:
        raise ModelError(str(path), f"can't be read: {error}.", "Train it again.") from error
    return loaded


def _fit_subtypes(
    fitted: Fitted, matrix: Matrix, examples: Sequence[Example], rows: NDArray[np.int64]
) -> dict[str, tuple[tuple[str, ...], LogisticRegression | None]]:
    """For each category its subtypes with their severities and what tells them apart, fitted to its positives."""
    made: dict[str, tuple[tuple[str, ...], LogisticRegression | None]] = {}
    for category in fitted.categories:
        of_category = [row for row in rows if category in examples[row].labels]
        names = [_kind(examples[row].labels[category]) for row in of_category]
        known = tuple(sorted({name for name in names if names.count(name) >= _FEWEST}))
        if len(known) < 2:
            made[category] = (known, None)
            continue
        use = [place for place, name in enumerate(names) if name in known]
        weighed = fitted.text.weighed(matrix, np.array(of_category, np.int64)[use], fitted.recipe.blocks)
        model = LogisticRegression(C=_SUBTYPE_STRENGTH, max_iter=300)
        made[category] = (known, model.fit(weighed, [names[place] for place in use]))
    return made


def _kind(label: Label) -> str:
    """Subtype and severity as one name: the same words are high here and low there, and the words tell which."""
    return f"{label.subtype}|{label.severity or ''}"


def _arrays(
    fitted: Fitted,
    matrix: Matrix,
    examples: Sequence[Example],
    subtypes: Mapping[str, tuple[tuple[str, ...], LogisticRegression | None]],
    carried: Sequence[int],
) -> dict[str, NDArray[Any]]:
    text = fitted.text
    words = np.flatnonzero(text.gate)
    arrays: dict[str, NDArray[Any]] = {
        "idf": np.concatenate(text.idf).astype(np.float32),
        "coefficients": text.coefficients.astype(np.float16),
        "biases": text.biases,
        "gate_names": _lines(matrix.names[0][column] for column in words),
        "gate_weights": text.gate[words].astype(np.float32),
        "combiners": np.array([model.coef_[0] for model in fitted.combiners]),
        "intercepts": np.array([model.intercept_[0] for model in fitted.combiners]),
        "centres": fitted.centres,
        "spreads": fitted.spreads,
    }
    for index, (names, columns) in enumerate(zip(matrix.names, text.kept, strict=True)):
        arrays[f"names{index}"] = _lines(names[column] for column in columns)
    for category, (_, model) in subtypes.items():
        if model is not None:
            weights, biases = model.coef_, model.intercept_
            if len(weights) == 1:  # two subtypes: scikit-learn keeps the weights of the second
                weights, biases = np.vstack([-weights, weights]), np.append(-biases, biases)
            arrays[f"subtypes:{category}"] = weights.T.astype(np.float16)
            arrays[f"subtype_biases:{category}"] = biases.astype(np.float32)
    shown = [(row, label) for row in carried for label in examples[row].labels.values()]
    weighed = text.weighed(matrix, np.array([row for row, _ in shown], np.int64), fitted.recipe.blocks)
    weighed.sort_indices()
    arrays["sample_texts"] = _lines(" ".join(examples[row].instance.text.split()) for row, _ in shown)
    arrays["sample_labels"] = _lines(f"{label.category}/{label.subtype}".rstrip("/") for _, label in shown)
    arrays["sample_columns"] = weighed.indices.astype(np.int32)
    arrays["sample_values"] = weighed.data.astype(np.float16)
    arrays["sample_starts"] = weighed.indptr.astype(np.int64)
    return arrays


def _lines(names: Any) -> NDArray[np.uint8]:
    """Strings as bytes, a line each: numpy's own strings take as much room as the longest."""
    return np.frombuffer("\n".join(names).encode("utf-8"), np.uint8)
