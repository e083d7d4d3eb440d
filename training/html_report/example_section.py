"""Charts of forecasts: of typical series, of the worst series, and of future days."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import numpy as np

from training.evaluation.examples import PAST_DAYS, Example, coming_days, typical_and_worst
from training.evaluation.held_out import HeldOutForecasts
from training.history.series import DAY, History, shown
from training.html_report.legend import legend
from training.html_report.line_chart import Axes, Band, Line, line_chart
from training.html_report.markup import element
from training.html_report.numbers import day
from training.model.forecaster import Forecaster
from training.model.windows import HORIZON_DAYS

_FORECAST_LEGEND = (
    ("line views", "views"),
    ("line forecast", "forecast"),
    ("band inner", "80 % interval"),
    ("band outer", "95 % interval"),
)


def examples_section(forecasts: HeldOutForecasts) -> list[Element]:
    """Show held-out forecasts of typical series and of the worst ones, with the actual views."""
    typical, worst = typical_and_worst(forecasts)
    return [
        element("h2", "Usual forecasts"),
        element(
            "p",
            "Held-out forecasts of the series whose errors are in the middle; of each, the forecast whose "
            "error is in the middle. The dashed line is where it begins. A series’ error is that of all its "
            "forecasts, copying last week being 1.",
        ),
        legend(*_FORECAST_LEGEND),
        element("div", *map(_example_chart, typical), class_="charts"),
        element("h2", "The worst forecasts"),
        element(
            "p", "The series with the largest errors, copying last week being 1; of each, the worst forecast."
        ),
        legend(*_FORECAST_LEGEND),
        element("div", *map(_example_chart, worst), class_="charts"),
    ]


def coming_section(model: Forecaster, history: History) -> list[Element]:
    """Show forecasts of future days, for a history that is too short to hold days out."""
    examples = coming_days(model, history)
    said = [
        element("h2", "How far off it is"),
        element(
            "p",
            "That is not known: no series is long enough to hold its most recent days out, 28 of them at the "
            "least, and to forecast them from a week before.",
        ),
    ]
    if not examples:
        return [*said, element("p", "Nor has any series the seven days that a forecast needs.")]
    return [
        *said,
        element("h2", "The coming days"),
        legend(*_FORECAST_LEGEND),
        element("div", *map(_example_chart, examples), class_="charts"),
    ]


def _example_chart(example: Example) -> Element:
    past = np.arange(-PAST_DAYS, HORIZON_DAYS, dtype=float)
    ahead = np.arange(HORIZON_DAYS, dtype=float)
    inner, outer = (
        Band(kind, ahead, lower, upper)
        for kind, lower, upper in zip(("inner", "outer"), example.lower, example.upper, strict=True)
    )
    usual = float(np.nanmax(np.concatenate([example.views, example.median, [1.0]])))
    # The axis may be too short for wide intervals, so that the curve of views stays readable.
    highest = min(float(outer.upper.max()), max(1.5 * usual, min(float(inner.upper.max()), 3.0 * usual)))
    ticks = [(offset, day(example.origin + offset * DAY)) for offset in (-49, -28, 0, 21)]
    axes = Axes((-PAST_DAYS, HORIZON_DAYS - 1), (0.0, 1.05 * max(highest, usual)), ticks, start=0)
    lines = [Line("views", past, example.views), Line("forecast", ahead, example.median)]
    name = shown(example.name)
    return element(
        "figure",
        element("h3", name),
        element("p", _caption(example), class_="note"),
        line_chart(f"Views of {name} and the forecast from {example.origin} on", axes, lines, [outer, inner]),
    )


def _caption(example: Example) -> str:
    text = f"from {example.origin}"
    if np.isnan(example.relative_error):
        return text
    return f"{text}, series’ error {example.relative_error:.2f}"
