"""Model folders: what they hold, that they are safe to load, and what is refused."""

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io
from sklearn.linear_model import LogisticRegression

from analyzer.classification import Classifier
from analyzer.engine import Analyzer
from analyzer.errors import ModelError
from analyzer.training.models import load_fitted
from tests.small_models import analyzer, small, write_small


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small(tmp_path_factory.mktemp("models") / "good").folder


@pytest.fixture
def copy(good: Path, tmp_path: Path) -> Path:
    """A model folder to spoil."""
    return Path(shutil.copytree(good, tmp_path / "copy"))


def known() -> dict[str, set[str]]:
    """The subtypes of each category that the rules know."""
    rules = analyzer().rules
    return {name: {r.subtype for r in rules.rules if r.category == name} for name in rules.categories}


def arrays_of(folder: Path) -> dict[str, Any]:
    with np.load(folder / "weights.npz", allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


def with_card(folder: Path, **values: object) -> None:
    card = json.loads((folder / "card.json").read_text("utf-8"))
    (folder / "card.json").write_text(json.dumps(card | values), "utf-8")


def without(folder: Path, name: str) -> None:
    card = json.loads((folder / "card.json").read_text("utf-8"))
    del card[name]
    (folder / "card.json").write_text(json.dumps(card), "utf-8")


def test_a_folder_holds_the_model_and_nothing_else(good: Path) -> None:
    assert sorted(path.name for path in good.iterdir()) == ["card.json", "card.md", "model.skops", "weights.npz"]
    card = json.loads((good / "card.json").read_text("utf-8"))
    assert card["format"] == 1
    assert card["categories"] == list(small().fitted.categories)
    assert set(card["thresholds"]) == set(card["subtypes"]) == set(card["categories"])
    assert set(card["subtypes"]["performance-bond"]) <= known()["performance-bond"]


def test_nothing_in_a_folder_is_pickled(good: Path) -> None:
    assert all(array.dtype != object for array in arrays_of(good).values())
    for name in ("model.skops", "weights.npz"):
        with zipfile.ZipFile(good / name) as packed:
            assert packed.testzip() is None
            assert {Path(member).suffix for member in packed.namelist()} <= {".npy", ".json"}
    assert skops.io.get_untrusted_types(file=good / "model.skops") == []


def test_both_forms_of_a_model_are_the_same(good: Path) -> None:
    loaded, arrays = load_fitted(good), arrays_of(good)
    assert set(loaded["arrays"]) == set(arrays)
    for name, array in loaded["arrays"].items():
        np.testing.assert_array_equal(array, arrays[name])
    categories = small().fitted.categories
    for row, category in enumerate(categories):
        combiner = loaded["combiners"][category]
        assert isinstance(combiner, LogisticRegression)
        np.testing.assert_array_equal(combiner.coef_[0], arrays["combiners"][row])
        np.testing.assert_array_equal(combiner.intercept_[0], arrays["intercepts"][row])


def test_a_second_run_replaces_the_folder(copy: Path) -> None:
    (copy / "weights.npz").write_bytes(b"old")
    before = json.loads((copy / "card.json").read_text("utf-8"))["fingerprint"]
    assert write_small(copy, carries=False).fingerprint != before  # it carries no samples
    again = write_small(copy)
    assert again.fingerprint == before
    assert Classifier.load(copy, known()).fingerprint == before
    assert sorted(path.name for path in copy.iterdir()) == ["card.json", "card.md", "model.skops", "weights.npz"]


def test_samples_are_carried_only_where_they_may_be(good: Path, tmp_path: Path) -> None:
    bare = arrays_of(write_small(tmp_path / "bare", carries=False).folder)
    assert bare["sample_texts"].size == bare["sample_labels"].size == bare["sample_values"].size == 0
    texts = arrays_of(good)["sample_texts"].tobytes().decode().split("\n")
    labelled = {" ".join(e.instance.text.split()) for e in small().examples if e.labels}
    assert set(texts) == labelled


def test_a_folder_that_can_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ModelError, match="can't be written") as error:
        write_small(tmp_path / "file")
    assert "--output" in error.value.remedy


def an_array_too_few(folder: Path) -> None:
    arrays = arrays_of(folder)
    del arrays["combiners"]
    np.savez(folder / "weights.npz", allow_pickle=False, **arrays)


def one_array(folder: Path) -> None:
    with (folder / "weights.npz").open("wb") as file:
        np.save(file, np.zeros(3))


def cut(folder: Path, part: float) -> None:
    whole = (folder / "weights.npz").read_bytes()
    (folder / "weights.npz").write_bytes(whole[: int(len(whole) * part)])


def turned(folder: Path) -> None:
    """Some bytes in the middle are others."""
    whole = bytearray((folder / "weights.npz").read_bytes())
    middle = len(whole) // 2
    whole[middle : middle + 200] = bytes(byte ^ 255 for byte in whole[middle : middle + 200])
    (folder / "weights.npz").write_bytes(whole)


SPOILED: dict[str, tuple[Callable[[Path], object], str]] = {
    "no folder": (shutil.rmtree, "no readable card.json"),
    "no card": (lambda f: (f / "card.json").unlink(), "no readable card.json"),
    "an empty card": (lambda f: (f / "card.json").write_text(""), "no readable card.json"),
    "a card of bytes": (lambda f: (f / "card.json").write_bytes(b"\xff\xfe\x00"), "no readable card.json"),
    "a deep card": (lambda f: (f / "card.json").write_text("[" * 200_000), "no readable card.json"),
    "a card that is a list": (lambda f: (f / "card.json").write_text("[]"), "no JSON object"),
    "another format": (lambda f: with_card(f, format=2), "format 2; this version reads format 1"),
    "no format": (lambda f: without(f, "format"), "format None"),
    "no thresholds": (lambda f: without(f, "thresholds"), "thresholds"),
    "no biases of the gate": (lambda f: without(f, "gate_bias"), "gate_bias"),
    "no blocks": (lambda f: with_card(f, blocks=None), "no readable weights.npz"),
    "an unknown category": (lambda f: with_card(f, subtypes={"gnomes": ["small"]}), "rules don't have: gnomes."),
    "an unknown category without subtypes": (lambda f: with_card(f, subtypes={"gnomes": []}), "don't have: gnomes."),
    "an unknown subtype": (
        lambda f: with_card(f, subtypes={"performance-bond": ["gnomes"]}),
        "rules don't have: performance-bond/gnomes.",
    ),
    "no weights": (lambda f: (f / "weights.npz").unlink(), "no readable weights.npz"),
    "empty weights": (lambda f: cut(f, 0), "no readable weights.npz"),
    "half the weights": (lambda f: cut(f, 0.5), "no readable weights.npz"),
    "nearly all the weights": (lambda f: cut(f, 0.99), "no readable weights.npz"),
    "other bytes in the weights": (turned, "no readable weights.npz"),
    "text for weights": (lambda f: (f / "weights.npz").write_text("hello"), "no readable weights.npz"),
    "one array for weights": (one_array, "no readable weights.npz"),
    "an array too few": (an_array_too_few, "no readable weights.npz"),
}


@pytest.mark.parametrize("spoil", SPOILED)
def test_what_is_no_model_is_refused(spoil: str, copy: Path) -> None:
    damage, cause = SPOILED[spoil]
    damage(copy)
    with pytest.raises(ModelError) as error:
        Classifier.load(copy, known())
    assert error.value.name == str(copy)
    assert cause in error.value.cause
    assert error.value.remedy.startswith("Train it again: fairterms train ")
    assert error.value.remedy.endswith(f"--output {copy}")
    with pytest.raises(ModelError):
        Analyzer(model=copy)


def test_a_name_that_does_not_ship() -> None:
    with pytest.raises(ModelError, match="no-such-model"):
        Analyzer(model="no-such-model")


class Hostile:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def test_a_pickle_among_the_weights_is_not_run(copy: Path, tmp_path: Path) -> None:
    arrays = arrays_of(copy)
    arrays["idf"] = np.array([Hostile(tmp_path / "ran")], dtype=object)
    np.savez(copy / "weights.npz", **arrays)
    with pytest.raises(ModelError, match=r"no readable weights\.npz"):
        Classifier.load(copy)
    assert not (tmp_path / "ran").exists()


class Foreign:
    """An object that scikit-learn doesn't know."""

    def __init__(self) -> None:
        self.value = 1


def test_a_foreign_type_is_refused(copy: Path) -> None:
    skops.io.dump({"combiners": {}, "arrays": Foreign()}, copy / "model.skops")
    with pytest.raises(ModelError) as error:
        load_fitted(copy)
    assert "types that are not trusted" in error.value.cause
    assert "Foreign" in error.value.cause
    assert error.value.remedy == "Train it again."


@pytest.mark.parametrize("content", [None, b"", b"hello", b"PK\x03\x04nothing"])
def test_a_damaged_skops_file_is_refused(copy: Path, content: bytes | None) -> None:
    (copy / "model.skops").unlink()
    if content is not None:
        (copy / "model.skops").write_bytes(content)
    with pytest.raises(ModelError, match="can't be read") as error:
        load_fitted(copy)
    assert error.value.remedy == "Train it again."


def test_scanning_does_not_read_the_estimators(copy: Path) -> None:
    (copy / "model.skops").unlink()
    assert Classifier.load(copy, known()).categories == small().fitted.categories
