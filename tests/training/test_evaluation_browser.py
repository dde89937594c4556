"""The page of an evaluation in a real Chromium: its filters, and that it fits a small screen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

from analyzer.training.breakdowns import By as Breakdown
from analyzer.training.evaluation import evaluate
from analyzer.training.evaluation_page import render_evaluation_page
from analyzer.training.evaluation_words import Names
from tests.browsers import WITH_BROWSER, browser
from tests.training.labelled_documents import BY_HAND, SAID

pytestmark = WITH_BROWSER
NAMES = Names({}, {}, {}, {})


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """The page of the three documents whose figures are worked out by hand."""
    folder: Path = tmp_path_factory.mktemp("evaluation")
    evaluation = evaluate(BY_HAND, SAID, labels="labels.jsonl", by=Breakdown, champion=("nothing", []))
    (folder / "page.html").write_text(render_evaluation_page(evaluation, NAMES), encoding="utf-8")
    with browser(folder, "browser") as driver:
        driver.get((folder / "page.html").as_uri())
        yield driver


def shown(page: webdriver.Chrome) -> int:
    return sum(item.is_displayed() for item in page.find_elements(By.CSS_SELECTOR, ".all .mistake"))


def choose(page: webdriver.Chrome, name: str, value: str) -> None:
    Select(page.find_element(By.NAME, name)).select_by_value(value)


FILTERS = [
    ({"kind": "missed"}, 3),
    ({"kind": "false-alarm"}, 3),
    ({"category": "performance-bond"}, 3),
    ({"severity": "high"}, 3),
    ({"doc": "b.txt"}, 2),
    ({"doc": "b.txt", "severity": "low"}, 1),
    ({"doc": "b.txt", "kind": "false-alarm"}, 0),
]


@pytest.mark.parametrize(("filters", "count"), FILTERS)
def test_filters(page: webdriver.Chrome, filters: dict[str, str], count: int) -> None:
    for name in ("kind", "category", "severity", "doc"):
        choose(page, name, filters.get(name, ""))
    assert shown(page) == count
    assert page.find_element(By.CSS_SELECTOR, ".filters output").text == f"Showing {count} of 6."
    headings = [item for item in page.find_elements(By.CSS_SELECTOR, ".all h3") if item.is_displayed()]
    assert bool(headings) == bool(count)
    page.find_element(By.CSS_SELECTOR, ".filters button").click()
    WebDriverWait(page, 5).until(lambda _: shown(page) == 6)  # a form is reset first, and its list follows


@pytest.mark.parametrize("width", [400, 1280])
def test_the_page_fits_the_screen(page: webdriver.Chrome, width: int) -> None:
    screen = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    page.execute_script("document.querySelectorAll('details').forEach((part) => { part.open = true; });")
    assert page.execute_script("return document.documentElement.scrollWidth") <= width


def test_nothing_is_complained_of(page: webdriver.Chrome) -> None:
    assert page.get_log("browser") == []
