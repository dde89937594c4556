"""Builds Word files from the XML of their parts."""

import io
import zipfile
from itertools import pairwise

from lxml import etree

from analyzer.document import Document, Source
from analyzer.parsing.docx_names import W
from analyzer.parsing.docx_runs import paragraph_runs, run_text

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "dgm": "http://schemas.openxmlformats.org/drawingml/2006/diagram",
}
_DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def part(tag: str, inner: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><w:{tag} {_DECLARED}>{inner}</w:{tag}>'.encode()


def relations(*entries: tuple[str, str, str], external: tuple[str, ...] = ()) -> bytes:
    rows = "".join(
        f'<Relationship Id="{key}" Type="{_TYPE}{kind}" Target="{target}"'
        f"{' TargetMode=' + chr(34) + 'External' + chr(34) if key in external else ''}/>"
        for key, kind, target in entries
    )
    return f'<?xml version="1.0"?><Relationships xmlns="{_PACKAGE}">{rows}</Relationships>'.encode()


_KINDS = {
    "styles": "styles",
    "numbering": "numbering",
    "settings": "settings",
    "footnotes": "footnotes",
    "endnotes": "endnotes",
    "comments": "comments",
    "hdr": "header",
    "ftr": "footer",
}


_OOXML = "application/vnd.openxmlformats-"


def _content_types(parts: dict[str, str]) -> str:
    kinds = {"document": "document.main", **{name: _KINDS[name.rstrip("0123456789")] for name in parts}}
    overrides = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_OOXML}officedocument.wordprocessingml.{kind}+xml"/>'
        for name, kind in kinds.items()
    )
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="rels" ContentType="{_OOXML}package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def word_bytes(body: str, *, extra: dict[str, bytes] | None = None, links: tuple = (), **parts: str) -> bytes:
    """A Word file; ``parts`` are the insides of styles, numbering, comments… and of headers as hdr, hdr2."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _content_types(parts))
        archive.writestr("_rels/.rels", relations(("rId1", "officeDocument", "word/document.xml")))
        archive.writestr("word/document.xml", part("document", f"<w:body>{body}</w:body>"))
        entries = []
        for name, inner in parts.items():
            tag = name.rstrip("0123456789")
            archive.writestr(f"word/{name}.xml", part(tag, inner))
            entries.append((name, _KINDS[tag], f"{name}.xml"))
        archive.writestr("word/_rels/document.xml.rels", relations(*entries, *links))
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
    return out.getvalue()


def word(body: str, **parts) -> Source:
    return Source("sample.docx", word_bytes(body, **parts))


def run(text: str, properties: str = "") -> str:
    inner = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{inner}<w:t xml:space="preserve">{text}</w:t></w:r>'


def p(*content: str, style: str = "", numbered: tuple[int, int] | None = None, properties: str = "") -> str:
    """A paragraph of runs (plain text is put in one)."""
    inner = f'<w:pStyle w:val="{style}"/>' if style else ""
    if numbered:
        inner += f'<w:numPr><w:ilvl w:val="{numbered[1]}"/><w:numId w:val="{numbered[0]}"/></w:numPr>'
    runs = "".join(piece if piece.startswith("<") else run(piece) for piece in content)
    return f"<w:p><w:pPr>{inner}{properties}</w:pPr>{runs}</w:p>"


def table(*rows: tuple[str, ...]) -> str:
    made = "".join("<w:tr>" + "".join(f"<w:tc>{p(cell)}</w:tc>" for cell in row) + "</w:tr>" for row in rows)
    return f"<w:tbl>{made}</w:tbl>"


def texts(document: Document) -> list[str]:
    return [document[block.span] for block in document.blocks]


def check_tiling(document: Document) -> None:
    """Blocks tile the text with one separator between two."""
    if not document.blocks:
        assert document.text == ""
        return
    assert document.blocks[0].span.start == 0
    assert document.blocks[-1].span.end == len(document.text)
    for left, right in pairwise(document.blocks):
        assert right.span.start == left.span.end + 1
        assert document.text[left.span.end] in "\n\t"


def check_origins(document: Document) -> None:
    """Every origin leads to the very characters in the runs of the file."""
    archive = zipfile.ZipFile(io.BytesIO(document.source.data))
    roots: dict[str, etree._Element] = {}
    end = 0
    for origin in document.origins:
        assert end <= origin.start < origin.end
        end = origin.end
        name, _, place = origin.part.partition("#")
        root = roots.setdefault(name, etree.fromstring(archive.read(name)))
        paragraph, number = map(int, place.split("/"))
        found = list(paragraph_runs(list(root.iter(W + "p"))[paragraph]))[number]
        there = run_text(found)[origin.index : origin.index + origin.end - origin.start]
        here = document.text[origin.start : origin.end]
        assert len(there) == len(here)
        assert all(
            a == b or (b == " " and a.isspace()) or not a.isascii() or b == "-"
            for a, b in zip(there, here, strict=True)
        )
