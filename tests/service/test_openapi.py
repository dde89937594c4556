"""The service against its own description: what it allows and what it forbids is answered as it says."""

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from tests.service.serving import Service, serving

load_all_checks()
positive_data_acceptance = CHECKS.get_one("positive_data_acceptance")
TOKEN = "0f6c8b1de72a4935"
ROUTES = [
    ("get", "/healthz"),
    ("post", "/v1/check"),
    ("post", "/v1/scan"),
    ("post", "/v1/annotate"),
    ("get", "/v1/policies"),
    ("get", "/v1/rules"),
]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("guarded")
    (folder / "token").write_text(TOKEN)
    with serving(folder, "--token-file", str(folder / "token")) as running:
        yield running


@pytest.fixture(scope="module")
def described(guarded: Service) -> schemathesis.BaseSchema:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return schemathesis.openapi.from_url(f"{guarded.url}/openapi.json", headers=headers)


def test_every_route_is_tried(described: schemathesis.BaseSchema) -> None:
    operations = [result.ok() for result in described.get_all_operations()]
    assert sorted((operation.method, operation.path) for operation in operations) == sorted(ROUTES)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("method", "path"), ROUTES, ids=lambda value: value)
def test_it_answers_as_described(
    described: schemathesis.BaseSchema, guarded: Service, method: str, path: str, mode: GenerationMode
) -> None:
    operation = described[path][method]
    if mode is GenerationMode.NEGATIVE and not operation.body and not operation.query:
        pytest.skip("nothing of it can be wrong")

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=15,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def answers(case: Case) -> None:
        # No schema can say which bytes make a document: those that don't are refused with 422, as described.
        may_refuse = path in {"/v1/scan", "/v1/annotate"} or (path == "/v1/check" and "baseline" in case.body)
        excluded = [positive_data_acceptance] if may_refuse else []
        case.call_and_validate(headers={"Authorization": f"Bearer {TOKEN}"}, excluded_checks=excluded)

    answers()
    assert guarded.left() == []
    assert "ERROR" not in guarded.log.read_text()
