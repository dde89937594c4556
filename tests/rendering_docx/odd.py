# ruff: noqa: E501 - markup reads better in one piece
"""Word files of which the flagged sentence stands in odd structures; each with what accepting it must give."""

from typing import NamedTuple

from tests.parsing.docx_files import p, run, table, word_bytes
from tests.rendering_docx.annotating import BOND, CAP, WORDING

BY = 'w:author="Lee" w:date="2027-01-04T09:00:00Z"'
LISTS = (
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%2)"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)
LIST = {"numbering": LISTS}


class Odd(NamedTuple):
    """A file, the words that are flagged in it, and whether a tracked change can replace them."""

    data: bytes
    words: str = CAP
    is_redlined: bool = True


def _field(instruction: str, result: str) -> str:
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f'{run(result)}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _control(inner: str, settings: str = "") -> str:
    return f"<w:sdt><w:sdtPr>{settings}</w:sdtPr><w:sdtContent>{inner}</w:sdtContent></w:sdt>"


def _box(inner: str) -> str:
    shape = f"<w:txbxContent>{inner}</w:txbxContent>"
    return f"<w:r><w:pict><v:shape><v:textbox>{shape}</v:textbox></v:shape></w:pict></w:r>"


BEFORE, AFTER = "Some words come first. ", " Some words come after."
LINKED = CAP.replace("without any limit", "under Section 4.2")
AT = LINKED.index("4.2")
NOTED = CAP.index(" for all")

ODD: dict[str, Odd] = {
    "one run": Odd(word_bytes(p(BEFORE + CAP + AFTER))),
    "alone in its paragraph": Odd(word_bytes(p("First.") + p(CAP) + p("Last."))),
    "split mid-word": Odd(word_bytes(p(run(BEFORE + CAP[:20]), run(CAP[20:23]), run(CAP[23:] + AFTER)))),
    "bold in the middle": Odd(
        word_bytes(p(run(BEFORE + CAP[:18], "<w:i/>"), run(CAP[18:35], "<w:b/>"), run(CAP[35:] + AFTER, "<w:i/>")))
    ),
    "proofing marks": Odd(
        word_bytes(
            p(
                run(BEFORE + CAP[:20]),
                '<w:proofErr w:type="spellStart"/>',
                run(CAP[20:30]),
                '<w:proofErr w:type="spellEnd"/>',
                run(CAP[30:]),
            )
        )
    ),
    "bookmark within": Odd(
        word_bytes(
            p(
                run(CAP[:20]),
                '<w:bookmarkStart w:id="7" w:name="here"/>',
                run(CAP[20:30]),
                '<w:bookmarkEnd w:id="7"/>',
                run(CAP[30:]),
            )
        )
    ),
    "table cell": Odd(
        word_bytes(table(("Topic", "Term"), ("Liability", BEFORE + CAP + AFTER + " And a third sentence.")))
    ),
    "table in a table": Odd(
        word_bytes(
            f"{p('First.')}<w:tbl><w:tr><w:tc>{p('Outer words.')}{table(('Inner', BEFORE + CAP + AFTER))}{p('End.')}</w:tc></w:tr></w:tbl>{p('Last.')}"
        )
    ),
    "table that opens the file": Odd(word_bytes(table(("Topic", "Term"), ("Liability", BEFORE + CAP + AFTER)))),
    "list item": Odd(
        word_bytes(p("Terms.") + p(CAP, numbered=(1, 0)) + p(BOND, numbered=(1, 0)), **LIST), words=f"1. {CAP}"
    ),
    "nested list item": Odd(
        word_bytes(p("Terms.", numbered=(1, 0)) + p(BEFORE + CAP, numbered=(1, 1)) + p(BOND, numbered=(1, 1)), **LIST)
    ),
    "typed number and heading": Odd(
        word_bytes(p(f"4.2 Liability. {CAP}") + p(f"4.3 Bonds. {BOND}")), words=f"4.2 Liability. {CAP}"
    ),
    "content control": Odd(word_bytes(p(run(BEFORE), _control(run(CAP)), run(AFTER)))),
    "half in a content control": Odd(word_bytes(p(run(BEFORE), _control(run(CAP[:15])), run(CAP[15:] + AFTER)))),
    "half in a control for plain text": Odd(
        word_bytes(p(run(BEFORE), _control(run(CAP[:15]), "<w:text/>"), run(CAP[15:] + AFTER))), is_redlined=False
    ),
    "block content control": Odd(word_bytes(_control(p(BEFORE + CAP + AFTER)) + p("Last.")), is_redlined=False),
    "cell in a content control": Odd(
        word_bytes(
            f"{p('First.')}<w:tbl><w:tr>{_control('<w:tc>' + p(BEFORE + CAP) + '</w:tc>')}<w:tc>{p('B.')}</w:tc></w:tr></w:tbl>"
        ),
        is_redlined=False,
    ),
    "nothing but a content control": Odd(word_bytes(_control(p(BEFORE + CAP + AFTER), "<w:docPartObj/>"))),
    "link within": Odd(
        word_bytes(
            p(
                run(BEFORE + LINKED[:24]),
                f'<w:hyperlink w:anchor="x">{run(LINKED[24:37], chr(60) + "w:rStyle w:val=" + chr(34) + "Hyperlink" + chr(34) + "/>")}</w:hyperlink>',
                run(LINKED[37:]),
            )
        ),
        words=LINKED,
    ),
    "begins in a link": Odd(
        word_bytes(p(f'<w:hyperlink w:anchor="x">{run(BEFORE + CAP[:15])}</w:hyperlink>', run(CAP[15:])))
    ),
    "all in a link": Odd(word_bytes(p(f'<w:hyperlink w:anchor="x">{run(BEFORE + CAP + AFTER)}</w:hyperlink>'))),
    "link alone": Odd(word_bytes(p(run(BEFORE), f'<w:hyperlink w:anchor="x">{run(CAP)}</w:hyperlink>', run(AFTER)))),
    "smart tag": Odd(
        word_bytes(
            p(
                run(BEFORE),
                f'<w:smartTag w:uri="urn:x" w:element="place">{run(CAP[:14])}</w:smartTag>',
                run(CAP[14:] + AFTER),
            )
        )
    ),
    "whole field within": Odd(
        word_bytes(
            p('<w:bookmarkStart w:id="7" w:name="_Ref1"/>', run("4.2"), '<w:bookmarkEnd w:id="7"/>')
            + p(run(LINKED[:AT]), _field("REF _Ref1 \\h", "4.2"), run(LINKED[AT + 3 :]))
        ),
        words=LINKED,
    ),
    "in a field's result": Odd(word_bytes(p(_field("REF _Ref1", CAP))), is_redlined=False),
    "simple field": Odd(
        word_bytes(p(run(CAP[:20]), f'<w:fldSimple w:instr=" REF x ">{run(CAP[20:30])}</w:fldSimple>', run(CAP[30:]))),
        is_redlined=False,
    ),
    "breaks and tabs": Odd(
        word_bytes(p(f"<w:r><w:t>{CAP[:14]}</w:t><w:tab/><w:t>{CAP[15:24]}</w:t><w:br/><w:t>{CAP[25:]}</w:t></w:r>"))
    ),
    "soft hyphens": Odd(
        word_bytes(p(f"<w:r><w:t>{CAP[:7]}</w:t><w:softHyphen/><w:t>{CAP[7:10]}\u00ad{CAP[10:]}</w:t></w:r>"))
    ),
    "spaces doubled and protected": Odd(word_bytes(p(CAP.replace(" is", " \u00a0 is").replace("any ", "any   ")))),
    "smart quotes": Odd(
        word_bytes(p("The State’s “Terms” follow. " + CAP.replace("losses", "the State’s losses"))),
        words=CAP.replace("losses", "the State’s losses"),
    ),
    "right to left": Odd(word_bytes(p(run("שלום עולם. ", "<w:rtl/>"), run(CAP, "<w:rtl/>"), properties="<w:bidi/>"))),
    "footnote mark within": Odd(
        word_bytes(
            p(run(CAP[:NOTED]), '<w:r><w:footnoteReference w:id="2"/></w:r>', run(CAP[NOTED:])),
            footnotes=f'<w:footnote w:id="2">{p("A note.")}</w:footnote>',
        )
    ),
    "in a footnote": Odd(
        word_bytes(
            p(run("Words"), '<w:r><w:footnoteReference w:id="2"/></w:r>', run(" go on.")),
            footnotes=f'<w:footnote w:id="2">{p(BEFORE + CAP)}</w:footnote>',
        )
    ),
    "in a header": Odd(
        word_bytes(
            p("The body.") + '<w:sectPr><w:headerReference w:type="default" r:id="hdr"/></w:sectPr>',
            hdr=p(BEFORE + CAP),
        ),
    ),
    "in a text box": Odd(word_bytes(p(run("Outside."), _box(p(CAP)))), is_redlined=False),
    "inserted by somebody": Odd(
        word_bytes(p(run(BEFORE), f'<w:ins w:id="5" {BY}>{run(CAP)}</w:ins>')), is_redlined=False
    ),
    "beside pending changes": Odd(
        word_bytes(
            p(
                f'<w:del w:id="4" {BY}><w:r><w:delText xml:space="preserve">Old words. </w:delText></w:r></w:del><w:ins w:id="5" {BY}>{run("New words. ")}</w:ins>',
                run(CAP),
            )
        )
    ),
    "deleted words within": Odd(
        word_bytes(
            p(run(CAP[:20]), f'<w:del w:id="4" {BY}><w:r><w:delText>old</w:delText></w:r></w:del>', run(CAP[20:]))
        ),
        is_redlined=False,
    ),
    "commented before": Odd(
        word_bytes(
            p(
                '<w:commentRangeStart w:id="3"/>',
                run(BEFORE),
                run(CAP[:10]),
                '<w:commentRangeEnd w:id="3"/><w:r><w:commentReference w:id="3"/></w:r>',
                run(CAP[10:]),
            ),
            comments=f'<w:comment w:id="3" {BY}>{p("An earlier remark.")}</w:comment>',
        )
    ),
    "hidden words within": Odd(
        word_bytes(p(run(CAP[:20]), run("secret", "<w:vanish/>"), run(CAP[20:]))), is_redlined=False
    ),
    "in a locked control": Odd(word_bytes(p(_control(run(CAP), '<w:lock w:val="contentLocked"/>'))), is_redlined=False),
    "formula within": Odd(
        word_bytes(p(run(CAP[:19]), "<m:oMath><m:r><m:t>xy</m:t></m:r></m:oMath>", run(CAP[19:]))),
        words=CAP[:19] + "xy" + CAP[19:],
        is_redlined=False,
    ),
    "picture within": Odd(word_bytes(p(f"<w:r><w:t>{CAP[:20]}</w:t><w:drawing/><w:t>{CAP[20:]}</w:t></w:r>"))),
    "ligatures": Odd(
        word_bytes(p(run("A ﬁrm price. "), run(CAP.replace("losses", "ﬁnes and oﬃce costs")))),
        words=CAP.replace("losses", "fines and office costs"),
    ),
    "long preamble": Odd(
        word_bytes("".join(p(f"Paragraph {number} says nothing.") for number in range(60)) + p(BEFORE + CAP))
    ),
    "comment in the markup": Odd(word_bytes(p(f"<w:r><w:t>{CAP[:20]}<!-- kept out -->{CAP[20:]}</w:t></w:r>"))),
}


def expected(odd: Odd) -> str:
    """The flagged words after the change is accepted, with the number and the heading that stay."""
    wording = WORDING.replace("'", "’") if "’" in odd.words else WORDING
    return odd.words.removesuffix(CAP) + wording if odd.words.endswith(CAP) else wording
