"""Generated histories into which the effects of events were planted."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from training.history.days import day_number
from training.history.events import EventDays
from training.history.series import History, Series
from training.history.synthetic import generate_history

LAST_DATE = np.datetime64("2026-11-20")
N_DAYS = 730

# For each event: its days, and the factor on views.
Plan = Mapping[str, tuple[NDArray[np.int64], float]]


def on(days: Sequence[int] | NDArray[np.int64], value: float = 1.0) -> EventDays:
    return EventDays(np.array(days, np.int64), np.full(len(days), value))


def drawn_days(n: int, seed: int, length: int = 1) -> NDArray[np.int64]:
    """Days of n events of some days' length, anywhere but in the first two months."""
    first = day_number(LAST_DATE) - N_DAYS + 61
    starts = np.random.default_rng(seed).choice(
        np.arange(first, day_number(LAST_DATE) - length), n, replace=False
    )
    return np.unique(starts[:, None] + np.arange(length))


def planted(plan: Plan, n_series: int = 10, seed: int = 0, n_days: int = N_DAYS) -> History:
    """A generated history in which every day of an event has its factor as many views, whole ones."""
    history = generate_history(n_series, n_days, LAST_DATE, seed)
    series = []
    for member in history.series:
        views = member.views.copy()
        for days, factor in plan.values():
            inside = days - day_number(member.first_date)
            views[inside[(inside >= 0) & (inside < views.size)]] *= factor
        series.append(Series(member.name, member.first_date, np.round(views)))
    events = {name: on(days) for name, (days, _) in plan.items()}
    return History(tuple(series), (), {member.name: events for member in series})
