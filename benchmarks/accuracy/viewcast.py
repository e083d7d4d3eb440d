"""Viewcast's own column: the forecaster as training runs it, its prior learned once and kept."""

import hashlib
import sys
from pathlib import Path

from benchmarks.accuracy.methods import Method, Predict
from training.forecaster import ViewForecaster, fit_prior
from training.history import History
from training.prior import kept_prior


def viewcast(cache: Path) -> Method:
    """Fitted once on the days before the held-out part; each origin gets the views before it."""
    sources = _sources_sha256()
    prior = kept_prior(cache, sources, fit_prior)

    def fit(history: History) -> Predict:
        predict: Predict = ViewForecaster(prior=prior, random_state=0).fit(history).model_.predict
        return predict

    return Method("Viewcast", fit, f"sources {sources}", pooled=True)


def _sources_sha256() -> str:
    """Of the modules that the forecaster consists of: with other sources, it is another method."""
    files = {m.__file__ for name, m in sys.modules.items() if name.startswith("training") and m.__file__}
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(Path(file).read_bytes())
    return digest.hexdigest()
