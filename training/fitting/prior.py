"""What is learned from generated histories, before any real one is seen."""

from __future__ import annotations

import numpy as np

from training.fitting.blending import blend, equal_shares
from training.fitting.quantile_fits import ALL_DAYS, NO_WIDENING, QuantileSum, fit_all
from training.fitting.training_windows import generated_windows
from training.model.forecast_model import ForecastModel
from training.model.windows import CALENDAR_FEATURES
from training.progress import Report, part, silent

PRIOR_SERIES = 100_000
PRIOR_SIGMOIDS = 192
PRIOR_RESTARTS = 2
PRIOR_STEPS = 12_000
PRIOR_ALPHA = 0.3
# Life is wilder than what is generated: so much wider, the prior's intervals held what they promise on days
# of real channels and pages, those days of their histories that no forecast is judged by.
REAL_WIDENING = 1.1
WITHOUT_CALENDAR = np.arange(CALENDAR_FEATURES.start)


def fit_prior(random_state: int = 0, report: Report = silent) -> ForecastModel:
    """Learn to forecast from generated histories, before any real one is seen.

    Parameters
    ----------
    random_state : int, default=0
        Seed of the histories and of the fit.
    report : callable
        Called with the step and the fraction of everything that is done.

    Returns
    -------
    ForecastModel
    """
    windows = generated_windows(PRIOR_SERIES, np.random.default_rng(random_state), part(report, 0.0, 0.4))
    wanted = [
        QuantileSum(
            windows,
            PRIOR_SIGMOIDS,
            PRIOR_STEPS,
            PRIOR_ALPHA,
            WITHOUT_CALENDAR,
            ALL_DAYS,
            random_state + restart,
        )
        for restart in range(PRIOR_RESTARTS)
    ]
    sums = fit_all(wanted, "learning from generated histories", part(report, 0.4, 1.0))
    return blend([one.model for one in sums], equal_shares(len(sums)), REAL_WIDENING * NO_WIDENING)
