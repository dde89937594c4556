"""Says what kind of file some bytes are, by looking at them; a name's ending only decides between kinds of text."""

import re
import zipfile
from enum import StrEnum
from io import BytesIO

from analyzer.document import Source
from analyzer.errors import DamagedDocument, EmptyDocument, EncryptedDocument
from analyzer.parsing.encoding import decode

__all__ = ["MediaType", "describe", "extension_of", "is_misnamed", "sniff"]


class MediaType(StrEnum):
    """The kinds of file that are told apart, read or not."""

    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    XLSB = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
    ODT = "application/vnd.oasis.opendocument.text"
    ODS = "application/vnd.oasis.opendocument.spreadsheet"
    ODP = "application/vnd.oasis.opendocument.presentation"
    EPUB = "application/epub+zip"
    ZIP = "application/zip"
    DOC = "application/msword"
    XLS = "application/vnd.ms-excel"
    PPT = "application/vnd.ms-powerpoint"
    MSG = "application/vnd.ms-outlook"
    OLE = "application/x-ole-storage"
    WORDPERFECT = "application/vnd.wordperfect"
    RTF = "application/rtf"
    HTML = "text/html"
    MAIL = "message/rfc822"
    FLAT_OFFICE = "application/x-flat-office-xml"
    XML = "application/xml"
    MARKDOWN = "text/markdown"
    CSV = "text/csv"
    TEXT = "text/plain"
    PNG = "image/png"
    JPEG = "image/jpeg"
    TIFF = "image/tiff"
    PICTURE = "image/*"
    ARCHIVE = "application/x-archive"
    BINARY = "application/octet-stream"


_NAMES = {
    MediaType.PDF: "a PDF",
    MediaType.DOCX: "a Word document",
    MediaType.XLSX: "an Excel workbook",
    MediaType.PPTX: "a PowerPoint presentation",
    MediaType.XLSB: "a binary Excel workbook",
    MediaType.ODT: "an OpenDocument text",
    MediaType.ODS: "an OpenDocument spreadsheet",
    MediaType.ODP: "an OpenDocument presentation",
    MediaType.EPUB: "an e-book",
    MediaType.ZIP: "a ZIP package",
    MediaType.DOC: "a Word 97-2003 document",
    MediaType.XLS: "an Excel 97-2003 workbook",
    MediaType.PPT: "a PowerPoint 97-2003 presentation",
    MediaType.MSG: "an Outlook message",
    MediaType.OLE: "a compound file of an unknown program",
    MediaType.WORDPERFECT: "a WordPerfect document",
    MediaType.RTF: "a rich text document",
    MediaType.HTML: "a web page",
    MediaType.MAIL: "an e-mail message",
    MediaType.FLAT_OFFICE: "an office document in a single XML file",
    MediaType.XML: "an XML file of an unknown kind",
    MediaType.MARKDOWN: "a Markdown text",
    MediaType.CSV: "a table of separated values",
    MediaType.TEXT: "a plain text",
    MediaType.PNG: "a PNG picture",
    MediaType.JPEG: "a JPEG picture",
    MediaType.TIFF: "a TIFF picture",
    MediaType.PICTURE: "a picture",
    MediaType.ARCHIVE: "an archive",
    MediaType.BINARY: "a file of an unknown kind",
}

_EXTENSIONS: dict[str, frozenset[MediaType]] = {
    "pdf": frozenset({MediaType.PDF}),
    "docx": frozenset({MediaType.DOCX}),
    "docm": frozenset({MediaType.DOCX}),
    "dotx": frozenset({MediaType.DOCX}),
    "doc": frozenset({MediaType.DOC}),
    "dot": frozenset({MediaType.DOC}),
    "xlsx": frozenset({MediaType.XLSX}),
    "xlsm": frozenset({MediaType.XLSX}),
    "xls": frozenset({MediaType.XLS}),
    "odt": frozenset({MediaType.ODT}),
    "ott": frozenset({MediaType.ODT}),
    "ods": frozenset({MediaType.ODS}),
    "rtf": frozenset({MediaType.RTF}),
    "wpd": frozenset({MediaType.WORDPERFECT}),
    "msg": frozenset({MediaType.MSG}),
    "eml": frozenset({MediaType.MAIL}),
    "mht": frozenset({MediaType.MAIL}),
    "htm": frozenset({MediaType.HTML, MediaType.TEXT}),
    "html": frozenset({MediaType.HTML, MediaType.TEXT}),
    "xhtml": frozenset({MediaType.HTML}),
    "md": frozenset({MediaType.MARKDOWN}),
    "markdown": frozenset({MediaType.MARKDOWN}),
    "csv": frozenset({MediaType.CSV}),
    "tsv": frozenset({MediaType.CSV}),
    "txt": frozenset({MediaType.TEXT}),
    "text": frozenset({MediaType.TEXT}),
    "zip": frozenset({MediaType.ZIP}),
    "png": frozenset({MediaType.PNG}),
    "jpg": frozenset({MediaType.JPEG}),
    "jpeg": frozenset({MediaType.JPEG}),
    "tif": frozenset({MediaType.TIFF}),
    "tiff": frozenset({MediaType.TIFF}),
}

_SIGNATURES: tuple[tuple[bytes, MediaType], ...] = (
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
    (b"\xff\xd8\xff", MediaType.JPEG),
    (b"II*\x00", MediaType.TIFF),
    (b"MM\x00*", MediaType.TIFF),
    (b"GIF8", MediaType.PICTURE),
    (b"\xffWPC", MediaType.WORDPERFECT),
    (b"{\\rtf", MediaType.RTF),
    (b"7z\xbc\xaf\x27\x1c", MediaType.ARCHIVE),
    (b"Rar!\x1a\x07", MediaType.ARCHIVE),
    (b"\x1f\x8b", MediaType.ARCHIVE),
    (b"\x7fELF", MediaType.BINARY),
)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS: tuple[tuple[str, MediaType], ...] = (
    ("worddocument", MediaType.DOC),
    ("workbook", MediaType.XLS),
    ("book", MediaType.XLS),
    ("powerpoint document", MediaType.PPT),
    ("__properties_version1.0", MediaType.MSG),
)
_OFFICE_PARTS: tuple[tuple[bytes, MediaType], ...] = (
    (b"sheet.binary.macroEnabled.main", MediaType.XLSB),
    (b"wordprocessingml.document.main", MediaType.DOCX),
    (b"wordprocessingml.template.main", MediaType.DOCX),
    (b"word.document.macroEnabled.main", MediaType.DOCX),
    (b"word.template.macroEnabledTemplate.main", MediaType.DOCX),
    (b"spreadsheetml.sheet.main", MediaType.XLSX),
    (b"spreadsheetml.template.main", MediaType.XLSX),
    (b"excel.sheet.macroEnabled.main", MediaType.XLSX),
    (b"excel.template.macroEnabled.main", MediaType.XLSX),
    (b"presentationml", MediaType.PPTX),
    (b"ms-powerpoint", MediaType.PPTX),
)
_OFFICE_FOLDERS = (
    ("word/document", MediaType.DOCX),
    ("xl/workbook", MediaType.XLSX),
    ("ppt/presentation", MediaType.PPTX),
)
_OPEN_DOCUMENTS: tuple[tuple[str, MediaType], ...] = (
    ("application/vnd.oasis.opendocument.text", MediaType.ODT),
    ("application/vnd.oasis.opendocument.spreadsheet", MediaType.ODS),
    ("application/vnd.oasis.opendocument.presentation", MediaType.ODP),
    ("application/epub+zip", MediaType.EPUB),
)

_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta|table|div|p|h[1-6]|ul|ol|span|"
    r"font|center|style)\b",
    re.IGNORECASE | re.DOTALL,
)
_HTML_ROOT = re.compile(r"<(?:!doctype\s+)?html[\s>]", re.IGNORECASE)
_FLAT_OFFICE = re.compile(r"<(?:w:wordDocument|pkg:package|office:document)\b")
_MAIL_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,40}):[ \t\r\n]")
_MAIL_PROOF = frozenset({"mime-version", "message-id", "received", "return-path", "content-type", "x-mailer"})
_MARKDOWN_SIGN = re.compile(r"^(?:#{1,6} \S|\|? ?:?-{3,}:? ?\|)", re.MULTILINE)
_ODD = re.compile("[\x00-\x06\x0e-\x19\x1c-\x1f\x7f\ufffd]")
_SAMPLE = 64 * 1024


def sniff(source: Source) -> MediaType:
    """The kind of a file.

    Raises EmptyDocument for no bytes, DamagedDocument for a broken container and EncryptedDocument for
    an office file behind a password.
    """
    data = source.data
    if not data:
        raise EmptyDocument(source.name, "the file holds no bytes.", "Copy or download it again.")
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _sniff_zip(source)
    if data.startswith(_OLE):
        return _sniff_ole(source)
    for signature, media_type in _SIGNATURES:
        if data.startswith(signature):
            return media_type
    # Readers accept a PDF whose header stands anywhere in the first 1024 bytes (ISO 32000-1, annex H).
    if re.search(rb"%PDF-\d", data[:1032]):
        return MediaType.PDF
    return _sniff_text(source)


def describe(media_type: MediaType) -> str:
    """A kind of file in words, with its article."""
    return _NAMES[media_type]


def extension_of(name: str) -> str:
    """The ending of a file's name without its dot, in lower case; empty if it has none."""
    stem, dot, extension = name.rpartition("/")[2].rpartition(".")
    return extension.lower() if dot and stem else ""


def is_misnamed(name: str, media_type: MediaType) -> bool:
    """Whether a name's ending promises another kind of file."""
    expected = _EXTENSIONS.get(extension_of(name))
    return expected is not None and media_type not in expected


def _sniff_zip(source: Source) -> MediaType:
    try:
        with zipfile.ZipFile(BytesIO(source.data)) as package:
            return _kind_of_package(package)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, ValueError, OSError, EOFError) as error:
        if (media_type := _kind_by_local_header(source.data)) is not None:
            return media_type
        raise DamagedDocument(
            source.name,
            "the file is a ZIP container whose directory can't be read; it is cut short or damaged.",
            "Download it again, or open it in the program that made it and save a copy.",
        ) from error


def _kind_by_local_header(data: bytes) -> MediaType | None:
    """The kind of a container without its directory, for the readers that can salvage what is left."""
    if b"word/document" in data:
        return MediaType.DOCX
    is_odt = data[30:38] == b"mimetype" and b"application/vnd.oasis.opendocument.text" in data[:128]
    return MediaType.ODT if is_odt else None


def _kind_of_package(package: zipfile.ZipFile) -> MediaType:
    names = set(package.namelist())
    if "mimetype" in names:
        declared = _start_of(package, "mimetype").decode("latin-1").strip()
        for prefix, media_type in _OPEN_DOCUMENTS:
            if declared.startswith(prefix):
                return media_type
    if "[Content_Types].xml" in names:
        types = _start_of(package, "[Content_Types].xml")
        for mark, media_type in _OFFICE_PARTS:
            if mark in types:
                return media_type
    for folder, media_type in _OFFICE_FOLDERS:
        if any(name.startswith(folder) for name in names):
            return media_type
    return MediaType.ZIP


def _start_of(package: zipfile.ZipFile, name: str) -> bytes:
    """The first megabyte of a member; nothing if it is broken or locked."""
    try:
        with package.open(name) as member:
            return member.read(1 << 20)
    except Exception:  # noqa: BLE001 - zlib, bz2, lzma and zipfile each raise their own; the folders still tell
        return b""


def _sniff_ole(source: Source) -> MediaType:
    import olefile  # type: ignore[import-untyped]

    try:
        with olefile.OleFileIO(BytesIO(source.data)) as storage:
            streams = {path[0].lower() for path in storage.listdir()}
            is_locked = "encryptedpackage" in streams or ("worddocument" in streams and _is_locked_word(storage))
    except Exception as error:
        raise DamagedDocument(
            source.name,
            "the file is an Office 97-2003 container whose directory can't be read; it is cut short or damaged.",
            "Download it again, or open it in the program that made it and save a copy.",
        ) from error
    if is_locked:
        raise EncryptedDocument(
            source.name,
            "the document is protected by a password.",
            "Open it with its password and save a copy without one.",
        )
    return next((kind for stream, kind in _OLE_STREAMS if stream in streams), MediaType.OLE)


def _is_locked_word(storage: object) -> bool:
    """Bit fEncrypted of the FIB's flags ([MS-DOC] 2.5.2)."""
    with storage.openstream("WordDocument") as stream:  # type: ignore[attr-defined]
        header = stream.read(12)
    return len(header) == 12 and bool(header[11] & 0x01)


def _sniff_text(source: Source) -> MediaType:
    # An even cut keeps the two halves of a UTF-16 character together.
    head = decode(source.data[:_SAMPLE]).text
    if len(_ODD.findall(head)) > max(1, len(head) // 20):
        return MediaType.BINARY
    extension = extension_of(source.name)
    start = head[:4096]
    if _FLAT_OFFICE.search(start) and start.lstrip().startswith("<"):
        return MediaType.FLAT_OFFICE
    if extension not in {"md", "markdown"} and (_HTML_START.match(start) or _is_html_root(start)):
        return MediaType.HTML
    if start.lstrip().startswith("<?xml"):
        return MediaType.XML
    if _looks_like_mail(head, extension):
        return MediaType.MAIL
    if extension in {"csv", "tsv"}:
        return MediaType.CSV
    if extension in {"md", "markdown"} or (extension not in _EXTENSIONS and len(_MARKDOWN_SIGN.findall(head)) > 1):
        return MediaType.MARKDOWN
    return MediaType.TEXT


def _is_html_root(start: str) -> bool:
    return start.lstrip().startswith("<") and _HTML_ROOT.search(start) is not None


def _looks_like_mail(head: str, extension: str) -> bool:
    """Mail opens with headers; a typed memo does too, so one that only mail programs write must be among them."""
    headers = re.split(r"\r?\n\r?\n", head.lstrip("\ufeff\r\n"), maxsplit=1)[0]
    lines = [line for line in headers.splitlines() if not line.startswith((" ", "\t", "From "))]
    names = {found[1].lower() for line in lines if (found := _MAIL_HEADER.match(line + "\n"))}
    if not lines or not _MAIL_HEADER.match(lines[0] + "\n"):
        return False
    return (bool(names & _MAIL_PROOF) and len(names) > 1) or (extension == "eml" and len(names) > 1)
