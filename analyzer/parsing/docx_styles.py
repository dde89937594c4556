"""What a paragraph's style says about it: heading level, numbering, contents line, hidden."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from analyzer.parsing.docx_names import W, child_value, is_on, number, value

__all__ = ["Style", "Styles", "is_contents_name", "named_heading", "outline_level", "read_styles"]

_HEADING = re.compile(
    r"(?:heading|(?:ü)?berschrift|titre|t[ií]?tulo|ttulo|titolo|kop|rubrik|overskrift|otsikko|nag[łl]?[óo]?wek"
    r"|nadpis|заголовок|标题|見出し)\s?([1-9])",
    re.IGNORECASE,
)
"""Word keeps the English name of a built-in style in every language; other writers translate name and id alike."""
_CONTENTS = re.compile(
    r"(?:toc|contents|verzeichnis|tdm|índice|sommario|inhopg|table of figures)\s?[1-9]?", re.IGNORECASE
)
_CONTENTS_ID = re.compile(r"(?:toc[1-9]|tableoffigures|verzeichnis[1-9]|tm[1-9])", re.IGNORECASE)
_DEEPEST = 200
"""Styles in a line of descent; without an end to it every style of a chain would walk all of the chain."""
_TITLE = frozenset({"title", "titel"})


@dataclass(frozen=True, slots=True)
class Style:
    """A style with what it inherits already resolved."""

    heading: int | None = None
    """Level from 1; 0 where the style says outright that it is body text or a title; None where it says nothing."""
    is_title: bool = False
    is_contents: bool = False
    num_id: str | None = None
    ilvl: int | None = None
    is_hidden: bool = False
    lineage: tuple[str, ...] = ()
    """Ids of the style and those it is based on, nearest first."""


@dataclass(slots=True)
class Styles:
    """The styles of a document by id; resolved once each."""

    _elements: dict[str, "etree._Element"] = field(default_factory=dict)
    _resolved: dict[str, Style] = field(default_factory=dict)
    default_paragraph: str = ""
    is_hidden_by_default: bool = False
    may_hide: bool = False
    """Some style speaks of hidden text."""

    def paragraph(self, style_id: str | None) -> Style:
        """The style of a paragraph; the document's default where it names none or one that isn't there."""
        if style_id is None:
            style_id = self.default_paragraph
        return self._resolve(style_id)

    def hides(self, style_id: str) -> bool:
        """A character style hides its text."""
        return self._resolve(style_id).is_hidden

    def numbering_of(self, style_id: str) -> str | None:
        """The list that a numbering style stands for."""
        return self._resolve(style_id).num_id

    def _resolve(self, style_id: str) -> Style:
        found = self._resolved.get(style_id)
        if found is None:
            found = self._resolved[style_id] = _resolved(style_id, list(self._lineage(style_id)))
        return found

    def _lineage(self, style_id: str) -> Iterator[tuple[str, "etree._Element"]]:
        seen: set[str] = set()
        while style_id in self._elements and style_id not in seen and len(seen) < _DEEPEST:
            seen.add(style_id)
            element = self._elements[style_id]
            yield style_id, element
            style_id = child_value(element, W + "basedOn") or ""


def read_styles(root: "etree._Element | None") -> Styles:
    """The styles of ``styles.xml``; none where the part is missing."""
    styles = Styles()
    if root is None:
        return styles
    for element in root.iter(W + "style"):
        style_id = element.get(W + "styleId")
        if not style_id:
            continue
        styles._elements[style_id] = element
        is_default = element.get(W + "default", "0").lower() in {"1", "true", "on"}
        if is_default and element.get(W + "type") == "paragraph":
            styles.default_paragraph = style_id
    vanish = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}vanish")
    styles.is_hidden_by_default = bool(is_on(vanish))
    styles.may_hide = next(root.iter(W + "vanish"), None) is not None
    return styles


def named_heading(name: str) -> int | None:
    """The level that a style's name gives away, in the languages that word processors come in; None for no heading."""
    found = _HEADING.fullmatch(name.strip())
    return int(found[1]) if found else None


def is_contents_name(name: str) -> bool:
    """A style of this name is made for lines of a table of contents."""
    return bool(_CONTENTS.fullmatch(name.strip()))


def outline_level(stated: "etree._Element | None") -> int | None:
    """The heading level that ``w:outlineLvl`` states: 0 for body text, None where there is none."""
    level = number(value(stated))
    if level is None:
        return None
    return level + 1 if 0 <= level <= 8 else 0


def _resolved(style_id: str, lineage: list[tuple[str, "etree._Element"]]) -> Style:
    if not lineage:
        return Style(
            heading=named_heading(style_id),
            is_title=style_id.lower() in _TITLE,
            is_contents=bool(_CONTENTS_ID.fullmatch(style_id)),
            lineage=(style_id,),
        )
    names = [(child_value(element, W + "name") or "").strip() for _, element in lineage]
    paragraphs = [element.find(W + "pPr") for _, element in lineage]
    num_id, ilvl = _numbering(paragraphs)
    return Style(
        heading=_heading(lineage, names, paragraphs),
        is_title=names[0].lower() in _TITLE or style_id.lower() in _TITLE,
        is_contents=any(map(is_contents_name, names)),
        num_id=num_id,
        ilvl=ilvl,
        is_hidden=_is_hidden([element.find(f"{W}rPr/{W}vanish") for _, element in lineage]),
        lineage=tuple(identifier for identifier, _ in lineage),
    )


def _heading(
    lineage: list[tuple[str, "etree._Element"]], names: list[str], paragraphs: list["etree._Element | None"]
) -> int | None:
    for (style_id, _), name, properties in zip(lineage, names, paragraphs, strict=True):
        level = None if properties is None else outline_level(properties.find(W + "outlineLvl"))
        if level is not None:
            return level
        named = named_heading(name) or named_heading(style_id)
        if named:
            return named
    return None


def _numbering(paragraphs: list["etree._Element | None"]) -> tuple[str | None, int | None]:
    num_id: str | None = None
    ilvl: int | None = None
    for properties in paragraphs:
        numbered = None if properties is None else properties.find(W + "numPr")
        if numbered is None:
            continue
        if ilvl is None:
            ilvl = number(child_value(numbered, W + "ilvl"))
        if num_id is None:
            num_id = child_value(numbered, W + "numId")
        if num_id is not None:
            break
    return num_id, ilvl


def _is_hidden(settings: list["etree._Element | None"]) -> bool:
    return next((bool(state) for state in map(is_on, settings) if state is not None), False)
