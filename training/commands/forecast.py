"""`forecast`: write the current version's forecasts of every series of a file to another file."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from training.commands.console import output, print_line, shown_progress
from training.commands.options import (
    MODELS,
    Differences,
    HistoryFile,
    Models,
    SeriesName,
    ViewsColumns,
    WithoutLastDay,
    model_store,
    plain_errors,
    print_notes,
    read_options,
)
from training.export.bulk_forecasts import forecast_to_file
from training.export.forecast_files import format_of
from training.history.files import read_history
from training.model.forecast_model import LEVELS, MAXIMUM_HORIZON_DAYS
from training.model.interval_levels import LARGEST_LEVEL, SMALLEST_LEVEL
from training.model.windows import HORIZON_DAYS, MINIMUM_DAYS

# Number of left-out series that are named; a file may hold thousands.
NAMED_SERIES = 10


def forecast(
    file: HistoryFile,
    out: Annotated[
        Path,
        typer.Option(
            help="File to write, .csv or .parquet; an existing file is replaced when all series are forecast."
        ),
    ],
    horizon: Annotated[
        int,
        typer.Option(
            min=1, max=MAXIMUM_HORIZON_DAYS, help="Days to forecast; those beyond 28 are less certain."
        ),
    ] = HORIZON_DAYS,
    level: Annotated[
        list[int],
        typer.Option(
            min=SMALLEST_LEVEL,
            max=LARGEST_LEVEL,
            help="Interval to write, in percent, 50 to 99; repeat the option for more. 80 and 95 by default.",
        ),
    ] = list(LEVELS),  # noqa: B006, typer's way to say that an option may be repeated
    totals: Annotated[
        Path | None,
        typer.Option(
            help="A second file to write, .csv: totals of the next 7, 28 and all days, of each series and of "
            "all series together."
        ),
    ] = None,
    models: Models = MODELS,
    views: ViewsColumns = "",
    series: SeriesName = "",
    differences: Differences = False,
    without_last_day: WithoutLastDay = False,
) -> None:
    """Forecast the days after the last day of each series, with the current version, and write a file."""
    _check_files(file, out, totals)
    errors = Console(stderr=True)
    with plain_errors():
        open_file = format_of(out)
        loaded = model_store(models).load_last_good()
        with shown_progress(errors) as show:
            show("reading the history", 0.0)
            options = read_options(views, series, differences, without_last_day, loaded.model.known_events)
            history = read_history(file, options)
            done = forecast_to_file(
                loaded.model,
                history,
                out,
                open_file,
                horizon=horizon,
                levels=sorted(set(level)),
                totals=totals,
                progress=show,
            )
    for refusal in loaded.refused:
        print_line(errors, f"passed over: {refusal.reason}")
    print_notes(errors, history.notes)
    if done.left_out:
        print_line(errors, f"Note: {_left_out(done.left_out)}")
    if totals is not None and not done.has_sum:
        problem = "there is no total of all series: they end on different days or have different metrics"
        print_line(errors, f"Note: {problem}")
    days = f"{horizon} day{'s' if horizon > 1 else ''}"
    print_line(output(), f"{out}: {done.n_series:,} series, {days} each, by {loaded.manifest.version}.")


def _check_files(file: Path, out: Path, totals: Path | None) -> None:
    """Refuse to overwrite the history, or to write two outputs into one file."""
    if out.exists() and file.exists() and out.samefile(file):
        raise typer.BadParameter("this is the history file; name another file", param_hint="--out")
    if totals is None:
        return
    if totals.suffix.lower() != ".csv" or totals.resolve() in (file.resolve(), out.resolve()):
        problem = "totals need a file of their own, ending in .csv"
        raise typer.BadParameter(problem, param_hint="--totals")
    with plain_errors():
        format_of(totals)


def _left_out(names: list[str]) -> str:
    shown = ", ".join(names[:NAMED_SERIES])
    more = f" and {len(names) - NAMED_SERIES:,} more" if len(names) > NAMED_SERIES else ""
    return f"{len(names):,} series left out, shorter than {MINIMUM_DAYS} days: {shown}{more}"
