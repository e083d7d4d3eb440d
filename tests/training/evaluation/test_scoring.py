"""Held-out days are forecast by what was known before them, and scored by errors that are always defined."""

import doctest
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from tests.training.quick_models import a_model
from training.evaluation import relative_errors
from training.evaluation.baselines import WEEKLY_COPY
from training.evaluation.held_out import HeldOutForecasts, forecast_held_out
from training.evaluation.scoring import score
from training.evaluation.series_scores import score_series
from training.fitting.training_windows import held_out_start
from training.history.series import DAY, History, Series
from training.model.forecast_model import ForecastModel
from training.model.forecasts import Forecasts
from training.model.windows import HORIZON_DAYS, Days, Float64
from training.store.scores import HORIZONS, METHOD

FIRST = np.datetime64("2025-01-01", "D")
WEEK = np.array([100.0, 400, 1600, 800, 200, 50, 900])


def history_of(*views: np.ndarray) -> History:
    return History(tuple(Series(f"s{n}", FIRST, counts) for n, counts in enumerate(views)))


def forecasts_of(history: History, model: ForecastModel | None = None) -> HeldOutForecasts:
    forecasts = forecast_held_out(model or a_model(), history, held_out_start(history))
    assert forecasts is not None
    return forecasts


def with_errors(history: History, share: float) -> HeldOutForecasts:
    """Forecasts that are off by a share of the truth."""
    held_out = forecasts_of(history)
    off = held_out.truth * (1.0 + share)
    return HeldOutForecasts(**{**vars(held_out), "median": off})


def test_the_weekly_copy_scores_one_whether_it_errs_or_not() -> None:
    noisy = np.tile(WEEK, 40) + np.random.default_rng(0).integers(0, 5, 280)
    for views in noisy, np.tile(WEEK, 40):
        scores = score(forecasts_of(history_of(views)))
        assert scores.methods[WEEKLY_COPY] == {"1": 1.0, "1-7": 1.0, "1-28": 1.0}
        assert scores.mae[WEEKLY_COPY]["1-28"] == pytest.approx(0.0, abs=5.0)


def test_where_the_copy_is_perfect_a_perfect_forecast_scores_one_and_a_worse_one_more() -> None:
    history = history_of(np.tile(WEEK, 40))
    errors = [score(with_errors(history, share)).methods[METHOD]["1-28"] for share in (0.0, 0.1, 0.3)]
    assert errors == [pytest.approx(1.0), pytest.approx(100.0), pytest.approx(300.0)]


def test_a_series_that_the_copy_forecasts_exactly_counts_like_any_other() -> None:
    noisy = np.tile(WEEK, 40) * np.random.default_rng(0).lognormal(0.0, 0.3, 280)
    held_out = with_errors(history_of(np.tile(WEEK, 40), noisy), 0.1)
    relative = held_out.relative_errors(held_out.median)
    assert relative[0] == pytest.approx(100.0)
    assert score(held_out).methods[METHOD]["1-28"] == pytest.approx(np.sqrt(relative[0] * relative[1]))


def test_scores_name_the_first_and_the_last_origin() -> None:
    history = history_of(np.tile(WEEK, 40))
    scores = score(forecasts_of(history))
    assert scores.first_origin == str(held_out_start(history))
    # The last origin is the last fifth day from there with 28 days after it.
    last = history.last_date - (HORIZON_DAYS - 1) * DAY
    assert last - np.datetime64(scores.last_origin) in [n * DAY for n in range(5)]


def test_a_series_is_said_to_have_spikes_where_its_forecasts_err() -> None:
    held_out = forecasts_of(history_of(np.tile(WEEK, 40)))
    (exact,) = score_series(with_errors(history_of(np.tile(WEEK, 40)), 0.0))
    median = held_out.truth.copy()
    median[0, 0, 3] += 1_000_000.0
    (wrong,) = score_series(HeldOutForecasts(**{**vars(held_out), "median": median}))
    assert not any("spikes" in reason for reason in exact.reasons)
    assert any(str(held_out.origins[0] + 3 * DAY) in reason for reason in wrong.reasons)


def test_days_without_a_view_are_scored_against_a_thousandth_of_one() -> None:
    zeros = np.zeros(280)
    held_out = forecasts_of(history_of(zeros))
    off = HeldOutForecasts(**{**vars(held_out), "median": held_out.truth + 149.0})
    assert off.relative_errors(off.median) == pytest.approx(149_000.0)


def test_the_scores_of_a_single_series_are_the_scores_of_all() -> None:
    views = np.tile(WEEK, 40) * np.random.default_rng(0).lognormal(0.0, 0.3, 280)
    views[-40:-20:3] = np.nan
    held_out = forecasts_of(history_of(views))
    scores, (series,) = score(held_out), score_series(held_out)
    for horizon in HORIZONS:
        assert series.horizons[horizon].relative == pytest.approx(scores.methods[METHOD][horizon])
        assert series.horizons[horizon].mae == pytest.approx(scores.mae[METHOD][horizon])
    assert series.horizons["1-28"].coverage == pytest.approx(tuple(scores.coverage.values()))
    assert series.horizons["1-28"].n_days == np.count_nonzero(~np.isnan(held_out.truth))


def test_a_series_that_ends_before_the_first_forecast_day_is_scored_nowhere_and_comes_last() -> None:
    long, short = np.tile(WEEK, 40), np.tile(WEEK, 40)[:-1]
    short[-56:-1] = np.nan
    held_out = forecasts_of(history_of(long, short))
    assert np.isnan(held_out.truth[:, 1]).all()
    worst_first = score_series(held_out)
    assert [series.name for series in worst_first] == ["s0", "s1"]
    assert np.isnan(worst_first[1].relative)
    assert score(held_out).methods[METHOD]["1-28"] == pytest.approx(worst_first[0].relative)


class Recording(ForecastModel):
    """A model that writes down what it is given."""

    def predict(
        self, views: Sequence[Float64], last_dates: Days, *arguments: Any, **options: Any
    ) -> Forecasts:
        SEEN.append((views[0], last_dates[0]))
        return super().predict(views, last_dates, *arguments, **options)


SEEN: list[tuple[np.ndarray, np.datetime64]] = []


def test_a_model_is_given_only_what_was_known_at_each_origin_and_each_origin_once() -> None:
    views = np.random.default_rng(0).lognormal(6, 0.2, 200)
    start = FIRST + 150 * DAY
    SEEN.clear()
    forecasts = forecast_held_out(Recording(**vars(a_model())), history_of(views), start)
    assert forecasts is not None
    origins = [last + DAY for _, last in SEEN]
    assert origins == forecasts.origins.tolist() == [start + 5 * n * DAY for n in range(5)]
    for known, last in SEEN:
        np.testing.assert_array_equal(known, views[: int((last - FIRST).astype(int)) + 1])


def test_nothing_to_score_gives_no_forecasts() -> None:
    assert forecast_held_out(a_model(), history_of(np.ones(5)), FIRST) is None


def test_of_too_many_series_a_sample_is_forecast_the_same_for_every_model() -> None:
    history = history_of(*np.random.default_rng(0).lognormal(6, 0.2, (9, 100)))
    start = held_out_start(history)
    samples = [forecast_held_out(a_model(seed), history, start, most_forecasts=4) for seed in (0, 1)]
    assert samples[0] is not None
    assert samples[1] is not None
    assert (len(samples[0].series), samples[0].n_scorable) == (4, 9)
    assert samples[0].series == samples[1].series
    assert samples[0].median.shape == (1, 4, HORIZON_DAYS)


def test_the_examples_of_relative_errors_hold() -> None:
    assert doctest.testmod(relative_errors) == doctest.TestResults(failed=0, attempted=1)
