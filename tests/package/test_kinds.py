"""The file with the words about conflicts is checked before it is used."""

from pathlib import Path

import pytest

from analyzer.engine import Analyzer
from analyzer.errors import RuleError
from analyzer.package.kinds import KINDS, load_kinds
from analyzer.resources import patterns_folder

SHIPPED = patterns_folder() / "conflicts.toml"


def test_every_kind_has_words_and_citable_references(analyzer: Analyzer) -> None:
    kinds = load_kinds(SHIPPED, analyzer.rules.references)
    assert set(kinds) == set(KINDS)
    for kind in kinds.values():
        assert kind.settled.rank <= kind.severity.rank
        assert all(analyzer.rules.references[name].is_citable for name in kind.references)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('title = "Two limits of liability"', 'title = ""', "different-caps.title"),
        ('title = "Two limits of liability"', 'tilte = "Two"', "different-caps.tilte"),
        ("{first_value}", "{frist_value}", "{frist_value}"),
        ("{first_value}", "{first_value", "brace"),
        ('severity = "high"', 'severity = "huge"', "'huge'"),
        ('"nascio-2016-1"', '"no-such-law"', "'no-such-law'"),
        ("[different-caps]", "[diffrent-caps]", "diffrent-caps"),
        ('family = "under-protection"', 'family = "other"', "family"),
        ("[cap-and-unlimited]", "[cap-and-unlimited", "can't be read"),
        ('references = ["nascio-2016-1"]', 'references = "nascio-2016-1"', "must be a list"),
    ],
)
def test_a_mistake_is_named(analyzer: Analyzer, tmp_path: Path, old: str, new: str, told: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "conflicts.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RuleError) as raised:
        load_kinds(path, analyzer.rules.references)
    assert told in str(raised.value)
    assert str(path) in str(raised.value)


def test_a_kind_that_is_missing_is_named(analyzer: Analyzer, tmp_path: Path) -> None:
    path = tmp_path / "conflicts.toml"
    path.write_text("", encoding="utf-8")
    with pytest.raises(RuleError, match="is missing"):
        load_kinds(path, analyzer.rules.references)


def test_a_reference_that_was_not_read_is_refused(analyzer: Analyzer) -> None:
    from dataclasses import replace

    references = dict(analyzer.rules.references)
    references["nascio-2016-1"] = replace(references["nascio-2016-1"], checked="secondary")
    with pytest.raises(RuleError, match="can't be cited"):
        load_kinds(SHIPPED, references)


def test_no_file_is_an_error(analyzer: Analyzer, tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="can't be read"):
        load_kinds(tmp_path / "none.toml", analyzer.rules.references)
