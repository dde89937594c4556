"""``fairterms batch``."""

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analyzer.cli.support import CONTEXT, FOLDER, NO_MODEL
from analyzer.errors import FairtermsError

if TYPE_CHECKING:
    from analyzer.batch.outputs import FileOutput
    from analyzer.batch.places import Places
    from analyzer.batch.recorded import DatabaseOutput
    from analyzer.batch.running import Engine
    from analyzer.batch.summary import Summary
    from analyzer.batch.values import Entry, Settings

__all__ = ["batch"]

_CACHE_BYTES = 20_000_000_000
"""What the cache of a batch may hold when it is over; what was not used for longest goes first."""
_LOG_SECONDS = 60.0
"""Where there is no terminal, one line a minute says how far it is."""
_UNITS = {"": 1, "k": 1000, "m": 1000**2, "g": 1000**3}


class _Size(click.ParamType["int"]):
    """Bytes, as ``800M`` or ``2G``."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        text = value.strip().lower().removesuffix("b")
        number, unit = (text[:-1], text[-1]) if text[-1:] in _UNITS else (text, "")
        try:
            size = int(float(number) * _UNITS[unit])
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is not a size; write 800M or 2G.", param, ctx)
        if size <= 0:
            self.fail("a limit must be more than nothing.", param, ctx)
        return size


SIZE = _Size()


@click.command(context_settings=CONTEXT)
@click.argument("sources", nargs=-1, required=True)
@click.option("--output", "-o", required=True, metavar="FOLDER|FILE.jsonl|URL", help="Where the results go.")
@click.option("--resume", is_flag=True, help="Go on from what an earlier run left there; look only at what changed.")
@click.option("--jobs", "-j", type=click.IntRange(1), help="Worker processes; as many as cores if left out.")
@click.option("--engine", type=click.Choice(["local", "dask"]), default="local", help="What does the work.")
@click.option("--scheduler", metavar="ADDRESS", help="Dask's scheduler, such as tcp://10.0.0.5:8786.")
@click.option("--timeout", type=click.FloatRange(0.1), default=120.0, help="Seconds for one input.", show_default=True)
@click.option("--limit-memory", type=SIZE, default="2G", help="Memory of one worker.", show_default=True)
@click.option("--limit-size", type=SIZE, default="500M", help="Size of one file.", show_default=True)
@click.option("--limit-pages", type=click.IntRange(1), default=20_000, help="Pages of one document.", show_default=True)
@click.option("--parquet", is_flag=True, help="Also write documents.parquet and findings.parquet.")
@click.option("--cache/--no-cache", default=True, help="Keep what was read, so that other rules need not read again.")
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
def batch(sources: tuple[str, ...], output: str, resume: bool, **options: Any) -> None:
    """Report on every document in folders, ZIP packages, patterns and object stores.

    A source is a path, a pattern such as 'archive/**/*.pdf', a URL such as s3://bucket/rfps, or - for a list of
    them on standard input, one a line. A run that is interrupted, or killed, goes on with --resume.

    Exits with 0 when everything was read, findings or not, and with 2 when something could not be read.
    """
    from analyzer.batch.worker import load_settings, versions_of

    places = None if "://" in output else _places(output)
    if options["parquet"] and places is None:
        raise click.UsageError("--parquet goes with a folder or file of results, not with a database.")
    settings = _settings(options, places.cache if places else None)
    named = [name for source in sources for name in (_listed() if source == "-" else (source,))]
    if not named:
        raise click.UsageError("The list on standard input is empty.")
    from analyzer.batch.running import run_batch

    besides = [places.results, places.state] if places else []
    with _engine(options, settings) as engine:  # what workers load, they load beside this
        versions = versions_of(load_settings(settings), settings)
        with _target(places, output, named, versions, resume=resume) as target, _stoppable(), _Bar() as bar:
            try:
                summary = run_batch(named, target, engine, versions, besides=besides, progress=bar)
            except KeyboardInterrupt:
                click.echo(f"fairterms: stopped; {bar.done:,} inputs are finished. Go on with --resume.", err=True)
                sys.exit(2)
    if settings.cache:
        from analyzer.batch.parsed import prune

        prune(settings.cache, _CACHE_BYTES)
    _tell(summary, str(places.results) if places else "the results to the database")
    if places and options["parquet"]:
        _write_parquet(places)
    sys.exit(0 if summary.is_complete else 2)


def _places(output: str) -> "Places":
    from analyzer.batch.places import Places

    return Places.of(Path(output))


@contextmanager
def _target(
    places: "Places | None", output: str, sources: list[str], versions: str, *, resume: bool
) -> "Iterator[FileOutput | DatabaseOutput]":
    """Where the results go. Raises FairtermsError where it can't be used."""
    if places:
        from analyzer.batch.outputs import FileOutput

        file = FileOutput(places, versions, resume=resume)
        try:
            yield file
        finally:
            file.close()
        return
    from analyzer.batch.recorded import DatabaseOutput
    from analyzer.store.batches import open_batch
    from analyzer.store.database import open_database

    database = open_database(output)
    try:
        yield DatabaseOutput(open_batch(database, sources, resume=resume, versions=versions), versions)
    finally:
        database.engine.dispose()


def _settings(options: dict[str, Any], cache: Path | None) -> "Settings":
    from analyzer.batch.values import Limits, Settings
    from analyzer.document import TableFinder, View

    return Settings(
        rules=tuple(folder.absolute() for folder in options["folders"]),
        policy=_whole(options["policy"]),
        model=None if options["model"] == NO_MODEL else _whole(options["model"]),
        view=View(options["view"]),
        ocr=options["ocr"],
        tables=TableFinder(options["tables"]),
        limits=Limits(
            options["timeout"], int(options["limit_memory"]), int(options["limit_size"]), options["limit_pages"]
        ),
        cache=cache.absolute() if cache and options["cache"] else None,
    )


def _whole(name: str | None) -> str | None:
    """A file or folder by its whole path, since a worker may stand elsewhere; a shipped one by its name."""
    return str(Path(name).absolute()) if name and Path(name).exists() else name


def _listed() -> Iterator[str]:
    from analyzer.batch.inputs import read_list

    return read_list(sys.stdin.buffer)


@contextmanager
def _engine(options: dict[str, Any], settings: "Settings") -> Iterator["Engine"]:
    """What does the work; it loads what it needs from here on."""
    if options["engine"] == "dask":
        if not options["scheduler"]:
            raise click.UsageError("--engine dask needs the address of a scheduler: --scheduler tcp://HOST:8786.")
        from analyzer.batch.cluster import joined

        with joined(options["scheduler"], settings) as engine:
            yield engine
        return
    from analyzer.batch.pool import run_local
    from analyzer.batch.server import start_server

    jobs = options["jobs"] or _cores()
    run = start_server(settings)
    yield lambda take: run_local(take, settings, jobs, run=run)


def _cores() -> int:
    """Those that this process may use: fewer than the machine has, in a container."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _stoppable() -> Iterator[None]:
    """A polite request to end is answered as Ctrl-C is: workers are ended, and what is finished is kept."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    earlier = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, earlier)


class _Bar:
    """How far the batch is: rate, time left, and verdicts so far."""

    def __init__(self) -> None:
        self.done = 0
        self._verdicts: Counter[str] = Counter()
        self._bar: Any = None
        self._task: Any = None
        self._started = self._told = time.monotonic()

    def __enter__(self) -> "_Bar":
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            columns = BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeRemainingColumn()
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task("", total=None)
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, entry: "Entry", done: int, known: int) -> None:
        self.done = done
        self._verdicts.update(dict(entry.verdicts))
        now = time.monotonic()
        if self._bar is not None:
            self._bar.update(self._task, completed=done, total=known, description=self._said(now))
        elif now - self._told > _LOG_SECONDS:
            self._told = now
            click.echo(f"fairterms: {done:,} of {known:,} inputs, {self._said(now)}", err=True)

    def _said(self, now: float) -> str:
        rate = self.done / max(now - self._started, 1e-3)
        passed, failed = self._verdicts["pass"], self._verdicts["fail"]
        rest = self._verdicts.total() - passed - failed
        return f"{rate:,.1f} a second; documents: {passed:,} pass, {failed:,} fail, {rest:,} not decided"


def _tell(summary: "Summary", results: str) -> None:
    """The summary for people: what repeats first, since mending it once mends most."""
    from analyzer.rendering.words import printable

    if summary.clauses:
        click.echo("Clauses that cause most findings:")
        for clause in summary.clauses:
            text = printable(" ".join(clause.text.split()))
            shown = text if len(text) <= 90 else f"{text[:89]}…"
            click.echo(f"{clause.findings:7,} × {clause.rule} ({clause.severity}): {shown}")
        click.echo()
    statuses = ", ".join(f"{count:,} {name}" for name, count in summary.statuses)
    verdicts = ", ".join(f"{count:,} {name}" for name, count in summary.verdicts)
    click.echo(f"{summary.inputs:,} inputs: {statuses or 'none'}.")
    click.echo(f"{summary.documents:,} documents: {verdicts or 'none'}; {summary.findings:,} findings.")
    click.echo(f"Wrote {results}.", err=True)
    if not summary.inputs:
        raise FairtermsError("batch", "there is no document in what was named.", "Name what holds the documents.")


def _write_parquet(places: "Places") -> None:
    from analyzer.rendering.parquet import write_parquet

    with places.results.open("rb") as lines:
        for path in write_parquet(lines, places.state):
            click.echo(f"Wrote {path}.", err=True)
