"""The tables of an evaluation, as rows of words: the terminal and the page lay them out."""

from dataclasses import dataclass

from analyzer.findings import Severity
from analyzer.training.breakdowns import NONE, Breakdown, By, Confusion
from analyzer.training.comparing import Comparison, Difference
from analyzer.training.evaluation import Evaluation
from analyzer.training.evaluation_words import (
    BY_TITLES,
    Names,
    measure_words,
    percent,
    points,
    standing_words,
)

__all__ = ["WORD_COLUMNS", "Table", "tables_of"]

WORD_COLUMNS = frozenset({"Answered", "Difference", "Document", "Id", "People say", "Verdict"})
"""Columns beside the first that hold words and not figures."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; its first column holds names, the others figures."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    """How to read it."""
    is_matrix: bool = False
    """Rows and columns stand for the same things, so that it can't be read row by row."""


def tables_of(evaluation: Evaluation, names: Names) -> list[Table]:
    """Every table of an evaluation that has rows, in the order in which people read them."""
    tables = [_categories(evaluation, names), _severities(evaluation, names)]
    if evaluation.comparison:
        tables.append(_comparison(evaluation.comparison, names))
    for breakdown in evaluation.breakdowns:
        tables.append(_breakdown(breakdown, names))
        tables += (_confusion(table, names) for table in breakdown.confusion if _has_kinds(table))
    tables += [_questions(evaluation, names), _reliability(evaluation)]
    return [table for table in tables if table.rows]


def _categories(evaluation: Evaluation, names: Names) -> Table:
    rows = tuple(
        (
            names.category(c.category),
            f"{c.labels:,}",
            f"{c.findings:,}",
            measure_words(c.precision),
            measure_words(c.recall),
            measure_words(c.f1),
            measure_words(c.average_precision),
        )
        for c in evaluation.scores.categories
    )
    return Table("Categories", ("Category", "Labels", "Flagged", "Precision", "Recall", "F1", "Area"), rows)


def _severities(evaluation: Evaluation, names: Names) -> Table:
    rows = tuple(
        (names.category(c.category), *(_share(*c.by_severity[severity]) for severity in reversed(Severity)))
        for c in evaluation.scores.categories
        if any(labels for _, labels in c.by_severity.values())
    )
    return Table("Found by severity", ("Category", "High", "Medium", "Low"), rows, "Labels found, of how many.")


def _share(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,}" if whole else "–"


def _comparison(comparison: Comparison, names: Names) -> Table:
    rows = [_difference_row("Mean", comparison.overall)]
    rows += (_difference_row(names.category(row.category), row) for row in comparison.categories)
    head = ("Category", "F1 before", "F1 after", "Difference", "Gained", "Lost", "p", "Verdict")
    return Table(f"Compared with {comparison.champion}", head, tuple(rows))


def _difference_row(name: str, row: Difference) -> tuple[str, ...]:
    return (
        name,
        percent(row.champion),
        percent(row.challenger),
        points(row.difference),
        f"{row.gained:,}",
        f"{row.lost:,}",
        "<0.001" if row.p_value < 0.001 else f"{row.p_value:.3f}",
        standing_words(row),
    )


def _breakdown(breakdown: Breakdown, names: Names) -> Table:
    title = BY_TITLES[breakdown.by]
    if breakdown.by is By.RULE:
        return _rules(breakdown, names)
    is_subtype = breakdown.by is By.SUBTYPE
    rows = tuple(
        (
            names.subtype(row.name) if is_subtype else row.name,
            f"{row.labels:,}",
            f"{row.findings:,}",
            percent(row.precision),
            percent(row.recall),
            *([_share(row.same_subtype, row.right)] if is_subtype else [percent(row.f1)]),
        )
        for row in breakdown.rows
    )
    last = "Same kind" if is_subtype else "F1"
    note = (
        "Precision by what was flagged, recall by what was labelled; a label of another kind in the same category "
        "counts as right. Same kind: right findings whose label has this kind too."
        if is_subtype
        else "All categories together."
    )
    return Table(f"By {title.lower()}", (title, "Labels", "Flagged", "Precision", "Recall", last), rows, note)


def _rules(breakdown: Breakdown, names: Names) -> Table:
    rows = tuple(
        (
            names.rule_title(row.name),
            f"{row.findings:,}",
            f"{row.right:,}",
            measure_words(row.precision_measure),
            row.name if row.name in names.rules else "",
        )
        for row in breakdown.rows
    )
    note = "How often each rule fired and was right; in brackets Wilson's 95 % interval."
    return Table("By rule", ("Rule", "Fired", "Right", "Precision", "Id"), rows, note)


def _has_kinds(table: Confusion) -> bool:
    return len({*table.labels, *table.flags} - {NONE}) > 1


def _confusion(table: Confusion, names: Names) -> Table:
    # Columns are numbered: the titles of ten kinds side by side fit on no screen.
    numbers = {subtype: str(number) for number, subtype in enumerate(sorted({*table.labels, *table.flags} - {NONE}), 1)}
    titles = {subtype: f"{number}  {_kind(table.category, subtype, names)}" for subtype, number in numbers.items()}
    head = ("Labelled as", *(numbers.get(flag, "missed") for flag in table.flags))
    rows = tuple(
        (titles.get(label, "not labelled"), *(str(count or "·") for count in counts))
        for label, counts in zip(table.labels, table.counts, strict=True)
    )
    note = "Rows: what people labelled. Columns: what was flagged, by the numbers of the rows."
    if strangers := [titles[flag] for flag in table.flags if flag in titles and flag not in table.labels]:
        note += f" Flagged only: {', '.join(strangers)}."
    return Table(f"Kinds taken for one another: {names.category(table.category)}", head, rows, note, is_matrix=True)


def _kind(category: str, subtype: str, names: Names) -> str:
    return names.subtype_of(category, subtype) if subtype else "kind not stated"


def _questions(evaluation: Evaluation, names: Names) -> Table:
    rows = tuple(
        (names.question(q.question), f"{q.right:,}", f"{q.asked:,}", percent(q.right / q.asked))
        for q in evaluation.scores.questions
    )
    note = "Only questions that a person answered with yes or no."
    return Table("Checklist", ("Question", "Right", "Asked", "Share"), rows, note)


def _reliability(evaluation: Evaluation) -> Table:
    rows = tuple(
        (f"{row.low:.1f} to {row.high:.1f}", f"{row.count:,}", percent(row.score), percent(row.right))
        for row in evaluation.scores.calibration.bins
    )
    note = "Where scores mean what they say, the last two columns agree."
    return Table("Do scores mean what they say?", ("Score", "Sentences", "Mean score", "Right"), rows, note)
