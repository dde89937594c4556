"""Opening the workspace's database: where it is, its form brought up to date, its errors in words."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from analyzer.errors import StoreError

__all__ = ["DATABASE", "Database", "default_url", "name_of", "open_database", "told_plainly"]

DATABASE = "FAIRTERMS_DATABASE"
"""Environment variable with the database's URL, such as ``postgresql://host/fairterms``."""
_STEPS = Path(__file__).parent / "migrations"
_PATIENCE = 30
"""Seconds to wait for another process that is writing to the same SQLite file."""
_LOCK = 7_140_001
"""Number of the PostgreSQL advisory lock under which the form is brought up to date."""


class Database:
    """An open database whose form is up to date."""

    def __init__(self, engine: Engine, name: str) -> None:
        self.engine = engine
        self.name = name
        """What people know it by: the file, or the URL without its password."""

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is kept whole or not at all. Raises StoreError."""
        with told_plainly(self.name), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database throughout. Raises StoreError."""
        with told_plainly(self.name), self.engine.connect() as connection:
            connection = connection.execution_options(fairterms_reads=True)
            yield connection

    def close(self) -> None:
        self.engine.dispose()


def default_url() -> str:
    """The URL that the environment names, else an SQLite file in the user's data folder."""
    if url := os.environ.get(DATABASE, "").strip():
        return url
    from platformdirs import user_data_path

    return f"sqlite:///{user_data_path('fairterms', appauthor=False) / 'workspace.db'}"


def open_database(url: str | None = None, *, make: bool = True, steps: Path | None = None) -> Database:
    """Open a database, make it if there is none, and bring its form up to date.

    A SQLite file is copied beside itself before its form changes; without ``make`` it must be there. ``steps`` is a
    folder of migrations in place of the shipped one. Raises StoreError where it can't be reached, is no such database,
    or was made by a later version.
    """
    where = _url(url or default_url())
    name = name_of(where)
    if not make and where.get_backend_name() == "sqlite" and not Path(where.database or "").is_file():
        raise StoreError(name, "is not there.", "Check its path.")
    with told_plainly(name):
        engine = _engine(where, name)
        try:
            _bring_up_to_date(engine, name, steps or _STEPS)
        except BaseException:
            engine.dispose()
            raise
    return Database(engine, name)


def name_of(url: URL) -> str:
    """A database's name for people, without its password."""
    if url.get_backend_name() == "sqlite":
        return url.database or "a database in memory"
    return url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)


def _url(text: str) -> URL:
    try:
        url = make_url(text)
    except ArgumentError:
        raise StoreError(DATABASE, "is not the URL of a database.", _REMEDY) from None
    if url.get_backend_name() == "sqlite":
        return url.set(drivername="sqlite+pysqlite")
    if url.drivername in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "postgresql":
        raise StoreError(name_of(url), "is a kind of database that the workspace can't use.", _REMEDY)
    return url


_REMEDY = "Name one like postgresql://user@host/fairterms or sqlite:////folder/workspace.db."


def _engine(url: URL, name: str) -> Engine:
    if url.get_backend_name() != "sqlite":
        try:
            return create_engine(url, pool_pre_ping=True, hide_parameters=True)  # what is logged may quote an error
        except ImportError as error:
            remedy = "Install it with: pip install 'fairterms[postgres]'."
            raise StoreError(name, "needs the PostgreSQL driver, which is not installed.", remedy) from error
    if url.database and url.database != ":memory:":
        try:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(name, f"can't be made: {error.strerror}.", "Name another folder.") from error
    engine = create_engine(url, connect_args={"timeout": _PATIENCE}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy says when a transaction begins
    connection.execute(f"PRAGMA busy_timeout = {_PATIENCE * 1000}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA journal_mode = WAL")  # readers go on while one writes
    connection.execute("PRAGMA synchronous = FULL")  # what was acknowledged survives a power cut
    connection.execute("PRAGMA secure_delete = ON")  # deleted for good means overwritten


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails where another wrote in between: take the lock at once.
    reads = connection.get_execution_options().get("fairterms_reads")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _bring_up_to_date(engine: Engine, name: str, steps: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(steps).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    latest = script.get_current_head()
    with engine.connect() as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
        current = MigrationContext.configure(connection).get_current_revision()
        if current == latest:
            return
        if current is not None:
            _check_known(script, current, name)
            _back_up(engine, current)
        elif foreign := _tables_of_others(connection):
            cause = f"holds tables that are not of a workspace ({', '.join(foreign[:3])})."
            raise StoreError(name, cause, "Name another database.")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _check_known(script: ScriptDirectory, revision: str, name: str) -> None:
    try:
        script.get_revision(revision)
    except CommandError:
        cause = "was made by a later version of Fairterms."
        raise StoreError(name, cause, "Update Fairterms, or open the copy made before the update.") from None


def _tables_of_others(connection: Connection) -> list[str]:
    names = connection.dialect.get_table_names(connection)
    return sorted(name for name in names if name != "alembic_version")


def _back_up(engine: Engine, revision: str) -> None:
    """Copy a SQLite file beside itself; a copy that is there already is of the same form and stays."""
    path = engine.url.database
    if engine.dialect.name != "sqlite" or not path or path == ":memory:":
        return
    copy = Path(f"{path}.before-{revision}")
    if copy.exists():
        return
    part = copy.with_name(f"{copy.name}.part")
    part.unlink(missing_ok=True)
    # The transaction holds the lock, and nothing is written yet: a second connection reads the state before it.
    with sqlite3.connect(path) as source, sqlite3.connect(part) as target:
        source.backup(target)
    source.close()
    target.close()
    part.replace(copy)


@contextmanager
def told_plainly(name: str) -> Iterator[None]:
    """Turn what a driver raises into a StoreError that says what to do."""
    try:
        yield
    except DBAPIError as error:
        raise _told(name, error) from error
    except SQLAlchemyError as error:
        raise StoreError(name, f"can't be used: {type(error).__name__}.", "Check the database.") from error


def _told(name: str, error: DBAPIError) -> StoreError:
    said = str(error.orig).lower()
    for words, cause, remedy in _KNOWN:
        if any(word in said for word in words):
            return StoreError(name, cause, remedy)
    # The driver's own words may quote values, that is text of documents: only its class is told.
    return StoreError(name, f"can't be used: {type(error.orig).__name__}.", "Check the database and its log.")


_KNOWN: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("disk is full", "no space left"), "has no room left on its disk; nothing was changed.", "Make room, then again."),
    (("database is locked", "lock timeout"), "is being written to by somebody else.", "Try again in a moment."),
    (("readonly", "read-only", "permission denied"), "can't be written to.", "Check the rights on the file."),
    (("not a database", "malformed"), "is damaged, or is no database.", "Go back to a copy of it."),
    (("unable to open",), "can't be opened.", "Check the folder and its rights."),
    (("connection", "could not translate", "connect"), "can't be reached.", "Check that the server runs, and the URL."),
)
