"""What ships with the program is where the program looks for it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer import resources

PLACES = [
    (resources.patterns_folder, "references.toml"),
    (resources.samples_folder, "README.md"),
]


@pytest.mark.parametrize(("folder", "file"), PLACES)
def test_a_checkout_has_its_data_beside_the_package(folder: Callable[[], Path], file: str) -> None:
    assert (folder() / file).is_file()
    assert folder().parent == Path(resources.__file__).parent.parent


def test_the_page_and_the_models_have_a_place() -> None:
    assert resources.app_file().name == "app.py"
    assert resources.app_file().is_file()
    assert resources.models_folder().name == "models"


def test_a_wheel_has_its_data_inside_the_package(tmp_path: Path) -> None:
    package = tmp_path / "analyzer"
    inside = package / "_data" / "patterns"
    inside.mkdir(parents=True)
    code = Path(resources.__file__).read_text("utf-8")
    (package / "resources.py").write_text(code, encoding="utf-8")
    names: dict[str, object] = {"__file__": str(package / "resources.py"), "__name__": "installed"}
    exec(compile(code, str(package / "resources.py"), "exec"), names)  # noqa: S102  # the module as it stands in a wheel
    found = [names["patterns_folder"](), names["samples_folder"]()]  # type: ignore[operator]
    assert found == [inside, tmp_path / "samples"]
