"""The fitted model: sane forecasts for any history, and intervals that mean what they say."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.quick_models import a_model, is_same_model
from training.fitting.blending import blend
from training.fitting.intervals import NO_WIDENING
from training.history.synthetic import generate_views
from training.model.forecast_model import LEVELS, ForecastModel
from training.model.forecaster import Forecaster
from training.model.windows import HORIZON_DAYS, N_FEATURES, Float64
from training.sigmoids.arithmetic.activations import SIGMOID
from training.sigmoids.arithmetic.coefficients import Coefficients
from training.store.model_store import ModelStore

TODAY = np.datetime64("2026-11-20", "D")


def today(n: int) -> np.ndarray:
    return np.full(n, TODAY)


@pytest.fixture(scope="module")
def prior(trained_models: Path) -> Forecaster:
    """What was really learned from generated histories."""
    return ModelStore(trained_models).load_last_good().model


@given(
    seed=st.integers(0, 99),
    views=st.lists(st.one_of(st.just(np.nan), st.floats(0, 1e15)), min_size=7, max_size=500),
    horizon=st.integers(1, 365),
)
def test_no_forecast_is_negative_infinite_or_crossed(seed: int, views: list[float], horizon: int) -> None:
    forecasts = a_model(seed).predict([np.array(views)], today(1), horizon, LEVELS)
    everything = np.concatenate([forecasts.median[None], forecasts.lower, forecasts.upper])
    assert everything.shape == (5, 1, horizon)
    assert np.isfinite(everything).all()
    assert (everything >= 0).all()
    narrow, wide = 0, 1
    assert (forecasts.lower[wide] <= forecasts.lower[narrow]).all()
    assert (forecasts.lower[narrow] <= forecasts.median).all()
    assert (forecasts.median <= forecasts.upper[narrow]).all()
    assert (forecasts.upper[narrow] <= forecasts.upper[wide]).all()


def test_many_series_are_forecast_as_each_alone() -> None:
    views = list(generate_views(6, 300, 5))
    together = a_model().predict(views, today(6), 60)
    for number, counts in enumerate(views):
        alone = a_model().predict([counts], today(1), 60)
        np.testing.assert_allclose(together.median[number], alone.median[0], rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("horizon", [1, 7, 28, 40])
def test_short_and_long_series_with_gaps_are_forecast_together_as_each_alone(
    prior: Forecaster, horizon: int
) -> None:
    views = [row[-n:].copy() for row, n in zip(generate_views(5, 600, 6), (7, 30, 56, 200, 600), strict=True)]
    for gap in views[1:]:
        gap[-20:-15] = np.nan
    together = prior.predict(views, today(5), horizon)
    for number, counts in enumerate(views):
        alone = prior.predict([counts], today(1), horizon)
        np.testing.assert_allclose(together.views[number], alone.views[0], rtol=1e-4, atol=1e-3)


def test_fewer_days_and_levels_are_a_part_of_all_of_them(prior: Forecaster) -> None:
    views = list(generate_views(3, 56, 7))
    everything, part = prior.predict(views, today(3), 365), prior.predict(views, today(3), 7, (95,))
    np.testing.assert_allclose(part.median, everything.median[:, :7], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(part.lower[0], everything.lower[1][:, :7], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(part.upper[0], everything.upper[1][:, :7], rtol=1e-5, atol=1e-5)


def test_intervals_of_a_higher_level_are_never_narrower_whatever_was_calibrated(prior: Forecaster) -> None:
    assert isinstance(prior, ForecastModel)
    widths = prior.widths * np.array([[1.5], [0.7]])
    crossing = replace(prior, widths=widths, far_growth=prior.far_growth[::-1] * [[1.2], [1.0]])
    views = list(generate_views(50, 300, 8))
    levels = (50, 80, 85, 95, 99)
    forecasts = crossing.predict(views, today(50), 60, levels)
    assert (np.diff(forecasts.lower, axis=0) <= 1e-6).all()
    assert (np.diff(forecasts.upper, axis=0) >= -1e-6).all()
    np.testing.assert_allclose(crossing.predict(views, today(50), 60, (95,)).upper[0], forecasts.upper[3])


def test_an_adapted_interval_does_not_depend_on_the_others_that_are_asked_for(prior: Forecaster) -> None:
    views, factors = list(generate_views(1, 300, 8)), np.array([[[2.7, 1.0], [2.7, 1.0]]])
    both = prior.predict(views, today(1), 7, (80, 95), width_factors=factors)
    alone = prior.predict(views, today(1), 7, (95,), width_factors=factors)
    np.testing.assert_allclose(alone.upper[0], both.upper[1])


def test_levels_come_in_the_order_asked_for() -> None:
    views = list(generate_views(2, 100, 5))
    both = a_model().predict(views, today(2), 5, (95, 80))
    single = a_model().predict(views, today(2), 5, (80,))
    np.testing.assert_array_equal(both.lower[1], single.lower[0])


@pytest.mark.parametrize(
    ("views", "horizon", "levels", "problem"),
    [
        (6, 1, (80,), "6 days long"),
        (7, 0, (80,), "horizon is 0"),
        (7, 366, (80,), "366"),
        (7, 1, (49,), "49"),
    ],
)
def test_what_cannot_be_forecast_is_refused_with_the_reason(
    views: int, horizon: int, levels: tuple[int, ...], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        a_model().predict([np.ones(views)], today(1), horizon, levels)


def test_arrays_rebuild_the_same_model_and_wrong_ones_are_refused() -> None:
    arrays = a_model().to_arrays()
    assert is_same_model(ForecastModel.from_arrays(arrays), a_model())
    with pytest.raises(ValueError, match="constant has shape"):
        ForecastModel.from_arrays({**arrays, "constant": np.zeros(3, np.float32)})
    with pytest.raises(ValueError, match="not finite"):
        ForecastModel.from_arrays({**arrays, "offsets": arrays["offsets"] * np.nan})
    with pytest.raises(ValueError, match="must have"):
        ForecastModel.from_arrays({})


def test_a_blend_predicts_the_average_of_its_parts_day_by_day() -> None:
    parts = [a_model(0).coefficients, a_model(1).coefficients]
    X = np.random.default_rng(0).normal(size=(5, N_FEATURES)).astype(np.float32)
    first = np.linspace(0.1, 0.9, HORIZON_DAYS)
    blended = blend(parts, np.stack([first, 1.0 - first]), NO_WIDENING)
    raw = [_unsorted(part, X).reshape(5, -1, HORIZON_DAYS) for part in (*parts, blended.coefficients)]
    np.testing.assert_allclose(raw[2], first * raw[0] + (1.0 - first) * raw[1], rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("n_days", [1, 9, HORIZON_DAYS])
def test_the_first_days_are_forecast_as_the_sum_of_sigmoids_says(n_days: int) -> None:
    model = a_model(3)
    X = np.random.default_rng(0).normal(size=(5, N_FEATURES)).astype(np.float32)
    by_quantile = _unsorted(model.coefficients, X).reshape(5, -1, HORIZON_DAYS)
    expected = np.sort(by_quantile, axis=1)[..., :n_days]
    np.testing.assert_allclose(model.scaled_quantiles(X)[..., :n_days], expected, rtol=1e-3, atol=1e-3)


def _unsorted(coefficients: Coefficients, X: np.ndarray) -> np.ndarray:
    return coefficients.components(X, SIGMOID).sum(axis=1)


def test_the_prior_beats_the_weekly_copy_on_histories_that_it_has_not_seen(prior: Forecaster) -> None:
    views = generate_views(300, 500, 12345)
    known, actual = views[:, :-28], views[:, -28:]
    median = prior.predict(list(known), today(300), 28).median
    copy = np.tile(known[:, -7:], 4)
    errors = [np.abs(forecast - actual).mean(axis=1) + 1e-9 for forecast in (median, copy)]
    assert np.exp(np.mean(np.log(errors[0] / errors[1]))) < 0.85


@pytest.mark.parametrize(("first", "last"), [(0, 28), (28, 84), (84, 180)])
def test_intervals_of_the_prior_cover_about_what_they_promise_also_far_ahead(
    prior: Forecaster, first: int, last: int
) -> None:
    views = generate_views(400, 600, 54321)
    forecasts = prior.predict(list(views[:, :420]), today(400), 180)
    actual = views[:, 420:]
    inside = ((actual >= forecasts.lower) & (actual <= forecasts.upper))[:, :, first:last].mean(axis=(1, 2))
    assert 0.72 < inside[0] < 0.88
    assert 0.90 < inside[1] < 0.985


@pytest.mark.parametrize(
    ("views", "low", "high"),
    [
        (np.full(400, 1000.0), 950, 1050),
        (np.zeros(100), 0, 0.5),
        (np.full(60, 1e9), 9e8, 1.1e9),
        (np.append(np.full(99, 200.0), 20_000.0), 150, 20_000),
        (np.full(3650, 50.0), 45, 55),
        (np.full(7, 300.0), 250, 350),
    ],
    ids=["constant", "never seen", "a billion a day", "a spike yesterday", "ten years", "one week"],
)
def test_plain_histories_get_sensible_forecasts(
    prior: Forecaster, views: Float64, low: float, high: float
) -> None:
    median = prior.predict([views], today(1), 28).median
    assert (median >= low).all()
    assert (median <= high).all()
