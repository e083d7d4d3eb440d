"""Fit the prior: a model that is fitted on generated histories only."""

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
    """Settings of the prior.

    Attributes
    ----------
    n_series : int, default=100_000
        Number of generated histories; each gives four windows.
    n_sigmoids : int, default=192
        Number of sigmoids of each sum.
    n_sums : int, default=2
        Number of sums, fitted from different random starts; the prior is their average.
    n_steps : int, default=12_000
        Number of steps of Adam, with one minibatch each.
    alpha : float, default=0.3
        Strength of the penalty.
    widening_tomorrow, widening_in_four_weeks : float, default=1.15, 1.02
        Factors for the half-widths of intervals 1 and 28 days ahead, because real series vary more from day
        to day than generated ones. They were chosen so that the coverage equals the level on real channels
        and pages, on days that no evaluation uses. The logarithm of the factor is linear in the logarithm of
        the number of days ahead.
    n_long_series : int, default=6_000
        Number of other generated histories, for the intervals of days and totals up to a year ahead.
    random_state : int, default=0
        Seed of the histories and of the fits.
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
    """Fit the prior to generated histories.

    Parameters
    ----------
    settings : PriorSettings
    progress : callable
        Called with the name of the step and the fraction of all work that is done, 0 to 1.

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
    """Calibrate the intervals of a fitted prior.

    The widths up to 28 days come from the settings. The growth beyond 28 days and the widths of totals are
    measured on other generated histories.

    Parameters
    ----------
    prior : ForecastModel
        The fitted prior.
    settings : PriorSettings

    Returns
    -------
    ForecastModel
        The same model with these widths.
    """
    near, far = np.log([settings.widening_tomorrow, settings.widening_in_four_weeks])
    days = np.log(np.arange(1, HORIZON_DAYS + 1)) / np.log(HORIZON_DAYS)
    prior = replace(prior, widths=np.exp(near + (far - near) * days) * NO_WIDENING)
    prior = replace(prior, far_growth=generated_growth(prior, settings.n_long_series, CALIBRATION_SEED))
    totals = generated_total_widths(prior, settings.n_long_series, CALIBRATION_SEED)
    return replace(prior, total_widths=totals)
