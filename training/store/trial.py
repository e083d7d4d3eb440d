"""The trial of a version: forecasts of fixed series, stored at publication and repeated before use.

A model file may be valid in form and still give wrong forecasts. A version is refused when its forecasts of
the trial differ from those at publication.
"""

import json
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from training.disk.plain_json import read_plain
from training.history.events import EventDays
from training.model.forecaster import Forecaster

# Limits of a model: they keep a forecast within milliseconds, and sums within the range of float32.
MOST_SIGMOIDS = 8_192
LARGEST_NUMBER = 1e9

HORIZON_DAYS = 42
LAST_DATES = np.array(["2026-11-20", "2026-11-21", "2026-12-23"], "datetime64[D]")
# Tolerances for the comparison, because processors round differently.
_RELATIVE_TOLERANCE = 1e-3
_ABSOLUTE_TOLERANCE = 0.05


class TrialError(ValueError):
    """The model does not pass the trial: it exceeds a limit, or a forecast differs or is not finite."""


def trial_bytes(models: Mapping[str, Forecaster]) -> bytes:
    """Forecast the trial with each model, given by file name; return the content of the JSON file.

    Raises `TrialError` when a model exceeds a limit or a forecast is not finite.
    """
    answers = {file: trial_forecast(model).tolist() for file, model in models.items()}
    return (json.dumps(answers, sort_keys=True) + "\n").encode()


def check_trial(model: Forecaster, content: bytes, file: str) -> None:
    """Forecast the trial with a model, and compare the result with the stored forecasts.

    Parameters
    ----------
    model : the model to check
    content : result of `trial_bytes`
    file : file name of the model

    Raises
    ------
    TrialError
        When the model exceeds a limit, its forecasts are not finite or differ from the stored ones, or
        `content` has no forecasts of `file`.
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
    """Forecast the trial's series 42 days ahead, with all events of the model on the first day.

    Returns
    -------
    ndarray of shape (n_series, 42, 5)
        Views a day, rounded to two decimals.

    Raises
    ------
    TrialError
        When the model exceeds a limit, or a forecast is not finite.
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
    """Give three series: long, with weekly and yearly patterns; short, with few views; and with gaps."""
    days = np.arange(480)
    year = 900 + 200 * np.sin(2 * np.pi * days / 365) + 80 * np.cos(2 * np.pi * days / 7) + days
    with_gaps = np.where(days[:70] % 11 == 5, np.nan, 5e5 + 4e4 * (days[:70] % 7))
    return [year.round(), np.array([0.0, 3, 0, 1, 7, 2, 0, 0, 4, 1]), with_gaps]
