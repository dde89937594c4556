"""A folder for what has to touch the disk: gone when the service ends, and after a crash when it starts again."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has no such locks: what a crash leaves there is for the system to clean
    fcntl = None  # type: ignore[assignment]

__all__ = ["spool"]

_PREFIX = "fairterms-serve-"
_LOCK = "lock"


@contextmanager
def spool() -> Iterator[Path]:
    """A folder that only this user reads, where temporary files of this process go meanwhile.

    Its lock lasts as long as the process: a folder without one was left by a service that was killed.
    """
    place = Path(tempfile.gettempdir())
    _remove_left_over(place)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
    usual = tempfile.tempdir
    try:
        with (folder / _LOCK).open("wb") as lock:
            if fcntl:
                fcntl.flock(lock, fcntl.LOCK_EX)
            tempfile.tempdir = str(folder)
            yield folder
    finally:
        tempfile.tempdir = usual
        shutil.rmtree(folder, ignore_errors=True)


def _remove_left_over(place: Path) -> None:
    for folder in sorted(place.glob(f"{_PREFIX}*")):
        with contextlib.suppress(OSError):
            if _is_left_over(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_left_over(folder: Path) -> bool:
    """Ours, and its lock is free; one whose lock isn't there yet is just being made."""
    if fcntl is None or folder.is_symlink() or folder.stat().st_uid != os.getuid():
        return False
    with (folder / _LOCK).open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
