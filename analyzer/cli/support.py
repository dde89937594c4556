"""What the commands share: how they fail, write and show progress, and what they load."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analyzer.errors import FairtermsError

if TYPE_CHECKING:
    from analyzer.engine import Analyzer
    from analyzer.rules import RuleSet

__all__ = ["CONTEXT", "FILE", "FOLDER", "NO_MODEL", "Group", "Progress", "load_analyzer", "shipped_rules", "writer"]

CONTEXT = {"help_option_names": ["-h", "--help"]}
FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)

NO_MODEL = "none"
"""What a user names instead of a model, so that the rules speak alone."""


class Group(click.Group):
    """Shows an error that Fairterms raises on purpose as one sentence, and exits with 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except FairtermsError as error:
            click.echo(f"fairterms: {error}", err=True)
            ctx.exit(2)


def load_analyzer(folders: Sequence[Path], policy: str | None, model: str = "default") -> "Analyzer":
    """An analyzer with folders of rules beside the shipped one, a policy by name or file, a model by name or folder."""
    from analyzer.engine import Analyzer
    from analyzer.policy import load_policy

    chosen = None if model == NO_MODEL else Path(model) if Path(model).is_dir() else model
    return Analyzer(rules=tuple(folders), policy=load_policy(policy) if policy else None, model=chosen)


def shipped_rules(*folders: Path) -> "RuleSet":
    from analyzer.resources import patterns_folder
    from analyzer.rulefiles import load_rules

    return load_rules(patterns_folder(), *folders)


@contextmanager
def writer(output: Path | None) -> Iterator[Any]:
    """Writes text or bytes to the terminal as results come, or to a file that appears only when it is whole."""
    if output is None:
        yield lambda item: click.echo(item, nl=False)
        return
    draft = output.with_name(f".{output.name}.part")
    try:
        with draft.open("wb") as file:
            yield lambda item: file.write(item if isinstance(item, bytes) else item.encode("utf-8"))
        draft.replace(output)
    except OSError as error:
        reason = error.strerror or str(error)
        raise FairtermsError(str(output), f"can't be written: {reason}.", "Name another file.") from error
    finally:
        draft.unlink(missing_ok=True)


class Progress:
    """A bar on stderr that shows after a moment, where stderr is a terminal."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None
        self._step = ""

    def __enter__(self) -> "Progress":
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress as Bar

            self._bar = Bar(console=Console(stderr=True), transient=True)
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

    def step(self, name: str, done: int, count: int) -> None:
        """Say how far a piece of work is."""
        if self._bar is None:
            return
        if self._task is None or name != self._step:
            if self._task is not None:
                self._bar.remove_task(self._task)
            self._task, self._step = self._bar.add_task(name, total=count), name
        self._bar.update(self._task, completed=done, total=count)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()
