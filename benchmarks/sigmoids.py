"""How many sigmoids learn from a history, and what their number changes.

    python -m benchmarks.sigmoids views.csv another.csv

For each file a model is fitted without its most recent days, as `fit` does, with each of some numbers of
sigmoids, and with the number that is chosen when none is asked for; then it forecasts these days. Errors are
divided by the weekly copy's. Writes benchmarks/results/sigmoids.md.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from training.evaluation.held_out import forecast_held_out
from training.evaluation.scoring import score
from training.fitting.forecaster import ForecastTrainer
from training.fitting.kept_prior import load_prior
from training.fitting.training_windows import held_out_start
from training.history.files import read_history
from training.history.series import History
from training.store.scores import METHOD

NUMBERS = (24, 48, 96, 192)
RESULT = Path(__file__).with_name("results") / "sigmoids.md"
HEAD = "| sigmoids | 1 day ahead | 1 to 7 | 1 to 28 | processor seconds to fit |\n|---|---|---|---|---|"


def row(history: History, n_sigmoids: int | None) -> str:
    """Fit with so many sigmoids, and measure."""
    first_origin = held_out_start(history)
    trainer = ForecastTrainer(load_prior(), n_sigmoids=n_sigmoids)
    begin = time.process_time()
    fitted = trainer.fit(history.before(first_origin))
    seconds = time.process_time() - begin
    if fitted.sigmoids is None:
        raise typer.BadParameter("it is too short to learn from")
    forecasts = forecast_held_out(fitted.model, history, first_origin)
    if forecasts is None:
        raise typer.BadParameter("no series has days to forecast")
    errors = " | ".join(f"{error or 0:.4f}" for error in score(forecasts).methods[METHOD].values())
    number = f"chosen: {fitted.sigmoids.number}" if n_sigmoids is None else n_sigmoids
    return f"| {number} | {errors} | {seconds:.1f} |"


def main(files: Annotated[list[Path], typer.Argument(help="Histories, as `fit` takes them.")]) -> None:
    """Measure, print the tables, and keep them."""
    parts = ["# The number of sigmoids that learn from a history"]
    for file in files:
        history = read_history(file)
        rows = [row(history, number) for number in (*NUMBERS, None)]
        parts.append("\n".join([f"## {file.stem}\n", HEAD, *rows]))
        typer.echo(parts[-1])
    RESULT.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
