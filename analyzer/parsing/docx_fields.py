"""Fields: the result is text of the document, the instruction that made it is not (ISO/IEC 29500-1, 17.16)."""

from dataclasses import dataclass

from lxml import etree

from analyzer.parsing.docx_names import W, child_value, is_on, number

__all__ = ["Field", "fields_close", "form_result"]


@dataclass(slots=True)
class Field:
    """A field that has begun: its instruction so far, and whether its result has."""

    instruction: str = ""
    shows: bool = False

    def is_contents(self) -> bool:
        """A table of contents, of figures or of authorities."""
        return self.instruction.split(maxsplit=1)[:1] in (["TOC"], ["TOA"])


def fields_close(root: "etree._Element") -> bool:
    """Every field of a part that begins also ends."""
    kinds = [mark.get(W + "fldCharType") for mark in root.iter(W + "fldChar")]
    return kinds.count("begin") == kinds.count("end")


def form_result(begin: "etree._Element") -> str:
    """What a form field shows that no run holds: the box of a check box, the choice of a drop-down list."""
    data = begin.find(W + "ffData")
    if data is None:
        return ""
    box = data.find(W + "checkBox")
    if box is not None:
        checked = is_on(box.find(W + "checked"))
        return "☒" if (is_on(box.find(W + "default")) if checked is None else checked) else "☐"
    choices = data.find(W + "ddList")
    if choices is None:
        return ""
    entries = [entry.get(W + "val", "") for entry in choices.findall(W + "listEntry")]
    chosen = number(child_value(choices, W + "result"), number(child_value(choices, W + "default"), 0)) or 0
    return entries[chosen] if 0 <= chosen < len(entries) else ""
