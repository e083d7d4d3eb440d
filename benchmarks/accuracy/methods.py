"""What a method is: a name and a `fit` whose result forecasts; and what it leaves behind on held-out days."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.splits import Split
from training.history.files import History

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]

LEVELS = (80, 95)


class Forecasts(Protocol):
    """Views a day: `median` (n_series, horizon); `lower`, `upper` (n_levels, n_series, horizon) or None."""

    @property
    def median(self) -> Floats: ...
    @property
    def lower(self) -> Floats | None: ...
    @property
    def upper(self) -> Floats | None: ...


@dataclass(frozen=True)
class PeerForecasts:
    """`Forecasts` of a method that is not Viewcast's own."""

    median: Floats
    lower: Floats | None = None
    upper: Floats | None = None


Predict = Callable[[Sequence[Floats], Dates, int, Sequence[int]], Forecasts]


@dataclass(frozen=True)
class Method:
    """A way to forecast.

    Parameters
    ----------
    name : str
    fit : callable
        `fit(history)` returns `predict(views, last_dates, horizon, levels)`: views[i] ends on last_dates[i].
    settings : str, default=""
        Version and settings: whatever, besides its name and the views, decides what it forecasts.
    pooled : bool, default=False
        It learns from several series at once; otherwise it is given one series at a time.
    least_days : int, default=0
        It cannot be fitted on fewer days.
    """

    name: str
    fit: Callable[[History], Predict]
    settings: str = ""
    pooled: bool = False
    least_days: int = 0

    def run(self, part: Split, run_method: "RunMethod") -> "Run":
        """What `run_method` makes of it."""
        return run_method(self, part)


@dataclass(frozen=True)
class Combination:
    """The median of several methods' forecasts, and of each end of their intervals.

    Each of them is run, or taken from where it is kept; their seconds are added up.
    """

    name: str
    methods: tuple[Method, ...]
    pooled: bool = False
    least_days: int = 0

    def run(self, part: Split, run_method: "RunMethod") -> "Run":
        """The median of what `run_method` makes of each method."""
        runs = [run_method(method, part) for method in self.methods]
        lowers = [run.lower for run in runs if run.lower is not None]
        uppers = [run.upper for run in runs if run.upper is not None]
        return Run(
            median=np.median([run.median for run in runs], axis=0),
            lower=np.median(lowers, axis=0) if lowers else None,
            upper=np.median(uppers, axis=0) if uppers else None,
            seconds_to_fit=sum(run.seconds_to_fit for run in runs),
            seconds_to_forecast=sum(run.seconds_to_forecast for run in runs),
        )


@dataclass(frozen=True)
class Run:
    """What a method forecast on one split: `median` (n_series, n_origins, 28), `lower` and `upper`
    (n_levels, n_series, n_origins, 28) or None; CPU seconds of all its threads and processes."""

    median: Floats
    lower: Floats | None
    upper: Floats | None
    seconds_to_fit: float
    seconds_to_forecast: float


RunMethod = Callable[[Method, Split], Run]
Candidate = Method | Combination
