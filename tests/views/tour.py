"""A tour of the workspace in a real browser, from an empty database to a model made of the decisions.

    python -m tests.views.tour FOLDER

starts the app, goes through every page on documents of ``samples/``, and writes its pictures to FOLDER, each at 1440
and 400 pixels, light and dark. The test of the same name goes the same way and looks at what comes of it.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from analyzer.resources import app_file, samples_folder
from tests.browsers import browser

__all__ = ["Tour", "app", "walk"]

PATIENCE = 120.0
WIDE, NARROW = (1440, 900), (400, 800)
DOCUMENTS = samples_folder() / "documents"


@contextmanager
def app(url: str, folder: Path | None = None, **environment: str) -> Iterator[str]:
    """The app on a free port of this machine, on a database; its address. ``folder`` may hold its secrets."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(app_file()), "--server.headless=true"]
    known = {**os.environ, "FAIRTERMS_DATABASE": url, **environment}
    with subprocess.Popen(
        [*command, f"--server.port={port}"], env=known, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with socket.socket() as door:
                if door.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


class Tour:
    """A person in front of the page."""

    def __init__(self, driver: webdriver.Chrome, address: str, pictures: Path | None = None) -> None:
        self.driver, self.address, self.pictures = driver, address, pictures
        self.size(*WIDE)

    def size(self, width: int, height: int) -> None:
        shape = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", shape)

    def theme(self, name: str) -> None:
        """``light`` or ``dark``, as the system would say it."""
        media = {"features": [{"name": "prefers-color-scheme", "value": name}]}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)

    def picture(self, name: str) -> None:
        """What is on screen, wide and narrow, light and dark; only where pictures are asked for."""
        if self.pictures is None:
            return
        self.pictures.mkdir(parents=True, exist_ok=True)
        for theme in ("dark", "light"):
            self.theme(theme)
            for size, word in ((NARROW, "400"), (WIDE, "1440")):
                self.size(*size)
                time.sleep(1.0)
                self.driver.save_screenshot(str(self.pictures / f"{name}-{word}-{theme}.png"))

    def until(self, found: Callable[[], Any], what: str) -> Any:
        """What comes of looking again and again; says what did not appear in time."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                if value := found():
                    return value
            except WebDriverException:
                pass  # drawn anew while it was looked at
            time.sleep(0.1)
        raise AssertionError(f"{what} did not appear in time; on screen: {self.words()[:800]}")

    def settle(self) -> None:
        """Wait until nothing is drawn any more: meanwhile keys are lost, and what is old is pale."""
        script = """
            const app = document.querySelector("[data-test-script-state]");
            const moves = document.getAnimations().some((one) => one.effect?.getTiming().iterations !== Infinity);
            return app?.dataset.testScriptState === "notRunning" && !moves
                && !document.querySelector('[data-stale="true"]');
        """
        self.until(lambda: self.driver.execute_script(script), "a page at rest")

    # The page around the review

    def go(self, path: str) -> None:
        self.driver.get(f"{self.address}/{path}")

    def turn(self, title: str) -> None:
        """Turn to a page by its name in the bar."""
        self.press_on("a", title)

    def words(self) -> str:
        return str(self.driver.execute_script("return document.body.innerText"))

    def see(self, text: str) -> None:
        self.until(lambda: text in self.words(), repr(text))

    def one(self, tag: str, text: str) -> WebElement:
        def find() -> WebElement | None:
            for element in self.driver.find_elements(By.TAG_NAME, tag):
                if text in (element.text or "") and element.is_displayed() and element.is_enabled():
                    return element
            return None

        element: WebElement = self.until(find, f"{tag} {text!r}")
        return element

    def press_on(self, tag: str, text: str) -> None:
        def press() -> bool:
            self.one(tag, text).click()
            return True

        self.until(press, f"{tag} {text!r} to press")

    def give(self, path: Path) -> None:
        """Hand a file to the uploader that is on screen."""
        find = lambda: self.driver.find_elements(By.CSS_SELECTOR, "input[type=file]")  # noqa: E731
        self.until(find, "a place for files")[-1].send_keys(str(path))

    def keys(self, *keys: str) -> None:
        """Press keys, one after the other, on a page at rest."""
        self.settle()
        ActionChains(self.driver).send_keys(*keys).perform()

    # The review, which stands in a shadow tree

    def all(self, css: str) -> list[WebElement]:
        script = """
            const holder = [...document.querySelectorAll("*")].find((e) => e.shadowRoot?.querySelector(".review"));
            return holder ? [...holder.shadowRoot.querySelectorAll(arguments[0])] : [];
        """
        return list(self.driver.execute_script(script, css))

    def text_of(self, css: str) -> str:
        return " ".join(str(element.get_property("textContent")) for element in self.all(css))

    def see_in_review(self, css: str, text: str) -> None:
        self.until(lambda: text in self.text_of(css), f"{text!r} in {css}")

    def reason(self, text: str) -> None:
        """Write in the box that is chosen, and send it."""
        self.keys(text)
        ActionChains(self.driver).key_down(Keys.CONTROL).send_keys(Keys.ENTER).key_up(Keys.CONTROL).perform()

    # The way

    def take_in(self, *names: str) -> None:
        """Documents of the samples, one after the other; the last one is open for review after it."""
        for name in names:
            self.go("")
            self.see("Is this document ready to publish?")
            self.give(DOCUMENTS / name)
            self.until(lambda: self.all(".progress"), "the review")
            self.see_in_review(".bar h1", name)
            self.see_in_review(".progress", "decided")

    def decide_all(self) -> int:
        """Accept what is found, save every fourth, which is rejected; how many were decided."""
        count = len(self.all(".items .row"))
        for number in range(count):
            if number == 0:
                self.keys("j")
            if number % 4 == 3:
                self.keys("r")
                self.reason("It describes the purchase")
                self.keys(Keys.ESCAPE)
                self.driver.execute_script("document.activeElement?.blur?.()")
            else:
                self.keys("a")
        return count


def walk(tour: Tour) -> None:
    """Every page once, and the way of a document from its upload to its next draft."""
    tour.go("")
    tour.see("Is this document ready to publish?")
    tour.picture("01-home-empty")
    tour.take_in("standard-terms.docx", "saas-agreement.pdf", "it-rfp-problems.pdf")
    tour.picture("02-review")
    tour.keys("j")
    tour.picture("03-finding")
    tour.keys("a", "a", "r")
    tour.reason("A quotation of the law")
    tour.see_in_review(".progress", "3 of")
    tour.picture("04-decided")
    tour.press_on("button", "Next draft")
    tour.give(DOCUMENTS / "it-rfp-repaired.docx")
    tour.press_on("button", "Read it")
    tour.see_in_review(".bar h1", "it-rfp-repaired.docx")
    tour.turn("Compare")
    tour.see("fixed")
    tour.picture("05-compare")
    tour.press_on("p", "Text (")
    tour.see("Before")
    tour.picture("05-compare-text")
    tour.turn("Checklist")
    tour.see("questions are answered as the recommendations ask")
    tour.picture("06-checklist")
    tour.turn("Batch")
    tour.see("All of them")
    tour.picture("07-batch")
    tour.turn("Label and train")
    tour.press_on("button", "Suggest sentences")
    tour.see("sentences to go")
    tour.picture("08-label")
    for part, words in (("Samples", "labelled"), ("Train and models", "Models"), ("Learned rules", "rules")):
        tour.press_on("button", part)
        tour.see(words)
        tour.picture(f"08-{part.lower().replace(' ', '-')}")
    for page, words in (("Rules", "Rules"), ("Settings", "Who am I"), ("Quick look", "A quick look")):
        tour.turn(page)
        tour.see(words)
        tour.picture(f"09-{page.lower().replace(' ', '-')}")
    tour.turn("Home")
    tour.see("Recent documents")
    tour.picture("10-home")


def main() -> None:
    """Walk, and write pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pictures", type=Path)
    pictures = parser.parse_args().pictures
    with (
        tempfile.TemporaryDirectory() as folder,
        app(f"sqlite:///{folder}/workspace.db") as address,
        browser(Path(folder)) as driver,
    ):
        walk(Tour(driver, address, pictures))
    sys.stdout.write(f"Wrote {len(list(pictures.glob('*.png')))} pictures to {pictures}.\n")


if __name__ == "__main__":
    main()
