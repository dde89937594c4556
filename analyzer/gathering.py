"""Which documents are meant: by paths, or by files at hand; none of them is left out in silence.

Whoever names a folder or a package means what is in it, so an empty one is a cause not to pass: else a check of a
wrong folder beside a good file would look like a check of both.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from analyzer.baseline import BASELINE_FILE
from analyzer.document import Source
from analyzer.errors import FairtermsError
from analyzer.gate import Cause, CauseKind, Exit
from analyzer.parsing import collect, members
from analyzer.parsing.packages import display_name
from analyzer.policy.loading import FILE_NAME as POLICY_FILE
from analyzer.waivers import WAIVERS_FILE

__all__ = ["SIDE_FILES", "Gathered", "gather", "gather_sources", "numbered", "place_of"]

Gathered = tuple[list[Source | FairtermsError], list[Cause]]


SIDE_FILES = frozenset({POLICY_FILE, WAIVERS_FILE, BASELINE_FILE})
"""What Fairterms itself keeps beside documents; no document unless somebody names it."""


def gather(paths: Sequence[Path], *, besides: Sequence[Path] = ()) -> Gathered:
    """The documents under some paths, and a cause for each path that holds none.

    Documents are named by their path from the current folder, so that two of one name can be told apart and a report
    leads back to its file. One that is reached twice is read once. ``besides`` are files in these folders that are no
    documents, such as the report of this very run.
    """
    return _gathered((place_of(path) or path.resolve().name, _below(path, besides)) for path in paths)


def _below(path: Path, besides: Sequence[Path]) -> Iterator[Source | FairtermsError]:
    whole = _whole(path)
    skipped = {_whole(side).relative_to(whole).as_posix() for side in besides if _whole(side).is_relative_to(whole)}
    for item in collect([path]):
        inner = item.name.partition("/")[2]
        if path.is_dir() and (inner in skipped or PurePosixPath(inner).name in SIDE_FILES):
            continue
        yield _renamed(item, _placed(path, item.name))


def gather_sources(sources: Iterable[Source]) -> Gathered:
    """Files at hand, the documents in those that are packages, and a cause for each package that holds none."""
    return _gathered((source.name, members(source)) for source in sources)


def _gathered(groups: Iterable[tuple[str, Iterator[Source | FairtermsError]]]) -> Gathered:
    items: dict[str, Source | FairtermsError] = {}
    causes = []
    for name, group in groups:
        is_empty = True
        for item in group:
            is_empty = False
            _add(items, item)
        if is_empty:
            message = "There is no document in this folder or package."
            remedy = "Name what holds the documents, or take it out."
            causes.append(Cause(CauseKind.NOTHING, Exit.UNDECIDED, message, name, remedy))
    return list(items.values()), causes


def _add(items: dict[str, Source | FairtermsError], item: Source | FairtermsError) -> None:
    """Another document under a name that is taken gets a number, unless it is the same one."""
    name, count = item.name, 1
    while name in items and not _is_same(items[name], item):
        count += 1
        name = numbered(item.name, count)
    items.setdefault(name, _renamed(item, name))


def numbered(name: str, count: int) -> str:
    """What the second and further documents of one name are called."""
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem} ({count}){path.suffix}"))


def _is_same(one: Source | FairtermsError, other: Source | FairtermsError) -> bool:
    if isinstance(one, FairtermsError) or isinstance(other, FairtermsError):
        return False
    return one.data == other.data


def _renamed(item: Source | FairtermsError, name: str) -> Source | FairtermsError:
    if isinstance(item, FairtermsError):
        return type(item)(name, item.cause, item.remedy)
    return replace(item, name=name)


def _placed(path: Path, name: str) -> str:
    """A document's name with the folders that lead to it; the first part of ``name`` stands for ``path``."""
    place = place_of(path)
    _, slash, rest = name.partition("/")
    return f"{place}{slash if place else ''}{rest}" if place or rest else name


def place_of(path: Path) -> str:
    """A path from the current folder, with slashes; outside of it its name alone."""
    whole = _whole(path)
    here = Path.cwd()
    shown = whole.relative_to(here).as_posix() if whole.is_relative_to(here) else whole.name
    return "/".join(map(display_name, shown.split("/"))) if shown != "." else ""


def _whole(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve would follow links, and names stand as people gave them
