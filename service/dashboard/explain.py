"""`POST /explain`: why tomorrow's forecast is what it is, and what simpler forecasts say.

It is not part of `/predict`, whose clients mostly want small answers, fast.
"""

from typing import Annotated, Any

import numpy as np
from anyio.to_thread import run_sync
from fastapi import Body
from pydantic import BaseModel, Field
from pydantic_core import to_json
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from service.http.bodies import limited, media_type
from service.http.problems import BODY_PROBLEMS, ProblemError, problem_responses
from service.predict.endpoint import Predict
from service.predict.questions import KeptQuestion, Question, read_questions
from service.request_examples import REQUEST_EXAMPLES
from service.schemas import ForecastRequest
from training.model.explanation import Step, explain, usual_views
from training.model.forecaster import Forecaster
from training.model.naive import straight_line, weekly_copy

EXAMPLES = {"single": REQUEST_EXAMPLES["single"]}


class Explanation(BaseModel):
    """What tomorrow's forecast is made of, and what simpler forecasts say."""

    model: str = Field(description="The version of the model that made the forecast.")
    usual: float | None = Field(
        description="The median of tomorrow's weekday over the last eight weeks; null when none is known."
    )
    steps: list[Step] = Field(
        description="What each group of inputs multiplies the forecast with, the level first; the last "
        "step's `views` is the forecast of tomorrow."
    )
    weekly_copy: list[float] = Field(description="Each day as seven days before it.")
    straight_line: list[float] = Field(description="The line through the last eight weeks, prolonged.")


class Explain:
    """The ASGI endpoint.

    Parameters
    ----------
    predict : Predict
        Whose model and limits hold here.
    """

    def __init__(self, predict: Predict) -> None:
        self._predict = predict

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever is wrong is raised as a `ProblemError`."""
        loaded = self._predict.models.loaded()
        if media_type(Headers(scope=scope)) != "application/json":
            raise ProblemError("unsupported-content", "application/json is read here; say so in Content-Type")
        receive = limited(scope, receive, self._predict.max_bytes)
        with self._predict.turns.turn() as turn:
            questions = await self._predict.read(receive, read_questions, loaded.model.known_events, turn)
        if isinstance(questions[0], KeptQuestion):
            raise ProblemError.at("views", "is missing; a forecast of kept days is not explained here")
        if questions[0].name is not None:
            raise ProblemError.at("series", "is a list; one series at a time is explained")
        explained = await run_sync(_explain, loaded.model, questions[0])
        answer = to_json(Explanation(model=loaded.manifest.version, **explained))
        await Response(answer, media_type="application/json")(scope, receive, send)


def _explain(model: Forecaster, question: Question) -> dict[str, Any]:
    views, horizon = question.views, question.options.horizon
    last_date = np.datetime64(question.last_date, "D")
    return {
        "usual": usual_views(views),
        "steps": explain(model, views, last_date, question.events),
        "weekly_copy": weekly_copy([views], horizon)[0].round(2).tolist(),
        "straight_line": straight_line(views, horizon).round(2).tolist(),
    }


async def explanation(
    body: Annotated[ForecastRequest, Body(openapi_examples=EXAMPLES)],
) -> Explanation:
    """Say what tomorrow's forecast of one series is made of, and what simpler forecasts would be."""
    raise NotImplementedError


DOCUMENTATION: dict[str, Any] = {
    "summary": "Say why a forecast is what it is",
    "tags": ["forecasts"],
    "responses": problem_responses(*BODY_PROBLEMS, "no-model"),
}
