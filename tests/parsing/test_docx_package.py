# ruff: noqa: E501 - markup reads better in one piece
import io
import zipfile

import pytest

from analyzer.document import BlockKind, NoteKind, Source
from analyzer.errors import DamagedDocument, DocumentError, DocumentTooLarge, EmptyDocument, EncryptedDocument
from analyzer.parsing import zipped_xml
from analyzer.parsing.docx import read_docx
from tests.parsing.docx_files import p, part, texts, word, word_bytes

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
LONG = "".join(p(f"Paragraph {number} of the terms.") for number in range(400))


def notes(source: Source) -> list[tuple[NoteKind, bool]]:
    return [(note.kind, note.is_unread) for note in read_docx(source).notes]


def rewritten(data: bytes, **changes: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changes.get(name.rpartition("/")[2].replace(".", "_"), old.read(name)))
    return out.getvalue()


BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>'
    b"<w:t>&b;</w:t></w:r></w:p></w:body></w:document>"
)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", EmptyDocument),
        (b"hello", DamagedDocument),
        (b"PK\x03\x04", DamagedDocument),
        (OLE, DamagedDocument),
        (OLE + "EncryptedPackage".encode("utf-16-le"), EncryptedDocument),
        (word_bytes(p("x"))[:200], DamagedDocument),
        (rewritten(word_bytes(p("x")), document_xml=BOMB), DamagedDocument),
        (rewritten(word_bytes(p("x")), document_xml=b"<w:document"), DamagedDocument),
        (rewritten(word_bytes(p("x")), document_xml=b""), DamagedDocument),
        (rewritten(word_bytes(p("x")), document_xml=b"<other/>"), DamagedDocument),
        (rewritten(word_bytes(p("x")), document_xml=b"<a>" * 5000), DamagedDocument),
    ],
)
def test_bad_files_say_what_is_wrong(data, error):
    with pytest.raises(error) as caught:
        read_docx(Source("bad.docx", data))
    assert caught.value.name == "bad.docx"


def test_deep_nesting_ends_in_an_error_or_a_document():
    deep = "<w:smartTag>" * 240 + "<w:r><w:t>x</w:t></w:r>" + "</w:smartTag>" * 240
    assert texts(read_docx(word(f"<w:p>{deep}</w:p>"))) == ["x"]


def test_a_bomb_is_refused_before_it_expands():
    data = rewritten(word_bytes(p("x")), document_xml=b" " * 20_000_000)
    with pytest.raises(DocumentTooLarge):
        read_docx(Source("bomb.docx", data))


def test_too_many_members_are_refused(monkeypatch):
    monkeypatch.setattr(zipped_xml, "MAX_MEMBERS", 2)
    with pytest.raises(DocumentTooLarge):
        read_docx(word(p("x")))


def test_a_truncated_archive_gives_what_is_left():
    data = word_bytes(LONG)
    cut = data[: data.index(b"word/_rels")]
    document = read_docx(Source("cut.docx", cut))
    assert texts(document)[:2] == ["Paragraph 0 of the terms.", "Paragraph 1 of the terms."]
    assert [(note.kind, note.is_unread) for note in document.notes] == [(NoteKind.REPAIRED, True)]


def test_a_damaged_stream_gives_what_comes_before():
    data = bytearray(word_bytes(LONG, numbering=""))
    start = data.index(b"word/document.xml") + 900
    data[start : start + 8] = b"\xff" * 8
    document = read_docx(Source("hurt.docx", bytes(data)))
    assert texts(document)[0] == "Paragraph 0 of the terms."
    assert document.unread


def test_any_cut_of_a_file_ends_in_a_document_or_an_error():
    data = word_bytes(p("one") + p("two"), comments="", styles="")
    for length in range(0, len(data), 7):
        try:
            document = read_docx(Source("cut.docx", data[:length]))
        except DocumentError:
            continue
        assert document.unread


def test_a_broken_side_part_is_said():
    mark = p("x", '<w:r><w:footnoteReference w:id="1"/></w:r>')
    source = Source("x.docx", rewritten(word_bytes(mark, footnotes=""), footnotes_xml=b"<broken"))
    assert notes(source) == [(NoteKind.REPAIRED, True)]


def test_strict_files_read_alike():
    strict = part("document", f"<w:body>{p('strict')}</w:body>").replace(
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    assert texts(read_docx(Source("s.docx", rewritten(word_bytes(p("x")), document_xml=strict)))) == ["strict"]


def test_backslashes_and_capitals_in_part_names():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("Word\\Document.xml", part("document", f"<w:body>{p('x')}</w:body>"))
    document = read_docx(Source("x.docx", out.getvalue()))
    assert (document.text, document.origins[0].part) == ("x", "Word/Document.xml#0/0")


PICTURE = '<w:r><w:drawing><a:blip r:embed="p"/></w:drawing></w:r>'
OBJECT = '<w:r><w:object><v:shape><v:imagedata/></v:shape><o:OLEObject ProgID="{}"/></w:object></w:r>'


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (word(LONG + p(PICTURE)), [(NoteKind.PICTURE, False)]),
        (word(p("Scan", PICTURE)), [(NoteKind.PICTURE, True)]),
        (word(p("x", OBJECT.format("Excel.Sheet.12"))), [(NoteKind.EMBEDDED_FILE, True)]),
        (word(p("x", OBJECT.format("Equation.3"))), [(NoteKind.EMBEDDED_FILE, False)]),
        (word(p("x") + '<w:subDoc r:id="s"/>'), [(NoteKind.EMBEDDED_FILE, True)]),
        (word(p("x") + '<w:altChunk r:id="c"/>'), [(NoteKind.EMBEDDED_FILE, True)]),
        (word(p("x"), extra={"word/vbaProject.bin": b"x"}), [(NoteKind.EMBEDDED_FILE, False)]),
        (word(p("x"), settings='<w:documentProtection w:edit="forms" w:enforcement="1"/>'), [(NoteKind.PROTECTION, False)]),
        (word(p("x"), settings='<w:documentProtection w:edit="forms" w:enforcement="0"/>'), []),
    ],
)  # fmt: skip
def test_notes(source, expected):
    assert notes(source) == expected


def test_external_parts_are_never_fetched():
    links = (("rem", "header", "http://example.invalid/h.xml"),)
    body = p("x") + '<w:sectPr><w:headerReference r:id="rem"/></w:sectPr>'
    assert texts(read_docx(word(body, links=links))) == ["x"]


TABLE_LOOK = '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tblPr/></w:tblStylePr>'
CLAUSE = '<w:style w:type="paragraph" w:styleId="Clause"><w:name w:val="Clause"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>'


@pytest.mark.parametrize(
    "looks",
    [
        f'<w:style w:type="table" w:styleId="Grid"><w:tblPr><w:jc w:val="left"/></w:tblPr>{TABLE_LOOK * 3}</w:style>',
        f'<w:style w:type="table" w:styleId="Grid"><w:tblStylePr w:type="band1"/>{TABLE_LOOK}</w:style>',
        f'<w:style w:type="table" w:styleId="Grid"><w:tblStylePr>{TABLE_LOOK}</w:tblStylePr></w:style>',
        '<w:style w:type="table" w:styleId="Grid"><w:tblStylePr><w:tblStylePr/></w:tblStylePr></w:style>',
        "<!-- <w:tblStylePr> --><w:latentStyles/><!-- </w:tblStylePr> -->",
        "<?look <w:tblStylePr> ?><w:latentStyles/><?look </w:tblStylePr> ?>",
        f"<w:x><![CDATA[<w:tblStylePr>]]></w:x>{TABLE_LOOK}",
    ],
)
def test_what_styles_say_of_tables_takes_nothing_else_along(looks: str) -> None:
    for styles in (looks + CLAUSE, CLAUSE + looks):
        document = read_docx(Source("x.docx", word_bytes(p("Bonds", style="Clause"), styles=styles)))
        assert [(block.kind, block.level) for block in document.blocks] == [(BlockKind.HEADING, 2)]
        assert document.notes == ()


def test_styles_with_a_fault_in_what_is_left_out_are_reported() -> None:
    styles = f"{CLAUSE}<w:tblStylePr><w:b></w:tblPr></w:tblStylePr>".replace("</w:tblPr></w:tblStylePr>", "")
    document = read_docx(Source("x.docx", word_bytes(p("Bonds", style="Clause"), styles=styles)))
    assert NoteKind.REPAIRED in {note.kind for note in document.notes}


def test_files_of_one_template_are_read_alike_and_counted_apart() -> None:
    numbering = '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
    listed = CLAUSE.replace("<w:outlineLvl", '<w:numPr><w:numId w:val="1"/></w:numPr><w:outlineLvl')
    made = [word(p(text, style="Clause"), styles=listed, numbering=numbering) for text in ("Bonds", "Prices")]
    assert [texts(read_docx(source)) for source in made] == [["1. Bonds"], ["1. Prices"]]


def test_a_line_of_styles_without_end_is_followed_as_far_as_it_matters() -> None:
    def style(number: int) -> str:
        return f'<w:style w:type="paragraph" w:styleId="s{number}"><w:basedOn w:val="s{number + 1}"/></w:style>'

    body = "".join(p(f"Clause {number}", style=f"s{number}") for number in range(3000))
    heading = CLAUSE.replace('w:styleId="Clause"', 'w:styleId="s3000"')
    document = read_docx(word(body, styles="".join(map(style, range(3000))) + heading))
    assert [block.kind for block in document.blocks[:2]] == [BlockKind.PARAGRAPH] * 2
    assert document.blocks[-1].kind is BlockKind.HEADING
