"""``fairterms check``."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.gathering import DAY, check_rule_folders, deciding, policy_for, today_or, waivers_for
from analyzer.cli.support import CONTEXT, FILE, FOLDER, Progress, load_analyzer, writer
from analyzer.findings import Report, Severity

if TYPE_CHECKING:
    from analyzer.document import View
    from analyzer.engine import Analyzer
    from analyzer.gate import GateResult, JudgedDocument
    from analyzer.gathering import Gathered
    from analyzer.rules import Reference, RuleSet
    from analyzer.waivers import Waivers

__all__ = ["check"]

_RENDERERS = {
    "text": ("gate_text", "render_gate_text"),
    "json": ("gate_json", "render_gate_json"),
    "sarif": ("sarif", "render_sarif"),
    "github": ("github", "render_github"),
    "junit": ("junit", "render_junit"),
    "markdown": ("gate_markdown", "render_gate_markdown"),
    "html": ("gate_html", "render_gate_html"),
    "csv": ("tables", "render_gate_csv"),
    "xlsx": ("tables", "render_gate_xlsx"),
}
"""Format to the module and the function that write it; imported when asked for, since some are costly to load."""


@click.command(context_settings=CONTEXT)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--policy", metavar="NAME|FILE", help="A policy that ships, or a file; else the nearest policy.toml.")
@click.option(
    "--waivers", "waivers_file", type=FILE, help="A file of waivers; else the nearest fairterms-waivers.toml."
)
@click.option("--baseline", type=FILE, help="A file of known findings, which don't fail.")
@click.option("--update-baseline", is_flag=True, help="Take what is found into the baseline, and drop what is fixed.")
@click.option("--format", "form", type=click.Choice(list(_RENDERERS)), default="text", help="Report as.")
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
@click.option("--model", default="default", metavar="NAME", help="A model by name or folder, or none for rules alone.")
@click.option("--ocr/--no-ocr", default=True, help="Read pages that are only pictures, where OCR is installed.")
@click.option("--today", type=DAY, help="The day that waivers are held against; today if left out.")
def check(
    paths: tuple[Path, ...],
    policy: str | None,
    waivers_file: Path | None,
    baseline: Path | None,
    update_baseline: bool,
    form: str,
    output: Path | None,
    categories: tuple[str, ...],
    min_severity: str,
    view: str,
    folders: tuple[Path, ...],
    model: str,
    ocr: bool,
    today: datetime | None,
) -> None:
    """Decide whether documents, folders or ZIP files may be published.

    Exits with 0 when they may, with 1 when something found stands in the way, and with 2 when that could not be
    decided: something was not read, changes or comments are pending, there is nothing to check, or the check broke
    down.
    What is shown never changes what it exits with.
    """
    with deciding():
        if update_baseline and not baseline:
            raise click.UsageError("--update-baseline needs --baseline FILE.")
        if form == "xlsx" and output is None and sys.stdout.isatty():
            raise click.UsageError("A workbook is no text for a terminal: name a file with --output.")
        from analyzer.document import View

        day = today_or(today)
        chosen = policy_for(policy, paths)
        check_rule_folders(folders)
        analyzer = load_analyzer(folders, chosen, model)
        _check_categories(analyzer.rules, categories)
        given = waivers_for(waivers_file, chosen, paths)
        gathered = _gathered(paths, output, [given, baseline, Path(chosen) if chosen else None])
        waivers = _waivers(given)
        result = _decide(gathered, analyzer, waivers, baseline, day, update=update_baseline, view=View(view), ocr=ocr)
        if output and _is_below(output, paths):
            result = replace(result, notes=(*result.notes, f"{output.name} was not checked: this report stands there."))
        shown = _filtered(result, categories, Severity(min_severity))
        text = _rendered(shown, form, analyzer.rules.references)
        with writer(output) as write:
            write(text)
        if output:
            click.echo(f"{_sentence(result)} Wrote {output}.", err=True)
    sys.exit(int(result.exit))


def _check_categories(rules: "RuleSet", categories: Sequence[str]) -> None:
    for name in categories:
        if name not in rules.categories:
            known = ", ".join(sorted(rules.categories))
            raise click.BadParameter(f"{name!r} is not a category; use {known}.", param_hint="--category")


def _waivers(path: Path | None) -> "Waivers | None":
    from analyzer.waivers import load_waivers

    return load_waivers(path) if path else None


def _gathered(paths: Sequence[Path], output: Path | None, sides: Sequence[Path | None]) -> "Gathered":
    """The documents, without what Fairterms reads and writes beside them."""
    from analyzer.gathering import gather

    if output and any(path.is_file() and output.exists() and output.samefile(path) for path in paths):
        raise click.UsageError(f"--output would replace {output}, which is to be checked.")
    return gather(paths, besides=[side for side in (*sides, output) if side])


def _is_below(output: Path, paths: Sequence[Path]) -> bool:
    return any(path.is_dir() and output.resolve().is_relative_to(path.resolve()) for path in paths)


def _decide(
    gathered: "Gathered",
    analyzer: "Analyzer",
    waivers: "Waivers | None",
    baseline: Path | None,
    today: date,
    *,
    update: bool,
    view: "View",
    ocr: bool,
) -> "GateResult":
    from analyzer.baseline import load_baseline, update_file
    from analyzer.checking import check as check_documents
    from analyzer.gate import present_in

    known, adopt = None, None
    if baseline and (not update or baseline.exists()):
        known = load_baseline(baseline)
    if baseline and update:
        adopt = lambda result: update_file(baseline, present_in(result, waivers), today)  # noqa: E731
    items, causes = gathered
    with Progress() as progress:
        return check_documents(
            items,
            analyzer,
            today=today,
            waivers=waivers,
            baseline=known,
            causes=causes,
            view=view,
            ocr=ocr,
            progress=progress.of,
            adopt=adopt,
        )


def _filtered(result: "GateResult", categories: Sequence[str], least: Severity) -> "GateResult":
    """A result with less of it on show; its verdict, causes and exit stay those of the whole."""
    documents = tuple(_filtered_document(document, categories, least) for document in result.documents)
    conflicts = tuple(conflict for conflict in result.conflicts if conflict.severity.rank >= least.rank)
    hidden = sum(len(document.findings) for document in result.documents) - sum(len(d.findings) for d in documents)
    hidden += len(result.conflicts) - len(conflicts)
    if not hidden:
        return result
    words = "1 finding or conflict is" if hidden == 1 else f"{hidden:,} findings or conflicts are"
    notes = (*result.notes, f"{words} not shown, as --category and --min-severity ask.")
    return replace(result, documents=documents, conflicts=conflicts, notes=notes, sentence=_sentence(result))


def _filtered_document(document: "JudgedDocument", categories: Sequence[str], least: Severity) -> "JudgedDocument":
    if not isinstance(document.outcome, Report):
        return document
    judged = tuple(
        item
        for item in document.findings
        if item.finding.severity.rank >= least.rank and (not categories or item.finding.category in categories)
    )
    near = tuple(near for near in document.outcome.near_misses if not categories or near.category in categories)
    report = replace(document.outcome, findings=tuple(item.finding for item in judged), near_misses=near)
    return replace(document, outcome=report, findings=judged)


def _sentence(result: "GateResult") -> str:
    from analyzer.rendering.gate_words import gate_sentence

    return gate_sentence(result)


def _rendered(result: "GateResult", form: str, references: Mapping[str, "Reference"]) -> str:
    module, function = _RENDERERS[form]
    text: str = getattr(import_module(f"analyzer.rendering.{module}"), function)(result, references)
    return text
