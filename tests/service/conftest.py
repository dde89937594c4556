"""One service for the tests that only ask it something."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.service.serving import Service, serving


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("service")) as running:
        yield running


@pytest.fixture
def client(service: Service) -> Iterator[httpx.Client]:
    with service.client() as client:
        yield client


@pytest.fixture(scope="session")
def schemas() -> dict[str, Path]:
    root = Path(__file__).parents[2] / "docs"
    return {name: root / f"{name}.schema.json" for name in ("report", "gate")}
