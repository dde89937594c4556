"""Training: from samples to a model folder, its card and its thresholds, and ``fairterms train``."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from analyzer.cli import main
from analyzer.engine import Analyzer
from analyzer.errors import SampleError
from analyzer.resources import patterns_folder
from analyzer.segmentation import segment
from analyzer.training.corpus import examples_of
from analyzer.training.fitting import Recipe, fit, folds_of
from analyzer.training.samples import documents_of, sample_of
from analyzer.training.sources import Source
from analyzer.training.thresholds import choose_thresholds
from analyzer.training.training import Trained, cross_validate, train
from tests.rule_folders import HEAD, pattern, rule, write_folder
from tests.small_models import analyzer, made_rows, small
from tests.training.learning_samples import rows as alternating_rows
from tests.training.learning_samples import write_samples

Rows = list[dict[str, Any]]
ZEBRA = "The Contractor shall graze 7 zebras beside the library."
ROWS: Rows = list(made_rows())
SHOWN, CLOSED = ROWS[:192], ROWS[192:]
"""Four documents and two, as two sources."""
FOLDER = ["card.json", "card.md", "model.skops", "weights.npz"]
LICENCE = "CC-BY-4.0, of the zoo"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def source_of(rows: Iterable[Mapping[str, Any]], *, name: str = "zoo.jsonl", **flags: bool) -> Source:
    documents = documents_of(sample_of(row, f"{name}:{number}") for number, row in enumerate(rows, 1))
    return Source(name, "ab" * 32, LICENCE, tuple(documents), **flags)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models") / "zoo"


@pytest.fixture(scope="module")
def trained(folder: Path) -> Trained:
    """A model of two sources, of which one may be shown."""
    mine = source_of(SHOWN, is_shippable=True)
    closed = source_of(CLOSED, name="closed.jsonl", is_tuned=True)
    return train([mine, closed], folder, analyzer=analyzer(), date="2026-01-31")


def test_a_model_is_written(trained: Trained, folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == FOLDER
    assert set(trained.classifier.categories) == {"waterfall", "performance-bond"}
    assert trained.classifier.name == "zoo"
    assert len(trained.classifier.fingerprint) == 16


def test_the_card(trained: Trained, folder: Path) -> None:
    card = json.loads((folder / "card.json").read_text("utf-8"))
    page = (folder / "card.md").read_text("utf-8")
    zoo, closed = card["sources"]
    assert (zoo["file"], zoo["sha256"], zoo["licence"]) == ("zoo.jsonl", "ab" * 32, LICENCE)
    assert (zoo["rules_written_with_it"], zoo["shown_beside_findings"]) == (False, True)
    assert (closed["rules_written_with_it"], closed["shown_beside_findings"]) == (True, False)
    for source, rows in ((zoo, SHOWN), (closed, CLOSED)):
        assert source["sentences"] == len(rows)
        assert source["positives"] == sum(bool(row.get("category")) for row in rows)
        assert source["documents"] == len({row["doc"] for row in rows})
    assert card["sentences"] == len(ROWS)
    assert card["agencies"] == len({row["agency"] for row in ROWS})
    assert (card["date"], set(card["figures"])) == ("2026-01-31", set(trained.classifier.categories))
    for measure in (card["core_macro_f1"], *(row["f1"] for row in card["figures"].values())):
        value, low, high = measure
        assert value is None or 0 <= low <= value <= high <= 1
    for wanted in ("zoo.jsonl", "closed.jsonl", LICENCE, "2026-01-31", "not for", f"{len(ROWS)} sentences"):
        assert wanted in page
    assert [line for line in card["not_for"] if line not in page] == []


def test_no_sample_stands_in_the_card(trained: Trained, folder: Path) -> None:
    written = (folder / "card.json").read_text("utf-8") + (folder / "card.md").read_text("utf-8")
    assert trained.card
    assert [row["text"] for row in ROWS if row["text"] in written] == []
    assert "zebra" not in written
    assert "zoo-0" not in written


def test_only_what_may_be_shown_is_carried(trained: Trained, folder: Path) -> None:
    assert trained.card["sources"]
    with np.load(folder / "weights.npz", allow_pickle=False) as stored:
        texts = set(stored["sample_texts"].tobytes().decode().split("\n"))
    assert texts == {row["text"] for row in SHOWN if row.get("category")}


def test_a_document_that_is_closed_in_one_file_is_not_shown_for_another(tmp_path: Path) -> None:
    mine, closed = source_of(ROWS, is_shippable=True), source_of(CLOSED, name="closed.jsonl")
    write = train([mine, closed], tmp_path / "zoo", analyzer=analyzer())
    with np.load(write.classifier.folder / "weights.npz", allow_pickle=False) as stored:
        texts = set(stored["sample_texts"].tobytes().decode().split("\n"))
    assert texts == {row["text"] for row in SHOWN if row.get("category")}


def test_thresholds(trained: Trained) -> None:
    for of_category in (trained.classifier.thresholds, choose_thresholds(small().examples, small().fitted)):
        for thresholds in of_category.values():
            assert 0 <= thresholds["with rule"] <= thresholds["alone"] <= 1


@given(st.integers(0, 2**32 - 1))
def test_thresholds_of_any_scores(seed: int) -> None:
    made = small()
    random = np.random.default_rng(seed)
    held = random.random(made.fitted.validation.probabilities.shape) ** random.integers(1, 6)
    fitted = replace(made.fitted, validation=replace(made.fitted.validation, probabilities=held))
    for thresholds in choose_thresholds(made.examples, fitted).values():
        assert 0 <= thresholds["with rule"] <= thresholds["alone"] <= 1


@given(st.lists(st.sampled_from([f"agency {n}" for n in range(12)]), min_size=1), st.integers(2, 9))
def test_an_agency_is_never_on_both_sides(agencies: list[str], count: int) -> None:
    folds = folds_of(agencies, count)
    assert folds.shape == (len(agencies),)
    assert 0 <= folds.min() <= folds.max() < count
    assert len(set(zip(agencies, folds.tolist(), strict=True))) == len(set(agencies))
    sizes = np.bincount(folds, minlength=count)
    assert sizes.max() - sizes.min() <= max(agencies.count(agency) for agency in agencies)
    assert folds_of(agencies, count).tolist() == folds.tolist()


def test_rows_that_are_held_out_teach_nothing() -> None:
    """What is said of an agency that was held out doesn't depend on the labels that its sentences have."""
    made = small()
    held = np.array([example.agency == "Port of Calwick" for example in made.examples])
    others = [replace(e, labels={}) if out else e for e, out in zip(made.examples, held, strict=True)]
    assert held.any()
    assert any(e.labels for e, out in zip(made.examples, held, strict=True) if out)
    before, after = (
        fit(made.matrix, examples, made.rows[~held], made.fitted.categories, Recipe()).probabilities(
            made.matrix, examples, made.rows[held]
        )
        for examples in (made.examples, others)
    )
    np.testing.assert_array_equal(before, after)


def test_drafts_are_no_evidence(tmp_path: Path) -> None:
    head = HEAD.replace('"animals"', '"waterfall"').replace('subtype = "wild"\n', "")
    files = {"waterfall/zebra.toml": rule(pattern('any = ["zebra*"]', name="zebra"), head=head)}
    drafted = Analyzer(rules=(write_folder(tmp_path, files),), model=None)
    (document,) = documents_of([sample_of({"text": "A zebra must furnish a performance bond.", "doc": "a"}, "a:1")])
    matches = drafted.matcher(document.document, segment(document.document))
    (example,) = examples_of(drafted, [document], small().lists)
    fired = {match.rule for match in matches if not match.rule.startswith("checklist/")}
    assert "waterfall/zebra" in fired
    assert {item.rule for item in example.instance.evidence} == fired - {"waterfall/zebra"} != set()


POSITIVES: Rows = [row for row in ROWS if row.get("category") == "waterfall"]
NEGATIVES: Rows = [row for row in ROWS if not row.get("category")]
TOO_LITTLE: dict[str, Rows] = {
    "nothing": [],
    "a few": [*POSITIVES[:9], *NEGATIVES],
    "one agency": [{**row, "agency": "North", "doc": "a"} for row in (*POSITIVES, *NEGATIVES)],
    "no positives": NEGATIVES,
    "no negatives": POSITIVES,
}


@pytest.mark.parametrize("case", TOO_LITTLE)
def test_too_little_to_learn_from(case: str, tmp_path: Path) -> None:
    with pytest.raises(SampleError) as error:
        train([source_of(TOO_LITTLE[case])], tmp_path / "model", analyzer=analyzer())
    assert "10 labelled sentences from 3 documents or agencies" in error.value.remedy
    assert "sentences without a label" in error.value.remedy
    assert not (tmp_path / "model").exists()


SCARCE: dict[str, Rows] = {
    "by turns": list(alternating_rows(6, 24)),
    "one negative": [*POSITIVES, *NEGATIVES[:1]],
    "negatives of one agency": [*POSITIVES, *({**row, "agency": "North", "doc": "n"} for row in NEGATIVES)],
    "positives of three agencies in twelve": [
        *POSITIVES[:24],
        *({**row, "agency": f"a{number % 12}", "doc": f"d{number % 12}"} for number, row in enumerate(NEGATIVES)),
    ],
    "the same again and again": [
        {**row, "agency": f"a{number}", "doc": f"d{number}"}
        for row in (POSITIVES[0], NEGATIVES[0])
        for number in range(12)
    ],
    "without documents": [
        {name: value for name, value in row.items() if name not in {"doc", "agency"}}
        for row in (*POSITIVES, *NEGATIVES[:60])
    ],
    "a huge sentence": [*POSITIVES, *NEGATIVES, {"text": "zebras graze " * 80_000, "doc": "zoo-0"}],
}


@pytest.mark.parametrize("case", SCARCE)
def test_scarce_and_odd_samples_make_a_model(case: str, tmp_path: Path) -> None:
    made = train([source_of(SCARCE[case])], tmp_path / "model", analyzer=analyzer())
    assert made.classifier.categories
    assert sorted(path.name for path in (tmp_path / "model").iterdir()) == FOLDER


def test_models_that_did_not_see_an_agency(tmp_path: Path) -> None:
    mine, others = source_of(SHOWN), source_of(CLOSED)
    outcomes = cross_validate(mine.documents, others.documents, analyzer=analyzer(), folds=3)
    assert sorted(outcome.doc for outcome in outcomes) == sorted(document.name for document in mine.documents)
    flagged = {flag.text for outcome in outcomes for flag in outcome.flagged}
    assert flagged
    assert flagged <= {row["text"] for row in SHOWN}
    assert all(0 <= ranked.score <= 1 for outcome in outcomes for ranked in outcome.ranked)


PROGRAM = """
import sys
from pathlib import Path
from analyzer.engine import Analyzer
from analyzer.training.samples import documents_of, load_samples
from analyzer.training.sources import Source
from analyzer.training.training import train
source = Source("zoo.jsonl", "", "", tuple(documents_of(load_samples(Path(sys.argv[1])))), is_shippable=True)
print(train([source], Path(sys.argv[2]), analyzer=Analyzer(model=None)).classifier.fingerprint)
"""


def test_the_same_samples_make_the_same_model(tmp_path: Path) -> None:
    samples = write_samples(tmp_path / "zoo.jsonl", list(made_rows()))
    root = str(patterns_folder().parent)
    printed, cards, weights = [], [], []
    for seed in ("1", "2"):
        output = tmp_path / seed / "zoo"
        environment = {**os.environ, "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": "1", "PYTHONPATH": root}
        command = [sys.executable, "-c", PROGRAM, str(samples), str(output)]
        printed.append(subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout)
        cards.append((output / "card.json").read_text("utf-8"))
        with np.load(output / "weights.npz", allow_pickle=False) as stored:
            weights.append({name: stored[name].tobytes() for name in stored.files})
    assert printed[0] == printed[1]
    assert cards[0] == cards[1]
    assert weights[0] == weights[1]


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    return write_samples(tmp_path / "zoo.jsonl", list(made_rows()))


def test_train_and_scan(samples: Path, tmp_path: Path) -> None:
    output = tmp_path / "models" / "zoo"
    result = run("train", samples, "--output", output, "--licence", LICENCE)
    assert (result.exit_code, result.exception) == (0, None), result.output
    assert f"Wrote {output}." in result.stdout
    assert f"fairterms scan --model {output} DOCUMENT" in result.stdout
    assert sorted(path.name for path in output.iterdir()) == sorted(FOLDER)
    assert LICENCE in (output / "card.md").read_text("utf-8")

    document = tmp_path / "a.txt"
    document.write_text(f"Questions are answered within 7 days.\n\n{ZEBRA}\n\nThe library opens at nine.\n")
    report = json.loads(run("scan", "--model", output, "--format", "json", document).stdout)
    (finding,) = report["findings"]
    assert (finding["detected_by"], finding["text"]) == ("model", ZEBRA)
    assert report["versions"]["model"].startswith("zoo@")
    table = run("scan", "--model", output, document)
    assert table.exit_code == 0
    assert "(model)" in table.stdout
    alone = json.loads(run("scan", "--model", "none", "--format", "json", document).stdout)
    assert (alone["findings"], alone["versions"]["model"]) == ([], None)

    weights = (output / "weights.npz").read_bytes()
    (output / "weights.npz").write_bytes(b"")
    assert run("train", samples, "--output", output, "--no-show").exit_code == 0
    assert len((output / "weights.npz").read_bytes()) < len(weights)  # it carries no samples
    assert sorted(path.name for path in output.iterdir()) == sorted(FOLDER)


def test_doubtful_labels_are_listed(tmp_path: Path) -> None:
    slips = {row["text"] for row in NEGATIVES if "invoices" in row["text"]}
    given = [{**row, "category": "waterfall"} if row["text"] in sorted(slips)[:2] else row for row in ROWS]
    result = run("train", write_samples(tmp_path / "zoo.jsonl", given), "--output", tmp_path / "zoo")
    lines = (tmp_path / "zoo-doubts.tsv").read_text("utf-8").splitlines()
    assert lines[0] == "document\tlabel\treason\ttext"
    assert f"{len(lines) - 1} labels look doubtful" in result.stdout
    doubted = {line.split("\t")[3] for line in lines[1:]}
    assert set(sorted(slips)[:2]) <= doubted <= {row["text"] for row in ROWS}


REFUSED: dict[str, Rows] = {"empty": [], "one class": POSITIVES, "few": [*POSITIVES[:3], *NEGATIVES[:3]]}


@pytest.mark.parametrize("case", REFUSED)
def test_train_refuses_too_little(case: str, tmp_path: Path) -> None:
    samples = write_samples(tmp_path / "rows.jsonl", REFUSED[case])
    result = run("train", samples, "--output", tmp_path / "model")
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1].startswith("fairterms: ")
    assert "10 labelled sentences from 3 documents or agencies" in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize("content", [None, b"{oops", b"\xff\xfe\x00", b'{"category": "waterfall"}', b"[1]"])
def test_train_refuses_what_are_no_samples(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    if content is not None:
        path.write_bytes(content)
    result = run("train", path, "--output", tmp_path / "model")
    assert result.exit_code == 2
    assert "rows.jsonl" in result.stderr
    assert "Traceback" not in result.output


def test_train_says_which_line_is_wrong(tmp_path: Path) -> None:
    rows = [{"text": ZEBRA, "category": "waterfalls", "doc": "a"}, *made_rows()]
    result = run("train", write_samples(tmp_path / "rows.jsonl", rows), "--check-only", "-o", tmp_path / "model")
    assert result.exit_code == 0
    assert "rows.jsonl:1: 'waterfalls' is not a category. Did you mean 'waterfall'?" in result.stderr
    assert not (tmp_path / "model").exists()


def test_scan_refuses_a_folder_that_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ZEBRA)
    for name in (tmp_path, "no-such-model"):
        result = run("scan", "--model", name, tmp_path / "a.txt")
        assert result.exit_code == 2
        assert "fairterms train" in result.stderr
