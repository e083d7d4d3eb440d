"""A backtest from start to end: fit without the most recent days, forecast them, score all and each."""

from __future__ import annotations

from dataclasses import dataclass

from training.evaluation.held_out import HeldOutForecasts, forecast_held_out
from training.evaluation.scores import Scores, backtest, held_out_start
from training.evaluation.series_scores import SeriesScore, score_series
from training.fitting.forecaster import ViewForecaster
from training.fitting.kept_prior import load_prior
from training.history.series import History
from training.progress import Report, part

# Of the forecasts that are looked at series by series; each takes two kilobytes.
MOST_FORECASTS = 200_000


class NothingToScoreError(ValueError):
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

    @property
    def n_left_out(self) -> int:
        """Number of series that count, but of which there are too many to look at each."""
        return self.forecasts.n_scorable - len(self.series)


def run_backtest(history: History, random_state: int, report: Report) -> BacktestResult:
    """Fit on what lies before the held-out days as `job` does, and score the forecasts of those.

    Parameters
    ----------
    history : History
    random_state : int
        Seed of everything random.
    report : callable
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
    forecaster = ViewForecaster(load_prior(), random_state)
    fitted = forecaster.fit(history.before(first_origin), part(report, 0.0, 0.8))
    report("forecasting the held-out days", 0.8)
    scores = backtest(fitted.model_, history, first_origin)
    report("looking at each series", 0.9)
    forecasts = forecast_held_out(fitted.model_, history, first_origin, MOST_FORECASTS)
    if scores is None or forecasts is None:
        raise NothingToScoreError(
            f"no series has a week before {first_origin}, where the held-out days begin, and a day from then "
            "on; give five weeks of a series at the least"
        )
    return BacktestResult(scores, forecasts, score_series(forecasts))
