"""PDFs that lead in circles, claim to be huge, nest without end, or ask for something to be done."""

import zlib
from collections.abc import Iterator, Mapping

from benchmarks.attacks.values import Attack, End

__all__ = ["pdf_attacks"]

_TEXT = b"BT /F1 12 Tf 72 700 Td (The vendor shall furnish a performance bond.) Tj ET"
_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
_PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> "


def _stream(data: bytes, extra: bytes = b"") -> bytes:
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(data), extra, data)


def _flate(data: bytes, times: int = 1) -> bytes:
    for _ in range(times):
        data = zlib.compress(data, 9)
    return _stream(data, b"/Filter [" + b"/FlateDecode " * times + b"]")


def _pdf(changed: Mapping[int, bytes] | None = None, *, trailer: bytes = b"") -> bytes:
    """A file of one page, with some of its objects replaced or added."""
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: _PAGE + b">>",
        4: _stream(_TEXT),
        5: _FONT,
        **(changed or {}),
    }
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = {}
    for number, content in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    size = max(objects) + 1
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        out += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 65535 f \n"
    out += b"trailer\n<< /Size %d /Root 1 0 R %b >>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, table)
    return bytes(out)


def _contents(data: bytes, **objects: bytes) -> bytes:
    return _pdf({4: _stream(data)})


def _boxed(box: str) -> bytes:
    return _pdf({3: _PAGE.replace(b"0 0 612 792", box.encode()) + b">>"})


def _catalog(entries: bytes, more: Mapping[int, bytes] | None = None) -> bytes:
    return _pdf({1: b"<< /Type /Catalog /Pages 2 0 R " + entries + b" >>", **(more or {})})


def _circles() -> Iterator[tuple[str, bytes]]:
    yield "kids-self", _pdf({2: b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >>"})
    yield (
        "kids-cycle",
        _pdf(
            {
                2: b"<< /Type /Pages /Kids [6 0 R 3 0 R] /Count 2 >>",
                6: b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R] /Count 1 >>",
            }
        ),
    )
    yield (
        "parent-cycle",
        _pdf({2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 /Parent 6 0 R >>", 6: b"<< /Parent 2 0 R >>"}),
    )
    chain = {n: b"<< /Type /Pages /Parent %d 0 R /Kids [%d 0 R] /Count 1 >>" % (n - 1, n + 1) for n in range(11, 5_000)}
    yield (
        "kids-deep",
        _pdf(
            {
                2: b"<< /Type /Pages /Kids [10 0 R] /Count 1 >>",
                10: b"<< /Type /Pages /Parent 2 0 R /Kids [11 0 R] /Count 1 >>",
                **chain,
                5_000: _PAGE + b">>",
            }
        ),
    )
    yield "reference-self", _pdf({4: b"4 0 R"})
    yield "length-self", _pdf({4: _stream(_TEXT).replace(b"/Length", b"/Length 4 0 R /Was")})
    yield "contents-cycle", _pdf({3: _PAGE.replace(b"4 0 R", b"[4 0 R 6 0 R]") + b">>", 6: b"[4 0 R 6 0 R]"})
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << /XObject << /X 6 0 R >> >>"
    page = _PAGE.replace(b"/Font <<", b"/XObject << /X 6 0 R >> /Font <<") + b">>"
    yield "form-self", _pdf({3: page, 4: _stream(_TEXT + b" /X Do"), 6: _stream(b"/X Do " * 20, form)})
    forms = {n: _stream(b"/X Do " * 10, form.replace(b"6 0 R", b"%d 0 R" % (n + 1))) for n in range(6, 40)}
    yield "form-tree", _pdf({3: page, 4: _stream(_TEXT + b" /X Do"), **forms})
    glyph = b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1 1] /FontMatrix [1 0 0 1 0 0] /FirstChar 32 /LastChar 126 "
    glyph += b"/Widths [%b] /CharProcs << /a 6 0 R >> /Encoding << /Differences [32 %b] >> " % (b"1 " * 95, b"/a " * 95)
    glyph += b"/Resources << /Font << /F1 5 0 R >> >> >>"
    yield "glyph-self", _pdf({5: glyph, 6: _stream(_TEXT)})
    yield (
        "outline-cycle",
        _catalog(
            b"/Outlines 6 0 R",
            {6: b"<< /First 7 0 R /Last 7 0 R >>", 7: b"<< /Title (a) /Next 7 0 R /First 6 0 R /Parent 7 0 R >>"},
        ),
    )
    yield "names-cycle", _catalog(b"/Names << /EmbeddedFiles 6 0 R >>", {6: b"<< /Kids [6 0 R 6 0 R] >>"})
    annotation = (
        b"<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (a bond) /Popup 6 0 R /Parent 6 0 R /IRT 6 0 R >>"
    )
    yield "annotation-cycle", _pdf({3: _PAGE + b"/Annots [6 0 R 6 0 R] >>", 6: annotation})
    yield "structure-cycle", _catalog(b"/StructTreeRoot 6 0 R", {6: b"<< /Type /StructTreeRoot /K [6 0 R] /P 6 0 R >>"})
    yield "table-before-itself", _pdf(trailer=b"/Prev 15")
    good = _pdf()
    at = good.rindex(b"xref\n0")
    yield "table-cycle", good.replace(b"/Root", b"/Prev %d /Root" % at)


def _object_streams() -> Iterator[tuple[str, bytes]]:
    held = b"6 0 << /Type /ObjStm >>"
    about = b"/Type /ObjStm /N 1 /First 4 "
    yield "object-stream-extends-itself", _pdf({6: _stream(held, about + b"/Extends 6 0 R")})
    rows = bytes([1, 0, 15, 0, 2, 0, 6, 0] * 7)
    table = b"/Type /XRef /Size 7 /W [1 2 1] /Root 1 0 R "
    head = b"%PDF-1.7\n"
    for name, extra in (
        ("object-stream-in-itself", b""),
        ("table-stream-cycle", b"/Prev 9 "),
        ("table-stream-wide", b"/W [1 2147483647 1] "),
        ("table-stream-long", b"/Size 2147483647 /Index [0 2147483647] "),
    ):
        data = head + b"6 0 obj\n" + _stream(rows, extra + table) + b"\nendobj\nstartxref\n%d\n%%%%EOF" % len(head)
        yield name, data
    yield "object-stream-count", _pdf({6: _stream(held, b"/Type /ObjStm /N 2147483647 /First 4")})


def _sizes() -> Iterator[tuple[str, bytes]]:
    for name, box in (
        ("huge", "0 0 1000000000 1000000000"),
        ("endless", "0 0 1e38 1e38"),
        ("nothing", "0 0 0 0"),
        ("backwards", "612 792 -612 -792"),
        ("words", "/a (b) null 5 0 R"),
        ("short", "0 0"),
    ):
        yield f"box-{name}", _boxed(box)
    yield "unit-huge", _pdf({3: _PAGE + b"/UserUnit 100000000 >>"})
    yield "rotated-oddly", _pdf({3: _PAGE + b"/Rotate 2147483647 >>"})
    yield "count-lie", _pdf({2: b"<< /Type /Pages /Kids [3 0 R] /Count 2147483647 >>"})
    yield "count-negative", _pdf({2: b"<< /Type /Pages /Kids [3 0 R] /Count -5 >>"})
    yield "one-page-20000-times", _pdf({2: b"<< /Type /Pages /Kids [%b] /Count 20000 >>" % (b"3 0 R " * 20_000)})
    yield "length-lie", _pdf({4: _stream(_TEXT).replace(b"/Length ", b"/Length 99999999")})
    yield "length-negative", _pdf({4: _stream(_TEXT).replace(b"/Length ", b"/Length -")})
    yield "stream-bomb", _pdf({4: _flate(_TEXT + b" " * 300_000_000)})
    yield "stream-bomb-in-bomb", _pdf({4: _flate(_TEXT + b" " * 100_000_000, 3)})
    yield "text-bomb", _pdf({4: _flate(b"BT /F1 12 Tf 72 700 Td " + b"(bond) Tj " * 500_000 + b"ET")})
    picture = b"/Subtype /Image /ColorSpace /DeviceRGB /BitsPerComponent 8 /Width 60000 /Height 60000 "
    page = _PAGE.replace(b"/Font <<", b"/XObject << /X 6 0 R >> /Font <<") + b">>"
    yield "picture-huge", _pdf({3: page, 4: _stream(b"600 0 0 700 0 0 cm /X Do"), 6: _stream(b"x", picture)})
    for name in ("JBIG2Decode", "JPXDecode", "CCITTFaxDecode", "DCTDecode", "LZWDecode", "RunLengthDecode", "NoSuch"):
        data = _stream(b"\xff\x4f\xff\x51" * 99, picture + b"/Filter /" + name.encode())
        yield f"picture-{name.lower()}", _pdf({3: page, 4: _stream(b"600 0 0 700 0 0 cm /X Do"), 6: data})


def _nested() -> Iterator[tuple[str, bytes]]:
    yield "arrays-deep", _pdf({6: b"[" * 100_000}, trailer=b"/Info 6 0 R")
    yield "arrays-deep-closed", _pdf({6: b"[" * 50_000 + b"]" * 50_000}, trailer=b"/Info 6 0 R")
    yield "dictionaries-deep", _pdf({6: b"<</A" * 50_000 + b" 0" + b">>" * 50_000}, trailer=b"/Info 6 0 R")
    yield (
        "page-in-arrays",
        _pdf({2: b"<< /Type /Pages /Kids " + b"[" * 9_000 + b"3 0 R" + b"]" * 9_000 + b" /Count 1 >>"}),
    )
    yield "string-open", _pdf({6: b"(" * 500_000})
    yield "states-deep", _contents(b"q " * 500_000 + _TEXT)
    yield "operands", _contents(b"1 " * 500_000 + _TEXT)
    yield "marks-deep", _contents(b"/P BMC " * 200_000 + _TEXT)
    yield "arrays-in-contents", _contents(b"[" * 300_000 + _TEXT)
    yield "name-long", _pdf({6: b"/" + b"a" * 1_000_000})
    yield "number-long", _pdf({6: b"9" * 1_000_000})


def _pages_of_text() -> Iterator[tuple[str, bytes]]:
    begin = b"BT /F1 12 Tf "
    yield "same-place", _contents(begin + b"72 700 Td (bond) Tj " + b"-0 0 Td (bond) Tj " * 30_000 + b"ET")
    yield "one-line", _contents(begin + b"1 0 0 1 0 700 Tm (" + b"the bond is due " * 100_000 + b") Tj ET")
    yield "far-away", _contents(b"".join(begin + b"%d 1e30 Td (bond) Tj ET " % (10**n) for n in range(30)))
    yield "size-nothing", _contents(b"BT /F1 0 Tf 72 700 Td (the bond is due) Tj ET " * 2_000)
    yield "size-huge", _contents(b"BT /F1 1000000000 Tf 72 700 Td (the bond is due) Tj ET " * 2_000)
    yield "matrix-flat", _contents(b"0 0 0 0 0 0 cm " + _TEXT)
    yield "matrix-not-finite", _contents(b"1e38 1e38 1e38 1e38 1e38 1e38 cm 1e38 0 0 1e38 0 0 cm " + _TEXT)
    turned = b"".join(b"BT /F1 9 Tf 0 1 -1 0 %d %d Tm (bond) Tj ET " % (n % 600, n // 600) for n in range(20_000))
    yield "turned", _contents(turned)
    scattered = (b"BT /F1 6 Tf %d %d Td (b) Tj ET " % (n * 7919 % 612, n * 104729 % 792) for n in range(40_000))
    yield "scattered", _contents(b"".join(scattered))
    yield "grid", _contents(b"".join(b"%d 0 m %d 792 l 0 %d m 612 %d l S " % (n, n, n, n) for n in range(600)) + _TEXT)
    strokes = (b"%d %d 5 5 re S " % (n * 7919 % 612, n * 104729 % 792) for n in range(60_000))
    yield "boxes", _contents(b"".join(strokes) + _TEXT)
    lines = (b"%d.%d 0 m %d.%d 792 l S " % (n % 612, n % 10, n % 612, n % 10) for n in range(100_000))
    yield "rules", _contents(b"".join(lines) + _TEXT)
    steps = b"".join(
        b"BT /F1 8 Tf %d %d Td (1.1 the bond) Tj ET " % (40 + n % 3 * 180, 760 - n // 3 % 700) for n in range(9_000)
    )
    yield "columns", _contents(steps)
    codes = b"".join(b"<%04x> <%04x> " % (n, 0xD800 + n % 2048) for n in range(1, 255))
    mapping = (
        b"begincmap 1 begincodespacerange <00> <ff> endcodespacerange 254 beginbfchar " + codes + b"endbfchar endcmap"
    )
    font = _FONT.replace(b">>", b"/ToUnicode 6 0 R >>")
    yield "surrogates", _pdf({5: font, 6: _stream(mapping)})
    bomb = b"begincmap 1 beginbfrange <00> <ff> <" + b"00610062" * 20_000 + b"> endbfrange endcmap"
    yield (
        "one-letter-becomes-many",
        _pdf({5: font, 6: _stream(bomb), 4: _stream(begin + b"(" + b"b" * 5_000 + b") Tj ET")}),
    )
    yield "controls", _contents(begin + b"72 700 Td <" + bytes(range(32)).hex().encode() * 500 + b"> Tj ET")


_ACTIONS = {
    "javascript": b"/OpenAction << /S /JavaScript /JS (app.launchURL\\('http://127.0.0.1:9/'\\);) >>",
    "launch": b"/OpenAction << /S /Launch /F (/bin/sh) /Win << /F (cmd.exe) >> >>",
    "address": b"/OpenAction << /S /URI /URI (http://127.0.0.1:9/) >>",
    "submits": b"/OpenAction << /S /SubmitForm /F << /FS /URL /F (http://127.0.0.1:9/) >> >>",
    "other-file": b"/OpenAction << /S /GoToR /F (\\\\\\\\127.0.0.1\\\\share\\\\a.pdf) /D [0 /Fit] >>",
    "form-of-xml": b"/AcroForm << /Fields [] /XFA (<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>"
    b"<a>&x;</a>) >>",
}


def _locked() -> bytes:
    return _pdf(
        {6: b"<< /Filter /NoSuchHandler /V 99 /R 99 /O (a) /U (b) /P -1 >>"}, trailer=b"/Encrypt 6 0 R /ID [(a) (b)]"
    )


_ENDLESS = frozenset({"form-self", "form-tree", "marks-deep", "one-letter-becomes-many"})


def pdf_attacks() -> Iterator[Attack]:
    """One file for each of these ways to be nasty."""
    for kind, files in (
        ("loop", _circles()),
        ("object stream", _object_streams()),
        ("size", _sizes()),
        ("nesting", _nested()),
        ("text", _pages_of_text()),
    ):
        for name, data in files:
            yield Attack(f"{name}.pdf", f"PDF: {kind}", data, End.ISOLATED if name in _ENDLESS else End.EITHER)
    for name, entries in _ACTIONS.items():
        yield Attack(f"action-{name}.pdf", "PDF: action", _catalog(entries), End.REPORT)
    external = b"/F << /FS /URL /F (http://127.0.0.1:9/) >> "
    yield Attack("stream-elsewhere.pdf", "PDF: action", _pdf({4: _stream(_TEXT, external)}))
    yield Attack("locked.pdf", "PDF: locked", _locked(), End.ERROR)
    yield Attack("garbage-before.pdf", "PDF: damage", b"\0" * 1_000 + _pdf())
    yield Attack("garbage-behind.pdf", "PDF: damage", _pdf() + b"\0" * 1_000_000)
    yield Attack("head-only.pdf", "PDF: damage", b"%PDF-1.7\n", End.ERROR)
    yield Attack("two-in-one.pdf", "PDF: damage", _pdf() + _pdf())
