"""A model that knows events forecasts what it would without them, times their effects."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.training.planted import LAST_DATE, drawn_days, on, planted
from tests.training.quick_models import SAMPLE, a_history, a_model, is_same_model
from training.clock import utc_now
from training.evaluation.held_out import forecast_held_out
from training.evaluation.scoring import score
from training.fitting.event_effects import fit_effects
from training.history.days import day_number
from training.history.series import DAY
from training.model.event_effects import Effect, EventEffects
from training.model.event_model import EventModel
from training.model.forecast_model import ForecastModel
from training.store.manifest import EVENTS_FILE, MODEL_FILE, Manifest, Verdict
from training.store.model_store import ModelStore, ModelStoreError
from training.store.versions import sha256

DOUBLE = Effect((0.0, float(np.log(2.0)), *(0.0,) * 7), largest=1.0, times=9)
EFFECTS = EventEffects({"campaign": DOUBLE}, {})
MODEL = a_model(0)
EVENTFUL = EventModel(MODEL, EFFECTS)
TODAY = day_number(LAST_DATE)
DATES = np.array([LAST_DATE])


@pytest.mark.parametrize("n_days", [7, 56, 420, 900])
@pytest.mark.parametrize("horizon", [1, 28, 40])
def test_views_are_divided_and_forecasts_multiplied(n_days: int, horizon: int) -> None:
    views = np.arange(1.0, n_days + 1)
    events = {"campaign": on([TODAY - 3, TODAY + 1])}
    without = views.copy()
    without[-4] /= 2
    expected = MODEL.predict([without], DATES, horizon).views
    expected[:, 0] *= 2
    np.testing.assert_allclose(EVENTFUL.predict([views], DATES, horizon, events=[events]).views, expected)


def test_holidays_count_for_every_series_up_to_the_last_one_that_is_known() -> None:
    holidays = EventEffects({}, {"DE: New Year": (DOUBLE, on([TODAY - 300, TODAY + 2]))})
    views = np.arange(1.0, 101)
    expected = MODEL.predict([views], DATES, 5).views
    expected[:, 1] *= 2
    np.testing.assert_allclose(EventModel(MODEL, holidays).predict([views], DATES, 5).views, expected)


def test_each_series_has_its_own_events() -> None:
    views = [np.arange(1.0, 61), np.arange(1.0, 8), np.arange(1.0, 500)]
    dates = np.array([LAST_DATE, LAST_DATE - 9 * DAY, LAST_DATE])
    events = [{}, {"campaign": on([TODAY - 8])}, {"campaign": on([TODAY + 2])}]
    together = EVENTFUL.predict(views, dates, 3, events=events).views
    for i, counts in enumerate(views):
        alone = EVENTFUL.predict([counts], dates[i : i + 1], 3, events=events[i : i + 1]).views
        np.testing.assert_allclose(together[i : i + 1], alone, rtol=1e-5)


def test_without_any_event_the_forecast_is_the_plain_models_bit_by_bit() -> None:
    views = np.arange(1.0, 500)
    plain = MODEL.predict([views], DATES, 40).views
    assert np.array_equal(EVENTFUL.predict([views], DATES, 40).views, plain)
    assert np.array_equal(EVENTFUL.predict([views], DATES, 40, events=[{}]).views, plain)


def test_a_model_that_knows_no_events_pays_no_heed_to_them() -> None:
    views = np.arange(1.0, 60)
    forecasts = MODEL.predict([views], DATES, 7, events=[{"campaign": on([TODAY + 1])}])
    assert np.array_equal(forecasts.views, MODEL.predict([views], DATES, 7).views)
    assert (MODEL.known_events, EVENTFUL.known_events) == ((), ("campaign",))


def test_too_few_days_and_too_long_a_horizon_are_refused_as_ever() -> None:
    with pytest.raises(ValueError, match="6 days long; 7 are needed"):
        EVENTFUL.predict([np.ones(6)], DATES, 1)
    with pytest.raises(ValueError, match="horizon is 0"):
        EVENTFUL.predict([np.ones(7)], DATES, 0)


@pytest.fixture
def published(tmp_path: Path) -> tuple[ModelStore, str]:
    twin = EventModel(a_model(1), EventEffects({"campaign": Effect()}, {}))
    store = ModelStore(tmp_path / "models")
    manifest = store.publish(
        EVENTFUL, twin, created=utc_now(), history=a_history(), source=SAMPLE, settings={}, scores=None,
        verdict=Verdict(True, "it is the first", None, None), activate=True,
    )  # fmt: skip
    return store, manifest.version


def test_a_version_keeps_what_its_model_and_its_twin_know_of_events(
    published: tuple[ModelStore, str],
) -> None:
    store, version = published
    model = store.load_last_good().model
    assert isinstance(model, EventModel)
    assert is_same_model(model.base, MODEL)
    assert model.effects == EFFECTS
    twin = store.load_held_out(version)
    assert isinstance(twin, EventModel)
    assert twin.effects.events == {"campaign": Effect()}


def test_events_are_kept_also_when_the_twin_knows_none(tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "models")
    manifest = store.publish(
        EVENTFUL, MODEL, created=utc_now(), history=a_history(), source=SAMPLE, settings={}, scores=None,
        verdict=Verdict(True, "it is the first", None, None), activate=True,
    )  # fmt: skip
    assert store.load_last_good().model.known_events == ("campaign",)
    assert store.load_held_out(manifest.version).known_events == ()


@pytest.mark.parametrize("content", [b"", b"{}", None], ids=["empty", "another", "missing"])
def test_a_version_whose_events_are_damaged_is_refused(
    published: tuple[ModelStore, str], content: bytes | None
) -> None:
    store, version = published
    file = Path(store.folder) / version / EVENTS_FILE
    file.unlink() if content is None else file.write_bytes(content)
    with pytest.raises(ModelStoreError, match=EVENTS_FILE):
        store.load(version)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'{"model.joblib": {"events": 3}}', "it tells no effects of events"),
        (b'{"model.joblib": {"events": {"campaign": {}}, "holidays": {}}}', "it tells no effects of events"),
        (b'{"held_out.joblib": null}', "it says nothing of model.joblib"),
        (b"[]", "it says nothing of model.joblib"),
    ],
)
def test_events_that_are_no_effects_are_refused_also_with_a_right_checksum(
    published: tuple[ModelStore, str], content: bytes, problem: str
) -> None:
    store, version = published
    (Path(store.folder) / version / EVENTS_FILE).write_bytes(content)
    path = Path(store.folder) / version / "manifest.json"
    document = json.loads(path.read_text())
    document["files"][EVENTS_FILE] = sha256((Path(store.folder) / version / EVENTS_FILE).read_bytes())
    path.write_text(json.dumps(document))
    renamed = Manifest.from_json(path.read_bytes()).name()
    path.write_text(json.dumps(document | {"version": renamed}))
    (Path(store.folder) / version).rename(Path(store.folder) / renamed)
    with pytest.raises(ModelStoreError, match=f"{EVENTS_FILE} is refused: {problem}"):
        store.load(renamed)


def test_a_version_without_events_has_no_file_for_them(tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "models")
    manifest = store.publish(
        MODEL, MODEL, created=utc_now(), history=a_history(), source=SAMPLE, settings={}, scores=None,
        verdict=Verdict(True, "it is the first", None, None), activate=True,
    )  # fmt: skip
    assert manifest.files.keys() == {MODEL_FILE, "held_out.joblib", "trial.json"}
    assert type(store.load_last_good().model) is type(MODEL)


@pytest.mark.parametrize("seed", range(2))
def test_the_error_falls_by_much_on_event_days_and_does_not_rise_on_others(
    trained_models: Path, seed: int
) -> None:
    prior = ModelStore(trained_models).load_last_good().model
    assert isinstance(prior, ForecastModel)
    campaign, holiday = drawn_days(30, seed, length=3), drawn_days(16, seed + 20)
    history = planted({"campaign": (campaign, 2.0), "holiday": (holiday, 0.6)}, 10, seed)
    first_origin = LAST_DATE - np.timedelta64(179, "D")
    effects = fit_effects(history.before(first_origin), ("campaign",), {"holiday": on(holiday)})
    eventful = EventModel(prior, effects)

    event_days, other_days = [], []
    for series in history.series:
        if np.nanmean(series.views) < 10:
            continue
        for origin in np.arange(first_origin, LAST_DATE - 7 * DAY, 2 * DAY):
            n = series.index_of(origin)
            coming = [history.events[series.name]]
            dates, truth = np.array([origin - DAY]), series.views[n : n + 7]
            errors = [
                np.abs(model.predict([series.views[:n]], dates, 7, events=coming).median[0] - truth)
                for model in (prior, eventful)
            ]
            is_event = np.isin(day_number(origin) + np.arange(7), [*campaign, *holiday]) & (truth == truth)
            is_other = ~is_event & (truth == truth)
            scale = np.nanmean(series.views)
            event_days.append([error[is_event].sum() / scale for error in errors])
            other_days.append([error[is_other].sum() / scale for error in errors])
    before, after = np.sum(event_days, axis=0)
    assert after < 0.7 * before
    before, after = np.sum(other_days, axis=0)
    assert after <= before

    held_out = [forecast_held_out(model, history, first_origin) for model in (prior, eventful)]
    scores = [score(forecasts) for forecasts in held_out if forecasts is not None]
    plain, knowing = (each.methods["sum of sigmoids"]["1-7"] for each in scores)
    assert plain is not None
    assert knowing is not None
    assert knowing < plain
