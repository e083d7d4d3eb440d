"""A real browser on the real service: Debian's chromium, driven by Playwright."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import PATIENCE_SECONDS, ROOT, Service

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
# Pictures of the page, for whoever wants to look at them.
SCREENSHOTS = Path(os.environ.get("SCREENSHOTS", ROOT / "artefacts" / "screenshots"))

OpenPage = Callable[..., Page]


# Of a module, not of the session: while Playwright runs, its event loop would be in the way of other tests'.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser."""
    if not CHROMIUM.exists():
        pytest.skip("there is no /usr/bin/chromium; Debian's package chromium brings it")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Browser, service: Service) -> Iterator[OpenPage]:
    """Open a path in a fresh profile; any complaint in its console fails the test."""
    complaints: list[str] = []
    contexts = []

    def open_path(path: str = "/", expected: str = "", **options: Any) -> Page:
        """Open a path; console messages that match `expected` are no complaint."""
        context = browser.new_context(**{"viewport": DESKTOP, "locale": "en-GB", **options})
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        contexts.append(context)
        page = context.new_page()

        def heard(message: str) -> None:
            if not (expected and re.search(expected, message)):
                complaints.append(message)

        page.on("console", lambda message: heard(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: heard(str(error)))
        page.goto(service.url + path)
        return page

    yield open_path
    for context in contexts:
        context.close()
    assert complaints == []


def shown(page: Page, selector: str) -> str:
    """The text of an element, once it shows."""
    page.wait_for_selector(selector)
    return page.inner_text(selector)


def show_sample(page: Page) -> Page:
    """Try the sample, and wait for its forecast."""
    page.click("#use-sample")
    page.wait_for_selector("#chart .main-svg")
    page.wait_for_selector("#why-chart .main-svg")
    return page
