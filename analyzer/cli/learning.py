"""``fairterms learn``: new draft rules from labelled samples."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.support import CONTEXT, FILE, FOLDER, shipped_rules

if TYPE_CHECKING:
    from analyzer.training.learning import Learned
    from analyzer.training.learning.writing import Written

__all__ = ["learn"]


@click.command(context_settings=CONTEXT)
@click.argument("samples", nargs=-1, required=True, type=FILE)
@click.option(
    "--category", "categories", multiple=True, metavar="NAME", help="Learn only this category or category/subtype."
)
@click.option(
    "--output", "-o", type=FOLDER, default=Path("learned-rules"), help="Folder for the drafts.", show_default=True
)
@click.option(
    "--min-precision",
    type=click.FloatRange(0.5, 0.99),
    default=0.8,
    show_default=True,
    help="How often a pattern must be right.",
)
@click.option(
    "--min-support",
    type=click.IntRange(2),
    default=3,
    show_default=True,
    help="How many labelled sentences a pattern must find.",
)
@click.option("--max-rules", type=click.IntRange(1), metavar="N", help="Write only the N rules that find most.")
def learn(
    samples: tuple[Path, ...],
    categories: tuple[str, ...],
    output: Path,
    min_precision: float,
    min_support: int,
    max_rules: int | None,
) -> None:
    """Propose draft rules from labelled SAMPLES (JSON lines or CSV).

    Each rule is tested on documents that it was not learned from. Drafts are shown and never block a gate until you
    promote them.
    """
    from analyzer.training.learning import Options, learn, write_rules
    from analyzer.training.samples import load_labelled

    documents = [document for path in samples for document in load_labelled(path)]
    options = Options(categories, min_precision, min_support, max_rules)
    learned = learn(documents, shipped_rules(), options, progress=lambda text: click.echo(text, err=True))
    written = write_rules(learned, output)
    _show(learned, written, output)


def _show(learned: "Learned", written: "Written", output: Path) -> None:
    """The table of rules, what to know about them, and what to do next."""
    if not learned.rules:
        click.echo("No rule was learned: no pattern is precise enough. More samples help, or a lower --min-precision.")
    for one in learned.rules:
        record = one.record
        click.echo(one.rule.id)
        tested = (
            f"right {record.right} of {record.fired}, finds {record.caught} of {record.positives} ({record.recall:.0%})"
        )
        if record.whole_fired:
            tested += f"; in whole documents right {record.whole_right} of {record.whole_fired}"
        click.echo(f"  {f'on {record.on}: {tested}' if record.on else 'not tested: nothing could be held out'}")
        for pattern, picked in zip(one.rule.patterns, one.patterns, strict=True):
            counts = f"{picked.right} of {picked.right + picked.wrong}"
            click.echo(f"  {counts:>10}  +{picked.added:<4} {pattern.condition.name}")
        for condition in one.rule.unless:
            click.echo(f"  {'unless':>10}  {'':5} {condition.name}")
    for note in learned.notes:
        click.echo(note)
    for rule_id, reason in written.kept.items():
        click.echo(f"Kept {output / rule_id}.toml as it is: {reason}.")
    if written.files:
        first = next(iter(written.files))
        click.echo(f"Wrote {len(written.files)} draft rules to {output}.")
        click.echo(f"Try them:      fairterms scan DOCUMENT --rules {output}")
        click.echo(f"Test examples: fairterms rules test {output}")
        click.echo(f"Accept one:    fairterms rules promote {first} --from {output}")
