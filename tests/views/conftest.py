# Hypothesis' plugin imports it at the end of a run if no test did, and then warns about a generator of trio's.
from collections.abc import Iterator
from pathlib import Path

import hypothesis  # noqa: F401
import pytest

from analyzer.store.database import DATABASE, Database, open_database
from analyzer.store.values import Person, Role
from analyzer.views import workspace

ME = Person("tester", "tester", Role.ADMIN)


@pytest.fixture(autouse=True)
def own_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Each test has a workspace of its own; what is costly to load is kept between them."""
    path = tmp_path / "workspace.db"
    monkeypatch.setenv(DATABASE, f"sqlite:///{path}")
    monkeypatch.setenv("LOGNAME", ME.id)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    yield path
    workspace.database().close()
    workspace.database.clear()
    workspace.shelf.clear()


@pytest.fixture
def database(own_database: Path) -> Iterator[Database]:
    """The same database, for a test to prepare and to look into."""
    opened = open_database(f"sqlite:///{own_database}")
    yield opened
    opened.close()
