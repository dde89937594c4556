"""Reports as JSON, text and Markdown: one and the same, well formed, and safe to show whatever a document holds."""

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

from analyzer.document import NoteKind, ReadingNote, Span
from analyzer.findings import (
    Answer,
    ChecklistAnswer,
    Evidence,
    EvidenceKind,
    Failure,
    Finding,
    NearMiss,
    Reading,
    Report,
    Severity,
    Verdict,
    Versions,
)
from analyzer.rendering import words
from analyzer.rendering.json import render_json
from analyzer.rendering.markdown import render_markdown
from analyzer.rendering.rules import explain_question, explain_rule, list_references, list_rules, rule_pages
from analyzer.rendering.terminal import render_terminal
from analyzer.rules import Reference
from tests.rule_folders import HEAD, QUESTION, pattern, rule, rules_of, unless

SCHEMA = json.loads((Path(__file__).parent.parent / "docs/report.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
REFERENCES = {
    "book-1": Reference("book-1", "Book, page 1", "No animals.", "2020", "US", "policy", "primary", date(2026, 1, 15)),
    "far-1": Reference("far-1", "FAR 1.1", "Be fair.", "2026", "US federal", "benchmark", "mirror", date(2026, 2, 3)),
}
TEXT = "4.2 Each zebra shall pay $2,000."


def finding(text: str = TEXT, marks: tuple[str, ...] = ("zebra shall", "$2,000"), **changes: Any) -> Finding:
    """A finding on a text that begins at character 100, with marks on some of its words."""
    kinds = [EvidenceKind.AMOUNT if mark.startswith("$") else EvidenceKind.PATTERN for mark in marks]
    spans = [Span(100 + text.index(mark), 100 + text.index(mark) + len(mark)) for mark in marks]
    evidence = tuple(
        Evidence(kind, kind.value, span, mark, "2000 USD" if kind is EvidenceKind.AMOUNT else "")
        for kind, span, mark in zip(kinds, spans, marks, strict=True)
    )
    made = Finding(
        id="0123456789abcdef",
        rule="animals/zebra",
        category="animals",
        subtype="wild",
        severity=Severity.HIGH,
        score=0.8,
        span=Span(100, 100 + len(text)),
        text=text,
        page=3,
        section="4 Animals › 4.2",
        title="Zebra named",
        message="The text names a zebra.",
        why="Zebras are shy.",
        suggestion="Say [animal] instead.",
        fallback="Say “horse”.",
        walk_away="",
        references=("book-1", "far-1"),
        evidence=evidence,
    )
    return replace(made, **changes)


NEAR = NearMiss(
    "fedcba9876543210",
    "animals/zebra",
    "animals",
    "",
    "Zebra named",
    "is a toy",
    Span(5, 15),
    "toy zebras",
    None,
    "",
    (Evidence(EvidenceKind.CLEARED, "is a toy", Span(5, 8), "toy"),),
)
ANSWERS = (
    ChecklistAnswer(
        "gardener", "Gardener", "Is a gardener named?", Answer.YES, Answer.YES, "A gardener.", Span(7, 18),
        "A gardener.", 2, "3 Garden", "Gardens need one.", "Name one.", ("book-1",),
    ),
    ChecklistAnswer(
        "weeds", "Weeds", "Are there weeds?", Answer.YES, Answer.NO, "Weeds.", None, "", None, "", "Why.", "Pull.", (),
    ),
)  # fmt: skip


def report(*findings: Finding, **changes: Any) -> Report:
    made = Report(
        name="rfp.pdf",
        sha256="ab" * 32,
        media_type="application/pdf",
        kind="rfp",
        pages=12,
        verdict=Verdict.FAIL,
        reasons=("1 high finding.",),
        findings=findings,
        near_misses=(NEAR,),
        checklist=ANSWERS,
        reading=Reading(True, 5000, 800, 40, 9, "accepted", (ReadingNote(NoteKind.COMMENTS, "One comment.", (2,)),)),
        versions=Versions("0.1.0", "00112233445566aa", "nascio@001122334455"),
    )
    return replace(made, **changes)


FAILURE = Failure("a.pdf", "EncryptedDocument", "needs a password.", "Save it without one.", "cd" * 32)


# JSON


def test_json_says_everything() -> None:
    value = json.loads(render_json(report(finding()), REFERENCES))
    reference = {
        "id": "book-1",
        "cite": "Book, page 1",
        "says": "No animals.",
        "edition": "2020",
        "jurisdiction": "US",
        "force": "policy",
        "checked": "primary",
        "verified": "2026-01-15",
    }
    assert value["document"] == {
        "name": "rfp.pdf",
        "sha256": "ab" * 32,
        "media_type": "application/pdf",
        "pages": 12,
        "kind": "rfp",
    }
    assert list(value) == [
        *("schema", "document", "verdict", "reasons", "findings", "near_misses", "checklist", "reading", "versions")
    ]
    assert value["findings"][0] | {"references": value["findings"][0]["references"][:1]} == {
        "id": "0123456789abcdef",
        "rule": "animals/zebra",
        "category": "animals",
        "subtype": "wild",
        "severity": "high",
        "score": 0.8,
        "text": TEXT,
        "start": 100,
        "end": 132,
        "page": 3,
        "section": "4 Animals › 4.2",
        "title": "Zebra named",
        "message": "The text names a zebra.",
        "why": "Zebras are shy.",
        "suggestion": "Say [animal] instead.",
        "fallback": "Say “horse”.",
        "walk_away": None,
        "gives_up": None,
        "protection": None,
        "references": [reference],
        "detected_by": "rules",
        "draft": False,
        "record": None,
        "evidence": [
            {"kind": "pattern", "name": "pattern", "text": "zebra shall", "start": 109, "end": 120},
            {"kind": "amount", "name": "amount", "text": "$2,000", "start": 125, "end": 131, "value": "2000 USD"},
        ],
    }
    assert [(answer["answer"], answer["text"], answer["start"], answer["page"]) for answer in value["checklist"]] == [
        ("yes", "A gardener.", 7, 2),
        ("yes", None, None, None),
    ]
    assert value["reading"]["notes"] == [{"kind": "comments", "message": "One comment.", "pages": [2], "unread": False}]


def test_a_failure_as_json() -> None:
    assert json.loads(render_json(FAILURE, REFERENCES)) == {
        "document": {"name": "a.pdf", "sha256": "cd" * 32},
        "error": {"kind": "EncryptedDocument", "cause": "needs a password.", "remedy": "Save it without one."},
    }


VALID = {
    "report": report(finding()),
    "failure": FAILURE,
    "failure without bytes": replace(FAILURE, sha256="", remedy=""),
    "nothing found": report(near_misses=(), checklist=(), verdict=Verdict.PASS, reasons=()),
    "no pages": report(finding(page=None, section="", subtype="", fallback=""), pages=None, kind="other"),
    "twin": report(finding(), finding(id="0123456789abcdef-2")),
}


@pytest.mark.parametrize("outcome", VALID.values(), ids=VALID)
def test_json_follows_its_schema(outcome: Report | Failure) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(json.loads(render_json(outcome, REFERENCES)))] == []


def test_the_schema_is_one_and_strict() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    objects = [node for node in nodes(SCHEMA) if node.get("type") == "object"]
    assert len(objects) > 10
    assert all(node["additionalProperties"] is False for node in objects)
    assert [node for node in objects if set(node["required"]) - set(node["properties"])] == []
    assert set(SCHEMA["$defs"]["reading"]["properties"]["notes"]["items"]["properties"]["kind"]["enum"]) == {*NoteKind}
    assert set(SCHEMA["$defs"]["evidence"]["properties"]["kind"]["enum"]) == {*EvidenceKind}


def nodes(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value, *(node for child in value.values() for node in nodes(child))]
    return [node for child in value for node in nodes(child)] if isinstance(value, list) else []


WRONG = [
    ("findings", 0, "severity", "awful"),
    ("findings", 0, "score", 1.5),
    ("findings", 0, "evidence", []),
    ("findings", 0, "extra", 1),
    ("checklist", 0, "answer", "perhaps"),
    ("near_misses", 0, "id", "x"),
]


@pytest.mark.parametrize(("part", "index", "field", "value"), WRONG)
def test_the_schema_refuses_what_is_wrong(part: str, index: int, field: str, value: object) -> None:
    wrong = json.loads(render_json(report(finding()), REFERENCES))
    wrong[part][index][field] = value
    assert not VALIDATOR.is_valid(wrong)


# Words that people read


def test_marked_parts_are_the_words_that_fired() -> None:
    assert words.marked_parts(finding()) == (
        ("4.2 Each ", False),
        ("zebra shall", True),
        (" pay ", False),
        ("$2,000", True),
        (".", False),
    )
    whole = finding("Zebra", ("Zebra",))
    assert words.marked_parts(whole) == (("Zebra", True),)
    assert words.marked_parts(finding(evidence=())) == ((TEXT, False),)
    outside = Evidence(EvidenceKind.CONTEXT, "c", Span(105, 108), "Eac")
    assert words.marked_parts(finding(evidence=(outside,))) == ((TEXT, False),)


@given(st.text(min_size=1, max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20)), max_size=4))
def test_parts_put_together_are_the_text(text: str, places: list[tuple[int, int]]) -> None:
    evidence = tuple(
        Evidence(EvidenceKind.PATTERN, "p", Span(100 + start, 100 + min(start + length, len(text))), "x")
        for start, length in places
        if start < len(text)
    )
    parts = words.marked_parts(finding(text, (), evidence=evidence))
    assert "".join(part for part, _ in parts) == text
    marked = {i for e in evidence for i in range(e.span.start - 100, e.span.end - 100)}
    assert sum(len(part) for part, is_marked in parts if is_marked) == len(marked)


def test_findings_by_rule_severest_first() -> None:
    low = finding(severity=Severity.LOW, rule="a/low")
    medium = finding(severity=Severity.MEDIUM, rule="a/medium")
    often = finding(severity=Severity.HIGH, rule="b/often")
    high = finding(severity=Severity.HIGH, rule="a/high")
    grouped = words.by_rule(report(low, medium, often, high, often))
    assert list(grouped.items()) == [
        ("b/often", (often, often)),
        ("a/high", (high,)),
        ("a/medium", (medium,)),
        ("a/low", (low,)),
    ]


def test_verdict_sentences() -> None:
    one, low = finding(), finding(severity=Severity.LOW)
    unread = ReadingNote(NoteKind.PAGE_WITHOUT_TEXT, "Pages 2 and 3 were not read.", (2, 3), is_unread=True)
    reading = replace(report().reading, notes=(unread,))
    assert [
        words.verdict_sentence(made)
        for made in (
            report(one, low, low),
            report(one),
            report(low, verdict=Verdict.PASS),
            report(verdict=Verdict.PASS),
            report(one, verdict=Verdict.CANNOT_EVALUATE, reading=reading),
        )
    ] == [
        "Do not publish yet: 1 high and 2 low findings.",
        "Do not publish yet: 1 high finding.",
        "Nothing stands in the way of publishing: 1 low finding.",
        "Nothing stands in the way of publishing: no findings.",
        "Can't be judged yet: 2 pages not read; 1 high finding in what was read.",
    ]


SMALL = [
    (words.plural(1, "page"), "1 page"),
    (words.plural(2000, "page"), "2,000 pages"),
    (words.plural(2, "copy", "copies"), "2 copies"),
    (words.place_of(3, "4 Terms"), "page 3 · 4 Terms"),
    (words.place_of(None, "4 Terms"), "4 Terms"),
    (words.place_of(None, ""), "no heading"),
    (words.quantity_words("1500000 USD"), "1,500,000 USD"),
    (words.quantity_words("2.5 x"), "2.5 x"),
    (words.sureness(0.95), "Almost certain (0.95)"),
    (words.sureness(0.3), "Possible (0.30)"),
    (words.authority_line(REFERENCES["book-1"]), "Book, page 1 (policy, US; checked 15 January 2026)"),
    (
        words.authority_line(REFERENCES["far-1"]),
        "FAR 1.1 (benchmark: federal rule, does not bind states; checked 3 February 2026)",
    ),
]


@pytest.mark.parametrize(("made", "expected"), SMALL)
def test_small_words(made: str, expected: str) -> None:
    assert made == expected


# Terminal and Markdown

HOSTILE = (
    "a [red]zebra shall[/red] | <script>alert(1)</script> `x` **b** \x1b[31m \x07 ![i](http://e.x) [l](j:s) &amp; #h"
)


def test_the_terminal_shows_all_that_matters() -> None:
    shown = render_terminal(report(finding()), REFERENCES, width=100)
    for wanted in (
        "rfp.pdf  Solicitation, 12 pages",
        "Do not publish yet: 1 high finding.",
        "i One comment.",
        "■ HIGH   Zebra named",
        "Zebras are shy.",
        "Say [animal] instead.",
        "Book, page 1 (policy, US; checked 15 January 2026)",
        "page 3 · 4 Animals › 4.2",
        f"“{TEXT}”",
        "1 near miss not shown",
        "Is a gardener named?",
        "page 2: A gardener.",
        "not found",
    ):
        assert wanted in shown
    assert max(map(len, shown.splitlines())) <= 100
    assert "\x1b" not in shown


def test_the_terminal_underlines_the_right_words() -> None:
    shown = render_terminal(report(finding()), REFERENCES, width=100, is_colored=True)
    assert re.findall(r"\x1b\[1;4;31m(.*?)\x1b\[0m", shown) == ["zebra shall", "$2,000"]


def test_the_terminal_shows_hostile_text_as_it_is() -> None:
    marked = finding(HOSTILE, ("zebra shall",), section=HOSTILE)
    note = ReadingNote(NoteKind.EMBEDDED_FILE, f"Holds the file {HOSTILE}.")
    answers = tuple(replace(answer, text=HOSTILE) for answer in ANSWERS)
    made = report(marked, name=HOSTILE, checklist=answers, reading=replace(report().reading, notes=(note,)))
    shown = render_terminal(made, REFERENCES, width=400)
    assert shown.count("[red]zebra shall[/red] | <script>alert(1)</script> `x`") >= 4
    assert [c for c in shown if not c.isprintable() and c != "\n"] == []
    failed = render_terminal(Failure(HOSTILE, "DamagedDocument", HOSTILE, HOSTILE), REFERENCES, width=400)
    assert [c for c in failed if not c.isprintable() and c != "\n"] == []


def test_a_long_quote_is_cut_around_the_words_that_fired() -> None:
    text = f"{'begin ' * 200}zebra shall{' end' * 200}"
    shown = render_terminal(report(finding(text, ("zebra shall",))), REFERENCES, width=100)
    assert "zebra shall" in shown
    assert shown.count("…") >= 2
    assert shown.count("begin") < 60


@given(st.text(max_size=60))
def test_nothing_from_a_document_steers_the_terminal(text: str) -> None:
    shown = render_terminal(report(finding(f"{text} zebra", ("zebra",)), name=text), REFERENCES, width=300)
    assert [c for c in shown if not c.isprintable() and c != "\n"] == []


def test_a_failure_in_the_terminal() -> None:
    assert render_terminal(FAILURE, REFERENCES) == (
        "a.pdf  could not be read\n  needs a password.\n  Save it without one.\n\n"
    )


def test_markdown_says_everything() -> None:
    shown = render_markdown(report(finding()), REFERENCES)
    for wanted in (
        "# rfp.pdf\n",
        "**Do not publish yet: 1 high finding.**",
        f"Solicitation, 12 pages, SHA-256 `{'ab' * 32}`.",
        "- One comment.",
        "## Findings (1)",
        "### ■ High: Zebra named",
        "**Why it matters.** Zebras are shy.",
        "**Instead.** Say \\[animal\\] instead.",
        "**Or.** Say “horse”.",
        "1. page 3 · 4 Animals › 4.2 (Very likely (0.80))",
        "   > 4.2 Each **zebra shall** pay **$2,000**.",
        "| ✓ | Is a gardener named? | Yes | A gardener. (page 2) |",
        "| ✗ | Are there weeds? | Yes | Not found. Looked for: Weeds. |",
        "## Near misses (1)",
        "- Zebra named (no heading), cleared: is a toy\n  > toy zebras",
        "Fairterms 0.1.0, rules 00112233445566aa, policy nascio@001122334455.",
    ):
        assert wanted in shown


def shown_html(markdown: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)


def test_markdown_shows_hostile_text_as_it_is() -> None:
    near = replace(NEAR, text=HOSTILE, reason=HOSTILE, section=HOSTILE)
    answers = tuple(replace(answer, text=HOSTILE) for answer in ANSWERS)
    note = ReadingNote(NoteKind.EMBEDDED_FILE, HOSTILE)
    made = report(
        finding(HOSTILE, ("zebra shall",), section=HOSTILE),
        name=HOSTILE,
        near_misses=(near,),
        checklist=answers,
        reading=replace(report().reading, notes=(note,)),
    )
    for html in (
        shown_html(render_markdown(made, REFERENCES)),
        shown_html(render_markdown(Failure(HOSTILE, "X", HOSTILE, HOSTILE), {})),
    ):
        assert re.findall(r"<(?:script|a|img)\b", html) == []
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
        assert "<code>x</code>" not in html
        assert "<strong>b</strong>" not in html
        assert "&amp;amp;" in html
        assert [c for c in html if not c.isprintable() and c != "\n"] == []
    rows = [line for line in shown_html(render_markdown(made, REFERENCES)).splitlines() if line == "<tr>"]
    assert len(rows) == 1 + len(answers)


@given(st.text(alphabet="a-+#*_`>|<[]()!&~1.=\\ \t\n\r", max_size=30))
def test_a_quote_in_markdown_is_the_text(text: str) -> None:
    html = shown_html(render_markdown(report(finding(f"{text} zebra", ("zebra",))), REFERENCES))
    quote = re.search(r"<blockquote>\s*<p>(.*?)</p>\s*</blockquote>", html, re.DOTALL)
    assert quote, html
    plain = re.sub(r"</?strong>", "", quote[1])
    for escaped, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        plain = plain.replace(escaped, character)
    assert plain.split() == [*text.split(), "zebra"]


# Rules as text


def test_rules_are_listed_and_explained(tmp_path: Path) -> None:
    rules = rules_of(
        tmp_path,
        {
            "animals/zebra.toml": rule(
                pattern('any = ["zebra"]', name="a zebra"),
                head=HEAD.replace('"draft"', '"stable"'),
                more='references = ["book-1"]\nknown_problems = "Misses stripes."\n',
                tail=unless('any = ["toy"]', name="is a toy")
                + unless('severity = "low"\nany = ["old"]', name="is old")
                + '[examples]\nflags = [{ text = "A zebra.", heading = "Zoo" }]\npasses = ["A toy zebra."]\n',
            ),
            "checklist/gardener.toml": QUESTION + '[examples]\nflags = ["A gardener."]\npasses = ["Weeds."]\n',
        },
    )
    listed = list_rules(rules)
    assert "Animals (1 rule): Animals are named." in listed
    assert re.search(r"■ high   animals/zebra +Zebra named\n", listed)
    assert "Plants (0 rules): Plants are named." in listed
    assert re.search(r"Checklist \(1 question\)\n  gardener +Is a gardener named\?\n", listed)
    assert explain_rule(rules.rules[0], rules).splitlines()[:3] == [
        "# Zebra named",
        "",
        "`animals/zebra` · high · stable",
    ]
    for wanted in (
        "**What it does.** The text names a zebra.",
        "**Why it is bad.** Zebras are shy.",
        "**Instead.** Say [animal] instead.",
        "- Book of Animals, page 1 (policy, US; checked 15 January 2026): Leave animals out.",
        "**Looks for**\n\n- a zebra",
        "**Unless it**\n\n- is a toy\n- is old (then low)",
        "**Flags**\n\n- [Zoo] A zebra.",
        "**Passes**\n\n- A toy zebra.",
        "**Known problems.** Misses stripes.",
    ):
        assert wanted in explain_rule(rules.rules[0], rules)
    for wanted in (
        "`checklist/gardener` · wanted: yes",
        "**Asks.** Is a gardener named?",
        "**Shows yes**\n\n- A gardener.",
    ):
        assert wanted in explain_question(rules.questions[0], rules)
    references = list_references(rules, date(2026, 6, 1))
    assert "\nbook-1\n" in references
    assert "\nbook-2  STALE: check it again  NOT CHECKED: can't be cited\n" in references
    assert set(rule_pages(rules)) == {"animals.md", "plants.md", "checklist.md", "README.md"}
