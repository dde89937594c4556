"""Decides under which open clause the next one stands, by number, heading level and rank."""

from dataclasses import dataclass, field

from analyzer.document import Block, BlockKind, Sentence, Span, Unit
from analyzer.segmentation.numbering import HIERARCHIC, Number

__all__ = [
    "ROW_RANK",
    "Clause",
    "Walk",
    "chapters_after",
    "depth_by_rank",
    "depth_for_heading",
    "depth_for_number",
    "is_headed",
    "is_plausible",
    "open_clause",
    "rank_of",
    "resolve",
]

_RANKS = {"part": 1.0, "attachment": 2.0, "article": 3.0, "section": 3.0, "decimal": 4.0, "lettered": 4.0}
_TOP_HEADING, _INNER_HEADING, _ENUMERATOR, ROW_RANK = 2.5, 12.0, 20.0, 30.0
_CONTENTS = frozenset({"contents", "table of contents", "index", "list of contents"})
_HIGHEST = 40
"""A paragraph's number above this is believed only after the one before it."""


@dataclass(slots=True)
class Clause:
    """A segment while it is being filled."""

    start: int
    end: int
    index: int
    parent: int | None
    level: int
    path: tuple[str, ...]
    number: str = ""
    heading: str = ""
    style: str = ""
    values: tuple[int, ...] = ()
    rank: float = 0.0
    file_level: int = 0
    sentences: list[Sentence] = field(default_factory=list)
    lead: Span | None = None
    """What in this clause governs the items below it."""
    governor: Span | None = None
    """What governs this clause, and the siblings that follow it."""


@dataclass(slots=True)
class Walk:
    """Where the reading of a document stands: the clauses made, and those still open."""

    text: str
    numbers: list[Number | None]
    chapters: list[int]
    """For each block, the first value of the next hierarchic number at or after it; 0 for none."""
    clauses: list[Clause]
    open: list[Clause]
    lead: Span | None = None
    items: list[tuple[int, Span]] = field(default_factory=list)
    """List items that stand open, with their depth."""
    headings: set[str] = field(default_factory=set)
    """Lines that were taken for headings by their capitals: a second one is a running header."""
    header: tuple[int, Span] | None = None
    """The table whose header row was last read, and the row."""


def chapters_after(numbers: list[Number | None]) -> list[int]:
    chapters, upcoming = [0] * (len(numbers) + 1), 0
    for index in range(len(numbers) - 1, -1, -1):
        number = numbers[index]
        if number is not None and number.style in HIERARCHIC and number.values:
            upcoming = number.values[0]
        chapters[index] = upcoming
    return chapters


def _succeeds(clause: Clause, style: str, value: int, reach: int = 1) -> bool:
    return clause.style == style and bool(clause.values) and 0 < value - clause.values[-1] <= reach


def _same_brackets(number: Number | None, style: str) -> bool:
    return number is not None and number.style[1:] == style[1:] and number.style[0] in "aAiI"


def _as_roman(number: Number) -> Number:
    return number._replace(style=("I" if number.style[0] == "A" else "i") + number.style[1:], values=(number.roman,))


def resolve(walk: Walk, number: Number, index: int) -> Number:
    """Whether ``(i)`` is a letter or a Roman one, by the numbers that stand open and those that follow."""
    if not number.roman:
        return number
    other = _as_roman(number)
    letter_goes_on = any(_succeeds(c, number.style, number.values[0]) for c in walk.open)
    roman_goes_on = any(_succeeds(c, other.style, other.values[0]) for c in walk.open)
    if letter_goes_on != roman_goes_on:
        if letter_goes_on and number.roman == 1:
            following = (n for n in walk.numbers[index + 1 : index + 40] if _same_brackets(n, number.style))
            upcoming = next(following, None)
            return other if upcoming is not None and upcoming.values == (2,) and upcoming.style[0] in "iI" else number
        return number if letter_goes_on else other
    return other if roman_goes_on or number.roman == 1 else number


def is_plausible(walk: Walk, number: Number, block: Block) -> bool:
    """A lone letter may be an initial, and a high number the end of a citation: such count only in sequence."""
    if block.label or block.kind is not BlockKind.PARAGRAPH or not number.values:
        return True
    value = number.values[0]
    if number.style == "decimal":
        return value <= _HIGHEST or any(0 <= value - c.values[0] <= 3 for c in walk.open if c.values)
    if not number.is_enumerator or number.style.endswith("()"):
        return True
    return value == 1 or any(_succeeds(clause, number.style, value, 3) for clause in walk.open)


def _depth_under_prefix(walk: Walk, number: Number) -> int:
    """How many clauses stay open for 4.2.1 where 4.2, Section 4 or Article IV is open; 0 where none is."""
    values = number.values
    for depth in range(len(walk.open) - 1, 0, -1):
        clause = walk.open[depth]
        size = len(clause.values)
        if clause.style in HIERARCHIC and 0 < size < len(values) and values[:size] == clause.values:
            return depth + 1
    return 0


def _depth_of_sibling(walk: Walk, number: Number, level: int, reach: int) -> int:
    """How many clauses enclose the open one that a number continues; a list doesn't continue headings. 0 for none."""
    value = number.values[-1]
    for depth in range(len(walk.open) - 1, 0, -1):
        clause = walk.open[depth]
        is_like = clause.values[:-1] == number.values[:-1] and (clause.file_level > 0) == (level > 0)
        if is_like and _succeeds(clause, number.style, value, reach):
            return depth
    return 0


def depth_by_rank(walk: Walk, rank: float) -> int:
    depth = len(walk.open)
    while depth > 1 and walk.open[depth - 1].rank >= rank:
        depth -= 1
    return depth


def _depth_by_level(walk: Walk, level: int) -> int:
    depth = len(walk.open)
    while depth > 1 and not 0 < walk.open[depth - 1].file_level < level:
        depth -= 1
    return depth


def is_headed(clause: Clause) -> bool:
    """Whether a clause begins with a heading on a line of its own."""
    return bool(clause.sentences) and clause.sentences[0].unit is Unit.HEADING


def _depth_of_restart(walk: Walk, number: Number) -> int:
    """A list that begins: below what is open, or beside an open list of its own style."""
    last = len(walk.open) - 1
    top = walk.open[last]
    is_same = top.style == number.style and len(top.values) == len(number.values) and not is_headed(top)
    return last if last > 0 and is_same else last + 1


def rank_of(number: Number) -> float:
    if number.is_enumerator:
        return _ENUMERATOR
    return _RANKS.get(number.style, ROW_RANK) + max(0, len(number.values) - 1 if number.style in HIERARCHIC else 0)


def depth_for_number(walk: Walk, number: Number, level: int, is_heading: bool) -> int:
    """How many of the open clauses enclose a numbered one."""
    if number.style in HIERARCHIC and (depth := _depth_under_prefix(walk, number)):
        return depth
    single = number.is_enumerator or (number.style == "decimal" and len(number.values) == 1)
    if number.values and (number.style in HIERARCHIC or single):
        reach = 1 if single else 50
        if (depth := _depth_of_sibling(walk, number, level, reach)) or (
            depth := _depth_of_sibling(walk, number, level, 5)
        ):
            return depth
    if level:
        return _depth_by_level(walk, level)
    if single and not is_heading and number.values == (1,):
        return _depth_of_restart(walk, number)
    if number.is_enumerator:
        styles = [clause.style for clause in walk.open]
        return styles.index(number.style) if number.style in styles else len(styles)
    headings = [depth for depth, clause in enumerate(walk.open) if clause.file_level]
    return headings[-1] + 1 if headings and single and not is_heading else depth_by_rank(walk, rank_of(number))


def depth_for_heading(walk: Walk, level: int, index: int, words: str) -> tuple[int, float]:
    """How many open clauses enclose a heading without a number, and its rank.

    It belongs to the numbered chapter that is open if that chapter's numbers go on after it. The heading of the
    table of contents encloses nothing.
    """
    if words.lower().strip(" :.") in _CONTENTS:
        return depth_by_rank(walk, _TOP_HEADING), ROW_RANK
    if level:
        return _depth_by_level(walk, level), _TOP_HEADING
    chapter = next((c.values[0] for c in walk.open if c.style in HIERARCHIC and c.values), 0)
    rank = _INNER_HEADING if chapter and walk.chapters[index] == chapter else _TOP_HEADING
    return depth_by_rank(walk, rank), rank


def open_clause(walk: Walk, depth: int, start: int, number: str, heading: str) -> Clause:
    del walk.open[depth:]
    parent = walk.open[-1]
    label = f"{number} {heading[:100]}".strip()
    path = (*parent.path, label) if label else parent.path
    clause = Clause(start, start, len(walk.clauses), parent.index, parent.level + 1, path, number, heading)
    walk.clauses.append(clause)
    walk.open.append(clause)
    return clause
