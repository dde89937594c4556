"""What an agency accepts: which rules count, how severely, and from which severity on a document must not go out."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from analyzer.errors import PolicyError
from analyzer.findings import Severity

__all__ = ["Demands", "Limits", "Policy", "WaiverTerms", "load_policy"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Amounts up to which a demand is accepted; None accepts what the rules accept."""

    liability_cap_multiple: float | None = None
    """Highest cap on the vendor's liability, times the contract value; a higher or missing one is reported."""
    bond_percent: float | None = None
    """Highest bond or other security, percent of the contract value."""
    years_of_experience: float | None = None
    """Most years that may be demanded of the firm or its people."""
    copies: int | None = None
    """Most paper copies of an offer."""
    days_to_respond: int | None = None
    """Fewest days from issue to the date on which offers are due."""


@dataclass(frozen=True, slots=True)
class Demands:
    """What may not be in a file that goes out."""

    no_revisions: bool = True
    """Pending tracked changes."""
    no_comments: bool = True
    no_hidden_text: bool = True


@dataclass(frozen=True, slots=True)
class WaiverTerms:
    """What makes a waiver good, and whether a stale one stops the gate."""

    fail_on_unused: bool = False
    fail_on_expired: bool = True
    most_days: int | None = None
    """Longest time from today that a waiver may run; None for any."""
    must_cite: bool = False
    """A waiver names its authority."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy; the default one is the recommendations as they stand."""

    name: str = "nascio"
    title: str = ""
    """A sentence for people."""
    extends: tuple[str, ...] = ()
    """The policies it was made of, the nearest first."""
    jurisdiction: str = "US"
    fail_on: Severity = Severity.HIGH
    """Findings at or above this severity fail the document."""
    off: frozenset[str] = frozenset()
    """Rules, or whole categories, that don't count."""
    severities: Mapping[str, Severity] = field(default_factory=dict)
    """Rule, ``category/subtype`` or category to the severity it has here."""
    required: tuple[str, ...] = ()
    """Questions of the checklist whose answer must be the wanted one."""
    limits: Limits = field(default_factory=Limits)
    demands: Demands = field(default_factory=Demands)
    kinds: frozenset[str] = frozenset()
    """Kinds of document that are judged; empty for all. Others are read and reported, and don't fail."""
    waivers: WaiverTerms = field(default_factory=WaiverTerms)
    references: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Category or ``category/subtype`` to the authorities that are cited first."""
    wording: Mapping[str, str] = field(default_factory=dict)
    """Blank of a suggestion, as it stands between its brackets, to what fills it here."""

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
        name=str(table.get("name", path.stem)),
        fail_on=_severity(path, "fail_on", table.get("fail_on", "high")),
        off=frozenset(map(str, table.get("off", ()))),
        severities={
            rule: _severity(path, f"severities.{rule}", value) for rule, value in table.get("severities", {}).items()
        },
    )


def _severity(path: Path, name: str, value: Any) -> Severity:
    try:
        return Severity(value)
    except ValueError:
        reason = f"{name}: is {value!r}, must be one of {', '.join(Severity)}."
        raise PolicyError(str(path), reason, "Correct the file.") from None
