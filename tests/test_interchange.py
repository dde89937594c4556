"""Patterns to and from the JSON lines of spaCy's rulers."""

import json
from pathlib import Path

import pytest
import spacy

from analyzer.errors import RuleError
from analyzer.interchange import export_patterns, import_patterns
from analyzer.rulefiles import load_rules
from analyzer.rules import RuleSet
from tests.rule_folders import SHARED, document_of, matches_of, pattern, rule, rules_of, write_folder


def small(tmp_path: Path) -> RuleSet:
    body = pattern(
        'all = ["zebra|lion cub*", { phrase = "zoo", window = "clause" }]\nany = [{ regex = "big.*" }, "a..."]'
    )
    return rules_of(tmp_path / "rules", {"animals/zebra.toml": rule(body.replace(', "a..."', ""))})


def test_every_phrase_is_a_line(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in export_patterns(small(tmp_path))]
    shared = {"label": "animals/wild", "id": "animals/zebra"}
    assert lines == [
        {
            **shared,
            "pattern": [{"NORM": {"IN": ["lion", "zebra"]}}, {"NORM": {"REGEX": "^(?:cub)"}}],
            "meta": {"pattern": "found", "role": "all"},
        },
        {
            **shared,
            "pattern": [{"NORM": {"IN": ["zoo"]}}],
            "meta": {"pattern": "found", "role": "all", "window": "clause"},
        },
    ]


def test_spacy_reads_what_is_exported(tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("span_ruler")
    lines = [json.loads(line) for line in export_patterns(small(tmp_path))]
    ruler.add_patterns([{key: line[key] for key in ("label", "pattern", "id")} for line in lines])
    doc = nlp("Two zebra cubs in a zoo.")
    assert [(span.text, span.label_, span.id_) for span in doc.spans["ruler"]] == [
        ("zebra cubs", "animals/wild", "animals/zebra"),
        ("zoo", "animals/wild", "animals/zebra"),
    ]


def test_what_is_exported_can_be_imported(tmp_path: Path) -> None:
    rules = small(tmp_path)
    file = tmp_path / "patterns.jsonl"
    file.write_text("\n".join(export_patterns(rules)) + "\n", encoding="utf-8")
    own = tmp_path / "own"
    assert list(import_patterns(file, own, rules)) == [own / "animals/imported-wild.toml"]
    again = load_rules(write_folder(tmp_path / "shared", SHARED | {"plants/oak.toml": oak()}), own)
    imported = again.rule("animals/imported-wild")
    assert (imported.status, imported.category, imported.subtype) == ("draft", "animals", "wild")
    document = document_of("Two zebra cubs sleep.", "A zebra sleeps.", "The zoo.")
    found = [document[match.sentence.span] for match in matches_of(again, document) if match.rule == imported.id]
    assert found == ["Two zebra cubs sleep.", "The zoo."]


def oak() -> str:
    text = rule(pattern('any = ["oak"]'))
    return text.replace('"animals"', '"plants"').replace('subtype = "wild"\n', "")


def test_texts_and_tokens_are_read(tmp_path: Path) -> None:
    rules = small(tmp_path)
    file = tmp_path / "patterns.jsonl"
    rows = [
        {"label": "animals/tame", "pattern": "Guide-dog"},
        {"label": "plants", "pattern": [{"LOWER": "oak"}, {"IS_PUNCT": True, "OP": "?"}]},
        {"label": "animals/tame", "pattern": [{"LOWER": {"IN": ["cat", "“cat”"]}}]},
    ]
    file.write_text("\n\n".join(map(json.dumps, rows)), encoding="utf-8")
    written = list(import_patterns(file, tmp_path / "own", rules))
    assert written == [tmp_path / "own/animals/imported-tame.toml", tmp_path / "own/plants/imported-patterns.toml"]
    again = load_rules(tmp_path / "rules", tmp_path / "own")
    document = document_of("A guide-dog.", "An oak.", "The cat.", "A dog.")
    found = [(match.rule, document[match.sentence.span]) for match in matches_of(again, document)]
    assert found == [
        ("animals/imported-tame", "A guide-dog."),
        ("plants/imported-patterns", "An oak."),
        ("animals/imported-tame", "The cat."),
    ]


MISTAKES = [
    ("", "", "holds no patterns."),
    ("{", ", line 1", "is not a JSON object with label and pattern."),
    ('\n{"label": "animals"}', ", line 2", "is not a JSON object with label and pattern."),
    ("[1]", ", line 1", "is not a JSON object with label and pattern."),
    ('{"label": "rocks", "pattern": "a"}', ", line 1", "label 'rocks' is not a category or category/subtype."),
    ('{"label": "plants/x", "pattern": "a"}', ", line 1", "label 'plants/x' is not a category or category/subtype."),
    ('{"label": "plants", "pattern": 3}', ", line 1", "pattern is neither a text nor a list of tokens."),
    ('{"label": "plants", "pattern": ["a"]}', ", line 1", "pattern is neither a text nor a list of tokens."),
]


@pytest.mark.parametrize(("text", "place", "cause"), MISTAKES)
def test_a_wrong_line_is_told(text: str, place: str, cause: str, tmp_path: Path) -> None:
    file = tmp_path / "patterns.jsonl"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        list(import_patterns(file, tmp_path / "own", small(tmp_path)))
    assert (caught.value.name, caught.value.cause) == (f"{file}{place}", cause)
    assert not (tmp_path / "own").exists()


def test_a_file_that_is_not_text_is_told(tmp_path: Path) -> None:
    file = tmp_path / "patterns.jsonl"
    file.write_bytes(b"\xff\xfe{")
    with pytest.raises(RuleError, match="can't be read"):
        list(import_patterns(file, tmp_path / "own", small(tmp_path)))


def test_a_rule_is_never_overwritten(tmp_path: Path) -> None:
    rules = small(tmp_path)
    file = tmp_path / "patterns.jsonl"
    file.write_text('{"label": "plants", "pattern": "oak"}', encoding="utf-8")
    list(import_patterns(file, tmp_path / "own", rules))
    with pytest.raises(RuleError, match="exists already"):
        list(import_patterns(file, tmp_path / "own", rules))
