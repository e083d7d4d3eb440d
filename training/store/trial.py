"""A version's trial: forecasts of fixed series, kept at publication and made again before it is used.

A file can be sound in form and still break every answer. What does not forecast the trial as it did when it
was published is never put in use.
"""

import json
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from training.disk.plain_json import read_plain
from training.history.events import EventDays
from training.model.forecaster import Forecaster

# Some milliseconds a forecast, and numbers whose sums stay far from where float32 ends.
MOST_SIGMOIDS = 8_192
LARGEST_NUMBER = 1e9

HORIZON_DAYS = 42
LAST_DATES = np.array(["2026-11-20", "2026-11-21", "2026-12-23"], "datetime64[D]")
# Of the kept answers, which another processor rounds differently.
_RELATIVE_TOLERANCE = 1e-3
_ABSOLUTE_TOLERANCE = 0.05


class TrialError(ValueError):
    """The model does not forecast the trial as it did when it was published."""


def trial_bytes(models: Mapping[str, Forecaster]) -> bytes:
    """Forecast the trial, for each model by the name of its file; return a JSON file's content.

    Raises `TrialError` when a model has no right answer to give.
    """
    answers = {file: trial_forecast(model).tolist() for file, model in models.items()}
    return (json.dumps(answers, sort_keys=True) + "\n").encode()


def check_trial(model: Forecaster, content: bytes, file: str) -> None:
    """Forecast the trial, and compare.

    Parameters
    ----------
    model : what is to be put in use
    content : what `trial_bytes` returned
    file : which of its models this is

    Raises
    ------
    TrialError
        When the model holds more than it may, when the forecast is not finite, or not the one that was kept.
    """
    try:
        kept = np.array(read_plain(content)[file], dtype=np.float64)
    except (ValueError, TypeError, LookupError) as error:
        raise TrialError(f"it tells no forecasts of {file} ({error})") from error
    forecast = trial_forecast(model)
    if kept.shape != forecast.shape:
        raise TrialError(f"it has forecasts of shape {kept.shape}; {forecast.shape} would be right")
    if not np.allclose(forecast, kept, _RELATIVE_TOLERANCE, _ABSOLUTE_TOLERANCE):
        worst = np.unravel_index(np.argmax(np.abs(forecast - kept)), kept.shape)
        raise TrialError(f"the model forecasts {forecast[worst]:g} where it forecast {kept[worst]:g} then")


def trial_forecast(model: Forecaster) -> NDArray[np.float64]:
    """Forecast the trial's series six weeks ahead, with every event that the model knows on the first day.

    Returns
    -------
    ndarray of shape (n_series, 42, 5)
        Views a day, rounded to hundredths as answers are.

    Raises
    ------
    TrialError
        When the model holds more than it may, or a forecast that is not finite.
    """
    _check_bounds(model)
    events = [
        {name: EventDays(np.array([last + 1]), np.ones(1)) for name in model.known_events}
        for last in LAST_DATES.astype(np.int64)
    ]
    with np.errstate(all="ignore"):
        views = model.predict(_series(), LAST_DATES, HORIZON_DAYS, events=events).views
    if not np.isfinite(views).all():
        raise TrialError("the model forecasts numbers that are not finite")
    return views.round(2)


def _check_bounds(model: Forecaster) -> None:
    arrays = model.to_arrays()
    n_sigmoids = len(arrays["offsets"])
    if not 1 <= n_sigmoids <= MOST_SIGMOIDS:
        raise TrialError(f"the model has {n_sigmoids} sigmoids; 1 to {MOST_SIGMOIDS} are possible")
    for name, array in arrays.items():
        if np.abs(array).max() > LARGEST_NUMBER:
            raise TrialError(f"the model's {name} hold a number beyond {LARGEST_NUMBER:g}")


def _series() -> list[NDArray[np.float64]]:
    """A long series with a week, a year and a growth; a short one of small counts; one with gaps."""
    days = np.arange(480)
    year = 900 + 200 * np.sin(2 * np.pi * days / 365) + 80 * np.cos(2 * np.pi * days / 7) + days
    with_gaps = np.where(days[:70] % 11 == 5, np.nan, 5e5 + 4e4 * (days[:70] % 7))
    return [year.round(), np.array([0.0, 3, 0, 1, 7, 2, 0, 0, 4, 1]), with_gaps]
