"""A model that knows what events do: it forecasts as if there were none, and then multiplies.

numpy only, as all that serves. A model that was trained without events never comes here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from training.history.events import SeriesEvents
from training.history.series import History
from training.model.event_effects import EventEffects
from training.model.forecast_model import LEVELS, ForecastModel, Forecasts
from training.model.windows import LONG_CONTEXT_DAYS, Days, Float64


@dataclass(frozen=True)
class EventModel(ForecastModel):
    """A sum of sigmoids for views without events, and the effects of the events.

    Parameters
    ----------
    effects : EventEffects
        Those that were taken out of the history before the rest was fitted.
    """

    effects: EventEffects

    @classmethod
    def of(cls, model: ForecastModel, effects: EventEffects) -> EventModel:
        """Join a model of views without events and the effects of these."""
        return cls(
            **{field.name: getattr(model, field.name) for field in fields(ForecastModel)}, effects=effects
        )

    def predict(
        self,
        views: Sequence[Float64],
        last_dates: Days,
        horizon: int,
        levels: Sequence[int] = LEVELS,
        events: Sequence[SeriesEvents] | None = None,
    ) -> Forecasts:
        """Forecast the days after each series, as `ForecastModel.predict` does.

        Parameters
        ----------
        views, last_dates, horizon, levels
            As there.
        events : sequence of n_series mappings, default=none
            The days of each series' own events, past and to come. Holidays are known without.

        Returns
        -------
        Forecasts
        """
        tails = [days[-LONG_CONTEXT_DAYS:] for days in views]
        first_days = last_dates.astype("datetime64[D]").astype(np.int64) - LONG_CONTEXT_DAYS + 1
        factors = np.exp(self.effects.log_effects(first_days, LONG_CONTEXT_DAYS + horizon, events))
        past, coming = factors[:, :LONG_CONTEXT_DAYS], factors[:, LONG_CONTEXT_DAYS:]
        without = [days / row[LONG_CONTEXT_DAYS - len(days) :] for days, row in zip(tails, past, strict=True)]
        found = super().predict(without, last_dates, horizon, levels)
        return Forecasts(found.views * coming[..., None])

    def to_arrays(self) -> dict[str, NDArray[np.floating]]:
        """Return what the sum of sigmoids is made of; the effects have a file of their own."""
        return {field.name: getattr(self, field.name) for field in fields(ForecastModel)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.floating]]) -> ForecastModel:
        """Rebuild the sum of sigmoids alone."""
        return ForecastModel.from_arrays(arrays)


def known_events(model: ForecastModel) -> tuple[str, ...]:
    """Name the events that a model was trained to know; those whose days are to be given."""
    return tuple(model.effects.events) if isinstance(model, EventModel) else ()


def without_events(model: ForecastModel, history: History) -> History:
    """Give the views that a model's sum of sigmoids is about: those without the events that it knows."""
    return model.effects.without(history) if isinstance(model, EventModel) else history
