"""How well a model forecast the days that were held out of its training, as the manifest keeps it."""

from __future__ import annotations

from dataclasses import dataclass

# What the model is called beside the baselines.
METHOD = "sum of sigmoids"
# Days ahead that are scored together: a name, and the number of days from the first one on.
HORIZONS = {"1": 1, "1-7": 7, "1-28": 28}

# For each method, a number by horizon; None where it is not finite.
ScoreTable = dict[str, dict[str, float | None]]


@dataclass(frozen=True)
class Scores:
    """Errors of methods on the held-out days, and the coverage of the model's intervals.

    Attributes
    ----------
    methods : dict of str to dict of str to float
        For each method and horizon, the geometric mean over the series of the mean absolute error divided by
        that of the weekly copy: below 1 is better than copying.
    mae : dict of str to dict of str to float
        The same methods' mean absolute error, in views a day.
    coverage : dict of str to float
        For each level ("80"), the share of held-out days that lie inside the model's intervals.
    n_series, n_origins : int
        How many series were forecast, and from how many days each.
    first_origin, last_origin : str
        ISO dates of the first day forecast by the first and by the last forecast.
    """

    methods: ScoreTable
    mae: ScoreTable
    coverage: dict[str, float | None]
    n_series: int
    n_origins: int
    first_origin: str
    last_origin: str
