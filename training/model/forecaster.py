"""What forecasts views, whatever it is made of: the store keeps it, and the service asks it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from training.history.events import SeriesEvents
from training.history.series import History
from training.model.forecast_model import LEVELS
from training.model.forecasts import Forecasts
from training.model.totals import TotalWidths
from training.model.windows import Days, Float32, Float64


class Forecaster(Protocol):
    """A fitted model: `ForecastModel` where no events are known, `EventModel` where there are."""

    @property
    def known_events(self) -> tuple[str, ...]:
        """The events that change its forecasts; their days are to be given."""

    def predict(
        self,
        views: Sequence[Float64],
        last_dates: Days,
        horizon: int,
        levels: Sequence[int] = LEVELS,
        events: Sequence[SeriesEvents] | None = None,
        width_factors: Float64 | None = None,
    ) -> Forecasts:
        """Forecast the days after each series; `ForecastModel.predict` says what is given and returned."""

    @property
    def total_widths(self) -> TotalWidths:
        """How wide the intervals of totals are beside those of their parts."""

    def without_events(self, history: History) -> History:
        """Give the views that there would have been without the events that it knows."""

    def scaled_quantiles(self, X: Float32) -> Float32:
        """Evaluate the sum of sigmoids on windows of views without events: (n_windows, 5, 28)."""

    def to_arrays(self) -> dict[str, NDArray[np.floating]]:
        """Return the sum of sigmoids as plain arrays by name."""

    def to_document(self) -> dict[str, Any] | None:
        """Return what is known of events, as JSON can say it; None when nothing is."""
