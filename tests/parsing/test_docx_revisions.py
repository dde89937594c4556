# ruff: noqa: E501 - markup reads better in one piece
import pytest

from analyzer.document import BlockKind, NoteKind, View
from analyzer.parsing.docx import read_docx
from tests.parsing.docx_files import check_origins, check_tiling, p, run, table, texts, word

BY = 'w:id="1" w:author="Lee"'


def inserted(text: str) -> str:
    return f"<w:ins {BY}>{run(text)}</w:ins>"


def deleted(text: str) -> str:
    return f"<w:del {BY}><w:r><w:delText>{text}</w:delText></w:r></w:del>"


def mark(tag: str) -> str:
    return f"<w:rPr><w:{tag} {BY}/></w:rPr>"


def row(text: str, tag: str) -> str:
    return f"<w:tbl><w:tr><w:tc>{p('kept')}</w:tc></w:tr><w:tr><w:trPr><w:{tag} {BY}/></w:trPr><w:tc>{p(text)}</w:tc></w:tr></w:tbl>"


CASES = [
    (p("Pay in ", deleted("60"), inserted("30"), " days"), ["Pay in 30 days"], ["Pay in 60 days"]),
    (
        p(f"<w:moveFrom {BY}>{run('moved')}</w:moveFrom>", "a") + p("b", f"<w:moveTo {BY}>{run('moved')}</w:moveTo>"),
        ["a", "bmoved"],
        ["moveda", "b"],
    ),
    (p("one ", properties=mark("del")) + p("two"), ["one two"], ["one", "two"]),
    (p("one ", properties=mark("ins")) + p("two"), ["one", "two"], ["one two"]),
    (p("a", properties=mark("del")) + p("b", properties=mark("del")) + p("c"), ["abc"], ["a", "b", "c"]),
    (p(deleted("gone"), properties=mark("del")) + p("next"), ["next"], ["gone", "next"]),
    (p(inserted("new"), properties=mark("ins")) + p("old"), ["new", "old"], ["old"]),
    (p("last", properties=mark("del")) + table(("cell",)), ["last", "cell"], ["last", "cell"]),
    (row("extra", "ins"), ["kept", "extra"], ["kept"]),
    (row("extra", "del"), ["kept"], ["kept", "extra"]),
    (p(f"<w:ins {BY}>{deleted('both')}</w:ins>", "x"), ["x"], ["x"]),
    (p(f"<w:del {BY}><w:hyperlink>{run('link')}</w:hyperlink></w:del>", "x"), ["x"], ["linkx"]),
]


@pytest.mark.parametrize(("body", "accepted", "rejected"), CASES)
def test_both_views(body, accepted, rejected):
    for view, expected in ((View.ACCEPTED, accepted), (View.REJECTED, rejected)):
        document = read_docx(word(body), view=view)
        assert texts(document) == expected
        check_tiling(document)
        check_origins(document)
        assert [note.kind for note in document.notes] == [NoteKind.REVISIONS]


def test_the_note_counts_changes_and_names_authors():
    body = p(inserted("a"), inserted("b"), deleted("c")) + p(f'<w:ins w:author="Kim">{run("d")}</w:ins>')
    accepted, rejected = (read_docx(word(body), view=view).notes[0].message for view in View)
    assert accepted == "Tracked changes are pending (1 deletion, 3 insertions) by Lee, Kim. They were read as accepted."
    assert rejected.endswith("They were read as rejected.")


def test_former_properties_count_when_changes_are_rejected():
    change = f'<w:outlineLvl w:val="0"/><w:pPrChange {BY}><w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:pPrChange>'
    vanish = f"<w:vanish/><w:rPrChange {BY}><w:rPr/></w:rPrChange>"
    body = p("title", properties=change) + p(run("secret", vanish))
    accepted, rejected = (read_docx(word(body), view=view) for view in View)
    assert [(block.kind, block.level) for block in accepted.blocks][:1] == [(BlockKind.HEADING, 1)]
    assert [(block.kind, block.level) for block in rejected.blocks][:1] == [(BlockKind.HEADING, 3)]
    assert [block.layer for block in accepted.blocks] == ["body", "hidden"]
    assert [block.layer for block in rejected.blocks] == ["body", "body"]


def test_paragraphs_that_a_view_drops_take_no_number():
    numbering = (
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
        '<w:lvlText w:val="%1."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    body = (
        p("first", numbered=(1, 0))
        + p(inserted("new"), numbered=(1, 0), properties=mark("ins"))
        + p("last", numbered=(1, 0))
    )
    accepted, rejected = (texts(read_docx(word(body, numbering=numbering), view=view)) for view in View)
    assert accepted == ["1. first", "2. new", "3. last"]
    assert rejected == ["1. first", "2. last"]


def test_a_footnote_goes_with_its_reference():
    reference = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    body = p("text", f"<w:del {BY}>{reference}</w:del>")
    notes = f'<w:footnote w:id="2">{p("note")}</w:footnote>'
    assert texts(read_docx(word(body, footnotes=notes))) == ["text"]
    assert texts(read_docx(word(body, footnotes=notes), view=View.REJECTED)) == ["text", "note"]


def test_notes_that_refer_to_each_other_stand_once_each():
    def note(number: int, *others: int) -> str:
        marks = "".join(f'<w:r><w:footnoteReference w:id="{other}"/></w:r>' for other in others)
        return f'<w:footnote w:id="{number}">{p(f"note {number}", marks)}</w:footnote>'

    last = 60
    chain = "".join(note(number, number + 1, number + 1) for number in range(1, last)) + note(last, 1)
    found = texts(read_docx(word(p("text", '<w:r><w:footnoteReference w:id="1"/></w:r>'), footnotes=chain)))
    assert found == ["text", *(f"note {number}" for number in range(1, last + 1))]
