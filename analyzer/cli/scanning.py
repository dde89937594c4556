"""``fairterms scan``."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analyzer.cli.support import CONTEXT, FILE, FOLDER, Progress, load_analyzer, writer
from analyzer.errors import FairtermsError
from analyzer.findings import Failure, Report, Severity, Verdict

if TYPE_CHECKING:
    from analyzer.document import Document, Source
    from analyzer.engine import Analyzer
    from analyzer.rules import RuleSet

__all__ = ["scan"]

_AT_ONCE = frozenset({"html", "csv", "xlsx", "sarif"})
"""Formats that hold all documents in one."""
_WITH_TEXT = frozenset({"html", "sarif"})


@click.command(context_settings=CONTEXT)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "markdown", "html", "csv", "xlsx", "sarif"]),
    default="table",
    help="Report as.",
)
@click.option("--output", "-o", type=FILE, help="Write the report to this file.")
@click.option("--category", "categories", multiple=True, metavar="NAME", help="Show findings of this category only.")
@click.option(
    "--min-severity", type=click.Choice([s.value for s in Severity]), default="low", help="Show findings from here on."
)
@click.option(
    "--view", type=click.Choice(["accepted", "rejected"]), default="accepted", help="Side of tracked changes to read."
)
@click.option(
    "--rules", "folders", multiple=True, type=FOLDER, help="A folder of your own rules, added to the shipped."
)
@click.option("--policy", metavar="NAME|FILE", help="A policy that ships, or a file; nascio if left out.")
@click.option("--model", default="default", metavar="NAME", help="A model by name or folder, or none for rules alone.")
@click.option("--ocr/--no-ocr", default=True, help="Read pages that are only pictures, where OCR is installed.")
@click.option(
    "--tables", type=click.Choice(["lines", "pdfplumber", "off"]), default="lines", help="What finds tables in PDFs."
)
def scan(
    paths: tuple[Path, ...],
    form: str,
    output: Path | None,
    categories: tuple[str, ...],
    min_severity: str,
    view: str,
    folders: tuple[Path, ...],
    policy: str | None,
    model: str,
    ocr: bool,
    tables: str,
) -> None:
    """Report what is wrong with documents, folders or ZIP files.

    Exits with 0 when everything was read, findings or not, and with 2 when something could not be read.
    """
    from analyzer.document import TableFinder, View

    if form == "xlsx" and output is None and sys.stdout.isatty():
        raise click.UsageError("A workbook is no text for a terminal: name a file with --output.")
    analyzer = load_analyzer(folders, policy, model)
    _check_categories(analyzer.rules, categories)
    options = {"view": View(view), "ocr": ocr, "tables": TableFinder(tables)}
    sources = list(islice(items := _sources(paths), 2))
    is_only = len(sources) == 1 and len(paths) == 1
    is_complete = bool(sources)
    held: list[tuple[Report | Failure, Document | None]] = []
    with writer(output) as write, Progress() as progress:
        for item in chain(sources, items):
            outcome, document = (item, None) if isinstance(item, Failure) else _read(analyzer, item, progress, options)
            is_complete &= isinstance(outcome, Report) and outcome.verdict is not Verdict.CANNOT_EVALUATE
            shown = _filtered(outcome, categories, Severity(min_severity))
            if form in _AT_ONCE:
                held.append((shown, document if form in _WITH_TEXT else None))
            else:
                write(_rendered(shown, form, analyzer, is_only=is_only, to_file=bool(output)))
        if form in _AT_ONCE:
            write(_together(held, form, analyzer))
    if not sources:
        click.echo("fairterms: there is no document in what was named.", err=True)
    elif output:
        click.echo(f"Wrote {output}.", err=True)
    sys.exit(0 if is_complete else 2)


def _check_categories(rules: "RuleSet", categories: Sequence[str]) -> None:
    for name in categories:
        if name not in rules.categories:
            known = ", ".join(sorted(rules.categories))
            raise click.BadParameter(f"{name!r} is not a category; use {known}.", param_hint="--category")


def _sources(paths: Sequence[Path]) -> "Iterator[Source | Failure]":
    from analyzer.document import Source
    from analyzer.parsing.packages import collect

    for item in collect(paths):
        yield item if isinstance(item, Source) else _failure(item)


def _failure(error: FairtermsError, sha256: str = "") -> Failure:
    return Failure(error.name, type(error).__name__, error.cause, error.remedy, sha256)


def _read(
    analyzer: "Analyzer", source: "Source", progress: "Progress", options: dict[str, Any]
) -> "tuple[Report | Failure, Document | None]":
    """The report on one document with its text, or why there is none: one bad file never stops the rest."""
    try:
        analysis = analyzer.analyze(source, progress=progress.of(source.name), **options)
    except FairtermsError as error:
        return _failure(error, source.sha256()), None
    return analysis.report, analysis.document


def _filtered(report: Report | Failure, categories: Sequence[str], least: Severity) -> Report | Failure:
    """A report with less of it on show; what the program exits with doesn't depend on it."""
    if isinstance(report, Failure):
        return report
    findings = tuple(
        finding
        for finding in report.findings
        if finding.severity.rank >= least.rank and (not categories or finding.category in categories)
    )
    near = tuple(near for near in report.near_misses if not categories or near.category in categories)
    return replace(report, findings=findings, near_misses=near)


def _rendered(outcome: Report | Failure, form: str, analyzer: "Analyzer", *, is_only: bool, to_file: bool) -> str:
    references = analyzer.rules.references
    if form == "json":
        from analyzer.rendering.json import render_json

        return render_json(outcome, references, indent=2 if is_only else None) + "\n"
    if form == "markdown":
        from analyzer.rendering.markdown import render_markdown

        return render_markdown(outcome, references)
    import shutil

    from analyzer.rendering.terminal import render_terminal

    is_colored = sys.stdout.isatty() and not to_file
    width = min(120, shutil.get_terminal_size((100, 24)).columns)
    return render_terminal(outcome, references, width=width, is_colored=is_colored)


def _together(
    outcomes: "Sequence[tuple[Report | Failure, Document | None]]", form: str, analyzer: "Analyzer"
) -> str | bytes:
    references = analyzer.rules.references
    if form == "html":
        from analyzer.rendering.html import render_html_of_all

        return render_html_of_all(outcomes, references)
    if form == "sarif":
        from analyzer.rendering.sarif import render_scan_sarif

        return render_scan_sarif(outcomes, references, analyzer.policy)
    from analyzer.rendering.tables import render_csv, render_xlsx

    reports = [outcome for outcome, _ in outcomes]
    return render_csv(reports, references) if form == "csv" else render_xlsx(reports, references)
