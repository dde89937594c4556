"""``fairterms annotate``."""

import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.gathering import policy_for
from analyzer.cli.support import CONTEXT, FILE, FOLDER, Progress, load_analyzer
from analyzer.errors import FairtermsError, UnsupportedFormat
from analyzer.findings import Report, Severity, Verdict

if TYPE_CHECKING:
    from analyzer.document import Source
    from analyzer.engine import Analysis, Analyzer

__all__ = ["annotate"]

_MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"])


@click.command(context_settings=CONTEXT)
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--output", "-o", type=FILE, required=True, help="The file to write; of the same kind as the first.")
@click.option("--redline", is_flag=True, help="Write the suggested wording in as tracked changes (Word files only).")
@click.option("--policy", metavar="NAME|FILE", help="A policy that ships, or a file; else the nearest policy.toml.")
@click.option("--model", default="default", metavar="NAME", help="A model by name or folder, or none for rules alone.")
@click.option(
    "--rules", "folders", multiple=True, type=FOLDER, help="A folder of your own rules, added to the shipped."
)
@click.option("--author", default="Fairterms", help="The name that stands on comments and changes.")
@click.option("--date", type=_MOMENT, help="The date that stands on them; none if left out.")
@click.option(
    "--min-severity", type=click.Choice([s.value for s in Severity]), default="low", help="Write findings from here on."
)
@click.option("--ocr/--no-ocr", default=True, help="Read pages that are only pictures, where OCR is installed.")
@click.option("--force", is_flag=True, help="Replace the file to write where it is there already.")
def annotate(
    path: Path,
    output: Path,
    redline: bool,
    policy: str | None,
    model: str,
    folders: tuple[Path, ...],
    author: str,
    date: datetime | None,
    min_severity: str,
    ocr: bool,
    force: bool,
) -> None:
    """Write the findings on a Word file or a PDF into a copy of it, as comments or notes on the words.

    The file itself is never changed. Exits with 0 when the copy is written, and with 2 when it could not be, or when
    something in the file was not read: the copy is written then too, and says so.
    """
    from analyzer.document import Source

    _check_output(path, output, force=force)
    try:
        source = Source.from_path(path)
    except OSError as error:
        raise _failed(path, "read", error) from error
    _check_kind(source, redline=redline)
    analyzer = load_analyzer(folders, policy_for(policy, [path]), model)
    with Progress() as progress:
        analysis = analyzer.analyze(source, ocr=ocr, progress=progress.of(source.name))
    analysis = replace(analysis, report=_from_severity(analysis.report, Severity(min_severity)))
    data, sentence = _annotated(source, analysis, analyzer, redline=redline, author=author, date=date)
    _write(output, data)
    click.echo(f"Wrote {output}: {sentence}", err=True)
    sys.exit(2 if analysis.report.verdict is Verdict.CANNOT_EVALUATE else 0)


def _check_output(path: Path, output: Path, *, force: bool) -> None:
    if output.exists() and output.samefile(path):
        raise click.UsageError(f"{output} is the file to annotate; name another file to write.")
    if output.exists() and not force:
        raise click.UsageError(f"{output} is there already; name another file, or replace it with --force.")
    if output.suffix.lower() != path.suffix.lower():
        raise click.UsageError(f"{output} must end in {path.suffix or 'nothing'}, as the file to annotate does.")


def _check_kind(source: "Source", *, redline: bool) -> None:
    """Refuse what can't be annotated before anything is read."""
    from analyzer.parsing.sniffing import MediaType, describe, sniff

    kind = sniff(source)
    if kind not in {MediaType.DOCX, MediaType.PDF}:
        raise UnsupportedFormat(
            source.name,
            f"the file is {describe(kind)}, which can't hold comments that all readers show.",
            "Save it as DOCX or PDF and annotate that.",
        )
    if redline and kind is MediaType.PDF:
        raise click.UsageError("a PDF can't hold tracked changes; annotate the Word file, or leave --redline out.")


def _from_severity(report: Report, least: Severity) -> Report:
    return replace(report, findings=tuple(f for f in report.findings if f.severity.rank >= least.rank))


def _annotated(
    source: "Source",
    analysis: "Analysis",
    analyzer: "Analyzer",
    *,
    redline: bool,
    author: str,
    date: datetime | None,
) -> tuple[bytes, str]:
    """The copy, and what there is to say about it."""
    from analyzer.parsing.sniffing import MediaType
    from analyzer.rendering.words import plural

    document, report = analysis.document, analysis.report
    if document.media_type == MediaType.DOCX:
        from analyzer.rendering.docx import annotated_docx

        made = annotated_docx(
            source,
            document,
            report,
            rules=analyzer.rules,
            policy=analyzer.policy,
            segments=analysis.segments,
            redline=redline,
            author=author,
            date=date,
        )
        sentence = plural(made.comments, "comment")
        if redline:
            sentence += f", {plural(len(made.changes), 'tracked change')}"
        if made.not_redlined:
            sentence += f"; {plural(len(made.not_redlined), 'comment')} without one, and why stands in each"
        return made.data, f"{sentence}."
    from analyzer.rendering.pdf import annotate_pdf

    data = annotate_pdf(source, document, report, author=author, date=date, references=analyzer.rules.references)
    return data, f"{plural(len(report.findings), 'note')}."


def _write(output: Path, data: bytes) -> None:
    """Let the file appear only when it is whole."""
    draft = output.with_name(f".{output.name}.part")
    try:
        draft.write_bytes(data)
        draft.replace(output)
    except OSError as error:
        raise _failed(output, "written", error) from error
    finally:
        draft.unlink(missing_ok=True)


def _failed(path: Path, what: str, error: OSError) -> FairtermsError:
    return FairtermsError(str(path), f"can't be {what}: {error.strerror or error}.", "Check the file and its folder.")
