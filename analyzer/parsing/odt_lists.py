"""List numbers of OpenDocument text, which the file describes and doesn't store (OpenDocument 1.3, part 3, 5.3)."""

import re
from dataclasses import dataclass, field

from lxml import etree

from analyzer.parsing.builder import normalize
from analyzer.parsing.docx_names import number
from analyzer.parsing.docx_numbering import format_number

__all__ = ["Lists", "OpenList", "read_lists"]

TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_LOEXT = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"
_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_LEVELS = 10
_FORMS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_PLACE = re.compile(r"%(\d+)%")


@dataclass(frozen=True, slots=True)
class _Level:
    form: str = ""
    prefix: str = ""
    suffix: str = ""
    shown: int = 1
    start: int = 1
    pattern: str | None = None
    is_bullet: bool = False


_Counters = list[int | None]


@dataclass(slots=True)
class OpenList:
    """A list that is being read, with the lists it stands in."""

    style: str
    level: int
    counters: _Counters


@dataclass(slots=True)
class Lists:
    """The list styles of a document and how far its lists have counted."""

    _styles: dict[str, tuple[_Level, ...]] = field(default_factory=dict)
    _by_style: dict[str, _Counters] = field(default_factory=dict)
    _by_id: dict[str, _Counters] = field(default_factory=dict)
    _headings: _Counters = field(default_factory=lambda: [None] * _LEVELS)

    def open(self, element: "etree._Element", outer: OpenList | None) -> OpenList:
        """Begin a list; it counts on where it says so, and shares the counters of the list it stands in."""
        style = element.get(TEXT + "style-name") or (outer.style if outer else "")
        if outer is not None:
            return OpenList(style, min(outer.level + 1, _LEVELS - 1), outer.counters)
        counters: _Counters | None = self._by_id.get(element.get(TEXT + "continue-list", ""))
        if counters is None and element.get(TEXT + "continue-numbering") == "true":
            counters = self._by_style.get(style)
        counters = counters if counters is not None else [None] * _LEVELS
        self._by_style[style] = counters
        identifier = element.get(_XML_ID)
        if identifier:
            self._by_id[identifier] = counters
        return OpenList(style, 0, counters)

    def label(self, opened: OpenList, start: str | None) -> str:
        """Count an item and return its number as it is shown."""
        return _advance(self._styles.get(opened.style, ()), opened.counters, opened.level, number(start))

    def heading(self, level: int) -> str:
        """Count a heading of a level from 1 by the document's outline numbering."""
        if not 1 <= level <= _LEVELS:
            return ""
        return _advance(self._styles.get("", ()), self._headings, level - 1, None)


def read_lists(*roots: "etree._Element | None") -> Lists:
    """The list styles of the parts of a document; the outline's is the one without a name."""
    lists = Lists()
    for root in roots:
        for element in () if root is None else root.iter(TEXT + "list-style", TEXT + "outline-style"):
            name = element.get(STYLE + "name", "") if element.tag == TEXT + "list-style" else ""
            lists._styles[name] = _levels(element)
    return lists


def _levels(style: "etree._Element") -> tuple[_Level, ...]:
    levels = [_Level()] * _LEVELS
    for element in style:
        index = (number(element.get(TEXT + "level")) or 0) - 1
        if 0 <= index < _LEVELS:
            levels[index] = _level(element)
    return tuple(levels)


def _level(element: "etree._Element") -> _Level:
    if not str(element.tag).endswith(("list-level-style-number", "outline-level-style")):
        return _Level(is_bullet=True)
    return _Level(
        element.get(STYLE + "num-format", ""),
        element.get(STYLE + "num-prefix", ""),
        element.get(STYLE + "num-suffix", ""),
        number(element.get(TEXT + "display-levels"), 1) or 1,
        number(element.get(TEXT + "start-value"), 1) or 0,
        element.get(_LOEXT + "num-list-format"),
    )


def _advance(levels: tuple[_Level, ...], counters: _Counters, index: int, start: int | None) -> str:
    if not levels:
        return ""
    for above in range(index):
        counters[above] = levels[above].start if counters[above] is None else counters[above]
    reached = counters[index]
    counters[index] = start if start is not None else levels[index].start if reached is None else reached + 1
    counters[index + 1 :] = [None] * (_LEVELS - index - 1)
    return _shown(levels, counters, index)


def _shown(levels: tuple[_Level, ...], counters: _Counters, index: int) -> str:
    level = levels[index]
    if level.is_bullet:
        return "•"
    if level.pattern is not None:
        return normalize(_PLACE.sub(lambda match: _figure(levels, counters, int(match[1]) - 1), level.pattern)).strip()
    if not level.form:
        return normalize(level.prefix + level.suffix).strip()
    first = max(0, index - level.shown + 1)
    figures = [_figure(levels, counters, above) for above in range(first, index + 1)]
    return normalize(level.prefix + ".".join(filter(None, figures)) + level.suffix).strip()


def _figure(levels: tuple[_Level, ...], counters: _Counters, index: int) -> str:
    if not 0 <= index < _LEVELS or not levels[index].form:
        return ""
    count = counters[index]
    return format_number(levels[index].start if count is None else count, _FORMS.get(levels[index].form, "decimal"))
