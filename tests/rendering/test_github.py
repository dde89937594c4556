"""Workflow commands can't be broken out of, and are no more than GitHub shows."""

import re
from dataclasses import replace

import pytest

from analyzer.gate import CauseKind, Exit, GateResult, Judged, Standing
from analyzer.rendering.github import MOST_SHOWN, render_github
from tests.rendering.results import ALL, REFERENCES, cause, document, finding, hostile, judged, result, standing

COMMAND = re.compile(r"::(error|warning|notice) ((?:file=[^,:\r\n]+,)?(?:line=\d+,)?title=[^,:\r\n]*)::([^\r\n]*)")


def unescaped(text: str) -> str:
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


def commands(gate: GateResult) -> list[tuple[str, str, str]]:
    lines = render_github(gate, REFERENCES).split("\n")
    assert lines.pop() == ""
    found = [COMMAND.fullmatch(line) for line in lines]
    assert None not in found, lines
    return [(item[1], item[2], item[3]) for item in found if item]


@pytest.mark.parametrize("gate", ALL.values(), ids=ALL)
def test_every_line_is_a_command(gate: GateResult) -> None:
    made = commands(gate)
    assert any(level == "error" for level, _, _ in made) == (gate.exit is not Exit.PASS)
    for level in ("error", "warning", "notice"):
        assert sum(item[0] == level for item in made) <= MOST_SHOWN
    for _, properties, message in made:
        assert re.sub("%(25|0A|0D|3A|2C)", "", properties + message).count("%") == 0
    render_github(gate, REFERENCES).encode("utf-8")


LEVELS = {
    Standing.COUNTS: ["error"],
    Standing.BELOW: ["warning"],
    Standing.DRAFT: ["notice"],
    Standing.OUT_OF_SCOPE: ["notice"],
    Standing.WAIVED: [],
    Standing.KNOWN: [],
}


@pytest.mark.parametrize(("kind", "levels"), LEVELS.items())
def test_standings(kind: Standing, levels: list[str]) -> None:
    made = commands(standing(kind))
    about = [item for item in made if "Zebra named" in item[1]]
    assert [item[0] for item in about] == levels
    for _, properties, message in about:
        assert properties == "file=zoo.txt,line=3,title=High%3A Zebra named"
        assert "Instead: Say [animal] instead.\nAuthority: Book, page 1" in unescaped(message)
    if not levels:
        assert "not shown" in made[1][2]


@pytest.mark.parametrize("kind", CauseKind)
def test_causes_are_errors(kind: CauseKind) -> None:
    made = commands(cause(kind))
    assert made[0][0] == "error"


def test_what_github_would_drop_is_counted() -> None:
    items = tuple(Judged(finding(id=f"{n:016x}"), Standing.COUNTS) for n in range(25))
    made = commands(result(judged(*items, text=document()), exit=Exit.FAIL))
    errors = [item for item in made if item[0] == "error"]
    assert len(errors) == MOST_SHOWN
    assert errors[-1][1:] == (
        "title=And 16 more",
        "16 annotations not shown here: GitHub shows 10 of a level. The report has them all.",
    )


def test_a_long_message_is_cut() -> None:
    long = finding("word " * 1_000_000)
    made = render_github(result(judged(Judged(long, Standing.COUNTS)), exit=Exit.FAIL), REFERENCES)
    assert len(made) < 5000


def test_text_stays_in_its_place() -> None:
    text = "a\r\n::error::b % c, d: e"
    gate = hostile(text)
    made = commands(replace(gate, causes=gate.causes[1:2]))
    assert sum(level == "error" for level, _, _ in made) == 2
    assert any("::error::b % c, d: e" in unescaped(message) for _, _, message in made)
