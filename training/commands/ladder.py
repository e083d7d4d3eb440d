"""`ladder`: the lecture's ladder, from yesterday's views to a thousand sigmoids, on a file of the user."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from training.commands.console import output, print_line, shown_progress
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
from training.plots.pictures import check_picture, save

if TYPE_CHECKING:
    from training.evaluation.ladder import Ladder


def ladder(
    file: HistoryFile,
    out: Annotated[
        Path | None, typer.Option(help="Picture to draw, .png, .svg or .pdf; it needs matplotlib.")
    ] = None,
    random_state: RandomState = 0,
    views: ViewsColumns = "",
    series: SeriesName = "",
    differences: Differences = False,
    without_last_day: WithoutLastDay = False,
) -> None:
    """Show how errors change with more days and more sigmoids on your views, beside the lecture's numbers."""
    from training.evaluation.ladder import climb  # scikit-learn takes seconds to import

    errors = Console(stderr=True)
    with plain_errors():
        if out is not None:
            check_picture(out)
        with shown_progress(errors) as show:
            show("reading the history", 0.0)
            history = read_history(file, read_options(views, series, differences, without_last_day))
            climbed = climb(history, random_state, show)
        print_notes(errors, history.notes)
        print_ladder(output(), climbed)
        if out is not None and can_draw(errors):
            from training.plots.ladder import draw_ladder

            save(draw_ladder(climbed), out)
            print_line(output(), f"{out}: the same as a picture.")


def print_ladder(console: Console, climbed: Ladder) -> None:
    """Print one row for each rung: errors relative to the first rung, in views, and those of the lecture."""
    print_line(
        console,
        f"Error one day ahead ({climbed.n_series:,} series, {climbed.n_train:,} days to learn from, "
        f"{climbed.n_held_out:,} held out, from {climbed.first_held_out}):",
    )
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for name in (
        "held out",
        "train",
        "held out, views",
        "train, views",
        "lecture: held out",
        "train",
        "held out, thousands",
        "train",
    ):
        table.add_column(name, justify="right")
    first = climbed.scores[0].rung
    for score in climbed.scores:
        rung = score.rung
        table.add_row(
            str(rung),
            f"{score.held_out_ratio:.3f}",
            f"{score.train_ratio:.3f}",
            f"{score.held_out_mae:,.1f}",
            f"{score.train_mae:,.1f}",
            f"{rung.lecture_held_out / first.lecture_held_out:.2f}",
            f"{rung.lecture_train / first.lecture_train:.2f}",
            f"{rung.lecture_held_out:.2f}",
            f"{rung.lecture_train:.2f}",
        )
    console.print(table)
    lecture = 1 - min(score.rung.lecture_held_out for score in climbed.scores) / first.lecture_held_out
    print_line(
        console,
        f"From linear on 1 day to the best sum, the held-out error falls by {climbed.fall():.0%}; "
        f"in the lecture by {lecture:.0%}.",
    )
