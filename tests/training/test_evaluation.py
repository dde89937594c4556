"""An evaluation as a whole: what goes in, and how it is told in words, as JSON and as a page."""

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from analyzer.errors import SampleError
from analyzer.findings import Severity
from analyzer.training.breakdowns import By
from analyzer.training.evaluation import Evaluation, SuspiciousLabel, evaluate, load_agencies, load_outcomes
from analyzer.training.evaluation_json import render_evaluation_json
from analyzer.training.evaluation_page import render_evaluation_page
from analyzer.training.evaluation_text import render_evaluation_text
from analyzer.training.evaluation_words import Names, measure_words, percent, points
from analyzer.training.measures import Measure
from analyzer.training.mistakes import AnswerMistake, MistakeKind, costliest, mistakes_of
from analyzer.training.outcomes import Flagged, Outcome, Ranked
from analyzer.training.samples import LabelledDocument
from analyzer.training.scoring import agree_all
from tests.training.labelled_documents import (
    BOND,
    BY_HAND,
    FIXED,
    LIABLE,
    PAYMENT,
    PLAIN,
    SAID,
    flag,
    label,
    labelled,
    outcome,
)

ONE = "performance-bond"
NAMES = Names(
    {ONE: "Bonds and security", "inflexible-terms": "Inflexible terms"},
    {f"{ONE}/performance": "Performance bond required", f"{ONE}/payment": "Payment bond required"},
    {f"{ONE}/performance": "Bond asked for"},
    {"contact": "One contact"},
)
EVERYTHING = evaluate(
    BY_HAND,
    SAID,
    labels="labels.jsonl",
    by=By,
    champion=("an older set", [outcome("a.txt")]),
    known_categories={ONE, "inflexible-terms", "unlimited-liability"},
    suspicious=[SuspiciousLabel("a.txt", ONE, "payment", PAYMENT, "Five readers of six see no bond here.")],
)
CLEAN = evaluate(
    [labelled("a.txt", label(BOND, ONE))], [outcome("a.txt", flag(BOND, ONE, score=1.0))], labels="labels.jsonl"
)


def evaluated(documents: list[LabelledDocument], outcomes: Iterable[Outcome]) -> Evaluation:
    return evaluate(documents, outcomes, labels="labels.jsonl", known_categories={ONE})


# ---- What goes in


def test_no_document_at_all_is_refused() -> None:
    with pytest.raises(SampleError, match="holds no labelled sentence or document"):
        evaluate([], [], labels="labels.jsonl")


def report(**more: object) -> dict[str, object]:
    finding = {"category": ONE, "subtype": None, "severity": "high", "score": 0.7, "text": BOND, "rule": "a/b"}
    answers = [{"id": "contact", "answer": "yes"}]
    return {"document": {"name": "a.txt"}, "findings": [finding], "checklist": answers, **more}


OUTCOME = Outcome(
    "a.txt",
    (Flagged(ONE, "", Severity.HIGH, 0.7, BOND, "a/b"),),
    {"contact": "yes"},
    (Ranked(ONE, 0.7, BOND),),
)
SHAPES = [
    json.dumps(report()),
    json.dumps(report(), indent=2),
    json.dumps([report()]),
    "\n" + json.dumps(report()) + "\n\n",
    "\ufeff" + json.dumps(report()),
]


@pytest.mark.parametrize("text", SHAPES)
def test_reports_are_read_in_every_shape(tmp_path: Path, text: str) -> None:
    path = tmp_path / "reports.jsonl"
    path.write_text(text, encoding="utf-8")
    assert load_outcomes(path) == [OUTCOME]


def test_a_document_that_could_not_be_read_has_no_outcome(tmp_path: Path) -> None:
    path = tmp_path / "reports.jsonl"
    failure = {"document": {"name": "b.txt"}, "error": {"kind": "DamagedDocument"}}
    path.write_text("\n".join(map(json.dumps, (report(), failure))), encoding="utf-8")
    assert load_outcomes(path) == [OUTCOME]


def test_an_empty_file_holds_no_reports(tmp_path: Path) -> None:
    path = tmp_path / "reports.jsonl"
    path.write_text("\n", encoding="utf-8")
    assert load_outcomes(path) == []


BAD_REPORTS = [
    ("{}\nnonsense\n", ":2: is not JSON"),
    ("[1]", ":1: is not a report: it names no document"),
    ("{}", ":1: is not a report: it names no document"),
    ('{"document": {"name": 3}}', ":1: is not a report: it names no document"),
    ('{"document": {"name": "a"}}', ":1: is not a report: it has no list of findings"),
    ('{"document": {"name": "a"}, "findings": [3]}', ":1: has a finding or answer that can't be used"),
    ('{"document": {"name": "a"}, "findings": [{"text": "x"}]}', ":1: has a finding or answer that can't be used"),
    (json.dumps(report(checklist=[{"id": "contact"}])), ":1: has a finding or answer that can't be used"),
    (json.dumps(report()).replace(f'"{BOND}"', "null"), "text is not a text"),
    (json.dumps(report()).replace("0.7", "7"), "score 7.0 is not from 0 to 1"),
    (json.dumps(report()).replace("high", "huge"), "'huge' is not a valid Severity"),
]


@pytest.mark.parametrize(("text", "reason"), BAD_REPORTS)
def test_wrong_reports_are_refused(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "reports.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SampleError) as caught:
        load_outcomes(path)
    assert reason in str(caught.value)


@pytest.mark.parametrize("data", [None, b"\xff\xfe\x00"])
def test_files_that_cannot_be_read_are_refused(tmp_path: Path, data: bytes | None) -> None:
    path = tmp_path / "file"
    if data:
        path.write_bytes(data)
    for load in (load_outcomes, load_agencies):
        with pytest.raises(SampleError, match="can't be read"):
            load(path)


def test_agencies_are_read(tmp_path: Path) -> None:
    path = tmp_path / "agencies.tsv"
    path.write_text('a "b".txt\tNorth\tmore\n\n b.txt \t South Bay \r\n', encoding="utf-8")
    assert load_agencies(path) == {'a "b".txt': "North", "b.txt": "South Bay"}


@pytest.mark.parametrize("text", ["a.txt\n", "a.txt\t\n", "\tNorth\n", "a.txt,North\n"])
def test_lines_without_agency_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "agencies.tsv"
    path.write_text(f"b.txt\tSouth\n{text}", encoding="utf-8")
    with pytest.raises(SampleError, match=r"agencies\.tsv:2: is not a document, a tab and an agency"):
        load_agencies(path)


# ---- Mistakes


def test_the_costliest_mistakes_come_first() -> None:
    document = labelled(
        "a.txt",
        label(BOND, ONE, "performance", "low"),
        label(PAYMENT, ONE, "payment", "high"),
        label(FIXED, "inflexible-terms", severity="medium"),
    )
    said = outcome(
        "a.txt",
        flag(PLAIN, ONE, score=0.6, severity="high"),
        flag(LIABLE, ONE, score=0.9, severity="low"),
        flag(FIXED, ONE, score=0.7),
    )
    mistakes = mistakes_of(agree_all([document], [said]))
    assert [(mistake.kind, mistake.text) for mistake in mistakes] == [
        (MistakeKind.MISSED, PAYMENT),
        (MistakeKind.FALSE_ALARM, LIABLE),
        (MistakeKind.FALSE_ALARM, FIXED),
        (MistakeKind.FALSE_ALARM, PLAIN),
        (MistakeKind.MISSED, FIXED),
        (MistakeKind.MISSED, BOND),
    ]
    assert costliest(mistakes, 2) == mistakes[:2]
    assert [mistake.elsewhere for mistake in mistakes if mistake.text == FIXED] == [("inflexible-terms",), (ONE,)]


def test_a_missed_label_says_how_nearly_it_was_found() -> None:
    said = Outcome("a.txt", ranked=(Ranked(ONE, 0.44, BOND), Ranked(ONE, 0.9, PLAIN)))
    (mistake,) = mistakes_of(agree_all([labelled("a.txt", label(BOND, ONE))], [said]))
    assert (mistake.score, mistake.rule) == (0.44, "")


def test_answers_that_differ() -> None:
    assert EVERYTHING.answer_mistakes == (
        AnswerMistake("b.txt", "contact", "yes", ""),
        AnswerMistake("a.txt", "roles", "no", "yes"),
    )


# ---- Words

FIGURES = [
    (measure_words(Measure(None)), "–"),
    (measure_words(Measure(0.714)), "71 %"),
    (measure_words(Measure(0.714, 0.6, 1.0)), "71 % (60–100)"),
    (percent(0.0), "0 %"),
    (points(Measure(None)), "–"),
    (points(Measure(-0.0312)), "-3.1 points"),
    (points(Measure(0.05, -0.01, 0.1)), "+5.0 points (-1.0 to +10.0)"),
]


@pytest.mark.parametrize(("words", "expected"), FIGURES)
def test_figures_as_words(words: str, expected: str) -> None:
    assert words == expected


def text_of(evaluation: Evaluation, **options: bool) -> str:
    """The words for the terminal, without the breaks of its lines."""
    return " ".join(render_evaluation_text(evaluation, NAMES, **options).split())


def test_the_text_says_what_was_scored_and_how_to_read_it() -> None:
    text = text_of(EVERYTHING)
    for sentence in (
        "Scored the rules on labels.jsonl: 3 documents with 5 labels, of 2 agencies.",
        "Of 4 sentences flagged, 1 was right: 25 % precision.",
        "Of 5 sentences that people labelled, 2 were found: 40 % recall.",
        "No report, so every label counts as missed: b.txt.",
        "Not a category of the rules: waterfall.",
        "No label at all, so every finding counts as wrong: waterfall.",
        "The rules compared with an older set:",
        "Checklist answers that agree: 33 %",
        "All 6 mistakes, the costliest first:",
    ):
        assert sentence in text


def test_tables_have_lines_of_one_width() -> None:
    lines = render_evaluation_text(EVERYTHING, NAMES, with_mistakes=False).splitlines()
    for number, line in enumerate(lines):
        if line and set(line) == {"-"}:
            assert max(len(lines[number - 1]), len(lines[number + 1])) <= len(line)


@pytest.mark.parametrize("render", [render_evaluation_text, render_evaluation_page])
def test_without_mistakes_no_word_of_a_document_is_shown(render: object) -> None:
    assert callable(render)
    shown, hidden = render(EVERYTHING, NAMES), render(EVERYTHING, NAMES, with_mistakes=False)
    for text in (PAYMENT, LIABLE, PLAIN):
        assert " ".join(text.split()[:4]) in shown
        assert " ".join(text.split()[:4]) not in hidden


def test_nothing_wrong() -> None:
    assert "No mistakes." in text_of(CLEAN)
    assert "there is nothing to tell how far the figures would vary" in text_of(CLEAN)
    assert "100 % precision" in text_of(CLEAN)
    assert "None: every label was found" in render_evaluation_page(CLEAN, NAMES)


ODD = [
    ([labelled("a.txt")], [], "There is no label, so there is no recall"),
    ([labelled("a.txt")], [outcome("a.txt")], "Nothing was flagged, so there is no precision."),
    ([labelled("a.txt", label(BOND, "odd"))], [outcome("a.txt")], "Not a category of the rules: odd."),
    ([labelled("a.txt", label(BOND, ONE, severity=None))], [outcome("a.txt")], "no severity"),
    ([labelled("a.txt", checklist={"contact": "unclear"})], [], "No report, so every label counts as missed: a.txt."),
]


@pytest.mark.parametrize(("documents", "outcomes", "sentence"), ODD)
def test_odd_labels_give_sane_words(documents: list[LabelledDocument], outcomes: list[Outcome], sentence: str) -> None:
    evaluation = evaluate(documents, outcomes, labels="labels.jsonl", known_categories={ONE}, by=By)
    assert sentence in text_of(evaluation)
    assert "nan" not in text_of(evaluation)
    Page(render_evaluation_page(evaluation, NAMES))
    assert json.loads(render_evaluation_json(evaluation))["documents"] == 1


def test_more_than_ten_mistakes_are_left_to_the_page() -> None:
    documents = [labelled(f"{number}.txt", label(BOND, ONE)) for number in range(11)]
    assert "The 10 costliest of 11 mistakes; --html FILE shows all:" in text_of(evaluated(documents, []))


def test_control_characters_do_not_reach_the_terminal() -> None:
    nasty = f"{BOND}\x1b[31m\u202e Red."
    evaluation = evaluated([labelled("a\x1b.txt", label(nasty, ONE), sentences=(PLAIN,))], [])
    assert "\x1b" not in render_evaluation_text(evaluation, NAMES)
    assert "\u202e" not in render_evaluation_page(evaluation, NAMES)


# ---- JSON


def test_json_holds_every_figure() -> None:
    value = json.loads(render_evaluation_json(EVERYTHING))
    bond = value["categories"][ONE]
    assert (bond["labels"], bond["missed"], bond["findings"], bond["false_alarms"]) == (3, 2, 2, 1)
    assert (bond["precision"]["value"], bond["recall"]["value"], bond["f1"]["value"]) == (0.5, 0.3333, 0.4)
    assert bond["recall_by_severity"]["high"] == {"found": 1, "labels": 2}
    assert value["without_report"] == ["b.txt"]
    assert value["checklist"]["questions"] == {"contact": {"right": 1, "asked": 2}, "roles": {"right": 0, "asked": 1}}
    assert set(value["breakdowns"]) == {"agency", "document", "subtype", "rule"}
    assert value["comparison"]["overall"]["verdict"] in {"better", "worse", "undecided"}
    assert len(value["mistakes"]) == len(EVERYTHING.mistakes) == 6
    assert [item["text"] for item in value["suspicious_labels"]] == [PAYMENT]


def test_json_without_mistakes_has_no_text() -> None:
    value = json.loads(render_evaluation_json(EVERYTHING, with_mistakes=False))
    assert {"mistakes", "checklist_mistakes", "suspicious_labels"} & set(value) == set()
    assert "bond for the whole price" not in json.dumps(value)


def test_a_second_run_gives_the_same_bytes() -> None:
    again = evaluate(
        BY_HAND,
        SAID,
        labels="labels.jsonl",
        by=By,
        champion=("an older set", [outcome("a.txt")]),
        known_categories={ONE, "inflexible-terms", "unlimited-liability"},
        suspicious=EVERYTHING.suspicious,
    )
    assert render_evaluation_json(again) == render_evaluation_json(EVERYTHING)
    assert render_evaluation_page(again, NAMES) == render_evaluation_page(EVERYTHING, NAMES)
    assert render_evaluation_text(again, NAMES) == render_evaluation_text(EVERYTHING, NAMES)


# ---- The page


class Page(HTMLParser):
    """A page as its tags; fails where they don't nest."""

    EMPTY = frozenset({"meta", "br", "link", "img", "input"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


def test_the_page_is_whole_and_loads_nothing() -> None:
    text = render_evaluation_page(EVERYTHING, NAMES)
    page = Page(text)
    assert not [tag for tag, attributes in page.tags if {"src", "href"} & set(attributes)]
    assert not re.search(r"https?:|url\(|@import", text)
    assert "default-src 'none'" in text
    assert ("html", {"lang": "en"}) in page.tags


def test_the_page_shows_every_mistake_with_what_the_filters_need() -> None:
    page = Page(render_evaluation_page(EVERYTHING, NAMES))
    items = [attributes for tag, attributes in page.tags if tag == "li" and "data-kind" in attributes]
    assert len(items) == 2 * len(EVERYTHING.mistakes)  # the costliest stand at the top too
    options = {attributes.get("value") for tag, attributes in page.tags if tag == "option"}
    for name in ("data-kind", "data-category", "data-severity", "data-doc"):
        assert {item[name] for item in items} <= options


def test_the_page_uses_titles_and_names_what_fired() -> None:
    text = render_evaluation_page(EVERYTHING, NAMES)
    assert "Performance bond required" in text
    assert "One contact" in text
    assert f"Fired: {ONE}/payment, score 0.80." in text
    assert "Five readers of six see no bond here." in text


def test_text_of_documents_is_escaped() -> None:
    nasty = 'The <script>alert(1)</script> vendor\'s "bond" & all.'
    document = labelled('a"><b>.txt', label(nasty, ONE), sentences=(PLAIN,))
    evaluation = replace(
        evaluated([document], []), suspicious=(SuspiciousLabel("<i>", "<u>", "", "<s>", "<em>"),), system="<b>"
    )
    text = render_evaluation_page(evaluation, NAMES)
    Page(text)
    for tag in ("<script>alert", "<b>", "<i>", "<u>", "<s>", "<em>"):
        assert tag not in text


def test_thousands_of_mistakes() -> None:
    texts = [f"Clause {n} of part {n} asks the vendor for thing {n}." for n in range(4000)]
    documents = [labelled("a.txt", *(label(text, ONE) for text in texts), sentences=(PLAIN,))]
    evaluation = evaluated(documents, [outcome("a.txt", *(flag(f"{n} is flagged {n}", ONE) for n in range(2000)))])
    assert len(evaluation.mistakes) == 6000
    assert "All 6,000 mistakes" in render_evaluation_page(evaluation, NAMES)
