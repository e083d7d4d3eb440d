"""`read`: show what a file holds and how it is read, without keeping it."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from training.commands.console import output, print_line
from training.commands.options import (
    Differences,
    EventColumns,
    HistoryFile,
    SeriesName,
    ViewsColumns,
    WithoutLastDay,
    plain_errors,
    print_notes,
    read_options,
)
from training.history.events import names_in
from training.history.files import History, check_events, read_history
from training.history.summary import summary

REFUSED = 2
SHOWN_SERIES = 50
SHOWN_COUNTS = 3


def read(
    file: HistoryFile,
    views: ViewsColumns = "",
    series: SeriesName = "",
    differences: Differences = False,
    without_last_day: WithoutLastDay = False,
    events: EventColumns = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON: each series with all counts, and the notes.")
    ] = False,
) -> None:
    """Show what a file holds and which rows were changed; nothing is kept. Exits with 2 if it is refused."""
    with plain_errors(REFUSED):
        options = read_options(views, series, differences, without_last_day, names_in(events))
        history = read_history(file, options)
        check_events(history, options.events, file.name)
    if as_json:
        typer.echo(json.dumps(summary(history), ensure_ascii=False))
        return
    console = output()
    print_series(console, history)
    print_notes(console, history.notes)


def print_series(console: Console, history: History) -> None:
    """Print one row for each series: its days, first and last counts, and total."""
    table = Table(box=None, pad_edge=False)
    table.add_column("series", max_width=40, overflow="ellipsis", no_wrap=True)
    for name in "metric", "first day", "last day":
        table.add_column(name, no_wrap=True)
    for name in "days known", "first counts", "last counts", "total":
        table.add_column(name, justify="right", no_wrap=True)
    for document in summary(history)["series"][:SHOWN_SERIES]:
        counts = document["views"]
        table.add_row(
            Text(document["name"]),
            Text(document.get("metric", "views")),
            document["first_date"],
            document["last_date"],
            f"{document['n_known']:,} of {document['n_days']:,}",
            _shown(counts[:SHOWN_COUNTS]),
            _shown(counts[-SHOWN_COUNTS:]),
            f"{document['total']:,}",
        )
    console.print(table)
    if (n_more := len(history.series) - SHOWN_SERIES) > 0:
        print_line(console, f"and {n_more:,} more series")


def _shown(counts: list[float | None]) -> str:
    return ", ".join("-" if count is None else f"{count:g}" for count in counts)
