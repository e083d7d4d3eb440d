"""A backtest from start to end: fit without the most recent days, forecast them, score all and each."""

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
    """The history has no day that could be forecast and compared."""


@dataclass(frozen=True)
class BacktestResult:
    """What came of a backtest.

    Attributes
    ----------
    scores : Scores
        Over all series, beside the baselines.
    forecasts : HeldOutForecasts
    series : list of SeriesScore
        The one forecast worst first.
    """

    scores: Scores
    forecasts: HeldOutForecasts
    series: list[SeriesScore]


def run_backtest(history: History, random_state: int, progress: Progress) -> BacktestResult:
    """Fit on what lies before the held-out days as a training run does, and score the forecasts of those.

    Parameters
    ----------
    history : History
    random_state : int
        Seed of everything random.
    progress : callable
        Called with the step and the fraction of everything that is done.

    Returns
    -------
    BacktestResult

    Raises
    ------
    NothingToScoreError
        When no series has a week before the held-out days and a day among them.
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
