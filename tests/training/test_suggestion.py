"""Which sentences are suggested for labelling, and why."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.classification import Classifier
from analyzer.classification.arithmetic import DENSE
from analyzer.document import Source
from analyzer.engine import Analyzer
from analyzer.parsing import parse
from analyzer.training.samples import load_samples
from analyzer.training.suggestion import Candidate, candidates_of, suggest, suggestion_lines

WORDS = "amber birch cedar daisy elder fern ginger hazel iris juniper".split()


def text(number: int) -> str:
    """Sentences without a word in common."""
    return " ".join(f"{word}{number}" for word in WORDS)


def scored(number: int, probability: float, *, rules: tuple[str, ...] = (), doc: str = "a", **more: float) -> Candidate:
    scores = {"bond": probability, **more}
    return Candidate(text(number), doc, scores=scores, thresholds=dict.fromkeys(scores, 0.4), rules=rules)


def plain(number: int, *, rules: tuple[str, ...] = (), cleared: tuple[str, ...] = (), doc: str = "a") -> Candidate:
    return Candidate(text(number), doc, rules=rules, cleared=cleared)


def chosen(candidates: list[Candidate], n: int, **options: object) -> list[str]:
    return [item.candidate.text for item in suggest(candidates, n, **options)]  # type: ignore[arg-type]


def test_doubt_and_discord_come_first() -> None:
    rows = [
        scored(0, 0.001),
        scored(1, 0.99, rules=("bond/x",)),
        scored(2, 0.39),
        scored(3, 0.05, rules=("bond/x",)),
        scored(4, 0.97),
        scored(5, 0.2),
    ]
    found = suggest(rows, 6)
    assert [item.candidate.text for item in found][:4] == [text(2), text(3), text(4), text(5)]
    assert [item.reason for item in found][:4] == [
        "The model is in doubt about bond: 39%.",
        "A rule says bond, but the model gives it 5%.",
        "No rule says bond, but the model gives it 97%.",
        "The model is in doubt about bond: 20%.",
    ]
    assert {item.candidate.text: item.labels for item in found} == {
        text(0): (),
        text(1): ("bond",),
        text(2): ("bond",),
        text(3): ("bond",),
        text(4): ("bond",),
        text(5): ("bond",),
    }
    assert [item.reason for item in found if item.candidate.text == text(1)] == ["Rules and model agree on bond."]


def test_the_category_in_doubt_is_named() -> None:
    (one,) = suggest([scored(0, 0.01, terms=0.38)], 1)
    assert (one.reason, one.labels) == ("The model is in doubt about terms: 38%.", ("terms",))


def test_a_rule_of_a_category_that_the_model_does_not_know() -> None:
    (one,) = suggest([scored(0, 0.01, rules=("animals/zebra",))], 1)
    assert one.labels == ("animals",)


def test_without_a_model_near_misses_come_first() -> None:
    rows = [plain(0), plain(1, rules=("bond/x", "bond/y")), plain(2, rules=("bond/x",)), plain(3, cleared=("terms/x",))]
    found = suggest(rows, 4)
    assert [item.candidate.text for item in found] == [text(3), text(2), text(1), text(0)]
    assert [item.reason for item in found] == [
        "A rule of terms was cleared by an exception.",
        "One rule says bond.",
        "2 rules say bond.",
        "Unlike the others: no rule found anything in it.",
    ]
    assert [item.labels for item in found] == [("terms",), ("bond",), ("bond",), ()]


def test_near_duplicates_are_chosen_once() -> None:
    one = scored(0, 0.4)
    rows = [one, replace(one, text=one.text.upper() + "!"), replace(one, text=f"{one.text} more"), scored(1, 0.3)]
    assert sorted(chosen(rows, 4)) == sorted([text(1), next(iter(chosen([*rows], 1)))])


def test_what_is_labelled_already_is_left_out() -> None:
    rows = [scored(0, 0.4), scored(1, 0.4)]
    assert chosen(rows, 2, known=[text(0).upper(), f"{text(7)}"]) == [text(1)]
    assert chosen(rows, 2, known=[f"{text(0)} more"]) == [text(1)]
    assert chosen(rows, 2, known=[text(0), text(1)]) == []


def test_unlike_sentences_go_before_like_ones() -> None:
    alike = [Candidate(f"{text(0)} one{n} two{n} three{n} four{n}", "a", cleared=("bond/x",)) for n in range(3)]
    other = plain(9, rules=("bond/x",))
    assert other.text in chosen([*alike, other], 2)


def test_no_document_gives_more_than_a_few() -> None:
    rows = [scored(n, 0.4, doc="long") for n in range(50)] + [scored(50 + n, 0.2, doc=f"d{n}") for n in range(10)]
    assert Counter(item.candidate.doc for item in suggest(rows, 12, per_document=2))["long"] == 2
    few = rows[:50] + rows[50:52]
    assert Counter(item.candidate.doc for item in suggest(few, 12, per_document=2)) == {"long": 10, "d0": 1, "d1": 1}
    assert len(suggest(rows[:50], 30)) == 30  # there is only one document


def test_nothing_to_suggest() -> None:
    assert suggest([], 5) == []
    assert suggest([scored(0, 0.4)], 0) == []
    assert suggest([Candidate("Too few words"), Candidate("§ — …"), Candidate("")], 5) == []
    assert list(suggestion_lines([])) == []


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.integers(0, 8), st.sampled_from([0.0, 0.1, 0.4, 0.9, 1.0]), st.sampled_from("ab")), max_size=12
    ),
    st.randoms(use_true_random=False),
    st.integers(1, 8),
)
def test_the_order_of_candidates_does_not_matter(rows: list[tuple[int, float, str]], random: object, n: int) -> None:
    made = [scored(number, probability, doc=doc) for number, probability, doc in rows]
    mixed = list(made)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    found = suggest(made, n, per_document=len(rows) + 1)
    assert found == suggest(mixed, n, per_document=len(rows) + 1)
    assert suggest(made, n) == suggest(mixed, n)
    assert len(found) == min(n, len({number for number, _, _ in rows}))


def test_many_candidates() -> None:
    rows = [scored(n, (n % 100) / 100, doc=f"d{n % 40}") for n in range(20_000)]
    found = suggest(rows, 200, known=[text(n) for n in range(5_000)])
    assert len(found) == 200
    assert max(Counter(item.candidate.doc for item in found).values()) == 5
    assert not {item.candidate.text for item in found} & {text(n) for n in range(5_000)}


def test_the_labelling_file_is_read_as_samples(tmp_path: Path) -> None:
    row = Candidate(text(0), "a.pdf", "Bonds", "Vendor shall:", 3, rules=("bond/x",))
    lines = list(suggestion_lines(suggest([row, plain(1, doc="b.txt")], 2)))
    assert json.loads(lines[0]) == {
        "text": text(0),
        "category": "",
        "subtype": "",
        "severity": "",
        "doc": "a.pdf",
        "heading": "Bonds",
        "lead_in": "Vendor shall:",
        "page": 3,
        "suggested": ["bond"],
        "reason": "One rule says bond.",
    }
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(lines), encoding="utf-8")
    assert [(one.text, one.labels, one.lead_in) for one in load_samples(path)] == [
        (text(0), (), "Vendor shall:"),
        (text(1), (), ""),
    ]


DOCUMENT = """1. Bonds

The Vendor shall furnish a performance bond in the amount of 100% of the contract price.

The Vendor shall:

(a) furnish a payment bond before any work begins on the site;

(b) greet all visitors at the door with a smile.

No performance bond is required for this contract.

Go.
"""


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer(model=None)


def test_candidates_of_a_document(analyzer: Analyzer) -> None:
    document = parse(Source("terms.txt", DOCUMENT.encode()))
    found = {one.text: one for one in candidates_of(analyzer, document)}
    bond = next(one for words, one in found.items() if "furnish a performance" in words)
    assert (bond.doc, bond.heading, bond.scores) == ("terms.txt", "Bonds", {})
    assert {rule.partition("/")[0] for rule in bond.rules} == {"performance-bond"}
    item = next(one for words, one in found.items() if "payment bond" in words)
    assert item.lead_in == "The Vendor shall:"
    assert "1. Bonds" not in found
    chosen = suggest(found.values(), 10)
    assert "Go." not in {one.candidate.text for one in chosen}
    assert chosen == suggest(candidates_of(analyzer, document), 10)


def lines(*names: str) -> Any:
    return np.frombuffer("\n".join(names).encode(), np.uint8)


def penguin_model() -> Classifier:
    """A model of one category that knows one word and gives each sentence with it a probability of 0.5."""
    nothing = lines()
    arrays = {
        **{f"names{block}": nothing for block in range(1, 4)},
        "names0": lines("penguin"),
        "idf": np.ones(1),
        "coefficients": np.full((1, 1), 6.0),
        "biases": np.zeros(1),
        "gate_names": lines("penguin"),
        "gate_weights": np.ones(1),
        "combiners": np.eye(1, len(DENSE)),
        "intercepts": np.array([-6.0]),
        "centres": np.zeros((1, len(DENSE))),
        "spreads": np.ones((1, len(DENSE))),
        "sample_texts": nothing,
        "sample_labels": nothing,
        "sample_columns": np.zeros(0),
        "sample_values": np.zeros(0),
        "sample_starts": np.zeros(1),
    }
    card = {
        "categories": ["waterfall"],
        "fingerprint": "",
        "buyer_words": [],
        "vendor_words": [],
        "blocks": [1.0, 1.0, 1.0, 0.5],
        "gate_threshold": 0.5,
        "gate_bias": 0.0,
        "thresholds": {"waterfall": {"with rule": 0.3, "alone": 0.4}},
        "subtypes": {"waterfall": []},
        "kinds": {"waterfall": []},
        "rules": ["waterfall/waterfall"],
    }
    return Classifier(Path("penguins"), card, arrays)


def test_candidates_with_a_model(analyzer: Analyzer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analyzer, "classifier", penguin_model())
    said = "The penguin walks along the shore at noon.\n\nThe walrus sleeps on the rocks all day.\n"
    document = parse(Source("a.txt", said.encode()))
    found = list(candidates_of(analyzer, document))
    assert (found[0].scores, found[0].thresholds) == ({"waterfall": 0.5}, {"waterfall": 0.4})
    assert found[1].scores["waterfall"] < 0.01
    first, second = suggest(found, 2)
    assert first.reason == "No rule says waterfall, but the model gives it 50%."
    assert second.reason == "Unlike the others: nothing was found in it."
