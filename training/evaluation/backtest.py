"""A complete backtest: fit without the most recent days, forecast them, and score the forecasts."""

from __future__ import annotations

from dataclasses import dataclass

from training.errors import ViewcastError
from training.evaluation.baselines import linear_models
from training.evaluation.held_out import HeldOutForecasts, forecast_held_out
from training.evaluation.scoring import score
from training.evaluation.series_scores import SeriesScore, score_series
from training.fitting.forecaster import ForecastTrainer
from training.fitting.kept_prior import load_prior
from training.fitting.training_windows import held_out_start
from training.history.series import History
from training.progress import Progress, part
from training.store.scores import Scores


class NothingToScoreError(ViewcastError):
    """The history has no day for which a forecast can be scored."""


@dataclass(frozen=True)
class BacktestResult:
    """The result of a backtest.

    Attributes
    ----------
    scores : Scores
        Of the model and the baselines, over all series.
    forecasts : HeldOutForecasts
    series : list of SeriesScore
        The series with the largest relative error comes first.
    """

    scores: Scores
    forecasts: HeldOutForecasts
    series: list[SeriesScore]


def run_backtest(history: History, random_state: int, progress: Progress) -> BacktestResult:
    """Fit on the days before the held-out days, as a training run does, and score the held-out days.

    Parameters
    ----------
    history : History
    random_state : int
        Seed of all random numbers.
    progress : callable
        Called with the name of the current step and the completed fraction of the whole, 0 to 1.

    Returns
    -------
    BacktestResult

    Raises
    ------
    NothingToScoreError
        When no series has both seven days before the held-out days and a held-out day, or no count is known
        for the first day of any forecast.
    """
    first_origin = held_out_start(history)
    forecaster = ForecastTrainer(load_prior(), random_state)
    fitted = forecaster.fit(history.before(first_origin), part(progress, 0.0, 0.8))
    progress("forecasting the held-out days", 0.8)
    forecasts = forecast_held_out(fitted.model, history, first_origin)
    if forecasts is None:
        raise NothingToScoreError(
            f"no series has a week before {first_origin}, where the held-out days begin, and a day from then "
            "on; give five weeks of a series at the least"
        )
    progress("scoring", 0.9)
    scores = score(forecasts, linear_models(history, first_origin))
    return BacktestResult(scores, forecasts, score_series(forecasts))
