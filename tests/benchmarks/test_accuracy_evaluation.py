"""What the accuracy benchmark lets a method see, and what it keeps."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.accuracy import Method, Predict, evaluate
from benchmarks.accuracy.cache import ForecastCache
from benchmarks.accuracy.evaluation import weekly_copy
from benchmarks.accuracy.methods import Combination, PeerForecasts
from benchmarks.accuracy.splits import split
from training.history.files import History, Series
from training.history.series import DAY

FIRST = np.datetime64("2020-01-01")


def weekly_history(n_days: int, n_series: int = 2) -> History:
    week = np.array([10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0])
    return History(
        tuple(Series(f"page {i}", FIRST, np.resize(week, n_days) * (i + 1)) for i in range(n_series))
    )


class LastDay:
    """Forecasts the last view for ever, and remembers what it was shown."""

    def __init__(self) -> None:
        self.fitted: list[History] = []
        self.shown: list[tuple[int, np.datetime64]] = []

    def fit(self, history: History) -> Predict:
        self.fitted.append(history)

        def predict(
            views: Sequence[NDArray[np.float64]],
            last_dates: NDArray[np.datetime64],
            horizon: int,
            levels: Sequence[int],
        ) -> PeerForecasts:
            self.shown.extend((len(v), date) for v, date in zip(views, last_dates, strict=True))
            median = np.stack([np.full(horizon, v[-1]) for v in views])
            return PeerForecasts(
                median, np.stack([median - 1] * len(levels)), np.stack([median + 1] * len(levels))
            )

        return predict


def test_a_fifth_of_the_days_is_held_out_and_forecast_from_every_fifth() -> None:
    part = split(weekly_history(400))
    assert part.fitted.last_date == FIRST + 319 * DAY
    assert list(part.origins - FIRST) == [np.timedelta64(d, "D") for d in range(320, 373, 5)]


def test_of_a_long_history_a_year_is_held_out() -> None:
    assert split(weekly_history(3000)).origins[0] == FIRST + (3000 - 365) * DAY


def test_a_method_sees_only_what_lies_before_each_origin() -> None:
    method = LastDay()
    evaluate(Method("last day", method.fit, pooled=True), weekly_history(400))
    assert [history.last_date for history in method.fitted] == [FIRST + 319 * DAY]
    expected = {(o, FIRST + (o - 1) * DAY) for o in range(320, 373, 5)}
    assert {(int(n), date) for n, date in method.shown} == expected


def test_alone_each_series_is_fitted_by_itself_on_its_first_year() -> None:
    method = LastDay()
    evaluation = evaluate(Method("last day", method.fit, pooled=True), weekly_history(800, 3), "alone")
    assert [history.names() for history in method.fitted] == [("page 0",), ("page 1",), ("page 2",)]
    assert {history.last_date for history in method.fitted} == {FIRST + (365 - 73 - 1) * DAY}
    assert len(evaluation.series) == 3


def test_series_with_few_views_do_not_count() -> None:
    busy = weekly_history(200).series
    quiet = Series("quiet", FIRST, np.full(200, 9.0))
    assert [s.name for s in split(History((*busy, quiet))).scored] == ["page 0", "page 1"]


def test_the_weekly_copy_takes_each_weekday_from_its_last_known_day() -> None:
    views = np.arange(20.0)
    views[15] = np.nan
    assert weekly_copy(views, 9).tolist() == [13.0, 14.0, 8.0, 16.0, 17.0, 18.0, 19.0, 13.0, 14.0]


def test_a_repeating_week_is_scored_to_the_digit() -> None:
    views = np.resize([10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0], 400)
    views[7 * 55 :] += 14.0
    scores = evaluate(Method("last day", LastDay().fit), History((Series("a", FIRST, views),))).scores()
    actual = np.stack([views[o : o + 28] for o in range(320, 373, 5)])
    last = np.array([[views[o - 1]] for o in range(320, 373, 5)])
    copy = np.stack([np.resize(views[o - 7 : o], 28) for o in range(320, 373, 5)])
    ratio = np.abs(actual - last).mean() / np.abs(actual - copy).mean()
    assert scores["1-28"]["relative_mae"] == pytest.approx(ratio)
    assert scores["1-28"]["coverage_80"] == pytest.approx((np.abs(actual - last) <= 1).mean())


def test_what_was_forecast_once_is_not_forecast_again(tmp_path: Path) -> None:
    cache, method = ForecastCache(tmp_path), LastDay()
    first = evaluate(Method("last day", method.fit), weekly_history(400), cache=cache)
    again = evaluate(Method("last day", method.fit), weekly_history(400), cache=cache)
    assert len(method.fitted) == 2
    assert again.scores() == first.scores()


def test_other_settings_or_another_view_are_forecast_anew(tmp_path: Path) -> None:
    cache, method = ForecastCache(tmp_path), LastDay()
    views = weekly_history(400, 1).series[0].views.copy()
    for settings, first_view in (("a", 1.0), ("b", 1.0), ("b", 2.0)):
        views[0] = first_view
        history = History((Series("page", FIRST, views.copy()),))
        evaluate(Method("last day", method.fit, settings), history, cache=cache)
    assert len(method.fitted) == 3


def test_of_a_history_that_has_just_started_the_first_days_are_all_there_is() -> None:
    method = LastDay()
    evaluation = evaluate(Method("last day", method.fit), weekly_history(400), "14 days")
    assert {history.last_date for history in method.fitted} == {FIRST + 13 * DAY}
    assert {(int(n), date) for n, date in method.shown} == {(14, FIRST + 13 * DAY)}
    assert [series.actual.shape for series in evaluation.series] == [(1, 28), (1, 28)]


class Constant:
    """Forecasts one number for ever, and counts its fits."""

    def __init__(self, number: float) -> None:
        self.number = number
        self.n_fits = 0

    def fit(self, history: History) -> Predict:
        self.n_fits += 1

        def predict(
            views: Sequence[NDArray[np.float64]],
            last_dates: NDArray[np.datetime64],
            horizon: int,
            levels: Sequence[int],
        ) -> PeerForecasts:
            median = np.full((len(views), horizon), self.number)
            ends = np.stack([median] * len(levels))
            return PeerForecasts(median, ends - 1.0, ends + 1.0)

        return predict


def test_a_combination_is_the_median_of_what_its_methods_forecast_once(tmp_path: Path) -> None:
    constants = [Constant(number) for number in (10.0, 12.0, 50.0)]
    methods = tuple(Method(f"always {each.number}", each.fit) for each in constants)
    cache, history = ForecastCache(tmp_path), weekly_history(400, 1)
    evaluate(methods[0], history, cache=cache)
    (series,) = evaluate(Combination("median", methods), history, cache=cache).series
    assert series.lower is not None
    assert series.upper is not None
    assert {*series.median.flat} == {12.0}
    assert ({*series.lower.flat}, {*series.upper.flat}) == ({11.0}, {13.0})
    assert [each.n_fits for each in constants] == [1, 1, 1]


def test_a_drawn_part_of_the_series_is_scored_but_all_are_learned_from() -> None:
    method, history = LastDay(), weekly_history(400, 9)
    drawn = [s.name for s in split(history, most_series=3).scored]
    evaluation = evaluate(Method("last day", method.fit, pooled=True), history, most_series=3)
    assert [series.name for series in evaluation.series] == drawn
    assert len(drawn) == 3
    assert drawn != [f"page {i}" for i in range(3)]
    assert [len(fitted.series) for fitted in method.fitted] == [9]


@pytest.mark.parametrize(("most_series", "n_scored"), [(2, 2), (10, 4)])
def test_alone_too_no_more_series_are_scored_than_asked_for(most_series: int, n_scored: int) -> None:
    method = Method("last day", LastDay().fit)
    evaluation = evaluate(method, weekly_history(400, 4), "alone", most_series=most_series)
    assert len(evaluation.series) == n_scored
