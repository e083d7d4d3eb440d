"""Errors of held-out forecasts, compared with simple methods and by days ahead, and coverage of intervals."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import numpy as np

from training.evaluation.baselines import WEEKLY_COPY
from training.evaluation.held_out import HeldOutForecasts
from training.html_report.legend import legend
from training.html_report.line_chart import Axes, Line, line_chart
from training.html_report.markup import element
from training.html_report.numbers import percent, short
from training.model.windows import HORIZON_DAYS
from training.store.scores import HORIZONS, METHOD, Scores

_DAYS_AHEAD = np.arange(1.0, HORIZON_DAYS + 1)
_X_RANGE = (1.0, float(HORIZON_DAYS))
_X_LABELS = [(1, "1"), (7, "7"), (14, "14"), (21, "21"), (28, "28")]


def score_section(scores: Scores, forecasts: HeldOutForecasts) -> list[Element]:
    """Build the section with the scores.

    Parameters
    ----------
    scores : Scores
        The scores in the manifest.
    forecasts : HeldOutForecasts

    Returns
    -------
    list of Element
    """
    return [
        element("h2", "How far off it is"),
        element(
            "p",
            f"Without the most recent days, the same fit forecast them from {scores.n_origins} "
            f"{'days' if scores.n_origins > 1 else 'day'}, {scores.first_origin} to "
            f"{scores.last_origin}, each time from what was known the day before. "
            f"Mean absolute errors over {scores.n_series:,} series:",
        ),
        element("div", _error_table(scores), class_="wide"),
        element(
            "p",
            "Against copying last week: each series’ error divided by that of copying the same weekday of "
            "the week before, and the geometric mean of these; below 1 is better. In views a day: the plain "
            "mean.",
            class_="note",
        ),
        element("div", _error_chart(forecasts), _coverage_chart(forecasts), class_="charts"),
        *_sample_note(forecasts),
    ]


def _error_table(scores: Scores) -> Element:
    horizons = [f"{horizon.replace('-', '–')} d" for horizon in HORIZONS]
    above = element(
        "tr",
        element("th", "forecast by"),
        element("th", "against copying last week", colspan=len(HORIZONS)),
        element("th", "views a day", colspan=len(HORIZONS)),
    )
    heads = element("tr", element("th", "days ahead"), *(element("th", h) for h in horizons * 2))
    rows = [
        element(
            "tr",
            element("td", method),
            *(element("td", _ratio(relative[horizon])) for horizon in HORIZONS),
            *(element("td", _views(scores.mae[method][horizon])) for horizon in HORIZONS),
            class_="own" if method == METHOD else "other",
        )
        for method, relative in scores.methods.items()
    ]
    return element("table", element("thead", above, heads), element("tbody", *rows))


def _ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _views(value: float | None) -> str:
    return "–" if value is None else short(value)


def _error_chart(forecasts: HeldOutForecasts) -> Element:
    model, copy = (forecasts.typical_error(forecast) for forecast in (forecasts.median, forecasts.copy))
    known = np.concatenate([model, copy])
    highest = float(np.nanmax(known)) if not np.isnan(known).all() else 0.0
    axes = Axes(_X_RANGE, (0.0, 1.1 * highest or 1.0), _X_LABELS, percent)
    lines = [Line("copy", _DAYS_AHEAD, copy), Line("forecast", _DAYS_AHEAD, model)]
    return element(
        "figure",
        element("h3", "Error by days ahead, in % of a series’ mean views"),
        legend(("line forecast", METHOD), ("line copy", WEEKLY_COPY)),
        line_chart("Error of the model and of the weekly copy, 1 to 28 days ahead", axes, lines),
        element("figcaption", "The series in the middle: half of them are forecast better.", class_="note"),
    )


def _coverage_chart(forecasts: HeldOutForecasts) -> Element:
    coverage = forecasts.coverage_by_day()
    lowest = min((float(np.nanmin(s)) for s in coverage.values() if not np.isnan(s).all()), default=0.5)
    axes = Axes(_X_RANGE, (min(0.5, np.floor(10 * lowest) / 10), 1.0), _X_LABELS, percent)
    promises = [Line("promise", _DAYS_AHEAD, np.full(HORIZON_DAYS, level / 100)) for level in coverage]
    lines = [Line(f"level-{level}", _DAYS_AHEAD, shares) for level, shares in coverage.items()]
    return element(
        "figure",
        element("h3", "Days inside of the intervals, by days ahead"),
        legend(
            *((f"line level-{level}", f"{level} % intervals") for level in coverage),
            ("line promise", "what they promise"),
        ),
        line_chart("Coverage of the intervals, 1 to 28 days ahead", axes, [*promises, *lines]),
        element("figcaption", "Below the dashed line, intervals are too narrow.", class_="note"),
    )


def _sample_note(forecasts: HeldOutForecasts) -> list[Element]:
    if not forecasts.n_left_out:
        return []
    some, all_of_them = f"{len(forecasts.series):,}", f"{forecasts.n_scorable:,}"
    text = f"All of this is of {some} of the {all_of_them} series, drawn at random."
    return [element("p", text, class_="note")]
