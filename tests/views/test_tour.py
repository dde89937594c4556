"""The whole loop in a real browser: from a document to a model made of what was decided on it."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from analyzer.store.acting import reading, writing
from analyzer.store.database import Database, open_database
from analyzer.store.decisions import decide, decisions_of
from analyzer.store.documents import documents, drafts, report_of
from analyzer.store.models import current_model
from analyzer.store.projects import projects
from analyzer.store.values import DecisionKind, Person, Role
from tests.browsers import WITH_BROWSER, browser
from tests.views.tour import Tour, app, walk

pytestmark = [
    *WITH_BROWSER,
    pytest.mark.slow,
]

BOB = Person("bob", "Bob", Role.ADMIN)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('tour') / 'workspace.db'}"


@pytest.fixture(scope="module")
def address(url: str) -> Iterator[str]:
    with app(url, LOGNAME="ann") as found:
        yield found


@pytest.fixture(scope="module")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def driver(downloads: Path) -> Iterator[webdriver.Chrome]:
    with browser(downloads) as found:
        yield found


@pytest.fixture(scope="module")
def workspace(url: str) -> Iterator[Database]:
    opened = open_database(url)
    yield opened
    opened.close()


def test_every_page_is_walked_through(driver: webdriver.Chrome, address: str, workspace: Database) -> None:
    walk(Tour(driver, address))
    with reading(workspace, BOB) as acting:
        (owner,) = projects(acting)
        kept = {one.name: one for one in documents(acting, owner.id)}
        assert set(kept) == {"standard-terms.docx", "saas-agreement.pdf", "it-rfp-problems.pdf"}
        decided = decisions_of(acting, kept["it-rfp-problems.pdf"].id)
        assert sorted(one.kind for one in decided.values()) == ["accept", "accept", "reject"]
        assert {one.reason for one in decided.values()} == {"", "A quotation of the law"}
        assert [draft.name for draft in drafts(acting, kept["it-rfp-problems.pdf"].id)] == [
            "it-rfp-problems.pdf",
            "it-rfp-repaired.docx",
        ]


def test_somebody_else_was_faster(driver: webdriver.Chrome, address: str, workspace: Database) -> None:
    tour = Tour(driver, address)
    tour.take_in("bid-forms.docx")
    with writing(workspace, BOB) as acting:
        (owner,) = projects(acting)
        one = next(one for one in documents(acting, owner.id) if one.name == "bid-forms.docx")
        kept = report_of(acting, drafts(acting, one.id)[-1].id)
        assert kept is not None
        first = min(kept.report["findings"], key=lambda finding: finding["start"])
        decide(acting, one.id, first["id"], DecisionKind.REJECT, reason="I was faster")
    tour.keys("j", "a")
    tour.see_in_review(".progress", "1 of")
    tour.until(
        lambda: "bob decided" in tour.text_of(".alert") or "bob decided" in tour.text_of(".unseen"), "the message"
    )
    with reading(workspace, BOB) as acting:
        assert [one.reason for one in decisions_of(acting, one.id).values()] == ["I was faster"]


def test_decisions_make_a_model_and_it_has_an_effect(
    driver: webdriver.Chrome,
    address: str,
    workspace: Database,
    url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tour = Tour(driver, address)
    for name in ("bid-forms.docx", "saas-agreement.pdf", "standard-terms.docx", "requirements-tables.docx"):
        tour.take_in(name)
        tour.decide_all()
        time.sleep(1)
    tour.turn("Label and train")
    tour.press_on("button", "Suggest sentences")
    for number in range(12):
        tour.see(f"{20 - number} sentences to go")
        tour.press_on("button", "Nothing: harmless")
    tour.press_on("button", "Train and models")
    tour.press_on("label", "Together with the labelled samples")
    tour.press_on("button", "Train a model")
    tour.until(lambda: "is trained" in tour.words() or "at least" in tour.words(), "the end of training")
    tour.press_on("button", "Use it")
    tour.see("My documents model · in use")
    with reading(workspace, BOB) as acting:
        used = current_model(acting)
        assert used is not None
    tour.turn("Home")
    tour.press_on("button", "saas-agreement")
    tour.until(lambda: tour.all(".progress"), "the review")
    with reading(workspace, BOB) as acting:
        (owner,) = projects(acting)
        one = next(one for one in documents(acting, owner.id) if one.name == "saas-agreement.pdf")
        draft = drafts(acting, one.id)[-1]
        tour.until(lambda: _made_with(url, draft.id) == used.id, "a report by the new model")
    monkeypatch.setenv("FAIRTERMS_DATABASE", url)
    command = [
        sys.executable,
        "-c",
        "from analyzer.cli import main; main()",
        "train",
        "--from-workspace",
        "My documents",
    ]
    done = subprocess.run([*command, "--output", str(tmp_path / "own")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    card = json.loads((tmp_path / "own" / "card.json").read_text("utf-8"))
    assert [source["file"] for source in card["sources"]] == ["workspace/My documents"]


def _made_with(url: str, draft: str) -> str:
    """The name of the model that the newest report on a draft was made with."""
    opened = open_database(url)
    try:
        with reading(opened, BOB) as acting:
            kept = report_of(acting, draft)
            return str(kept.report["versions"]["model"]).partition("@")[0] if kept else ""
    finally:
        opened.close()


def test_tables_are_taken_away(driver: webdriver.Chrome, address: str, downloads: Path) -> None:
    tour = Tour(driver, address)
    tour.go("batch")
    tour.see("All of them")
    tour.press_on("button", "CSV")
    tour.until(lambda: list(downloads.glob("*.csv")), "the file")
    text = next(iter(downloads.glob("*.csv"))).read_text("utf-8-sig")
    assert text.splitlines()[0].startswith('"Document","Page"')
    assert driver.find_elements(By.CSS_SELECTOR, "[data-testid=stException]") == []
