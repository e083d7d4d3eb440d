"""Viewcast's own column: the forecaster as training runs it."""

import hashlib
from pathlib import Path

import training
from benchmarks.accuracy.methods import Method, Predict
from training.fitting.forecaster import ForecastTrainer
from training.fitting.kept_prior import load_prior
from training.history.files import History

RANDOM_STATE = 0


def viewcast() -> Method:
    """Fitted once on the days before the held-out part; each origin gets the views before it.

    Other sources are another method. What is learned from generated histories comes with the code, and is not
    in the seconds to fit.
    """
    prior = load_prior()

    def fit(history: History) -> Predict:
        predict: Predict = ForecastTrainer(prior, RANDOM_STATE).fit(history).model.predict
        return predict

    return Method("Viewcast", fit, f"sources {_sources_sha256()}", pooled=True)


def _sources_sha256() -> str:
    digest = hashlib.sha256()
    folder = Path(training.__file__).parent
    for source in sorted([*folder.rglob("*.py"), *folder.rglob("*.npz")]):
        digest.update(source.read_bytes())
    return digest.hexdigest()
