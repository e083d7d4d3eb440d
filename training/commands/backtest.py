"""`backtest`: how well the days of a file would have been forecast, for each series, and why not better."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from training.commands.console import output, print_line, print_scores, shown_progress
from training.commands.options import (
    Differences,
    HistoryFile,
    RandomState,
    SeriesName,
    ViewsColumns,
    WithoutLastDay,
    can_draw,
    plain_errors,
    print_notes,
    read_options,
)
from training.history.files import read_history

if TYPE_CHECKING:
    from training.evaluation.backtest import BacktestResult
    from training.evaluation.series_scores import SeriesScore

WORST_SERIES = 10
SCORES_FILE = "scores.csv"


def backtest(
    file: HistoryFile,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for scores.csv (a row for each series and horizon) and pictures; created if missing."
        ),
    ] = None,
    random_state: RandomState = 0,
    views: ViewsColumns = "",
    series: SeriesName = "",
    differences: Differences = False,
    without_last_day: WithoutLastDay = False,
) -> None:
    """Fit without the most recent days, forecast them, and show the errors and the worst series."""
    # SQLAlchemy and scikit-learn take seconds to import.
    from training.evaluation.backtest import run_backtest

    errors = Console(stderr=True)
    with plain_errors():
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
        with shown_progress(errors) as show:
            show("reading the history", 0.0)
            history = read_history(file, read_options(views, series, differences, without_last_day))
            tested = run_backtest(history, random_state, show)
        print_notes(errors, history.notes)
        console = output()
        print_scores(console, tested.scores)
        print_worst(console, tested.series)
        if n_left_out := tested.forecasts.n_left_out:
            print_line(errors, f"Note: scores are of a random sample; {n_left_out:,} series are left out")
        if out is not None:
            print_line(console, f"{out}: {', '.join(_write(tested, out, errors))}")


def _write(tested: BacktestResult, folder: Path, errors: Console) -> list[str]:
    """Write the scores and, if matplotlib is installed, the pictures; give the names of the files."""
    from training.evaluation.series_scores import write_scores

    write_scores(tested.series, folder / SCORES_FILE)
    written = [SCORES_FILE]
    if can_draw(errors):
        from training.plots.backtest import draw_all
        from training.plots.pictures import save

        for name, figure in draw_all(tested.forecasts).items():
            save(figure, folder / f"{name}.png")
            written.append(f"{name}.png")
    return written


def print_worst(console: Console, series: list[SeriesScore]) -> None:
    """Print the series with the worst forecasts, and the reasons."""
    print_line(console, "Worst series, 1-28 days ahead:")
    table = Table(box=None, pad_edge=False)
    table.add_column("series", max_width=40, overflow="ellipsis", no_wrap=True)
    for name in "weekly copy = 1", "error, views", "mean views":
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("why", no_wrap=not console.is_terminal)
    for score in series[:WORST_SERIES]:
        table.add_row(
            Text(score.name),
            _number(score.relative, ".3f"),
            _number(score.horizons["1-28"].mae, ",.1f"),
            _number(score.mean_views, ",.1f"),
            "; ".join(score.reasons) or "nothing in particular",
        )
    console.print(table)


def _number(value: float, form: str) -> str:
    return "-" if np.isnan(value) else format(value, form)
