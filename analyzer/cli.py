"""The command line: ``fairterms scan``, ``fairterms rules``, ``fairterms app``.

Heavy modules are imported inside the commands, so that ``--help`` answers at once.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analyzer import __version__
from analyzer.errors import FairtermsError
from analyzer.findings import Failure, Report, Severity, Verdict

if TYPE_CHECKING:
    from analyzer.document import Source
    from analyzer.engine import Analyzer
    from analyzer.rules import RuleSet

__all__ = ["main"]

_CONTEXT = {"help_option_names": ["-h", "--help"]}


class _Group(click.Group):
    """Shows an error that Fairterms raises on purpose as one sentence, and exits with 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except FairtermsError as error:
            click.echo(f"fairterms: {error}", err=True)
            ctx.exit(2)


@click.group(cls=_Group, context_settings=_CONTEXT)
@click.version_option(__version__, prog_name="fairterms")
def main() -> None:
    """Read RFPs and contract terms and mark what drives good vendors away."""


_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)


@main.command(context_settings=_CONTEXT)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["table", "json", "markdown"]), default="table", help="Report as.")
@click.option("--output", "-o", type=_FILE, help="Write the report to this file.")
@click.option("--category", "categories", multiple=True, metavar="NAME", help="Show findings of this category only.")
@click.option(
    "--min-severity", type=click.Choice([s.value for s in Severity]), default="low", help="Show findings from here on."
)
@click.option(
    "--view", type=click.Choice(["accepted", "rejected"]), default="accepted", help="Side of tracked changes to read."
)
@click.option(
    "--rules", "folders", multiple=True, type=_FOLDER, help="A folder of your own rules, added to the shipped."
)
@click.option("--policy", type=_FILE, help="A policy file.")
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
    policy: Path | None,
    ocr: bool,
    tables: str,
) -> None:
    """Report what is wrong with documents, folders or ZIP files.

    Exits with 0 when everything was read, findings or not, and with 2 when something could not be read.
    """
    from analyzer.document import TableFinder, View

    analyzer = _analyzer(folders, policy)
    _check_categories(analyzer.rules, categories)
    options = {"view": View(view), "ocr": ocr, "tables": TableFinder(tables)}
    sources = list(islice(items := _sources(paths), 2))
    is_only = len(sources) == 1 and len(paths) == 1
    is_complete = bool(sources)
    with _writer(output) as write, _Progress() as progress:
        for item in chain(sources, items):
            outcome = item if isinstance(item, Failure) else _outcome(analyzer, item, progress, options)
            is_complete &= isinstance(outcome, Report) and outcome.verdict is not Verdict.CANNOT_EVALUATE
            shown = _filtered(outcome, categories, Severity(min_severity))
            write(_rendered(shown, form, analyzer, is_only=is_only, to_file=bool(output)))
    if not sources:
        click.echo("fairterms: there is no document in what was named.", err=True)
    elif output:
        click.echo(f"Wrote {output}.", err=True)
    sys.exit(0 if is_complete else 2)


def _analyzer(folders: Sequence[Path], policy: Path | None) -> "Analyzer":
    from analyzer.engine import Analyzer
    from analyzer.policy import load_policy

    return Analyzer(rules=tuple(folders), policy=load_policy(policy) if policy else None)


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


def _outcome(
    analyzer: "Analyzer", source: "Source", progress: "_Progress", options: dict[str, Any]
) -> Report | Failure:
    """The report on one document, or why there is none: one bad file never stops the rest."""
    try:
        return analyzer.analyze(source, progress=progress.of(source.name), **options).report
    except FairtermsError as error:
        return _failure(error, source.sha256())


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


@contextmanager
def _writer(output: Path | None) -> Iterator[Any]:
    """Writes to the terminal as results come, or to a file that appears only when it is whole."""
    if output is None:
        yield lambda text: click.echo(text, nl=False)
        return
    draft = output.with_name(f".{output.name}.part")
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            yield file.write
        draft.replace(output)
    except OSError as error:
        reason = error.strerror or str(error)
        raise FairtermsError(str(output), f"can't be written: {reason}.", "Name another file.") from error
    finally:
        draft.unlink(missing_ok=True)


class _Progress:
    """A bar on stderr that shows after a moment, where stderr is a terminal."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> "_Progress":
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress

            self._bar = Progress(console=Console(stderr=True), transient=True)
            self._bar.start()
        return self

    def of(self, name: str) -> Any:
        """What a parser reports its pages to, for one document."""
        if self._bar is None:
            return None
        from rich.markup import escape

        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(escape(name), total=None)
        return lambda page, pages: self._bar.update(self._task, completed=page, total=pages)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()


@main.command(context_settings=_CONTEXT)
@click.option("--port", type=click.IntRange(1, 65535), default=8501, help="Port on this machine.")
@click.option("--browser/--no-browser", default=True, help="Open the page in a browser.")
def app(port: int, browser: bool) -> None:
    """Open the page on which documents are reviewed; it listens on this machine alone."""
    import subprocess

    from analyzer.resources import app_file

    options = {
        "server.address": "127.0.0.1",
        "server.port": port,
        "server.headless": "false" if browser else "true",
        "browser.gatherUsageStats": "false",
        "server.fileWatcherType": "none",
        "server.showEmailPrompt": "false",
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    try:
        sys.exit(subprocess.call([sys.executable, "-m", "streamlit", "run", str(app_file()), *flags]))
    except KeyboardInterrupt:
        sys.exit(0)


class _RulesGroup(_Group):
    """``fairterms rules ID`` explains a rule: what is not a command is an id."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            return super().resolve_command(ctx, ["explain", *args])
        return super().resolve_command(ctx, args)


@main.group(cls=_RulesGroup, context_settings=_CONTEXT, invoke_without_command=True)
@click.option("--references", is_flag=True, help="List the law and policy that rules cite.")
@click.pass_context
def rules(ctx: click.Context, references: bool) -> None:
    """List the rules; with an ID, explain one."""
    if ctx.invoked_subcommand is not None:
        return
    from datetime import UTC, datetime

    from analyzer.rendering.rules import list_references, list_rules

    loaded = _shipped_rules()
    today = datetime.now(tz=UTC).date()
    click.echo(list_references(loaded, today) if references else list_rules(loaded), nl=False)


def _shipped_rules(*folders: Path) -> "RuleSet":
    from analyzer.resources import patterns_folder
    from analyzer.rulefiles import load_rules

    return load_rules(patterns_folder(), *folders)


@rules.command(context_settings=_CONTEXT)
@click.argument("rule_id", metavar="ID")
def explain(rule_id: str) -> None:
    """Explain a rule: what, why, instead, authority, examples."""
    from analyzer.rendering.rules import explain_question, explain_rule

    loaded = _shipped_rules()
    rule = next((rule for rule in loaded.rules if rule.id == rule_id), None)
    question = next((q for q in loaded.questions if rule_id in {q.id, f"checklist/{q.id}"}), None)
    if rule:
        click.echo(explain_rule(rule, loaded), nl=False)
        return
    if question:
        click.echo(explain_question(question, loaded), nl=False)
        return
    near = [rule.id for rule in loaded.rules if rule_id.split("/")[-1] in rule.id]
    hint = f"Did you mean {', '.join(near[:5])}?" if near else "fairterms rules lists them."
    raise FairtermsError(rule_id, "is not a rule.", hint)


@rules.command("test", context_settings=_CONTEXT)
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path))
def check_rules(folders: tuple[Path, ...]) -> None:
    """Run the examples of the rules, yours in FOLDERS included."""
    from analyzer.examples import check_examples
    from analyzer.matching import RuleMatcher

    loaded = _shipped_rules(*folders)
    failures = list(check_examples(loaded, RuleMatcher(loaded)))
    for failure in failures:
        click.echo(f"{failure.rule}: {failure.kind}: {failure.text!r} {failure.reason}")
    examples = loaded.count_of_examples
    counts = f"{len(loaded.rules)} rules, {len(loaded.questions)} questions, {examples} examples"
    click.echo(f"{counts}: {len(failures)} failed.")
    sys.exit(1 if failures else 0)


@rules.command("export", context_settings=_CONTEXT)
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
def export_rules(output: Path | None) -> None:
    """Write the patterns as JSON lines that spaCy and Prodigy read."""
    from analyzer.interchange import export_patterns

    with _writer(output) as write:
        for line in export_patterns(_shipped_rules()):
            write(line + "\n")


@rules.command("import", context_settings=_CONTEXT)
@click.argument("patterns", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def import_rules(patterns: Path, folder: Path) -> None:
    """Make draft rules in FOLDER of a spaCy or Prodigy pattern file."""
    from analyzer.interchange import import_patterns

    for path in import_patterns(patterns, folder, _shipped_rules()):
        click.echo(f"Wrote {path}.")
