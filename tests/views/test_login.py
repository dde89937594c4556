"""People sign in through a real provider of OpenID Connect, in a real browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("authlib", reason="the sign-in needs Authlib: install the extra team")
from selenium import webdriver

from analyzer.store.acting import reading, writing
from analyzer.store.database import Database, open_database
from analyzer.store.decisions import decisions_of
from analyzer.store.documents import add_document
from analyzer.store.projects import create_project, set_member
from analyzer.store.values import Draft, Person, Role
from tests.browsers import WITH_BROWSER, browser
from tests.views.documents import BONDED, UNCAPPED
from tests.views.provider import CLIENT, SECRET, provider
from tests.views.tour import Tour, app

pytestmark = [
    *WITH_BROWSER,
    pytest.mark.slow,
]

OWNER = Person("owner@example.gov", role=Role.ADMIN)
TERMS = f"# Terms\n\n{UNCAPPED}\n\n{BONDED}\n".encode()
PEOPLE: dict[str, dict[str, Any]] = {
    "ann": {"email": "Ann@Example.gov", "email_verified": True, "name": "Ann", "access": {"groups": ["staff"]}},
    "bob": {"email": "bob@example.gov", "email_verified": True, "name": "Bob", "access": {"groups": ["buyers"]}},
    "cyd": {"email": "cyd@example.gov", "email_verified": True, "name": "Cyd", "access": {"groups": ["buyers"]}},
    "dan": {"email": "dan@example.gov", "email_verified": False, "name": "Dan", "access": {"groups": ["buyers"]}},
}
FORGED = {"act": "decide", "finding": "0" * 16, "kind": "reject", "reason": "forged"}
ROLES = 'claim = "access.groups"\n[groups]\nbuyers = "reviewer"\n'
SECRETS = """
[auth]
redirect_uri = "http://127.0.0.1:{{port}}/oauth2callback"
cookie_secret = "a secret that is long enough for a test"
client_id = "{client}"
client_secret = "{secret}"
server_metadata_url = "{issuer}/.well-known/openid-configuration"
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("team")


@pytest.fixture(scope="module")
def workspace(place: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{place / 'workspace.db'}")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def draft(workspace: Database) -> Draft:
    """A document of a project that Ann and Bob are let into as reviewers, and nobody else."""
    with writing(workspace, OWNER) as acting:
        made = create_project(acting, "Portal")
        set_member(acting, made.id, "ann@example.gov", Role.REVIEWER)
        set_member(acting, made.id, "bob@example.gov", Role.REVIEWER)
        return add_document(acting, made.id, "portal.md", TERMS)


@pytest.fixture(scope="module")
def address(place: Path) -> Iterator[str]:
    folder = place / ".streamlit"
    folder.mkdir()
    roles = place / "roles.toml"
    roles.write_text(ROLES, encoding="utf-8")
    with provider(PEOPLE) as issuer:
        text = SECRETS.format(client=CLIENT, secret=SECRET, issuer=issuer)
        (folder / "secrets.toml").write_text(text, encoding="utf-8")
        with app(f"sqlite:///{place / 'workspace.db'}", place, FAIRTERMS_ROLES=str(roles)) as found:
            yield found


@pytest.fixture(scope="module")
def driver(place: Path) -> Iterator[webdriver.Chrome]:
    with browser(place) as found:
        yield found


def sign_in(tour: Tour, who: str) -> None:
    tour.go("")
    tour.press_on("button", "Sign in")
    tour.see("Who are you?")
    tour.press_on("a", who)


def sign_out(tour: Tour) -> None:
    tour.turn("Settings")
    tour.see("Who am I")
    tour.press_on("button", "Sign out")
    tour.see("Sign in to see the documents")


def follow(tour: Tour, draft: Draft) -> None:
    """A link to a document."""
    tour.go(f"review?document={draft.document}&draft={draft.id}")


def forge(tour: Tour, draft: Draft, act: dict[str, Any]) -> dict[str, Any]:
    """Send the server an act past all buttons; what it answers."""
    script = """
        window.addEventListener("fairterms-work", (event) => { window.answered = event.detail; });
        window.dispatchEvent(new CustomEvent("fairterms-act", { detail: arguments[0] }));
    """
    sent = {"visit": "forged", "serial": 1, "seen": 0, **act}
    tour.driver.execute_script(script, {"key": draft.id, "acts": [sent]})
    look = "return window.answered?.done?.forged ? window.answered : null"
    answer: dict[str, Any] = tour.until(lambda: tour.driver.execute_script(look), "the server's answer")
    return answer


def test_people_do_what_their_roles_allow(
    driver: webdriver.Chrome, address: str, place: Path, workspace: Database, draft: Draft
) -> None:
    tour = Tour(driver, address)
    follow(tour, draft)
    tour.see("Sign in to see the documents")
    tour.see("You followed a link")
    assert "portal" not in tour.words()
    assert not tour.all(".review")

    sign_in(tour, "ann")  # a reviewer of the project, but no more than a reader here
    tour.see("Is this document ready to publish?")
    follow(tour, draft)
    tour.see_in_review(".bar h1", "portal.md")
    tour.see_in_review(".progress", "0 of 2")
    tour.keys("j")
    tour.see_in_review(".detail", "decisions are for reviewers")
    assert "Accept" not in tour.text_of(".detail button")
    tour.keys("a")
    answer = forge(tour, draft, FORGED)
    assert "only a reviewer" in answer["told"][-1]["text"]
    with reading(workspace, OWNER) as acting:
        assert decisions_of(acting, draft.document) == {}
    sign_out(tour)
    follow(tour, draft)
    tour.see("Sign in to see the documents")

    sign_in(tour, "bob")
    tour.see("Is this document ready to publish?")
    follow(tour, draft)
    tour.see_in_review(".progress", "0 of 2")
    tour.keys("j")
    tour.see_in_review(".detail button", "Accept")
    tour.keys("a")
    tour.see_in_review(".progress", "1 of 2")
    tour.until(lambda: _deciders(workspace, draft) == ["bob@example.gov"], "the decision in the database")
    assert forge(tour, draft, FORGED)["told"] == []  # the same act is done for somebody who may
    assert _deciders(workspace, draft) == ["bob@example.gov"] * 2

    roles = place / "roles.toml"
    roles.write_text("[groups", encoding="utf-8")  # a slip while somebody is at work
    tour.keys("u")
    tour.see("The workspace can't be opened")
    roles.write_text(ROLES, encoding="utf-8")
    tour.press_on("button", "Load again")
    tour.see_in_review(".progress", "of 2")
    sign_out(tour)


def _deciders(workspace: Database, draft: Draft) -> list[str]:
    with reading(workspace, OWNER) as acting:
        return [one.by for one in decisions_of(acting, draft.document).values()]


def test_somebody_without_the_project_follows_the_same_link(
    driver: webdriver.Chrome, address: str, draft: Draft
) -> None:
    tour = Tour(driver, address)
    sign_in(tour, "cyd")
    tour.see("Is this document ready to publish?")
    assert "portal" not in tour.words()
    for page in ("review", "checklist", "compare"):
        tour.go(f"{page}?document={draft.document}&draft={draft.id}")
        tour.see("no such document")
        assert "portal" not in tour.words()
        assert not tour.all(".review")
    sign_out(tour)


def test_an_address_that_is_not_verified_opens_nothing(driver: webdriver.Chrome, address: str) -> None:
    tour = Tour(driver, address)
    sign_in(tour, "dan")
    tour.see("gave an e-mail address that is not verified")
    tour.press_on("button", "Sign out")
    tour.see("Sign in to see the documents")
