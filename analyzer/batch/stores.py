"""Files that are not on this machine's disks: object stores and the like, by URL, as fsspec reads them."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from analyzer.document import Source
from analyzer.errors import DamagedDocument, DocumentError, UnsupportedFormat
from analyzer.parsing.packages import check_size, display_name

__all__ = ["is_private", "is_url", "kind_of", "list_store", "local_path", "open_store", "read_store", "shown_url"]

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_SECRETS = re.compile(r"(?<=://)[^/@]*@|\?[\w.~-]+=.*", re.DOTALL)


def is_url(text: str) -> bool:
    """Whether a name is that of something in a store, rather than a path."""
    return _URL.match(text) is not None


def local_path(url: str) -> str | None:
    """The path of a ``file://`` URL, as fsspec takes it; None for any other."""
    if not url.startswith(("file://", "local://")):
        return None
    return url.partition("://")[2] or "/"


def is_private(url: str) -> bool:
    """Whether no other process can read it."""
    return url.startswith("memory://")


def shown_url(url: str) -> str:
    """A URL as it may be shown: without the user, password or key that it may carry."""
    return display_name(_SECRETS.sub("", url))


def kind_of(url: str) -> str:
    """What stands under this very name: ``file``, ``directory``, or nothing. Raises DocumentError."""
    if url.startswith(("http://", "https://")):
        return "file"  # they have no folders, and are asked once, when the file is read
    with _speaking(url) as (store, path):
        try:
            return str(store.info(path)["type"])
        except FileNotFoundError:
            return ""


def list_store(url: str) -> tuple[list[str], set[str]]:
    """The names in a folder, and those of them that are folders. Raises DocumentError."""
    names, folders = [], set()
    with _speaking(url) as (store, path):
        for item in store.ls(path, detail=True):
            whole = item["name"].rstrip("/")
            name = whole.rpartition("/")[2]
            # Stores without folders keep a place for one as an empty file with the folder's name.
            if not name or whole.strip("/") == path.strip("/"):
                continue
            names.append(name)
            if item["type"] == "directory":
                folders.add(name)
    return names, folders


def read_store(url: str, name: str, limit: int) -> Source:
    """A file's bytes under another name. Raises DocumentError, also where it has more than ``limit`` bytes."""
    with _speaking(url, name) as (store, path):
        file, size = _open(store, path, name, limit)
        with file:
            # Room is made for as much as is asked for, so not for the limit where the size is known.
            data = file.read((limit if size is None else size) + 1)
    check_size(name, len(data), limit)
    return Source(name, data)


def open_store(url: str, name: str) -> BinaryIO:
    """A file to read from, here and there. Raises DocumentError."""
    with _speaking(url, name) as (store, path):
        return _open(store, path, name, sys.maxsize)[0]


def _open(store: Any, path: str, name: str, limit: int) -> tuple[BinaryIO, int | None]:
    about = store.info(path)
    if about["type"] == "directory":
        raise UnsupportedFormat(name, "it is a folder.", "Name the documents in it one by one.")
    size = about.get("size")
    check_size(name, size or 0, limit)
    return store.open(path, "rb"), size


@contextmanager
def _speaking(url: str, name: str = "") -> Iterator[tuple[Any, str]]:
    """A store and the path in it; whatever goes wrong with them is a DocumentError.

    What drivers say may hold keys and addresses, so only the kind of their errors is told.
    """
    name = name or shown_url(url)
    try:
        yield _store(url)
    except (DocumentError, MemoryError):
        raise
    except FileNotFoundError as error:
        raise DamagedDocument(name, "it can't be opened: no such file or directory.", "Check its address.") from error
    except ImportError as error:
        raise _without_driver(name, url, error) from error
    except Exception as error:
        reason = type(error).__name__
        raise DamagedDocument(
            name, f"it can't be opened: {reason}.", "Check its address, the access to it and the connection."
        ) from error


def _store(url: str) -> tuple[Any, str]:
    from fsspec import available_protocols
    from fsspec.core import url_to_fs

    scheme = url.partition("://")[0]
    if scheme not in available_protocols():
        raise UnsupportedFormat(
            shown_url(url), f"{scheme}:// is the address of no store that can be read.", "Check its first part."
        )
    # A listing that is kept grows with the store, and a store is listed once.
    store, path = url_to_fs(url, use_listings_cache=False)
    return store, path


def _without_driver(name: str, url: str, error: ImportError) -> UnsupportedFormat:
    cause = error.__cause__ if isinstance(error.__cause__, ImportError) else error
    scheme = url.partition("://")[0]
    package = (cause.name or "").partition(".")[0]
    remedy = f"Install it with `pip install {package}`." if package else "Install what reads it."
    return UnsupportedFormat(name, f"reading {scheme}:// takes the package {package or 'of its store'}.", remedy)
