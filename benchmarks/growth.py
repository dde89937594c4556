"""How reading grows with a file: the time of four megabytes against that of one, which is 4 where it grows evenly.

    python -m benchmarks.growth [FORMAT ...] [--megabytes N]

Every format is read in several shapes: ordinary paragraphs, one paragraph that is all of the file, a table, and marks
of the format that open and close nothing. Sizes are those of the contents before they are packed. Memory is what a
process needs at its peak above what it needed before it read, in times of the larger file.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from io import BytesIO

from analyzer.document import Source
from analyzer.errors import FairtermsError
from analyzer.parsing import parse

__all__ = ["SHAPES", "content"]

_SENTENCE = "The Vendor shall deliver item {n} of the Work within {n} days after the notice of the State. "
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

Shape = Callable[[int], bytes]
"""A file of about so many bytes before packing."""


def _filled(unit: str, size: int) -> str:
    """A unit repeated with numbers from 1 up to a size in characters."""
    count = max(1, size // len(unit.replace("{n}", "12345")))
    return "".join(unit.replace("{n}", str(number)) for number in range(1, count + 1))


def _zipped(members: dict[str, str]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return buffer.getvalue()


def _docx(body: str) -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return _zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Override PartName="/word/document.xml" '
            f'ContentType="{kind}"/></Types>',
            "word/document.xml": f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>',
        }
    )


def _odt(body: str) -> bytes:
    spaces = " ".join(f'xmlns:{name}="{_OFFICE}:{name}:1.0"' for name in ("office", "text", "table"))
    content = f"<office:body><office:text>{body}</office:text></office:body>"
    return _zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:document-content {spaces}>{content}</office:document-content>",
        }
    )


def _xlsx(rows: str) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
    links = "http://schemas.openxmlformats.org/package/2006/relationships"
    return _zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="rels" ContentType="application/vnd.'
            f'openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{kind}"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{sheet}"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{links}"><Relationship Id="r1" Type="{_RELATIONS}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{_RELATIONS}"><sheets><sheet name="Prices" '
            'sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{links}"><Relationship Id="r1" '
            f'Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
        }
    )


def _mail(body: str, kind: str = "text/plain") -> bytes:
    head = "From: a@example.org\nTo: b@example.org\nSubject: Terms\nMessage-ID: <1@example.org>\nMIME-Version: 1.0\n"
    return f"{head}Content-Type: {kind}; charset=utf-8\n\n{body}\n".encode()


def _text(body: str) -> bytes:
    return body.encode()


def _shapes(wrap: Callable[[str], bytes], before: str = "", after: str = "", **units: str) -> dict[str, Shape]:
    def shape(unit: str) -> Shape:
        return lambda size: wrap(before + _filled(unit, size) + after)

    return {name: shape(unit) for name, unit in units.items()}


_RUN = f"<w:r><w:t>{_SENTENCE}</w:t></w:r>"
_CELL = f"<w:tc><w:p>{_RUN}</w:p></w:tc>"
SHAPES: dict[str, dict[str, Shape]] = {
    "docx": {
        **_shapes(
            _docx,
            paragraphs=f"<w:p><w:pPr><w:jc w:val='left'/></w:pPr>{_RUN}</w:p>",
            empty="<w:p/>",
            controls=f"<w:sdt><w:sdtContent><w:p>{_RUN}</w:p></w:sdtContent></w:sdt>",
            changes=f"<w:p><w:ins w:author='A'>{_RUN}</w:ins><w:del w:author='B'>{_RUN}</w:del></w:p>",
        ),
        **_shapes(_docx, "<w:p>", "</w:p>", one=_RUN, fields="<w:r><w:fldChar w:fldCharType='begin'/></w:r>" + _RUN),
        **_shapes(_docx, "<w:p>", "</w:p>", tabs="<w:r><w:t>a</w:t><w:tab/><w:br/></w:r>"),
        **_shapes(_docx, "<w:p><w:r>", "</w:r></w:p>", run="<w:t>word</w:t><w:tab/>"),
        **_shapes(_docx, "<w:tbl>", "</w:tbl>", table=f"<w:tr>{_CELL}{_CELL}</w:tr>"),
        **_shapes(_docx, "<w:tbl><w:tr>", "</w:tr></w:tbl>", row=_CELL),
    },
    "odt": {
        **_shapes(_odt, paragraphs=f"<text:p>{_SENTENCE}</text:p>", empty="<text:p/>"),
        **_shapes(_odt, "<text:p>", "</text:p>", one=f"<text:span>{_SENTENCE}</text:span>", tabs="a<text:tab/>"),
        **_shapes(
            _odt, "<text:list>", "</text:list>", list=f"<text:list-item><text:p>{_SENTENCE}</text:p></text:list-item>"
        ),
        **_shapes(
            _odt,
            "<table:table>",
            "</table:table>",
            table=f"<table:table-row><table:table-cell><text:p>{_SENTENCE}</text:p></table:table-cell></table:table-row>",
        ),
    },
    "rtf": _shapes(
        _text,
        "{\\rtf1\\ansi ",
        "}",
        paragraphs=_SENTENCE + "\\par\n",
        one=_SENTENCE,
        groups="{\\b {n}}",
        open="{\\b a",
        escapes="\\'e9\\u233?",
        table=f"\\trowd\\cellx1000\\cellx2000\\intbl {_SENTENCE}\\cell {_SENTENCE}\\cell\\row\n",
        fields="{\\field{\\*\\fldinst PAGE}{\\fldrslt {n}}}",
        notes="a{\\footnote b}",
    ),
    "html": _shapes(
        _text,
        "<!doctype html><html><body>",
        "</body></html>",
        paragraphs=f"<p>{_SENTENCE}</p>",
        one=_SENTENCE,
        inline="<b>{n}</b> a",
        open="<p><b>a",
        breaks="a<br>",
        list=f"<ul><li>{_SENTENCE}</ul>",
        table=f"<table><tr><td>{_SENTENCE}<td>b</table>",
        entities="&amp;&nbsp;",
        angles="< ",
    )
    | _shapes(_text, "<html><body><table>", "</table></body></html>", rows="<tr><td>{n}<td>b</tr>")
    | _shapes(_text, "<html><body><pre>", "</pre></body></html>", pre=_SENTENCE + "\n"),
    "xlsx": _shapes(
        _xlsx,
        rows=f'<row><c t="inlineStr"><is><t>{_SENTENCE}</t></is></c><c><v>{{n}}</v></c></row>',
        numbers="<row><c><v>{n}</v></c></row>",
    )
    | _shapes(_xlsx, "<row>", "</row>", row="<c><v>{n}</v></c>"),
    "csv": _shapes(_text, rows="{n},word,3\n", one='{n},"a",') | _shapes(_text, 'a,b\n"', "", quote="x\n"),
    "txt": _shapes(
        _text,
        paragraphs=_SENTENCE + "\n\n",
        one=_SENTENCE,
        lines=_SENTENCE + "\n",
        short="a\n",
        items="{n}. a\n",
        letters="a",
        spaces="   \t",
        columns="a      b      c\n",
        pages=_SENTENCE + "\n\fPage {n}\n",
        ruled="| a | b |\n|---|---|\n",
    ),
    "md": _shapes(
        _text,
        paragraphs=_SENTENCE + "\n\n",
        one=_SENTENCE,
        lines=_SENTENCE + "\n",
        items="- a\n",
        nested="> ",
        brackets="[",
        links="[a](b",
        stars="*a **b ",
        ticks="`a ``b ",
        table="| a | b |\n",
        headings="# a\n",
        entities="&amp;",
        references="[{n}]: http://example.org\n\n",
        angles="<a ",
    )
    | _shapes(_text, "|a|b|\n|-|-|\n", "", rows="| a | {n} |\n"),
    "eml": _shapes(
        _mail,
        paragraphs=_SENTENCE + "\n\n",
        one=_SENTENCE,
        lines=_SENTENCE + "\n",
        quoted="> a\n",
    )
    | {
        "html": lambda size: _mail(_filled(f"<p>{_SENTENCE}</p>", size), "text/html"),
        "header": lambda size: _mail("a").replace(b"Terms", b"a" * size),
        "folded": lambda size: _mail("a").replace(b"Terms", b"a\n " * (size // 3)),
        "encoded": lambda size: _mail("a").replace(b"Terms", b"=?utf-8?q?a?=\n " * (size // 15)),
        "parts": lambda size: _mail(
            _filled("--B\nContent-Type: text/plain\n\na {n}\n", size) + "--B--", "multipart/mixed; boundary=B"
        ),
    },
}
"""The files by format and shape."""


def content(form: str, shape: str, size: int) -> Source:
    """A file of a format and shape, of ``size`` bytes before packing."""
    return Source(f"{shape}.{form}", SHAPES[form][shape](size))


def _measured(form: str, shape: str, size: int) -> tuple[float, float]:
    """Seconds of processor time and bytes of memory, measured in this process."""
    parse(content(form, "paragraphs" if "paragraphs" in SHAPES[form] else "rows", 1000))
    source = content(form, shape, size)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    try:
        parse(source, ocr=False)
    except FairtermsError as error:
        print(f"{type(error).__name__}: {error.cause}", file=sys.stderr)
    seconds = time.process_time() - start
    return seconds, 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)


def _apart(form: str, shape: str, size: int) -> tuple[float, float]:
    """The same in a process of its own; infinite where it is still at it after two minutes."""
    command = [sys.executable, "-m", "benchmarks.growth", "--measure", form, shape, str(size)]
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    except subprocess.TimeoutExpired:
        return float("inf"), float("nan")
    seconds, memory = json.loads(result.stdout)
    return seconds, memory


def main() -> None:
    """Print a line for each format and shape."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("formats", nargs="*", help=", ".join(SHAPES))
    parser.add_argument("--megabytes", type=float, default=1.0, help="size of the smaller file")
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        form, shape, size = arguments.measure
        print(json.dumps(_measured(form, shape, int(size))))
        return
    size = int(arguments.megabytes * 1e6)
    for form in arguments.formats or SHAPES:
        for shape in SHAPES[form]:
            small, _ = _apart(form, shape, size)
            large, memory = _apart(form, shape, 4 * size)
            ratio = large / max(small, 1e-3)
            print(
                f"{form:5} {shape:11} {small:7.2f} s {large:8.2f} s  {ratio:5.1f}   {memory / size / 4:5.1f} x",
                flush=True,
            )


if __name__ == "__main__":
    main()
