"""Models that nobody had to train: of the right shapes, and different for each seed."""

import numpy as np

from training.history.series import History, Series
from training.model.forecast_model import LEVELS, ForecastModel
from training.model.forecaster import Forecaster
from training.model.quantile_sum import QUANTILES
from training.model.windows import HORIZON_DAYS, N_FEATURES
from training.sigmoids.arithmetic.coefficients import Coefficients
from training.store.manifest import Source

N_SIGMOIDS = 3
SAMPLE = Source("sample")


def a_model(seed: int = 0) -> ForecastModel:
    rng = np.random.default_rng(seed)
    n_outputs = HORIZON_DAYS * len(QUANTILES)

    def numbers(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).astype(np.float32)

    coefficients = Coefficients(
        weights=numbers(N_SIGMOIDS, N_FEATURES),
        offsets=numbers(N_SIGMOIDS),
        amplitudes=numbers(N_SIGMOIDS, n_outputs),
        constant=numbers(n_outputs),
        linear_weights=numbers(N_FEATURES, n_outputs),
    )
    return ForecastModel(coefficients, np.ones((len(LEVELS), HORIZON_DAYS)))


def is_same_model(model: Forecaster, other: Forecaster) -> bool:
    others = other.to_arrays()
    return all(np.array_equal(array, others[name]) for name, array in model.to_arrays().items())


def a_history(n_days: int = 10) -> History:
    return History((Series("a", np.datetime64("2026-01-01"), np.arange(n_days, dtype=np.float64)),))
