"""How long a training takes on a machine that has other things to do: it yields, and never starves.

    python -m benchmarks.busy_training

The service trains on the same generated histories twice: as the machine is, and beside eight processes that
compute without a pause. Prints both times.
"""

import json
import multiprocessing
import os
import tempfile
import time
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.serving.request import batch
from benchmarks.serving.running import job_state, lay_out_models, post, running
from benchmarks.serving.servers import VIEWCAST

PORT = 9390
N_BUSY = 8


def main(
    models: Annotated[
        Path | None, typer.Option(help="Folder of models; if not given, one is trained.")
    ] = None,
    series: Annotated[int, typer.Option(help="Series to train on.")] = 12,
    days: Annotated[int, typer.Option(help="Days of each.")] = 500,
) -> None:
    """Train twice, and say how long each took."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        lay_out_models(folder, models)
        stack.enter_context(running(VIEWCAST, folder, folder, PORT))
        history = json.dumps({"series": batch(series, days)["series"]}).encode()
        load = os.getloadavg()[0]
        alone = _train(history)
        for _ in range(N_BUSY):
            process = multiprocessing.Process(target=_compute)
            process.start()
            stack.callback(process.kill)
        busy = _train(history)
    print(
        f"as the machine is, at load {load:.1f}: {alone:.0f} s; "
        f"beside {N_BUSY} busy processes: {busy:.0f} s, {busy / alone:.1f} times as long"
    )


def _train(history: bytes) -> float:
    """Train, and give the seconds that it took from its start to its end."""
    status, answer = post(PORT, "/retrain", history, timeout=300)
    assert status == 202, answer
    job = json.loads(answer)["id"]
    while (state := job_state(PORT, job))["state"] in ("queued", "running"):
        time.sleep(0.5)
    assert state["state"] in ("succeeded", "rejected"), state
    began, ended = (datetime.fromisoformat(state[name]) for name in ("started", "finished"))
    return (ended - began).total_seconds()


def _compute() -> None:
    while True:
        pass


if __name__ == "__main__":
    typer.run(main)
