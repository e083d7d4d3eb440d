"""`python -m training forecast` of a folder: each file whole or not at all, here or on a cluster."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.cluster import Cluster, running_cluster
from tests.command_lines import training, training_process
from tests.conftest import PATIENCE_SECONDS, ROOT, environment, wait_until
from tests.object_store import BUCKET, serving_objects
from tests.training.parquet_folders import write_file
from tests.training.publisher import publish
from training import spread


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running_cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running


@pytest.fixture
def history(tmp_path: Path) -> Path:
    folder = tmp_path / "history"
    for seed in range(4):
        write_file(folder / f"part={seed}" / "views.parquet", seed)
    return folder


def files_in(folder: Path) -> dict[str, pa.Table]:
    # Whoever is killed while it writes leaves a hidden file.
    files = [path for path in folder.rglob("[!.]*") if path.is_file()]
    names = sorted(path.relative_to(folder).as_posix() for path in files)
    return {name: parquet.read_table(folder / name, partitioning=None) for name in names}


def assert_same(folder: Path, other: Path) -> None:
    files, others = files_in(folder), files_in(other)
    assert files.keys() == others.keys()
    for name, table in files.items():
        assert table.select(["series", "date"]) == others[name].select(["series", "date"])
        for column in table.column_names[2:]:
            np.testing.assert_allclose(table[column].to_numpy(), others[name][column].to_numpy(), rtol=1e-5)


def test_each_file_of_a_folder_is_forecast_as_it_is_alone(
    tmp_path: Path, history: Path, models: Path
) -> None:
    ended = training("forecast", history, "--out", tmp_path / "out", "--models", models)
    assert "12 series in 4 files" in ended.stdout
    for path in sorted(history.rglob("*.parquet")):
        alone = tmp_path / "alone" / path.relative_to(history)
        alone.parent.mkdir(parents=True)
        training("forecast", path, "--out", alone, "--models", models)
    assert_same(tmp_path / "out", tmp_path / "alone")


def test_a_run_that_is_repeated_forecasts_what_is_not_up_to_date(
    tmp_path: Path, history: Path, models: Path
) -> None:
    out = tmp_path / "out"
    command = ("forecast", history, "--out", out, "--models", models, "--horizon", 3)
    training(*command)
    assert "0 series in 0 files" in (again := training(*command).stdout)
    assert "4 files were up to date" in again
    write_file(history / "part=1" / "views.parquet", 7, n_series=2)
    (out / "part=2" / "views.parquet").write_bytes(b"PAR1 cut off")
    assert "5 series in 2 files" in training(*command).stdout
    assert files_in(out)["part=1/views.parquet"].num_rows == 2 * 3
    assert "11 series in 4 files" in training(*command, "--without-last-day").stdout
    publish(models, 2)
    assert "11 series in 4 files" in training(*command).stdout


def test_a_file_that_cannot_be_read_stops_no_other(tmp_path: Path, history: Path, models: Path) -> None:
    (history / "part=1" / "views.parquet").write_bytes(b"PAR1 cut off")
    ended = training("forecast", history, "--out", tmp_path / "out", "--models", models, code=1)
    assert "1 of 4 files are not forecast: part=1/views.parquet" in " ".join(ended.stderr.split())
    assert len(files_in(tmp_path / "out")) == 3


def test_what_cannot_be_is_refused(tmp_path: Path, history: Path, models: Path) -> None:
    ended = training("forecast", history, "--out", history, "--models", models, code=2)
    assert "where the history is" in " ".join(ended.stderr.split())
    (tmp_path / "empty").mkdir()
    ended = training("forecast", tmp_path / "empty", "--out", tmp_path / "o", "--models", models, code=1)
    assert "no Parquet file" in ended.stderr


def test_a_cluster_forecasts_what_one_machine_does(
    tmp_path: Path, history: Path, models: Path, cluster: Cluster
) -> None:
    command = ("forecast", history, "--models", models, "--out")
    training(*command, tmp_path / "here")
    ended = training(*command, tmp_path / "there", VIEWCAST_DASK_SCHEDULER=cluster.address)
    assert "12 series in 4 files" in ended.stdout
    assert_same(tmp_path / "here", tmp_path / "there")


def begun(history: Path, out: Path, models: Path, cluster: Cluster) -> subprocess.Popen[str]:
    """A run on a cluster that has written its first file, of many."""
    for seed in range(4, 30):
        write_file(history / f"part={seed}" / "views.parquet", seed, n_series=20, n_days=500)
    process = subprocess.Popen(
        [sys.executable, "-m", "training", "forecast", str(history), "--out", str(out)],
        cwd=ROOT,
        env=environment(models, dask_scheduler=cluster.address),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until(lambda: process.poll() is not None or any(out.rglob("views.parquet")), 3 * PATIENCE_SECONDS)
    assert process.poll() is None
    return process


def test_a_worker_that_is_killed_costs_time_and_nothing_else(
    tmp_path: Path, history: Path, models: Path
) -> None:
    with running_cluster(tmp_path) as cluster:
        process = begun(history, tmp_path / "out", models, cluster)
        cluster.workers[0].kill()
        _, errors = process.communicate()
    assert process.returncode == 0, errors
    training("forecast", history, "--out", tmp_path / "here", "--models", models)
    assert_same(tmp_path / "here", tmp_path / "out")


def test_a_cluster_that_is_lost_is_said_to_be_and_what_is_done_is_kept(
    tmp_path: Path, history: Path, models: Path
) -> None:
    with running_cluster(tmp_path) as cluster:
        process = begun(history, tmp_path / "out", models, cluster)
        cluster.scheduler.kill()
        _, errors = process.communicate()
    assert process.returncode == 1
    assert f"the cluster at {cluster.address} was lost" in " ".join(errors.split())
    assert "Traceback" not in errors
    n_done = len(files_in(tmp_path / "out"))
    assert 0 < n_done < 30
    ended = training("forecast", history, "--out", tmp_path / "out", "--models", models)
    assert f"{n_done} files were up to date" in " ".join(ended.stdout.split())
    assert len(files_in(tmp_path / "out")) == 30


def test_a_cluster_that_does_not_answer_is_said_not_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spread, "PATIENCE_SECONDS", 1)
    with pytest.raises(spread.ClusterError, match="does not answer"), spread.working_on("tcp://127.0.0.1:9"):
        pass


def test_an_object_store_that_does_not_answer_is_said_not_to(models: Path) -> None:
    nobody = {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
    }
    ended = training_process(
        "forecast", "s3://bucket/a", "--out", "s3://bucket/b", "--models", models, code=1, **nobody
    )
    assert "error: s3://bucket/a: the object store cannot be asked" in " ".join(ended.stderr.split())


def test_an_object_store_is_read_and_written(tmp_path: Path, history: Path, models: Path) -> None:
    with serving_objects():
        variables: dict[str, Any] = {**os.environ}
        fsspec.filesystem("s3").put(f"{history}/", f"{BUCKET}/history/", recursive=True)
        command = ("forecast", f"s3://{BUCKET}/history", "--models", models, "--out", f"s3://{BUCKET}/out")
        assert "12 series in 4 files" in training_process(*command, **variables).stdout
        assert "4 files were up to date" in training_process(*command, **variables).stdout
        training("forecast", history, "--out", tmp_path / "here", "--models", models)
        fsspec.filesystem("s3", use_listings_cache=False).get(
            f"{BUCKET}/out/", f"{tmp_path}/there/", recursive=True
        )
    assert_same(tmp_path / "here", tmp_path / "there")
