"""How the model does, in the browser: what came beside what was forecast, and keys and limits."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from service.http.api_keys import KeyFile
from tests.browser.conftest import WEEK, OpenPage, answered, holding, opening, shown, take_pictures
from tests.conftest import PATIENCE_SECONDS, Service, serving, wait_until

N_DAYS = 20


@pytest.fixture(scope="module")
def watched(trained_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service whose forecasts of a kept series have met twenty days, of which one was viral."""
    models = tmp_path_factory.mktemp("watched") / "models"
    shutil.copytree(trained_models, models)
    with serving(models) as running:
        last = datetime.now(UTC).date() - timedelta(N_DAYS)
        send(running, [WEEK[i % 7] + i * 37 % 91 for i in range(-91, 0)], str(last))
        running.predict({"id": "channel"}).raise_for_status()
        came = [WEEK[i % 7] + i * 37 % 91 for i in range(N_DAYS)]
        came[11] = 77_777
        send(running, came, str(last + timedelta(N_DAYS)))
        # What is forecast is remembered a second later.
        wait_until(lambda: running.client.get("/monitoring?days=91").json()["overall"]["n_days"])
        yield running


def send(service: Service, views: list[int], last: str) -> None:
    body = {"views": views, "last_date": last}
    service.client.put("/series/channel/days", json=body).raise_for_status()


@pytest.fixture
def open_watched(browser: Browser, watched: Service) -> Iterator[OpenPage]:
    """Open a path of that service."""
    yield from opening(browser, watched)


def test_what_came_stands_beside_what_was_forecast_week_by_week(
    open_watched: OpenPage, watched: Service
) -> None:
    page = open_watched("/page/health")
    said = watched.client.get("/monitoring?days=91").json()
    error = f"{said['overall']['relative_error']['1-28']:.1%}".replace(".0%", "%")
    assert error in shown(page, "#scores")
    page.wait_for_selector("#coverage-chart .main-svg")
    drawn = page.evaluate("document.querySelector('#error-chart').data[1].y")
    assert drawn == [week["relative_error"] for week in said["weeks"]]
    assert "77,777" in page.inner_text("#outside")
    assert "channel" in page.inner_text("#hard")
    assert "256 MiB" in shown(page, "#limits")
    assert "no API keys" in shown(page, "#no-keys")
    take_pictures(page, "health")
    page.click("#outside a")
    assert shown(page, "#tomorrow-views")


def test_the_days_that_were_chosen_last_are_shown(open_watched: OpenPage) -> None:
    page = open_watched("/page/health")
    shown(page, "#scores")
    with holding(page, "**/monitoring?days=28") as held:
        page.select_option("#days", "28")
    with page.expect_response("**/monitoring?days=365") as answer:
        page.select_option("#days", "365")
    answer.value.finished()
    held[0].fulfill(json={"overall": {"n_days": 0}, "weeks": [], "outside": [], "series": []})
    answered(page)
    assert page.is_visible("#scores")


def test_before_any_day_has_come_the_page_says_what_to_do(open_page: OpenPage) -> None:
    page = open_page("/page/health")
    assert "Keep a series" in shown(page, "#live-none")
    assert not page.is_visible("#scores")


def test_keys_are_listed_for_those_who_may_see_them(
    browser: Browser, trained_models: Path, tmp_path: Path
) -> None:
    shutil.copytree(trained_models, tmp_path / "models")
    keys = KeyFile(tmp_path / "models")
    admin, reader = keys.create("boss", ["predict", "admin"]), keys.create("reader", ["predict"])
    with serving(tmp_path / "models") as service:
        context = browser.new_context(locale="en-GB")
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        page = context.new_page()
        for key, place in (reader, "#keys-problem"), (admin, "#keys"):
            page.goto(f"{service.url}/page/health")
            shown(page, "#key-words")
            page.fill("#key", key)
            page.keyboard.press("Enter")
            assert ("boss" in shown(page, place)) == (key == admin)
            page.evaluate("sessionStorage.clear()")
        assert admin.split("_", 2)[2] not in page.content()
        context.close()
