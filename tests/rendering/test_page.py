"""The web page: everything in it, nothing from outside, and a document's words as they are."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.document import Block, BlockKind, Document, Layer, Source, Span
from analyzer.gate import Exit, GateResult, Judged, Standing
from analyzer.rendering.gate_html import render_gate_html
from analyzer.rendering.html import render_html, render_html_of_all
from analyzer.rendering.page_text import document_text, marks_of
from tests.rendering.results import (
    ALL,
    FAILURE,
    REFERENCES,
    SENTENCES,
    START,
    TEXT,
    document,
    finding,
    judged,
    report,
    result,
    standing,
)

VOID = frozenset("meta br input".split())
ALLOWED = frozenset(
    "html head meta title style body header main section article h1 h2 h3 h4 p ul ol li div span a b bdi br mark table "
    "thead tbody tr th td caption details summary blockquote form fieldset legend label input select option button "
    "output code script".split()
)


class Tree(HTMLParser):
    """Reads a page, and fails where its elements don't close in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.kept: dict[str, str] = {}
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in {"style", "script"}:
            self.kept[self.open[-1]] = self.kept.get(self.open[-1], "") + data
        else:
            self.text.append(data)

    def all(self, tag: str, **wanted: str) -> list[dict[str, Any]]:
        return [a for t, a in self.tags if t == tag and all(value in (a.get(k) or "") for k, value in wanted.items())]


@pytest.mark.parametrize("gate", ALL.values(), ids=ALL)
def test_a_page_is_whole_and_holds_nothing_that_runs_or_loads(gate: GateResult) -> None:
    page = render_gate_html(gate, REFERENCES)
    page.encode("utf-8")
    tree = Tree(page)
    assert {tag for tag, _ in tree.tags} <= ALLOWED
    assert [
        t for t, a in tree.tags for name in a if name in {"src", "style", "srcset", "action"} or name[:2] == "on"
    ] == []
    assert [a["href"] for a in tree.all("a") if not a["href"].startswith("#")] == []
    ids = [a["id"] for _, a in tree.tags if a.get("id")]
    assert len(set(ids)) == len(ids)
    assert [a["href"] for a in tree.all("a") if a["href"][1:] not in ids] == []
    assert len(tree.all("script")) == len(tree.all("style")) == 1
    policy = tree.all("meta", content="default-src")[0]["content"]
    for kind in ("style", "script"):
        digest = b64encode(sha256(tree.kept[kind].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    shown = page.replace(tree.kept["style"], "").replace(tree.kept["script"], "")
    assert [c for c in shown if not c.isprintable() and c not in "\n\t\u200c\u200d\u00ad\u2060"] == []
    assert render_gate_html(gate, REFERENCES) == page


@pytest.mark.parametrize("kind", Standing)
def test_a_finding_stands_beside_its_words(kind: Standing) -> None:
    page = render_gate_html(standing(kind), REFERENCES)
    tree = Tree(page)
    card = tree.all("details", **{"class": "finding"})[0]
    assert (card["id"], card["data-standing"], card["data-severity"]) == ("f1-1", kind.value, "high")
    pill = tree.all("a", **{"class": "pill"})[0]
    assert (pill["id"], pill["href"], pill["aria-label"]) == ("t1-1", "#f1-1", "Finding 1, high: Zebra named")
    assert re.findall(r'<mark class="high[^"]*" data-f="1-1">(.*?)</mark>', page) == [
        "4.1 ",
        "Each zebra shall pay $2,000.",
    ]
    for words in ("Zebras are shy.", "Say [animal] instead.", "The zebra.", "A fence.", "<b>FAR 1.1</b>", "by Pat"):
        assert words in page


def test_only_checked_authority_is_shown() -> None:
    page = render_html(report(finding(references=("rumour", "book-1"))), None, REFERENCES)
    assert "Book, page 1" in page
    assert "Hearsay" not in page


def test_the_verdict_comes_first() -> None:
    first = re.compile(r"<h1>(.*?)</h1>")
    assert first.findall(render_gate_html(result(exit=Exit.UNDECIDED), {})) == [
        "Can&#x27;t be judged yet: the check did not finish."
    ]
    assert first.findall(render_html(report(finding()), document(), {})) == ["Do not publish yet: 1 high finding."]
    assert first.findall(render_html(FAILURE, None, {})) == ["Could not be read: old.pdf."]
    assert first.findall(render_html_of_all([], {})) == ["There was no document to read."]
    two = render_html_of_all([(report(finding()), document()), (FAILURE, None)], {})
    assert first.findall(two) == ["2 documents: 1 can&#x27;t be judged yet, 1 must not be published yet."]
    Tree(two)


def marked(read: Document, *spans: tuple[int, int]) -> str:
    items = [finding(read.text[start:end], start, id=f"{n:016x}") for n, (start, end) in enumerate(spans)]
    return "".join(document_text(read, marks_of(items, 1))[0])


def words_of(html: str) -> str:
    """A text without its marks and numbers."""
    return re.sub("<[^>]*>", "", re.sub(r'<a class="pill.*?</a>', "", html))


@given(st.lists(st.tuples(st.integers(0, len(TEXT) - 3), st.integers(1, 60)), max_size=6))
def test_marks_cover_the_findings_and_lose_no_text(places: list[tuple[int, int]]) -> None:
    read = document()
    spans = [(start, min(start + length, len(read.text))) for start, length in places if start < len(read.text)]
    items = [finding(read.text[a:b], a, id=f"{n:016x}") for n, (a, b) in enumerate(spans)]
    pieces, begun = document_text(read, marks_of(items, 1))
    html = "".join(pieces)
    Tree(html)
    assert words_of(html) == read.text.replace("\n", "")
    for number, (start, end) in enumerate(spans, 1):
        covered = "".join(
            text
            for keys, text in re.findall(r'<mark [^>]*data-f="([^"]*)">(.*?)</mark>', html)
            if f"1-{number}" in keys.split()
        )
        assert covered == read.text[start:end].replace("\n", "")
        assert (f"1-{number}" in begun) == bool(covered) == (f'id="t1-{number}"' in html)


def test_blocks_become_headings_lists_and_tables() -> None:
    texts = ("Zoo", "keep out", "A", "B", "C", "page 1", "hidden", "שלום")
    blocks, text = [], ""
    shapes: tuple[dict[str, Any], ...] = (
        {"kind": BlockKind.HEADING, "level": 1},
        {"kind": BlockKind.LIST_ITEM, "level": 2},
        {"kind": BlockKind.CELL, "cell": (0, 0, 0), "is_header": True},
        {"kind": BlockKind.CELL, "cell": (0, 0, 0)},
        {"kind": BlockKind.CELL, "cell": (0, 1, 2)},
        {"layer": Layer.FURNITURE},
        {"layer": Layer.HIDDEN},
        {},
    )
    for words, shape in zip(texts, shapes, strict=True):
        blocks.append(Block(Span(len(text), len(text) + len(words)), **shape))
        text += f"{words}\n"
    read = Document(Source("a.docx", b""), "x", text, tuple(blocks))
    html = marked(read, (0, 3))
    Tree(html)
    assert 'role="heading" aria-level="4"' in html
    assert 'class="block list-item body depth-2"' in html
    assert '<tr><td class="head" dir="auto">A<br>B</td></tr><tr><td></td><td></td><td dir="auto">C</td></tr>' in html
    assert "furniture" in html
    assert '<bdi class="layer">Hidden text</bdi> hidden' in html
    assert '<div class="block paragraph body" dir="auto">שלום</div>' in html


def test_a_finding_outside_the_text_has_no_way_there() -> None:
    lost = finding(start=10_000)
    page = render_html(report(lost), document(), {})
    assert "Show in the text" not in page
    assert page.count('class="finding"') == 1
    assert "Show in the text" in render_html(report(finding(SENTENCES[0], START)), document(), {})


def test_without_its_text_a_page_still_has_the_findings() -> None:
    page = render_html(report(finding()), None, {})
    assert 'class="paper"' not in page
    assert 'class="columns alone"' in page
    assert SENTENCES[0][4:] in page


def test_a_big_document_is_shown_whole() -> None:
    text = "\n\n".join(f"{n}. The vendor shall do thing number {n} and pay for it." for n in range(6000))
    read = document(text)
    spots = [(m.start(), m.end()) for m in re.finditer(r"The vendor[^\n]*", read.text)][::20]
    items = tuple(Judged(finding(read.text[a:b], a, id=f"{n:016x}"), Standing.COUNTS) for n, (a, b) in enumerate(spots))
    page = render_gate_html(result(judged(*items, text=read)), {})
    tree = Tree(page)
    assert len(tree.all("details", **{"class": "finding"})) == len(spots) == 300
    assert len(tree.all("a", **{"class": "pill"})) == 300
    assert page.count("thing number") == 6000 + 300
    assert len(tree.all("div", **{"class": "chunk"})) >= 90


def test_five_megabytes_in_one_finding() -> None:
    text = "zebra <b> " * 500_000
    read = document(text)
    page = render_html(report(finding(read.text, 0)), read, {})
    assert page.count("&lt;b&gt;") == 2 * 500_000


def test_what_a_rule_says_stands_once_on_paper() -> None:
    items = (finding(), finding(id="1" * 16), finding(id="2" * 16, why="Lions bite."))
    page = render_html(report(*items), None, {})
    assert page.count('class="on-paper"') == 1
    assert "as for finding 1." in page
