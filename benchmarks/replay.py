"""What intervals cover when a history comes in day by day: as calibrated, and adapted to how they did.

    python -m benchmarks.replay views.csv another.csv

For each file a model is fitted on the first half of its days (all but the last year, of long histories), and
forecasts four weeks from each of the days after it, as the service does for a series that is kept. The first
two months, in which intervals begin to adapt, are left out of the count. The same again with three times the
views from the middle of these days on. Writes benchmarks/results/replay.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from benchmarks.accuracy.measures import interval_score
from training.evaluation.origins import days_after, known_until, scorable_series
from training.fitting.forecaster import ForecastTrainer
from training.fitting.kept_prior import load_prior
from training.history.files import read_history
from training.history.series import DAY, History, Series
from training.model.adaptive_intervals import DAYS_AHEAD, UNCHANGED, MetIntervals, next_width_factors
from training.model.forecast_model import LEVELS, ForecastModel
from training.model.windows import HORIZON_DAYS, Float64

LONGEST_REPLAY_DAYS = 365
WARM_UP_DAYS = 60
SHIFT = 3.0
DAYS = {"tomorrow": slice(0, 1), "2-7 days": slice(1, 7), "8-28 days": slice(7, 28)}
RESULT = Path(__file__).with_name("results") / "replay.md"
HEAD = f"| intervals | level | {' | '.join(DAYS)} | interval score |\n|---|---|---|---|---|---|"


@dataclass(frozen=True)
class Replay:
    """Intervals, shape (n_days, n_series, 28, 5), and what came, shape (n_days, n_series, 28)."""

    calibrated: Float64
    adapted: Float64
    came: Float64


def replay(history: History, model: ForecastModel, first_origin: np.datetime64) -> Replay:
    """Forecast from each day, and adapt the widths of each series when the next day has come."""
    series = scorable_series(history, first_origin)
    factors = [UNCHANGED] * len(series)
    calibrated, adapted, came = [], [], []
    for origin in np.arange(first_origin, history.last_date, DAY):
        inputs = known_until(series, origin), np.full(len(series), origin - DAY), HORIZON_DAYS
        calibrated.append(model.predict(*inputs).views)
        adapted.append(model.predict(*inputs, width_factors=np.array(factors)).views)
        came.append(days_after(series, origin))
        for i in range(len(series)):
            met = [_met(adapted, came, i, ahead) for ahead in DAYS_AHEAD]
            factors[i] = next_width_factors(factors[i], met)
    return Replay(*(np.array(arrays)[WARM_UP_DAYS:] for arrays in (calibrated, adapted, came)))


def _met(adapted: list[Float64], came: list[Float64], i: int, ahead: int) -> MetIntervals:
    """What was forecast of a series so many days ahead for the day that came last."""
    if len(adapted) < ahead:
        return MetIntervals(np.empty((2, 2, 0)), np.empty(0))
    ends = adapted[-ahead][i, ahead - 1, 1:].reshape(2, 2, 1)
    return MetIntervals(ends, came[-ahead][i, ahead - 1 : ahead])


def shifted(history: History, first_day: np.datetime64) -> History:
    """The same, with three times the views from a day on."""
    series = []
    for each in history.series:
        later = np.arange(len(each.views)) >= int((first_day - each.first_date) / DAY)
        series.append(Series(each.name, each.first_date, np.where(later, SHIFT * each.views, each.views)))
    return History(tuple(series))


def table(replayed: Replay) -> str:
    """Coverage by days ahead, and the interval score in logs, a row for each level and way."""
    rows, came = [], np.log1p(replayed.came)
    for number, level in enumerate(LEVELS):
        for name, views in ("as calibrated", replayed.calibrated), ("adapted", replayed.adapted):
            ends = views[..., 1 + 2 * number : 3 + 2 * number]
            inside = (ends[..., 0] <= replayed.came) & (replayed.came <= ends[..., 1])
            covered = np.where(np.isnan(replayed.came), np.nan, inside)
            cells = [f"{np.nanmean(covered[..., days]):.1%}" for days in DAYS.values()]
            score = interval_score(came, np.log1p(ends[..., 0]), np.log1p(ends[..., 1]), level)
            rows.append(f"| {name} | {level} % | {' | '.join(cells)} | {score:.3f} |")
    return "\n".join([HEAD, *rows])


def main(
    histories: Annotated[list[Path], typer.Argument(help="Histories to train on, one model each.")],
    out: Annotated[Path, typer.Option(help="File of the tables.")] = RESULT,
) -> None:
    """Print what intervals cover, day after day, and keep the tables."""
    text = "# Intervals, day by day\n"
    for path in histories:
        history = read_history(path)
        n_days = int((history.last_date - history.first_date) / DAY) + 1
        n_replayed = min(n_days // 2, LONGEST_REPLAY_DAYS)
        first_origin = history.last_date - (n_replayed - 1) * DAY
        model = ForecastTrainer(load_prior()).fit(history.before(first_origin)).model
        middle = first_origin + (WARM_UP_DAYS + n_replayed) // 2 * DAY
        for words, views in ("", history), (", three times the views later on", shifted(history, middle)):
            text += f"\n## {path.name}{words}\n\n{table(replay(views, model, first_origin))}\n"
    print(text)
    out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
