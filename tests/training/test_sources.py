"""What people decided in a project, as a source to train from."""

import pytest

from analyzer.errors import SampleError
from analyzer.resources import patterns_folder
from analyzer.rulefiles import load_rules
from analyzer.training.checking import ProblemKind
from analyzer.training.sources import workspace_source

RULES = load_rules(patterns_folder())


def row(text: str, category: str = "", **more: str) -> dict[str, str]:
    return {"text": text, "category": category, "doc": "zoo.txt", **more}


def test_rows_at_odds_teach_nothing_and_are_named() -> None:
    rows = [
        row("Zebras shall be insured without limit.", "unlimited-liability", annotator="ann"),
        row("Zebras shall be insured without limit.", annotator="bob"),
        row("The zoo opens at nine."),
    ]
    source, checked = workspace_source("Zoo", rows, RULES)
    (document,) = source.documents
    assert [sample.text for sample in checked.samples] == ["The zoo opens at nine."]
    assert document.labels == ()
    (problem,) = (each for each in checked.problems if each.kind is ProblemKind.CONTRADICTION)
    assert "Zoo, entry 1" in problem.place


def test_its_hash_is_of_the_rows() -> None:
    rows = [row("Zebras eat grass."), row("The zoo opens at nine.")]
    source, _ = workspace_source("Zoo", rows, RULES, is_shippable=False)
    same, _ = workspace_source("Zoo", [dict(reversed(each.items())) for each in rows], RULES)
    other, _ = workspace_source("Zoo", rows[:1], RULES)
    assert source.sha256 == same.sha256 != other.sha256
    assert (source.file, source.is_shippable, same.is_shippable) == ("workspace/Zoo", False, True)


def test_nothing_decided_is_nothing_to_train_from() -> None:
    with pytest.raises(SampleError, match="Zoo: has no decision and no label yet"):
        workspace_source("Zoo", [], RULES)
