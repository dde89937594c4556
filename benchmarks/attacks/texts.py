"""Texts, web pages, rich texts, tables and e-mails that are too long, too deep, or not text at all."""

from collections.abc import Iterator

from benchmarks.attacks.values import Attack, End

__all__ = ["text_attacks"]

_MILLIONS = 10_000_000
_BOND = b"The vendor shall furnish a performance bond. "
_HEBREW = "הספק ימציא ערבות ביצוע בשיעור של עשרה אחוזים. "
_ARABIC = "يقدم المورد ضمان حسن التنفيذ بنسبة عشرة بالمائة. "
_MIXED = f"The vendor \u202b{_HEBREW}\u202c shall \u2067{_ARABIC}\u2069 furnish a bond \u202e.dnob\u202c. "
_ENTITIES = (
    b'<!DOCTYPE a [<!ENTITY x0 "bond bond ">'
    + b"".join(b'<!ENTITY x%d "%b">' % (n, b"&x%d;" % (n - 1) * 10) for n in range(1, 12))
    + b"]>"
)
_STOLEN = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname"><!ENTITY % y SYSTEM "http://127.0.0.1:9/"> %y;]>'


def _paragraphs() -> Iterator[tuple[str, bytes]]:
    """Ten million characters without a line break."""
    for name, piece in (
        ("words", b"bond "),
        ("letters", b"a"),
        ("capitals", b"SHALL "),
        ("figures", b"1"),
        ("amounts", b"$1,000,000.00 "),
        ("dots", b"."),
        ("spaced-dots", b". "),
        ("numbers", b"1.1."),
        ("brackets", b"("),
        ("clauses", b"(a)(i) "),
        ("quotes", b'"'),
        ("apostrophes", b"'s "),
        ("hyphens", b"-"),
        ("underscores", b"_"),
        ("commas", b"a, "),
        ("semicolons", b"a; "),
        ("abbreviations", b"No. U.S. Inc. "),
        ("not", b"shall not "),
        ("blanks", b"[ ] "),
        ("addresses", b"http://a.b/c?d=e&f "),
        ("tabs", b"a\t"),
        ("feeds", b"a\f"),
    ):
        yield f"paragraph-{name}", piece * (_MILLIONS // len(piece))


def _characters() -> Iterator[tuple[str, bytes]]:
    yield "right-to-left", (_HEBREW * 2_000).encode()
    yield "mixed-directions", (_MIXED * 2_000).encode()
    yield "joined", ("b\u200do\u200bn\u00add " * 50_000).encode()
    yield "piled-up", ("o" + "\u0301" * 100_000 + "bond ").encode()
    yield "picture-letters", ("👩\u200d👩\u200d👧\u200d👦 bond " * 20_000).encode()
    yield "private-use", ("\ue000\uf8ff\U000f0000 bond " * 20_000).encode()
    yield "not-characters", ("\ufffe\uffff\U0010ffff bond " * 20_000).encode()
    yield "tags", "".join(chr(0xE0000 + n % 128) for n in range(50_000)).encode() + b" bond"
    yield "casefold", ("İıſẞŉǰ bond " * 20_000).encode()
    yield "line-ends", "bond\u2028bond\u2029bond\x85bond\x0bbond\r".encode() * 20_000
    yield "byte-marks", b"\xef\xbb\xbf" * 50_000 + _BOND
    yield "byte-mark-only", b"\xef\xbb\xbf"
    yield "byte-marks-of-two", b"\xff\xfe\xfe\xff" + _BOND
    yield "nuls", b"bo\0nd " * 20_000
    yield "only-nuls", b"\0" * 100_000
    yield "controls", bytes(range(32)) * 2_000 + _BOND
    yield "every-byte", bytes(range(256)) * 500
    yield "high-bytes", b"\xff" * 100_000
    yield "overlong", b"\xc0\x80\xe0\x80\xaf\xf0\x80\x80\xaf bond " * 5_000
    yield "half-pairs", "bond \ud800 \udfff ".encode("utf-16-le", "surrogatepass") * 5_000
    yield "half-pairs-marked", b"\xff\xfe" + "bond \udc00\ud800 ".encode("utf-16-le", "surrogatepass") * 5_000
    yield "half-pairs-in-eight", "bond \ud800 \udfff ".encode("utf-8", "surrogatepass") * 5_000
    yield "odd-length", b"\xff\xfe" + "bond ".encode("utf-16-le") * 5_000 + b"x"
    yield "four-bytes", b"\xff\xfe\0\0" + b"\xff\xff\xff\x7f" * 5_000
    yield "seven-bits", b"+ADw-script+AD4-bond+ADw-/script+AD4- " * 500
    yield "spaces", b" " * 1_000_000
    yield "one-byte", b"x"
    yield "line-breaks", b"\n" * 2_000_000 + _BOND
    yield "mixed-ends", b"bond\r\r\n\n\r" * 100_000


_HTML = {
    "deep": b"<div>" * 200_000 + _BOND,
    "deep-inline": b"<b><i>" * 100_000 + _BOND,
    "deep-lists": b"<ul><li>" * 30_000 + _BOND,
    "deep-tables": b"<table><tr><td>" * 5_000 + _BOND,
    "deep-quotes": b"<blockquote>" * 50_000 + _BOND,
    "wide": b"<table>" + (b"<tr>" + b"<td colspan=1000 rowspan=65534>x" * 300) * 20,
    "paragraph": b"<p>" + _BOND * (_MILLIONS // len(_BOND)),
    "attributes": b"<p " + b"a='b' " * 200_000 + b">" + _BOND,
    "attribute-long": b"<p title='" + b"a" * 5_000_000 + b"'>" + _BOND,
    "open": b"<" * 1_000_000 + _BOND,
    "ampersands": b"<p>" + b"&" * 1_000_000 + _BOND,
    "comment-open": b"<html><!-- " + _BOND * 10_000,
    "comments": b"<!-- --" * 100_000 + _BOND,
    "references": b"<p>" + b"&#xD800;&#0;&#xFFFFFFFF;&#x110000;&bogus; bond " * 20_000,
    "entities": _ENTITIES + b"<html><p>&x11;",
    "entity-outside": _STOLEN + b"<html><p>bond &x;",
    "fetches": b"<html><head><base href='http://127.0.0.1:9/'><link rel=stylesheet href=a.css><meta http-equiv=refresh "
    b"content='0;url=http://127.0.0.1:9/'></head><body><img src=a.png><iframe src=file:///etc/passwd></iframe>"
    b"<object data=a></object><script src=a.js></script><svg><image href='http://127.0.0.1:9/'/></svg><p>" + _BOND,
    "script": b"<html><script>while(true){document.write('bond')}</script><p onload='x()'>" + _BOND,
    "hidden": b"<html><p style='display:none;" + b"x:y;" * 100_000 + b"'>" + _BOND,
    "nuls": b"<\0html><p>bo\0nd<\0/p>" * 5_000,
    "charset": b"<html><meta charset='x-no-such'><p>\x81\x8d" + _BOND,
    "charset-seven": b"<html><meta charset='utf-7'><p>+2AA- +ADw-" + _BOND,
    "xhtml": b"<?xml version='1.0' encoding='ebcdic'?><html xmlns='http://www.w3.org/1999/xhtml'><p>" + _BOND,
    "breaks": b"<p>x<br>" * 200_000,
    "fake-tags": b"<html>" + b"".join(b"<a%d>" % n for n in range(50_000)) + _BOND,
    "closing": b"<html>" + b"</div></p></table>" * 100_000 + _BOND,
}
_RTF = {
    "groups": b"{\\rtf1" + b"{" * 300_000 + _BOND,
    "closing": b"{\\rtf1 " + b"}" * 300_000 + _BOND,
    "binary": b"{\\rtf1 bond\\bin999999999999 x}",
    "binary-negative": b"{\\rtf1 bond\\bin-5 x}",
    "numbers": b"{\\rtf1 " + b"\\u99999999999999999999 ?\\u-32768 ?\\'zz\\u55296 ? bond " * 10_000 + b"}",
    "number-long": b"{\\rtf1 \\fs" + b"9" * 1_000_000 + b" bond}",
    "word-long": b"{\\rtf1 \\" + b"a" * 1_000_000 + b" bond}",
    "skips": b"{\\rtf1\\uc999999999 \\u98 " + _BOND + b"}",
    "rows": b"{\\rtf1 " + b"\\trowd\\cellx1 bond\\cell\\row " * 20_000 + b"}",
    "rows-nested": b"{\\rtf1 " + b"{\\trowd\\itap9\\intbl bond\\nestcell\\nestrow " * 10_000,
    "object": b"{\\rtf1 bond {\\object\\objautlink\\objupdate{\\*\\objclass Package}{\\*\\objdata "
    + b"41" * 500_000
    + b"}}}",
    "field": b"{\\rtf1 " + _BOND + b'{\\field{\\*\\fldinst INCLUDETEXT "http://127.0.0.1:9/"}{\\fldrslt x}}'
    b'{\\field{\\*\\fldinst DDEAUTO cmd "/c calc"}{\\fldrslt y}}}',
    "template": b"{\\rtf1{\\*\\template http://127.0.0.1:9/a.dotm}" + _BOND + b"}",
    "picture": b"{\\rtf1 bond {\\pict\\pngblip\\picw999999999\\pich999999999 " + b"ff" * 1_000_000 + b"}}",
    "fonts": b"{\\rtf1{\\fonttbl"
    + b"".join(b"{\\f%d\\fcharset%d A;}" % (n, n % 999) for n in range(50_000))
    + b"}bond}",
    "fields-deep": b"{\\rtf1 " + b"{\\field{\\*\\fldinst x}{\\fldrslt " * 20_000 + _BOND,
    "paragraph": b"{\\rtf1 " + _BOND * (_MILLIONS // len(_BOND)) + b"}",
}
_MAIL = b"From: a@b.example\nMessage-ID: <1@b.example>\nSubject: bonds\nMIME-Version: 1.0\n"


def _mails() -> Iterator[tuple[str, bytes]]:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2_000))
    yield "parts-deep", _MAIL + deep + b"Content-Type: text/plain\n\n" + _BOND
    yield "messages-deep", (_MAIL + b"Content-Type: message/rfc822\n\n") * 500 + _MAIL + b"\n" + _BOND
    part = b"--a\nContent-Disposition: attachment; filename=t.txt\n\nbond\n"
    yield "parts-many", _MAIL + b"Content-Type: multipart/mixed; boundary=a\n\n" + part * 20_000
    yield "boundary-lost", _MAIL + b"Content-Type: multipart/mixed\n\n" + _BOND
    yield "boundary-empty", _MAIL + b'Content-Type: multipart/mixed; boundary=""\n\n--\n\nbond\n--\n'
    yield "header-long", _MAIL + b"X-A: " + b"a" * 5_000_000 + b"\n\n" + _BOND
    yield "headers-many", _MAIL + b"Received: x\n" * 200_000 + b"\n" + _BOND
    yield "words-encoded", _MAIL + b"To: " + b"=?utf-8?b?4oKs?= =?x?q?=ff?= " * 20_000 + b"\n\n" + _BOND
    yield "addresses", _MAIL + b"Cc: " + b"(((<a@b>,:;" * 50_000 + b"\n\n" + _BOND
    yield "comments-deep", _MAIL + b"To: " + b"(" * 50_000 + b"\n\n" + _BOND
    yield "charset", _MAIL + b"Content-Type: text/plain; charset=no-such\n\n\xff\xfe" + _BOND
    yield "parameters", _MAIL + b"Content-Type: text/plain; " + b"a*0*=utf-8''%ff; " * 20_000 + b"\n\n" + _BOND
    yield "base64", _MAIL + b"Content-Transfer-Encoding: base64\n\n" + b"====!!" * 100_000
    yield "uuencoded", _MAIL + b"Content-Transfer-Encoding: x-uuencode\n\nbegin 644 /etc/a\n" + b"M" * 100_000
    name = b"Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Disposition: attachment; filename="
    yield "name-leads-out", _MAIL + name + b'"../../../../tmp/out.txt"\n\nbond\n--a--\n'
    yield "name-absolute", _MAIL + name + b'"/tmp/out.txt\0\n.pdf"\n\nbond\n--a--\n'
    elsewhere = b'Content-Type: message/external-body; access-type=URL; URL="http://127.0.0.1:9/"\n\n'
    yield "body-elsewhere", _MAIL + elsewhere + _BOND
    yield "page-that-fetches", _MAIL + b"Content-Type: text/html\n\n" + _HTML["fetches"]
    yield "page-deep", _MAIL + b"Content-Type: text/html\n\n" + _HTML["deep"]


_TABLES = {
    "quotes": b'"' * 1_000_001,
    "columns": b"a," * 300_000 + b"\n" + b"b," * 300_000,
    "rows": b"bond,1\n" * 200_000,
    "formulas": b"=cmd|' /C calc'!A0,=HYPERLINK(\"http://127.0.0.1:9/\"),bond\n" * 100,
    "nuls": b"a\0,b\0\n" * 10_000,
    "field": b'"' + _BOND * 100_000 + b'"',
    "ragged": b"".join(b"x," * (n % 500) + b"\n" for n in range(2_000)),
}
_MARKS = {
    "brackets": b"[" * 50_000,
    "quotes": b">" * 100_000 + _BOND,
    "stars": b"*a **a _b " * 20_000,
    "items": b"- " * 10_000 + _BOND,
    "ticks": b"".join(b"`" * n + b" " for n in range(1, 800)),
    "links": b"[a](" * 20_000,
    "pictures": b"![a](http://127.0.0.1:9/a.png) bond\n\n" * 500,
    "columns": b"|" * 100_000 + b"\n|" + b"-|" * 100_000,
    "references": b"[a]: <" * 50_000,
    "html": b"<div>\n" * 50_000 + _BOND,
    "setext": b"bond\n===\n" * 50_000,
    "entities": b"&#xD800; &#0; bond " * 20_000,
}


def text_attacks() -> Iterator[Attack]:
    """One file for each of these ways to be nasty."""
    for name, data in _paragraphs():
        yield Attack(f"{name}.txt", "text: ten million characters", data)
    for name, data in _characters():
        yield Attack(f"{name}.txt", "text: characters", data)
    for kind, ending, files in (
        ("web page", "html", _HTML),
        ("rich text", "rtf", _RTF),
        ("e-mail", "eml", dict(_mails())),
        ("table", "csv", _TABLES),
        ("Markdown", "md", _MARKS),
    ):
        for name, data in files.items():
            yield Attack(f"{ending}-{name}.{ending}", kind, data)
    yield Attack("half-pairs.json", "text: characters", b'{"text": "bond \\ud800 \\udfff"}' * 100)
    yield Attack("empty.pdf", "empty file", b"", End.ERROR)
    yield Attack("empty.docx", "empty file", b"", End.ERROR)
    yield Attack("empty.txt", "empty file", b"", End.ERROR)
