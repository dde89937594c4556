"""The web page in a real Chromium, without a network: it works with mouse and keys, narrow, dark and on paper."""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import axe_core_python
import pypdfium2
import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select

from analyzer.findings import Severity
from analyzer.gate import Cause, CauseKind, Exit, GateResult, Judged, JudgedDocument, Standing
from analyzer.rendering.gate_html import render_gate_html
from analyzer.rendering.html import render_html
from tests.browsers import WITH_BROWSER, browser
from tests.rendering.results import (
    ANSWERS,
    CONFLICT,
    EXPOSURE,
    FAILURE,
    REFERENCES,
    document,
    finding,
    hostile,
    judged,
    report,
    result,
)

pytestmark = WITH_BROWSER

AXE = next(Path(next(iter(axe_core_python.__path__))).rglob("axe*.js"))
SEVERITIES = (Severity.HIGH, Severity.MEDIUM, Severity.LOW)
STANDINGS = (Standing.COUNTS, Standing.WAIVED, Standing.BELOW)


def package() -> GateResult:
    """A text of some pages with a finding in every tenth paragraph, and a file that could not be read."""
    text = "\n\n".join(f"{n}. Party {n} shall pay all costs of thing {n}, whatever they are." for n in range(1, 121))
    read = document(f"TERMS\n\n{text}", "terms.txt")
    spots = [(m.start(), m.end()) for m in re.finditer(r"Party \d+[^\n]*", read.text)][::10]
    items = tuple(
        Judged(
            finding(
                read.text[start:end],
                start,
                id=f"{n:016x}",
                severity=SEVERITIES[n % 3],
                category=("costs", "animals")[n % 2],
                title=f"Title {n}",
            ),
            STANDINGS[n % 3],
            "by Pat" if n % 3 == 1 else "",
        )
        for n, (start, end) in enumerate(spots)
    )
    return result(
        replace(judged(*items, name="terms.txt", text=read, role="terms"), missing=ANSWERS[1:]),
        JudgedDocument("old.pdf", FAILURE),
        causes=(
            Cause(CauseKind.UNREADABLE, Exit.UNDECIDED, "needs a password.", "old.pdf", "Save it without one."),
            Cause(CauseKind.FINDING, Exit.FAIL, "4 high findings.", "terms.txt", "Change them."),
        ),
        conflicts=(CONFLICT,),
        precedence=("terms.txt", "old.pdf"),
        exposure=EXPOSURE,
        notes=("1 finding was fixed.",),
    )


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    with browser(tmp_path_factory.mktemp("browser"), "browser", "performance") as made:
        made.set_script_timeout(300)
        yield made


def show(
    driver: webdriver.Chrome, folder: Path, html: str, *, width: int = 1440, theme: str = "light", part: str = ""
) -> None:
    """Open a page from a file, of which the browser says nothing and for which it loads nothing."""
    (folder / "page.html").write_text(html, encoding="utf-8")
    screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    media = {"features": [{"name": "prefers-color-scheme", "value": theme}]}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    for kind in ("browser", "performance"):
        driver.get_log(kind)
    driver.get("about:blank")
    driver.get(f"file://{folder}/page.html{part}")
    assert driver.get_log("browser") == []
    sent = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    asked = [item["params"]["request"]["url"] for item in sent if item["method"] == "Network.requestWillBeSent"]
    assert [url for url in asked if not url.startswith(("file:///", "about:"))] == []
    assert len([url for url in asked if url.startswith("file:")]) == 1


def all_of(driver: webdriver.Chrome, css: str) -> list[WebElement]:
    return [item for item in driver.find_elements(By.CSS_SELECTOR, css) if item.is_displayed()]


def violations(driver: webdriver.Chrome) -> tuple[list[str], int]:
    """What axe-core finds serious or critical, and how many texts it found well readable."""
    driver.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
    script = f"{AXE.read_text('utf-8')}; axe.run(document).then(arguments[arguments.length - 1]);"
    outcome: dict[str, Any] = driver.execute_async_script(script)
    grave = [
        f"{item['id']}: {item['nodes'][0]['html']} {item['nodes'][0]['failureSummary']}"
        for item in outcome["violations"]
        if item["impact"] in {"serious", "critical"}
    ]
    contrast = [item for item in outcome["passes"] if item["id"] == "color-contrast"]
    return grave, sum(len(item["nodes"]) for item in contrast)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 400])
def test_axe_finds_nothing_serious(driver: webdriver.Chrome, tmp_path: Path, width: int, theme: str) -> None:
    show(driver, tmp_path, render_gate_html(package(), REFERENCES), width=width, theme=theme)
    dark = driver.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert (dark == "rgb(255, 255, 255)") == (theme == "light")
    grave, readable = violations(driver)
    assert grave == []
    assert readable > 100
    assert driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")


def test_a_hostile_page_shows_and_does_nothing(driver: webdriver.Chrome, tmp_path: Path) -> None:
    show(driver, tmp_path, render_gate_html(hostile(), REFERENCES), width=400)
    assert driver.execute_script("return document.scripts.length") == 1
    assert driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    assert "<script>alert(1)</script>" in driver.find_element(By.CSS_SELECTOR, ".sheet").get_property("textContent")


def test_filters_narrow_findings_and_marks(driver: webdriver.Chrome, tmp_path: Path) -> None:
    show(driver, tmp_path, render_gate_html(package(), REFERENCES))
    said = driver.find_element(By.TAG_NAME, "output")
    assert (len(all_of(driver, ".finding")), said.text) == (12, "12 findings")
    driver.find_element(By.CSS_SELECTOR, "[name=severity][value=low]").click()
    assert (len(all_of(driver, ".finding")), said.text) == (8, "8 of 12 findings")
    assert len(driver.find_elements(By.CSS_SELECTOR, ".pill:not([hidden])")) == 8
    assert len({mark.get_attribute("data-f") for mark in driver.find_elements(By.CSS_SELECTOR, "mark.off")}) == 4
    Select(driver.find_element(By.NAME, "category")).select_by_value("costs")
    Select(driver.find_element(By.NAME, "standing")).select_by_value("waived")
    assert said.text == "2 of 12 findings"
    driver.find_element(By.NAME, "words").send_keys("thing 41,")
    assert said.text == "1 of 12 findings"
    driver.find_element(By.NAME, "words").send_keys("nowhere")
    assert (said.text, len(all_of(driver, ".hidden-all"))) == ("0 of 12 findings", 1)
    driver.find_element(By.CSS_SELECTOR, "[type=reset]").click()
    assert said.text == "12 findings"
    assert driver.find_elements(By.CSS_SELECTOR, "mark.off") == []


def test_a_finding_and_its_words_lead_to_each_other(driver: webdriver.Chrome, tmp_path: Path) -> None:
    show(driver, tmp_path, render_gate_html(package(), REFERENCES))
    last = all_of(driver, ".finding")[-1]
    last.find_element(By.TAG_NAME, "summary").click()
    chosen = driver.find_elements(By.CSS_SELECTOR, "mark.chosen")
    assert {mark.get_attribute("data-f") for mark in chosen} == {"1-12"}
    inside = """
        const box = arguments[0].getBoundingClientRect();
        const paper = document.querySelector('.paper').getBoundingClientRect();
        return paper.top <= box.top && box.bottom <= paper.bottom;
    """
    assert driver.execute_script(inside, chosen[0])
    pill = driver.find_element(By.ID, "t1-11")
    driver.execute_script("arguments[0].scrollIntoView({ block: 'center' })", pill)
    pill.click()
    opened = driver.find_element(By.CSS_SELECTOR, ".finding.chosen")
    assert (opened.get_attribute("id"), opened.get_property("open")) == ("f1-11", True)
    opened.find_element(By.LINK_TEXT, "Show in the text").click()
    assert {mark.get_attribute("data-f") for mark in driver.find_elements(By.CSS_SELECTOR, "mark.chosen")} == {"1-11"}


def test_keys_go_from_finding_to_finding(driver: webdriver.Chrome, tmp_path: Path) -> None:
    show(driver, tmp_path, render_gate_html(package(), REFERENCES))

    def press(keys: str) -> str:
        ActionChains(driver).send_keys(keys).perform()
        return str(driver.find_element(By.CSS_SELECTOR, ".finding.chosen").get_attribute("id"))

    assert [press("j"), press("j"), press("k"), press("k")] == ["f1-1", "f1-2", "f1-1", "f1-1"]
    assert driver.switch_to.active_element.tag_name == "summary"
    driver.find_element(By.CSS_SELECTOR, "[value=high]").click()
    assert press("j") == "f1-2"
    driver.find_element(By.NAME, "words").send_keys("jk")
    assert driver.find_elements(By.CSS_SELECTOR, ".finding.chosen") == []


def test_an_address_opens_its_finding(driver: webdriver.Chrome, tmp_path: Path) -> None:
    show(driver, tmp_path, render_gate_html(package(), REFERENCES), part="#f1-7")
    assert driver.find_element(By.CSS_SELECTOR, ".finding[open]").get_attribute("id") == "f1-7"


def test_on_paper_everything_is_open_and_nothing_to_click(driver: webdriver.Chrome, tmp_path: Path) -> None:
    show(driver, tmp_path, render_gate_html(package(), REFERENCES))
    printed = driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    with pypdfium2.PdfDocument(base64.b64decode(printed["data"])) as paper:
        text = "\n".join(page.get_textpage().get_text_bounded() for page in paper)
    for words in ("Can't be judged yet", "Zebras are shy.", "as for finding 1.", "Party 120 shall", "Fern named", "12"):
        assert words in text
    assert "Words in findings" not in text
    assert "Show in the text" not in text
    assert [each for each in driver.find_elements(By.CSS_SELECTOR, ".finding") if each.get_property("open")] == []


def test_without_scripts_everything_is_there(driver: webdriver.Chrome, tmp_path: Path) -> None:
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        show(driver, tmp_path, render_html(report(finding()), document(), REFERENCES))
        assert all_of(driver, ".filters") == []
        assert len(all_of(driver, ".finding")) == 1
    finally:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
