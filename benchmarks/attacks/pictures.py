"""Pictures and files of old programs: sizes that lie, circles of directories, conversions that would fetch."""

import struct
import zlib
from collections.abc import Iterator

from benchmarks.attacks.values import Attack, End

__all__ = ["picture_attacks"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NOWHERE = "http://127.0.0.1:9/"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(width: int, height: int, rows: bytes, *extra: bytes) -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + head + b"".join(extra) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")
    )


def _tiff(entries: list[tuple[int, int, int, int]], following: int = 0) -> bytes:
    """A directory at byte 8 with tags, types, counts and values; ``following`` is where the next one is said to be."""
    out = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(entries))
    return out + b"".join(struct.pack("<HHII", *entry) for entry in entries) + struct.pack("<I", following)


def _pictures() -> Iterator[tuple[str, bytes]]:
    yield "huge.png", _png(60_000, 60_000, bytes(1_000))
    yield "large.png", _png(12_000, 12_000, bytes(12_000 * 12_001))
    yield "thin.png", _png(1, 2_000_000, bytes(4_000_000))
    yield "nothing.png", _png(0, 0, b"")
    yield "text-bomb.png", _png(9, 9, bytes(90), _chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(100_000_000), 9)))
    yield "short.png", _png(900, 900, bytes(10))[:-20]
    size = [(256, 4, 1, 500), (257, 4, 1, 500), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1)]
    yield "circle.tif", _tiff([*size, (273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, 500), (279, 4, 1, 250_000)], 8)
    yield "strips.tif", _tiff([*size, (273, 4, 0xFFFFFFFF, 8), (279, 4, 0xFFFFFFFF, 8)])
    yield (
        "huge.tif",
        _tiff([(256, 4, 1, 0x7FFFFFFF), (257, 4, 1, 0x7FFFFFFF), *size[2:], (273, 4, 1, 8), (279, 4, 1, 9)]),
    )
    yield "head.jpg", b"\xff\xd8\xff\xe0"
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, 65_535, 65_535, 1) + b"\x01\x11\0"
    yield "huge.jpg", b"\xff\xd8" + frame + b"\xff\xda\0\x08\x01\x01\0\0\x3f\0" + b"\0" * 1_000
    yield "segments.jpg", b"\xff\xd8" + b"\xff\xe1\xff\xff" * 50_000


def _containers() -> Iterator[tuple[str, bytes]]:
    head = (
        _OLE
        + bytes(16)
        + struct.pack("<HHHHH6xIIIIIIIII", 62, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    )
    circle = head + struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    yield "chain-circle", circle + struct.pack("<128I", 0xFFFFFFFD, 1, *[2] * 126) + bytes(2_000)
    yield "table-circle", head + struct.pack("<109I", *[0] * 109) + struct.pack("<128I", *[0] * 128) * 9
    yield "head-only", _OLE
    yield "noise", _OLE + bytes(range(256)) * 400
    entry = "Root Entry".encode("utf-16-le").ljust(64, b"\0") + struct.pack("<HBBIII", 22, 5, 1, 0, 0, 0) + bytes(48)
    yield "tree-circle", circle + struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *[0xFFFFFFFF] * 126) + entry * 4


_FLAT = (
    '<?xml version="1.0"?>{prolog}<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:'
    'drawing:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:script="urn:oasis:names:tc:opendocument:xmlns:'
    'script:1.0" office:mimetype="application/vnd.oasis.opendocument.text" office:version="1.2">{scripts}<office:body>'
    "<office:text><text:p>The vendor shall furnish a bond.{inside}</text:p></office:text></office:body>"
    "</office:document>"
)


def _flat() -> Iterator[tuple[str, str]]:
    image = f'<draw:image xlink:href="{_NOWHERE}a.png" xlink:type="simple" xlink:actuate="onLoad"/>'
    picture = f"<draw:frame>{image}</draw:frame>"
    yield "picture", _FLAT.format(prolog="", scripts="", inside=picture)
    yield (
        "entity",
        _FLAT.format(prolog='<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>', scripts="", inside="&x;"),
    )
    events = (
        '<office:scripts><office:event-listeners><script:event-listener script:language="ooo:script" script:event-name='
        '"dom:load" xlink:href="vnd.sun.star.script:a.py$b?language=Python&amp;location=document"/>'
        "</office:event-listeners></office:scripts>"
    )
    yield "macro", _FLAT.format(prolog="", scripts=events, inside="")
    yield "deep", _FLAT.format(prolog="", scripts="", inside="<text:span>" * 3_000 + "x" + "</text:span>" * 3_000)


def picture_attacks() -> Iterator[Attack]:
    """One file for each of these ways to be nasty."""
    for name, data in _pictures():
        yield Attack(f"picture-{name}", "picture", data)
    for name, data in _containers():
        for ending in ("doc", "xls", "msg"):
            yield Attack(f"ole-{name}.{ending}", "Office 97-2003", data, End.ERROR)
    for name, text in _flat():
        yield Attack(f"flat-{name}.fodt", "flat office file", text.encode())
    yield Attack("noise.wpd", "WordPerfect", b"\xffWPC" + bytes(range(256)) * 40)
