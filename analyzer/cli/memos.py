"""``fairterms memo``."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.gathering import DAY, check_all_read, deciding, policy_for, read, today_or, waivers_for
from analyzer.cli.support import CONTEXT, FILE, FOLDER, load_analyzer, writer
from analyzer.errors import WaiverError

if TYPE_CHECKING:
    from analyzer.engine import Analyzer
    from analyzer.findings import Finding
    from analyzer.gate import Conflict, GateResult
    from analyzer.rendering.memo import MemoEntry
    from analyzer.waivers import Waiver

__all__ = ["memo"]


@click.command(context_settings=CONTEXT)
@click.argument("paths", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@click.option("--waivers", "waivers_file", type=FILE, help="The file of waivers; else the nearest.")
@click.option("--format", "form", type=click.Choice(["markdown", "text"]), default="markdown", help="Write as.")
@click.option("--output", "-o", type=FILE, help="Write the memo to this file.")
@click.option("--policy", metavar="NAME|FILE", help="A policy that ships, or a file; else the nearest policy.toml.")
@click.option(
    "--rules", "folders", multiple=True, type=FOLDER, help="A folder of your own rules, added to the shipped."
)
@click.option("--model", default="default", metavar="NAME", help="A model by name or folder, or none for rules alone.")
@click.option("--today", type=DAY, help="The day on the memo; today if left out.")
def memo(
    paths: tuple[Path, ...],
    waivers_file: Path | None,
    form: str,
    output: Path | None,
    policy: str | None,
    folders: tuple[Path, ...],
    model: str,
    today: datetime | None,
) -> None:
    """Write the memo that justifies waivers for the procurement file.

    With documents, it holds the waivers of what stands in them, with the places; without, all waivers of the file.
    """
    with deciding():
        from analyzer.rendering.memo import render_memo
        from analyzer.waivers import load_waivers

        places = paths or (waivers_file or Path.cwd(),)
        day, chosen = today_or(today), policy_for(policy, places)
        analyzer = load_analyzer(folders, chosen, model)
        file = waivers_for(waivers_file, chosen, places)
        if file is None:
            raise WaiverError("fairterms memo", "there is no file of waivers.", "Name it with --waivers.")
        waivers = load_waivers(file)
        for problem in waivers.problems:
            raise problem
        result = read(paths, analyzer, day, waivers=waivers, besides=[file, output]) if paths else None
        if result:
            check_all_read(result)
        entries = [entry for waiver in waivers.entries if (entry := _entry(waiver, analyzer, result, day))]
        if not entries:
            raise WaiverError(str(file), "holds no waiver for what is found there.", "Waive with fairterms waive.")
        text = render_memo(
            entries,
            analyzer.rules.references,
            today=day,
            policy=analyzer.policy.identity,
            is_markdown=form == "markdown",
        )
        with writer(output) as write:
            write(text)
    if output:
        click.echo(f"Wrote {output}.", err=True)


def _entry(waiver: "Waiver", analyzer: "Analyzer", result: "GateResult | None", today: date) -> "MemoEntry | None":
    """What the memo says of a waiver; None where documents are given and nothing in them is what it is for."""
    from analyzer.gate import flaw_of
    from analyzer.questionnaires import load_questionnaires, questionnaire_for
    from analyzer.rendering.memo import MemoEntry

    findings, conflicts = _found(waiver, result)
    if result and not (findings or conflicts):
        return None
    flaw = flaw_of(waiver, analyzer.policy, today)
    entry = MemoEntry(waiver, f"Finding of {waiver.rule}", flaw=flaw.reason if flaw else "")
    if conflicts:
        one = conflicts[0]
        places = tuple((place.document, place.page, place.section, place.text) for place in one.places)
        return replace(
            entry, title=one.title, message=one.message, why=one.why, places=places, suggestion=one.suggestion
        )
    rule = next((rule for rule in analyzer.rules.rules if rule.id == waiver.rule), None)
    if rule is not None:
        entry = replace(
            entry,
            title=rule.title,
            message=rule.message,
            why=rule.why,
            gives_up=rule.instead.gives_up,
            protection=rule.instead.protection,
            suggestion=rule.instead.start,
            questionnaire=questionnaire_for(rule.id, rule.category, rule.subtype, load_questionnaires()),
        )
    if findings:
        found = findings[0][1]
        entry = replace(
            entry,
            title=found.title,
            message=found.message,
            suggestion=found.suggestion,
            places=tuple((name, finding.page, finding.section, finding.text) for name, finding in findings),
        )
    return entry


def _found(waiver: "Waiver", result: "GateResult | None") -> "tuple[list[tuple[str, Finding]], list[Conflict]]":
    """Where what a waiver accepts stands: documents with findings, and conflicts."""
    from analyzer.gate import conflict_rule
    from analyzer.waivers import fingerprint_of

    if result is None:
        return [], []
    findings = [
        (document.name, item.finding)
        for document in result.documents
        for item in document.findings
        if waiver.covers(document.name) and waiver.is_for(item.finding.rule, fingerprint_of(item.finding.id))
    ]
    return findings, [one for one in result.conflicts if waiver.is_for(conflict_rule(one), one.id)]
