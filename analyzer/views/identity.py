"""Who is in front of the page, and what they may do.

On a machine of one's own nobody signs in. Where ``secrets.toml`` has an ``[auth]`` section, people sign in through
OpenID Connect (Streamlit's own ``st.login``), and their roles come from a claim or from the file that
``FAIRTERMS_ROLES`` names; somebody whom neither knows only reads.
"""

import getpass
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from analyzer.errors import StoreError
from analyzer.store.values import Person, Role

__all__ = ["ROLES", "Roles", "load_roles", "needs_login", "person_of", "show_login", "signed_in"]

ROLES = "FAIRTERMS_ROLES"
"""Environment variable with the path of the roles file."""
_REMEDY = "Correct the file; docs/deployment.md shows one."


@dataclass(frozen=True, slots=True)
class Roles:
    """Who may do what."""

    default: Role = Role.READER
    claim: str = ""
    """Name of the claim that holds a role, or a list of groups."""
    groups: Mapping[str, Role] = field(default_factory=dict)
    """Value of the claim to role; without it the values are roles themselves."""
    people: Mapping[str, Role] = field(default_factory=dict)
    """E-mail address, in lower case, to role; counts before any claim."""


def load_roles(path: Path) -> Roles:
    """Read a roles file (TOML). Raises StoreError naming what is wrong in it."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise StoreError(str(path), f"can't be read: {error}.", _REMEDY) from error
    if unknown := sorted(set(table) - {"default", "claim", "groups", "people"}):
        raise StoreError(str(path), f"{unknown[0]}: is not a known field.", _REMEDY)
    return Roles(
        default=_role(path, "default", table.get("default", Role.READER.value)),
        claim=str(table.get("claim", "")),
        groups={str(name): _role(path, f"groups.{name}", role) for name, role in table.get("groups", {}).items()},
        people={str(who).lower(): _role(path, f"people.{who}", role) for who, role in table.get("people", {}).items()},
    )


def _role(path: Path, name: str, value: Any) -> Role:
    try:
        return Role(value)
    except ValueError:
        cause = f"{name}: is {value!r}, must be one of {', '.join(Role)}."
        raise StoreError(str(path), cause, _REMEDY) from None


def person_of(claims: Mapping[str, Any], roles: Roles) -> Person | None:
    """The person whom the claims of a sign-in name; None where no verified address is among them."""
    address = str(claims.get("email") or "").strip().lower()
    if not address or claims.get("email_verified") is False:
        return None
    name = str(claims.get("name") or address)
    return Person(address, name, roles.people.get(address) or _claimed(claims, roles) or roles.default)


def _claimed(claims: Mapping[str, Any], roles: Roles) -> Role | None:
    said = claims.get(roles.claim) if roles.claim else None
    values = [said] if isinstance(said, str) else list(said or ())
    known = roles.groups or {role.value: role for role in Role}
    found = [known[value] for value in values if value in known]
    return max(found, key=lambda role: role.rank, default=None)


def needs_login() -> bool:
    """People sign in here."""
    try:
        return "auth" in st.secrets
    except StreamlitSecretNotFoundError:
        return False


def signed_in() -> Person | None:
    """Whoever is in front of the page; None where they have to sign in first."""
    if not needs_login():
        name = getpass.getuser()
        return Person(name, name, Role.ADMIN)
    if not st.user.is_logged_in:
        return None
    path = os.environ.get(ROLES, "")
    return person_of(st.user.to_dict(), load_roles(Path(path)) if path else Roles())


def show_login() -> None:
    """Ask to sign in; or say that the sign-in gave no address."""
    with st.container(key="start"):
        st.title("Fairterms", anchor=False)
        if st.user.is_logged_in:
            st.error(
                "Your sign-in gave no verified e-mail address, and documents are kept by it.", icon=":material/error:"
            )
            st.write("Ask whoever runs Fairterms to send that claim, then sign in again.")
            st.button("Sign out", on_click=st.logout)
            return
        st.write("Sign in to see the documents of your projects.")
        st.button("Sign in", type="primary", on_click=st.login)
