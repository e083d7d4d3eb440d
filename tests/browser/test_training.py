"""A training that is begun, followed, cancelled and compared on the page, and the versions that it makes."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import (
    LAST_DATE,
    SCREENSHOTS,
    OpenPage,
    opening,
    shown,
    take_pictures,
    wait_for,
)
from tests.conftest import Service, serving, wait_until
from tests.service.test_retrain import as_request
from tests.training.publisher import publish
from training.history.synthetic import generate_history

A_TRAINING_SECONDS = 300
# Writes down what the page says of a job as it goes on.
WATCH = """() => {
    window.said = [];
    const job = document.getElementById("job");
    const options = { subtree: true, childList: true };
    new MutationObserver(() => said.push(job.textContent)).observe(job, options);
}"""


@pytest.fixture(scope="module")
def learning(trained_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service that keeps a dozen short series: learned from in seconds, yet long enough to follow."""
    models = tmp_path_factory.mktemp("learning") / "models"
    shutil.copytree(trained_models, models)
    with serving(models) as running:
        history = generate_history(12, 250, np.datetime64(LAST_DATE), 3)
        running.client.post("/series", json=as_request(history)).raise_for_status()
        yield running


@pytest.fixture
def open_learning(browser: Browser, learning: Service) -> Iterator[OpenPage]:
    """Open a path of that service."""
    yield from opening(browser, learning)


def test_a_training_can_be_cancelled(open_learning: OpenPage) -> None:
    page = open_learning("/page/training")
    page.click("#train")
    shown(page, "#job-progress")
    page.screenshot(path=SCREENSHOTS / "training-desktop-light.png", full_page=True)
    page.click("#cancel-job")
    page.click("#question-yes")
    assert "cancelled" in shown(page, "#job-outcome")
    wait_for(page, "!document.getElementById('train').disabled")
    assert "cancelled" in shown(page, "#past-jobs")


def test_a_training_is_followed_to_its_verdict_and_its_version_can_be_chosen(
    open_learning: OpenPage, learning: Service
) -> None:
    first = learning.version()
    assert first is not None
    page = open_learning("/page/training")
    assert first in shown(page, "#versions")
    page.evaluate(WATCH)
    page.click("#train")
    wait_until(lambda: "Done" in page.inner_text("#job-outcome"), A_TRAINING_SECONDS)
    said = page.evaluate("said")
    step = re.compile(r"learning from the history\s+About \d+ \w+ left")
    assert any(step.search(words) for words in said), said
    job = learning.client.get("/retrain").json()["jobs"][0]
    assert job["version"] in page.inner_text("#job-outcome")
    wait_until(lambda: job["version"] in page.inner_text("#verdict"))
    verdict = learning.client.get(f"/models/{job['version']}").json()["verdict"]
    assert verdict["reason"] in page.inner_text("#verdict")
    bars = page.evaluate("document.querySelector('#comparison-chart').data.map((trace) => trace.y)")
    expected = job["scores"]["methods"]["sum of sigmoids"]
    assert bars[1] == [expected[horizon] for horizon in ("1", "1-7", "1-28")]
    take_pictures(page, "trained")
    current = wait_until(learning.version)
    (other,) = {first, job["version"]} - {current}
    page.click(f"#versions tr:has-text('{other}') >> text=Make current")
    page.click("#question-yes")
    wait_until(lambda: learning.version() == other)
    assert f"{other} forecasts now" in shown(page, "#versions-done")
    page.click("#roll-back")
    page.click("#question-dialog >> text=Cancel")
    assert learning.version() == other
    page.click("#roll-back")
    page.click("#question-yes")
    wait_until(lambda: learning.version() == current)
    with page.expect_navigation():
        page.click(f"#versions tr:has-text('{current}') >> text=Report")
    assert current in page.inner_text("body")


def test_a_version_forecasts_along_until_the_challenge_is_ended(
    open_learning: OpenPage, learning: Service
) -> None:
    current = learning.version()
    other = publish(learning.models, 3)
    learning.client.post(f"/models/{current}/activate").raise_for_status()
    page = open_learning("/page/training")
    page.click(f"#versions tr:has-text('{other}') >> text=Forecast along")
    page.click("#question-yes")
    assert f"{other} has forecast along" in shown(page, "#challenge-words")
    assert learning.client.get("/monitoring").json()["challenger"]["version"] == other
    take_pictures(page, "challenged")
    page.click("#end-challenge")
    wait_for(page, "document.getElementById('challenge').hidden")
    assert learning.client.get("/monitoring").json()["challenger"] is None
    page.click(f"#versions tr:has-text('{other}') >> text=Make current")
    page.click("#question-yes")
    assert f"{other} forecasts now" in shown(page, "#versions-done")
    learning.client.post(f"/models/{current}/activate").raise_for_status()  # by somebody else
    page.evaluate("import('/assets/versions.js').then(({ loadVersions }) => loadVersions())")
    assert page.inner_text("#versions-done") == ""


def test_versions_are_listed_while_nothing_can_be_monitored(
    open_learning: OpenPage, learning: Service
) -> None:
    page = open_learning(expected="503")
    page.route("**/monitoring?*", lambda route: route.fulfill(status=503, json={"detail": "no archive"}))
    page.goto(f"{learning.url}/page/training")
    current = wait_until(learning.version)
    assert current in shown(page, "#versions")
    assert "no archive" in shown(page, "#versions-problem")
