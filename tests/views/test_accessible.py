"""Every page as axe-core sees it, wide and narrow, light and dark; and the whole way of a document by keys alone."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_core_python
import pytest
from selenium import webdriver
from selenium.webdriver.common.keys import Keys

from analyzer.engine import Analyzer
from analyzer.store.acting import reading, writing
from analyzer.store.database import Database, open_database
from analyzer.store.decisions import answers_of, comments_of, decisions_of
from analyzer.store.documents import add_document, add_draft, documents
from analyzer.store.projects import create_project, projects
from analyzer.store.samples import add_sample, samples_of
from analyzer.store.scanning import scan_draft
from analyzer.store.trail import trail_of
from analyzer.store.values import Person, Role
from tests.browsers import WITH_BROWSER, browser
from tests.views.documents import BONDED, UNCAPPED, make_docx
from tests.views.tour import DOCUMENTS, NARROW, WIDE, Tour, app

pytestmark = [
    *WITH_BROWSER,
    pytest.mark.slow,
]

ANN = Person("ann", "ann", Role.ADMIN)
AXE = next(Path(next(iter(axe_core_python.__path__))).rglob("axe*.js")).read_text("utf-8")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A workspace with a document in two drafts, another one, and a few labelled sentences."""
    made = f"sqlite:///{tmp_path_factory.mktemp('accessible') / 'workspace.db'}"
    database, analyzer = open_database(made), Analyzer()
    first = make_docx(12)
    with writing(database, ANN) as acting:
        owner = create_project(acting, "Portal")
        drafts = [add_document(acting, owner.id, "service.docx", first)]
        drafts.append(add_draft(acting, drafts[0].document, "service.docx", make_docx(14)))
        drafts.append(add_document(acting, owner.id, "annex.docx", make_docx(5)))
        terms = (DOCUMENTS / "standard-terms.docx").read_bytes()
        drafts.append(add_document(acting, owner.id, "standard-terms.docx", terms))
        add_sample(acting, owner.id, UNCAPPED, category="unlimited-liability", subtype="explicit", doc="service.docx")
        add_sample(acting, owner.id, BONDED, category="", subtype="", doc="service.docx")
    for draft in drafts:
        scan_draft(database, ANN, analyzer, draft.id)
    database.close()
    return made


@pytest.fixture(scope="module")
def workspace(url: str) -> Iterator[Database]:
    opened = open_database(url)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    with browser(tmp_path_factory.mktemp("downloads")) as found:
        found.set_script_timeout(120)
        yield found


@pytest.fixture(scope="module")
def address(url: str) -> Iterator[str]:
    with app(url, LOGNAME=ANN.id) as found:
        yield found


@pytest.fixture
def tour(driver: webdriver.Chrome, address: str) -> Tour:
    made = Tour(driver, address)
    made.theme("light")
    return made


def _grave(driver: webdriver.Chrome) -> set[str]:
    """What axe-core finds serious or critical on the page as it stands: rule, element, and what is wrong."""
    script = f"{AXE}; axe.run(document, {{resultTypes: ['violations']}}).then(arguments[arguments.length - 1]);"
    outcome: dict[str, Any] = driver.execute_async_script(script)
    return {
        f"{item['id']}: {node['html'][:300]} {node['failureSummary'][:300]}"
        for item in outcome["violations"]
        if item["impact"] in {"serious", "critical"}
        for node in item["nodes"]
    }


def _check(tour: Tour) -> None:
    """The page of now at both sizes in both themes, and that nothing of it stands beyond its right edge."""
    found: list[str] = []
    for theme in ("light", "dark"):
        tour.theme(theme)
        for size in (NARROW, WIDE):
            tour.size(*size)
            time.sleep(0.5)
            tour.settle()
            where = f"{theme}, {size[0]} px"
            found += [f"{where}: {each}" for each in sorted(_grave(tour.driver))]
            if not tour.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth"):
                found.append(f"{where}: it is wider than the window")
    assert not found, "\n".join(found)


def _open(tour: Tour) -> None:
    """The review of the document with two drafts."""
    tour.go("")
    tour.press_on("button", "service.docx")
    tour.until(lambda: tour.all(".progress"), "the review")


# What axe-core finds ------------------------------------------------------------------------------------------------


def test_home_without_documents(driver: webdriver.Chrome, tmp_path: Path) -> None:
    with app(f"sqlite:///{tmp_path / 'empty.db'}") as empty:
        tour = Tour(driver, empty)
        tour.go("")
        tour.see("No document at hand?")
        _check(tour)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("", "Recent documents"),
        ("batch", "All of them"),
        ("rules", "Browse"),
        ("settings", "Database"),
        ("quick", "A quick look"),
        ("review", "No document is open"),
    ],
)
def test_a_page_by_its_address(tour: Tour, path: str, words: str) -> None:
    tour.go(path)
    tour.see(words)
    _check(tour)


def test_review_with_a_finding_chosen(tour: Tour) -> None:
    _open(tour)
    tour.keys("j")
    tour.see_in_review(".detail", "Not decided yet")
    _check(tour)


@pytest.mark.parametrize(("title", "words"), [("Checklist", "questions are answered"), ("Compare", "fixed")])
def test_pages_about_a_document(tour: Tour, title: str, words: str) -> None:
    _open(tour)
    tour.turn(title)
    tour.see(words)
    _check(tour)


def test_sentences_to_label(tour: Tour) -> None:
    tour.go("label")
    tour.press_on("button", "Suggest sentences")
    tour.see("to go")
    _check(tour)


@pytest.mark.parametrize(
    ("part", "words"), [("Samples", "labelled sentence"), ("Train and models", "Train"), ("Learned rules", "Learn")]
)
def test_parts_of_labelling(tour: Tour, part: str, words: str) -> None:
    tour.go("label")
    tour.press_on("button", part)
    tour.see(words)
    _check(tour)


# By keys alone ------------------------------------------------------------------------------------------------------

_FOCUSED = """
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    if (!at || !at.matches("a, button, input, textarea, select, [role]")) return at?.tagName ?? "";
    return (at.getAttribute("aria-label") || at.textContent || at.tagName).trim();
"""


def _focus(tour: Tour) -> str:
    """What has the focus, by its name; a part that only scrolls, by its tag."""
    return str(tour.driver.execute_script(_FOCUSED))


def _tab_to(tour: Tour, name: str, most: int = 80) -> None:
    """Press Tab until something has the focus that is called so."""
    passed = []
    for _ in range(most):
        tour.keys(Keys.TAB)
        passed.append(_focus(tour))
        if name in passed[-1]:
            return
    raise AssertionError(f"{name!r} is not reached by Tab, only {passed}")


def _decisions(workspace: Database, name: str) -> list[str]:
    with reading(workspace, ANN) as acting:
        return [one.kind.value for one in decisions_of(acting, _document(workspace, name)).values()]


def _document(workspace: Database, name: str) -> str:
    with reading(workspace, ANN) as acting:
        (owner,) = projects(acting)
        return next(one.id for one in documents(acting, owner.id) if one.name == name)


def test_a_review_by_keys_alone(tour: Tour, workspace: Database) -> None:
    tour.go("")
    tour.see("Recent documents")
    _tab_to(tour, "annex.docx")
    tour.keys(Keys.ENTER)
    tour.until(lambda: tour.all(".progress"), "the review")
    tour.keys("j")
    tour.until(lambda: tour.all(".decision .buttons"), "a chosen finding to decide on")
    tour.keys("a")
    tour.until(lambda: _decisions(workspace, "annex.docx") == ["accept"], "the decision")
    tour.keys("r")
    tour.reason("It is a quotation")
    tour.until(lambda: sorted(_decisions(workspace, "annex.docx")) == ["accept", "reject"], "the rejection")
    tour.keys("u")
    tour.until(lambda: _decisions(workspace, "annex.docx") == ["accept"], "what was before")
    tour.keys("c")
    tour.reason("Ask legal")
    said = _document(workspace, "annex.docx")

    def is_said() -> bool:
        with reading(workspace, ANN) as acting:
            return [one.text for one in comments_of(acting, said)] == ["Ask legal"]

    tour.until(is_said, "the comment")
    tour.keys("w")
    tour.reason("The law asks for it")
    tour.until(lambda: sorted(_decisions(workspace, "annex.docx")) == ["accept", "waive"], "the waiver")
    tour.keys("y")
    tour.until(lambda: tour.all(".picked"), "a picked paragraph")
    tour.keys(Keys.ENTER)
    tour.until(lambda: tour.all(".asked blockquote"), "the answer on these words")
    tour.keys("?")
    assert _focus(tour) == "Close"
    tour.keys(Keys.ESCAPE)
    _tab_to(tour, "Checklist")


def test_undo_before_a_decision_is_saved_takes_it_back_once_it_is(tour: Tour, workspace: Database) -> None:
    def changes() -> list[str]:
        with reading(workspace, ANN) as acting:
            (owner,) = projects(acting)
            return [one.action for one in trail_of(acting, owner.id, document=service)]

    service = _document(workspace, "service.docx")
    before, decided = changes(), _decisions(workspace, "service.docx")
    _open(tour)
    tour.keys("j")
    tour.until(lambda: tour.all(".decision .buttons"), "a finding to decide on")
    tour.keys("a", "u", "u")
    tour.until(lambda: "withdraw decision" in changes()[len(before) :], "the decision taken back")
    tour.settle()
    assert _decisions(workspace, "service.docx") == decided
    assert changes()[len(before) :].count("withdraw decision") == 1


def test_no_element_holds_the_focus(tour: Tour) -> None:
    _open(tour)
    tour.keys("j")
    first = []
    for _ in range(150):
        tour.keys(Keys.TAB)
        first.append(_focus(tour))
    assert len(set(first)) > 20
    assert any("Home" in each for each in first)
    assert any("Next draft" in each for each in first)


def test_an_answer_is_changed_by_keys_alone(tour: Tour, workspace: Database) -> None:
    _open(tour)
    tour.turn("Checklist")
    tour.see("questions are answered")
    _tab_to(tour, "Change the answer")
    tour.keys(Keys.ENTER)
    tour.see("Save the answer")
    _tab_to(tour, "Why?")
    tour.keys("The law says so")
    _tab_to(tour, "Save the answer")
    tour.keys(Keys.ENTER)
    tour.see("The law says so")
    with reading(workspace, ANN) as acting:
        kept = answers_of(acting, _document(workspace, "service.docx"))
    assert [one.reason for one in kept.values()] == ["The law says so"]


def test_labels_are_given_by_keys_alone(tour: Tour, workspace: Database) -> None:
    def count() -> int:
        with reading(workspace, ANN) as acting:
            (owner,) = projects(acting)
            return len(samples_of(acting, owner.id))

    before = count()
    tour.go("label")
    tour.see("Suggest sentences")
    _tab_to(tour, "Suggest sentences")
    tour.keys(Keys.ENTER)
    tour.see("to go")
    for key, more in (("1", 1), ("0", 2), ("u", 1), ("s", 1)):
        tour.driver.execute_script("document.activeElement?.blur?.()")
        tour.keys(key)
        tour.until(lambda wanted=before + more: count() == wanted, f"what key {key} does")
        time.sleep(1.0)
