"""The smallest files of each kind that are still read, made in code."""

import itertools
import struct
import zipfile
from email.message import EmailMessage
from io import BytesIO

__all__ = ["compound_file", "docx", "eml", "msg", "odt", "pdf", "small_files", "xls", "xlsx", "zipped"]

_FREE, _END, _FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"


def zipped(members: dict[str, str | bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return buffer.getvalue()


def docx(*paragraphs: str, body: str = "") -> bytes:
    body = body or "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return zipped(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
            "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="r1" Target="word/document.xml" Type="http://schemas.openxmlformats.org/'
            'officeDocument/2006/relationships/officeDocument"/></Relationships>',
            "word/document.xml": f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>',
        }
    )


def odt(*paragraphs: str) -> bytes:
    body = "".join(f"<text:p>{text}</text:p>" for text in paragraphs)
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f'<office:document-content xmlns:office="{_OFFICE}:office:1.0" '
            f'xmlns:text="{_OFFICE}:text:1.0"><office:body><office:text>{body}</office:text></office:body>'
            "</office:document-content>",
        }
    )


def pdf(*pages: str) -> bytes:
    """Pages of one line each."""
    from reportlab.pdfgen.canvas import Canvas

    buffer = BytesIO()
    canvas = Canvas(buffer, invariant=True)
    for text in pages:
        canvas.drawString(72, 700, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def xlsx(rows: list[list[object]], *, hidden: str = "") -> bytes:
    from openpyxl import Workbook
    from openpyxl.comments import Comment

    book = Workbook()
    sheet = book.active
    sheet.title = "Prices"
    for row in rows:
        sheet.append(row)
    sheet["A1"].comment = Comment("Ask the vendor", "Ann")
    if hidden:
        other = book.create_sheet("Old")
        other.append([hidden])
        other.sheet_state = "hidden"
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def eml(body: str = "The bond is due.\n", *, html: str = "", attached: dict[str, bytes] | None = None) -> bytes:
    message = EmailMessage()
    message["From"] = "Ann Buyer <ann@agency.example>"
    message["To"] = "bids@vendor.example"
    message["Subject"] = "Addendum – bonds"
    message["Date"] = "Mon, 04 May 2026 10:00:00 +0000"
    message["Message-ID"] = "<1@agency.example>"
    message.set_content(body)
    if html:
        message.add_alternative(html, subtype="html")
    for name, data in (attached or {}).items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def compound_file(streams: dict[str, bytes]) -> bytes:
    """A container of Office 97-2003 ([MS-CFB]) with streams by path; each is padded to 4096 bytes and more.

    Small streams would go into a stream of their own, which these files do without.
    """
    entries: list[dict[str, int | str | bytes]] = [{"name": "Root Entry", "type": 5}]
    children: dict[int, list[int]] = {0: []}
    for path, data in streams.items():
        parent = 0
        *folders, name = path.split("/")
        for folder in folders:
            found = [index for index in children[parent] if entries[index]["name"] == folder]
            if not found:
                entries.append({"name": folder, "type": 1})
                children[parent].append(len(entries) - 1)
                children[len(entries) - 1] = []
            parent = found[0] if found else len(entries) - 1
        entries.append({"name": name, "type": 2, "data": data.ljust(4096, b"\0")})
        children[parent].append(len(entries) - 1)
    return _laid_out(entries, children)


def _laid_out(entries: list[dict[str, int | str | bytes]], children: dict[int, list[int]]) -> bytes:
    directory_sectors = -(-len(entries) // 4)
    fat: list[int] = [_FAT_SECTOR, *range(2, directory_sectors + 1), _END]
    body = b""
    starts = {}
    for index, entry in enumerate(entries):
        if entry["type"] == 2:
            data = bytes(entry["data"])  # type: ignore[arg-type]
            count = -(-len(data) // 512)
            starts[index] = len(fat)
            fat.extend([*range(len(fat) + 1, len(fat) + count), _END])
            body += data.ljust(512 * count, b"\0")
    assert len(fat) <= 128, "one sector of table reaches 64 KB"
    siblings = {a: b for group in children.values() for a, b in itertools.pairwise(group)}
    directory = b""
    for index, entry in enumerate(entries):
        name = str(entry["name"]).encode("utf-16-le")
        size = len(bytes(entry["data"])) if entry["type"] == 2 else 0  # type: ignore[arg-type]
        child = next(iter(children.get(index, [])), _FREE)
        directory += name.ljust(64, b"\0") + struct.pack("<HBB", len(name) + 2, entry["type"], 1)
        directory += struct.pack("<III", _FREE, siblings.get(index, _FREE), child) + b"\0" * 36
        directory += struct.pack("<IQ", starts.get(index, _END), size)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack("<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0, 0)
    header += struct.pack("<108I", *[_FREE] * 108)
    table = struct.pack("<128I", *fat, *[_FREE] * (128 - len(fat)))
    return header + table + directory.ljust(512 * directory_sectors, b"\0") + body


def msg(subject: str, body: str, attached: dict[str, bytes] | None = None, *, rtf: bytes = b"") -> bytes:
    """A message of Outlook ([MS-OXMSG])."""
    streams = _properties("", 32, {0x0037001F: subject, 0x0C1A001F: "Ann Buyer", 0x0C1F001F: "ann@agency.example"})
    if body:
        streams |= _properties("", 32, {0x0037001F: subject, 0x1000001F: body, 0x0C1F001F: "ann@agency.example"})
    if rtf:
        streams |= _properties("", 32, {0x0037001F: subject, 0x10090102: rtf})
    for number, (name, data) in enumerate((attached or {}).items()):
        streams |= _properties(f"__attach_version1.0_#{number:08X}/", 8, {0x3707001F: name, 0x37010102: data})
    return compound_file(streams)


def _properties(folder: str, header: int, values: dict[int, str | bytes]) -> dict[str, bytes]:
    entries = b"".join(struct.pack("<IIII", tag, 6, 0, 0) for tag in values)
    streams = {f"{folder}__properties_version1.0": b"\0" * header + entries}
    for tag, value in values.items():
        data = value.encode("utf-16-le") if isinstance(value, str) else value
        streams[f"{folder}__substg1.0_{tag:08X}"] = data
    return streams


def xls(rows: list[list[str | float]]) -> bytes:
    """A workbook of Excel 97-2003 ([MS-XLS]) with one sheet."""

    def record(kind: int, data: bytes) -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    version = struct.pack("<HHHHII", 0x0600, 0, 0x0DBB, 0x07CC, 0, 6)
    name = b"Prices"
    sheet = record(0x0809, version[:2] + struct.pack("<H", 0x10) + version[4:])
    for row, cells in enumerate(rows):
        for column, value in enumerate(cells):
            place = struct.pack("<HHH", row, column, 0)
            if isinstance(value, str):
                sheet += record(0x0204, place + struct.pack("<HB", len(value), 0) + value.encode("latin-1"))
            else:
                sheet += record(0x0203, place + struct.pack("<d", value))
    sheet += record(0x000A, b"")
    start = record(0x0809, version[:2] + struct.pack("<H", 0x05) + version[4:])
    bound_length = 4 + 4 + 2 + 2 + len(name)
    offset = len(start) + bound_length + 4
    bound = record(0x0085, struct.pack("<IBBBB", offset, 0, 0, len(name), 0) + name)
    return compound_file({"Workbook": start + bound + record(0x000A, b"") + sheet})


def small_files() -> dict[str, bytes]:
    """One file of each kind by name; the text of each holds the word "bond"."""
    return {
        "a.pdf": pdf("The bond is due at award."),
        "a.docx": docx("The bond is due.", "At award."),
        "a.odt": odt("The bond is due.", "At award."),
        "a.rtf": b"{\\rtf1\\ansi The bond is due.\\par At award.}",
        "a.html": b"<html><body><h1>Terms</h1><p>The bond is due.<table><tr><td>a<td>b</table></body></html>",
        "a.md": b"# Terms\n\n1. The bond is due.\n\n| a | b |\n|---|---|\n| c | d |\n",
        "a.txt": b"SECTION 1 - BONDS\n\nThe bond is due.\n",
        "a.csv": b"item,price\nbond,20\n",
        "a.xlsx": xlsx([["Item", "Price"], ["bond", 20]]),
        "a.xls": xls([["Item", "Price"], ["bond", 20.0]]),
        "a.eml": eml(html="<p>The bond is due.</p>", attached={"b.txt": b"The bond."}),
        "a.msg": msg("Addendum", "The bond is due.", {"b.txt": b"The bond."}),
        "a.zip": zipped({"b.txt": b"The bond is due."}),
    }
