"""What stands below a folder, here or in a store, in the order of names, a folder at a time.

Only the names of the folders on the way down are held, so that a tree of a million files takes no more memory than
its largest folder.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from analyzer.batch.stores import is_url, list_store
from analyzer.errors import DocumentError
from analyzer.gathering import SIDE_FILES
from analyzer.parsing.packages import (
    MAX_FOLDERS,
    display_name,
    is_skipped,
    leads_out,
    led_out,
    nested_too_deep,
    unopened,
)

__all__ = ["Folder", "Found", "below", "file_key", "folder_key", "split_pattern", "walk"]

Pattern = tuple[str, ...]
"""The parts of a glob that are still to be met."""
_Listed = tuple[list[str], set[str], set[str]]
"""The names in a folder, those of folders, and those of symbolic links."""
_ALL: frozenset[Pattern] = frozenset({()})
_MAGIC = re.compile(r"[*?[]")


@dataclass(frozen=True, slots=True)
class Found:
    """A file that a walk came to."""

    name: str
    """How it is shown."""
    place: str
    key: str
    """Its name after that of its folder, which is the same on whatever way it was reached."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder to walk through, or one that a walk came to once more."""

    name: str
    place: str
    top: Path
    """The folder that was named, beyond which no link is followed; of no meaning in a store."""
    patterns: frozenset[Pattern] = _ALL
    """What paths below it look like that are meant; the empty one fits each."""


def split_pattern(text: str) -> tuple[str, Pattern] | None:
    """The folder above the first part that is a pattern, and the parts from there on; None if none is.

    ``**`` stands for any number of folders, also none.
    """
    scheme, colon, rest = text.partition("://") if is_url(text) else ("", "", text)
    parts = rest.split("/")
    first = next((index for index, part in enumerate(parts) if _MAGIC.search(part)), None)
    if first is None:
        return None
    base = "/".join(parts[:first])
    if not colon:
        base = base or ("/" if first else ".")
    return f"{scheme}{colon}{base}", tuple(part for part in parts[first:] if part not in {"", "."})


def folder_key(place: str) -> str:
    """What a folder is called on whatever way it is reached. Raises OSError."""
    if is_url(place):
        return place.rstrip("/")
    status = Path(place).stat()
    return f"{status.st_dev}:{status.st_ino}"


def file_key(place: str) -> str:
    """As `folder_key`, for a file, whether it is there or not."""
    if is_url(place):
        return place
    folder, name = os.path.split(place)
    try:
        return f"{folder_key(folder or '.')}/{name}"
    except (OSError, ValueError):
        return place


def walk(
    root: Folder, walked: set[tuple[str, frozenset[Pattern]]], besides: frozenset[str]
) -> Iterator[Found | Folder | DocumentError]:
    """The files below a folder; a Folder in place of one that was ``walked`` before, an error where one can't be.

    ``besides`` are the keys of files and folders that are left out.
    """
    way: list[Iterator[Found | Folder | DocumentError]] = [iter((root,))]
    while way:
        item = next(way[-1], None)
        if item is None:
            way.pop()
        elif not isinstance(item, Folder):
            yield item
        else:
            try:
                key = folder_key(item.place)
            except OSError as error:
                yield unopened(item.name or ".", error)
                continue
            visit = (key, item.patterns)
            if visit in walked:
                yield item
            elif len(way) > MAX_FOLDERS + 1:
                yield nested_too_deep(item.name)
            elif key not in besides:
                walked.add(visit)
                way.append(_inside(item, key, besides))


def below(name: str, child: str) -> str:
    """How a file or folder is shown that stands in the one of that name."""
    return f"{name}/{display_name(child)}" if name else display_name(child)


def _inside(folder: Folder, key: str, besides: frozenset[str]) -> Iterator[Found | Folder | DocumentError]:
    """What stands in a folder itself."""
    try:
        names, folders, links = _list_store(folder.place) if is_url(folder.place) else _list_local(folder.place)
    except OSError as error:
        yield unopened(folder.name or ".", error)
        return
    except DocumentError as error:
        yield error
        return
    start = folder.place if folder.place.endswith("/") else f"{folder.place}/"
    for name in sorted(names):
        patterns = _after(folder.patterns, name)
        shown, place = below(folder.name, name), start + name
        is_meant = () in patterns and f"{key}/{name}" not in besides
        if name in links and leads_out(Path(place), folder.top):
            if is_meant:
                yield led_out(shown)
        elif name in folders:
            if patterns:
                yield Folder(shown, place, folder.top, patterns)
        elif is_meant and name not in SIDE_FILES:
            yield Found(shown, place, f"{key}/{name}")


def _list_local(place: str) -> _Listed:
    names, folders, links = [], set(), set()
    with os.scandir(place) as found:
        for entry in found:
            names.append(entry.name)
            if entry.is_symlink():
                links.add(entry.name)
            if _leads_to_folder(entry):
                folders.add(entry.name)
    return names, folders, links


def _list_store(url: str) -> _Listed:
    names, folders = list_store(url)
    return names, folders, set()


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _after(patterns: frozenset[Pattern], name: str) -> frozenset[Pattern]:
    """What is still to be met below a file or folder of that name; nothing where it is not meant."""
    left = set()
    for pattern in patterns:
        for whole in _from_each_folder(pattern):
            if not whole or whole[0] == "**":
                if not is_skipped(name):
                    left.add(whole)
            elif _fits(name, whole[0]):
                left.add(whole[1:])
    return _ALL if () in left else frozenset(left)


def _from_each_folder(pattern: Pattern) -> Iterator[Pattern]:
    """A pattern, and what is left of it where ``**`` stands for no folder."""
    yield pattern
    while pattern and pattern[0] == "**":
        pattern = pattern[1:]
        yield pattern


def _fits(name: str, pattern: str) -> bool:
    """As in a shell, a name that begins with a dot is met by a pattern that does so too."""
    if is_skipped(name) and not (name.startswith(".") and pattern.startswith(".")):
        return False
    return fnmatchcase(name, pattern)
