"""The list numbers that Word computes and doesn't store, from ``numbering.xml`` (ISO/IEC 29500-1, 17.9).

Lists that share an abstract definition share its counters; an instance that overrides a start begins anew where it is
first met. A level that is skipped over counts as begun, so an item under no parent reads 1.1 and the next parent 2.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from lxml import etree

from analyzer.parsing.builder import normalize
from analyzer.parsing.docx_names import MC, W, child_value, is_on, number
from analyzer.parsing.docx_styles import Style, Styles

__all__ = ["Numbering", "format_number", "read_numbering"]

_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    form: str = "decimal"
    width: int = 0
    text: str = ""
    is_legal: bool = False
    restarts_after: int | None = None
    """Levels up to this one (from 1) restart it; 0 never; None any above it."""
    style: str | None = None
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class _List:
    abstract: str
    levels: tuple[_Level, ...]
    overrides: tuple[int, ...] = ()
    """Levels that this instance starts anew."""


@dataclass(slots=True)
class Numbering:
    """The lists of a document and how far each has counted."""

    _instances: "dict[str, etree._Element]" = field(default_factory=dict)
    _abstracts: "dict[str, etree._Element]" = field(default_factory=dict)
    _styles: Styles = field(default_factory=Styles)
    _lists: dict[str, _List | None] = field(default_factory=dict)
    """Read when a paragraph first asks: files define many more lists than they use."""
    _counters: dict[str, list[int | None]] = field(default_factory=dict)
    _met: set[str] = field(default_factory=set)

    def level_of(self, num_id: str | None, ilvl: int | None, style: Style) -> tuple[str, int] | None:
        """The list and level (from 0) of a paragraph, from its own numbering or its style's; None for no list.

        A style is tied to a level by the level's ``pStyle``, which wins over the level that the style states.
        """
        own = num_id is not None
        chosen = num_id if own else style.num_id
        found = self._list(chosen)
        if found is None or chosen is None:
            return None
        if own:
            return chosen, min(max(ilvl or 0, 0), _LEVELS - 1)
        if ilvl is not None:
            return chosen, min(max(ilvl, 0), _LEVELS - 1)
        for identifier in style.lineage:
            for index, level in enumerate(found.levels):
                if level.style == identifier:
                    return chosen, index
        return chosen, min(max(style.ilvl or 0, 0), _LEVELS - 1)

    def advance(self, num_id: str, ilvl: int) -> str:
        """Count one item and return its number as it is shown; a bullet for a bulleted level."""
        found = self._list(num_id)
        if found is None:
            return ""
        counters = self._counters.setdefault(found.abstract, [None] * _LEVELS)
        if num_id not in self._met:
            self._met.add(num_id)
            for level in found.overrides:
                counters[level] = None
        for level in range(ilvl):
            if counters[level] is None:
                counters[level] = found.levels[level].start
        reached = counters[ilvl]
        counters[ilvl] = found.levels[ilvl].start if reached is None else reached + 1
        _restart_below(counters, found.levels, ilvl)
        return _shown(found.levels, ilvl, counters)

    def _list(self, num_id: str | None) -> _List | None:
        if num_id is None or num_id == "0":
            return None
        if num_id not in self._lists:
            instance = self._instances.get(num_id)
            self._lists[num_id] = None if instance is None else self._read(instance)
        return self._lists[num_id]

    def _read(self, instance: "etree._Element") -> _List | None:
        identifier = _abstract_of(instance, self._instances, self._abstracts, self._styles)
        abstract = self._abstracts.get(identifier)
        return None if abstract is None else _instance(identifier, abstract, instance)


def read_numbering(root: "etree._Element | None", styles: Styles) -> Numbering:
    """The lists of ``numbering.xml``; none where the part is missing."""
    if root is None:
        return Numbering()
    abstracts = {element.get(W + "abstractNumId", ""): element for element in root.iter(W + "abstractNum")}
    instances = {element.get(W + "numId", ""): element for element in root.iter(W + "num")}
    return Numbering(instances, abstracts, styles)


def _abstract_of(
    instance: "etree._Element",
    instances: dict[str, "etree._Element"],
    abstracts: dict[str, "etree._Element"],
    styles: Styles,
) -> str:
    """The abstract list of an instance; one that only names a numbering style leads on to the style's list."""
    identifier = child_value(instance, W + "abstractNumId") or ""
    for _ in range(_LEVELS):
        abstract = abstracts.get(identifier)
        link = child_value(abstract, W + "numStyleLink")
        if link is None:
            break
        linked = instances.get(styles.numbering_of(link) or "")
        if linked is None:
            break
        identifier = child_value(linked, W + "abstractNumId") or ""
    return identifier


def _instance(identifier: str, abstract: "etree._Element", instance: "etree._Element") -> _List:
    levels = [_Level()] * _LEVELS
    for element in abstract.findall(W + "lvl"):
        index = _index(element)
        if index is not None:
            levels[index] = _level(element)
    overrides: list[int] = []
    for override in instance.findall(W + "lvlOverride"):
        index = _index(override)
        if index is None:
            continue
        own = override.find(W + "lvl")
        if own is not None:
            levels[index] = _level(own)
        start = number(child_value(override, W + "startOverride"))
        if start is not None:
            overrides.append(index)
            levels[index] = replace(levels[index], start=start)
    return _List(identifier, tuple(levels), tuple(overrides))


def _index(element: "etree._Element") -> int | None:
    index = number(element.get(W + "ilvl"))
    return index if index is not None and 0 <= index < _LEVELS else None


def _level(element: "etree._Element") -> _Level:
    form, width = _form(element)
    return _Level(
        start=number(child_value(element, W + "start"), 0) or 0,
        form=form,
        width=width,
        text=child_value(element, W + "lvlText") or "",
        is_legal=bool(is_on(element.find(W + "isLgl"))),
        restarts_after=number(child_value(element, W + "lvlRestart")),
        style=child_value(element, W + "pStyle"),
        is_hidden=bool(is_on(element.find(f"{W}rPr/{W}vanish"))),
    )


def _form(element: "etree._Element") -> tuple[str, int]:
    """The kind of number, and how many digits it is filled up to."""
    found = element.find(W + "numFmt")
    if found is None:
        found = element.find(f"{MC}AlternateContent/{MC}Choice/{W}numFmt")
    if found is None:
        return "decimal", 0
    form = found.get(W + "val", "decimal")
    if form != "custom":
        return form, 2 if form == "decimalZero" else 0
    first = found.get(W + "format", "").split(",")[0].strip()
    return "decimalZero", len(first) if first.isdigit() else 0


def _restart_below(counters: list[int | None], levels: tuple[_Level, ...], ilvl: int) -> None:
    for below in range(ilvl + 1, _LEVELS):
        after = levels[below].restarts_after
        if after is None or ilvl < after:
            counters[below] = None


def _shown(levels: tuple[_Level, ...], ilvl: int, counters: list[int | None]) -> str:
    level = levels[ilvl]
    if level.is_hidden:
        return ""
    if level.form == "bullet":
        return "•"

    def place(match: re.Match[str]) -> str:
        index = int(match[1]) - 1
        count = counters[index]
        count = levels[index].start if count is None else count
        form = "decimal" if level.is_legal and levels[index].form != "decimalZero" else levels[index].form
        return format_number(count, form, levels[index].width)

    return normalize(_PLACE.sub(place, level.text)).strip()


def format_number(count: int, form: str, width: int = 0) -> str:
    """A number as ``w:numFmt`` writes it; forms of other scripts come out in digits."""
    if form in {"none", "bullet"}:
        return ""
    if form == "decimalZero":
        return str(count).zfill(width or 2)
    if not 0 < count < 32_768:
        return str(count)
    return _FORMS.get(form, str)(count)


def _roman(count: int) -> str:
    out = ""
    for figure, letters in _ROMAN:
        out += letters * (count // figure)
        count %= figure
    return out


_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
    (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


def _letters(count: int) -> str:
    """A to Z, then AA, BB: Word repeats the letter where a spreadsheet would go on to AB."""
    rounds, letter = divmod(count - 1, 26)
    return chr(ord("A") + letter) * (min(rounds, 30) + 1)


def _ordinal(count: int) -> str:
    if count % 100 in {11, 12, 13}:
        return f"{count}th"
    return f"{count}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(count % 10, 'th') }"


_ONES = (
    "", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip


def _cardinal_text(count: int) -> str:
    if count >= 1000:
        return str(count)
    hundreds, rest = divmod(count, 100)
    words = [f"{_ONES[hundreds]} hundred"] if hundreds else []
    if rest >= 20:
        words.append("-".join(part for part in (_TENS[rest // 10], _ONES[rest % 10]) if part))
    elif rest:
        words.append(_ONES[rest])
    return " ".join(words).capitalize()


def _ordinal_text(count: int) -> str:
    words = _cardinal_text(count)
    head, dash, last = words.rpartition("-")
    if not dash:
        head, dash, last = words.rpartition(" ")
    low = last.lower()
    ordinal = _ORDINALS.get(low) or (low[:-1] + "ieth" if low.endswith("y") else low + "th")
    return f"{head}{dash}{ordinal}".capitalize()


_FORMS: dict[str, Callable[[int], str]] = {
    "upperRoman": _roman,
    "lowerRoman": lambda count: _roman(count).lower(),
    "upperLetter": _letters,
    "lowerLetter": lambda count: _letters(count).lower(),
    "ordinal": _ordinal,
    "cardinalText": _cardinal_text,
    "ordinalText": _ordinal_text,
    "hex": lambda count: f"{count:X}",
    "chicago": lambda count: "*†‡§"[(count - 1) % 4] * ((count - 1) // 4 + 1),
    "numberInDash": lambda count: f"- {count} -",
}
