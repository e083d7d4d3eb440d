"""Charts of a backtest: error and coverage by days ahead, error by series, and the worst series."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from training.evaluation.baselines import WEEKLY_COPY
from training.evaluation.examples import PAST_DAYS, Example, typical_and_worst
from training.evaluation.held_out import HeldOutForecasts
from training.history.series import DAY, shown
from training.model.forecast_model import LEVELS
from training.model.windows import HORIZON_DAYS
from training.plots.forecast import draw_forecast
from training.plots.pictures import BESIDE, MUTED, OWN, new_figure
from training.store.scores import METHOD

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DAYS_AHEAD = np.arange(1, HORIZON_DAYS + 1)


def draw_all(forecasts: HeldOutForecasts) -> dict[str, Figure]:
    """Draw all charts of a backtest; the keys are names for files."""
    return {
        "error_by_horizon": _error_by_horizon(forecasts),
        "coverage_by_horizon": _coverage_by_horizon(forecasts),
        "error_by_series": _error_by_series(forecasts),
        "worst_series": _worst_series(forecasts),
    }


def _error_by_horizon(forecasts: HeldOutForecasts) -> Figure:
    figure, ax = new_figure()
    for label, values, color in (
        (METHOD, forecasts.median, OWN),
        (WEEKLY_COPY, forecasts.copy, MUTED),
    ):
        ax.plot(DAYS_AHEAD, 100 * forecasts.typical_error(values), color=color, marker=".", label=label)
    ax.set_ylabel("error of the series in the middle,\n% of its mean views")
    ax.set_ylim(bottom=0)
    _finish_horizon(ax)
    return figure


def _coverage_by_horizon(forecasts: HeldOutForecasts) -> Figure:
    figure, ax = new_figure()
    for (level, shares), color in zip(forecasts.coverage_by_day().items(), (OWN, BESIDE), strict=True):
        ax.plot(DAYS_AHEAD, 100 * shares, color=color, marker=".", label=f"{level} % intervals")
        ax.axhline(level, color=color, linestyle=":", linewidth=1)
    ax.set_ylabel("% of the held-out days inside")
    ax.set_ylim(min(50.0, *ax.get_ylim()), 100)
    _finish_horizon(ax)
    return figure


def _finish_horizon(ax: Axes) -> None:
    ax.set_xlabel("days ahead")
    ax.set_xticks([1, 7, 14, 21, 28])
    ax.legend(frameon=False)


def _error_by_series(forecasts: HeldOutForecasts) -> Figure:
    relative = np.sort(forecasts.relative_errors(forecasts.median))
    relative = relative[~np.isnan(relative)]
    figure, ax = new_figure()
    ax.plot(np.arange(1, len(relative) + 1), relative, color=OWN, marker=".", linestyle="none")
    ax.axhline(1.0, color=MUTED, linestyle="--", linewidth=1, label=WEEKLY_COPY)
    if len(relative):
        middle = float(np.exp(np.log(relative).mean()))
        ax.axhline(middle, color=OWN, linewidth=1, label=f"geometric mean, {middle:.2f}")
    ax.set_yscale("log")
    ticks = [0.1, 0.2, 0.5, 1, 2, 5, 10]
    ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    ax.set_ylim(min(0.5, 0.9 * relative.min(initial=1.0)), max(2.0, 1.1 * relative.max(initial=1.0)))
    ax.set_xlabel("series, from the one forecast best to the worst")
    ax.set_ylabel("error 1-28 days ahead, weekly copy = 1")
    ax.legend(frameon=False)
    return figure


def _worst_series(forecasts: HeldOutForecasts) -> Figure:
    from matplotlib.figure import Figure

    worst = typical_and_worst(forecasts)[1]
    figure = Figure(figsize=(9.0, 2.6 * len(worst)), layout="constrained")
    for ax, example in zip(figure.subplots(len(worst), squeeze=False)[:, 0], worst, strict=True):
        _draw_example(ax, example)
    figure.axes[0].legend(frameon=False, fontsize="small", ncols=2)
    return figure


def _draw_example(ax: Axes, example: Example) -> None:
    days = example.origin + (np.arange(len(example.views)) - PAST_DAYS) * DAY
    ahead = days[PAST_DAYS:]
    draw_forecast(ax, days, example.views, ahead, example.median, example.lower, example.upper, LEVELS)
    ax.set_title(
        f"{shown(example.name)}: {example.relative_error:.2f} times the weekly copy's error",
        fontsize="medium",
        parse_math=False,
    )
