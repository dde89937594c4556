"""What a batch reads: each source in its order, each file once, each name once, and nothing opened that may wait."""

import io
import os
import resource
import socket
import zipfile
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import fsspec
import pytest

from analyzer.baseline import BASELINE_FILE
from analyzer.batch.inputs import list_units, members_of, read_list, read_unit
from analyzer.batch.values import Unit
from analyzer.document import Source
from analyzer.errors import (
    DamagedDocument,
    DocumentError,
    DocumentTooLarge,
    EmptyDocument,
    EncryptedDocument,
    UnsupportedFormat,
)
from analyzer.parsing import collect
from tests.parsing.small_files import docx, zipped

LIMIT = 1_000_000


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with documents below ``docs``, and room beside it."""
    folder = tmp_path / "here"
    write(folder / "docs", "b.txt", "a/2.txt", "a/1.txt", "a.txt", "c/x.pdf")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def store() -> Iterator[fsspec.AbstractFileSystem]:
    memory = fsspec.filesystem("memory")
    memory.store.clear()
    memory.pseudo_dirs[:] = [""]
    yield memory
    memory.store.clear()
    memory.pseudo_dirs[:] = [""]


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"The text of {name}.", encoding="utf-8", errors="surrogateescape")


def names(*sources: str, besides: Sequence[Path] = ()) -> list[str]:
    found = list(list_units(sources, besides=besides))
    assert len({item.name for item in found}) == len(found)
    return [item.name if isinstance(item, Unit) else f"{type(item).__name__} {item.name}" for item in found]


def only_unit(*sources: str) -> Unit:
    (found,) = list_units(sources)
    assert isinstance(found, Unit)
    return found


def refusal(unit: Unit, limit: int = LIMIT) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read_unit(unit, limit)
    assert caught.value.name == unit.name
    return caught.value


ALL = ["docs/a/1.txt", "docs/a/2.txt", "docs/a.txt", "docs/b.txt", "docs/c/x.pdf"]


def test_a_folder_is_its_files_in_the_order_of_names(here: Path) -> None:
    assert names("docs") == ALL
    assert names("docs/") == ALL
    assert names(str(here / "docs")) == ALL
    assert names(".") == ALL
    assert [read_unit(unit, LIMIT).data for unit in list_units(["docs"]) if isinstance(unit, Unit)] == [
        f"The text of {name.removeprefix('docs/')}.".encode() for name in ALL
    ]


def test_the_same_documents_as_a_scan_of_the_folder(here: Path) -> None:
    write(here / "docs", ".hidden", "~$b.docx", "Thumbs.db", ".git/config", "__MACOSX/b.txt")
    assert names("docs") == [item.name for item in collect([Path("docs")])]


def test_sources_keep_their_order_and_each_file_is_listed_once(here: Path) -> None:
    assert names("docs/b.txt", "docs/a", "docs", "docs/a/1.txt", "docs/b.txt", "docs/*.txt") == [
        "docs/b.txt",
        "docs/a/1.txt",
        "docs/a/2.txt",
        "docs/a.txt",
        "docs/c/x.pdf",
    ]
    assert names("docs", "docs", "docs/../docs/a", str(here)) == ALL


def test_a_file_that_somebody_names_is_theirs_to_judge(here: Path) -> None:
    write(here, ".terms.txt", "fairterms.toml")
    assert only_unit(".terms.txt").is_named
    assert only_unit("docs/a.txt").is_named
    assert not any(isinstance(item, Unit) and item.is_named for item in list_units(["docs", "docs/*"]))


def test_what_fairterms_keeps_beside_documents_is_left_out_of_folders_alone(here: Path) -> None:
    write(here / "docs", f"a/{BASELINE_FILE}")
    assert names("docs") == ALL
    assert names("docs/**") == ALL
    assert names(f"docs/a/{BASELINE_FILE}") == [f"docs/a/{BASELINE_FILE}"]


def test_what_the_run_itself_writes_is_left_out(here: Path) -> None:
    write(here / "docs", "out/results.jsonl", "manifest.jsonl")
    (here / "again").symlink_to("docs/out")
    besides = [Path("docs/manifest.jsonl"), here / "again", Path("docs/nowhere/x")]
    assert names("docs", besides=besides) == ALL
    assert names("docs/**/*", besides=besides) == ALL
    assert names("docs/manifest.jsonl", besides=besides) == ["docs/manifest.jsonl"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("docs/*.txt", ["docs/a.txt", "docs/b.txt"]),
        ("docs/?.txt", ["docs/a.txt", "docs/b.txt"]),
        ("docs/[!a]*", ["docs/b.txt", "docs/c/x.pdf"]),
        ("docs/*/*.txt", ["docs/a/1.txt", "docs/a/2.txt"]),
        ("docs/**/*.txt", ["docs/a/1.txt", "docs/a/2.txt", "docs/a.txt", "docs/b.txt"]),
        ("**/[12].txt", ["docs/a/1.txt", "docs/a/2.txt"]),
        ("docs/**", ALL),
        ("d*", ALL),
        ("./docs/**/a/**/*", ["docs/a/1.txt", "docs/a/2.txt"]),
        ("docs/.[a-z]*", ["docs/.kept.txt"]),
    ],
)
def test_globs(here: Path, pattern: str, expected: list[str]) -> None:
    write(here / "docs", ".kept.txt")
    assert names(pattern) == expected
    assert names(str(here / pattern)) == expected


def test_a_path_that_is_there_is_no_glob(here: Path) -> None:
    write(here, "[a].txt", "a.txt", "[b]/1.txt", "b/2.txt")
    assert names("[a].txt", "[b]") == ["[a].txt", "[b]/1.txt"]


@pytest.mark.parametrize("source", ["docs/*.docx", "empty", "docs/[", "empty/**", "docs/*/../*.txt"])
def test_a_source_that_holds_nothing_cannot_pass(here: Path, source: str) -> None:
    (here / "empty" / "deeper").mkdir(parents=True)
    assert names(source) == [f"DocumentError {source}"]


@pytest.mark.parametrize("source", ["nowhere", "nowhere/x.pdf", "docs/b.txt/x", "bad\0name", "\ud800", "x" * 5000])
def test_a_source_that_is_not_there_is_listed_for_its_reader_to_refuse(here: Path, source: str) -> None:
    assert isinstance(refusal(only_unit(source)), DamagedDocument)


def test_a_glob_in_a_folder_that_is_not_there(here: Path) -> None:
    assert names("nowhere/*.pdf", "") == ["DamagedDocument nowhere", "DamagedDocument (no name)"]


def test_names_outside_of_the_current_folder_are_told_apart(here: Path) -> None:
    for place in ("one", "two"):
        write(here.parent / place / "rfps", "1.txt", "a/2.txt")
        write(here.parent / place, "x.tar.txt")
    assert names("../one/rfps", "../two/rfps", "../one/x.tar.txt", "../two/x.tar.txt", "../two/rfps/*.txt") == [
        "rfps/1.txt",
        "rfps/a/2.txt",
        "rfps (2)/1.txt",
        "rfps (2)/a/2.txt",
        "x.tar.txt",
        "x.tar (2).txt",
    ]


def test_names_that_look_the_same_are_told_apart(here: Path) -> None:
    write(here / "odd", "a\n.txt", "a\t.txt", "a\ufffd.txt", "a\ufffd (2).txt", "b\udcff.txt", "b\udcfe.txt")
    found = names("odd")
    assert all(name.isprintable() for name in found)
    assert len(found) == 6
    read = [read_unit(unit, LIMIT).data for unit in list_units(["odd"]) if isinstance(unit, Unit)]
    assert len(set(read)) == 6


def test_many_names_that_look_the_same(here: Path) -> None:
    write(here / "odd", *("".join(chr(1 + int(digit)) for digit in f"{number:04}") for number in range(3000)))
    found = names("odd")
    assert found[0] == "odd/\ufffd\ufffd\ufffd\ufffd"
    assert found[-1] == "odd/\ufffd\ufffd\ufffd\ufffd (3000)"


def test_links_within_a_folder_and_out_of_it(here: Path) -> None:
    write(here.parent, "elsewhere/secret.txt")
    docs = here / "docs"
    (docs / "a" / "up").symlink_to(docs)
    (docs / "again").symlink_to("a")
    (docs / "alias.txt").symlink_to("b.txt")
    (docs / "circle").symlink_to("circle")
    (docs / "gone.txt").symlink_to("nowhere.txt")
    (docs / "out").symlink_to(here.parent / "elsewhere")
    (docs / "out.txt").symlink_to(here.parent / "elsewhere" / "secret.txt")
    expected = [
        *ALL[:3],
        "docs/alias.txt",
        "docs/b.txt",
        "docs/c/x.pdf",
        "docs/circle",
        "docs/gone.txt",
        "UnsupportedFormat docs/out",
        "UnsupportedFormat docs/out.txt",
    ]
    assert names("docs") == expected
    assert names("docs/out") == ["docs/out/secret.txt"]
    found = {unit.name: unit for unit in list_units(["docs"]) if isinstance(unit, Unit)}
    assert "it can't be opened" in refusal(found["docs/circle"]).cause
    assert "no such file" in refusal(found["docs/gone.txt"]).cause
    assert names("docs/**/*.txt") == [name for name in expected if name.endswith(".txt")]


def test_pipes_sockets_and_devices_are_listed_and_never_opened(here: Path) -> None:
    os.mkfifo(here / "docs" / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("docs/socket.txt")
    assert names("docs") == [*ALL, "docs/pipe.txt", "docs/socket.txt"]
    for source in ("docs/pipe.txt", "docs/socket.txt", "/dev/zero"):
        assert isinstance(refusal(only_unit(source)), UnsupportedFormat)


def test_folders_without_end(here: Path) -> None:
    folder = here / "deep"
    folder.mkdir()
    at = os.open(folder, os.O_RDONLY)
    for _ in range(300):
        os.mkdir("x", dir_fd=at)
        below = os.open("x", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)
    assert names("deep") == ["DocumentTooLarge deep" + "/x" * 101]


def test_listing_holds_a_folder_at_a_time(here: Path) -> None:
    for number in range(20):
        write(here / "many" / f"{number:02}", "1.txt")
    listing = list_units(["many"])
    next(listing)
    write(here / "many" / "19", "2.txt")
    assert [item.name for item in listing][-1] == "many/19/2.txt"


def test_a_file_above_the_limit_is_refused_before_it_is_read(here: Path) -> None:
    with (here / "large.txt").open("wb") as file:
        file.truncate(1 << 40)
    assert isinstance(refusal(only_unit("large.txt")), DocumentTooLarge)


def test_a_file_that_says_it_is_empty_is_cut_off_at_the_limit() -> None:
    unit = only_unit("/proc/kallsyms")
    assert isinstance(refusal(unit, 1000), DocumentTooLarge)


def test_reading_takes_no_more_memory_than_the_file(here: Path) -> None:
    unit = only_unit("docs/a.txt")
    with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - a file of the kernel's
        size = int(file.read().split()[0]) * resource.getpagesize()
    limits = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (size + 50_000_000, limits[1]))
    try:
        assert read_unit(unit, 1 << 40).data == b"The text of a.txt."
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)


def package(*members: tuple[str, bytes]) -> bytes:
    """A ZIP package in which names may be repeated."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, text in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            zipped.writestr(info, text)
    return data.getvalue()


def opened(path: Path, data: bytes) -> tuple[Unit, ...] | None:
    path.write_bytes(data)
    unit = only_unit(path.name)
    return members_of(unit, read_unit(unit, LIMIT))


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_a_package_is_its_entries(here: Path) -> None:
    data = package(
        ("b.txt", b"b"),
        ("a/1.txt", b"first"),
        ("../../a/1.txt", b"climbing"),
        ("a/1.txt", b"second"),
        ("C:\\a\\2.txt", b"drive"),
        ("a/", b""),
        (".DS_Store", b"x"),
        ("__MACOSX/b.txt", b"x"),
    )
    found = opened(here / "p.zip", data)
    assert found is not None
    assert [(unit.name, read_unit(unit, LIMIT)) for unit in found] == [
        (name, Source(name, text))
        for name, text in [
            ("p.zip/a/1.txt", b"climbing"),
            ("p.zip/a/2.txt", b"drive"),
            ("p.zip/a/1 (2).txt", b"first"),
            ("p.zip/a/1 (3).txt", b"second"),
            ("p.zip/b.txt", b"b"),
        ]
    ]
    assert not any(unit.is_named for unit in found)
    assert all(members_of(unit, read_unit(unit, LIMIT)) is None for unit in found)


def test_what_is_no_package_of_documents(here: Path) -> None:
    assert opened(here / "a.docx", docx("Text.")) is None
    assert opened(here / "a.txt", b"Text.") is None
    assert opened(here / "empty.zip", zipped({})) == ()
    assert opened(here / "droppings.zip", zipped({".DS_Store": "x", "a/": ""})) == ()


def test_packages_that_break_off_or_break_a_limit(here: Path) -> None:
    whole = zipped({"a.txt": "words"})
    with pytest.raises(DamagedDocument):
        opened(here / "cut.zip", whole[:-10])
    with pytest.raises(EmptyDocument):
        opened(here / "none.zip", b"")
    with pytest.raises(DocumentTooLarge):
        opened(here / "bomb.zip", package(("a.txt", bytes(60_000_000))))


def test_entries_that_cannot_be_read(here: Path) -> None:
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = 0o120777 << 16
    data = bytearray(package(("a.txt", b"words " * 50), ("large.txt", bytes(2 * LIMIT))))
    data[40:60] = bytes(20)
    with zipfile.ZipFile(buffer := io.BytesIO(data), "a") as zipped_again:
        zipped_again.writestr(link, "/etc/passwd")
    found = opened(here / "p.zip", buffer.getvalue())
    assert found is not None
    assert [type(refusal(unit)) for unit in found] == [DamagedDocument, DocumentTooLarge, UnsupportedFormat]
    (unit,) = opened(here / "locked.zip", locked()) or ()
    assert isinstance(refusal(unit), EncryptedDocument)


def locked() -> bytes:
    """A package whose entry says that it is encrypted, in both of its headers."""
    data = bytearray(package(("a.txt", b"words")))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def test_a_package_that_changes_or_goes_between_listing_and_reading(here: Path) -> None:
    found = opened(here / "p.zip", zipped({"a.txt": "first", "b.txt": "words"}))
    assert found is not None
    assert read_unit(found[0], LIMIT).data == b"first"
    (here / "new.zip").write_bytes(zipped({"a.txt": "second"}))
    (here / "new.zip").replace(here / "p.zip")
    assert read_unit(found[0], LIMIT).data == b"second"
    assert isinstance(refusal(found[1]), DamagedDocument)
    (here / "p.zip").write_bytes(b"PK\x03\x04 nothing of the kind")
    assert isinstance(refusal(found[0]), DamagedDocument)
    (here / "p.zip").unlink()
    assert isinstance(refusal(found[0]), DamagedDocument)
    os.mkfifo(here / "p.zip")
    assert isinstance(refusal(found[0]), UnsupportedFormat)


def test_a_store(here: Path, store: fsspec.AbstractFileSystem) -> None:
    for name in ("b.txt", "a/2.txt", "a/1.txt", ".hidden/1.txt", "c.pdf", "Thumbs.db", "p.zip"):
        store.pipe(f"/rfps/{name}", name.encode())
    everything = [f"memory://rfps/{name}" for name in ("a/1.txt", "a/2.txt", "b.txt", "c.pdf", "p.zip")]
    assert names("memory://rfps") == everything
    assert names("memory://rfps/") == everything
    assert names("memory://rfps/*.txt", "memory://rfps/b.txt") == ["memory://rfps/b.txt"]
    assert names("memory://rfps/**/*.txt") == everything[:3]
    assert names("memory://rfps/a", "memory://rfps") == everything
    assert names("memory://rfps/*.docx") == ["DocumentError memory://rfps/*.docx"]
    unit = only_unit("memory://rfps/b.txt")
    assert unit.is_named
    assert read_unit(unit, LIMIT) == Source("memory://rfps/b.txt", b"b.txt")
    assert isinstance(refusal(only_unit("memory://rfps/none.txt")), DamagedDocument)
    assert isinstance(refusal(unit, 4), DocumentTooLarge)
    assert isinstance(refusal(Unit("x", "memory://rfps/b.txt"), 4), DocumentTooLarge)
    assert isinstance(refusal(Unit("x", "memory://rfps/a")), UnsupportedFormat)


def test_a_name_with_signs_of_a_glob_in_a_store(here: Path, store: fsspec.AbstractFileSystem) -> None:
    store.pipe("/rfps/[a]/x.txt", b"x")
    store.pipe("/rfps/[a].txt", b"x")
    assert names("memory://rfps/[a].txt", "memory://rfps/[a]") == ["memory://rfps/[a].txt", "memory://rfps/[a]/x.txt"]


def test_packages_in_a_store(here: Path, store: fsspec.AbstractFileSystem) -> None:
    data = zipped({"a.txt": "words", "b/c.txt": "more words"})
    store.pipe("/rfps/p.zip", data)
    private = only_unit("memory://rfps/p.zip")
    assert members_of(private, read_unit(private, LIMIT)) is None
    found = members_of(Unit("p.zip", private.place), Source("p.zip", data))
    assert found is not None
    assert [read_unit(unit, LIMIT) for unit in found] == [
        Source("p.zip/a.txt", b"words"),
        Source("p.zip/b/c.txt", b"more words"),
    ]


def test_a_file_by_its_url_is_the_file(here: Path) -> None:
    assert names(f"file://{here}/docs", f"file://{here}/docs/*.txt", "docs/b.txt") == ALL


@pytest.mark.parametrize(("url", "package"), [("s3://b/x.pdf", "s3fs"), ("gs://b/*", "gcsfs"), ("az://c/x", "adlfs")])
def test_a_store_without_its_driver_names_the_package(url: str, package: str) -> None:
    if find_spec(package):
        pytest.skip(f"{package} is installed")
    (found,) = list_units([url])
    assert isinstance(found, UnsupportedFormat)
    assert found.name == url
    assert f"pip install {package}" in found.remedy


def test_an_unknown_store() -> None:
    (found,) = list_units(["nope://b/x.pdf"])
    assert isinstance(found, UnsupportedFormat)
    assert "nope://" in found.cause


@pytest.mark.parametrize(
    "url", ["https://user:word@example.org/a.pdf?sig=word", "https://example.org/a.pdf?x=1&sig=word"]
)
def test_names_show_no_password_or_key(url: str) -> None:
    unit = only_unit(url)
    assert unit.place == url
    assert unit.name == "https://example.org/a.pdf"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", []),
        (b"a.pdf\n\nb c.pdf\n", ["a.pdf", "b c.pdf"]),
        (b"\xef\xbb\xbfa.pdf\r\nb.pdf\r\n", ["a.pdf", "b.pdf"]),
        (b"a.pdf\nlast", ["a.pdf", "last"]),
        (b"a\nb.pdf\0\0c.pdf\r\0", ["a\nb.pdf", "c.pdf\r"]),
        (b"\xff.pdf\n", ["\udcff.pdf"]),
        ("ausschreibung für.pdf\n".encode(), ["ausschreibung für.pdf"]),
    ],
)
def test_lists(data: bytes, expected: list[str]) -> None:
    assert list(read_list(io.BytesIO(data))) == expected


def test_a_long_list_is_read_in_pieces() -> None:
    expected = [f"folder/{number}.pdf" for number in range(50_000)]
    for end in ("\n", "\0"):
        stream = io.BytesIO("".join(f"{name}{end}" for name in expected).encode())
        found = read_list(stream)
        assert next(found) == expected[0]
        assert stream.tell() < len(stream.getvalue()) // 2
        assert list(found) == expected[1:]


def test_a_list_that_is_none() -> None:
    with pytest.raises(DocumentError):
        list(read_list(io.BytesIO(b"x" * 3_000_000)))
