"""What a forecast costs, counted and not timed: the same on every machine, so that it cannot creep up."""

import asyncio
import json
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from fastapi import FastAPI

from service.app import create_app
from service.settings import Settings
from tests.service.in_process import exchange
from tests.service.requests import batch, single

# Lines of Python, and calls of what is not Python, between a request and its answer, from the framework's
# entrance to its exit. A tenth more than Python 3.11 takes; other versions count a little differently.
MOST_STEPS = 1_060
MOST_STEPS_A_SERIES = 83

ADVICE = (
    "{what} takes {n_steps} lines and calls, more than {limit}. Look for what has come into the path "
    "of a request: work that could be done once when a model is loaded, a loop over days, a dependency, a "
    "middleware. `python -m cProfile` shows where; `python -m benchmarks.serving` what it costs. If it is "
    "worth that, raise the limit here, and say in the commit what it bought."
)


class Steps:
    """Counts the lines of Python that are run, and the calls of what is not Python, while it is entered."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> "Steps":
        self._before = sys.gettrace(), sys.getprofile()
        sys.settrace(self._trace)
        sys.setprofile(self._profile)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before[0])
        sys.setprofile(self._before[1])

    def _trace(self, frame: FrameType, event: str, _: Any) -> Any:
        self.count += event == "line"
        return self._trace

    def _profile(self, frame: FrameType, event: str, _: Any) -> None:
        self.count += event == "c_call"


def steps(app: FastAPI, request: dict[str, Any]) -> int:
    """The steps of one request to a service that has answered such requests before."""
    body = json.dumps(request).encode()

    async def counted() -> int:
        for _ in range(3):
            assert (await exchange(app, body))[0] == 200
        counts = []
        # What happens once a second is no part of a request's cost.
        for _ in range(3):
            with Steps() as n_steps:
                await exchange(app, body)
            counts.append(n_steps.count)
        return min(counts)

    return asyncio.run(counted())


@pytest.fixture
def app(models: Path) -> FastAPI:
    made = create_app(Settings(models=models))
    made.state.models.look()
    return made


def test_a_forecast_costs_no_more_than_it_did(app: FastAPI) -> None:
    n_steps = steps(app, single(levels=[80]))
    assert n_steps <= MOST_STEPS, ADVICE.format(what="a forecast", n_steps=n_steps, limit=MOST_STEPS)
    assert n_steps > MOST_STEPS / 2, (
        "it costs far less than the limit: lower the limit, so that it goes on to hold"
    )


def test_a_series_of_a_batch_costs_no_more_than_it_did(app: FastAPI) -> None:
    few, many = (steps(app, batch(n, levels=[80])) for n in (20, 60))
    n_steps = (many - few) // 40
    assert n_steps <= MOST_STEPS_A_SERIES, ADVICE.format(
        what="each series of a batch", n_steps=n_steps, limit=MOST_STEPS_A_SERIES
    )
    assert n_steps > MOST_STEPS_A_SERIES / 2, "it costs far less than the limit: lower the limit"


def test_the_count_sees_what_is_added(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more look at each of the counts, which takes 5 µs."""
    from service.predict import questions

    before = steps(app, single())
    make = questions.np.array  # type: ignore[attr-defined]
    monkeypatch.setattr(
        questions.np,  # type: ignore[attr-defined]
        "array",
        lambda values, *a, **k: make([None if v is None else v for v in values], *a, **k),
    )
    assert steps(app, single()) > before + 28
