"""What was read of a file, kept beside the results, so that other rules, policies or models need not read it again.

An entry is one file, named after everything that its document depends on (`key_of`). Its form is the magic bytes, a
keyed hash, and zlib over: the sizes of what follows, the strings and small tables as JSON, the text in UTF-8, and the
positions as 32-bit numbers in columns. Nothing in it is executed on reading, and whatever is damaged counts as missing.
"""

import json
import os
import re
import struct
import tempfile
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache
from hashlib import blake2b, sha256
from importlib.metadata import PackageNotFoundError, version
from itertools import accumulate, chain, islice
from pathlib import Path
from platform import python_version
from typing import Any

from analyzer.batch.values import Settings
from analyzer.document import Block, BlockKind, Document, Layer, NoteKind, Origin, Page, ReadingNote, Source, Span
from analyzer.parsing.ocr import find_engine
from analyzer.parsing.packages import display_name
from analyzer.parsing.sniffing import extension_of

__all__ = ["LIBRARIES", "key_of", "load", "program_fingerprint", "prune", "save"]

LIBRARIES = (
    "charset-normalizer",
    "lxml",
    "markdown-it-py",
    "numpy",
    "olefile",
    "onnxruntime",
    "openpyxl",
    "pdfplumber",
    "pikepdf",
    "pillow",
    "pypdfium2",
    "python-oxmsg",
    "rapidocr",
    "xlrd",
)
"""The distributions that parsing imports: another version may read something else."""

_MAGIC = b"fairterms read 1\n"
_HASH = 16
_SIZES = struct.Struct("<5I")
"""Bytes of JSON and of text; numbers of blocks, of cells among them, and of origins."""
_SUFFIX = ".read"
_SHARD = re.compile("[0-9a-f]{2}")
_ENTRY = re.compile(rf"[0-9a-f]{{64}}{re.escape(_SUFFIX)}")
_BEGUN = ".begun-"
_TAG = "CACHEDIR.TAG"
_TAG_TEXT = (
    b"Signature: 8a477f597d28d172789f06886806bc55\n"  # https://bford.info/cachedir/
    b"# What Fairterms has read of documents. It may be deleted: it is read again then.\n"
)
_ABANDONED = 86_400 * 10**9
"""A day in nanoseconds: whoever began a file that long ago and did not finish it is gone."""


def key_of(source: Source, settings: Settings, *, sha256: str = "") -> str:
    """The name of what there is to keep of a file, as 64 hexadecimal digits.

    It depends on the bytes, the ending of the name, the settings that reading heeds, what reads pictures here, and the
    program. ``sha256`` is that of the bytes where it is known already.
    """
    told = (
        sha256 or source.sha256(),
        extension_of(display_name(source.name)),  # decides between kinds of text, and stands in a note
        settings.view,
        _engine() if settings.ocr else "",
        settings.tables,
        str(settings.limits.pages),  # what has more was refused, and must be refused again
        program_fingerprint(),
    )
    return _digest("\0".join(told).encode("utf-8", "surrogatepass"))


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()


@cache
def _engine() -> str:
    engine = find_engine()
    return engine.name if engine else "none"


@cache
def program_fingerprint() -> str:
    """A hash over all code that decides what is read of a file: Fairterms' own, its libraries', Python's."""
    package = Path(__file__).resolve().parents[1]
    own = (package / "document.py", Path(__file__).resolve(), *sorted((package / "parsing").glob("**/*.py")))
    hashed = (f"{path.relative_to(package).as_posix()} {_digest(path.read_bytes())}" for path in own)
    return _digest("\n".join((python_version(), *map(_installed, LIBRARIES), *hashed)).encode())


def _installed(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} none"


def load(folder: Path, key: str, source: Source) -> Document | None:
    """The document that was saved under a key, as if it had just been read from ``source``.

    None where there is no whole entry of this form. The entry counts as used just now.
    """
    path = _place(folder, key)
    try:
        kept = path.read_bytes()
        start = len(_MAGIC) + _HASH
        if kept[:start] != _MAGIC + _seal(key, kept[start:]):
            return None
        document = _unpacked(zlib.decompress(kept[start:]), source)
    except (OSError, ValueError, LookupError, TypeError, struct.error, zlib.error, RecursionError):
        return None
    with suppress(OSError):
        os.utime(path)
    return document


def save(folder: Path, key: str, document: Document) -> bool:
    """Keep a document under its key; the folder is made where it is missing. Whether it is kept.

    It is not where the disk refuses, where positions are beyond two thousand million, and where a page was left
    unread for want of text: what reads pictures may fail once and read the page another time.
    """
    if any(note.kind is NoteKind.PAGE_WITHOUT_TEXT for note in document.notes):
        return False
    try:
        packed = zlib.compress(_packed(document), 1)
        _write(folder, _place(folder, key), _MAGIC + _seal(key, packed) + packed)
    except (OSError, struct.error):
        return False
    return True


def prune(folder: Path, limit: int) -> int:
    """Delete the entries that were used least recently until the rest takes at most ``limit`` bytes; bytes deleted.

    What is not an entry is left alone. Memory grows with the seconds in which entries were used, not with the entries.
    """
    sizes: dict[int, int] = {}
    for _, size, used in _entries(folder):
        sizes[used] = sizes.get(used, 0) + size
    excess, deleted = sum(sizes.values()) - limit, 0
    # How much has to go of each second: all of the oldest ones, part of the last one.
    due: dict[int, int] = {}
    for used in sorted(sizes):
        if excess <= 0:
            break
        due[used] = excess
        excess -= sizes[used]
    for path, size, used in _entries(folder) if due else ():
        if due.get(used, 0) > 0:
            with suppress(OSError):
                path.unlink()
                due[used] -= size
                deleted += size
    return deleted


def _entries(folder: Path) -> Iterator[tuple[Path, int, int]]:
    """Entries with their bytes and the second of their last use. Files that a killed process began are deleted."""
    abandoned = time.time_ns() - _ABANDONED
    for shard in _listed(folder):
        if not (_SHARD.fullmatch(shard.name) and shard.is_dir(follow_symlinks=False)):
            continue
        for file in _listed(Path(shard.path)):
            with suppress(OSError):
                status = file.stat(follow_symlinks=False)
                if not file.is_file(follow_symlinks=False):
                    continue
                if _ENTRY.fullmatch(file.name):
                    yield Path(file.path), status.st_size, status.st_mtime_ns // 10**9
                elif file.name.startswith(_BEGUN) and status.st_mtime_ns < abandoned:
                    Path(file.path).unlink()


def _listed(folder: Path) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as listing:
            return list(listing)
    except OSError:
        return []


def _place(folder: Path, key: str) -> Path:
    return folder / key[:2] / f"{key}{_SUFFIX}"


def _seal(key: str, packed: bytes) -> bytes:
    """A hash that holds for these bytes under this key alone: an entry under another's name counts as damaged."""
    return blake2b(packed, digest_size=_HASH, key=key.encode()).digest()


def _write(folder: Path, path: Path, data: bytes) -> None:
    """Put a file in its place at once, whole, and readable for its owner alone. Raises OSError."""
    try:
        handle, begun = tempfile.mkstemp(prefix=_BEGUN, dir=path.parent)
    except FileNotFoundError:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / _TAG).write_bytes(_TAG_TEXT)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        handle, begun = tempfile.mkstemp(prefix=_BEGUN, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(begun).replace(path)
    except OSError:
        with suppress(OSError):
            Path(begun).unlink()
        raise


def _packed(document: Document) -> bytes:
    heads = _Numbered()
    head_numbers = [
        heads[(block.kind, block.layer, block.level, block.label, block.is_header, block.cell is not None)]
        for block in document.blocks
    ]
    cells = [block.cell for block in document.blocks if block.cell is not None]
    parts = _Numbered()
    part_numbers = [parts[origin.part] for origin in document.origins]
    tables = {
        "media_type": document.media_type,
        "heads": list(heads),
        "parts": list(parts),
        "pages": [(page.number, page.start, page.width, page.height) for page in document.pages],
        "notes": [(note.kind, note.message, note.pages, note.is_unread) for note in document.notes],
    }
    # Not escaped: two lone surrogates beside each other would come back as one character.
    strings = json.dumps(tables, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    text = document.text.encode("utf-8", "surrogatepass")
    numbers = (
        *_steps(chain.from_iterable(block.span for block in document.blocks)),
        *head_numbers,
        *chain.from_iterable(cells),
        *_steps(chain.from_iterable((origin.start, origin.end) for origin in document.origins)),
        *(origin.page or 0 for origin in document.origins),  # pages count from 1
        *part_numbers,
        *_steps(origin.index for origin in document.origins),
    )
    sizes = _SIZES.pack(len(strings), len(text), len(document.blocks), len(cells), len(document.origins))
    return b"".join((sizes, strings, text, struct.pack(f"<{len(numbers)}i", *numbers)))


class _Numbered(dict[Any, int]):
    """Gives each distinct value a number, from 0."""

    def __missing__(self, value: object) -> int:
        number = self[value] = len(self)
        return number


def _steps(values: Iterable[int]) -> Iterator[int]:
    """How far each value is from the one before: small numbers, which pack well. `accumulate` leads back."""
    last = 0
    for value in values:
        yield value - last
        last = value


def _unpacked(data: bytes, source: Source) -> Document:
    strings_size, text_size, blocks, cells, origins = _SIZES.unpack_from(data)
    text_start = _SIZES.size + strings_size
    numbers_start = text_start + text_size
    tables = json.loads(data[_SIZES.size : text_start].decode("utf-8", "surrogatepass"))
    numbers = iter(struct.unpack(f"<{3 * (blocks + cells) + 5 * origins}i", data[numbers_start:]))
    return Document(
        source=replace(source, name=display_name(source.name)),
        media_type=tables["media_type"],
        text=data[text_start:numbers_start].decode("utf-8", "surrogatepass"),
        blocks=_blocks(tables["heads"], numbers, blocks, cells),
        origins=_origins(tables["parts"], numbers, origins),
        pages=tuple(Page(*page) for page in tables["pages"]),
        notes=tuple(
            ReadingNote(NoteKind(kind), message, tuple(pages), unread)
            for kind, message, pages, unread in tables["notes"]
        ),
    )


def _blocks(heads: list[list[Any]], numbers: Iterator[int], count: int, cells: int) -> tuple[Block, ...]:
    read = [(BlockKind(kind), Layer(layer), *others) for kind, layer, *others in heads]
    bounds = accumulate(islice(numbers, 2 * count))
    spans = list(map(Span, bounds, bounds))
    chosen = [read[number] for number in islice(numbers, count)]
    places = islice(numbers, 3 * cells)
    rows = zip(places, places, places, strict=True)
    return tuple(
        Block(span, kind, layer, level, label, next(rows) if is_cell else None, is_header)
        for span, (kind, layer, level, label, is_header, is_cell) in zip(spans, chosen, strict=True)
    )


def _origins(parts: list[str], numbers: Iterator[int], count: int) -> tuple[Origin, ...]:
    bounds = list(accumulate(islice(numbers, 2 * count)))
    pages = [page or None for page in islice(numbers, count)]
    named = [parts[number] for number in islice(numbers, count)]
    return tuple(map(Origin, bounds[::2], bounds[1::2], pages, named, accumulate(islice(numbers, count))))
