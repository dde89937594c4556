"""Rules learned from samples: what they find, what is written, and what becomes of wrong input."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analyzer.document import Parties
from analyzer.errors import RuleError, SampleError
from analyzer.examples import check_examples
from analyzer.matching import RuleMatcher
from analyzer.phrases import Vocabulary
from analyzer.resources import patterns_folder
from analyzer.rulefiles import load_rules
from analyzer.rules import RuleSet, Status
from analyzer.segmentation import segment
from analyzer.training.learning import Learned, Options, learn, write_rules
from analyzer.training.learning.corpus import read_corpus
from analyzer.training.learning.mining import wilson
from analyzer.training.learning.words import make_lexicon, stem
from analyzer.training.samples import load_labelled
from tests.rule_folders import document_of
from tests.training.learning_samples import rows, write_samples

BOND, LIABLE = "performance-bond/learned-performance", "unlimited-liability/learned-explicit"


@pytest.fixture(scope="module")
def shipped() -> RuleSet:
    return load_rules(patterns_folder())


def learned_from(path: Path, shipped: RuleSet, **options: Any) -> Learned:
    return learn(load_labelled(path), shipped, Options(**{"folds": 2, **options}))


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_samples(tmp_path_factory.mktemp("samples") / "samples.jsonl")


@pytest.fixture(scope="module")
def learned(samples: Path, shipped: RuleSet) -> Learned:
    return learned_from(samples, shipped, folds=3)


@pytest.fixture
def folder(tmp_path: Path, learned: Learned) -> Path:
    """A folder of drafts."""
    write_rules(learned, tmp_path / "out")
    return tmp_path / "out"


def flagged(folder: Path, rule: str, *texts: str) -> list[str]:
    """The texts that a rule of the folder flags."""
    rules = load_rules(patterns_folder(), folder)
    alone = RuleSet(
        (rules.rule(rule),), (), rules.categories, rules.references, rules.vocabulary, rules.frequencies, ""
    )
    document = document_of(*texts)
    matches = RuleMatcher(alone)(document, segment(document), parties=Parties(), kind="rfp")
    return [document[match.sentence.span] for match in matches if not match.cleared_by]


def test_learned_rules_load_as_drafts_and_pass_their_examples(folder: Path, shipped: RuleSet) -> None:
    rules = load_rules(patterns_folder(), folder)
    made = [rule for rule in rules.rules if rule.id not in {r.id for r in shipped.rules}]
    assert [rule.id for rule in made] == [BOND, LIABLE]
    for rule in made:
        assert rule.status is Status.DRAFT
        assert rule.flags
        assert rule.passes
        assert rule.instead.start
        assert len({pattern.condition.name for pattern in rule.patterns}) == len(rule.patterns)
    assert list(check_examples(rules, RuleMatcher(rules))) == []


def test_learned_rules_hold_for_sentences_they_never_saw(folder: Path) -> None:
    new = "The Supplier must lodge a performance bond of 5 percent with the District."
    cleared = "No performance bond is required from small firms."
    plain = "The Supplier shall answer questions about the bridge within 5 days."
    assert flagged(folder, BOND, new, cleared, plain) == [new]
    harm = "The Supplier is liable for consequential damages of the District."
    assert flagged(folder, LIABLE, harm, plain) == [harm]


def test_what_clears_a_match_has_a_name(folder: Path) -> None:
    rule = load_rules(patterns_folder(), folder).rule(BOND)
    assert any("no" in condition.name for condition in rule.unless)


def test_the_track_record_comes_from_held_out_agencies(tmp_path: Path, shipped: RuleSet) -> None:
    given = list(rows(documents=6, sentences=24))
    # One agency alone has this wording: no rule for it can be learned without that agency.
    odd = [
        {"text": f"Lot {n}: a completion guaranty accompanies each zebra.", "category": "performance-bond",
         "subtype": "payment", "doc": f"odd-{n}", "agency": "Zoo"}
        for n in range(12)
    ]  # fmt: skip
    result = learned_from(write_samples(tmp_path / "s.jsonl", [*given, *odd]), shipped)
    records = {one.rule.id: one.record for one in result.rules}
    bond = records[BOND]
    assert bond.on == "held-out agencies"
    assert 0 < bond.right <= bond.fired
    assert 0 < bond.caught <= bond.positives == sum(r.get("subtype") == "performance" for r in given)
    assert "performance-bond/learned-payment" not in records


def test_the_record_beside_the_rules_can_be_read(folder: Path) -> None:
    rules = json.loads((folder / "records.json").read_text("utf-8"))["rules"]
    assert sorted(rules) == [BOND, LIABLE]
    for row in rules.values():
        assert 0 <= row["right"] <= row["fired"]
        assert row["on"] == "held-out agencies"
        assert row["source"] == "rfp-0, rfp-1, rfp-2, rfp-3, rfp-4, rfp-5"
    head = (folder / f"{BOND}.toml").read_text("utf-8").split("\n\n")[0]
    assert f"{rules[BOND]['right']} of {rules[BOND]['fired']}" in head


def test_a_second_run_writes_the_same_and_leaves_no_other_files(folder: Path, samples: Path, shipped: RuleSet) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    write_rules(learned_from(samples, shipped, folds=3), folder)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.slow
def test_the_result_does_not_depend_on_the_hash_seed(tmp_path: Path) -> None:
    write_samples(tmp_path / "s.jsonl")
    code = "from analyzer.cli import main; main()"
    for seed in ("1", "2"):
        command = [sys.executable, "-c", code, "learn", "s.jsonl", "-o", f"out{seed}"]
        path = str(Path(__file__).parents[2])
        environment = {**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": seed}
        subprocess.run(command, check=True, cwd=tmp_path, env=environment, capture_output=True)
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / f"out{s}").rglob("*.*")} for s in "12")
    assert one == two


def test_promoted_and_edited_drafts_are_never_overwritten(tmp_path: Path, learned: Learned) -> None:
    out = tmp_path / "out"
    write_rules(learned, out)
    bond, liable = out / f"{BOND}.toml", out / f"{LIABLE}.toml"
    promoted = bond.read_text("utf-8").replace('status = "draft"', 'status = "stable"')
    edited = liable.read_text("utf-8") + "# checked by Ida\n"
    bond.write_text(promoted, "utf-8")
    liable.write_text(edited, "utf-8")
    written = write_rules(learned, out)
    assert written.files == {}
    assert written.kept == {BOND: "it was promoted", LIABLE: "somebody edited it"}
    assert (bond.read_text("utf-8"), liable.read_text("utf-8")) == (promoted, edited)


def test_a_draft_of_somebody_else_is_not_overwritten(tmp_path: Path, learned: Learned) -> None:
    path = tmp_path / "out" / f"{BOND}.toml"
    path.parent.mkdir(parents=True)
    path.write_text('status = "draft"\n', "utf-8")
    assert BOND in write_rules(learned, tmp_path / "out").kept
    assert path.read_text("utf-8") == 'status = "draft"\n'


def test_records_of_another_kind_stop_the_run(tmp_path: Path, learned: Learned) -> None:
    (tmp_path / "records.json").write_text("[1, 2]", "utf-8")
    with pytest.raises(RuleError, match=r"records\.json: is not what fairterms learn writes"):
        write_rules(learned, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] != []
    assert not list(tmp_path.rglob("*.toml"))


def test_a_folder_that_is_a_file_is_named(tmp_path: Path, learned: Learned) -> None:
    (tmp_path / "out").write_text("", "utf-8")
    with pytest.raises(RuleError, match="can't be written"):
        write_rules(learned, tmp_path / "out")


WRONG: list[tuple[list[dict[str, Any]], str]] = [
    ([], "hold no sentences"),
    ([{"text": f"Plain sentence {n}."} for n in range(9)], "hold no sentence with a category"),
    ([{"text": f"A bond of {n}.", "category": "performance-bond"} for n in range(9)], "hold labelled sentences only"),
    (
        [{"text": "A bond.", "category": "performance-bond"}, {"text": "No bond is due."}],
        "no category with enough sentences",
    ),
    (
        [{"text": f"A zebra {n}.", "category": "zebras"} for n in range(9)] + [{"text": "Plain."}],
        "zebras: is not in categories.toml",
    ),
]


@pytest.mark.parametrize(("given", "reason"), WRONG)
def test_samples_that_nothing_can_be_learned_from(
    given: list[dict[str, Any]], reason: str, tmp_path: Path, shipped: RuleSet
) -> None:
    with pytest.raises(SampleError, match=reason):
        learned_from(write_samples(tmp_path / "s.jsonl", given), shipped)


def test_an_unknown_category_is_refused_with_the_known_ones(tmp_path: Path, shipped: RuleSet) -> None:
    with pytest.raises(SampleError, match=r"bonds: is not a category\. Use .*performance-bond"):
        learned_from(write_samples(tmp_path / "s.jsonl"), shipped, categories=("bonds",))


@pytest.mark.parametrize("name", ["performance-bond", "performance-bond/performance"])
def test_only_what_was_asked_for_is_learned(name: str, samples: Path, shipped: RuleSet) -> None:
    result = learned_from(samples, shipped, categories=(name,))
    assert [one.rule.id for one in result.rules] == [BOND]


def test_max_rules_keeps_those_that_find_most(samples: Path, shipped: RuleSet) -> None:
    result = learned_from(samples, shipped, max_rules=1)
    assert [one.rule.id for one in result.rules] == [BOND]


def regrouped(given: Sequence[dict[str, Any]], documents: int, agencies: int) -> list[dict[str, Any]]:
    return [
        {**row, "doc": f"rfp-{n % documents}", "agency": f"agency {n % documents % agencies}"}
        for n, row in enumerate(given)
    ]


def test_too_few_agencies_fall_back_to_documents(tmp_path: Path, shipped: RuleSet) -> None:
    given = regrouped(list(rows(documents=6, sentences=24)), documents=6, agencies=1)
    result = learned_from(write_samples(tmp_path / "s.jsonl", given), shipped)
    assert any("fewer than three agencies" in note for note in result.notes)
    assert {one.record.on for one in result.rules} == {"held-out documents"}


def test_one_document_gives_rules_without_a_track_record(tmp_path: Path, shipped: RuleSet) -> None:
    given = regrouped(list(rows(documents=6, sentences=24)), documents=1, agencies=1)
    result = learned_from(write_samples(tmp_path / "s.jsonl", given), shipped)
    assert any("no rule has a track record" in note for note in result.notes)
    assert {(one.record.on, one.record.fired) for one in result.rules} == {("", 0)}
    write_rules(result, tmp_path / "out")
    assert "nobody knows" in (tmp_path / "out" / f"{BOND}.toml").read_text("utf-8")


def test_one_sentence_repeated_a_thousand_times_counts_once(tmp_path: Path, shipped: RuleSet) -> None:
    same = {"text": "A completion bond is due.", "category": "performance-bond", "subtype": "payment", "doc": "a"}
    given = [*rows(documents=6, sentences=24), *([{**same, "doc": f"a{n}", "agency": "A"} for n in range(1000)])]
    result = learned_from(write_samples(tmp_path / "s.jsonl", given), shipped)
    assert "performance-bond/learned-payment" not in {one.rule.id for one in result.rules}
    assert any(note.startswith("performance-bond/payment: 1 samples") for note in result.notes)


def test_odd_text_does_no_harm(tmp_path: Path, shipped: RuleSet) -> None:
    odd = ["\u00a0;;;—“”\\ \x7f", "a " * 5000, "İŞ ǅ \ud7ff 𝔘 bond", '"""', "]]> # [x] = 'y'", "%" * 300]
    given = [*rows(documents=6, sentences=24), *({"text": text, "doc": "odd"} for text in odd)]
    given += [
        {"text": f'The "bond\\{n}" must\tbe\x00paid; performance bond {n} # = [', "doc": f"rfp-{n % 6}",
         "category": "performance-bond", "subtype": "performance"}
        for n in range(8)
    ]  # fmt: skip
    write_rules(learned_from(write_samples(tmp_path / "s.jsonl", given), shipped), tmp_path / "out")
    assert load_rules(patterns_folder(), tmp_path / "out").rule(BOND).flags


def test_words_share_their_inflections_only() -> None:
    assert stem("limits") == stem("limited") == stem("limiting") == stem("limit")
    assert stem("terminate") == stem("terminated") == stem("terminating")
    assert stem("policies") == stem("policy")
    assert stem("submitted") == stem("submit")
    assert len({stem(word) for word in ("liable", "liability", "not", "noted", "business", "is", "was")}) == 7


def test_an_item_matches_the_words_it_is_written_as(shipped: RuleSet) -> None:
    words = "bond bonds limit limits limited limitation terminate termination contractor county shall not 25 - fee"
    lexicon = make_lexicon(dict.fromkeys(words.split(), 3), shipped.vocabulary)
    for word in words.split():
        for item in (lexicon.items[number] for number in lexicon.by_word[word]):
            forms = item.written.split("|")
            fits = [form == word or (form.endswith("*") and word.startswith(form[:-1])) for form in forms]
            assert any(fits) or item.written[0] in "@#"
    assert not any("county" in item.written for item in lexicon.items)
    assert make_lexicon({}, Vocabulary()).by_word == {}


def test_what_is_counted_is_what_the_matcher_finds(samples: Path, learned: Learned, shipped: RuleSet) -> None:
    corpus = read_corpus(load_labelled(samples), shipped.vocabulary)
    for one in learned.rules:
        for pattern in one.patterns:
            clauses = [clause for clause in pattern.clauses if clause.window == "sentence" and not clause.is_not]
            found = [set(corpus.text.text_of[corpus.text.find(clause.phrase)[1]].tolist()) for clause in clauses]
            assert set(pattern.sentences.tolist()) <= set.intersection(*found)


def test_the_lower_bound_of_a_share() -> None:
    assert wilson(0, 0) == 0
    assert wilson(10, 10) < 1
    assert wilson(100, 100) > wilson(10, 10) > wilson(3, 3)
    assert wilson(np.array([8, 9]), np.array([10, 10])).tolist() == sorted(wilson(np.array([8, 9]), np.array([10, 10])))
