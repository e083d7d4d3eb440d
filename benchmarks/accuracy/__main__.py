"""`python -m benchmarks.accuracy history.csv ...`: the table, its numbers and its picture."""

from functools import partial
from math import inf
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, TaskID, TimeElapsedColumn

from benchmarks.accuracy.cache import ForecastCache
from benchmarks.accuracy.comparison import OWN, Section
from benchmarks.accuracy.evaluation import Evaluation, evaluate
from benchmarks.accuracy.methods import Candidate
from benchmarks.accuracy.peers import all_peers
from benchmarks.accuracy.plot import plot
from benchmarks.accuracy.report import markdown, write_json
from benchmarks.accuracy.splits import NEW_DAYS, SETTINGS
from benchmarks.accuracy.viewcast import viewcast
from training.history.files import read_history

HERE = Path(__file__).parents[1]


def main(
    histories: Annotated[list[Path], typer.Argument(help="CSV files with series, date and views.")],
    method: Annotated[list[str] | None, typer.Option(help="Only this one; may be repeated.")] = None,
    setting: Annotated[
        list[str] | None, typer.Option(help=f"{', '.join(SETTINGS)}; the first two if not given.")
    ] = None,
    most_series: Annotated[
        int | None, typer.Option(help="Score so many series of a history, drawn by a seed; all if not given.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of accuracy.md, .json and .svg.")] = HERE / "results",
    cache: Annotated[Path, typer.Option(help="Where forecasts are kept by content.")] = HERE / "cache",
) -> None:
    """Score Viewcast and its peers on the held-out end of each history. Started again, it resumes."""
    cache.mkdir(parents=True, exist_ok=True)
    peers = {peer.name: peer for peer in all_peers()}
    names = [OWN, *peers]
    if unknown := set(method or ()) - set(names):
        raise typer.BadParameter(f"{', '.join(unknown)}: there are {', '.join(names)}", param_hint="--method")
    if method and set(method) == {OWN}:
        raise typer.BadParameter(f"{OWN} is compared with a peer; name one too", param_hint="--method")
    columns = (*Progress.get_default_columns(), TimeElapsedColumn())
    with Progress(*columns) as progress:
        chosen = [
            viewcast() if name == OWN else peers[name] for name in names if not method or name in method
        ]
        settings = setting or ["pooled", "alone"]
        sections = _sections(histories, settings, chosen, ForecastCache(cache), most_series, progress)
    out.mkdir(parents=True, exist_ok=True)
    write_json(sections, out / "accuracy.json")
    text = markdown(sections, most_series)
    (out / "accuracy.md").write_text(text, encoding="utf-8")
    plot(sections, out / "accuracy.svg")
    typer.echo(text)


def _sections(
    histories: list[Path],
    settings: list[str],
    methods: list[Candidate],
    cache: ForecastCache,
    most_series: int | None,
    progress: Progress,
) -> list[Section]:
    sections = []
    for path in histories:
        history = read_history(path)
        for setting in settings:
            evaluations: list[Evaluation] = []
            n_days = NEW_DAYS.get(setting, inf)
            for method in (candidate for candidate in methods if n_days >= candidate.least_days):
                task = progress.add_task(f"{path.stem}, {setting}: {method.name}", total=1.0)
                report = partial(_set_completed, progress, task)
                evaluations.append(evaluate(method, history, setting, cache, most_series, report))
                progress.remove_task(task)
            sections.append(Section(path.stem, setting, tuple(evaluations)))
    return sections


def _set_completed(progress: Progress, task: TaskID, fraction: float) -> None:
    progress.update(task, completed=fraction)


if __name__ == "__main__":
    typer.run(main)
