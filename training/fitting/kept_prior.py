"""The prior that comes with the code: its arrays are in `prior.npz`, its origin in `prior.json`.

`python -m training prior` writes both files. The prior depends on settings, and on the code that generates
histories and fits sums. To detect a change of that code, a small prior (the miniature) is fitted, and its
forecasts are compared with those stored in `prior.json`. So a changed comment or a moved file does not count
as a change.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from training.disk import durable
from training.errors import ViewcastError
from training.fitting.prior import PriorSettings, fit_prior
from training.fitting.training_windows import generated_windows
from training.model.forecast_model import ForecastModel
from training.model.windows import Float32, Float64
from training.progress import Progress, silent

ARRAYS_FILE = "prior.npz"
ORIGIN_FILE = "prior.json"
FOLDER = Path(__file__).parent
COMMAND = "python -m training prior"
# Largest median difference between two miniatures of the same code. Processors add in different orders, which
# changes some numbers of the miniature much, but their median by only a quarter of these tolerances. Counts
# that are 1 % larger change it by four times these tolerances.
ROUNDING = {"quantiles": 2e-4, "calibration": 2.5e-3}
_MOST_BYTES = 2**24


class KeptPriorError(ViewcastError):
    """The files of the prior are missing, are damaged, or do not belong together."""


def load_prior(folder: Path = FOLDER) -> ForecastModel:
    """Read the prior.

    Parameters
    ----------
    folder : Path, default=this package's folder
        The folder of the two files.

    Returns
    -------
    ForecastModel

    Raises
    ------
    KeptPriorError
        When a file cannot be read, or the checksum is wrong.
    """
    try:
        content = durable.read(folder / ARRAYS_FILE, _MOST_BYTES)
        if hashlib.sha256(content).hexdigest() != _origin(folder)["sha256"]:
            raise KeptPriorError(f"{ARRAYS_FILE} has not the checksum that {ORIGIN_FILE} tells")
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return ForecastModel.from_arrays(dict(arrays))
    except (OSError, ValueError, KeyError, KeptPriorError) as error:
        raise KeptPriorError(
            f"the prior in {folder} is refused: {error}; `{COMMAND}` makes it again"
        ) from error


def make_prior(settings: PriorSettings, folder: Path = FOLDER, progress: Progress = silent) -> ForecastModel:
    """Fit the prior, and write its two files.

    Parameters
    ----------
    settings : PriorSettings
    folder : Path, default=this package's folder
        The folder to write to.
    progress : callable
        Called with the name of the step and the fraction of all work that is done, 0 to 1.

    Returns
    -------
    ForecastModel

    Raises
    ------
    OSError
        When a file cannot be written.
    """
    prior = fit_prior(settings, progress)
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, **prior.to_arrays())
    content = stream.getvalue()
    origin = {
        "settings": asdict(settings),
        "miniature": {name: values.tolist() for name, values in miniature(settings).items()},
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    durable.replace(folder / ARRAYS_FILE, content)
    durable.replace(folder / ORIGIN_FILE, (json.dumps(origin, indent=1) + "\n").encode())
    return prior


def miniature(settings: PriorSettings) -> dict[str, Float64]:
    """Fit a small prior, and give its forecasts.

    Parameters
    ----------
    settings : PriorSettings
        The settings of the prior; the miniature has fewer histories, sigmoids and steps.

    Returns
    -------
    dict of str to ndarray
        `quantiles`: those of three windows, 1, 7 and 28 days ahead. `calibration`: the growth of intervals
        beyond 28 days, and the factors of totals.
    """
    model = fit_prior(replace(settings, n_series=150, n_sigmoids=8, n_steps=30, n_long_series=40))
    windows = generated_windows(3, np.random.default_rng(settings.random_state + 1))
    return {
        "quantiles": _rounded(model.scaled_quantiles(windows.X[::4])[..., [0, 6, 27]]),
        "calibration": _rounded(model.far_growth, model.total_widths.factors),
    }


def _rounded(*arrays: Float64 | Float32) -> Float64:
    values: Float64 = np.concatenate([np.ravel(array) for array in arrays], dtype=np.float64)
    return values.round(6)


def is_made_of(settings: PriorSettings, folder: Path = FOLDER) -> bool:
    """Tell whether these settings and this code give the prior in a folder.

    Parameters
    ----------
    settings : PriorSettings
    folder : Path, default=this package's folder

    Returns
    -------
    bool

    Raises
    ------
    KeptPriorError
        When `prior.json` cannot be read.
    """
    origin = _origin(folder)
    if origin["settings"] != asdict(settings):
        return False
    return all(
        _median_difference(values, np.asarray(origin["miniature"][name])) <= ROUNDING[name]
        for name, values in miniature(settings).items()
    )


def _median_difference(values: Float64, kept: Float64) -> float:
    """Give the median of |values - kept| / (1 + |kept|); infinite when the shapes differ."""
    if values.shape != kept.shape:
        return np.inf
    return float(np.median(np.abs(values - kept) / (1 + np.abs(kept))))


def _origin(folder: Path) -> dict[str, Any]:
    try:
        origin = json.loads(durable.read(folder / ORIGIN_FILE, _MOST_BYTES))
    except (OSError, ValueError) as error:
        raise KeptPriorError(f"{folder / ORIGIN_FILE} cannot be read: {error}") from error
    if not isinstance(origin, dict) or not {"settings", "miniature", "sha256"} <= origin.keys():
        raise KeptPriorError(f"{folder / ORIGIN_FILE} does not tell of settings, miniature and sha256")
    return origin
