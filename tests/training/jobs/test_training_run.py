"""One run leads from a history to a published version, tells how far it is, and judges what it made."""

import shutil
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from tests.training.quick_models import is_same_model
from training.database.engine import Database
from training.database.erasure import forget
from training.database.histories import Histories
from training.database.uploads import Uploads
from training.evaluation.held_out import forecast_held_out
from training.evaluation.scoring import score
from training.fitting import own_sums
from training.fitting.training_windows import held_out_start
from training.history.files import read_history, write_csv
from training.history.series import History, HistoryError, Series
from training.history.synthetic import generate_history
from training.jobs.training_data import SAMPLE_SERIES
from training.jobs.training_run import TrainingResult, run
from training.jobs.training_settings import TrainingSettings
from training.store.manifest import Source
from training.store.model_store import ModelStore, ModelStoreError
from training.store.scores import METHOD

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LAST_DATE = np.datetime64("2026-11-23")
# Long enough to hold days out, and too short to learn anything from that the prior does not know: quick.
SHORT = 75


@pytest.fixture
def models(tmp_path: Path, trained_models: Path) -> Path:
    """A models folder with a version, and with what is learned from generated histories."""
    return shutil.copytree(trained_models, tmp_path / "models")


def archive_url(models: Path) -> str:
    return f"sqlite:///{models}/archive.sqlite"


def kept(models: Path) -> History:
    archive = Database(archive_url(models))
    try:
        return Histories(archive).all()
    finally:
        archive.close()


def train(
    models: Path, history: Path | None = None, start: str | None = None, only: bool = False
) -> tuple[TrainingResult, list[tuple[str, float]]]:
    reports: list[tuple[str, float]] = []
    settings = TrainingSettings(models, archive_url(models), history, start=start, only=only)
    result = run(
        settings, clock=lambda: NOON, progress=lambda step, fraction: reports.append((step, fraction))
    )
    return result, reports


def a_file(folder: Path, n_series: int, n_days: int) -> Path:
    path = folder / "views.csv"
    write_csv(generate_history(n_series, n_days, LAST_DATE, random_state=5), path)
    return path


def test_a_run_publishes_a_version_that_says_how_it_was_made(models: Path, tmp_path: Path) -> None:
    result, _ = train(models, a_file(tmp_path, 2, SHORT))
    model, manifest = ModelStore(models).load(result.manifest.version)
    assert manifest == result.manifest
    assert manifest.created == "2026-11-24T12:00:00+00:00"
    assert (manifest.history.series, manifest.history.last_date) == (2, "2026-11-23")
    assert manifest.source == Source("kept")
    assert manifest.settings == {"random_state": 0}
    assert manifest.scores is not None
    assert manifest.scores.methods.keys() >= {"sum of sigmoids", "copy seven days ago"}
    assert model.predict([np.arange(60.0)], np.array([LAST_DATE]), horizon=7).median.shape == (1, 7)


def test_the_number_of_sigmoids_that_was_asked_for_is_in_the_manifest(models: Path, tmp_path: Path) -> None:
    history = a_file(tmp_path, 1, SHORT)
    settings = TrainingSettings(models, archive_url(models), history, n_sigmoids=12)
    result = run(settings, clock=lambda: NOON, progress=lambda step, fraction: None)
    assert result.manifest.settings == {"random_state": 0, "sigmoids": 12}


def test_the_number_of_sigmoids_is_chosen_on_held_out_days_when_none_was_asked_for(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for steps in "STEPS", "MOST_STEPS", "TRIED_STEPS":  # how well they learn does not matter here
        monkeypatch.setattr(own_sums, steps, 1)
    result, _ = train(models, a_file(tmp_path, 1, 1000), only=True)
    assert result.manifest.settings["sigmoids"] in (24, 48, 96)
    assert result.manifest.settings["sigmoids_tried"].keys() == {"24", "48", "96"}


def test_the_verdict_compares_the_two_on_the_same_days(models: Path, tmp_path: Path) -> None:
    before = ModelStore(models).current_version()
    result, _ = train(models, a_file(tmp_path, 2, SHORT))
    verdict = result.manifest.verdict
    assert verdict.new is not None
    assert verdict.current is not None
    assert result.current_scores is not None
    assert verdict.took_over == (verdict.new <= verdict.current)
    after = ModelStore(models).current_version()
    assert after == (result.manifest.version if verdict.took_over else before)


def test_progress_goes_from_0_to_1_and_never_back(models: Path, tmp_path: Path) -> None:
    _, reports = train(models, a_file(tmp_path, 2, SHORT))
    fractions = [fraction for _, fraction in reports]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0.0
    assert 0.9 < fractions[-1] <= 1.0
    assert all(step for step, _ in reports)


def keep_another(models: Path) -> None:
    """Keep a series that has nothing to do with the file's: its days are the file's too, and then some."""
    views = 1000.0 + 100.0 * (np.arange(90.0) % 7)
    with closing(Database(archive_url(models))) as archive:
        Uploads(archive).add(
            History((Series("another", LAST_DATE - np.timedelta64(89, "D"), views),)), "test"
        )


def test_a_file_is_kept_and_everything_that_is_kept_is_learned_from(models: Path, tmp_path: Path) -> None:
    keep_another(models)
    result, _ = train(models, a_file(tmp_path, 2, SHORT))
    assert kept(models).names() == ("another", "sample-001", "sample-002")
    assert result.manifest.history.sha256 == kept(models).sha256()
    assert "1 series that were kept before are learned from as well" in result.notes


def test_a_file_can_be_learned_from_alone_and_is_then_not_kept_and_judged_on_all_series(
    models: Path, tmp_path: Path
) -> None:
    keep_another(models)
    path = a_file(tmp_path, 2, SHORT)
    result, _ = train(models, path, only=True)
    assert kept(models).names() == ("another",)
    assert result.manifest.source == Source("file", "views.csv")
    assert result.manifest.history.sha256 == read_history(path).sha256()
    assert result.manifest.scores is not None
    assert result.manifest.scores.n_series == 3


def test_training_without_a_file_learns_from_everything_that_is_kept(models: Path) -> None:
    archive = Database(archive_url(models))
    Uploads(archive).add(generate_history(2, SHORT, LAST_DATE, random_state=6), "test")
    archive.close()
    result, _ = train(models)
    assert result.manifest.source == Source("kept")
    assert result.manifest.history.sha256 == kept(models).sha256()


def test_with_nothing_at_all_it_learns_from_a_generated_sample_and_does_not_keep_it(models: Path) -> None:
    (manifest,) = ModelStore(models).versions()
    assert manifest.source == Source("sample")
    assert manifest.history.series == SAMPLE_SERIES
    assert kept(models).series == ()


def test_a_file_is_learned_from_whatever_its_name(models: Path, tmp_path: Path) -> None:
    path = tmp_path / "a generated sample"
    # Every tenth day is ten times as busy: no generated history is like that.
    views = 1000.0 * np.where(np.arange(800) % 10 == 0, 10.0, 1.0)
    write_csv(History((Series("busy", LAST_DATE - np.timedelta64(799, "D"), views),)), path)
    before = ModelStore(models).load_last_good().manifest
    result, _ = train(models, path)
    assert result.manifest.source == Source("kept")
    assert result.manifest.files["model.joblib"] != before.files["model.joblib"]


def test_a_short_history_is_learned_from_and_leaves_the_model_that_serves(
    models: Path, tmp_path: Path
) -> None:
    before = ModelStore(models).current_version()
    result, _ = train(models, a_file(tmp_path, 1, 20))
    assert not result.manifest.verdict.took_over
    assert "too short" in result.manifest.verdict.reason
    assert result.manifest.scores is None
    assert ModelStore(models).current_version() == before


def test_many_series_of_a_month_are_learned_from_though_no_day_four_weeks_ahead_is_known(
    models: Path, tmp_path: Path
) -> None:
    path = tmp_path / "views.csv"
    months = tuple(Series(f"{n}", LAST_DATE - np.timedelta64(29, "D"), np.arange(30.0)) for n in range(60))
    write_csv(History(months), path)
    result, _ = train(models, path)
    assert result.manifest.history.series == 60


def test_a_bad_history_publishes_nothing(models: Path, tmp_path: Path) -> None:
    versions = ModelStore(models).version_names()
    path = tmp_path / "views.csv"
    path.write_text("series,date,views\na,2026-11-20,many\n")
    with pytest.raises(HistoryError, match=r"views\.csv, line 2"):
        train(models, path)
    assert ModelStore(models).version_names() == versions


def test_the_same_history_and_seed_make_the_same_model(models: Path, tmp_path: Path) -> None:
    path = a_file(tmp_path, 2, SHORT)
    other = shutil.copytree(models, tmp_path / "other")
    files = [train(folder, path)[0].manifest.files for folder in (models, other)]
    assert files[0] == files[1]


def days_until(history: History, n_days: int) -> History:
    return history.before(history.first_date + np.timedelta64(n_days, "D"))


def test_learning_on_takes_new_days_in_and_errs_a_twentieth_more_at_most(
    models: Path, tmp_path: Path
) -> None:
    grown = generate_history(6, 800, LAST_DATE, random_state=5)
    path = tmp_path / "views.csv"
    write_csv(days_until(grown, 760), path)
    first, _ = train(models, path)
    write_csv(grown, path)
    second, reports = train(models, path, start=first.manifest.version)
    assert second.manifest.settings["from"] == first.manifest.version
    assert second.manifest.history.last_date == str(LAST_DATE)
    assert {"learning on"} == {step for step, _ in reports if step.startswith("learning")}
    store = ModelStore(models)
    old, new = (store.load(result.manifest.version)[0] for result in (first, second))
    assert not is_same_model(old, new)
    forecasts = forecast_held_out(store.load_held_out(first.manifest.version), grown, held_out_start(grown))
    assert forecasts is not None
    before, after = score(forecasts).methods[METHOD]["1-28"], second.manifest.verdict.new
    assert before is not None
    assert after is not None
    # From .976 to 1.010 on a dozen histories; without the pull towards the old coefficients 1.07 here.
    assert after < 1.05 * before


def test_learning_on_by_days_that_the_version_has_seen_is_refused(models: Path, tmp_path: Path) -> None:
    whole = generate_history(2, 200, LAST_DATE, random_state=5)
    path = tmp_path / "views.csv"
    write_csv(whole, path)
    first, _ = train(models, path)
    with closing(Database(archive_url(models))) as archive:
        for series in whole.series:
            forget(archive, series.key, whole.first_date + np.timedelta64(150, "D"), None)
    n_versions = len(ModelStore(models).version_names())
    with pytest.raises(ModelStoreError, match="fitted on days up to 2026-10-15"):
        train(models, start=first.manifest.version)
    with pytest.raises(ModelStoreError, match="there is no version"):
        train(models, start="2026-01-01T00-00-00Z-abcdef")
    assert len(ModelStore(models).version_names()) == n_versions
