"""`python -m benchmarks.serving.overload`: far more than can be served, and what becomes of who is let in.

Single forecasts by ten times as many clients as reach the best rate, and 64 clients with batches of 10,000
series, each of them beside a client that asks for one forecast after the other.
"""

import json
import os
import tempfile
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.serving.crowd import Answers, crowd
from benchmarks.serving.request import BODY, batch
from benchmarks.serving.running import Running, lay_out_models, post, running
from benchmarks.serving.servers import VIEWCAST

PORT = 9350
# So many clients, each of which waits for its answers, reach the best rate of single forecasts.
ENOUGH_CLIENTS = 32
MANY_CLIENTS = 10 * ENOUGH_CLIENTS
BATCH_CLIENTS = 64
N_IDLE_BATCHES = 5
N_IDLE_SINGLES = 300
RESULTS = Path(__file__).parents[1] / "results" / "overload.md"


def ask(body: bytes, answers: Answers, until: Callable[[], bool]) -> None:
    """Ask again and again on one connection; wait as long as a refusal says."""
    connection = HTTPConnection("127.0.0.1", PORT, timeout=120)
    while not until():
        begin = time.perf_counter()
        pause = 0.0
        try:
            connection.request("POST", "/predict", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            pause = float(answer.headers.get("Retry-After", 0))
            answers.add(answer.status, time.perf_counter() - begin)
        except (OSError, HTTPException) as error:
            answers.broken[type(error).__name__] += 1
            connection.close()
        time.sleep(pause)
    connection.close()


def sequence(body: bytes, n: int) -> Answers:
    """Ask so many times, one after the other."""
    answers = Answers()
    left = iter(range(n))
    ask(body, answers, lambda: next(left, None) is None)
    return answers


def under_load(
    service: Running, what: str, body: bytes, n_clients: int, seconds: float, idle: float, usual: float
) -> str:
    """Load it, with a client of single forecasts beside; give a row of the table.

    Parameters
    ----------
    idle, usual : the p99 of what the crowd asks for, and of single forecasts, in seconds, at rest
    """
    beside, ended, most = Answers(), threading.Event(), [0.0]

    def watch() -> None:
        while not ended.wait(0.1):
            most[0] = max(most[0], service.resident_megabytes())

    watchers = [
        threading.Thread(target=watch),
        threading.Thread(target=ask, args=(BODY, beside, ended.is_set)),
    ]
    for watcher in watchers:
        watcher.start()
    answers = crowd(PORT, n_clients, body, seconds)
    ended.set()
    begin = time.perf_counter()
    for watcher in watchers:
        watcher.join()
    while time.perf_counter() - begin < 60:
        before = time.perf_counter()
        post(PORT, "/predict", BODY)
        if time.perf_counter() - before < 2 * usual:
            break
    back = time.perf_counter() - begin
    let_in, single = answers.p99(200), beside.p99(200)
    cells = [
        f"{let_in * 1e3:,.0f} | {let_in / idle:.1f} | {answers.p99(503, 429) * 1e3:,.0f}",
        f"{single * 1e3:,.1f} | {single / usual:.1f} | {most[0]:,.0f} | {back:.2f}",
    ]
    return f"| {what} | {answers} | {' | '.join(cells)} |"


HEAD = """# Overload

`python -m benchmarks.serving.overload`, {cores} cores for the service and its clients; {load}.
At rest, the p99 of a single forecast is {single:.1f} ms, with {n_enough} clients {enough:.1f} ms, and that
of a batch of 10,000 series {batch:.0f} ms. Times are p99 in ms; × is how many times as long as at rest.

| load | answers | let in | × | refused | singles beside | × | most memory, MB | seconds until usual |
|---|---|---|---|---|---|---|---|---|
"""


def main(
    models: Annotated[
        Path | None, typer.Option(help="Folder of models; if not given, one is trained.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=1, help="Length of each load.")] = 30.0,
    out: Annotated[Path, typer.Option(help="File to write.")] = RESULTS,
) -> None:
    """Overload the service, and write what became of it."""
    before = os.getloadavg()[0]
    many = json.dumps(batch(10_000)).encode()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lay_out_models(folder, models)
        with running(VIEWCAST, folder, folder, PORT) as service:
            sequence(BODY, N_IDLE_SINGLES)
            single = sequence(BODY, N_IDLE_SINGLES).p99(200)
            idle = sequence(many, N_IDLE_BATCHES).p99(200)
            enough = crowd(PORT, ENOUGH_CLIENTS, BODY, 5.0).p99(200)
            rows = [
                under_load(
                    service,
                    f"{MANY_CLIENTS} clients, one series",
                    BODY,
                    MANY_CLIENTS,
                    seconds,
                    enough,
                    single,
                ),
                under_load(
                    service,
                    f"{BATCH_CLIENTS} clients, 10,000 series",
                    many,
                    BATCH_CLIENTS,
                    seconds,
                    idle,
                    single,
                ),
            ]
    load = f"load of the machine before {before:.1f}, after {os.getloadavg()[0]:.1f}"
    numbers = {
        "single": single * 1e3,
        "enough": enough * 1e3,
        "batch": idle * 1e3,
        "n_enough": ENOUGH_CLIENTS,
    }
    text = HEAD.format(cores=os.cpu_count(), load=load, **numbers) + "\n".join(rows) + "\n"
    out.write_text(text)
    typer.echo(text)


if __name__ == "__main__":
    typer.run(main)
