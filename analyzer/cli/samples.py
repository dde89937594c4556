"""``fairterms samples``: check, exchange, compare and suggest labelled samples."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.support import CONTEXT, FILE, FOLDER, Group, Progress, load_analyzer, shipped_rules, writer
from analyzer.errors import FairtermsError, SampleError

if TYPE_CHECKING:
    from analyzer.engine import Analyzer
    from analyzer.training.samples import Sample
    from analyzer.training.suggestion import Candidate

__all__ = ["samples"]

_FORMATS = ("jsonl", "csv", "spacy", "prodigy", "doccano")
_RULES = click.option(
    "--rules", "folders", multiple=True, type=FOLDER, help="A folder of your own rules, added to the shipped."
)


@click.group(cls=Group, context_settings=CONTEXT)
def samples() -> None:
    """Check, exchange, compare and suggest labelled samples."""


@samples.command(context_settings=CONTEXT)
@click.argument("files", nargs=-1, required=True, type=FILE)
@_RULES
def check(files: tuple[Path, ...], folders: tuple[Path, ...]) -> None:
    """Say what is wrong in FILES of samples, and what is done about it.

    Exits with 1 when a file should be corrected, and with 2 when it can't be read.
    """
    from analyzer.training.checking import check_samples, problems_text

    checked = check_samples(_loaded(files), shipped_rules(*folders))
    click.echo(problems_text(checked), nl=False)
    sys.exit(0 if checked.is_sound else 1)


@samples.command("import", context_settings=CONTEXT)
@click.argument("file", type=FILE)
@click.option("--from", "form", type=click.Choice(_FORMATS), required=True, help="What wrote the file.")
@click.option("--output", "-o", type=FILE, help="Write samples (JSON lines) to this file.")
def import_file(file: Path, form: str, output: Path | None) -> None:
    """Make samples of another tool's FILE."""
    from analyzer.training.formats import Format, export_samples, import_samples

    imported = import_samples(file, Format(form))
    if not imported.samples:
        raise SampleError(str(file), "holds no sample.", "Name a file with at least one labelled sentence.")
    _write(output, export_samples(imported.samples, Format.JSONL))
    for note in imported.notes:
        click.echo(note, err=True)
    if output:
        click.echo(f"Wrote {len(imported.samples)} samples to {output}.", err=True)
        click.echo(f"Check them: fairterms samples check {output}", err=True)


@samples.command("export", context_settings=CONTEXT)
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--to", "form", type=click.Choice(_FORMATS), required=True, help="What will read the file.")
@click.option("--output", "-o", type=FILE, help="Write to this file.")
def export_files(files: tuple[Path, ...], form: str, output: Path | None) -> None:
    """Write samples from FILES as another tool reads them."""
    from analyzer.training.formats import Format, export_samples

    loaded = _loaded(files)
    _write(output, export_samples(loaded, Format(form)))
    if output:
        click.echo(f"Wrote {len(loaded)} samples to {output}.", err=True)


@samples.command(context_settings=CONTEXT)
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--between", nargs=2, metavar="NAME NAME", help="Two of the annotators of one file.")
@click.option("--all", "with_all", is_flag=True, help="List every sentence on which they differ.")
def agreement(files: tuple[Path, ...], between: tuple[str, str] | None, with_all: bool) -> None:
    """Say how far two annotators agree: two FILES, or one whose rows name the annotators."""
    from analyzer.training.annotators import compare_annotators
    from analyzer.training.annotators_text import render_annotators_text
    from analyzer.training.samples import load_samples

    if len(files) > 2:
        raise click.UsageError("Name two files, or one whose rows name the annotators.")
    if len(files) == 2:
        if between:
            raise click.UsageError("--between picks annotators of one file; name one file.")
        names = (files[0].name, files[1].name) if files[0].name != files[1].name else (str(files[0]), str(files[1]))
        pair = load_samples(files[0]), load_samples(files[1])
    else:
        names, pair = _two_of(files[0], between)
    found = compare_annotators(*pair, names=names)
    click.echo(render_annotators_text(found, with_all=with_all), nl=False)


def _two_of(file: Path, between: tuple[str, str] | None) -> "tuple[tuple[str, str], tuple[list[Sample], list[Sample]]]":
    """The names and samples of two annotators of a file."""
    from analyzer.training.annotators import by_annotator
    from analyzer.training.samples import load_samples

    found = by_annotator(load_samples(file), str(file))
    names = between or tuple(found)
    if missing := [name for name in names if name not in found]:
        raise SampleError(str(file), f"has no annotator {missing[0]}.", f"It has {', '.join(found)}.")
    if len(names) != 2 or names[0] == names[1]:
        known = ", ".join(name or "(no name)" for name in found)
        raise SampleError(str(file), f"has labels of {len(found)} annotators: {known}.", "Pick two with --between.")
    one, other = names
    return (one or "no name", other or "no name"), (found[one], found[other])


@samples.command(context_settings=CONTEXT)
@click.argument("documents", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-n", "count", type=click.IntRange(1), default=50, show_default=True, help="How many sentences.")
@click.option("--labelled", multiple=True, type=FILE, help="Samples you have: nothing like them is suggested.")
@click.option("--model", default="default", metavar="NAME", help="A model by name or folder; none asks rules alone.")
@click.option("--output", "-o", type=FILE, help="Write the labelling file here.")
@_RULES
def suggest(
    documents: tuple[Path, ...],
    count: int,
    labelled: tuple[Path, ...],
    model: str,
    output: Path | None,
    folders: tuple[Path, ...],
) -> None:
    """Pick the sentences of DOCUMENTS that are most worth labelling.

    Fill in "category" of each row, leave it empty where the sentence is harmless, and delete rows that you don't get
    to. Exits with 2 when a document could not be read.
    """
    from analyzer.training.suggestion import suggest as choose
    from analyzer.training.suggestion import suggestion_lines

    known = [sample.text for sample in _loaded(labelled)]
    candidates, is_complete = _candidates(documents, load_analyzer(folders, None, model))
    chosen = choose(candidates, count, known=known)
    if not chosen:
        raise SampleError("the documents", "hold no sentence to suggest.", "Name documents that are not labelled yet.")
    _write(output, suggestion_lines(chosen))
    if output:
        click.echo(f"Wrote {len(chosen)} sentences to {output}.", err=True)
        click.echo("A row that stays without a category counts as harmless: delete those you don't get to.", err=True)
    sys.exit(0 if is_complete else 2)


def _candidates(documents: Sequence[Path], analyzer: "Analyzer") -> "tuple[list[Candidate], bool]":
    """The sentences of all documents that could be read, and whether that is all of them."""
    from analyzer.document import Source
    from analyzer.parsing import parse
    from analyzer.parsing.packages import collect
    from analyzer.training.suggestion import candidates_of

    found: list[Candidate] = []
    is_complete = True
    with Progress() as progress:
        for item in collect(documents):
            try:
                if not isinstance(item, Source):
                    raise item
                found += candidates_of(analyzer, parse(item, progress=progress.of(item.name)))
            except FairtermsError as error:
                is_complete = False
                click.echo(f"fairterms: {error}", err=True)
    return found, is_complete


def _loaded(files: Sequence[Path]) -> "list[Sample]":
    from analyzer.training.samples import load_samples

    return [sample for file in files for sample in load_samples(file)]


def _write(output: Path | None, lines: Iterable[str]) -> None:
    with writer(output) as write:
        for line in lines:
            write(line)
