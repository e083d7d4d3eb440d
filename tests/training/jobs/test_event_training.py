"""`fit --events … --holidays …`: what is learned, kept, said and refused, from the command line."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.command_lines import fitted, training
from tests.training.planted import LAST_DATE
from training.database.engine import Database
from training.database.histories import Histories
from training.history.days import day_number
from training.history.series import DAY
from training.history.synthetic import generate_history
from training.model.event_model import EventModel
from training.store.manifest import EVENTS_FILE, MODEL_FILE, Source
from training.store.model_store import ModelStore

# Long enough to hold days out, and too short to learn anything from that the prior does not know: quick.
N_DAYS = 75
LATER = LAST_DATE + np.timedelta64(5, "D")
CAMPAIGN = [20, 21, 37, 52, 66]
PLAN = [N_DAYS + 2, N_DAYS + 3]


@pytest.fixture
def models(tmp_path: Path, trained_models: Path) -> Path:
    return shutil.copytree(trained_models, tmp_path / "models")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Two series whose views are tripled by a campaign, which comes again in the days to come."""
    lines = ["series,date,views,campaign,someday"]
    for series in generate_history(2, N_DAYS, LAST_DATE, 5).series:
        views = np.round(100 + series.views)
        for i in range(views.size + 5):
            is_on = i - (views.size - N_DAYS) in CAMPAIGN + PLAN
            known = i < views.size and not np.isnan(views[i])
            count = int(views[i] * (3 if is_on else 1)) if known else ""
            date = series.first_date + i * DAY
            lines.append(f"{series.name},{date},{count},{int(is_on)},{int(i > N_DAYS)}")
    path = tmp_path / "views.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_effects_are_learned_said_and_part_of_the_version(models: Path, file: Path) -> None:
    ended, version = fitted(models, file, "--events", "campaign,someday", "--holidays", "DE, US")
    assert 'Note: the event "campaign", seen 4 times: ×' in ended.stdout
    assert 'Note: the event "someday" is on no day that has views: nothing is learned of it' in ended.stdout
    model, manifest = ModelStore(models).load(version)
    assert manifest.settings["events"] == ["campaign", "someday"]
    assert manifest.settings["holidays"] == ["DE", "US"]
    assert model.known_events == ("campaign", "someday")
    assert isinstance(model, EventModel)
    assert 2.0 < np.exp(model.effects.events["campaign"].log_effects[1]) < 3.0


def test_without_being_asked_nothing_changes_and_without_an_effect_no_bit_of_the_model(
    models: Path, file: Path
) -> None:
    ended, plain = fitted(models, file)
    assert "event" not in ended.stdout
    assert not (models / plain / EVENTS_FILE).exists()
    manifest = ModelStore(models).manifest(plain)
    assert manifest.settings == {"random_state": 0}
    assert manifest.source == Source("kept")
    _, with_placebo = fitted(models, file, "--events", "someday")
    assert (models / with_placebo / MODEL_FILE).read_bytes() == (models / plain / MODEL_FILE).read_bytes()


def test_what_is_kept_is_learned_from_again_with_its_events(models: Path, file: Path) -> None:
    _, first = fitted(models, file, "--events", "campaign")
    _, second = fitted(models, "--events", "campaign")
    assert (models / first / EVENTS_FILE).read_bytes() == (models / second / EVENTS_FILE).read_bytes()
    archive = Database(f"sqlite:///{models}/archive.sqlite")
    kept = Histories(archive).all(["campaign"]).events["sample-001"]["campaign"]
    archive.close()
    assert kept.days[-1] == day_number(LATER)


def test_the_forecast_command_takes_the_plan_from_the_file(models: Path, file: Path, tmp_path: Path) -> None:
    _, version = fitted(models, file, "--events", "campaign")
    training("activate", version, "--models", models)
    without_plan = tmp_path / "unplanned.csv"
    rows = [line.split(",") for line in file.read_text().splitlines()]
    without_plan.write_text("\n".join(",".join(row[:4]) for row in rows if row[2]) + "\n")
    medians = []
    for history in file, without_plan:
        out = tmp_path / "forecasts.csv"
        training("forecast", history, "--out", out, "--horizon", 5, "--models", models)
        rows_of_first = out.read_text().splitlines()[1:6]
        medians.append([float(row.split(",")[2]) for row in rows_of_first])
    planned, unplanned = medians
    ratios = np.divide(planned, unplanned)
    assert ratios[[0, 1, 4]] == pytest.approx(1.0, abs=0.1)
    assert (ratios[2:4] > 1.8).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--events", "campain"], 'views.csv: no row has a value for the event "campain"; name a column'),
        (["--events", "campaign,Campaign"], "an event is asked for twice"),
        (["--events", "views"], '"views" is a column that every history has'),
        (["--events", ",".join(map(str, range(1000)))], "1000 events are asked for; at most 50"),
        (["--holidays", "XX"], 'there are no holidays of "XX"; write a country like DE'),
        (["--holidays", ",".join(["DE"] * 100)], "holidays of 100 places are asked for; at most 20"),
    ],
)
def test_what_makes_no_sense_is_one_line_and_nothing_is_published(
    models: Path, file: Path, arguments: list[str], message: str
) -> None:
    before = ModelStore(models).version_names()
    ended = training("fit", file, "--models", models, *arguments, code=1)
    assert message in ended.stderr
    assert ModelStore(models).version_names() == before


def test_events_of_a_history_too_short_to_hold_days_out_are_known_to_its_version(
    models: Path, tmp_path: Path
) -> None:
    short = tmp_path / "short.csv"
    days = [f"a,2026-11-{day:02},{100 + day},{int(day % 6 == 0)}" for day in range(1, 21)]
    short.write_text("\n".join(["series,date,views,campaign", *days]) + "\n")
    _, version = fitted(models, short, "--events", "campaign")
    model, manifest = ModelStore(models).load(version)
    assert model.known_events == tuple(manifest.settings["events"]) == ("campaign",)


def test_events_that_no_history_has_are_known_to_the_version_by_name(models: Path) -> None:
    _, version = fitted(models, "--events", "campaign")
    model, manifest = ModelStore(models).load(version)
    assert model.known_events == tuple(manifest.settings["events"]) == ("campaign",)


def test_holidays_alone_need_no_history_to_start_with(models: Path) -> None:
    ended, version = fitted(models, "--holidays", "DE")
    assert "current version" in ended.stdout or "take over" in ended.stdout
    assert not (models / version / EVENTS_FILE).exists()


def test_holidays_without_an_effect_are_said(models: Path, file: Path) -> None:
    ended, version = fitted(models, file, "--holidays", "FR")
    assert "Note: no effect of any holiday was found" in ended.stdout
    assert ModelStore(models).manifest(version).settings["holidays"] == ["FR"]
