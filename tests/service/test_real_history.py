"""On a real channel's views that the model has never seen, forecasts are better than last week's copy."""

import shutil
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.conftest import SHARED_DATA, Service, serving, train_once
from training.history.files import read_history, write_csv
from training.history.series import History, Series

CHANNEL = SHARED_DATA / "youtube_codingtrain_2021.csv"
# The last fifth of the days.
HELD_OUT_DAYS = 73
ORIGINS = range(0, HELD_OUT_DAYS - 7, 11)
# Of few views a day, hardly anything can be forecast but their mean.
LEAST_VIEWS = 1000

pytestmark = pytest.mark.skipif(
    not CHANNEL.exists(), reason=f"needs a real history, {CHANNEL.name} in ../shared/data"
)


@pytest.fixture(scope="module")
def history() -> History:
    every = read_history(CHANNEL).series
    return History(tuple(series for series in every if np.nanmean(series.views) > LEAST_VIEWS))


@pytest.fixture(scope="module")
def service(
    history: History, pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """The service, with a model of the days before those that are held out."""
    folder = tmp_path_factory.mktemp("real")
    write_csv(history.before(held_out(history)), folder / "past.csv")
    shutil.copytree(train_once(pytestconfig, "real", folder / "past.csv"), folder / "models")
    with serving(folder / "models") as running:
        yield running


def held_out(history: History) -> np.datetime64:
    return history.last_date - np.timedelta64(HELD_OUT_DAYS - 1, "D")


def question(series: Series, last_date: np.datetime64) -> dict[str, Any]:
    known = series.views[: series.index_of(last_date) + 1]
    views = [None if np.isnan(count) else count for count in known.tolist()]
    return {"id": series.name, "views": views, "last_date": str(last_date)}


def test_forecasts_of_held_out_days_are_better_than_the_weekly_copy(
    service: Service, history: History
) -> None:
    errors = np.zeros((2, len(history.series)))
    for origin in ORIGINS:
        last_date = held_out(history) + np.timedelta64(origin - 1, "D")
        request = {"series": [question(series, last_date) for series in history.series], "horizon": 7}
        answer = service.predict(request).raise_for_status().json()
        for i, (series, answered) in enumerate(zip(history.series, answer["series"], strict=True)):
            today = series.index_of(last_date)
            truth, week_ago = series.views[today + 1 : today + 8], series.views[today - 6 : today + 1]
            forecast = np.array([day["views"] for day in answered["forecast"]])
            errors[:, i] += np.nanmean(np.abs(truth - [forecast, week_ago]), axis=1)
    ratios = errors[0] / errors[1]
    assert np.exp(np.log(ratios).mean()) < 0.9
