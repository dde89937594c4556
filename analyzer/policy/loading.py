"""Policies read from files, merged with what they extend.

A policy stands in a TOML file. Those that ship stand in ``patterns/policies``; an agency's own is a ``policy.toml``
beside its documents or above them.
"""

import os
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analyzer.errors import PolicyError
from analyzer.policy.reading import TABLES, Layer, Place, nearest, read_layer
from analyzer.policy.values import Demands, Limits, Policy, WaiverTerms
from analyzer.resources import patterns_folder

__all__ = ["DEFAULT_POLICY", "find_policy", "load_policy", "shipped_policies"]

DEFAULT_POLICY = "nascio"
"""The shipped policy that stands where none is named."""
FILE_NAME = "policy.toml"
MOST_BYTES = 1_000_000


def shipped_policies() -> tuple[str, ...]:
    """Names of the policies that ship, sorted."""
    return tuple(sorted(path.stem for path in _shipped_folder().glob("*.toml")))


def find_policy(start: Path) -> Path | None:
    """The ``policy.toml`` of a folder, or of the nearest folder above it; None where there is none.

    ``start`` may be a file, which stands for its folder. A file that is there and can't be read is found all the
    same: whoever loads it then hears of it, and no other policy takes its place.
    """
    start = _real(start)
    for folder in (start, *start.parents):
        path = folder / FILE_NAME
        try:
            if path.is_file() or path.is_symlink():
                return path
        except OSError:
            return path
    return None


def load_policy(name_or_path: str | Path) -> Policy:
    """Read a policy: a shipped one by its name, or a TOML file, with all that it extends.

    Raises PolicyError that names file and field, says what is wrong and what to do. Ids of rules, questions and
    references are checked by `check_policy`, which knows an agency's own rules too.
    """
    name = str(name_or_path)
    if name not in shipped_policies() and _is_bare(name) and not _is_there(Path(name)):
        raise PolicyError(name, "is neither a shipped policy nor a file.", nearest(name, shipped_policies()))
    source, path = _located(name, Path())
    layers: list[Layer] = []
    seen: list[Path] = []
    while True:
        seen.append(_real(path))
        layers.append(read_layer(source, _table(source, path), path.stem))
        extends = layers[-1].extends
        if not extends:
            return _merged(layers)
        place = Place(source, "extends")
        source, path = _located(extends, path.parent)
        if _real(path) in seen:
            raise place.error(f"{extends!r} extends this policy in turn", "Break the circle.")
        if not _is_there(path):
            reason = f"{extends!r} is neither a shipped policy nor a file, looked for from this one's folder"
            raise place.error(reason, nearest(extends, shipped_policies()))


def _shipped_folder() -> Path:
    return patterns_folder() / "policies"


def _is_bare(name: str) -> bool:
    """It can only be meant as the name of a shipped policy."""
    return Path(name).name == name and not Path(name).suffix


def _is_there(path: Path) -> bool:
    """Something stands there, be it out of reach: opening it then says why."""
    try:
        return os.path.lexists(path)
    except (OSError, ValueError):
        return True


def _real(path: Path) -> Path:
    """One path for one file; unlike ``resolve`` it bears links that lead in a circle."""
    return Path(os.path.realpath(path))


def _located(name: str, folder: Path) -> tuple[str, Path]:
    """What a policy is shown as, and its file."""
    if name in shipped_policies():
        return name, _shipped_folder() / f"{name}.toml"
    return str(folder / name), folder / name


def _table(source: str, path: Path) -> dict[str, Any]:
    try:
        # A pipe or a device could keep us waiting for ever.
        if path.exists() and not path.is_file():
            raise PolicyError(source, "is not a file.", "Name a TOML file.")
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PolicyError(source, f"can't be read: {reason}.", "Name a TOML file.") from None
    if len(data) > MOST_BYTES:
        raise PolicyError(source, "is too large for a policy.", f"Keep it below {MOST_BYTES:,} bytes.")
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise PolicyError(source, "is not written in UTF-8.", "Save it as UTF-8 text.") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        reason = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise PolicyError(source, f"is not valid TOML: {reason}.", "Correct the file.") from None


def _merged(layers: Sequence[Layer]) -> Policy:
    """One policy of a chain, the nearest first; what stands nearer weighs more."""
    own, *extended = layers
    fields: dict[str, Any] = {}
    origins: dict[str, str] = {}
    off: set[str] = set()
    for layer in reversed(layers):
        if unknown := sorted(layer.on - off):
            reason = f"{unknown[0]!r} is not switched off by what this policy extends"
            raise Place(layer.source, "on").error(reason, _hint_on(unknown[0], off))
        off = off - layer.on | layer.off
        origins.update({f"off.{rule}": layer.source for rule in layer.off})
        for field, value in layer.fields.items():
            if isinstance(value, dict):
                fields[field] = fields.get(field, {}) | value
                origins.update({f"{field}.{key}": layer.source for key in value})
            else:
                fields[field] = value
                origins[field] = layer.source
    kinds = {"limits": Limits, "demands": Demands, "waivers": WaiverTerms}
    fields |= {name: kinds[name](**fields[name]) for name in TABLES if name in fields}
    return Policy(
        name=own.name,
        title=own.title,
        extends=tuple(layer.name for layer in extended),
        off=frozenset(off),
        origins={
            field: origin
            for field, origin in sorted(origins.items())
            if not field.startswith("off.") or field.removeprefix("off.") in off
        },
        **fields,
    )


def _hint_on(rule: str, off: set[str]) -> str:
    category = rule.split("/", 1)[0]
    if category in off:
        return f"The whole category {category!r} is: switch that on, and the rest of its rules off."
    return "Take it out." if not off else f"Switched off are: {', '.join(sorted(off))}."
