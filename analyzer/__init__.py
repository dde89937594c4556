"""Fairterms reads RFPs and contract terms and marks what drives good vendors away."""

from importlib import import_module
from typing import Any

__all__ = ["Analyzer", "__version__", "check"]

__version__ = "0.1.0"

_PLACES = {"Analyzer": ("analyzer.engine", "Analyzer"), "check": ("analyzer.checking", "check_files")}


def __getattr__(name: str) -> Any:
    """What the package offers, imported when it is asked for: whoever wants the version only must not wait.

    ``__init__.pyi`` says the same to type checkers. By name and not by an import statement, since the root of the
    package stands below every layer.
    """
    if name in _PLACES:
        module, attribute = _PLACES[name]
        return getattr(import_module(module), attribute)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
