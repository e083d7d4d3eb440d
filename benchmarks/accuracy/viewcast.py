"""Viewcast's own column: the forecaster as training runs it, its prior learned once and kept."""

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import training
from benchmarks.accuracy.methods import Method, Predict
from training.fitting.forecaster import ViewForecaster
from training.fitting.prior import fit_prior
from training.history.files import History
from training.store.kept_prior import kept_prior

RANDOM_STATE = 0


def viewcast(cache: Path, report: Callable[[str, float], None]) -> Method:
    """Fitted once on the days before the held-out part; each origin gets the views before it.

    Other sources are another method. What is learned from generated histories is no history's cost, and is
    not in the seconds to fit; `report` hears of it when it is not kept yet.
    """
    prior = kept_prior(cache, RANDOM_STATE, partial(fit_prior, RANDOM_STATE, report))

    def fit(history: History) -> Predict:
        predict: Predict = ViewForecaster(prior, RANDOM_STATE).fit(history).model_.predict
        return predict

    return Method("Viewcast", fit, f"sources {_sources_sha256()}", pooled=True)


def _sources_sha256() -> str:
    digest = hashlib.sha256()
    for source in sorted(Path(training.__file__).parent.rglob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()
