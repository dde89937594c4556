"""Who imports whom, what is exported, and how little the command line loads."""

import importlib
import pkgutil
import subprocess
import sys

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

import analyzer
from analyzer.resources import patterns_folder

ROOT = patterns_folder().parent
NOT_MODULES = ("__main__", "migrations.env")
"""Alembic runs the latter within a migration; it can't be imported by itself."""
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(analyzer.__path__, "analyzer.")
    if not module.name.endswith(NOT_MODULES)
)


def test_the_layers_hold() -> None:
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, "run lint-imports"


@pytest.mark.parametrize("name", MODULES)
def test_what_a_module_exports_is_there(name: str) -> None:
    module = importlib.import_module(name)
    exported = list(getattr(module, "__all__", []))
    assert [missing for missing in exported if not hasattr(module, missing)] == []
    assert len(exported) == len(set(exported))


HEAVY = [
    "spacy",
    "streamlit",
    "pypdfium2",
    "pdfplumber",
    "rich",
    "lxml",
    "openpyxl",
    "docx",
    "onnxruntime",
    "numpy",
    "sklearn",
]
LOADED = """
import importlib, sys
importlib.import_module(sys.argv[1])
print(" ".join(sorted(set(sys.argv[2:]) & set(sys.modules))))
"""


def loaded_by(module: str, *names: str) -> list[str]:
    """Which of some packages a module loads when it is imported by itself."""
    command = [sys.executable, "-c", LOADED, module, *names]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout.split()


LIGHT = [
    "analyzer.cli",
    "analyzer.engine",
    "analyzer.assessment",
    "analyzer.rulefiles",
    "analyzer.parsing",
    "analyzer.rendering.json",
]


@pytest.mark.parametrize("module", LIGHT)
def test_heavy_libraries_are_loaded_where_they_are_used(module: str) -> None:
    assert loaded_by(module, *HEAVY) == []


def test_only_matching_loads_spacy() -> None:
    allowed = (
        "analyzer.matching",
        "analyzer.examples",
        "analyzer.explaining",
        "analyzer.interchange",
        "analyzer.views",
        "analyzer.training.learning",  # tries its rules out
    )
    others = [name for name in MODULES if not name.startswith(allowed)]
    code = (
        f"import importlib, sys\nfor name in {others!r}: importlib.import_module(name)\nprint('spacy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "False"
    assert loaded_by("analyzer.matching", "spacy", "spacy.cli") == ["spacy"]


def test_scanning_with_a_model_does_without_scikit_learn() -> None:
    assert loaded_by("analyzer.classification", "numpy", "scipy", "sklearn", "skops") == ["numpy"]
