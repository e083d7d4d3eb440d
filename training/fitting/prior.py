"""What is learned from generated histories, before any real one is seen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from training.fitting.blending import blend, equal_shares
from training.fitting.far_growth import generated_growth
from training.fitting.intervals import NO_WIDENING
from training.fitting.quantile_fits import ALL_DAYS, QuantileFit, fit_all
from training.fitting.totals import generated_total_widths
from training.fitting.training_windows import generated_windows
from training.model.forecast_model import ForecastModel
from training.model.windows import CALENDAR_FEATURES, HORIZON_DAYS
from training.progress import Progress, part, silent

CALIBRATION_SEED = 9
WITHOUT_CALENDAR = np.arange(CALENDAR_FEATURES.start)


@dataclass(frozen=True)
class PriorSettings:
    """How the prior is learned.

    Attributes
    ----------
    n_series : int
        Generated histories, four windows of each.
    n_sigmoids : int
        Of each sum.
    n_sums : int
        Sums from random starts of their own; the prior is their average.
    n_steps : int
        Minibatches that Adam sees.
    alpha : float
        Strength of the penalty.
    widening_tomorrow, widening_in_four_weeks : float
        Real days are wilder than generated ones, and real levels return more: so much wider, tomorrow's
        intervals and those of the 28th day held what they promise on days of real channels and pages, those
        days of their histories that no forecast is judged by. In between by the logarithm of the days.
    n_long_series : int
        Other generated histories, which tell how wide intervals of days and totals are up to a year ahead.
    random_state : int
        Seed of the histories and of the fit.
    """

    n_series: int = 100_000
    n_sigmoids: int = 192
    n_sums: int = 2
    n_steps: int = 12_000
    alpha: float = 0.3
    widening_tomorrow: float = 1.15
    widening_in_four_weeks: float = 1.02
    n_long_series: int = 6_000
    random_state: int = 0


def fit_prior(settings: PriorSettings, progress: Progress = silent) -> ForecastModel:
    """Learn to forecast from generated histories, before any real one is seen.

    Parameters
    ----------
    settings : PriorSettings
    progress : callable
        Called with the step and the fraction of everything that is done.

    Returns
    -------
    ForecastModel
    """
    rng = np.random.default_rng(settings.random_state)
    windows = generated_windows(settings.n_series, rng, part(progress, 0.0, 0.4))
    fits = [
        QuantileFit(
            windows,
            settings.n_sigmoids,
            settings.n_steps,
            settings.alpha,
            WITHOUT_CALENDAR,
            ALL_DAYS,
            settings.random_state + number,
        )
        for number in range(settings.n_sums)
    ]
    sums = fit_all(fits, "learning from generated histories", part(progress, 0.4, 1.0))
    blended = blend([fitted.coefficients for fitted in sums], equal_shares(len(sums)), NO_WIDENING)
    return calibrated(blended, settings)


def calibrated(prior: ForecastModel, settings: PriorSettings) -> ForecastModel:
    """Measure on other generated histories what the learned quantiles do not tell.

    Parameters
    ----------
    prior : ForecastModel
        What was learned.
    settings : PriorSettings

    Returns
    -------
    ForecastModel
        With the widths of its intervals, and how they grow far ahead; and with those of totals.
    """
    near, far = np.log([settings.widening_tomorrow, settings.widening_in_four_weeks])
    days = np.log(np.arange(1, HORIZON_DAYS + 1)) / np.log(HORIZON_DAYS)
    prior = replace(prior, widths=np.exp(near + (far - near) * days) * NO_WIDENING)
    prior = replace(prior, far_growth=generated_growth(prior, settings.n_long_series, CALIBRATION_SEED))
    totals = generated_total_widths(prior, settings.n_long_series, CALIBRATION_SEED)
    return replace(prior, total_widths=totals)
