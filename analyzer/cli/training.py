"""``fairterms train``."""

import shutil
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.support import CONTEXT, FILE, FOLDER, Progress, shipped_rules, writer
from analyzer.errors import SampleError

if TYPE_CHECKING:
    from analyzer.rules import RuleSet
    from analyzer.training.sources import Source

__all__ = ["train"]


@click.command(context_settings=CONTEXT)
@click.argument("samples", nargs=-1, type=FILE)
@click.option("--output", "-o", type=FOLDER, default=Path("models/own"), help="Folder of the model; models/own.")
@click.option("--agencies", type=FILE, help="A table of who issued each document: name, tab, agency.")
@click.option("--rules", "folders", multiple=True, type=FOLDER, help="A folder of your own rules.")
@click.option(
    "--tuned", multiple=True, type=FILE, help="One of the SAMPLES that your rules were written with: see the manual."
)
@click.option("--licence", default="not stated", help="Licence of the samples, for the card.")
@click.option(
    "--show/--no-show", default=True, help="Let the model carry the samples, to show what a sentence is like."
)
@click.option(
    "--from-workspace",
    "projects",
    multiple=True,
    metavar="PROJECT",
    help="Learn from the decisions and labels of a project too.",
)
@click.option("--check-only", is_flag=True, help="Say what is wrong with the samples, and train nothing.")
def train(
    samples: tuple[Path, ...],
    output: Path,
    agencies: Path | None,
    folders: tuple[Path, ...],
    tuned: tuple[Path, ...],
    licence: str,
    show: bool,
    projects: tuple[str, ...],
    check_only: bool,
) -> None:
    """Train a model from labelled SAMPLES, JSON lines or CSV, and from what reviewers decided.

    Sentences without a category are needed too: they show what is harmless. Says what is wrong with which line first,
    and ends with how good the model is on agencies that it did not see.
    """
    from analyzer.engine import Analyzer
    from analyzer.training.doubts import doubts_table
    from analyzer.training.evaluation import load_agencies
    from analyzer.training.evaluation_text import render_evaluation_text
    from analyzer.training.evaluation_words import names_of
    from analyzer.training.training import train as fit

    if not samples and not projects:
        raise click.UsageError("Name files of samples, or a project with --from-workspace.")
    rules = shipped_rules(*folders)
    named = load_agencies(agencies) if agencies else {}
    sources = [_source(path, rules, named, is_tuned=path in tuned, licence=licence, show=show) for path in samples]
    sources += [_decided(name, rules, show=show) for name in projects]
    if check_only:
        return
    with Progress() as progress:
        trained = fit(
            sources,
            output,
            analyzer=Analyzer(rules=tuple(folders), model=None),
            date=datetime.now(tz=UTC).date().isoformat(),
            progress=progress.step,
        )
    width = max(60, min(120, shutil.get_terminal_size((100, 24)).columns))
    click.echo(render_evaluation_text(trained.evaluation, names_of(rules), with_mistakes=False, width=width), nl=False)
    suspicious = trained.evaluation.suspicious
    # Beside the folder: a model may be passed on where the text of its samples may not.
    doubts = output.with_name(f"{output.name}-doubts.tsv")
    with writer(doubts) as write:
        write(doubts_table(suspicious))
    if suspicious:
        click.echo(f"{len(suspicious)} labels look doubtful: {doubts} lists them for a person to check.")
    click.echo(f"Wrote {output}. Use it with: fairterms scan --model {output} DOCUMENT")


def _source(
    path: Path, rules: "RuleSet", agencies: dict[str, str], *, is_tuned: bool, licence: str, show: bool
) -> "Source":
    """One file of samples, checked; what is wrong with it is said."""
    from analyzer.training.checking import check_samples, problems_text
    from analyzer.training.samples import documents_of, is_labels_file, load_labelled, load_samples
    from analyzer.training.sources import Source

    try:
        digest = sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise SampleError(str(path), f"can't be read: {error.strerror}.", "Name a file of samples.") from error
    if is_labels_file(path):
        documents = load_labelled(path, agencies=agencies)
        return Source(path.name, digest, licence, tuple(documents), is_tuned, is_shippable=False)
    checked = check_samples(load_samples(path), rules)
    if checked.problems:
        click.echo(f"{path.name}:\n{problems_text(checked)}", err=True)
    documents = documents_of(checked.samples, agencies=agencies)
    return Source(path.name, digest, licence, tuple(documents), is_tuned, is_shippable=show)


def _decided(name: str, rules: "RuleSet", *, show: bool) -> "Source":
    """What the people of a project decided and labelled; what is wrong with it is said."""
    from analyzer.cli.projects import local_person, opened, the_project
    from analyzer.store.acting import reading
    from analyzer.store.samples import teaching_rows
    from analyzer.training.checking import problems_text
    from analyzer.training.sources import workspace_source

    with opened() as database, reading(database, local_person()) as acting:
        owner = the_project(acting, name)
        rows = teaching_rows(acting, owner.id)
    source, checked = workspace_source(owner.name, rows, rules, is_shippable=show)
    if checked.problems:
        click.echo(f"{owner.name}:\n{problems_text(checked)}", err=True)
    return source
