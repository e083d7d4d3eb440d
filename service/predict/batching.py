"""Forecast requests that arrive at the same time with one call of the model.

One call for sixteen series takes little more time than two calls for one series each, because most of the
time of a call is the overhead of about sixty numpy calls. No request waits for later ones: each iteration of
the event loop forecasts the requests that have arrived.
"""

import asyncio

from service.predict.answers import forecast_texts
from service.predict.questions import Question
from training.model.forecaster import Forecaster


class Batcher:
    """Collects the series that arrive in one iteration of the event loop, and forecasts them together."""

    def __init__(self) -> None:
        self._turn: _Turn | None = None

    async def text(self, model: Forecaster, question: Question) -> bytes:
        """Forecast one series; give its text as `forecast_texts` does."""
        loop = asyncio.get_running_loop()
        turn = self._turn
        if turn is None or turn.model is not model:
            turn = self._turn = _Turn(model)
            # `_end` is called after all callbacks that are ready now, such as other requests of this turn.
            loop.call_soon(self._end, turn)
        # One future for each request, so that cancelling a request cancels no other.
        answer: asyncio.Future[bytes] = loop.create_future()
        turn.requests.append((question, answer))
        return await answer

    def _end(self, turn: "_Turn") -> None:
        if self._turn is turn:
            self._turn = None
        requests = [request for request in turn.requests if not request[1].done()]
        try:
            texts = forecast_texts(turn.model, [question for question, _ in requests])
        except Exception as error:  # noqa: BLE001, each request of the turn raises it
            for _, answer in requests:
                answer.set_exception(error)
            return
        for (_, answer), text in zip(requests, texts, strict=True):
            answer.set_result(text)


class _Turn:
    def __init__(self, model: Forecaster) -> None:
        self.model = model
        self.requests: list[tuple[Question, asyncio.Future[bytes]]] = []
