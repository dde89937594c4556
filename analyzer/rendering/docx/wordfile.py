"""A Word file that is written back: parts that are touched are written anew, every other is copied byte for byte."""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from itertools import count

from lxml import etree

from analyzer.document import Source
from analyzer.errors import WriteBackError
from analyzer.parsing.docx_names import W
from analyzer.parsing.docx_parts import WordPackage, open_word
from analyzer.rendering.docx.fields import depths_of

__all__ = ["WordFile", "open_for_writing"]

_CONTENT_TYPES = "[Content_Types].xml"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_STRICT = "http://purl.oclc.org/ooxml/"
_SPELLINGS = tuple(
    (f"{_STRICT}{strict}".encode(), f"http://schemas.openxmlformats.org/{usual}".encode())
    for strict, usual in (
        ("wordprocessingml/main", "wordprocessingml/2006/main"),
        ("officeDocument/relationships", "officeDocument/2006/relationships"),
        ("officeDocument/math", "officeDocument/2006/math"),
        ("drawingml/main", "drawingml/2006/main"),
        ("drawingml/diagram", "drawingml/2006/diagram"),
    )
)
"""The namespaces that are read under one name: as strict files (ISO/IEC 29500-1) and as all others spell them."""
_DECLARATION = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml[^>]*\?>\s*")
_PLAIN_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_USED_ID = re.compile(rb':id="(\d{1,10})"')
_ROOM = 2**30
"""Identifiers are signed 32-bit numbers; new ones begin after the highest used one below this."""
_ZIP64 = b"\x01\x00"


@dataclass(slots=True)
class WordFile:
    """A Word file while findings are written into it."""

    name: str
    word: WordPackage
    _archive: zipfile.ZipFile
    _members: dict[str, str]
    """Part name in small letters to the archive's own spelling."""
    is_strict: bool = False
    """Its main part uses the names of strict Office Open XML."""
    _roots: "dict[str, etree._Element]" = field(default_factory=dict)
    _changed: set[str] = field(default_factory=set)
    _added: dict[str, bytes] = field(default_factory=dict)
    _depths: "dict[etree._Element, int] | None" = None
    _comments: str = ""
    _next: int = 0

    def has(self, part: str) -> bool:
        return part.lower() in self._members or part in self._added

    def bytes_of(self, part: str) -> bytes:
        """The bytes of a part as they were. Raises WriteBackError for a damaged one."""
        if part in self._added:
            return self._added[part]
        return self._member(self._members[part.lower()])

    def _member(self, name: str) -> bytes:
        try:
            return self._archive.read(name)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
            raise _damaged(self.name) from error

    def root(self, part: str) -> "etree._Element":
        """The root of a part for reading; ``touch`` it as well where it is changed. Raises WriteBackError."""
        if part not in self._roots:
            self._roots[part] = _parsed(self.name, self.bytes_of(part))
        return self._roots[part]

    @property
    def depths(self) -> "dict[etree._Element, int]":
        """How many fields are open where each paragraph of the main part begins."""
        if self._depths is None:
            self._depths = depths_of(self.root(self.word.main))
        return self._depths

    def touch(self, part: str) -> None:
        """Let a part be written anew."""
        self._changed.add(part)

    def new_id(self) -> str:
        """An identifier that no bookmark, comment or tracked change of the file has."""
        if not self._next:
            self._next = 1 + max((number for number in self._used_ids() if number < _ROOM), default=0)
        self._next += 1
        return str(self._next - 1)

    def _used_ids(self) -> set[int]:
        parts = [name for name in self._members if name.endswith(".xml")]
        return {int(found) for name in parts for found in _USED_ID.findall(self.bytes_of(name))}

    def part_of_kind(self, kind: str) -> str | None:
        """The part that the main part is related to in a given way."""
        for relation in self.word.relations:
            if relation.kind == kind and not relation.is_external and self.has(relation.target):
                return relation.target
        return None

    def comments(self) -> str:
        """The part that holds comments, made and declared where the file has none."""
        self._comments = self._comments or self.part_of_kind("comments") or self._new_comments()
        return self._comments

    def _new_comments(self) -> str:
        folder = self.word.main.rpartition("/")[0]
        names = ("comments.xml", *(f"comments{number}.xml" for number in range(1, 1000)))
        part = next(path for name in names if not self.has(path := f"{folder}/{name}" if folder else name))
        self._added[part] = _PLAIN_DECLARATION
        self._roots[part] = etree.Element(f"{W}comments", nsmap={"w": W[1:-1]})
        self._declare(part)
        self._relate(part)
        self.touch(part)
        return part

    def _declare(self, part: str) -> None:
        types = self.root(_CONTENT_TYPES)
        etree.SubElement(types, f"{_TYPES}Override", PartName=f"/{part}", ContentType=_COMMENTS_TYPE)
        self.touch(_CONTENT_TYPES)

    def _relate(self, part: str) -> None:
        folder, _, main = self.word.main.rpartition("/")
        path = f"{folder}/_rels/{main}.rels" if folder else f"_rels/{main}.rels"
        if not self.has(path):
            raise _damaged(self.name)
        relations = self.root(path)
        used = {relation.get("Id") for relation in relations}
        identifier = next(key for number in count(1) if (key := f"rId{number}") not in used)
        office = f"{_STRICT}officeDocument/relationships" if self.is_strict else _OFFICE
        attributes = {"Id": identifier, "Type": f"{office}/comments", "Target": part.rpartition("/")[2]}
        etree.SubElement(relations, f"{_RELATIONS}Relationship", attributes)
        self.touch(path)

    def saved(self) -> bytes:
        """The file with what was changed: the same parts in the same order, new ones last."""
        out = io.BytesIO()
        changed = {self._members[part.lower()]: part for part in self._changed if part.lower() in self._members}
        with zipfile.ZipFile(out, "w") as archive:
            archive.comment = self._archive.comment
            for info in self._archive.infolist():
                part = changed.get(info.filename)
                data = self._written(part) if part else self._member(info.filename)
                archive.writestr(_like(info), data)
            for part in self._added:
                made = zipfile.ZipInfo(part, (1980, 1, 1, 0, 0, 0))
                made.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(made, self._written(part))
        return out.getvalue()

    def _written(self, part: str) -> bytes:
        before = self.bytes_of(part)
        found = _DECLARATION.match(before)
        declaration = found[0] if found else b""
        if b"encoding" in declaration and not re.search(rb"encoding=[\"']utf-?8[\"']", declaration, re.IGNORECASE):
            declaration = _PLAIN_DECLARATION
        data = etree.tostring(self._roots[part].getroottree(), encoding="UTF-8", xml_declaration=False)
        if self.is_strict and (_STRICT.encode() in before or part in self._added):
            for strict, usual in _SPELLINGS:
                data = data.replace(b'"' + usual + b'"', b'"' + strict + b'"')
        return declaration + data


def open_for_writing(source: Source) -> WordFile:
    """Open a Word file to write into it.

    Raises WriteBackError for a file that is signed or damaged, and DocumentError as reading does.
    """
    word = open_word(source.name, source.data)
    if word.package.broken:
        raise _damaged(source.name)
    archive = zipfile.ZipFile(io.BytesIO(source.data))
    names = [info.filename for info in archive.infolist()]
    members = {name.replace("\\", "/").lstrip("/").lower(): name for name in names}
    if len(members) < len(names) or _CONTENT_TYPES.lower() not in members:
        raise _damaged(source.name)
    file = WordFile(source.name, word, archive, members)
    file.is_strict = _STRICT.encode() in file.bytes_of(word.main)
    if any(name.startswith("_xmlsignatures/") for name in members) or _says_signed(file):
        raise WriteBackError(
            source.name,
            "The Word file is signed; a change would make its signature invalid.",
            "Remove the signature in Word (File › Info), or annotate the draft that was signed.",
        )
    return file


def _says_signed(file: WordFile) -> bool:
    return file.has("_rels/.rels") and b"digital-signature/origin" in file.bytes_of("_rels/.rels")


def _damaged(name: str) -> WriteBackError:
    return WriteBackError(
        name,
        "The Word file is damaged, so it can't be written back without losing parts of it.",
        "Open it in Word, save it again and retry.",
    )


def _parsed(name: str, data: bytes) -> "etree._Element":
    """The root of a part with everything that it holds, comments of the XML among it; nothing is fetched."""
    for strict, usual in _SPELLINGS:
        for quote in (b'"', b"'"):
            data = data.replace(quote + strict + quote, quote + usual + quote)
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, strip_cdata=False, remove_blank_text=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _damaged(name) from error
    for text in root.iter(f"{W}t", f"{W}delText"):
        etree.strip_tags(text, etree.Comment)  # what is read as one text must be one here
    return root


def _like(info: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """A member's entry without what the archive computes."""
    made = zipfile.ZipInfo(info.filename, info.date_time)
    made.compress_type, made.comment = info.compress_type, info.comment
    made.external_attr, made.internal_attr, made.create_system = (
        info.external_attr,
        info.internal_attr,
        info.create_system,
    )
    made.extra = b"" if _ZIP64 in info.extra else info.extra
    return made
