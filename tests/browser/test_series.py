"""The list of kept series: ten thousand of them, and what was forecast beside what came."""

from datetime import timedelta
from pathlib import Path
from statistics import median

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import LAST_DATE, WEEK, OpenPage, days, shown, take_pictures, wait_for
from tests.conftest import PATIENCE_SECONDS, Service, wait_until

N_SERIES = 10_000
MOST_ROWS = 60

# Scrolls so many frames, and gives how long each took, in milliseconds.
SCROLL = """(step) => new Promise((resolve) => {
    const list = document.getElementById("series-list");
    const times = [];
    let before = performance.now();
    const frame = (now) => {
        times.push(now - before);
        before = now;
        list.scrollTop += step;
        times.length < 60 ? requestAnimationFrame(frame) : resolve(times.slice(1));
    };
    requestAnimationFrame(frame);
})"""


@pytest.fixture(scope="module")
def many(keeping: Service) -> Service:
    """The service with ten thousand series more."""
    views = WEEK * 2
    series = [
        {"id": f"video {n:05}", "views": [count + n for count in views], "last_date": str(LAST_DATE)}
        for n in range(N_SERIES)
    ]
    keeping.client.post("/series", json={"series": series}, timeout=PATIENCE_SECONDS).raise_for_status()
    return keeping


def n_rows(page: Page) -> int:
    return page.locator("#series-list tbody tr").count()


def test_ten_thousand_kept_series_are_scrolled_sorted_and_searched(
    open_kept: OpenPage, many: Service
) -> None:
    page = open_kept("/page/series")
    page.fill("#search", "video 000")
    wait_for(page, "document.querySelector('#series-count').textContent === '100 series'")
    among_few = median(page.evaluate(SCROLL, 100))
    page.fill("#search", "video ")
    wait_for(page, "document.querySelector('#series-count').textContent === '10,000 series'")
    shown(page, "text=video 00000")
    assert n_rows(page) < MOST_ROWS
    assert median(page.evaluate(SCROLL, 400)) <= 2 * among_few  # a frame more, on a busy machine
    page.evaluate("document.getElementById('series-list').scrollTop = 1e9")
    shown(page, "text=video 09999")
    assert n_rows(page) < MOST_ROWS
    page.select_option("#sort", "-last_count")
    wait_for(page, "document.getElementById('series-list').scrollTop === 0")
    wait_until(lambda: "video 09999" in shown(page, "#series-list tbody tr:not([hidden]) >> nth=0"))
    page.fill("#search", "VIDEO 00042")
    wait_for(page, "document.querySelector('#series-count').textContent === '1 series'")
    page.click("text=video 00042")
    assert shown(page, "#tomorrow-views")
    assert page.inner_text("#read-title") == "video 00042"


def test_what_came_stands_beside_what_was_forecast_and_is_flagged_when_unusual(
    open_kept: OpenPage, keeping: Service
) -> None:
    last = str(LAST_DATE + timedelta(1))
    for name, count in ("flagged usual", WEEK[0]), ("flagged viral", 90_000):
        history = {"views": [count for _, count in days(90)], "last_date": str(LAST_DATE)}
        keeping.client.put(f"/series/{name}/days", json=history).raise_for_status()
        keeping.predict({"id": name}).raise_for_status()
        keeping.client.put(f"/series/{name}/days", json={"views": [count], "last_date": last})
    wait_until(
        lambda: all(
            series["expected"]
            for series in keeping.client.get("/series", params={"search": "flagged"}).json()["series"]
        )
    )
    page = open_kept("/page/series")
    page.fill("#search", "flagged")
    wait_for(page, "document.querySelector('#series-count').textContent === '2 series'")
    viral, usual = (shown(page, f"tr:has-text('{name}')") for name in ("flagged viral", "flagged usual"))
    assert "90,000" in viral
    assert "Unusually high" in viral
    assert "Unusually" not in usual
    wait_for(page, "document.querySelectorAll('#series-list td:nth-child(5) .figure').length === 2")
    take_pictures(page, "series")
    with page.expect_download() as download:
        page.click("tr:has-text('flagged viral') >> text=CSV")
    assert len(Path(download.value.path()).read_text().splitlines()) == 1 + 91
    page.click("tr:has-text('flagged viral') >> text=Delete")
    page.click("#question-yes")
    wait_for(page, "document.querySelector('#series-count').textContent === '1 series'")
    page.fill("#search", "there is none of this name")
    assert "No series" in shown(page, "#series-none")
