"""What an agency accepts: which rules count, how severely, and from which severity on a document must not go out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from hashlib import sha256
from typing import Any

from analyzer.findings import Severity

__all__ = ["Demands", "Limits", "Policy", "WaiverTerms"]


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
    """Rule, ``category/subtype`` or category to the severity it has here; see `severity_of`."""
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
    origins: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    """Field, such as ``limits.copies`` or ``severities.waterfall``, to the policy or file that sets it; what none sets
    is missing."""

    def is_off(self, rule: str) -> bool:
        return rule in self.off or rule.split("/", 1)[0] in self.off

    def severity_of(self, rule: str, category: str, subtype: str, *, usual: Severity, here: Severity) -> Severity:
        """How severe a finding is under this policy; the narrowest entry counts.

        ``usual`` is the rule's severity, ``here`` what this sentence came to. What an exception or a milder
        pattern made lower than usual is never raised again: the reason for it stands in the sentence.
        """
        for key in (rule, f"{category}/{subtype}", category):
            if key in self.severities:
                set_here = self.severities[key]
                return min(set_here, here, key=lambda s: s.rank) if here.rank < usual.rank else set_here
        return here

    def cited_first(self, category: str, subtype: str) -> tuple[str, ...]:
        """The authorities that stand before a rule's own, those of the subtype first."""
        of_subtype = self.references.get(f"{category}/{subtype}", ()) if subtype else ()
        return tuple(dict.fromkeys((*of_subtype, *self.references.get(category, ()))))

    @property
    def identity(self) -> str:
        """Name and hash, as it stands in reports.

        The hash is over every field that can change a result: two policies that say the same have the same one,
        however their files are named, written or built on each other.
        """
        counting = (item.name for item in fields(self) if item.name not in _NAMING)
        said: dict[str, Any] = {name: _plain(getattr(self, name)) for name in counting}
        said["off"] = sorted(rule for rule in self.off if rule.split("/", 1)[0] not in self.off - {rule})
        said["required"] = sorted(set(self.required))
        said["references"] = {key: list(names) for key, names in self.references.items() if names}
        text = json.dumps(said, sort_keys=True, ensure_ascii=True)
        return f"{self.name}@{sha256(text.encode()).hexdigest()[:12]}"


_NAMING = frozenset({"name", "title", "extends", "origins"})
"""Fields that only say what a policy is called and what it was made of."""


def _plain(value: Any) -> Any:
    """A field's value as JSON has it, the same for all ways to write it."""
    match value:
        case Mapping():
            return {key: _plain(item) for key, item in value.items()}
        case frozenset():
            return sorted(value)
        case tuple():
            return [_plain(item) for item in value]
        case bool() | str() | None:
            return value
        case int() | float():
            return float(value)
    return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
