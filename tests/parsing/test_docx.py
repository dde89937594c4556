# ruff: noqa: E501 - markup reads better in one piece
import io

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.document import BlockKind, Layer, NoteKind, Source, View
from analyzer.parsing.builder import normalize
from analyzer.parsing.docx import read_docx
from tests.parsing.docx_files import check_origins, check_tiling, p, run, table, texts, word

FIELD = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
INSTRUCTION = "<w:r><w:instrText>{}</w:instrText></w:r>"


def field(instruction: str, result: str) -> str:
    return (
        FIELD.format("begin")
        + INSTRUCTION.format(instruction)
        + FIELD.format("separate")
        + result
        + FIELD.format("end")
    )


def box(inner: str) -> str:
    choice = f'<mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent>{inner}</w:txbxContent></wps:txbx></w:drawing></mc:Choice>'
    fallback = (
        f"<mc:Fallback><w:pict><v:textbox><w:txbxContent>{inner}</w:txbxContent></v:textbox></w:pict></mc:Fallback>"
    )
    return f"<w:r><mc:AlternateContent>{choice}{fallback}</mc:AlternateContent></w:r>"


def sdt(inner: str, properties: str = "") -> str:
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{inner}</w:sdtContent></w:sdt>"


RUBY = (
    "<w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>reading</w:t></w:r></w:rt>"
    "<w:rubyBase><w:r><w:t>base</w:t></w:r></w:rubyBase></w:ruby></w:r>"
)
CHECK_BOX = '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="1"/></w:checkBox></w:ffData></w:fldChar></w:r>'
DROP_DOWN = (
    '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="Net 15"/>'
    '<w:listEntry w:val="Net 30"/></w:ddList></w:ffData></w:fldChar></w:r>'
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (p("Bids ", run("close", "<w:b/>"), " today."), ["Bids close today."]),
        (p("<w:r><w:t>a run </w:t><w:r><w:t>in a run</w:t></w:r></w:r>", " and out"), ["a run in a run and out"]),
        (p("<w:r><w:t>one</w:t><w:tab/><w:t>two</w:t><w:br/><w:t>three</w:t></w:r>"), ["one two three"]),
        (p("<w:r><w:t>non</w:t><w:noBreakHyphen/><w:t>sta</w:t><w:softHyphen/><w:t>tutory</w:t></w:r>"), ["non-statutory"]),
        (p('<w:r><w:sym w:font="Wingdings" w:char="F0A8"/><w:t> Yes</w:t></w:r>'), ["☐ Yes"]),
        (p('<w:r><w:sym w:font="Symbol" w:char="F0A3"/><w:t> 5 days</w:t></w:r>'), ["≤ 5 days"]),
        (p('<w:hyperlink r:id="x"><w:r><w:t>the portal</w:t></w:r></w:hyperlink>'), ["the portal"]),
        (p("<w:smartTag><w:r><w:t>Albany</w:t></w:r></w:smartTag>"), ["Albany"]),
        (p("<m:oMath><m:r><m:t>x=2</m:t></m:r></m:oMath>"), ["x=2"]),
        (p(RUBY), ["base (reading)"]),
        (p("On ", field("DATE", run("1 May")), " at noon"), ["On 1 May at noon"]),
        (p(field("IF " + "x", field("REF y", run("inner")) + run(" outer"))), ["inner outer"]),
        (p(FIELD.format("begin"), INSTRUCTION.format("REF z"), "kept although the field never ends"), ["kept although the field never ends"]),
        (p('<w:fldSimple w:instr="PAGE"><w:r><w:t>7</w:t></w:r></w:fldSimple>'), ["7"]),
        (p(CHECK_BOX, FIELD.format("end"), " agreed"), ["☒ agreed"]),
        (p("Terms: ", DROP_DOWN, FIELD.format("end")), ["Terms: Net 30"]),
        (sdt(p("block")), ["block"]),
        (p("a ", sdt(run("filled")), " b"), ["a filled b"]),
        (p(sdt(run("Click to enter the agency"), "<w:showingPlcHdr/>")), ["Click to enter the agency"]),
        (p("Before", box(p("In the box")), " after"), ["Before after", "In the box"]),
        (p("<w:r><w:pict><v:textbox><w:txbxContent>" + p("old box") + "</w:txbxContent></v:textbox></w:pict></w:r>"), ["old box"]),
        ("<w:customXml>" + p("custom") + "</w:customXml>", ["custom"]),
        (p("x", '<w:r><mc:AlternateContent><mc:Choice Requires="w16se"><a:sym/></mc:Choice><mc:Fallback><w:t>!</w:t></mc:Fallback></mc:AlternateContent></w:r>'), ["x!"]),
    ],
)  # fmt: skip
def test_text_of_paragraphs(body, expected):
    document = read_docx(word(body))
    assert texts(document) == expected
    check_tiling(document)
    check_origins(document)


def test_tables_keep_their_order_and_cells():
    nested = f"<w:tbl><w:tr><w:tc>{p('outer')}{table(('in 1', 'in 2'))}{p('rest')}</w:tc><w:tc>{p('right')}</w:tc></w:tr></w:tbl>"
    document = read_docx(word(p("before") + nested + p("after")))
    assert [(document[block.span], block.cell) for block in document.blocks] == [
        ("before", None),
        ("outer", (0, 0, 0)),
        ("in 1", (1, 0, 0)),
        ("in 2", (1, 0, 1)),
        ("rest", (0, 0, 0)),
        ("right", (0, 0, 1)),
        ("after", None),
    ]
    assert document.text == "before\nouter\nin 1\tin 2\nrest\tright\nafter"


def test_merged_cells_count_grid_columns():
    wide = '<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>' + p("wide") + "</w:tc>"
    below = '<w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr>' + p("tall") + "</w:tc>"
    merged = "<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>"
    cell = "<w:tc>{}</w:tc>".format
    body = f"<w:tbl><w:tr>{wide}{cell(p('c'))}</w:tr><w:tr>{below}{cell(p('e'))}</w:tr><w:tr>{merged}{sdt(cell(p('f')))}</w:tr></w:tbl>"
    document = read_docx(word(body))
    assert [(document[block.span], block.cell[1:], block.is_header) for block in document.blocks] == [
        ("wide", (0, 0), True),
        ("c", (0, 2), True),
        ("tall", (1, 0), False),
        ("e", (1, 1), False),
        ("f", (2, 1), False),
    ]


def test_marked_header_rows_win_over_the_first_row():
    row = "<w:tr>{}<w:tc>{}</w:tc></w:tr>".format
    mark = "<w:trPr><w:tblHeader/></w:trPr>"
    document = read_docx(word(f"<w:tbl>{row(mark, p('1'))}{row(mark, p('2'))}{row('', p('3'))}</w:tbl>"))
    assert [block.is_header for block in document.blocks] == [True, True, False]


HIDDEN_STYLES = (
    '<w:style w:type="paragraph" w:styleId="Gone"><w:name w:val="Gone"/><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Heir"><w:name w:val="Heir"/><w:basedOn w:val="Gone"/></w:style>'
    '<w:style w:type="character" w:styleId="Secret"><w:name w:val="Secret"/><w:rPr><w:vanish/></w:rPr></w:style>'
)


def test_hidden_text_stands_in_a_layer_of_its_own():
    body = (
        p("The vendor ", run("may not ", "<w:vanish/>"), "may ", run("never ", '<w:rStyle w:val="Secret"/>'), "appeal.")
        + p("all hidden", style="Heir")
        + p(run("shown against its style", '<w:vanish w:val="0"/>'), style="Gone")
    )
    document = read_docx(word(body, styles=HIDDEN_STYLES))
    assert [(document[block.span], block.layer) for block in document.blocks] == [
        ("The vendor may appeal.", Layer.BODY),
        ("may not", Layer.HIDDEN),
        ("never", Layer.HIDDEN),
        ("all hidden", Layer.HIDDEN),
        ("shown against its style", Layer.BODY),
    ]
    assert [note.kind for note in document.notes] == [NoteKind.HIDDEN_TEXT]
    check_origins(document)


def test_notes_and_comments_follow_what_refers_to_them():
    mark = '<w:r><w:{}Reference w:id="{}"/></w:r>'.format
    body = (
        p("Text", mark("footnote", 2), mark("comment", 0), mark("endnote", 3))
        + f"<w:tbl><w:tr><w:tc>{p('cell', mark('footnote', 4))}</w:tc><w:tc>{p('next')}</w:tc></w:tr></w:tbl>"
    )
    document = read_docx(
        word(
            body,
            footnotes=f'<w:footnote w:id="0" w:type="separator">{p("never")}</w:footnote><w:footnote w:id="2">{p("foot")}</w:footnote><w:footnote w:id="4">{p("of cell")}</w:footnote>',
            endnotes=f'<w:endnote w:id="3">{p("end")}</w:endnote>',
            comments=f'<w:comment w:id="0" w:author="Pat">{p("why?")}{p("two")}</w:comment><w:comment w:id="9">{p("loose")}</w:comment>',
        )
    )
    assert [(document[block.span], block.layer) for block in document.blocks] == [
        ("Text", Layer.BODY),
        ("foot", Layer.NOTE),
        ("why?", Layer.COMMENT),
        ("two", Layer.COMMENT),
        ("end", Layer.NOTE),
        ("cell", Layer.BODY),
        ("next", Layer.BODY),
        ("of cell", Layer.NOTE),
        ("loose", Layer.COMMENT),
    ]
    assert [note.message for note in document.notes] == ["2 comments by Pat, an unnamed author."]
    check_origins(document)


def test_headers_and_footers_stand_once_per_text():
    section = '<w:sectPr><w:headerReference r:id="hdr"/><w:headerReference r:id="hdr2"/><w:footerReference r:id="ftr"/></w:sectPr>'
    body = p("one", properties=section) + p("two") + section
    document = read_docx(word(body, hdr=p("State of Example"), hdr2=p("State of Example"), ftr=p("Page 1")))
    assert [(document[block.span], block.layer) for block in document.blocks] == [
        ("one", Layer.BODY),
        ("State of Example", Layer.FURNITURE),
        ("Page 1", Layer.FURNITURE),
        ("two", Layer.BODY),
    ]


HEADING_STYLES = (
    '<w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="heading 2"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Clause"><w:name w:val="Clause"/><w:basedOn w:val="berschrift2"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Own"><w:name w:val="Own"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Plain"><w:name w:val="Plain"/><w:basedOn w:val="Own"/><w:pPr><w:outlineLvl w:val="9"/></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Verz1"><w:name w:val="toc 1"/></w:style>'
)


@pytest.mark.parametrize(
    ("paragraph", "kind", "level"),
    [
        (p("x", style="berschrift2"), BlockKind.HEADING, 2),
        (p("x", style="Clause"), BlockKind.HEADING, 2),
        (p("x", style="Own"), BlockKind.HEADING, 1),
        (p("x", style="Plain"), BlockKind.PARAGRAPH, 0),
        (p("x", style="Heading3"), BlockKind.HEADING, 3),
        (p("x", style="Titre1"), BlockKind.HEADING, 1),
        (p("x", style="Title"), BlockKind.HEADING, 0),
        (p("x", properties='<w:outlineLvl w:val="3"/>'), BlockKind.HEADING, 4),
        (p("x", style="Verz1"), BlockKind.CONTENTS, 0),
        (p("x", style="TOC2"), BlockKind.CONTENTS, 0),
        (p("x"), BlockKind.PARAGRAPH, 0),
    ],
)
def test_heading_levels(paragraph, kind, level):
    block = read_docx(word(paragraph, styles=HEADING_STYLES)).blocks[0]
    assert (block.kind, block.level) == (kind, level)


def test_lines_of_a_contents_field_are_contents_whatever_their_style():
    begin = FIELD.format("begin") + INSTRUCTION.format(' TOC \\o "1-3" ') + FIELD.format("separate")
    body = p(begin, "Scope 1") + p("Terms 2") + p(FIELD.format("end")) + p("Scope")
    blocks = read_docx(word(body)).blocks
    assert [block.kind for block in blocks] == [BlockKind.CONTENTS, BlockKind.CONTENTS, BlockKind.PARAGRAPH]


RENDERED = "<w:r><w:lastRenderedPageBreak/><w:t>{}</w:t></w:r>"
FORCED = '<w:r><w:br w:type="page"/></w:r>'


@pytest.mark.parametrize(
    ("body", "pages"),
    [
        (p("a") + p("b"), [None, None]),
        (p("a") + p(RENDERED.format("b")), [1, 2]),
        (p("a", FORCED) + p(RENDERED.format("b")) + p(RENDERED.format("c")), [1, 2, 3]),
        (p("a", FORCED) + p("b"), [1, 2]),
        (p("a", FORCED) + p("b", properties="<w:pageBreakBefore/>"), [1, 3]),
        (p("a", FORCED, properties="<w:sectPr/>") + p("b") + "<w:sectPr/>", [1, 3]),
    ],
)
def test_pages_follow_the_breaks_that_the_file_holds(body, pages):
    document = read_docx(word(body))
    assert [document.page_of(block.span.start) for block in document.blocks] == pages
    assert [page.number for page in document.pages] == list(range(1, (pages[-1] or 0) + 1))
    assert [note.kind for note in document.notes] == ([NoteKind.LAYOUT] if pages[-1] else [])


def test_page_size_is_that_of_the_section():
    size = '<w:sectPr><w:pgSz w:w="15840" w:h="12240"/></w:sectPr>'
    document = read_docx(word(p("a", FORCED) + p("b") + size))
    assert [(page.width, page.height) for page in document.pages] == [(792.0, 612.0)] * 2


def test_a_diagram_gives_its_words():
    drawing = '<w:r><w:drawing><dgm:relIds r:dm="d1"/></w:drawing></w:r>'
    data = b'<x xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:p><a:r><a:t>Step one</a:t></a:r></a:p></x>'
    source = word(p("See", drawing), extra={"word/data1.xml": data}, links=(("d1", "diagramData", "data1.xml"),))
    assert texts(read_docx(source)) == ["See", "Step one"]


def test_a_file_of_python_docx_reads_whole():
    made = docx.Document()
    made.add_heading("Scope", 1)
    made.add_paragraph("first", style="List Number")
    made.add_paragraph("second", style="List Number")
    made.add_paragraph("dot", style="List Bullet")
    grid = made.add_table(1, 2)
    grid.cell(0, 0).text, grid.cell(0, 1).text = "Item", "Price"
    made.sections[0].footer.paragraphs[0].text = "Example Agency"
    data = io.BytesIO()
    made.save(data)
    document = read_docx(Source("made.docx", data.getvalue()))
    assert [(document[b.span], b.kind, b.level, b.label) for b in document.blocks] == [
        ("Scope", BlockKind.HEADING, 1, ""),
        ("1. first", BlockKind.LIST_ITEM, 1, "1."),
        ("2. second", BlockKind.LIST_ITEM, 1, "2."),
        ("• dot", BlockKind.LIST_ITEM, 1, "•"),
        ("Item", BlockKind.CELL, 0, ""),
        ("Price", BlockKind.CELL, 0, ""),
        ("Example Agency", BlockKind.PARAGRAPH, 0, ""),
    ]
    check_origins(document)


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]), max_size=40)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(WORDS, max_size=3), max_size=5), st.sampled_from(View))
def test_any_text_is_found_again(paragraphs, view):
    made = docx.Document()
    for runs in paragraphs:
        paragraph = made.add_paragraph()
        for text in runs:
            paragraph.add_run(text)
    data = io.BytesIO()
    made.save(data)
    document = read_docx(Source("made.docx", data.getvalue()), view=view)
    wanted = [normalize("".join(runs)) for runs in paragraphs]
    assert texts(document) == [text for text in wanted if text]
    check_tiling(document)
    check_origins(document)
