"""``fairterms rules``: list, explain, test and exchange rules."""

import sys
from pathlib import Path
from typing import Any

import click

from analyzer.cli.support import CONTEXT, FOLDER, Group, shipped_rules, writer
from analyzer.errors import FairtermsError

__all__ = ["rules"]


class _RulesGroup(Group):
    """``fairterms rules ID`` explains a rule: what is not a command is an id."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            return super().resolve_command(ctx, ["explain", *args])
        return super().resolve_command(ctx, args)


@click.group(cls=_RulesGroup, context_settings=CONTEXT, invoke_without_command=True)
@click.option("--references", is_flag=True, help="List the law and policy that rules cite.")
@click.pass_context
def rules(ctx: click.Context, references: bool) -> None:
    """List the rules; with an ID, explain one."""
    if ctx.invoked_subcommand is not None:
        return
    from datetime import UTC, datetime

    from analyzer.rendering.rules import list_references, list_rules

    loaded = shipped_rules()
    today = datetime.now(tz=UTC).date()
    click.echo(list_references(loaded, today) if references else list_rules(loaded), nl=False)


@rules.command(context_settings=CONTEXT)
@click.argument("rule_id", metavar="ID")
def explain(rule_id: str) -> None:
    """Explain a rule: what, why, instead, authority, examples."""
    from analyzer.rendering.rules import explain_question, explain_rule

    loaded = shipped_rules()
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


@rules.command("test", context_settings=CONTEXT)
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path))
def check_rules(folders: tuple[Path, ...]) -> None:
    """Run the examples of the rules, yours in FOLDERS included."""
    from analyzer.examples import check_examples
    from analyzer.matching import RuleMatcher

    loaded = shipped_rules(*folders)
    failures = list(check_examples(loaded, RuleMatcher(loaded)))
    for failure in failures:
        click.echo(f"{failure.rule}: {failure.kind}: {failure.text!r} {failure.reason}")
    examples = loaded.count_of_examples
    counts = f"{len(loaded.rules)} rules, {len(loaded.questions)} questions, {examples} examples"
    click.echo(f"{counts}: {len(failures)} failed.")
    sys.exit(1 if failures else 0)


@rules.command("export", context_settings=CONTEXT)
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
def export_rules(output: Path | None) -> None:
    """Write the patterns as JSON lines that spaCy and Prodigy read."""
    from analyzer.interchange import export_patterns

    with writer(output) as write:
        for line in export_patterns(shipped_rules()):
            write(line + "\n")


@rules.command("import", context_settings=CONTEXT)
@click.argument("patterns", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def import_rules(patterns: Path, folder: Path) -> None:
    """Make draft rules in FOLDER of a spaCy or Prodigy pattern file."""
    from analyzer.interchange import import_patterns

    for path in import_patterns(patterns, folder, shipped_rules()):
        click.echo(f"Wrote {path}.")


@rules.command(context_settings=CONTEXT)
@click.argument("rule_id", metavar="ID")
@click.option("--from", "source", type=FOLDER, required=True, help="Folder with the draft.")
@click.option("--to", "target", type=FOLDER, help="Write the rule here, and leave the draft as it is.")
@click.option("--force", is_flag=True, help="Promote it whatever its track record, and replace a file in --to.")
def promote(rule_id: str, source: Path, target: Path | None, force: bool) -> None:
    """Make a draft rule stable once its examples and track record hold."""
    from analyzer.training.learning import promote as promote_rule

    path = promote_rule(shipped_rules(source), rule_id, source, target, is_forced=force)
    click.echo(f"{rule_id} is stable now and can block a gate: {path}")
    click.echo(f"Use it with: fairterms scan DOCUMENT --rules {target or source}")
