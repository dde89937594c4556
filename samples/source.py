"""The text that the sample documents are laid out from: a small markup with the expected findings in it.

One line is one block. ``#`` and ``##`` are headings, numbered here; ``*`` a bullet, ``(a)`` a lettered
item, ``☐`` a box to check, ``|`` a table row (the first is the header), ``@key value`` a property
(``@numbering none`` leaves headings without numbers).
Lines that begin with ``-`` stand only in the variant with problems, lines with ``+`` only in its
repaired twin. ``[[category/subtype !severity: words]]`` marks words that must be flagged, ``[[clean: words]]``
words that look dangerous and must not be. ``~`` inside a word is where a line may be hyphenated.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

__all__ = [
    "SEVERITIES",
    "Kind",
    "Part",
    "Text",
    "Variant",
    "column_widths",
    "expected",
    "load",
    "running_words",
    "without_revisions",
]

CONTENT = Path(__file__).parent / "content"

SEVERITIES = {
    "unlimited-liability/explicit": "high",
    "unlimited-liability/cap-refused": "high",
    "unlimited-liability/broad-indemnity": "medium",
    "unlimited-liability/carve-out": "low",
    "performance-bond/performance": "high",
    "performance-bond/payment": "high",
    "performance-bond/bid-security": "medium",
    "performance-bond/alternative": "medium",
    "performance-bond/conditional": "medium",
    "prescriptive-spec/brand": "high",
    "prescriptive-spec/technology": "medium",
    "prescriptive-spec/staffing": "medium",
    "prescriptive-spec/method": "low",
    "inflexible-terms/non-negotiable": "high",
    "inflexible-terms/exceptions-rejected": "high",
    "inflexible-terms/deemed-acceptance": "medium",
    "inflexible-terms/vendor-terms-void": "medium",
    "inflexible-terms/unilateral-change": "medium",
    "inflexible-terms/one-sided-exit": "medium",
    "inflexible-terms/sole-discretion": "low",
    "no-negotiation": "medium",
    "waterfall": "medium",
    "vendor-burden": "low",
}
"""Every label with the severity that it has unless the text says otherwise."""


class Kind(StrEnum):
    """What a block is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    BULLET = "bullet"
    ITEM = "item"
    CHECK_BOX = "check-box"
    TABLE = "table"
    ATTACHMENT = "attachment"


class Variant(StrEnum):
    """Which lines of a text with a twin are taken; the value is the mark of those left out."""

    PROBLEMS = "+ "
    REPAIRED = "- "


@dataclass(frozen=True, slots=True)
class Part:
    """One block of a text, without the marks of expected findings."""

    kind: Kind
    text: str = ""
    level: int = 0
    number: str = ""
    """``4.`` or ``4.2`` of a heading, ``(a)`` of an item."""
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A document's content: its properties in order, its blocks, and the marks found in them."""

    properties: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    marks: tuple[tuple[str, str], ...]
    """Label and words, in order of appearance."""

    def __getitem__(self, key: str) -> str:
        return dict(self.properties).get(key, "")

    def values(self, key: str) -> tuple[str, ...]:
        return tuple(value for name, value in self.properties if name == key)


MARK = re.compile(r"\[\[([^:\]]+): (.*?)\]\]")
SOFT_HYPHEN = re.compile(r"(?<=\w)~(?=\w)")
ITEM = re.compile(r"(\([a-z]\)) (.*)")


def load(name: str, variant: Variant | None = None) -> Text:
    """Read ``content/NAME.txt``. Raises OSError, and ValueError for a label that isn't known."""
    lines = _lines((CONTENT / f"{name}.txt").read_text(encoding="utf-8"), variant)
    properties = tuple(
        (key[1:], value)
        for key, _, value in (line.partition(" ") for line in lines)
        if key.startswith("@") and key != "@attachment"
    )
    body = tuple(line for line in lines if not line.startswith("@") or line.startswith("@attachment "))
    marks = tuple((_checked(label), plain(words)) for line in body for label, words in MARK.findall(line))
    parts = _parts(body)
    return Text(properties, parts if ("numbering", "none") in properties else _numbered(parts), marks)


def _lines(text: str, variant: Variant | None) -> tuple[str, ...]:
    lines = [line for line in text.splitlines() if line.strip()]
    if variant is not None:
        lines = [re.sub(r"^[-+] ", "", line) for line in lines if not line.startswith(variant.value)]
    return tuple(lines)


def _checked(label: str) -> str:
    name, _, severity = label.partition(" !")
    if name != "clean" and (name not in SEVERITIES or severity not in ("", "low", "medium", "high")):
        raise ValueError(f"unknown label {label!r}")
    return label


def plain(words: str) -> str:
    """Words without hyphenation points."""
    return SOFT_HYPHEN.sub("", words)


def _parts(lines: tuple[str, ...]) -> tuple[Part, ...]:
    parts: list[Part] = []
    for line in lines:
        part = _part(MARK.sub(r"\2", line))
        if part.rows and parts and parts[-1].rows:
            parts[-1] = replace(parts[-1], rows=parts[-1].rows + part.rows)
        else:
            parts.append(part)
    return tuple(parts)


def _part(line: str) -> Part:
    mark, _, rest = line.partition(" ")
    if mark in ("#", "##"):
        return Part(Kind.HEADING, rest, level=len(mark))
    if mark == "@attachment":
        return Part(Kind.ATTACHMENT, rest, level=1)
    if mark == "|":
        return Part(Kind.TABLE, rows=(tuple(cell.strip() for cell in line.strip()[1:-1].split("|")),))
    if mark in ("*", "☐"):
        return Part(Kind.BULLET if mark == "*" else Kind.CHECK_BOX, rest)
    if item := ITEM.fullmatch(line):
        return Part(Kind.ITEM, item[2], number=item[1])
    return Part(Kind.PARAGRAPH, line)


def _numbered(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    numbered, section, clause = [], 0, 0
    for part in parts:
        if part.kind is Kind.HEADING and part.level == 1:
            section, clause = section + 1, 0
            numbered.append(replace(part, number=f"{section}."))
        elif part.kind is Kind.HEADING:
            clause += 1
            numbered.append(replace(part, number=f"{section}.{clause}"))
        else:
            numbered.append(part)
    return tuple(numbered)


DELETED = re.compile(r"\{-[^|]*\|(.*?)-\}")
INSERTED = re.compile(r"\{\+[^|]*\|(.*?)\+\}")
REMARK = re.compile(r" ?\{#.*?#\}")
HIDDEN = re.compile(r" ?\{~.*?~\}")


def without_revisions(text: str, *, accepted: bool) -> str:
    """The words that a reader sees with tracked changes accepted or rejected, without comments and hidden text."""
    kept, dropped = (INSERTED, DELETED) if accepted else (DELETED, INSERTED)
    shown = dropped.sub("", kept.sub(r"\1", text))
    return re.sub(r" {2,}", " ", HIDDEN.sub("", REMARK.sub("", shown))).strip()


def expected(document: str, text: Text, *, view: str = "") -> dict[str, Any]:
    """What a scan of a document should find; ``view`` is accepted or rejected where the two differ."""
    marks = text.marks
    if view:
        marks = tuple((label, words) for label, _, words in (v.partition(": ") for v in text.values(view)))
        marks += tuple(("clean", words) for words in text.values(f"{view}-clean"))
    checklist = text["rejected-checklist" if view == "rejected" else "checklist"]
    return {
        "document": document,
        **({"view": view} if view else {}),
        "findings": [_finding(label, words) for label, words in marks if label != "clean"],
        "checklist": dict(answer.split("=") for answer in checklist.split()),
        "clean": [words for label, words in marks if label == "clean"],
    }


def _finding(label: str, words: str) -> dict[str, str | None]:
    name, _, severity = label.partition(" !")
    category, _, subtype = name.partition("/")
    return {
        "text": words,
        "category": category,
        "subtype": subtype or None,
        "severity": severity or SEVERITIES[name],
    }


def running_words(text: Text) -> str:
    """All words of a text in one line, as a reader of the page would see them."""
    cells = (cell for part in text.parts for cell in (part.text, *(c for row in part.rows for c in row)))
    return re.sub(r"\s+", " ", " ".join(plain(cell) for cell in cells))


def column_widths(rows: tuple[tuple[str, ...], ...], width: float) -> list[float]:
    """A table's width shared out by the longest cell of each column, within limits."""
    needs = [min(40, max(9, *(len(cell) for cell in column))) for column in zip(*rows, strict=True)]
    return [width * need / sum(needs) for need in needs]
