"""Yardstick "plain": an idiomatic FastAPI endpoint that calls a perceptron once for all seven days."""

import os
from datetime import date, timedelta
from pathlib import Path

import joblib
import numpy as np
from fastapi import FastAPI
from pydantic import BaseModel

from benchmarks.serving.apps.answers import Answer, Day

app = FastAPI()
model = joblib.load(Path(os.environ["BENCHMARK_MODELS"]) / "seven_days.joblib")


class Request(BaseModel):
    views: list[float]
    last_date: date


@app.post("/predict")
def predict(request: Request) -> Answer:
    views = np.expm1(model.predict(np.log1p([request.views]))[0])
    dates = [request.last_date + timedelta(days=1 + i) for i in range(len(views))]
    return Answer(forecast=[Day(date=day, views=count) for day, count in zip(dates, views, strict=True)])
