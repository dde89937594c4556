"""What an agency accepts: which rules count, how severely, and from which severity on a document must not go out."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from analyzer.errors import PolicyError
from analyzer.findings import Severity

__all__ = ["Policy", "load_policy"]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy; the default one is the recommendations as they stand."""

    name: str = "nascio"
    fail_on: Severity = Severity.HIGH
    """Findings at or above this severity fail the document."""
    off: frozenset[str] = frozenset()
    """Rules, or whole categories, that don't count."""
    severities: Mapping[str, Severity] = field(default_factory=dict)
    """Rule or ``category/subtype`` to the severity it has here."""

    def is_off(self, rule: str) -> bool:
        return rule in self.off or rule.split("/", 1)[0] in self.off

    @property
    def identity(self) -> str:
        """Name and hash, as it stands in reports."""
        parts = [self.name, self.fail_on, *sorted(self.off), *(f"{k}={v}" for k, v in sorted(self.severities.items()))]
        return f"{self.name}@{sha256('|'.join(parts).encode()).hexdigest()[:12]}"


def load_policy(path: Path) -> Policy:
    """Read a policy file. Raises PolicyError naming the field."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PolicyError(str(path), f"can't be read: {error}.", "Name a TOML file.") from error
    known = {"name", "fail_on", "off", "severities"}
    if unknown := sorted(set(table) - known):
        raise PolicyError(str(path), f"{unknown[0]}: is not a known field.", f"Use {', '.join(sorted(known))}.")
    return Policy(
        str(table.get("name", path.stem)),
        _severity(path, "fail_on", table.get("fail_on", "high")),
        frozenset(map(str, table.get("off", ()))),
        {rule: _severity(path, f"severities.{rule}", value) for rule, value in table.get("severities", {}).items()},
    )


def _severity(path: Path, name: str, value: Any) -> Severity:
    try:
        return Severity(value)
    except ValueError:
        reason = f"{name}: is {value!r}, must be one of {', '.join(Severity)}."
        raise PolicyError(str(path), reason, "Correct the file.") from None
