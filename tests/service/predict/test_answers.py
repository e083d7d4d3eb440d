"""What `/predict` writes by hand is what pydantic would write, byte by byte."""

import asyncio
import json
import operator
import tracemalloc
from datetime import date
from itertools import islice, permutations
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from service.app import create_app
from service.predict.answers import Openings
from service.schemas import BatchForecastAnswer, ForecastAnswer, LineForecast
from service.settings import Settings
from tests.service.in_process import exchange, post
from training.model.forecast_model import LEVELS

COUNTS = st.one_of(st.none(), st.integers(0, 10**15), st.floats(0, 1e15))
# A series has to have a count in its last four weeks.
LAST_COUNTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=1)
OPTIONS = st.fixed_dictionaries(
    {}, optional={"horizon": st.integers(1, 60), "levels": st.lists(st.sampled_from(LEVELS), unique=True)}
)
SERIES = st.fixed_dictionaries(
    {
        "views": st.builds(operator.add, st.lists(COUNTS, min_size=6, max_size=70), LAST_COUNTS),
        "last_date": st.dates(date(1970, 2, 1), date(9998, 12, 31)).map(str),
    }
)
NAMES = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)
several = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture
def app(models: Path) -> FastAPI:
    made = create_app(Settings(models=models))
    made.state.models.look()
    return made


def as_pydantic_writes(answer: type[BaseModel], body: bytes) -> bytes:
    parsed = answer.model_validate_json(body, strict=True, extra="forbid")
    return parsed.model_dump_json().encode()


@several
@given(series=SERIES, options=OPTIONS)
def test_the_answer_to_one_series(app: FastAPI, series: dict[str, Any], options: dict[str, Any]) -> None:
    status, body = post(app, json.dumps(series | options).encode())
    assert status == 200
    assert body == as_pydantic_writes(ForecastAnswer, body)


@several
@given(batch=st.dictionaries(NAMES, SERIES, min_size=1, max_size=5), options=OPTIONS)
def test_the_answer_to_many_series(app: FastAPI, batch: dict[str, Any], options: dict[str, Any]) -> None:
    series = [{"id": name, **entry} for name, entry in batch.items()]
    status, body = post(app, json.dumps({"series": series} | options).encode())
    assert status == 200
    assert body == as_pydantic_writes(BatchForecastAnswer, body)


@several
@given(batch=st.dictionaries(NAMES, SERIES, min_size=1, max_size=5), options=OPTIONS)
def test_the_answers_to_lines(app: FastAPI, batch: dict[str, Any], options: dict[str, Any]) -> None:
    lines = [json.dumps({"id": name, **entry} | options) for name, entry in batch.items()]
    exchanged = exchange(app, "\n".join(lines).encode(), "application/x-ndjson")
    status, body = asyncio.run(exchanged)
    assert status == 200
    for answer in body.splitlines():
        assert answer == as_pydantic_writes(LineForecast, answer)


def test_however_clients_order_the_levels_little_is_kept_of_them(app: FastAPI) -> None:
    loaded, openings = app.state.models.loaded(), Openings()
    tracemalloc.start()
    try:
        for levels in islice(permutations((50, 60, 70, 80, 90, 95, 99)), 5_000):
            assert b'"80":' in openings.text(loaded, levels)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 512 * 1024
