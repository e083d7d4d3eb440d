"""Scores of each series by horizon, with reasons why it is hard to forecast."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.disk.durable import replace
from training.evaluation.diagnosis import reasons
from training.evaluation.held_out import HeldOutForecasts
from training.history.known_days import ratio
from training.history.names import cell_of
from training.model.forecast_model import LEVELS
from training.store.scores import HORIZONS


@dataclass(frozen=True)
class HorizonScore:
    """The scores of one series for one horizon.

    `mae`, `relative` and `coverage` are NaN when no day is known.

    Attributes
    ----------
    n_days : number of known days over all forecasts; a day counts once for each forecast of it
    mae : mean absolute error in views a day
    relative : `mae` divided by that of the weekly copy, as `relative_errors` does
    coverage : share of the days within the interval of each level
    """

    n_days: int
    mae: float
    relative: float
    coverage: tuple[float, ...]


@dataclass(frozen=True)
class SeriesScore:
    """The scores of one series.

    Attributes
    ----------
    name : str
        The label of the series.
    mean_views : float
        Mean views a day on the held-out days; NaN when none is known.
    horizons : dict of str to HorizonScore
        By "1", "1-7" and "1-28" days ahead.
    reasons : list of str
        Reasons why the series is hard to forecast, from `diagnosis`.
    """

    name: str
    mean_views: float
    horizons: dict[str, HorizonScore]
    reasons: list[str]

    @property
    def relative(self) -> float:
        """Error 1 to 28 days ahead, divided by that of the weekly copy."""
        return self.horizons["1-28"].relative


def score_series(forecasts: HeldOutForecasts) -> list[SeriesScore]:
    """Score every series; the largest error relative to the weekly copy comes first.

    Parameters
    ----------
    forecasts : HeldOutForecasts

    Returns
    -------
    list of SeriesScore
        Series without a known held-out day come last.
    """
    by_horizon = {label: _horizon_scores(forecasts, n_days) for label, n_days in HORIZONS.items()}
    mean_views = forecasts.mean_views().tolist()
    error = np.abs(forecasts.median - forecasts.truth)
    scores = [
        SeriesScore(
            series.label,
            mean_views[number],
            {label: horizon[number] for label, horizon in by_horizon.items()},
            reasons(series, forecasts.origins, forecasts.truth[:, number], error[:, number]),
        )
        for number, series in enumerate(forecasts.series)
    ]
    return sorted(scores, key=lambda score: np.inf if np.isnan(score.relative) else -score.relative)


def _horizon_scores(forecasts: HeldOutForecasts, n_days: int) -> list[HorizonScore]:
    """Score each series over the first days ahead."""
    n_known = (~np.isnan(forecasts.truth[:, :, :n_days])).sum(axis=(0, 2))
    inside = forecasts.inside()[..., :n_days].sum(axis=(0, 3))
    columns = (
        n_known,
        forecasts.errors(forecasts.median, n_days),
        forecasts.relative_errors(forecasts.median, n_days),
        ratio(inside.astype(float), n_known.astype(float)).T,
    )
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [HorizonScore(n, mae, relative, tuple(coverage)) for n, mae, relative, coverage in rows]


def write_scores(scores: list[SeriesScore], path: Path) -> None:
    """Write a CSV file with a row for each series and horizon; unknown values are empty.

    An existing file is replaced in one step. Raises `OSError` when the file cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    coverage = [f"coverage_{level}" for level in LEVELS]
    writer.writerow(["series", "days_ahead", "days", "mae", "relative_to_weekly_copy", *coverage, "reasons"])
    for score in scores:
        for label, horizon in score.horizons.items():
            numbers = [_text(number) for number in (horizon.mae, horizon.relative, *horizon.coverage)]
            writer.writerow([cell_of(score.name), label, horizon.n_days, *numbers, "; ".join(score.reasons)])
    replace(path, text.getvalue().encode())


def _text(number: float) -> str:
    return "" if np.isnan(number) else f"{number:.4f}"
