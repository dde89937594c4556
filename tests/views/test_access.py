"""Who may come in, and as what: claims, the roles file, and what is missing."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analyzer.errors import NotAllowed, StoreError
from analyzer.resources import app_file
from analyzer.store.acting import writing
from analyzer.store.database import Database
from analyzer.store.projects import projects, remove_member, set_member
from analyzer.store.values import Draft, Role
from analyzer.views.access import Roles, address_of, load_roles, person_of
from tests.views.conftest import ME
from tests.views.documents import BONDED, UNCAPPED
from tests.views.pages import SCRIPT, keep, labels, settled, texts

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
IAT = int(NOW.timestamp())
CLAIMS = {"email": "Ann@Example.gov", "email_verified": True, "iat": IAT, "name": "Ann Lee"}
TERMS = f"# Terms\n\n{UNCAPPED}\n\n{BONDED}\n".encode()


def test_a_person_is_known_by_the_address_in_small_letters() -> None:
    person = person_of(CLAIMS, Roles(), NOW)
    assert (person.id, person.name, person.role) == ("ann@example.gov", "Ann Lee", Role.READER)
    assert person_of({**CLAIMS, "name": ["x"]}, Roles(), NOW).name == "ann@example.gov"
    assert person_of({**CLAIMS, "email_verified": "true"}, Roles(), NOW).id == "ann@example.gov"
    assert address_of(" \u212aate@example.gov ") == "\u212aate@example.gov"  # Kelvin sign: somebody other than Kate


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({}, "no e-mail address"),
        ({"email": None}, "no e-mail address"),
        ({"email": ["ann@example.gov"]}, "no e-mail address"),
        ({"email": "ann"}, "no e-mail address"),
        ({"email": "ann@example.gov@example.com"}, "no e-mail address"),
        ({"email": "ann\n@example.gov"}, "no e-mail address"),
        ({"email_verified": False}, "not verified"),
        ({"email_verified": "false"}, "not verified"),
        ({"email_verified": None}, "not verified"),
        ({"iat": None}, "older than 12 hours"),
        ({"iat": "yesterday"}, "older than 12 hours"),
        ({"iat": IAT - 13 * 3600}, "older than 12 hours"),
    ],
)
def test_a_sign_in_that_is_not_enough_is_refused(claims: dict[str, Any], words: str) -> None:
    with pytest.raises(NotAllowed, match=words):
        person_of({**CLAIMS, **claims} if claims else {}, Roles(), NOW)


def test_an_address_that_nobody_speaks_of_counts_only_where_the_file_says_so() -> None:
    trusting = Roles(trust_addresses=True)
    assert person_of({"email": "ann@example.gov", "iat": IAT}, trusting, NOW).id == "ann@example.gov"
    with pytest.raises(NotAllowed, match="not verified"):
        person_of({**CLAIMS, "email_verified": False}, trusting, NOW)


@pytest.mark.parametrize(
    ("claim", "said", "role"),
    [
        ("role", "editor", Role.EDITOR),
        ("role", ["reviewer", "editor", "reader"], Role.EDITOR),
        ("role", ["boss", 7, None, {"admin": True}], Role.READER),
        ("role", {"admin": True}, Role.READER),
        ("role", None, Role.READER),
        ("realm.access", {"x": 1}, Role.READER),
    ],
)
def test_a_claim_gives_the_highest_role_it_holds(claim: str, said: object, role: Role) -> None:
    assert person_of({**CLAIMS, claim: said}, Roles(claim=claim), NOW).role is role


def test_a_claim_within_claims_and_one_with_dots_in_its_name() -> None:
    groups = {"buyers": Role.REVIEWER, "it": Role.ADMIN}
    nested = {**CLAIMS, "realm_access": {"roles": ["buyers", "staff"]}}
    assert person_of(nested, Roles(claim="realm_access.roles", groups=groups), NOW).role is Role.REVIEWER
    dotted = {**CLAIMS, "https://example.gov/roles": "it"}
    assert person_of(dotted, Roles(claim="https://example.gov/roles", groups=groups), NOW).role is Role.ADMIN
    assert person_of({**CLAIMS, "realm_access": "it"}, Roles(claim="realm_access.roles", groups=groups), NOW).role is (
        Role.READER
    )


def test_a_named_person_counts_before_the_claim(tmp_path: Path) -> None:
    path = tmp_path / "roles.toml"
    path.write_text('claim = "role"\nhours = 1\n[people]\n"ANN@example.gov" = "reviewer"\n', encoding="utf-8")
    assert person_of({**CLAIMS, "role": "admin"}, load_roles(path), NOW).role is Role.REVIEWER
    assert person_of({**CLAIMS, "email": "bob@example.gov", "role": "admin"}, load_roles(path), NOW).role is Role.ADMIN


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("people = 3", "people: must be a table"),
        ("claim = true", "claim: must be a text"),
        ("hours = 0", "must be 1 or more"),
        ("hours = true", "hours: must be a whole number"),
        ('trust_addresses = "yes"', "must be true or false"),
        ('default = "boss"', "must be one of reader"),
        ('[people]\n"a@b" = ["admin"]', "must be one of reader"),
        ('admin = "a@b"', "not a known field"),
        ("[people", "can't be read"),
    ],
)
def test_a_wrong_roles_file_says_what_is_wrong(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "roles.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StoreError, match=words):
        load_roles(path)


# The page ------------------------------------------------------------------------------------------------------------


def app(user: dict[str, Any] | None = None, *, script: str = "") -> AppTest:
    made = AppTest.from_string(script, default_timeout=60) if script else AppTest.from_file(str(app_file()))
    made.default_timeout = 60
    made.secrets["auth"] = {"client_id": "x"}
    made.user = user if user is not None else {"is_logged_in": False}
    return made


def claims(address: str) -> dict[str, Any]:
    now = int(datetime.now(tz=UTC).timestamp())
    return {"is_logged_in": True, "email": address, "email_verified": True, "iat": now}


@pytest.fixture
def roles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "roles.toml"
    path.write_text('default = "reviewer"\n', encoding="utf-8")
    monkeypatch.setenv("FAIRTERMS_ROLES", str(path))
    return path


def test_nobody_sees_anything_before_the_sign_in(database: Database, roles: Path) -> None:
    (draft,) = keep_as_local(database)
    made = app()
    made.query_params["document"] = draft.document
    made.run()
    assert not made.exception
    assert labels(made) == ["Sign in"]
    assert "follow it again" in texts(made)
    assert "portal" not in texts(made)


def test_each_provider_has_a_button() -> None:
    made = app()
    made.secrets["auth"] = {"redirect_uri": "x", "okta": {"client_id": "a"}, "microsoft": {"client_id": "b"}}
    assert labels(made.run()) == ["Sign in with Okta", "Sign in with Microsoft"]


def test_a_sign_in_that_is_not_set_up_is_told() -> None:
    made = app()
    made.run().button[0].click().run()
    assert not made.exception
    assert "not set up" in made.error[0].value or "not installed" in made.error[0].value


def test_an_unverified_address_is_told_and_signs_out(roles: Path) -> None:
    made = app({**claims("ann@example.gov"), "email_verified": False}).run()
    assert "not verified" in made.error[0].value
    assert labels(made) == ["Sign out"]
    made.button[0].click().run()
    assert not made.exception
    assert labels(made) == ["Sign in"]


def test_the_roles_file_counts_from_the_moment_it_is_changed(database: Database, roles: Path) -> None:
    made = app(claims("ann@example.gov")).run()
    assert made.title[0].value == "Is this document ready to publish?"
    roles.write_text("default = ", encoding="utf-8")
    made.run()
    assert not made.exception
    assert made.title[0].value == "The workspace can't be opened"
    roles.write_text('default = "reader"\n', encoding="utf-8")
    made.run()
    assert "Open the sample RFP" in labels(made) or not made.error
    next(button for button in made.button if button.label == "Open the sample RFP").click().run()
    assert "only a reviewer" in made.error[0].value


def test_somebody_else_in_the_same_session_finds_nothing_of_it(database: Database, roles: Path) -> None:
    made = app(claims("ann@example.gov")).run()
    made.session_state["opened"] = {"document": "0" * 32, "draft": None, "turn": 1}
    made.session_state["left"] = "a comment that was not sent"
    made.user = claims("bob@example.gov")
    made.run()
    assert "opened" not in made.session_state
    assert "left" not in made.session_state


def keep_as_local(database: Database) -> list[Draft]:
    """A document in a project of the person at this machine, before anybody signs in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("FAIRTERMS_ROLES", raising=False)
        return keep(database, "portal.md", TERMS)


@pytest.mark.parametrize("name", ["document", "checklist", "compare"])
def test_two_people_without_a_project_between_them(database: Database, roles: Path, name: str) -> None:
    """The analysis is at hand from the first one's look; the second one gets none of it, by no way."""
    (draft,) = keep_as_local(database)
    with writing(database, ME) as acting:
        (owner,) = projects(acting)
        set_member(acting, owner.id, "ann@example.gov", Role.READER)
    script = SCRIPT.format(module=name, function="show_document" if name == "document" else f"show_{name}")
    ann, bob = (app(claims(f"{who}@example.gov"), script=script) for who in ("ann", "bob"))
    for made in (ann, bob):
        made.query_params["document"], made.query_params["draft"] = draft.document, draft.id
        settled(made.run())
    assert not ann.error
    assert "no such document" in bob.error[0].value
    assert "portal" not in texts(bob)
    bob.session_state["opened"] = {"document": draft.document, "draft": draft.id}
    bob.query_params.clear()
    bob.run()
    assert "no such document" in bob.error[0].value
    with writing(database, ME) as acting:  # and Ann, once she is out of the project
        remove_member(acting, owner.id, "ann@example.gov")
    ann.run()
    assert "no such document" in ann.error[0].value
    assert "portal" not in texts(ann)


def test_the_shelf_is_asked_only_by_those_who_may(database: Database, roles: Path) -> None:
    (draft,) = keep_as_local(database)
    script = f"""
import streamlit as st
from analyzer.views.workspace import analysis_of, telling
with telling():
    st.write(len(analysis_of("{draft.id}").report.findings))
"""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("FAIRTERMS_ROLES")
        assert AppTest.from_string(script, default_timeout=60).run().markdown[0].value != "0"
    bob = app(claims("bob@example.gov"), script=script).run()
    assert "no such" in bob.error[0].value
    assert not bob.markdown


# Without a sign-in ---------------------------------------------------------------------------------------------------


def test_roles_without_a_sign_in_keep_the_page_closed(roles: Path) -> None:
    made = AppTest.from_file(str(app_file()), default_timeout=60).run()
    assert not made.exception
    assert made.title[0].value == "The workspace can't be opened"
    assert "missing" in made.error[0].value


def test_secrets_that_cannot_be_read_keep_the_page_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / ".streamlit"
    folder.mkdir()
    (folder / "secrets.toml").write_text("[auth\n", encoding="utf-8")
    from streamlit import config

    before = config.get_option("secrets.files")
    config.set_option("secrets.files", [str(folder / "secrets.toml")])
    try:
        made = AppTest.from_file(str(app_file()), default_timeout=60).run()
    finally:
        config.set_option("secrets.files", before)
    assert made.title[0].value == "The workspace can't be opened"
    assert "secrets" in made.error[0].value


def test_a_sign_in_that_grows_old_closes_the_review(database: Database, roles: Path) -> None:
    (draft,) = keep_as_local(database)
    with writing(database, ME) as acting:
        (owner,) = projects(acting)
        set_member(acting, owner.id, "ann@example.gov", Role.REVIEWER)
    made = app(claims("ann@example.gov"))
    made.session_state["opened"] = {"document": draft.document, "draft": draft.id}
    made.run()
    assert not made.exception
    assert made.title[0].value == "Is this document ready to publish?"
    made.user = {**claims("ann@example.gov"), "iat": 1_000}
    made.run()
    assert not made.exception
    assert "older than 12 hours" in made.error[0].value
    assert "portal" not in texts(made)
