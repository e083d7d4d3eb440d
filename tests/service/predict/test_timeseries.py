"""`POST /v1/timeseries/forecast`: the numbers of `/predict`, in the words of KServe's protocol."""

import json
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from service.timeseries_schemas import TimeSeriesAnswer
from tests.conftest import Service
from tests.service.requests import LAST_DATE, WEEK, views


def series(**changes: Any) -> dict[str, Any]:
    counts = changes.pop("series", views())
    first = date.fromisoformat(LAST_DATE) - timedelta(days=len(counts) - 1)
    return {
        "type": "univariate_time_series",
        "name": "channel",
        "series": counts,
        "frequency": "day",
        "start_timestamp": f"{first}T00:00:00Z",
        **changes,
    }


def forecasting(*inputs: dict[str, Any], **options: Any) -> dict[str, Any]:
    options = {"horizon": 7, **options}
    return {"model": "viewcast", "inputs": list(inputs or [series()]), "options": options}


def sent(service: Service, body: object) -> httpx.Response:
    return service.client.post("/v1/timeseries/forecast", json=body)


def forecasts(service: Service, body: object) -> list[dict[str, Any]]:
    outputs = sent(service, body).raise_for_status().json()["outputs"]
    return [forecast for output in outputs for forecast in output["content"]]


@pytest.mark.parametrize("horizon", [1, 7, 28, 29, 365])
def test_the_numbers_are_those_of_predict(service: Service, horizon: int) -> None:
    request = forecasting(horizon=horizon, quantiles=[0.9, 0.5, 0.1, 0.025, 0.975, 0.995, 0.25])
    (forecast,) = forecasts(service, request)
    body = {"views": views(), "last_date": LAST_DATE, "horizon": horizon, "levels": [50, 80, 95, 99]}
    days = service.predict(body).json()["forecast"]
    assert forecast["mean_forecast"] == [day["views"] for day in days]
    assert forecast["start_timestamp"] == f"{days[0]['date']}T00:00:00Z"
    ends = {"0.1": ("80", 0), "0.9": ("80", 1), "0.025": ("95", 0), "0.975": ("95", 1), "0.995": ("99", 1)}
    expected = {name: [day["intervals"][level][end] for day in days] for name, (level, end) in ends.items()}
    expected["0.25"] = [day["intervals"]["50"][0] for day in days]
    assert forecast["quantiles"] == expected | {"0.5": forecast["mean_forecast"]}


def test_many_series_in_pieces_say_what_predict_says_of_them(service: Service) -> None:
    counts = [[value * (i + 1) for value in WEEK * 8] for i in range(60)]
    request = [series(name=f"video {i}", series=each) for i, each in enumerate(counts)]
    forecast = forecasts(service, forecasting(*request, horizon=365))
    batch = [{"id": f"video {i}", "views": each, "last_date": LAST_DATE} for i, each in enumerate(counts)]
    answer = service.predict({"series": batch, "horizon": 365, "levels": []}).json()["series"]
    assert [(entry["name"], entry["mean_forecast"]) for entry in forecast] == [
        (entry["id"], [day["views"] for day in entry["forecast"]]) for entry in answer
    ]


def test_the_answer_is_as_the_protocol_has_it(service: Service) -> None:
    request = forecasting(series(name="a"), series(name="b"), quantiles=[0.5])
    answer = TimeSeriesAnswer.model_validate_json(sent(service, request).content, strict=True, extra="forbid")
    assert answer.model == service.version()
    assert [output.content[0].name for output in answer.outputs] == ["a", "b"]
    assert len({answer.id, *(output.id for output in answer.outputs)}) == 3


def test_fields_of_a_clients_own_are_passed_over(service: Service) -> None:
    plain = forecasting()
    more = forecasting(series(unit="views"), temperature=1) | {"metadata": {"inputs": [{}]}, "user": "me"}
    assert forecasts(service, more) == forecasts(service, plain)


def test_without_quantiles_there_are_none(service: Service) -> None:
    options: dict[str, Any]
    for options in {}, {"quantiles": None}, {"quantiles": []}:
        assert forecasts(service, forecasting(**options))[0]["quantiles"] is None


@pytest.mark.parametrize(
    "time", ["", "T00:00", "T00:00:00", "T00:00:00.000Z", " 00:00:00", "T00:00:00+01:00"]
)
def test_the_answers_first_day_is_written_like_the_series_first_day(service: Service, time: str) -> None:
    request = forecasting(series(series=WEEK, start_timestamp=f"2026-11-14{time}", frequency="D"))
    (forecast,) = forecasts(service, request)
    assert (forecast["start_timestamp"], forecast["frequency"]) == (f"2026-11-21{time}", "D")


@pytest.mark.parametrize(
    ("body", "field", "part"),
    [
        (forecasting(series(frequency="week")), "inputs[0].frequency", "'day' or 'D' would be right"),
        (forecasting(series(type="multivariate_time_series")), "inputs[0].type", "'univariate_time_series'"),
        (forecasting(series(series=[[1.0, 2.0]] * 7)), "inputs[0].series[0]", "is a list; a number"),
        (forecasting(series(series=[1] * 6)), "inputs[0].series", "at least 7"),
        (forecasting(series(series=[1] * 7 + [None] * 28)), "inputs[0].series", "no count in its last 28"),
        (forecasting(series(start_timestamp=None)), "inputs[0].start_timestamp", "a text would be right"),
        (forecasting(series(start_timestamp="2026-02-30")), "inputs[0].start_timestamp", "2026-02-30"),
        (forecasting(series(start_timestamp="2026-11-14T07:00Z")), "inputs[0].start_timestamp", "begin on"),
        (forecasting(series(start_timestamp="9999-12-01")), "inputs[0].start_timestamp", "calendar"),
        (forecasting(series(), series()), "inputs[1].name", "make it unique"),
        (forecasting(horizon=366), "options.horizon", "at most 365"),
        (forecasting(quantiles=[0.5, 0.3]), "options.quantiles[1]", "there are the quantiles 0.5"),
        (forecasting(quantiles=[0.9, 0.9]), "options.quantiles[1]", "again"),
        (forecasting(quantiles=[1.0]), "options.quantiles[0]", "there are the quantiles"),
        ({"model": "viewcast", "inputs": [series()]}, "options", "is missing"),
        ([], "", "a JSON object would be right"),
    ],
)
def test_what_cannot_be_forecast_is_refused_at_its_place(
    service: Service, body: object, field: str, part: str
) -> None:
    answer = sent(service, body)
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert part in error["detail"]


def test_a_model_that_is_not_in_use_is_not_found(service: Service) -> None:
    answer = sent(service, forecasting() | {"model": "timesfm"})
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:viewcast:unknown-version")
    assert sent(service, forecasting() | {"model": service.version()}).status_code == 200


def test_what_is_no_json_is_said_before_what_it_asks_for(service: Service) -> None:
    body = json.dumps(forecasting(quantiles=[2]) | {"model": "timesfm"})
    broken = body.replace('"frequency"', "frequency")
    headers = {"Content-Type": "application/json"}
    for content, status in (broken, 400), (body, 404):
        answer = service.client.post("/v1/timeseries/forecast", content=content, headers=headers)
        assert answer.status_code == status


def test_more_series_than_are_read_are_refused(service: Service) -> None:
    answer = sent(service, forecasting(*[series(name=str(i), series=WEEK) for i in range(10_001)]))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/inputs")
