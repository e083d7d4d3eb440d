"""How well each series of a history was forecast, horizon by horizon, and why badly."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.disk.durable import replace
from training.evaluation.diagnosis import reasons
from training.evaluation.held_out import HeldOutForecasts
from training.evaluation.scores import HORIZONS
from training.model.forecast_model import LEVELS
from training.model.windows import Float64


@dataclass(frozen=True)
class HorizonScore:
    """Of one series and horizon.

    Attributes
    ----------
    n_days : days known among those forecast, each counted as often as it was forecast
    mae : mean absolute error in views a day; NaN when no day is known, as are the others
    relative : `mae` by that of the weekly copy; NaN as well where the copy made no error
    coverage : share of the days inside of each interval
    """

    n_days: int
    mae: float
    relative: float
    coverage: tuple[float, ...]


@dataclass(frozen=True)
class SeriesScore:
    """Of one series.

    Attributes
    ----------
    name : str
    mean_views : float
        Views of a held-out day; NaN when none is known.
    horizons : dict of str to HorizonScore
        By "1", "1-7" and "1-28" days ahead.
    reasons : list of str
        What makes it hard to forecast, as `diagnosis` finds it.
    """

    name: str
    mean_views: float
    horizons: dict[str, HorizonScore]
    reasons: list[str]

    @property
    def relative(self) -> float:
        """Error 1 to 28 days ahead, the weekly copy's being 1."""
        return self.horizons["1-28"].relative


def score_series(forecasts: HeldOutForecasts) -> list[SeriesScore]:
    """Score every series, the one forecast worst first, by its error relative to the weekly copy.

    Parameters
    ----------
    forecasts : HeldOutForecasts

    Returns
    -------
    list of SeriesScore
        Series without a relative error come last.
    """
    scores = [_score(forecasts, number) for number in range(len(forecasts.series))]
    return sorted(scores, key=lambda score: np.inf if np.isnan(score.relative) else -score.relative)


def _score(forecasts: HeldOutForecasts, number: int) -> SeriesScore:
    truth = forecasts.truth[:, number]
    error = np.abs(forecasts.median[:, number] - truth)
    copy_error = np.abs(forecasts.copy[:, number] - truth)
    lower, upper = forecasts.lower[:, :, number], forecasts.upper[:, :, number]
    inside = (truth[:, None] >= lower) & (truth[:, None] <= upper)
    horizons = {}
    for label, n_days in HORIZONS.items():
        known = ~np.isnan(truth[:, :n_days])
        mae, copy_mae = _mean(error[:, :n_days], known), _mean(copy_error[:, :n_days], known)
        horizons[label] = HorizonScore(
            int(known.sum()),
            mae,
            mae / copy_mae if copy_mae > 0 else float("nan"),
            tuple(_mean(inside[:, level, :n_days], known) for level in range(len(LEVELS))),
        )
    one = forecasts.series[number]
    mean_views = _mean(truth, ~np.isnan(truth))
    return SeriesScore(one.name, mean_views, horizons, reasons(one, forecasts.origins, truth, error))


def _mean(values: Float64 | NDArray[np.bool_], known: NDArray[np.bool_]) -> float:
    return float(values[known].mean()) if known.any() else float("nan")


def write_scores(scores: list[SeriesScore], path: Path) -> None:
    """Write a row a series and horizon as CSV, whole or not at all; what is not known is left empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    coverage = [f"coverage_{level}" for level in LEVELS]
    writer.writerow(["series", "days_ahead", "days", "mae", "relative_to_weekly_copy", *coverage, "reasons"])
    for score in scores:
        for label, one in score.horizons.items():
            numbers = [_text(number) for number in (one.mae, one.relative, *one.coverage)]
            writer.writerow([score.name, label, one.n_days, *numbers, "; ".join(score.reasons)])
    replace(path, text.getvalue().encode())


def _text(number: float) -> str:
    return "" if np.isnan(number) else f"{number:.4f}"
