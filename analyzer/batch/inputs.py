"""What a batch reads: sources become units, a unit becomes bytes, a ZIP package becomes units.

Listing opens no file, so that a pipe or device in a folder can't hold it up; the worker that reads one refuses it.
"""

import os
import stat
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from analyzer.batch.listing import Folder, Found, Pattern, file_key, folder_key, split_pattern, walk
from analyzer.batch.names import Names, Texts
from analyzer.batch.stores import is_private, is_url, kind_of, local_path, open_store, read_store, shown_url
from analyzer.batch.values import Unit
from analyzer.document import Source
from analyzer.errors import DamagedDocument, DocumentError, UnsupportedFormat
from analyzer.gathering import numbered, place_of
from analyzer.parsing.packages import (
    MAX_FILE,
    check_expansion,
    check_size,
    entries,
    is_folder,
    load_file,
    read_entry,
    real,
    unopened,
)
from analyzer.parsing.sniffing import MediaType, sniff

__all__ = ["list_units", "members_of", "read_list", "read_unit"]

_LONGEST_NAME = 1 << 20
_PIECE = 1 << 16


def list_units(sources: Sequence[str], *, besides: Sequence[Path] = ()) -> Iterator[Unit | DocumentError]:
    """The files that some sources mean: files, folders with all below them, globs, and URLs of each.

    In the order of the sources, and within one by name, folder after folder. A file that is reached twice is listed
    once. What hides, what office programs and file managers drop, what Fairterms itself keeps beside documents and
    ``besides`` are left out of folders and globs, and of them alone. A source that is not there is listed, so that
    its reader says so; one that holds nothing is an error, and so is a folder that can't be listed.
    """
    listing = _Listing(frozenset(key for path in besides for key in _keys_of(path)))
    for source in sources:
        yield from listing.under(source)


@dataclass(slots=True)
class _Listing:
    besides: frozenset[str]
    walked: set[tuple[str, frozenset[Pattern]]] = field(default_factory=set)
    roots: dict[str, str] = field(default_factory=dict)
    """The names of folders named as sources, each with what it is on any way."""
    names: Names = field(default_factory=Names)
    keys: Texts = field(default_factory=Texts)

    def under(self, source: str) -> Iterator[Unit | DocumentError]:
        try:
            root = _root(source)
        except DocumentError as error:
            yield self._named(error)
            return
        if isinstance(root, Found):
            yield from self._unit(root, is_named=True)
            return
        is_empty = True
        for item in walk(self._apart(root), self.walked, self.besides):
            is_empty = False
            if isinstance(item, DocumentError):
                yield self._named(item)
            elif isinstance(item, Found):
                yield from self._unit(item, is_named=False)
        if is_empty:
            remedy = "Name what holds the documents, or take it out."
            yield self._named(DocumentError(shown_url(source), "there is no document in it.", remedy))

    def _unit(self, found: Found, *, is_named: bool) -> Iterator[Unit]:
        if self.keys.add(found.key):
            name = self.names.unique(found.name)
            data = _private_data(found.place, name) if is_private(found.place) else None
            yield Unit(name, found.place, data=data, is_named=is_named)

    def _named(self, error: DocumentError) -> DocumentError:
        return type(error)(self.names.unique(error.name), error.cause, error.remedy)

    def _apart(self, root: Folder) -> Folder:
        """Two folders of one name are told apart as wholes, so that names below them need no number."""
        try:
            key = folder_key(root.place)
        except OSError:
            return root
        name, number = root.name, 1
        while name and self.roots.setdefault(name, key) != key:
            number += 1
            name = numbered(root.name, number)
        return replace(root, name=name)


def _keys_of(path: Path) -> Iterator[str]:
    """What a file or folder that is left out is called on any way."""
    place = str(_here(str(path)))
    yield file_key(place)
    if is_folder(path):
        yield folder_key(place)


def _root(source: str) -> Found | Folder:
    """Where a source begins. Raises DocumentError."""
    if not source:
        raise DamagedDocument("(no name)", "the name of a source is empty.", "Name a file, a folder, a glob or a URL.")
    text = local_path(source) if is_url(source) else source
    if text is None:
        return _root_in_store(source)
    if is_folder(Path(text)):
        return Folder(place_of(Path(text)), _here(text), real(Path(text)))
    if not os.path.lexists(text) and (split := split_pattern(text)):
        base, pattern = split
        return Folder(place_of(Path(base)), _here(base), real(Path(base)), frozenset({pattern}))
    return Found(place_of(Path(text)), _here(text), file_key(_here(text)))


def _here(path: str) -> str:
    """A path that means the same in another process; ``..`` stays, since it may follow a link."""
    return os.path.join(Path.cwd(), path)  # noqa: PTH118 - joining as paths would lose nothing, but it fails on NUL


def _root_in_store(url: str) -> Found | Folder:
    kind = kind_of(url)
    if kind == "directory":
        return Folder(shown_url(url).rstrip("/"), url, Path())
    if not kind and (split := split_pattern(url)):
        base, pattern = split
        return Folder(shown_url(base).rstrip("/"), base, Path(), frozenset({pattern}))
    return Found(shown_url(url), url, url)


def _private_data(url: str, name: str) -> bytes | None:
    try:
        return read_store(url, name, MAX_FILE).data
    except DocumentError:
        return None


def read_unit(unit: Unit, limit: int) -> Source:
    """The bytes of a unit under its name.

    Raises DocumentError where it can't be read, is no regular file, or has more than ``limit`` bytes.
    """
    if unit.data is not None:
        check_size(unit.name, len(unit.data), limit)
        return Source(unit.name, unit.data)
    if unit.member:
        return _read_member(unit, limit)
    if is_url(unit.place):
        return read_store(unit.place, unit.name, limit)
    return load_file(Path(unit.place), unit.name, limit)


def _read_member(unit: Unit, limit: int) -> Source:
    try:
        package, infos = _package(unit.place, unit.name, _stamp(unit))
        info = infos[unit.member][unit.number]
    except OSError as error:
        raise unopened(unit.name, error) from error
    except (ValueError, NotImplementedError, EOFError, zipfile.BadZipFile, LookupError) as error:
        raise DamagedDocument(
            unit.name, f"its package can't be read any more ({type(error).__name__}).", "Check the package."
        ) from error
    check_size(unit.name, info.file_size, limit)
    found = read_entry(package, info, unit.name)
    if isinstance(found, DocumentError):
        _package.cache_clear()  # the connection to a store may be what broke
        raise found
    return found


def _stamp(unit: Unit) -> tuple[int, int, int]:
    """What changes when a package does; a store's is taken to stay as it is while a process lives."""
    if is_url(unit.place):
        return (0, 0, 0)
    status = Path(unit.place).stat()
    if not stat.S_ISREG(status.st_mode):
        raise UnsupportedFormat(unit.name, "its package is not a regular file.", "Give a file.")
    return (status.st_ino, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=1)
def _package(
    place: str, name: str, stamp: tuple[int, int, int]
) -> tuple[zipfile.ZipFile, dict[str, list[zipfile.ZipInfo]]]:
    """A package that stays open, since the next unit is likely in it too, and its directory may be long."""
    package = zipfile.ZipFile(open_store(place, name) if is_url(place) else place)
    infos: dict[str, list[zipfile.ZipInfo]] = {}
    for info in package.infolist():
        infos.setdefault(info.filename, []).append(info)
    return package, infos


def members_of(unit: Unit, source: Source) -> tuple[Unit, ...] | None:
    """The entries of a ZIP package, by name; None where a unit is none, or must be read as a whole.

    That is so within a package, and where nobody else could read the place. Raises DocumentError for a file that is
    empty or damaged, or a package that breaks a limit.
    """
    if unit.member or unit.data is not None or sniff(source) != MediaType.ZIP:
        return None
    check_expansion(source)
    names, numbers = Names(), Counter[str]()
    found = []
    with zipfile.ZipFile(BytesIO(source.data)) as package:
        for info, name in entries(package):
            member = info.filename
            found.append(Unit(names.unique(f"{unit.name}/{name}"), unit.place, member, numbers[member]))
            numbers[member] += 1
    return tuple(found)


def read_list(stream: BinaryIO) -> Iterator[str]:
    """Names of sources, one a line; with a NUL after each instead, if there is one early on, as ``find -print0`` does.

    Bytes that are no UTF-8 are kept as the system's own calls keep them. Raises DocumentError for what is no list.
    """
    first = stream.read(_PIECE).removeprefix(b"\xef\xbb\xbf")
    end = b"\0" if b"\0" in first else b"\n"
    rest = b""
    for piece in chain([first], iter(lambda: stream.read(_PIECE), b"")):
        *names, rest = (rest + piece).split(end)
        yield from _decoded(names, end)
        if len(rest) > _LONGEST_NAME:
            raise DocumentError("(list)", "a line of it is longer than any name.", "Give one name a line.")
    yield from _decoded([rest], end)


def _decoded(names: list[bytes], end: bytes) -> Iterator[str]:
    for name in names:
        text = (name.removesuffix(b"\r") if end == b"\n" else name).decode("utf-8", "surrogateescape")
        if text:
            yield text
