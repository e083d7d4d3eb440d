"""What is kept has a bound, in all and for each client, when the settings say so."""

from pathlib import Path
from typing import Any

import httpx

from service.http.api_keys import KeyFile
from service.http.problem_examples import problem_examples
from tests.conftest import Service, serving
from tests.service.requests import LAST_DATE, WEEK


def series(name: str, n_days: int = 10) -> dict[str, Any]:
    return {"id": name, "views": (WEEK * 10)[-n_days:], "last_date": LAST_DATE}


def send(service: Service, *sent: dict[str, Any], **headers: str) -> httpx.Response:
    return service.client.post("/series", json={"series": list(sent)}, headers=headers)


def kept(service: Service, **headers: str) -> dict[str, int]:
    page = service.client.get("/series", headers=headers).raise_for_status().json()
    return {kept["id"]: kept["n_days"] for kept in page["series"]}


def is_refused(answer: httpx.Response) -> bool:
    return (answer.status_code, answer.json()["type"]) == (409, "urn:viewcast:quota-exceeded")


def test_nothing_is_kept_of_an_upload_that_would_keep_too_many_series(models: Path) -> None:
    with serving(models, max_kept_series=3) as service:
        send(service, series("a"), series("b")).raise_for_status()
        refused = send(service, series("c"), series("d"))
        assert is_refused(refused)
        assert "4 series would be kept, and 3 may be" in refused.json()["detail"]
        assert kept(service) == {"a": 10, "b": 10}
        send(service, series("c")).raise_for_status()


def test_days_are_bounded_on_every_way_in(models: Path) -> None:
    with serving(models, max_kept_days=20) as service:
        send(service, series("a", 8), series("b")).raise_for_status()
        longer = series("a", 11)
        assert is_refused(service.client.post("/retrain", json=longer))
        del longer["id"]
        assert is_refused(service.client.put("/series/a/days", json=longer))
        assert kept(service) == {"a": 8, "b": 10}
        assert service.client.get("/retrain").json()["jobs"] == []


def test_days_of_events_count_as_days(models: Path) -> None:
    key = {"X-API-Key": KeyFile(models).create("agency", ["predict", "write"], prefix="agency/")}
    limits: dict[str, Any] = {"max_kept_days": 40, "max_kept_days_of_key": 20}
    planned = {f"2026-12-{day:02}": 1 for day in range(1, 11)}
    with serving(models, events="campaign", **limits) as service:
        send(service, {**series("agency/a"), "events": {"campaign": planned}}, **key).raise_for_status()
        more = {"campaign": {"2026-12-11": 1}}
        refused = send(service, {**series("agency/a"), "events": more}, **key)
        assert is_refused(refused)
        assert "21 days, with those of events, of the series" in refused.json()["detail"]
        corrected = {"campaign": {"2026-12-10": 0}}
        send(service, {**series("agency/a"), "events": corrected}, **key).raise_for_status()


def test_corrections_and_deletions_are_taken_when_no_more_fits(models: Path) -> None:
    with serving(models, max_kept_series=9) as service:
        send(service, series("a"), series("b")).raise_for_status()
    with serving(models, max_kept_series=1, max_kept_days=5) as service:
        corrected = series("a")
        corrected["views"][0] += 1
        assert send(service, corrected).raise_for_status().json()["changed"] == 1
        assert is_refused(send(service, series("c", 1)))
        for name in "a", "b":
            service.client.delete(f"/series/{name}").raise_for_status()
        send(service, series("c", 1)).raise_for_status()


def test_a_repeated_request_is_answered_as_it_was_though_no_more_fits(models: Path) -> None:
    with serving(models, max_kept_series=1) as service:
        first = send(service, series("a"), **{"Idempotency-Key": "one"}).raise_for_status().json()
        again = send(service, series("a"), **{"Idempotency-Key": "one"}).raise_for_status().json()
        assert again["upload"] == first["upload"]


def test_a_client_fills_its_own_room_and_nobody_elses(models: Path) -> None:
    keys = {
        client: {"X-API-Key": KeyFile(models).create(client, ["predict", "write"], prefix=prefix)}
        for client, prefix in (("agency", "agency/"), ("other", "other/"), ("operator", ""))
    }
    with serving(models, max_kept_days_of_key=1000, max_kept_series_of_key=50) as service:
        full = [series(f"agency/{i}", 20) for i in range(50)]
        send(service, *full, **keys["agency"]).raise_for_status()
        refused = send(service, series("agency/0", 44), **keys["agency"])
        example = problem_examples()["quota-exceeded"]["value"]
        assert refused.json() == example
        assert is_refused(send(service, series("agency/50", 1), **keys["agency"]))
        send(service, series("other/0"), **keys["other"]).raise_for_status()
        send(service, series("agency/0", 44), **keys["operator"]).raise_for_status()


def test_the_limits_are_told(models: Path) -> None:
    with serving(models, max_kept_series=3, max_kept_days_of_key=7) as service:
        limits = service.client.get("/limits").json()
    names = ("max_kept_series", "max_kept_days", "max_kept_series_of_key", "max_kept_days_of_key")
    assert [limits[name] for name in names] == [3, None, None, 7]
