"""The trained classifier at work: what it says of sentences, and what becomes of that beside the rules."""

from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.classification import Classifier, Prediction, WordLists
from analyzer.classification.features import Instance, places_of, tokens_of
from analyzer.document import Document, Parties
from analyzer.engine import Analyzer
from analyzer.findings import DetectedBy, EvidenceKind, Finding, NearMiss, Report
from analyzer.policy import Policy
from analyzer.segmentation import segment
from tests.rule_folders import HEAD, document_of, pattern, rule, write_folder
from tests.small_models import analyzer, small, write_small

ZEBRA = "The Contractor shall graze 7 zebras beside the library."
GIRAFFE = "Giraffe 7 of the giraffe house shall furnish a performance bond to the other giraffes."
BOND = "A performance bond in the amount of $70,000 shall be delivered before work on the library begins."
PLAIN = "Questions about the library are answered within 7 days."
LINES = ("# 1. Library", PLAIN, ZEBRA, PLAIN, PLAIN, GIRAFFE, PLAIN, PLAIN, BOND, PLAIN)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small(tmp_path_factory.mktemp("models") / "small").folder


@pytest.fixture(scope="module")
def classifier(folder: Path) -> Classifier:
    return Classifier.load(folder)


@pytest.fixture(scope="module")
def both(folder: Path) -> Analyzer:
    """The shipped rules with the small model."""
    return Analyzer(model=folder)


def documents() -> list[list[Instance]]:
    """The sentences that the model was fitted to, by document."""
    return [[e.instance for e in group] for _, group in groupby(small().examples, key=lambda e: e.doc)]


def predictions(classifier: Classifier, document: Document) -> tuple[Prediction, ...]:
    segments = segment(document)
    return classifier(document, segments, analyzer().matcher(document, segments))


def found_at(report: Report, text: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.text == text]


def missed_at(report: Report, text: str) -> list[NearMiss]:
    return [near for near in report.near_misses if near.text == text]


def test_scanning_gives_the_probabilities_of_fitting(classifier: Classifier) -> None:
    made = small()
    fitted = made.fitted.probabilities(made.matrix, made.examples, made.rows)
    scanned = np.vstack([classifier.probabilities(instances) for instances in documents()])
    assert classifier.categories == made.fitted.categories
    assert np.abs(fitted - scanned).max() < 1e-3
    assert 0 <= scanned.min() < 0.1 < 0.9 < scanned.max() <= 1


def test_scanning_and_fitting_let_the_same_sentences_through(classifier: Classifier) -> None:
    made = small()
    passed = classifier.passes([example.instance for example in made.examples]).tolist()
    assert passed == made.fitted.text.passes(made.matrix, made.rows).tolist()
    assert 0 < sum(passed) < len(passed)


def test_what_the_gate_holds_back_would_not_be_flagged(classifier: Classifier) -> None:
    least = min(value for of_category in classifier.thresholds.values() for value in of_category.values())
    for instances in documents():
        probabilities = classifier.probabilities(instances)
        held = np.flatnonzero(~classifier.passes(instances))
        assert probabilities[held].max(initial=0.0) < least


def test_the_model_alone(both: Analyzer, classifier: Classifier) -> None:
    document = document_of(*LINES)
    assert not found_at(analyzer().analyze_document(document).report, ZEBRA)
    (finding,) = found_at(both.analyze_document(document).report, ZEBRA)
    assert (finding.detected_by, finding.category) == (DetectedBy.MODEL, "waterfall")
    assert finding.score >= classifier.thresholds["waterfall"]["alone"]
    assert finding.message
    assert finding.suggestion
    assert {item.kind for item in finding.evidence} == {EvidenceKind.WEIGHT, EvidenceKind.SAMPLE}
    for item in finding.evidence:
        assert finding.span.contains(item.span)
        if item.kind is EvidenceKind.WEIGHT:
            assert item.text == document[item.span]
        else:
            assert "zebra" in item.text
            assert item.name == "waterfall"
            assert item.value  # how like it is
    assert "zebras" in " ".join(item.text for item in finding.evidence if item.kind is EvidenceKind.WEIGHT)


def test_a_rule_that_the_model_doubts(both: Analyzer) -> None:
    document = document_of(*LINES)
    assert found_at(analyzer().analyze_document(document).report, GIRAFFE)
    report = both.analyze_document(document).report
    assert not found_at(report, GIRAFFE)
    assert {(near.category, near.reason.split(" (")[0]) for near in missed_at(report, GIRAFFE)} == {
        ("performance-bond", "the trained model finds it unlikely")
    }


def test_rules_and_model_agree(both: Analyzer) -> None:
    document = document_of(*LINES)
    (alone,) = found_at(analyzer().analyze_document(document).report, BOND)
    (finding,) = found_at(both.analyze_document(document).report, BOND)
    assert (alone.detected_by, finding.detected_by) == (DetectedBy.RULES, DetectedBy.BOTH)
    assert (finding.rule, finding.severity, finding.id) == (alone.rule, alone.severity, alone.id)
    assert set(alone.evidence) < set(finding.evidence)
    assert EvidenceKind.WEIGHT in {item.kind for item in finding.evidence}


def test_without_a_model_the_rules_speak_alone() -> None:
    report = analyzer().analyze_document(document_of(*LINES)).report
    assert report.versions.model == ""
    assert {finding.detected_by for finding in report.findings} == {DetectedBy.RULES}
    assert {finding.text for finding in report.findings} == {GIRAFFE, BOND}
    assert EvidenceKind.WEIGHT not in {item.kind for finding in report.findings for item in finding.evidence}


def test_the_report_names_the_model(both: Analyzer, classifier: Classifier) -> None:
    document = document_of(*LINES)
    report = both.analyze_document(document).report
    assert report.versions.model == f"small@{classifier.fingerprint}"
    assert report == both.analyze_document(document).report


def test_a_policy_turns_off_what_the_model_finds(folder: Path) -> None:
    document = document_of(*LINES)
    report = Analyzer(model=folder, policy=Policy(off=frozenset({"waterfall"}))).analyze_document(document).report
    assert [finding.text for finding in report.findings] == [BOND]


def test_a_draft_does_not_move_the_model(folder: Path, both: Analyzer, tmp_path: Path) -> None:
    head = HEAD.replace('"animals"', '"waterfall"').replace('subtype = "wild"\n', "")
    files = {"waterfall/library.toml": rule(pattern('any = ["library"]', name="library"), head=head)}
    drafted = Analyzer(rules=(write_folder(tmp_path / "own", files),), model=folder)
    document = document_of(*LINES)
    before, after = (one.analyze_document(document).report for one in (both, drafted))
    drafts = [finding for finding in after.findings if finding.is_draft]
    assert not any(finding.is_draft for finding in before.findings)
    assert {finding.rule for finding in drafts} <= {"waterfall/library"}
    assert found_at(before, ZEBRA)[0].score == next(f.score for f in found_at(after, ZEBRA) if not f.is_draft)


def test_predictions_come_in_order_and_twice_the_same(classifier: Classifier) -> None:
    document = document_of(*LINES)
    said = predictions(classifier, document)
    assert said == predictions(classifier, document)
    assert [item.sentence.span for item in said] == sorted(item.sentence.span for item in said)
    for item in said:
        assert 0 <= item.probability <= 1
        assert item.category in classifier.categories
        assert list(item.words) == sorted(item.words)
        assert all(item.sentence.span.contains(span) for span in item.words)
        assert not item.is_flagged or item.probability >= min(classifier.thresholds[item.category].values()) - 0.001
    assert {document[item.sentence.span] for item in said if item.is_flagged} == {ZEBRA, BOND}
    assert {document[item.sentence.span] for item in said} == {ZEBRA, BOND, GIRAFFE}


def test_a_model_without_samples_shows_none(tmp_path: Path) -> None:
    bare = write_small(tmp_path / "bare", carries=False)
    flagged = [item for item in predictions(bare, document_of(*LINES)) if item.is_flagged]
    assert flagged
    assert [item.neighbours for item in flagged] == [()] * len(flagged)
    assert all(item.words for item in flagged)


EXTREME = [
    (),
    ("",),
    ("# Heading",),
    ("…",),
    ("中文文本没有拉丁字母。",),
    ("İSTANBUL " * 20 + "zebras.",),
    ("zebras " * 150_000 + "graze.",),
    ("x" * 1_000_000,),
    ("- shall graze zebras",),
    (["Animal", "Number"], ["zebras", "7"]),
]


@pytest.mark.parametrize("lines", EXTREME, ids=range(len(EXTREME)))
def test_extreme_documents(both: Analyzer, lines: tuple[Any, ...]) -> None:
    document = document_of(*lines)
    report = both.analyze_document(document).report
    for finding in report.findings:
        assert document[finding.span] == finding.text
        assert 0 <= finding.score <= 1


LISTS = WordLists(frozenset({"state"}), frozenset({"vendor"}))


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("aZ09.,-$€% ’'İ")), max_size=60))
def test_each_token_has_its_place(text: str) -> None:
    tokens, places = tokens_of(text, LISTS, Parties()), places_of(text)
    if len(text.lower()) != len(text):
        assert places == []
        return
    assert len(places) == len(tokens)
    assert all(0 <= start < end <= len(text) for start, end in places)
    words = [text.lower()[start:end] for start, end in places]
    assert all(token in {word, "0", "0%", "0$", "0year", "@b", "@v"} for token, word in zip(tokens, words, strict=True))


TOKENS: Mapping[str, list[str]] = {
    "The Vendor pays $5,000.50.": ["the", "@v", "pays", "0$"],
    "In 2026 10% of 20 days": ["in", "0year", "0%", "of", "0", "days"],
    "State's firm-fixed price": ["state's", "firm-fixed", "price"],
    "Acme shall serve the STATE": ["@v", "shall", "serve", "the", "@b"],
    "": [],
}


@pytest.mark.parametrize(("text", "tokens"), TOKENS.items())
def test_tokens(text: str, tokens: list[str]) -> None:
    assert tokens_of(text, LISTS, Parties(vendor=frozenset({"acme"}))) == tokens
