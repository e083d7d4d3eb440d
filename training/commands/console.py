"""Output of the command line: progress, results and lists."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from training.store.manifest import Manifest
from training.store.model_store import ModelStore
from training.store.scores import HORIZONS, Scores
from training.store.versions import ModelStoreError

Show = Callable[[str, float], None]


def output() -> Console:
    """Make the console for results; when the output is not a terminal, it is wide enough for all tables."""
    console = Console()
    if not console.is_terminal:
        console.width = 1000
    return console


def print_line(console: Console, text: str) -> None:
    """Print a text unchanged: without wrapping, and without markup."""
    console.print(text, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def shown_progress(console: Console) -> Iterator[Show]:
    """Show progress: a bar on a terminal, a line for each step elsewhere; yields `show(step, fraction)`."""
    if not console.is_terminal:
        yield _printed_steps(console)
        return
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("starting", total=1.0)
        yield lambda step, fraction: progress.update(task, description=step, completed=fraction)


def _printed_steps(console: Console) -> Show:
    last_step = ""

    def show(step: str, fraction: float) -> None:
        nonlocal last_step
        if step != last_step:
            print_line(console, f"{fraction:4.0%}  {step}")
            last_step = step

    return show


def print_result(console: Console, manifest: Manifest) -> None:
    """Print a version's held-out errors beside the baselines, its coverage, and the verdict."""
    if manifest.scores is not None:
        print_scores(console, manifest.scores)
    verdict = manifest.verdict
    if verdict.new is not None and verdict.current is not None:
        errors = f"{verdict.new:.4f}, against {verdict.current:.4f}"
        print_line(console, f"Error 1-28 days ahead, the weekly copy being 1: {errors}.")
    outcome = "is the current version now" if verdict.took_over else "does not take over"
    print_line(console, f"{manifest.version} {outcome}: {verdict.reason}.")


def print_scores(console: Console, scores: Scores) -> None:
    """Print scores: errors beside the baselines, and coverage."""
    print_line(
        console,
        "Mean absolute error on held-out days, the weekly copy being 1 "
        f"({scores.n_series} series, {scores.n_origins} origins, "
        f"{scores.first_origin} to {scores.last_origin}):",
    )
    table = Table(box=None, pad_edge=False)
    table.add_column("days ahead")
    for horizon in HORIZONS:
        table.add_column(horizon, justify="right")
    for method, errors in scores.methods.items():
        table.add_row(method, *(_number(errors[horizon]) for horizon in HORIZONS))
    console.print(table)
    coverage = [
        f"{share:.1%} in the {level} %" for level, share in scores.coverage.items() if share is not None
    ]
    if coverage:
        print_line(console, f"Held-out days inside of the intervals: {', '.join(coverage)} ones.")


def print_versions(console: Console, store: ModelStore) -> None:
    """Print the versions of a store, oldest first; for a version that is refused, the reason."""
    current = store.current_version()
    table = Table(box=None, pad_edge=False)
    table.add_column("version", no_wrap=True)
    for name in "rows", "series", "last day", "error 1-28":
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("")
    for version in store.version_names():
        try:
            _, manifest = store.load(version)
        except ModelStoreError as error:
            table.add_row(version, "", "", "", "", f"refused: {error}")
            continue
        history, verdict = manifest.history, manifest.verdict
        counts = f"{history.rows:,}", f"{history.series:,}"
        note = "current" if version == current else "" if verdict.took_over else "did not take over"
        table.add_row(version, *counts, history.last_date, _number(verdict.new), note)
    console.print(table)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
