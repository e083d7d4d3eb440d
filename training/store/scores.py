"""Scores on the held-out days, in the form that the manifest stores."""

from __future__ import annotations

from dataclasses import dataclass

# Name of the model in tables with the baselines.
METHOD = "sum of sigmoids"
# Days ahead that are scored together: name, and number of days from the first day ahead on.
HORIZONS = {"1": 1, "1-7": 7, "1-28": 28}

# A number for each method and horizon; None where it is not finite.
ScoreTable = dict[str, dict[str, float | None]]


@dataclass(frozen=True)
class Scores:
    """Errors of the model and the baselines on the held-out days, and the coverage of the intervals.

    Attributes
    ----------
    methods : dict of str to dict of str to float
        For each method and horizon, the geometric mean over the series of the mean absolute error divided by
        that of the weekly copy; below 1 is better than the copy.
    mae : dict of str to dict of str to float
        For each method and horizon, the mean absolute error in views a day.
    coverage : dict of str to float
        For each level ("80", "95"), the share of known held-out days within the model's intervals.
    n_series, n_origins : int
        Number of series, and of origins for each series.
    first_origin, last_origin : str
        ISO dates of the first and the last origin; an origin is the first day of a forecast.
    """

    methods: ScoreTable
    mae: ScoreTable
    coverage: dict[str, float | None]
    n_series: int
    n_origins: int
    first_origin: str
    last_origin: str
