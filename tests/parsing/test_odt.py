# ruff: noqa: E501 - markup reads better in one piece
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from analyzer.document import BlockKind, Layer, NoteKind, Source, View
from analyzer.errors import DamagedDocument, DocumentError, EmptyDocument, EncryptedDocument
from analyzer.parsing.builder import normalize
from analyzer.parsing.odt import read_odt
from tests.parsing.docx_files import check_tiling, texts

_URN = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
_DECLARED = " ".join(
    f'xmlns:{prefix}="{_URN.format(name)}"'
    for prefix, name in {
        "office": "office",
        "text": "text",
        "table": "table",
        "draw": "drawing",
        "style": "style",
        "manifest": "manifest",
    }.items()
)
_DECLARED += (
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"'
)


def odt(body: str, *, styles: str = "", master: str = "", extra: dict[str, str] | None = None) -> Source:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr(
            "content.xml",
            f"<office:document-content {_DECLARED}><office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:text>{body}</office:text></office:body></office:document-content>",
        )
        archive.writestr(
            "styles.xml",
            f"<office:document-styles {_DECLARED}><office:master-styles><style:master-page>{master}"
            "</style:master-page></office:master-styles></office:document-styles>",
        )
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
    return Source("sample.odt", out.getvalue())


def p(inner: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{inner}</text:p>'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (p("one") + p("two"), ["one", "two"]),
        (p('a<text:s text:c="3"/>b<text:tab/>c<text:line-break/>d'), ["a b c d"]),
        (p('see <text:a>the <text:span>portal</text:span></text:a> now'), ["see the portal now"]),
        (p("page <text:page-number>4</text:page-number>"), ["page 4"]),
        (p("<text:ruby><text:ruby-base>base</text:ruby-base><text:ruby-text>top</text:ruby-text></text:ruby>"), ["base (top)"]),
        ("<text:section>" + p("inside") + "</text:section>", ["inside"]),
        (p("x<draw:frame><draw:text-box>" + p("boxed") + "</draw:text-box></draw:frame>y"), ["xy", "boxed"]),
        ("<text:sequence-decls/>" + p("x"), ["x"]),
    ],
)  # fmt: skip
def test_text(body, expected):
    document = read_odt(odt(body))
    assert texts(document) == expected
    check_tiling(document)


LIST_STYLE = (
    '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>'
    '<text:list-level-style-number text:level="2" style:num-format="1" text:display-levels="2"/>'
    '<text:list-level-style-number text:level="3" style:num-format="a" style:num-prefix="(" style:num-suffix=")"/>'
    '<text:list-level-style-bullet text:level="4" text:bullet-char="•"/></text:list-style>'
    '<text:list-style style:name="P"><text:list-level-style-number text:level="1" style:num-format="I" loext:num-list-format="Article %1%:"/></text:list-style>'
)


def items(*inner: str, attributes: str = 'text:style-name="L"') -> str:
    return (
        f"<text:list {attributes}>"
        + "".join(f"<text:list-item>{item}</text:list-item>" for item in inner)
        + "</text:list>"
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (items(p("a"), p("b")), [("1. a", 1), ("2. b", 1)]),
        (
            items(p("a") + items(p("b") + items(p("c") + items(p("d"), attributes=""), attributes=""), attributes="")),
            [("1. a", 1), ("1.1 b", 2), ("(a) c", 3), ("• d", 4)],
        ),
        (items(p("a") + p("more"), p("b")), [("1. a", 1), ("more", 1), ("2. b", 1)]),
        (items(p("a")) + items(p("b")), [("1. a", 1), ("1. b", 1)]),
        (
            items(p("a")) + items(p("b"), attributes='text:style-name="L" text:continue-numbering="true"'),
            [("1. a", 1), ("2. b", 1)],
        ),
        (items(p("a"), attributes='text:style-name="P"'), [("Article I: a", 1)]),
        (items(items(p("deep"), attributes="")), [("1.1 deep", 2)]),
        ('<text:list text:style-name="L"><text:list-item text:start-value="7">' + p("x") + "</text:list-item></text:list>", [("7. x", 1)]),
    ],
)  # fmt: skip
def test_lists(body, expected):
    document = read_odt(odt(body, styles=LIST_STYLE))
    assert [(document[block.span], block.level) for block in document.blocks] == expected
    assert {block.kind for block in document.blocks} == {BlockKind.LIST_ITEM}


def test_headings_and_contents():
    outline = '<text:outline-style><text:outline-level-style text:level="1" style:num-format="1"/></text:outline-style>'
    body = (
        "<text:table-of-content><text:table-of-content-source>no</text:table-of-content-source>"
        f"<text:index-body>{p('Scope 1')}</text:index-body></text:table-of-content>"
        '<text:h text:outline-level="1">Scope</text:h><text:h text:outline-level="2">Hours</text:h>'
    )
    document = read_odt(odt(body, styles=outline))
    assert [(document[b.span], b.kind, b.level) for b in document.blocks] == [
        ("Scope 1", BlockKind.CONTENTS, 0),
        ("1 Scope", BlockKind.HEADING, 1),
        ("Hours", BlockKind.HEADING, 2),
    ]


def test_tables():
    cell = "<table:table-cell>{}</table:table-cell>".format
    inner = f"<table:table><table:table-row>{cell(p('in'))}</table:table-row></table:table>"
    note = (
        "<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        + p("note")
        + "</text:note-body></text:note>"
    )
    body = (
        f"<table:table><table:table-header-rows><table:table-row>{cell(p('h' + note))}{cell(p('i'))}</table:table-row>"
        f"</table:table-header-rows><table:table-row>{cell(p('a') + inner)}<table:covered-table-cell/>{cell(p('c'))}"
        "</table:table-row></table:table>"
    )
    document = read_odt(odt(body))
    assert [(document[b.span], b.cell, b.is_header, b.layer) for b in document.blocks] == [
        ("h", (0, 0, 0), True, Layer.BODY),
        ("i", (0, 0, 1), True, Layer.BODY),
        ("note", None, False, Layer.NOTE),
        ("a", (0, 1, 0), False, Layer.BODY),
        ("in", (1, 0, 0), False, Layer.BODY),
        ("c", (0, 1, 2), False, Layer.BODY),
    ]


def region(identifier: str, kind: str, inner: str = "") -> str:
    info = "<office:change-info><dc:creator>Lee</dc:creator></office:change-info>"
    return f'<text:changed-region text:id="{identifier}"><text:{kind}>{info}{inner}</text:{kind}></text:changed-region>'


CHANGES = (
    "<text:tracked-changes>"
    + region("i", "insertion")
    + region("d", "deletion", p("60"))
    + region("j", "deletion", p("end.") + p("Whole.") + p("Start"))
    + "</text:tracked-changes>"
)
START, END = '<text:change-start text:change-id="i"/>', '<text:change-end text:change-id="i"/>'


@pytest.mark.parametrize(
    ("body", "accepted", "rejected"),
    [
        (p(f'in <text:change text:change-id="d"/>{START}30{END} days'), ["in 30 days"], ["in 60 days"]),
        (p(f"one{START} more") + p("new") + p(f"tail{END} two"), ["one more", "new", "tail two"], ["one two"]),
        (p('The <text:change text:change-id="j"/> of it'), ["The of it"], ["The end.", "Whole.", "Start of it"]),
        (p("a") + START + p("new") + END, ["a", "new"], ["a"]),
    ],
)
def test_both_views_of_changes(body, accepted, rejected):
    for view, expected in ((View.ACCEPTED, accepted), (View.REJECTED, rejected)):
        document = read_odt(odt(CHANGES + body), view=view)
        assert texts(document) == expected
        check_tiling(document)
        assert [note.kind for note in document.notes] == [NoteKind.REVISIONS]


def test_layers_and_notes():
    styles = (
        '<style:style style:name="T" style:family="text"><style:text-properties text:display="none"/></style:style>'
    )
    comment = f"<office:annotation><dc:creator>Pat</dc:creator><dc:date>now</dc:date>{p('why')}</office:annotation>"
    body = p(f'seen <text:span text:style-name="T">hidden </text:span>text{comment}') + (
        '<text:section text:display="none">' + p("gone") + "</text:section>"
    )
    master = f"<style:header>{p('State of Example')}</style:header><style:header-left>{p('State of Example')}</style:header-left>"
    document = read_odt(odt(body, styles=styles, master=master))
    assert [(document[block.span], block.layer) for block in document.blocks] == [
        ("seen text", Layer.BODY),
        ("hidden", Layer.HIDDEN),
        ("why", Layer.COMMENT),
        ("gone", Layer.HIDDEN),
        ("State of Example", Layer.FURNITURE),
    ]
    assert [note.kind for note in document.notes] == [NoteKind.HIDDEN_TEXT, NoteKind.COMMENTS]


def test_pictures_objects_and_macros():
    body = p("<draw:frame><draw:image/></draw:frame><draw:frame><draw:object/><draw:image/></draw:frame>")
    document = read_odt(odt(body, extra={"Basic/Standard/Module1.xml": "<x/>"}))
    assert [(note.kind, note.is_unread) for note in document.notes] == [
        (NoteKind.PICTURE, True),
        (NoteKind.EMBEDDED_FILE, True),
        (NoteKind.EMBEDDED_FILE, False),
    ]


LOCKED = f"<manifest:manifest {_DECLARED}><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>"


@pytest.mark.parametrize(
    ("source", "error"),
    [
        (Source("x.odt", b""), EmptyDocument),
        (Source("x.odt", b"no archive"), DamagedDocument),
        (odt("", extra={"META-INF/manifest.xml": LOCKED}), EncryptedDocument),
        (odt("<broken"), DamagedDocument),
        (Source("x.odt", odt(p("x")).data[:150]), DamagedDocument),
    ],
)
def test_bad_files(source, error):
    with pytest.raises(error):
        read_odt(source)


def test_any_cut_ends_in_a_document_or_an_error():
    data = odt(p("one") + p("two")).data
    for length in range(0, len(data), 11):
        try:
            assert read_odt(Source("cut.odt", data[:length])).unread
        except DocumentError:
            continue


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]), max_size=30), max_size=5),
    st.sampled_from(View),
)
def test_any_text_is_found_again_and_its_origins_lead_to_it(paragraphs, view):
    escaped = [text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for text in paragraphs]
    document = read_odt(odt("".join(p(text) for text in escaped)), view=view)
    assert texts(document) == [text for text in map(normalize, paragraphs) if text]
    check_tiling(document)
    root = etree.fromstring(zipfile.ZipFile(io.BytesIO(document.source.data)).read("content.xml"))
    for origin in document.origins:
        number = int(origin.part.removeprefix("content.xml#").removesuffix("/0"))
        text = list(root.iter("{*}p"))[number].text
        there = text[origin.index : origin.index + origin.end - origin.start]
        here = document.text[origin.start : origin.end]
        assert len(there) == len(here)
        assert all(a == b for a, b in zip(here, there, strict=True) if b.isascii() and b.isalnum())
