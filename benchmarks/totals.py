"""What intervals of totals cover: of each series, and of all series together.

    python -m benchmarks.totals views.csv another.csv

For each file a model is fitted without its most recent days, as `fit` does, and forecasts them from every
third day. The totals of the next 7 and 28 days are compared with what came. Beside them stand: ends of days
that are added up; and for the total over all series, a model that was fitted to that total alone.
Writes benchmarks/results/totals.md.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from training.evaluation.origins import days_after, known_until, scorable_series
from training.fitting.forecaster import ForecastTrainer
from training.fitting.kept_prior import load_prior
from training.fitting.training_windows import held_out_start
from training.history.files import read_history
from training.history.series import DAY, ONLY_SERIES, History, Series
from training.model.forecast_model import LEVELS, ForecastModel
from training.model.forecasts import Forecasts
from training.model.totals import ALL_ALIKE, USUAL_TOTALS, SumOfSeries, Totals, TotalWidths
from training.model.windows import HORIZON_DAYS, Float64

ORIGIN_STEP = 3
RESULT = Path(__file__).with_name("results") / "totals.md"
HEAD = "| total of | days | error | coverage 80 % | 95 % | width of 80 % |\n|---|---|---|---|---|---|"


def parts_of(history: History) -> History:
    """Leave out the series that is the sum of the others, which exports of channels have."""
    others = tuple(series for series in history.series if series.name != ONLY_SERIES)
    return History(others or history.series)


def sum_of(history: History) -> History:
    """All series as one, on the days that all of them know."""
    first = max(series.first_date for series in history.series)
    last = min(series.last_date for series in history.series)
    n_days = int((last - first) / DAY) + 1
    rows = [series.views[series.index_of(first) :][:n_days] for series in history.series]
    return History((Series(ONLY_SERIES, first, np.sum(rows, axis=0)),))


def fitted(history: History, first_origin: np.datetime64) -> ForecastModel:
    """A model of the days before."""
    return ForecastTrainer(load_prior()).fit(history.before(first_origin)).model


class Judged:
    """Totals beside what came: their error, coverage and width."""

    def __init__(self) -> None:
        self.numbers: list[Float64] = []
        self.came: list[Float64] = []

    def add(self, numbers: Float64, came: Float64) -> None:
        """Take totals of shape (n_series, n_totals, 5), and what came, of shape (n_series, 28)."""
        self.numbers.append(numbers)
        self.came.append(np.stack([came[:, :days].sum(axis=1) for days in USUAL_TOTALS], axis=1))

    def row(self, number: int) -> str:
        """Error, coverage and width of one of the totals."""
        numbers, came = np.concatenate(self.numbers)[:, number], np.concatenate(self.came)[:, number]
        numbers, came = numbers[~np.isnan(came)], came[~np.isnan(came)]
        error = np.abs(numbers[:, 0] - came).sum() / came.sum()
        cells = [f"{error:.3f}"]
        for level in range(len(LEVELS)):
            lower, upper = numbers[:, 1 + 2 * level], numbers[:, 2 + 2 * level]
            cells.append(f"{((came >= lower) & (came <= upper)).mean():.1%}")
        cells.append(f"{(numbers[:, 2] - numbers[:, 1]).sum() / came.sum():.2f}")
        return " | ".join(cells)


def judge(history: History, first_origin: np.datetime64, with_sum: bool) -> dict[str, Judged]:
    """Forecast from every third day, and compare."""
    series = scorable_series(history, first_origin)
    history = History(tuple(series))
    model = fitted(history, first_origin)
    judged = {name: Judged() for name in ("each series", "each series, ends added up")}
    whole = sum_of(history) if with_sum else None
    direct = None if whole is None else fitted(whole, first_origin)
    for origin in np.arange(first_origin, history.last_date - HORIZON_DAYS * DAY, ORIGIN_STEP * DAY):
        dates, came = np.full(len(series), origin - DAY), days_after(series, origin)
        forecasts = model.predict(known_until(series, origin), dates, HORIZON_DAYS)
        judged["each series"].add(totals_of(forecasts, model.total_widths).numbers, came)
        judged["each series, ends added up"].add(totals_of(forecasts, ALL_ALIKE).numbers, came)
        if whole is None or direct is None:
            continue
        for name, widths in together(model).items():
            sums = SumOfSeries(widths)
            sums.add(totals_of(forecasts, widths))
            judged.setdefault(name, Judged()).add(sums.totals().numbers, came.sum(axis=0)[None])
        alone = list(whole.series)
        of_sum = direct.predict(known_until(alone, origin), dates[:1], HORIZON_DAYS)
        numbers = totals_of(of_sum, direct.total_widths).numbers
        judged.setdefault("all series, forecast as one", Judged()).add(numbers, days_after(alone, origin))
    return judged


def totals_of(forecasts: Forecasts, widths: TotalWidths) -> Totals:
    """The totals of each series."""
    return widths.totals(forecasts.views, LEVELS, forecasts.own_share)


def together(model: ForecastModel) -> dict[str, TotalWidths]:
    """Ways to come from the totals of series to that of all."""
    measured = model.total_widths
    return {
        "all series": measured,
        "all series, as if independent": replace(measured, correlations=np.zeros_like(measured.correlations)),
        "all series, ends added up": replace(measured, correlations=np.ones_like(measured.correlations)),
    }


def main(
    histories: Annotated[list[Path], typer.Argument(help="Histories to train on, one model each.")],
    out: Annotated[Path, typer.Option(help="File of the tables.")] = RESULT,
) -> None:
    """Print how well totals are forecast, and what their intervals cover; keep the tables."""
    text = "# Totals of the coming days\n"
    for path in histories:
        text += f"\n## {path.name}\n\n{table(parts_of(read_history(path)))}\n"
    print(text)
    out.write_text(text, encoding="utf-8")


def table(history: History) -> str:
    """Fit, forecast, compare: a row for each way to a total, and number of days."""
    judged = judge(history, held_out_start(history), with_sum=len(history.series) > 1)
    rows = [
        f"| {name} | {days} | {totals.row(number)} |"
        for name, totals in judged.items()
        for number, days in enumerate(USUAL_TOTALS)
    ]
    return "\n".join([HEAD, *rows])


if __name__ == "__main__":
    typer.run(main)
