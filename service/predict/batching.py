"""Requests that arrive together are forecast together.

Sixteen series in one call of the model cost little more than two alone: most of a single forecast is what it
takes to call numpy some sixty times. Nothing waits for company: a turn of the event loop takes what is there.
"""

import asyncio

from service.predict.answers import forecast_texts
from service.predict.questions import Question
from training.model.forecaster import Forecaster


class Together:
    """Gathers the series that are asked for in one turn of the event loop."""

    def __init__(self) -> None:
        self._turn: _Turn | None = None

    async def text(self, model: Forecaster, question: Question) -> bytes:
        """Give the text of a forecast, as `forecast_texts` does."""
        turn = self._turn
        if turn is None or turn.model is not model:
            turn = self._turn = _Turn(model)
            # A task begins after everything that is ready now: the other requests of this turn.
            turn.texts = asyncio.create_task(self._end(turn))
        place = len(turn.questions)
        turn.questions.append(question)
        return (await turn.texts)[place]

    async def _end(self, turn: "_Turn") -> list[bytes]:
        if self._turn is turn:
            self._turn = None
        return forecast_texts(turn.model, turn.questions)


class _Turn:
    texts: asyncio.Task[list[bytes]]

    def __init__(self, model: Forecaster) -> None:
        self.model = model
        self.questions: list[Question] = []
