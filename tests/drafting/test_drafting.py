"""Rules that name a detector: how they load, what they find in real files, and what it costs."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document as WordDocument
from hypothesis import given
from hypothesis import strategies as st
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from analyzer.assessment import assess
from analyzer.document import Source
from analyzer.drafting import DETECTORS, exhibits_of, find_defects
from analyzer.drafting.draft import Draft
from analyzer.engine import Analyzer
from analyzer.errors import RuleError
from analyzer.examples import check_examples
from analyzer.findings import DetectedBy, Finding, Severity, Verdict
from analyzer.matching import RuleMatcher
from analyzer.policy import Limits, Policy
from analyzer.rendering.rules import explain_rule, rule_pages
from analyzer.resources import patterns_folder, samples_folder
from analyzer.rulefiles import load_rules
from analyzer.rules import Detector, Example, Rule, Status
from analyzer.segmentation import segment
from analyzer.segmentation.sentences import MAX_LENGTH
from analyzer.training.evaluation import outcomes_of
from analyzer.training.samples import Label, LabelledDocument, LabelledText
from tests.drafting.drafts import document_of
from tests.rule_folders import HEAD, INSTEAD, pattern, rule, rules_of, unless

RULES = load_rules(patterns_folder())
WITH_DETECTOR = [rule for rule in RULES.rules if rule.detector]
NAME = "animals/zebra.toml"
DETECTED = HEAD + 'detector = "placeholder"\n' + INSTEAD


def test_every_detector_is_there_and_has_a_rule() -> None:
    assert set(DETECTORS) == set(Detector)
    assert {rule.detector for rule in WITH_DETECTOR} == set(Detector)
    assert all(rule.status is Status.STABLE for rule in WITH_DETECTOR)
    drafting = {rule.subtype for rule in RULES.rules if rule.category == "drafting"}
    assert drafting == {detector.value for detector in Detector} - {"response-time"}


def test_a_rule_with_a_detector_is_read(tmp_path: Path) -> None:
    examples = '[examples]\nflags = [{ text = "TBD.", before = "a\\n  b  c\\n\\n", after = "d" }]\n'
    rules = rules_of(tmp_path, {NAME: DETECTED + examples})
    (loaded,) = rules.rules
    assert (loaded.detector, loaded.patterns, loaded.unless, loaded.reads) == (Detector.PLACEHOLDER, (), (), ())
    assert loaded.flags == (Example("TBD.", before="a\nb c", after="d"),)


MISTAKES = {
    "unknown detector": (DETECTED.replace("placeholder", "zebra"), "detector: is 'zebra', must be one of placeholder,"),
    "patterns beside it": (DETECTED + pattern('any = ["a"]'), "patterns: can't stand beside a detector."),
    "exceptions beside it": (DETECTED + unless('any = ["a"]'), "unless: can't stand beside a detector."),
    "amounts beside it": (
        HEAD + 'detector = "placeholder"\nreads = ["money"]\n' + INSTEAD,
        "reads: can't stand beside a detector.",
    ),
    "headings": (DETECTED + '[scope]\nheadings_in = ["zoo"]\n', "scope: a rule with a detector can be kept to kinds"),
    "neither": (rule(""), "patterns: a rule needs at least one."),
}


@pytest.mark.parametrize(("text", "reason"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_told_with_file_and_field(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(RuleError) as caught:
        rules_of(tmp_path, {NAME: text})
    assert str(tmp_path / NAME) in str(caught.value)
    assert reason in str(caught.value)


def test_examples_of_a_detector_are_run(tmp_path: Path) -> None:
    examples = '[examples]\nflags = ["All is said."]\npasses = ["The date is [date]."]\n'
    rules = rules_of(tmp_path, {NAME: DETECTED + examples})
    failures = [(failure.kind, failure.text) for failure in check_examples(rules, RuleMatcher(rules))]
    assert failures == [("flags", "All is said."), ("passes", "The date is [date].")]


def test_pages_show_what_a_detector_looks_for() -> None:
    page = rule_pages(RULES)["drafting.md"]
    for item in WITH_DETECTOR:
        assert f"(`{item.detector}`)" in explain_rule(item, RULES)
        assert item.category != "drafting" or f"## {item.title}" in page


def word_file(*paragraphs: str) -> Source:
    document = WordDocument()
    for text in paragraphs:
        if text.startswith("# "):
            document.add_heading(text[2:], level=1)
        else:
            document.add_paragraph(text)
    buffer = BytesIO()
    document.save(buffer)
    return Source("draft.docx", buffer.getvalue())


DEFECTIVE = word_file(
    "REQUEST FOR PROPOSALS",
    "This RFP was issued on March 1, 2027.",
    "# 1 Schedule",
    "Proposals are due on March 12, 2027 at 2:00 p.m.",
    "The conference is held at [location] on [date].",
    "# 2 Payment",
    "# 3 Delivery",
    "The Agency pays within thirty (60) days, and section 9 has the rest.",
    "# 4 Law",
    "Proposals must be received no later than March 15, 2027.",
    "The form attached as Exhibit D is to be signed.",
)


def drafting(findings: tuple[Finding, ...]) -> dict[str, Finding]:
    return {item.rule: item for item in findings if RULES.rule(item.rule).detector}


@pytest.fixture(scope="module", params=[None, "default"])
def analyzer(request: pytest.FixtureRequest) -> Analyzer:
    return Analyzer(model=request.param, policy=Policy(limits=Limits(days_to_respond=21)))


def test_a_word_file_is_checked_whole(analyzer: Analyzer) -> None:
    made = analyzer.analyze(DEFECTIVE)
    found = drafting(made.report.findings)
    assert sorted(found) == [
        "drafting/conflicting-dates",
        "drafting/cross-reference",
        "drafting/dangling-exhibit",
        "drafting/empty-section",
        "drafting/placeholder",
        "drafting/words-against-figures",
        "vendor-burden/short-response",
    ]
    assert {item.detected_by for item in found.values()} == {DetectedBy.RULES}
    for item in found.values():
        assert all(made.document[part.span] == part.text for part in item.evidence)
    assert found["drafting/words-against-figures"].message == (
        "A number stands in words and in figures, and the two are not the same. "
        "Here the words say 30 and the figures say 60."
    )
    assert found["drafting/dangling-exhibit"].severity is Severity.MEDIUM
    assert made.report.verdict is Verdict.FAIL


def test_the_second_run_gives_the_same_findings(analyzer: Analyzer) -> None:
    assert analyzer.analyze(DEFECTIVE).report == analyzer.analyze(DEFECTIVE).report


def test_a_policy_sets_severities_and_turns_rules_off(analyzer: Analyzer) -> None:
    document = document_of(["Pay within thirty (60) days.", "Held at [location] on [date]."])
    segments = segment(document)
    matches = find_defects(RULES.rules, document, segments)
    policy = Policy(off=frozenset({"drafting/placeholder"}), severities={"drafting": Severity.LOW})
    findings = assess(document, segments, matches, RULES, policy).findings
    assert [(item.rule, item.severity) for item in findings] == [("drafting/words-against-figures", Severity.LOW)]
    off = Policy(off=frozenset({"drafting"}))
    assert assess(document, segments, matches, RULES, off).findings == ()


def test_what_a_detector_finds_stands_beside_what_patterns_find(analyzer: Analyzer) -> None:
    text = "Sealed proposals are due by courier in nine paper copies on March 12, 2027."
    made = analyzer.analyze(word_file("This RFP was issued on March 1, 2027.", text))
    of_sentence = [item.rule for item in made.report.findings if item.text == text]
    assert "vendor-burden/short-response" in of_sentence
    assert len(of_sentence) == len(set(of_sentence))


def test_exhibits_of_a_package_are_passed_in(analyzer: Analyzer) -> None:
    made = analyzer.analyze(word_file("The form attached as Exhibit D is to be signed by the firm."))
    assert "drafting/dangling-exhibit" in drafting(made.report.findings)
    held = exhibits_of(document_of(["Exhibit D", "The Contractor keeps secrets."]))
    packed = analyzer.analyze_document(made.document, attached=held)
    assert drafting(packed.report.findings) == {}


def test_rules_are_kept_to_kinds_of_document() -> None:
    document = document_of(["This RFP was issued on March 1, 2027.", "Proposals are due on March 12, 2027."])
    segments, limits = segment(document), Limits(days_to_respond=21)
    kinds = {kind: find_defects(RULES.rules, document, segments, limits=limits, kind=kind) for kind in ("rfp", "sow")}
    assert {kind: [match.rule for match in found] for kind, found in kinds.items()} == {
        "rfp": ["vendor-burden/short-response"],
        "sow": [],
    }


def test_an_empty_document_has_no_defects() -> None:
    document = document_of([])
    assert find_defects(RULES.rules, document, segment(document), limits=Limits(days_to_respond=1)) == ()


SEEDS = """
from analyzer.drafting import find_defects
from analyzer.resources import patterns_folder
from analyzer.rulefiles import load_rules
from analyzer.segmentation import segment
from tests.drafting.drafts import document_of
lines = [
    "Proposals are due on April 30, 2027.",
    "Bids must be delivered no later than 7 May 2027, and by then signed as Exhibit A, B and Attachment 3 show below.",
    "On [date] at [location] and <<place>>, within thirty (60) days, as Appendix C and Annex D show below.",
]
document = document_of(lines)
print(find_defects(load_rules(patterns_folder()).rules, document, segment(document)))
"""


def test_matches_are_the_same_under_any_hash_seed() -> None:
    root = samples_folder().parent

    def run(seed: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", SEEDS],
            capture_output=True,
            text=True,
            check=True,
            cwd=root,
            env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin"},
        )
        return done.stdout

    assert run("1") == run("2") != "()\n"


NASTY = (
    "[insert [ ",
    "bids by bids due 1/1/2027 ",
    "one hundred and ",
    "five (5) ",
    "section 1.1, ",
    "1.1.1.1 ",
    "__",
    "X",
    "$X,XXX,",
    "this agreement and the contract between ",
    "the Master Deliverable Schedule shall ",
    "“Term” ",
    "attached Exhibit A ",
    "<<<",
    "performance bond of at for to ",
    "((((",
    "proposals ___ is, ",
)


def megabyte(unit: str) -> Iterator[str]:
    """Much of one thing, in paragraphs and then in one."""
    text = unit * (30_000 // len(unit))
    yield from (text[start : start + 400] for start in range(0, len(text), 400))
    yield text


def test_a_megabyte_of_nasty_text_is_read_in_bounded_steps() -> None:
    """No detector looks at more than a sentence at a time, and none is longer than the longest that is cut."""
    document = document_of([line for unit in NASTY for line in megabyte(unit)])
    assert len(document.text) > 900_000
    segments = segment(document)
    draft = Draft(document, segments)
    assert max(len(passage.text) for passage in draft.passages) <= MAX_LENGTH
    assert sum(len(passage.text) for passage in draft.passages) <= len(document.text)
    for match in find_defects(RULES.rules, document, segments, limits=Limits(days_to_respond=21)):
        assert len(match.evidence) <= MAX_LENGTH


@given(st.lists(st.text(alphabet="aAX1.§[](){}<>_“”\"' -,/%$TBD", max_size=60), max_size=8))
def test_any_text_is_read_and_evidence_stands_in_it(lines: list[str]) -> None:
    document = document_of(lines)
    for match in find_defects(RULES.rules, document, segment(document), limits=Limits(days_to_respond=21)):
        for item in match.evidence:
            assert document[item.span] == item.text


def only(item: Rule) -> str:
    return item.id


@pytest.mark.parametrize("item", WITH_DETECTOR, ids=only)
def test_a_draft_of_a_detector_rule_never_fails_a_document(item: Rule) -> None:
    document = document_of(["Pay within thirty (60) days."])
    rules = replace(RULES, rules=(replace(item, status=Status.DRAFT, severity=Severity.HIGH),))
    segments = segment(document)
    matches = find_defects(rules.rules, document, segments)
    assert assess(document, segments, matches, rules, Policy()).verdict is Verdict.PASS


def pdf_file(*lines: str) -> Source:
    """One page of lines with room between them; a line that begins with a digit is in bold."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=letter)
    height = 740.0
    for line in lines:
        is_heading = line[0].isdigit()
        canvas.setFont("Helvetica-Bold" if is_heading else "Helvetica", 13 if is_heading else 10)
        canvas.drawString(72, height, line)
        height -= 30
    canvas.save()
    return Source("draft.pdf", buffer.getvalue())


def test_a_pdf_is_checked_on_its_pages(analyzer: Analyzer) -> None:
    made = analyzer.analyze(
        pdf_file(
            "Request for Proposals for a permit system of the County.",
            "1. Scope",
            "The County asks for offers for the whole of the work.",
            "2. Conference",
            "It is held at [location] on [date], and section 7 has the rest.",
            "3. Payment",
            "4. Term",
            "The initial term of the contract is for three years from May.",
            "5. Law",
            "The law of the State applies, and the base period of two years is firm.",
        )
    )
    found = drafting(made.report.findings)
    assert {rule: item.text for rule, item in found.items()} == {
        "drafting/conflicting-amounts": "The law of the State applies, and the base period of two years is firm.",
        "drafting/cross-reference": "It is held at [location] on [date], and section 7 has the rest.",
        "drafting/empty-section": "3. Payment",
        "drafting/placeholder": "It is held at [location] on [date], and section 7 has the rest.",
    }
    assert {item.page for item in found.values()} == {1}


@pytest.mark.parametrize(("labels", "flagged"), [((), []), ((Label("drafting"),), ["drafting/words-against-figures"])])
def test_nobody_is_scored_on_what_no_label_names(
    analyzer: Analyzer, labels: tuple[Label, ...], flagged: list[str]
) -> None:
    text = "Pay within thirty (60) days."
    labelled = LabelledDocument("a.txt", "a", document_of([text]), tuple(LabelledText(text, item) for item in labels))
    (outcome,) = outcomes_of([labelled], analyzer=analyzer)
    assert [item.rule for item in outcome.flagged] == flagged
