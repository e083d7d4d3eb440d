"""What learns from a history: two sums for each group of days ahead, and how many sigmoids each of them has.

Their number is chosen on held-out days, from few: each learns for a short while from what came before, and is
averaged there with the prior, as it will be.
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
# Another number is taken when its held-out loss is smaller by this share; less is chance.
LEAST_GAIN = 0.01
TRIED_WINDOWS, TRIED_STEPS = 10_000, 200
ALPHA = 0.1
# Adam's steps for a history of `STEPS_FOR_WINDOWS` windows; four times as many windows, twice as many steps.
STEPS = 400
MOST_STEPS = 2_000
STEPS_FOR_WINDOWS = 2_500
# Adam sees about a million windows; many more than these would not be seen twice.
MOST_WINDOWS = 200_000
# With fewer independent stretches of 28 days than this, a history teaches nothing that the prior does not
# know: one series of a year and a half has twenty.
FEWEST_STRETCHES = 20.0
# One year tells nothing of what comes back every year, nor from which level to which a series returns.
ALL_FEATURES_FROM_DAYS = 2 * 365

ALL_FEATURES = np.arange(N_FEATURES)
_weekdays = ALL_FEATURES[FEATURE_GROUPS["weekday"]]
FOUR_WEEKS = np.concatenate([np.arange(CONTEXT_DAYS - HORIZON_DAYS, CONTEXT_DAYS), _weekdays])
EIGHT_WEEKS = np.concatenate([np.arange(CONTEXT_DAYS + 2), _weekdays])


@dataclass(frozen=True)
class SigmoidChoice:
    """How many sigmoids each sum has that learns from the history.

    Attributes
    ----------
    number : int
    losses : dict of int to float
        Pinball loss of each number that was tried, on held-out days; empty when none was.
    """

    number: int
    losses: dict[int, float] = field(default_factory=dict)


def own_windows(history: History, n_windows: int, random_state: int) -> SupervisedWindows | None:
    """Draw windows of a history, if there is enough to learn from; see `windows_of`."""
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
    """Choose how many sigmoids learn from a history.

    Parameters
    ----------
    prior : ForecastModel
    past : History
        To learn from.
    held_out : SupervisedWindows
        Of the days that follow.
    random_state : int, default=0
    progress : callable
        Called with the step and the fraction of it that is done.

    Returns
    -------
    SigmoidChoice
        The usual number when there is too little to learn from, or to hold out.
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
    """The number of the smallest loss; the usual one unless another gains what is no chance."""
    best = min(losses, key=lambda number: losses[number])
    gains = losses[best] < (1.0 - LEAST_GAIN) * losses[USUAL_SIGMOIDS]
    return best if gains else USUAL_SIGMOIDS


def own_fits(
    windows: SupervisedWindows, n_days: int, n_sigmoids: int, random_state: int
) -> dict[str, QuantileFit]:
    """Two sums for each group of days ahead, of unlike inputs or starts: together they err less.

    Parameters
    ----------
    windows : SupervisedWindows
        Of the history.
    n_days : int
        How many days the history has.
    n_sigmoids : int
        Of each sum.
    random_state : int

    Returns
    -------
    dict of str to QuantileFit
        By what to call each.
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
