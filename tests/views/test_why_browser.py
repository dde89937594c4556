"""Asking the review why a sentence was not flagged: with the mouse's selection, and with the keys alone."""

from collections.abc import Iterator
from pathlib import Path

import axe_core_python
import pytest
from selenium.webdriver.common.keys import Keys

from tests.browsers import WITH_BROWSER, browser
from tests.views.documents import HOSTILE, UNCAPPED, make_hostile_page
from tests.views.tour import Tour, app

pytestmark = WITH_BROWSER

AXE = next(Path(next(iter(axe_core_python.__path__))).rglob("axe*.js")).read_text("utf-8")
SELECT = """
const root = [...document.querySelectorAll("*")].find((e) => e.shadowRoot?.querySelector(".review")).shadowRoot;
const selection = (root.getSelection ? root : window).getSelection();
selection.removeAllRanges();
const block = arguments[0] && [...root.querySelectorAll("[data-at]")].find((e) => e.textContent.includes(arguments[0]));
if (block) { const range = document.createRange(); range.selectNodeContents(block); selection.addRange(range); }
"""


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    folder = tmp_path_factory.mktemp("why")
    with app(f"sqlite:///{folder / 'workspace.db'}") as address, browser(folder) as driver:
        yield Tour(driver, address)


def test_a_sentence_is_asked_about(tour: Tour, tmp_path: Path) -> None:
    """The document has characters beyond the basic plane before the sentence, and markup as its words."""
    path = tmp_path / "hostile.html"
    path.write_bytes(make_hostile_page())
    tour.go("")
    tour.give(path)
    tour.until(lambda: tour.all(".asking button"), "the button to ask with")
    tour.driver.execute_script(SELECT, UNCAPPED)
    tour.keys("y")
    tour.see_in_review(".asked", "This sentence is flagged")
    assert tour.text_of(".asked blockquote") == UNCAPPED
    assert "unlimited" in tour.text_of(".asked mark")

    tour.driver.execute_script(SELECT, "")
    tour.keys("y")
    tour.until(lambda: tour.all(".picked"), "a picked paragraph")
    tour.keys(*[Keys.ARROW_UP] * 3, Keys.ENTER)
    tour.see_in_review(".asked", "Not flagged")
    assert HOSTILE in tour.text_of(".asked blockquote")
    assert tour.all(".detail img, .detail script") == []
    assert tour.driver.title != "taken"

    tour.keys("j")
    tour.until(lambda: not tour.all(".asked"), "the finding in place of the answer")
    tour.driver.execute_script(SELECT, UNCAPPED)
    tour.all(".asking button")[0].click()  # which leaves the selection
    tour.see_in_review(".asked", "This sentence is flagged")


def test_the_rules_page_by_axe(tour: Tour) -> None:
    tour.go("rules")
    for part, words in (
        ("", "Unlimited liability"),
        ("Try a sentence", "Nothing is kept"),
        ("Your own rules", "There is no folder"),
        ("References", "Only a text that was read"),
    ):
        if part:
            tour.press_on("button", part)
        tour.see(words)
        tour.settle()
        script = (
            f"{AXE}; axe.run('.st-key-wide', {{resultTypes: ['violations']}}).then(arguments[arguments.length - 1]);"
        )
        found = tour.driver.execute_async_script(script)["violations"]
        worst = [one for one in found if one["impact"] in {"serious", "critical"}]
        told = [(one["id"], node["html"][:200]) for one in worst for node in one["nodes"]]
        assert not told, (part, told)
