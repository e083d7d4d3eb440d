"""The interface of all models, for the code that stores and serves them."""

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
    """A fitted model: a `ForecastModel`, or an `EventModel` if it was trained with events."""

    @property
    def known_events(self) -> tuple[str, ...]:
        """Names of the events whose days `predict` uses."""

    def predict(
        self,
        views: Sequence[Float64],
        last_dates: Days,
        horizon: int,
        levels: Sequence[int] = LEVELS,
        events: Sequence[SeriesEvents] | None = None,
        width_factors: Float64 | None = None,
    ) -> Forecasts:
        """Forecast the days after each series; see `ForecastModel.predict` for parameters and result."""

    @property
    def total_widths(self) -> TotalWidths:
        """Factors for the intervals of totals."""

    def without_events(self, history: History) -> History:
        """Divide the views of a history by the factors of its events and holidays."""

    def scaled_quantiles(self, X: Float32) -> Float32:
        """Evaluate the sums of sigmoids on windows of views without events; shape (n_windows, 5, 28)."""

    def to_arrays(self) -> dict[str, NDArray[np.floating]]:
        """Return all arrays of the model, by name; the effects of events are not among them."""

    def to_document(self) -> dict[str, Any] | None:
        """Return the effects of events as a document for JSON; None for a model without events."""
