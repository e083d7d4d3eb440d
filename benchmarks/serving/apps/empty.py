"""Yardstick "empty": an idiomatic FastAPI endpoint with the product's models, and nothing in it."""

from fastapi import FastAPI

from benchmarks.serving.request import ANSWER
from service.schemas import ForecastAnswer, ForecastRequest

app = FastAPI()
answer = ForecastAnswer.model_validate_json(ANSWER)


@app.post("/predict")
async def predict(request: ForecastRequest) -> ForecastAnswer:
    return answer
