"""Lays sample texts out as Word documents: computed numbers, tables, boxes to check, tracked changes, comments."""

import datetime
import io
import re
import zipfile
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Inches, Pt

from samples.source import Kind, Part, Text, column_widths, plain

__all__ = ["fixed_archive", "word"]

MOMENT = datetime.datetime(2027, 1, 4, 9, 0, tzinfo=datetime.UTC)
STAMP = MOMENT.strftime("%Y-%m-%dT%H:%M:%SZ")
HEADINGS, LETTERS = 90, 91
"""Identifiers of the numbering definitions, above those of python-docx's template."""

W14 = "http://schemas.microsoft.com/office/word/2010/wordml"


def word(text: Text) -> bytes:
    """A .docx whose heading numbers and list letters Word computes, with the revisions that the text holds."""
    document = Document()
    _set_properties(document, text)
    _define_numbering(document)
    _furniture(document, text)
    document.add_paragraph(text["title"], style="Title")
    for key in ("agency", "number", "date"):
        document.add_paragraph(text[key])
    previous = None
    for part in text.parts:
        if part.kind is Kind.ITEM and previous is not Kind.ITEM:
            _restart_letters(document)
        _add(document, part)
        previous = part.kind
    stream = io.BytesIO()
    document.save(stream)
    with zipfile.ZipFile(stream) as package:
        return fixed_archive({name: package.read(name) for name in package.namelist()})


def fixed_archive(members: dict[str, bytes]) -> bytes:
    """A ZIP with the same date on every member, so that the same members give the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return stream.getvalue()


def _set_properties(document: Any, text: Text) -> None:
    core = document.core_properties
    core.title, core.author, core.comments = text["title"], text["agency"], ""
    core.created = core.modified = MOMENT.replace(tzinfo=None)
    document.styles["Normal"].font.size = Pt(11)
    document.styles.add_style("Lettered Item", WD_STYLE_TYPE.PARAGRAPH).base_style = document.styles["Normal"]


def _define_numbering(document: Any) -> None:
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
        f'<w:pStyle w:val="Heading{level + 1}"/><w:lvlText w:val="{pattern}"/><w:lvlJc w:val="left"/></w:lvl>'
        for level, pattern in enumerate(("%1.", "%1.%2"))
    )
    letters = (
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%1)"/>'
        '<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="720" w:hanging="360"/></w:pPr></w:lvl>'
    )
    numbering = document.part.numbering_part.element
    for position, (identifier, content) in enumerate(((HEADINGS, levels), (LETTERS, letters))):
        definition = (
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{identifier}">'
            f'<w:multiLevelType w:val="multilevel"/>{content}</w:abstractNum>'
        )
        numbering.insert(position, parse_xml(definition))
    numbering.append(_number(HEADINGS, HEADINGS))
    for level in (0, 1):
        style = document.styles[f"Heading {level + 1}"].element
        style.get_or_add_pPr().append(_number_properties(HEADINGS, level))


def _number(identifier: int, definition: int, restart: str = "") -> Any:
    return parse_xml(
        f'<w:num {nsdecls("w")} w:numId="{identifier}"><w:abstractNumId w:val="{definition}"/>{restart}</w:num>'
    )


def _number_properties(identifier: int, level: int) -> Any:
    return parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{identifier}"/></w:numPr>')


def _restart_letters(document: Any) -> None:
    numbering = document.part.numbering_part.element
    restart = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    numbering.append(_number(_last_number(document) + 1, LETTERS, restart))


def _last_number(document: Any) -> int:
    numbers = document.part.numbering_part.element.findall(qn("w:num"))
    return max(int(number.get(qn("w:numId"))) for number in numbers)


def _furniture(document: Any, text: Text) -> None:
    section = document.sections[0]
    section.header.paragraphs[0].text = text["header"]
    footer = section.footer.paragraphs[0]
    footer.add_run(f"{text['footer']}, page ")
    footer._p.append(parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'))


def _add(document: Any, part: Part) -> None:
    if part.kind is Kind.TABLE:
        _add_table(document, part.rows)
    elif part.kind is Kind.HEADING:
        heading = document.add_heading(part.text, level=part.level)
        if not part.number:
            heading._p.get_or_add_pPr().append(_number_properties(0, 0))
    elif part.kind is Kind.ATTACHMENT:
        document.add_page_break()
        document.add_paragraph(part.text, style="Subtitle")
    elif part.kind is Kind.BULLET:
        document.add_paragraph(plain(part.text), style="List Bullet")
    elif part.kind is Kind.ITEM:
        paragraph = document.add_paragraph(plain(part.text), style="Lettered Item")
        paragraph._p.get_or_add_pPr().append(_number_properties(_last_number(document), 0))
    elif part.kind is Kind.CHECK_BOX:
        _add_check_box(document, part.text)
    else:
        _add_revised(document, plain(part.text))


def _add_table(document: Any, rows: tuple[tuple[str, ...], ...]) -> None:
    table = document.add_table(rows=0, cols=len(rows[0]), style="Table Grid")
    widths = [Inches(inches) for inches in column_widths(rows, 6.0)]
    for row in rows:
        for cell, words, width in zip(table.add_row().cells, row, widths, strict=True):
            cell.text, cell.width = plain(words), width
    header = table.rows[0]._tr.get_or_add_trPr()
    header.append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    document.add_paragraph()


def _add_check_box(document: Any, words: str) -> None:
    paragraph = document.add_paragraph()
    box = (
        f'<w:sdt {nsdecls("w")} xmlns:w14="{W14}"><w:sdtPr><w14:checkbox><w14:checked w14:val="0"/></w14:checkbox>'
        "</w:sdtPr><w:sdtContent><w:r><w:t>☐</w:t></w:r></w:sdtContent></w:sdt>"
    )
    paragraph._p.append(parse_xml(box))
    paragraph.add_run(f" {words}")


PIECE = re.compile(r"\{([-+#~])(.*?)\1\}")


def _add_revised(document: Any, words: str) -> None:
    paragraph, end = document.add_paragraph(), 0
    for piece in PIECE.finditer(words):
        _add_run(paragraph, words[end : piece.start()])
        _add_piece(document, paragraph, piece[1], piece[2])
        end = piece.end()
    _add_run(paragraph, words[end:])


def _add_run(paragraph: Any, words: str) -> None:
    if words:
        paragraph.add_run(words)


def _add_piece(document: Any, paragraph: Any, mark: str, content: str) -> None:
    author, _, words = content.partition("|")
    if mark == "~":
        paragraph.add_run(content).font.hidden = True
    elif mark == "#":
        _comment(document, paragraph, author, words.partition("|")[0])
    else:
        paragraph._p.append(_revision(paragraph, "w:del" if mark == "-" else "w:ins", author, words))


def _revision(paragraph: Any, tag: str, author: str, words: str) -> Any:
    body = paragraph._p.getroottree().getroot()
    count = len(body.findall(".//" + qn("w:ins"))) + len(body.findall(".//" + qn("w:del")))
    holder = "w:delText" if tag == "w:del" else "w:t"
    revision = parse_xml(
        f'<{tag} {nsdecls("w")} w:id="{900 + count}" w:author="{author}" w:date="{STAMP}">'
        f'<w:r><{holder} xml:space="preserve"/></w:r></{tag}>'
    )
    revision[0][0].text = words
    return revision


def _comment(document: Any, paragraph: Any, author: str, words: str) -> None:
    initials = "".join(name[0] for name in author.replace(".", " ").split())
    comment = document.add_comment(paragraph.runs[-1], text=words, author=author, initials=initials)
    comment._comment_elm.set(qn("w:date"), STAMP)
