"""BentoML: the perceptron as a service."""

import os
from pathlib import Path

import bentoml
import joblib


@bentoml.service(workers=1)
class Perceptron:
    def __init__(self) -> None:
        self.model = joblib.load(Path(os.environ["BENCHMARK_MODELS"]) / "seven_days.joblib")

    @bentoml.api
    def predict(self, views: list[float]) -> list[float]:
        return self.model.predict([views])[0].tolist()
