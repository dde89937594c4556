"""The same tests on SQLite and on a PostgreSQL server that is started for them."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.store.database import Database, open_database
from analyzer.store.values import Person, Role

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a server of our own, without the name of a database."""
    found = shutil.which("initdb")
    folder = Path(found).parent if found else BINARIES[0] if BINARIES else None
    if folder is None:
        pytest.skip("PostgreSQL is not installed")
    place = Path(tempfile.mkdtemp(prefix="fairterms-pg-"))
    user: str | None = None
    if os.getuid() == 0:  # the server refuses to run as root
        try:
            user = pwd.getpwnam("postgres").pw_name
        except KeyError:
            pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
        shutil.chown(place, user)
    port = _free_port()

    def run(*command: object) -> None:
        subprocess.run([str(part) for part in command], check=True, capture_output=True, user=user, cwd=place)

    run(folder / "initdb", "--pgdata", place / "data", "--auth", "trust", "--username", "fairterms", "--no-sync")
    options = f"-p {port} -k {place} -c listen_addresses=127.0.0.1 -c fsync=off"
    run(folder / "pg_ctl", "--pgdata", place / "data", "--log", place / "log", "--options", options, "--wait", "start")
    try:
        yield f"postgresql://fairterms@127.0.0.1:{port}"
    finally:
        run(folder / "pg_ctl", "--pgdata", place / "data", "--mode", "immediate", "stop")
        shutil.rmtree(place, ignore_errors=True)


_made = iter(range(1, 1_000_000))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'workspace.db'}"
    server = request.getfixturevalue("postgresql")
    name = f"t{os.getpid()}_{next(_made)}"
    import psycopg

    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server}/{name}"


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = open_database(url)
    yield opened
    opened.close()


@pytest.fixture
def ann() -> Person:
    return Person("ann@example.gov", "Ann", Role.REVIEWER)


@pytest.fixture
def bob() -> Person:
    return Person("bob@example.gov", "Bob", Role.REVIEWER)


@pytest.fixture
def root() -> Person:
    return Person("root@example.gov", "Root", Role.ADMIN)
