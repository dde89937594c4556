"""Where the data that ships with Fairterms stands: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

__all__ = ["app_file", "models_folder", "patterns_folder", "samples_folder", "schema_file"]


def _resource(name: str) -> Path:
    package = Path(__file__).resolve().parent
    installed = package / "_data" / name
    return installed if installed.exists() else package.parent / name


def patterns_folder() -> Path:
    """The shipped rules, references and policies."""
    return _resource("patterns")


def models_folder() -> Path:
    """The shipped models."""
    return _resource("models")


def samples_folder() -> Path:
    """The sample documents and labelled sentences."""
    return _resource("samples")


def app_file() -> Path:
    """The Streamlit page's entry point."""
    return _resource("app.py")


def schema_file(name: str) -> Path:
    """The JSON Schema of a format that other programs rely on: ``report`` or ``gate``."""
    return _resource(f"docs/{name}.schema.json")
