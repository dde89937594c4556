"""An evaluation for the terminal."""

import textwrap
from collections.abc import Iterable
from typing import NamedTuple

from analyzer.rendering.words import SEVERITY_MARKS, plural, printable
from analyzer.training.evaluation import Evaluation
from analyzer.training.evaluation_tables import WORD_COLUMNS, Table, tables_of
from analyzer.training.evaluation_words import (
    KIND_TITLES,
    Names,
    caveats,
    comparison_notes,
    fired_words,
    headlines,
    reading_sentences,
    scored_sentence,
    verdict_sentence,
)
from analyzer.training.mistakes import Mistake, costliest

__all__ = ["render_evaluation_text"]

_QUOTE_LIMIT = 300
"""Characters of a sentence that are shown; the page and the JSON show all."""
_NAME_LIMIT = 60


def render_evaluation_text(
    evaluation: Evaluation, names: Names, *, with_mistakes: bool = True, width: int = 100
) -> str:
    """What was scored, how to read it, the figures, and the ten costliest mistakes unless they shall not be seen."""
    parts = [
        *_wrapped([scored_sentence(evaluation), *reading_sentences(evaluation)], width),
        *_wrapped((f"! {note}" for note in caveats(evaluation)), width),
        "",
    ]
    if evaluation.comparison:
        parts += [*_wrapped([verdict_sentence(evaluation.comparison), *comparison_notes()], width), ""]
    parts += [f"{title}: {', '.join(filter(None, figures))}" for title, *figures in headlines(evaluation)]
    for table in tables_of(evaluation, names):
        parts += ["", *_table(table, width)]
    if with_mistakes:
        parts += _mistakes(evaluation, names, width)
    return "\n".join(printable(line) for line in parts).rstrip() + "\n"


def _wrapped(sentences: Iterable[str], width: int) -> list[str]:
    return [line for sentence in sentences for line in textwrap.wrap(sentence, width)]


def _table(table: Table, width: int) -> list[str]:
    rows = [(_cut(row[0]), *row[1:]) for row in (table.head, *table.rows)]
    columns = [
        _Column(max(len(row[number]) for row in rows), number == 0 or name in WORD_COLUMNS)
        for number, name in enumerate(table.head)
    ]
    lines = [_line(row, columns) for row in rows]
    rule = "-" * sum((column.width for column in columns), 2 * (len(columns) - 1))
    return [table.title, *_wrapped([table.note] if table.note else [], width), lines[0], rule, *lines[1:]]


def _cut(name: str) -> str:
    return name if len(name) <= _NAME_LIMIT else name[: _NAME_LIMIT - 1] + "…"


class _Column(NamedTuple):
    width: int
    holds_words: bool


def _line(row: tuple[str, ...], columns: list[_Column]) -> str:
    cells = (
        cell.ljust(column.width) if column.holds_words else cell.rjust(column.width)
        for cell, column in zip(row, columns, strict=True)
    )
    return "  ".join(cells).rstrip()


def _mistakes(evaluation: Evaluation, names: Names, width: int) -> list[str]:
    mistakes = evaluation.mistakes
    if not mistakes:
        return ["", "No mistakes."]
    shown = costliest(mistakes)
    head = f"The {len(shown)} costliest of {plural(len(mistakes), 'mistake')}; --html FILE shows all:"
    if len(shown) == len(mistakes):
        head = "One mistake:" if len(shown) == 1 else f"All {len(shown)} mistakes, the costliest first:"
    return ["", head, *(line for mistake in shown for line in _mistake(mistake, names, width))]


def _mistake(mistake: Mistake, names: Names, width: int) -> list[str]:
    mark = f"{SEVERITY_MARKS[mistake.severity]} {mistake.severity}" if mistake.severity else "no severity"
    what = names.subtype_of(mistake.category, mistake.subtype)
    quote = textwrap.shorten(printable(mistake.text), _QUOTE_LIMIT, placeholder=" …")
    return [
        "",
        *textwrap.wrap(f"{KIND_TITLES[mistake.kind]}  {mark}  {what}  {mistake.doc}", width, subsequent_indent="  "),
        *textwrap.wrap(f"“{quote}”", width, initial_indent="  ", subsequent_indent="  "),
        *textwrap.wrap(fired_words(mistake, names), width, initial_indent="  ", subsequent_indent="  "),
    ]
