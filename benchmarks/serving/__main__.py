"""`python -m benchmarks.serving`: the tables, their numbers and their pictures."""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.serving.batches import batches
from benchmarks.serving.comparison import compare
from benchmarks.serving.disturbances import disturb
from benchmarks.serving.growth import growth
from benchmarks.serving.report import write
from benchmarks.serving.running import available, has_wrk, lay_out_models
from benchmarks.serving.servers import PEERS, VIEWCAST, YARDSTICKS

HERE = Path(__file__).parents[1]


def main(
    models: Annotated[
        Path | None,
        typer.Option(help="Folder of models to serve; if not given, one is trained, in a minute."),
    ] = None,
    environments: Annotated[
        Path, typer.Option(help="Folder of the peers' environments; those that are missing are left out.")
    ] = HERE / "cache" / "serving",
    rounds: Annotated[int, typer.Option(min=1, help="Rounds; medians of three are steady enough.")] = 3,
    seconds: Annotated[int, typer.Option(min=1, help="Length of each load; longer is steadier.")] = 4,
    out: Annotated[Path, typer.Option(help="Folder of serving.md, .json and .svg.")] = HERE / "results",
) -> None:
    """Load Viewcast and its peers, each in turn, and write what was found.

    A peer's environment, for instance MLflow's: python -m venv benchmarks/cache/serving/mlflow, and
    benchmarks/cache/serving/mlflow/bin/pip install -r benchmarks/serving/requirements-mlflow.txt
    """
    if not has_wrk():
        raise SystemExit("wrk is missing; on Debian and Ubuntu: apt install wrk")
    peers = {peer: available(peer, environments) for peer in PEERS}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _prepare(folder, models, environments if not all(peers.values()) else None)
        servers = [*YARDSTICKS, VIEWCAST, *(peer for peer, why in peers.items() if why is None)]
        measured, left_out = compare(servers, folder, environments, rounds, seconds, typer.echo)
        left_out |= {peer.name: why for peer, why in peers.items() if why}
        many = batches(folder, typer.echo)
        grown = growth(folder, typer.echo)
        disturbed = disturb(folder, seconds, typer.echo)
    typer.echo(write(out, measured, left_out, disturbed, many, grown))


def _prepare(folder: Path, models: Path | None, environments: Path | None) -> None:
    """Lay out what is served: a copy of our models, the perceptrons, and MLflow's form of one."""
    lay_out_models(folder, models)
    subprocess.run([sys.executable, "-m", "benchmarks.serving.perceptron", str(folder)], check=True)
    if environments and (environments / "mlflow").is_dir():
        program = HERE / "serving" / "apps" / "mlflow_model.py"
        subprocess.run([environments / "mlflow" / "bin" / "python", str(program), str(folder)], check=True)


if __name__ == "__main__":
    typer.run(main)
