"""Markdown: its blocks, and what it would hide or renumber."""

import pytest

from analyzer.document import BlockKind, Document, NoteKind, Source
from analyzer.parsing import markdown
from analyzer.parsing.markdown import read_markdown


def read(text: str) -> Document:
    return read_markdown(Source("terms.md", text.encode()))


CASES = [
    ("# Terms\n\nBonds\n=====\n", [("heading", 1, "Terms"), ("heading", 1, "Bonds")]),
    ("3. x\n4. y\n", [("list-item", 1, "3. x"), ("list-item", 1, "4. y")]),
    ("1) x\n2) y\n", [("list-item", 1, "1) x"), ("list-item", 1, "2) y")]),
    ("- x\n  - y\n", [("list-item", 1, "• x"), ("list-item", 2, "• y")]),
    (
        "1. It sends:\n   a) a bond\n   b) a plan\n",
        [("list-item", 1, "1. It sends:"), ("list-item", 1, "a) a bond"), ("list-item", 1, "b) a plan")],
    ),
    ("a\\) one\n\nb\\) two\n", [("list-item", 0, "a) one"), ("list-item", 0, "b) two")]),
    ("(i) one\n(ii) two\n", [("list-item", 0, "(i) one"), ("list-item", 0, "(ii) two")]),
    ("words that\ngo on\n", [("paragraph", 0, "words that go on")]),
    ("    (a) indented\n", [("list-item", 0, "(a) indented")]),
    ("The [bond](https://example.org) is *due*.", [("paragraph", 0, "The bond is due.")]),
    ("```\nkept\n```\n", [("paragraph", 0, "kept")]),
    ("<Insert Agency Name> pays <b>all</b>.", [("paragraph", 0, "<Insert Agency Name> pays all.")]),
    ("<Agency Name>\n", [("paragraph", 0, "<Agency Name>")]),
    ("<div>\n\nx\n\n</div>", [("paragraph", 0, "x")]),
    ("<script>x</script>\n\ny", [("paragraph", 0, "y")]),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_blocks(text: str, expected: list[tuple[str, int, str]]) -> None:
    document = read(text)
    assert [(str(block.kind), block.level, document[block.span]) for block in document.blocks] == expected


def test_tables() -> None:
    document = read("| Item | Price |\n|---|---|\n| Desk | 20 |\n")
    assert [(document[block.span], block.cell, block.is_header) for block in document.blocks] == [
        ("Item", (0, 0, 0), True),
        ("Price", (0, 0, 1), True),
        ("Desk", (0, 1, 0), False),
        ("20", (0, 1, 1), False),
    ]


@pytest.mark.parametrize(("limit", "most"), [("MAX_CHARACTERS", 10), ("MAX_LINES", 2)])
def test_a_very_long_text_is_read_plainly(limit: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, limit, most)
    document = read("# Terms\n\nwords go here\n")
    assert [note.kind for note in document.notes] == [NoteKind.LAYOUT]
    assert document.blocks[-1].kind is BlockKind.PARAGRAPH


@pytest.mark.parametrize("text", ["[" * 3000, "![" * 3000, "[" * 3000 + "]" * 3000])
def test_brackets_without_end_are_read_as_they_stand(text: str) -> None:
    document = read(f"# Terms\n\n{text}\n")
    assert document.text.endswith(text)
    assert [note.kind for note in document.notes] == [NoteKind.LAYOUT]


def test_brackets_of_many_paragraphs_are_markdown() -> None:
    document = read("[x\n\n" * 3000 + "# Terms\n")
    assert document.blocks[-1].kind is BlockKind.HEADING
    assert document.notes == ()
