"""The parts of a Word file: the main text, what it is related to, and what the package says about itself."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from analyzer.document import NoteKind, ReadingNote, View
from analyzer.errors import DamagedDocument, DocumentError
from analyzer.parsing.docx_names import MC, A, V, W
from analyzer.parsing.docx_styles import Styles, read_styles
from analyzer.parsing.zipped_xml import Package, open_package, parse_part, parse_xml

__all__ = ["Relation", "WordPackage", "open_word", "package_notes", "revision_notes"]

_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_OFFICE = "{urn:schemas-microsoft-com:office:office}"
_MAIN = "word/document.xml"

_UNREAD = {"styles": ("w:tblStylePr", "w:tblPr", "w:latentStyles")}
"""What no reader of a kind of part asks for and takes most of its bytes: how tables look, names of absent styles."""

_KEPT_BYTES = 1_000_000


class Relation(NamedTuple):
    """A link from a part to another: its kind is the last step of the relationship type."""

    identifier: str
    kind: str
    target: str
    is_external: bool


@dataclass(slots=True)
class WordPackage:
    """A Word file opened: the root of its main part and the way to the others."""

    package: Package
    main: str
    root: "etree._Element"
    relations: tuple[Relation, ...]
    _roots: "dict[str, etree._Element | None]" = field(default_factory=dict)

    def part(self, name: str, *, without: tuple[str, ...] = ()) -> "etree._Element | None":
        """The root of a part, parsed once; elements ``without`` may be missing from it."""
        if name not in self._roots:
            self._roots[name] = parse_part(self.package, name, without=without)
        return self._roots[name]

    def part_of_kind(self, kind: str) -> "tuple[str, etree._Element] | None":
        """The first part that the main part is related to in a given way."""
        for relation in self.relations:
            if relation.kind == kind and not relation.is_external:
                root = self.part(relation.target, without=_UNREAD.get(kind, ()))
                if root is not None:
                    return relation.target, root
        return None

    def styles(self) -> Styles:
        """The styles of the file; none where it has no such part."""
        relation = next((known for known in self.relations if known.kind == "styles" and not known.is_external), None)
        if relation is not None:
            data = self.package.read(relation.target)
            is_sound = data is not None and not self.package.broken
            kept = _template(data) if data is not None and is_sound and len(data) <= _KEPT_BYTES else None
            if kept is not None:
                self._roots[relation.target] = kept[0]
                return kept[1]
        found = self.part_of_kind("styles")
        return read_styles(None if found is None else found[1])

    def target(self, identifier: str) -> Relation | None:
        """Where a relationship id of the main part leads."""
        return next((relation for relation in self.relations if relation.identifier == identifier), None)

    def read_parts(self) -> "Iterator[etree._Element]":
        """The main part and those parsed so far."""
        yield self.root
        yield from (root for name, root in self._roots.items() if root is not None and name != self.main)


@lru_cache(maxsize=4)
def _template(data: bytes) -> "tuple[etree._Element, Styles] | None":
    """The tree and the styles of a part; None where the part has faults, which its own file must answer for.

    An office writes its documents from a few templates, and their styles are often longer than the text.
    """
    unnamed = Package("", None, {})
    try:
        root = parse_xml(unnamed, "", data, without=_UNREAD["styles"])
    except DocumentError:
        return None
    return None if root is None else (root, read_styles(root))


def open_word(name: str, data: bytes) -> WordPackage:
    """Open a Word file. Raises DamagedDocument without a readable main part, and as ``open_package`` does."""
    package = open_package(name, data)
    main = _main_part(package)
    root = None if main is None else parse_part(package, main)
    if main is None or root is None or root.find(W + "body") is None:
        raise DamagedDocument(
            name, "The Word file has no readable main text.", "Open it in Word, save it again and retry."
        )
    return WordPackage(package, main, root, tuple(_relations(package, main)))


def _main_part(package: Package) -> str | None:
    for relation in _relations(package, ""):
        if relation.kind == "officeDocument" and package.find(relation.target):
            return package.find(relation.target)
    return package.find(_MAIN) or next((name for name in package.names() if name.endswith("/document.xml")), None)


def _relations(package: Package, part: str) -> Iterator[Relation]:
    folder, _, name = part.rpartition("/")
    path = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
    root = parse_part(package, path)
    if root is None:
        yield from _usual_relations(package, folder)
        return
    for element in root.iter(_RELATIONS + "Relationship"):
        is_external = element.get("TargetMode") == "External"
        target = element.get("Target", "")
        if not is_external:
            target = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            target = package.find(target) or target
        kind = element.get("Type", "").rpartition("/")[2]
        yield Relation(element.get("Id", ""), kind, target, is_external)


def _usual_relations(package: Package, folder: str) -> Iterator[Relation]:
    """What a file most likely relates to when its list of relations is lost: parts have customary names."""
    if not folder:
        return
    for kind in ("styles", "numbering", "settings", "footnotes", "endnotes", "comments"):
        found = package.find(f"{folder}/{kind}.xml")
        if found:
            yield Relation("", kind, found, False)


def package_notes(word: WordPackage, *, has_text: bool) -> Iterator[ReadingNote]:
    """What there is to say about a package apart from its text: pictures, attachments, protection."""
    pictures = _pictures(word.root)
    if pictures:
        message = f"{_count(pictures, 'picture')} in the document; words in pictures were not read."
        yield ReadingNote(NoteKind.PICTURE, message, is_unread=not has_text)
    yield from _embedded(word)
    if any(name.lower().endswith("vbaproject.bin") for name in word.package.names()):
        yield ReadingNote(NoteKind.EMBEDDED_FILE, "The document holds macros, which were neither read nor run.")
    settings = word.part_of_kind("settings")
    if settings is not None:
        yield from _protection(settings[1])


def _pictures(root: "etree._Element") -> int:
    """Pictures, each counted once where a file offers them in a new and an old way."""
    found = (*root.iter(A + "blip"), *root.iter(V + "imagedata"))
    return sum(next(picture.iterancestors(MC + "Fallback", W + "object"), None) is None for picture in found)


def _embedded(word: WordPackage) -> Iterator[ReadingNote]:
    programs = [element.get("ProgID", "") for element in word.root.iter(_OFFICE + "OLEObject")]
    attached = sum(not program.startswith("Equation") for program in programs)
    equations = len(programs) - attached
    attached = max(attached, sum(relation.kind == "package" for relation in word.relations))
    if attached:
        message = f"{_count(attached, 'embedded file')} in the document; not read. Check them on their own."
        yield ReadingNote(NoteKind.EMBEDDED_FILE, message, is_unread=True)
    if equations:
        message = f"{_count(equations, 'formula')} of an equation editor; not read."
        yield ReadingNote(NoteKind.EMBEDDED_FILE, message)
    linked = sum(1 for _ in word.root.iter(W + "subDoc"))
    if linked:
        message = f"{_count(linked, 'linked document')} left out: a master document keeps its chapters in other files."
        yield ReadingNote(NoteKind.EMBEDDED_FILE, message, is_unread=True)


_EDITING = {
    "readOnly": "reading only",
    "comments": "comments only",
    "trackedChanges": "tracked changes only",
    "forms": "filling in forms only",
}


def _protection(settings: "etree._Element") -> Iterator[ReadingNote]:
    protection = settings.find(W + "documentProtection")
    if protection is not None and protection.get(W + "enforcement", "0").lower() in {"1", "true", "on"}:
        allowed = _EDITING.get(protection.get(W + "edit", ""), "some kinds of editing")
        yield ReadingNote(NoteKind.PROTECTION, f"The document is protected: it allows {allowed}.")
    elif settings.find(W + "writeProtection") is not None:
        yield ReadingNote(NoteKind.PROTECTION, "The document asks to be opened for reading only.")


_REVISIONS = {
    W + "ins": "insertion",
    W + "del": "deletion",
    W + "moveFrom": "move",
    W + "cellIns": "insertion",
    W + "cellDel": "deletion",
}


def revision_notes(word: WordPackage, view: View) -> Iterator[ReadingNote]:
    """The note that tracked changes are pending, with their number and authors."""
    counts: dict[str, int] = {}
    authors: dict[str, None] = {}
    for root in word.read_parts():
        for mark in root.iter(*_REVISIONS):
            kind = _REVISIONS[str(mark.tag)]
            counts[kind] = counts.get(kind, 0) + 1
            authors.setdefault(mark.get(W + "author") or "an unnamed author")
    if counts:
        changes = ", ".join(_count(counts[kind], kind) for kind in sorted(counts))
        message = f"Tracked changes are pending ({changes}) by {', '.join(authors)}. They were read as {view}."
        yield ReadingNote(NoteKind.REVISIONS, message)


def _count(number: int, noun: str) -> str:
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1] + 'ae' if noun == 'formula' else noun + 's'}"
