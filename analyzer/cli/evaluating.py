"""``fairterms evaluate``."""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.support import CONTEXT, FILE, FOLDER, Progress, shipped_rules, writer
from analyzer.errors import SampleError
from analyzer.findings import Severity

if TYPE_CHECKING:
    from analyzer.training.evaluation import Evaluation
    from analyzer.training.outcomes import Outcome
    from analyzer.training.samples import LabelledDocument

__all__ = ["evaluate"]

_NO_MODEL = "none"


@click.command(context_settings=CONTEXT)
@click.argument("labels", type=FILE)
@click.option("--files", type=FOLDER, help="The labelled documents themselves; else their listed sentences are read.")
@click.option("--agencies", type=FILE, help="A table of who issued each document: name, tab, agency.")
@click.option(
    "--rules", "folders", multiple=True, type=FOLDER, help="A folder of your own rules, added to the shipped."
)
@click.option("--model", default="default", metavar="NAME", help="A model by name or folder, or none for rules alone.")
@click.option("--reports", multiple=True, type=FILE, help="Score these JSON reports, and analyse nothing.")
@click.option("--compare", metavar="NAME", help="Compare with JSON reports, or with a model by name or folder.")
@click.option(
    "--by",
    multiple=True,
    type=click.Choice(["agency", "document", "subtype", "rule"]),
    help="Also break the figures down.",
)
@click.option(
    "--min-severity", type=click.Choice([s.value for s in Severity]), default="low", help="Count from here on."
)
@click.option("--html", "page", type=FILE, help="Write a page with figures and mistakes.")
@click.option("--json", "values", type=FILE, help="Write everything as JSON.")
@click.option("--write-records", "records", type=FILE, help="Write how often each rule was right.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Date for the records; today if left out.")
@click.option("--no-mistakes", is_flag=True, help="Figures only: labels whose text must stay unseen.")
def evaluate(
    labels: Path,
    files: Path | None,
    agencies: Path | None,
    folders: tuple[Path, ...],
    model: str,
    reports: tuple[Path, ...],
    compare: str | None,
    by: tuple[str, ...],
    min_severity: str,
    page: Path | None,
    values: Path | None,
    records: Path | None,
    day: datetime | None,
    no_mistakes: bool,
) -> None:
    """Score what is found in labelled documents against their LABELS.

    LABELS is a file of labelled sentences or documents. Exits with 2 when something could not be read.
    """
    from analyzer.training.breakdowns import By
    from analyzer.training.evaluation import evaluate as score
    from analyzer.training.evaluation import load_agencies
    from analyzer.training.evaluation_text import render_evaluation_text
    from analyzer.training.evaluation_words import names_of
    from analyzer.training.samples import load_labelled

    documents = load_labelled(labels, agencies=load_agencies(agencies) if agencies else None, files=files)
    if not documents:
        raise SampleError(str(labels), "holds no labelled sentence or document.", "Name a file with at least one row.")
    rules = shipped_rules(*folders)
    system, outcomes = _reported(reports) if reports else _analysed(documents, folders, model)
    evaluation = score(
        documents,
        outcomes,
        labels=labels.name,
        system=system,
        by=map(By, by),
        champion=_champion(documents, folders, compare) if compare else None,
        known_categories=rules.categories,
        floor=Severity(min_severity),
    )
    names = names_of(rules)
    width = max(60, min(120, shutil.get_terminal_size((100, 24)).columns))
    click.echo(render_evaluation_text(evaluation, names, with_mistakes=not no_mistakes, width=width), nl=False)
    if page:
        from analyzer.training.evaluation_page import render_evaluation_page

        _write(page, render_evaluation_page(evaluation, names, with_mistakes=not no_mistakes))
    if values:
        from analyzer.training.evaluation_json import render_evaluation_json

        _write(values, render_evaluation_json(evaluation, with_mistakes=not no_mistakes))
    if records:
        _write(records, _records(evaluation, day))


def _write(path: Path, text: str) -> None:
    with writer(path) as write:
        write(text)
    click.echo(f"Wrote {path}.", err=True)


def _records(evaluation: "Evaluation", day: datetime | None) -> str:
    from analyzer import __version__
    from analyzer.records import render_records
    from analyzer.training.records import records_of

    today = (day or datetime.now(tz=UTC)).date()
    return render_records(records_of(evaluation.agreements, on=evaluation.labels, today=today, version=__version__))


def _reported(reports: Sequence[Path]) -> "tuple[str, list[Outcome]]":
    """What reports say, and how to call them."""
    from analyzer.training.evaluation import load_outcomes

    outcomes = [outcome for path in reports for outcome in load_outcomes(path)]
    return f"the reports in {', '.join(path.name for path in reports)}", outcomes


def _analysed(
    documents: "Sequence[LabelledDocument]", folders: Sequence[Path], model: str
) -> "tuple[str, list[Outcome]]":
    """What rules and model say, and how to call them."""
    from analyzer.engine import Analyzer
    from analyzer.training.evaluation import outcomes_of

    chosen = None if model == _NO_MODEL else folder if (folder := Path(model)).is_dir() else model
    analyzer = Analyzer(rules=tuple(folders), model=chosen)
    name = f"the rules with the model {analyzer.classifier.name}" if analyzer.classifier else "the rules alone"
    with Progress() as progress:
        return name, outcomes_of(documents, analyzer=analyzer, progress=progress.of(name))


def _champion(
    documents: "Sequence[LabelledDocument]", folders: Sequence[Path], compare: str
) -> "tuple[str, list[Outcome]]":
    """What to compare with: reports where that is a file, else a model."""
    path = Path(compare)
    is_reports = path.is_file() or path.suffix in {".json", ".jsonl"}
    return _reported([path]) if is_reports else _analysed(documents, folders, compare)
