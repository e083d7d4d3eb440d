"""What a training shares with a cluster: the same result, and a clear end when the cluster is lost."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import typer

from tests.cluster import Cluster, running_cluster
from training import spread
from training.commands.fit import fit
from training.database.engine import Database
from training.fitting.quantile_fits import ALL_DAYS, FittedQuantiles, QuantileFit, fit_all
from training.fitting.training_windows import SupervisedWindows, generated_windows
from training.history.files import History, Series, write_csv
from training.jobs.queue import JobQueue
from training.model.windows import N_FEATURES
from training.progress import silent


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with running_cluster(tmp_path) as running:
        yield running


def fits(windows: SupervisedWindows, n_steps: int, n_fits: int = 4) -> list[QuantileFit]:
    inputs = np.arange(N_FEATURES)
    return [QuantileFit(windows, 4, n_steps, 0.1, inputs, ALL_DAYS, random_state=i) for i in range(n_fits)]


def assert_equal(fitted: list[FittedQuantiles], others: list[FittedQuantiles]) -> None:
    for each, other in zip(fitted, others, strict=True):
        np.testing.assert_allclose(each.losses, other.losses, rtol=1e-5)
        np.testing.assert_allclose(
            each.coefficients.amplitudes, other.coefficients.amplitudes, rtol=1e-3, atol=1e-5
        )


def test_a_cluster_learns_what_one_machine_does(cluster: Cluster) -> None:
    here = generated_windows(300, np.random.default_rng(0))
    with spread.working_on(cluster.address):
        assert spread.is_on_cluster()
        windows = generated_windows(300, np.random.default_rng(0))
        fitted = fit_all(fits(windows, 10), "learning", silent)
    assert not spread.is_on_cluster()
    np.testing.assert_array_equal(windows.X, here.X)
    assert_equal(fitted, fit_all(fits(here, 10), "learning", silent))


def test_a_training_outlives_a_worker(cluster: Cluster) -> None:
    windows = generated_windows(50, np.random.default_rng(0))
    many = fits(windows, 40, n_fits=6)

    def kill_a_worker(step: str, fraction: float) -> None:
        cluster.workers[0].kill()

    with spread.working_on(cluster.address):
        fitted = fit_all(many, "learning", kill_a_worker)
    assert cluster.workers[0].wait() < 0
    assert_equal(fitted, fit_all(many, "learning", silent))


def test_a_training_whose_cluster_is_lost_says_so(cluster: Cluster) -> None:
    windows = generated_windows(50, np.random.default_rng(0))

    def kill_the_scheduler(step: str, fraction: float) -> None:
        cluster.scheduler.kill()

    with pytest.raises(spread.ClusterError, match="was lost"), spread.working_on(cluster.address):
        fit_all(fits(windows, 40, n_fits=8), "learning", kill_the_scheduler)


def test_a_cluster_that_is_lost_between_two_pieces_of_work_is_said_to_be(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spread, "PATIENCE_SECONDS", 10)

    def work_and_lose_it() -> None:
        assert list(spread.in_parts(abs, [-1])) == [1]
        cluster.scheduler.kill()
        cluster.scheduler.wait()
        list(spread.in_parts(abs, [-1]))

    with pytest.raises(spread.ClusterError, match="was lost"), spread.working_on(cluster.address):
        work_and_lose_it()


def test_a_training_whose_workers_have_all_left_says_so(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spread, "WITHOUT_WORKERS_SECONDS", 1)
    windows = generated_windows(50, np.random.default_rng(0))

    def kill_the_workers(step: str, fraction: float) -> None:
        for worker in cluster.workers:
            worker.kill()

    with pytest.raises(spread.ClusterError, match="was lost"), spread.working_on(cluster.address):
        fit_all(fits(windows, 40, n_fits=8), "learning", kill_the_workers)


def test_a_cluster_without_this_code_is_an_error_and_no_endless_wait(tmp_path: Path) -> None:
    with (
        running_cluster(tmp_path, code=tmp_path) as cluster,
        pytest.raises(spread.ClusterError, match="cannot import Viewcast: No module named"),
        spread.working_on(cluster.address),
    ):
        pytest.fail("the cluster cannot do any work")


def test_the_state_of_a_job_says_that_its_cluster_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spread, "PATIENCE_SECONDS", 1)
    history = tmp_path / "history.csv"
    write_csv(History((Series("a", np.datetime64("2026-01-01"), np.arange(100.0)),)), history)
    models = tmp_path / "models"
    models.mkdir()
    with pytest.raises(typer.Exit):
        fit(str(history), models=str(models), scheduler="tcp://127.0.0.1:9")
    with closing(Database(f"sqlite:///{models}/archive.sqlite")) as database:
        (state,) = JobQueue(database).all()
    assert state.state == "failed"
    assert "the cluster at tcp://127.0.0.1:9 does not answer" in str(state.error)
