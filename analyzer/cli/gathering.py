"""What the commands of the gate share: which documents, which policy, which waivers, and how they end."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from analyzer.cli.support import Progress
from analyzer.errors import DocumentError, FairtermsError, RuleError, WaiverError
from analyzer.findings import Failure

if TYPE_CHECKING:
    from analyzer.document import Source
    from analyzer.engine import Analyzer
    from analyzer.gate import Cause, GateResult
    from analyzer.waivers import Waivers

__all__ = [
    "DAY",
    "check_rule_folders",
    "deciding",
    "gather",
    "policy_for",
    "read_all",
    "start_of",
    "today_or",
    "waivers_for",
]

DAY = click.DateTime(["%Y-%m-%d"])


def today_or(given: datetime | None) -> date:
    """The day that waivers are held against."""
    return given.date() if given else date.today()


@contextmanager
def deciding() -> Iterator[None]:
    """Whatever breaks inside ends with 2: a gate that broke down has decided nothing, and 1 would say that it has."""
    try:
        yield
        sys.stdout.flush()
    except (click.ClickException, click.exceptions.Exit, FairtermsError):
        raise
    except (KeyboardInterrupt, click.Abort):
        click.echo("fairterms: interrupted; nothing is decided.", err=True)
        sys.exit(2)
    except BrokenPipeError:
        # What is left in the buffer would be written once more at the end, and fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(2)
    except Exception as error:  # noqa: BLE001 - without this the program would exit with 1, which means findings
        # The error's own words may quote a document.
        reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        click.echo(f"fairterms: something went wrong ({reason}); nothing is decided.", err=True)
        sys.exit(2)


def gather(paths: Sequence[Path]) -> "tuple[list[Source | FairtermsError], list[Cause]]":
    """The documents under some paths, and a cause for each path that holds none.

    Documents are named by their path from the current folder, so that two of one name can be told apart and a report
    leads back to its file. One that is reached twice is read once.
    """
    from analyzer.gate import Cause, CauseKind, Exit
    from analyzer.parsing import collect

    items: dict[str, Source | FairtermsError] = {}
    causes = []
    for path in paths:
        is_empty = True
        for item in collect([path]):
            is_empty = False
            _add(items, _renamed(item, _placed(path, item.name)))
        if is_empty:
            name = _place(path) or path.resolve().name
            remedy = "Name the folder that holds the documents, or take it out."
            causes.append(
                Cause(CauseKind.NOTHING, Exit.UNDECIDED, "There is no document in this folder.", name, remedy)
            )
    return list(items.values()), causes


def _add(items: "dict[str, Source | FairtermsError]", item: "Source | FairtermsError") -> None:
    """Another document under a name that is taken gets a number, unless it is the same one."""
    path = PurePosixPath(item.name)
    name, count = item.name, 1
    while name in items and not _is_same(items[name], item):
        count += 1
        name = str(path.with_name(f"{path.stem} ({count}){path.suffix}"))
    items.setdefault(name, _renamed(item, name))


def _is_same(one: "Source | FairtermsError", other: "Source | FairtermsError") -> bool:
    if isinstance(one, FairtermsError) or isinstance(other, FairtermsError):
        return False
    return one.data == other.data


def _renamed(item: "Source | FairtermsError", name: str) -> "Source | FairtermsError":
    if isinstance(item, FairtermsError):
        return type(item)(name, item.cause, item.remedy)
    return replace(item, name=name)


def _placed(path: Path, name: str) -> str:
    """A document's name with the folders that lead to it; the first part of ``name`` stands for ``path``."""
    place = _place(path)
    _, slash, rest = name.partition("/")
    return f"{place}{slash if place else ''}{rest}" if place or rest else name


def _place(path: Path) -> str:
    """A path from the current folder, with slashes; outside of it its name alone."""
    from analyzer.parsing.packages import display_name

    whole = Path(os.path.abspath(path))  # noqa: PTH100 - resolve would follow links, and names stand as people gave them
    here = Path.cwd()
    shown = whole.relative_to(here).as_posix() if whole.is_relative_to(here) else whole.name
    return "/".join(map(display_name, shown.split("/"))) if shown != "." else ""


def start_of(paths: Sequence[Path]) -> Path:
    """The folder from which policy and waivers are looked for: the one that holds all that is checked."""
    folders = [path.resolve() if path.is_dir() else path.resolve().parent for path in paths]
    try:
        return Path(os.path.commonpath(folders))
    except ValueError:  # on two drives
        return folders[0]


def policy_for(named: str | None, paths: Sequence[Path]) -> str | None:
    """The policy that was named, else the nearest above the documents or above here; None for the shipped one."""
    from analyzer.policy import find_policy

    found = None if named else find_policy(start_of(paths)) or find_policy(Path.cwd())
    return named or (str(found) if found else None)


def waivers_for(named: Path | None, policy: str | None, paths: Sequence[Path]) -> Path | None:
    """The file of waivers: the named one, else the one beside the policy, else the nearest above the documents or here.

    Raises WaiverError where the named one is not there.
    """
    from analyzer.sidefiles import find_upwards
    from analyzer.waivers import WAIVERS_FILE

    if named:
        if not named.exists():
            raise WaiverError(str(named), "there is no such file of waivers.", "Check its path.")
        return named
    if policy and Path(policy).is_file() and os.path.lexists(beside := Path(policy).parent / WAIVERS_FILE):
        return beside
    return find_upwards(WAIVERS_FILE, start_of(paths)) or find_upwards(WAIVERS_FILE, Path.cwd())


def check_rule_folders(folders: Sequence[Path]) -> None:
    """Refuse a folder of one's own rules that holds none: whoever names it means to be checked by them."""
    for folder in folders:
        if folder.is_dir() and not any(folder.rglob("*.toml")):
            raise RuleError(str(folder), "holds no rule files.", "Name a folder with CATEGORY/NAME.toml files.")


def read_all(
    paths: Sequence[Path], analyzer: "Analyzer", today: date, waivers: "Waivers | None" = None
) -> "GateResult":
    """What the gate says of documents, all of which could be read. Raises DocumentError."""
    from analyzer.checking import check

    items, causes = gather(paths)
    for cause in causes:
        raise DocumentError(cause.document, cause.message, cause.remedy)
    with Progress() as progress:
        result = check(items, analyzer, today=today, waivers=waivers, progress=progress.of)
    for document in result.documents:
        if isinstance(document.outcome, Failure):
            raise DocumentError(document.outcome.name, document.outcome.cause, document.outcome.remedy)
    return result
