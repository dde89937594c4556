"""Good files gone bad: cut short, bits turned over, pieces changed, doubled or moved, outside and inside containers."""

import random
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO

import pikepdf

from analyzer.resources import samples_folder
from benchmarks.attacks.values import Attack, End, packed, repacked

__all__ = ["mutations"]

_TOKENS = tuple(
    b"0 R|obj|endobj|stream|<<|>>|[|]|(|-1|0|2147483648|1e308|/Kids|/Length|Tj|Td|<w:p>|</w:p>|<w:tbl>|</w:tc>|&x;|\0|"
    b"]]>|<!--|\xff\xfe".split(b"|")
)


def _plain_pdf(data: bytes) -> bytes:
    """The same file with nothing packed, so that a changed byte reaches what it says."""
    out = BytesIO()
    with pikepdf.open(BytesIO(data)) as pdf:
        pdf.save(
            out,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            deterministic_id=True,
        )
    return out.getvalue()


def _bundled_pdf(data: bytes) -> bytes:
    """The same file with its objects in object streams."""
    out = BytesIO()
    with pikepdf.open(BytesIO(data)) as pdf:
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return out.getvalue()


@lru_cache(1)
def _good_files() -> tuple[tuple[str, bytes], ...]:
    folder = samples_folder() / "documents"
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    agreement, terms = files["saas-agreement.pdf"], files["standard-terms.docx"]
    with zipfile.ZipFile(BytesIO(terms)) as package:
        stored = packed({name: package.read(name) for name in package.namelist()}, zipfile.ZIP_STORED)
    return (
        ("as-it-is.pdf", agreement),
        ("plain.pdf", _plain_pdf(agreement)),
        ("bundled.pdf", _bundled_pdf(agreement)),
        ("tables.pdf", _plain_pdf(files["it-rfp-problems.pdf"])),
        ("terms.docx", terms),
        ("stored.docx", stored),
        ("revisions.docx", files["draft-with-revisions.docx"]),
        ("tables.docx", files["requirements-tables.docx"]),
    )


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(1, len(data))]


def _turned(data: bytes, chance: random.Random) -> bytes:
    """Some bits turned over."""
    content = bytearray(data)
    for _ in range(chance.choice((1, 4, 16, 256))):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return bytes(content)


def _changed(data: bytes, chance: random.Random) -> bytes:
    """Pieces replaced, left out, doubled, moved, or made of what the format itself is made of."""
    content = bytearray(data or b"\0")
    for _ in range(chance.randint(1, 12)):
        at, size = chance.randrange(len(content) or 1), chance.choice((1, 4, 16, 200, 2_000))
        match chance.randrange(6):
            case 0:
                content[at : at + size] = chance.randbytes(size)
            case 1:
                del content[at : at + size]
            case 2:
                content[at:at] = content[at : at + size]
            case 3:
                content[at:at] = content[chance.randrange(len(content) or 1) :][:size]
            case 4:
                content[at : at + 4] = chance.choice(_TOKENS)
            case _:
                content[at : at + size] = bytes([chance.choice((0, 255, 60, 123))]) * size
    return bytes(content)


def _changed_inside(data: bytes, chance: random.Random) -> bytes:
    """One member of a package changed and packed again, so that its checksum holds."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        names = [name for name in package.namelist() if name.endswith((".xml", ".rels"))]
        name = chance.choice([*names, *["word/document.xml"] * len(names)])
        content = package.read(name)
    way = chance.choice((_changed, _changed, _turned, _cut))
    return repacked(data, {name: way(content, chance)})


def mutations(count: int, seed: int) -> Iterator[Attack]:
    """``count`` files, PDF and DOCX in turns; the same for the same seed."""
    good = _good_files()
    for number in range(count):
        chance = random.Random(f"{seed}-{number}")  # noqa: S311 - the same files each time
        name, data = good[number % len(good)]
        ways = [("cut short", _cut), ("bits turned over", _turned), ("pieces changed", _changed)]
        if name.endswith(".docx"):
            ways.append(("changed inside", _changed_inside))
        kind, way = chance.choice(ways)
        ending = name[-4:].lstrip(".")
        yield Attack(f"mutated-{number:05}-{name}", f"{ending.upper()}: {kind}", way(data, chance), End.EITHER)
