"""``fairterms evaluate``."""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
@click.option(
    "--train-on",
    multiple=True,
    type=FILE,
    help="Train anew without each agency in turn, on these samples and the rest.",
)
@click.option("--folds", type=click.IntRange(2, 100), default=8, help="Parts of the agencies to train without; 8.")
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
    train_on: tuple[Path, ...],
    folds: int,
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

    LABELS is a file of labelled sentences or documents. With --train-on, or by agency where the model learned from
    these very LABELS, each document is scored by a model trained anew that saw no document of its agency. Exits with 2
    when something could not be read.
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
    if reports:
        system, outcomes = _reported(reports)
    elif train_on or ("agency" in by and _has_learned(model, labels)):
        system, outcomes = _held_out(documents, folders, model, labels, train_on, folds)
    else:
        system, outcomes = _analysed(documents, folders, model)
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


def _card(model: str) -> dict[str, Any]:
    """The card of a model; empty where there is none."""
    import json

    from analyzer.classification.classifier import CARD
    from analyzer.resources import models_folder

    folder = path if (path := Path(model)).is_dir() else models_folder() / model
    try:
        card: dict[str, Any] = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return card


def _digest(path: Path) -> str:
    from hashlib import sha256

    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise SampleError(str(path), f"can't be read: {error.strerror}.", "Name a file of samples.") from error


def _has_learned(model: str, labels: Path) -> bool:
    """Whether a model was trained on a file of labels, so that its score on it would say nothing."""
    return _digest(labels) in {source["sha256"] for source in _card(model).get("sources", ())}


def _held_out(
    documents: "Sequence[LabelledDocument]",
    folders: Sequence[Path],
    model: str,
    labels: Path,
    train_on: Sequence[Path],
    folds: int,
) -> "tuple[str, list[Outcome]]":
    """What rules say with models that were trained anew, each without some agencies, and how to call them.

    They learn from the named samples, or from those that ship where none are named. Which of them the rules were
    written with stands in the card of the model.
    """
    from analyzer.engine import Analyzer
    from analyzer.resources import samples_folder
    from analyzer.training.samples import load_labelled
    from analyzer.training.training import cross_validate

    seen = {s["sha256"] for s in _card(model).get("sources", ()) if s["rules_written_with_it"]}
    shipped = sorted(samples_folder().glob("labels/*.jsonl")) + sorted(samples_folder().glob("training/*.jsonl"))
    known = {path: load_labelled(path) for path in train_on or shipped}
    tuned = {document.name for path, found in known.items() if _digest(path) in seen for document in found}
    if _digest(labels) in seen:
        tuned |= {document.name for document in documents}
    with Progress() as progress:
        outcomes = cross_validate(
            documents,
            [document for found in known.values() for document in found],
            analyzer=Analyzer(rules=tuple(folders), model=None),
            tuned=tuned,
            folds=folds,
            progress=progress.step,
        )
    return f"the rules with models that saw no document of the agency ({folds} parts)", outcomes


def _champion(
    documents: "Sequence[LabelledDocument]", folders: Sequence[Path], compare: str
) -> "tuple[str, list[Outcome]]":
    """What to compare with: reports where that is a file, else a model."""
    path = Path(compare)
    is_reports = path.is_file() or path.suffix in {".json", ".jsonl"}
    return _reported([path]) if is_reports else _analysed(documents, folders, compare)
