"""Events in requests: they change what they should, and whatever is wrong with them is said."""

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from service.predict.batch_splitting import split_batch
from tests.command_lines import fitted, said_of_setting, training
from tests.conftest import Service, serving
from tests.service.requests import LAST_DATE, batch, single, views
from tests.training.planted import on
from tests.training.quick_models import SAMPLE, a_history, a_model
from training.clock import utc_now
from training.database.engine import Database
from training.database.histories import Histories
from training.model.event_effects import Effect, EventEffects
from training.model.event_model import EventModel
from training.store.manifest import Verdict
from training.store.model_store import ModelStore

# ×2 on the day of one unit, and a holiday on 2026-11-25.
DOUBLE = Effect((0.0, float(np.log(2.0)), *(0.0,) * 7), largest=1.0, times=9)
HALF = Effect((0.0, float(np.log(0.5)), *(0.0,) * 7), largest=1.0, times=9)
HOLIDAY = int(np.datetime64("2026-11-25").astype(int))
EFFECTS = EventEffects({"campaign": DOUBLE, "upload": Effect()}, {"DE: A Day": (HALF, on([HOLIDAY]))})
WEEK_AHEAD = [f"2026-11-{day}" for day in range(21, 28)]


def publish(models: Path) -> None:
    model = EventModel(a_model(1), EFFECTS)
    ModelStore(models).publish(
        model, model, created=utc_now(), history=a_history(), source=SAMPLE, settings={},
        scores=None, verdict=Verdict(True, "it is the first", None, None), activate=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def knowing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service whose model knows two events and a holiday."""
    models = tmp_path_factory.mktemp("events") / "models"
    publish(models)
    with serving(models) as service:
        yield service


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service whose model is the same, and knows none."""
    models = tmp_path_factory.mktemp("plain") / "models"
    ModelStore(models).publish(
        a_model(1), a_model(1), created=utc_now(), history=a_history(), source=SAMPLE, settings={},
        scores=None, verdict=Verdict(True, "it is the first", None, None), activate=True,
    )  # fmt: skip
    with serving(models) as service:
        yield service


def numbers(service: Service, **changes: Any) -> np.ndarray:
    """Median and ends of the intervals, of shape (n_days, 5)."""
    answer = service.predict(single(**changes))
    assert answer.status_code == 200, answer.text
    days = answer.json()["forecast"]
    assert [day["date"] for day in days] == WEEK_AHEAD
    return np.array([[day["views"], *np.ravel(list(day["intervals"].values()))] for day in days])


def test_a_day_to_come_is_multiplied_and_holidays_are_known_by_themselves(
    knowing: Service, plain: Service
) -> None:
    factors = np.array([1, 1, 2, 1, 0.5, 1, 1])
    planned = numbers(knowing, events={"campaign": {"2026-11-23": 1}, "upload": {}})
    np.testing.assert_allclose(planned, numbers(plain) * factors[:, None], rtol=1e-3, atol=0.02)


def test_a_past_day_is_divided(knowing: Service, plain: Service) -> None:
    raised: list[Any] = views()
    raised[-2] *= 2
    divided = numbers(knowing, views=raised, events={"campaign": {"2026-11-19": 1}})
    np.testing.assert_allclose(divided[:4], numbers(plain)[:4], rtol=1e-6, atol=0.02)


@pytest.mark.parametrize("events", [{}, {"campaign": {}}, {"campaign": {"2026-11-22": 0}}])
def test_no_events_change_nothing(knowing: Service, events: dict[str, Any]) -> None:
    assert np.array_equal(numbers(knowing, events=events), numbers(knowing))


def assert_same_views(answer: dict[str, Any], expected: dict[str, Any]) -> None:
    """Forecast together with others, the last digit that is written may round the other way."""
    views, others = ([day["views"] for day in entry["forecast"]] for entry in (answer, expected))
    np.testing.assert_allclose(views, others, rtol=1e-5)


def test_each_series_of_a_batch_and_of_lines_has_its_own(knowing: Service) -> None:
    request = batch(3, levels=[])
    nameless = [{**entry, "id": None} for entry in request["series"]]
    alone = [knowing.predict({**entry, "levels": []}) for entry in nameless]
    assert {answer.status_code for answer in alone} == {422}  # one series alone has no name
    request["series"][1]["events"] = {"campaign": {"2026-11-22": 1}}
    answer = knowing.predict(request).json()["series"]
    for entry, result in zip(request["series"], answer, strict=True):
        body = {key: value for key, value in entry.items() if key != "id"}
        assert_same_views(knowing.predict({**body, "levels": []}).json(), result)
    lines = "".join(json.dumps({**entry, "levels": []}) + "\n" for entry in request["series"])
    headers = {"Content-Type": "application/x-ndjson"}
    answered = knowing.client.post("/predict", content=lines, headers=headers).text.splitlines()
    for written, result in zip(answered, answer, strict=True):
        assert_same_views(json.loads(written), result)


THOUSAND = {f"event {i}": {"2026-11-23": 1} for i in range(1000)}


@pytest.mark.parametrize(
    ("events", "field", "detail"),
    [
        ([], "events", "is a list; an object would be right"),
        (3, "events", "is 3; an object would be right"),
        ({"campain": {}}, "events.campain", 'no event that is known here; there is "campaign", "upload"'),
        (THOUSAND, "events.event 0", "no event that is known here"),
        ({"campaign": ["2026-11-23"]}, "events.campaign", '{"2026-11-27": 1} would be right'),
        ({"campaign": None}, "events.campaign", "is no object of days and values"),
        ({"campaign": {"2026-11-31": 1}}, "events.campaign.2026-11-31", "is no date of the calendar"),
        ({"campaign": {"20261123": 1}}, "events.campaign.20261123", "is no date of the calendar"),
        ({"campaign": {"2026-W48-1": 1}}, "events.campaign.2026-W48-1", "is no date of the calendar"),
        ({"campaign": {"x" * 10_000: 1}}, f"events.campaign.{'x' * 40}", "is no date of the calendar"),
        ({"campaign": {"2026-11-28": 1}}, "events.campaign.2026-11-28", "2026-09-26 to 2026-11-27"),
        ({"campaign": {"2026-09-25": 1}}, "events.campaign.2026-09-25", "2026-09-26 to 2026-11-27"),
        ({"campaign": {"2026-11-23": -1}}, "events.campaign.2026-11-23", "is -1; a number from 0 to 1e+15"),
        ({"campaign": {"2026-11-23": 1e16}}, "events.campaign.2026-11-23", "a number from 0 to 1e+15"),
        ({"campaign": {"2026-11-23": "1"}}, "events.campaign.2026-11-23", 'is "1"; a number from 0'),
        ({"campaign": {"2026-11-23": True}}, "events.campaign.2026-11-23", "is true; a number from 0"),
        ({"campaign": {"2026-11-23": None}}, "events.campaign.2026-11-23", "is null; a number from 0"),
        ({"campaign": {"2026-11-23": float("nan")}}, "events.campaign.2026-11-23", "is NaN; a number"),
        ({"campaign": {"2026-11-23": float("inf")}}, "events.campaign.2026-11-23", "is Infinity; a number"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_wrong_is_named(knowing: Service, events: object, field: str, detail: str) -> None:
    answer = knowing.client.post("/predict", content=json.dumps(single(events=events)), headers=JSON)
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert detail in error["detail"]
    assert len(answer.content) < 2_000


JSON = {"Content-Type": "application/json"}


def test_a_series_of_a_batch_is_named_as_well(knowing: Service) -> None:
    request = batch(2)
    request["series"][1]["events"] = {"campaign": {"2026-02-30": 1}}
    (error,) = knowing.predict(request).json()["errors"]
    assert error["field"] == "series[1].events.campaign.2026-02-30"


def test_a_wrong_line_is_answered_and_the_others_go_on(knowing: Service) -> None:
    lines = [{"id": "a", **single(events={"campain": {}})}, {"id": "b", **single()}]
    content = "\n".join(map(json.dumps, lines))
    headers = {"Content-Type": "application/x-ndjson"}
    answer = knowing.client.post("/predict", content=content, headers=headers)
    first, second = map(json.loads, answer.text.splitlines())
    assert first["status"] == 422
    assert second["id"] == "b"


def test_a_model_that_knows_none_says_how_to_make_one_that_does(plain: Service) -> None:
    answer = plain.predict(single(events={"campaign": {"2026-11-23": 1}}))
    assert answer.status_code == 422
    assert "there is none; training has to be asked for them" in answer.json()["detail"]


def test_events_are_documented_with_an_example(knowing: Service) -> None:
    schemas = knowing.client.get("/openapi.json").json()["components"]["schemas"]
    for model in "ForecastRequest", "SeriesToForecast", "LineForecastRequest", "SeriesHistory":
        events = schemas[model]["properties"]["events"]
        assert events["examples"] == [{"campaign": {"2026-11-19": 1, "2026-11-27": 1}}]
        assert "events" not in schemas[model]["required"]


def test_what_comes_with_retrain_is_kept_and_learned_from(trained_models: Path, tmp_path: Path) -> None:
    models = shutil.copytree(trained_models, tmp_path / "models")
    days = {f"2026-{month:02}-{day:02}": 1 for month in (9, 10, 11) for day in (3, 17)}
    counts = np.round(1000 + 50 * np.sin(np.arange(90)))
    csv = "date,views,campaign\n2026-11-20,900,0\n2026-12-01,,1\n"
    with serving(models, events="campaign", holidays="DE,US") as service:
        read = service.client.post("/read", content=csv, headers={"Content-Type": "text/csv"}).json()
        assert 'upload.csv: the event "campaign" has 1 day' in read["notes"]
        history = {"views": counts.tolist(), "last_date": LAST_DATE, "events": {"campaign": days}}
        for body, headers in (json.dumps(history), JSON), (csv, {"Content-Type": "text/csv"}):
            accepted = service.client.post("/retrain", content=body, headers=headers)
            assert accepted.status_code == 202, accepted.text
            assert service.ended_job(accepted.json()["id"])["state"] == "succeeded"
        newest = ModelStore(models).versions()[-1]
        refused = service.client.post("/retrain", json={**history, "events": {"campain": {}}})
        assert 'there is "campaign"' in refused.json()["detail"]
    assert newest.settings["events"] == ["campaign"]
    assert newest.settings["holidays"] == ["DE", "US"]
    assert ModelStore(models).load(newest.version)[0].known_events == ("campaign",)
    with closing(Database(f"sqlite:///{models}/archive.sqlite")) as archive:
        kept = Histories(archive).all(["campaign"]).events["total"]["campaign"]
    dates = kept.days.astype("datetime64[D]").astype(str).tolist()
    assert dates == sorted([*days, LAST_DATE, "2026-12-01"])


@pytest.mark.parametrize(
    ("setting", "value", "problem"),
    [("HOLIDAYS", "DE,XX", 'there are no holidays of "XX"'), ("EVENTS", "views", "a column that every")],
)
def test_settings_that_make_no_sense_are_named(
    tmp_path: Path, setting: str, value: str, problem: str
) -> None:
    said = said_of_setting(tmp_path / "models", setting, value)
    assert problem in said
    assert f"VIEWCAST_{setting}" in said


def test_what_was_trained_from_the_command_line_is_known_to_the_service(
    trained_models: Path, tmp_path: Path
) -> None:
    models = shutil.copytree(trained_models, tmp_path / "models")
    rows = [
        f"{np.datetime64(LAST_DATE) - np.timedelta64(70 - i, 'D')},{100 + i},{int(i % 23 == 5)}"
        for i in range(71)
    ]
    (tmp_path / "views.csv").write_text("\n".join(["date,views,campaign", *rows]))
    _, version = fitted(models, tmp_path / "views.csv", "--events", "campaign")
    training("activate", version, "--models", models)
    with serving(models) as service:
        assert service.predict(single(events={"campaign": {"2026-11-23": 1}})).status_code == 200


def test_a_batch_with_events_is_cut_into_its_series() -> None:
    request = batch(3)
    request["series"][0]["events"] = {"campaign": {"2026-11-22": 1, "2026-11-23": 0.5}, "upload": {}}
    split = split_batch(json.dumps(request).encode(), 10)
    assert split is not None
    assert list(map(json.loads, split.series)) == request["series"]
