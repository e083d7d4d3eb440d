"""A model with effects of events: it forecasts views without events, then multiplies by the events' factors.

Uses numpy only. A model that was trained without events is a plain `ForecastModel`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.history.events import SeriesEvents
from training.history.series import History
from training.model.event_effects import EventEffects
from training.model.forecast_model import LEVELS, ForecastModel
from training.model.forecaster import Forecaster
from training.model.forecasts import Forecasts
from training.model.totals import TotalWidths
from training.model.windows import LONG_CONTEXT_DAYS, Days, Float32, Float64


@dataclass(frozen=True)
class EventModel:
    """A model of views without events, and the effects of events.

    Parameters
    ----------
    base : ForecastModel
        Fitted on a history that was divided by the factors of its events.
    effects : EventEffects
    """

    base: ForecastModel
    effects: EventEffects

    @cached_property
    def known_events(self) -> tuple[str, ...]:
        """Names of the events whose days `predict` uses."""
        return tuple(self.effects.events)

    def predict(
        self,
        views: Sequence[Float64],
        last_dates: Days,
        horizon: int,
        levels: Sequence[int] = LEVELS,
        events: Sequence[SeriesEvents] | None = None,
        width_factors: Float64 | None = None,
    ) -> Forecasts:
        """Forecast the days after each series, as `ForecastModel.predict` does.

        Parameters
        ----------
        views, last_dates, horizon, levels, width_factors
            As in `ForecastModel.predict`.
        events : sequence of n_series mappings, default=None
            The past and future days of each series' events, by name. The days of holidays are part of the
            model.

        Returns
        -------
        Forecasts
        """
        tails = [days[-LONG_CONTEXT_DAYS:] for days in views]
        first_days = last_dates.astype("datetime64[D]").astype(np.int64) - LONG_CONTEXT_DAYS + 1
        factors = np.exp(self.effects.log_effects(first_days, LONG_CONTEXT_DAYS + horizon, events))
        past, coming = factors[:, :LONG_CONTEXT_DAYS], factors[:, LONG_CONTEXT_DAYS:]
        without = [days / row[LONG_CONTEXT_DAYS - len(days) :] for days, row in zip(tails, past, strict=True)]
        forecasts = self.base.predict(without, last_dates, horizon, levels, width_factors=width_factors)
        return Forecasts(forecasts.views * coming[..., None], forecasts.own_share)

    @property
    def total_widths(self) -> TotalWidths:
        """The widths of the intervals of totals; events are assumed not to change them."""
        return self.base.total_widths

    def without_events(self, history: History) -> History:
        """Divide the views of a history by the factors of its events and holidays."""
        return self.effects.without(history)

    def scaled_quantiles(self, X: Float32) -> Float32:
        """Evaluate the sums of sigmoids on windows of views without events, as `ForecastModel` does."""
        return self.base.scaled_quantiles(X)

    def to_arrays(self) -> dict[str, NDArray[np.floating]]:
        """Return the arrays of the base model, by name."""
        return self.base.to_arrays()

    def to_document(self) -> dict[str, Any]:
        """Return the effects of the events as a document for JSON."""
        return self.effects.to_document()


def with_events(model: ForecastModel, document: Mapping[str, Any] | None) -> Forecaster:
    """Add saved effects of events to a model.

    Parameters
    ----------
    model : ForecastModel
    document : result of `to_document`; None returns `model` unchanged

    Raises
    ------
    ValueError
        When the document has another form.
    """
    return model if document is None else EventModel(model, EventEffects.from_document(document))
