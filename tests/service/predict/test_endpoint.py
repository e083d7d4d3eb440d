"""`POST /predict`: what a right request is answered with."""

import asyncio
import json
import select
import socket
from collections.abc import MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from service.app import create_app
from service.predict.answers import CHUNK_DAYS
from service.schemas import BatchForecastAnswer, ForecastAnswer
from service.settings import Settings
from tests.conftest import Service, serving
from tests.service.in_process import request_scope
from tests.service.requests import LAST_DATE, WEEK, batch, single, views
from training.model.windows import LONG_CONTEXT_DAYS


def forecast(service: Service, **changes: Any) -> list[dict[str, Any]]:
    answer = service.predict(single(**changes)).raise_for_status().json()
    days: list[dict[str, Any]] = answer["forecast"]
    return days


def numbers(days: list[dict[str, Any]]) -> list[float]:
    """All numbers of a forecast, one after the other."""
    return [
        n
        for day in days
        for n in (day["views"], *(end for ends in day["intervals"].values() for end in ends))
    ]


def test_a_week_is_forecast_day_after_day_unless_asked_otherwise(service: Service) -> None:
    days = forecast(service)
    first = date.fromisoformat(LAST_DATE) + timedelta(days=1)
    assert [day["date"] for day in days] == [str(first + timedelta(days=i)) for i in range(7)]


def test_the_answer_is_what_the_documentation_says(service: Service) -> None:
    answer = service.predict(single(horizon=28))
    assert answer.headers["content-type"] == "application/json"
    ForecastAnswer.model_validate_json(answer.content, strict=True, extra="forbid")
    BatchForecastAnswer.model_validate_json(service.predict(batch(3)).content, strict=True, extra="forbid")


def test_the_answer_names_the_model_and_what_its_intervals_proved_to_cover(service: Service) -> None:
    answer = service.predict(single()).json()
    manifest = service.client.get("/model").json()
    assert answer["model"] == manifest["version"]
    assert answer["coverage"] == pytest.approx(manifest["scores"]["coverage"], abs=0.0005)


def test_forecasts_of_a_steady_channel_stay_near_it(service: Service) -> None:
    for day in forecast(service, horizon=28):
        assert 600 < day["views"] < 3400


@pytest.mark.parametrize("horizon", [1, 28, 29, 365])
def test_medians_lie_inside_their_intervals_and_these_inside_the_wider_ones(
    service: Service, horizon: int
) -> None:
    days = forecast(service, horizon=horizon)
    assert len(days) == horizon
    for day in days:
        (low80, high80), (low95, high95) = day["intervals"]["80"], day["intervals"]["95"]
        assert 0 <= low95 <= low80 <= day["views"] <= high80 <= high95


def test_intervals_are_those_that_were_asked_for(service: Service) -> None:
    for levels in ([], [80], [95], [95, 80]):
        answer = service.predict(single(levels=levels)).json()
        assert list(answer["coverage"]) == [str(level) for level in levels]
        assert all(list(day["intervals"]) == list(answer["coverage"]) for day in answer["forecast"])


@pytest.mark.parametrize(("horizon", "days"), [(3, [3]), (7, [7]), (30, [7, 28, 30])])
def test_totals_are_sums_of_days_with_narrower_intervals(
    service: Service, horizon: int, days: list[int]
) -> None:
    answer = service.predict(single(horizon=horizon)).json()
    assert [total["days"] for total in answer["totals"]] == days
    for total in answer["totals"]:
        summed = answer["forecast"][: total["days"]]
        assert total["total"] == pytest.approx(sum(day["views"] for day in summed), abs=0.3)
        for level, (low, high) in total["intervals"].items():
            ends = [day["intervals"][level] for day in summed]
            assert sum(end[0] for end in ends) < low < total["total"] < high < sum(end[1] for end in ends)


def test_the_total_over_a_batch_is_the_sum_of_its_series_with_a_narrower_interval(service: Service) -> None:
    answer = service.predict(batch(40, horizon=8, levels=[80])).json()
    for i, total in enumerate(answer["totals"]):
        parts = [series["totals"][i] for series in answer["series"]]
        assert total["total"] == pytest.approx(sum(part["total"] for part in parts), rel=1e-6)
        low, high = total["intervals"]["80"]
        assert sum(part["intervals"]["80"][0] for part in parts) < low < total["total"]
        assert total["total"] < high < sum(part["intervals"]["80"][1] for part in parts)


def test_a_batch_in_pieces_has_the_same_total_as_in_one(service: Service) -> None:
    n_series = CHUNK_DAYS // 365 + 5
    answer = service.predict(batch(n_series, horizon=365, levels=[])).json()
    (*_, total) = answer["totals"]
    parts = [series["totals"][-1]["total"] for series in answer["series"]]
    assert total == {"days": 365, "total": pytest.approx(sum(parts), rel=1e-6), "intervals": {}}


def test_series_that_end_on_different_days_have_no_total_together(service: Service) -> None:
    request = batch(2, horizon=2)
    request["series"][1]["last_date"] = "2026-11-19"
    answer = service.predict(request).json()
    assert answer["totals"] is None
    assert all(len(series["totals"]) == 1 for series in answer["series"])


def test_the_order_of_levels_does_not_change_the_intervals(service: Service) -> None:
    rising, other = forecast(service, levels=[80, 95]), forecast(service, levels=[95, 80])
    assert [day["intervals"] for day in rising] == [day["intervals"] for day in other]


def test_a_batch_says_what_its_series_say_alone(service: Service) -> None:
    together = service.predict(batch(5, horizon=9)).json()["series"]
    for series, answered in zip(batch(5)["series"], together, strict=True):
        assert answered.pop("id") == series.pop("id")
        alone = service.predict({**series, "horizon": 9}).json()
        assert answered["short_history"] == alone["short_history"]
        assert numbers(answered["forecast"]) == pytest.approx(numbers(alone["forecast"]), rel=1e-4, abs=0.02)


def test_requests_that_come_at_once_are_each_answered_as_alone(service: Service) -> None:
    requests = [
        single(
            views=[value * (i + 1) for value in WEEK * 8],
            horizon=1 + i % 3 * 13,
            levels=[[80], [95, 80]][i % 2],
        )
        for i in range(60)
    ]
    with ThreadPoolExecutor(20) as pool:
        together = list(pool.map(service.predict, requests))
    for body, answer in zip(requests, together, strict=True):
        days, alone = answer.raise_for_status().json()["forecast"], forecast(service, **body)
        assert [(day["date"], list(day["intervals"])) for day in days] == [
            (day["date"], list(day["intervals"])) for day in alone
        ]
        assert numbers(days) == pytest.approx(numbers(alone), rel=1e-4, abs=0.02)


def test_a_batch_of_one_is_answered_as_a_list(service: Service) -> None:
    assert [series["id"] for series in service.predict(batch(1)).json()["series"]] == ["video 0"]


def test_ten_thousand_series_are_answered_in_their_order(service: Service) -> None:
    answer = service.predict(batch(10_000, horizon=3)).json()
    assert [series["id"] for series in answer["series"]] == [f"video {i}" for i in range(10_000)]
    assert all(len(series["forecast"]) == 3 for series in answer["series"])


def test_series_of_a_batch_may_differ_in_length_and_last_day(service: Service) -> None:
    series = [
        {"id": "short", "views": views(7), "last_date": "2026-11-20"},
        {"id": "long", "views": views(4096), "last_date": "2020-02-28"},
    ]
    short, long = service.predict({"series": series, "horizon": 1}).json()["series"]
    assert short["forecast"][0]["date"] == "2026-11-21"
    assert long["forecast"][0]["date"] == "2020-02-29"
    assert (short["short_history"], long["short_history"]) == (True, False)


@pytest.mark.parametrize(("n_days", "is_short"), [(7, True), (55, True), (56, False), (4096, False)])
def test_a_history_shorter_than_the_window_is_answered_and_said_to_be_short(
    service: Service, n_days: int, is_short: bool
) -> None:
    answer = service.predict(single(views=views(n_days))).json()
    assert answer["short_history"] is is_short
    assert len(answer["forecast"]) == 7


def test_days_that_are_longer_ago_than_the_model_looks_change_nothing(service: Service) -> None:
    looked_at = views(LONG_CONTEXT_DAYS)
    assert forecast(service, views=[0] * 100 + looked_at) == forecast(service, views=looked_at)


def test_null_is_a_missing_day(service: Service) -> None:
    gap = views()
    gap[-9] = None
    for day, usual in zip(forecast(service, views=gap), forecast(service), strict=True):
        assert day["views"] == pytest.approx(usual["views"], rel=0.2)


def test_whole_and_fractional_numbers_are_the_same_numbers(service: Service) -> None:
    whole = [int(value) for value in views() if value is not None]
    assert forecast(service, views=whole) == forecast(service, views=[float(value) for value in whole])


@pytest.mark.parametrize("count", [0, 1, 10**15])
def test_the_smallest_and_the_largest_counts_are_forecast(service: Service, count: int) -> None:
    for day in forecast(service, views=[count] * 56, horizon=365):
        assert 0 <= day["views"] < 1e17


def test_the_calendar_may_be_left_on_its_last_day(service: Service) -> None:
    days = forecast(service, last_date="9999-12-30", horizon=1)
    assert [day["date"] for day in days] == ["9999-12-31"]


def test_json_may_say_its_charset(service: Service) -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert service.predict(single(), headers=headers).status_code == 200


def test_views_are_rounded_to_hundredths(service: Service) -> None:
    views_ = numbers(forecast(service, horizon=28))
    assert views_ == [round(number, 2) for number in views_]


def test_work_ends_for_a_client_that_has_left(models: Path) -> None:
    app = create_app(Settings(models=models))
    app.state.models.look()
    body = json.dumps(batch(200, horizon=365)).encode()
    left = asyncio.Event()
    sent: list[bytes] = []

    async def receive() -> dict[str, object]:
        if sent:
            await left.wait()
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": body}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(bytes(message.get("body", b"")))
        if len(sent) == 3:
            left.set()
            await asyncio.sleep(0)

    asyncio.run(app(request_scope(body), receive, send))
    whole = 200 // (CHUNK_DAYS // 365) + 2
    assert len(sent) < whole
    assert not b"".join(sent).endswith(b"]}]}")


@pytest.mark.parametrize("lines", [False, True])
def test_a_database_that_does_not_answer_keeps_no_other_forecast_waiting(models: Path, lines: bool) -> None:
    pytest.importorskip("psycopg")
    body = json.dumps({"id": "kept"})
    kind = "application/x-ndjson" if lines else "application/json"
    headers = f"Host: localhost\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}"
    request = f"POST /predict HTTP/1.1\r\n{headers}\r\n\r\n{body}".encode()
    with ExitStack() as opened:
        silent = opened.enter_context(socket.create_server(("127.0.0.1", 0)))
        archive = f"postgresql+psycopg://nobody@127.0.0.1:{silent.getsockname()[1]}/views?connect_timeout=120"
        service = opened.enter_context(serving(models, archive=archive))
        asking = [
            opened.enter_context(socket.create_connection(("127.0.0.1", service.port))) for _ in range(60)
        ]
        for client in asking:
            client.sendall(request)
        assert service.predict(batch(200)).status_code == 200
        # Of NDJSON, the head of an answer may be there already.
        answered, _, _ = select.select(asking, [], [], 0)
        assert not any(b"no-archive" in client.recv(1000) for client in answered)
        silent.close()
