# ruff: noqa: E501 - markup reads better in one piece
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.document import BlockKind, Layer, NoteKind, Source, View
from analyzer.errors import DamagedDocument, DocumentError, EmptyDocument
from analyzer.parsing.builder import normalize
from analyzer.parsing.rtf import read_rtf
from tests.parsing.docx_files import check_tiling, texts


def rtf(body: str | bytes, head: str = r"\ansi\ansicpg1252\uc1") -> Source:
    inner = body if isinstance(body, bytes) else body.encode("cp1252")
    return Source("sample.rtf", b"{\\rtf1" + head.encode() + b" " + inner + b"}")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (r"one\par two\par", ["one", "two"]),
        ("a\r\nb\\\nc", ["ab", "c"]),
        (r"caf\'e9 \'93quoted\'94 \emdash  fin", ["café “quoted” — fin"]),
        (r"\u8364? 5 \u-10179?\u-8704? \uc2\u233??x", ["€ 5 😀 éx"]),
        (r"\uc1\u233\'e9x", ["éx"]),
        (r"non\_stop soft\-ware hard~\~space\tab tab\line line", ["non-stop software hard~ space tab line"]),
        (r"{\b bold} {\i0 plain\b0}{\*\unknown dropped}kept \{braces\} \\", ["bold plainkept {braces} \\"]),
        (r"{\fonttbl{\f0 Arial;}}{\colortbl;\red0;}{\info{\title T}}text", ["text"]),
        (r"{\pict\wmetafile8 0102}{\object{\*\objdata 00}{\result shown}}", ["shown"]),
        (r"{\field{\*\fldinst HYPERLINK x}{\fldrslt link}} end", ["link end"]),
        (r"a{\*\shpinst\shpleft5{\sp{\sn n}{\sv 1}}{\shptxt in the box\par}}b\par", ["ab", "in the box"]),
        (rb"a\bin4 }{\}{b", ["ab"]),
        (r"{\upr{ansi}{\*\ud{unicode}}}", ["ansi"]),
    ],
)
def test_text(body, expected):
    document = read_rtf(rtf(body))
    assert texts(document) == expected
    check_tiling(document)


def test_code_pages_of_file_and_fonts():
    body = rb"{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}{\f2\fcharset128 C;}}\f0 \'e9 \f1 \'e4\'e0 \f2 \'93\'fa"
    assert texts(read_rtf(rtf(body))) == ["é да 日"]
    assert texts(read_rtf(rtf(rb"\'e0", r"\ansi\ansicpg1251"))) == ["а"]


ROW = r"\trowd{mark}\cellx100\cellx200\intbl {a}\cell {b}\cell\row "


def test_tables():
    body = ROW.format(mark="", a="h1", b="h2") + ROW.format(mark="", a=r"x\par y", b="z") + r"\pard after\par"
    document = read_rtf(rtf(body.replace("\\cellx100\\cellx200", "\\cellx1")))
    assert [(document[block.span], block.cell, block.is_header) for block in document.blocks] == [
        ("h1", (0, 0, 0), True),
        ("h2", (0, 0, 1), True),
        ("x", (0, 1, 0), False),
        ("y", (0, 1, 0), False),
        ("z", (0, 1, 1), False),
        ("after", None, False),
    ]
    assert document.text == "h1\th2\nx\ny\tz\nafter"


def test_empty_cells_count():
    document = read_rtf(rtf(r"\trowd\intbl\cell b\cell\row\pard"))
    assert [block.cell for block in document.blocks] == [(0, 0, 1)]


def test_nested_tables():
    body = (
        r"\trowd\intbl\itap1 before\par\itap2 in1\nestcell in2\nestcell{\*\nesttableprops\trowd\nestrow}"
        r"{\nonesttables\par}\pard\intbl\itap1 after\cell right\cell\row\pard end"
    )
    document = read_rtf(rtf(body))
    assert [(document[block.span], block.cell) for block in document.blocks] == [
        ("before", (0, 0, 0)),
        ("in1", (1, 0, 0)),
        ("in2", (1, 0, 1)),
        ("after", (0, 0, 0)),
        ("right", (0, 0, 1)),
        ("end", None),
    ]


def test_marked_header_rows():
    body = ROW.format(mark=r"\trhdr", a="1", b="2") + ROW.format(mark=r"\trhdr", a="3", b="4")
    body += ROW.format(mark="", a="5", b="6")
    assert [block.is_header for block in read_rtf(rtf(body)).blocks] == [True] * 4 + [False] * 2


def test_both_views_of_changes():
    body = r"Pay in {\deleted 60}{\revised 30} days{\deleted\par}next\par"
    accepted, rejected = (read_rtf(rtf(body), view=view) for view in View)
    assert texts(accepted) == ["Pay in 30 daysnext"]
    assert texts(rejected) == ["Pay in 60 days", "next"]
    assert [note.kind for note in accepted.notes] == [NoteKind.REVISIONS]


def test_layers():
    body = (
        r"{\header State of Example\par}Text{\footnote\pard a note}{\*\annotation why}{\v secret} end\par"
        r"{\footer State of Example\par}next\par"
    )
    document = read_rtf(rtf(r"{\*\atnauthor Pat}" + body))
    assert [(document[block.span], block.layer) for block in document.blocks] == [
        ("Text end", Layer.BODY),
        ("secret", Layer.HIDDEN),
        ("State of Example", Layer.FURNITURE),
        ("a note", Layer.NOTE),
        ("why", Layer.COMMENT),
        ("next", Layer.BODY),
    ]
    assert [note.kind for note in document.notes] == [NoteKind.HIDDEN_TEXT, NoteKind.COMMENTS]


def test_headings_lists_and_contents():
    styles = r"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 Clause;}{\s2 heading 2;}{\s3 toc 1;}}"
    body = (
        r"\pard\s1 One\par\pard\s2 Two\par\pard\s3 Line 1\par\pard\outlinelevel3 Four\par"
        r"\pard{\listtext\pard\plain 1.1\tab}\ls1\ilvl1 item\par\pard\s0 text\par"
    )
    document = read_rtf(rtf(styles + body))
    assert [(document[b.span], b.kind, b.level, b.label) for b in document.blocks] == [
        ("One", BlockKind.HEADING, 1, ""),
        ("Two", BlockKind.HEADING, 2, ""),
        ("Line 1", BlockKind.CONTENTS, 0, ""),
        ("Four", BlockKind.HEADING, 4, ""),
        ("1.1 item", BlockKind.LIST_ITEM, 2, "1.1"),
        ("text", BlockKind.PARAGRAPH, 0, ""),
    ]


@pytest.mark.parametrize(
    ("data", "error"), [(b"", EmptyDocument), (b"plain", DamagedDocument), (b"{\\rt", DamagedDocument)]
)
def test_bad_files(data, error):
    with pytest.raises(error):
        read_rtf(Source("bad.rtf", data))


def test_a_cut_file_is_read_and_said_to_be_cut():
    document = read_rtf(Source("cut.rtf", rtf("one\\par two\\par three").data[:-3]))
    assert texts(document) == ["one", "two", "thr"]
    assert [(note.kind, note.is_unread) for note in document.notes] == [(NoteKind.REPAIRED, True)]


@pytest.mark.parametrize("unit", [b"{", b"}", b"{\\*", b"\\'", b"\\u9 ", b"{\\footnote x", b"{\\shptxt ", b"\\cell"])
def test_hostile_repetition_ends_soon(unit):
    begin = time.perf_counter()
    with suppress(DocumentError):
        read_rtf(Source("hostile.rtf", b"{\\rtf1 " + unit * 10_000))
    assert time.perf_counter() - begin < 5


def escaped(text: str) -> str:
    out = ""
    for character in text:
        if character in "\\{}":
            out += "\\" + character
        elif " " <= character <= "~":
            out += character
        else:
            units = character.encode("utf-16-le")
            for low, high in zip(units[::2], units[1::2], strict=True):
                code = low + high * 256
                out += f"\\u{code - 65536 if code > 32767 else code}?"
    return out


@settings(max_examples=80, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]), max_size=30), max_size=5))
def test_any_text_is_found_again(paragraphs):
    document = read_rtf(rtf("\\par ".join(map(escaped, paragraphs))))
    assert texts(document) == [text for text in map(normalize, paragraphs) if text]
    check_tiling(document)
    for origin in document.origins:
        there = document.source.data[origin.index : origin.index + origin.end - origin.start]
        here = document.text[origin.start : origin.end]
        assert there.startswith(b"\\") or there.decode("latin-1") == here


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([b"{", b"}", b"\\cell ", b"\\row ", b"\\par ", b"\\itap3 ", b"\\nestrow ", b"\\intbl ",
    b"{\\footnote ", b"{\\header ", b"\\pard ", b"x", b"\\'e9", b"\\u233 ", b"\\uc3 ", b"{\\*\\shpinst ", b"\\v ", b"\\deleted ",
    b"{\\listtext ", b"\\plain ", b"{\\fonttbl ", b"{\\stylesheet ", b"\\nestcell ", b"\\bin9 "]), max_size=60))  # fmt: skip
def test_any_tokens_end_in_a_document(pieces):
    check_tiling(read_rtf(Source("any.rtf", b"{\\rtf1 " + b"".join(pieces))))
