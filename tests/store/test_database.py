"""Opening, upgrading and losing the database."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, literal_column, select, text

from analyzer.errors import StoreError
from analyzer.store import migrations, tables
from analyzer.store.acting import reading, writing
from analyzer.store.database import DATABASE, default_url, open_database
from analyzer.store.projects import create_project, projects
from analyzer.store.values import Person

MIGRATIONS = Path(migrations.__file__).parent
LATEST = max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def test_the_migrated_form_is_that_of_the_tables(url: str) -> None:
    database = open_database(url)
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []
    database.close()


def test_a_second_opening_finds_what_the_first_kept(url: str, ann: Person) -> None:
    first = open_database(url)
    with writing(first, ann) as acting:
        made = create_project(acting, "Portal")
    first.close()
    again = open_database(url)
    with reading(again, ann) as acting:
        assert projects(acting) == (made,)
    again.close()


def test_nothing_is_kept_of_a_change_that_fails(url: str, ann: Person) -> None:
    database = open_database(url)

    def fail() -> None:
        with writing(database, ann) as acting:
            create_project(acting, "Portal")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with reading(database, ann) as acting:
        assert projects(acting) == ()
        assert acting.connection.scalar(text("SELECT count(*) FROM audit")) == 0
    database.close()


@pytest.mark.parametrize("statement", ["UPDATE audit SET who = 'x'", "DELETE FROM audit"])
def test_the_trail_is_append_only(url: str, ann: Person, statement: str) -> None:
    database = open_database(url)
    with writing(database, ann) as acting:
        create_project(acting, "Portal")
    with pytest.raises(StoreError), database.writing() as connection:
        connection.execute(text(statement))
    with reading(database, ann) as acting:
        assert acting.connection.scalar(text("SELECT count(*) FROM audit WHERE who = 'ann@example.gov'")) == 1
    database.close()


def test_a_form_of_the_future_is_refused(url: str) -> None:
    database = open_database(url)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(StoreError, match="later version"):
        open_database(url)


def test_a_database_of_others_is_refused(url: str) -> None:
    first = open_database(url)
    first.close()
    engine = create_engine(first.engine.url)
    with engine.begin() as connection:
        tables.metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
        connection.execute(text("CREATE TABLE pets (name TEXT)"))
    engine.dispose()
    with pytest.raises(StoreError, match="pets"):
        open_database(url)
    engine = create_engine(first.engine.url)
    assert inspect(engine).get_table_names() == ["pets"]
    engine.dispose()


NEXT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "{revision}", "{before}"


def upgrade():
    op.add_column("projects", sa.Column("{column}", sa.Text))
    {more}
"""


def with_steps(folder: Path, *more: str) -> Path:
    """The shipped migrations and others after them, each ending with a line of its own."""
    shutil.copytree(MIGRATIONS, folder)
    for number, line in enumerate(more, start=int(LATEST) + 1):
        text_ = NEXT.format(revision=f"{number:04}", before=f"{number - 1:04}", column=f"c{number}", more=line)
        (folder / "versions" / f"{number:04}_more.py").write_text(text_)
    return folder


def test_a_new_form_keeps_the_rows_and_a_copy_of_the_file(url: str, tmp_path: Path, ann: Person) -> None:
    first = open_database(url)
    with writing(first, ann) as acting:
        made = create_project(acting, "Portal")
    first.close()
    second = open_database(url, steps=with_steps(tmp_path / "steps", "pass"))
    with reading(second, ann) as acting:
        assert projects(acting) == (made,)
        column = literal_column(f"c{int(LATEST) + 1}")
        assert acting.connection.scalar(select(column).select_from(tables.projects)) is None
    second.close()
    copy = tmp_path / f"workspace.db.before-{LATEST}"
    assert copy.exists() == url.startswith("sqlite")
    if copy.exists():
        old = open_database(f"sqlite:///{copy}")
        with reading(old, ann) as acting:
            assert projects(acting) == (made,)
        old.close()


def test_a_step_that_fails_changes_nothing(url: str, tmp_path: Path, ann: Person) -> None:
    first = open_database(url)
    with writing(first, ann) as acting:
        made = create_project(acting, "Portal")
    first.close()
    steps = with_steps(tmp_path / "steps", "pass", "op.execute('SELECT * FROM nowhere')")
    with pytest.raises(StoreError):
        open_database(url, steps=steps)
    again = open_database(url)
    with reading(again, ann) as acting:
        assert projects(acting) == (made,)
    columns = {column["name"] for column in inspect(again.engine).get_columns("projects")}
    assert not [column for column in columns if column.startswith("c") and column[1:].isdigit()]
    again.close()


def test_what_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "workspace.db"
    path.write_text("this is a letter, and long enough to be taken for one too\n" * 100)
    with pytest.raises(StoreError, match="no database"):
        open_database(f"sqlite:///{path}")
    assert path.read_text().startswith("this is a letter")


@pytest.mark.parametrize("wrong", ["nonsense", "mysql://host/x", "oracle://x"])
def test_urls_that_cannot_be_used(wrong: str) -> None:
    with pytest.raises(StoreError, match="database"):
        open_database(wrong)


def test_a_server_that_is_not_there() -> None:
    with pytest.raises(StoreError, match="reached") as raised:
        open_database("postgresql://me:secret@127.0.0.1:1/fairterms")
    assert "secret" not in str(raised.value)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="can't be made"):
        open_database(f"sqlite:///{tmp_path / 'file' / 'x' / 'workspace.db'}")


def test_the_environment_names_the_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(DATABASE, "postgresql://host/fairterms")
    assert default_url() == "postgresql://host/fairterms"
    monkeypatch.delenv(DATABASE)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_url() == f"sqlite:///{tmp_path / 'fairterms' / 'workspace.db'}"


def test_a_full_disk(tmp_path: Path, ann: Person) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'workspace.db'}")
    with database.reading() as connection:
        pages = connection.scalar(text("PRAGMA page_count"))
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1}")

    def fill() -> None:
        with writing(database, ann) as acting:
            for number in range(10_000):
                create_project(acting, f"Project {number} {'x' * 150}")

    with pytest.raises(StoreError, match="no room"):
        fill()
    with reading(database, ann) as acting:
        assert projects(acting) == ()
    database.close()


def test_many_processes_open_and_write_at_once(url: str, ann: Person) -> None:
    code = (
        "import sys\n"
        "from analyzer.store.acting import writing\n"
        "from analyzer.store.database import open_database\n"
        "from analyzer.store.projects import create_project\n"
        "from analyzer.store.values import Person, Role\n"
        "database = open_database(sys.argv[1])\n"
        "for number in range(10):\n"
        "    with writing(database, Person('ann@example.gov', role=Role.REVIEWER)) as acting:\n"
        "        create_project(acting, f'{sys.argv[2]}-{number}')\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}

    def run(number: int) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-c", code, url, str(number)]
        return subprocess.run(command, env=environment, capture_output=True, check=False)

    with ThreadPoolExecutor(4) as pool:
        ended = list(pool.map(run, range(4)))
    assert [(one.returncode, one.stderr) for one in ended] == [(0, b"")] * 4
    database = open_database(url)
    with reading(database, ann) as acting:
        assert {one.name for one in projects(acting)} == {f"{n}-{m}" for n in range(4) for m in range(10)}
    database.close()


def test_a_killed_writer_leaves_the_state_before_it(tmp_path: Path, ann: Person) -> None:
    url = f"sqlite:///{tmp_path / 'workspace.db'}"
    code = (
        "import os, sys\n"
        "from analyzer.store.acting import writing\n"
        "from analyzer.store.database import open_database\n"
        "from analyzer.store.documents import add_document\n"
        "from analyzer.store.projects import create_project\n"
        "from analyzer.store.values import Person, Role\n"
        "ann = Person('ann@example.gov', role=Role.REVIEWER)\n"
        "database = open_database(sys.argv[1])\n"
        "with writing(database, ann) as acting:\n"
        "    made = create_project(acting, 'Portal')\n"
        "with writing(database, ann) as acting:\n"
        "    add_document(acting, made.id, 'rfp.pdf', b'x' * 5_000_000)\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    assert subprocess.run([sys.executable, "-c", code, url], env=environment, check=False).returncode == -9
    from analyzer.store.documents import documents

    database = open_database(url)
    with reading(database, ann) as acting:
        (portal,) = projects(acting)
        assert documents(acting, portal.id) == ()
    database.close()
