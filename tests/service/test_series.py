"""Kept histories over HTTP: put, listed, read, forecast, exported, taken back, forgotten."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.conftest import Service, serving, serving_a_version
from tests.service.http.test_openapi import EXAMPLES, sent, shape
from tests.service.requests import LAST_DATE, single, views
from training.history.files import parse_history

ODD = '50% off / a&b=c?#d, "é" .. +1'


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service whose tests use names of their own."""
    with serving_a_version(tmp_path_factory) as service:
        yield service


def url(name: str, more: str = "") -> str:
    return f"/series/{quote(name, safe='')}{more}"


def put(service: Service, name: str, counts: list[Any], **more: Any) -> httpx.Response:
    return service.client.put(url(name, "/days"), json={"views": counts, "last_date": LAST_DATE}, **more)


def counted(answer: httpx.Response) -> tuple[int, int, int]:
    assert answer.status_code == 200, answer.text
    document = answer.json()
    return document["new"], document["changed"], document["unchanged"]


@pytest.mark.parametrize("name", ["channel", ODD, "a/days", "a/forecast", "/", "%2F", "日本 🎬"])
def test_a_name_may_hold_any_text(kept: Service, name: str) -> None:
    assert counted(put(kept, name, [5, None, 7])) == (2, 0, 0)
    document = kept.client.get(url(name)).json()
    assert document == {
        "id": name, "metric": "views",
        "first_date": "2026-11-18", "last_date": LAST_DATE, "views": [5, None, 7],
    }  # fmt: skip
    listed = kept.client.get("/series", params={"search": name, "limit": 1000}).json()
    assert name in [entry["id"] for entry in listed["series"]]
    assert kept.client.delete(url(name)).json() == {"days": 2}
    assert kept.client.get(url(name)).status_code == 404


def test_what_no_name_has_is_refused_as_such(models: Path, url: str) -> None:
    with serving(models, archive=url) as service:
        paths = "/series/%00", "/series/%00/forecast", "/series?search=%00", f"/series?search={'_' * 30_000}"
        answers = [service.client.get(path) for path in paths]
        answers.append(service.client.delete("/series/%00"))
        answers.append(service.client.put("/series/%00/days", json={"views": [1], "last_date": LAST_DATE}))
        for answer in answers:
            assert answer.status_code == 422, answer.text[:1000]
            assert answer.json()["errors"][0]["field"] in ("id", "search")


def test_the_same_days_again_change_nothing_and_the_answer_says_so(kept: Service) -> None:
    assert counted(put(kept, "again", [1, 2, 3])) == (3, 0, 0)
    assert counted(put(kept, "again", [1, 2, 3])) == (0, 0, 3)
    assert counted(put(kept, "again", [4, 5])) == (0, 2, 0)
    assert kept.client.get("/series/again").json()["views"] == [1, 4, 5]


def test_an_idempotency_key_makes_a_repeated_request_do_nothing(kept: Service) -> None:
    key = {"Idempotency-Key": "mine"}
    first = put(kept, "idempotent", [1], headers=key)
    put(kept, "idempotent", [2])
    again = put(kept, "idempotent", [1], headers=key)
    assert again.json() == first.json()
    assert kept.client.get("/series/idempotent").json()["views"] == [2]
    other = put(kept, "idempotent", [3], headers=key)
    assert other.status_code == 422
    assert "with another request" in other.json()["detail"]


def test_metrics_of_one_name_are_kept_apart(kept: Service) -> None:
    put(kept, "two", [100, 200])
    put(kept, "two", [7], params={"metric": "likes"})
    assert kept.client.get("/series/two", params={"metric": "likes"}).json()["views"] == [7]
    assert kept.client.get("/series/two").json()["views"] == [100, 200]


def test_an_upload_that_would_change_most_of_a_series_is_refused(kept: Service) -> None:
    put(kept, "replaced", list(range(1, 11)))
    others = [count + 50 for count in range(1, 11)]
    refused = put(kept, "replaced", others)
    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:viewcast:replaces-most"
    assert "10 of the 10 days that are kept of it would get another count" in refused.json()["detail"]
    assert counted(put(kept, "replaced", others, params={"replace": "true"})) == (0, 10, 0)


def test_an_upload_is_taken_back(kept: Service) -> None:
    put(kept, "undone", [1, 2])
    upload = put(kept, "undone", [9, 3]).json()["upload"]
    undone = kept.client.delete(f"/uploads/{upload}")
    assert undone.json()["undone"]
    assert kept.client.get("/series/undone").json()["views"] == [1, 2]
    assert kept.client.get("/uploads").json()["uploads"][0] == undone.json()
    assert kept.client.delete(f"/uploads/{upload}").json()["type"] == "urn:viewcast:cannot-undo"
    assert kept.client.delete("/uploads/999999").status_code == 404


LINES = (
    '{"id":"n1","views":[1],"last_date":"2026-11-20"}\n\n{"id":"n2","views":[2],"last_date":"2026-11-20"}\n'
)


@pytest.mark.parametrize(
    ("kind", "content", "query", "names"),
    [
        ("application/x-ndjson", LINES, "", ["n1", "n2"]),
        (
            "text/csv",
            "series,date,views\nc1,2026-11-20,5\nc2,2026-11-20,6\n",
            "?prefix=mine/",
            ["mine/c1", "mine/c2"],
        ),
        ("text/csv", "date,views\n2026-11-20,5\n", "?series=lone", ["lone"]),
        (
            "application/json",
            json.dumps({"series": [{"id": "j", "views": [1], "last_date": LAST_DATE}]}),
            "",
            ["j"],
        ),
    ],
)
def test_many_series_come_in_every_way(
    kept: Service, kind: str, content: str, query: str, names: list[str]
) -> None:
    answer = kept.client.post(f"/series{query}", content=content, headers={"Content-Type": kind})
    assert counted(answer) == (len(names), 0, 0)
    assert [kept.client.get(url(name)).status_code for name in names] == [200] * len(names)


def test_a_line_that_is_wrong_is_named_and_nothing_is_kept(kept: Service) -> None:
    line = '{"id":"%s","views":[%d],"last_date":"2026-11-20"}\n'
    content = line % ("good", 1) + line % ("bad", -1)
    answer = kept.client.post("/series", content=content, headers={"Content-Type": "application/x-ndjson"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "line 2.views[0]"
    assert kept.client.get("/series/good").status_code == 404


def test_series_are_listed_sorted_and_a_page_at_a_time(kept: Service) -> None:
    for n in range(5):
        put(kept, f"page {n}", [n, n * 10])
    params: dict[str, str | int] = {"search": "PAGE ", "sort": "-last_count", "limit": 2, "recent": 28}
    first = kept.client.get("/series", params=params)
    assert first.json() == {
        "total": 5,
        "series": [
            {"id": f"page {n}", "metric": "views", "first_date": "2026-11-19", "last_date": LAST_DATE,
             "n_days": 2, "last_count": n * 10, "expected": None, "recent": [n, n * 10]}
            for n in (4, 3)
        ],
    }  # fmt: skip
    second = kept.client.get(first.links["next"]["url"]).json()
    assert [entry["id"] for entry in second["series"]] == ["page 2", "page 1"]
    wrong = kept.client.get("/series", params={"sort": "size"})
    assert wrong.status_code == 422
    assert wrong.headers["Content-Type"] == "application/problem+json"
    assert wrong.json()["errors"][0]["field"] == "sort"


def test_some_days_of_a_series_are_read_and_forgotten(kept: Service) -> None:
    put(kept, "days", [1, 2, 3, 4, 5])
    some = {"from": "2026-11-17", "to": "2026-11-18"}
    assert kept.client.get("/series/days", params=some).json()["views"] == [2, 3]
    as_csv = kept.client.get("/series/days", params=some, headers={"Accept": "text/csv"})
    assert as_csv.text == "series,date,views\ndays,2026-11-17,2\ndays,2026-11-18,3\n"
    assert kept.client.delete("/series/days", params=some).json() == {"days": 2}
    assert kept.client.get("/series/days").json()["views"] == [1, None, None, 4, 5]
    assert kept.client.get("/series/days", params={"from": "yesterday"}).status_code == 422


def test_everything_is_exported_as_every_upload_reads_it(running: Service) -> None:
    assert running.client.get("/series.csv").text == "series,date,views\n"
    put(running, ODD, [5, None, 7.5])
    put(running, "b", [3])
    put(running, "b", [1], params={"metric": "likes"})
    exported = running.client.get("/series.csv")
    assert exported.headers["Content-Type"].startswith("text/csv")
    assert exported.text.splitlines()[0] == "series,date,views,likes"
    only = parse_history(running.client.get("/series.csv?metric=views").content, "series.csv")
    assert {series.name: series.n_known for series in only.series} == {ODD: 2, "b": 1}


def test_a_kept_series_is_forecast_as_if_its_days_were_sent(kept: Service) -> None:
    put(kept, "forecast", views(500))
    sent = kept.predict(single(views=views(500), horizon=40)).json()
    for more in {}, {"metric": "views"}:
        assert kept.predict({"id": "forecast", "horizon": 40, **more}).json() == {"id": "forecast", **sent}
    by_name = kept.client.get("/series/forecast/forecast", params={"horizon": 40}).json()
    assert by_name == {"id": "forecast", **sent}
    batch = {
        "series": [
            {"id": "forecast", "metric": "views"},
            {"id": "sent", "views": views(500), "last_date": LAST_DATE},
        ],
        "horizon": 40,
    }
    forecasts = [entry["forecast"] for entry in kept.predict(batch).json()["series"]]
    assert forecasts[0] == forecasts[1]
    lines = '{"id":"forecast","metric":"views","horizon":40}\n{"id":"nowhere"}\n'
    answer = kept.client.post("/predict", content=lines, headers={"Content-Type": "application/x-ndjson"})
    first, second = map(json.loads, answer.text.splitlines())
    assert first == by_name
    assert (second["line"], second["status"], second["type"]) == (2, 404, "urn:viewcast:unknown-series")


def test_zeros_before_the_first_count_are_no_days_of_a_kept_series_either(kept: Service) -> None:
    zeros = {"views": [0] * 30, "last_date": "2026-10-11"}
    kept.client.put("/series/zeros/days", json=zeros).raise_for_status()
    put(kept, "zeros", views(40)).raise_for_status()
    assert kept.client.get("/series/zeros").json()["views"] == [0] * 30 + views(40)
    answer = kept.predict({"id": "zeros"}).json()
    assert answer == {"id": "zeros", **kept.predict(single(views=[0] * 30 + views(40))).json()}
    assert answer["short_history"] is True


def test_what_cannot_be_forecast_of_what_is_kept_is_said(kept: Service) -> None:
    put(kept, "short", [1, 2, 3])
    short = kept.predict({"id": "short"})
    assert (short.status_code, short.json()["errors"][0]["field"]) == (422, "id")
    assert "has 3 kept days; at least 7 are needed" in short.json()["detail"]
    unknown = kept.predict({"series": [{"id": "short"}, {"id": "nowhere"}]})
    assert unknown.status_code in (404, 422)
    assert kept.predict({"id": "nowhere", "metric": "likes"}).json()["type"] == "urn:viewcast:unknown-series"
    assert kept.client.get("/series/nowhere/forecast").status_code == 404
    assert kept.client.get("/series/short/forecast", params={"levels": 70}).status_code == 422


def test_a_locked_database_is_said_and_forecasts_go_on(running: Service, models: Path) -> None:
    put(running, "locked", views(60))
    with closing(sqlite3.connect(models / "archive.sqlite")) as other:
        other.execute("BEGIN IMMEDIATE")
        refused = put(running, "locked", [1])
        assert refused.status_code == 503
        assert refused.headers["Retry-After"]
        assert refused.json()["type"] == "urn:viewcast:no-archive"
        assert running.predict({"id": "locked"}).status_code == 200
    assert counted(put(running, "locked", [1])) == (0, 1, 0)


def test_the_examples_of_the_api_page_are_answered_as_it_says(running: Service) -> None:
    counts = [1312, 1254, 1198, None, 1423, 1702, 1655, 1340, 1287]
    begun = {"views": counts, "last_date": "2026-11-19"}
    running.client.put(url("some video", "/days"), json=begun).raise_for_status()
    examples = [example for example in EXAMPLES if "/series" in example[0]]
    assert len(examples) == 3
    for command, said in examples:
        answer = sent(running, command).json()
        assert shape(answer) == shape(json.loads(said))
        assert {**answer, "received": ""} == {**json.loads(said), "received": ""}


def test_a_file_is_forecast_and_kept_nowhere(kept: Service) -> None:
    days = [f"2026-{10 + (d > 31):02}-{d - 31 * (d > 31):02}" for d in range(1, 52)]
    counts = [n % 7 * 100 + 300 + n for n in range(51)]
    rows = [f"in file,{day},{count}" for day, count in zip(days, counts, strict=True)]
    content = "\n".join(["series,date,views", *rows, "short,2026-11-19,5", "short,2026-11-20,6"])
    answer = kept.client.post(
        "/predict", params={"horizon": 9, "levels": 80}, content=content, headers={"Content-Type": "text/csv"}
    ).json()
    inline = kept.predict({"views": counts, "last_date": LAST_DATE, "horizon": 9, "levels": [80]}).json()
    assert [entry["id"] for entry in answer["series"]] == ["in file"]
    assert answer["series"][0]["forecast"] == inline["forecast"]
    assert answer["notes"][-1] == "short: 2 days are too few to forecast; 7 are needed"
    assert kept.client.get(url("in file")).status_code == 404
    wrong = kept.client.post("/predict?horizon=x", content=content, headers={"Content-Type": "text/csv"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "horizon")


@pytest.mark.parametrize("name", ["views", "series", "last_date", "id"])
def test_a_series_may_be_called_as_a_field_is(kept: Service, name: str) -> None:
    put(kept, name, views(20)).raise_for_status()
    inline = kept.predict({"views": views(20), "last_date": LAST_DATE}).json()
    request = {"id": name, "metric": "views"}
    assert kept.predict(request).json()["forecast"] == inline["forecast"]
    assert kept.predict({"series": [request]}).json()["series"][0]["forecast"] == inline["forecast"]
    line = kept.client.post(
        "/predict", content=json.dumps(request), headers={"Content-Type": "application/x-ndjson"}
    ).json()
    assert line["forecast"] == inline["forecast"]
