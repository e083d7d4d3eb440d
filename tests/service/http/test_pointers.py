"""What is wrong with a body is pointed at: a JSON pointer leads to it, or to where it should be."""

import json
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from service.http.problems import ProblemError
from tests.conftest import Service
from tests.service.requests import LAST_DATE, WEEK, batch, single


def pointers(answer: httpx.Response) -> list[str | None]:
    assert answer.status_code == 422, answer.text
    return [error.get("pointer") for error in answer.json()["errors"]]


def resolved(document: Any, pointer: str) -> Any:
    """What a pointer leads to (RFC 6901, section 4 and 6)."""
    assert pointer.startswith("#/")
    for step in unquote(pointer[2:]).split("/"):
        key = step.replace("~1", "/").replace("~0", "~")
        document = document[int(key) if isinstance(document, list) else key]
    return document


NAMES = ["unknown", "a/b", "~1", "a.b[3]", "100 %", "ü", '"']


@pytest.mark.parametrize("name", NAMES)
def test_a_pointer_leads_to_what_is_wrong_whatever_its_name(service: Service, name: str) -> None:
    body = {**single(), name: "WRONG"}
    (pointer,) = pointers(service.predict(body))
    assert pointer is not None
    assert resolved(body, pointer) == "WRONG"


@pytest.mark.parametrize("name", NAMES)
def test_a_pointer_leads_to_an_event_that_is_not_known(service: Service, name: str) -> None:
    body = batch(3)
    body["series"][1]["events"] = {name: "WRONG"}
    (pointer,) = pointers(service.predict(body))
    assert pointer is not None
    assert resolved(body, pointer) == "WRONG"


def test_several_are_pointed_at_and_what_is_missing_where_it_should_be(service: Service) -> None:
    body = {"series": [{"id": "a", "views": [*WEEK, -5], "last_date": "WRONG"}, {"id": "b", "views": WEEK}]}
    (wrong,) = pointers(service.predict({"series": body["series"][1:]}))
    assert wrong == "#/series/0/last_date"
    assert pointers(service.predict(body)) == ["#/series/0/views/7", "#/series/0/last_date"]


@pytest.mark.parametrize("levels", [[80, 80], [80, 3]])
def test_checks_of_our_own_point_as_well(service: Service, levels: list[int]) -> None:
    assert pointers(service.predict(single(levels=levels))) == ["#/levels/1"]


def test_in_lines_the_pointer_begins_in_the_line(service: Service) -> None:
    good = {"id": "a", "views": WEEK, "last_date": LAST_DATE}
    lines = "\n".join(map(json.dumps, [good, {**good, "id": "b", "views": [-1, 2]}]))
    answer = service.client.post("/series", content=lines, headers={"Content-Type": "application/x-ndjson"})
    assert pointers(answer) == ["#/views/0"]
    assert answer.json()["errors"][0]["field"] == "line 2.views[0]"


def test_parameters_files_and_the_body_as_a_whole_have_none(service: Service) -> None:
    csv = {"Content-Type": "text/csv"}
    assert pointers(service.client.get("/series", params={"sort": "size"})) == [None]
    assert pointers(service.predict([])) == [None]
    assert pointers(service.client.post("/predict?levels=3", content="date,views", headers=csv)) == [None]
    kept = {"series": [{"id": "a", "views": WEEK, "last_date": LAST_DATE}]}
    assert pointers(service.client.post("/series?replace=perhaps", json=kept)) == [None]
    assert pointers(service.client.put("/series/%FF/days", json=single())) == [None]


def test_a_pointer_that_would_be_endless_is_left_out() -> None:
    (error,) = ProblemError.at("events", "is wrong", "x" * 1000).errors
    assert (error.field, error.pointer) == (f"events.{'x' * 40}", None)
