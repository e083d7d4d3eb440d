"""Training on a folder of Parquet files: a sample of their series, read file by file."""

import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.cluster import running_cluster
from tests.command_lines import fitted, training
from tests.conftest import ROOT
from tests.training.parquet_folders import write_file
from tests.training.quick_models import is_same_model
from training.clock import utc_now
from training.database.engine import Database
from training.database.histories import Histories
from training.database.uploads import Uploads
from training.export.partitions import FolderPartitions
from training.history.events import EventDays
from training.history.files import HistoryError
from training.history.options import ReadOptions
from training.history.series import History
from training.jobs import training_data
from training.jobs.series_sample import SeriesSample, sample_kept, sample_series
from training.jobs.training_data import sampled_data
from training.progress import silent
from training.spread import working_on
from training.store.manifest import Source
from training.store.model_store import ModelStore

# The most bytes that reading four times as many files may add: a file's series take six megabytes.
MOST_GROWTH = 25_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve series in four files; too short to learn anything from that the prior does not know: quick."""
    for seed in range(4):
        write_file(tmp_path / "history" / f"part={seed}" / "views.parquet", seed, n_days=75)
    return tmp_path / "history"


def sampled(folder: Path, most_series: int = 20_000, random_state: int = 0, **options: Any) -> SeriesSample:
    reading = ReadOptions(**options)
    return sample_series(FolderPartitions(folder), reading, random_state, most_series=most_series)


def in_one_file(folder: Path, target: Path) -> Path:
    tables = [parquet.read_table(path, partitioning=None) for path in sorted(folder.rglob("*.parquet"))]
    target.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(pa.concat_tables(tables), target)
    return target


def test_few_series_are_learned_from_as_they_are_from_a_file(tmp_path: Path, folder: Path) -> None:
    file = in_one_file(folder, tmp_path / "views.parquet")
    ended, _ = fitted(tmp_path / "models", folder)
    assert "Note: history: the model is trained on 12 of 12 series in 4 files" in ended.stdout
    fitted(tmp_path / "models", file, "--only")
    store = ModelStore(tmp_path / "models")
    of_folder, of_file = store.versions()
    assert of_folder.history == of_file.history
    assert of_folder.source == Source("file", "history")
    assert of_folder.scores == of_file.scores
    models = [store.load(manifest.version)[0] for manifest in (of_folder, of_file)]
    assert is_same_model(*models)


def test_the_source_of_a_sample_says_of_how_many_series_it_is(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training_data, "sample_series", partial(sample_series, most_series=5))
    archive = f"sqlite:///{tmp_path}/archive.sqlite"
    data = sampled_data(archive, str(folder), ReadOptions(), clock=utc_now, progress=silent)
    assert data.source == Source("file", "history", sampled_from=12)
    assert data.notes[0] == "history: the model is trained on 5 of 12 series in 4 files"


def test_nothing_of_a_folder_is_kept(tmp_path: Path, folder: Path) -> None:
    training("fit", folder, "--models", tmp_path / "models")
    with closing(Database(f"sqlite:///{tmp_path}/models/archive.sqlite")) as database:
        assert Histories(database).all().series == ()
    refused = training("fit", folder, "--replace", "--models", tmp_path / "models", code=2)
    assert "no day of a folder is kept" in refused.stderr


def test_a_sample_depends_on_names_and_seed_and_not_on_files(tmp_path: Path, folder: Path) -> None:
    sample = sampled(folder, 5)
    assert (len(sample.history.series), sample.n_series, sample.n_files) == (5, 12, 4)
    in_one_file(folder, tmp_path / "one" / "views.parquet")
    assert sampled(tmp_path / "one", 5).history == sample.history
    for seed in range(4):
        (folder / f"part={seed}").rename(folder / f"other={9 - seed}")
    assert sampled(folder, 5).history == sample.history
    assert sampled(folder, 5, random_state=1).history != sample.history
    everything = {series.key: series for series in sampled(folder).history.series}
    assert all(everything[series.key] == series for series in sample.history.series)
    assert {series.key for series in sample.history.series} <= {
        series.key for series in sampled(folder, 6).history.series
    }


def test_a_cluster_draws_the_sample_of_one_machine(tmp_path: Path, folder: Path) -> None:
    with running_cluster(tmp_path) as cluster, working_on(cluster.address):
        there = sampled(folder, 5)
    assert there == sampled(folder, 5)
    assert there.history.notes == sampled(folder, 5).history.notes


def test_events_of_sampled_series_are_learned_from(tmp_path: Path) -> None:
    write_file(tmp_path / "a.parquet", 1)
    table = parquet.read_table(tmp_path / "a.parquet")
    parquet.write_table(table.append_column("promo", pa.array([1, 0, 0] * 100)), tmp_path / "a.parquet")
    history: History = sampled(tmp_path, events=("promo",)).history
    assert history.events.keys() == set(history.names())
    assert all(list(events) == ["promo"] for events in history.events.values())


def test_a_file_that_cannot_be_read_is_named(folder: Path) -> None:
    (folder / "part=1" / "views.parquet").write_bytes(b"PAR1 cut off")
    with pytest.raises(
        HistoryError, match=r"^part=1/views\.parquet: views\.parquet: the Parquet file cannot"
    ):
        sampled(folder)


def test_a_folder_without_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match="there is no Parquet file"):
        sampled(tmp_path)


def test_a_series_in_two_files_is_refused(folder: Path) -> None:
    write_file(folder / "part=4" / "views.parquet", 2, n_series=1)
    with pytest.raises(HistoryError, match=r'series "page 2-0" is in two files'):
        sampled(folder)


def test_many_notes_are_counted(folder: Path) -> None:
    for seed in range(4, 30):
        write_file(folder / "gaps" / f"{seed}.parquet", seed, n_series=1, n_days=20)
        table = parquet.read_table(folder / "gaps" / f"{seed}.parquet")
        parquet.write_table(table.slice(0, 9), folder / "gaps" / f"{seed}.parquet")
        parquet.write_table(
            pa.concat_tables([table.slice(0, 9), table.slice(10)]), folder / "gaps" / f"{seed}.parquet"
        )
    notes = sampled(folder).history.notes
    assert len(notes) == 21
    assert notes[-1].endswith("more notes on the files")


def test_of_many_kept_series_a_sample_is_used(
    database: Database, url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    promo = {"promo": EventDays(np.array([20_500]), np.array([1.0]))}
    everything = replace(sampled(folder).history, events={f"page {seed}-0": promo for seed in range(4)})
    Uploads(database).add(everything, "test")
    assert sample_kept(Histories(database), ["promo"], 0, 12) == SeriesSample(everything, 12)
    monkeypatch.setattr(training_data, "MOST_SAMPLED_SERIES", 5)
    data = training_data.training_data(url, None, ReadOptions(events=("promo",)), clock=utc_now)
    assert data.history == data.judged
    assert data.history.series == sampled(folder, 5).history.series
    assert data.history.events == {name: promo for name in everything.events if name in data.history.names()}
    assert data.history.events
    assert data.notes == ("of 12 kept series, a sample of 5 is used",)
    assert data.source == Source("kept", sampled_from=12)


MEASURED = """
import sys
from pathlib import Path

from training.database.engine import Database
from training.database.histories import Histories
from training.export.partitions import FolderPartitions
from training.history.options import ReadOptions
from training.jobs.series_sample import sample_series

sample = sample_series(FolderPartitions(Path(sys.argv[1])), ReadOptions(), 0, most_series=200)
assert len(sample.history.series) == 200
lines = Path("/proc/self/status").read_text().splitlines()
print(next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")))
"""


def most_memory(folder: Path) -> int:
    command = [sys.executable, "-c", MEASURED, str(folder)]
    return int(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is measured on Linux only")
def test_memory_does_not_grow_with_the_number_of_files(tmp_path: Path) -> None:
    for seed in range(8):
        write_file(tmp_path / "history" / f"{seed:02}.parquet", seed, 1_000, 730)
    (tmp_path / "few").mkdir()
    for path in sorted((tmp_path / "history").iterdir())[:2]:
        (tmp_path / "few" / path.name).hardlink_to(path)
    assert most_memory(tmp_path / "history") < most_memory(tmp_path / "few") + MOST_GROWTH
