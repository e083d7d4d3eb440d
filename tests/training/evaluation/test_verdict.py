"""A new model has to earn its place, and the verdict says how it did."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from tests.training.quick_models import a_model
from training.evaluation.verdict import Incumbent, judge, measure_incumbent
from training.history.series import DAY
from training.history.synthetic import generate_history
from training.store.manifest import Source, Verdict
from training.store.model_store import ModelStore
from training.store.scores import METHOD, Scores, ScoreTable

HISTORY = generate_history(2, 200, np.datetime64("2026-11-23"), random_state=0)
FIRST_ORIGIN = np.datetime64("2026-10-14")
FILE = Source("file", "views.csv")


def scores(error: float | None, first_origin: np.datetime64 = FIRST_ORIGIN) -> Scores:
    table: ScoreTable = {METHOD: {"1": 0.5, "1-7": 0.6, "1-28": error}}
    return Scores(
        methods=table,
        mae=table,
        coverage={"80": 0.8},
        n_series=2,
        n_origins=3,
        first_origin=str(first_origin),
        last_origin="2026-11-20",
    )


def publish(
    store: ModelStore,
    first_origin: np.datetime64 = FIRST_ORIGIN,
    source: Source = FILE,
) -> str:
    manifest = store.publish(
        a_model(0),
        a_model(1),
        created=datetime(2026, 11, 24, tzinfo=UTC),
        history=HISTORY,
        source=source,
        settings={},
        scores=scores(0.7, first_origin),
        verdict=Verdict(took_over=True, reason="a test", new=0.7, current=None),
        activate=True,
    )
    return manifest.version


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path)


@pytest.mark.parametrize(
    ("new", "current", "takes_over"), [(0.69, 0.7, True), (0.7, 0.7, True), (0.71, 0.7, False)]
)
def test_the_one_that_is_at_least_as_good_on_the_same_days_serves(
    new: float, current: float, takes_over: bool
) -> None:
    verdict = judge(scores(new), Incumbent("2026-11-24T08-00-00Z-000000", scores(current)), 1.0)
    assert (verdict.took_over, verdict.new, verdict.current) == (takes_over, new, current)
    assert "2026-11-24T08-00-00Z-000000" in verdict.reason


def test_without_another_model_a_new_one_takes_over_even_unmeasured() -> None:
    for new in scores(0.7), scores(None), None:
        assert judge(new, Incumbent(), 1.0).took_over


def test_what_cannot_be_compared_leaves_the_one_that_serves() -> None:
    for new in scores(None), None:
        verdict = judge(new, Incumbent("2026-11-24T08-00-00Z-000000", scores(0.7)), 1.0)
        assert not verdict.took_over
        assert "too short" in verdict.reason


def test_one_that_cannot_be_measured_gives_way() -> None:
    verdict = judge(scores(0.7), Incumbent("2026-11-24T08-00-00Z-000000", None, "it is damaged"), 1.0)
    assert verdict.took_over
    assert "it is damaged" in verdict.reason


def test_where_there_is_no_version_nothing_is_measured(store: ModelStore) -> None:
    assert measure_incumbent(store, HISTORY, FIRST_ORIGIN) == Incumbent()


def test_the_twin_that_has_not_seen_the_held_out_days_is_measured(store: ModelStore) -> None:
    incumbent = measure_incumbent(store, HISTORY, FIRST_ORIGIN) if publish(store) else None
    assert incumbent is not None
    assert incumbent.version == store.current_version()
    assert incumbent.remark == ""
    assert incumbent.scores is not None
    assert incumbent.scores.methods[METHOD].keys() == {"1", "1-7", "1-28"}


def test_a_twin_that_may_have_seen_some_of_them_is_remarked_on(store: ModelStore) -> None:
    publish(store, first_origin=FIRST_ORIGIN + 5 * DAY)
    assert (
        "may have been fitted on some of these days" in measure_incumbent(store, HISTORY, FIRST_ORIGIN).remark
    )


def test_one_that_has_seen_no_real_day_is_not_remarked_on(store: ModelStore) -> None:
    publish(store, first_origin=FIRST_ORIGIN + 5 * DAY, source=Source("sample"))
    assert measure_incumbent(store, HISTORY, FIRST_ORIGIN).remark == ""


def test_a_damaged_version_is_named_in_the_verdict(store: ModelStore) -> None:
    version = publish(store)
    (Path(store.folder) / version / "model.joblib").unlink()
    incumbent = measure_incumbent(store, HISTORY, FIRST_ORIGIN)
    assert incumbent.version is None
    assert f"{version}: model.joblib is missing" in judge(scores(0.7), incumbent, 1.0).reason


@pytest.mark.parametrize(("beside_prior", "takes_over"), [(1.0, True), (1.02, True), (1.03, False)])
def test_one_that_forgot_what_holds_for_all_other_series_does_not_take_over(
    beside_prior: float, takes_over: bool
) -> None:
    verdict = judge(scores(0.6), Incumbent("2026-11-24T08-00-00Z-000000", scores(0.7)), beside_prior)
    assert (verdict.took_over, verdict.beside_prior) == (takes_over, beside_prior)
    assert ("on generated histories it errs 103.0% as much" in verdict.reason) is not takes_over
