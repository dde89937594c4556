"""``fairterms batches``: what batches a database holds, and taking one out."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from analyzer.cli.support import CONTEXT, Group
from analyzer.errors import NotThere

if TYPE_CHECKING:
    from analyzer.store.database import Database
    from analyzer.store.values import StoredBatch

__all__ = ["batches"]


@click.group(cls=Group, context_settings=CONTEXT)
def batches() -> None:
    """List and delete batches whose results went to a database."""


@batches.command("list")
@click.argument("database")
def list_(database: str) -> None:
    """List the batches in a DATABASE, the latest first."""
    from analyzer.store.batches import stored_batches

    with _opened(database) as opened:
        for batch in stored_batches(opened):
            click.echo(f"{batch.id[:8]}  {_told(batch)}")


@batches.command("delete")
@click.argument("database")
@click.argument("batch")
@click.option("--yes", is_flag=True, help="Don't ask.")
def delete(database: str, batch: str, yes: bool) -> None:
    """Delete a BATCH, named by the beginning of its id, with all its reports, for good."""
    from analyzer.store.batches import delete_batch, stored_batches

    with _opened(database) as opened:
        found = [one for one in stored_batches(opened) if one.id.startswith(batch)]
        if len(found) != 1:
            cause = f"has {len(found) or 'no'} batches whose id begins with {batch!r}."
            raise NotThere(opened.name, cause, f"See them with: fairterms batches list {opened.name}")
        if not yes:
            click.confirm(f"Delete {_told(found[0])}, with all reports, for good?", abort=True)
        delete_batch(opened, found[0].id)
    click.echo(f"Deleted {_told(found[0])}.")


def _told(batch: "StoredBatch") -> str:
    from analyzer.parsing.packages import display_name

    more = ", ..." if len(batch.sources) > _SHOWN else ""
    sources = ", ".join(map(display_name, batch.sources[:_SHOWN])) + more
    counted = f"{batch.inputs:,} input{'s' * (batch.inputs != 1)}"
    end = f"finished {batch.finished}" if batch.finished else "not finished"
    return f"{counted} of {sources}: started {batch.started}, {end}"


_SHOWN = 3
"""Sources that are named."""


@contextmanager
def _opened(url: str) -> "Iterator[Database]":
    from analyzer.store.database import open_database

    database = open_database(url, make=False)
    try:
        yield database
    finally:
        database.close()
