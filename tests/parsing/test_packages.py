"""Folders, ZIP packages and mail: every document in them, by name, and nothing dropped in silence."""

import os
import stat
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from analyzer.document import Source
from analyzer.errors import (
    DamagedDocument,
    DocumentError,
    DocumentTooLarge,
    EncryptedDocument,
    UnsupportedFormat,
)
from analyzer.parsing import collect, expand, packages
from analyzer.parsing.packages import display_name
from tests.parsing.small_files import docx, eml, zipped


def shape(found: "list[Source | DocumentError] | tuple[Source | DocumentError, ...]") -> list[tuple[str, str]]:
    return [(member.name, type(member).__name__) for member in found]


def test_a_package_is_its_documents() -> None:
    data = zipped(
        {
            "terms.docx": docx("x"),
            "b/specs.txt": "x",
            "__MACOSX/._terms.docx": "x",
            ".DS_Store": "x",
            "b/~$specs.docx": "x",
            "tool.py": "import os",
            "logo.gif": b"GIF89a",
        }
    )
    assert shape(expand(Source("package.zip", data))) == [
        ("package.zip/b/specs.txt", "Source"),
        ("package.zip/logo.gif", "UnsupportedFormat"),
        ("package.zip/terms.docx", "Source"),
        ("package.zip/tool.py", "UnsupportedFormat"),
    ]


def test_names_cannot_lead_out_of_the_package() -> None:
    data = zipped({"../../etc/terms.txt": "x", "/root/a.txt": "x", "C:\\temp\\b.txt": "x", "c\nd\u202e.txt": "x"})
    assert [member.name for member in expand(Source("p.zip", data))] == [
        "p.zip/etc/terms.txt",
        "p.zip/root/a.txt",
        "p.zip/temp/b.txt",
        "p.zip/c\ufffdd\ufffd.txt",
    ]


def test_packages_in_packages_and_mail_in_them() -> None:
    inner = zipped({"terms.txt": "x"})
    mail = eml(attached={"terms.zip": inner, "plan.txt": b"x"})
    data = zipped({"a.eml": mail, "b.zip": inner})
    assert shape(expand(Source("p.zip", data))) == [
        ("p.zip/a.eml", "Source"),
        ("p.zip/a.eml/terms.zip/terms.txt", "Source"),
        ("p.zip/a.eml/plan.txt", "Source"),
        ("p.zip/b.zip/terms.txt", "Source"),
    ]


def test_other_files_hold_nothing() -> None:
    assert expand(Source("a.txt", b"words")) == ()
    assert expand(Source("a.docx", docx("x"))) == ()


def test_nesting_ends() -> None:
    data = zipped({"terms.txt": "x"})
    for _ in range(8):
        data = zipped({"inner.zip": data})
    found = expand(Source("p.zip", data))
    assert shape(found) == [("p.zip" + "/inner.zip" * 4, "DocumentTooLarge")]


def test_a_link_a_locked_member_and_a_damaged_one_do_not_stop_the_rest() -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        link = zipfile.ZipInfo("a-link.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        package.writestr(link, "/etc/passwd")
        package.writestr("b-damaged.txt", "b" * 100)
        package.writestr("c-locked.txt", "c" * 100)
        package.writestr("d.txt", "words")
    data = bytearray(buffer.getvalue().replace(b"bbbb", b"bbxb", 1))
    entry = data.index(b"PK\x01\x02", data.rindex(b"b-damaged.txt"))
    data[entry + 8] |= 1
    found = expand(Source("p.zip", bytes(data)))
    assert shape(found) == [
        ("p.zip/a-link.txt", "UnsupportedFormat"),
        ("p.zip/b-damaged.txt", "DamagedDocument"),
        ("p.zip/c-locked.txt", "EncryptedDocument"),
        ("p.zip/d.txt", "Source"),
    ]
    assert {type(member) for member in found} >= {UnsupportedFormat, DamagedDocument, EncryptedDocument}


def test_a_bomb_is_refused() -> None:
    with pytest.raises(DocumentTooLarge, match="ZIP bomb"):
        expand(Source("p.zip", zipped({"zeros.txt": bytes(60_000_000)})))


def test_a_package_of_too_many_files_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "MAX_MEMBERS", 3)
    with pytest.raises(DocumentTooLarge, match="4 files"):
        expand(Source("p.zip", zipped({f"{number}.txt": "x" for number in range(4)})))


def test_a_folder(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", ".hidden.txt", "~$c.docx", "Thumbs.db", "run.sh"):
        (tmp_path / name).write_text("words")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "p.zip").write_bytes(zipped({"terms.txt": "x"}))
    (tmp_path / "sub" / "loop").symlink_to(tmp_path)
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    base = tmp_path.name
    assert shape(list(collect([tmp_path]))) == [
        (f"{base}/a.md", "Source"),
        (f"{base}/b.txt", "Source"),
        (f"{base}/gone.txt", "DamagedDocument"),
        (f"{base}/run.sh", "UnsupportedFormat"),
        (f"{base}/sub/p.zip/terms.txt", "Source"),
    ]


def test_links_that_lead_out_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("words")
    folder = tmp_path / "given"
    (folder / "sub").mkdir(parents=True)
    (folder / "terms.txt").write_text("words")
    (folder / "sub" / "again.txt").symlink_to("../terms.txt")
    (folder / "sub" / "circle.txt").symlink_to("circle.txt")
    (folder / "out.txt").symlink_to("../secret.txt")
    (folder / "up").symlink_to("..")
    (tmp_path / "link").symlink_to(folder)
    for named in (folder, tmp_path / "link"):
        assert shape(list(collect([named]))) == [
            (f"{named.name}/out.txt", "UnsupportedFormat"),
            (f"{named.name}/sub/again.txt", "Source"),
            (f"{named.name}/sub/circle.txt", "DamagedDocument"),
            (f"{named.name}/terms.txt", "Source"),
            (f"{named.name}/up", "UnsupportedFormat"),
        ]


def test_folders_without_end(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * 150)
    deep.mkdir(parents=True)
    (deep / "terms.txt").write_text("words")
    assert [type(item) for item in collect([tmp_path])] == [DocumentTooLarge]
    assert [item.name for item in collect([tmp_path.joinpath(*["d"] * 60)])] == ["d/" * 91 + "terms.txt"]


def test_files_keep_the_order_given_and_are_never_skipped(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("words")
    (tmp_path / ".a.txt").write_text("words")
    paths = [tmp_path / "b.txt", tmp_path / ".a.txt", tmp_path / "none.pdf", Path("bad\0name")]
    assert shape(list(collect(paths))) == [
        ("b.txt", "Source"),
        (".a.txt", "Source"),
        ("none.pdf", "DamagedDocument"),
        ("bad\ufffdname", "DamagedDocument"),
    ]


def test_an_empty_file_is_an_error_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").touch()
    assert shape(list(collect([tmp_path]))) == [(f"{tmp_path.name}/a.pdf", "EmptyDocument")]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_and_a_device_do_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert shape(list(collect([tmp_path, Path("/dev/zero")]))) == [
        (f"{tmp_path.name}/pipe.txt", "UnsupportedFormat"),
        ("zero", "UnsupportedFormat"),
    ]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_permission_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir(mode=0)
    assert shape(list(collect([tmp_path]))) == [(f"{tmp_path.name}/sub", "DamagedDocument")]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("terms.docx", "terms.docx"),
        ("Ausschreibung für Büromöbel 📎.pdf", "Ausschreibung für Büromöbel 📎.pdf"),
        ("a\nb\x1b[2J.pdf", "a\ufffdb\ufffd[2J.pdf"),
        ("invoice\u202efdp.exe", "invoice\ufffdfdp.exe"),
        ("a\udcff.pdf", "a\ufffd.pdf"),
    ],
)
def test_display_names(name: str, expected: str) -> None:
    assert display_name(name) == expected
