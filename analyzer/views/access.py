"""Who may do what: the roles file, and the person whom the claims of a sign-in name."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from analyzer.errors import NotAllowed, StoreError
from analyzer.store.values import Person, Role

__all__ = ["Roles", "address_of", "load_roles", "person_of"]

_REMEDY = "Correct the file; docs/deployment.md shows one."
_HOURS = 12
"""A working day; then people sign in again, so that an account that was closed ends here too."""
_LONGEST_ADDRESS = 254
"""Characters, after RFC 5321 section 4.5.3.1.3."""
_NAME = "your sign-in"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Roles:
    """Who may do what."""

    default: Role = Role.READER
    claim: str = ""
    """Name of the claim that holds a role or a list of groups; dots lead into claims within claims."""
    groups: Mapping[str, Role] = field(default_factory=dict)
    """Value of the claim to role; without it the values are roles themselves."""
    people: Mapping[str, Role] = field(default_factory=dict)
    """Address as `address_of` writes it, to role; counts before any claim."""
    hours: int = _HOURS
    """How long a sign-in counts."""
    trust_addresses: bool = False
    """An address counts where the provider doesn't say whether it is verified; never where it says that it is not."""


def load_roles(path: Path) -> Roles:
    """Read a roles file (TOML). Raises StoreError naming what is wrong in it."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise StoreError(str(path), f"can't be read: {error}.", _REMEDY) from error
    known = Roles.__dataclass_fields__
    if unknown := sorted(set(table) - set(known)):
        raise StoreError(str(path), f"{unknown[0]}: is not a known field.", _REMEDY)
    hours = _of_kind(path, table, "hours", int, _HOURS)
    if hours < 1:
        raise StoreError(str(path), f"hours: is {hours}, must be 1 or more.", _REMEDY)
    groups, people = _of_kind(path, table, "groups", dict, {}), _of_kind(path, table, "people", dict, {})
    return Roles(
        default=_role(path, "default", table.get("default", Role.READER.value)),
        claim=_of_kind(path, table, "claim", str, ""),
        groups={name: _role(path, f"groups.{name}", role) for name, role in groups.items()},
        people={address_of(who): _role(path, f"people.{who}", role) for who, role in people.items()},
        hours=hours,
        trust_addresses=_of_kind(path, table, "trust_addresses", bool, False),
    )


def _of_kind(path: Path, table: Mapping[str, Any], name: str, kind: type[_T], default: _T) -> _T:
    value = table.get(name, default)
    if type(value) is not kind:  # true is an int to isinstance
        words = {str: "a text in quotes", int: "a whole number", bool: "true or false", dict: "a table"}
        raise StoreError(str(path), f"{name}: must be {words[kind]}.", _REMEDY)
    return value


def _role(path: Path, name: str, value: Any) -> Role:
    try:
        return Role(value)
    except ValueError:
        cause = f"{name}: is {value!r}, must be one of {', '.join(Role)}."
        raise StoreError(str(path), cause, _REMEDY) from None


def address_of(text: str) -> str:
    """An e-mail address as people are known by here.

    Only A to Z are made small: other letters may become one of another address (the Kelvin sign becomes a k).
    """
    return "".join(c.lower() if c.isascii() else c for c in text.strip())


def person_of(claims: Mapping[str, Any], roles: Roles, now: datetime) -> Person:
    """The person whom the claims of a sign-in name. Raises NotAllowed where they are not enough, or too old."""
    said = claims.get("email")
    address = address_of(said) if isinstance(said, str) else ""
    if not _is_address(address):
        remedy = "Ask whoever runs Fairterms to have it sent, then sign in again."
        raise NotAllowed(_NAME, "gave no e-mail address, and documents are kept by it.", remedy)
    verified = claims.get("email_verified")
    if not (verified is True or verified == "true" or (verified is None and roles.trust_addresses)):
        remedy = "Have it verified where you sign in, or ask whoever runs Fairterms; then sign in again."
        raise NotAllowed(_NAME, "gave an e-mail address that is not verified.", remedy)
    made = claims.get("iat")
    is_time = isinstance(made, int | float) and not isinstance(made, bool)
    if not is_time or now.timestamp() - float(made or 0) > roles.hours * 3600:
        raise NotAllowed(_NAME, f"is older than {roles.hours} hours.", "Sign in again.")
    name = claims.get("name")
    shown = " ".join(name.split())[:200] if isinstance(name, str) else ""
    return Person(address, shown or address, roles.people.get(address) or _claimed(claims, roles) or roles.default)


def _is_address(text: str) -> bool:
    local, at, domain = text.partition("@")
    is_plain = text.isprintable() and " " not in text and len(text) <= _LONGEST_ADDRESS
    return bool(at and local and domain) and "@" not in domain and is_plain


def _claimed(claims: Mapping[str, Any], roles: Roles) -> Role | None:
    """The highest role that the claim holds."""
    said = _claim(claims, roles.claim) if roles.claim else None
    values = said if isinstance(said, list | tuple) else [said]
    known = roles.groups or {role.value: role for role in Role}
    found = [known[value] for value in values if isinstance(value, str) and value in known]
    return max(found, key=lambda role: role.rank, default=None)


def _claim(claims: Any, name: str) -> Any:
    """A claim by its name, which may have dots itself; else the way that the dots lead."""
    if not isinstance(claims, Mapping):
        return None
    if name in claims:
        return claims[name]
    first, dot, rest = name.partition(".")
    return _claim(claims.get(first), rest) if dot else None
