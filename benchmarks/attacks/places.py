"""What may lie in a folder beside files: links in circles, pipes, sockets, files that nobody may read, odd names."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

__all__ = ["write_places"]

_TEXT = b"The vendor shall furnish a performance bond.\n"

_NAMES = {
    "line break in the name": b"line\nbreak.txt",
    "carriage return in the name": b"return\r\n.txt",
    "terminal commands in the name": b"\x1b[2J\x1b]0;x\x07.txt",
    "turned letters in the name": "\u202etxt.exe.txt".encode(),
    "name that is not UTF-8": b"not-\xff\xfe-utf8.txt",
    "name of 255 bytes": b"a" * 251 + b".txt",
    "markup in the name": b"<script>alert(1)<!--.txt",
    "name like an option": b"--output.txt",
    "name of spaces": b" .txt ",
    "quotes in the name": b"'\";`id`$(id)|&.txt",
    "separated letters in the name": "e\u0301\u200b\ufeff.txt".encode(),
}


def _socket(path: Path) -> None:
    """A path in the file system that a server listened on."""
    here = Path.cwd()
    try:
        os.chdir(path.parent)  # the address of a socket has room for a hundred bytes
        with socket.socket(socket.AF_UNIX) as opened:
            opened.bind(path.name)
    finally:
        os.chdir(here)


def _locked(path: Path) -> None:
    path.write_bytes(_TEXT)
    path.chmod(0)


def _locked_folder(path: Path) -> None:
    path.mkdir()
    (path / "inside.txt").write_bytes(_TEXT)
    path.chmod(0)


def _deep(path: Path) -> None:
    """Folders in folders, until no path is long enough to name the last."""
    here = Path.cwd()
    path.mkdir()
    try:
        os.chdir(path)
        for _ in range(600):
            Path("deeper").mkdir()
            os.chdir("deeper")
        Path("terms.txt").write_bytes(_TEXT)
    finally:
        os.chdir(here)


def write_places(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Make them, and yield name, what is nasty about it, and how it must end.

    What a system or its user can't make, such as a name that is not UTF-8 on some, is left out.
    """
    outside = folder.absolute().parent
    made: tuple[tuple[str, str, str, Callable[[Path], None]], ...] = (
        ("circle", "link to its own folder", "nothing", lambda path: path.symlink_to(".")),
        ("circle.txt", "link to itself", "error", lambda path: path.symlink_to("circle.txt")),
        ("up", "link out of the folder", "error", lambda path: path.symlink_to(outside)),
        ("dangling.txt", "link to nothing", "error", lambda path: path.symlink_to("no-such-file.txt")),
        ("device.txt", "link to a device", "error", lambda path: path.symlink_to("/dev/zero")),
        ("process.txt", "link to a file of the system", "error", lambda path: path.symlink_to("/proc/self/mem")),
        ("pipe.txt", "pipe", "error", os.mkfifo),
        ("socket.txt", "socket", "error", _socket),
        ("locked.txt", "file that nobody may read", "either", _locked),
        ("locked", "folder that nobody may read", "either", _locked_folder),
        ("deep", "folders deeper than a path reaches", "either", _deep),
        ("folder.pdf", "folder named like a document", "nothing", Path.mkdir),
    )
    for name, kind, end, make in made:
        with suppress(OSError):
            make(folder / name)
            yield name, kind, end
    for kind, raw in _NAMES.items():
        path = folder / os.fsdecode(raw)
        with suppress(OSError):
            path.write_bytes(_TEXT)
            yield path.name, kind, "report"
