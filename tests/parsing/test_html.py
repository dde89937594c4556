"""Web pages: what a browser shows, in order, and what it hides."""

import pytest

from analyzer.document import Block, BlockKind, Document, Layer, NoteKind, Source, View
from analyzer.parsing.html import read_html


def read(markup: str | bytes, view: View = View.ACCEPTED) -> Document:
    data = markup.encode() if isinstance(markup, str) else markup
    return read_html(Source("terms.html", data), view=view)


def texts(markup: str) -> list[str]:
    document = read(markup)
    return [document[block.span] for block in document.blocks]


CASES = [
    ("inline elements", "<p>One <b>bond</b>, <i>no</i>\n more.</p>tail", ["One bond, no more.", "tail"]),
    ("words stay whole", "<p>in<b>demn</b>ify</p>", ["indemnify"]),
    ("divisions", "<div>a<div>b</div>c</div>", ["a", "b", "c"]),
    ("letters", "<ol type=a start=3><li>x<li>y</ol>", ["c. x", "d. y"]),
    ("roman", "<ol type=I><li>x</li><li value=4>y</li></ol>", ["I. x", "IV. y"]),
    ("reversed", "<ol reversed><li>x</li><li>y</li></ol>", ["2. x", "1. y"]),
    ("nested lists", "<ol><li>x<ul><li>y</li></ul></li><li>z</li></ol>", ["1. x", "• y", "2. z"]),
    ("paragraphs in items", "<ol><li><p>x</p><p>y</p></li></ol>", ["1. x", "y"]),
    ("definitions", "<dl><dt>Term<dd>Meaning</dl>", ["Term", "Meaning"]),
    ("a broken sentence", "<p>The bidder<br>pays.</p>", ["The bidder pays."]),
    ("lines", "<p>It sends:<br>a) a bond<br>b) a plan</p>", ["It sends:", "a) a bond", "b) a plan"]),
    ("an empty line", "<p>Price<br><br>term</p>", ["Price", "term"]),
    ("scripts", "<script>let x</script><style>p{}</style><p>x</p><noscript>y</noscript>", ["x", "y"]),
    ("the title is not on the page", "<html><head><title>t</title></head><body>x</body></html>", ["x"]),
    ("preformatted", "<pre>1. Scope\n\nThe words\n</pre>", ["1. Scope", "The words"]),
    ("entities", "<p>a &lt; b &amp; c&nbsp;d &sect;&#8203;</p>", ["a < b & c d §"]),
    ("a form", "<p>Name <input type=text value='Ann'><input type=hidden value=z></p>", ["Name Ann"]),
    ("a mark of comments", "<p>a<!-- note -->b</p>", ["ab"]),
    ("no markup at all is fine", "words", ["words"]),
]


@pytest.mark.parametrize(("markup", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_texts(markup: str, expected: list[str]) -> None:
    assert texts(markup) == expected


def shape(block: Block) -> tuple[BlockKind, int, str]:
    return block.kind, block.level, block.label


def test_kinds_levels_and_labels() -> None:
    document = read("<h2>Bonds</h2><ol><li>x<ol type=i><li>y</ol></ol><p>(a) z</p>")
    assert [shape(block) for block in document.blocks] == [
        (BlockKind.HEADING, 2, ""),
        (BlockKind.LIST_ITEM, 1, "1."),
        (BlockKind.LIST_ITEM, 2, "i."),
        (BlockKind.LIST_ITEM, 0, ""),
    ]


def test_cells_count_spans_and_nested_tables() -> None:
    document = read(
        "<table><tr><th>A<th>B<th>C</tr><tr><td rowspan=2>x<td colspan=2>y</tr>"
        "<tr><td>z<table><tr><td>n<td>m</table></td><td>w</tr></table><table><tr><td>p<td>q</table>"
    )
    assert [(document[block.span], block.cell, block.is_header) for block in document.blocks] == [
        ("A", (0, 0, 0), True),
        ("B", (0, 0, 1), True),
        ("C", (0, 0, 2), True),
        ("x", (0, 1, 0), False),
        ("y", (0, 1, 1), False),
        ("z", (0, 2, 1), False),
        ("n", (1, 0, 0), False),
        ("m", (1, 0, 1), False),
        ("w", (0, 2, 2), False),
        ("p", (2, 0, 0), False),
        ("q", (2, 0, 1), False),
    ]
    assert "A\tB\tC\nx\ty\n" in document.text


def test_a_table_that_only_lays_out_is_none() -> None:
    document = read("<table><tr><td><h1>Terms</h1><p>x</p></td><td>menu</td></tr></table>")
    assert [block.kind for block in document.blocks] == [BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.PARAGRAPH]


@pytest.mark.parametrize(
    "hidden", ["<p hidden>x</p>", "<div style='display: none'>x</div>", "<span style='VISIBILITY:hidden'>x</span>"]
)
def test_hidden_text_is_kept_apart(hidden: str) -> None:
    document = read(f"<p>a</p>{hidden}<p>b</p>")
    assert [(document[block.span], block.layer) for block in document.blocks] == [
        ("a", Layer.BODY),
        ("x", Layer.HIDDEN),
        ("b", Layer.BODY),
    ]
    assert [note.kind for note in document.notes] == [NoteKind.HIDDEN_TEXT]


def test_both_views_of_changes() -> None:
    markup = "<p>The cap is <del>twice</del><ins>once</ins> the price.</p>"
    assert read(markup).text == "The cap is once the price."
    assert read(markup, View.REJECTED).text == "The cap is twice the price."
    assert [note.kind for note in read(markup).notes] == [NoteKind.REVISIONS]


def test_contents_from_elsewhere_are_not_read() -> None:
    document = read("<p>a</p><iframe src=x></iframe><img src=y>")
    assert {note.kind: note.is_unread for note in document.notes} == {
        NoteKind.EMBEDDED_FILE: True,
        NoteKind.PICTURE: False,
    }


@pytest.mark.parametrize(
    "data",
    [
        '<meta charset="windows-1251"><p>Гарантия</p>'.encode("cp1251"),
        "<html><p>Гарантия</p></html>".encode("utf-16"),
        '<?xml version="1.0" encoding="koi8-r"?><html><p>Гарантия</p></html>'.encode("koi8-r"),
        "<p>Гарантия</p>".encode(),
    ],
)
def test_the_page_says_its_encoding(data: bytes) -> None:
    assert read(data).text == "Гарантия"


def test_origins_count_in_the_texts_of_the_tree() -> None:
    document = read("<p>One</p><p>two <b>three</b></p>")
    assert [(document.text[o.start : o.end], o.part, o.index) for o in document.origins] == [
        ("One", "#0", 0),
        ("two ", "#1", 0),
        ("three", "#2", 0),
    ]


def test_deep_nesting_is_no_problem_or_is_said() -> None:
    document = read("<div>" * 5000 + "deep" + "</div>" * 5000 + "<p>after</p>")
    assert ("deep" in document.text and "after" in document.text) or document.unread
