"""The same load while something else goes on: a training on the same cores, or new versions by the dozen."""

import json
import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from threading import Event

import numpy as np

from benchmarks.serving.load import Load, load
from benchmarks.serving.request import BODY
from benchmarks.serving.running import job_state, post, running
from benchmarks.serving.servers import VIEWCAST
from training.history.series import History, Series
from training.history.synthetic import generate_views
from training.model.forecaster import Forecaster
from training.store.manifest import Verdict
from training.store.model_store import ModelStore
from training.store.versions import LoadedModel

PORT = 9330
CONNECTIONS = 32
N_VERSIONS = 50
MOST_ROUNDS = 9


def disturb(folder: Path, seconds: int, say: Callable[[str], None]) -> list[dict[str, float | int | str]]:
    """Load Viewcast at rest, while it trains, and while versions follow each other."""
    rows: list[dict[str, float | int | str]] = []
    with running(VIEWCAST, folder, folder, PORT):
        _load(seconds)
        for what, during in (
            (f"while {N_VERSIONS} versions are activated", partial(_while_activating, folder / "models")),
            # Last, as the training may outlast the measurement; the service ends it then.
            ("while a training runs", _while_training),
        ):
            rows.append(_row("at rest", [_load(seconds) for _ in range(3)], ""))
            rows.append(_row(what, *during(seconds)))
            say("; ".join(f"{row['what']}: p99 {row['p99']:.1f} ms" for row in rows[-2:]))
    return rows


def _load(seconds: int) -> Load:
    return load(PORT, "/predict", BODY, CONNECTIONS, seconds)


def _row(what: str, loads: list[Load], remark: str) -> dict[str, float | int | str]:
    return {
        "what": what,
        "rate": median(load.rate for load in loads),
        "p50": median(load.p50 for load in loads),
        "p99": median(load.p99 for load in loads),
        "failed": sum(load.failed for load in loads),
        "rounds": len(loads),
        "remark": remark,
    }


def _while_training(seconds: int) -> tuple[list[Load], str]:
    series = [
        {"id": f"video {i}", "views": row.tolist(), "last_date": "2026-11-20"}
        for i, row in enumerate(generate_views(12, 500, 3).round())
    ]
    status, answer = post(PORT, "/retrain", json.dumps({"series": series}).encode())
    assert status == 202, answer
    job = json.loads(answer)["id"]
    loads: list[Load] = []
    while len(loads) < MOST_ROUNDS:
        under_load = _load(seconds)
        if job_state(PORT, job)["state"] not in ("queued", "running"):
            break
        loads.append(under_load)
    return loads, ""


def _while_activating(models: Path, seconds: int) -> tuple[list[Load], str]:
    store = ModelStore(models)
    loaded = store.load_last_good()
    held_out = store.load_held_out(loaded.manifest.version)
    versions = [loaded.manifest.version]
    loads: list[Load] = []
    ended = Event()

    def keep_loading() -> None:
        while not ended.is_set():
            loads.append(_load(seconds))

    with ThreadPoolExecutor(2) as pool:
        loading, comparing = pool.submit(keep_loading), pool.submit(_compare_answers, versions, ended)
        try:
            for number in range(N_VERSIONS):
                versions.append(_publish_copy(store, loaded, held_out, number))
                store.activate(versions[-1])
                _wait_for(versions[-1])
        finally:
            ended.set()
        loading.result()
        n_compared, n_wrong = comparing.result()
    return loads, f"{n_compared} answers compared, {n_wrong} wrong"


def _publish_copy(store: ModelStore, loaded: LoadedModel, held_out: Forecaster, number: int) -> str:
    history = History((Series("video", np.datetime64("2026-01-01"), generate_views(1, 300, 4)[0]),))
    manifest = store.publish(
        loaded.model,
        held_out,
        created=datetime.now(UTC) + timedelta(seconds=number),
        history=history,
        source=loaded.manifest.source,
        settings={"copy": number},
        scores=loaded.manifest.scores,
        verdict=Verdict(took_over=True, reason="a benchmark", new=None, current=None),
        activate=False,
    )
    return manifest.version


def _compare_answers(versions: Collection[str], ended: Event) -> tuple[int, int]:
    """How many answers were compared with the first one until the end, and how many were wrong."""
    n_compared = n_wrong = 0
    expected = json.loads(post(PORT, "/predict", BODY)[1])["forecast"]
    while not ended.is_set():
        answer = json.loads(post(PORT, "/predict", BODY)[1])
        n_compared += 1
        n_wrong += answer["model"] not in versions or not _is_near(answer["forecast"], expected)
    return n_compared, n_wrong


def _is_near(days: list[dict[str, float]], expected: list[dict[str, float]]) -> bool:
    return all(abs(day["views"] - other["views"]) < 0.1 for day, other in zip(days, expected, strict=True))


def _wait_for(version: str) -> None:
    deadline = time.monotonic() + 30
    while json.loads(post(PORT, "/predict", BODY)[1])["model"] != version:
        assert time.monotonic() < deadline, f"{version} was not taken over"
        time.sleep(0.02)
