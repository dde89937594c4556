"""What the commands of the gate share: which policy, which waivers, and how they end."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.support import Progress
from analyzer.errors import DocumentError, FairtermsError, RuleError, WaiverError
from analyzer.findings import Failure

if TYPE_CHECKING:
    from analyzer.engine import Analyzer
    from analyzer.gate import GateResult
    from analyzer.waivers import Waivers

__all__ = [
    "DAY",
    "check_all_read",
    "check_rule_folders",
    "deciding",
    "policy_for",
    "read",
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


def read(
    paths: Sequence[Path],
    analyzer: "Analyzer",
    today: date,
    *,
    waivers: "Waivers | None" = None,
    besides: Sequence[Path | None] = (),
) -> "GateResult":
    """What the gate says of documents; ``besides`` are files that are none.

    Raises DocumentError where there is no document.
    """
    from analyzer.checking import check
    from analyzer.gathering import gather

    items, causes = gather(paths, besides=[path for path in besides if path])
    for cause in causes:
        raise DocumentError(cause.document, cause.message, cause.remedy)
    with Progress() as progress:
        return check(items, analyzer, today=today, waivers=waivers, progress=progress.of)


def check_all_read(result: "GateResult") -> None:
    """Raise DocumentError for the first document that could not be read."""
    for document in result.documents:
        if isinstance(document.outcome, Failure):
            raise DocumentError(document.outcome.name, document.outcome.cause, document.outcome.remedy)
