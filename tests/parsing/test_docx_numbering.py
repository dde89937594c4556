# ruff: noqa: E501 - markup reads better in one piece
import pytest

from analyzer.document import BlockKind
from analyzer.parsing.docx import read_docx
from analyzer.parsing.docx_numbering import format_number
from tests.parsing.docx_files import p, texts, word


def level(ilvl: int, text: str, form: str = "decimal", more: str = "") -> str:
    return f'<w:lvl w:ilvl="{ilvl}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'


def abstract(identifier: int, *levels: str) -> str:
    return f'<w:abstractNum w:abstractNumId="{identifier}">{"".join(levels)}</w:abstractNum>'


def num(identifier: int, of: int, inner: str = "") -> str:
    return f'<w:num w:numId="{identifier}"><w:abstractNumId w:val="{of}"/>{inner}</w:num>'


OUTLINE = abstract(
    0, level(0, "%1."), level(1, "%1.%2"), level(2, "(%3)", "lowerLetter"), level(3, "(%4)", "lowerRoman")
)


def labels(numbering: str, *places: tuple[int, int], styles: str = "") -> list[str]:
    body = "".join(p("x", numbered=place) for place in places)
    return [block.label for block in read_docx(word(body, numbering=numbering, styles=styles)).blocks]


def test_levels_count_and_restart():
    places = [(1, 0), (1, 1), (1, 1), (1, 2), (1, 2), (1, 3), (1, 1), (1, 2), (1, 0), (1, 1)]
    expected = ["1.", "1.1", "1.2", "(a)", "(b)", "(i)", "1.3", "(a)", "2.", "2.1"]
    assert labels(OUTLINE + num(1, 0), *places) == expected


def test_lists_of_one_definition_share_its_count():
    assert labels(OUTLINE + num(1, 0) + num(2, 0), (1, 0), (2, 0), (1, 0)) == ["1.", "2.", "3."]


def test_a_start_override_begins_anew_once():
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    assert labels(OUTLINE + num(1, 0) + num(2, 0, override), (1, 0), (1, 0), (2, 0), (2, 0)) == ["1.", "2.", "5.", "6."]


def test_an_instance_may_have_a_level_of_its_own():
    override = f'<w:lvlOverride w:ilvl="0">{level(0, "Item %1:", "upperRoman")}</w:lvlOverride>'
    assert labels(OUTLINE + num(1, 0, override), (1, 0), (1, 0)) == ["Item I:", "Item II:"]


def test_a_level_may_go_on_through_its_parents():
    never = abstract(0, level(0, "%1."), level(1, "REQ-%2", more='<w:lvlRestart w:val="0"/>'))
    assert labels(never + num(1, 0), (1, 0), (1, 1), (1, 0), (1, 1)) == ["1.", "REQ-1", "2.", "REQ-2"]


def test_a_level_may_restart_after_a_higher_one_only():
    only = abstract(0, level(0, "%1."), level(1, "%2)"), level(2, "%3)", more='<w:lvlRestart w:val="1"/>'))
    assert labels(only + num(1, 0), (1, 0), (1, 1), (1, 2), (1, 1), (1, 2), (1, 0), (1, 2)) == [
        "1.", "1)", "1)", "2)", "2)", "2.", "1)",
    ]  # fmt: skip


def test_a_skipped_level_counts_as_begun():
    assert labels(OUTLINE + num(1, 0), (1, 1), (1, 1), (1, 0)) == ["1.1", "1.2", "2."]


def test_legal_numbers_are_all_decimal():
    legal = abstract(0, level(0, "Article %1", "upperRoman"), level(1, "%1.%2", more="<w:isLgl/>"))
    assert labels(legal + num(1, 0), (1, 0), (1, 0), (1, 1)) == ["Article I", "Article II", "2.1"]


def test_no_number_for_list_zero_bad_lists_and_hidden_levels():
    hidden = abstract(0, level(0, "%1.", more="<w:rPr><w:vanish/></w:rPr>"))
    assert labels(hidden + num(1, 0), (1, 0), (0, 0), (77, 0)) == ["", "", ""]


def test_custom_padding():
    padded = abstract(
        0,
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><mc:AlternateContent><mc:Choice Requires="w14">'
        '<w:numFmt w:val="custom" w:format="001, 002, 003, ..."/></mc:Choice><mc:Fallback><w:numFmt w:val="decimal"/>'
        '</mc:Fallback></mc:AlternateContent><w:lvlText w:val="R%1"/></w:lvl>',
    )
    assert labels(padded + num(1, 0), (1, 0), (1, 0)) == ["R001", "R002"]


def style(identifier: str, inner: str, based: str = "", kind: str = "paragraph") -> str:
    base = f'<w:basedOn w:val="{based}"/>' if based else ""
    return f'<w:style w:type="{kind}" w:styleId="{identifier}"><w:name w:val="{identifier}"/>{base}<w:pPr>{inner}</w:pPr></w:style>'


IN_LIST = '<w:numPr><w:numId w:val="1"/></w:numPr>'


def test_styles_number_their_paragraphs_by_level():
    numbering = abstract(
        0,
        level(0, "%1", more='<w:pStyle w:val="Heading1"/>'),
        level(1, "%1.%2", more='<w:pStyle w:val="Heading2"/>'),
    ) + num(1, 0)
    styles = (
        style("Heading1", IN_LIST + '<w:outlineLvl w:val="0"/>')
        + style("Heading2", IN_LIST + '<w:outlineLvl w:val="1"/>', "Heading1")
        + style("Clause", "", "Heading2")
        + style("Plain", '<w:numPr><w:numId w:val="0"/></w:numPr>', "Heading1")
    )
    body = "".join(p("x", style=name) for name in ("Heading1", "Heading2", "Clause", "Plain"))
    body += p("x", style="Heading2", properties='<w:numPr><w:numId w:val="0"/></w:numPr>')
    blocks = read_docx(word(body, numbering=numbering, styles=styles)).blocks
    assert [(block.kind, block.level, block.label) for block in blocks] == [
        (BlockKind.HEADING, 1, "1"),
        (BlockKind.HEADING, 2, "1.1"),
        (BlockKind.HEADING, 2, "1.2"),
        (BlockKind.HEADING, 1, ""),
        (BlockKind.HEADING, 2, ""),
    ]


def test_a_numbering_style_leads_to_its_list():
    numbering = (
        '<w:abstractNum w:abstractNumId="5"><w:numStyleLink w:val="Outline"/></w:abstractNum>'
        + OUTLINE
        + num(1, 0)
        + num(2, 5)
    )
    assert labels(numbering, (2, 0), (2, 1), styles=style("Outline", IN_LIST, kind="numbering")) == ["1.", "1.1"]


def test_the_label_is_text_without_origin():
    document = read_docx(
        word(
            p("Support", numbered=(1, 0)) + p("dot", numbered=(2, 0)),
            numbering=OUTLINE + abstract(1, level(0, "\uf0b7", "bullet")) + num(1, 0) + num(2, 1),
        )
    )
    assert texts(document) == ["1. Support", "• dot"]
    assert [(origin.start, origin.end) for origin in document.origins] == [(3, 10), (13, 16)]


def test_an_empty_item_counts_although_it_leaves_no_block():
    body = p("a", numbered=(1, 0)) + p(numbered=(1, 0)) + p("c", numbered=(1, 0))
    assert texts(read_docx(word(body, numbering=OUTLINE + num(1, 0)))) == ["1. a", "3. c"]


@pytest.mark.parametrize(
    ("count", "form", "expected"),
    [
        (4, "upperRoman", "IV"),
        (1999, "lowerRoman", "mcmxcix"),
        (26, "upperLetter", "Z"),
        (28, "lowerLetter", "bb"),
        (7, "decimalZero", "07"),
        (12, "ordinal", "12th"),
        (22, "ordinal", "22nd"),
        (103, "ordinal", "103rd"),
        (21, "cardinalText", "Twenty-one"),
        (300, "cardinalText", "Three hundred"),
        (12, "ordinalText", "Twelfth"),
        (20, "ordinalText", "Twentieth"),
        (35, "ordinalText", "Thirty-fifth"),
        (0, "upperRoman", "0"),
        (5, "none", ""),
        (5, "aiueo", "5"),
        (2_000_000_000, "upperRoman", "2000000000"),
    ],
)
def test_forms_of_numbers(count, form, expected):
    assert format_number(count, form) == expected
