"""The names that WordprocessingML gives to things (ISO/IEC 29500-1), and how its on-off values read."""

from lxml import etree

__all__ = ["MC", "A", "M", "R", "V", "W", "child_value", "is_on", "number", "value"]

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
V = "{urn:schemas-microsoft-com:vml}"

_VAL = W + "val"
_OFF = frozenset({"0", "false", "off", "none"})


def value(element: "etree._Element | None") -> str | None:
    """What ``w:val`` says."""
    return None if element is None else element.get(_VAL)


def child_value(element: "etree._Element | None", tag: str) -> str | None:
    """What ``w:val`` of a child says; None without the child."""
    return None if element is None else value(element.find(tag))


def is_on(element: "etree._Element | None") -> bool | None:
    """A toggle: None where it isn't set, on where it has no value."""
    if element is None:
        return None
    return element.get(_VAL, "1").lower() not in _OFF


def number(text: str | None, default: int | None = None) -> int | None:
    """A whole number as files write it, or the default."""
    if text is None:
        return default
    try:
        return int(text)
    except ValueError:
        return default
