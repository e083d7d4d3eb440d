"""`python -m benchmarks.serving.guarded`: what keys, limits, metrics, logs and request ids cost.

Viewcast with all of them on, beside an empty endpoint bare and with the same bolted on.
"""

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.serving.comparison import compare
from benchmarks.serving.running import lay_out_models
from benchmarks.serving.servers import GUARDED, VIEWCAST, YARDSTICKS
from service.http.api_keys import KeyFile

CONNECTIONS = 32
RESULTS = Path(__file__).parents[1] / "results" / "guarded.md"

HEAD = """# Viewcast with keys, limits, metrics, logs and request ids

`python -m benchmarks.serving.guarded`, {cores} cores, {connections} connections; load of the machine before
{before:.1f}, after {after:.1f}.

| server | requests/s | p99, ms | CPU µs a request |
|---|---|---|---|
"""


def main(
    models: Annotated[
        Path | None, typer.Option(help="Folder of models; if not given, one is trained.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds, of which medians are taken.")] = 3,
    seconds: Annotated[int, typer.Option(min=1, help="Length of each load.")] = 4,
    out: Annotated[Path, typer.Option(help="File to write.")] = RESULTS,
) -> None:
    """Load all three in turn, and write what was measured."""
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lay_out_models(folder, models)
        key = KeyFile(folder / "models").create("benchmark", ["predict"])
        headers = {"X-API-Key": key}
        settings = {"VIEWCAST_ACCESS_LOG": "true", "VIEWCAST_RATE_LIMIT": "1000000"}
        servers = [
            next(server for server in YARDSTICKS if server.name == "empty"),
            replace(GUARDED, settings={"BENCHMARK_KEY": key}, headers=headers),
            replace(VIEWCAST, settings=VIEWCAST.settings | settings, headers=headers),
        ]
        measured, _ = compare(servers, folder, folder, rounds, seconds, typer.echo)
    text = HEAD.format(cores=os.cpu_count(), connections=CONNECTIONS, before=before, after=os.getloadavg()[0])
    for each in measured:
        numbers = f"{each.rate(CONNECTIONS):,.0f} | {each.p99(CONNECTIONS):,.1f}"
        text += f"| {each.server.name} | {numbers} | {each.microseconds(CONNECTIONS):,.0f} |\n"
    out.write_text(text)
    typer.echo(text)


if __name__ == "__main__":
    typer.run(main)
