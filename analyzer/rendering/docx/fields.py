"""Where fields begin and end in a part: Word makes their text itself (ISO/IEC 29500-1, 17.16)."""

from collections.abc import Mapping

from lxml import etree

from analyzer.parsing.docx_names import W

__all__ = ["depths_of", "end_of_field", "fields_of"]

_MARK, _KIND, _BOX = W + "fldChar", W + "fldCharType", W + "txbxContent"
_STEPS = {"begin": 1, "end": -1}


def fields_of(root: "etree._Element") -> "frozenset[etree._Element]":
    """The runs of a part that belong to a field: its marks, its instruction, its result."""
    found, depth = set(), 0
    for run in root.iter(W + "r"):
        if next(run.iterancestors(W + "txbxContent"), None) is not None:
            continue
        kinds = [mark.get(W + "fldCharType") for mark in run.iterchildren(W + "fldChar")]
        if depth or kinds:
            found.add(run)
        depth = max(0, depth + kinds.count("begin") - kinds.count("end"))
    return frozenset(found) if depth == 0 else frozenset(root.iter(W + "r"))


def depths_of(root: "etree._Element") -> "dict[etree._Element, int]":
    """How many fields are open where each paragraph begins."""
    depths: dict[etree._Element, int] = {}
    depth = 0
    for element in root.iter(W + "p", _MARK):
        if element.tag != _MARK:
            depths[element] = depth
        elif next(element.iterancestors(_BOX), None) is None:
            depth = max(0, depth + _STEPS.get(element.get(_KIND, ""), 0))
    return depths


def end_of_field(element: "etree._Element", depths: "Mapping[etree._Element, int]") -> "etree._Element | None":
    """The run that ends the outermost field around an element; None where it stands in none, or that doesn't end."""
    paragraph = next(element.iterancestors(W + "p"))
    depth = depths.get(paragraph, 0)
    for found in paragraph.iter():
        if found is element:
            break
        if found.tag == _MARK:
            depth = max(0, depth + _STEPS.get(found.get(_KIND, ""), 0))
    if not depth:
        return None
    has_passed = False
    for found in element.getroottree().getroot().iter():
        has_passed |= found is element
        if has_passed and found.tag == _MARK:
            depth += _STEPS.get(found.get(_KIND, ""), 0)
            if not depth:
                return next(found.iterancestors(W + "r"), None)
    return None
