"""Takes Word files apart for fuzzing, and changes the trees of their parts."""

import copy
import random
import zipfile
from contextlib import suppress
from io import BytesIO

from lxml import etree

from benchmarks.fuzz.targets import joined, parts_of

__all__ = ["changed_tree", "unpacked"]

_LARGEST = 30_000


def unpacked(data: bytes) -> dict[str, bytes]:
    """The XML parts of a package; none where they are many or large."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            if sum(info.file_size for info in package.infolist()) > _LARGEST:
                return {}
            return {name: package.read(name) for name in package.namelist() if name.endswith((".xml", ".rels"))}
    except (zipfile.BadZipFile, ValueError):
        return {}


def changed_tree(data: bytes, seed: int) -> bytes:
    """An input of the target ``word`` with one part's elements moved, doubled, taken out, renamed or nested."""
    chance = random.Random(seed)  # noqa: S311 - the fuzzer's own choice
    parts = parts_of(data[1:])
    name = chance.choice(sorted(parts) or ["word/document.xml"])
    root = _tree(parts.get(name, b""))
    if root is None or len(elements := list(root.iter("*"))) < 2:
        return data
    # Changed before, bytes may hold names and an encoding that lxml reads and will not look up or write.
    with suppress(ValueError, KeyError, etree.LxmlError):
        for _ in range(chance.randint(1, 4)):
            _change(elements, chance)
        return data[:1] + joined({**parts, name: etree.tostring(root)})
    return data


def _tree(content: bytes) -> "etree._Element | None":
    try:
        return etree.fromstring(content, etree.XMLParser(resolve_entities=False, recover=True, no_network=True))
    except (etree.XMLSyntaxError, ValueError):
        return None


def _change(elements: "list[etree._Element]", chance: random.Random) -> None:
    one, other = chance.choice(elements[1:]), chance.choice(elements)
    parent = one.getparent()
    if parent is None:
        return
    match chance.randrange(6):
        case 0:
            parent.remove(one)
        case 1:
            parent.insert(0, copy.deepcopy(one))
        case 2 if one not in other.iterancestors() and one is not other:
            other.append(one)
        case 3:
            one.tag = other.tag
        case 4:
            for key in other.attrib:
                one.set(key, chance.choice(("", "-1", "0", "1", "99999999999", "x", other.attrib[key])))
        case _:
            inner = etree.SubElement(other, one.tag)
            inner.text = chance.choice(("", "x", "1", "bond", None))
