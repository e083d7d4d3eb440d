"""`forecast`: write the current version's forecasts of every series of a file to another file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from training.commands.console import output, print_line, shown_progress
from training.commands.options import (
    FILE_HELP,
    MODELS,
    Differences,
    Models,
    Scheduler,
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
from training.export.partitioned_forecasts import Work, forecast_partitions
from training.export.partitions import are_partitions, partitions_at
from training.history.files import read_history
from training.history.options import ReadOptions
from training.model.forecast_model import LEVELS, MAXIMUM_HORIZON_DAYS
from training.model.interval_levels import LARGEST_LEVEL, SMALLEST_LEVEL
from training.model.windows import HORIZON_DAYS, MINIMUM_DAYS
from training.spread import working_on
from training.store.versions import LoadedModel

# Number of left-out series that are named; a file may hold thousands.
NAMED_SERIES = 10


def forecast(
    file: Annotated[
        str,
        typer.Argument(
            help=f"{FILE_HELP} Or a folder of Parquet files, or its URL; each of its series is in one file."
        ),
    ],
    out: Annotated[
        str,
        typer.Option(
            help="File to write, .csv or .parquet; an existing file is replaced when all series are "
            "forecast. "
            "For a folder of files, another folder, with a file of the same name for each."
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
    scheduler: Scheduler = None,
) -> None:
    """Forecast the days after the last day of each series, with the current version, and write a file."""
    is_many = are_partitions(file)
    if is_many and totals is not None:
        raise typer.BadParameter("there are totals of a single file only", param_hint="--totals")
    if not is_many:
        _check_files(Path(file), Path(out), totals)
    with plain_errors():
        loaded = model_store(models).load_last_good()
    for refusal in loaded.refused:
        print_line(Console(stderr=True), f"passed over: {refusal.reason}")
    options = read_options(views, series, differences, without_last_day, loaded.model.known_events)
    levels = sorted(set(level))
    if is_many:
        _forecast_folder(file, out, loaded, options, horizon, levels, scheduler)
    else:
        _forecast_file(Path(file), Path(out), totals, loaded, options, horizon, levels)


def _forecast_folder(
    source: str,
    target: str,
    loaded: LoadedModel,
    options: ReadOptions,
    horizon: int,
    levels: Sequence[int],
    scheduler: str | None,
) -> None:
    with plain_errors(), shown_progress(Console(stderr=True)) as show, working_on(scheduler):
        version = loaded.manifest.version
        places = partitions_at(source), partitions_at(target)
        if places[0] == places[1]:
            raise typer.BadParameter("this is where the history is; name another place", param_hint="--out")
        done = forecast_partitions(Work(loaded.model, version, *places, options, horizon, levels), show)
    line = f"{target}: {done.n_series:,} series in {done.n_files:,} files by {version}"
    if done.n_up_to_date:
        line += f"; {done.n_up_to_date:,} files were up to date"
    if done.n_left_out:
        line += f"; {done.n_left_out:,} series left out, shorter than {MINIMUM_DAYS} days"
    print_line(output(), f"{line}.")


def _forecast_file(
    file: Path,
    out: Path,
    totals: Path | None,
    loaded: LoadedModel,
    options: ReadOptions,
    horizon: int,
    levels: Sequence[int],
) -> None:
    errors = Console(stderr=True)
    with plain_errors():
        open_file = format_of(out)
        with shown_progress(errors) as show:
            show("reading the history", 0.0)
            history = read_history(file, options)
            done = forecast_to_file(
                loaded.model,
                history,
                out,
                open_file,
                horizon=horizon,
                levels=levels,
                totals=totals,
                progress=show,
            )
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
