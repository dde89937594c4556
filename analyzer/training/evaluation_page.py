"""An evaluation as one web page that needs no network: figures first, then the mistakes to browse."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from analyzer.findings import Severity
from analyzer.rendering.words import ANSWER_WORDS, SEVERITY_MARKS, plural, printable
from analyzer.training.evaluation import Evaluation, SuspiciousLabel
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
from analyzer.training.mistakes import AnswerMistake, Mistake, costliest

__all__ = ["render_evaluation_page"]

_ANSWERS = {answer.value: word for answer, word in ANSWER_WORDS.items()}
_OPEN_TABLES = 3
"""Tables that are not folded away: categories, severities, and the comparison where there is one."""


def render_evaluation_page(evaluation: Evaluation, names: Names, *, with_mistakes: bool = True) -> str:
    """The page as HTML text, the same bytes for the same evaluation.

    Every text is escaped, and a policy in the page forbids it to load anything.
    """
    title = "How good detection is"
    here = Path(__file__)
    style = here.with_suffix(".css").read_text(encoding="utf-8")
    script = here.with_suffix(".js").read_text(encoding="utf-8")
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">",
        f"<title>{_text(title)}: {_text(evaluation.labels)}</title>",
        f"<style>{style}</style></head><body>",
        f"<h1>{_text(title)}</h1>",
        *_summary(evaluation),
        *_tables(tables_of(evaluation, names), is_compared=evaluation.comparison is not None),
        *(_mistakes(evaluation, names) if with_mistakes else [_paragraph("The mistakes are not shown.", "dim")]),
        f"<script>{script}</script></body></html>",
    ]
    return "\n".join(parts) + "\n"


def _text(text: str) -> str:
    return escape(printable(text)).replace(" %", "\u00a0%")  # a figure and its sign stay on one line


def _paragraph(text: str, kind: str = "") -> str:
    return f'<p class="{kind}">{_text(text)}</p>' if kind else f"<p>{_text(text)}</p>"


def _summary(evaluation: Evaluation) -> list[str]:
    cards = "".join(
        f"<div><dt>{_text(title)}</dt><dd>{_text(figure)}</dd>{f'<dd>{_text(counts)}</dd>' if counts else ''}</div>"
        for title, figure, counts in headlines(evaluation)
    )
    parts = [
        _paragraph(scored_sentence(evaluation)),
        *(_paragraph(note, "note") for note in caveats(evaluation)),
        f'<dl class="cards">{cards}</dl>',
        *(_paragraph(sentence) for sentence in reading_sentences(evaluation)),
    ]
    if evaluation.comparison:
        parts.append(_paragraph(verdict_sentence(evaluation.comparison), "verdict"))
        parts += (_paragraph(note, "dim") for note in comparison_notes())
    return parts


def _tables(tables: Sequence[Table], *, is_compared: bool) -> list[str]:
    count = _OPEN_TABLES if is_compared else _OPEN_TABLES - 1
    return [
        *(f"<h2>{_text(table.title)}</h2>\n{_table(table)}" for table in tables[:count]),
        *(f"<details><summary>{_text(table.title)}</summary>\n{_table(table)}</details>" for table in tables[count:]),
    ]


def _table(table: Table) -> str:
    kinds = [' class="words"' if name in WORD_COLUMNS else "" for name in table.head]
    head = "".join(f'<th scope="col"{kind}>{_text(name)}</th>' for name, kind in zip(table.head, kinds, strict=True))
    rows = "\n".join(_row(table.head, kinds, row) for row in table.rows)
    note = _paragraph(table.note, "dim") if table.note else ""
    layout = "" if table.is_matrix else "stacks thirds" if len(table.head) == 4 else "stacks"
    return (
        f'{note}<div class="scroll" tabindex="0" role="region" aria-label="{_text(table.title)}">'
        f'<table class="{layout}"><thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody></table></div>'
    )


def _row(head: Sequence[str], kinds: Sequence[str], row: Sequence[str]) -> str:
    cells = "".join(
        f'<td{kind} data-head="{_text(name)}">{_text(cell)}</td>'
        for name, kind, cell in zip(head[1:], kinds[1:], row[1:], strict=True)
    )
    return f'<tr><th scope="row">{_text(row[0])}</th>{cells}</tr>'


def _mistakes(evaluation: Evaluation, names: Names) -> list[str]:
    mistakes = evaluation.mistakes
    parts = [*_answers(evaluation.answer_mistakes, names), *_suspicious(evaluation.suspicious, names)]
    if not mistakes:
        return [*parts, "<h2>Mistakes</h2>", _paragraph("None: every label was found, every finding was right.")]
    first = costliest(mistakes)
    order = "High-severity labels that were missed come first, then false alarms by their score."
    heading = "The costliest mistake" if len(first) == 1 else f"The {len(first)} costliest mistakes"
    return [
        f"<h2>{heading}</h2>",
        _paragraph(order, "dim"),
        f"<ol>{''.join(_mistake(mistake, names) for mistake in first)}</ol>",
        f'<h2>All {plural(len(mistakes), "mistake")}</h2><div class="all">',
        _filters(mistakes, names),
        *_groups(mistakes, names),
        "</div>",
        *parts,
    ]


def _groups(mistakes: Sequence[Mistake], names: Names) -> list[str]:
    """All mistakes under their categories, each in the order of cost."""
    parts = []
    for category in sorted({mistake.category for mistake in mistakes}):
        mine = [mistake for mistake in mistakes if mistake.category == category]
        title = f"{names.category(category)}: {plural(len(mine), 'mistake')}"
        items = "\n".join(_mistake(mistake, names) for mistake in mine)
        parts.append(f"<section><h3>{_text(title)}</h3>\n<ul>{items}</ul></section>")
    return parts


def _severity(severity: Severity | None) -> str:
    return severity.value if severity else "none"


def _mistake(mistake: Mistake, names: Names) -> str:
    severity = _severity(mistake.severity)
    mark = f"{SEVERITY_MARKS[mistake.severity]} {severity}" if mistake.severity else "no severity"
    data = f'data-kind="{mistake.kind}" data-severity="{severity}" data-category="{_text(mistake.category)}"'
    return (
        f'<li class="mistake {severity}" {data} data-doc="{_text(mistake.doc)}">'
        f'<div class="what"><span class="kind">{KIND_TITLES[mistake.kind]}</span>'
        f'<span class="mark {severity}">{mark}</span>'
        f"<span>{_text(names.subtype_of(mistake.category, mistake.subtype))}</span></div>"
        f"<blockquote>“{_text(mistake.text)}”</blockquote>"
        f'<div class="dim">{_text(fired_words(mistake, names))}</div>'
        f'<div class="dim place">{_text(mistake.doc)}</div></li>'
    )


def _filters(mistakes: Sequence[Mistake], names: Names) -> str:
    ranks = {severity.value: -severity.rank for severity in Severity}
    severities = sorted({_severity(mistake.severity) for mistake in mistakes}, key=lambda name: ranks.get(name, 1))
    kinds = sorted({mistake.kind for mistake in mistakes}, reverse=True)
    categories = sorted({mistake.category for mistake in mistakes})
    return (
        '<form class="filters" hidden>'
        + _select("kind", "Kind", [(kind.value, KIND_TITLES[kind]) for kind in kinds])
        + _select("category", "Category", [(name, names.category(name)) for name in categories])
        + _select("severity", "Severity", [(name, name) for name in severities])
        + _select("doc", "Document", [(doc, doc) for doc in sorted({mistake.doc for mistake in mistakes})])
        + '<button type="reset">Show all</button><output class="dim" aria-live="polite"></output></form>'
    )


def _select(name: str, title: str, values: Iterable[tuple[str, str]]) -> str:
    options = "".join(f'<option value="{_text(value)}">{_text(label)}</option>' for value, label in values)
    return f'<label>{title}<select name="{name}"><option value="">All</option>{options}</select></label>'


def _answers(mistakes: Sequence[AnswerMistake], names: Names) -> list[str]:
    if not mistakes:
        return []
    rows = tuple(
        (
            names.question(mistake.question),
            _ANSWERS.get(mistake.truth, mistake.truth),
            _ANSWERS.get(mistake.answer, mistake.answer) or "No answer",
            mistake.doc,
        )
        for mistake in mistakes
    )
    table = Table("Checklist answers that differ", ("Question", "People say", "Answered", "Document"), rows)
    return [f"<details><summary>{table.title}: {len(rows)}</summary>{_table(table)}</details>"]


def _suspicious(labels: Sequence[SuspiciousLabel], names: Names) -> list[str]:
    if not labels:
        return []
    items = "\n".join(
        f'<li class="mistake"><div class="what">{_text(names.subtype_of(label.category, label.subtype))}</div>'
        f"<blockquote>“{_text(label.text)}”</blockquote>"
        f'<div class="dim">{_text(label.reason)}</div><div class="dim place">{_text(label.doc)}</div></li>'
        for label in labels
    )
    note = "Labels that may be slips: read them again before learning from them."
    return ["<h2>Labels to look at again</h2>", _paragraph(note, "dim"), f"<ol>{items}</ol>"]
