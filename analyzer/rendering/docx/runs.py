"""The runs of a paragraph as one line of raw characters: where words stand in it, and how runs are cut.

A raw position counts the characters of ``run_text`` over all runs of a paragraph in the order of ``paragraph_runs``,
deleted ones among them. Cutting a run changes no raw position, so that words keep their places while runs are cut.
"""

from collections.abc import Iterator
from copy import deepcopy

from lxml import etree

from analyzer.parsing.docx_names import W
from analyzer.parsing.docx_runs import paragraph_runs, run_text

__all__ = [
    "RUN",
    "ancestors_in",
    "cut",
    "is_nested",
    "is_text",
    "isolate",
    "raw_start",
    "runs_between",
    "sizes",
]

RUN = W + "r"
_PROPERTIES = W + "rPr"
_TEXTS = frozenset({W + "t", W + "delText"})
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def sizes(paragraph: "etree._Element") -> "list[tuple[etree._Element, int, int]]":
    """Each run of a paragraph with the raw positions where it begins and ends."""
    found, position = [], 0
    for run in paragraph_runs(paragraph):
        length = len(run_text(run))
        found.append((run, position, position + length))
        position += length
    return found


def raw_start(paragraph: "etree._Element", number: int) -> int:
    """The raw position where a run begins, by its number. Raises IndexError."""
    return sizes(paragraph)[number][1]


def runs_between(paragraph: "etree._Element", start: int, end: int) -> "list[etree._Element]":
    """The runs from the first to the last with characters of a raw range, those without any between them included."""
    found = sizes(paragraph)
    holding = [index for index, (_, first, last) in enumerate(found) if first < end and start < last]
    return [run for run, _, _ in found[holding[0] : holding[-1] + 1]] if holding else []


def ancestors_in(element: "etree._Element", paragraph: "etree._Element") -> "Iterator[etree._Element]":
    """The elements between an element and its paragraph, the nearest first."""
    for ancestor in element.iterancestors():
        if ancestor is paragraph:
            return
        yield ancestor


def is_nested(run: "etree._Element", paragraph: "etree._Element") -> bool:
    """A run that can't be cut: it stands in another (as a phonetic guide does) or in a formula."""
    return run.tag != RUN or any(ancestor.tag == RUN for ancestor in ancestors_in(run, paragraph))


def cut(paragraph: "etree._Element", position: int) -> None:
    """Let a run begin at a raw position, where that is within one that can be cut."""
    for run, start, end in sizes(paragraph):
        if start < position < end:
            if not is_nested(run, paragraph):
                _cut_run(run, position - start)
            return


def _cut_run(run: "etree._Element", at: int) -> None:
    """Cut a run before its character ``at``: what follows moves to a new run with the same properties."""
    rest = _sibling(run)
    position = 0
    for child in list(run):
        if child.tag == _PROPERTIES:
            continue
        length = _length(child)
        if position >= at:
            rest.append(child)
        elif position + length > at:
            rest.append(_cut_text(child, at - position))
        position += length


def _length(child: "etree._Element") -> int:
    """The raw characters of one child of a run."""
    if not isinstance(child.tag, str):
        return 0
    holder = etree.Element(RUN)
    etree.SubElement(holder, child.tag, _attributes(child)).text = child.text
    return len(run_text(holder))


def _attributes(element: "etree._Element") -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items()}


def _cut_text(text: "etree._Element", at: int) -> "etree._Element":
    whole = text.text or ""
    rest = etree.Element(text.tag, _attributes(text))
    text.text, rest.text = whole[:at], whole[at:]
    text.set(_SPACE, "preserve")
    rest.set(_SPACE, "preserve")
    return rest


def _sibling(run: "etree._Element") -> "etree._Element":
    """An empty run with the same properties, right after a run."""
    made = etree.Element(run.tag, _attributes(run))
    properties = run.find(_PROPERTIES)
    if properties is not None:
        made.append(deepcopy(properties))
    run.addnext(made)
    return made


_GOES = _TEXTS | {
    W + name
    for name in (
        *("tab", "ptab", "cr", "noBreakHyphen", "softHyphen", "sym", "lastRenderedPageBreak"),
        *("fldChar", "instrText", "delInstrText"),
    )
}


def isolate(run: "etree._Element") -> "list[etree._Element]":
    """Cut a run so that text stands apart from all else, such as a picture or a footnote's mark; returns the text."""
    texts, current = [], run
    was_plain: bool | None = None
    for child in [child for child in run if child.tag != _PROPERTIES]:
        is_plain = is_text(child)
        if was_plain is not None and was_plain != is_plain:
            current = _sibling(current)
        if is_plain and was_plain is not True:
            texts.append(current)
        was_plain = is_plain
        if current is not run:
            current.append(child)
    return texts


def is_text(child: "etree._Element") -> bool:
    """Whether a child of a run is text, or part of a field, and nothing that must stay where it is."""
    if child.tag == W + "br":
        return child.get(W + "type") not in {"page", "column"}
    return not isinstance(child.tag, str) or child.tag in _GOES
