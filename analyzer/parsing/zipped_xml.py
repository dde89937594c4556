"""Opens the zip archives of XML parts that DOCX and ODT files are: bounded, repaired where that helps, nothing fetched.

Part names are compared without case and with forward slashes, because writers disagree on both.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from analyzer.document import NoteKind, ReadingNote
from analyzer.errors import DamagedDocument, DocumentTooLarge, EncryptedDocument

__all__ = ["MAX_MEMBERS", "MAX_PART_BYTES", "MAX_RATIO", "Package", "open_package", "parse_part", "parse_xml"]

MAX_MEMBERS = 20_000
MAX_PART_BYTES = 192_000_000
"""Of one XML part, expanded; a thousand pages of text take about ten million bytes."""
MAX_RATIO = 400
"""Expanded bytes to packed bytes of a part; dense tables reach about 60."""
_SMALL = 8_000_000
"""Below this size no ratio is suspicious."""
_LOCAL_HEADER = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OPEN_AGAIN = "Open it in a word processor, save it again and retry."


@dataclass(slots=True)
class Package:
    """The parts of an archive by name, and what had to be mended on the way to them."""

    name: str
    _archive: zipfile.ZipFile | None
    _members: dict[str, str]
    _salvaged: dict[str, bytes] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    """Parts whose bytes are damaged or cut off, in the order they were met."""

    def names(self) -> tuple[str, ...]:
        """Every part, sorted, as the archive spells it but for slashes."""
        return tuple(sorted(_clean(name) for name in self._members.values()))

    def find(self, part: str) -> str | None:
        """The archive's own spelling of a part's name; None where there is no such part."""
        member = self._members.get(_key(part))
        return None if member is None else _clean(member)

    def read(self, part: str) -> bytes | None:
        """The bytes of a part, None where there is none. Raises DocumentTooLarge, EncryptedDocument."""
        member = self._members.get(_key(part))
        if member is None:
            return None
        if self._archive is None:
            return self._salvaged[member]
        info = self._archive.getinfo(member)
        _check_part(self.name, info)
        try:
            with self._archive.open(info) as stream:
                return _bounded(self.name, stream.read(MAX_PART_BYTES + 1))
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError):
            self.broken.append(_clean(member))
            return _inflate_at(self.name, _archive_bytes(self._archive), info.header_offset)

    def repair_notes(self) -> tuple[ReadingNote, ...]:
        """The note that says which parts are broken, if any are."""
        if not self.broken:
            return ()
        parts = ", ".join(dict.fromkeys(self.broken))
        message = f"The file is damaged ({parts}). What could be recovered was read; text may be missing."
        return (ReadingNote(NoteKind.REPAIRED, message, is_unread=True),)


def open_package(name: str, data: bytes) -> Package:
    """Open an archive.

    Raises DamagedDocument if it isn't one, EncryptedDocument if it needs a password, DocumentTooLarge past a limit.
    """
    if data.startswith(_OLE):
        raise _not_an_archive(name, data)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return _salvage(name, data)
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        raise DocumentTooLarge(name, f"The archive holds {len(infos):,} parts.", "Save it anew without attachments.")
    if any(info.flag_bits & 0x1 for info in infos):
        raise EncryptedDocument(name, "The file is protected with a password.", "Remove the password and retry.")
    return Package(name, archive, {_key(info.filename): info.filename for info in infos})


def parse_part(package: Package, part: str, *, without: tuple[str, ...] = ()) -> "etree._Element | None":
    """The root of an XML part, None where there is no such part or nothing of it can be read.

    Entities are not expanded, no DTD is loaded, nothing is fetched. A part whose bytes are damaged is parsed as
    far as it goes and listed in ``package.broken``. Elements ``without`` (spelt with their prefix) may be left out.
    Raises DamagedDocument for a part that declares entities.
    """
    data = package.read(part)
    return None if data is None else parse_xml(package, package.find(part) or part, data, without=without)


def parse_xml(package: Package, name: str, data: bytes, *, without: tuple[str, ...] = ()) -> "etree._Element | None":
    """As ``parse_part``, for a part whose bytes were read already."""
    data = _transitional(data)
    recovers = name in package.broken
    root = None
    if without and not package.broken:  # in a damaged file any part is suspect, all of it
        try:
            root = etree.fromstring(_without_elements(data, without), _parser(recovers=False))
        except (etree.XMLSyntaxError, ValueError):
            root = None  # the whole part says what is wrong with it
    try:
        root = etree.fromstring(data, _parser(recovers=recovers)) if root is None else root
    except (etree.XMLSyntaxError, ValueError):
        package.broken.append(name)
        return None
    if root is None:
        return None
    if root.getroottree().docinfo.internalDTD is not None:
        raise DamagedDocument(
            package.name, f"{name} declares a document type, which no word processor writes.", _OPEN_AGAIN
        )
    return root


def _without_elements(data: bytes, names: tuple[str, ...]) -> bytes:
    """An XML part less the elements of some names that have an end tag and hold none of their own kind.

    Parsing takes four times as long as this search, so what nobody asks for is better not parsed. Returns the part as
    it is where a comment, a character section or an instruction could pass for a tag.
    """
    if b"!" in data or data.find(b"?", data.find(b"?>") + 2) >= 0:  # a single byte is found ten times as fast as two
        return data
    for name in names:
        begin, end = f"<{name}".encode(), f"</{name}>".encode()
        *chunks, rest = data.split(end)
        # The last start before an end is its own; an earlier one without an end is an empty element.
        starts = [chunk.rfind(begin) for chunk in chunks]
        if -1 not in starts:
            data = b"".join([*(chunk[:start] for chunk, start in zip(chunks, starts, strict=True)), rest])
    return data


def _parser(*, recovers: bool) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
        recover=recovers,
    )


_STRICT = b"http://purl.oclc.org/ooxml/"
_TRANSITIONAL = (
    (b"wordprocessingml/main", b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (b"officeDocument/relationships", b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
    (b"officeDocument/math", b"http://schemas.openxmlformats.org/officeDocument/2006/math"),
    (b"drawingml/main", b"http://schemas.openxmlformats.org/drawingml/2006/main"),
    (b"drawingml/diagram", b"http://schemas.openxmlformats.org/drawingml/2006/diagram"),
)


def _transitional(data: bytes) -> bytes:
    """Strict OOXML names its namespaces otherwise (ISO/IEC 29500-1 against -4); one set is enough to read both."""
    if _STRICT not in data:
        return data
    for strict, transitional in _TRANSITIONAL:
        for quote in (b'"', b"'"):
            data = data.replace(quote + _STRICT + strict + quote, quote + transitional + quote)
    return data


def _clean(name: str) -> str:
    return name.replace("\\", "/").lstrip("/")


def _key(name: str) -> str:
    return _clean(name).lower()


def _not_an_archive(name: str, data: bytes) -> DamagedDocument | EncryptedDocument:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return EncryptedDocument(name, "The file is protected with a password.", "Remove the password and retry.")
    return DamagedDocument(name, "The file is an older Office format under a new name.", _OPEN_AGAIN)


def _check_part(name: str, info: zipfile.ZipInfo) -> None:
    if info.file_size > MAX_PART_BYTES:
        raise _too_large(name)
    if info.file_size > _SMALL and info.file_size > MAX_RATIO * max(1, info.compress_size):
        raise _too_large(name)


def _bounded(name: str, data: bytes) -> bytes:
    if len(data) > MAX_PART_BYTES:
        raise _too_large(name)
    return data


def _too_large(name: str) -> DocumentTooLarge:
    return DocumentTooLarge(name, "The file expands to far more than its size.", "Split it, or save it anew.")


def _archive_bytes(archive: zipfile.ZipFile) -> bytes:
    assert isinstance(archive.fp, io.BytesIO)  # noqa: S101 - opened from bytes above
    return archive.fp.getvalue()


def _local_headers(data: bytes) -> Iterator[int]:
    offset = data.find(_LOCAL_HEADER)
    while offset >= 0:
        yield offset
        offset = data.find(_LOCAL_HEADER, offset + 4)


def _salvage(name: str, data: bytes) -> Package:
    """Read an archive without its directory, which stands at the end and is the first thing lost to truncation."""
    found: dict[str, bytes] = {}
    budget = 2 * MAX_PART_BYTES
    for count, offset in enumerate(_local_headers(data)):
        member = _local_name(data, offset)
        if member is None or count > MAX_MEMBERS:
            continue
        if not _key(member).endswith((".xml", ".rels")):
            found.setdefault(member, b"")
            continue
        found[member] = _inflate_at(name, data, offset)
        budget -= len(found[member])
        if budget < 0:
            raise _too_large(name)
    if not found:
        raise DamagedDocument(name, "The file is not a complete archive of XML parts.", _OPEN_AGAIN)
    package = Package(name, None, {_key(member): member for member in found}, found)
    package.broken.extend(("its directory", *(_clean(member) for member in list(found)[-1:])))
    return package


def _local_name(data: bytes, offset: int) -> str | None:
    header = data[offset : offset + 30]
    if len(header) < 30:
        return None
    length = int.from_bytes(header[26:28], "little")
    member = data[offset + 30 : offset + 30 + length]
    return member.decode("utf-8", "replace") if member else None


def _inflate_at(name: str, data: bytes, offset: int) -> bytes:
    """As many bytes of a member as come out, from its local header; checksums are not looked at."""
    header = data[offset : offset + 30]
    if len(header) < 30 or not header.startswith(_LOCAL_HEADER):
        return b""
    begin = offset + 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    method = int.from_bytes(header[8:10], "little")
    if method == zipfile.ZIP_STORED:
        return _bounded(name, data[begin : begin + int.from_bytes(header[18:22], "little")])
    if method != zipfile.ZIP_DEFLATED:
        return b""
    return _bounded(name, _inflate(data, begin))


def _inflate(data: bytes, begin: int) -> bytes:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    out = bytearray()
    # Small steps, because a damaged stream throws away the whole step it fails in.
    for start in range(begin, len(data), 512):
        try:
            out += stream.decompress(data[start : start + 512])
        except zlib.error:
            break
        if stream.eof or len(out) > MAX_PART_BYTES:
            break
    return bytes(out)
