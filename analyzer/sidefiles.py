"""Files that people keep beside their documents: found by walking up, locked while they change, replaced whole."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from analyzer.errors import FairtermsError

__all__ = ["find_upwards", "is_same_document", "locked", "write_whole"]

_PATIENCE = 15.0
"""Seconds that one writer waits for another."""


def find_upwards(name: str, start: Path) -> Path | None:
    """The nearest file of that name in a folder or one above it; None where there is none.

    A link that leads nowhere is found too: whoever reads it then hears of it, and no other file takes its place.
    """
    folder = start.resolve()
    for place in (folder, *folder.parents):
        candidate = place / name
        if candidate.is_file() or candidate.is_symlink():
            return candidate
    return None


def is_same_document(one: str, other: str) -> bool:
    """Two names lead to one document: the shorter is the end of the longer, folder by folder."""
    first, second = one.split("/"), other.split("/")
    shared = min(len(first), len(second))
    return first[-shared:] == second[-shared:]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other writers of a file out while it is read, changed and replaced.

    Raises FairtermsError where the lock can't be had in time.
    """
    path = path.resolve()
    lock = path.with_name(f".{path.name}.lock")
    deadline = time.monotonic() + _PATIENCE
    while not _is_taken(lock, path):
        if time.monotonic() > deadline:
            raise FairtermsError(
                str(path),
                "another program has been changing it for too long.",
                f"If none is running, remove {lock.name} beside it and try again.",
            )
        time.sleep(0.02)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def _is_taken(lock: Path, path: Path) -> bool:
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return False
    except OSError as error:
        raise _unwritable(path, error) from error
    return True


def write_whole(path: Path, text: str) -> None:
    """Replace a file by one that is complete; a reader sees the old one or the new one, never half of it.

    A link stays a link, and the file keeps its permissions. Raises FairtermsError where it can't be written.
    """
    target = path.resolve()
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileNotFoundError):
            draft.chmod(target.stat().st_mode & 0o777)
        draft.replace(target)
    except (OSError, UnicodeEncodeError) as error:
        raise _unwritable(path, error) from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _unwritable(path: Path, error: OSError | UnicodeEncodeError) -> FairtermsError:
    reason = "it would hold characters that are no text" if isinstance(error, UnicodeEncodeError) else error.strerror
    return FairtermsError(str(path), f"can't be written: {reason or error}.", "Check its folder, or name another file.")
