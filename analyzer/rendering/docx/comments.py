"""Comments: their text in the part for comments, and their marks in the running text (ISO/IEC 29500-1, 17.13.4)."""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from analyzer.parsing.docx_names import M, W
from analyzer.rendering.docx.fields import end_of_field
from analyzer.rendering.docx.stamp import Stamp
from analyzer.rendering.docx.wordfile import WordFile

__all__ = ["Line", "Range", "add_comment", "block_control", "holds_text"]

_PARAGRAPH, _SPACE = W + "p", "{http://www.w3.org/XML/1998/namespace}space"
_BOX = W + "txbxContent"
_NO_PLACE_FOR_MARKS = frozenset({W + "r", W + "del", W + "ruby", W + "rt", W + "rubyBase"})
_MATH = M[:-1]
_NO_PLACE_FOR_REFERENCE = frozenset(
    W + name for name in ("ins", "moveTo", "hyperlink", "fldSimple", "smartTag", "customXml", "bdo", "dir")
)
_PLAIN_CONTROLS = frozenset(
    {W + name for name in ("text", "comboBox", "dropDownList", "date", "picture", "dataBinding")}
    | {"{http://schemas.microsoft.com/office/word/2010/wordml}checkbox"}
)
"""What makes a content control one that holds text alone."""


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of a comment: words in bold, then others."""

    bold: str
    text: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Range:
    """What a comment spans: from one element of a paragraph to another, or a whole paragraph twice."""

    first: "etree._Element"
    last: "etree._Element"


def add_comment(file: WordFile, spanned: Range, lines: Sequence[Line], stamp: Stamp) -> None:
    """Write a comment and hang it on what it spans."""
    identifier = file.new_id()
    part = file.comments()
    has_style = _has_style(file, "CommentReference")
    _write(file.root(part), identifier, lines, stamp, has_style=has_style)
    file.touch(part)
    start = etree.Element(W + "commentRangeStart", {W + "id": identifier})
    end = etree.Element(W + "commentRangeEnd", {W + "id": identifier})
    reference = _run(has_style=has_style)
    etree.SubElement(reference, W + "commentReference", {W + "id": identifier})
    if spanned.first.tag == _PARAGRAPH:
        at = 1 if len(spanned.first) and spanned.first[0].tag == W + "pPr" else 0
        spanned.first.insert(at, start)
        spanned.first.append(end)
        _refer(file, end, reference)
    else:
        first, last = _outermost(spanned.first), _outermost(spanned.last)
        first.addprevious(start)
        last.addnext(end)
        _refer(file, end, reference)
    file.touch(file.word.main)


def _outermost(element: "etree._Element") -> "etree._Element":
    """An element, or the nearest around it beside which the mark of a range may stand."""
    chosen = element
    for ancestor in element.iterancestors():
        if ancestor.tag == _PARAGRAPH:
            break
        tag = str(ancestor.tag)
        if tag in _NO_PLACE_FOR_MARKS or tag.startswith(_MATH) or (tag == W + "sdt" and _is_plain(ancestor)):
            chosen = ancestor
    return chosen


def _is_plain(control: "etree._Element") -> bool:
    settings = control.find(W + "sdtPr")
    return settings is not None and any(child.tag in _PLAIN_CONTROLS for child in settings)


def _outside(element: "etree._Element") -> "etree._Element":
    """An element, or what holds it beside which a run of one's own may stand, apart from changes and links."""
    chosen = element
    for ancestor in element.iterancestors():
        if ancestor.tag == _PARAGRAPH:
            break
        if ancestor.tag in _NO_PLACE_FOR_REFERENCE:
            chosen = ancestor
    return chosen


def _refer(file: WordFile, end: "etree._Element", reference: "etree._Element") -> None:
    """Put the mark of a comment after the end of its range, or into the nearest paragraph where it does no harm."""
    paragraph = next(end.iterancestors(_PARAGRAPH))
    control = block_control(paragraph)
    if control is None:
        # LibreOffice 7.4 writes the text of a comment into the field that its mark stands in.
        field_end = end_of_field(end, file.depths)
        _outside(field_end if field_end is not None else end).addnext(reference)
        return
    for beside in (*control.itersiblings(_PARAGRAPH), *control.itersiblings(_PARAGRAPH, preceding=True)):
        if block_control(beside) is None:
            beside.append(reference)
            return
    everywhere = paragraph.getroottree().iter(_PARAGRAPH)
    free = (p for p in everywhere if block_control(p) is None and next(p.iterancestors(_BOX), None) is None)
    next(free, paragraph).append(reference)


def block_control(paragraph: "etree._Element") -> "etree._Element | None":
    """The outermost content control around a whole paragraph, save those that Word fills, such as a cover page.

    LibreOffice 7.4 drops the text of such a control as far as the mark of a comment in it, and takes the changes that
    are tracked there for settled.
    """
    found = None
    for control in paragraph.iterancestors(W + "sdt"):
        if control.find(f"{W}sdtPr/{W}docPartObj") is None:
            found = control
    return found


def _has_style(file: WordFile, name: str) -> bool:
    part = file.part_of_kind("styles")
    if part is None:
        return False
    return any(style.get(W + "styleId") == name for style in file.root(part).iter(W + "style"))


def _run(*, has_style: bool) -> "etree._Element":
    run = etree.Element(W + "r")
    if has_style:
        properties = etree.SubElement(run, W + "rPr")
        etree.SubElement(properties, W + "rStyle", {W + "val": "CommentReference"})
    return run


def _write(
    comments: "etree._Element", identifier: str, lines: Sequence[Line], stamp: Stamp, *, has_style: bool
) -> None:
    initials = "".join(word[0] for word in stamp.author.split())[:3].upper()
    attributes = {**stamp.attributes(identifier), W + "initials": initials}
    comment = etree.SubElement(comments, W + "comment", attributes)
    for number, line in enumerate(lines):
        paragraph = etree.SubElement(comment, _PARAGRAPH)
        if number == 0:
            mark = _run(has_style=has_style)
            etree.SubElement(mark, W + "annotationRef")
            paragraph.append(mark)
        for words, is_bold in ((line.bold, True), (line.text, False)):
            if words:
                _add_words(paragraph, words, is_bold=is_bold)


def _add_words(paragraph: "etree._Element", words: str, *, is_bold: bool) -> None:
    run = etree.SubElement(paragraph, W + "r")
    if is_bold:
        etree.SubElement(etree.SubElement(run, W + "rPr"), W + "b")
    etree.SubElement(run, W + "t", {_SPACE: "preserve"}).text = words


def holds_text(file: WordFile, start: str) -> bool:
    """Whether a comment of the file begins with a text."""
    part = file.part_of_kind("comments")
    if part is None:
        return False
    return any(
        "".join(text.text or "" for text in comment.iter(W + "t")).startswith(start)
        for comment in file.root(part).iter(W + "comment")
    )
