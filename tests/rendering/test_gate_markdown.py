"""A comment on a pull request shows a document's words as they are, and nothing in them comes alive."""

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from analyzer.gate import CauseKind, Exit, GateResult, Judged, Standing
from analyzer.rendering.gate_markdown import LONGEST, render_gate_markdown
from tests.rendering.results import ALL, CONFLICT, REFERENCES, cause, finding, hostile, judged, result, standing

OPEN = re.compile(
    r"<(?!/?(?:details|summary|sub|h[1-6]|p|ul|li|ol|table|thead|tbody|tr|th|td|strong|blockquote|code|pre|hr)\b)"
)


def html_of(markdown: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown)


def outside_code(html: str) -> str:
    return re.sub(r"<code>.*?</code>", "", html, flags=re.DOTALL)


@pytest.mark.parametrize("gate", ALL.values(), ids=ALL)
def test_nothing_comes_alive(gate: GateResult) -> None:
    made = render_gate_markdown(gate, REFERENCES)
    made.encode("utf-8")
    html = html_of(made)
    assert OPEN.findall(html) == []
    plain = outside_code(html)
    assert re.findall(r"@\w|(?<!&)#\d|://|\bwww\.", plain) == []
    assert [c for c in made if not c.isprintable() and c not in "\n\u200b"] == []
    assert len(made) <= LONGEST
    assert made == render_gate_markdown(gate, REFERENCES)


def test_hostile_words_are_all_there() -> None:
    html = html_of(render_gate_markdown(hostile(), REFERENCES))
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") > 10
    assert "<strong>bold</strong>" not in html
    assert "`tick` ``two``" in html
    rows = [line for line in html.splitlines() if line == "<tr>"]
    assert len(rows) == 3


SIGNS = {
    Exit.PASS: "✅ Nothing stands in the way",
    Exit.FAIL: "❌ Do not publish yet",
    Exit.UNDECIDED: "⚠️ Can't be judged yet",
}


@pytest.mark.parametrize("kind", CauseKind)
def test_the_verdict_and_the_cause_come_first(kind: CauseKind) -> None:
    gate = cause(kind)
    lines = render_gate_markdown(gate, REFERENCES).splitlines()
    assert lines[0].startswith(f"## {SIGNS[gate.exit]}")
    assert "It is so. Do this." in lines[2]


@pytest.mark.parametrize("kind", Standing)
def test_only_what_counts_is_unfolded(kind: Standing) -> None:
    made = render_gate_markdown(standing(kind), REFERENCES)
    assert ("#### ■ High: Zebra named" in made) == (kind is Standing.COUNTS)
    assert ("<details>" in made) == (kind is not Standing.COUNTS)


def test_a_conflict_is_shown_with_its_places() -> None:
    made = render_gate_markdown(result(conflicts=(CONFLICT,)), REFERENCES)
    assert "- `terms.docx · page 4 · 4 Terms`: `Liability is capped.`" in made
    waived = render_gate_markdown(result(conflicts=(replace(CONFLICT, standing=Standing.WAIVED, note="by Pat"),)), {})
    assert "- Waived: by Pat. Conflict: A cap here, none there" in waived


def test_a_comment_keeps_to_the_limit_and_counts_what_is_left_out() -> None:
    items = tuple(Judged(finding("zebra `` @you " * 400, id=f"{n:016x}"), Standing.COUNTS) for n in range(60))
    gate = result(*(judged(*items, name=f"{n}.txt") for n in range(100)), exit=Exit.FAIL)
    made = render_gate_markdown(gate, REFERENCES)
    assert LONGEST // 2 < len(made) <= LONGEST
    assert re.search(r"\*\*[\d,]+ parts of this report not shown", made)
    assert "and 70 more documents." in made
    worst = hostile("@x|<`*" * 20_000)
    assert len(render_gate_markdown(worst, REFERENCES)) <= LONGEST
