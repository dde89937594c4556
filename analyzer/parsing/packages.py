"""Finds the documents in folders, ZIP packages and e-mails, and never hangs, loops or drops one in silence."""

import os
import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path, PurePosixPath

from analyzer.document import Source
from analyzer.errors import DamagedDocument, DocumentError, DocumentTooLarge, EncryptedDocument, UnsupportedFormat
from analyzer.parsing.sniffing import MediaType, describe, sniff

__all__ = [
    "MAX_DEPTH",
    "MAX_EXPANDED",
    "MAX_FILE",
    "MAX_FOLDERS",
    "MAX_MEMBERS",
    "check_expansion",
    "check_size",
    "collect",
    "display_name",
    "entries",
    "expand",
    "is_folder",
    "is_skipped",
    "leads_out",
    "led_out",
    "load",
    "load_file",
    "members",
    "nested_too_deep",
    "read_entry",
    "real",
    "unopened",
]

MAX_FOLDERS = 100
"""How deep folders may be nested in each other."""
MAX_DEPTH = 4
"""How many packages may be nested in each other."""
MAX_MEMBERS = 10_000
"""How many files a package may hold, those of nested packages counted."""
MAX_EXPANDED = 2_000_000_000
"""How many bytes a package may expand to, nested packages counted."""
MAX_RATIO = 200
"""How many times its size a package may expand to; office files reach 30."""
_SMALL = 50_000_000
MAX_FILE = 500_000_000
"""How many bytes are read of one file, unless another limit is set."""

_DROPPINGS = frozenset({".ds_store", "thumbs.db", "desktop.ini", "__macosx"})
_SYMLINK = 0o120000
_UNREAD = frozenset(
    {
        MediaType.BINARY,
        MediaType.XML,
        MediaType.OLE,
        MediaType.PPTX,
        MediaType.PPT,
        MediaType.XLSB,
        MediaType.ODP,
        MediaType.EPUB,
        MediaType.PICTURE,
        MediaType.ARCHIVE,
    }
)
# Text that no one reviews: as text it would parse, and its keywords would look like clauses.
_PROGRAMS = frozenset("py js ts css json yaml yml toml ini cfg sh bat ps1 c h cpp java rb go rs sql log lock".split())


def display_name(name: str) -> str:
    """A file's name as it can be shown: without characters that break lines, reorder text or can't be encoded."""
    if name.isprintable():
        return name
    return "".join(" " if unicodedata.category(c) == "Zs" else c if c.isprintable() else "\ufffd" for c in name)


def check_expansion(source: Source) -> None:
    """Raise DocumentTooLarge for a ZIP container that expands beyond the limits, before anything expands it.

    A member can't yield more than the size it declares: zipfile stops there.
    """
    with zipfile.ZipFile(BytesIO(source.data)) as package:
        members = package.infolist()
    total = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS:
        raise DocumentTooLarge(
            source.name, f"the package holds {len(members):,} files; the limit is {MAX_MEMBERS:,}.", "Split it."
        )
    if total > MAX_EXPANDED or (total > _SMALL and total > MAX_RATIO * len(source.data)):
        raise DocumentTooLarge(
            source.name,
            f"the package expands from {len(source.data) / 1e6:,.1f} to {total / 1e6:,.0f} MB, as a ZIP bomb does.",
            "If it comes from someone you trust, unpack it and give the documents in it.",
        )


@dataclass(slots=True)
class _Budget:
    """What nested packages may still expand to, together."""

    members: int = MAX_MEMBERS
    size: int = MAX_EXPANDED


def expand(source: Source) -> tuple[Source | DocumentError, ...]:
    """The documents in a ZIP package or the attachments of an e-mail, named ``package.zip/folder/terms.docx``.

    Packages in packages are expanded too; an e-mail stands before its attachments. A member that can't be
    taken out is a DocumentError in its place. Empty for any other file. Raises DocumentError for a package
    that is damaged or breaks a limit.
    """
    return tuple(_members(source, 0, _Budget()))


def load(path: Path) -> Source:
    """A file's bytes under its name. Raises DocumentError where it can't be opened, or is no file."""
    return load_file(path, display_name(path.name or str(path)))


def load_file(path: Path, name: str, limit: int = MAX_FILE) -> Source:
    """A file's bytes under another name. Raises DocumentError, also where it has more than ``limit`` bytes.

    Nothing but a regular file is opened: opening a pipe waits, and opening a device may do anything.
    """
    if is_folder(path):
        raise UnsupportedFormat(name, "it is a folder.", "Name the documents in it one by one.")
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UnsupportedFormat(name, "it is not a regular file but a device, pipe or socket.", "Give a file.")
        check_size(name, status.st_size, limit)
        with path.open("rb") as file:
            data = file.read(status.st_size + 1)
            if len(data) > status.st_size:  # it has grown, or its system says of every file that it is empty
                data += file.read(limit + 1 - len(data))
    except OSError as error:
        raise unopened(name, error) from error
    except ValueError as error:
        raise DamagedDocument(name, "the path is not valid.", "Check its path.") from error
    check_size(name, len(data), limit)
    return Source(name, data)


def check_size(name: str, size: int, limit: int) -> None:
    """Raise DocumentTooLarge for more bytes than are read."""
    if size > limit:
        raise DocumentTooLarge(
            name, f"the file has {size / 1e6:,.0f} MB; the limit is {limit / 1e6:,.0f} MB.", "Split it into parts."
        )


def members(source: Source, *, is_named: bool = True) -> Iterator[Source | DocumentError]:
    """A file; for a ZIP package the documents in it, for an e-mail also its attachments.

    What can't be taken out is a DocumentError in its place; so is a file that is no document, unless someone named it.
    """
    return _with_members(source, 0, _Budget(), is_named=is_named)


def collect(paths: Iterable[Path]) -> Iterator[Source | DocumentError]:
    """The documents under some paths, in the order given; folders in the order of names, with packages expanded.

    What can't be read, each file in a folder or package that is no document, and each link that leads out of its
    folder is a DocumentError in its place; hidden files, temporary files of office programs and droppings of file
    managers are left out.
    """
    for path in paths:
        if is_folder(path):
            yield from _in_folder(path, display_name(path.name or path.resolve().name), _Walk(real(path)))
        else:
            yield from _collected(path, path.name or str(path), is_named=True)


def is_folder(path: Path) -> bool:
    """Whether a folder is there; False also for a path that is not valid."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def real(path: Path) -> Path:
    """Where a path leads in the end; it need not be there."""
    return Path(os.path.realpath(path))  # resolve raises where links lead in a circle


@dataclass(slots=True)
class _Walk:
    """The folder that somebody named, and what was met below it."""

    top: Path
    seen: set[tuple[int, int]] = field(default_factory=set)
    depth: int = 0


def _in_folder(folder: Path, name: str, walk: _Walk) -> Iterator[Source | DocumentError]:
    """What stands below a folder; one that is reached twice, as through a symbolic link, is read once."""
    if walk.depth > MAX_FOLDERS:
        yield nested_too_deep(name)
        return
    try:
        status = folder.stat()
        children = sorted(folder.iterdir())
    except OSError as error:
        yield unopened(name, error)
        return
    if (status.st_dev, status.st_ino) in walk.seen:
        return
    walk.seen.add((status.st_dev, status.st_ino))
    walk.depth += 1
    for child in children:
        if is_skipped(child.name):
            continue
        place = f"{name}/{display_name(child.name)}"
        if leads_out(child, walk.top):
            yield led_out(place)
        elif is_folder(child):
            yield from _in_folder(child, place, walk)
        else:
            yield from _collected(child, place, is_named=False)
    walk.depth -= 1


def leads_out(path: Path, top: Path) -> bool:
    """Whether a link would have something read that nobody named: a folder may come from a stranger."""
    try:
        return path.is_symlink() and not real(path).is_relative_to(top)
    except OSError:
        return False  # its path is too long, which opening it will say


def led_out(name: str) -> UnsupportedFormat:
    """What is said of a link that leads out of its folder."""
    return UnsupportedFormat(name, "it is a link that leads out of the folder.", "Name what it leads to.")


def nested_too_deep(name: str) -> DocumentTooLarge:
    """What is said of a folder below too many others."""
    cause = f"folders are nested more than {MAX_FOLDERS} deep."
    return DocumentTooLarge(name, cause, "Name this folder by itself.")


def is_skipped(name: str) -> bool:
    """Whether a name without its folders is that of a hidden or temporary file, which no one means."""
    return name.startswith((".", "~$")) or name.lower() in _DROPPINGS


def _collected(path: Path, name: str, *, is_named: bool) -> Iterator[Source | DocumentError]:
    try:
        source = load_file(path, display_name(name))
    except DocumentError as error:
        yield error
        return
    yield from _with_members(source, 0, _Budget(), is_named=is_named)


def unopened(name: str, error: OSError) -> DamagedDocument:
    """What the system says against opening a file or folder, as an error about it."""
    reason = (error.strerror or type(error).__name__).lower()
    return DamagedDocument(name, f"it can't be opened: {reason}.", "Check its path and permissions.")


def _with_members(
    source: Source, depth: int, budget: _Budget, *, is_named: bool = False
) -> Iterator[Source | DocumentError]:
    """A file, or what it holds."""
    try:
        media_type = sniff(source)
        if media_type != MediaType.ZIP:
            yield _judged(source, media_type, is_named=is_named)
        if media_type in _PACKAGES:
            yield from _members(source, depth, budget)
    except DocumentError as error:
        yield error


_PACKAGES = frozenset({MediaType.ZIP, MediaType.MAIL, MediaType.MSG})


def _judged(source: Source, media_type: MediaType, *, is_named: bool) -> Source | DocumentError:
    """A file that someone named is theirs to judge; one found beside others is refused if it is no document."""
    extension = PurePosixPath(source.name).suffix.lower().lstrip(".")
    is_program = extension in _PROGRAMS and media_type in {MediaType.TEXT, MediaType.MARKDOWN}
    if is_named or not (media_type in _UNREAD or is_program):
        return source
    kind = f"a .{extension} file" if is_program else describe(media_type)
    return UnsupportedFormat(source.name, f"it is {kind}, which is not read.", "Export it as PDF, or remove it.")


def _members(source: Source, depth: int, budget: _Budget) -> Iterator[Source | DocumentError]:
    media_type = sniff(source)
    if media_type not in _PACKAGES:
        return
    if depth >= MAX_DEPTH:
        raise DocumentTooLarge(source.name, f"packages are nested more than {MAX_DEPTH} deep.", "Unpack it first.")
    if media_type == MediaType.ZIP:
        check_expansion(source)
        found = _zip_members(source)
    else:
        from analyzer.parsing.mail import attachments

        found = iter(attachments(source, media_type))
    for member in found:
        if isinstance(member, DocumentError):
            yield member
            continue
        budget.members -= 1
        budget.size -= len(member.data)
        if budget.members < 0 or budget.size < 0:
            raise DocumentTooLarge(
                source.name,
                f"the package and those in it hold more than {MAX_MEMBERS:,} files or {MAX_EXPANDED / 1e9:.0f} GB.",
                "Split it.",
            )
        yield from _with_members(member, depth + 1, budget)


def _zip_members(source: Source) -> Iterator[Source | DocumentError]:
    with zipfile.ZipFile(BytesIO(source.data)) as package:
        for member, name in entries(package):
            yield read_entry(package, member, f"{source.name}/{name}")


def entries(package: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    """A package's files in the order of names, each with a name that is safe; two may have the same one."""
    for member in sorted(package.infolist(), key=lambda info: info.filename):
        parts = _safe_parts(member.filename)
        if not member.is_dir() and parts and not any(is_skipped(part) for part in parts):
            yield member, "/".join(parts)


def _safe_parts(name: str) -> tuple[str, ...]:
    """A member's path without what would lead out of the package: roots, drives, ``..``."""
    parts = display_name(name.replace("\\", "/")).split("/")
    return tuple(part for part in parts if part not in {"", ".", ".."} and not re.fullmatch(r"[A-Za-z]:", part))


def read_entry(package: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> Source | DocumentError:
    """The bytes of a package's file under a name, or what speaks against reading them."""
    if (member.external_attr >> 16) & 0o170000 == _SYMLINK:
        return UnsupportedFormat(name, "it is a symbolic link, which is not followed.", "Pack the file itself.")
    if member.flag_bits & 0x1:
        return EncryptedDocument(name, "it is protected by a password.", "Unpack it with the password first.")
    try:
        return Source(name, package.read(member))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - zlib, bz2, lzma and zipfile each raise their own
        return DamagedDocument(name, f"it can't be unpacked ({type(error).__name__}).", "Pack it again.")
