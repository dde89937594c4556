"""The command line, a module for each group of commands.

Heavy modules are imported inside the commands, so that ``--help`` answers at once.
"""

import click

from analyzer import __version__
from analyzer.cli.annotating import annotate
from analyzer.cli.batch import batch
from analyzer.cli.batches import batches
from analyzer.cli.checking import check
from analyzer.cli.comparing import diff, verify
from analyzer.cli.evaluating import evaluate
from analyzer.cli.learning import learn
from analyzer.cli.memos import memo
from analyzer.cli.page import app
from analyzer.cli.policies import policy
from analyzer.cli.projects import project
from analyzer.cli.rules import rules
from analyzer.cli.samples import samples
from analyzer.cli.scanning import scan
from analyzer.cli.serving import serve
from analyzer.cli.support import CONTEXT, Group
from analyzer.cli.training import train
from analyzer.cli.waiving import waive

__all__ = ["main"]


@click.group(cls=Group, context_settings=CONTEXT)
@click.version_option(__version__, prog_name="fairterms")
def main() -> None:
    """Read RFPs and contract terms and mark what drives good vendors away."""


for _command in (
    scan,
    batch,
    batches,
    check,
    annotate,
    diff,
    verify,
    waive,
    memo,
    policy,
    rules,
    samples,
    train,
    evaluate,
    learn,
    project,
    app,
    serve,
):
    main.add_command(_command)
