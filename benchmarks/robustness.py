"""How good forecasts are of series unlike those that a model was trained on, and far ahead.

    python -m benchmarks.robustness views.csv another.csv

For each file a model is fitted without its most recent days, as `fit` does, and is asked for plain series of
other kinds, for generated ones of every level and with missing days, and for the file's own held-out days,
up to a year ahead.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from training.evaluation.held_out import forecast_held_out
from training.evaluation.scoring import score
from training.fitting.familiarity import error_beside_prior
from training.fitting.forecaster import ForecastTrainer
from training.fitting.kept_prior import load_prior
from training.fitting.training_windows import held_out_start
from training.history.files import read_history
from training.history.series import DAY, History
from training.history.synthetic import generate_views
from training.model.forecast_model import LEVELS, ForecastModel
from training.store.scores import METHOD

LAST = np.datetime64("2026-11-22", "D")
WEEK = np.array([1.0, 0.9, 0.85, 0.9, 1.0, 1.25, 1.15])
CYCLE = np.array([100.0, 400, 1600, 800, 200, 50, 900])
DAYS_AHEAD = (28, 90, 180, 365)
# Numbers of days that are missing at the end of a series, and of days that are known since a gap of 30 days.
MISSING_AT_END = (0, 3, 14, 27)
KNOWN_SINCE_GAP = (1, 2, 3, 7)
# The coverage at a day ahead is that of the week up to it, and of the origins of two weeks.
ORIGIN_STEP = 14


def series_of_other_kinds() -> dict[str, np.ndarray]:
    """Plain series of kinds that no history has."""
    rng = np.random.default_rng(0)
    days = np.arange(84)
    return {
        "14 zeros": np.zeros(14),
        "50 a day, with a week": rng.poisson(50 * WEEK[days % 7]).astype(float),
        "60 zeros, then 14 days of 1,000": np.r_[np.zeros(60), np.full(14, 1000.0)],
        "a video of 30 days, 5,000 to 329": np.round(5000 * (1 + np.arange(30)) ** -0.8),
        "the cycle 100, 400, 1600, 800, 200, 50, 900": np.tile(CYCLE, 12),
        "500 every day": np.full(84, 500.0),
        "a million a day": rng.poisson(1e6 * WEEK[days % 7]).astype(float),
        "1,000, then 28 days of 200": np.r_[rng.poisson(1000, 56), rng.poisson(200, 28)].astype(float),
    }


def coverage_far_ahead(model: ForecastModel, windows: list[np.ndarray], truth: np.ndarray) -> list[str]:
    """Coverage in the week up to some days ahead, and how many upper ends exceed 5 times the largest day."""
    dates = np.full(len(windows), LAST)
    rows = []
    forecasts = model.predict(windows, dates, max(DAYS_AHEAD))
    inside = (truth >= forecasts.lower) & (truth <= forecasts.upper)
    largest = np.array([np.nanmax(window) for window in windows])
    for day in DAYS_AHEAD:
        week = slice(day - 7, day)
        known = ~np.isnan(truth[:, week])
        shares = [inside[n][:, week][known].mean() for n in range(len(LEVELS))]
        beyond = (forecasts.upper[-1][:, week].max(axis=1) > 5 * (1 + largest)).mean()
        rows.append(f"{shares[0]:.3f} | {shares[1]:.3f} | {beyond:.1%}")
    return rows


def generated(n_series: int = 1_000) -> tuple[list[np.ndarray], np.ndarray]:
    """Generated windows of 420 days and the year after them."""
    views = generate_views(n_series, 420 + max(DAYS_AHEAD), 2026)
    return list(views[:, :420]), views[:, 420:]


def coverage_with_missing_days(model: ForecastModel) -> dict[str, str]:
    """Coverage of tomorrow and of 28 days on generated series, some of whose last days are missing."""
    windows, truth = generated(3_000)
    dates, ages = np.full(len(windows), LAST), np.arange(420)[::-1]
    missing = {f"{n} missing at the end": ages < n for n in MISSING_AT_END}
    missing |= {f"{n} known since a gap of 30": (ages >= n) & (ages < n + 30) for n in KNOWN_SINCE_GAP}
    rows = {}
    for title, is_missing in missing.items():
        forecasts = model.predict([np.where(is_missing, np.nan, days) for days in windows], dates, 28)
        inside = (truth[:, :28] >= forecasts.lower) & (truth[:, :28] <= forecasts.upper)
        shares = [inside[n][:, :days].mean() for n in range(len(LEVELS)) for days in (1, 28)]
        rows[title] = " | ".join(f"{share:.3f}" for share in shares)
    return rows


def held_out(history: History, first_origin: np.datetime64) -> tuple[list[np.ndarray], np.ndarray]:
    """The days before each origin, and the year after it as far as it is known."""
    windows, truth = [], []
    for series in history.series:
        for origin in np.arange(first_origin, series.last_date, ORIGIN_STEP * DAY):
            n_known = series.index_of(origin)
            if n_known >= 7 and not np.isnan(series.views[max(n_known - 28, 0) : n_known]).all():
                days = np.full(max(DAYS_AHEAD), np.nan)
                coming = series.views[n_known : n_known + len(days)]
                days[: len(coming)] = coming
                windows.append(series.views[:n_known])
                truth.append(days)
    return windows, np.array(truth)


def report(name: str, model: ForecastModel, history: History, first_origin: np.datetime64) -> None:
    """Print how a model forecasts other series, generated ones, and its history's held-out days."""
    print(f"\n## {name}\n")
    print(f"Error beside the prior's on 10,000 generated windows: {error_beside_prior(model):.4f}\n")
    forecasts = forecast_held_out(model, history, first_origin)
    if forecasts is not None:
        scores = score(forecasts)
        errors = ", ".join(f"{days} days {value:.3f}" for days, value in scores.methods[METHOD].items())
        print(f"Own held-out days, weekly copy 1: {errors}; coverage {scores.coverage}\n")
    print("| asked | answer | 80 % up to | rests on the prior |\n|---|---|---|---|")
    for kind, views in series_of_other_kinds().items():
        answers = model.predict([views], np.array([LAST]), 28)
        middle, upper = answers.median[0], answers.upper[0].max()
        answer = f"{middle.min():,.0f} to {middle.max():,.0f} | {upper:,.0f} | {answers.rests_on_prior[0]}"
        print(f"| {kind} | {answer} |")
    print("\n| days | 80 % tomorrow | of 28 days | 95 % tomorrow | of 28 days |\n|---|---|---|---|---|")
    for title, row in coverage_with_missing_days(model).items():
        print(f"| {title} | {row} |")
    for title, (windows, truth) in {
        "generated": generated(),
        "held out": held_out(history, first_origin),
    }.items():
        print(f"\n| {title}, days ahead | coverage 80 % | 95 % | 95 % beyond 5 x the largest day |")
        print("|---|---|---|---|")
        for day, row in zip(DAYS_AHEAD, coverage_far_ahead(model, windows, truth), strict=True):
            print(f"| {day} | {row} |")


def main(
    histories: Annotated[list[Path], typer.Argument(help="Histories to train on, one model each.")],
    more_days: Annotated[
        int,
        typer.Option(min=0, help="Days to hold out beyond the usual: coverage varies with the months."),
    ] = 0,
) -> None:
    """Train on each history, and forecast series unlike it."""
    prior = load_prior()
    for path in histories:
        history = read_history(path)
        first_origin = held_out_start(history) - more_days * DAY
        model = ForecastTrainer(prior).fit(history.before(first_origin)).model
        report(path.name, model, history, first_origin)


if __name__ == "__main__":
    typer.run(main)
