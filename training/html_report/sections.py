"""Forecasts to look at, what the inputs contribute, and how the fit went: a section each."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element

import numpy as np

from training.backtest import HORIZONS
from training.forecast_model import ForecastModel
from training.html_report.contributions import FEWEST_WINDOWS, Contributions
from training.html_report.examples import PAST_DAYS, Example, coming_days, typical_and_worst
from training.html_report.held_out import HeldOutForecasts
from training.html_report.legend import legend
from training.html_report.line_chart import Axes, Band, Line, line_chart
from training.html_report.markup import element
from training.html_report.numbers import day, percent
from training.series import DAY, History, shown
from training.windows import HORIZON_DAYS, Float64

_FORECAST_LEGEND = (
    ("line views", "views"),
    ("line forecast", "forecast"),
    ("band inner", "80 % interval"),
    ("band outer", "95 % interval"),
)
# Of a curve, more points than this cannot be told apart.
_MOST_POINTS = 200


def examples_section(forecasts: HeldOutForecasts) -> list[Element]:
    """Show held-out forecasts of usual series and of the worst ones, over what came."""
    typical, worst = typical_and_worst(forecasts)
    return [
        element("h2", "Usual forecasts"),
        element(
            "p",
            "Held-out forecasts of the series whose errors, against copying last week, are in the middle; of "
            "each, the forecast whose error is in the middle. The dashed line is where it begins.",
        ),
        legend(*_FORECAST_LEGEND),
        element("div", *map(_example_chart, typical), class_="charts"),
        element("h2", "The worst forecasts"),
        element(
            "p", "The series with the largest errors against copying last week; of each, the worst forecast."
        ),
        legend(*_FORECAST_LEGEND),
        element("div", *map(_example_chart, worst), class_="charts"),
    ]


def coming_section(model: ForecastModel, history: History) -> list[Element]:
    """Where nothing could be held out, show forecasts of the days that are still to come."""
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
    # A wide interval may reach out of the picture, so that the views still fill it.
    highest = min(float(outer.upper.max()), 1.5 * usual)
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
    text = f"from {example.origin} on"
    if np.isnan(example.relative_error):
        return text
    return f"{text}; error over all forecasts {example.relative_error:.2f} of copying last week"


def inputs_section(found: Contributions | None) -> list[Element]:
    """Show by how much the error grows when a group of inputs tells of another window."""
    heading = element("h2", "What the inputs contribute")
    if found is None:
        text = f"There are too few held-out windows to tell: fewer than {FEWEST_WINDOWS}."
        return [heading, element("p", text)]
    widest = max((float(np.nanmax(growth, initial=0.0)) for growth in found.growth.values()), default=0.0)
    rows = [
        element("tr", element("td", name, class_="group"), *(_growth_cell(value, widest) for value in growth))
        for name, growth in sorted(found.growth.items(), key=lambda item: -np.nan_to_num(item[1][0]))
    ]
    heads = [element("th", _ahead(horizon)) for horizon in HORIZONS]
    return [
        heading,
        element(
            "p",
            f"By how much the error grows when a group of inputs is shuffled among {found.n_windows:,} "
            "held-out windows, so that it tells of another one (permutation importance).",
        ),
        element(
            "div",
            element("table", element("tr", element("th", "inputs"), *heads), *rows, class_="inputs"),
            class_="wide",
        ),
        element(
            "p",
            "What two groups both tell counts for neither. Breiman 2001, “Random forests”; Fisher, Rudin and "
            "Dominici 2019, “All models are wrong, but many are useful”.",
            class_="note",
        ),
    ]


def _ahead(horizon: str) -> str:
    return "1 day ahead" if horizon == "1" else f"{horizon.replace('-', '–')} days ahead"


def _growth_cell(growth: float, widest: float) -> Element:
    if np.isnan(growth):
        return element("td", "–")
    width = 100.0 * max(growth, 0.0) / widest if widest > 0 else 0.0
    bar = element("rect", width=f"{width:.1f}", height=10)
    return element(
        "td",
        f"{100 * growth:+.1f} %".replace("-", "−"),
        element(
            "svg", bar, class_="bar", viewBox="0 0 100 10", preserveAspectRatio="none", aria_hidden="true"
        ),
    )


def learning_section(loss_curves: Mapping[str, Float64]) -> list[Element]:
    """Show how the loss fell while the parts of the model were fitted."""
    heading = element("h2", "How it learned")
    curves = {name: curve for name, curve in loss_curves.items() if len(curve) and np.isfinite(curve).all()}
    if not curves:
        text = (
            "There was too little to learn from: this version is what was learned from generated histories."
        )
        return [heading, element("p", text)]
    every = np.concatenate(list(curves.values()))
    low, high = float(every.min()), float(every.max())
    margin = 0.05 * (high - low) or 0.1
    ticks = [(share, percent(share)) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    axes = Axes((0.0, 1.0), (low - margin, high + margin), ticks, lambda value: f"{value:.3g}")
    lines = [_loss_line(f"part-{number % 4}", curve) for number, curve in enumerate(curves.values())]
    return [
        heading,
        element(
            "p",
            "Mean training loss (pinball, on the windows’ own scales) of each pass over the windows, from "
            "the first to the last.",
        ),
        element(
            "div",
            element(
                "figure",
                legend(*((f"line part-{number % 4}", name) for number, name in enumerate(curves))),
                line_chart("Training loss from the beginning to the end of each fit", axes, lines),
            ),
            class_="charts",
        ),
    ]


def _loss_line(kind: str, curve: Float64) -> Line:
    groups = np.array_split(np.asarray(curve, dtype=float), min(len(curve), _MOST_POINTS))
    ends = np.cumsum([len(group) for group in groups]) / len(curve)
    return Line(kind, ends, np.array([group.mean() for group in groups]))
