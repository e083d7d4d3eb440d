"""Putting sums together changes how they are written, not what they compute."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from training.sigmoids import SumOfSigmoidsRegressor, add_inputs, merge
from training.sigmoids.checks import Floats


def fitted(seed: int, **settings: Any) -> tuple[SumOfSigmoidsRegressor, Floats]:
    random = np.random.default_rng(seed)
    X, Y = random.normal(size=(80, 4)), random.normal(size=(80, 2))
    settings = {"solver": "adam", "max_iter": 5, "linear_term": True, **settings}
    return SumOfSigmoidsRegressor(seed + 3, random_state=seed, **settings).fit(X, Y), X


def test_a_weighted_average_of_sums_is_one_sum() -> None:
    (first, X), (second, _) = fitted(0), fitted(5)
    merged = merge([first, second], shares=[0.3, 0.7])
    assert merged.n_sigmoids == first.n_sigmoids + second.n_sigmoids
    average = 0.3 * first.predict(X) + 0.7 * second.predict(X)
    np.testing.assert_allclose(merged.predict(X), average, atol=1e-12)


def test_equals_are_averaged_when_no_shares_are_given() -> None:
    (first, X), (second, _) = fitted(0), fitted(5)
    average = (first.predict(X) + second.predict(X)) / 2
    np.testing.assert_allclose(merge([first, second]).predict(X), average, atol=1e-12)


def test_a_merged_sum_keeps_the_names_of_its_features() -> None:
    X = pd.DataFrame(np.random.default_rng(0).normal(size=(40, 2)), columns=["level", "slope"])
    model = SumOfSigmoidsRegressor(3, solver="adam", max_iter=3, random_state=0).fit(X, X["level"])
    merged = merge([model, model])
    assert merged.feature_names_in_.tolist() == ["level", "slope"]
    np.testing.assert_allclose(merged.predict(X), model.predict(X))


@pytest.mark.parametrize("difference", [{"activation": "relu"}, {"loss": "quantile"}])
def test_sums_that_do_not_fit_together_are_refused(difference: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(difference))):
        merge([fitted(0)[0], fitted(1, **difference)[0]])


def test_shares_are_one_a_model() -> None:
    with pytest.raises(ValueError, match="share for each of 2"):
        merge([fitted(0)[0], fitted(1)[0]], shares=[1.0])


def test_merging_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="one fitted model at least"):
        merge([])


def test_new_inputs_change_nothing_until_a_fit_uses_them() -> None:
    model, X = fitted(0)
    wider = add_inputs(model, 3)
    noise = np.random.default_rng(1).normal(size=(80, 3)) * 1e6
    np.testing.assert_allclose(wider.predict(np.hstack([X, noise])), model.predict(X))


def test_a_fit_that_starts_from_a_widened_sum_learns_from_the_new_input() -> None:
    random = np.random.default_rng(0)
    X = random.normal(size=(300, 2))
    y = X[:, 0] + 3 * X[:, 1]
    narrow = SumOfSigmoidsRegressor(5, linear_term=True, random_state=0).fit(X[:, :1], y)
    wide = SumOfSigmoidsRegressor(5, linear_term=True, random_state=0).fit(X, y, start=add_inputs(narrow, 1))
    assert wide.score(X, y) > 0.99 > 0.5 > narrow.score(X[:, :1], y)


def test_components_sum_to_the_prediction() -> None:
    model, X = fitted(0)
    np.testing.assert_allclose(model.components(X).sum(axis=1), model.predict(X), atol=1e-12)
