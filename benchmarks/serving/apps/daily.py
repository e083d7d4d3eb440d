"""Yardstick "day by day": as "plain", with a perceptron of one day that is called once for each of seven."""

import os
from datetime import date, timedelta
from pathlib import Path

import joblib
import numpy as np
from fastapi import FastAPI
from pydantic import BaseModel

from benchmarks.serving.apps.answers import Answer, Day

app = FastAPI()
model = joblib.load(Path(os.environ["BENCHMARK_MODELS"]) / "one_day.joblib")


class Request(BaseModel):
    views: list[float]
    last_date: date
    horizon: int


@app.post("/predict")
def predict(request: Request) -> Answer:
    logs = list(np.log1p(request.views))
    days = []
    for ahead in range(1, request.horizon + 1):
        logs = [*logs[1:], model.predict([logs])[0]]
        days.append(Day(date=request.last_date + timedelta(days=ahead), views=np.expm1(logs[-1])))
    return Answer(forecast=days)
