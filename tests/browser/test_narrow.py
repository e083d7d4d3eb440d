"""The narrowest phones: large counts and long names fit them."""

from pathlib import Path

from playwright.sync_api import Page

from tests.browser.conftest import SCREENSHOTS, OpenPage, days, drop, shown, wait_for, write_csv

NARROW = {"width": 320, "height": 640}


def picture(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}-narrow.png", full_page=True)


def test_large_counts_and_a_long_name_fit_the_page_and_the_list(open_kept: OpenPage, tmp_path: Path) -> None:
    page = open_kept(viewport=NARROW)
    name = "narrow" + "x" * 190
    rows = [(day, count * 10_000) for day, count in days(90)]
    drop(page, write_csv(tmp_path / f"{name}.csv", [("date", "views"), *rows]))
    shown(page, "#tomorrow-views")
    page.wait_for_selector("#why-chart .main-svg")
    wait_for(page, "document.documentElement.scrollWidth <= innerWidth")
    for number in page.query_selector_all("#result .number"):
        assert number.evaluate(
            "(it) => it.clientHeight < 2 * parseFloat(getComputedStyle(it).fontSize)"
        )  # a line
    picture(page, "forecast")
    page.click("#keep-it")
    shown(page, "#kept-words")
    wait_for(page, "document.documentElement.scrollWidth <= innerWidth")
    page.goto(page.url.split("#")[0] + "page/series")
    page.fill("#search", name)
    wait_for(page, "document.querySelector('#series-count').textContent === '1 series'")
    wait_for(page, "document.querySelectorAll('#series-list td:nth-child(5) .figure').length === 1")
    row = "document.querySelector('#series-list tbody tr:not([hidden])')"
    assert page.evaluate(f"{row}.offsetHeight") == 64  # as the scrolling counts on
    wait_for(page, "document.documentElement.scrollWidth <= innerWidth")
    cut = "[...document.querySelectorAll('#series-list td')].filter((it) => it.scrollWidth > it.clientWidth)"
    assert page.evaluate(f"{cut}.map((it) => it.textContent)") == []
    picture(page, "series")
