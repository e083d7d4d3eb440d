"""Summary of a version: the names of series, tomorrow's forecast, and how accurate the forecasts are."""

from __future__ import annotations

from datetime import datetime
from xml.etree.ElementTree import Element

import numpy as np

from training.evaluation.tomorrow import tomorrow
from training.history.series import ONLY_SERIES, History, shown
from training.html_report.markup import element
from training.html_report.numbers import days_ahead, percent
from training.model.forecaster import Forecaster
from training.store.manifest import Manifest
from training.store.scores import HORIZONS, METHOD, Scores

Figure = tuple[str, str]


def title_of(manifest: Manifest, history: History) -> str:
    """Give the name of the only series that a version was trained on, or the number of series."""
    if len(history.series) != 1:
        return f"{manifest.history.series:,} series"
    (series,) = history.series
    return shown(str(manifest.source) if series.name == ONLY_SERIES else series.name)


def summary_section(manifest: Manifest, name: str, model: Forecaster, history: History) -> list[Element]:
    """Build the section with the summary.

    Parameters
    ----------
    manifest : Manifest
    name : str
        The name of the series, or their number; see `title_of`.
    model : Forecaster
        The model of the version.
    history : History
        The history that it is evaluated on.

    Returns
    -------
    list of Element
    """
    learned, verdict = manifest.history, manifest.verdict
    source = shown(str(manifest.source))
    n_all = manifest.source.sampled_from
    n_series = f"{learned.series:,} series" if n_all is None else f"{learned.series:,} of {n_all:,} series"
    created = datetime.fromisoformat(manifest.created)
    outcome = "It took over as the current version" if verdict.took_over else "It did not take over"
    section = [
        element("h1", name),
        element(
            "p",
            f"Viewcast model {manifest.version}, made on {created.day} {created:%B %Y, %H:%M} UTC from "
            f"{source}: {n_series} with {learned.rows:,} known days in all, "
            f"{learned.first_date} to {learned.last_date}. {outcome}: {verdict.reason}.",
        ),
    ]
    figures = _tomorrow(model, history)
    if manifest.scores is not None:
        figures += _scores(manifest.scores)
    tiles = (element("div", element("b", figure), meaning) for figure, meaning in figures)
    section.append(element("div", *tiles, class_="figures"))
    if manifest.scores is not None:
        section.append(element("p", _simpler_forecasts(manifest.scores)))
    return section


def _tomorrow(model: Forecaster, history: History) -> list[Figure]:
    forecast = tomorrow(model, history)
    if forecast is None:
        return []
    whose = "" if forecast.n_series == 1 else f" of {forecast.n_series:,} series"
    between = f"8 in 10 such days are between {_views(forecast.lower)} and {_views(forecast.upper)}"
    return [(_views(forecast.views), f"views{whose} on {_date(forecast.date)}; {between}")]


def _scores(scores: Scores) -> list[Figure]:
    errors = [
        (
            f"{100 * (error - 1):+.0f} %".replace("-", "−"),
            f"error {days_ahead(horizon)}, against copying last week",
        )
        for horizon in HORIZONS
        if (error := scores.methods[METHOD][horizon]) is not None
    ]
    return errors + [
        (percent(share), f"of held-out days were inside the {level} % intervals")
        for level, share in scores.coverage.items()
        if share is not None
    ]


def _simpler_forecasts(scores: Scores) -> str:
    """Say where a linear model or the weekly copy has a smaller error."""
    better = []
    for horizon in HORIZONS:
        errors = {
            name: error for name, table in scores.methods.items() if (error := table[horizon]) is not None
        }
        if METHOD not in errors:
            continue
        best = min(errors, key=errors.__getitem__)
        if errors[best] < errors[METHOD]:
            better.append(f"{days_ahead(horizon)} ({best}: {errors[best]:.3f} against {errors[METHOD]:.3f})")
    if better:
        return f"A simpler forecast errs less {', '.join(better)}: there, take that one."
    return "No linear model, nor copying last week, errs less on the held-out days."


def _views(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def _date(date: np.datetime64) -> str:
    day = date.astype("datetime64[D]").item()
    return f"{day.day} {day:%B %Y}"
