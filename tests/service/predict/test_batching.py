"""Requests of one turn of the event loop share one call of the model, and nothing else."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from service.app import create_app
from service.predict import batching
from service.predict.questions import Question
from service.settings import Settings
from tests.conftest import PATIENCE_SECONDS
from tests.service.in_process import exchange
from tests.service.requests import single
from training.model.forecaster import Forecaster

BODY = json.dumps(single()).encode()


@pytest.fixture
def app(models: Path) -> FastAPI:
    made = create_app(Settings(models=models))
    made.state.models.look()
    return made


@contextmanager
def counted_calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many series each call of the model forecasts."""
    sizes: list[int] = []
    make = batching.forecast_texts  # type: ignore[attr-defined]

    def count(model: Forecaster, questions: Sequence[Question]) -> Any:
        sizes.append(len(questions))
        return make(model, questions)

    monkeypatch.setattr(batching, "forecast_texts", count)
    yield sizes


async def waiting(app: FastAPI, n: int) -> list[asyncio.Task[tuple[int, bytes]]]:
    """Requests that have been read, and wait for the call of the model."""
    tasks = [asyncio.create_task(exchange(app, BODY)) for _ in range(n)]
    await asyncio.sleep(0)
    return tasks


def test_requests_of_one_turn_are_forecast_in_one_call(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    async def three() -> list[tuple[int, bytes]]:
        return await asyncio.gather(*await waiting(app, 3))

    with counted_calls(monkeypatch) as sizes:
        answers = asyncio.run(three())
    assert [status for status, _ in answers] == [200] * 3
    assert sizes == [3]


def test_a_cancelled_request_takes_no_other_with_it(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    async def first_is_cancelled() -> list[tuple[int, bytes] | BaseException]:
        tasks = await waiting(app, 3)
        tasks[0].cancel()
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await asyncio.gather(*tasks, return_exceptions=True)

    with counted_calls(monkeypatch) as sizes:
        first, *others = asyncio.run(first_is_cancelled())
    assert isinstance(first, asyncio.CancelledError)
    assert [answer[0] for answer in others if isinstance(answer, tuple)] == [200, 200]
    assert sizes == [2]


def test_what_goes_wrong_in_the_call_reaches_each_request(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> list[bytes]:
        raise ArithmeticError("no forecast")

    async def two() -> list[tuple[int, bytes] | BaseException]:
        return await asyncio.gather(*await waiting(app, 2), return_exceptions=True)

    monkeypatch.setattr(batching, "forecast_texts", fail)
    answers = asyncio.run(two())
    assert [
        isinstance(answer, ArithmeticError) or (isinstance(answer, tuple) and answer[0] == 500)
        for answer in answers
    ] == [True, True]
