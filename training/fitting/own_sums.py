"""The sums that are fitted to a history: two for each group of days ahead, and their number of sigmoids.

The number of sigmoids is chosen from three, on held-out days. With each number, a sum is fitted to the days
before, in few steps. The loss of its average with the prior is measured, because the final model is such an
average, too.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from training.fitting.blending import DAYS_AHEAD, pinball_losses
from training.fitting.intervals import NO_WIDENING
from training.fitting.quantile_fits import ALL_DAYS, QuantileFit, fit_all
from training.fitting.training_windows import SupervisedWindows, n_days, n_stretches, windows_of
from training.history.series import History
from training.model.forecast_model import ForecastModel
from training.model.windows import CONTEXT_DAYS, FEATURE_GROUPS, HORIZON_DAYS, N_FEATURES
from training.progress import Progress, silent

USUAL_SIGMOIDS = 48
OTHER_SIGMOIDS = (24, 96)
# Another number than the usual one is chosen only if its held-out loss is smaller by this share.
LEAST_GAIN = 0.01
TRIED_WINDOWS, TRIED_STEPS = 10_000, 200
ALPHA = 0.1
# Steps of Adam for `STEPS_FOR_WINDOWS` windows; they grow with the square root of the number of windows.
STEPS = 400
MOST_STEPS = 2_000
STEPS_FOR_WINDOWS = 2_500
# Adam uses about a million windows; of a much larger sample, windows would not be used twice.
MOST_WINDOWS = 200_000
# With fewer independent stretches of 28 days than this, fitted sums do not improve on the prior. One series
# of a year and a half has 20.
FEWEST_STRETCHES = 20.0
# From fewer days, yearly patterns and the return of a series to its long-term level cannot be estimated.
ALL_FEATURES_FROM_DAYS = 2 * 365

ALL_FEATURES = np.arange(N_FEATURES)
_weekdays = ALL_FEATURES[FEATURE_GROUPS["weekday"]]
FOUR_WEEKS = np.concatenate([np.arange(CONTEXT_DAYS - HORIZON_DAYS, CONTEXT_DAYS), _weekdays])
EIGHT_WEEKS = np.concatenate([np.arange(CONTEXT_DAYS + 2), _weekdays])


@dataclass(frozen=True)
class SigmoidChoice:
    """The number of sigmoids of each sum that is fitted to the history.

    Attributes
    ----------
    number : int
    losses : dict of int to float
        Held-out pinball loss of each number that was tried; empty when none was tried.
    """

    number: int
    losses: dict[int, float] = field(default_factory=dict)


def own_windows(history: History, n_windows: int, random_state: int) -> SupervisedWindows | None:
    """Draw windows of a history, as `windows_of` does; None when the history is too short for a fit."""
    if not history.series or n_stretches(history, n_days(history)) < FEWEST_STRETCHES:
        return None
    windows = windows_of(history, n_windows, np.random.default_rng(random_state))
    return windows if windows.teach_every_day() else None


def choose_n_sigmoids(
    prior: ForecastModel,
    past: History,
    held_out: SupervisedWindows,
    random_state: int = 0,
    progress: Progress = silent,
) -> SigmoidChoice:
    """Choose the number of sigmoids on held-out days.

    Parameters
    ----------
    prior : ForecastModel
    past : History
        The days before the held-out ones.
    held_out : SupervisedWindows
        Windows of the held-out days.
    random_state : int, default=0
        Seed of the sample of windows and of the fits.
    progress : callable
        Called with the name of the step and the fraction of it that is done, 0 to 1.

    Returns
    -------
    SigmoidChoice
        48 when the history is too short to fit a sum, or without held-out windows.
    """
    windows = own_windows(past, TRIED_WINDOWS, random_state)
    if windows is None or len(held_out) == 0:
        return SigmoidChoice(USUAL_SIGMOIDS)
    numbers = sorted([USUAL_SIGMOIDS, *OTHER_SIGMOIDS])
    inputs = ALL_FEATURES if n_days(past) >= ALL_FEATURES_FROM_DAYS else EIGHT_WEEKS
    fits = [
        QuantileFit(windows, number, TRIED_STEPS, ALPHA, inputs, ALL_DAYS, random_state) for number in numbers
    ]
    usual = prior.scaled_quantiles(held_out.X)
    losses = {}
    for number, fitted in zip(numbers, fit_all(fits, "choosing how many sigmoids", progress), strict=True):
        learned = ForecastModel(fitted.coefficients, NO_WIDENING).scaled_quantiles(held_out.X)
        losses[number] = float(pinball_losses(np.float32(0.5) * (usual + learned), held_out.Y).mean())
    return SigmoidChoice(_best(losses), losses)


def _best(losses: dict[int, float]) -> int:
    """Give the number with the smallest loss, if it is better than the usual one by `LEAST_GAIN`."""
    best = min(losses, key=lambda number: losses[number])
    gains = losses[best] < (1.0 - LEAST_GAIN) * losses[USUAL_SIGMOIDS]
    return best if gains else USUAL_SIGMOIDS


def own_fits(
    windows: SupervisedWindows, n_days: int, n_sigmoids: int, random_state: int
) -> dict[str, QuantileFit]:
    """Define two fits for each group of days ahead, with different inputs or random starts.

    The average of the two has a smaller error than each of them.

    Parameters
    ----------
    windows : SupervisedWindows
        Windows of the history.
    n_days : int
        Number of days of the history.
    n_sigmoids : int
        Number of sigmoids of each sum.
    random_state : int
        Seed of the first fit of each group; the second has the next integer.

    Returns
    -------
    dict of str to QuantileFit
        Fits by name, such as `days 1 to 1, start 1`.
    """
    n_steps = int(min(STEPS * max(len(windows) / STEPS_FOR_WINDOWS, 1.0) ** 0.5, MOST_STEPS))
    inputs = (ALL_FEATURES, ALL_FEATURES) if n_days >= ALL_FEATURES_FROM_DAYS else (FOUR_WEEKS, EIGHT_WEEKS)
    return {
        f"days {days.start + 1} to {days.stop}, start {start + 1}": QuantileFit(
            windows, n_sigmoids, n_steps, ALPHA, seen, days, random_state + start
        )
        for days in DAYS_AHEAD
        for start, seen in enumerate(inputs)
    }
