"""Tracked changes: which words can be replaced by one, and how that is written (ISO/IEC 29500-1, 17.13.5)."""

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import pairwise

from lxml import etree

from analyzer.parsing.builder import normalize
from analyzer.parsing.docx_names import W, child_value
from analyzer.parsing.docx_runs import run_text
from analyzer.rendering.docx.comments import block_control
from analyzer.rendering.docx.places import Place
from analyzer.rendering.docx.runs import cut, is_nested, is_text, isolate, runs_between, sizes
from analyzer.rendering.docx.stamp import Stamp

__all__ = ["Change", "prepare", "replace_words", "why_not", "widened"]

_PROPERTIES, _LINK, _CONTROL, _SPACE = (
    W + "rPr",
    W + "hyperlink",
    W + "sdt",
    "{http://www.w3.org/XML/1998/namespace}space",
)
_REVISIONS = frozenset(W + name for name in ("ins", "del", "moveFrom", "moveTo"))
_UNSEEN = frozenset(
    W + name
    for name in (
        *("proofErr", "bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd", "permStart", "permEnd"),
        *("moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd"),
    )
)
_DELETED = {W + "t": W + "delText", W + "instrText": W + "delInstrText"}
_FILLED_IN = frozenset(
    {W + name for name in ("comboBox", "dropDownList", "date", "picture", "dataBinding", "docPartList")}
    | {
        "{http://schemas.microsoft.com/office/word/2010/wordml}checkbox",
        "{http://schemas.microsoft.com/office/word/2012/wordml}dataBinding",
    }
)
"""What makes a content control one whose text Word puts in itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """A tracked change that was written: its first and its last element in the paragraph."""

    first: "etree._Element"
    last: "etree._Element"


# --- what can be replaced ---------------------------------------------------------------------------------------------


def why_not(places: Sequence[Place], words: str, fields: "frozenset[etree._Element]") -> str:
    """Why words can't be replaced by a tracked change, as a sentence; empty where they can.

    ``words`` is what the document says there, ``fields`` the runs of fields in the part.
    """
    if len(places) != 1:
        return "The words run over several paragraphs or table cells." if places else "The words stand in no run."
    paragraph, part = places[0].paragraph, places[0]
    runs = runs_between(paragraph, part.start, part.end)
    if next(paragraph.iterancestors(W + "txbxContent"), None) is not None:
        return "The words stand in a text box, which the file holds twice."
    if block_control(paragraph) is not None:
        return "The words stand in a content control around whole paragraphs, where LibreOffice loses tracked changes."
    if any(_is_revised(run) for run in runs) or any(_is_revised(mark) for mark in _marks_between(runs)):
        return "A tracked change is pending in the words; settle it first."
    if any(is_nested(run, paragraph) for run in runs):
        return "A formula or a phonetic guide stands in the words."
    if reason := _in_field(runs, fields) or _in_control(runs):
        return reason
    if normalize(_cut_out(paragraph, part)) != normalize(words):
        return "Some of the words are hidden, or Word computes them."
    return ""


def _is_revised(element: "etree._Element") -> bool:
    """Whether an element, a row or a cell around it, or its formatting is part of a pending change."""
    if element.tag in _REVISIONS or element.find(f"{_PROPERTIES}/{W}rPrChange") is not None:
        return True
    for ancestor in element.iterancestors():
        if ancestor.tag in _REVISIONS:
            return True
        if ancestor.tag == W + "tr" and any(ancestor.find(f"{W}trPr/{W}{name}") is not None for name in ("ins", "del")):
            return True
        settings = ancestor.find(W + "tcPr") if ancestor.tag == W + "tc" else None
        if settings is not None and any(settings.find(W + name) is not None for name in ("cellIns", "cellDel")):
            return True
    return False


def _marks_between(runs: "Sequence[etree._Element]") -> "Iterator[etree._Element]":
    """What stands between runs that are siblings: an empty pending change among it."""
    for left, right in pairwise(runs):
        if left.getparent() is right.getparent():
            yield from _between(left, right)


def _cut_out(paragraph: "etree._Element", place: Place) -> str:
    """The characters of a place."""
    held = [
        (run, start) for run, start, end in sizes(paragraph) if start < end and start < place.end and place.start < end
    ]
    text = "".join(run_text(run) for run, _ in held)
    return text[place.start - held[0][1] : place.end - held[0][1]] if held else ""


def _in_field(runs: "Sequence[etree._Element]", fields: "frozenset[etree._Element]") -> str:
    """Fields that stand whole within the words go with them; words within a field are Word's."""
    if any(next(run.iterancestors(W + "fldSimple"), None) is not None for run in runs):
        return _FIELD
    depth = 0
    for run in runs:
        if depth == 0 and run in fields and not _begins_field(run):
            return _FIELD
        for mark in run.iterchildren(W + "fldChar"):
            if mark.find(W + "ffData") is not None:
                return _FIELD
            depth += {"begin": 1, "end": -1}.get(mark.get(W + "fldCharType", ""), 0)
    return _FIELD if depth else ""


def _begins_field(run: "etree._Element") -> bool:
    mark = run.find(W + "fldChar")
    return mark is not None and mark.get(W + "fldCharType") == "begin"


_FIELD = "The words stand in a field, whose text Word makes itself."


def _in_control(runs: "Sequence[etree._Element]") -> str:
    for control in {control for run in runs for control in run.iterancestors(_CONTROL)}:
        settings = control.find(W + "sdtPr")
        if settings is None:
            continue
        if child_value(settings, W + "lock") in {"contentLocked", "sdtContentLocked"}:
            return "The words stand in a content control that is locked."
        if settings.find(W + "text") is not None:
            return "The words stand in a content control for plain text, where LibreOffice loses tracked changes."
        if any(child.tag in _FILLED_IN for child in settings):
            return "The words stand in a content control that Word fills in."
    return ""


# --- writing ----------------------------------------------------------------------------------------------------------


def prepare(place: Place) -> None:
    """Cut the runs of a place so that its text stands in runs of its own."""
    cut(place.paragraph, place.end)
    cut(place.paragraph, place.start)
    for run in runs_between(place.paragraph, place.start, place.end):
        isolate(run)


def widened(place: Place) -> Place:
    """A place with the space before it, where one stands there: what is deleted shouldn't leave two."""
    before = [(run, start) for run, start, end in sizes(place.paragraph) if start < place.start <= end]
    first = runs_between(place.paragraph, place.start, place.end)[0]
    if not before or before[0][0].getparent() is not first.getparent() or not any(map(is_text, before[0][0])):
        return place
    run, start = before[0]
    has_space = run_text(run)[place.start - start - 1] == " "
    return replace(place, start=place.start - 1) if has_space else place


def replace_words(runs: "Sequence[etree._Element]", wording: str, stamp: Stamp, new_id: Callable[[], str]) -> Change:
    """Mark the text of runs as deleted and put the wording in, if there is any, in the formatting that most of it has.

    ``runs`` are those of one paragraph, prepared; what is no text among them stays as it is.
    """
    texts = [run for run in runs if _holds_text(run)]
    properties = _main_properties(texts)  # before the texts are renamed
    deletions = [_deleted(stretch, stamp.attributes(new_id())) for stretch in _stretches(texts)]
    if not wording:
        return Change(deletions[0], deletions[-1])
    insertion = etree.Element(W + "ins", stamp.attributes(new_id()))
    made = etree.SubElement(insertion, W + "r")
    if properties is not None:
        made.append(properties)
    text = etree.SubElement(made, W + "t", {_SPACE: "preserve"})
    text.text = wording
    _put(insertion, deletions)
    if insertion.getparent() is deletions[-1].getparent() and insertion.getprevious() is deletions[-1]:
        return Change(deletions[0], insertion)
    return Change(deletions[0], deletions[-1])


def _holds_text(run: "etree._Element") -> bool:
    return any(child.tag != _PROPERTIES for child in run) and all(
        child.tag == _PROPERTIES or is_text(child) for child in run
    )


def _main_properties(runs: "Sequence[etree._Element]") -> "etree._Element | None":
    """The run properties that most characters have, as an inserted run can take them."""
    counts: dict[bytes, int] = {}
    found: dict[bytes, etree._Element | None] = {}
    for run in runs:
        properties = run.find(_PROPERTIES)
        key = b"" if properties is None else etree.tostring(properties, method="c14n", with_tail=False)
        counts[key] = counts.get(key, 0) + len(run_text(run))
        found.setdefault(key, properties)
    chosen = found[max(counts, key=lambda key: counts[key])]
    if chosen is None:
        return None
    made = deepcopy(chosen)
    made.tail = None
    is_link = child_value(made, W + "rStyle") in {"Hyperlink", "FollowedHyperlink"}
    for name in ("rtl", "cs", "rPrChange", *(("rStyle",) if is_link else ())):
        for child in made.findall(W + name):
            made.remove(child)
    return made


def _stretches(runs: "Sequence[etree._Element]") -> "list[list[etree._Element]]":
    """Runs that are neighbours, so that one mark can hold them."""
    stretches = [[runs[0]]]
    for left, right in pairwise(runs):
        if left.getparent() is right.getparent() and all(
            element.tag == W + "proofErr" or _is_empty_run(element) for element in _between(left, right)
        ):
            stretches[-1].append(right)
        else:
            stretches.append([right])
    return stretches


def _is_empty_run(element: "etree._Element") -> bool:
    return element.tag == W + "r" and all(child.tag == _PROPERTIES for child in element)


def _between(left: "etree._Element", right: "etree._Element") -> "Iterator[etree._Element]":
    for element in left.itersiblings():
        if element is right:
            return
        yield element


def _deleted(stretch: "Sequence[etree._Element]", attributes: dict[str, str]) -> "etree._Element":
    mark = etree.Element(W + "del", attributes)
    members = [stretch[0], *(e for left, right in pairwise(stretch) for e in (*_between(left, right), right))]
    stretch[0].addprevious(mark)
    for member in members:
        mark.append(member)
        for child in member:
            if child.tag in _DELETED:
                child.tag = _DELETED[child.tag]
    return mark


def _put(insertion: "etree._Element", deletions: "Sequence[etree._Element]") -> None:
    """Put an insertion after the deletions that it stands beside: outside a link or a control if any of them is."""
    chosen = max(range(len(deletions)), key=lambda index: (_openness(deletions[index]), -index))
    while chosen + 1 < len(deletions) and _is_joined(deletions[chosen], deletions[chosen + 1]):
        chosen += 1
    beside = deletions[chosen]
    link = beside.getparent()
    if link is None or link.tag != _LINK:
        beside.addnext(insertion)
    elif not _has_text_after(beside):
        link.addnext(insertion)
    elif not _has_text_before(deletions[0]):
        link.addprevious(insertion)
    else:
        beside.addnext(insertion)


def _openness(mark: "etree._Element") -> int:
    parent = mark.getparent()
    tag = "" if parent is None else parent.tag
    return 0 if tag == _LINK else 1 if tag == W + "sdtContent" else 2


def _is_joined(left: "etree._Element", right: "etree._Element") -> bool:
    if left.getparent() is not right.getparent():
        return False
    return all(element.tag in _UNSEEN or _is_empty_run(element) for element in _between(left, right))


def _has_text_after(mark: "etree._Element") -> bool:
    return any(next(element.iter(W + "t"), None) is not None for element in mark.itersiblings())


def _has_text_before(mark: "etree._Element") -> bool:
    return any(next(element.iter(W + "t"), None) is not None for element in mark.itersiblings(preceding=True))
