"""``fairterms diff`` and ``fairterms verify``."""

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.gathering import policy_for
from analyzer.cli.support import CONTEXT, FILE, FOLDER, Progress, load_analyzer, writer
from analyzer.errors import FairtermsError

if TYPE_CHECKING:
    from analyzer.differences import Outcome, Side
    from analyzer.document import Source
    from analyzer.engine import Analysis

__all__ = ["diff", "verify"]

_FILE = click.Path(path_type=Path, dir_okay=False)
_FORMAT = click.Choice(["text", "json", "markdown", "html"])


@click.command(context_settings=CONTEXT)
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@click.option("--format", "form", type=_FORMAT, default="text", help="Report as.")
@click.option("--output", "-o", type=FILE, help="Write the report to this file.")
@click.option(
    "--as",
    "relation",
    type=click.Choice(["auto", "draft", "addendum"]),
    default="auto",
    help="What NEW is to OLD: another draft, or an addendum to it; auto tells by its length and words.",
)
@click.option("--policy", metavar="NAME|FILE", help="A policy that ships, or a file; else the nearest policy.toml.")
@click.option("--model", default="default", metavar="NAME", help="A model by name or folder, or none for rules alone.")
@click.option(
    "--rules", "folders", multiple=True, type=FOLDER, help="A folder of your own rules, added to the shipped."
)
@click.option("--ocr/--no-ocr", default=True, help="Read pages that are only pictures, where OCR is installed.")
def diff(
    old: Path,
    new: Path,
    form: str,
    output: Path | None,
    relation: str,
    policy: str | None,
    model: str,
    folders: tuple[Path, ...],
    ocr: bool,
) -> None:
    """Say what changed from OLD to NEW: findings, answers of the checklist, and text by sentence.

    The two may be of different formats. For an addendum it says what the addendum says about which clause. Exits with 0
    when both were read, whatever differs, and with 2 when one could not be read in full.
    """
    from analyzer.differences import Relation, compare
    from analyzer.rendering.comparison import render_comparison

    analyzer = load_analyzer(folders, policy_for(policy, [old, new]), model)
    with Progress() as progress:
        before, after = (
            analyzer.analyze(source, ocr=ocr, progress=progress.of(source.name))
            for source in (_source(old), _source(new))
        )
    wanted = None if relation == "auto" else Relation(relation)
    comparison = compare(_side(before), before.report, _side(after), after.report, relation=wanted)
    _write(output, render_comparison(comparison, form, width=_width()))
    is_complete = before.report.reading.is_complete and after.report.reading.is_complete
    sys.exit(0 if is_complete else 2)


@click.command(context_settings=CONTEXT)
@click.argument("published", type=_FILE)
@click.option("--against", "checked", type=_FILE, required=True, help="The file that was checked.")
@click.option("--report", type=_FILE, help="The JSON report on the checked file; it must be about that very file.")
@click.option("--format", "form", type=_FORMAT, default="text", help="Report as.")
@click.option("--output", "-o", type=FILE, help="Write the report to this file.")
@click.option("--ocr/--no-ocr", default=True, help="Read pages that are only pictures, where OCR is installed.")
def verify(published: Path, checked: Path, report: Path | None, form: str, output: Path | None, ocr: bool) -> None:
    """Say whether PUBLISHED holds the text that was checked, such as a PDF made of a Word file.

    Headers and footers, page numbers, numbering, hyphens and the order of tables make no difference; every other word
    does. Exits with 0 when the text is the same, with 1 when it differs, and with 2 when it could not be decided.
    """
    from analyzer.differences import verify as held_against
    from analyzer.rendering.comparison import render_verification

    sources = _source(published), _source(checked)
    if report is not None:
        _check_report(report, sources[1])
    with Progress() as progress:
        sides = [_read(source, ocr=ocr, progress=progress) for source in sources]
    found = held_against(sides[0], sides[1])
    _write(output, render_verification(found, form, width=_width()))
    sys.exit(_exit_of(found.outcome))


def _exit_of(outcome: "Outcome") -> int:
    from analyzer.differences import Outcome

    return {Outcome.SAME: 0, Outcome.DIFFERENT: 1, Outcome.UNDECIDED: 2}[outcome]


def _source(path: Path) -> "Source":
    from analyzer.document import Source

    try:
        return Source.from_path(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise FairtermsError(str(path), f"can't be read: {reason}.", "Name a file that is there.") from error


def _side(analysis: "Analysis") -> "Side":
    from analyzer.differences import Side

    return Side.of(analysis.document, analysis.segments)


def _read(source: "Source", *, ocr: bool, progress: Progress) -> "Side":
    from analyzer.differences import Side
    from analyzer.parsing import parse
    from analyzer.segmentation import segment

    document = parse(source, ocr=ocr, progress=progress.of(source.name))
    return Side.of(document, segment(document))


def _check_report(path: Path, checked: "Source") -> None:
    """Refuse a report that is about another file. Raises FairtermsError."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        digests = set(_digests(value))
    except (OSError, ValueError, RecursionError) as error:
        raise FairtermsError(str(path), "can't be read as a JSON report.", "Name a report of `fairterms`.") from error
    if not digests:
        raise FairtermsError(str(path), "holds no report on a document.", "Name a report of `fairterms`.")
    if checked.sha256() not in digests:
        raise FairtermsError(
            checked.name,
            f"it is not the file that the report {path.name} is about; it was changed since, or is another.",
            "Check it anew, or name the file that was checked.",
        )


def _digests(value: object) -> list[str]:
    """The hashes of the documents of a report: one report, or one of the gate with several."""
    if isinstance(value, list):
        return [digest for item in value for digest in _digests(item)]
    if not isinstance(value, dict):
        return []
    own = value.get("document")
    found = [own["sha256"]] if isinstance(own, dict) and isinstance(own.get("sha256"), str) else []
    return found + [digest for name in ("documents", "report") for digest in _digests(value.get(name))]


def _write(output: Path | None, text: str) -> None:
    with writer(output) as write:
        write(text)
    if output:
        click.echo(f"Wrote {output}.", err=True)


def _width() -> int:
    return max(60, min(120, shutil.get_terminal_size((100, 24)).columns))
