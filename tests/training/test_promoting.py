"""A draft becomes stable only with examples that hold and a track record; and the two commands as people run them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analyzer.cli import main
from analyzer.resources import patterns_folder
from analyzer.rulefiles import load_rules
from analyzer.rules import Status
from tests.rule_folders import HEAD, pattern, rule
from tests.training.learning_samples import write_samples

ID = "waterfall/learned"
START = HEAD.replace('"animals"', '"waterfall"').replace('subtype = "wild"\n', "").replace("Zebra named", "Zebra due")
EXAMPLES = '[examples]\nflags = ["A zebra is due."]\npasses = ["A horse is due."]\n'
GOOD = {"right": 9, "fired": 10, "documents": 4, "whole_right": 0, "whole_fired": 0}


def draft(folder: Path, *, examples: str = EXAMPLES, record: dict[str, int] | None = GOOD, head: str = START) -> Path:
    path = folder / f"{ID}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = rule(pattern('any = ["zebra"]'), head=head, tail=examples)
    path.write_text(f'# Ida: status = "draft" until June\n{text}# The end.\n', "utf-8")
    if record is not None:
        (folder / "records.json").write_text(json.dumps({"rules": {ID: record}}), "utf-8")
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def promoted(folder: Path, *more: str | Path) -> Result:
    return run("rules", "promote", ID, "--from", folder, *more)


def test_only_the_status_changes(tmp_path: Path) -> None:
    path = draft(tmp_path)
    before = path.read_text("utf-8")
    result = promoted(tmp_path)
    assert result.exit_code == 0, result.output
    head, sep, rest = before.partition('\nstatus = "draft"')
    assert path.read_text("utf-8") == f'{head}\nstatus = "stable"{rest}'
    assert sep
    assert load_rules(patterns_folder(), tmp_path).rule(ID).status is Status.STABLE
    again = promoted(tmp_path)
    assert (again.exit_code, "is stable already" in again.output) == (2, True)


def test_another_folder_leaves_the_draft(tmp_path: Path) -> None:
    path = draft(tmp_path / "drafts")
    before = path.read_bytes()
    assert promoted(tmp_path / "drafts", "--to", tmp_path / "ours").exit_code == 0
    assert path.read_bytes() == before
    assert load_rules(patterns_folder(), tmp_path / "ours").rule(ID).status is Status.STABLE
    again = promoted(tmp_path / "drafts", "--to", tmp_path / "ours")
    assert (again.exit_code, "exists already" in again.output) == (2, True)
    assert promoted(tmp_path / "drafts", "--to", tmp_path / "ours", "--force").exit_code == 0


REFUSED = [
    ('[examples]\nflags = ["A zebra is due."]\n', GOOD, "has no examples under passes"),
    ("", GOOD, "has no examples under flags and passes"),
    (EXAMPLES.replace("horse", "small zebra"), GOOD, "fails its own example in passes"),
    (EXAMPLES.replace("A zebra", "A mule"), GOOD, "fails its own example in flags"),
    (EXAMPLES, None, "has no track record"),
    (EXAMPLES, {"right": 0, "fired": 0}, "has no track record"),
    (EXAMPLES, {"right": 3, "fired": 3}, "fired only 3 times"),
    (EXAMPLES, {"right": 7, "fired": 10}, "was right 7 of 10 times (70%)"),
    (EXAMPLES, {**GOOD, "whole_right": 2, "whole_fired": 6}, "was right 2 of 6 times in whole documents"),
]


@pytest.mark.parametrize(("examples", "record", "reason"), REFUSED)
def test_a_draft_that_is_not_fit_is_refused_with_the_reason(
    examples: str, record: dict[str, int] | None, reason: str, tmp_path: Path
) -> None:
    path = draft(tmp_path, examples=examples, record=record)
    before = path.read_bytes()
    result = promoted(tmp_path)
    assert result.exit_code == 2
    assert reason in result.output
    assert path.read_bytes() == before


def test_force_overrides_the_track_record_but_not_the_examples(tmp_path: Path) -> None:
    draft(tmp_path / "a", record=None)
    assert promoted(tmp_path / "a", "--force").exit_code == 0
    draft(tmp_path / "b", examples=EXAMPLES.replace("A zebra", "A mule"), record=None)
    assert promoted(tmp_path / "b", "--force").exit_code == 2


def test_an_unknown_rule_is_named_with_those_that_are_there(tmp_path: Path) -> None:
    draft(tmp_path)
    result = run("rules", "promote", "waterfall/other", "--from", tmp_path)
    assert (result.exit_code, ID in result.output) == (2, True)
    shipped = run("rules", "promote", "waterfall/waterfall", "--from", tmp_path)
    assert (shipped.exit_code, "is not a rule in" in shipped.output) == (2, True)


def test_learn_then_promote(tmp_path: Path) -> None:
    samples = write_samples(tmp_path / "samples.jsonl")
    result = run("learn", samples, "--category", "performance-bond", "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    bond = "performance-bond/learned-performance"
    assert bond in result.output
    assert "right" in result.output
    assert not list((tmp_path / "out").rglob("*.part"))
    assert run("rules", "promote", bond, "--from", tmp_path / "out").exit_code == 0
    again = run("learn", samples, "--category", "performance-bond", "-o", tmp_path / "out")
    assert again.exit_code == 0
    assert "it was promoted" in again.output


def test_learn_says_what_is_wrong_with_its_samples(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("", "utf-8")
    (tmp_path / "broken.jsonl").write_text("{", "utf-8")
    for name, reason in (("empty", "hold no sentences"), ("broken", "is not JSON"), ("missing", "can't be read")):
        result = run("learn", tmp_path / f"{name}.jsonl", "-o", tmp_path / "out")
        assert (result.exit_code, reason in result.output) == (2, True), result.output
    assert not (tmp_path / "out").exists()
