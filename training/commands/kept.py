"""`forget`, `undo`, `migrate`: delete kept days, undo an upload, update the tables of the database."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from training.commands.console import output, print_line
from training.commands.options import MODELS, Archive, Models, archive_url, plain_errors
from training.history.series import VIEWS, quoted

if TYPE_CHECKING:
    from training.database.engine import Database


def forget(
    series: Annotated[str, typer.Argument(help="The name of the series.")],
    metric: Annotated[str, typer.Option(help="What is counted.")] = VIEWS,
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day to forget.", show_default="the first"),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Last day to forget.", show_default="the last"),
    ] = None,
    models: Models = MODELS,
    archive: Archive = None,
) -> None:
    """Delete all or some kept days of a series permanently; the next training does not use them."""
    from training.database.erasure import forget as forget_days

    with _opened(archive_url(archive, models)) as database:
        n_days = forget_days(database, (series, metric), _date(since), _date(until))
    label = series if metric == VIEWS else f"{series} ({metric})"
    if not n_days:
        raise typer.BadParameter(f"no such day of {quoted(label)} is kept", param_hint="SERIES")
    print_line(output(), f"{n_days} days of {quoted(label)} are forgotten.")


def undo(
    upload: Annotated[
        int | None, typer.Argument(help="Number of the upload.", show_default="the last upload")
    ] = None,
    models: Models = MODELS,
    archive: Archive = None,
) -> None:
    """Undo an upload: every day that it changed has its previous count again."""
    from training.database.undo import undo as take_back

    with plain_errors(), _opened(archive_url(archive, models)) as database:
        undone = take_back(database, upload)
    print_line(
        output(),
        f"Upload {undone.id} ({undone.source}, {undone.received}) is taken back: {undone.n_new} days that it "
        f"brought are gone, {undone.n_changed} have their earlier count again.",
    )


def migrate(models: Models = MODELS, archive: Archive = None) -> None:
    """Update the tables of the database to this release; every command that opens it does so, too."""
    from training.database.revisions import NEWEST

    with _opened(archive_url(archive, models)) as database:
        before = database.migrated_from
    done = "is up to date" if before == NEWEST else "was brought up to date"
    print_line(output(), f"The database {done}: revision {NEWEST}.")


@contextmanager
def _opened(url: str) -> "Iterator[Database]":
    from training.database.engine import Database

    with plain_errors(), closing(Database(url)) as database:
        yield database


def _date(time: datetime | None) -> np.datetime64 | None:
    return None if time is None else np.datetime64(time.date())
