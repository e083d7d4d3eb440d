"""A real browser on the real service: Debian's chromium, driven by Playwright."""

import csv
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, TimeoutError, ViewportSize, sync_playwright

from tests.browser import chromium_without_netlink
from tests.browser.chromium_without_netlink import CHROMIUM
from tests.conftest import PATIENCE_SECONDS, ROOT, Service, serving, wait_until

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # What a page has compiled stays for the next one: to compile the script of the charts takes two seconds.
    "--process-per-site",
]
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
USUAL: Any = {"viewport": DESKTOP, "locale": "en-GB"}
# Pictures of the page, for whoever wants to look at them.
SCREENSHOTS = Path(os.environ.get("SCREENSHOTS", ROOT / "artefacts" / "screenshots"))

WEEK = [1312, 1254, 1198, 1260, 1423, 1702, 1655]
LAST_DATE = date(2026, 11, 20)

OpenPage = Callable[..., Page]


# Of a module, not of the session: while Playwright runs, its event loop would be in the way of other tests'.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser, with a profile that tests share."""
    if not CHROMIUM.exists():
        pytest.skip("there is no /usr/bin/chromium; Debian's package chromium brings it")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium_without_netlink.__file__, args=FLAGS)
        running.new_context(**USUAL)
        yield running
        running.close()


@pytest.fixture(scope="session")
def keeping(trained_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service on a folder of the browser's tests alone; each keeps series by names of its own."""
    models = tmp_path_factory.mktemp("keeping") / "models"
    shutil.copytree(trained_models, models)
    with serving(models) as running:
        yield running


@pytest.fixture
def open_page(browser: Browser, service: Service) -> Iterator[OpenPage]:
    """Open a path of the service in an empty profile; any complaint in its console fails the test."""
    yield from opening(browser, service)


@pytest.fixture
def open_kept(browser: Browser, keeping: Service) -> Iterator[OpenPage]:
    """The same, of the service whose series may be kept."""
    yield from opening(browser, keeping)


def opening(browser: Browser, service: Service) -> Iterator[OpenPage]:
    """Give what opens a path of a service, and close what it has opened."""
    complaints: list[str] = []
    contexts = []
    shared = browser.contexts[0]
    if not shared.pages:
        shared.new_page().goto(service.url + "/healthz")  # its process stays while a page of it does

    def open_path(path: str = "/", expected: str = "", **options: Any) -> Page:
        """Open a path; console messages that match `expected` are no complaint."""
        if options:
            contexts.append(browser.new_context(**{**USUAL, **options}))
        page = (contexts[-1] if options else shared).new_page()
        page.set_default_timeout(PATIENCE_SECONDS * 1000)

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
    for page in shared.pages[1:]:
        page.close()
    everything = {"origin": service.url, "storageTypes": "all"}
    shared.new_cdp_session(shared.pages[0]).send("Storage.clearDataForOrigin", everything)
    assert complaints == []


def shown(page: Page, selector: str) -> str:
    """The text of an element, once it shows; when it does not, the error says what the page shows instead."""
    try:
        page.wait_for_selector(selector)
    except TimeoutError:
        raise AssertionError(f"{selector} does not show, but: {page.inner_text('body')}") from None
    return page.inner_text(selector)


def show_sample(page: Page) -> Page:
    """Try the sample, and wait for its forecast."""
    page.click("#use-sample")
    page.wait_for_selector("#chart .main-svg")
    page.wait_for_selector("#why-chart .main-svg")
    return page


def days(n_days: int) -> list[tuple[str, int]]:
    """A week that repeats, up to 20 November 2026."""
    return [
        (str(LAST_DATE - timedelta(back)), WEEK[(n_days - back) % 7]) for back in range(n_days - 1, -1, -1)
    ]


def write_csv(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    """Write rows as CSV."""
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def drop(page: Page, path: Path) -> None:
    """Drop a file on the page, as a hand does."""
    transfer = page.evaluate_handle(
        """([name, content]) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([content], name));
            return transfer;
        }""",
        [path.name, path.read_text()],
    )
    page.dispatch_event("#drop", "drop", {"dataTransfer": transfer})


def wait_for(page: Page, condition: str) -> None:
    """Wait until a condition in JavaScript holds; Playwright's own way would be against the page's policy."""
    wait_until(lambda: page.evaluate(condition))


@contextmanager
def holding(page: Page, path: str) -> Iterator[list[Route]]:
    """Hold the first request to a path within a block, which is left when the page has sent it."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(path, hold, times=1)
    yield held
    # Playwright hears of requests while it is asked something.
    wait_until(lambda: page.evaluate("1") and held)


def answered(page: Page) -> None:
    """Wait until the page has dealt with what it was answered: one more answer comes after that."""
    page.evaluate("fetch('/healthz').then((answer) => answer.text())")


def number(text: str) -> float:
    """Read a number as the page writes it."""
    return float(text.replace(",", ""))


def check_access(page: Page) -> None:
    """Look for what keeps people out, as axe finds it."""
    serious = [
        {"id": violation["id"], "nodes": [node["html"] for node in violation["nodes"]]}
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in ("serious", "critical")
    ]
    assert serious == [], json.dumps(serious, indent=1)


def take_pictures(page: Page, name: str) -> None:
    """At desktop and phone width, in light and dark: it fits, is accessible, and has its picture taken."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for size, viewport in ("desktop", DESKTOP), ("phone", PHONE):
        page.set_viewport_size(viewport)
        for theme in "light", "dark":
            # Without motion, or colours would be measured on their way from one theme to the other.
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            if (size, theme) in (("desktop", "light"), ("phone", "dark")):  # each size and each theme once
                check_access(page)
            wait_for(page, "document.documentElement.scrollWidth <= window.innerWidth")
            page.screenshot(path=SCREENSHOTS / f"{name}-{size}-{theme}.png", full_page=True)
    page.set_viewport_size(DESKTOP)
    page.emulate_media(color_scheme="light")
