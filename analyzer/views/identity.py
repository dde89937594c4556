"""Who is in front of the page.

On a machine of one's own nobody signs in. Where ``secrets.toml`` has an ``[auth]`` section, people sign in through
OpenID Connect (Streamlit's own ``st.login``), and their roles come from a claim or from the file that
``FAIRTERMS_ROLES`` names; somebody whom neither knows only reads. Where it is not certain that nobody has to sign in,
the page stays closed.
"""

import getpass
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st
from streamlit import config
from streamlit.errors import StreamlitAuthError, StreamlitMissingAuthlibError, StreamlitSecretNotFoundError

from analyzer.errors import NotAllowed, StoreError
from analyzer.store.values import Person, Role
from analyzer.views.access import Roles, load_roles, person_of

__all__ = ["ROLES", "keep_apart", "needs_login", "show_login", "show_refused", "sign_out", "signed_in"]

ROLES = "FAIRTERMS_ROLES"
"""Environment variable with the path of the roles file."""
_SECRETS = "the sign-in"
_FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Forwarded")
_REMEDY = "Whoever runs it has to set up the sign-in; docs/deployment.md says how."


def needs_login() -> bool:
    """People sign in here. Raises StoreError where that can't be told."""
    try:
        return "auth" in st.secrets
    except StreamlitSecretNotFoundError as error:
        if any(Path(path).exists() for path in config.get_option("secrets.files")):
            # A slip in the file must not open the workspace to everybody.
            cause = "can't be set up: secrets.toml is there, but it can't be read."
            raise StoreError(_SECRETS, cause, "Correct the file and start Fairterms again.") from error
        return False
    except (OSError, UnicodeDecodeError) as error:
        cause = "can't be set up: secrets.toml can't be read."
        raise StoreError(_SECRETS, cause, "Check the file and the rights on it.") from error


def signed_in() -> Person | None:
    """Whoever is in front of the page; None where they have to sign in first.

    Raises NotAllowed where a sign-in is not enough, StoreError where it is not certain who may come in.
    """
    path = os.environ.get(ROLES, "").strip()
    if not needs_login():
        if path:
            raise StoreError(_SECRETS, f"is missing, while {ROLES} says that people have roles here.", _REMEDY)
        _require_own_machine()
        name = _own_name()
        return Person(name, name, Role.ADMIN)
    if not st.user.get("is_logged_in"):
        return None
    return person_of(st.user.to_dict(), load_roles(Path(path)) if path else Roles(), datetime.now(tz=UTC))


def _require_own_machine() -> None:
    """Whoever comes from elsewhere would be admin without a sign-in."""
    headers = st.context.headers
    host = headers.get("Host") or "localhost"
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    is_own = name.strip("[]").lower() in ("localhost", "::1") or name.startswith("127.")
    if not is_own or any(header in headers for header in _FORWARDED):
        raise StoreError(_SECRETS, "is missing: without it only this machine itself may open the page.", _REMEDY)


def _own_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, ImportError, OSError):  # a container whose user has no name
        return "local"


def keep_apart(person: Person) -> None:
    """Forget what a session holds once somebody else is in it."""
    if st.session_state.get("whose", person.id) != person.id:
        for key in list(st.session_state):
            del st.session_state[key]
    st.session_state["whose"] = person.id


def show_login() -> None:
    """Ask to sign in."""
    with st.container(key="start"):
        st.title("Fairterms", anchor=False)
        st.write("Sign in to see the documents of your projects.")
        if "document" in st.query_params:
            st.caption("You followed a link to a document: follow it again once you are signed in.")
        for provider, label in _providers():
            if st.button(label, type="primary", key=f"sign-in-{provider}"):
                _sign_in(provider)


def show_refused(error: NotAllowed) -> None:
    """Say why a sign-in is not enough."""
    with st.container(key="start"):
        st.title("Fairterms", anchor=False)
        st.error(f"Your sign-in {error.cause}", icon=":material/error:")
        st.write(error.remedy)
        st.button("Sign out", on_click=sign_out, type="primary")


def sign_out() -> None:
    """End the session, here and with the provider; nothing of it stays."""
    for key in list(st.session_state):
        del st.session_state[key]
    st.logout()


def _providers() -> list[tuple[str, str]]:
    """Name of each provider in ``secrets.toml``, with the words on its button; the unnamed one is empty."""
    auth = st.secrets["auth"]
    named = [str(name) for name, value in auth.items() if isinstance(value, Mapping) and "client_id" in value]
    if "client_id" in auth or not named:
        return [("", "Sign in")]
    return [(name, f"Sign in with {name.replace('-', ' ').capitalize()}") for name in named]


def _sign_in(provider: str) -> None:
    try:
        st.login(provider or None)
    except StreamlitMissingAuthlibError:
        cause = "The sign-in needs a package that is not installed. Install it with: pip install 'fairterms[team]'."
        st.error(cause, icon=":material/error:")
    except StreamlitAuthError:
        cause = "The sign-in is not set up completely in secrets.toml; docs/deployment.md shows what it needs."
        st.error(cause, icon=":material/error:")
