"""Bad files of every kind: a DocumentError or a Document within seconds, and never another exception."""

import random
import zipfile
from contextlib import suppress
from io import BytesIO
from time import monotonic

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.document import Document, Source
from analyzer.errors import DocumentError, DocumentTooLarge
from analyzer.parsing import expand, parse
from tests.parsing.small_files import docx, eml, odt, small_files, zipped

FILES = small_files()
SECONDS = 20


def outcome(name: str, data: bytes) -> Document | DocumentError:
    """What becomes of a file. Every other exception fails the test that asked."""
    started = monotonic()
    source = Source(name, data)
    result: Document | DocumentError
    try:
        result = parse(source, ocr=False)
    except DocumentError as error:
        result = error
    if isinstance(result, DocumentError):
        assert result.cause
        assert result.name.isprintable()
    else:
        assert result.text.encode() or result.unread
    with suppress(DocumentError):
        assert all(member.name.isprintable() for member in expand(source))
    assert monotonic() - started < SECONDS
    return result


ENTITY_BOMB = (
    '<!DOCTYPE a [<!ENTITY x0 "bond bond bond bond ">'
    + "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, 12))
    + "]>"
)
STOLEN = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


def repacked(data: bytes, part: str, content: bytes) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as given, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for member in given.infolist():
            made.writestr(member.filename, content if member.filename == part else given.read(member))
    return buffer.getvalue()


PARTS = {"a.docx": "word/document.xml", "a.odt": "content.xml", "a.xlsx": "xl/worksheets/sheet1.xml"}


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize(("doctype", "entity"), [(ENTITY_BOMB, "&x11;"), (STOLEN, "&x;")], ids=["bomb", "file"])
def test_entities_in_office_files(name: str, doctype: str, entity: str) -> None:
    with zipfile.ZipFile(BytesIO(FILES[name])) as package:
        part = package.read(PARTS[name]).decode()
    head, mark, rest = part.rpartition("?>")
    part = f"{head}{mark}{doctype}{rest}".replace("bond", entity).replace("<v>20</v>", f"<v>{entity}</v>")
    found = outcome(name, repacked(FILES[name], PARTS[name], part.encode()))
    assert isinstance(found, DocumentError) or len(found.text) < 10_000


@pytest.mark.parametrize("name", ["a.html", "a.md", "a.xml", "a.txt"])
def test_an_entity_bomb_elsewhere(name: str) -> None:
    found = outcome(name, f"{ENTITY_BOMB}<html><p>&x11;</p></html>".encode())
    assert isinstance(found, DocumentError) or len(found.text) < 10_000


@pytest.mark.parametrize("name", PARTS)
def test_a_zip_bomb_in_an_office_file(name: str) -> None:
    found = outcome(name, repacked(FILES[name], PARTS[name], b" " * 120_000_000))
    assert isinstance(found, DocumentError)


def test_a_zip_bomb() -> None:
    bomb = zipped({"zeros.txt": bytes(100_000_000)})
    with pytest.raises(DocumentTooLarge):
        expand(Source("a.zip", bomb))
    nested = zipped({f"{number}.zip": bomb for number in range(5)})
    assert all(isinstance(member, DocumentTooLarge) for member in expand(Source("a.zip", nested)))


@pytest.mark.parametrize("name", FILES)
def test_every_file_cut_short(name: str) -> None:
    data = FILES[name]
    for share in (0.02, 0.3, 0.5, 0.8, 0.97):
        outcome(name, data[: int(len(data) * share)])


@pytest.mark.parametrize("name", FILES)
def test_every_file_under_every_name(name: str) -> None:
    for other in FILES:
        found = outcome(other, FILES[name])
        assert isinstance(found, Document) or name == "a.zip"


@pytest.mark.parametrize(
    "name",
    [
        "a\nb.txt",
        "\u202eexe.txt",
        "📎 Ausschreibung.txt",
        "x" * 5000,
        "",
        ".",
        "a\0.txt",
        "\udcff.txt",
        "../../a",
        "a/b",
    ],
)
def test_odd_names(name: str) -> None:
    found = outcome(name, b"The bond is due.")
    assert isinstance(found, Document)
    found.source.name.encode()
    assert found.source.name.isprintable()


SHAPES = {
    "deep.html": b"<div>" * 100_000,
    "deep-lists.html": b"<ul><li>" * 20_000 + b"x",
    "deep-tables.html": b"<table><tr><td>" * 3_000 + b"x",
    "wide.html": b"<table><tr>" + b"<td colspan=99999 rowspan=99999>x" * 2_000,
    "wide-rows.html": b"<table>" + (b"<tr>" + b"<td colspan=1000 rowspan=1000>x" * 300) * 20,
    "breaks.html": b"x<br>" * 200_000,
    "attributes.html": b"<p " + b"a='b' " * 100_000 + b">x",
    "open.html": b"<" * 500_000,
    "brackets.md": b"[" * 20_000,
    "quotes.md": b">" * 50_000 + b"x",
    "stars.md": b"*a **a " * 8_000,
    "items.md": b"- " * 5_000 + b"x",
    "ticks.md": b"".join(b"`" * n + b" " for n in range(1, 400)),
    "links.md": b"[a](" * 8_000,
    "pipes.md": b"|" * 50_000 + b"\n|" + b"-|" * 50_000,
    "line.txt": b"word " * 500_000,
    "breaks.txt": b"\n" * 1_000_000 + b"x",
    "feeds.txt": b"x\f" * 20_000,
    "dots.txt": b"a" + b"." * 100_000 + b"x\n" + b"a" + b" ." * 100_000 + b"x",
    "numbers.txt": b"1." * 100_000,
    "spaces.txt": b"a" + b" " * 500_000 + b"b\n" + b"\t" * 100_000 + b"c",
    "tabs.txt": b"a\t" * 20_000 + b"\n" + b"b\t" * 20_000,
    "quotes.csv": b'"' * 300_001,
    "columns.csv": b"a," * 50_000,
    "hard-spaces.txt": "&\u00a0".encode() * 400_000,
    "hard-spaces.html": b"&amp;&nbsp;" * 400_000,
    "nul.txt": b"bond\0" * 10_000,
    "nul.html": b"<p>bo\0nd" * 1_000,
    "surrogates.txt": "bond \ud800 \udfff".encode("utf-16-le", "surrogatepass") * 100,
    "surrogates.html": b"<p>&#xD800; &#xFFFFFFFF; &#0; bond",
    "headers.eml": b"Subject: x\nMessage-ID: <a>\n" + b"X-A: " + b"a" * 500_000 + b"\n\nbond",
    "parts.eml": b"Message-ID: <a>\nSubject: x\nContent-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\n" * 5_000,
    "boundary.eml": b"Message-ID: <a>\nSubject: x\nContent-Type: multipart/mixed\n\nbond",
    "run.docx": docx(body="<w:p><w:r>" + "".join(f"<w:t>a{n} </w:t><w:tab/>" for n in range(150_000)) + "</w:r></w:p>"),
    "instruction.docx": docx(
        body='<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        + "".join(f"<w:r><w:instrText>a{n} </w:instrText></w:r>" for n in range(100_000))
        + "<w:r><w:t>bond</w:t></w:r></w:p>"
    ),
    "groups.rtf": b"{\\rtf1" + b"{" * 100_000 + b"bond",
    "bin.rtf": b"{\\rtf1 bond\\bin999999999999 x}",
}


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_that_grow_out_of_hand(name: str) -> None:
    outcome(name, SHAPES[name])


def test_mail_in_mail_in_mail() -> None:
    data = eml()
    for _ in range(12):
        data = eml(attached={"inner.eml": data})
    outcome("a.eml", data)


def test_deep_tables_in_office_files() -> None:
    table = "<w:tbl><w:tr><w:tc>" * 300 + "<w:p><w:r><w:t>bond</w:t></w:r></w:p>" + "</w:tc></w:tr></w:tbl>" * 300
    outcome("a.docx", docx(body=table))
    outcome("a.odt", odt("<text:span>" * 3_000 + "bond" + "</text:span>" * 3_000))


@pytest.mark.slow
def test_a_hundred_megabytes_of_text() -> None:
    paragraph = (
        b"The bond is due at award, and it stays in force until the work\nis taken over by the agency. \x93Yes.\x94\n\n"
    )
    started = monotonic()
    document = parse(Source("a.txt", paragraph * (100_000_000 // len(paragraph))))
    assert monotonic() - started < 300
    assert len(document.blocks) == 100_000_000 // len(paragraph)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from([*FILES, "a", "a.bin"]), data=st.binary(max_size=2_000))
def test_random_bytes(name: str, data: bytes) -> None:
    outcome(name, data)


STARTS = [
    b"%PDF-1.7\n",
    b"PK\x03\x04",
    b"{\\rtf1 ",
    b"<html>",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"II*\x00",
    b"\xff\xfe",
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(start=st.sampled_from(STARTS), data=st.binary(max_size=2_000))
def test_random_bytes_behind_a_signature(start: bytes, data: bytes) -> None:
    outcome("a", start + data)


def mutated(data: bytes, seed: int) -> bytes:
    """A file with some bytes changed, left out, doubled or moved."""
    chance = random.Random(seed)
    content = bytearray(data)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(content) or 1)
        size = chance.choice((1, 1, 4, 16, 200))
        match chance.randrange(4):
            case 0:
                content[at : at + size] = chance.randbytes(size)
            case 1:
                del content[at : at + size]
            case 2:
                content[at:at] = content[at : at + size]
            case _:
                content[at : at + size] = bytes([chance.choice((0, 255, 60, 123))]) * size
    return bytes(content)


def mutated_inside(data: bytes, seed: int) -> bytes:
    """An archive with the same done to one of its members, so that its checksums still hold."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        names = package.namelist()
        part = names[seed % len(names)]
        content = package.read(part)
    return repacked(data, part, mutated(content, seed))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(list(FILES)), seed=st.integers(0, 1 << 30))
def test_mutated_files(name: str, seed: int) -> None:
    outcome(name, mutated(FILES[name], seed))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(list(PARTS)), seed=st.integers(0, 1 << 30))
def test_mutated_members(name: str, seed: int) -> None:
    outcome(name, mutated_inside(FILES[name], seed))
