"""ZIP packages: bombs flat, nested and overlapping, names that lead out, directories that lie."""

import base64
import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from benchmarks.attacks.values import Attack, End, packed

__all__ = ["package_attacks"]

_BOND = b"The vendor shall furnish a performance bond."
_ZEROS = bytes(100_000_000)


def _directory(entries: list[tuple[bytes, int, int, int, int, int]], start: int) -> bytes:
    """A central directory; an entry is name, offset, packed size, size, checksum, method."""
    out = b""
    for name, offset, size, expanded, checksum, method in entries:
        head = struct.pack("<IHHHHHHIII", 0x02014B50, 20, 20, 0, method, 0, 33, checksum, size, expanded)
        out += head + struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, offset) + name
    count = min(len(entries), 0xFFFF)
    return out + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(out), start, 0)


def _local(name: bytes, data: bytes, size: int, checksum: int, method: int) -> bytes:
    head = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, method, 0, 33, checksum, len(data), size, len(name), 0)
    return head + name + data


def _overlapping(count: int, megabytes: int) -> bytes:
    """Many entries that share one stream, so that the file is small however much they expand to together."""
    plain = bytes(megabytes * 1_000_000)
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = squeezer.compress(plain) + squeezer.flush()
    body = _local(b"0.txt", data, len(plain), zlib.crc32(plain), 8)
    entries = [(b"%05d.txt" % n, 0, len(data), len(plain), zlib.crc32(plain), 8) for n in range(count)]
    return body + _directory(entries, len(body))


def _quoting(count: int) -> bytes:
    """Each entry's stream begins with the next entry's header as stored bytes: all of them end in the same bomb."""
    plain = bytes(5_000_000)
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = squeezer.compress(plain) + squeezer.flush()
    expanded, bodies = (
        plain,
        [(b"%05d.txt" % count, _local(b"%05d.txt" % count, data, len(plain), zlib.crc32(plain), 8))],
    )
    sizes = [(len(data), len(expanded), zlib.crc32(expanded))]
    for number in range(count - 1, 0, -1):
        header = bodies[-1][1][: 30 + 9]
        data = b"\0" + struct.pack("<HH", len(header), len(header) ^ 0xFFFF) + header + data
        expanded = header + expanded
        name = b"%05d.txt" % number
        bodies.append((name, _local(name, data, len(expanded), zlib.crc32(expanded), 8)))
        sizes.append((len(data), len(expanded), zlib.crc32(expanded)))
    body = bodies[-1][1]
    entries = []
    for (name, whole), (size, length, checksum) in zip(bodies, sizes, strict=True):
        entries.append((name, len(body) - len(whole), size, length, checksum, 8))
    return body + _directory(entries, len(body))


def _bombs() -> Iterator[tuple[str, bytes]]:
    yield "flat", packed({"zeros.txt": _ZEROS})
    yield "flat-lzma", packed({"zeros.txt": _ZEROS[:60_000_000]}, zipfile.ZIP_LZMA)
    yield "flat-bzip2", packed({"zeros.txt": _ZEROS[:60_000_000]}, zipfile.ZIP_BZIP2)
    part = packed({"zeros.txt": bytes(20_000_000)})
    for _ in range(5):
        part = packed({f"{n}.zip": part for n in range(10)})
    yield "ten-to-the-fifth", part
    wide = packed({"zeros.txt": bytes(45_000_000)})
    yield "wide", packed({f"{n}.zip": wide for n in range(200)})
    yield "overlapping", _overlapping(2_000, 1)
    yield "overlapping-small", _overlapping(40, 1)
    yield "quoting", _quoting(200)
    yield "quoting-small", _quoting(8)
    yield "members-many", packed((f"{n}.txt", b"bond") for n in range(70_000))
    yield "members-below", packed((f"{n}.txt", _BOND) for n in range(500))


def _nested() -> Iterator[tuple[str, bytes]]:
    for depth in (3, 4, 5, 50, 1_000):
        data = packed({"terms.txt": _BOND})
        for _ in range(depth):
            data = packed({"a.zip": data}, zipfile.ZIP_STORED)
        yield f"{depth}", data
    mail = b"Message-ID: <1>\nSubject: a\nContent-Type: multipart/mixed; boundary=a\n\n--a\nContent-Disposition: "
    mail += b"attachment; filename=a.zip\nContent-Transfer-Encoding: base64\n\n%b\n--a--\n"
    data = packed({"terms.txt": _BOND})
    for _ in range(6):
        data = packed({"a.eml": mail % base64.b64encode(data)})
    yield "mail", data


_NAMES = {
    "leads-out": "../../../../../../../../tmp/fairterms-out.txt",
    "absolute": "/tmp/fairterms-out.txt",  # noqa: S108 - an attack's name, which nobody opens
    "drive": "C:\\Windows\\fairterms-out.txt",
    "share": "\\\\127.0.0.1\\share\\out.txt",
    "backslashes": "..\\..\\..\\out.txt",
    "home": "~/fairterms-out.txt",
    "variable": "$HOME/%TEMP%/`id`/$(id)/out.txt",
    "colon": "out.txt:stream",
    "device": "CON/NUL/out.txt",
    "line": "a\nb\r\n.txt",
    "escape": "\x1b[2J\x1b]0;owned\x07.txt",
    "turned": "\u202etxt.exe",
    "markup": "<script>alert(1)</script>.txt",
    "long": "a" * 60_000 + ".txt",
    "deep": "a/" * 20_000 + "b.txt",
    "dots": "./././..//.txt",
    "nothing": "/",
    "option": "--output=out.txt",
}


def _lies() -> Iterator[tuple[str, bytes]]:
    good = packed({"terms.txt": _BOND * 99})
    body = good[: good.index(b"PK\x01\x02")]
    size, checksum = len(body) - 39, zlib.crc32(_BOND * 99)
    for name, entry in (
        ("offset-beyond", (b"terms.txt", 0xFFFFFFF0, size, len(_BOND) * 99, checksum, 8)),
        ("size-huge", (b"terms.txt", 0, 0xFFFFFFF0, 0xFFFFFFF0, checksum, 8)),
        ("size-small", (b"terms.txt", 0, size, 3, checksum, 8)),
        ("size-sixty-four", (b"terms.txt", 0, 0xFFFFFFFF, 0xFFFFFFFF, checksum, 8)),
        ("checksum", (b"terms.txt", 0, size, len(_BOND) * 99, 0, 8)),
        ("method", (b"terms.txt", 0, size, len(_BOND) * 99, checksum, 99)),
        ("method-other", (b"terms.txt", 0, size, len(_BOND) * 99, checksum, 14)),
        ("name-other", (b"other.txt", 0, size, len(_BOND) * 99, checksum, 8)),
    ):
        yield name, body + _directory([entry], len(body))
    yield "directory-beyond", body + _directory([], 0xFFFFFFF0)
    yield "directory-only", _directory([], 0)
    yield "directory-lost", body
    yield "garbage-before", b"MZ" * 5_000 + good
    yield "garbage-behind", good + b"\0" * 70_000
    yield "twice", good + good
    yield "locked", good.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")
    yield "same-names", packed([("terms.txt", _BOND), ("terms.txt", b"other"), ("TERMS.TXT", b"third")])


def _links() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, target in (("passwd.txt", "/etc/passwd"), ("loop.txt", "loop.txt"), ("up", "../..")):
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, 0o120777 << 16
            package.writestr(info, target)
        for name, mode in (("pipe.txt", 0o010666), ("device.txt", 0o020666), ("owned.txt", 0o104777)):
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, mode << 16
            package.writestr(info, _BOND)
    return buffer.getvalue()


def package_attacks() -> Iterator[Attack]:
    """One package for each of these ways to be nasty."""
    for name, data in _bombs():
        yield Attack(f"zip-bomb-{name}.zip", "ZIP: bomb", data)
    for name, data in _nested():
        yield Attack(f"zip-in-zip-{name}.zip", "ZIP: nesting", data)
    for name, inside in _NAMES.items():
        yield Attack(f"zip-name-{name}.zip", "ZIP: name", packed({inside: _BOND, "terms.txt": _BOND}))
    for name, data in _lies():
        yield Attack(f"zip-{name}.zip", "ZIP: lie", data)
    yield Attack("zip-links.zip", "ZIP: links", _links())
    yield Attack("zip-empty.zip", "ZIP: empty", packed({}), End.ERROR)
