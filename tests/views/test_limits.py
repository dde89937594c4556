"""How much comes in, and what a file really is, seen from the page."""

import io
import tomllib
import zipfile
from pathlib import Path

from analyzer.resources import app_file
from analyzer.store.acting import reading, writing
from analyzer.store.database import Database
from analyzer.store.documents import bytes_kept_for, documents
from analyzer.store.projects import projects
from analyzer.store.settings import change_settings
from tests.views.conftest import ME
from tests.views.documents import HOSTILE, UNCAPPED
from tests.views.pages import labels, page, settled, texts

SMALL = f"# Terms\n\n{UNCAPPED}\n".encode()
WORDS = b"Invoices are paid within thirty days of receipt.\n\n"


def kept_names(database: Database) -> set[str]:
    with reading(database, ME) as acting:
        return {one.name for owner in projects(acting) for one in documents(acting, owner.id)}


def test_the_quota_of_a_person_holds_on_the_page_and_spares_the_rest(database: Database) -> None:
    with writing(database, ME) as acting:
        change_settings(acting, {"quota_megabytes": 1})
    home = page("home")
    large = WORDS * (1_000_000 // len(WORDS) + 1)
    home.file_uploader[0].set_value([("large.txt", large, ""), ("terms.md", SMALL, "")]).run()
    settled(home)
    assert ["does not fit" in error.value for error in home.error] == [True]
    assert "large" in home.error[0].value
    assert kept_names(database) == {"terms.md"}
    with reading(database, ME) as acting:
        assert bytes_kept_for(acting, ME.id) == len(SMALL)
    assert any(label.startswith("terms") for label in labels(home))


def test_the_quota_counts_what_is_kept_already(database: Database) -> None:
    with writing(database, ME) as acting:
        change_settings(acting, {"quota_megabytes": 1})
    home = page("home")
    half = WORDS * (600_000 // len(WORDS))
    home.file_uploader[0].set_value([("a.txt", half, ""), ("b.txt", half + b"Again.", "")]).run()
    settled(home)
    assert "does not fit" in home.error[0].value
    assert kept_names(database) == {"a.txt"}


def test_a_file_is_what_its_bytes_are_and_not_what_it_is_called(database: Database) -> None:
    program = b"\x7fELF\x02\x01\x01" + bytes(200)
    home = page("home")
    home.file_uploader[0].set_value(
        [("program.pdf", program, "application/pdf"), (f"{HOSTILE[:40]}.docx", b"MZ" + bytes(300), "")]
    ).run()
    settled(home)
    assert len(home.error) == 2
    assert not home.exception
    assert "<script" not in texts(home).replace("\\<", "")


def test_a_package_that_swells_is_stopped(database: Database) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("terms.md", SMALL)
        package.writestr("../outside.md", SMALL)
        package.writestr("swells.txt", bytes(60_000_000))
    home = page("home")
    home.file_uploader[0].set_value([("package.zip", packed.getvalue(), "")]).run()
    settled(home)
    assert home.error
    assert not Path("../outside.md").exists()
    assert "swells.txt" not in kept_names(database)


def test_the_page_takes_what_the_readers_take() -> None:
    config = tomllib.loads((app_file().parent / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["maxUploadSize"] * 1_000_000 >= 500_000_000
    assert config["server"]["address"] == "127.0.0.1"
    assert config["client"]["showErrorDetails"] == "none"
