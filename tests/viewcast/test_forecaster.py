"""Data frames in, forecasts as data frames out."""

import datetime
import doctest
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import viewcast.forecaster
from tests.training.publisher import publish
from training.errors import ViewcastError
from training.fitting.kept_prior import load_prior
from training.model.event_effects import EventEffects
from training.model.event_model import EventModel
from training.store.model_store import ModelStore
from training.store.versions import ModelStoreError
from viewcast import ViewForecaster

DAYS = pd.date_range("2026-10-01", "2026-11-20")
WEEKLY = np.array([1000.0 + 500 * (day.weekday() >= 5) + day.day for day in DAYS])
FRAME = pd.concat(
    [
        pd.DataFrame({"unique_id": "channel", "ds": DAYS, "y": WEEKLY}),
        pd.DataFrame({"unique_id": "a video", "ds": DAYS[:-5], "y": WEEKLY[:-5] // 10}),
    ],
    ignore_index=True,
)


@pytest.fixture(scope="module")
def fitted() -> ViewForecaster:
    """Fitted on two series of seven weeks: too little to learn from, so that it takes no time."""
    return ViewForecaster().fit(FRAME)


def test_forecasts_begin_after_each_series_own_last_day_and_are_named_as_nixtla_names_them(
    fitted: ViewForecaster,
) -> None:
    forecasts = fitted.predict(h=2, level=[80, 95])
    assert list(forecasts.columns) == [
        "unique_id",
        "ds",
        "ViewForecaster",
        "ViewForecaster-lo-95",
        "ViewForecaster-lo-80",
        "ViewForecaster-hi-80",
        "ViewForecaster-hi-95",
    ]
    assert forecasts["unique_id"].tolist() == ["a video"] * 2 + ["channel"] * 2
    assert forecasts["ds"].tolist() == [
        pd.Timestamp(day) for day in ("2026-11-16", "2026-11-17", "2026-11-21", "2026-11-22")
    ]
    numbers = forecasts.iloc[:, [3, 4, 2, 5, 6]].to_numpy()
    assert (np.diff(numbers, axis=1) >= 0).all()


def test_they_are_those_of_the_model(fitted: ViewForecaster) -> None:
    expected = fitted.model_.predict([WEEKLY], np.array(["2026-11-20"], "datetime64[D]"), 28, [90])
    channel = fitted.predict(level=[90]).query("unique_id == 'channel'")
    np.testing.assert_allclose(channel["ViewForecaster"], expected.median[0], rtol=1e-5)
    np.testing.assert_allclose(channel["ViewForecaster-lo-90"], expected.lower[0, 0], rtol=1e-5)


def as_polars(frame: pd.DataFrame) -> pl.DataFrame:
    return pl.DataFrame({name: frame[name].tolist() for name in frame})


@pytest.mark.parametrize(
    ("frame", "day"),
    [
        (FRAME, pd.Timestamp("2026-11-21")),
        (FRAME.assign(ds=FRAME["ds"].astype("datetime64[ns]")), pd.Timestamp("2026-11-21")),
        (FRAME.assign(ds=FRAME["ds"].dt.date), datetime.date(2026, 11, 21)),
        (FRAME.assign(ds=FRAME["ds"].astype(str)), "2026-11-21"),
        (as_polars(FRAME), datetime.datetime(2026, 11, 21)),
        (as_polars(FRAME).with_columns(pl.col("ds").dt.date()), datetime.date(2026, 11, 21)),
        (as_polars(FRAME).with_columns(pl.col("ds").dt.strftime("%Y-%m-%d")), "2026-11-21"),
    ],
    ids=["times", "nanoseconds", "dates", "texts", "polars times", "polars dates", "polars texts"],
)
def test_days_come_back_as_they_came(fitted: ViewForecaster, frame: Any, day: object) -> None:
    forecasts = fitted.predict(h=1, level=[], df=frame)
    assert type(forecasts) is type(frame)
    assert forecasts["ds"].dtype == frame["ds"].dtype
    assert list(forecasts["ds"])[1] == day
    assert list(forecasts["ViewForecaster"]) == list(fitted.predict(h=1, level=[])["ViewForecaster"])


@pytest.mark.parametrize("ids", [[7, 3], pd.Categorical(["b", "a"]), ["b", "a"]], ids=["int", "cat", "text"])
def test_ids_come_back_as_they_came_and_in_their_order(fitted: ViewForecaster, ids: Any) -> None:
    frame = FRAME.assign(unique_id=np.repeat(ids, [len(DAYS), len(DAYS) - 5]))
    forecasts = fitted.predict(h=1, df=frame.iloc[::-1])
    assert forecasts["unique_id"].dtype == frame["unique_id"].dtype
    assert forecasts["unique_id"].tolist() == sorted(ids)
    assert forecasts.index.tolist() == [0, 1]


def test_columns_may_have_other_names(fitted: ViewForecaster) -> None:
    names = {"unique_id": "page", "ds": "day", "y": "visits"}
    named = ViewForecaster(alias="sum of sigmoids").fit(FRAME.rename(columns=names), *names.values())
    forecasts = named.predict(h=3, level=[])
    assert list(forecasts.columns) == ["page", "day", "sum of sigmoids"]
    assert forecasts["sum of sigmoids"].tolist() == fitted.predict(h=3)["ViewForecaster"].tolist()


def test_a_day_without_a_row_and_one_without_a_count_are_the_same_and_said(fitted: ViewForecaster) -> None:
    middle = (FRAME["unique_id"] == "channel") & (FRAME["ds"] == "2026-11-10")
    without_row = ViewForecaster().fit(FRAME[~middle])
    without_count = ViewForecaster().fit(as_polars(FRAME.assign(y=FRAME["y"].mask(middle))))
    for forecaster in without_row, without_count:
        assert forecaster.notes_ == ("1 day without a count inside of a series: taken as missing",)
    numbers = without_row.predict()["ViewForecaster"].tolist()
    assert without_count.predict()["ViewForecaster"].to_list() == numbers
    assert fitted.predict()["ViewForecaster"].tolist() != numbers


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (FRAME.set_index("unique_id"), 'no column "unique_id", but "ds", "y"'),
        (FRAME.assign(y="5"), '"y" holds String'),
        (FRAME.assign(y=True), '"y" holds Boolean'),
        (FRAME.assign(y=-FRAME["y"]), "a count lies between 0 and"),
        (FRAME.assign(y=np.nan), 'no row of the frame has a count in "y"'),
        (FRAME.assign(ds=np.arange(len(FRAME))), '"ds" holds Int64'),
        (FRAME.assign(ds="03/04/2026"), '"ds" cannot be read'),
        (FRAME.assign(ds="3 April 26"), '"ds" cannot be read'),
        (FRAME.assign(ds=FRAME["ds"] + pd.Timedelta("6h")), '"ds" has the time 2026-10-01T06'),
        (FRAME.assign(ds=FRAME["ds"].dt.tz_localize("Asia/Tokyo")), "is in the time zone Asia/Tokyo"),
        (FRAME.assign(ds=FRAME["ds"].mask(FRAME.index == 3)), '1 row of the frame say nothing in "ds"'),
        (
            pd.concat([FRAME, FRAME[49:51]]),
            'the series "channel" has two rows for 2026-11-19; there',
        ),
        (FRAME.assign(ds=FRAME["ds"].mask(FRAME.index == 0, pd.Timestamp("1805-01-01"))), "outside of 1900"),
        ({"unique_id": []}, "dict is no data frame"),
    ],
)
def test_what_can_be_read_in_no_way_or_in_two_is_refused(frame: Any, message: str) -> None:
    with pytest.raises(ViewcastError, match=message) as caught:
        ViewForecaster().fit(frame)
    assert len(str(caught.value)) < 300


def test_totals_are_sums_of_medians_with_narrower_intervals(fitted: ViewForecaster) -> None:
    days, totals = fitted.predict(h=30), fitted.totals(h=30)
    assert totals["unique_id"].tolist() == ["a video"] * 3 + ["channel"] * 3
    assert totals["days"].tolist() == [7, 28, 30] * 2
    assert totals.columns[2:].tolist() == days.columns[2:].tolist()
    week = days.groupby("unique_id").head(7).groupby("unique_id").sum(numeric_only=True)
    total = totals[totals["days"] == 7].set_index("unique_id")
    np.testing.assert_allclose(total["ViewForecaster"], week["ViewForecaster"], rtol=1e-6)
    assert (total["ViewForecaster-lo-80"] > week["ViewForecaster-lo-80"]).all()
    assert (total["ViewForecaster-hi-80"] < week["ViewForecaster-hi-80"]).all()


def test_totals_come_in_the_form_of_the_frame(fitted: ViewForecaster) -> None:
    totals = fitted.totals(h=5, level=[80], df=pl.from_pandas(FRAME))
    assert isinstance(totals, pl.DataFrame)
    assert totals["days"].to_list() == [5, 5]


def test_series_that_are_left_out_are_named(fitted: ViewForecaster) -> None:
    short = pd.DataFrame({"unique_id": "new", "ds": DAYS[-3:], "y": [1, 2, 3]})
    empty = pd.DataFrame({"unique_id": "empty", "ds": DAYS[-9:], "y": np.nan})
    with pytest.warns(UserWarning, match="left out") as caught:
        forecasts = fitted.predict(h=1, df=pd.concat([FRAME, short, empty]))
    assert [str(warning.message) for warning in caught] == [
        "1 series left out, with no day with a count: empty",
        "1 series left out, with fewer than 7 days: new",
    ]
    assert {warning.filename for warning in caught} == {__file__}
    assert len(forecasts) == 2
    with pytest.raises(ViewcastError, match="no series has 7 days"):
        fitted.predict(df=short)


def test_a_saved_forecaster_forecasts_the_same(fitted: ViewForecaster, tmp_path: Path) -> None:
    fitted.save(tmp_path / "model.joblib")
    loaded = ViewForecaster.load(tmp_path / "model.joblib")
    pd.testing.assert_frame_equal(loaded.predict(df=FRAME), fitted.predict())
    with pytest.raises(ViewcastError, match="no series of its own"):
        loaded.predict()


def test_a_model_that_knows_holidays_is_not_saved_without_them(tmp_path: Path) -> None:
    forecaster = ViewForecaster()
    forecaster.model_ = EventModel(load_prior(), EventEffects({}, {}))
    with pytest.raises(ViewcastError, match="no effects of events"):
        forecaster.save(tmp_path / "model.joblib")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_is_refused(fitted: ViewForecaster, tmp_path: Path) -> None:
    path = tmp_path / "model.joblib"
    fitted.save(path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ModelStoreError, match="is refused"):
        ViewForecaster.load(path)


def test_the_current_version_of_a_models_folder_can_be_loaded(tmp_path: Path) -> None:
    publish(tmp_path, 1)
    loaded = ViewForecaster.load(tmp_path)
    model = ModelStore(tmp_path).load_last_good().model
    expected = model.predict([WEEKLY], np.array(["2026-11-20"], "datetime64[D]"), 28)
    forecasts = loaded.predict(df=FRAME.query("unique_id == 'channel'"))
    np.testing.assert_allclose(forecasts["ViewForecaster"], expected.median[0], rtol=1e-5)


def test_what_is_not_fitted_says_so() -> None:
    with pytest.raises(ValueError, match="not fitted yet"):
        ViewForecaster().predict()


def test_a_figure_shows_the_series_with_the_most_views(fitted: ViewForecaster) -> None:
    both = fitted.plot(h=14)
    assert [ax.get_title() for ax in both.axes] == ["channel", "a video"]
    (ax,) = fitted.plot(h=14, level=[50, 80, 99], max_series=1).axes
    assert ax.get_title() == "channel"
    (days, ahead) = ax.get_lines()
    assert np.asarray(days.get_ydata()).tolist() == WEEKLY.tolist()
    np.testing.assert_allclose(
        np.asarray(ahead.get_ydata()), fitted.predict(h=14)["ViewForecaster"][14:], rtol=1e-5
    )
    assert len(ax.collections) == 3


def test_the_examples_in_the_docstrings_run_as_shown() -> None:
    failed, tried = doctest.testmod(viewcast.forecaster)
    assert tried > 5
    assert failed == 0
