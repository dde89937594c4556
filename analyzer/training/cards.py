"""The card of a model: what it was trained on, how good it is on documents of agencies it did not see, and what for."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from analyzer.training.corpus import Example
from analyzer.training.evaluation import Evaluation
from analyzer.training.fitting import Fitted
from analyzer.training.measures import Measure

if TYPE_CHECKING:
    from analyzer.training.sources import Source

__all__ = ["CARD_PAGE", "card_of", "render_card"]

CARD_PAGE = "card.md"

_NOT_FOR = (
    "It points a person to sentences; it does not decide whether a clause is lawful, or replace legal advice.",
    "It was trained on English solicitations and contract terms of public buyers. On other kinds of document, in other"
    " languages or countries, its figures don't hold.",
    "Its probabilities are those of a sentence in a solicitation. A text of sentences that were picked for being"
    " suspicious has more findings than it says.",
    "It is no measure of a vendor, an official or an agency.",
)


def card_of(
    sources: "Sequence[Source]",
    examples: Sequence[Example],
    fitted: Fitted,
    evaluation: Evaluation,
    version: str,
    date: str,
) -> dict[str, Any]:
    """Everything a reader needs to judge a model, as plain values; without text of the samples."""
    scores = evaluation.scores
    calibration = scores.calibration
    return {
        "version": version,
        "date": date,
        "sources": [_source(source, examples) for source in sources],
        "sentences": len(examples),
        "agencies": len({example.agency for example in examples}),
        "split": (
            f"Figures come from {fitted.recipe.folds} folds of whole agencies: each sentence is scored by text models"
            " that were fitted without any document of its agency, and by combiners fitted to such scores of the other"
            " agencies. Thresholds were chosen on the same scores, which flatters the figures a little."
        ),
        "figures": {
            row.category: {
                "labels": row.labels,
                "found": row.found,
                "findings": row.findings,
                "right": row.right,
                "precision": _measure(row.precision),
                "recall": _measure(row.recall),
                "f1": _measure(row.f1),
                "average_precision": _measure(row.average_precision),
                "recall_by_severity": {str(s): list(counts) for s, counts in row.by_severity.items()},
            }
            for row in scores.categories
        },
        "core_macro_f1": _measure(scores.core_macro_f1),
        "high_recall": _measure(scores.high_recall),
        "calibration": {
            "error": calibration.error,
            "bins": [[b.low, b.high, b.count, b.score, b.right] for b in calibration.bins],
        },
        "suspicious_labels": len(evaluation.suspicious),
        "recipe": {name: getattr(fitted.recipe, name) for name in fitted.recipe.__dataclass_fields__},
        "not_for": list(_NOT_FOR),
    }


def _source(source: "Source", examples: Sequence[Example]) -> dict[str, Any]:
    names = {document.name for document in source.documents}
    mine = [example for example in examples if example.doc in names]
    return {
        "file": source.file,
        "sha256": source.sha256,
        "licence": source.licence,
        "documents": len(source.documents),
        "sentences": len(mine),
        "positives": sum(bool(example.labels) for example in mine),
        "rules_written_with_it": source.is_tuned,
        "shown_beside_findings": source.is_shippable,
    }


def _measure(measure: Measure) -> list[float | None]:
    """Value and 95 % interval."""
    return [None if value is None else round(value, 3) for value in (measure.value, measure.low, measure.high)]


def render_card(name: str, card: Mapping[str, Any]) -> str:
    """The card as Markdown."""
    return "\n".join([*_head(name, card), *_sources(card), *_figures(card), *_calibration(card), *_limits(card)]) + "\n"


def _head(name: str, card: Mapping[str, Any]) -> list[str]:
    made = f" on {card['date']}" if card["date"] else ""
    return [
        f"# Model `{name}`",
        "",
        f"Trained{made} with Fairterms {card['version']} on {card['sentences']:,} sentences of {card['agencies']:,}"
        " agencies. It is logistic regression on words, stems and context, combined with what the rules say; it tells"
        f" {len(card['figures'])} categories apart and gives each"
        " sentence a probability.",
        "",
    ]


def _sources(card: Mapping[str, Any]) -> list[str]:
    rows = [
        f"| {source['file']} | {source['licence']} | {source['documents']:,} | {source['sentences']:,} |"
        f" {source['positives']:,} | {'yes' if source['rules_written_with_it'] else 'no'} |"
        for source in card["sources"]
    ]
    return [
        "## Sources",
        "",
        "| file | licence | documents | sentences | with a label | rules were written with it |",
        "|---|---|---|---|---|---|",
        *rows,
        "",
    ]


def _figures(card: Mapping[str, Any]) -> list[str]:
    rows = []
    for category, row in card["figures"].items():
        high = row["recall_by_severity"].get("high", [0, 0])
        cells = [_interval(row[name]) for name in ("precision", "recall", "f1", "average_precision")]
        rows.append(
            f"| {category} | {row['labels']:,} | {row['findings']:,} | {' | '.join(cells)} | {high[0]}/{high[1]} |"
        )
    return [
        "## Figures",
        "",
        str(card["split"]),
        "",
        "| category | labels | findings | precision | recall | F1 | area under precision-recall | high found |",
        "|---|---|---|---|---|---|---|---|",
        *rows,
        "",
        f"Core macro F1 {_interval(card['core_macro_f1'])}; high severity found {_interval(card['high_recall'])}."
        " Brackets hold 95 % intervals, drawn over agencies.",
        "",
    ]


def _calibration(card: Mapping[str, Any]) -> list[str]:
    calibration = card["calibration"]
    error = calibration["error"]
    rows = [
        f"| {low:.1f}–{high:.1f} | {count:,} | {_figure(score)} | {_figure(right)} | {_bar(right)} |"
        for low, high, count, score, right in calibration["bins"]
        if count
    ]
    return [
        "## Calibration",
        "",
        f"Expected calibration error {_figure(error)} over the sentences that it gives at least 1 %.",
        "",
        "| probability | sentences | mean probability | right | |",
        "|---|---|---|---|---|",
        *rows,
        "",
    ]


def _limits(card: Mapping[str, Any]) -> list[str]:
    return ["## What it is not for", "", *(f"- {line}" for line in card["not_for"])]


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _interval(measure: Sequence[float | None]) -> str:
    value, low, high = measure
    if value is None:
        return "–"
    return f"{value:.2f}" if low is None or high is None else f"{value:.2f} ({low:.2f}–{high:.2f})"


def _bar(share: float | None) -> str:
    """The reliability diagram, a bar a row."""
    return "█" * round(20 * (share or 0.0))
