"""Requests that arrive together are forecast together.

Sixteen series in one call of the model cost little more than two calls for one each: most of the time of a
forecast goes into calling numpy some sixty times. No request waits for others to arrive: each turn of the
event loop forecasts what is there.
"""

import asyncio

from service.predict.answers import forecast_texts
from service.predict.questions import Question
from training.model.forecaster import Forecaster


class Batcher:
    """Gathers the series that are to be forecast in one turn of the event loop."""

    def __init__(self) -> None:
        self._turn: _Turn | None = None

    async def text(self, model: Forecaster, question: Question) -> bytes:
        """Give the text of a forecast, as `forecast_texts` does."""
        loop = asyncio.get_running_loop()
        turn = self._turn
        if turn is None or turn.model is not model:
            turn = self._turn = _Turn(model)
            # It is called after everything else that is ready now, such as the other requests of this turn.
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
