"""`lecture`: the first lecture of Hung-yi Lee's course on a file of the user, as one HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from training.commands.console import output, print_line, shown_progress
from training.commands.options import (
    Differences,
    HistoryFile,
    ViewsColumns,
    WithoutLastDay,
    plain_errors,
    print_notes,
    read_options,
)
from training.disk import durable
from training.history.files import HistoryError, read_history
from training.history.series import History, Series, quoted


def lecture(
    file: HistoryFile,
    out: Annotated[Path, typer.Option(help="HTML file to write; it can be viewed offline.")] = Path(
        "lecture.html"
    ),
    series: Annotated[
        str | None, typer.Option(help="Name of the series to show.", show_default="the one with most views")
    ] = None,
    views: ViewsColumns = "",
    differences: Differences = False,
    without_last_day: WithoutLastDay = False,
) -> None:
    """Show on your views the way from a straight line to a sum of sigmoids."""
    errors = Console(stderr=True)
    with plain_errors():
        history = read_history(file, read_options(views, "", differences, without_last_day))
        print_notes(errors, history.notes)
        chosen = choose_series(history, series)
        # Opened first: a file that cannot be written is to be known before the work is done.
        with durable.replaced(out) as html, shown_progress(errors) as show:
            from training.lecture.course import whole_course  # scikit-learn takes seconds to import
            from training.lecture.html_file import html_file

            html.write(html_file(whole_course(chosen, show)).encode())
    print_line(output(), f"{out}: the lecture on {quoted(chosen.name)}.")


def choose_series(history: History, name: str | None) -> Series:
    """Give the series with the given name or, without a name, the series with most views.

    Raises `HistoryError` when there is no series with that name.
    """
    if name is None:
        return max(history.series, key=lambda series: series.views[series.views > 0].sum())
    for series in history.series:
        if series.name == name:
            return series
    raise HistoryError(f"no series is named {quoted(name)}; there are {len(history.series)} others")
