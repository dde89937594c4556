"""What a person sees: the page in a real Chromium, without a network, driven as with mouse and keys."""

import itertools
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from tests.browsers import WITH_BROWSER, browser
from tests.views.documents import BONDED, HOSTILE, UNCAPPED, make_docx, make_hostile_page, make_pdf
from tests.views.tour import app

pytestmark = WITH_BROWSER

ARTIFACTS = Path(os.environ.get("FAIRTERMS_ARTIFACTS", "artifacts"))
PATIENCE = 40.0


class Page:
    """The page of one visit; the review stands in a shadow tree, which ``all`` looks into."""

    def __init__(self, driver: webdriver.Chrome, address: str) -> None:
        self.driver = driver
        driver.get(address)
        self.until(lambda: driver.find_elements(By.CSS_SELECTOR, "input[type=file]"))

    def until(self, found: Callable[[], object]) -> object:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if value := found():
                return value
            time.sleep(0.05)
        self.picture("failed")
        raise AssertionError("it did not appear in time")

    def all(self, css: str) -> list[WebElement]:
        script = """
            const holder = [...document.querySelectorAll("*")].find((e) => e.shadowRoot?.querySelector(".review"));
            return holder ? [...holder.shadowRoot.querySelectorAll(arguments[0])] : [];
        """
        return self.driver.execute_script(script, css)

    def one(self, css: str, text: str = "") -> WebElement:
        return self.until(lambda: next((e for e in self.all(css) if text in e.get_property("textContent")), None))

    def give(self, folder: Path, name: str, data: bytes) -> None:
        (folder / name).write_bytes(data)
        self.driver.find_element(By.CSS_SELECTOR, "input[type=file]").send_keys(str(folder / name))
        self.one(".bar h1", name)

    def choose(self, words: str) -> None:
        """Choose the first finding whose quote holds some words."""
        for row in self.all(".items .row"):
            row.click()
            if words in self.one("blockquote").get_property("textContent"):
                return
        raise AssertionError(f"no finding quotes {words!r}")

    def box(self, element: WebElement) -> dict[str, float]:
        return self.driver.execute_script("return arguments[0].getBoundingClientRect().toJSON()", element)

    def is_on_screen(self, element: WebElement) -> bool:
        box, paper = self.box(element), self.box(self.one(".paper"))
        return paper["top"] <= box["top"] and box["bottom"] <= paper["bottom"] and paper["left"] <= box["left"]

    def press(self, key: str) -> None:
        ActionChains(self.driver).send_keys(key).perform()

    def picture(self, name: str) -> None:
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(ARTIFACTS / f"{name}.png"))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page's address, with a workspace of its own."""
    with app(f"sqlite:///{tmp_path_factory.mktemp('workspace') / 'workspace.db'}") as found:
        yield found


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    with browser(tmp_path_factory.mktemp("browser"), "browser", "performance") as found:
        yield found


@pytest.fixture
def page(driver: webdriver.Chrome, address: str) -> Page:
    _size(driver, 1440, 900)
    return Page(driver, f"{address}/quick")


def _size(driver: webdriver.Chrome, width: int, height: int) -> None:
    screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)


def _place_in_pdf(data: bytes, page: int, words: str) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of some words on a page, in percent, as PDFium has them."""
    with pypdfium2.PdfDocument(data) as document:
        sheet = document[page - 1]
        width, height = sheet.get_size()
        text = sheet.get_textpage()
        index, count = text.search(words).get_next()
        boxes = [text.get_charbox(n) for n in range(index, index + count)]
    left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
    bottom, top = min(box[1] for box in boxes), max(box[3] for box in boxes)
    return 100 * left / width, 100 * (1 - top / height), 100 * right / width, 100 * (1 - bottom / height)


@pytest.mark.parametrize(("words", "number"), [(UNCAPPED, 5), (BONDED, 2)])
def test_chosen_finding_is_marked_on_its_page(page, tmp_path, words, number):
    data = make_pdf()
    page.give(tmp_path, "bid.pdf", data)
    page.choose(words)
    mark = page.one(".box.chosen.text")
    page.until(lambda: page.is_on_screen(mark))
    sheet = page.box(page.one(f'.sheet[data-page="{number}"]'))
    box = page.box(mark)
    shown = [
        100 * (box["left"] - sheet["left"]) / sheet["width"],
        100 * (box["top"] - sheet["top"]) / sheet["height"],
        100 * (box["right"] - sheet["left"]) / sheet["width"],
        100 * (box["bottom"] - sheet["top"]) / sheet["height"],
    ]
    left, top, right, bottom = _place_in_pdf(data, number, words)
    assert (shown[0], shown[2]) == pytest.approx((left, right), abs=0.6)
    assert shown[1] <= top + 0.2
    assert shown[3] >= bottom - 0.4
    assert shown[3] - shown[1] < 2.6
    assert page.one(".sheet img").get_property("naturalWidth") > 300
    page.picture(f"pdf-page-{number}")


def test_chosen_finding_is_marked_in_the_text(page, tmp_path):
    page.give(tmp_path, "terms.docx", make_docx())
    page.choose(UNCAPPED)
    marks = page.all(".stretch.chosen")
    assert "".join(mark.get_property("textContent") for mark in marks) == UNCAPPED
    assert all(page.is_on_screen(mark) for mark in marks)
    assert any("unlimited" in mark.text for mark in page.all(".stretch.chosen.operative"))
    page.picture("docx")


def test_keys_step_search_and_help(page, tmp_path):
    page.give(tmp_path, "terms.docx", make_docx(5))
    chosen = lambda: [row.get_attribute("data-index") for row in page.all(".row[aria-current]")]  # noqa: E731
    page.press("j")
    first = chosen()
    page.press("j")
    assert first
    assert chosen() != first
    page.press("k")
    assert chosen() == first
    page.press("/")
    page.press("bond")
    assert page.one(".shown", "shown")
    assert all("bond" in row.text.lower() for row in page.all(".items .row"))
    assert chosen() == first or not chosen()
    page.press("\ue00c")
    page.press("?")
    assert page.one("dialog[open]", "Keys and marks")
    page.picture("help")


def test_narrow_window_has_tabs(page, driver, tmp_path):
    page.give(tmp_path, "terms.docx", make_docx())
    _size(driver, 400, 800)
    assert [tab.text for tab in page.all(".tabs button")] == ["List", "Document", "Detail"]
    assert page.one(".list").is_displayed()
    assert not page.one(".document").is_displayed()
    page.picture("narrow-list")
    page.all(".items .row")[-1].click()
    page.until(lambda: page.one(".detail").is_displayed())
    page.picture("narrow-detail")
    page.one(".detail button", "Show in the document").click()
    page.until(lambda: page.is_on_screen(page.all(".stretch.chosen")[0]))
    page.picture("narrow-document")
    width = driver.execute_script("return document.documentElement.scrollWidth")
    assert width <= 400


def test_columns_scroll_on_their_own(page, driver, tmp_path):
    page.give(tmp_path, "bid.pdf", make_pdf())
    page.choose(BONDED)
    columns = [page.box(page.one(css)) for css in (".list", ".document", ".detail")]
    assert [round(column["left"]) for column in columns] == sorted(round(column["left"]) for column in columns)
    assert all(before["right"] <= after["left"] + 1 for before, after in itertools.pairwise(columns))
    driver.execute_script("arguments[0].scrollTop = 200", page.one(".detail"))
    assert page.box(page.one(".verdict"))["top"] > 0
    assert driver.execute_script("return document.scrollingElement.scrollHeight <= innerHeight")


def test_wording_can_be_copied(page, tmp_path):
    page.give(tmp_path, "terms.docx", make_docx(3))
    page.choose(UNCAPPED)
    copy = page.one(".copy")
    copy.click()
    page.until(lambda: copy.text == "Copied")


def test_markup_in_a_document_stays_text(page, driver, tmp_path):
    page.give(tmp_path, "hostile.html", make_hostile_page())
    page.choose(UNCAPPED)
    assert HOSTILE in page.one(".lines").get_property("textContent")
    assert "".join(mark.get_property("textContent") for mark in page.all(".stretch.chosen")) == UNCAPPED
    assert page.all(".lines img, .lines script, .detail img, .list script") == []
    assert driver.title == "Fairterms"
    page.picture("hostile")


def test_filters_leave_what_fits(page, tmp_path):
    page.give(tmp_path, "bid.pdf", make_pdf())
    before = len(page.all(".items .row"))
    high = page.one(".chip", "High")
    number = int(high.find_element(By.CSS_SELECTOR, "b").text)
    high.click()
    assert len(page.all(".items .row")) == before - number
    page.one(".kind", "Checklist").click()
    assert len(page.all(".items .row")) == 13
    page.all(".items .row")[0].click()
    assert page.one(".detail h2").text.endswith("?")
    page.picture("checklist")


def test_nothing_is_asked_from_elsewhere(page, driver, address, tmp_path):
    driver.get_log("performance")
    driver.refresh()
    page.until(lambda: driver.find_elements(By.CSS_SELECTOR, "input[type=file]"))
    page.give(tmp_path, "bid.pdf", make_pdf())
    page.one(".sheet img")
    asked = [entry["message"] for entry in driver.get_log("performance") if "requestWillBeSent" in entry["message"]]
    elsewhere = [message for message in asked if '"url":"https://' in message]
    assert asked
    assert elsewhere == []
